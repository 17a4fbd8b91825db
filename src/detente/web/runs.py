"""Where the rows of a pair lie in the columns: they are sorted by it, and what is known to lie together need not be looked for."""

from __future__ import annotations

from hashlib import md5
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

SORTED = {"lines": ("actor", "recipient"), "months": ("actor", "recipient"), "pairs": ("a", "b"), "speaking": ("who", "about")}
"""Table → the two columns by which each part's rows of it are sorted."""
RANKED = ("lines", "speaking")
"""Those in which the newest of a pair come first within a part."""
FEW = 8
"""Runs of a pair that are read one by one; of more, which many small parts make, the rows between the first and the last are looked through."""

Pair = tuple[str, str]
Run = tuple[int, int]
"""Number of the first row, and of the last."""


class Rows(NamedTuple):
    """Some rows: SQL to stand behind FROM, with its values."""

    sql: str
    values: list[Any]


def looked_for(place: str, table: str, pair: Pair, more: str = "true") -> Rows:
    """The rows of a pair in some place, which has the columns of a table."""
    one, other = SORTED[table]
    return Rows(f"(SELECT * FROM {place} WHERE {one} = ? AND {other} = ? AND {more})", list(pair))


class _Known(NamedTuple):
    """All runs of a table, three arrays of (n_runs,): 24 bytes each, where a dict takes 400 and more. A large store has millions of speakers."""

    keys: np.ndarray[Any, Any]
    """`_key` of each one's pair, the least first; those of a pair in their order."""
    begins: np.ndarray[Any, Any]
    ends: np.ndarray[Any, Any]

    def of(self, pair: Pair) -> list[Run]:
        """Those of a pair."""
        key = np.uint64(_key(pair))
        first, behind = np.searchsorted(self.keys, key, "left"), np.searchsorted(self.keys, key, "right")
        return list(zip(self.begins[first:behind].tolist(), self.ends[first:behind].tolist(), strict=True))


class Runs:
    """The runs of all pairs in each table, found when first asked for: of fifty million rows in 0.5 s, of a million pairs in 0.7 s. Threads may share them."""

    def __init__(self, cursor: Callable[[], DuckDBPyConnection]) -> None:
        """Who asks has a connection, in which the tables lie as `kept`."""
        self._cursor, self._locks = cursor, {table: Lock() for table in SORTED}
        self._known: dict[str, _Known] = {}

    def rows(self, table: str, pair: Pair, first: int | None = None) -> Rows:
        """The rows of a pair, as the program made them; no more than the `first` of each run."""
        runs = self._of(table).of(pair)
        if len(runs) > FEW:
            return looked_for(f"kept.{table}", table, pair, f"rowid BETWEEN {runs[0][0]} AND {runs[-1][1]}")
        # the pair is not looked at again, which would take a fifth more: of a million pairs two have one key once in thirty million stores
        ends = [(begin, end if first is None else min(end, begin + first - 1)) for begin, end in runs]
        return Rows(f"(SELECT * FROM kept.{table} WHERE {' OR '.join(f'rowid BETWEEN {begin} AND {end}' for begin, end in ends) or 'false'})", [])

    def find(self) -> None:
        """Find all that is not known yet."""
        for table in SORTED:
            self._of(table)

    def _of(self, table: str) -> _Known:
        known = self._known.get(table)
        if known is None:
            with self._locks[table]:
                known = self._known[table] = self._known.get(table) or _found(self._cursor(), table)
        return known


def _key(pair: Pair) -> int:
    """What `_KEY` says in SQL."""
    return int(md5("\n".join(pair).encode(), usedforsecurity=False).hexdigest()[:16], 16)


_KEY = "coalesce(('0x' || left(md5({one} || chr(10) || {other}), 16))::UBIGINT, 0)"


def _found(asked: DuckDBPyConnection, table: str) -> _Known:
    """A row begins a run where it has another pair than the row before, or a part ends, and with it the order of ranks."""
    one, other = SORTED[table]
    # hashes of 64 bits, since a comparison of both texts takes four times as long
    pair, rank = f"hash({one}, {other})", "rank" if table in RANKED else "0"
    found = asked.execute(
        f"""SELECT n, {_KEY.format(one=one, other=other)} AS key
            FROM (SELECT rowid AS n, {one}, {other}, {pair} <> lag({pair}) OVER () OR {rank} < lag({rank}) OVER () AS differs FROM kept.{table})
            WHERE n = 0 OR differs ORDER BY n"""
    ).fetchnumpy()
    ((rows,),) = asked.execute(f"SELECT count(*) FROM kept.{table}").fetchall()
    order = np.argsort(found["key"], kind="stable")
    return _Known(found["key"][order], found["n"][order], (np.append(found["n"][1:], rows) - 1)[order])
