"""Alarms: soon after a turn, seldom without one, and never by knowing what comes."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import BadSetting
from detente.relations.alarms import Settings, alarms, scores, sounded, threshold_for


def test_a_turn_is_heard_within_a_week() -> None:
    """A series that falls by six standard deviations on day 300 sounds towards conflict within seven days, on 40 of 40 tries."""
    rng = np.random.default_rng(0)
    series = rng.normal(0, 5, (40, 400))
    series[:, 300:] -= 30

    assert np.all((alarms(series)[:, 300:308] == -1).any(axis=1))


def test_a_calm_series_seldom_sounds() -> None:
    """Normal noise of 100 series and five years sounds less than once a series and year."""
    series = np.random.default_rng(1).normal(0, 5, (100, 5 * 365))

    assert np.count_nonzero(alarms(series)) / 100 / 5 < 1


def test_the_threshold_keeps_the_rate_that_it_states() -> None:
    """Set for two alarms a year on bursty series it gives two, within a tenth, on other series of the kind."""
    rng = np.random.default_rng(2)
    made, other = (rng.standard_t(2.5, (150, 1500)) * 5 for _ in range(2))
    years = (1500 - Settings().warm_up) / 365.25
    threshold = threshold_for(scores(made), years, a_year=2.0)

    assert np.count_nonzero(alarms(other, threshold=threshold)) / 150 / years == pytest.approx(2.0, rel=0.1)


def test_the_future_changes_no_alarm() -> None:
    """What sounds by a day is the same, whatever comes after it."""
    series = np.random.default_rng(3).normal(0, 5, (5, 300))
    other = series.copy()
    other[:, 200:] += 100

    assert np.array_equal(alarms(series, threshold=2)[:, :200], alarms(other, threshold=2)[:, :200])


def test_no_second_alarm_while_it_lasts() -> None:
    """A score that stays high sounds once; it must fall below half the threshold first."""
    score = np.zeros((2, 1, 200))
    score[0, 0, 50:150] = 9.0

    assert np.flatnonzero(sounded(score, 5.0, 30)[0]).tolist() == [50]


def test_unknown_days_are_silent() -> None:
    """Days of which nothing is known neither sound nor teach."""
    series = np.random.default_rng(4).normal(0, 5, (1, 300))
    series[0, 100:150] = np.nan

    assert not alarms(series, threshold=0.5)[0, 100:150].any()


def test_thresholds_are_above_nothing() -> None:
    """A threshold of 0 would sound always."""
    with pytest.raises(BadSetting, match="above 0"):
        alarms(np.zeros((1, 10)), threshold=0)
