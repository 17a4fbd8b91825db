"""What a trigger means where it stands: the vector that the reader's encoder gives its words inside their sentence.

"freed" in "Hanoi freed the monk" lies near "let go" in "the monk was let go" and far from "freed" in "the snow freed the road".
Of all that is known of two reports, its likeness tells happenings of one news apart best (`training/LOG.md`). It is made anew from the
event's sentence when stories are told, not kept: a store stays small, and events that other programs coded have none.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from detente.reading.network import Network, packaged_model
from detente.reading.tokens import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.records import Event

ONE = 127
"""A unit vector's length in the whole numbers that are kept."""

MOST_PIECES = 510
"""Word pieces that the encoder takes; a longer sentence is read up to there."""

AT_HAND = 64
"""Sentences whose vectors stay at hand: events of one sentence come one after the other."""


class Meanings:
    """The packaged reader's encoder, to tell what triggers mean. Threads may share it."""

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        """Load the packaged reader's encoder, or that of the reader in `folder`.

        Raises:
            ModelProblem: The folder is missing a file or belongs to another version.
        """
        self._network = Network(folder or packaged_model(), threads=threads)
        self._words = lru_cache(AT_HAND)(self._encoded)

    def of(self, event: Event) -> NDArray[np.int8] | None:
        """Direction of the event's trigger, (width,) in 127ths of a unit vector; None when its sentence does not show where it stands."""
        spans = event.text_info.spans.get("trigger", ())
        if not spans or not event.text:
            return None
        begin = event.text_info.start
        starts, ends, vectors = self._words(event.text)
        inside = (starts < spans[0].end - begin) & (ends > spans[0].start - begin)
        if not inside.any():
            return None
        mean = vectors[inside].mean(axis=0)
        return np.asarray(np.round(ONE * mean / np.sqrt(mean @ mean)), np.int8)

    def _encoded(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """First and last character of each word that is read, and its vector, (n_words, width)."""
        words = words_of(text, self._network.tokenizer)
        count = int(np.searchsorted(words.first, MOST_PIECES, side="right")) - 1 if len(words.pieces) > MOST_PIECES else len(words)
        pieces = int(words.first[count])
        if not pieces:
            return words.starts[:0], words.ends[:0], np.zeros((0, 1), np.float32)
        hidden = self._network.encode(words.pieces[:pieces], words.cases[:pieces])
        return words.starts[:count], words.ends[:count], hidden[words.first[:count]]


@cache
def packaged() -> Meanings:
    """The packaged reader's encoder, loaded once.

    Raises:
        ModelProblem: It is damaged.
    """
    return Meanings()


def alike(ours: NDArray[np.int8] | None, theirs: NDArray[np.int8] | None) -> float | None:
    """Cosine of two directions, in [-1, 1]; None when one is unknown. Whole numbers are summed, so that it is the same on every machine."""
    if ours is None or theirs is None:
        return None
    a, b = ours.astype(np.int32), theirs.astype(np.int32)
    return int(a @ b) / float(np.sqrt(int(a @ a)) * np.sqrt(int(b @ b)))
