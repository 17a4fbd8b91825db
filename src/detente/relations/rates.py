"""How often things happen: the rate of each class, in reports per average day of news, with a band.

    rate[t] ~ Gamma(a[t], b[t])                                      what is known of the rate on day t
    a[t] = keep * a[t-1] + (1 - keep) * anchor * usual[t-1] + weight * count[t]
    b[t] = keep * b[t-1] + (1 - keep) * anchor + weight * exposure[t]
    usual[t] = (a0 + past reports) / (b0 + past exposure)            the dyad's own mean, drawn to that of all dyads

A day without news (exposure 0) fades what was known, so that the band widens and the rate drifts to the usual one. `weight` below 1
says that reports come in bunches: each counts as less than an independent happening.

Source: Harvey and Fernandes 1989, J. Business and Economic Statistics 7(4):407-417 (fading counts); anchor, weight and pooling are ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.signal import lfilter
from scipy.special import gammaincinv, gammaln

from detente.relations.level import sample_of
from detente.relations.panel import Floats, Panel

SAMPLE = 100
"""Dyads that the settings are fitted on: the busiest half of them, and every n-th of the others."""

WARM_UP = 30
"""Days that the fit passes over, until the filter knows something; of fewer known ones no rate is told."""


class Settings(NamedTuple):
    """What all dyads share for one class; `a0`, `b0` are the gamma spread of their usual rates."""

    keep: float
    anchor: float
    weight: float
    a0: float
    b0: float


class Rate(NamedTuple):
    """(..., n_days) shape and rate of the gamma of each day."""

    a: Floats
    b: Floats

    @property
    def mean(self) -> Floats:
        """Reports per average day of news."""
        return self.a / self.b

    def quantile(self, share: float) -> Floats:
        """The rate below which the truth lies with chance `share`."""
        return np.asarray(gammaincinv(self.a, share)) / self.b


def spread_of(totals: Floats, exposure: float) -> tuple[float, float]:
    """`a0` and `b0` of the dyads' usual rates, by the moments of their totals.

    Args:
        totals: (n_dyads,) reports of one class.
        exposure: All news, in average days.
    """
    rates = (totals + 0.5) / max(exposure, 1.0)  # half a report: no dyad's usual rate is nothing
    mean = float(rates.mean())
    variance = max(float(rates.var()) - mean / max(exposure, 1.0), (0.2 * mean) ** 2)
    b0 = mean / variance
    return mean * b0, b0


def filtered(counts: Floats, exposure: Floats, settings: Settings) -> Rate:
    """The rate as known at the end of each day.

    Args:
        counts: (..., n_days) reports.
        exposure: (n_days,) news, in average days; 0 where nothing is known.
        settings: From `fit`.
    """
    known = np.where(exposure > 0, counts, 0.0)
    usual = (settings.a0 + np.cumsum(known, axis=-1)) / (settings.b0 + np.cumsum(exposure))
    first = np.full((*usual.shape[:-1], 1), settings.a0 / settings.b0)
    usual = np.concatenate([first, usual[..., :-1]], axis=-1)
    pull = (1 - settings.keep) * settings.anchor
    start_b = settings.anchor
    a = _fading(pull * usual + settings.weight * known, settings.keep, first * start_b)
    b = _fading(pull + settings.weight * np.broadcast_to(exposure, counts.shape), settings.keep, np.full_like(first, start_b))
    return Rate(a, b)


def _fading(values: Floats, keep: float, start: Floats) -> Floats:
    """out[t] = keep * out[t-1] + values[t], out[-1] = start."""
    out, _ = lfilter([1.0], [1.0, -keep], values, axis=-1, zi=keep * start)
    return np.asarray(out)


def log_chance(counts: Floats, a: Floats, b: Floats, exposure: Floats) -> Floats:
    """Log chance of counts when the rate is Gamma(a, b): negative binomial."""
    return np.asarray(
        gammaln(counts + a) - gammaln(a) - gammaln(counts + 1) + a * np.log(b / (b + exposure))
        + counts * np.log(np.maximum(exposure, 1e-300) / (b + exposure))
    )  # fmt: skip


def log_likelihood(counts: Floats, exposure: Floats, settings: Settings) -> float:
    """How likely each day's counts were on the eve, summed over dyads and known days after the warm-up."""
    rate = filtered(counts, exposure, settings)
    a = settings.keep * rate.a[..., :-1] + (1 - settings.keep) * settings.anchor * settings.a0 / settings.b0
    b = settings.keep * rate.b[..., :-1] + (1 - settings.keep) * settings.anchor
    days = slice(min(WARM_UP, counts.shape[-1] // 3), None)
    told = log_chance(counts[..., 1:], a, b, exposure[1:])[..., days]
    return float(told[..., exposure[1:][days] > 0].sum())


def fit(panel: Panel) -> tuple[Settings, ...]:
    """The settings of the four classes, each of greatest likelihood on up to `SAMPLE` dyads."""
    sample = sample_of(panel.totals(), SAMPLE)
    counts = panel.counts(sample)
    exposure = float(panel.exposure.sum())
    cell_dyad = np.repeat(np.arange(len(panel.dyads)), np.diff(panel.start))
    found = []
    for klass in range(counts.shape[-1]):
        of_class = panel.klass == klass
        by_dyad = np.bincount(cell_dyad[of_class], weights=panel.count[of_class], minlength=len(panel.dyads)).astype(np.float64)
        found.append(fit_on(counts[..., klass], panel.exposure, spread_of(by_dyad, exposure)))
    return tuple(found)


def fit_on(counts: Floats, exposure: Floats, spread: tuple[float, float]) -> Settings:
    """The settings of greatest likelihood for (n_dyads, n_days) counts."""

    def settings(theta: Floats) -> Settings:
        half_life, anchor, weight = np.exp(np.clip(theta, -6, 8)).tolist()
        return Settings(2.0 ** (-1.0 / half_life), anchor, min(weight, 1.0), *spread)

    start = np.log([20.0, 5.0, 0.5])

    def loss(theta: Floats) -> float:
        # the weak pull to the start decides only where there are next to no events
        return -log_likelihood(counts, exposure, settings(theta)) + 0.5 * float(np.sum((theta - start) ** 2))

    found = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 80, "xatol": 0.03, "fatol": 0.5, "initial_simplex": np.vstack([start, start + np.eye(len(start)) * 0.7])})
    return settings(found.x)
