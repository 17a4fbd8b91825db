"""Forecasts: bands that hold, scores that reward truth, rivals that are given a fair chance."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import BadSetting
from detente.relations.forecast import LEVELS, Forecast, brier, covered, crps, forecast, learn, rival


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

    assert ours < crps(rival("no change", past, 28), truth).mean()
    assert ours < crps(rival("mean", past, 28), truth).mean()


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
