"""A relation as drawings, made on the server: what was told by month, both directions; and the level day by day with its band."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import quote

from detente.web.scene import Axis, Scene, Shape, line, text
from detente.web.shapes import RelationAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.relations.relation import Relation

WIDTH, HEIGHT, LEFT, GAP = 960, 150, 56, 46
MOST_BARS = 72
"""Months beside each other that can still be told apart and hit with a finger; more are drawn as years."""
MOST_POINTS = 700
"""Days of a line that are drawn: the screen has no more."""
SHADE = 0.18
"""Of a period that is chosen: the level and its band stay to be seen."""
BETWEEN = 3.0
"""Free space between two dots that lead to different events."""
Bar = tuple[str, str, int]
"""Who acted, the period, the quad class."""
QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}


def months(answer: RelationAnswer, query: str = "") -> Scene | None:
    """Bars of both directions on one scale, so that they can be compared; None when there is nothing to draw.

    Args:
        answer: The relation.
        query: What stands in the address already, which the links keep.
    """
    told = answer["months"]  # in their order
    if not told:
        return None
    first, last = told[0]["month"], told[-1]["month"]
    by_year = _number(last) - _number(first) >= MOST_BARS
    periods = [str(y) for y in range(int(first[:4]), int(last[:4]) + 1)] if by_year else _between(first, last)
    counts: dict[Bar, int] = defaultdict(int)
    points: dict[Bar, float] = defaultdict(float)
    for m in told:
        key = (m["actor"], m["month"][:4] if by_year else m["month"], m["quad"])
        counts[key] += m["events"]
        points[key] += m["points"]
    heights: dict[tuple[str, str, bool], float] = defaultdict(float)
    for (actor, period, quad), value in points.items():
        heights[actor, period, quad in (1, 2)] += abs(value)
    most = max(heights.values()) or 1.0
    bars = {key: (counts[key], value) for key, value in points.items()}
    sides = [(answer["a"], answer["b"]), (answer["b"], answer["a"])]
    shapes = [shape for n, side in enumerate(sides) for shape in _panel(side, periods, bars, most, query, n * (HEIGHT + GAP))]
    step, every = (WIDTH - LEFT) / len(periods), -(-len(periods) // 12)
    shapes += [text(LEFT + (n + 0.5) * step, 24 + HEIGHT + 18, period, anchor="middle") for n, period in enumerate(periods) if n % every == 0]
    return Scene(WIDTH, 2 * (HEIGHT + GAP) + 10, f"{answer['a']} and {answer['b']}: points by {'year' if by_year else 'month'}, friendly above the line, hostile below", tuple(shapes))


def _panel(side: tuple[str, str], periods: list[str], bars: dict[Bar, tuple[int, float]], most: float, query: str, down: float) -> list[Shape]:
    """One direction, so far below the top."""
    actor, recipient = side
    top = 24.0
    zero, scale = top + HEIGHT / 2, (HEIGHT / 2 - 2) / most
    step = (WIDTH - LEFT) / len(periods)
    width = min(step * 0.8, 40.0)
    here, whom = f"?{query}from={quote(actor)}", f"{actor} → {recipient}"
    shapes = [text(0, top - 8 + down, whom, size=14, colour="ink"), text(48, top + 10 + down, signed(round(most, 1)), anchor="end"), text(48, zero + 4 + down, "0", anchor="end"),
              text(48, top + HEIGHT + down, signed(-round(most, 1)), anchor="end"), line(LEFT, zero + down, WIDTH, zero + down)]  # fmt: skip
    for n, period in enumerate(periods):
        x = LEFT + n * step + (step - width) / 2
        for quads, up in (((1, 2), True), ((3, 4), False)):
            edge = zero
            for quad in quads:
                bar = bars.get((actor, period, quad))
                if bar is None:
                    continue
                count, points = bar
                high = max(abs(points) * scale, 1.5)  # an act of no points is still one
                y = edge - high if up else edge
                edge = y if up else edge + high
                told = f"{whom}, {period}: {count} {QUADS[quad]}, {signed(round(points, 1))} points"
                shapes.append(Shape("rect", ((x, y + down), (x + width, y + high + down)), f"q{quad}", told=told, link=f"{here}&period={period}&quad={quad}#events"))
    return shapes


def level(found: Relation, query: str = "", chosen: tuple[dt.date, dt.date] = (dt.date.min, dt.date.max)) -> Scene:
    """The level with its 80 % band, reports below; turning points and the days that moved it most lead to their events.

    Args:
        found: The relation.
        query: What stands in the address already, which the links keep.
        chosen: First and last day of the period that is shaded; none is where it has all days.
    """
    s = found.series
    span = max((s.days[-1] - s.days[0]).days, 1)
    every = -(-len(s.days) // MOST_POINTS)
    low, high = min((*s.low, -1.0)), max((*s.high, 1.0))
    top, plot, reports, base = 24.0, 190.0, 44.0, 24.0 + 190.0 + 60.0

    def x(day: dt.date) -> float:
        return LEFT + (day - s.days[0]).days * (WIDTH - LEFT - 12) / span

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * plot

    some = range(0, len(s.days), every)
    band = [(x(s.days[n]), y(s.high[n])) for n in some] + [(x(s.days[n]), y(s.low[n])) for n in reversed(some)]
    shapes = [*_chosen(chosen, (s.days[0], s.days[-1]), x, base + reports), Shape("area", tuple(band), "band", clear=0.55), line(LEFT, y(0), WIDTH - 12, y(0))]
    shapes += [Shape("path", tuple((x(s.days[n]), y(s.level[n])) for n in some), "line", 2)]
    shapes += [text(LEFT - 8, y(v) + 4, f"{v:+.0f}".replace("-", "−") if v else "0", anchor="end") for v in (low, 0.0, high)]
    most = max(max((sum(series[n : n + every]) for n in some), default=0) for series in (s.conflict, s.cooperation)) or 1.0
    for series, colour, sign in ((s.cooperation, "good", -1), (s.conflict, "bad", 1)):
        shapes += [line(x(s.days[n]), base, x(s.days[n]), base + sign * sum(series[n : n + every]) / most * reports, colour, 1.2) for n in some if any(series[n : n + every])]
    shapes += [text(LEFT - 8, base + 4, "reports", anchor="end"), *_days(s.days[0], s.days[-1], x, base + reports + 18)]
    dots: list[Shape] = []
    for turn in found.turns:
        told = f"turned {turn.day}, chance {turn.chance:.0%}: conflict {turn.before['conflict']:.2f} → {turn.after['conflict']:.2f}, cooperation {turn.before['cooperation']:.2f} → {turn.after['cooperation']:.2f} reports a day"
        link = f"?{query}on={turn.day}#events"
        shapes.append(line(x(turn.day), top, x(turn.day), top + plot, "turn", 1.5))
        dots.append(_beside(dots, Shape("dot", ((x(turn.day), top),), "turn", 7, told, link), top, top + plot))
    for mover in found.movers:
        told = f"{mover.day}: {mover.source} → {mover.target} {mover.type or 'event'}, {signed(mover.points)} points"
        there = (x(mover.day), y(s.level[max(0, (mover.day - s.days[0]).days)]))
        dots.append(_beside(dots, Shape("dot", (there,), "mover", 6, told, f"?{query}on={mover.day}#events"), top, top + plot))
        if dots[-1].points[0] != there:
            shapes.append(line(*there, *dots[-1].points[0], "mover"))
    shapes += dots
    told = f"Level of {found.a} and {found.b}, {s.days[0]} to {s.days[-1]}, in points of an average event, with the band that holds 80 %"
    return Scene(WIDTH, base + reports + 26, told, tuple(shapes), Axis(LEFT, WIDTH - 12, s.days[0], s.days[-1]))


def _chosen(chosen: tuple[dt.date, dt.date], drawn: tuple[dt.date, dt.date], x: Callable[[dt.date], float], foot: float) -> list[Shape]:
    """The shade of a period, as far as its days are drawn."""
    first, last = max(chosen[0], drawn[0]), min(chosen[1], drawn[1])
    if first > last or (first, last) == drawn:
        return []
    corners = ((x(first), 0.0), (max(x(last), x(first) + 1), foot))
    return [Shape("rect", corners, "chosen", told=f"{first} to {last}, the days that are chosen", clear=SHADE)]


def _beside(dots: list[Shape], dot: Shape, top: float, foot: float) -> Shape:
    """The dot, moved up or down from its place, by as little as keeps it off the others: one that lies under another cannot be hit."""
    ((x, y),) = dot.points
    steps = sorted((y, *(edge for other in dots for edge in _clear_of(other, dot))), key=lambda to: (abs(to - y), to))
    free = (to for to in steps if top <= to <= foot and not any(low < to < high for low, high in (_clear_of(other, dot) for other in dots)))
    return dot._replace(points=((x, next(free, y)),))


def _clear_of(other: Shape, dot: Shape) -> tuple[float, float]:
    """Between which heights the dot would touch another; two alike when it passes by."""
    ((at, height),), ((x, _),), reach = other.points, dot.points, other.size + dot.size + BETWEEN
    far = max(reach**2 - (at - x) ** 2, 0.0) ** 0.5
    return height - far, height + far


def _days(first: dt.date, last: dt.date, x: object, y: float) -> list[Shape]:
    """Words below an axis of time: years, or months where the years are few."""
    assert callable(x)
    years = [dt.date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    if len(years) >= 3:
        return [text(x(day), y, day.year, anchor="middle") for day in years[:: -(-len(years) // 12)]]
    days = [dt.date.fromisoformat(f"{m}-01") for m in _between(first.isoformat()[:7], last.isoformat()[:7])[1:]]
    return [text(x(day), y, f"{day:%Y-%m}", anchor="middle") for day in days[:: max(1, -(-len(days) // 9))]] or [text(x(first), y, first)]


def _between(first: str, last: str) -> list[str]:
    """Months from one to another: 2026-11, 2026-12, 2027-01."""
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(_number(first), _number(last) + 1)]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def signed(points: float) -> str:
    """Points with their sign: +4, −2.5, 0."""
    return f"{points:+g}".replace("-", "−") if points else "0"
