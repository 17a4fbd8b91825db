"""What a trigger means where it stands: the vector that the reader's encoder gives its words inside their sentence, and which acts it sees there.

"freed" in "Hanoi freed the monk" lies near "let go" in "the monk was let go" and far from "freed" in "the snow freed the road".
Of all that is known of two reports, its likeness tells happenings of one news apart best (`training/LOG.md`); next come the chances of all types
and modes, of which the event keeps the likeliest alone: what one paper's "expulsion" makes a CONCEDE was a SANCTION by a hair. They are made anew
from the event's sentence when stories are told, not kept: a store stays small, and events that other programs coded have none.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.reading.labels import TYPES
from detente.reading.network import Network, packaged_model, softmax, span_vectors
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


class Meaning(NamedTuple):
    """Three directions in 127ths of a unit vector: what the trigger means, and the roots of the chances of its types and modes."""

    trigger: NDArray[np.int8]  # (width,)
    types: NDArray[np.int8]  # (n_types,), as `TYPES` orders them
    modes: NDArray[np.int8]  # (n_modes,), as `MODES` orders them


class Meanings:
    """The packaged reader's encoder, to tell what triggers mean. Threads may share it."""

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        """Load the packaged reader's encoder, or that of the reader in `folder`.

        Raises:
            ModelProblem: The folder is missing a file or belongs to another version.
        """
        self._network = Network(folder or packaged_model(), threads=threads)
        self._words = lru_cache(AT_HAND)(self._encoded)

    def of(self, event: Event) -> Meaning | None:
        """What the event's trigger means; None when its sentence does not show where it stands."""
        spans = event.text_info.spans.get("trigger", ())
        if not spans or not event.text:
            return None
        begin = event.text_info.start
        starts, ends, vectors = self._words(event.text)
        (inside,) = np.nonzero((starts < spans[0].end - begin) & (ends > spans[0].start - begin))
        if not len(inside):
            return None
        words = vectors[inside]
        tags = self._network.layers(words)["trigger"][:, 1:]  # B and I of each type, after O
        types = tags.reshape(len(words), len(TYPES), 2).sum(axis=(0, 2))
        modes = softmax(self._network.trigger(span_vectors(words, np.array([[0, len(words) - 1]])))["mode"][0])
        return Meaning(_direction(words.mean(axis=0)), _direction(np.sqrt(types)), _direction(np.sqrt(modes)))

    def _encoded(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """First and last character of each word that is read, and its vector, (n_words, width)."""
        words = words_of(text, self._network.tokenizer)
        count = int(np.searchsorted(words.first, MOST_PIECES, side="right")) - 1 if len(words.pieces) > MOST_PIECES else len(words)
        pieces = int(words.first[count])
        if not pieces:
            return words.starts[:0], words.ends[:0], np.zeros((0, 1), np.float32)
        hidden = self._network.encode(words.pieces[:pieces], words.cases[:pieces])
        return words.starts[:count], words.ends[:count], hidden[words.first[:count]]


def _direction(vector: NDArray[np.float32]) -> NDArray[np.int8]:
    return np.asarray(np.round(ONE * vector / np.sqrt(vector @ vector)), np.int8)


@cache
def packaged() -> Meanings:
    """The packaged reader's encoder, loaded once.

    Raises:
        ModelProblem: It is damaged.
    """
    return Meanings()


def alike(ours: NDArray[np.int8], theirs: NDArray[np.int8]) -> float:
    """Cosine of two directions, in [-1, 1]. Whole numbers are summed, so that it is the same on every machine."""
    a, b = ours.astype(np.int32), theirs.astype(np.int32)
    return int(a @ b) / float(np.sqrt(int(a @ a)) * np.sqrt(int(b @ b)))
