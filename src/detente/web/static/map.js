// Where a screen is narrower than the map, it opens where the events are. Without this file it opens at its left edge, and is scrolled by hand.
const world = document.getElementById("world");
world.scrollLeft = world.dataset.middle * world.scrollWidth - world.clientWidth / 2;
