"""Events that a person marked because the program had missed them: made of words in a document, and kept in the ledger as records."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from detente.errors import BadSetting
from detente.ontology import PLOVER
from detente.reading.sentences import sentence_at, sentences
from detente.records import Document, Event, Span, TextInfo
from detente.review.correcting import CORRECT

if TYPE_CHECKING:
    from detente.web.shapes import MissedAsked


def marked(asked: MissedAsked, document: Document, *, at: dt.datetime) -> Event:
    """The event that somebody marks in a document.

    Raises:
        BadSetting: The words do not stand there, or a field breaks its rule.
    """
    span = _where(document, asked.words, asked.nth)
    number, sentence = sentence_at(sentences(document.text), span.start)
    kind = PLOVER.kind(asked.type)
    event = Event(
        id=f"{document.id}-m{span.start}", date=None, enddate=None, date_precision="unknown", time_text=None, historical=False, event=(asked.type,), mode=(),
        context=(), status="actual", quad_code=kind.quad, event_scale=kind.score, reciprocal=False, actor=(), recipient=(), event_loc=None,
        event_text=(span.of(document.text),), by=None, confidence=None, text=sentence.of(document.text),
        text_info=TextInfo(document=document.id, sequence=number, start=sentence.start, end=sentence.end, spans={"trigger": (span,)}),
        also=(), story=None, coder=f"{asked.by}, by hand", coded_date=at.date().isoformat(),
    )  # fmt: skip
    told = {"mode": asked.mode, "status": asked.status, "actor": asked.actor, "recipient": asked.recipient, "date": asked.date, "place": asked.place, "by": asked.told_by}
    for field, written in told.items():
        if written is not None and written.strip():
            event = CORRECT[field](event, written.strip())
    return event


def _where(document: Document, words: str, nth: int) -> Span:
    """The n-th place where the words stand, whatever white space parts them."""
    told = words.split()
    pattern = r"\s+".join(map(re.escape, told))
    found = [Span(*match.span()) for match in re.finditer(pattern, document.text)] if told else []
    if not found:
        raise BadSetting("words", words, f"they do not stand in {document.id}; copy them from its text")
    if nth > len(found):
        raise BadSetting("words", words, f"they stand there {len(found)} times, not {nth}")
    return found[nth - 1]
