"""The map and the network of a period as drawings."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from detente.places.table import table
from detente.web.chart import signed
from detente.web.scene import Scene, Shape, line, text

if TYPE_CHECKING:
    from detente.web.shapes import NetworkAnswer, PlacesAnswer

WIDTH, HEIGHT = 960.0, 480.0
SOUTH, NORTH = -58.0, 80.0
"""Latitudes between which people live."""
MOST_LINES = 90
"""Lines of a network that can still be told apart; the table below has all."""
MOST_NAMES = 14
"""Places named on the map; all tell their name when pointed at."""


# --- map -------------------------------------------------------------------------------------------


def at(lat: float, lon: float) -> tuple[float, float]:
    """Where a place stands: degrees alike everywhere (plate carrée), which needs no table."""
    return (lon + 180) / 360 * WIDTH, (NORTH - max(SOUTH, min(NORTH, lat))) / (NORTH - SOUTH) * HEIGHT


@cache
def _world() -> tuple[Shape, ...]:
    """A grid of thirty degrees, and every country's code at its capital: an outline would need a map that no package brings."""
    shapes = [line(*at(lat, -180), *at(lat, 180), "faint", 0.6) for lat in (-30, 0, 30, 60)]
    shapes += [line(*at(NORTH, lon), *at(SOUTH, lon), "faint", 0.6) for lon in range(-150, 180, 30)]
    for code, place in sorted(table().countries().items()):
        capital = table().capital(code)
        if capital is not None and capital.lat is not None and capital.lon is not None and place.people >= 300_000:
            shapes.append(text(*at(capital.lat, capital.lon), code, size=7.5, colour="axis", anchor="middle"))
    return tuple(shapes)


def middle(answer: PlacesAnswer) -> float:
    """Which share of the map's width has half of the events on its left: where a small screen should open."""
    places = sorted(answer["places"], key=lambda place: place["lon"])
    sums = list(accumulate(place["events"] for place in places))
    half = next((place for place, n in zip(places, sums, strict=True) if 2 * n >= sums[-1]), None)
    return 0.5 if half is None else at(0, half["lon"])[0] / WIDTH


def world_map(answer: PlacesAnswer) -> Scene | None:
    """A dot for each place, as large as its events are many, in the colour of what most of them are; None without any."""
    if not answer["places"]:
        return None
    most = answer["places"][0]["events"]
    shapes = list(_world())
    for place in answer["places"]:
        name = place["place"] or place["country"] or "somewhere"
        told = f"{name}, {place['country'] or 'no country'}: {place['events']} events, {place['hostile']} hostile, {signed(place['points'])} points"
        where = f"{place['place'] or ''}, {place['country']}" if place["country"] else name  # two states may have towns of one name; a state as a whole has none
        query = urlencode({"place": where, "status": "actual", "since": answer["since"], "until": answer["until"], "within": "1"})
        colour = "bad" if 2 * place["hostile"] > place["events"] else "good"
        shapes.append(Shape("dot", (at(place["lat"], place["lon"]),), colour, 3 + 21 * sqrt(place["events"] / most), told, f"/search?{query}", clear=0.62))
    names: list[tuple[float, float]] = []
    for place in answer["places"]:
        x, y = at(place["lat"], place["lon"])
        if len(names) < MOST_NAMES and all(abs(x - a) > 70 or abs(y - b) > 13 for a, b in names):
            names.append((x, y))
            shapes.append(text(min(max(x, 30), WIDTH - 30), y - 4, place["place"] or place["country"], size=11, colour="ink", anchor="middle"))
    return Scene(WIDTH, HEIGHT, f"Where events took place, {answer['since']} to {answer['until']}: a dot for each place, larger for more events", tuple(shapes))


# --- network ---------------------------------------------------------------------------------------


def web_of_states(answer: NetworkAnswer) -> Scene | None:
    """States that have much to do with each other stand near; friendly lines and hostile ones; None without any line."""
    import networkx

    lines = answer["lines"][:MOST_LINES]
    if not lines:
        return None
    graph = networkx.Graph()
    for one in lines:
        graph.add_edge(one["a"], one["b"], weight=sqrt(one["reports"]) * (2 if one["level"] > 0 else 0.6))
    spots = _spread(graph)
    most = max(one["reports"] for one in lines)
    shapes: list[Shape] = []
    for one in sorted(lines, key=lambda one: one["reports"]):
        told = f"{one['a']} – {one['b']}: level {signed(round(one['level'], 1))}, {one['reports']:,.0f} reports"
        colour = "good" if one["level"] > 0 else "bad"
        shapes.append(Shape("line", (spots[one["a"]], spots[one["b"]]), colour, 1 + 7 * sqrt(one["reports"] / most), told, f"/relations/{one['a']}/{one['b']}", clear=0.6))
    camps = {node["code"]: node["camp"] for node in answer["states"]}
    reports = {code: sum(one["reports"] for one in lines if code in (one["a"], one["b"])) for code in graph}
    for code in sorted(graph):
        camp = f"camp {camps[code]}" if camps.get(code) else "in no camp"
        size = 9 + 9 * sqrt(reports[code] / max(reports.values()))
        shapes.append(Shape("dot", (spots[code],), "node", size, f"{code}, {camp}: {reports[code]:,.0f} reports", f"/actor?name={code}"))
        shapes.append(text(spots[code][0], spots[code][1] + 4, code, size=11, colour="ink", anchor="middle"))
    return Scene(WIDTH, 620, f"States and what lies between them, {answer['since']} to {answer['until']}: friendly and hostile lines, wider for more reports", tuple(shapes))


def _spread(graph: object) -> dict[str, tuple[float, float]]:
    """Where each state stands: by springs (Fruchterman and Reingold 1991), each connected part beside the others, the same every time."""
    import networkx

    assert isinstance(graph, networkx.Graph)
    found = networkx.spring_layout(graph, k=2.2 / sqrt(max(len(graph), 1)), iterations=120, seed=1, weight="weight")
    # ranks instead of places along each side pull apart what springs leave in a clump; half of each keeps the shape
    order = [{code: n for n, (_, code) in enumerate(sorted((float(found[code][axis]), code) for code in graph))} for axis in (0, 1)]
    last = max(len(graph) - 1, 1)
    spot = {code: [(0.5 * (float(found[code][axis]) + 1) / 2) + 0.5 * order[axis][code] / last for axis in (0, 1)] for code in graph}
    return {code: (40 + x * (WIDTH - 80), 30 + y * 560) for code, (x, y) in spot.items()}
