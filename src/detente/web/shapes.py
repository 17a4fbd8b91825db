"""What is asked and what is answered. The REST API's schemas are printed from here, so that they cannot differ from the answers."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

import msgspec

from detente.actors.lookup import Known
from detente.records import Check, Document, Event, Quote, Story
from detente.review.rulings import Ruling

Status = Literal["actual", "future", "hypothetical", "negated"]
Order = Literal["newest", "oldest", "unsure"]
Format = Literal["json", "jsonl", "csv", "parquet"]
Number = Annotated[int, msgspec.Meta(ge=1, le=500)]
Words = Annotated[str, msgspec.Meta(max_length=200)]
NotBlank = Annotated[str, msgspec.Meta(max_length=200, extra_json_schema={"pattern": r"\S"})]
Date = Annotated[str, msgspec.Meta(max_length=200, extra_json_schema={"pattern": "^[1-9][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?)?$"})]
"""A day, a month or a year. The pattern is for those who read the description (it leaves out the last days of months); what breaks the
rule is told in words, by whoever reads the day."""
Code = Annotated[str, msgspec.Meta(max_length=16)]
Name = Annotated[str, msgspec.Meta(max_length=500)]

MOST_CHARACTERS = 100_000
"""Of a text that is pasted or uploaded: some 16,000 words, about six seconds of work on one core."""


# --- what is asked -----------------------------------------------------------------------------------


class Paged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Part of a list: `limit` rows behind the one that the cursor `after` names. jsonl and csv give all rows."""

    after: Words | None = None
    limit: Number = 50
    format: Format = "json"


class EventsAsked(Paged, frozen=True, kw_only=True):
    """Which events.

    `either` takes the pair both ways round; `within` only those whose days lie wholly between `since` and `until`; `open` those that
    nobody has judged. `actor` and `recipient` are codes; ? is nobody, or somebody of unknown code. `place` is a name ("San Cristóbal"), a name and its state ("San Cristóbal, COL"), or a state.
    """

    q: Words | None = None
    actor: Code | None = None
    recipient: Code | None = None
    either: bool = False
    since: Date | None = None
    until: Date | None = None
    type: Code | None = None
    mode: Words | None = None
    status: Status | None = None
    quad: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    within: bool = False
    name: Words | None = None
    place: Words | None = None
    document: Name | None = None
    least: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    open: bool = False
    order: Order = "newest"


class QuotesAsked(Paged, frozen=True, kw_only=True):
    """Which quotes: words in them, the speaker's code or name, whom they speak of, days of publication, the document."""

    q: Words | None = None
    speaker: Words | None = None
    about: Code | None = None
    since: Date | None = None
    until: Date | None = None
    document: Name | None = None


class ChecksAsked(Paged, frozen=True, kw_only=True):
    """Which checks: of a document, or with a finding."""

    document: Name | None = None
    finding: Words | None = None


class DocumentsAsked(Paged, frozen=True, kw_only=True):
    """Which documents: words in title or text, days of publication."""

    q: Words | None = None
    since: Date | None = None
    until: Date | None = None


class RefusedAsked(Paged, frozen=True, kw_only=True):
    """Which refusals."""

    reason: Words | None = None


class RelationsAsked(Paged, frozen=True, kw_only=True):
    """Which pairs: those of one state. What changed within so many days, against as many before."""

    code: Code | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=3660)] = 28


class RelationAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of a relation, and how it is printed; `table` is the one that is taken home."""

    since: Date | None = None
    until: Date | None = None
    format: Format = "json"
    table: Literal["months", "types", "statuses"] = "months"


class PeriodAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some days, the last year of the store when none are named; and how the answer is printed."""

    since: Date | None = None
    until: Date | None = None
    format: Format = "json"


class Printed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an answer is printed: whole, or one of its tables."""

    format: Format = "json"


class LevelAsked(Printed, frozen=True, kw_only=True):
    """How a level is printed; `table` is the one that is taken home."""

    table: Literal["days", "turns", "coming"] = "days"


class OverviewAsked(Printed, frozen=True, kw_only=True):
    """How the overview is printed; `table` is the one that is taken home."""

    table: Literal["pairs", "turning", "disputed", "came", "refused", "newest"] = "pairs"


class StoryAsked(Printed, frozen=True, kw_only=True):
    """How a story is printed; `table` is the one that is taken home."""

    table: Literal["reports", "agreed", "differing"] = "reports"


class NetworkAsked(PeriodAsked, frozen=True, kw_only=True):
    """Some days, as for places; `table` is the one that is taken home."""

    table: Literal["lines", "states"] = "lines"


class JudgementsAsked(Paged, frozen=True, kw_only=True):
    """Which judgements: all, or those of a record."""

    record: Name | None = None


class StoriesAsked(Paged, frozen=True, kw_only=True):
    """Which stories: those that at least so many documents tell; only those told differently; of two states, such as KAZ-RUS; that may lie in some days."""

    least: Annotated[int, msgspec.Meta(ge=1)] = 1
    disputed: bool = False
    pair: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{3}-[A-Za-z]{3}$")] | None = None
    since: Date | None = None
    until: Date | None = None


class ActorAsked(Printed, frozen=True, kw_only=True):
    """Whom: a name or a code, and the day for which offices are marked; `table` is the one that is taken home."""

    name: NotBlank
    on: Date | None = None
    table: Literal["offices", "acts", "suffers"] = "offices"


class ReadAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to read, which is not kept."""

    text: Annotated[str, msgspec.Meta(max_length=MOST_CHARACTERS)]
    published: Date | None = None
    title: Words | None = None


class JudgementAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says of a record: of the whole, or of one field, with what should stand there.

    `by` says who; where there are accounts it is left out, and the account's name stands.
    """

    record: Name
    verdict: Literal["right", "wrong", "unsure"]
    by: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    field: Literal["type", "mode", "status", "actor", "recipient", "date", "place", "by", "speaker"] | None = None
    correction: Words | None = None
    note: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class MissedAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that the program missed: the words that tell it (the `nth` place where they stand), and its fields, written as corrections are.

    `told_by` is who says so in the text; `by` who marks it, as in a judgement.
    """

    document: Name
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    type: Code
    nth: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    mode: Words | None = None
    status: Status = "actual"
    actor: Words | None = None
    recipient: Words | None = None
    date: Words | None = None
    place: Words | None = None
    told_by: Words | None = None
    by: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class QueueAsked(EventsAsked, frozen=True, kw_only=True):
    """What is to be judged: `open` by nobody yet, `second` by one other person, whose word is not shown, `differ` differently by two."""

    queue: Literal["open", "second", "differ"] = "open"
    order: Order = "unsure"


class Agreement(msgspec.Struct, frozen=True):
    """Of one question: records that two or more answered, the share of pairs of answers that are the same, and alpha.

    `alpha` is None where everybody always gave the same answer, or nobody answered twice: then nothing tells agreement from habit.
    """

    question: str
    records: int
    same: float | None
    alpha: float | None


# --- what is answered --------------------------------------------------------------------------------


class Seen(TypedDict):
    """An event as it stands after people, what they said, and where it comes from."""

    event: Event
    ruling: Ruling | None
    title: str | None
    published: str | None
    url: str | None


class Said(TypedDict):
    """A judgement as it stands in the ledger."""

    number: int
    run: int
    record: str
    field: str | None
    verdict: str
    correction: str | None
    by: str
    said_at: str
    note: str | None


class EventAnswer(TypedDict):
    """An event; `before` is what the program said, None where nobody said otherwise."""

    seen: Seen
    before: Event | None
    judgements: list[Said]
    types: dict[str, list[str]]


class QuoteAnswer(TypedDict):
    """A quote; `before` is what the program said, None where nobody said otherwise."""

    quote: Quote
    ruling: Ruling | None
    before: Quote | None
    judgements: list[Said]


class AgreementAnswer(TypedDict):
    """How far reviewers agree on what two or more of them judged, question by question, and the events on which they differ."""

    reviewers: list[str]
    questions: list[Agreement]
    differ: list[str]


class Brief(TypedDict):
    """A document without its text."""

    id: str
    title: str | None
    published: str | None
    publication: str | None
    url: str | None
    events: int
    quotes: int


class DocumentAnswer(TypedDict):
    """A document with everything that it says; `why` has for each event the words behind its fields, and what people corrected."""

    document: Document
    events: list[Seen]
    quotes: list[Quote]
    checks: list[Check]
    dropped: dict[str, int]
    why: dict[str, str]


class RefusedAnswer(TypedDict):
    """A document that was not coded."""

    document: str
    reason: str
    detail: str
    published: str | None


class Pair(TypedDict):
    """A pair of states: how many events, and the points of the newest days and of as many before."""

    a: str
    b: str
    events: int
    first: str | None
    last: str | None
    points: float
    before: float
    change: float


class Month(TypedDict):
    """What one state did to another in one month, in one quad class: how many events that happened, and their points."""

    month: str
    actor: str
    recipient: str
    quad: int
    events: int
    points: float


class Tally(TypedDict):
    """How many of one kind."""

    name: str
    n: int


class RelationAnswer(TypedDict):
    """A pair of states, month by month, both directions.

    `months` hold events that happened (`status` actual) and whose days lie in one month; `undated` have no day, `wide` span several months.
    `stories` are the happenings that `/stories` lists of the pair in these days; None where the store has no stories.
    """

    a: str
    b: str
    months: list[Month]
    types: list[Tally]
    statuses: list[Tally]
    counted: int
    stories: int | None
    undated: int
    wide: int
    not_actual: int


class ActorAnswer(TypedDict):
    """What the actor base knows of somebody, and what the store has of them."""

    name: str
    on: str | None
    found: list[Known]
    near: list[str]
    code: str | None
    acts: list[Tally]
    suffers: list[Tally]
    quotes: int


class StoryBrief(TypedDict):
    """A story: what it tells, how many documents and independent sources tell it, and what they tell differently."""

    id: str
    event: Event
    documents: int
    sources: int
    first_seen: str | None
    last_seen: str | None
    disputed: list[str]


class Report(TypedDict):
    """One document's telling of a story; `score` and `why` say why it belongs there, None of the first one."""

    seen: Seen
    publication: str | None
    copy_of: str | None
    score: float | None
    why: str | None


class Told(TypedDict):
    """One thing that reports tell, and the reports (event ids) that tell it so."""

    about: str
    value: str
    reports: list[str]


class StoryAnswer(TypedDict):
    """A story with its reports, what all of them tell, and what they tell differently."""

    story: Story
    reports: list[Report]
    agreed: list[Told]
    differing: list[Told]


class TurningPoint(TypedDict):
    """When a relation turned: chance, reports a day of average news before and after."""

    a: str
    b: str
    day: str
    chance: float
    conflict_before: float
    conflict_after: float
    cooperation_before: float
    cooperation_after: float


class LevelDay(TypedDict):
    """A day of a relation: level with its 80 % band, and reports."""

    day: str
    level: float
    low: float
    high: float
    conflict: float
    cooperation: float


class Coming(TypedDict):
    """What comes within so many weeks (reports of conflict or cooperation, or their level in points), and who says so: ours, or a rule of thumb."""

    what: str
    who: str
    weeks: int
    mean: float
    low_80: float
    high_80: float


class LevelAnswer(TypedDict):
    """A relation as `detente relation` tells it; without a verdict or its chance the events are too few. `pending`: it is being worked out, ask again."""

    a: str
    b: str
    pending: bool
    verdict: str | None
    chance: float | None
    why: str | None
    days: list[LevelDay]
    turns: list[TurningPoint]
    coming: list[Coming]


class Place(TypedDict):
    """Where events of a period lie: how many, their points together, and how many of them are hostile."""

    place: str | None
    country: str | None
    lat: float
    lon: float
    events: int
    points: float
    hostile: int


class PlacesAnswer(TypedDict):
    """Places of the events of a period, those with most events first."""

    since: str | None
    until: str | None
    places: list[Place]
    nowhere: int


class Node(TypedDict):
    """A state in a period: its camp, and how often it lies between others."""

    code: str
    camp: int | None
    friends: int
    foes: int
    between: float


class Line(TypedDict):
    """Two states in a period: mean level in points of an average event, and reports."""

    a: str
    b: str
    level: float
    reports: float


class NetworkAnswer(TypedDict):
    """Who stands with whom in a period. `pending`: it is being worked out, ask again."""

    since: str | None
    until: str | None
    pending: bool
    states: list[Node]
    lines: list[Line]


class Day(TypedDict):
    """What came in of one day."""

    day: str
    documents: int
    events: int


class OverviewAnswer(TypedDict):
    """What the store holds, what was refused, and which pairs changed most in the `window` days that end on `until`.

    `turning` are the newest turning points of the busiest pairs, None while they are worked out.
    """

    run: int | None
    coder: str | None
    documents: int
    events: int
    quotes: int
    checks: int
    judged: int
    refused: list[Tally]
    until: str | None
    window: int
    pairs: list[Pair]
    turning: list[TurningPoint] | None
    disputed: list[StoryBrief]
    came: list[Day]
    newest: list[Brief]


class ReadAnswer(TypedDict):
    """A text coded, and not kept."""

    document: Document
    events: list[Event]
    quotes: list[Quote]
    checks: list[Check]
    dropped: dict[str, int]
    why: dict[str, str]


class Fault(TypedDict):
    """What is wrong: a reason to be counted, and a sentence for a person."""

    reason: str
    detail: str


class ErrorAnswer(TypedDict):
    """The one shape of every error."""

    error: Fault
