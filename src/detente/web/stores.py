"""A few opened stores that requests take turns with, each up to date when it is lent."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any

import msgspec

from detente.errors import DetenteError
from detente.store import Store, open_store
from detente.store.folder import newest, parts_of
from detente.store.judgements import LEDGER
from detente.web.judging import Rulings, parties, rulings

OPEN = 4
"""Stores opened at once. DuckDB uses all cores for each question: more would only wait for each other in another place."""
PATIENCE = 30.0
"""Seconds that a request waits for its turn."""

MOST_CELLS, MOST_KEPT = 3_000, 256
"""Of answers that are kept, rows times columns: a page of sixty events, or five hundred months; about 50 MB at the very most."""

Key = tuple[str, str, str]

COLUMNS = (
    ("event", "VARCHAR"), ("actor", "VARCHAR"), ("recipient", "VARCHAR"), ("date", "DATE"), ("enddate", "DATE"), ("type", "VARCHAR"),
    ("mode", "VARCHAR"), ("status", "VARCHAR"), ("quad_code", "INTEGER"), ("event_scale", "DOUBLE"), ("confidence", "DOUBLE"),
)  # fmt: skip
"""Columns of `held`, which every question about pairs asks."""


class Busy(DetenteError):
    """Everybody asks at once, and the wait was too long."""

    def __str__(self) -> str:
        return "the workbench is busy; try again in a moment"


class Answers:
    """What was asked lately, as long as the store stays as it was: most readers look at the same pages. Threads may share it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._rows: OrderedDict[Key, list[dict[str, Any]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> list[dict[str, Any]] | None:
        """The rows; None when nobody asked, or long ago."""
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key)

    def put(self, key: Key, rows: list[dict[str, Any]]) -> None:
        """Keep the rows of a page; those of a download are too many."""
        if rows and len(rows) * len(rows[0]) > MOST_CELLS:
            return
        with self._lock:
            self._rows[key] = rows
            while len(self._rows) > MOST_KEPT:
                self._rows.popitem(last=False)


class Desk(msgspec.Struct):
    """One opened store with what people say of its events. Threads may not share one."""

    store: Store
    rulings: Rulings
    version: str
    known: Answers

    def ask(self, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a question in which `held` means: rows of `parties` after people. Values only ever stand in `values`."""
        key = (self.version, sql, repr(values))
        found = self.known.get(key)
        if found is None:
            head, before = self._held()
            found = self.store.query(f"WITH {head} {sql}", [*before, *(values or [])]).to_dicts()
            self.known.put(key, found)
        return found

    def _held(self) -> tuple[str, list[Any]]:
        names = ", ".join(name for name, _ in COLUMNS)
        if not self.rulings.changed:
            return f"held AS (SELECT {names} FROM parties)", []
        types = msgspec.json.encode([dict(COLUMNS)]).decode()
        rows = [{name: row[name] for name, _ in COLUMNS} for row in parties(self.store, self.rulings)]
        sql = f"""
            taken AS (SELECT unnest(from_json(?, '["VARCHAR"]')) AS event),
            said AS (SELECT unnest(from_json(?, '{types}'), recursive := true)),
            held AS (SELECT {names} FROM parties ANTI JOIN taken USING (event) UNION ALL BY NAME SELECT {names} FROM said)
        """
        return sql, [msgspec.json.encode(self.rulings.changed).decode(), msgspec.json.encode(rows).decode()]


class Desks:
    """All desks of one store."""

    def __init__(self, folder: Path, *, run: int | None = None) -> None:
        """Open the first, so that what is wrong with the store is said at once."""
        self.folder, self._run = folder, run
        self._free: LifoQueue[Desk] = LifoQueue()
        self._made, self._lock, self._known = 1, Lock(), Answers()
        self._free.put(self._open())

    def version(self) -> str:
        """Changes whenever the store does: parts, stories, judgements."""
        seen: list[object] = [self._run]
        runs = self.folder / "runs"
        for run in sorted(runs.iterdir()) if runs.is_dir() else []:
            stories = newest(run / "stories")
            seen.append((run.name, [part.folder.name for part in parts_of(run)], stories and stories.name))
        ledger = self.folder / LEDGER
        seen.append(ledger.stat().st_size if ledger.is_file() else 0)
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]

    @contextmanager
    def lent(self) -> Iterator[Desk]:
        """A desk, up to date, for one request.

        Raises:
            Busy: None came free in time.
        """
        desk = self._take()
        try:
            version = self.version()
            if desk.version != version:
                desk.store.refresh()
                desk.rulings, desk.version = rulings(desk.store), version
            yield desk
        finally:
            self._free.put(desk)

    def _take(self) -> Desk:
        try:
            return self._free.get_nowait()
        except Empty:
            pass
        with self._lock:
            make = self._made < OPEN
            self._made += make
        if make:
            return self._open()
        try:
            return self._free.get(timeout=PATIENCE)
        except Empty as error:
            raise Busy from error

    def _open(self) -> Desk:
        version = self.version()
        store = open_store(self.folder, run=self._run)
        return Desk(store, rulings(store), version, self._known)
