"""Where a pair's events stand: places in the numbered rows of a run, and the few files that have them.

In a compacted part an event stands once in `events`, beside its first pair, and once in `beside` for each further pair, so that
a question about two states reads one stretch of each. `parties` tells the places.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detente.store.asking import Wanted, conditions, during
from detente.store.compacting import ROWS_IN_FILE
from detente.store.folder import Part
from detente.store.tables import BESIDE, EVENTS, quoted
from detente.store.views import paths, reading, select

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Question(NamedTuple):
    """SQL, and the values of its question marks."""

    sql: str
    values: list[object]


class Found(NamedTuple):
    """Which files have the events: numbers of those of `events`, in order, and those of `beside`."""

    numbers: list[int]
    beside: list[Path]


def find(asked: DuckDBPyConnection, wanted: Wanted, parts: list[Part], most: int) -> Found | None:
    """Keep the places of the wanted events, and in which file of `beside` each stands for this pair, in the table `found`.

    They stay in DuckDB: as a list in the next question, two thousand places take 25 ms to read and plan.

    Args:
        asked: From `views.finder`.
        wanted: Which events.
        parts: Of the run.
        most: Places to keep.

    Returns:
        The files that have them; None when there are more than `most`.

    Raises:
        BadSetting: A day is none.
    """
    told, values = conditions(wanted)
    sql = f'SELECT DISTINCT "at" FROM parties WHERE {told}'
    if files := _beside(wanted, parts):
        lying, within = during(wanted)
        beside = f'SELECT "at", filename AS beside FROM {reading(files)} WHERE low = ? AND high = ? AND {lying}'
        sql = f'SELECT "at", beside FROM ({sql}) LEFT JOIN ({beside}) USING ("at")'
        values = [*values, *_pair(wanted), *within]
    else:
        sql = f'SELECT "at", NULL::VARCHAR AS beside FROM ({sql})'
    asked.execute(f"CREATE OR REPLACE TEMP TABLE found AS {sql} LIMIT {most + 1}", values)
    counted = f'SELECT beside, CASE WHEN beside IS NULL THEN "at" // {ROWS_IN_FILE} END AS number, count(*) FROM found GROUP BY ALL ORDER BY ALL'
    counts = asked.execute(counted).fetchall()
    if sum(count for *_, count in counts) > most:
        return None
    return Found([number for beside, number, _ in counts if beside is None], [Path(beside) for beside, *_ in counts if beside is not None])


def rows(wanted: Wanted, parts: list[Part], found: Found) -> Question:
    """Asks for the rows of `events` at the places that `find` found."""
    told = f'SELECT * FROM ({select(EVENTS, _files(found.numbers, parts))}) WHERE "at" IN (SELECT "at" FROM found WHERE beside IS NULL)'
    if not found.beside:
        return Question(told, [])
    columns = ", ".join(map(quoted, EVENTS.names))
    stands = 'low = ? AND high = ? AND "at" IN (SELECT "at" FROM found WHERE beside IS NOT NULL)'
    return Question(f"{told} UNION ALL SELECT {columns} FROM ({select(BESIDE, found.beside)}) WHERE {stands}", list(_pair(wanted)))


def rows_anywhere(wanted: Wanted) -> Question:
    """Asks for the rows of `events` in all files.

    Raises:
        BadSetting: A day is none.
    """
    told, values = conditions(wanted)
    return Question(f'SELECT * FROM events WHERE "at" IN (SELECT "at" FROM parties WHERE {told})', values)


def _pair(wanted: Wanted) -> Iterable[str]:
    return sorted(code for code in (wanted.actor, wanted.recipient) if code is not None)


def _beside(wanted: Wanted, parts: list[Part]) -> list[Path]:
    """Files of events beside further pairs; none when the question is not about a pair."""
    if wanted.actor is None or wanted.recipient is None:
        return []
    return paths([part for part in parts[:1] if BESIDE in part.tables], BESIDE)


def _files(numbers: list[int], parts: list[Part]) -> list[Path]:
    """Files of these numbers, of the compacted ones only those, of what came later all."""
    first, later = (parts[0].files(EVENTS), parts[1:]) if parts and parts[0].compacted else ([], parts)
    files = [first[number] for number in numbers if number < len(first)]
    # the last compacted file is not full, so that later parts begin among its places
    return files + (paths(later, EVENTS) if numbers and numbers[-1] >= len(first) - 1 else [])
