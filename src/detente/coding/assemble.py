"""Reading + actors + dates → the records of one document."""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version
from typing import Protocol

import msgspec

from detente.coding.confidence import confidence
from detente.coding.entities import Cast
from detente.ontology import Ontology
from detente.reading.network import Manifest
from detente.reading.sentences import sentence_at
from detente.records import (
    Actor,
    Also,
    Check,
    Coded,
    Document,
    Entity,
    Event,
    EventLocation,
    Interval,
    Quote,
    Reading,
    Span,
    TextInfo,
    Trigger,
)


class Locate(Protocol):
    """Place words → gazetteer entry; `near` is the state whose places come first, `before` and `after` are the text around the words."""

    def __call__(self, words: str, *, near: str | None, before: str, after: str) -> EventLocation:
        """The entry, or the words with the reason why there is none."""


LED_BY = 2_000
"""Characters before a place that may tell its country."""

FOLLOWED_BY = 120
"""Characters behind a place in which its name may go on, or that say where it is."""

HISTORICAL_DAYS = 30
"""An event whose interval ends more days than this before publication is background (record contract)."""


class Settings(msgspec.Struct, frozen=True):
    """What the coding needs to know beside the reading: who codes, when, and the calibration of its confidence."""

    coder: str
    coded_date: str
    news: float
    calibration: dict[str, list[float]]

    @classmethod
    def of(cls, manifest: Manifest, actors: str, ontology: Ontology, *, coded_on: dt.date | None) -> Settings:
        """The settings that belong to a model, an actor base and an ontology."""
        coder = f"detente {version('detente')}; reader {manifest.name}; actors {actors}; {ontology.ontology.lower()} {ontology.version}"
        return cls(coder, (coded_on or dt.datetime.now(dt.UTC).date()).isoformat(), manifest.thresholds.news, manifest.calibration)


def assemble(  # noqa: PLR0913 - one argument for each stage before
    document: Document,
    reading: Reading,
    actors: dict[int, Actor],
    dates: tuple[Interval | None, ...],
    locate: Locate,
    ontology: Ontology,
    settings: Settings,
    checks: tuple[Check, ...] = (),
) -> Coded:
    """Events and quotes of one document, and the checks that were found in it. An event without any party is no event and is counted under `dropped`."""
    cast = Cast(document.text, reading, actors)
    tellings = _tellings(reading.triggers, dates)
    events: list[Event] = []
    dropped: dict[str, int] = {}
    for first, others in tellings.items():
        trigger = _fullest(first, others, reading)
        if not trigger.actors and not trigger.recipients:
            dropped["no-party"] = dropped.get("no-party", 0) + 1
            continue
        if ontology.named(trigger.type) is None:
            dropped["not-in-ontology"] = dropped.get("not-in-ontology", 0) + 1
            continue
        interval = next((d for k in (first, *others) if (d := dates[k]) is not None), None)
        also = tuple(_also(reading, reading.triggers[k].span) for k in others)
        number = f"{document.id}-e{len(events) + 1:02d}"
        events.append(_event(number, document, reading, trigger, interval, also, cast, locate, ontology, settings))
    quotes = tuple(_quote(f"{document.id}-q{k:02d}", document, reading, k - 1, cast) for k in range(1, len(reading.quotes) + 1))
    return Coded(document=document, reading=reading, events=tuple(events), quotes=quotes, checks=checks, actors=actors, dropped=dropped)


def _tellings(triggers: tuple[Trigger, ...], dates: tuple[Interval | None, ...]) -> dict[int, list[int]]:
    """For each event its first trigger, and the later ones that tell it again.

    The reader sees that two tellings are alike, not when they were: what days or status keep apart are two events.
    """
    out: dict[int, list[int]] = {}
    parted: dict[int, list[int]] = {}  # the events that began as further tellings of an earlier one
    for k, trigger in enumerate(triggers):
        root = trigger.same_as
        known = [] if root is None else [root, *parted.get(root, ())]
        event = next((e for e in known if e in out and _agree(e, k, triggers, dates)), None)
        if event is not None:
            out[event].append(k)
            continue
        out[k] = []
        if root is not None:
            parted.setdefault(root, []).append(k)
    return out


def _agree(one: int, other: int, triggers: tuple[Trigger, ...], dates: tuple[Interval | None, ...]) -> bool:
    """Whether nothing that is known of two tellings contradicts their being one event."""
    x, y = dates[one], dates[other]
    apart = x is not None and y is not None and (x.last < y.first or y.last < x.first)
    return not apart and triggers[one].status == triggers[other].status


def _fullest(first: int, others: list[int], reading: Reading) -> Trigger:
    """The first telling, its gaps filled from the later ones."""
    trigger = reading.triggers[first]
    for k in others:
        other = reading.triggers[k]
        trigger = msgspec.structs.replace(
            trigger,
            actors=trigger.actors or other.actors,
            recipients=trigger.recipients or other.recipients,
            time=trigger.time if trigger.time is not None else other.time,
            place=trigger.place if trigger.place is not None else other.place,
        )
    return trigger


def _event(  # noqa: PLR0913 - as `assemble`
    number: str,
    document: Document,
    reading: Reading,
    trigger: Trigger,
    interval: Interval | None,
    also: tuple[Also, ...],
    cast: Cast,
    locate: Locate,
    ontology: Ontology,
    settings: Settings,
) -> Event:
    acting, receiving = cast.parties(trigger)
    actors, actor_spans = cast.entities(trigger.actors, among=acting)
    recipients, recipient_spans = cast.entities(trigger.recipients, among=receiving)
    by, by_spans = cast.entities(() if trigger.by is None else (trigger.by,))
    time = () if trigger.time is None else (reading.times[trigger.time.index],)
    place = () if trigger.place is None else (reading.places[trigger.place.index],)
    where = _location(place, document, actors, locate)
    sequence, sentence = sentence_at(reading.sentences, trigger.span.start)
    code = ontology.named(trigger.type) or trigger.type
    mode = ontology.mode(trigger.type, trigger.mode)
    kind = ontology.kind(code)
    spans = {"trigger": (trigger.span,), "actor": actor_spans, "recipient": recipient_spans, "time": time, "place": place, "by": by_spans[:1]}
    return Event(
        id=number,
        date=None if interval is None else interval.first.isoformat(),
        enddate=None if interval is None else interval.last.isoformat(),
        date_precision="unknown" if interval is None else interval.precision,
        time_text=time[0].of(document.text) if time else None,
        historical=_historical(interval, document.published),
        event=(code,),
        mode=() if mode is None else (mode,),
        context=trigger.contexts,
        status=trigger.status,
        quad_code=kind.quad,
        event_scale=ontology.score(code, mode),
        reciprocal=trigger.reciprocal,
        actor=actors,
        recipient=_of_town(recipients, recipient_spans, place, where),
        event_loc=where,
        event_text=(trigger.span.of(document.text),),
        by=by[0] if by else None,
        confidence=confidence(trigger, cast, settings.calibration),
        text=sentence.of(document.text),
        text_info=TextInfo(document=document.id, sequence=sequence, start=sentence.start, end=sentence.end, spans=spans),
        also=also,
        story=None,
        coder=settings.coder,
        coded_date=settings.coded_date,
    )


def _quote(number: str, document: Document, reading: Reading, k: int, cast: Cast) -> Quote:
    quote = reading.quotes[k]
    speakers, speaker_spans = cast.entities(() if quote.speaker is None else (quote.speaker,))
    about, _ = cast.entities(cast.mentions_inside(quote.span, without=quote.speaker))
    sequence, _ = sentence_at(reading.sentences, quote.span.start)
    cue = () if quote.cue is None else (quote.cue,)
    return Quote(
        id=number,
        speaker=speakers[0] if speakers else None,
        text=quote.span.of(document.text),
        kind=quote.kind,
        cue=quote.cue.of(document.text) if quote.cue else None,
        via=None,
        addressee=(),
        about=about,
        text_info=TextInfo(
            document=document.id, sequence=sequence, start=quote.span.start, end=quote.span.end, spans={"speaker": speaker_spans[:1], "cue": cue}
        ),
        confidence=round(quote.score * (1.0 if quote.speaker is None else quote.speaker.score), 3),
    )


def _location(place: tuple[Span, ...], document: Document, actors: tuple[object, ...], locate: Locate) -> EventLocation | None:
    if not place:
        return None
    code = next((c for a in actors if (c := getattr(a, "code", None))), None)
    start, end = place[0]
    before, after = document.text[max(0, start - LED_BY) : start], document.text[end : end + FOLLOWED_BY]
    return locate(place[0].of(document.text), near=code, before=before, after=after)


def _of_town(recipients: tuple[Entity, ...], spans: tuple[Span, ...], place: tuple[Span, ...], where: EventLocation | None) -> tuple[Entity, ...]:
    """The recipients; who is told by the name of the town where it happened ("shelled Bakhmut") is of its country, whatever state the text goes on about."""
    if where is None or where.feature_class != "P" or where.country_code is None:
        return recipients
    return tuple(msgspec.structs.replace(e, code=where.country_code) if (span,) == place else e for e, span in zip(recipients, spans, strict=True))


def _historical(interval: Interval | None, published: dt.date | None) -> bool:
    return interval is not None and published is not None and (published - interval.last).days > HISTORICAL_DAYS


def _also(reading: Reading, span: Span) -> Also:
    sequence, sentence = sentence_at(reading.sentences, span.start)
    return Also(sequence=sequence, start=sentence.start, end=sentence.end)
