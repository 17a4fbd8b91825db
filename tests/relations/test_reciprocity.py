"""Answers that were put in are found, and none where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from detente.relations.reciprocity import poisson_weights, reciprocity


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


@pytest.mark.parametrize("half_life", [1.0, 7.0, 30.0])
def test_no_weights_are_likelier(half_life: float) -> None:
    """Climbing by ten thousand small steps comes to no better place, on ten pairs whose causes go together."""
    for seed in range(10):
        counts, other = pair(0.2, 0.5, 300, seed, half_life)
        keep = 2.0 ** (-1 / half_life)
        past = np.zeros((2, 300))
        for day in range(1, 300):
            past[:, day] = keep * past[:, day - 1] + (1 - keep) * np.array([counts[day - 1], other[day - 1]])
        causes = np.vstack([np.ones(300), past])

        assert log_likelihood(counts, poisson_weights(counts, causes) @ causes) >= log_likelihood(counts, slow_weights(counts, causes) @ causes) - 1e-6


def slow_weights(counts: np.ndarray, causes: np.ndarray) -> np.ndarray:
    """Expectation-maximisation, which never leads down."""
    weights = np.full(len(causes), counts.sum() / causes.sum())
    for _ in range(10_000):
        weights = weights * (causes @ (counts / (weights @ causes))) / causes.sum(axis=1)
    return weights


def log_likelihood(counts: np.ndarray, expected: np.ndarray) -> float:
    """Of Poisson counts, without what does not depend on what is expected."""
    return float(np.sum(counts * np.log(expected) - expected))


def test_what_never_was_causes_nothing() -> None:
    """A cause that is 0 every day gets no weight, and counts that are all 0 give none to any."""
    causes = np.stack([np.ones(50), np.zeros(50)])

    assert poisson_weights(np.arange(50.0), causes).tolist() == pytest.approx([24.5, 0.0])
    assert poisson_weights(np.zeros(50), causes).tolist() == [0.0, 0.0]
