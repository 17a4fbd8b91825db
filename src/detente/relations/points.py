"""What is to come of the level: the mean points of the reports within the coming weeks, with their distribution.

The level itself is never seen, so that no forecast of it could be graded; what is seen is the mean points of the weeks' reports, whose
expectation it is:

    mean     = base + swing * (keep + … + keep ** days) / days          as known today (`level`)
    variance = variance of the level's mean over the days, given today
               + day_noise / days with reports + event_noise / reports  both as many as the last `RECENT` days had
    told     = mean + sqrt(variance) * z                                z: quantiles of what past forecasts missed by, over all dyads

`z` is measured and not normal: points come in lumps, and a sparse dyad's weeks have one report or two. Source of measuring it: Vovk,
Gammerman and Shafer 2005, Algorithmic Learning in a Random World (conformal predictive distributions), here pooled over dyads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.errors import BadSetting
from detente.relations.forecast import LEVELS, Forecast, origins
from detente.relations.level import Settings, State, states_at
from detente.relations.panel import Bools, Floats

RECENT = 182
"""Known days whose reports are expected to go on."""

FEWEST = 4
"""Past stretches with reports that a rival needs, to know its own errors."""


class Learned(NamedTuple):
    """Quantiles at `LEVELS` of past misses, in standard deviations, of forecasts of so many days."""

    days: int
    misses: tuple[float, ...]


def learn(counts: Floats, sums: Floats, known: Bools, settings: Settings, days: int) -> Learned:
    """How past forecasts of `days` missed, over all these dyads; a stretch without reports tells nothing.

    Args:
        counts: (n, n_days) reports.
        sums: (n, n_days) their points, summed.
        known: (n_days,) whether anything is known of the day.
        settings: From `level.fit`.
        days: How many days ahead.

    Raises:
        BadSetting: As `forecast.origins`, or there are no reports in these stretches.
    """
    ends = origins(known, days)
    states = states_at(*_daily(counts, sums), settings, ends.tolist())
    missed = []
    for end, state in zip(ends, states, strict=True):
        mean, sd = _told(state, counts[:, :end][:, known[:end]], settings, days)
        n = counts[:, end : end + days].sum(axis=1)
        came = sums[:, end : end + days].sum(axis=1) / np.maximum(n, 1e-9)
        missed.append(((came - mean) / sd)[n > 0])
    every = np.concatenate(missed)
    if not len(every):
        raise BadSetting("days", days, "no stretch of so many days has reports to learn from")
    return Learned(days, tuple(np.quantile(every, LEVELS).tolist()))


def forecast(counts: Floats, sums: Floats, known: Bools, settings: Settings, learned: Learned) -> Forecast:
    """Mean points of the reports within the coming days, if there are any; arguments as `learn`, on days until today."""
    state = states_at(*_daily(counts, sums), settings, [counts.shape[1]])[0]
    mean, sd = _told(state, counts[:, known], settings, learned.days)
    quantiles = mean[:, None] + sd[:, None] * np.array(learned.misses)
    return Forecast(mean, np.clip(quantiles, -10.0, 10.0))


def rival(name: str, counts: Floats, sums: Floats, days: int) -> Forecast:
    """A dumb forecast of the mean points within `days`, with the errors that such a one made before.

    NaN for a dyad of which fewer than `FEWEST` past stretches tell such an error.

    Args:
        name: "no change" (the last stretch with reports again), "seasonal" (the same of last year) or "mean" (of all stretches).
        counts: (n, n_days) reports until today.
        sums: (n, n_days) their points.
        days: How many days ahead.
    """
    means = stretches(counts, sums, days)
    guesses, errors = _guesses(name, means, max(1, round(364 / days)))
    known = (np.count_nonzero(~np.isnan(errors), axis=1) >= FEWEST) & ~np.isnan(guesses)
    quantiles = np.full((len(counts), len(LEVELS)), np.nan)
    if known.any():
        quantiles[known] = np.nanquantile(guesses[known, None] + errors[known], LEVELS, axis=1).T
    return Forecast(np.where(known, guesses, np.nan), np.clip(quantiles, -10.0, 10.0))


def stretches(counts: Floats, sums: Floats, days: int) -> Floats:
    """(n, n_stretches) mean points of each past stretch, the last ends today; NaN without reports."""
    begin = counts.shape[1] % days
    n, total = (part[:, begin:].reshape(len(part), -1, days).sum(axis=-1) for part in (counts, sums))
    return np.where(n > 0, total / np.maximum(n, 1e-9), np.nan)


def _guesses(name: str, means: Floats, year: int) -> tuple[Floats, Floats]:
    """(n,) the guess of today, and (n, n_stretches) by how much such a guess missed each stretch."""
    known = ~np.isnan(means)
    if name == "mean":
        guess = np.where(known, means, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return guess, means - guess[:, None]
    before = np.concatenate([np.full((len(means), 1), np.nan), means], axis=1)
    if name == "no change":
        at = np.maximum.accumulate(np.where(np.isnan(before), 0, np.arange(before.shape[1])), axis=1)
        held = np.take_along_axis(before, at, axis=1)
    else:
        held = np.concatenate([np.full((len(means), year), np.nan), means], axis=1)[:, : means.shape[1] + 1]
    return held[:, -1], means - held[:, :-1]


def _daily(counts: Floats, sums: Floats) -> tuple[Floats, Floats]:
    """(n_days, n) mean points and reports of each day."""
    return (sums / np.maximum(counts, 1e-9) * (counts > 0)).T, counts.T


def _told(state: State, counts: Floats, settings: Settings, days: int) -> tuple[Floats, Floats]:
    """(n,) mean and standard deviation of the mean points of the coming reports; `counts` of known days alone."""
    left = settings.keep ** np.arange(1, days + 1)
    share = float(left.mean())
    ahead = np.arange(days)
    # of swings that begin after today: covariance on days i and j is swing * (keep ** |i - j| - keep ** (i + j))
    fresh = settings.swing * float((settings.keep ** np.abs(ahead[:, None] - ahead) - left[:, None] * left).mean())
    variance = state.base_var + 2 * share * state.both_cov + share**2 * state.swing_var + fresh
    recent = counts[:, -RECENT:]
    reports = np.maximum(recent.mean(axis=1) * days, 1.0)
    seen = np.clip((recent > 0).mean(axis=1) * days, 1.0, None)
    return np.asarray(state.base + share * state.swing), np.sqrt(variance + settings.day_noise / seen + settings.event_noise / reports)
