"""What words mean, as directions: "freed" lies near "released" although no letter says so.

The directions are those of the reader's own word pieces, reduced to 64 by `training/stories.py`; words of several pieces have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from detente.stories.words import tenths

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 64


@cache
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    """Row of each stem, and the rows: (n_stems, 64), in 127ths of a unit vector."""
    with (resources.files("detente.stories") / "model" / "senses.npz").open("rb") as file, np.load(file) as kept:
        return {stem: k for k, stem in enumerate(kept["stems"].tolist())}, kept["rows"]


def sense(words: Iterable[str]) -> NDArray[np.float32]:
    """Direction of the words together, each by its weight: (64,), length 1; zeros when none of them is known."""
    rows, table = _table()
    total = np.zeros(WIDTH, np.float32)
    for word in words:
        row = rows.get(word)
        if row is not None:
            total += np.float32(tenths(word) / 10) * table[row]
    length = float(np.sqrt(total @ total))
    return total / np.float32(length) if length else total


def alike(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """Cosine of two senses, in [-1, 1]; 0 when one is unknown."""
    return float(ours @ theirs)
