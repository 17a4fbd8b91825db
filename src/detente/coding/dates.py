"""When each event of a reading took place."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right

from detente.records import Document, Interval, Reading, Span, Trigger
from detente.times.grammar import find, interpret, since_length
from detente.times.tense import tense_of


def event_dates(document: Document, reading: Reading, *, news: float) -> tuple[Interval | None, ...]:
    """The interval of each trigger, or None where the text tells nothing.

    An event's own time words come first. Where they tell no day, an event that the reader takes for the story's own news (chance
    at least `news`) took place on the day of publication or the day before, or as long before as the words say it lasted
    ("a two-day visit"); other events stay undated.
    """
    out: list[Interval | None] = []
    anchor: Interval | None = None
    expressions = find(document.text) if reading.triggers else ()
    for trigger in reading.triggers:
        interval = _from_words(document, reading, trigger, anchor, expressions)
        if interval is not None:
            anchor = interval
        elif document.published is not None:
            interval = _from_news(document.text, document.published, reading, trigger, news)
        out.append(interval)
    return tuple(out)


def _from_words(document: Document, reading: Reading, trigger: Trigger, anchor: Interval | None, expressions: tuple[Span, ...]) -> Interval | None:
    """What the trigger's time words mean; the reader may have cut them short, so else the grammar's own expression there."""
    if trigger.time is None:
        return None
    span = reading.times[trigger.time.index]
    tense = tense_of(document.text, trigger.span, trigger.status)
    first = bisect_right(expressions, span.start, key=lambda e: e.end)
    whole = [e for e in expressions[first : first + 2] if e.overlaps(span)]
    tries = [span, *whole]
    return next((i for s in tries if (i := interpret(s.of(document.text), published=document.published, tense=tense, anchor=anchor)) is not None), None)


def _from_news(text: str, published: dt.date, reading: Reading, trigger: Trigger, news: float) -> Interval | None:
    """The days of the story's own news, as long as its words say that it lasted."""
    if trigger.time is not None and trigger.status == "actual" and tense_of(text, trigger.span, trigger.status) != "future":
        lasted = since_length(reading.times[trigger.time.index].of(text), published=published)
        if lasted is not None:
            return lasted
    return Interval(published - dt.timedelta(days=1), published, "range") if trigger.is_news >= news else None
