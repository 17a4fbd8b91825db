"""One record, walked back: an event as `detente.coding.explaining` tells it, a quote beside it."""

from __future__ import annotations

from detente.coding.explaining import explanation, party, words
from detente.records import Coded, Event, Quote


def explained(coded: Coded, record: Event | Quote) -> str:
    """Which words stand behind each field of the record, how sure the reader was, and who the people are and why."""
    return explanation(coded, record) if isinstance(record, Event) else _quote(coded, record)


def _quote(coded: Coded, quote: Quote) -> str:
    text, info = coded.document.text, quote.text_info
    read = next(q for q in coded.reading.quotes if (q.span.start, q.span.end) == (info.start, info.end))
    lines = [
        f"{quote.id}  quote, {quote.kind}, confidence {quote.confidence}",
        f"  sentence {info.sequence}: {words(text, read.span)} {read.score:.2f}".replace("\n", " "),
        *([f"  cue {words(text, read.cue)}"] if read.cue else ["  cue: no words"]),
        *(party("speaker", read.speaker, coded) if read.speaker else ["  speaker: nobody is named"]),
        *(f"  about “{entity.entity_text}”: {entity.code or 'no code'}" for entity in quote.about),
    ]
    return "\n".join(lines) + "\n"
