"""An event and its document → what the matching looks at, compact: an index may hold millions of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from math import sqrt
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from detente.records import Document, Entity, Event
from detente.stories.senses import sense
from detente.stories.words import names, numbers, stem, stems, tenths

if TYPE_CHECKING:
    from detente.stories.meaning import Meaning, Meanings

MOST_WORDS = 40
"""Stems kept of a sentence, those that tell most; a longer one is a list."""

NEAR = 9
"""Words on either side of the trigger that tell of this event rather than of another in the same sentence."""

FEW = 2
"""Numbers up to it stand in every second sentence and tell no event from another."""

MOST_CONTEXT = 80
"""Stems kept of what a document tells around its events."""

MOST_NAMES = 30
"""Names kept of a document's sentences."""

HEAD = 1_500
"""Characters of a document whose words and names are its events' surroundings: news stands at the head."""

_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+|\n")
_TITLES = frozenset("president minister prime foreign secretary king queen general colonel spokesman spokeswoman ambassador chief leader mr mrs ms".split())


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the document that an event stands in.

    `copy_of` is the id of the document whose text it copies, None when it copies none; `publication` is None when nobody knows it.
    `text` is what stands around the events, title first; when None, nothing but the events' own sentences is known.
    """

    document: str
    published: dt.date | None = None
    publication: str | None = None
    copy_of: str | None = None
    text: str | None = None

    @classmethod
    def of(cls, document: Document, *, copy_of: str | None = None) -> Facts:
        """The facts of a document that was read."""
        text = f"{document.title or ''}\n{document.text[:HEAD]}"
        return cls(document=document.id, published=document.published, publication=document.publication, copy_of=copy_of, text=text)


RAREST = 8
"""Stems of a bag that blocks are made of."""


class Bag(msgspec.Struct, frozen=True, array_like=True):
    """Stems, each once, those that tell most in order, and the length of the vector of all weights in tenths."""

    words: frozenset[str]
    rarest: tuple[str, ...]
    length: float

    @classmethod
    def of(cls, words: Iterable[str], *, most: int) -> Bag:
        """The `most` stems that tell most; of equals the first in the alphabet."""
        kept = [intern(w) for w in sorted(set(words), key=lambda w: (-tenths(w), w))[:most]]
        return cls(frozenset(kept), tuple(kept[:RAREST]), sqrt(sum(tenths(w) ** 2 for w in kept)))

    def likeness(self, other: Bag) -> float:
        """Cosine of the two vectors, in [0, 1]; 0 when one is empty. Whole numbers are summed, so that no order of words matters."""
        if not self.length or not other.length:
            return 0.0
        return sum([tenths(w) ** 2 for w in self.words & other.words]) / (self.length * other.length)


class Around(NamedTuple):
    """What a document tells around each of its events: its stems, its names, and the parties and types of all its events."""

    context: Bag
    scene: Bag
    present: frozenset[str]
    types: tuple[str, ...]


class Report(msgspec.Struct, frozen=True):
    """One event of one document, as the matching sees it. Days are counted from 0001-01-01 (`date.toordinal`)."""

    event: str
    document: str
    published: int | None
    first: int | None
    last: int | None
    told_day: bool  # time words tell the day; else it is known from the paper's day alone
    type: str
    mode: str | None
    quad: int
    status: str
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    parties: frozenset[str]  # codes of both
    names: tuple[str, ...]
    places: tuple[str, ...]
    country: str | None
    by: str | None
    trigger: tuple[str, ...]
    numbers: tuple[int, ...]
    near: Bag
    words: Bag
    context: Bag
    scene: Bag
    named: Bag
    present: frozenset[str]
    at: int  # first character of its sentence in the document: news stands at the head
    siblings: int  # events of its type in its document, itself among them
    near_sense: Any  # (64,), see `senses`; msgspec has no word for arrays
    meaning: Meaning | None = None  # None: nobody looked


def reports(events: Iterable[Event], facts: Facts, meanings: Meanings | None = None) -> list[Report]:
    """The events of one document, each as the matching sees it, with what the document tells beside.

    Without `meanings` the matching knows of a trigger only its word and type.
    """
    told = list(events)
    head = [] if facts.text is None else _SENTENCE.split(facts.text[:HEAD])
    sentences = dict.fromkeys((*head, *(event.text for event in told)))
    around = Around(
        context=Bag.of((w for text in sentences for w in stems(text)), most=MOST_CONTEXT),
        scene=Bag.of((w for text in sentences for w in names(text)), most=MOST_NAMES),
        present=frozenset(code for event in told for code in _codes((*event.actor, *event.recipient))),
        types=tuple(event.event[0] for event in told),
    )
    return [report(event, facts, around, meanings) for event in told]


def report(event: Event, facts: Facts, around: Around | None = None, meanings: Meanings | None = None) -> Report:
    """One event as the matching sees it; without `around` its own sentence is all that is known of its document."""
    place = event.event_loc
    words = Bag.of(stems(event.text), most=MOST_WORDS)
    near = Bag.of(stems(_near(event)), most=MOST_WORDS)
    named = Bag.of(names(event.text), most=MOST_NAMES)
    parties = frozenset(_codes((*event.actor, *event.recipient)))
    trigger = tuple(intern(w) for w in dict.fromkeys(stems(" ".join(event.event_text))))
    spot = None if place is None else (place.resolved_place or place.extracted_place)
    return Report(
        event=event.id,
        document=facts.document,
        published=None if facts.published is None else facts.published.toordinal(),
        first=_ordinal(event.date),
        last=_ordinal(event.enddate),
        told_day=event.time_text is not None and event.date is not None,
        type=intern(event.event[0]),
        mode=intern(event.mode[0]) if event.mode else None,
        quad=event.quad_code,
        status=intern(event.status),
        actors=_codes(event.actor),
        recipients=_codes(event.recipient),
        parties=parties,
        names=_names((*event.actor, *event.recipient)),
        places=() if place is None or spot is None else tuple(sorted({intern(stem(w)) for w in re.findall(r"\w{3,}", f"{spot} {place.extracted_place}")})),
        country=None if place is None else place.country_code,
        by=None if event.by is None else (event.by.code or event.by.entity_text.lower()),
        trigger=trigger,
        numbers=tuple(sorted({value for value, _ in numbers(event.text) if value > FEW})),
        near=near,
        words=words,
        context=words if around is None else around.context,
        scene=named if around is None else around.scene,
        named=named,
        present=parties if around is None else around.present,
        at=event.text_info.start,
        siblings=1 if around is None else around.types.count(event.event[0]),
        near_sense=sense(sorted(near.words)),
        meaning=None if meanings is None else meanings.of(event),
    )


def _near(event: Event) -> str:
    """The words around the trigger, up to the end of its clause."""
    spans = event.text_info.spans.get("trigger", ())
    if not spans:
        return event.text
    start, end = spans[0].start - event.text_info.start, spans[0].end - event.text_info.start
    before = re.split(r"[;:()\n]", event.text[: max(start, 0)])[-1].split()[-NEAR:]
    after = re.split(r"[;:()\n]", event.text[max(end, 0) :])[0].split()[:NEAR]
    return " ".join((*before, event.text[max(start, 0) : max(end, 0)], *after))


def _ordinal(day: str | None) -> int | None:
    return None if day is None else dt.date.fromisoformat(day).toordinal()


def _codes(entities: Iterable[Entity]) -> tuple[str, ...]:
    return tuple(intern(code) for code in sorted({e.code for e in entities if e.code is not None}))


def _names(entities: Iterable[Entity]) -> tuple[str, ...]:
    """Last words of the names of persons and bodies, small letters."""
    found = set()
    for entity in entities:
        words = re.findall(r"[^\W\d_]{2,}", entity.name or "") or re.findall(r"\b[A-Z][^\W\d_]+", entity.entity_text)
        kept = [w.lower() for w in words if w.lower() not in _TITLES]
        if kept:
            found.add(intern(kept[-1]))
    return tuple(sorted(found))
