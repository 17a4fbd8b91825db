"""Rates: bands that hold, exposure that counts, silence that is doubt."""

from __future__ import annotations

import numpy as np
import pytest

from detente.relations.rates import Settings, filtered, fit_on, log_chance

SOME = Settings(keep=0.9, anchor=5.0, weight=1.0, a0=1.0, b0=1.0)


def test_fading_counts_equal_their_slow_twin() -> None:
    """The filter equals the recursion written out day by day."""
    rng = np.random.default_rng(0)
    counts, exposure = rng.poisson(2.0, 40).astype(float), rng.gamma(4, 0.25, 40)
    a, b, seen, news = SOME.anchor * SOME.a0 / SOME.b0, SOME.anchor, 0.0, 0.0
    found = filtered(counts, exposure, SOME)

    for day in range(40):
        usual = (SOME.a0 + seen) / (SOME.b0 + news)
        a = SOME.keep * a + (1 - SOME.keep) * SOME.anchor * usual + counts[day]
        b = SOME.keep * b + (1 - SOME.keep) * SOME.anchor + exposure[day]
        seen, news = seen + counts[day], news + exposure[day]
        assert (found.a[day], found.b[day]) == pytest.approx((a, b))


def test_bands_hold_a_drifting_rate() -> None:
    """With fitted settings the 80 % band holds the true rate of 100 drifting dyads on 70 to 90 days in a hundred."""
    rng = np.random.default_rng(1)
    drift = np.cumsum(rng.normal(0, 0.07, (100, 400)), axis=1)
    drift -= drift.mean(axis=1, keepdims=True)
    rate = np.exp(0.5 + 0.5 * rng.normal(size=(100, 1)) + drift)
    counts, exposure = rng.poisson(rate).astype(float), np.ones(400)
    settings = fit_on(counts, exposure, (2.0, 1.0))
    found = filtered(counts, exposure, settings)
    inside = (found.quantile(0.1) < rate) & (rate < found.quantile(0.9))

    assert 0.7 < inside[:, 60:].mean() < 0.9


def test_twice_the_news_is_no_other_rate() -> None:
    """Twice the reports in twice the news leave the rate, and narrow the band."""
    once = filtered(np.full(60, 2.0), np.ones(60), SOME)
    twice = filtered(np.full(60, 4.0), np.full(60, 2.0), SOME)

    assert twice.mean[-1] == pytest.approx(once.mean[-1], rel=0.02)
    assert twice.quantile(0.9)[-1] - twice.quantile(0.1)[-1] < once.quantile(0.9)[-1] - once.quantile(0.1)[-1]


def test_unknown_days_are_not_calm() -> None:
    """Days without any news leave the rate near what was known and widen the band; calm days lower it."""
    counts = np.concatenate([np.full(50, 5.0), np.zeros(20)])
    unknown = filtered(counts, np.concatenate([np.ones(50), np.zeros(20)]), SOME)
    calm = filtered(counts, np.ones(70), SOME)

    assert unknown.mean[-1] > 4
    assert calm.mean[-1] < 2.5
    assert unknown.a[-1] < unknown.a[49]


def test_chances_of_counts_sum_to_one() -> None:
    """All counts together are certain."""
    told = log_chance(np.arange(400.0), np.array(2.5), np.array(0.4), np.array(3.0))

    assert np.exp(told).sum() == pytest.approx(1.0)
