"""Answers that were put in are found, and none where there are none."""

from __future__ import annotations

import numpy as np

from detente.relations.reciprocity import reciprocity


def pair(answer: float, own: float, n_days: int, seed: int, half_life: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Two sides; each act brings `answer` acts of the other and `own` of the same side, with this half-life."""
    rng, keep = np.random.default_rng(seed), 2.0 ** (-1 / half_life)
    past, counts = np.zeros(2), np.zeros((2, n_days))
    for day in range(n_days):
        counts[:, day] = rng.poisson(0.5 + own * past + answer * past[::-1])
        past = keep * past + (1 - keep) * counts[:, day]
    return counts[0], counts[1]


def test_the_answer_lies_in_its_interval() -> None:
    """Of 40 pairs in which an act brings 0.4 acts of the other, the 95 % interval holds the truth in at least 34."""
    held = 0
    for seed in range(20):
        found = reciprocity(*pair(0.4, 0.3, 1500, seed), np.ones(1500))
        assert found is not None
        held += sum(a.low <= 0.4 <= a.high for a in (found.a_to_b, found.b_to_a))

    assert held >= 34


def test_who_only_feeds_itself_answers_nobody() -> None:
    """Of 40 sides that go on by themselves at most four seem to answer the other."""
    found = [reciprocity(*pair(0.0, 0.6, 1000, seed), np.ones(1000)) for seed in range(20)]

    assert sum(a.answers for f in found if f for a in (f.a_to_b, f.b_to_a)) <= 4


def test_fast_and_slow_answers_are_told_apart() -> None:
    """Answers within a day or two are not taken for answers within weeks."""
    fast = reciprocity(*pair(0.5, 0.2, 3000, 1, half_life=1.0), np.ones(3000))
    slow = reciprocity(*pair(0.5, 0.2, 3000, 1, half_life=14.0), np.ones(3000))

    assert fast is not None
    assert slow is not None
    assert fast.b_to_a.half_life < slow.b_to_a.half_life


def test_feedback_tells_how_near_a_spiral_is() -> None:
    """Each act bringing 0.3 of its own kind and 0.5 of the other's feeds back 0.8 in all."""
    found = reciprocity(*pair(0.5, 0.3, 4000, 2), np.ones(4000))

    assert found is not None
    assert abs(found.feedback - 0.8) < 0.1


def test_few_acts_tell_nothing() -> None:
    """A side with fewer than twenty acts gets no estimate."""
    assert reciprocity(np.ones(100), np.zeros(100), np.ones(100)) is None
