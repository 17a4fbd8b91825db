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


def word(*, level: tuple[float, float] = (1.0, 1.0), conflict: tuple[float, float] = (1.0, 1.0), answers: Answer | None = None, reports: float = 1.0, texts: float = 5.0) -> Verdict:
    """The verdict on a relation whose level and rate of conflict step half-way through the last 90 days."""
    step = np.arange(DAYS) >= DAYS - 45
    mean, rate = (np.where(step, after, before) for before, after in (level, conflict))
    both = Reciprocity(answers, answers, 0.7) if answers else None
    return verdict(np.full(DAYS, reports), np.ones(DAYS, bool), (mean, np.full(DAYS, 0.5)), Rate(100 * rate, np.full(DAYS, 100.0)), both, texts=texts)


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
    less, more = (word(level=(1.0, after)).chance for after in (0.0, -1.0))
    assert less is not None
    assert more is not None
    assert less < more


def told(counts: list[float], *, texts: float, known: list[bool] | None = None) -> Verdict:
    """The verdict on a relation whose level has fallen beyond doubt, by reports on these days; all are known unless `known` says otherwise."""
    mean = np.linspace(5.0, -5.0, len(counts))
    return verdict(np.array(counts), np.array(known or [True] * len(counts)), (mean, np.full(len(counts), 0.1)), Rate(np.ones(len(counts)), np.ones(len(counts))), None, texts=texts)


@pytest.mark.parametrize(
    ("days", "texts", "said"),
    [
        ((0, 3, 7, 8, 14, 15, 16), 7, "cooling"),
        ((0, 3, 7, 8, 14, 15, 16), 5, "cooling"),
        ((0, 3, 7, 8, 14, 15, 16), 4, "too little to tell"),
        ((0, 1, 2, 3, 4, 5, 7), 7, "too little to tell"),
        ((0, 0, 0, 0, 0, 0, 0), 1, "too little to tell"),
        ((0, 7, 14), 3, "dormant"),
    ],
)
def test_a_change_needs_several_texts_in_several_weeks(days: tuple[int, ...], texts: float, said: str) -> None:
    """Seven acts of one article, or of one week, are one witness of one time, however long others have been in the news."""
    found = told(np.bincount(np.subtract(DAYS - 1, days), minlength=DAYS).astype(float).tolist(), texts=texts)

    assert found.word == said
    if said == "too little to tell":
        weeks = len({day // 7 for day in days})
        assert found.chance is None
        assert found.why == f"reports 7, independent texts {texts}, weeks with reports {weeks} in the last 180 days; a verdict needs 5, 5 and 3"


def test_who_has_been_watched_for_a_month_does_not_sleep() -> None:
    """Few reports are silence only where there were days enough to be silent on."""
    assert told([0.0] * 29 + [1.0], texts=1).word == "too little to tell"
    assert told([0.0] * 89 + [1.0], texts=1).word == "dormant"


@pytest.mark.parametrize(("known", "said"), [(1, "too little to tell"), (89, "too little to tell"), (90, "dormant")])
def test_days_of_which_nothing_is_known_are_no_silence(known: int, said: str) -> None:
    """An event of long ago makes the calendar longer, not the news: only days of which there was news can pass without a report."""
    days = [True] + [False] * 9000 + [True] * known

    assert told([1.0] + [0.0] * (len(days) - 2) + [1.0], texts=2, known=days).word == said
