"""What is to come: reports of conflict and cooperation in the coming weeks, beside the dumb rivals, each as a whole distribution.

Ours is negative binomial around a mixture of memories, learned from all dyads' past:

    mean = days * news * sum over memories m of  weight[m] * rate[m]      rate[m]: reports by news, fading with half-life m
    size = size_0 * mean ** growth                                        variance = mean + mean ** 2 / size

The weights are of great Poisson likelihood, none below 0 (`mixture`); the size of greatest likelihood on a grid. Fading the rate of the day to
the usual one (`rates`, by its own settings) was tried first and was worse than the mean of the past at 4 and 12 weeks: what is best for
tomorrow forgets too fast for a quarter.

The rivals are told the truth about their own past errors, so that they have bands too:
    no change   the last h weeks again, plus what such guesses missed by before
    seasonal    the same weeks of last year, likewise
    mean        the mean of all past h weeks, likewise
Days of which nothing is known are no zeros: a stretch that has one is neither learned from nor told again.

Source of the scores: Gneiting and Raftery 2007, J. American Statistical Association 102(477):359-378 (CRPS, Brier).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import nbinom

from detente.errors import BadSetting
from detente.relations.panel import Bools, Floats, Ints, silent

LEVELS = np.linspace(0.01, 0.99, 99)
"""Quantiles by which a distribution is kept."""

NEWS = 28
"""Days whose mean news is expected to go on."""

HALF_LIVES = (7.0, 28.0, 91.0, 364.0)
"""Days of the memories; the mean of all the past is one more."""

SIZES = (0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0, 15.0, 30.0, 100.0)
GROWTHS = (0.0, 0.15, 0.3, 0.45, 0.6)

LEAST = 1e-9
"""Reports that are expected at least: of what no dyad ever did, nothing is learned, and nothing is impossible."""

CLIMBS = 300
"""Steps towards the likeliest weights of the memories."""

RIVALS = ("no change", "seasonal", "mean")


class Forecast(NamedTuple):
    """Quantiles at `LEVELS`, (..., 99), of reports within the weeks; `mean` (...)."""

    mean: Floats
    quantiles: Floats

    def band(self, share: float) -> tuple[Floats, Floats]:
        """The middle band that holds this share."""
        low, high = ((1 - share) / 2, (1 + share) / 2)
        return tuple(self.quantiles[..., int(np.argmin(np.abs(LEVELS - q)))] for q in (low, high))  # type: ignore[return-value]


class Learned(NamedTuple):
    """Weights of the memories, and how the size of the negative binomial grows, for forecasts of so many days."""

    days: int
    weights: tuple[float, ...]
    size: float
    growth: float


def memories(counts: Floats, exposure: Floats, days: int) -> Floats:
    """(n_memories, n) reports to expect within `days` if the rate of each memory goes on; the last is the mean of all the past."""
    n_days = counts.shape[1]
    age = np.arange(n_days)[::-1]
    fading = [2.0 ** (-age / half_life) for half_life in HALF_LIVES] + [np.ones(n_days)]
    weights = np.stack(fading)
    news = np.maximum(weights @ exposure, 1e-9)
    known = exposure[exposure > 0][-NEWS:]
    expected = float(known.mean()) if len(known) else 0.0
    return np.asarray(days * expected * (weights @ counts.T) / news[:, None])


def origins(known: Bools, days: int) -> Ints:
    """Days after which a past forecast of `days` is told and graded, to learn from.

    Args:
        known: (n_days,) whether anything is known of the day.
        days: How many days ahead.

    Raises:
        BadSetting: There are fewer than four stretches of `days` to learn from, or none without a gap.
    """
    n = int(known.sum())
    if n < 4 * days:
        raise BadSetting("days", days, f"forecasts are learned from at least four times as many days, {4 * days}; the events tell of {n}")
    ends = followed(known, days, after=2 * days if n > 6 * days else days)
    if not len(ends):
        raise BadSetting("days", days, f"forecasts are learned from stretches of so many days without a week of silence; the events tell of {n} days, and of no such stretch")
    return spread(ends, min(12, n // days - 1))


def followed(known: Bools, days: int, *, after: int) -> Ints:
    """The days, as many as have passed, after which `days` known ones follow without a gap, and before which at least `after` are known."""
    before = np.concatenate([[0], np.cumsum(known)])
    return np.flatnonzero((before[:-days] >= after) & (before[days:] - before[:-days] == days)).astype(np.int64)


def spread(ends: Ints, most: int) -> Ints:
    """`most` of them, spread evenly."""
    return np.asarray(ends[np.linspace(ends[0], ends[0] + len(ends) - 1, most).astype(np.int64) - ends[0]])


def learn(counts: Floats, exposure: Floats, days: int) -> Learned:
    """What past forecasts of `days` would have needed, over all these dyads.

    Raises:
        BadSetting: As `origins`.
    """
    ends = origins(~silent(exposure), days)
    causes = np.concatenate([memories(counts[:, :end], exposure[:end], days) for end in ends], axis=1) + 1e-3
    truth = np.concatenate([counts[:, end : end + days].sum(axis=1) for end in ends])
    weights = mixture(truth, causes)
    mean = np.maximum(weights @ causes, LEAST)
    grid = [(size, growth) for size in SIZES for growth in GROWTHS]
    score = [float(np.sum(nbinom.logpmf(np.rint(truth), size * mean**growth, 1 / (1 + mean ** (1 - growth) / size)))) for size, growth in grid]
    return Learned(days, tuple(weights.tolist()), *grid[int(np.argmax(score))])


def mixture(counts: Floats, causes: Floats) -> Floats:
    """(n_causes,) weights, none below 0, under which counts are likely to be Poisson around the weighted sum of their causes.

    Expectation-maximisation from equal weights, stopped after `CLIMBS` steps and short of the top: memories go together, and at the
    top two of five would take all the weight by chance.

    Args:
        counts: (n,).
        causes: (n_causes, n), above 0.
    """
    total = causes.sum(axis=1)
    weights = np.full(len(causes), counts.sum() / total.sum())
    for _ in range(CLIMBS):
        weights = weights * (causes @ (counts / np.maximum(weights @ causes, LEAST))) / total
    return np.asarray(weights)


def forecast(counts: Floats, exposure: Floats, learned: Learned) -> Forecast:
    """Reports within the coming days.

    Args:
        counts: (n, n_days) reports until today.
        exposure: (n_days,) news.
        learned: From `learn`, on days up to today.
    """
    mean, size = _expected(counts, exposure, learned)
    return Forecast(mean, np.asarray(nbinom.ppf(LEVELS, size[:, None], (size / (size + mean))[:, None])))


def chance_of_any(counts: Floats, exposure: Floats, learned: Learned) -> Floats:
    """(n,) chance of at least one report within the coming days; arguments as `forecast`."""
    mean, size = _expected(counts, exposure, learned)
    return np.asarray(1 - (size / (size + mean)) ** size)


def _expected(counts: Floats, exposure: Floats, learned: Learned) -> tuple[Floats, Floats]:
    """(n,) mean and size of the negative binomial."""
    mean = np.maximum(np.array(learned.weights) @ (memories(counts, exposure, learned.days) + 1e-3), LEAST)
    return mean, learned.size * mean**learned.growth


def rival(name: str, counts: Floats, known: Bools, days: int) -> Forecast:
    """A dumb forecast of reports within `days`, with the errors that such a one made before; the mean's where `able` says no.

    Args:
        name: One of `RIVALS`.
        counts: (n, n_days) reports until today.
        known: (n_days,) whether anything is known of the day.
        days: How many days ahead; at least one past stretch of so many must be `whole`.
    """
    total = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    blocks = np.diff(total[:, counts.shape[1] % days :: days], axis=1)  # (n, n_blocks), the last ends today
    told = whole(known, days)
    if name != "mean" and able(name, known, days):
        lag = _lag(name, days)
        guess = blocks[:, np.flatnonzero(told)[-1] if name == "no change" else -lag]
        errors = (blocks[:, lag:] - blocks[:, :-lag])[:, told[lag:] & told[:-lag]]
    else:
        guess = blocks[:, told].mean(axis=1)
        errors = blocks[:, told] - guess[:, None]
    drawn = np.maximum(guess[:, None] + errors, 0.0)
    return Forecast(guess, np.quantile(drawn, LEVELS, axis=1).T)


def able(name: str, known: Bools, days: int) -> bool:
    """Whether a rival has the past that it tells again, and one that it missed: the last stretch, that of last year, or any; arguments as `rival`."""
    told, lag = whole(known, days), _lag(name, days)
    if name == "mean":
        return bool(told.any())
    again = told.any() if name == "no change" else told[-lag:][:1].any()
    return bool(len(told) > lag and again and (told[lag:] & told[:-lag]).any())


def whole(known: Bools, days: int) -> Bools:
    """(n_stretches,) whether each day of each past stretch of `days` is known; the last ends today."""
    return np.asarray(known[len(known) % days :].reshape(-1, days).all(axis=1))


def _lag(name: str, days: int) -> int:
    """Stretches that a rival looks back."""
    return max(1, round(364 / days)) if name == "seasonal" else 1


def crps(told: Forecast, truth: Floats) -> Floats:
    """(...) continuous ranked probability score, by the mean of the quantiles' losses; in reports, 0 is perfect."""
    off = truth[..., None] - told.quantiles
    return np.asarray(2 * np.mean(np.where(off > 0, LEVELS * off, (LEVELS - 1) * off), axis=-1))


def brier(told: Forecast, truth: Floats, above: Floats) -> Floats:
    """(...) squared miss of the chance that more than `above` reports come."""
    chance = np.mean(told.quantiles > above[..., None], axis=-1)
    return np.asarray((chance - (truth > above)) ** 2)


def covered(told: Forecast, truth: Floats, share: float) -> Floats:
    """(...) part of the truth inside the band. Where a count lies on the band's edge, its share of the edge: counts come in lumps."""
    low, high = (1 - share) / 2, (1 + share) / 2
    below = np.mean(told.quantiles < truth[..., None], axis=-1)
    upto = np.mean(told.quantiles <= truth[..., None], axis=-1)
    width = np.maximum(upto - below, 1e-9)
    inside = np.clip(np.minimum(upto, high) - np.maximum(below, low), 0, None) / width
    return np.asarray(np.where(upto > below, inside, ((below > low) & (below < high)).astype(float)))
