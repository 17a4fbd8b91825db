"""A relation as bars, drawn on the server: where each bar stands, how high it is, and the events behind it."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from detente.web.shapes import RelationAnswer

WIDTH, HEIGHT, LEFT, GAP = 960, 150, 56, 46
MOST_BARS = 72
"""Months beside each other that can still be told apart and hit with a finger; more are drawn as years."""
QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}


class Bar(NamedTuple):
    """One class of one direction in one period."""

    x: float
    y: float
    width: float
    height: float
    quad: int
    actor: str
    period: str
    told: str


class Panel(NamedTuple):
    """One direction. `zero` is the line between friendly and hostile."""

    title: str
    top: float
    zero: float
    most: float
    bars: tuple[Bar, ...]


class Chart(NamedTuple):
    """Two panels over one axis of time; `ticks` are x and words."""

    height: float
    panels: tuple[Panel, ...]
    ticks: tuple[tuple[float, str], ...]
    by_year: bool


def chart(answer: RelationAnswer) -> Chart | None:
    """Bars of both directions on one scale, so that they can be compared; None when there is nothing to draw."""
    months = [m["month"] for m in answer["months"]]
    if not months:
        return None
    by_year = len(_between(min(months), max(months))) > MOST_BARS
    periods = [str(y) for y in range(int(min(months)[:4]), int(max(months)[:4]) + 1)] if by_year else _between(min(months), max(months))
    sums: dict[tuple[str, str, int], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for m in answer["months"]:
        key = (m["actor"], m["month"][:4] if by_year else m["month"], m["quad"])
        sums[key] = (sums[key][0] + m["events"], sums[key][1] + m["points"])
    heights: dict[tuple[str, str, bool], float] = defaultdict(float)
    for (actor, period, quad), (_, points) in sums.items():
        heights[actor, period, quad in (1, 2)] += abs(points)
    most = max(heights.values()) or 1.0
    sides = [(answer["a"], answer["b"]), (answer["b"], answer["a"])]
    panels = tuple(_panel(side, n, periods, sums, most) for n, side in enumerate(sides))
    step = (WIDTH - LEFT) / len(periods)
    every = -(-len(periods) // 12)
    ticks = tuple((LEFT + (n + 0.5) * step, period) for n, period in enumerate(periods) if n % every == 0)
    return Chart(2 * (HEIGHT + GAP) + 10, panels, ticks, by_year)


def _panel(side: tuple[str, str], number: int, periods: list[str], sums: dict[tuple[str, str, int], tuple[int, float]], most: float) -> Panel:
    actor, recipient = side
    top = number * (HEIGHT + GAP) + 24.0
    zero, scale = top + HEIGHT / 2, (HEIGHT / 2 - 2) / most
    step = (WIDTH - LEFT) / len(periods)
    width = min(step * 0.8, 40.0)
    bars: list[Bar] = []
    for n, period in enumerate(periods):
        x = LEFT + n * step + (step - width) / 2
        for quads, up in (((1, 2), True), ((3, 4), False)):
            edge = zero
            for quad in quads:
                if (actor, period, quad) not in sums:
                    continue
                count, points = sums[actor, period, quad]
                high = max(abs(points) * scale, 1.5)  # an act of no points is still one
                y = edge - high if up else edge
                edge = y if up else edge + high
                told = f"{actor} → {recipient}, {period}: {count} {QUADS[quad]}, {signed(points)} points"
                bars.append(Bar(round(x, 1), round(y, 1), round(width, 1), round(high, 1), quad, actor, period, told))
    return Panel(f"{actor} → {recipient}", top, zero, most, tuple(bars))


def _between(first: str, last: str) -> list[str]:
    """Months from one to another: 2026-11, 2026-12, 2027-01."""
    begin, end = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(begin, end + 1)]


def signed(points: float) -> str:
    """Points with their sign: +4, −2.5, 0."""
    return f"{points:+g}".replace("-", "−") if points else "0"
