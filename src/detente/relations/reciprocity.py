"""Who answers whom: how much conflict of B towards A follows A's towards B, how fast, and whether each feeds itself.

    expected[t] = base * exposure[t] + self * own[t] + answer * other[t]
    own[t]   = sum over earlier days s of (1 - keep) * keep ** (t - 1 - s) * own count[s]       other[t] likewise

`answer` is how many acts of the one follow an act of the other, all in all; half of them within `half_life` days. Both directions are
fitted apart, each by greatest likelihood (the counts' log likelihood is concave in the three numbers), the half-life from a grid. What
both read in the same news on the same day is no answer: only earlier days count. A third cause that moves both is not told apart.

Source: the discrete form of a bivariate Hawkes process, Hawkes 1971, Biometrika 58(1):83-90. Interval: curvature of the likelihood,
widened by the root of how much more the counts vary than Poisson.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from detente.relations.panel import Floats

HALF_LIVES = (1.0, 3.0, 7.0, 14.0, 30.0)
"""Days, the grid of answers' half-lives."""

HELD_OUT = 0.3
"""Share of the days, the last ones, on which both models are compared."""

FEWEST = 20
"""Acts that each side must have done; fewer tell nothing of answers."""

Z95 = 1.96

STEPS, HALVES, ENOUGH = 100, 30, 1e-8
"""Newton steps, how often one is halved when it leads too far, and the gain in log likelihood below which the top is reached."""

LEAST = 1e-12
"""What is taken for nothing."""


class Answer(NamedTuple):
    """How one side answers the other: acts that follow an act of the other, with a 95 % interval.

    `own` is how many of its own acts follow one of its own; `gain` by how much the log likelihood a held-out day is better than that
    of a model without answers.
    """

    answer: float
    low: float
    high: float
    own: float
    half_life: float
    gain: float

    @property
    def answers(self) -> bool:
        """Whether there is an answer beyond doubt: the interval lies above 0, and the days held out bear it out."""
        return self.low > 0 and self.gain > 0


class Reciprocity(NamedTuple):
    """Both answers (B's to A, A's to B) and how much one act leads to in the end: 1 and more never calms down by itself."""

    b_to_a: Answer
    a_to_b: Answer
    feedback: float


def reciprocity(a: Floats, b: Floats, exposure: Floats) -> Reciprocity | None:
    """How the two answer each other; None when one of them did fewer than `FEWEST` acts.

    Args:
        a: (n_days,) acts of A towards B.
        b: (n_days,) acts of B towards A.
        exposure: (n_days,) news in average days; 0 on unknown days, which count for nothing.
    """
    if min(a.sum(), b.sum()) < FEWEST:
        return None
    first, second = answer(b, a, exposure), answer(a, b, exposure)
    matrix = np.array([[second.own, second.answer], [first.answer, first.own]])
    return Reciprocity(first, second, float(np.abs(np.linalg.eigvals(matrix)).max()))


def answer(counts: Floats, other: Floats, exposure: Floats) -> Answer:
    """How `counts` answers `other`."""
    known = exposure > 0
    grid = [_causes(counts, other, exposure, half_life)[:, known] for half_life in HALF_LIVES]
    fitted = [poisson_weights(counts[known], causes) for causes in grid]
    best = int(np.argmax([_log_likelihood(counts[known], weights, causes) for weights, causes in zip(fitted, grid, strict=True)]))
    causes, weights = grid[best], fitted[best]
    error = _error(counts[known], causes, weights)
    low, high = max(0.0, float(weights[2] - Z95 * error)), float(weights[2] + Z95 * error)
    return Answer(float(weights[2]), low, high, float(weights[1]), HALF_LIVES[best], _gain(counts[known], causes))


def _causes(counts: Floats, other: Floats, exposure: Floats, half_life: float) -> Floats:
    """(3, n_days): news, own acts of earlier days, the other's acts of earlier days."""
    keep = 2.0 ** (-1.0 / half_life)
    past = [np.concatenate([[0.0], lfilter([1 - keep], [1.0, -keep], series)[:-1]]) for series in (counts, other)]
    return np.stack([exposure, *past])


def poisson_weights(counts: Floats, causes: Floats) -> Floats:
    """(n_causes,) weights of greatest likelihood, none below 0, of counts that are Poisson around the weighted sum of their causes.

    Args:
        counts: (n,).
        causes: (n_causes, n), none below 0.

    Source: projected Newton, Bertsekas 1982, SIAM J. Control and Optimization 20(2):221-246. Climbing by expectation-maximisation was
    tried first: it needs hundreds of steps, and where two causes go together it had not arrived after a thousand.
    """
    total, told = causes.sum(axis=1), counts > 0
    some, seen = causes[:, told], counts[told]  # the other days only add to `total`

    def loss(weights: Floats) -> float:
        return float(weights @ total - seen @ np.log(np.maximum(weights @ some, LEAST)))

    weights = np.where(total > 0, counts.sum() / max(float(total.sum()), LEAST), 0.0)
    now = loss(weights)
    for _ in range(STEPS):
        pull = seen / np.maximum(weights @ some, LEAST)
        slope = total - some @ pull
        free = (weights > LEAST) | (slope < 0)
        curve = (some[free] * (pull**2 / seen)) @ some[free].T
        step = np.zeros(len(weights))
        step[free] = np.linalg.lstsq(curve, slope[free], rcond=None)[0]
        before = now
        for halves in range(HALVES):
            tried = np.maximum(weights - step / 2**halves, 0.0)
            if (after := loss(tried)) < now:
                weights, now = tried, after
                break
        if before - now < ENOUGH:
            break
    return weights


def _log_likelihood(counts: Floats, weights: Floats, causes: Floats) -> float:
    expected = np.maximum(weights @ causes, 1e-12)
    return float(np.sum(counts * np.log(expected) - expected))


def _error(counts: Floats, causes: Floats, weights: Floats) -> float:
    """Standard error of the answer."""
    expected = np.maximum(weights @ causes, 1e-12)
    bunch = max(1.0, float(np.mean((counts - expected) ** 2 / np.maximum(expected, 0.05))))
    inverse = np.linalg.pinv((causes * (counts / expected**2)) @ causes.T)
    return float(np.sqrt(max(inverse[2, 2], 0.0) * bunch))


def _gain(counts: Floats, causes: Floats) -> float:
    """Log likelihood a held-out day with answers, less that without; both fitted on the days before."""
    cut = round(len(counts) * (1 - HELD_OUT))
    scores = []
    for chosen in (causes, causes[:2]):
        weights = poisson_weights(counts[:cut], chosen[:, :cut])
        scores.append(_log_likelihood(counts[cut:], weights, chosen[:, cut:]))
    return (scores[0] - scores[1]) / max(len(counts) - cut, 1)
