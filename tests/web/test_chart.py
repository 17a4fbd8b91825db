"""Drawings show what was counted, and are the same on a page, as SVG and as PNG."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from math import dist
from xml.etree import ElementTree as ET

import msgspec
import polars
import pytest

from detente.relations.relation import Told, Turn
from detente.relations.relation import relation as worked
from detente.relations.tables import checked
from detente.web.chart import GAP, HEIGHT, MOST_BARS, level, months
from detente.web.drawing import at, web_of_states, world_map
from detente.web.scene import Scene, Shape, inline, png, svg, text
from detente.web.shapes import Line, Month, NetworkAnswer, Node, Place, PlacesAnswer, RelationAnswer


def relation(*months: tuple[str, str, int, int, float]) -> RelationAnswer:
    """What two states did to each other."""
    rows = [Month(month=m, actor=who, recipient="B" if who == "A" else "A", quad=q, events=n, points=p) for m, who, q, n, p in months]
    return RelationAnswer(a="A", b="B", months=rows, types=[], statuses=[], counted=0, stories=None, undated=0, wide=0, not_actual=0)


def bars(drawn: Scene | None) -> list[Shape]:
    """The bars, each with its corners."""
    assert drawn is not None
    return [shape for shape in drawn.shapes if shape.kind == "rect"]


def test_both_directions_are_drawn_on_one_scale() -> None:
    """A bar of half the points has half the height; friendly stands above the line, hostile below."""
    drawn = months(relation(("2026-01", "A", 1, 2, 8.0), ("2026-01", "B", 4, 1, -4.0)))
    up, down = bars(drawn)
    assert drawn is not None
    zero, other = (shape.points[0][1] for shape in drawn.shapes if shape.kind == "line")

    assert abs((up.points[1][1] - up.points[0][1]) - 2 * (down.points[1][1] - down.points[0][1])) < 0.2
    assert abs(up.points[1][1] - zero) < 0.2
    assert abs(down.points[0][1] - other) < 0.2
    assert other - zero == HEIGHT + GAP


def test_months_without_events_have_their_place() -> None:
    """From November to February there are four months, whatever happened in them."""
    drawn = months(relation(("2025-11", "A", 1, 1, 1.0), ("2026-02", "A", 1, 1, 1.0)))

    assert drawn is not None
    assert [shape.told for shape in drawn.shapes if shape.anchor == "middle"] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_many_months_are_drawn_as_years() -> None:
    """Bars too narrow to be hit are added up, and none is lost."""
    told = [(f"{1990 + n // 12}-{n % 12 + 1:02}", "A", 3, 1, -1.0) for n in range(MOST_BARS + 12)]
    found = bars(months(relation(*told)))

    assert [f"period={1990 + n}&" in bar.link for n, bar in enumerate(found)] == [True] * 7
    assert all("12 verbal conflict" in bar.told for bar in found)


def test_no_dot_lies_under_another() -> None:
    """Days that moved the level and turning points of one week in ten years: each dot can be hit, stands at its day, and as near the level as may be."""
    first = dt.date(2015, 1, 1)
    rows = [{"day": first + dt.timedelta(n), "source": "A", "target": "B", "type": "ACCUSE"} for n in (0, 1800, 1801, 1802, 3650)]
    found = worked(checked(polars.DataFrame(rows)).frame, "A", "B")
    days = [first + dt.timedelta(1800 + n) for n in range(6)]
    movers = tuple(Told(day, "A", "B", "ACCUSE", -3.0, 1.0, None, None) for day in days)
    nothing = {"conflict": 0.0, "cooperation": 0.0}
    turns = tuple(Turn(day, 0.9, day, day, nothing, nothing, ()) for day in days)
    drawn = level(msgspec.structs.replace(found, movers=movers, turns=turns))
    alone = level(msgspec.structs.replace(found, movers=movers[:1], turns=()))

    dots = [shape for shape in drawn.shapes if shape.kind == "dot"]
    assert len(dots) == 12
    assert all(dist(one.points[0], other.points[0]) >= one.size + other.size for one, other in combinations(dots, 2))
    (wanted,) = (shape.points[0] for shape in alone.shapes if shape.kind == "dot")
    assert dots[6].points[0] == wanted
    assert all(abs(dot.points[0][0] - wanted[0]) < 2 for dot in dots)
    assert all(shape.link for shape in drawn.shapes[-12:]), "dots lie above all that leads nowhere"


def test_chosen_days_are_shaded_where_they_stand() -> None:
    """From the first to the last of them on the axis that the page tells; no shade where all days are chosen, or none of those that are drawn."""
    first, last = dt.date(2015, 1, 1), dt.date(2024, 12, 31)
    rows = [{"day": day, "source": "A", "target": "B", "type": "ACCUSE"} for day in (first, dt.date(2020, 1, 1), last)]
    found = worked(checked(polars.DataFrame(rows)).frame, "A", "B")

    def shades(since: dt.date, until: dt.date) -> list[Shape]:
        return [shape for shape in level(found, "", (since, until)).shapes if shape.colour == "chosen"]

    axis = level(found).axis
    assert axis is not None
    assert (axis.first, axis.last) == (first, last)
    (shade,) = shades(dt.date(2016, 1, 1), dt.date(2030, 1, 1))
    (left, _), (right, _) = shade.points
    assert left == pytest.approx(axis.left + (axis.right - axis.left) * 365 / (last - first).days)
    assert right == axis.right
    assert shades(dt.date.min, dt.date.max) == shades(dt.date(2001, 1, 1), dt.date(2002, 1, 1)) == []
    assert 'data-first="2015-01-01" data-last="2024-12-31"' in inline(level(found))


def test_nothing_is_drawn_of_nothing() -> None:
    """No months, no chart; no places, no map; no lines, no network."""
    assert months(relation()) is None
    assert world_map(PlacesAnswer(since=None, until=None, places=[], nowhere=3)) is None
    assert web_of_states(NetworkAnswer(since=None, until=None, pending=False, states=[], lines=[])) is None


def test_hostile_words_are_words_in_a_drawing() -> None:
    """What a text says is no markup, neither on the page nor in the file; in a file nothing leads anywhere."""
    evil = '<script>alert(1)</script>" onload="x'
    scene = Scene(10, 10, evil, (Shape("dot", ((1.0, 1.0),), "good", 2, evil, f"/x?{evil}"), text(1, 1, evil)))

    page, file = ET.fromstring(inline(scene)), ET.fromstring(svg(scene))  # noqa: S314 - our own drawings

    for root in (page, file):
        assert not [node for node in root.iter() if node.tag.endswith("script") or "onload" in node.attrib]
    assert [node.attrib["href"] for node in page.iter() if node.tag == "a"] == [f"/x?{evil}"]
    assert not [node for node in file.iter() if node.tag.endswith("}a")]


def test_a_dot_stands_where_the_place_is_and_leads_to_its_events() -> None:
    """Baghdad lies east of London and south of it; the place with most events has the largest dot; what is mostly hostile is red."""
    where = [Place(place="Baghdad", country="IRQ", lat=33.3, lon=44.4, events=9, points=-40.0, hostile=7), Place(place="London", country="GBR", lat=51.5, lon=-0.1, events=3, points=4.0, hostile=1)]
    drawn = world_map(PlacesAnswer(since="2024-01-01", until="2024-12-31", places=where, nowhere=0))

    assert drawn is not None
    baghdad, london = (shape for shape in drawn.shapes if shape.kind == "dot")
    assert baghdad.points == (at(33.3, 44.4),)
    assert baghdad.points[0][0] > london.points[0][0]
    assert baghdad.points[0][1] > london.points[0][1]
    assert baghdad.size > london.size
    assert (baghdad.colour, london.colour) == ("bad", "good")
    assert "place=Baghdad" in baghdad.link


def test_every_line_joins_its_states() -> None:
    """Each pair has a line between its two dots, and the drawing is the same every time."""
    answer = NetworkAnswer(
        since="2024-01-01", until="2024-12-31", pending=False, states=[Node(code=c, camp=None, friends=1, foes=1, between=0.0) for c in "ABC"],
        lines=[Line(a="A", b="B", level=2.0, reports=9), Line(a="B", b="C", level=-3.0, reports=5)],
    )  # fmt: skip
    drawn = web_of_states(answer)

    assert drawn is not None
    spots = {shape.told[0]: shape.points[0] for shape in drawn.shapes if shape.kind == "dot"}
    assert {shape.link: shape.points for shape in drawn.shapes if shape.kind == "line"} == {"/relations/A/B": (spots["A"], spots["B"]), "/relations/B/C": (spots["B"], spots["C"])}
    assert drawn == web_of_states(answer)


def test_a_picture_is_made_of_the_same_shapes() -> None:
    """PNG is twice as many dots as the drawing has units, and not empty."""
    pytest.importorskip("matplotlib", reason="matplotlib is missing: pip install 'detente[plot]'")
    drawn = months(relation(("2026-01", "A", 1, 2, 8.0), ("2026-02", "B", 4, 1, -4.0)))
    assert drawn is not None

    made = png(drawn)

    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(made[16:20]) == round(2 * drawn.width)
    assert made != png(drawn._replace(shapes=()))
