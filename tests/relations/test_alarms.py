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

    assert np.flatnonzero(sounded(score, 5.0, Settings())[0]).tolist() == [50]


def test_what_gets_graver_sounds_again() -> None:
    """After threats that pass the threshold a blow of twice their height sounds at once, though it is quiet; the climb of one turn sounds once."""
    threats, climb = np.zeros((2, 1, 200)), np.zeros((2, 1, 200))
    threats[0, 0, 50:55], threats[0, 0, 55:70] = 6.0, 12.0
    climb[0, 0, 50:70] = np.minimum(5.5 + 4 * np.arange(20), 14.0)

    sound = sounded(threats, 5.0, Settings())[0]

    assert {int(day): int(sound[day]) for day in np.flatnonzero(sound)} == {50: -1, 55: -2}
    assert np.flatnonzero(sounded(climb, 5.0, Settings())[0]).tolist() == [50]


def test_true_alarms_cost_no_threshold() -> None:
    """Alarms on days that are known to be turns are no false ones: the threshold is as low as if the series had none there."""
    series = np.random.default_rng(6).normal(0, 5, (20, 700))
    turned, known = series.copy(), np.zeros(series.shape, dtype=bool)
    turned[:, 400:405] -= 200
    known[:, 400:415] = True
    years = 670 / 365.25

    calm, blind, seeing = threshold_for(scores(series), years), threshold_for(scores(turned), years), threshold_for(scores(turned), years, known=known)

    assert blind > seeing
    assert seeing == pytest.approx(calm, rel=0.15)


def test_unknown_days_are_silent() -> None:
    """Days of which nothing is known neither sound nor teach."""
    series = np.random.default_rng(4).normal(0, 5, (1, 300))
    series[0, 100:150] = np.nan

    assert not alarms(series, threshold=0.5)[0, 100:150].any()


def test_thresholds_are_above_nothing() -> None:
    """A threshold of 0 would sound always."""
    with pytest.raises(BadSetting, match="above 0"):
        alarms(np.zeros((1, 10)), threshold=0)
