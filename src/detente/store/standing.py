"""Where a pair's events stand: places in the numbered rows of a run, and the few files that have them.

In a compacted part an event stands once in `events`, beside its first pair, and once in `beside` for each further pair, so that
a question about two states reads one stretch of each. `parties` tells the places.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from detente.store.asking import Wanted
from detente.store.compacting import ROWS_IN_FILE
from detente.store.folder import Part
from detente.store.tables import BESIDE, EVENTS, quoted
from detente.store.views import paths, select


class Question(NamedTuple):
    """SQL, and the values of its question marks."""

    sql: str
    values: list[object]


def places(wanted: Wanted, parts: list[Part], told: str, values: list[object]) -> Question:
    """Asks for the places of the wanted events, and whether each stands in `beside` for this pair.

    Args:
        wanted: Which events.
        parts: Of the run.
        told: SQL that holds for their rows of `parties`.
        values: Of `told`.
    """
    found = f'SELECT DISTINCT "at" FROM parties WHERE {told}'
    files = _beside(wanted, parts)
    if not files:
        return Question(f'SELECT "at", false FROM ({found}) ORDER BY ALL', values)
    beside = f'SELECT "at", true AS stands FROM ({select(BESIDE, files)}) WHERE low = ? AND high = ?'
    return Question(f'SELECT "at", coalesce(stands, false) FROM ({found}) LEFT JOIN ({beside}) USING ("at") ORDER BY ALL', [*values, *_pair(wanted)])


def rows(wanted: Wanted, parts: list[Part], found: list[tuple[int, bool]]) -> Question:
    """Asks for the rows of `events` at the places that `places` found."""
    first = [place for place, beside in found if not beside]
    further = [place for place, beside in found if beside]
    told = f'SELECT * FROM ({select(EVENTS, _files_with(first, parts))}) WHERE "at" IN ({_listed(first)})'
    if not further:
        return Question(told, [])
    columns = ", ".join(map(quoted, EVENTS.names))
    beside = f'SELECT {columns} FROM ({select(BESIDE, _beside(wanted, parts))}) WHERE low = ? AND high = ? AND "at" IN ({_listed(further)})'
    return Question(f"{told} UNION ALL {beside}", list(_pair(wanted)))


def _pair(wanted: Wanted) -> Iterable[str]:
    return sorted(code for code in (wanted.actor, wanted.recipient) if code is not None)


def _beside(wanted: Wanted, parts: list[Part]) -> list[Path]:
    """Files of events beside further pairs; none when the question is not about a pair."""
    if wanted.actor is None or wanted.recipient is None:
        return []
    return paths([part for part in parts[:1] if BESIDE in part.tables], BESIDE)


def _files_with(places: list[int], parts: list[Part]) -> list[Path]:
    """Files in which the events at these places stand: of compacted ones only those, of what came later all."""
    first, later = (parts[0].files(EVENTS), parts[1:]) if parts and parts[0].compacted else ([], parts)
    numbers = sorted({place // ROWS_IN_FILE for place in places})
    files = [first[number] for number in numbers if number < len(first)]
    # the last compacted file is not full, so that later parts begin among its places
    return files + (paths(later, EVENTS) if numbers and numbers[-1] >= len(first) - 1 else [])


def _listed(places: list[int]) -> str:
    return ", ".join(map(str, places)) or "NULL"
