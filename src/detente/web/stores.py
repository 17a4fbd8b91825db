"""What requests ask: the index of the store, with what people say laid over it; always up to date, and shared by all threads."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock, Thread
from typing import Any

from detente.errors import DetenteError
from detente.records import Event
from detente.review.correcting import ruled
from detente.review.rulings import Rulings, rulings
from detente.store import Store, open_store
from detente.store.judgements import LEDGER
from detente.store.rows import party_rows
from detente.web import looking
from detente.web.index import Index, Line
from detente.web.indexing import Source, indexed, source_of
from detente.web.relating import Busy
from detente.web.seats import Seats
from detente.web.tales import Tales, key_of, tales_of
from detente.web.working import Worker

OPEN = 4
"""Stores opened at once, for what the index does not have: to learn."""
PATIENCE = 30.0
"""Seconds that a request waits for one of them."""
BUILDING = 2.0
"""Seconds that a request waits until what came into the store is indexed; then it is answered as the store stood before."""

AT_ONCE = 2
"""Pages written at once by a process, which has one interpreter: the second is for the time in which the first waits for columns or the disk."""
MOST_CELLS, MOST_KEPT = 3_000, 1_024
"""Of answers that are kept, rows times columns: a page of sixty events, or five hundred months; some 100 MB at the very most."""


class Answers:
    """What was asked lately, as long as the store stays as it was: most readers look at the same pages. Threads may share it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Know nothing yet."""
        self._known: OrderedDict[Any, Any] = OrderedDict()
        self._most, self._lock = most, Lock()

    def get(self, key: Any) -> Any:
        """The answer; None when nobody asked, or long ago."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def put(self, key: Any, answer: Any) -> None:
        """Keep an answer."""
        with self._lock:
            self._known[key] = answer
            while len(self._known) > self._most:
                self._known.popitem(last=False)


class State:
    """The store as it stood at one moment. `version` changes with its parts, stories and judgements."""

    def __init__(self, index: Index, tales: Tales, store: Store, found: Rulings, version: str) -> None:
        """All of one moment."""
        self.index, self.tales, self.folder, self.run, self.rulings, self.version = index, tales, store.folder, store.run, found, version
        self.coder = next((run.coder for run in store.runs if run.run == store.run), None)


class Desk:
    """What one request asks. It ends with the request."""

    def __init__(self, state: State, known: Answers, worker: Worker, seats: Seats, open_one: Callable[[], Store]) -> None:
        """Made by `Desks.lent`."""
        self.index, self.tales, self.rulings, self.version = state.index, state.tales, state.rulings, state.version
        self.folder, self.run, self.coder = state.folder, state.run, state.coder
        self.known, self.worker, self.seats, self._open_one = known, worker, seats, open_one
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The store itself, this request's own until its end.

        Raises:
            Busy: None came free in time.
        """
        if self._store is None:
            self._store = self._open_one()
        return self._store

    def ask(self, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a question to the index. Values only ever stand in `values`."""
        key = (self.version, sql, repr(values))
        found: list[dict[str, Any]] | None = self.known.get(key)
        if found is None:
            found = self.index.ask(sql, values or [])
            if not found or len(found) * len(found[0]) <= MOST_CELLS:  # those of a download are too many
                self.known.put(key, found)
        return found

    def kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once as long as the store stays as it is."""
        found = self.known.get((self.version, key))
        if found is None:
            found = make()
            self.known.put((self.version, key), found)
        return found


class Desks:
    """The one store that is shown."""

    def __init__(self, folder: Path, *, run: int | None = None, worker: Worker | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
        """Open it and its index, so that what is wrong with the store is said at once; `worker` works out relations, here when None."""
        self.folder, self._run, self._tell = folder.resolve(), run, tell
        self._lock, self.known, self._worker, self.seats = Lock(), Answers(), worker or Worker(), Seats(AT_ONCE)
        self._free: LifoQueue[tuple[str, Store]] = LifoQueue()
        self._made = 0
        self._building: Thread | None = None
        self._ranks: dict[str, int | None] = {}
        self._before: dict[str, Event] = {}  # what people changed, as the program told it
        self._seen = self._signature()
        store = open_store(self.folder, run=run)
        source = source_of(self.folder, store.run)
        self._shown = (source.key, key_of(self.folder, store.run))
        index = Index(indexed(source, tell=tell))
        self._state = self._laid(index, tales_of(self.folder, store.run, index, tell=tell), store, self._seen)

    def version(self) -> str:
        """Changes whenever the store does: parts, stories, judgements."""
        return self._now().version

    @contextmanager
    def lent(self) -> Iterator[Desk]:
        """A desk, up to date, for one request."""
        state = self._now()
        with ExitStack() as held:
            yield Desk(state, self.known, self._worker, self.seats, lambda: held.enter_context(self._one(state.version)))

    @contextmanager
    def _one(self, version: str) -> Iterator[Store]:
        seen, store = self._take()
        try:
            if seen != version:
                store.refresh()
            yield store
        finally:
            self._free.put((version, store))

    def _take(self) -> tuple[str, Store]:
        try:
            return self._free.get_nowait()
        except Empty:
            pass
        with self._lock:
            make = self._made < OPEN
            self._made += make
        if make:
            return "", open_store(self.folder, run=self._run)
        try:
            return self._free.get(timeout=PATIENCE)
        except Empty as error:
            raise Busy from error

    # --- up to date ----------------------------------------------------------------------------------

    def _signature(self) -> tuple[object, ...]:
        """Changes whenever the store does; looked at with every request, so that it looks at folders and not into them."""
        ledger = self.folder / LEDGER
        seen: list[object] = [ledger.stat().st_size if ledger.is_file() else 0]
        runs = self.folder / "runs"
        for run in sorted(runs.iterdir()) if runs.is_dir() else []:
            for place in (run / "parts", run / "stories"):
                told = place.stat() if place.is_dir() else None
                seen.append((place.name, told and (told.st_mtime_ns, told.st_nlink)))
        return tuple(seen)

    def _now(self) -> State:
        if self._signature() == self._seen:
            return self._state
        with self._lock:
            seen = self._signature()  # anew: while this one waited, others have looked at what came later
            if seen != self._seen:
                self._look(seen)
            return self._state

    def _look(self, seen: tuple[object, ...]) -> None:
        """See what has been written since; what is long to index is gone on with beside, and seen with a later request."""
        store = open_store(self.folder, run=self._run)
        source = source_of(self.folder, store.run)
        shown = (source.key, key_of(self.folder, store.run))
        if shown == self._shown:
            self._state, self._seen = self._laid(self._state.index, self._state.tales, store, seen), seen
            return
        if self._building is None:
            self._building = Thread(target=self._build, args=(source,), daemon=True)
            self._building.start()
            self._building.join(BUILDING)
        if self._building.is_alive():
            return
        self._building = None
        index, tales = self._opened(source)
        if index is not self._state.index:
            self._ranks, self._before = {}, {}
        self._state, self._seen, self._shown = self._laid(index, tales, store, seen), seen, shown

    def _build(self, source: Source) -> None:
        with suppress(DetenteError):  # it is said when the index is asked for
            self._opened(source)

    def _opened(self, source: Source) -> tuple[Index, Tales]:
        """The index of these parts with the stories told last, made where they are not there."""
        place, index = indexed(source, tell=self._tell), self._state.index
        if place != index.place:
            index = Index(place)
        return index, tales_of(source.folder, source.run, index, tell=self._tell)

    def _laid(self, index: Index, tales: Tales, store: Store, seen: tuple[object, ...]) -> State:
        """The state of this moment, what people said laid over the index.

        `seen` was looked at before anything was read, so that what is said meanwhile makes another version.
        """
        found = rulings(store)
        added = {event.id: index.rank_for(event) for event in found.added.values()}
        for event in found.of:
            if event not in self._ranks and event not in added:
                self._ranks[event] = index.rank_of("event", event)
        ranks = {event: rank for event in found.of if (rank := added.get(event, self._ranks.get(event))) is not None}
        changed = set(found.changed)
        was, said = list[Line](), list[Line]()
        for event, rank in ranks.items():
            ruling = found.of[event]
            if event in changed and event not in added:
                if event not in self._before:
                    self._before[event] = looking.events(index, [rank])[0].event
                was += lines(self._before[event], rank)
            if ruling["state"] == "corrected" or (event in added and event not in changed):
                said += lines(ruled(found.added[event] if event in added else self._before[event], ruling), rank)
        index.lay({rank: event in changed for event, rank in ranks.items()}, was, said, list(added.values()))
        version = hashlib.sha256(repr((self._run, source_of(self.folder, store.run).key, seen)).encode()).hexdigest()[:16]
        return State(index, tales, store, found, version)


def lines(event: Event, rank: int) -> list[Line]:
    """Rows of an event for `held`."""
    names = [name for name in Line.__struct_fields__ if name != "rank"]
    return [Line(rank, *(row[name] for name in names)) for row in party_rows(event, run=0, at=0)]


__all__ = ["Answers", "Busy", "Desk", "Desks"]
