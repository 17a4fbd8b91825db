"""Each word is given by its rule, from the strongest down."""

from __future__ import annotations

import numpy as np
import pytest

from detente.relations.rates import Rate
from detente.relations.reciprocity import Answer, Reciprocity
from detente.relations.verdict import Verdict, verdict

DAYS = 200
SURE = Answer(0.5, 0.3, 0.7, 0.2, 3.0, gain=0.1)
UNSURE = Answer(0.5, 0.0, 1.1, 0.2, 3.0, gain=-0.1)


def word(*, level: tuple[float, float] = (1.0, 1.0), conflict: tuple[float, float] = (1.0, 1.0), answers: Answer | None = None, reports: float = 1.0) -> Verdict:
    """The verdict on a relation whose level and rate of conflict step half-way through the last 90 days."""
    step = np.arange(DAYS) >= DAYS - 45
    mean, rate = (np.where(step, after, before) for before, after in (level, conflict))
    both = Reciprocity(answers, answers, 0.7) if answers else None
    return verdict(np.full(DAYS, reports), (mean, np.full(DAYS, 0.5)), Rate(100 * rate, np.full(DAYS, 100.0)), both)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (word(), "stable"),
        (word(level=(1.0, -1.0)), "cooling"),
        (word(level=(-1.0, 1.0)), "warming"),
        (word(reports=0.01), "dormant"),
        (word(level=(1.0, -1.0), conflict=(1.0, 2.0), answers=SURE), "spiral"),
        (word(level=(-3.0, -3.0), conflict=(1.0, 2.0), answers=SURE), "spiral"),
    ],
)
def test_each_word_has_its_rule(given: Verdict, said: str) -> None:
    """The level steps, conflict grows, both answer: the word follows."""
    assert given.word == said


def test_a_spiral_needs_answers_beyond_doubt() -> None:
    """Cooling with growing conflict is no spiral while answers are not borne out."""
    assert word(level=(1.0, -1.0), conflict=(1.0, 2.0), answers=UNSURE).word == "cooling"


def test_a_spiral_needs_growth() -> None:
    """Hostile neighbours who answer each other as ever do not spiral."""
    assert word(level=(-3.0, -3.0), answers=SURE).word == "stable"


def test_small_changes_have_small_chances() -> None:
    """The nearer the two levels, the less sure a verdict of change, and none below nine in ten."""
    assert word(level=(1.0, 0.2)).word == "stable"
    assert word(level=(1.0, 0.0)).chance < word(level=(1.0, -1.0)).chance
