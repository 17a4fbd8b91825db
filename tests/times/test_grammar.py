"""What English news means by its time words, held to the codebook's section 4."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.records import Interval, Span
from detente.times import find, interpret, is_of_others, since_length

MONDAY = dt.date(2023, 5, 8)  # the day of the story that the codebook's examples are from


def read(
    words: str, *, tense: str = "past", anchor: str | None = None, published: dt.date | None = MONDAY
) -> str | None:
    """Days that the words mean, as "first/last" or "day"; `anchor` is written the same way."""
    days = [dt.date.fromisoformat(day) for day in anchor.split("/")] if anchor else []
    told = Interval(days[0], days[-1], "day" if len(days) == 1 else "month") if days else None
    found = interpret(words, published=published, tense=tense, anchor=told)
    if found is None:
        return None
    return str(found.first) if found.first == found.last else f"{found.first}/{found.last}"


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Monday", "2023-05-08"),
        ("last November", "2022-11-01/2022-11-30"),
        ("late February", "2023-02-16/2023-02-28"),
        ("early May", "2023-05-01/2023-05-15"),
        ("mid-May", "2023-05-11/2023-05-20"),
        ("last week", "2023-05-01/2023-05-07"),
        ("since March", "2023-03-01/2023-05-08"),
    ],
)
def test_the_codebooks_own_examples(words: str, days: str) -> None:
    """Section 4 gives these words and these days."""
    assert read(words) == days


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Feb. 4, 2023", "2023-02-04"),
        ("4 February 2023", "2023-02-04"),
        ("2023-02-04", "2023-02-04"),
        ("Saturday, February 4th, 2023", "2023-02-04"),
        ("July 2004", "2004-07-01/2004-07-31"),
        ("spring of 2004", "2004-03-01/2004-05-31"),
        ("in the winter of 1951-52", "1951-12-01/1952-02-29"),
        ("in the 1990s", "1990-01-01/1999-12-31"),
        ("the early 1990s", "1990-01-01/1993-12-31"),
        ("early 2008", "2008-01-01/2008-06-30"),
        ("1998-1999", "1998-01-01/1999-12-31"),
        ("from 2001 to 2005", "2001-01-01/2005-12-31"),
        ("between March and May 2004", "2004-03-01/2004-05-31"),
        ("June and November 2005", "2005-06-01/2005-11-30"),
        ("the 19th century", "1801-01-01/1900-12-31"),
        ("the September 11 attacks", "2001-09-11"),
        ("during World War II", "1939-09-01/1945-09-02"),
        ("the last day of 2011", "2011-12-31"),
        ("two days before the new year of 1997", "1996-12-30"),
        ("the end of 2004", "2004-12-01/2004-12-31"),
        ("Easter 2024", "2024-03-31"),
        ("the summer of '68", "1968-06-01/1968-08-31"),
        ("Q1 2004", "2004-01-01/2004-03-31"),
        ("the latter half of 2004", "2004-07-01/2004-12-31"),
        ("the first half of February 2020", "2020-02-01/2020-02-14"),
        ("the second Sunday in May 2020", "2020-05-10"),
        ("the third quarter of 2004", "2004-07-01/2004-09-30"),
    ],
)
def test_full_dates_need_no_day_of_publication(words: str, days: str) -> None:
    """A date with its year means the same whenever it is printed."""
    assert read(words, published=None) == days
    assert read(words) == days


@pytest.mark.parametrize(
    "words", ["Monday", "March 10", "last week", "two years ago", "since March", "overnight", "this summer"]
)
def test_relative_words_are_unknown_without_a_day_of_publication(words: str) -> None:
    """Nobody knows which Monday an undated text means."""
    assert read(words, published=None) is None


@pytest.mark.parametrize(
    ("words", "past", "future"),
    [
        ("Friday", "2023-05-05", "2023-05-12"),
        ("on Monday", "2023-05-08", "2023-05-08"),
        ("Tuesday night", "2023-05-02", "2023-05-09"),
        ("3:30 p.m. on Wednesday", "2023-05-03", "2023-05-10"),
        ("early on Thursday", "2023-05-04", "2023-05-11"),
        ("before dawn on Tuesday", "2023-05-02", "2023-05-09"),
        ("March 10", "2023-03-10", "2024-03-10"),
        ("August", "2022-08-01/2022-08-31", "2023-08-01/2023-08-31"),
        ("Christmas", "2022-12-25", "2023-12-25"),
        ("New Year's Day", "2023-01-01", "2024-01-01"),
        ("Independence Day", "2022-07-04", "2023-07-04"),
        ("over the weekend", "2023-05-06/2023-05-07", "2023-05-13/2023-05-14"),
        ("this week", "2023-05-08", "2023-05-08/2023-05-14"),
        ("this year", "2023-01-01/2023-05-08", "2023-05-08/2023-12-31"),
        ("the 21st", "2023-04-21", "2023-05-21"),
    ],
)
def test_tense_tells_on_which_side_of_publication_a_bare_day_lies(words: str, past: str, future: str) -> None:
    """What came to pass on Friday was last Friday; what will come is next Friday."""
    assert read(words) == past
    assert read(words, tense="future") == future


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("yesterday", "2023-05-07"),
        ("tonight", "2023-05-08"),
        ("tomorrow", "2023-05-09"),
        ("last night", "2023-05-07"),
        ("overnight", "2023-05-07/2023-05-08"),
        ("earlier in the day", "2023-05-08"),
        ("earlier today", "2023-05-08"),
        ("the first quarter of last year", "2022-01-01/2022-03-31"),
        ("the first half of this year", "2023-01-01/2023-06-30"),
        ("the first half of April", "2023-04-01/2023-04-15"),
        ("the second half of last month", "2023-04-16/2023-04-30"),
        ("the second half of the week", "2023-05-11/2023-05-14"),
        ("the second Sunday of April", "2023-04-09"),
        ("third Tuesday of March", "2023-03-21"),
        ("the last Friday in April", "2023-04-28"),
        ("the last Monday of the month", "2023-05-29"),
        ("the fifth Sunday of March", None),
        ("nearly a decade ago", "2013-01-01/2022-12-31"),
        ("the end of March", "2023-03-21/2023-03-31"),
        ("the end of November", "2022-11-21/2022-11-30"),
        ("the last week of April", "2023-04-24/2023-04-30"),
        ("this fiscal year", "2023-01-01/2023-05-08"),
        ("in the past five working days", "2023-05-03/2023-05-08"),
        ("a month earlier than usual", None),
        ("earlier Monday", "2023-05-08"),
        ("earlier this month", "2023-05-01/2023-05-08"),
        ("later this year", "2023-05-09/2023-12-31"),
        ("last month", "2023-04-01/2023-04-30"),
        ("last winter", "2022-12-01/2023-02-28"),
        ("next week", "2023-05-15/2023-05-21"),
        ("next month", "2023-06-01/2023-06-30"),
        ("next Tuesday", "2023-05-09"),
        ("Thursday of last week", "2023-05-04"),
        ("March last year", "2022-03-01/2022-03-31"),
        ("the same month last year", "2022-05-01/2022-05-31"),
        ("ten days ago", "2023-04-28"),
        ("three weeks ago", "2023-04-17/2023-04-23"),
        ("early Wednesday morning, May 3", "2023-05-03"),
        ("a year and a half ago", "2021-01-01/2021-12-31"),
        ("six months ago", "2022-11-01/2022-11-30"),
        ("two years ago", "2021-01-01/2021-12-31"),
        ("twenty-five years ago", "1998-01-01/1998-12-31"),
        ("in recent weeks", "2023-04-08/2023-05-08"),
        ("in the past three months", "2023-02-08/2023-05-08"),
        ("over the past week", "2023-05-01/2023-05-08"),
        ("by the end of the year", "2023-05-08/2023-12-31"),
        ("before June 30", None),
        ("for a fourth day Sunday", "2023-05-04/2023-05-07"),
        ("since the last truce collapsed on March 19", "2023-03-19/2023-05-08"),
        ("after April's earthquake", "2023-04-01/2023-05-08"),
    ],
)
def test_words_seen_from_the_day_of_publication(words: str, days: str | None) -> None:
    """Each of these counts from the day of the paper, and where it has no beginning it stays unknown."""
    assert read(words) == days


def test_a_promise_of_days_runs_from_publication() -> None:
    """An ultimatum of thirty days begins with the paper."""
    assert read("within 30 days", tense="future") == "2023-05-08/2023-06-07"
    assert read("before June 30", tense="future") == "2023-05-08/2023-06-29"
    assert read("by Friday", tense="future") == "2023-05-08/2023-05-12"
    assert read("in three weeks", tense="future") == "2023-05-29/2023-06-04"
    assert read("over the next decade", tense="future") == "2023-05-08/2033-05-08"


def test_more_than_four_decades_ago_is_the_decade_that_ended_then() -> None:
    """Ties of 1979 were, in 2023, more than four decades old; a decade has ten years."""
    found = interpret("more than four decades ago", published=MONDAY)

    assert found == Interval(dt.date(1973, 1, 1), dt.date(1982, 12, 31), "decade")


def test_half_a_century_ago_is_about_fifty_years_ago() -> None:
    """Half a century is no whole one."""
    assert read("half a century ago") == "1968-01-01/1978-12-31"


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("the same week", "2023-02-06/2023-02-12"),
        ("the same day", "2023-02-08"),
        ("that evening", "2023-02-08"),
        ("the next day", "2023-02-09"),
        ("two days later", "2023-02-10"),
        ("the day before", "2023-02-07"),
        ("a week earlier", "2023-02-01"),
        ("a year earlier", "2022-02-01/2022-02-28"),
        ("the following month", "2023-03-01/2023-03-31"),
        ("the following May", "2023-05-01/2023-05-31"),
        ("that November", "2023-11-01/2023-11-30"),
        ("within hours", "2023-02-08"),
        ("since then", "2023-02-08/2023-05-08"),
        ("at the time", "2023-02-08"),
    ],
)
def test_some_words_look_from_what_was_told_before(words: str, days: str) -> None:
    """The words "the same week" mean the week of its antecedent (codebook), and nothing without one."""
    assert read(words, anchor="2023-02-08") == days
    assert read(words) is None


def test_two_days_after_stands_on_the_earlier_of_two_events() -> None:
    """The words date the storming in "resigned on Friday, two days after police had stormed it"."""
    assert read("two days after", anchor="2023-05-05") == "2023-05-03"


def test_the_same_period_last_year_is_as_long_as_the_one_told() -> None:
    """Sales of February are held against February; without anything told, the month of the paper is meant."""
    assert read("the same period last year", anchor="2023-02-01/2023-02-28") == "2022-02-01/2022-02-28"
    assert read("the same period last year") == "2022-05-01/2022-05-31"


def test_the_day_after_a_month_is_unknown() -> None:
    """The next day says nothing when all that was told before is a month."""
    assert read("the next day", anchor="2023-02-01/2023-02-28") is None


@pytest.mark.parametrize(
    "words",
    [
        "for nine days",
        "several weeks",
        "daily",
        "recently",
        "previously",
        "banana",
        "",
        "on arrival",
        "February 30",
        "1500 BC",
        "in recent years",
        "Lunar New Year",
        "the Jewish New Year 2004",
        "Orthodox Easter",
        "Ukraine's Independence Day",
    ],
)
def test_what_tells_no_day_is_unknown_and_never_guessed(words: str) -> None:
    """A length, a habit, a vague word, a day that does not exist: None."""
    assert read(words) is None


@pytest.mark.parametrize(
    ("words", "precision"),
    [
        ("Monday", "day"), ("last week", "week"), ("last May", "month"), ("last summer", "season"), ("first quarter", "quarter"),
        ("2004", "year"), ("the 1980s", "decade"), ("late May", "range"),
    ],
)  # fmt: skip
def test_precision_says_how_finely_the_words_tell_time(words: str, precision: str) -> None:
    """The record contract knows eight precisions."""
    found = interpret(words, published=MONDAY)

    assert found is not None
    assert found.precision == precision


def test_leap_day_in_a_common_year_is_the_last_there_was() -> None:
    """The one last before a paper of 2023 was in 2020."""
    assert read("Feb. 29") == "2020-02-29"


def test_feasts_that_move() -> None:
    """Easter and Thanksgiving by their rules; Ramadan to a day, since the moon is sighted."""
    assert read("Good Friday") == "2023-04-07"
    assert read("Thanksgiving", tense="future") == "2023-11-23"
    found = interpret("Ramadan", published=MONDAY)
    assert found is not None
    assert abs((found.first - dt.date(2023, 3, 23)).days) <= 1


def test_all_times_of_a_text_are_found_with_their_telling_prepositions_only() -> None:
    """Outside stays "on", inside "since"; a length is a time expression too."""
    text = (
        "On Monday, two years after he left, Theresa May said talks held since late March 2023 may end within 30 days."
    )

    assert [span.of(text) for span in find(text)] == [
        "Monday",
        "two years after",
        "since late March 2023",
        "within 30 days",
    ]


def test_a_year_that_heads_a_chapter_is_a_time() -> None:
    """On a line of its own or before a colon; a number that begins a sentence is none."""
    text = "1936\n\nThe generals rose.\n\n2005: Elections\n\n1500 men voted."

    assert [span.of(text) for span in find(text)] == ["1936", "2005"]


def test_an_age_is_no_time() -> None:
    """A man of 40 did nothing 40 years ago for it; and "days" alone is a length only behind a word that lasts."""
    text = "The 40-year-old talked for days. Better days came."

    assert [span.of(text) for span in find(text)] == ["days"]


def test_ordinary_words_are_no_times() -> None:
    """The sun, a march, Sun Yat-sen, a second round and the fall of Kabul."""
    text = (
        "The sun rose. A march began; Sun Yat-sen won a second round. The fall of Kabul killed 1998 men. It may fall."
    )

    assert find(text) == ()


words_of_time = st.sampled_from(
    [
        "the",
        "a",
        "of",
        "in",
        "on",
        "since",
        "between",
        "and",
        "from",
        "to",
        "by",
        "31",
        "30",
        "29",
        "4",
        "2004",
        "0001",
        "9999",
        "1990s",
        "3rd",
        "first",
        "last",
        "next",
        "this",
        "that",
        "same",
        "late",
        "early",
        "mid",
        "-",
        "week",
        "weeks",
        "month",
        "year",
        "years",
        "decade",
        "century",
        "day",
        "days",
        "ago",
        "later",
        "before",
        "after",
        "Monday",
        "May",
        "February",
        "summer",
        "Christmas",
        "Ramadan",
        "two",
        "half",
        "hundred",
        "past",
        "few",
        "'s",
        ",",
        "99999999999",
        "12:61",
        "2023-13-45",
        "end",
        "quarter",
        "night",
        "overnight",
        "within",
        "until",
    ]
)
anchors = st.none() | st.builds(
    lambda day, n: Interval(day, day + dt.timedelta(n), "day"),
    st.dates(max_value=dt.date(9990, 1, 1)),
    st.integers(0, 400),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(words_of_time, max_size=8).map(" ".join) | st.text(),
    st.none() | st.dates(),
    st.sampled_from(["past", "future", "present"]),
    anchors,
)
@example("99999999999 decades ago", MONDAY, "past", None)
@example("the 99th century", None, "past", None)
def test_whatever_the_words_no_error_and_no_backward_interval(
    words: str, published: dt.date | None, tense: str, anchor: Interval | None
) -> None:
    """Any text may come from the reader; an interval never ends before it begins."""
    found = interpret(words, published=published, tense=tense, anchor=anchor)

    assert found is None or found.first <= found.last


@settings(max_examples=200, deadline=None)
@given(st.lists(words_of_time | st.text(max_size=4), max_size=30).map(" ".join) | st.text())
def test_spans_are_in_order_and_hold_words(text: str) -> None:
    """No two overlap, none is empty or has white space at its ends."""
    end = 0
    for span in find(text):
        assert end <= span.start < span.end <= len(text)
        assert span.of(text) == span.of(text).strip()
        end = span.end


def test_a_long_text_takes_time_in_proportion() -> None:
    """Ten times the words take no more than thirty times as long, and 300 words far less than a reader's second."""
    text = (
        "Talks began on Monday, two years after the war of 1998, and may end by late May or the week of March 10. " * 15
    )

    def seconds(words: str) -> float:
        begin = time.perf_counter()
        find(words)
        return time.perf_counter() - begin

    find(text)
    once = min(seconds(text) for _ in range(3))
    assert once < 0.5
    assert min(seconds(text * 10) for _ in range(2)) < 30 * once


def test_a_feast_behind_another_peoples_name_is_theirs() -> None:
    """Whoever cuts "New Year" out of "Lunar New Year" has no first of January; after other words it is one."""
    for text, others in (("They met at Chinese New Year.", True), ("They met China at New Year.", False), ("Orthodox Christmas is New Year.", False)):
        start = text.index("New Year")

        assert is_of_others(text, Span(start, start + len("New Year"))) is others


def test_an_eve_is_not_its_feast() -> None:
    """The longest name of a feast is the one meant."""
    assert interpret("Christmas Eve", published=dt.date(2009, 3, 15)) == Interval(dt.date(2008, 12, 24), dt.date(2008, 12, 24), "day")
    assert interpret("Eid al-Adha", published=dt.date(2009, 3, 15)) == interpret("Eid al Adha", published=dt.date(2009, 3, 15))


def test_this_weekend_in_mondays_paper_is_over() -> None:
    """In the past tense on a Monday the words mean the two days before."""
    assert interpret("this weekend", published=dt.date(2009, 3, 16), tense="past") == Interval(dt.date(2009, 3, 14), dt.date(2009, 3, 15), "range")


@pytest.mark.parametrize(("words", "first"), [("two-day", dt.date(2009, 3, 13)), ("24 hours", dt.date(2009, 3, 14)), ("one-year", dt.date(2008, 3, 15))])
def test_a_length_runs_up_to_the_news(words: str, first: dt.date) -> None:
    """How long the news lasted, counted back from its day; an unknown number tells nothing."""
    assert since_length(words, published=dt.date(2009, 3, 15)) == Interval(first, dt.date(2009, 3, 15), "range")
    assert since_length("several weeks", published=dt.date(2009, 3, 15)) is None
