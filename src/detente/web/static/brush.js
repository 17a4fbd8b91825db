// Days chosen on the level of a relation: dragging over it fills the two fields, and what hangs on the days is loaded in its place.
// Without this file the fields and their button do the same. What comes from a text is never run: nothing here makes markup of words.

const form = document.getElementById("days"), figure = document.getElementById("level"), told = document.getElementById("told"), finger = document.getElementById("finger");
const DAY = 86_400_000;
const STILL = 5; // pixels within which a press is a click on a dot, and no dragging

let dragged = null; // {svg, from, shade}: where it began on the screen; the shade is there as soon as it is more than a click
let asked = 0; // the newest answer counts, whichever comes last

const onChart = (svg, x) => new DOMPoint(x, 0).matrixTransform(svg.getScreenCTM().inverse()).x;

function dayAt(svg, x) {
  const { left, right, first, last } = svg.dataset;
  const share = Math.min(1, Math.max(0, (onChart(svg, x) - left) / (right - left)));
  const days = Math.round((share * (Date.parse(last) - Date.parse(first))) / DAY);
  return new Date(Date.parse(first) + days * DAY).toISOString().slice(0, 10);
}

function shaded(svg) {
  const shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  shade.setAttribute("class", "f-chosen dragged");
  shade.setAttribute("height", svg.viewBox.baseVal.height);
  svg.append(shade);
  return shade;
}

function spread({ svg, from, shade }, to) {
  const [low, high] = [from, to].map((x) => Math.min(+svg.dataset.right, Math.max(+svg.dataset.left, onChart(svg, x)))).sort((a, b) => a - b);
  shade.setAttribute("x", low);
  shade.setAttribute("width", high - low);
}

const unclicked = (click) => click.preventDefault(); // the dot at which a dragging ended was not meant

function end() {
  dragged?.shade?.remove();
  dragged = null;
}

async function show(address) {
  const mine = ++asked;
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  if (mine !== asked) return;
  const parts = [...document.querySelectorAll("[data-part]")].map((part) => [part, page?.getElementById(part.id)]);
  if (!parts.every(([, now]) => now)) {
    location.assign(address); // that page says what is wrong, or that something is still being worked out
    return;
  }
  if (address !== location.href) history.pushState(null, "", address);
  for (const [part, now] of parts) part.replaceWith(document.adoptNode(now));
  told.textContent = document.querySelector("#stories h2 span").textContent;
}

figure.addEventListener("pointerdown", (event) => {
  const svg = event.target.closest("svg");
  if (!svg || event.button !== 0 || (event.pointerType === "touch" && !figure.classList.contains("by-finger"))) return;
  dragged = { svg, from: event.clientX, shade: null };
});

figure.addEventListener("pointermove", (event) => {
  if (!dragged || (!dragged.shade && Math.abs(event.clientX - dragged.from) < STILL)) return;
  if (!dragged.shade) {
    dragged.shade = shaded(dragged.svg);
    dragged.svg.setPointerCapture(event.pointerId); // so that it may end anywhere
  }
  spread(dragged, event.clientX);
});

figure.addEventListener("pointerup", (event) => {
  if (dragged?.shade) {
    const days = [dragged.from, event.clientX].map((x) => dayAt(dragged.svg, x)).sort();
    [form.elements.since.value, form.elements.until.value] = days;
    figure.addEventListener("click", unclicked, true);
    setTimeout(() => {
      figure.removeEventListener("click", unclicked, true);
      form.requestSubmit();
    });
  }
  end();
});

figure.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => event.key === "Escape" && end());
figure.addEventListener("dragstart", (event) => event.preventDefault()); // a dot is a link, which the browser would drag away

finger.addEventListener("click", () => finger.setAttribute("aria-pressed", figure.classList.toggle("by-finger")));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const days = [...new FormData(form)].filter(([, value]) => value.trim());
  show(new URL(`?${new URLSearchParams(days)}`, location.href).href);
});

window.addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search);
  for (const name of ["since", "until"]) form.elements[name].value = query.get(name) ?? "";
  show(location.href);
});

figure.classList.add("brush");
