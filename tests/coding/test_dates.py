"""When each event of a reading took place: its own words, the news of the day, or nobody knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.coding.dates import event_dates
from detente.records import Document, Interval, Link
from tests.builders import at, reading, trigger

TEXT = "Iran met Oman on Monday. It threatened to leave. Three days later it left."
PUBLISHED = dt.date(2023, 5, 10)
MONDAY = Interval(dt.date(2023, 5, 8), dt.date(2023, 5, 8), "day")


def dates(*told: dict[str, Any], published: dt.date | None = PUBLISHED) -> tuple[Interval | None, ...]:
    """The days of "met", "threatened" and "left", of which `told` says more."""
    words = ("met", "threatened", "left")[: len(told)]
    triggers = tuple(trigger(TEXT, w, "CONSULT", **more) for w, more in zip(words, told, strict=True))
    seen = reading(TEXT, triggers=triggers, times=(at(TEXT, "Monday"), at(TEXT, "Three days later")))
    return event_dates(Document(id="d", text=TEXT, published=published), seen, news=0.5)


def test_an_events_own_words_come_first() -> None:
    """A "Monday" is the Monday before, however much the event looks like today's news."""
    assert dates({"time": Link(0, 0.9), "is_news": 1.0}) == (MONDAY,)


def test_news_without_words_is_of_the_day_or_the_day_before() -> None:
    """The story's own news; the precision says that two days are possible."""
    assert dates({"is_news": 0.5}) == (Interval(dt.date(2023, 5, 9), PUBLISHED, "range"),)


def test_other_events_without_words_stay_undated() -> None:
    """No date is taken from the paper's day in silence."""
    assert dates({"is_news": 0.49}) == (None,)


def test_without_a_day_of_publication_news_is_undated() -> None:
    """Relative words and news have nothing to count from."""
    assert dates({"is_news": 1.0}, {"time": Link(0, 0.9)}, published=None) == (None, None)


def test_words_count_from_the_event_told_before() -> None:
    """The words "three days later" mean three days after the last dated event, not after publication."""
    told = dates({"time": Link(0, 0.9)}, {}, {"time": Link(1, 0.9)})

    assert told[1] is None
    assert told[2] is not None
    assert told[2].first == dt.date(2023, 5, 11)


def test_words_that_tell_no_day_leave_the_day_of_the_news() -> None:
    """"Shortly" and the like: the news is as old as without them, and an undated event stays undated."""
    text = "Iran met Oman shortly before noon."
    seen = reading(text, triggers=(trigger(text, "met", "CONSULT", time=Link(0, 0.9), is_news=0.9),), times=(at(text, "shortly"),))
    later = reading(text, triggers=(trigger(text, "met", "CONSULT", time=Link(0, 0.9), is_news=0.1),), times=(at(text, "shortly"),))
    document = Document(id="d", text=text, published=PUBLISHED)

    assert event_dates(document, seen, news=0.5) == (Interval(dt.date(2023, 5, 9), PUBLISHED, "range"),)
    assert event_dates(document, later, news=0.5) == (None,)


def test_a_visit_of_days_ended_with_the_news() -> None:
    """A "four-day visit" that is told as done began four days ago."""
    text = "Iran ended a four-day visit to Oman."
    seen = reading(text, triggers=(trigger(text, "visit", "CONSULT", time=Link(0, 0.9), is_news=0.9),), times=(at(text, "four-day"),))

    (found,) = event_dates(Document(id="d", text=text, published=PUBLISHED), seen, news=0.5)

    assert found == Interval(dt.date(2023, 5, 6), PUBLISHED, "range")


def test_time_words_cut_short_are_read_whole() -> None:
    """The reader marked "since" of "since early May": the grammar's own expression there tells the days."""
    text = "Iran has shelled Oman since early May."
    seen = reading(text, triggers=(trigger(text, "shelled", "ASSAULT", time=Link(0, 0.9)),), times=(at(text, "since"),))

    (found,) = event_dates(Document(id="d", text=text, published=PUBLISHED), seen, news=0.5)

    assert found is not None
    assert (found.first, found.last) == (dt.date(2023, 5, 1), PUBLISHED)
