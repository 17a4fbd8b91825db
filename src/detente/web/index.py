"""An index, opened: columns are asked in SQL, records and words are looked up. Threads may share it."""

from __future__ import annotations

import re
import threading
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import msgspec

from detente.store.views import connected, text
from detente.web.columns import HOW, KEY, LINE, SUM_MONTHS, SUM_PAIRS, SUM_SIDES, number_of, rank_on
from detente.web.indexing import PAIRS
from detente.web.packing import FILE, KINDS, Records
from detente.web.runs import Rows, Runs, looked_for
from detente.web.wording import Words, opened

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from duckdb import DuckDBPyConnection

    from detente.records import Event

WORD = re.compile(r"[^\W_]+")
"""A word as SQLite's tokenizer takes it."""
COLUMNS = ("date", "enddate", "type", "mode", "status", "quad_code", "event_scale", "confidence")
TABLES = ("told", "lines", "named", "placed", "pairs", "months", "sides", "unsure", "papers", "spoken", "speaking", "checks", "refused", "keys")

_PAIR = "(least(coalesce(actor, ''), coalesce(recipient, '')), greatest(coalesce(actor, ''), coalesce(recipient, '')))"
SUMS = {"pairs": (SUM_PAIRS, "(a, b)"), "months": (SUM_MONTHS, _PAIR), "sides": (SUM_SIDES, _PAIR)}
"""Table → how it is summed up, and what tells its pair."""
PROGRAM = {"held": "lines", "pairs_now": "pairs", "months_now": "months", "speaking": "speaking"}
"""What is asked by pair → the table that has it as the program made it."""
FEW = 8
"""Pairs of which each is looked up alone; the rows of more are found by going through all."""


class Line(msgspec.Struct, frozen=True):
    """A row of `lines`: what people made of an event, for one pair."""

    rank: int
    actor: str | None
    recipient: str | None
    date: Any
    enddate: Any
    type: str
    mode: str | None
    status: str
    quad_code: int
    event_scale: float
    confidence: float | None

    @property
    def pair(self) -> tuple[str, str]:
        """Both sides, whichever acted; "" for one that has no code."""
        one, other = sorted((self.actor or "", self.recipient or ""))
        return one, other


Touched = dict[tuple[str, str], tuple[frozenset[Line], ...]]
"""Pair → its rows as the program told them, and those that people said."""


class Index:
    """The columns with what people said laid over them, and the records as the program made them.

    SQL asks `held` (events × pairs), `single` and `least_sure` (events) after people, `pairs_now`, `months_now` and `sides_now` summed up from them, and the
    tables of `columns.SCHEMA` as the program made them. `rejected` are the ranks of events that people rejected.
    """

    def __init__(self, place: Path) -> None:
        """Open its files, to read."""
        self.place = place
        self._root = connected()
        self._root.execute(f"ATTACH {text(place / PAIRS)} AS kept (READ_ONLY)")
        # a question of a page is short, and others are asked beside it: several threads for one would only wait for each other
        self._root.execute("SET threads = 1")
        for table in TABLES:
            self._root.execute(f"CREATE VIEW {table} AS SELECT * FROM kept.{table}")
        self._own = threading.local()
        self.runs = Runs(self._cursor)
        self._records = Records(place / FILE, self._root.execute("SELECT * FROM kept.packs").fetchnumpy())
        self._words = {kind: Words(place, kind) for kind in KINDS}
        self.added: dict[int, Event] = {}
        self._shown: dict[str, int] = {}
        self.rejected: set[int] = set()
        self._touched: Touched = {}
        for table in SUMS:
            self._root.execute(f"CREATE TABLE {table}_anew AS FROM kept.{table} LIMIT 0")
        self.lay({}, [], [])
        self._root.execute("SET python_enable_replacements = false; SET enable_external_access = false; SET lock_configuration = true")

    # --- columns -------------------------------------------------------------------------------------

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a question."""
        found = self._cursor().execute(sql, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def columns(self, sql: str, values: Sequence[Any] = ()) -> dict[str, np.ndarray[Any, Any]]:
        """The same column for column, for rows that are reckoned with."""
        return self._cursor().execute(sql, list(values)).fetchnumpy()

    def near(self, view: str, *pairs: tuple[str, str], first: int | None = None) -> Rows:
        """The rows of some pairs in one of `PROGRAM`, as `SORTED` has their sides.

        Of a pair that people's words do not touch they are read from where they lie, and no more than the `first` of each run: the newest.
        """
        every = [self._near(view, pair, first) for pair in pairs]
        if len(every) == 1:
            return every[0]
        return Rows(f"({' UNION ALL '.join(f'SELECT * FROM {sql}' for sql, _ in every)})", [value for _, values in every for value in values])

    def _near(self, view: str, pair: tuple[str, str], first: int | None) -> Rows:
        if view != "speaking" and tuple(sorted(pair)) in self._touched:
            return looked_for(view, PROGRAM[view], pair)
        return self.runs.rows(PROGRAM[view], pair, first)

    def frame(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The same as a frame of polars, for many rows."""
        import polars

        return polars.DataFrame(self._cursor().sql(sql, params=list(values)))

    def _cursor(self) -> DuckDBPyConnection:
        cursor: DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if cursor is None:
            cursor = self._own.cursor = self._root.cursor()
        return cursor

    def rank_for(self, event: Event) -> int:
        """The rank of an event that people added, below -1; it keeps it as long as the index lives."""
        rank = next((rank for rank, held in self.added.items() if held.id == event.id), -2 - len(self.added))
        self.added[rank] = event
        return rank

    def lay(self, taken: dict[int, bool], was: list[Line], said: list[Line], shown: Sequence[int] = ()) -> None:
        """Lay over it what people said.

        Args:
            taken: Ranks of events that were judged → whether they no longer stand as the program told them.
            was: Rows of these, as the program told them.
            said: Rows of those that were corrected or added.
            shown: Ranks of those that were added, and not taken back.
        """
        self._shown = {self.added[rank].id: rank for rank in shown}
        self.rejected = {rank for rank, gone in taken.items() if gone} - {line.rank for line in said}
        root = self._root.cursor()
        root.execute("BEGIN")
        root.execute("CREATE OR REPLACE TABLE judged (rank BIGINT, gone BOOLEAN)")
        root.execute(f"CREATE OR REPLACE TABLE said (rank BIGINT, actor VARCHAR, recipient VARCHAR, {LINE})")
        if taken:
            root.execute("INSERT INTO judged SELECT unnest(?::BIGINT[]), unnest(?::BOOLEAN[])", [list(taken), list(taken.values())])
        if said:
            root.executemany(f"INSERT INTO said VALUES ({', '.join('?' * 11)})", [list(msgspec.structs.astuple(line)) for line in said])
        gone = "(SELECT rank FROM judged WHERE gone)" if said or any(taken.values()) else None
        columns = ", ".join(COLUMNS)
        for view, table, more in (("held", "lines", "actor, recipient, "), ("single", "told", ""), ("least_sure", "unsure", "")):
            own = f"SELECT rank, {more}{columns} FROM kept.{table}"
            over = f" WHERE rank NOT IN {gone} UNION ALL SELECT DISTINCT rank, {more}{columns} FROM said" if gone else ""
            root.execute(f"CREATE OR REPLACE VIEW {view} AS {own}{over}")
        # two sides: a correction may leave a row as it was, and that row in `was` alone is a rejection
        sides = _by_pair(was), _by_pair(said)
        touched = {pair: tuple(frozenset(side.get(pair, ())) for side in sides) for pair in {**sides[0], **sides[1]}}
        self._sum(root, touched)
        root.execute("COMMIT")
        self._touched = touched

    def _sum(self, root: DuckDBPyConnection, touched: Touched) -> None:
        """Sums of the pairs that people's words touched are made anew, where these have changed; all others stand in the index."""
        changed = [pair for pair in {**self._touched, **touched} if self._touched.get(pair) != touched.get(pair)]
        anew = [pair for pair in changed if pair in touched]  # the others are as the program told them again, and stand in the index alone
        for name, pairs in (("touched", list(touched)), ("changed", changed), ("anew", anew)):
            columns = [list(side) for side in zip(*pairs, strict=True)] or [[], []]
            root.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT (a, b) AS pair FROM (SELECT unnest(?::VARCHAR[]) AS a, unnest(?::VARCHAR[]) AS b)", columns)
        ways = [way for pair in anew for way in dict.fromkeys((pair, pair[::-1]))]
        near, values = " UNION ALL ".join(_one_way(*way) for way in ways), [code for way in ways for code in way if code]
        if len(anew) > FEW:
            near, values = f"SELECT * FROM held WHERE {_PAIR} IN (FROM anew)", []
        for table, (sums, pair_of) in SUMS.items():
            if changed:
                root.execute(f"DELETE FROM {table}_anew WHERE {pair_of} IN (FROM changed)")
            if anew:
                root.execute(f"INSERT INTO {table}_anew {sums.format(lines=f'({near})')}", values)
            over = f" WHERE {pair_of} NOT IN (FROM touched) UNION ALL SELECT * FROM {table}_anew" if touched else ""
            root.execute(f"CREATE OR REPLACE VIEW {table}_now AS SELECT * FROM kept.{table}{over}")

    # --- records -------------------------------------------------------------------------------------

    def rows(self, kind: str, ranks: Sequence[int]) -> list[dict[str, Any]]:
        """Whole rows of records, in the order of the ranks, or of numbers alone; days are texts. What is not there is left out."""
        found = (self._records.row(kind, number_of(rank)) for rank in ranks)
        return [row for row in found if row is not None]

    def rank_of(self, kind: str, id: str) -> int | None:
        """The rank of an event, a document or a quote; None when there is none of that name."""
        if kind == "event" and id in self._shown:
            return self._shown[id]
        found = ((number, self._records.row(kind, number)) for number in self._numbers(kind, id))
        return next((_rank(kind, row, number) for number, row in found if row is not None and row["id"] == id), None)

    def ranks_in(self, kind: str, document: str) -> list[int]:
        """The ranks of the events or quotes of a document."""
        added = [rank for rank in self._shown.values() if kind == "event" and self.added[rank].text_info.document == document]
        every = (takewhile(lambda found: found[1]["document"] == document, self._records.rows_from(kind, first)) for first in self._numbers(f"in:{kind}", document))
        return added + [_rank(kind, row, number) for found in every for number, row in found]

    def _numbers(self, kind: str, name: str) -> list[int]:
        """Numbers that the keys have for a name, and now and then for another one."""
        return [row["number"] for row in self.ask(f"SELECT number FROM keys WHERE key = {KEY.format(name='?::VARCHAR')} AND kind = ? ORDER BY number", [name, kind])]

    def with_words(self, kind: str, q: str, *, after: int = -1, limit: int) -> list[int]:
        """Ranks of records that have all these words, the newest first, behind `after`."""
        words = WORD.findall(q)
        if not words:
            return []
        added = self._added_with(words, after) if kind == "event" and after < 0 else []
        return (added + self._words[kind].ranks(self._connection(), words, after=after, limit=limit))[:limit]

    def _added_with(self, words: Sequence[str], after: int) -> list[int]:
        """Ranks of added events that have all these words; those behind `after`, which is -1 before the first."""
        wanted = {word.lower() for word in words}
        found = [rank for rank in self._shown.values() if wanted <= {word.lower() for word in WORD.findall(self.added[rank].text)}]
        return sorted(rank for rank in found if after == -1 or rank > after)

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._own, "words", None)
        if found is None:
            found = self._own.words = opened(self.place)
        return found


def _by_pair(rows: list[Line]) -> dict[tuple[str, str], list[Line]]:
    found: dict[tuple[str, str], list[Line]] = {}
    for row in rows:
        found.setdefault(row.pair, []).append(row)
    return found


def _one_way(actor: str, recipient: str) -> str:
    """SQL of the rows of a pair in one direction, which lie together; its values are the codes that are not ""."""
    told = [f"{side} = ?" if code else f"{side} IS NULL" for side, code in (("actor", actor), ("recipient", recipient))]
    return f"SELECT * FROM held WHERE {' AND '.join(told)}"


def _rank(kind: str, row: dict[str, Any], number: int) -> int:
    """The rank of a record: an event has a day of its own, the others that of their document."""
    return rank_on(row["date" if kind == "event" else "published"], number)


__all__ = ["COLUMNS", "HOW", "Index", "Line"]
