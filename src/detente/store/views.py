"""DuckDB over the parts: a view for each table, of one run and, in the schema `all_runs`, of all.

The connection can read the store's folder and nothing else, and can change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from detente.store.folder import Part, newest, parts_of, run_folder
from detente.store.judgements import ledger
from detente.store.runs import Run
from detente.store.tables import JUDGEMENTS, PART_TABLES, PARTIES, RUNS, STORY_TABLES, Table, empty_select, quoted

if TYPE_CHECKING:
    import polars
    from duckdb import DuckDBPyConnection


def connection(folder: Path, runs: list[Run], shown: int | None) -> DuckDBPyConnection:
    """Views of what the folder holds now; `shown` is the run of the plain names."""
    asked = connected()
    asked.execute("SET parquet_metadata_cache = true")  # parts never change, and every view looks into its own
    asked.execute("CREATE SCHEMA all_runs")
    parts = {run.run: parts_of(run_folder(folder, run.run)) for run in runs}
    for table in (*PART_TABLES, *STORY_TABLES):
        files = {run: told_in(folder, run, table) if table in STORY_TABLES else paths(held, table) for run, held in parts.items()}
        every = [file for found in files.values() for file in found]
        asked.execute(f"CREATE VIEW all_runs.{table.name} AS {select(table, every)}")
        asked.execute(f"CREATE VIEW main.{table.name} AS {select(table, files.get(shown or 0, []))}")
    fill(asked, RUNS, [[getattr(run, name) for name in RUNS.names] for run in runs])
    fill(asked, JUDGEMENTS, [list(msgspec.structs.astuple(told)) for told in ledger(folder)])
    lock(asked, folder)
    return asked


def finder(folder: Path, run: int | None) -> DuckDBPyConnection:
    """Parties and stories of one run, for `standing`, whose questions leave the planner no choice: a join's right side is the small one.

    With ten million events the planner takes 30 ms to add up the statistics of every column and row group that a question may touch,
    a third of what a small pair's month takes. Questions of others (`connection`) keep it.
    """
    asked = connected()
    asked.execute("SET parquet_metadata_cache = true; SET disabled_optimizers = 'statistics_propagation,join_order,build_side_probe_side'")
    for table in (PARTIES, *STORY_TABLES):
        asked.execute(f"CREATE VIEW {table.name} AS {select(table, [] if run is None else files_of(folder, run, table))}")
    lock(asked, folder)
    return asked


def connected() -> DuckDBPyConnection:
    """DuckDB in memory, which says nothing of its own accord."""
    import duckdb

    asked = duckdb.connect(":memory:")
    asked.execute("SET enable_progress_bar = false")  # it would go to standard output
    return asked


def frame(asked: DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> polars.DataFrame:
    """What a question finds.

    Raises:
        duckdb.Error: It cannot be answered, or no longer once rows have come: polars, which fetches them, has a class of its own for that.
    """
    import duckdb
    import polars

    found = asked.sql(sql, params=list(values))
    try:
        return polars.DataFrame(found)
    except polars.exceptions.ComputeError as error:
        told = str(error).removeprefix("got external error: ")
        raise (duckdb.IOException if told.startswith("IO Error") else duckdb.Error)(told) from error


def files_of(folder: Path, run: int, table: Table) -> list[Path]:
    """The Parquet files of a table in one run, in order."""
    return told_in(folder, run, table) if table in STORY_TABLES else paths(parts_of(run_folder(folder, run)), table)


def told_in(folder: Path, run: int, table: Table) -> list[Path]:
    """The Parquet file of a table of the run's stories, if they were told."""
    held = newest(run_folder(folder, run) / "stories")
    return [] if held is None else [held / f"{table.name}.parquet"]


def paths(parts: list[Part], table: Table) -> list[Path]:
    """The Parquet files of a table in some parts, in order."""
    return [file for part in parts for file in part.files(table)]


def select(table: Table, files: list[Path]) -> str:
    """SQL of all rows of the files."""
    if not files:
        return empty_select(table)
    return f"SELECT {', '.join(map(quoted, table.names))} FROM {reading(files)}"


def reading(files: list[Path]) -> str:
    """SQL of the files as a table."""
    return f"read_parquet([{', '.join(map(text, files))}])"


def text(written: object) -> str:
    """A text of SQL."""
    return "'" + str(written).replace("'", "''") + "'"


def fill(asked: DuckDBPyConnection, table: Table, rows: list[list[object]]) -> None:
    """A small table, its rows in memory."""
    columns = ", ".join(f"{quoted(c.name)} {c.type}" for c in table.columns)
    asked.execute(f"CREATE TABLE {table.name} ({columns})")
    if rows:
        asked.executemany(f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})", rows)


def lock(asked: DuckDBPyConnection, folder: Path) -> None:
    """Shut out every file outside the store, extensions, and changes of these settings."""
    asked.execute("SET python_enable_replacements = false")  # a name in SQL is a table, never a variable of the caller
    asked.execute(f"SET allowed_directories = [{text(folder)}]")
    asked.execute("SET enable_external_access = false")
    asked.execute("SET lock_configuration = true")
