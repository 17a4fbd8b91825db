"""The index beside the store: what pages look things up in, so that none of them reads through Parquet files.

    STORE/index/KEY/
    ├── pairs.duckdb      columns to filter and to add up by: a row for each event, each event × pair, and sums of both (`columns`)
    ├── records.packs     whole records to show, found by number (`packing`)
    ├── words.sqlite      the words of sentences, quotes and texts (`wording`)
    └── event.order, …    which record a row of the words is

`KEY` is the hash of the parts of one run, so that an index says nothing that is not in the store, and several servers may share
one. It begins under another name and gets its own by one rename; where parts came since, only they are added to a copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from detente.errors import StoreProblem
from detente.store.folder import Part, locked, parts_of, run_folder
from detente.store.views import connected, text
from detente.web import columns, packing, wording

VERSION = 3
"""Of the index; another one is made anew."""
INDEX, PAIRS, LIST = "index", "pairs.duckdb", "parts.json"
FILES = (PAIRS, packing.FILE, *wording.FILES)
BUILDING, LOCK = ".building", "making.lock"
FOR_EVER = -1.0
"""Seconds: the index of a large store takes as long as it takes."""


class Source(NamedTuple):
    """A run's parts, which an index is made of."""

    folder: Path
    run: int | None
    parts: list[Part]

    @property
    def key(self) -> str:
        """Changes with the parts."""
        return hashlib.sha256(repr((VERSION, self.run, self.prints)).encode()).hexdigest()[:16]

    @property
    def prints(self) -> list[str]:
        """What each part is known by. Its name alone would not do: a part that was removed is written again under the same name."""
        return [_print(part) for part in self.parts]


def _print(part: Part) -> str:
    files = [file.stat() for file in sorted(part.folder.glob("*.parquet"))]
    return f"{part.folder.name} {sum(f.st_size for f in files)} {max((f.st_mtime_ns for f in files), default=0)}"


def source_of(folder: Path, run: int | None) -> Source:
    """What lies on the disk now."""
    return Source(folder, run, [] if run is None else parts_of(run_folder(folder, run)))


def indexed(source: Source, *, tell: Callable[[str], None] = lambda _: None) -> Path:
    """The folder of the index of these parts; made when there is none.

    Args:
        source: A run's parts.
        tell: Told what is being done, when it is much.

    Raises:
        StoreProblem: The index cannot be written, or a part is damaged.
    """
    home = _home(source.folder)
    place = home / source.key
    if (place / LIST).is_file():
        return place
    with alone(home):
        if not (place / LIST).is_file():  # another one made it meanwhile
            _make(home, source, tell)
            _sweep(home, keep=place)
    return place


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """The one who makes an index there; the others wait until it is made.

    Raises:
        StoreProblem: It cannot be written.
    """
    with locked(home, LOCK, patience=FOR_EVER):
        try:
            yield
        except OSError as error:
            raise StoreProblem("index", str(home), f"it cannot be written ({error.strerror or error}); make room there") from error


def _make(home: Path, source: Source, tell: Callable[[str], None]) -> None:
    making = Path(tempfile.mkdtemp(prefix=f"{source.key}-", suffix=BUILDING, dir=home))
    try:
        names = _copied(_nearest(home, source), making)
        _add(making, [part for part in source.parts if _print(part) not in names], fresh=not names, tell=tell)
        (making / LIST).write_text(json.dumps([VERSION, source.run, source.prints]), encoding="utf-8")
        making.rename(home / source.key)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _home(folder: Path) -> Path:
    """Where indices lie: in the store, or for a store that cannot be written in the system's folder for what is temporary.

    Raises:
        StoreProblem: What lies there belongs to somebody else, or can be entered by others.
    """
    home = folder / INDEX
    try:
        home.mkdir(exist_ok=True)
        if os.access(home, os.W_OK):
            return home
    except OSError:
        pass
    home = Path(tempfile.gettempdir()) / f"detente-index-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"
    home.mkdir(mode=0o700, exist_ok=True)
    if not _is_ours(home):
        raise StoreProblem("index", str(home), "it must be a folder of your own that nobody else can enter; remove it, or make room in the store")
    return home


def _is_ours(home: Path) -> bool:
    """Whether nobody else could have put there what would be shown: in a folder that all may write its name can be guessed."""
    found = home.lstat()
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return not hasattr(os, "getuid") or (is_private and found.st_uid == os.getuid())  # elsewhere each user has a folder for what is temporary


def _nearest(home: Path, source: Source) -> Path | None:
    """The index that has most of these parts, and no others."""
    wanted = source.prints
    found: list[tuple[int, Path]] = []
    for place in home.iterdir():
        try:
            version, run, names = json.loads((place / LIST).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # of an early version, whose list told none
            continue
        if (version, run) == (VERSION, source.run) and names and wanted[: len(names)] == names:
            found.append((len(names), place))
    return max(found, default=(0, None))[1]


def _copied(before: Path | None, making: Path) -> set[str]:
    """The parts that were copied from an earlier index."""
    if before is None:
        return set()
    for name in FILES:
        shutil.copyfile(before / name, making / name)
    return set(json.loads((before / LIST).read_text(encoding="utf-8"))[2])


def _sweep(home: Path, *, keep: Path) -> None:
    """Remove indices of other parts but the newest one, which another reader may still be at; and what was cut short."""
    others = sorted((p for p in home.iterdir() if p != keep and p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    whole = [p for p in others if not p.name.endswith(BUILDING)]
    for place in {*others} - {*whole[:1]}:
        shutil.rmtree(place, ignore_errors=True)


# --- filling ----------------------------------------------------------------------------------------------


def _add(making: Path, parts: list[Part], *, fresh: bool, tell: Callable[[str], None]) -> None:
    import duckdb

    try:
        with connected() as asked:
            asked.execute(f"SET temp_directory = {text(making / 'sorting')}")
            asked.execute("SET preserve_insertion_order = true")
            asked.execute(f"ATTACH {text(making / PAIRS)} AS kept; USE kept;")
            columns.fill(asked, parts, fresh=fresh)
            packing.fill(asked, making / packing.FILE, tell=tell)
            wording.fill(asked, making, fresh=fresh, tell=tell)
    except duckdb.Error as error:
        raise StoreProblem("store", str(making.parent.parent), f"it cannot be indexed: {str(error).splitlines()[0]}; `detente store check` looks for damage") from error
