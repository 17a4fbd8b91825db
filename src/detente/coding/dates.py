"""When each event of a reading took place."""

from __future__ import annotations

import datetime as dt

from detente.records import Document, Interval, Reading, Trigger
from detente.times.grammar import interpret
from detente.times.tense import tense_of


def event_dates(document: Document, reading: Reading, *, news: float) -> tuple[Interval | None, ...]:
    """The interval of each trigger, or None where the text tells nothing.

    An event's own time words come first. Without any, an event that the reader takes for the story's own news (chance at least
    `news`) took place on the day of publication or the day before; other events stay undated.
    """
    out: list[Interval | None] = []
    anchor: Interval | None = None
    for trigger in reading.triggers:
        interval = _from_words(document, reading, trigger, anchor)
        if interval is not None:
            anchor = interval
        elif trigger.time is None and trigger.is_news >= news and document.published is not None:
            interval = Interval(document.published - dt.timedelta(days=1), document.published, "range")
        out.append(interval)
    return tuple(out)


def _from_words(document: Document, reading: Reading, trigger: Trigger, anchor: Interval | None) -> Interval | None:
    if trigger.time is None:
        return None
    words = reading.times[trigger.time.index].of(document.text)
    tense = tense_of(document.text, trigger.span, trigger.status)
    return interpret(words, published=document.published, tense=tense, anchor=anchor)
