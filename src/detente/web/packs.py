"""Lines squeezed together in packs of neighbours, and found by number.

A pack is what zlib makes of its blocks, one for each kind of lines, divided by an empty line. Lines of a kind are numbered from 0 through
the whole file; who writes keeps where each pack begins and the first number of each kind in it.
"""

from __future__ import annotations

import mmap
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FULL = 65_536
"""Bytes before squeezing after which a pack ends. Packs of 128 kB would be a twentieth smaller, and take twice as long to open."""
OPEN = 128
"""Packs that are kept open; some 100 kB each."""

Blocks = dict[str, list[bytes]]
"""Kind → lines; none is empty or has a line end in it."""


def write(file: Path, every: Iterable[Blocks], first: dict[str, int]) -> list[list[int]]:
    """Add packs to the end of a file.

    Args:
        file: Made when it is not there.
        every: The blocks of each pack.
        first: Kind → number of its first line that is added.

    Returns:
        A column of the places where the packs begin, and one of first numbers for each kind, in the order of `first`.
    """
    numbers, rows = dict(first), list[list[int]]()
    with file.open("ab") as out:
        for blocks in every:
            rows.append([out.tell(), *numbers.values()])
            out.write(zlib.compress(b"\n\n".join(b"\n".join(blocks[kind]) for kind in numbers), 9))
            for kind in numbers:
                numbers[kind] += len(blocks[kind])
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(1 + len(first))]


class Packs:
    """A file of packs, opened. Threads may share it."""

    def __init__(self, file: Path, where: dict[str, np.ndarray[Any, Any]], kinds: Sequence[str]) -> None:
        """`where` has what `write` gave, by name: `start`, and each kind."""
        self._bytes = memoryview(mapped(file))
        self._start = np.append(where["start"], len(self._bytes))
        self._first = {kind: where[kind] for kind in kinds}
        self._opened = lru_cache(OPEN)(self._open)

    def at(self, kind: str, number: int) -> tuple[Blocks, int]:
        """The pack that has a line, and the line's place in its block; behind the last one where there is none of that number."""
        pack = int(np.searchsorted(self._first[kind], number, side="right")) - 1
        if pack < 0:
            return {name: [] for name in self._first}, 0
        return self._opened(pack), number - int(self._first[kind][pack])

    def _open(self, pack: int) -> Blocks:
        # not copied first: to wait for the disk with the interpreter's lock held would keep all other threads waiting, too
        squeezed = self._bytes[int(self._start[pack]) : int(self._start[pack + 1])]
        lines = [*zlib.decompress(squeezed).split(b"\n"), b""]
        blocks, begin = Blocks(), 0
        for kind in self._first:
            end = lines.index(b"", begin)
            blocks[kind] = lines[begin:end]
            begin = end + (1 if blocks[kind] else 2)  # where a block has no lines an empty one stands for them
        return blocks


def mapped(file: Path) -> mmap.mmap | bytes:
    """The bytes of a file, read where they are looked at; they stay though the file is removed."""
    if not file.stat().st_size:  # of nothing there is no map
        return b""
    with file.open("rb") as held:
        return mmap.mmap(held.fileno(), 0, access=mmap.ACCESS_READ)
