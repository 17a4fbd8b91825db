"""What people judged, as annotated passages in the wire format, which readers learn from.

A passage is the sentences whose events somebody judged, with the sentence before them, at most `MOST` together. All events that stand
there are in it: what people accepted, corrected or marked, and what nobody judged as the program told it; `judged` numbers the events
about which people said something, and counts those that they rejected. What nobody annotated, such as mentions that take part in
nothing, is not there: who learns from it must not take it for a "no".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from detente.actors.base import ActorBase
from detente.actors.lookup import about
from detente.reading.sentences import sentences
from detente.records import Document, Entity, Event, Span
from detente.review.correcting import ruled

if TYPE_CHECKING:
    from detente.review.rulings import Rulings
    from detente.store import Store

NAMING = ("name", "adjective", "demonym", "capital")
"""Kinds of words that stand for a state; towns and regions may mean themselves."""
MOST = 4
"""Sentences of a passage; the wire format has one to four."""


class Rejected(TypedDict):
    """Words that tell no event."""

    trigger: str
    type: str


class Passage(TypedDict):
    """A passage as `training` reads it; `judged` numbers events of `events`, `rejected` are no events."""

    id: str
    date: str | None
    text: str
    actors: list[dict[str, Any]]
    events: list[dict[str, Any]]
    quotes: list[dict[str, Any]]
    only: str
    judged: list[int]
    rejected: list[Rejected]


def passages(store: Store, found: Rulings) -> Iterator[Passage]:
    """Passages of all judged events, document by document."""
    judged = [*store.events_where("id", [record for record in found.of if record not in found.added]), *found.added.values()]
    for name in sorted({event.text_info.document for event in judged}):
        document = store.document(name)
        if document is None:  # an import: there is no text to learn from
            continue
        told = {event.id: event for event in [*store.events_where("document", [name]), *(e for e in judged if e.text_info.document == name)]}
        spans = sentences(document.text)
        wanted = {k for event in told.values() if event.id in found.of for k in _sentences_of(event, spans)}
        for number, (first, last) in enumerate(_runs(wanted), 1):
            yield _passage(document, f"{name}-{number}", Span(spans[first].start, spans[last].end), list(told.values()), found)


def _sentences_of(event: Event, spans: tuple[Span, ...]) -> set[int]:
    """Sentences in which its trigger stands, and the one before."""
    at = [k for k, span in enumerate(spans) if any(span.overlaps(t) for t in event.text_info.spans.get("trigger", ()))]
    return {k - before for k in at for before in (0, 1) if k >= before}


def _runs(wanted: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of neighbours, at most `MOST` together."""
    first = last = -2
    for k in sorted(wanted):
        if k == last + 1 and k - first < MOST:
            last = k
            continue
        if first >= 0:
            yield first, last
        first = last = k
    if first >= 0:
        yield first, last


def _passage(document: Document, id: str, part: Span, told: list[Event], found: Rulings) -> Passage:
    text = part.of(document.text)
    cast = _Cast(text, part.start, _mentions(told, part, found))
    events: list[dict[str, Any]] = []
    judged: list[int] = []
    rejected: list[Rejected] = []
    for event in sorted(told, key=lambda e: (e.text_info.spans.get("trigger", ()), e.id)):
        triggers = [span for span in event.text_info.spans.get("trigger", ()) if part.covers(span)]
        if not triggers:
            continue
        ruling = found.of.get(event.id)
        if ruling is not None and ruling["state"] == "rejected":
            rejected += [Rejected(trigger=cast.words(span), type=event.event[0]) for span in triggers]
            continue
        if ruling is not None and ruling["state"] != "doubted":
            judged.append(len(events))
        events.append(_event(ruled(event, ruling), triggers, cast))
    return Passage(
        id=id, date=None if document.published is None else document.published.isoformat(), text=text, actors=cast.actors(), events=events, quotes=[],
        only="judged", judged=judged, rejected=rejected,
    )  # fmt: skip


def _mentions(told: list[Event], part: Span, found: Rulings) -> list[tuple[Entity, Span]]:
    """Whoever takes part in something in a part of the document, with the words that name them."""
    events = [ruled(event, found.of.get(event.id)) for event in told]
    sides = [(side, event.text_info.spans.get(role, ())) for event in events for role, side in _sides(event)]
    return [(entity, span) for side, spans in sides for entity, span in _named(side, spans) if span is not None and part.covers(span)]


def _sides(event: Event) -> Iterator[tuple[str, tuple[Entity, ...]]]:
    yield from (("actor", event.actor), ("recipient", event.recipient), ("by", (event.by,) if event.by else ()))


def _event(event: Event, triggers: list[Span], cast: _Cast) -> dict[str, Any]:
    spans = event.text_info.spans
    sides = {role: [name for entity, span in _named(side, spans.get(role, ())) if (name := cast.name(entity, span, near=triggers[0]))] for role, side in _sides(event)}
    by = sides.pop("by")
    return {
        "trigger": cast.words(triggers[0]), "also": [cast.words(span) for span in triggers[1:]], "type": event.event[0], "mode": event.mode[0] if event.mode else None,
        "status": event.status, **sides, "reciprocal": event.reciprocal, "time": cast.within(spans.get("time", ())),
        "date": [event.date, event.enddate] if event.date else None, "place": cast.within(spans.get("place", ())), "by": next(iter(by), None), "context": list(event.context),
    }  # fmt: skip


def _named(entities: tuple[Entity, ...], spans: tuple[Span, ...]) -> Iterator[tuple[Entity, Span | None]]:
    """Each party with its words; who was written in by a correction may have none."""
    for k, entity in enumerate(entities):
        yield entity, spans[k] if k < len(spans) else None


@cache
def _words_for(code: str) -> tuple[str, ...]:
    """Names of a state, of its people and of its capital, which stands for it; none of what is no state."""
    base = ActorBase.open()
    if code not in base.states():
        return ()
    return tuple(words for known in about(base, base.state_name(code), on=None).found if known.code == code for words in (known.name, *(w for kind in NAMING for w in known.also.get(kind, ()))))


class _Cast:
    """The actors of a passage: who bears the same name, or without one the same words, is one."""

    def __init__(self, text: str, start: int, mentions: list[tuple[Entity, Span]]) -> None:
        self.text, self._start = text, start
        self._mentions = [(entity, self._here(span)) for entity, span in mentions]
        self._held: dict[tuple[str | None, str], tuple[Entity, list[Span]]] = {}

    def _here(self, span: Span) -> Span:
        return Span(span.start - self._start, span.end - self._start)

    def name(self, entity: Entity, span: Span | None, *, near: Span) -> str | None:
        """Id of the actor; None when no words of the passage name it. Of several who could be meant, the one nearest to the words `near` is."""
        here = None if span is None else self._here(span)
        if here is None or here.start < 0 or here.end > len(self.text):
            told = self._meant(entity, self._here(near).start)
            if told is None:
                return None
            entity, here = told
        key = (entity.code, entity.name or here.of(self.text))
        _, spans = self._held.setdefault(key, (entity, []))
        if here not in spans:
            spans.append(here)
        return f"A{list(self._held).index(key) + 1}"

    def _meant(self, entity: Entity, at: int) -> tuple[Entity, Span] | None:
        """Whom somebody means who wrote this: of a code alone, an actor of that code, else words for the state."""
        told = [(entity, span) for span in self._places(entity.entity_text)]
        if entity.name is None and entity.entity_text == entity.code:
            told = [held for held in self._mentions if held[0].code == entity.code] or [(entity, span) for words in _words_for(entity.code) for span in self._places(words)] or told
        return min(told, key=lambda held: abs(held[1].start - at), default=None)

    def _places(self, words: str) -> Iterator[Span]:
        """Where the words stand as names: whole, and with a capital."""
        for found in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", self.text, re.IGNORECASE):
            if not found[0][:1].islower():
                yield Span(*found.span())

    def actors(self) -> list[dict[str, Any]]:
        """The cast in the wire format."""
        return [
            {"id": f"A{k}", "code": entity.code, "sector": entity.sector, "name": entity.name, "mentions": [self._told(span) for span in sorted(spans)]}
            for k, (entity, spans) in enumerate(self._held.values(), 1)
        ]

    def words(self, span: Span) -> str:
        """Words of the document as the wire format names them."""
        return self._told(Span(span.start - self._start, span.end - self._start))

    def within(self, spans: tuple[Span, ...]) -> str | None:
        """The first of these words that stand in the passage."""
        return next((self.words(span) for span in spans if self._start <= span.start and span.end <= self._start + len(self.text)), None)

    def _told(self, span: Span) -> str:
        """The words, with their number where they stand as whole words more than once."""
        words = span.of(self.text)
        left, right = (r"(?<!\w)" if words[:1].isalnum() else ""), (r"(?!\w)" if words[-1:].isalnum() else "")
        starts = [match.start() for match in re.finditer(left + re.escape(words) + right, self.text)]
        return f"{words}#{starts.index(span.start) + 1}" if span.start in starts and len(starts) > 1 else words
