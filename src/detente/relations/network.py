"""Who stands where: states and the signed lines between them over a period, camps, outsiders, brokers; as numbers and as GraphML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import networkx
import numpy as np

from detente.relations import level
from detente.relations.panel import Panel

FEWEST = 5
"""Reports between two states from which on a line is drawn."""


class Standing(msgspec.Struct, frozen=True):
    """A state: its camp (a number, None for outsiders), lines of either sign, and how often it lies between others (0 to 1)."""

    code: str
    camp: int | None
    friends: int
    foes: int
    between: float


class Network(msgspec.Struct, frozen=True):
    """States, most between others first, and lines (a, b, level in points, reports)."""

    states: tuple[Standing, ...]
    lines: tuple[tuple[str, str, float, float], ...]


def network(panel: Panel) -> Network:
    """The network of a joint panel: a line for each pair with at least `FEWEST` reports, its level the mean over the days.

    Camps are found among friendly lines alone (Louvain, Blondel et al. 2008, J. Statistical Mechanics P10008, fixed seed), weighted
    by the root of reports, so that two talkative neighbours do not swallow all. A broker lies on many shortest friendly paths.
    """
    totals = panel.totals()
    rows = np.flatnonzero(totals >= FEWEST)
    mean = level.levels(panel, level.fit(panel), rows).now.mean(axis=1) if len(rows) else np.zeros(0)
    lines = tuple((*panel.dyads[row], round(float(m), 3), float(totals[row])) for row, m in zip(rows, mean, strict=True))
    friendly = networkx.Graph()
    friendly.add_nodes_from(sorted({code for dyad in panel.dyads for code in dyad}))
    friendly.add_weighted_edges_from((a, b, n**0.5) for a, b, points, n in lines if points > 0)
    found = networkx.community.louvain_communities(friendly, weight="weight", seed=0)
    camps = sorted((sorted(c) for c in found if len(c) > 1), key=lambda c: (-len(c), c))
    camp = {code: number for number, members in enumerate(camps, 1) for code in members}
    between = networkx.betweenness_centrality(friendly)
    states = [
        Standing(
            code, camp.get(code), friendly.degree(code), sum(points <= 0 for a, b, points, _ in lines if code in (a, b)),
            round(between[code], 4),
        )
        for code in friendly
    ]  # fmt: skip
    return Network(tuple(sorted(states, key=lambda s: (-s.between, s.code))), lines)


def write_graphml(found: Network, file: Path) -> None:
    """The network for Gephi, igraph, Cytoscape: camp and between on states, level and reports on lines."""
    graph: Any = networkx.Graph()
    for state in found.states:
        graph.add_node(state.code, camp=state.camp or 0, friends=state.friends, foes=state.foes, between=state.between)
    for a, b, points, reports in found.lines:
        graph.add_edge(a, b, level=points, reports=reports, sign=1 if points > 0 else -1)
    networkx.write_graphml(graph, file)
