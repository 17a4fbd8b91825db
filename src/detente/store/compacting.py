"""Many parts → one, sorted so that a question about two states reads few pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from detente.store.folder import TEMPORARY, Part, into_place, parts_of, remove, writing
from detente.store.tables import EVENTS, PART_TABLES, Table
from detente.store.views import connected, paths, select, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_IN_GROUP, GROUPS_IN_FILE = 2_048, 32
"""Rows of events that a question reads at least, and groups whose places it must look up. See docs/decisions/0005-store.md."""
ROWS_IN_FILE = ROWS_IN_GROUP * GROUPS_IN_FILE
"""File k of the compacted events has the rows whose `at` lies between k and k + 1 times this."""
MOST_ROWS_IN_GROUP = 122_880
"""For `parties`, whose rows are short."""

LEAD = 'actor[1].code, recipient[1].code, "date", document, "at"'
"""Order of events: those of one pair stand together, by day; the last two make it total."""

ORDERS = {
    "documents": '"id"',
    "events": '"at"',
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
    if not parts or (len(parts) == 1 and parts[0].compacted):
        return
    place = run / "parts" / f"{parts[0].first:06d}-{parts[-1].last:06d}"
    making = place.with_name(place.name + TEMPORARY)
    remove(making)
    with writing(run), connected() as asked:
        making.mkdir()
        # one thread: with more, row groups end where the threads happened to be
        asked.execute(f"SET threads = 1; SET preserve_insertion_order = true; SET temp_directory = {text(making / 'sorting')}")
        _number_anew(asked, parts)
        for table in PART_TABLES:
            _sort(asked, table, parts, making)
        remove(making / "sorting")
        into_place(making, place)
    for part in parts:
        remove(part.folder)


def _number_anew(asked: DuckDBPyConnection, parts: list[Part]) -> None:
    rows = select(EVENTS, paths(parts, EVENTS))
    asked.execute(f'CREATE TEMP TABLE anew AS SELECT "at" AS old, row_number() OVER (ORDER BY {LEAD}) - 1 AS new FROM ({rows})')


def _sort(asked: DuckDBPyConnection, table: Table, parts: list[Part], making: Path) -> None:
    rows = f"({select(table, paths(parts, table))})"
    if "at" in table.names:
        columns = ", ".join('anew.new AS "at"' if name == "at" else f'told."{name}"' for name in table.names)
        rows = f'(SELECT {columns} FROM {rows} told JOIN anew ON told."at" = anew.old)'
    ordered = f"SELECT * FROM {rows} ORDER BY {ORDERS[table.name]}"
    settings = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3"
    if table is not EVENTS:
        out = making / f"{table.name}.parquet"
        asked.execute(f"COPY ({ordered}) TO {text(out)} ({settings}, ROW_GROUP_SIZE {MOST_ROWS_IN_GROUP})")
        _flush(out)
        return
    many = making / "many"
    asked.execute(f"COPY ({ordered}) TO {text(many)} ({settings}, ROW_GROUP_SIZE {ROWS_IN_GROUP}, ROW_GROUPS_PER_FILE {GROUPS_IN_FILE})")
    # DuckDB names them data_0, data_1, …, data_10
    for number, file in enumerate(sorted(many.iterdir(), key=lambda f: (len(f.name), f.name))):
        _flush(file.rename(making / f"{table.name}-{number:05d}.parquet"))
    many.rmdir()


def _flush(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())
