"""One record, walked back: an event as `detente.coding.explaining` tells it, a quote beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import NamedTuple

from detente.coding.explaining import explanation, party, words
from detente.errors import BadSetting
from detente.records import Coded, Document, Event, Quote, Refused

MOST_NAMED = 60
"""Identifiers in one message."""


class Chosen(NamedTuple):
    """A record, what was read with it, and another document that the same words could have meant, if there is one."""

    coded: Coded
    record: Event | Quote
    beside: str | None


def chosen(file: str, documents: Iterable[Document | Refused], id: str, read: Callable[[Document], Coded]) -> Chosen:
    """The record of that name in a file: a whole name, such as strait-e01, is that document's, e01 the first document's that has one.

    Args:
        file: What holds the documents, for messages.
        documents: As the file has them; those that are refused are passed over while another may have the record, and the first is told when none has.
        id: Of an event or quote.
        read: What a document says.

    Raises:
        BadSetting: There is no such record, or no document.
    """
    whose, _, number = id.rpartition("-")
    rest, refused = iter(documents), None
    seen: list[str] = []
    known: list[str] = []
    for document in rest:
        if isinstance(document, Refused):
            refused = refused or document.detail
            continue
        seen.append(document.id)
        if whose not in ("", document.id):
            continue
        coded = read(document)
        told: tuple[Event | Quote, ...] = (*coded.events, *coded.quotes)
        records = {record.id: record for record in told}
        if found := records.get(f"{document.id}-{number}"):
            others = chain(seen[:-1], (other.id for other in rest if isinstance(other, Document)))
            return Chosen(coded, found, None if whose else next(others, None))
        known += records
    if not seen:
        raise BadSetting("file", file, refused or "it has no text")
    # a refused document is called by its line where its own name was not read, so that it may be the one that was asked for
    beside = f"; refused: {refused}" if refused else ""
    if whose not in ("", *seen):
        raise BadSetting("id", id, f"{file} has no document {whose!r}; it has: {_some(seen)}{beside}")
    raise BadSetting("id", id, f"{file} has no such event or quote; it has: {_some(known)}{beside}")


def _some(names: list[str]) -> str:
    told = ", ".join(names[:MOST_NAMED]) or "none"
    return told if len(names) <= MOST_NAMED else f"{told} and {len(names) - MOST_NAMED:,} more"


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
