"""What flows through the house: Document → Reading → Resolved → Event, Quote, Check → Coded → Story; and Refused.

Every class here is frozen. Offsets are characters of `Document.text`, end exclusive: `text[start:end]` is the words.
`Event`, `Quote`, `Check`, `Story` and what they hold are the public record contract; their JSON is what `detente read` prints.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars

# --- what comes in -----------------------------------------------------------------------------


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a document's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words themselves."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One text to read. `published` is None when nobody knows the day: relative dates then stay unknown."""

    id: str
    text: str
    published: dt.date | None = None
    title: str | None = None
    url: str | None = None
    publication: str | None = None
    language: str = "en"

    @property
    def sha256(self) -> str:
        """Hash of the text's UTF-8 bytes, hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was not coded: which, the kind of reason (countable), and one sentence for a person."""

    document: str
    reason: str
    detail: str


# --- what the reader sees ------------------------------------------------------------------------


class Pointer(NamedTuple):
    """A word that another one points at, with its chance."""

    span: Span
    score: float


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """Words that name a political actor.

    `entity` numbers the mentions that mean the same actor (a joint "they" has several). `nations` are words elsewhere in the
    document that may tell the actor's state ("Authorities" … "Iraq's"), likeliest first. `body` says what the actor is, and its chance.
    """

    span: Span
    entities: tuple[int, ...]
    sector: str | None
    nations: tuple[Pointer, ...]
    body: str  # "state", "none", or a non-state code: UNO, EUR, IGO, NGO, ISM, IMG, MNC
    body_score: float
    score: float


class Link(NamedTuple):
    """From a trigger or quote to `index` (into mentions, times or places), with its chance."""

    index: int  # type: ignore[assignment]  # hides `tuple.index`, which nobody calls on a link
    score: float


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """Words that tell an event, what it is, and who takes part."""

    span: Span
    type: str
    type_score: float
    mode: str | None
    status: str
    status_score: float
    reciprocal: bool
    contexts: tuple[str, ...]
    actors: tuple[Link, ...]
    recipients: tuple[Link, ...]
    by: Link | None
    time: Link | None
    place: Link | None
    is_news: float  # chance that an event without time words is the story's own news
    same_as: int | None = None  # index of an earlier trigger that tells the same event


class QuoteSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that is somebody's words."""

    span: Span
    kind: str  # direct, indirect, mixed
    cue: Span | None
    speaker: Link | None
    score: float


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """A named entity: PER, ORG or LOC."""

    span: Span
    kind: str
    score: float


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the network reads in one document, before anybody knows who is who."""

    sentences: tuple[Span, ...]
    mentions: tuple[Mention, ...]
    triggers: tuple[Trigger, ...]
    times: tuple[Span, ...]
    places: tuple[Span, ...]
    quotes: tuple[QuoteSpan, ...]
    names: tuple[Name, ...]


# --- when ------------------------------------------------------------------------------------------


class Interval(NamedTuple):
    """Days `first` to `last`, both inside, in which something took place; `precision` as the record contract names it."""

    first: dt.date
    last: dt.date
    precision: str  # day, week, month, season, quarter, year, decade, range


# --- who -------------------------------------------------------------------------------------------


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who an entity of the reading is, on that day. `why` names the knowledge-base row or the words that decided."""

    code: str | None
    sector: str | None
    name: str | None = None
    identifier_id: str | None = None
    office: str | None = None
    other_sectors: tuple[str, ...] = ()
    score: float = 0.0
    why: str = ""


# --- what comes out ----------------------------------------------------------------------------------


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """An actor of a record, as the record contract writes it."""

    code: str | None = None
    sector: str | None = None
    other_sectors: tuple[str, ...] = ()
    entity_text: str
    name: str | None = None
    identifier_id: str | None = None
    office: str | None = None


class EventLocation(msgspec.Struct, frozen=True, kw_only=True):
    """Where it happened: the words, and the gazetteer entry when one is known."""

    extracted_place: str
    resolved_place: str | None = None
    geonameid: int | None = None
    lat: float | None = None
    lon: float | None = None
    country_code: str | None = None
    feature_class: str | None = None
    resolution: str | None = None

    @property
    def where(self) -> str:
        """In words: "at İzmir"; "near the island" as the text has it, where the words themselves say how the place lies to it."""
        words = self.extracted_place
        lying = self.resolved_place is None and words.partition(" ")[0].lower() in _LYING
        return words if lying else f"at {self.resolved_place or words}"


_LYING = frozenset("near outside inside around across off along opposite between throughout over above below within beyond behind abroad here there in on at".split())


class TextInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Where in which document the record stands; `spans` names the words behind each field."""

    document: str
    sequence: int
    start: int
    end: int
    spans: dict[str, tuple[Span, ...]] = {}


class Also(msgspec.Struct, frozen=True, kw_only=True):
    """Another place where the same document tells the event."""

    sequence: int
    start: int
    end: int


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to whom, when, where, on whose word, and whether it happened at all."""

    id: str
    date: str | None
    enddate: str | None
    date_precision: str
    time_text: str | None
    historical: bool
    event: tuple[str, ...]
    mode: tuple[str, ...]
    context: tuple[str, ...]
    status: str
    quad_code: int
    event_scale: float
    reciprocal: bool
    actor: tuple[Entity, ...]
    recipient: tuple[Entity, ...]
    event_loc: EventLocation | None
    event_text: tuple[str, ...]
    by: Entity | None
    confidence: float | None  # None: imported from data that tells none
    text: str
    text_info: TextInfo
    also: tuple[Also, ...]
    story: str | None
    coder: str
    coded_date: str | None


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's words, and whose."""

    id: str
    speaker: Entity | None
    text: str
    kind: str
    cue: str | None
    via: str | None
    addressee: tuple[Entity, ...]
    about: tuple[Entity, ...]
    text_info: TextInfo
    confidence: float


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Something the article says that the knowledge does not bear out, or that its own sources dispute."""

    id: str
    check: str
    text: str
    finding: str
    detail: str
    source: tuple[str, ...]
    text_info: TextInfo

    @property
    def headline(self) -> str:
        """What was checked and what was found, as "office contradicted"; once where both are one word, as of what is disputed."""
        return " ".join(dict.fromkeys((self.check, self.finding)))


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Why a report joined a story: the chance that two reports tell one happening, what spoke for it, and the two event ids."""

    score: float
    why: str
    ours: str
    theirs: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One of several versions of a thing, and the reports (event ids) that tell it so."""

    value: str
    reports: tuple[str, ...]


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """What the reports of one story tell differently: "date", "toll", "status" or "account"; every version is kept."""

    dispute: str
    about: str
    versions: tuple[Version, ...]


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One happening, told by one or more documents.

    `event` is merged from the reports; `sources` are publishers that did not copy each other.
    """

    id: str
    event: Event
    reports: tuple[str, ...]
    documents: tuple[str, ...]
    sources: tuple[str, ...]
    first_seen: str | None
    last_seen: str | None
    disputed: tuple[Dispute, ...] = ()
    matches: tuple[Match, ...] = ()


class Coded(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one document says.

    `actors` tells who each entity number of the reading is, and why; `dropped` counts, by reason, triggers that made no event.
    """

    document: Document
    reading: Reading
    actors: dict[int, Actor]
    events: tuple[Event, ...]
    quotes: tuple[Quote, ...]
    checks: tuple[Check, ...] = ()
    dropped: dict[str, int] = {}

    def records(self) -> Iterator[Event | Quote | Check]:
        """Events, then quotes, then checks, each in reading order."""
        yield from self.events
        yield from self.quotes
        yield from self.checks

    def to_frame(self, kind: str = "events") -> polars.DataFrame:
        """One row a record, nested fields flattened; `kind` is "events" or "quotes".

        Raises:
            BadSetting: `kind` is neither.
        """
        from detente.frames import frame

        return frame([self], kind)
