"""Where the rows of a pair lie in the columns: they are sorted by it, and what is known to lie together need not be looked for."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

SORTED = {"lines": ("actor", "recipient"), "months": ("actor", "recipient"), "pairs": ("a", "b"), "speaking": ("who", "about")}
"""Table → the two columns by which each part's rows of it are sorted."""
RANKED = ("lines",)
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


class Runs:
    """The runs of all pairs in each table, found when first asked for: of forty million rows in 0.4 s. Threads may share them."""

    def __init__(self, cursor: Callable[[], DuckDBPyConnection]) -> None:
        """Who asks has a connection, in which the tables lie as `kept`."""
        self._cursor, self._locks = cursor, {table: Lock() for table in SORTED}
        self._known: dict[str, dict[Pair, list[Run]]] = {}

    def rows(self, table: str, pair: Pair, first: int | None = None) -> Rows:
        """The rows of a pair, as the program made them; no more than the `first` of each run."""
        runs = self._of(table).get(pair, [])
        if len(runs) > FEW:
            return looked_for(f"kept.{table}", table, pair, f"rowid BETWEEN {runs[0][0]} AND {runs[-1][1]}")
        ends = [(begin, end if first is None else min(end, begin + first - 1)) for begin, end in runs]
        return Rows(f"(SELECT * FROM kept.{table} WHERE {' OR '.join(f'rowid BETWEEN {begin} AND {end}' for begin, end in ends) or 'false'})", [])

    def find(self) -> None:
        """Find all that is not known yet."""
        for table in SORTED:
            self._of(table)

    def _of(self, table: str) -> dict[Pair, list[Run]]:
        known = self._known.get(table)
        if known is None:
            with self._locks[table]:
                known = self._known[table] = self._known.get(table) or _found(self._cursor(), table)
        return known


def _found(asked: DuckDBPyConnection, table: str) -> dict[Pair, list[Run]]:
    """Pair → its runs in their order. A row begins one where it has another pair than the row before, or a part ends, and with it the order of ranks."""
    one, other = SORTED[table]
    # hashes of 64 bits, since a comparison of both texts takes four times as long
    pair, rank = f"hash({one}, {other})", "rank" if table in RANKED else "0"
    begins = asked.execute(
        f"""SELECT n, {one}, {other} FROM (SELECT rowid AS n, {one}, {other}, {pair} <> lag({pair}) OVER () OR {rank} < lag({rank}) OVER () AS differs FROM kept.{table})
            WHERE n = 0 OR differs ORDER BY n"""
    ).fetchall()
    ((rows,),) = asked.execute(f"SELECT count(*) FROM kept.{table}").fetchall()
    found: dict[Pair, list[Run]] = defaultdict(list)
    for (begin, *sides), end in zip(begins, [begin for begin, *_ in begins[1:]] + [rows], strict=True):
        found[sides[0], sides[1]].append((begin, end - 1))
    return dict(found)
