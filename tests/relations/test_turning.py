"""Turning points: exact, and found where they were put."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detente.relations.turning import _sums, best_cuts, cost, turning_points

ONE = np.ones(1)


def slow_total(counts: np.ndarray, exposure: np.ndarray, cuts: list[int], penalty: float) -> float:
    """Costs of the stretches between the cuts, and the penalties."""
    edges = [0, *cuts, counts.shape[1]]
    stretches = itertools.pairwise(edges)
    costs = [float(cost(counts[:, i:j].sum(axis=1)[:, None], np.array([exposure[i:j].sum()]))[0]) for i, j in stretches]
    return sum(costs) + penalty * len(cuts)


def slow_best(counts: np.ndarray, exposure: np.ndarray, penalty: float, shortest: int) -> float:
    """The smallest total over every way to cut: no pruning, each stretch costed anew."""
    n = counts.shape[1]
    best = [0.0] + [np.inf] * n
    for end in range(1, n + 1):
        for begin in range(end - shortest + 1):
            piece = slow_total(counts[:, begin:end], exposure[begin:end], [], 0.0)
            best[end] = min(best[end], best[begin] + piece + (penalty if begin else 0.0))
    return best[n]


@pytest.mark.parametrize("shortest", [1, 2, 5, 7])
def test_no_way_of_cutting_is_better(shortest: int) -> None:
    """On 60 random series of two channels the total is the smallest of all, whatever the shortest stretch."""
    rng = np.random.default_rng(7 + shortest)
    for _ in range(60):
        n_days = int(rng.integers(2 * shortest, 45))
        rates = np.repeat(rng.gamma(1.0, 2.0, (2, 5)), 9, axis=1)[:, :n_days]
        exposure = rng.gamma(4.0, 0.25, n_days) * (rng.random(n_days) > 0.1)
        counts = rng.poisson(rates * exposure).astype(float)
        penalty = float(rng.choice([0.5, 3.0, 8.0]))
        sums = _sums(counts, exposure, shortest)
        cuts = [int(sums.day[c]) for c in best_cuts(sums, penalty, shortest)]

        assert all(b - a >= shortest for a, b in itertools.pairwise([0, *cuts, n_days]))
        assert slow_total(counts, exposure, cuts, penalty) == pytest.approx(slow_best(counts, exposure, penalty, shortest), abs=1e-6)


def test_a_war_begins_and_ends_on_its_days() -> None:
    """Conflict at tenfold rate from day 100 to 139 gives two turning points at these days, both nearly sure."""
    rng = np.random.default_rng(3)
    rate = np.where((np.arange(300) >= 100) & (np.arange(300) < 140), 5.0, 0.5)
    counts = np.stack([rng.poisson(1.0, 300), rng.poisson(rate)]).astype(float)

    first, second = turning_points(counts, np.ones(300))

    assert abs(first.day - 100) <= 1
    assert abs(second.day - 140) <= 1
    assert min(first.chance, second.chance) > 0.95
    assert first.earliest <= 100 <= first.latest
    assert first.after[1] > 5 * first.before[1]


def test_steady_news_seldom_turns() -> None:
    """On 200 steady series of 300 days fewer than one in ten shows any turning point."""
    rng = np.random.default_rng(5)
    found = [turning_points(rng.poisson(rate, (2, 300)).astype(float), np.ones(300)) for rate in rng.gamma(1, 2, 200)]

    assert sum(bool(cuts) for cuts in found) < 20


def test_the_chance_is_honest() -> None:
    """Of turning points told with a chance around 0.8 about that share is real: a change of rate within the days named."""
    rng = np.random.default_rng(11)
    told, real = [], []
    for _ in range(400):
        day = int(rng.integers(30, 170))
        counts = np.concatenate([rng.poisson(1.0, day), rng.poisson(rng.choice([1.7, 2.2, 3.0]), 200 - day)])[None, :].astype(float)
        for cut in turning_points(counts, np.ones(200), bunch=ONE):
            told.append(cut.chance)
            real.append(abs(cut.day - day) <= 3)

    assert abs(float(np.mean(told)) - float(np.mean(real))) < 0.1


def test_twice_the_news_is_no_turn() -> None:
    """When all the news doubles and this dyad's with it, nothing changed between the two."""
    rng = np.random.default_rng(2)
    exposure = np.repeat([1.0, 2.0], 150)

    assert turning_points(rng.poisson(2.0 * exposure, (2, 300)).astype(float), exposure) == []


def test_unknown_weeks_are_no_turn() -> None:
    """A stretch without any news is not a calm one."""
    rng = np.random.default_rng(2)
    exposure = np.ones(300)
    exposure[100:160] = 0.0

    assert turning_points(rng.poisson(2.0 * exposure, (1, 300)).astype(float), exposure) == []


@pytest.mark.parametrize("n_days", [1, 5, 13])
def test_too_few_days_have_no_turn(n_days: int) -> None:
    """Fewer days than two stretches need have no turning point."""
    assert turning_points(np.ones((2, n_days)), np.ones(n_days)) == []
