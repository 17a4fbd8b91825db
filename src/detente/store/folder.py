"""The folder on disk: which parts there are, and how a part comes into being whole or not at all.

    STORE/
    ├── store.json                    version of the layout
    ├── writer.lock                   held by the one writer
    ├── judgements.jsonl              the ledger (it has a lock of its own, and its lines are chained: `lines`)
    ├── forecasts.jsonl, alerts.jsonl  ledgers likewise
    ├── relations/                    fits that `relating` keeps; can be removed at any time
    ├── judged/                       what stands around judged records, which `review` keeps; can be removed at any time
    ├── accounts.db, audit.jsonl      who may use the workbench, and what they did there
    ├── feeds.json                    which entries of which feeds `detente watch` has seen
    └── runs/000001/
        ├── run.json                  who codes, with which versions
        ├── parts/000001/             one batch: documents.parquet, events.parquet, …, SHA256SUMS
        ├── parts/000001-000007v3/    what compacting made of parts 1 to 7, which it stands for, in its third layout:
    │                                 events-00000.parquet, events-00001.parquet, …, beside-00000.parquet, …, the others as before
        └── stories/000002/           stories.parquet, reports.parquet, SHA256SUMS; the highest number holds

Whatever is written begins as `NAME.tmp`, is flushed to the disk, and gets its name by one rename. What is called `.tmp` when a
writer opens the store was cut short, and goes; so do parts that a compacted one stands for.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from detente.errors import StoreProblem
from detente.store.seals import SEAL, seal_of
from detente.store.tables import BESIDE, PART_TABLES, VERSION, Table, schema

if TYPE_CHECKING:
    import polars

TEMPORARY = ".tmp"
HEAD = "store.json"
LOCK = "writer.lock"
LAYOUT = 3
"""Of compacted parts, told by their names; those of the first have no number, and no events beside further pairs; those of the second have a pair's
events by day alone, whatever the doubt, and all of `beside` in one file."""
ROWS_IN_GROUP = 1 << 16
"""Of the Parquet files that batches become; a batch is smaller."""


class Head(msgspec.Struct, frozen=True):
    """What `store.json` says."""

    detente_store: int


class Part(NamedTuple):
    """A whole batch, or what compacting made of batches `first` to `last`."""

    first: int
    last: int
    folder: Path
    layout: int
    """How it is sorted; 0 when it was not compacted."""

    @property
    def compacted(self) -> bool:
        """Whether it stands for others."""
        return self.layout > 0

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it has files of."""
        return (*PART_TABLES, BESIDE) if self.layout >= 2 else PART_TABLES

    def files(self, table: Table) -> list[Path]:
        """The Parquet files of one table, in order; only compacted events, and those beside further pairs, have more than one."""
        # a file that is missing is named, so that it is missed
        return sorted(self.folder.glob(f"{table.name}*.parquet")) or [self.folder / f"{table.name}.parquet"]


def is_store(folder: Path) -> bool:
    """Whether somebody made a store here."""
    return (folder / HEAD).is_file()


def create(folder: Path) -> None:
    """Make an empty store of this version in a folder that is empty or not there yet.

    Raises:
        StoreProblem: The folder holds something else, or cannot be written.
    """
    ours = {LOCK, HEAD + TEMPORARY}  # left by a writer that was killed at its very beginning
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(f.name not in ours for f in folder.iterdir()):
            raise StoreProblem("store", str(folder), f"the folder is neither empty nor a store (it has no {HEAD}); name another")
        put(folder / HEAD, msgspec.json.encode(Head(VERSION)) + b"\n")


def version_of(folder: Path) -> int:
    """Version of the store.

    Raises:
        StoreProblem: There is none, its head cannot be read, or it is newer than this program.
    """
    try:
        version = msgspec.json.decode((folder / HEAD).read_bytes(), type=Head).detente_store
    except OSError as error:
        told = f"it cannot be read ({error.strerror}); `detente ingest` makes a store"
        raise StoreProblem("store", str(folder), told) from error
    except msgspec.DecodeError as error:
        raise StoreProblem("store", str(folder), f"its {HEAD} is damaged ({error})") from error
    if version > VERSION:
        told = f"it is of version {version}, and this detente knows versions up to {VERSION}; update detente"
        raise StoreProblem("store", str(folder), told)
    return version


def run_folder(folder: Path, run: int) -> Path:
    """Where a run lies."""
    return folder / "runs" / f"{run:06d}"


def parts_of(run: Path) -> list[Part]:
    """The whole parts of a run in order, without those that a compacted one stands for."""
    found = sorted((_part(p) for p in _whole(run / "parts")), key=lambda p: (p.first, -p.last, -p.layout))
    parts: list[Part] = []
    for part in found:
        if not parts or part.first > parts[-1].last:
            parts.append(part)
    return parts


def newest(folder: Path) -> Path | None:
    """The folder of the highest number, which holds; None when there is none."""
    return max(_whole(folder), default=None)


def put_tables(folder: Path, frames: Iterable[tuple[Table, polars.DataFrame]]) -> None:
    """Make a folder with a Parquet file for each table, whole or not at all.

    Raises:
        StoreProblem: The disk is full, or the folder cannot be written.
    """
    making = folder.with_name(folder.name + TEMPORARY)
    with writing(folder):
        making.mkdir(parents=True)
        for table, frame in frames:
            flushed(making / f"{table.name}.parquet", parquet(frame))
        sealed_into_place(making, folder)


def put(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    making = file.with_name(file.name + TEMPORARY)
    flushed(making, content)
    into_place(making, file)


def put_beside(file: Path, content: bytes | memoryview) -> None:
    """Write a file that is no part of the record, whole or not at all; two programs that make the same one do not meet."""
    making = file.with_name(f"{file.name}-{os.getpid()}-{threading.get_ident()}{TEMPORARY}")
    flushed(making, content)
    into_place(making, file)


def print_of(told: object) -> str:
    """16 letters that change with what is told, by which what is made of it is kept."""
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:16]


def parquet(frame: polars.DataFrame) -> memoryview:
    """The frame's Parquet, the same bytes for the same rows."""
    held = io.BytesIO()
    frame.write_parquet(held, compression="zstd", compression_level=3, row_group_size=ROWS_IN_GROUP, statistics=True)
    return held.getbuffer()


def frame_of(table: Table, rows: list[dict[str, Any]]) -> polars.DataFrame:
    """Rows as a frame with the table's columns."""
    import polars

    return polars.DataFrame(rows, schema=schema(table), orient="row").select(table.names)


def flushed(file: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until the disk has it."""
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def sealed_into_place(made: Path, place: Path) -> None:
    """Write down what a folder's files are, and give it its name."""
    flushed(made / SEAL, seal_of(made))
    into_place(made, place)


def into_place(made: Path, place: Path) -> None:
    """Give what was made its name, and wait until the disk knows."""
    if made.is_dir():
        sync(made)
    made.rename(place)
    sync(place.parent)


def sync(folder: Path) -> None:
    """Wait until the disk has the folder's entries."""
    if os.name == "nt":  # there a folder cannot be opened, and needs no flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what was cut short, parts that a compacted one stands for, and stories that newer ones replaced."""
    for leftover in folder.rglob("*" + TEMPORARY):
        remove(leftover)
    for run in _whole(folder / "runs"):
        kept = {p.folder for p in parts_of(run)} | {newest(run / "stories")}
        for other in [*_whole(run / "parts"), *_whole(run / "stories")]:
            if other not in kept:
                remove(other)


def remove(path: Path) -> None:
    """Remove a folder or file under a name that nobody reads, so that nobody sees half of it."""
    if path.is_dir():
        if not path.name.endswith(TEMPORARY):
            path = path.rename(path.with_name(path.name + TEMPORARY))
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """A failure to write, said in one line.

    Raises:
        StoreProblem: The disk is full, or the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        told = f"it cannot be written ({error.strerror or error}); what was written before is whole: make room, and run the same command again"
        raise StoreProblem("store", str(folder), told) from error


@contextmanager
def locked(folder: Path, name: str = LOCK, *, patience: float = 0.0) -> Iterator[None]:
    """The store, or one ledger of it, for one writer alone.

    Args:
        folder: The store.
        name: Of the lock.
        patience: Seconds to wait for another writer; those who ingest take long, and are not waited for.

    Raises:
        StoreProblem: Another one is writing.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / name, timeout=patience)
    with writing(folder):
        try:
            lock.acquire()
        except Timeout as error:  # an OSError, too
            told = "another program is writing to it; wait until it has ended (reading is possible meanwhile)"
            raise StoreProblem("store", str(folder), told) from error
    try:
        yield
    finally:
        lock.release()


def _whole(folder: Path) -> list[Path]:
    """The numbered folders inside that have their names."""
    return sorted(p for p in folder.iterdir() if p.name[:1].isdigit() and not p.name.endswith(TEMPORARY)) if folder.is_dir() else []


def _part(folder: Path) -> Part:
    first, _, rest = folder.name.partition("-")
    last, _, layout = rest.partition("v")
    return Part(int(first), int(last or first), folder, int(layout or 1) if rest else 0)


