"""What the features of a pair tell together: boosted trees, each of which asks a few of them in turn.

Two blasts mean alike everywhere and two papers of one news share their names: only both together tell of one happening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNIT = 10_000
"""Leaves tell whole numbers of this part of log odds, so that their sum is the same on every machine."""

LEAF = -1
"""Stands for the feature where nothing more is asked."""


class Tree(msgspec.Struct, frozen=True, array_like=True):
    """Nodes by number, the root first: at each the feature `asks` goes on to `low` when it is at most `at`, else to `high`; a `LEAF` tells `at`, in log odds."""

    asks: tuple[int, ...]  # (n_nodes,), numbers of features
    at: tuple[float, ...]  # (n_nodes,)
    low: tuple[int, ...]  # (n_nodes,)
    high: tuple[int, ...]  # (n_nodes,)


Node: TypeAlias = "int | tuple[int, float, Node, Node]"
"""A leaf, in `UNIT`; or a feature's number, the value up to which the first node is next, and the two nodes."""


class Forest:
    """All trees. Threads may share it."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._roots = [_grown(tree, 0) for tree in trees]

    def told(self, seen: Sequence[float]) -> float:
        """The log odds that all trees tell together of a pair; seen (n_features,), features as they are numbered."""
        told = 0
        for root in self._roots:
            node = root
            while isinstance(node, tuple):
                asks, at, low, high = node
                node = low if seen[asks] <= at else high
            told += node
        return told / UNIT


def _grown(tree: Tree, node: int) -> Node:
    if tree.asks[node] == LEAF:
        return round(UNIT * tree.at[node])
    return tree.asks[node], tree.at[node], _grown(tree, tree.low[node]), _grown(tree, tree.high[node])
