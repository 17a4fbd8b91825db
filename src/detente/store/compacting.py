"""Many parts → one, sorted so that a question about two states reads few pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from detente.store.folder import TEMPORARY, Part, into_place, parts_of, remove, writing
from detente.store.tables import EVENTS, PART_TABLES, Table
from detente.store.views import connected, select, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_IN_GROUP = 4_096
"""Rows that a question reads at least. See docs/decisions/0005-store.md."""
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
            _sort(asked, table, parts, making / f"{table.name}.parquet")
        remove(making / "sorting")
        into_place(making, place)
    for part in parts:
        remove(part.folder)


def _number_anew(asked: DuckDBPyConnection, parts: list[Part]) -> None:
    rows = select(EVENTS, [part.file(EVENTS) for part in parts])
    asked.execute(f'CREATE TEMP TABLE anew AS SELECT "at" AS old, row_number() OVER (ORDER BY {LEAD}) - 1 AS new FROM ({rows})')


def _sort(asked: DuckDBPyConnection, table: Table, parts: list[Part], out: Path) -> None:
    rows = f"({select(table, [part.file(table) for part in parts])})"
    if "at" in table.names:
        columns = ", ".join('anew.new AS "at"' if name == "at" else f'told."{name}"' for name in table.names)
        rows = f'(SELECT {columns} FROM {rows} told JOIN anew ON told."at" = anew.old)'
    group = ROWS_IN_GROUP if table is EVENTS else MOST_ROWS_IN_GROUP
    settings = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {group}"
    asked.execute(f"COPY (SELECT * FROM {rows} ORDER BY {ORDERS[table.name]}) TO {text(out)} ({settings})")
    with out.open("rb+") as written:
        os.fsync(written.fileno())
