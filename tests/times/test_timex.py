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
