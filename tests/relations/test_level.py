"""The level: found where it was put, with bands that hold, and never moved by mere coverage."""

from __future__ import annotations

import numpy as np
import pytest

from detente.relations.level import Observed, Settings, fit_on, level_of, log_likelihood, usual

TRUE = Settings(mean=1.0, between=9.0, swing=4.0, keep=2 ** (-1 / 30), day_noise=1.0, event_noise=16.0)


def world(settings: Settings, n: int, n_days: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True levels, daily means and numbers of events, (n_days, n) each."""
    rng = np.random.default_rng(seed)
    swing = np.zeros((n_days, n))
    swing[0] = rng.normal(0, settings.swing**0.5, n)
    for day in range(1, n_days):
        swing[day] = settings.keep * swing[day - 1] + rng.normal(0, (settings.swing * (1 - settings.keep**2)) ** 0.5, n)
    level = rng.normal(settings.mean, settings.between**0.5, n) + swing
    events = rng.poisson(rng.gamma(1, 1.5, n), (n_days, n)).astype(float)
    noise = np.sqrt(settings.day_noise + settings.event_noise / np.maximum(events, 1))
    return level, level + rng.normal(0, 1, level.shape) * noise, events


def dense_posterior(points: np.ndarray, events: np.ndarray, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """The slow twin: all days of one dyad as one joint normal, without any recursion."""
    days = np.arange(len(points))
    prior = settings.between + settings.swing * settings.keep ** np.abs(days[:, None] - days)
    seen = events > 0
    noise = np.diag(settings.day_noise + settings.event_noise / events[seen])
    gain = prior[:, seen] @ np.linalg.inv(prior[np.ix_(seen, seen)] + noise)
    return settings.mean + gain @ (points[seen] - settings.mean), np.diag(prior - gain @ prior[seen])


def test_the_filter_equals_its_slow_twin() -> None:
    """Mean and band of every day equal those of one large normal: as known at the end, and on the last day as known then."""
    _, points, events = world(TRUE, 3, 60, 1)
    found = level_of(points, events, TRUE)

    for dyad in range(3):
        mean, variance = dense_posterior(points[:, dyad], events[:, dyad], TRUE)
        assert found.now[dyad] == pytest.approx(mean)
        assert found.now_sd[dyad] ** 2 == pytest.approx(variance)
        early, _ = dense_posterior(points[:31, dyad], events[:31, dyad], TRUE)
        assert found.then[dyad, 30] == pytest.approx(early[-1])


def test_bands_hold_the_truth() -> None:
    """Of the true levels of 200 dyads four fifths lie in the 80 % band, both as known then and at the end."""
    level, points, events = world(TRUE, 200, 200, 2)
    found = level_of(points, events, TRUE)

    for mean, sd in ((found.then, found.then_sd), (found.now, found.now_sd)):
        assert np.mean(np.abs(level.T - mean) < 1.2816 * sd) == pytest.approx(0.8, abs=0.02)


def test_the_settings_are_found_again() -> None:
    """From 80 dyads the fit recovers the world's mean, its noise, and the level better than any start."""
    _, points, events = world(TRUE, 80, 150, 3)
    days = np.tile(np.arange(150)[:, None], (1, 80))
    order = np.argsort(events == 0, axis=0, kind="stable")
    seen = Observed(*(np.take_along_axis(part, order, axis=0).T for part in (days, points, events)))
    seen = seen._replace(day=np.maximum.accumulate(np.where(seen.events > 0, seen.day, 0), axis=1))
    totals = events.sum(axis=0)
    found = fit_on(seen, usual((points * events).sum(axis=0) / totals, totals))

    assert log_likelihood(seen, found) > log_likelihood(seen, TRUE) - 5
    assert found.mean == pytest.approx(TRUE.mean, abs=0.8)
    assert found.event_noise == pytest.approx(TRUE.event_noise, rel=0.25)


def test_a_few_enemies_do_not_move_what_is_usual() -> None:
    """Twenty at war among two hundred that trade: what is usual is what the two hundred do."""
    means, totals = np.array([2.0] * 200 + [-9.0] * 20), np.full(220, 50.0)

    assert usual(means, totals) == 2.0
    assert usual(means[::-1], totals) == 2.0


def test_who_is_known_better_has_more_of_a_vote_in_what_is_usual() -> None:
    """Three of one report each are outvoted by two of thousands; of two alike the middle lies between them."""
    assert usual(np.array([-5.0, -5.0, -5.0, 1.0, 1.0]), np.array([1.0, 1.0, 1.0, 5000.0, 5000.0])) == 1.0
    assert usual(np.array([1.0, 3.0]), np.array([40.0, 40.0])) == 2.0


def test_more_coverage_narrows_the_band_and_moves_no_level() -> None:
    """Ten times the reports of the same points: the same side of the level, a narrower band."""
    points = np.full((30, 2), -3.0)
    found = level_of(points, np.array([[1.0, 10.0]] * 30), TRUE)

    assert found.now_sd[1, -1] < found.now_sd[0, -1]
    assert found.now[1, -1] >= -3.0


def test_silence_widens_the_band() -> None:
    """After the last event the doubt grows day by day, and the level returns to what is usual for the dyad."""
    events = np.zeros((100, 1))
    events[:10] = 3.0
    found = level_of(np.full((100, 1), -5.0), events, TRUE)

    assert np.all(np.diff(found.then_sd[0, 10:]) > 0)
    assert found.then[0, -1] > found.then[0, 9]


def test_a_dyad_without_events_stands_where_the_others_do() -> None:
    """Nothing is known of it but that dyads differ: the mean of all, and their whole spread as doubt."""
    found = level_of(np.zeros((5, 1)), np.zeros((5, 1)), TRUE)

    assert found.now[0] == pytest.approx(TRUE.mean)
    assert found.now_sd[0] ** 2 == pytest.approx(TRUE.between + TRUE.swing)
