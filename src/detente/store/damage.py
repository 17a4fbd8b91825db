"""Files of a store that are not what was written, each with the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from detente.errors import StoreProblem
from detente.store.folder import newest, parts_of, run_folder
from detente.store.runs import Run
from detente.store.seals import unlike
from detente.store.tables import STORY_TABLES, Table
from detente.store.views import connected, select


class Sealed(NamedTuple):
    """A folder that was written as a whole: its files with their tables, and what to say of one that is damaged."""

    folder: Path
    files: list[tuple[Path, Table]]
    problem: Callable[[Path], StoreProblem]


def changed(folder: Path, runs: list[Run]) -> Iterator[StoreProblem]:
    """Files that are missing or other than they were when their part was made, told by its seal; every byte is read."""
    for part in _written(folder, runs):
        yield from map(part.problem, unlike(part.folder) or ())


def damaged(folder: Path, runs: list[Run]) -> Iterator[StoreProblem]:
    """The same, and of parts of earlier versions, which have no seal, the files that cannot be read to their ends."""
    for part in _written(folder, runs):
        other = unlike(part.folder)
        yield from map(part.problem, [file for file, table in part.files if not _readable(file, table)] if other is None else other)


def _written(folder: Path, runs: list[Run]) -> Iterator[Sealed]:
    for place in (run_folder(folder, run.run) for run in runs):
        for part in parts_of(place):
            told = f"it is damaged; remove {part.folder} and ingest the same sources again: only its documents are coded anew"
            yield Sealed(part.folder, [(file, table) for table in part.tables for file in part.files(table)], _problem("part", told))
        stories = newest(place / "stories")
        if stories is not None:
            told = f"it is damaged; remove {stories} and make them again: `detente stories --store {folder}`"
            yield Sealed(stories, [(stories / f"{table.name}.parquet", table) for table in STORY_TABLES], _problem("stories", told))


def _problem(name: str, told: str) -> Callable[[Path], StoreProblem]:
    return lambda file: StoreProblem(name, str(file), told)


def _readable(file: Path, table: Table) -> bool:
    """Whether all values of the table's columns can be read. DuckDB is asked: where Polars meets a flipped byte, it may panic."""
    import duckdb

    try:
        connected().execute(f"SELECT max(hash(found)) FROM ({select(table, [file])}) found")
    except duckdb.Error:
        return False
    return True
