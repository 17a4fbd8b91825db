"""On which side of publication an event lies."""

from __future__ import annotations

import pytest

from detente.records import Span
from detente.times.tense import tense_beside, tense_of


@pytest.mark.parametrize(
    ("text", "trigger", "status", "tense"),
    [
        ("The two met on Friday.", "met", "actual", "past"),
        ("Japan will lend Kenya money, it said on Sunday.", "will lend", "actual", "past"),
        ("They are meeting on Friday.", "meeting", "actual", "present"),
        ("The truce is to begin on Friday.", "truce", "future", "future"),
        ("The army could strike on Friday.", "strike", "hypothetical", "future"),
        ("The army may have fired on Friday.", "fired", "hypothetical", "past"),
        ("A missile that killed two on Friday was Ukrainian.", "killed", "hypothetical", "past"),
        ("He did not attend on Friday.", "attend", "negated", "past"),
        ("He will not attend on Friday.", "attend", "negated", "future"),
    ],
)
def test_the_words_before_a_trigger_tell_its_tense(text: str, trigger: str, status: str, tense: str) -> None:
    """A promise is past (dated when made); what may yet come is future; the perfect looks back."""
    start = text.index(trigger)

    assert tense_of(text, Span(start, start + len(trigger)), status) == tense


@pytest.mark.parametrize(
    ("text", "time", "tense"),
    [
        ("The king said on Friday that he will go.", "Friday", "past"),
        ("On Friday the king said that he will go.", "Friday", "past"),
        ("The summit will be held on Friday.", "Friday", "future"),
        ("A summit, to be held on Friday, was announced.", "Friday", "future"),
        ("On Friday the court will hear whether he lied.", "Friday", "future"),
        ("They could have met on Friday.", "Friday", "past"),
        ("Peru agreed to sell its ships in October.", "October", "past"),
        ("Plans to sell the ships announced in October were dropped.", "October", "past"),
        ("Peru plans to sell its ships in October.", "October", "future"),
        ("The vote has been put off until Friday.", "Friday", "future"),
        ("The vote was put off until Friday.", "Friday", "past"),
        ("Peru named three ships to sail through October.", "October", "future"),
        ("They have until Friday.", "Friday", "future"),
    ],
)
def test_the_nearest_verb_tells_the_tense_of_a_time(text: str, time: str, tense: str) -> None:
    """The verb last before the time in its sentence, or else the first behind it; an agreement is dated when it was made."""
    start = text.index(time)

    assert tense_beside(text, Span(start, start + len(time))) == tense
