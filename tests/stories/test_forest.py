"""Trees that ask the features of a pair in turn."""

from __future__ import annotations

import pytest

from detente.stories.forest import LEAF, Forest, Tree

TREE = Tree(asks=(1, LEAF, 0, LEAF, LEAF), at=(0.5, -1.25, 2.0, 0.5, 3.0), low=(1, 0, 3, 0, 0), high=(2, 0, 4, 0, 0))
"""Above 0.5 of the second feature the first is asked, and tells 0.5 up to 2."""


@pytest.mark.parametrize(("seen", "told"), [((9.0, 0.0), -1.25), ((9.0, 0.5), -1.25), ((2.0, 0.6), 0.5), ((2.1, 0.6), 3.0)])
def test_a_pair_falls_to_one_leaf(seen: tuple[float, float], told: float) -> None:
    """Up to a node's value the first way is taken, above it the second."""
    assert Forest([TREE]).told(seen) == told


def test_what_trees_tell_is_summed() -> None:
    """Two trees that tell the same tell twice as much, and none tells nothing."""
    assert Forest([TREE, TREE]).told((9.0, 0.0)) == -2.5
    assert Forest([]).told((9.0, 0.0)) == 0.0
