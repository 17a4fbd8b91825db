"""Rows of other data against what a text says: each verdict by hand, and the whole way through the program on texts of our own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.formats.audit import VERDICTS, finding, summary, wilson
from tests.formats.rows import event, party

ROW = event(id="gdelt-1", text="", confidence=None, actor=(party("KEN", None, "KENYA"),), recipient=(party("ETH", None, "ETHIOPIA"),))


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, "holds"),
        ({"date": None, "enddate": None}, "holds"),
        ({"date": "2025-06-01", "enddate": "2025-06-30"}, "holds"),
        ({"event": ("SANCTION",)}, "other type"),
        ({"recipient": (party("SOM", "GOV", "Somalia"),)}, "other actors"),
        ({"actor": (party("ETH", "GOV", "Ethiopia"),), "recipient": (party("KEN", "GOV", "Kenya"),)}, "other actors"),
        ({"status": "negated"}, "not an actual event"),
        ({"status": "hypothetical", "date": "2024-01-01", "enddate": "2024-01-01"}, "not an actual event"),
        ({"date": "2025-06-02", "enddate": "2025-06-02"}, "other date"),
        ({"event": ("SANCTION",), "actor": (party("SOM", "GOV", "Somalia"),)}, "not in the text"),
    ],
)
def test_each_verdict_follows_from_what_the_text_says(more: dict[str, Any], verdict: str) -> None:
    """The text has the row's act, but for one thing."""
    found = finding(ROW, [event(**more)])

    assert found.verdict == verdict
    assert (found.ours is None) == (verdict == "not in the text")


def test_a_text_without_events_has_not_the_row() -> None:
    """Nothing is compared with nothing."""
    assert finding(ROW, []).verdict == "not in the text"


def test_the_event_that_agrees_most_is_compared() -> None:
    """The right act among others decides, wherever it stands."""
    others = [event(event=("SANCTION",)), event(status="future"), event(recipient=(party("SOM", None, "Somalia"),))]

    assert finding(ROW, [*others, event()]).verdict == "holds"
    assert finding(ROW, [event(), *others]).verdict == "holds"


def test_parties_the_other_way_round_are_told() -> None:
    """Who did it is half of the event."""
    turned = event(actor=(party("ETH", "GOV", "Ethiopia"),), recipient=(party("KEN", "GOV", "Kenya"),))

    assert finding(ROW, [turned]).detail == "the same parties the other way round"


def test_in_a_meeting_either_side_may_come_first() -> None:
    """A reciprocal event has all its parties as actors."""
    meeting = event(actor=(party("ETH", "GOV", "Ethiopia"), party("KEN", "GOV", "Kenya")), recipient=(), reciprocal=True)

    assert finding(ROW, [meeting]).verdict == "holds"


def test_a_party_without_a_state_is_known_by_sector_or_name() -> None:
    """GDELT's POLICE without a country is any police; a name alone must stand in ours."""
    police = event(actor=(party("KEN", "COP", "Kenyan police"),))

    assert finding(event(actor=(party(None, "COP", "POLICE"),)), [police]).actors
    assert not finding(event(actor=(party(None, "MIL", "ARMY"),)), [police]).actors
    assert finding(event(actor=(party(None, None, "KENYAN POLICE"),)), [police]).actors


def test_dates_may_differ_by_the_days_that_are_allowed() -> None:
    """A day of difference is often the zone of time."""
    ours = event(date="2025-06-02", enddate="2025-06-02")

    assert finding(ROW, [ours], days=1).verdict == "holds"


def test_the_interval_is_wilsons() -> None:
    """8 of 10: 0.490 to 0.943, as in every table of it; the ends of the scale stay inside it."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == 1


@given(hits=st.integers(0, 50), more=st.integers(0, 50))
def test_the_share_lies_in_its_interval(hits: int, more: int) -> None:
    """And the interval in [0, 1]."""
    if hits + more == 0:
        return
    low, high = wilson(hits, hits + more)

    assert 0 <= low <= hits / (hits + more) + 1e-9
    assert hits / (hits + more) - 1e-9 <= high <= 1


def test_the_summary_counts_every_verdict() -> None:
    """Also those that no row got; without rows there is no share."""
    told = summary(Counter({"holds": 3, "other date": 1}))

    assert list(told.verdicts) == list(VERDICTS)
    assert (told.audited, told.holds) == (4, 0.75)
    assert summary(Counter()).holds is None
