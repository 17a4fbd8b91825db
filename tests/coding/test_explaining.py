"""An event is walked back to its words, from its record alone."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from detente.coding.explaining import behind
from detente.records import Coded, Entity
from tests.web.served import TALKS, talks


def told() -> Coded:
    """Iran meets Iraq, Iraq accuses Iran."""
    return talks("a", day=dt.date(2023, 5, 9))


def test_each_field_has_its_words_and_where_they_stand() -> None:
    """Who stands under the words that name them; what is in quotes stands in the text at the places that are told."""
    said = behind(told().events[1], TALKS)

    assert re.search(r"trigger “accused” \[\d+:\d+\]\n  actor “Iraq” \[\d+:\d+\]\n    is IRQ GOV Ali Hassan\b.*\n  recipient “Iran” \[\d+:\d+\]\n    is IRN", said), said
    assert [TALKS[int(first) : int(last)] for _, first, last in re.findall(r"“([^”]+)” \[(\d+):(\d+)\]", said)] == ["accused", "Iraq", "Iran"]
    assert "time no words: 2023-05-08 to 2023-05-08 (day)" in said


def test_who_has_no_words_is_told_all_the_same() -> None:
    """Such as a party that a person wrote in."""
    event = msgspec.structs.replace(told().events[1], by=Entity(code="OMN", entity_text="OMN"), confidence=None)

    assert "  by: no words\n    is OMN\n" in behind(event, TALKS)
    assert "confidence" not in behind(event, TALKS)
