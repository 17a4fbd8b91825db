"""Camps, outsiders and brokers of a made-up world of six states."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import networkx
import polars

from detente.relations.network import Network, network, write_graphml
from detente.relations.panel import panel_of
from detente.relations.tables import checked

FRIENDS = [("AAA", "BBB"), ("BBB", "CCC"), ("AAA", "CCC"), ("CCC", "DDD"), ("DDD", "EEE"), ("EEE", "FFF"), ("DDD", "FFF")]
FOES = [("AAA", "FFF"), ("AAA", "GGG"), ("FFF", "GGG")]


def world() -> Network:
    """Two triangles joined by CCC and DDD; GGG quarrels with both."""
    day = dt.date(2024, 1, 1)
    rows = [
        {"day": day + dt.timedelta(n), "source": a, "target": b, "type": kind}
        for pairs, kind in ((FRIENDS, "COOPERATE"), (FOES, "ASSAULT")) for a, b in pairs for n in range(0, 60, 5)
    ]  # fmt: skip
    return network(panel_of(checked(polars.DataFrame(rows)).frame))


def test_camps_are_those_who_cooperate() -> None:
    """Each triangle is a camp, and who only quarrels is an outsider."""
    camps = {s.code: s.camp for s in world().states}

    assert camps["AAA"] == camps["BBB"] == camps["CCC"] != camps["DDD"] == camps["EEE"] == camps["FFF"]
    assert camps["GGG"] is None


def test_brokers_lie_between() -> None:
    """The two who join the triangles lie most between others."""
    assert {s.code for s in world().states[:2]} == {"CCC", "DDD"}


def test_lines_have_signs() -> None:
    """Cooperation stands above 0 points, assault below, in GraphML too."""
    signs = {(a, b): points > 0 for a, b, points, _ in world().lines}

    assert all(signs[pair] for pair in FRIENDS)
    assert not any(signs[pair] for pair in FOES)


def test_graphml_is_read_by_others(tmp_path: Path) -> None:
    """States and lines come back with their numbers."""
    write_graphml(world(), tmp_path / "n.graphml")
    back = networkx.read_graphml(tmp_path / "n.graphml")

    assert len(back) == 7
    assert back.edges["AAA", "GGG"]["sign"] == -1
