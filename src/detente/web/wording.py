"""The words of the index's records: which have them all, the newest first.

    words.sqlite                                   of each kind a table of FTS5 that has no texts, only which row has which word
    event.order, document.order, quote.order       the rank of each row: numbers of eight bytes, the least first

Rows are numbered without gaps, since the list of a word holds the steps between its rows: a small step takes a byte, and a rank would take
five. What is added later follows in an order of its own; who looks for words looks in each of these stretches and puts what is found in order.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from detente.web.packing import AT_ONCE, KINDS, due
from detente.web.packs import mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

WORDS = "words.sqlite"
FILES = (WORDS, *(f"{kind}.order" for kind in KINDS))
IN_MEMORY = 1 << 26
"""Bytes of lists that are gathered before they are written: a few large pieces are put together sooner than many small ones."""

_TEXTS = {
    "event": """SELECT n.rank, e.text || ' ' || coalesce(n.title, '') FROM new_events e JOIN numbered_events n USING ("at") ORDER BY n.rank""",
    "document": "SELECT n.rank, coalesce(d.title, '') || ' ' || d.text FROM new_documents d JOIN numbered_documents n USING (number) ORDER BY n.rank",
    "quote": "SELECT rank, text FROM numbered_quotes ORDER BY rank",
}


def fill(asked: DuckDBPyConnection, folder: Path, *, fresh: bool, tell: Callable[[str], None]) -> None:
    """Add the words of what `columns.fill` numbered."""
    # what is cut short is thrown away as a whole, so that nothing need reach the disk in order
    kept = sqlite3.connect(folder / WORDS, isolation_level=None)
    kept.execute("PRAGMA journal_mode = OFF")
    kept.execute("PRAGMA synchronous = OFF")
    kept.execute("PRAGMA cache_size = -200000")
    kept.execute("BEGIN")
    for kind in KINDS:
        if fresh:
            kept.execute(f"CREATE VIRTUAL TABLE {kind} USING fts5(words, content='', detail=none, columnsize=0, tokenize=\"unicode61 remove_diacritics 2\")")
            _set(kept, kind, hashsize=IN_MEMORY, automerge=0)
        with (folder / f"{kind}.order").open("ab") as order:
            asked.execute(_TEXTS[kind])
            row = first = order.tell() // 8
            for some in iter(lambda: asked.fetchmany(AT_ONCE), []):
                kept.executemany(f"INSERT INTO {kind} (rowid, words) VALUES (?, ?)", [(n, words) for n, (_, words) in enumerate(some, row)])
                np.array([rank for rank, _ in some], dtype="<i8").tofile(order)
                row += len(some)
                if due(row - first, len(some)):
                    tell(f"indexing the store for its pages: words of {row - first:,} {kind}s")
        if fresh:
            kept.execute(f"INSERT INTO {kind} ({kind}) VALUES ('optimize')")
            _set(kept, kind, automerge=4)
    kept.execute("COMMIT")
    kept.close()


def _set(kept: sqlite3.Connection, kind: str, **settings: int) -> None:
    for name, value in settings.items():
        kept.execute(f"INSERT INTO {kind} ({kind}, rank) VALUES (?, ?)", [name, value])


class Words:
    """The words of one kind. Threads may share them; each brings a connection of its own."""

    def __init__(self, folder: Path, kind: str) -> None:
        """Open the order."""
        self._kind = kind
        self._ranks = np.frombuffer(mapped(folder / f"{kind}.order"), dtype="<i8")
        turns = (np.flatnonzero(self._ranks[1:] < self._ranks[:-1]) + 1).tolist()
        self._stretches = list(zip([0, *turns], [*turns, len(self._ranks)], strict=True))

    def ranks(self, asked: sqlite3.Connection, words: Sequence[str], *, after: int, limit: int) -> list[int]:
        """Ranks of records that have all the words, the least first, behind `after`."""
        told = " AND ".join(f'"{word}"' for word in dict.fromkeys(words))
        sql = f"SELECT rowid FROM {self._kind} WHERE {self._kind} MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid LIMIT ?"
        found: list[int] = []
        for first, last in self._stretches:
            begin = first + int(np.searchsorted(self._ranks[first:last], after, side="right"))
            found += self._ranks[[row for (row,) in asked.execute(sql, [told, begin, last, limit])]].tolist()
        return sorted(found)[:limit]


def opened(folder: Path) -> sqlite3.Connection:
    """The words, to be asked by one thread."""
    found = sqlite3.connect(f"{(folder / WORDS).as_uri()}?mode=ro&immutable=1", uri=True)
    found.execute("PRAGMA mmap_size = 1073741824")
    return found
