"""Events that a person marked, found again in another run's text of their document."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from detente.reading.sentences import sentence_at, sentences
from detente.records import Event, Span, TextInfo


def again(event: Event, text: str) -> Event | None:
    """The event in another run's text of its document; None where its sentence no longer stands there, or stands elsewhere twice."""
    info = event.text_info
    if text[info.start : info.end] == event.text:
        return event
    if text.count(event.text) != 1:
        return None
    by = text.index(event.text) - info.start
    number, _ = sentence_at(sentences(text), info.start + by)
    spans = {role: tuple(Span(s.start + by, s.end + by) for s in held) for role, held in info.spans.items()}
    moved = TextInfo(document=info.document, sequence=number, start=info.start + by, end=info.end + by, spans=spans)
    return msgspec.structs.replace(event, text_info=moved)


def told_by(event: Event, others: Iterable[Event]) -> Event | None:
    """The program's event that the same words tell; None where it (still) misses it."""
    (mine,) = event.text_info.spans["trigger"]
    return next((other for other in others if any(mine.overlaps(span) for span in other.text_info.spans.get("trigger", ()))), None)
