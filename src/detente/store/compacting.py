"""Many parts → one, sorted so that a question about two states reads one stretch of one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from detente.sources.copies import REMEMBERED
from detente.store.folder import LAYOUT, TEMPORARY, Part, parts_of, remove, sealed_into_place, writing
from detente.store.tables import BESIDE, DOCUMENTS, EVENTS, PART_TABLES, PARTIES, Table
from detente.store.views import connected, paths, select, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_IN_GROUP, GROUPS_IN_FILE = 8_192, 8
"""Rows of events that a question reads at least, and groups whose places it must look up. See docs/decisions/0005-store.md."""
ROWS_IN_FILE = ROWS_IN_GROUP * GROUPS_IN_FILE
"""File k of the compacted events has the rows whose `at` lies between k and k + 1 times this. Older layouts have the same."""
GROUPS_BESIDE = 32
"""In a file of `beside`. A question looks into all of these files for its pair (0.2 ms each), and at each group of those that have it (0.1 ms)."""
MOST_ROWS_IN_GROUP = 122_880
"""For `parties`, whose rows are short."""
MEMORY = "4GB"
"""What sorting may hold; the rest waits on the disk."""

_FIRST = "actor[1].code"
_OTHER = "coalesce(recipient[1].code, CASE WHEN reciprocal AND len(recipient) = 0 THEN actor[2].code END)"  # two who meet each other
LEAD = f"least({_FIRST}, {_OTHER}) AS low, greatest({_FIRST}, {_OTHER}) AS high"
"""The pair beside which an event stands: its first, whoever of the two acts, so that a question either way round reads one stretch."""

DOUBT = 'CASE WHEN enddate - "date" < 31 THEN 0 WHEN enddate - "date" < 366 THEN 1 ELSE 2 END'
"""Whether an event's days lie within a month, a year, or more. Those of one pair and doubt stand together by day: a month finds its events in three short
stretches, and those of "last year" or "since 1979", which lie in many months, do not send a question to row groups all over the pair's."""

ORDERS = {
    "documents": '"id"',
    "events": '"at"',
    "beside": f'low, high, {DOUBT}, "date", "at"',
    "parties": 'actor, recipient, "date", "at"',
    "quotes": 'document, "start", "id"',
    "checks": 'document, "start", "id"',
    "refused": "document, reason, detail",
}


def compact(run: Path) -> None:
    """Put one part in the place of all parts of a run; one that is alone and compacted already stays.

    The old parts stay until the new one has its name, so a kill at any moment leaves one or the other.

    Raises:
        StoreProblem: The folder cannot be written.
    """
    parts = parts_of(run)
    if not parts or (len(parts) == 1 and parts[0].layout == LAYOUT):
        return
    place = run / "parts" / f"{parts[0].first:06d}-{parts[-1].last:06d}v{LAYOUT}"
    making = place.with_name(place.name + TEMPORARY)
    remove(making)
    with writing(run), connected() as asked:
        making.mkdir()
        # one thread: with more, row groups end where the threads happened to be
        asked.execute("SET threads = 1; SET preserve_insertion_order = true")
        asked.execute(f"SET memory_limit = {text(MEMORY)}; SET temp_directory = {text(making / 'sorting')}")
        _number_anew(asked, parts)
        for table in PART_TABLES:
            _write(asked, table, _sorted(table, parts), making)
        _write(asked, BESIDE, _beside(parts), making)
        remove(making / "sorting")
        sealed_into_place(making, place)
    for part in parts:
        remove(part.folder)


def _number_anew(asked: DuckDBPyConnection, parts: list[Part]) -> None:
    """Old `at`, new `at` and pair of each event; those of one pair stand together, by doubt and day. The last two of the order make it total."""
    rows = select(EVENTS, paths(parts, EVENTS))
    ranked = f'SELECT "at" AS old, {LEAD}, {DOUBT} AS doubt, "date", document FROM ({rows})'
    order = 'low, high, doubt, "date", document, old'
    asked.execute(f"CREATE TEMP TABLE anew AS SELECT old, low, high, row_number() OVER (ORDER BY {order}) - 1 AS new FROM ({ranked})")


def _sorted(table: Table, parts: list[Part]) -> str:
    """SQL of the table's rows as they are kept."""
    rows = f"({select(table, paths(parts, table))})"
    if "at" in table.names:
        rows = f'(SELECT told.* REPLACE (anew.new AS "at") FROM {rows} told JOIN anew ON told."at" = anew.old)'
    if table is DOCUMENTS:
        # where no new text is compared with an old one any more, its signature is 1 kB for nothing
        signed = f"CASE WHEN number > (SELECT max(number) FROM {rows}) - {REMEMBERED} THEN signature END"
        rows = f"(SELECT * REPLACE ({signed} AS signature) FROM {rows})"
    return f"SELECT * FROM {rows} ORDER BY {ORDERS[table.name]}"


def _beside(parts: list[Part]) -> str:
    """SQL of the events that have a further pair, once for each, with that pair."""
    pairs = f"""
SELECT DISTINCT "at", least(actor, recipient) AS low, greatest(actor, recipient) AS high
FROM ({select(PARTIES, paths(parts, PARTIES))}) WHERE actor IS NOT NULL AND recipient IS NOT NULL
"""
    rows = f"""
SELECT pairs.low, pairs.high, told.* REPLACE (anew.new AS "at")
FROM ({pairs}) pairs JOIN anew ON pairs."at" = anew.old JOIN ({select(EVENTS, paths(parts, EVENTS))}) told ON told."at" = anew.old
WHERE (pairs.low, pairs.high) IS DISTINCT FROM (anew.low, anew.high)
"""
    return f"SELECT * FROM ({rows}) ORDER BY {ORDERS[BESIDE.name]}"


def _write(asked: DuckDBPyConnection, table: Table, ordered: str, making: Path) -> None:
    groups = {EVENTS: GROUPS_IN_FILE, BESIDE: GROUPS_BESIDE}.get(table)
    rows = MOST_ROWS_IN_GROUP if groups is None else ROWS_IN_GROUP
    # level 6: 3 takes 4 % more bytes, 9 twice the time for 2 % less; filters by value cost 3 bytes an event and serve no question of ours
    settings = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 6, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE {rows}"
    if groups is None:
        out = making / f"{table.name}.parquet"
        asked.execute(f"COPY ({ordered}) TO {text(out)} ({settings})")
        _flush(out)
        return
    many = making / "many"
    asked.execute(f"COPY ({ordered}) TO {text(many)} ({settings}, ROW_GROUPS_PER_FILE {groups})")
    # DuckDB names them data_0, data_1, …, data_10
    for number, file in enumerate(sorted(many.iterdir(), key=lambda f: (len(f.name), f.name))):
        _flush(file.rename(making / f"{table.name}-{number:05d}.parquet"))
    many.rmdir()


def _flush(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())
