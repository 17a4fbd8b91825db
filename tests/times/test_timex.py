"""Values as TimeML writes them."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.times.timex import tag


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("on Friday", "2023-05-05"),
        ("on Friday night", "2023-05-05TNI"),
        ("at 3:30 p.m. on Wednesday", "2023-05-03T15:30"),
        ("last week", "2023-W18"),
        ("in early March 2004", "2004-03"),
        ("last summer", "2022-SU"),
        ("in the 1990s", "199"),
        ("two years ago", "2021"),
        ("for nine days", "P9D"),
        ("for several weeks", "PXW"),
        ("the past two years", "P2Y"),
        ("every day", "P1D"),
        ("every morning", "XXXX-XX-XXTMO"),
        ("every Friday", "XXXX-WXX-5"),
        ("in recent weeks", "PXW"),
        ("for months", "PXM"),
        ("within minutes", "PTXM"),
        ("for two consecutive quarters", "P2Q"),
        ("in the third quarter of last year", "2022-Q3"),
        ("at the end of last year", "2022"),
        ("over the next decade", "P10Y"),
        ("two days after the vote", "P2D"),
        ("a month earlier than usual", "P1M"),
        ("until now", "PRESENT_REF"),
    ],
)
def test_each_kind_of_time_has_its_value(words: str, value: str) -> None:
    """Days, parts of days, weeks, lengths, habits and references."""
    text = f"They fought {words}."

    assert [each.value for each in tag(text, published=dt.date(2023, 5, 8))] == [value]


def test_in_a_history_months_follow_the_date_told_before() -> None:
    """The May of a chapter about 1942 is May 1942, and January after December is the next year's."""
    tagged = tag(
        "In December 1941 they came. In January they won. In May they lost.",
        published=dt.date(2009, 1, 1),
        narrative=True,
    )

    assert [each.value for each in tagged] == ["1941-12", "1942-01", "1942-05"]


def test_both_ends_of_a_stretch_are_marked() -> None:
    """TimeML marks "1861" and "1865" apart."""
    assert [each.value for each in tag("It lasted 1861-1865.", published=dt.date(2009, 1, 1))] == ["1861", "1865"]


def test_what_is_told_in_between_does_not_move_a_history() -> None:
    """Not "now", not the year itself, not a plan for another year; a year that heads a chapter does."""
    text = "On 10 March 1940 they came. A parade was planned for 1944. On 12 March they won. Few were now left in 1940. On 2 April they lost.\n\n1941\n\nIn May they fled."

    values = [each.value for each in tag(text, published=dt.date(2009, 1, 1), narrative=True)]

    assert values == ["1940-03-10", "1944", "1940-03-12", "PRESENT_REF", "1940", "1940-04-02", "1941", "1941-05"]


def test_the_end_of_the_month_of_a_history_is_its_own_months() -> None:
    """Not the month of the paper, nor December."""
    tagged = tag(
        "On 3 May 1940 they came. By the end of the month they had won.", published=dt.date(2009, 1, 1), narrative=True
    )

    assert [each.value for each in tagged] == ["1940-05-03", "1940-05"]
