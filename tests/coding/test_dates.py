"""When each event of a reading took place: its own words, the news of the day, or nobody knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from detente.coding.dates import event_dates
from detente.records import Document, Interval, Link
from tests.builders import at, reading, trigger

TEXT = "Iran met Oman on Monday. It threatened to leave. Three days later it left."
PUBLISHED = dt.date(2023, 5, 10)
NEWS = "2023-05-09/2023-05-10"
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


def test_two_events_of_one_time_are_of_one_day() -> None:
    """The words "three days later" are not counted from the first of the two for the second."""
    met, left = dates({"time": Link(1, 0.9)}, {}, {"time": Link(1, 0.9)})[::2]

    assert met == left


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


def dated(text: str, times: str, *triggers: tuple[str, dict[str, Any]], published: dt.date = PUBLISHED) -> list[str | None]:
    """The days of the triggers, written as one day or first/last; each is linked with the time words unless it says otherwise."""
    told = tuple(trigger(text, words, **({"type": "CONSULT", "time": Link(0, 0.9)} | more)) for words, more in triggers)
    seen = reading(text, triggers=told, times=(at(text, times),))
    found = event_dates(Document(id="d", text=text, published=published), seen, news=0.5)
    return [each and (str(each.first) if each.first == each.last else f"{each.first}/{each.last}") for each in found]


@pytest.mark.parametrize(
    ("text", "times", "words", "days"),
    [
        ("On Monday they marched, two days after police stormed a camp.", "two days after", "stormed", "2023-05-06"),
        ("The pact came two years after police stormed a camp.", "two years after", "stormed", "2021-01-01/2021-12-31"),
        ("They voted on Saturday. The court ruled two days after the vote.", "two days after", "ruled", "2023-05-08"),
        ("On Monday she said that men had seized him two nights before.", "two nights before", "seized", "2023-05-06"),
        ("They voted in April 2020. The following month the court ruled.", "The following month", "ruled", "2020-05-01/2020-05-31"),
    ],
)
def test_days_count_from_the_right_one_of_two_events(text: str, times: str, words: str, days: str) -> None:
    """What is told behind "after" came before, what is told before it came after; days told without an event count, too."""
    assert dated(text, times, (words, {})) == [days]


@pytest.mark.parametrize(
    ("text", "times", "words", "days"),
    [
        ("It has held the camp since March, when its troops seized it.", "since March", "seized", "2023-03-01/2023-03-31"),
        ("The crossing was shut since the 1995 war.", "1995", "war", "1995-01-01/1995-12-31"),
        ("In February last year bombs killed a guard.", "last year", "killed", "2022-02-01/2022-02-28"),
        ("It fell three years ago Monday.", "three years ago", "fell", "2020-05-08"),
        ("They mourned the September 11 attacks.", "September 11", "attacks", "2001-09-11"),
    ],
)
def test_the_words_around_a_time_belong_to_it(text: str, times: str, words: str, days: str) -> None:
    """As far as they tell of the event: the start of a stretch is not the stretch."""
    assert dated(text, times, (words, {})) == [days]


@pytest.mark.parametrize(
    ("text", "words", "more", "days"),
    [
        ("The king said on Friday that he will visit Oman.", "visit", {"status": "future"}, "2023-05-05"),
        ("Oman will send no ships, its king said on Friday.", "send", {"status": "negated"}, "2023-05-05"),
        ("They have not called off the march on Friday.", "march", {"status": "future"}, "2023-05-12"),
        ("They are to be tried on Friday.", "tried", {"type": "COERCE"}, "2023-05-12"),
        ("Iran will join talks on Friday.", "join", {"type": "AGREE", "is_news": 0.9}, "2023-05-09/2023-05-10"),
    ],
)
def test_a_day_is_on_the_side_of_its_own_verb(text: str, words: str, more: dict[str, Any], days: str) -> None:
    """Of saying or of doing; a promise is dated when it is made, not when it will be kept."""
    assert dated(text, "Friday", (words, more)) == [days]


@pytest.mark.parametrize(
    ("text", "times", "words", "type", "days"),
    [
        ("Oman agreed to meet Iran in July.", "July", "agreed", "AGREE", NEWS),
        ("Oman promised to visit Iran in early June.", "early June", "promised", "AGREE", NEWS),
        ("Oman promised to open its ports in July.", "July", "open", "AGREE", NEWS),
        ("Oman invited Iran for talks in late August.", "late August", "invited", "AGREE", NEWS),
        ("Oman urged Iran to open its ports by the summer.", "the summer", "urged", "REQUEST", NEWS),
        ("Oman agreed to send rice next month.", "next month", "agreed", "AGREE", NEWS),
        ("Oman agreed to free its sailors in January.", "January", "agreed", "CONCEDE", "2023-01-01/2023-01-31"),
        ("Oman agreed in August to free its sailors.", "August", "agreed", "CONCEDE", "2022-08-01/2022-08-31"),
        ("Oman agreed to a truce in August.", "August", "agreed", "CONCEDE", "2022-08-01/2022-08-31"),
        ("Oman agreed to pay rebels who seized a ship in August.", "August", "agreed", "AGREE", "2022-08-01/2022-08-31"),
        ("Oman urged Iran to open its ports on Friday.", "Friday", "urged", "REQUEST", "2023-05-05"),
        ("Oman sent ships to watch Iran in July.", "July", "sent", "MOBILIZE", "2022-07-01/2022-07-31"),
    ],
)
def test_what_is_promised_lies_ahead(text: str, times: str, words: str, type: str, days: str) -> None:
    """A month behind "agreed to meet" is that of the meeting, unless it has just gone by; the promise is of the news."""
    assert dated(text, times, (words, {"type": type, "is_news": 0.9})) == [days]


def test_news_in_a_sentence_that_told_a_day_is_of_that_day_or_since() -> None:
    """Both are possible; in the next sentence it is only the news."""
    text = "They met on Saturday and agreed. Rivals protested."
    news: dict[str, Any] = {"time": None, "is_news": 0.9}

    assert dated(text, "Saturday", ("met", {}), ("agreed", news), ("protested", news)) == [
        "2023-05-06",
        "2023-05-06/2023-05-10",
        "2023-05-09/2023-05-10",
    ]


@pytest.mark.parametrize(
    ("opening", "back"),
    [
        ("At the time, Qatar", True), ("At that time Qatar", True), ("Back then, it", True), ("At the time he", True),
        ("At the time of writing, Qatar", False), ("At the same time, Qatar", False), ("In time, Qatar", False),
    ],
)  # fmt: skip
def test_what_is_told_of_that_time_is_no_news(opening: str, *, back: bool) -> None:
    """A sentence that opens with "at the time" goes back to the day last told; "at the time of writing" and "at the same time" do not."""
    text = f"Iran met Oman on March 3. {opening} threatened to leave. Bahrain protested."
    triggers = (trigger(text, "met", "CONSULT", time=Link(0, 0.9)), trigger(text, "threatened", "THREATEN", is_news=0.9), trigger(text, "protested", "PROTEST", is_news=0.9))
    seen = reading(text, triggers=triggers, times=(at(text, "March 3"),))

    met, threatened, protested = event_dates(Document(id="d", text=text, published=PUBLISHED), seen, news=0.5)

    assert met == Interval(dt.date(2023, 3, 3), dt.date(2023, 3, 3), "day")
    assert protested == Interval(dt.date(2023, 5, 9), PUBLISHED, "range")
    assert threatened == (met if back else protested)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("They met on Saturday at Acme Corp. in Oman and protested.", "2023-05-06/2023-05-10"),
        ("They met on Saturday; rivals protested.", "2023-05-09/2023-05-10"),
        ("They met on Saturday, “the last [of May].” Rivals protested.", "2023-05-09/2023-05-10"),
    ],
)
def test_a_sentence_ends_where_the_reading_says(text: str, days: str) -> None:
    """Not at every stop, and behind brackets and quotes too; what a semicolon parts are two statements, each with days of its own."""
    assert dated(text, "Saturday", ("met", {}), ("protested", {"time": None, "is_news": 0.9})) == ["2023-05-06", days]
