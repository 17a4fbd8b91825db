"""A store → what relations are built on: its events, and the fit of all dyads, which is kept beside the store.

    STORE/relations/KEY/
    ├── about.json            which events count, between whom, and what was left out
    ├── events.parquet        the rows that count, those of one pair together
    ├── joint.json            what all dyads together tell (`relations.pooled`); directed.json likewise
    ├── coming-4.json         what forecasts of four weeks have learned; turning-4.json likewise
    └── pair-GRC-TUR.json     the answer of a pair that was asked for

KEY is a hash of everything that decides the fit: the run, its parts and stories, the statuses that count, the program, the columns kept. Whatever is
added makes another key, and the old folder goes. Each file is made when it is first needed. The folder is no part of the record: it
can be removed at any time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
import polars

from detente.errors import BadSetting
from detente.records import Dispute, Event
from detente.relations import pooled
from detente.relations.next_turn import Learned
from detente.relations.panel import panel_of
from detente.relations.relation import Relation, Told, of_pair, pair_of
from detente.relations.tables import LONGEST_SPAN, SCHEMA, Events, checked, in_order, origins_of, rows_of
from detente.sources.fields import DATED
from detente.store import Store
from detente.store.folder import TEMPORARY, flushed, into_place, newest, parts_of, remove, run_folder
from detente.store.tables import EVENTS, STORIES
from detente.store.views import files_of

T = TypeVar("T")

FOLDER = "relations"
FORMULAS = 4
"""Of the mathematics behind a fit; another number makes every kept fit anew."""

AT_ONCE = 20_000
"""Stories decoded at once."""

ROWS_IN_GROUP = 1 << 13
"""Rows that a question about one pair reads at least."""

_LONE = """
SELECT p.date AS day, p.actor AS source, p.recipient AS target, p.quad_code AS quad, p.event_scale AS points,
       1.0 / greatest(1, count(*) FILTER (WHERE NOT p.turned) OVER (PARTITION BY p."at")) AS n,
       p.status, p.type, p.event AS id, coalesce(date_diff('day', p.date, p.enddate), 0) AS doubt, e.document, d.copy_of IS NOT NULL AS copied
FROM parties p JOIN events e USING ("at") LEFT JOIN documents d ON d."id" = e.document
WHERE p.event NOT IN (SELECT event FROM reports)
"""

_TELLERS = """
SELECT r.story, list(DISTINCT e.document) FROM reports r JOIN events e ON e."id" = r.event
WHERE e.status IN (SELECT unnest(?::VARCHAR[])) GROUP BY r.story
"""

_BETWEEN = """
SELECT count(DISTINCT "at"), count(DISTINCT "at") FILTER (WHERE date_diff('day', date, enddate) < ?)
FROM parties WHERE ((actor = ? AND recipient = ?) OR (actor = ? AND recipient = ?)) AND status IN (SELECT unnest(?::VARCHAR[]))
"""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Whose events count, between whom there are any, what was not counted by reason, and how many rows count."""

    run: int
    statuses: tuple[str, ...]
    dyads: tuple[tuple[str, str], ...]
    refused: dict[str, int]
    notes: tuple[str, ...]
    rows: int


class Related:
    """The relations of a store as of its events today; made by `related`."""

    def __init__(self, store: Store, about: About, rows: polars.LazyFrame, place: Path) -> None:
        """Take what `related` found; `place` is where fits are kept."""
        self.store, self.about, self._rows, self._place = store, about, rows, place

    def events(self) -> Events:
        """Every row that counts, of all dyads, without sentences."""
        frame = in_order(self._rows.select(SCHEMA.names()).collect())
        return Events(frame, self.about.refused, self.about.notes)

    @property
    def last(self) -> dt.date | None:
        """The day of the last event that counts, None when there is none."""
        found: dt.date | None = self._rows.select(polars.col("day").max()).collect().item()
        return found

    def shared(self, *, directed: bool = False) -> pooled.Pooled:
        """What all dyads together tell; fitted when first asked for."""
        name = "directed" if directed else "joint"
        return self.kept(name, pooled.Pooled, lambda: pooled.pooled(panel_of(self.events().frame, directed=directed)))

    def coming(self, weeks: int) -> pooled.Coming:
        """What forecasts of so many weeks have learned from all dyads; learned when first asked for.

        Raises:
            BadSetting: The days are fewer than four times as many.
        """
        return self.kept(f"coming-{weeks}", pooled.Coming, lambda: pooled.learned(panel_of(self.events().frame), self.shared().level, weeks))

    def turning(self, weeks: int) -> Learned:
        """How likely relations were to turn within so many weeks; learned when first asked for, in some seconds.

        Raises:
            BadSetting: The days are too few.
        """
        return self.kept(f"turning-{weeks}", Learned, lambda: pooled.learned_turns(panel_of(self.events().frame), weeks))

    def kept(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """What the file of this name says, or what `make` makes, and then keeps where that can be done."""
        file = self._place / f"{name}.json"
        with suppress(OSError, msgspec.DecodeError):  # not there yet, or damaged
            return msgspec.json.decode(file.read_bytes(), type=kind)
        made = make()
        with suppress(OSError):
            _put(file, msgspec.json.encode(made))
        return made

    def pair(self, a: str, b: str) -> polars.DataFrame:
        """The rows of two states, both ways, without sentences.

        Raises:
            BadSetting: No event between the two counts: there is none, and near codes and partners are named; or none has a date.
        """
        if pair_of(a, b) not in self.about.dyads:
            self._demand_dates(a, b)
            panel_of(self.events().frame).row(*pair_of(a, b))  # says why
        low, high = pair_of(a, b)
        return in_order(self._rows.filter(polars.col("low") == low, polars.col("high") == high).select(SCHEMA.names()).collect())

    def _demand_dates(self, a: str, b: str) -> None:
        """Refuse a pair whose events are there and have no date: news without a day of publication tell none."""
        told, dated = self.store.query(_BETWEEN, [LONGEST_SPAN, a, b, b, a, list(self.about.statuses)]).row(0)
        if told and not dated:
            raise BadSetting("pair", f"{a} {b}", f"the store has {told:,} events between them, none with a date known to the week; {DATED}")

    def relation(self, a: str, b: str, *, directed: bool = False, since: dt.date | None = None, until: dt.date | None = None) -> Relation:
        """The relation of two states, with the sentences of the events that explain it; arguments as `relations.relation`.

        Only an `until` before the last day fits anew, on what was known then.

        Raises:
            BadSetting: No such dyad, or reversed days.
        """
        mine, known = self.pair(a, b), self.shared(directed=directed)
        if since is None and (until is None or until >= known.last):
            name = f"{'directed' if directed else 'pair'}-{quote(a, safe='')}-{quote(b, safe='')}"
            return self.kept(name, Relation, lambda: self.told(of_pair(mine, a, b, known, directed=directed)))
        if until is not None and until < known.last:
            known = pooled.pooled(panel_of(self.events().frame, directed=directed, until=until))
        return self.told(of_pair(mine, a, b, known, directed=directed, since=since))

    def told(self, found: Relation) -> Relation:
        """The relation with the sentences of its events, and what papers dispute of them."""
        explained = [*found.movers, *(event for turn in found.turns for event in turn.events)]
        words = _words(self.store, [event.id for event in explained if event.id])

        def worded(events: tuple[Told, ...]) -> tuple[Told, ...]:
            known = ((event, words.get(event.id or "", _Words())) for event in events)
            return tuple(msgspec.structs.replace(event, text=told.text, disputed=told.disputed) for event, told in known)

        turns = tuple(msgspec.structs.replace(turn, events=worded(turn.events)) for turn in found.turns)
        return msgspec.structs.replace(found, movers=worded(found.movers), turns=turns)


def related(store: Store, *, statuses: Iterable[str] = ("actual",), tell: Callable[[str], None] = lambda _: None) -> Related:
    """The relations of the run that the store shows; fitted once, and read from beside the store from then on.

    A store that cannot be written is answered too, each time anew.

    Args:
        store: Whose.
        statuses: Which events count.
        tell: Told a line when the fit is made, which takes seconds to minutes.

    Raises:
        BadSetting: The store has no run.
    """
    wanted = tuple(sorted(set(statuses)))
    place = store.folder / FOLDER / _key(store, wanted)
    try:
        about = msgspec.json.decode((place / "about.json").read_bytes(), type=About)
        rows = polars.scan_parquet(place / "events.parquet")
        rows.collect_schema()
    except (OSError, msgspec.DecodeError, polars.exceptions.PolarsError):  # not there yet, or damaged
        tell("the store has changed, or is asked for the first time: its relations are fitted anew, which takes a while")
        about, frame = _counted(store, wanted)
        _keep(place, about, frame)
        rows = frame.lazy()
    return Related(store, about, rows, place)


def events_of(store: Store, *, statuses: Iterable[str] = ("actual",)) -> Events:
    """The store's happenings as rows, each once for each independent text that tells it; sentences apart.

    A story counts with its merged event, once for each text with a report of a status that counts: who denies it is no witness of it. An event
    that no story tells yet counts by itself, unless its text copies another.
    """
    wanted = list(statuses)
    copies = dict(store.query('SELECT "id", copy_of FROM documents WHERE copy_of IS NOT NULL').iter_rows())
    frames = [rows_of(events).with_columns(polars.col("day").str.to_date()) for events in _stories(store)]
    told = _by_origins(polars.concat(frames), store.query(_TELLERS, [wanted]).iter_rows(), copies) if frames else polars.DataFrame(schema=SCHEMA)
    lone = store.query(_LONE)
    known = polars.col("doubt") < LONGEST_SPAN
    copied = int(lone["copied"].sum())
    lone = lone.filter(~polars.col("copied")).with_columns(polars.when(known).then("day").alias("day"), origins_of(polars.col("document")).alias("origins"))
    every = polars.concat([told, lone.select(polars.col(name).cast(kind) if name in lone.columns else polars.lit(None, kind).alias(name) for name, kind in SCHEMA.items())])
    found = checked(every.with_columns(polars.lit(None, polars.String).alias("text")), where="store", statuses=wanted)
    refused = found.refused | ({"told by a copy": copied} if copied else {})
    notes = (f"{lone['id'].n_unique():,} events are in no story yet and count one by one; `detente stories --store DIR` joins those that tell one happening",)
    return Events(found.frame, refused, (*found.notes, *(notes if lone.height else ())))


def _by_origins(told: polars.DataFrame, tellers: Iterable[tuple[str, list[str]]], copies: dict[str, str]) -> polars.DataFrame:
    """The rows of stories, each with the independent texts that tell it, and counting once for each of them."""
    texts = ((story, sorted(origins(documents, copies))) for story, documents in tellers)
    found = polars.DataFrame(list(texts), schema={"id": polars.String, "document": polars.List(polars.String)}, orient="row")
    hashed = found.explode("document").group_by("id").agg(polars.col("document").hash().alias("origins"))
    kept = told.drop("origins").join(hashed, on="id", how="left", maintain_order="left")
    return kept.with_columns(polars.col("n") * polars.col("origins").list.len().fill_null(1)).select(SCHEMA.names())


def origins(documents: Iterable[str], copies: dict[str, str]) -> set[str]:
    """The texts that these documents go back to, over any number of copies."""
    found = set()
    for document in documents:
        at, seen = document, {document}
        while (before := copies.get(at)) is not None and before not in seen:
            at = before
            seen.add(at)
        found.add(at)
    return found


def sentences_of(store: Store, ids: list[str]) -> dict[str, str]:
    """The sentence of each of these stories and events that has one."""
    return {name: told.text for name, told in _words(store, ids).items() if told.text}


class _Words(NamedTuple):
    """How an event or story is told: its sentence, and what papers tell differently."""

    text: str | None = None
    disputed: tuple[str, ...] = ()


def _words(store: Store, ids: list[str]) -> dict[str, _Words]:
    """How each of these stories and events is told.

    Read from the store's files, since to begin a database takes longer than the answer. Where a file is gone or damaged the store
    itself is asked, which looks again, and says what is wrong.
    """
    columns = {
        STORIES: (polars.col("event").str.json_path_match("$.text").alias("text"), polars.col("disputed")),
        EVENTS: (polars.col("text"), polars.lit(None, polars.String).alias("disputed")),
    }
    try:
        told = [
            polars.scan_parquet(files).filter(polars.col("id").is_in(ids)).select("id", *words).collect()
            for table, words in columns.items() if (files := files_of(store.folder, store.newest(), table))
        ]  # fmt: skip
    except (OSError, polars.exceptions.PolarsError):
        told = [store.query("""
            SELECT "id", "event"->>'$.text' AS text, disputed FROM stories WHERE "id" IN (SELECT unnest($1::VARCHAR[]))
            UNION ALL SELECT "id", text, NULL FROM events WHERE "id" IN (SELECT unnest($1::VARCHAR[]))
        """, [ids])]  # fmt: skip
    return {name: _Words(" ".join((text or "").split()) or None, _abouts(disputed)) for found in told for name, text, disputed in found.iter_rows()}


def _abouts(disputed: str | None) -> tuple[str, ...]:
    """What a story's papers tell differently, such as "whether it happened"; from its column `disputed`."""
    return tuple(dispute.about for dispute in msgspec.json.decode(disputed, type=tuple[Dispute, ...])) if disputed else ()


def _stories(store: Store) -> Iterator[list[Event]]:
    """The merged events of the run's stories, named by their story, some at a time."""
    decoder, last = msgspec.json.Decoder(Event), ""
    while (found := store.query('SELECT "id", event FROM stories WHERE "id" > ? ORDER BY "id" LIMIT ?', [last, AT_ONCE])).height:
        last = found["id"][-1]
        yield [msgspec.structs.replace(decoder.decode(event), id=story) for story, event in found.iter_rows()]


def _key(store: Store, statuses: tuple[str, ...]) -> str:
    """16 letters of a hash of all that decides a fit. Parts and stories are never changed, so that a file's size and time tell it."""
    place = run_folder(store.folder, store.newest())
    folders = [part.folder for part in parts_of(place)]
    folders += [stories] if (stories := newest(place / "stories")) is not None else []
    files = [(str(f.relative_to(place)), f.stat().st_size, f.stat().st_mtime_ns) for folder in folders for f in sorted(folder.glob("*.parquet"))]
    told = (FORMULAS, SCHEMA.names(), version("detente"), store.run, statuses, (place / "run.json").read_text(encoding="utf-8"), files)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:16]


def _counted(store: Store, statuses: tuple[str, ...]) -> tuple[About, polars.DataFrame]:
    """What counts, those of one pair together."""
    found = events_of(store, statuses=statuses)
    named = found.frame.with_columns(polars.min_horizontal("source", "target").alias("low"), polars.max_horizontal("source", "target").alias("high"))
    dyads = tuple(named.select("low", "high").unique().sort("low", "high").iter_rows())
    about = About(run=store.newest(), statuses=statuses, dyads=dyads, refused=found.refused, notes=found.notes, rows=named.height)
    return about, named.sort("low", "high", "day", maintain_order=True)


def _keep(place: Path, about: About, rows: polars.DataFrame) -> None:
    """Keep this in the place of all of the same run and statuses; where nothing can be written, nothing is kept."""
    held = io.BytesIO()
    rows.write_parquet(held, row_group_size=ROWS_IN_GROUP, statistics=True)
    with suppress(OSError):  # a read-only store, a full disk, or another program that sweeps
        for other in place.parent.iterdir() if place.parent.is_dir() else ():
            if _same_question(other, about):
                remove(other)
        place.mkdir(parents=True, exist_ok=True)
        _put(place / "events.parquet", held.getbuffer())
        _put(place / "about.json", msgspec.json.encode(about))


def _put(file: Path, content: bytes | memoryview) -> None:
    """Write a file whole or not at all; two programs that make the same one do not meet."""
    making = file.with_name(f"{file.name}-{os.getpid()}-{threading.get_ident()}{TEMPORARY}")
    flushed(making, content)
    into_place(making, file)


class _Head(msgspec.Struct):
    run: int
    statuses: tuple[str, ...]


def _same_question(folder: Path, about: About) -> bool:
    try:
        head = msgspec.json.decode((folder / "about.json").read_bytes(), type=_Head)
    except (OSError, msgspec.DecodeError):
        return True  # nobody can read it
    return (head.run, head.statuses) == (about.run, about.statuses)
