"""What stands around the records that people judged, looked up once and kept beside the store.

    STORE/judged/000001.json

Records lie by pair and day, so that a thousand of them, wherever they are among ten million, take some 20 s to find; from here, some 30 ms. An
event of a run never changes; all else is looked up anew when a part comes in or stories are told anew. The folder is no part of the record: it
can be removed at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple, TypeVar

import msgspec

from detente.records import Event, Story
from detente.store import Store
from detente.store.folder import newest, parts_of, print_of, put_beside, run_folder

T = TypeVar("T")

FOLDER = "judged"

_SPANS = "list_filter({}.spans, lambda s: s.role = 'trigger')"
_SAME_WORDS = f"""
    SELECT told.run || ' ' || told."id" AS old, now."id" AS new, {_SPANS.format("now")} = {_SPANS.format("told")} AS exact
    FROM all_runs.events told JOIN events now ON now.document = told.document AND now.sequence = told.sequence AND now.event_text = told.event_text
    WHERE told.run <> now.run AND told."id" IN (SELECT unnest($1::VARCHAR[]))
    UNION ALL
    SELECT told.run || ' ' || told."id", now."id", now."start" = told."start"
    FROM all_runs.quotes told JOIN quotes now ON now.document = told.document AND now.sequence = told.sequence AND now.text = told.text
    WHERE told.run <> now.run AND told."id" IN (SELECT unnest($1::VARCHAR[]))
    ORDER BY exact, new DESC
"""
"""Records of other runs, and those of this one that the same words tell; of several the last, which stands at the same place."""

_PAPERS = 'SELECT "id", published, publication, copy_of FROM documents WHERE "id" IN (SELECT unnest(?::VARCHAR[]))'


class Paper(NamedTuple):
    """What is known of a document: its day, whose it is, and which one it copies."""

    published: dt.date | None = None
    publication: str | None = None
    copy_of: str | None = None


class _Kept(msgspec.Struct):
    """The file; None: the run has none of that name. `homes` are named by run and record."""

    run: str
    parts: str
    events: dict[str, Event | None] = {}
    homes: dict[str, str | None] = {}
    texts: dict[str, str | None] = {}
    told: dict[str, tuple[Event, ...] | None] = {}
    joined: dict[str, str | None] = {}
    stories: dict[str, Story | None] = {}
    papers: dict[str, Paper | None] = {}


class Known:
    """Looks up what nobody has looked up before in the run that the store shows."""

    def __init__(self, store: Store) -> None:
        """Nothing is looked up yet."""
        self._store, (self._run, self._parts) = store, _prints(store)
        store.refresh()  # so that it sees no less than was there: what is kept as not there must not have been
        self._file = store.folder / FOLDER / f"{store.run or 0:06d}.json"
        self._held: _Kept | None = None

    def events(self, ids: Iterable[str]) -> dict[str, Event]:
        """The events of these ids that the run has, with the story that each belongs to."""

        def asked(names: list[str]) -> dict[str, Event]:
            return {event.id: event for event in self._store.events_where("id", names)}

        found = self._look("events", ids, asked)
        joined = self.joined(found)
        return {name: msgspec.structs.replace(event, story=joined.get(name, event.story)) for name, event in found.items()}

    def learn(self, events: Iterable[Event]) -> None:
        """Take events of the run that somebody has looked up already."""
        held = self._now.events
        held.update((event.id, event) for event in events if held.get(event.id) is None)

    def homes(self, records: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
        """Run and id of a record → the record of this run that the same words tell."""
        named = {f"{run} {record}": (run, record) for run, record in records}

        def asked(names: list[str]) -> dict[str, str]:
            return {old: new for old, new, _ in self._store.query(_SAME_WORDS, [[named[name][1] for name in names]]).iter_rows()}

        return {named[name]: home for name, home in self._look("homes", named, asked).items()}

    def texts(self, documents: Iterable[str]) -> dict[str, str]:
        """The texts of these documents."""
        sql = 'SELECT "id", text FROM documents WHERE "id" IN (SELECT unnest(?::VARCHAR[]))'
        return self._look("texts", documents, lambda names: dict(self._store.query(sql, [names]).iter_rows()))

    def told(self, documents: Iterable[str]) -> dict[str, tuple[Event, ...]]:
        """The events of these documents."""

        def asked(names: list[str]) -> dict[str, tuple[Event, ...]]:
            found = self._store.events_where("document", names)
            return {name: tuple(event for event in found if event.text_info.document == name) for name in names}

        return self._look("told", documents, asked)

    def joined(self, events: Iterable[str]) -> dict[str, str]:
        """The stories that these events belong to."""
        sql = "SELECT event, story FROM reports WHERE event IN (SELECT unnest(?::VARCHAR[]))"
        return self._look("joined", events, lambda names: dict(self._store.query(sql, [names]).iter_rows()))

    def stories(self, ids: Iterable[str]) -> dict[str, Story]:
        """These stories."""
        return self._look("stories", ids, lambda names: {story.id: story for story in self._store.stories(ids=names)})

    def papers(self, documents: Iterable[str]) -> dict[str, Paper]:
        """What is known of these documents."""
        return self._look("papers", documents, lambda names: {name: Paper(*told) for name, *told in self._store.query(_PAPERS, [names]).iter_rows()})

    @property
    def _now(self) -> _Kept:
        """What is kept and still holds."""
        if self._held is None:
            self._held = _Kept(self._run, self._parts)
            with suppress(OSError, msgspec.DecodeError):  # not there yet, or damaged
                held = msgspec.json.decode(self._file.read_bytes(), type=_Kept)
                if held.run == self._run and held.parts == self._parts:
                    self._held = held
                elif held.run == self._run:
                    self._held.events = {name: event for name, event in held.events.items() if event is not None}
        return self._held

    def _look(self, what: str, names: Iterable[str], ask: Callable[[list[str]], dict[str, T]]) -> dict[str, T]:
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        held: dict[str, T | None] = getattr(self._now, what)
        if new := [name for name in wanted if name not in held]:
            found = ask(new)
            held.update((name, found.get(name)) for name in new)
            with suppress(OSError):  # a store that cannot be written is answered too, each time anew
                self._file.parent.mkdir(exist_ok=True)
                put_beside(self._file, msgspec.json.encode(self._now))
        return {name: value for name in wanted if (value := held[name]) is not None}


def _prints(store: Store) -> tuple[str, str]:
    """Of the run's description, and of all that may change what is found: parts and stories are never changed, so that their names and times tell them."""
    places = [run_folder(store.folder, run.run) for run in store.runs]
    folders = [part.folder for place in places for part in parts_of(place)]
    folders += [told for place in places if (told := newest(place / "stories")) is not None]
    names = [(str(folder.relative_to(store.folder)), folder.stat().st_mtime_ns) for folder in folders]
    shown = [run for run in store.runs if run.run == store.run]
    return print_of(shown), print_of(names)
