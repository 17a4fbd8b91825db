"""On which side of publication an event lies."""

from __future__ import annotations

import pytest

from detente.records import Span
from detente.times import tense_of


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
