"""A store → what relations are built on: its events, and the fit of all dyads, which is kept beside the store.

    STORE/relations/KEY/
    ├── about.json            which events count, between whom, and what was left out
    ├── events.parquet        the rows that count, those of one pair together
    ├── joint.json            what all dyads together tell (`relations.pooled`); directed.json likewise
    ├── coming-4.json         what forecasts of four weeks have learned; turning-4.json likewise
    └── pair-GRC-TUR.json     the answer of a pair that was asked for

All of it is of events as the program told them. What people said of some is laid over the rows when they are asked for, and the answer about a pair
of whose rows they changed one is not kept. What all dyads share stays as it was fitted, unless people moved the first or the last day of all.

KEY is a hash of everything that decides the fit: the run, its parts and stories, the statuses that count, the program, the columns kept. Whatever is
added makes another key, and the old folder goes. Each file is made when it is first needed. The folder is no part of the record: it
can be removed at any time.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, cached_property
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
from detente.review import Reviewed
from detente.review.standing import Changes
from detente.sources.fields import DATED
from detente.store import Store
from detente.store.asking import Wanted, is_wanted
from detente.store.folder import newest, parts_of, print_of, put_beside, remove, run_folder
from detente.store.rows import pairs
from detente.store.tables import EVENTS, STORIES
from detente.store.views import files_of

T = TypeVar("T")

FOLDER = "relations"
FORMULAS = 4
"""Of the mathematics behind a fit; another number makes every kept fit anew."""

AT_ONCE = 20_000
"""Stories decoded at once."""

REACH = dt.timedelta(days=31)
"""How far outside all days that the program told a day may lie that people say."""

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


_LOW_HIGH = (polars.min_horizontal("source", "target").alias("low"), polars.max_horizontal("source", "target").alias("high"))
"""The columns by which the rows of one pair lie together."""


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

    def __init__(self, reviewed: Reviewed, about: About, coded: polars.LazyFrame, place: Path) -> None:
        """Take what `related` found; `coded` are the rows as the program told them, `place` is where fits are kept."""
        self.store, self.reviewed, self.about, self._coded, self._place = reviewed.store, reviewed, about, coded, place

    def events(self) -> Events:
        """Every row that counts, of all dyads, without sentences."""
        return Events(in_order(self._standing().collect()), self.about.refused, self.about.notes)

    @property
    def rows(self) -> int:
        """How many rows count."""
        return self._standing().select(polars.len()).collect().item() if self.reviewed.judged else self.about.rows

    @property
    def last(self) -> dt.date | None:
        """The day of the last event that counts, None when there is none."""
        return _ends(self._standing())[1]

    def shared(self, *, directed: bool = False) -> pooled.Pooled:
        """What all dyads together tell; fitted when first asked for."""
        return self.fitted("directed" if directed else "joint", pooled.Pooled, lambda frame: pooled.pooled(panel_of(frame, directed=directed)))

    def coming(self, weeks: int) -> pooled.Coming:
        """What forecasts of so many weeks have learned from all dyads; learned when first asked for.

        Raises:
            BadSetting: The days are fewer than four times as many.
        """
        return self.fitted(f"coming-{weeks}", pooled.Coming, lambda frame: pooled.learned(panel_of(frame), self.shared().level, weeks))

    def turning(self, weeks: int) -> Learned:
        """How likely relations were to turn within so many weeks; learned when first asked for, in some seconds.

        Raises:
            BadSetting: The days are too few.
        """
        return self.fitted(f"turning-{weeks}", Learned, lambda frame: pooled.learned_turns(panel_of(frame), weeks))

    def fitted(self, name: str, kind: type[T], fit: Callable[[polars.DataFrame], T]) -> T:
        """What is fitted to the rows of all dyads: what the file of this name says, or else what comes of them now, and is then kept."""

        def made() -> T:
            return fit(self.events().frame if self._beyond else in_order(self._coded.select(SCHEMA.names()).collect()))

        return self._kept(f"{name}{self._beyond}", kind, made)

    def _kept(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """What the file of this name says, or what `make` makes, and then keeps where that can be done."""
        file = self._place / f"{name}.json"
        with suppress(OSError, msgspec.DecodeError):  # not there yet, or damaged
            return msgspec.json.decode(file.read_bytes(), type=kind)
        made = make()
        with suppress(OSError):
            put_beside(file, msgspec.json.encode(made))
        return made

    # --- after people ------------------------------------------------------------------------------------

    @cached_property
    def _said(self) -> _Said:
        """What people said, without days far outside all news, which would draw out every curve."""
        found, (first, last) = _said(self.reviewed, self.about.statuses), _ends(self._coded)
        return found if first is None or last is None else found._replace(rows=found.rows.filter(polars.col("day").is_between(first - REACH, last + REACH)))

    def _standing(self, *chosen: polars.Expr) -> polars.LazyFrame:
        """The rows of which all this holds, in no order."""
        coded = self._coded.filter(*chosen)
        if self.reviewed.judged:
            coded = polars.concat([coded.filter(~polars.col("id").is_in(self._said.gone)), self._said.rows.lazy().filter(*chosen)], how="diagonal")
        return coded.select(SCHEMA.names())

    def _as_coded(self, *chosen: polars.Expr) -> bool:
        """Whether the rows of which all this holds are as the program told them."""
        if not self.reviewed.judged:
            return True
        gone = self._coded.filter(*chosen, polars.col("id").is_in(self._said.gone)).select(polars.len()).collect().item()
        return not gone and self._said.rows.filter(*chosen).is_empty()

    def changes(self, pair: tuple[str, str] | None = None, *, since: dt.date | None = None, until: dt.date | None = None) -> Changes:
        """What people changed in what is told of two states, or of all, in some days."""
        a, b = pair or (None, None)
        wanted = Wanted(actor=a, recipient=b, either=True, since=since, until=until)

        def counts(event: Event) -> bool:
            two = any(None not in sides and sides[0] != sides[1] for sides in pairs(event))
            return two and event.date is not None and event.status in self.about.statuses and is_wanted(event, wanted)

        return self.reviewed.changes(counts)

    @cached_property
    def _beyond(self) -> str:
        """Ends the names of fits to what stands after people; "" as long as the first and last day of all are those that the program told.

        A day that it misread would otherwise stretch every relation by months of silence, though people put it right.
        """
        if not self.reviewed.judged:
            return ""
        coded, days = _ends(self._coded), self._said.rows["day"]
        if not self._said.days & set(coded) and (days.is_empty() or (coded[0], coded[1]) == _ends(polars.LazyFrame({"day": [*coded, *days]}))):
            return ""
        return "" if coded == _ends(self._standing()) else f"-{print_of([self._said.gone, self._said.rows.write_json()])}"

    def pair(self, a: str, b: str) -> polars.DataFrame:
        """The rows of two states, both ways, without sentences.

        Raises:
            BadSetting: No event between the two counts: there is none, and near codes and partners are named; or none has a date.
        """
        found = in_order(self._standing(*_of(a, b)).collect())
        if found.is_empty():
            self._demand_dates(a, b)
            panel_of(self.events().frame).row(*pair_of(a, b))  # says why
        return found

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
        if since is None and (until is None or until >= known.last) and self._as_coded(*_of(a, b)):
            name = f"{'directed' if directed else 'pair'}-{quote(a, safe='')}-{quote(b, safe='')}{self._beyond}"
            return self._kept(name, Relation, lambda: self.told(of_pair(mine, a, b, known, directed=directed)))
        if until is not None and until < known.last:
            known = pooled.pooled(panel_of(self.events().frame, directed=directed, until=until))
        return self.told(of_pair(mine, a, b, known, directed=directed, since=since))

    def told(self, found: Relation) -> Relation:
        """The relation with the sentences of its events, and what papers dispute of them."""
        explained = [*found.movers, *(event for turn in found.turns for event in turn.events)]
        words = self._words([event.id for event in explained if event.id])

        def worded(events: tuple[Told, ...]) -> tuple[Told, ...]:
            known = ((event, words.get(event.id or "", _Words())) for event in events)
            return tuple(msgspec.structs.replace(event, text=told.text, disputed=told.disputed) for event, told in known)

        turns = tuple(msgspec.structs.replace(turn, events=worded(turn.events)) for turn in found.turns)
        return msgspec.structs.replace(found, movers=worded(found.movers), turns=turns)

    def sentences(self, ids: list[str]) -> dict[str, str]:
        """The sentence of each of these stories and events that has one."""
        return {name: told.text for name, told in self._words(ids).items() if told.text}

    def _words(self, ids: list[str]) -> dict[str, _Words]:
        """How each of these stories and events is told, after people."""
        told = _words(self.store, ids)
        for name in ids:
            if name in self.reviewed.judged and (now := self.reviewed.judged[name].now) is not None:
                told[name] = _worded(now.text)
            if name in self.reviewed.retold and (story := self.reviewed.retold[name].now) is not None:
                told[name] = _worded(story.event.text, story.disputed)
        return told


def related(store: Store | Reviewed, *, statuses: Iterable[str] = ("actual",), tell: Callable[[str], None] = lambda _: None) -> Related:
    """The relations of the run that the store shows; fitted once, and read from beside the store from then on.

    A store that cannot be written is answered too, each time anew.

    Args:
        store: Whose; as it stands after people, or as it was laid out by the caller.
        statuses: Which events count.
        tell: Told a line when the fit is made, which takes seconds to minutes.

    Raises:
        BadSetting: The store has no run.
    """
    reviewed = store if isinstance(store, Reviewed) else Reviewed(store)
    store, wanted = reviewed.store, tuple(sorted(set(statuses)))
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
    return Related(reviewed, about, rows, place)


def events_of(store: Store, *, statuses: Iterable[str] = ("actual",)) -> Events:
    """The store's happenings as the program told them: rows, each once for each independent text that tells it; sentences apart.

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


class _Said(NamedTuple):
    """What people changed in the rows: names of the events and stories whose rows no longer hold, their days, and the rows that hold for them."""

    gone: list[str]
    days: set[dt.date | None]
    rows: polars.DataFrame


def _said(reviewed: Reviewed, statuses: Iterable[str]) -> _Said:
    """By the rules of `events_of`: a story counts with what is left of it, an event that people marked by itself."""
    wanted = list(statuses)
    before = [*(event for event, _ in reviewed.judged.values() if event is not None), *(msgspec.structs.replace(story.event, id=story.id) for story, _ in reviewed.retold.values())]
    stories = [story for _, story in reviewed.retold.values() if story is not None]
    alone = [now for event, now in reviewed.judged.values() if now is not None and (event is None or event.story not in reviewed.retold)]
    tellers = {story.id: [event.text_info.document for event in reviewed.reports(story) if event.status in wanted] for story in stories}
    papers = reviewed.papers([event.text_info.document for event in alone] + [document for told in tellers.values() for document in told])
    copies = {name: paper.copy_of for name, paper in papers.items() if paper.copy_of is not None}
    told = _by_origins(rows_of(msgspec.structs.replace(story.event, id=story.id) for story in stories), tellers.items(), copies)
    every = polars.concat([told, rows_of(event for event in alone if event.text_info.document not in copies)])
    found = checked(every.with_columns(polars.lit(None, polars.String).alias("text"), polars.col("day").str.to_date()), where="store", statuses=wanted)
    days = {None if event.date is None else dt.date.fromisoformat(event.date) for event in before}
    return _Said([event.id for event in before], days, found.frame.with_columns(*_LOW_HIGH))


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
    # as a column: the values of a list polars compares first with what each row group tells of itself, a quarter of the time in a small store
    wanted = polars.Series(ids, dtype=polars.String).implode()
    try:
        told = [
            polars.scan_parquet(files).filter(polars.col("id").is_in(wanted)).select("id", *words).collect()
            for table, words in columns.items() if (files := files_of(store.folder, store.newest(), table))
        ]  # fmt: skip
    except (OSError, polars.exceptions.PolarsError):
        told = [store.query("""
            SELECT "id", "event"->>'$.text' AS text, disputed FROM stories WHERE "id" IN (SELECT unnest($1::VARCHAR[]))
            UNION ALL SELECT "id", text, NULL FROM events WHERE "id" IN (SELECT unnest($1::VARCHAR[]))
        """, [ids])]  # fmt: skip
    decode = msgspec.json.Decoder(tuple[Dispute, ...]).decode
    return {name: _worded(text, decode(disputed) if disputed else ()) for found in told for name, text, disputed in found.iter_rows()}


def _worded(text: str | None, disputed: Iterable[Dispute] = ()) -> _Words:
    """The sentence on one line, and what papers tell differently, such as "whether it happened"."""
    return _Words(" ".join((text or "").split()) or None, tuple(dispute.about for dispute in disputed))


def _stories(store: Store) -> Iterator[list[Event]]:
    """The merged events of the run's stories, named by their story, some at a time."""
    decoder, last = msgspec.json.Decoder(Event), ""
    while (found := store.query('SELECT "id", event FROM stories WHERE "id" > ? ORDER BY "id" LIMIT ?', [last, AT_ONCE])).height:
        last = found["id"][-1]
        yield [msgspec.structs.replace(decoder.decode(event), id=story) for story, event in found.iter_rows()]


def _of(a: str, b: str) -> tuple[polars.Expr, polars.Expr]:
    """What holds for the rows of two states, both ways."""
    low, high = pair_of(a, b)
    return polars.col("low") == low, polars.col("high") == high


def _ends(rows: polars.LazyFrame) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day."""
    first, last = rows.select(polars.col("day").min().alias("first"), polars.col("day").max().alias("last")).collect().row(0)
    return first, last


def _key(store: Store, statuses: tuple[str, ...]) -> str:
    """16 letters of a hash of all that decides a fit. Parts and stories are never changed, so that a file's size and time tell it."""
    place = run_folder(store.folder, store.newest())
    folders = [part.folder for part in parts_of(place)]
    folders += [stories] if (stories := newest(place / "stories")) is not None else []
    files = [(str(f.relative_to(place)), f.stat().st_size, f.stat().st_mtime_ns) for folder in folders for f in sorted(folder.glob("*.parquet"))]
    told = (FORMULAS, SCHEMA.names(), _program(), store.run, statuses, (place / "run.json").read_text(encoding="utf-8"), files)
    return print_of(told)


@cache
def _program() -> str:
    """The version of this program; looked up once, since that reads all that is told of the package."""
    return version("detente")


def _counted(store: Store, statuses: tuple[str, ...]) -> tuple[About, polars.DataFrame]:
    """What counts, those of one pair together."""
    found = events_of(store, statuses=statuses)
    named = found.frame.with_columns(*_LOW_HIGH)
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
        put_beside(place / "events.parquet", held.getbuffer())
        put_beside(place / "about.json", msgspec.json.encode(about))


class _Head(msgspec.Struct):
    run: int
    statuses: tuple[str, ...]


def _same_question(folder: Path, about: About) -> bool:
    try:
        head = msgspec.json.decode((folder / "about.json").read_bytes(), type=_Head)
    except (OSError, msgspec.DecodeError):
        return True  # nobody can read it
    return (head.run, head.statuses) == (about.run, about.statuses)
