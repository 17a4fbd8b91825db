"""Forecasts of the level: bands that hold, better than the dumb where the level is steady, honest where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import BadSetting
from detente.relations.forecast import LEVELS, covered, crps
from detente.relations.level import Settings
from detente.relations.points import FEWEST, forecast, learn, rival, stretches

SETTINGS = Settings(mean=0.0, between=4.0, swing=3.0, keep=2 ** (-1 / 60), day_noise=1.0, event_noise=9.0)


def world(n: int, n_days: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, n_days) reports and their points under `SETTINGS`."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(1.0, 0.5, (n, 1)), (n, n_days)).astype(float)
    swing = np.zeros((n, n_days))
    swing[:, 0] = rng.normal(0, SETTINGS.swing**0.5, n)
    for day in range(1, n_days):
        swing[:, day] = SETTINGS.keep * swing[:, day - 1] + rng.normal(0, (SETTINGS.swing * (1 - SETTINGS.keep**2)) ** 0.5, n)
    level = rng.normal(0, SETTINGS.between**0.5, (n, 1)) + swing
    noise = rng.normal(0, 1, (n, n_days)) * (SETTINGS.day_noise + SETTINGS.event_noise / np.maximum(counts, 1)) ** 0.5
    return counts, counts * np.clip(level + noise, -10, 10)


@pytest.mark.parametrize("days", [7, 28])
def test_bands_hold_what_comes(days: int) -> None:
    """Learned on the past of 200 dyads, the 80 % band holds 75 to 85 in a hundred of what came, the dumb miss by more."""
    counts, sums = world(200, 600, 1)
    end = 600 - days
    past = counts[:, :end], sums[:, :end]
    n = counts[:, end:].sum(axis=1)
    truth = (sums[:, end:].sum(axis=1) / np.maximum(n, 1))[n > 0]
    told = forecast(*past, np.ones(end, bool), SETTINGS, learn(*past, np.ones(end, bool), SETTINGS, days))
    ours = told._replace(quantiles=told.quantiles[n > 0])

    assert covered(ours, truth, 0.8).mean() == pytest.approx(0.8, abs=0.06)
    for name in ("no change", "seasonal", "mean"):
        other = rival(name, *past, days)
        theirs = other._replace(quantiles=other.quantiles[n > 0])
        known = ~np.isnan(theirs.quantiles[:, 0])
        assert np.mean(crps(ours, truth)[known]) < np.mean(crps(theirs, truth)[known]), name


def test_no_change_is_the_last_stretch_that_had_reports() -> None:
    """A silent week is passed over; the guess is the week before."""
    counts, sums = np.zeros((1, 70)), np.zeros((1, 70))
    counts[0, 3:63:7], sums[0, 3:63:7] = 1, np.arange(9)

    assert stretches(counts, sums, 7)[0, :9].tolist() == list(range(9))
    assert rival("no change", counts, sums, 7).mean[0] == 8
    assert rival("mean", counts, sums, 7).mean[0] == 4


def test_a_rival_without_a_past_says_nothing() -> None:
    """Two weeks with reports tell no errors; the seasonal one needs a year and more."""
    counts, sums = np.zeros((1, 70)), np.zeros((1, 70))
    counts[0, [3, 40]] = 1

    assert FEWEST > 2
    assert np.isnan(rival("no change", counts, sums, 7).mean[0])
    assert np.isnan(rival("seasonal", np.ones((1, 70)), np.ones((1, 70)), 7).quantiles).all()
    assert rival("mean", np.ones((1, 70)), np.ones((1, 70)), 7).quantiles.shape == (1, len(LEVELS))


def test_nothing_is_learned_from_silence() -> None:
    """Dyads without reports tell nothing of how forecasts miss."""
    with pytest.raises(BadSetting, match="no stretch of so many days has reports"):
        learn(np.zeros((3, 100)), np.zeros((3, 100)), np.ones(100, bool), SETTINGS, 7)


def test_days_of_which_nothing_is_known_do_not_make_reports_rare() -> None:
    """As many reports as the known days had are expected, so that a gap of half a year widens no band but by what happened since."""
    counts, sums = world(50, 400, 4)
    known = np.ones(400, bool)
    known[200:380] = False
    counts[:, ~known], sums[:, ~known] = 0.0, 0.0
    learned = learn(*world(50, 400, 4), np.ones(400, bool), SETTINGS, 28)
    low, high = forecast(counts, sums, known, SETTINGS, learned).band(0.8)
    wide = forecast(counts, sums, np.ones(400, bool), SETTINGS, learned).band(0.8)

    assert np.all(high - low <= wide[1] - wide[0])
    assert np.mean(high - low) < 0.8 * np.mean(wide[1] - wide[0])
