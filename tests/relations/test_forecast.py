"""Forecasts: bands that hold, scores that reward truth, rivals that are given a fair chance."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import BadSetting
from detente.relations.forecast import (
    LEVELS,
    Forecast,
    able,
    brier,
    covered,
    crps,
    forecast,
    learn,
    origins,
    rival,
    whole,
)

KNOWN = np.ones(500, dtype=bool)


def world(n: int, n_days: int, seed: int) -> np.ndarray:
    """(n, n_days) reports whose rates drift slowly."""
    rng = np.random.default_rng(seed)
    drift = np.cumsum(rng.normal(0, 0.03, (n, n_days)), axis=1)
    return rng.poisson(np.exp(rng.normal(0, 1, (n, 1)) + drift)).astype(float)


@pytest.mark.parametrize("days", [7, 28])
def test_bands_hold_what_comes(days: int) -> None:
    """Learned on the past of 200 dyads, the 80 % band holds 70 to 90 in a hundred of what came."""
    counts = world(200, 500, 1)
    past, truth = counts[:, : 500 - days], counts[:, 500 - days :].sum(axis=1)
    news = np.ones(500 - days)
    told = forecast(past, news, learn(past, news, days))

    assert 0.7 < covered(told, truth, 0.8).mean() < 0.9


def test_knowing_the_rate_beats_the_dumb() -> None:
    """Where rates drift, ours is better than no change and than the mean of the past."""
    counts = world(200, 500, 2)
    past, truth = counts[:, :472], counts[:, 472:].sum(axis=1)
    ours = crps(forecast(past, np.ones(472), learn(past, np.ones(472), 28)), truth).mean()

    assert ours < crps(rival("no change", past, KNOWN[:472], 28), truth).mean()
    assert ours < crps(rival("mean", past, KNOWN[:472], 28), truth).mean()


def test_a_sure_truth_scores_nothing() -> None:
    """All quantiles at the truth miss by nothing; all at one beside it miss by one."""
    sure = Forecast(np.array([3.0]), np.full((1, 99), 3.0))

    assert crps(sure, np.array([3.0]))[0] == pytest.approx(0.0)
    assert crps(sure, np.array([4.0]))[0] == pytest.approx(1.0)
    assert brier(sure, np.array([3.0]), np.array([2.0]))[0] == pytest.approx(0.0)


def test_coverage_is_fair_to_lumps() -> None:
    """A true distribution of few counts is covered by its share, though no band can hold just 80 % of them."""
    rng = np.random.default_rng(0)
    told = Forecast(np.full(20000, 0.7), np.tile(np.quantile(rng.poisson(0.7, 200000), LEVELS), (20000, 1)))

    assert covered(told, rng.poisson(0.7, 20000).astype(float), 0.8).mean() == pytest.approx(0.8, abs=0.02)


def test_too_little_past_teaches_nothing() -> None:
    """A forecast of 28 days is not learned from 60."""
    with pytest.raises(BadSetting, match="four times as many days"):
        learn(np.ones((3, 60)), np.ones(60), 28)


def long_ago(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same reports, and their news, after one report of a dyad each and ten years of which nothing is known."""
    before = np.concatenate([np.ones((len(counts), 1)), np.zeros((len(counts), 3650))], axis=1)
    return np.concatenate([before, counts], axis=1), np.concatenate([[1.0], np.zeros(3650), np.ones(counts.shape[1])])


def test_days_of_which_nothing_is_known_are_no_days_without_reports() -> None:
    """One report of ten years ago changes nothing of what the rivals tell, and next to nothing of what ours does."""
    counts = world(60, 476, 3)
    older, news = long_ago(counts)
    known = news > 0

    for name in ("no change", "seasonal", "mean"):
        assert np.array_equal(rival(name, older, known, 28).quantiles, rival(name, counts, known[-476:], 28).quantiles), name
    told, plain = forecast(older, news, learn(older, news, 28)), forecast(counts, np.ones(476), learn(counts, np.ones(476), 28))
    assert told.mean == pytest.approx(plain.mean, rel=0.1, abs=0.1)


def test_a_stretch_with_a_gap_is_not_told_again() -> None:
    """After three whole weeks and one of silence the last whole week is told again, and last year's is not known."""
    counts, known = np.repeat([[3.0, 5.0, 9.0, 0.0]], 7, axis=1), np.repeat([True, True, True, False], 7)

    assert whole(known, 7).tolist() == [True, True, True, False]
    assert rival("no change", counts, known, 7).mean[0] == 63
    assert rival("mean", counts, known, 7).mean[0] == pytest.approx(7 * 17 / 3)
    assert able("no change", known, 7)
    assert not able("seasonal", known, 7)
    assert not able("no change", known & (np.arange(28) > 13), 7), "one whole week missed nothing yet"


def test_only_whole_stretches_teach() -> None:
    """Past forecasts are told where all that they are about is known; without gaps they are spread over all the days."""
    gap = KNOWN.copy()
    gap[200:300] = False

    assert origins(KNOWN, 28).tolist() == np.linspace(56, 472, 12).astype(int).tolist()
    assert all(gap[end : end + 28].all() for end in origins(gap, 28))
    assert len(origins(gap, 28)) == len(origins(KNOWN, 28)) == 12
    with pytest.raises(BadSetting, match="the events tell of 111"):
        origins(np.arange(500) < 111, 28)
    with pytest.raises(BadSetting, match="of no such stretch"):
        origins(np.arange(500) % 30 > 14, 28)
