"""Exact and near copies of wire text: which texts tell the same words, so that they are not counted as independent sources.

A text is the set of its runs of four words. Its signature keeps, for each of 252 fixed hashes, the least value over the set, and how
large the set is (MinHash: two signatures agree in a place as often as the sets overlap). One text copies another when most of the
shorter one's runs stand in the longer: a wire story cut to its first half and one with a paragraph added are copies, two papers'
own stories of one happening are not.

Source:
    Broder 1997, On the resemblance and containment of documents; the thresholds are measured (docs/sources.md).
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from functools import cache
from itertools import islice

import numpy as np

RUN = 4
"""Words of a run: three are shared by chance more often, five are broken by every edit (evaluation.copies)."""

HASHES = 252
"""With the set's size 1,012 bytes; an overlap of a half is then told to within 0.06 nineteen times in twenty."""

SAME = 0.4
"""Share of the shorter text's runs that stand in the longer one, from which it is a copy (the measured choice: docs/sources.md)."""

LEAST_OVERLAP = 0.1
"""Runs in common per run of either, below which nothing is a copy: there the estimate of the share becomes rough."""

SHORTEST = 12
"""Runs: shorter texts are copies only when they are equal, since a brief of one sentence is contained in many."""

REMEMBERED = 50_000
"""Texts among which a new one's original is looked for."""

_BANDS = 80  # pairs of values by which texts are looked up: an overlap of a third is found with chance 0.9999, of 0.15 with 0.84
_CHUNK = 4096  # runs at a time: 8 MiB of products


def signature(text: str) -> bytes:
    """The 1,012 bytes by which a text is compared; the same for the same words, whatever their case, marks and line ends."""
    words = re.findall(r"\w+", text.casefold())
    runs = {" ".join(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))}
    hashed = np.array(
        [int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") for run in sorted(runs)],
        dtype=np.uint64,
    )
    factors, shifts = _hashes()
    least = np.full(HASHES, np.iinfo(np.uint32).max, dtype=np.uint32)
    for start in range(0, len(hashed), _CHUNK):
        mixed = (factors[:, None] * hashed[None, start : start + _CHUNK] + shifts[:, None]) >> np.uint64(32)
        least = np.minimum(least, mixed.min(axis=1).astype(np.uint32))
    return np.array([len(runs)], dtype="<u4").tobytes() + least.astype("<u4").tobytes()


@cache
def _hashes() -> tuple[np.ndarray, np.ndarray]:
    """(252,) odd factors and (252,) shifts, 64 bits: fixed for ever, since signatures are kept in stores."""
    drawn = [hashlib.blake2b(f"detente copies {n}".encode(), digest_size=16).digest() for n in range(HASHES)]
    numbers = np.frombuffer(b"".join(drawn), dtype="<u8").reshape(HASHES, 2).astype(np.uint64)
    return numbers[:, 0] | np.uint64(1), numbers[:, 1]


def overlap(ours: bytes, theirs: bytes) -> tuple[float, float]:
    """Runs in common per run of either text, and per run of the shorter one; both estimated, 0 to 1."""
    a, b = np.frombuffer(ours, dtype="<u4"), np.frombuffer(theirs, dtype="<u4")
    common = float((a[1:] == b[1:]).mean())
    return common, contained(common, int(a[0]), int(b[0]))


def contained(common: float, ours: int, theirs: int) -> float:
    """Share of the smaller set in the larger.

    shared = common / (1 + common) * (ours + theirs)        common = shared / (ours + theirs - shared)
    """
    return min(1.0, common / (1 + common) * (ours + theirs) / min(ours, theirs))


class CopyIndex:
    """Remembers the last `most` texts and tells of each new one which it copies."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Know no text yet.

        Args:
            most: Texts remembered, about 10.5 KB each; older ones are forgotten. Wire copies come within days.
        """
        self._most = most
        self._kept: OrderedDict[int, tuple[str, bytes]] = OrderedDict()  # number of the text → first text's id, signature
        self._at: dict[int, int | list[int]] = {}  # a pair of values → the text that has it, or all of them: few have several
        self._next = 0

    def add(self, document_id: str, signature: bytes) -> str | None:
        """The id of the first text that this one copies, itself or through others; None when its words are new.

        Of several texts that it copies the one with most in common counts, of equals the earliest.
        """
        first = self._nearest(signature)
        self.remember(document_id if first is None else first, signature)
        return first

    def remember(self, first: str, signature: bytes) -> None:
        """Know a text whose first telling is known: what an earlier index was told, in the same order, makes the same index."""
        number, self._next = self._next, self._next + 1
        self._kept[number] = (first, signature)
        for key in _keys(signature):
            held = self._at.get(key)
            self._at[key] = number if held is None else [held, number] if isinstance(held, int) else [*held, number]
        if len(self._kept) > self._most:
            self._forget_oldest()

    def __len__(self) -> int:
        return len(self._kept)

    def _nearest(self, signature: bytes) -> str | None:
        held = (self._at[key] for key in _keys(signature) if key in self._at)
        near = sorted({number for numbers in held for number in ([numbers] if isinstance(numbers, int) else numbers)})
        if not near:
            return None
        ours = np.frombuffer(signature, dtype="<u4")
        theirs = np.frombuffer(b"".join(self._kept[n][1] for n in near), dtype="<u4").reshape(len(near), -1)
        common = (theirs[:, 1:] == ours[1:]).mean(axis=1)
        best, most = None, (0.0, 0.0)
        for number, share, size in zip(near, common.tolist(), theirs[:, 0].tolist(), strict=True):
            inside = contained(share, int(ours[0]), size)
            if is_copy(share, inside, min(int(ours[0]), size)) and (inside, share) > most:
                best, most = self._kept[number][0], (inside, share)
        return best

    def _forget_oldest(self) -> None:
        number, (_, signature) = next(islice(self._kept.items(), 1))
        del self._kept[number]
        for key in _keys(signature):
            held = self._at[key]
            left = [] if isinstance(held, int) else [n for n in held if n != number]
            if left:
                self._at[key] = left[0] if len(left) == 1 else left
            else:
                del self._at[key]


def is_copy(common: float, inside: float, shorter: int) -> bool:
    """Whether an overlap is that of a copy; `shorter` is the size of the smaller set of runs."""
    if shorter < SHORTEST:
        return common == 1.0
    return common >= LEAST_OVERLAP and inside >= SAME


def _keys(signature: bytes) -> list[int]:
    """One number for each pair of values and its place; two that collide cost a comparison, no more."""
    pairs = np.frombuffer(signature, dtype="<u8", offset=4, count=_BANDS)
    keys: list[int] = (pairs ^ (np.arange(_BANDS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))).tolist()
    return list(dict.fromkeys(keys))
