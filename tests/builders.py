"""Readings written by hand: a text, who is named in it, what is told; everything else has its plainest value."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from detente.coding.assemble import Locate, Settings, assemble
from detente.ontology import PLOVER, Ontology
from detente.reading.sentences import sentences
from detente.records import (
    Actor,
    Coded,
    Document,
    EventLocation,
    Interval,
    Link,
    Mention,
    QuoteSpan,
    Reading,
    Span,
    Trigger,
)

SETTINGS = Settings(coder="detente test", coded_date="2026-11-25", news=0.5, calibration={})
PUBLISHED = dt.date(2023, 5, 8)


def at(text: str, words: str) -> Span:
    """Where the words stand; "he#2" is the second "he"."""
    word, _, number = words.partition("#")
    found = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
    return Span(*found[int(number or 1) - 1])


def mention(text: str, words: str, *entities: int, **more: Any) -> Mention:
    """Words that name the entities of these numbers."""
    told = {
        "sector": None,
        "nations": (),
        "body": "state",
        "body_score": 1.0,
        "score": 0.9,
    } | more
    return Mention(span=at(text, words), entities=entities, **told)


def links(*numbers: int) -> tuple[Link, ...]:
    """Links to mentions, times or places of these numbers."""
    return tuple(Link(n, 0.9) for n in numbers)


def trigger(text: str, words: str, type: str, **more: Any) -> Trigger:
    """Words that tell an event of a type; roles are tuples of links."""
    told = {
        "type_score": 0.9, "mode": None, "status": "actual", "status_score": 0.9, "reciprocal": False, "contexts": (),
        "actors": (), "recipients": (), "by": None, "time": None, "place": None, "is_news": 0.0,
    } | more  # fmt: skip
    return Trigger(span=at(text, words), type=type, **told)


def quote(text: str, words: str, **more: Any) -> QuoteSpan:
    """Words that somebody says."""
    return QuoteSpan(span=at(text, words), **({"kind": "direct", "cue": None, "speaker": None, "score": 0.9} | more))


def reading(text: str, **layers: Any) -> Reading:
    """A reading of the text with these layers; the others are empty."""
    empty: dict[str, Any] = dict.fromkeys(("mentions", "triggers", "times", "places", "quotes", "names"), ())
    return Reading(sentences=sentences(text), **(empty | layers))


def actor(code: str | None, sector: str | None = "GOV", **more: Any) -> Actor:
    """Somebody known."""
    return Actor(code=code, sector=sector, **more)


def nowhere(words: str, *, near: str | None, before: str, after: str) -> EventLocation:
    """A gazetteer that knows no place, and tells beside which state it was asked to look."""
    return EventLocation(extracted_place=words, resolution=f"near {near}")


def coded(
    text: str,
    seen: Reading,
    actors: dict[int, Actor],
    *,
    dates: tuple[Interval | None, ...] | None = None,
    published: dt.date | None = PUBLISHED,
    ontology: Ontology = PLOVER,
    settings: Settings = SETTINGS,
    locate: Locate | None = None,
    id: str = "seed",
) -> Coded:
    """What the coding makes of the reading; every event undated unless said, and no place known unless `locate` is told."""
    when = (None,) * len(seen.triggers) if dates is None else dates
    document = Document(id=id, text=text, published=published)
    return assemble(document, seen, actors, when, locate or nowhere, ontology, settings)
