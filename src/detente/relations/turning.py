"""Turning points: the days that part a series into stretches of steady rates, each with its chance. Exact.

    cost of a stretch = -2 * best log likelihood = 2 * sum over channels of  n * (log(exposure) - log(n))  + what no cut changes
    total             = sum of costs + penalty * number of cuts,  the smallest over all ways to cut

`n` are reports divided by the channel's `bunch`, how much more than Poisson they vary. The minimum is found by dynamic programming;
a cut that can no longer begin the last stretch of a best solution is dropped, and with a shortest stretch it is dropped only when that
stretch has passed (pruning at once is not exact: Killick et al. hold for a shortest stretch of one day).

Source: Killick, Fearnhead and Eckley 2012, J. American Statistical Association 107(500):1590-1598; the late pruning is ours, tested
against a search of all cuts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, xlogy

from detente.relations.panel import Floats, Ints

PENALTY = 3.0
"""Times the log of the number of days, for each cut; one of a new day and a new rate in each channel."""

SHORTEST = 7
"""Days that a stretch must have."""

NEAR = 3
"""A turning point's chance is that of a cut within so many days of it."""


ROUNDING = 1e-6
"""What sums of costs may be off by; a start that is that near is looked at."""


class Cut(NamedTuple):
    """A turning point: the first day of the new stretch, and the chance that the series turned within `NEAR` days of it.

    `earliest` and `latest` are the days between which it turned with 90 % chance, if it turned; `before` and `after` are
    (n_channels,) rates.
    """

    day: int
    chance: float
    earliest: int
    latest: int
    before: Floats
    after: Floats


class _Sums(NamedTuple):
    """Sums from the first day, (n_channels, n + 1) and (n + 1,), at the days between which a cut may lie."""

    counts: Floats
    exposure: Floats
    day: Ints


def bunching(counts: Floats, exposure: Floats, *, span: int = 28) -> Floats:
    """(n_channels,) how many times the variance is the mean within stretches of `span` days; at least 1.

    A war of one month raises the mean of its own stretch, not the bunching of all others: the median over stretches with news.
    """
    n_days = counts.shape[1]
    out = np.ones(len(counts))
    for channel, series in enumerate(counts):
        told = []
        for begin in range(0, n_days, span):
            n, e = series[begin : begin + span], exposure[begin : begin + span]
            if n.sum() >= 3 and (e > 0).sum() > 3:
                expected = n.sum() * e / e.sum()
                known = e > 0
                told.append(float(np.sum((n - expected)[known] ** 2 / expected[known]) / (known.sum() - 1)))
        out[channel] = max(1.0, float(np.mean(told))) if told else 1.0
    return out


def turning_points(
    counts: Floats, exposure: Floats, *, penalty: float = PENALTY, shortest: int = SHORTEST, bunch: Floats | None = None
) -> list[Cut]:
    """The days on which the rates changed, first to last.

    Args:
        counts: (n_channels, n_days) reports.
        exposure: (n_days,) news in average days; 0 on unknown days.
        penalty: What a cut costs, times log(days).
        shortest: Days that a stretch must have.
        bunch: (n_channels,) from `bunching`; measured when None.

    O(days with events squared) at worst, near linear when the series turns now and then.
    """
    bunch = bunching(counts, exposure) if bunch is None else bunch
    known = np.where(exposure > 0, counts, 0.0) / bunch[:, None]
    sums = _sums(known, exposure, shortest)
    cuts = best_cuts(sums, penalty * np.log(max(counts.shape[1], 2)), shortest)
    return _described(sums, cuts, shortest) if cuts else []


def _sums(counts: Floats, exposure: Floats, shortest: int) -> _Sums:
    """Sums at every day when stretches have a shortest length; else only around days with events.

    Between two days with events the cost is concave in the place of the cut, so that a best cut lies beside one of them.
    """
    n_days = counts.shape[1]
    if shortest > 1:
        day = np.arange(n_days + 1)
    else:
        busy = np.flatnonzero(counts.any(axis=0))
        day = np.unique(np.concatenate([[0], busy, busy + 1, [n_days]]))
    total = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    return _Sums(total[:, day], np.concatenate([[0.0], np.cumsum(exposure)])[day], day)


def cost(counts: Floats, exposure: Floats) -> Floats:
    """(...,) cost of stretches with (n_channels, ...) counts and (...,) exposure."""
    return np.asarray(2 * (counts.sum(axis=0) * np.log(np.maximum(exposure, 1e-9)) - xlogy(counts, counts).sum(axis=0)))


def best_cuts(sums: _Sums, penalty: float, shortest: int) -> list[int]:
    """The places (into `sums.day`) of the best cuts; empty when none pays.

    Ends less than `shortest` days apart are searched at once: no last stretch of one begins at another. Only starts that may win are
    looked at: cutting a stretch in two never costs more, so that what the last stretch from a start cost up to some day, and the cost
    from there on, together bound it from below.
    """
    day, n = sums.day, len(sums.day) - 1
    best, came = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
    best[0] = -penalty
    # where the last stretch may begin, what it costs at least up to the day before the ends, and the first day from which on it need not begin there
    starts, least, drop = np.zeros(1, dtype=np.int64), best[:1].copy(), np.full(1, np.inf)
    begin = 1
    while begin <= n:
        alive = drop > day[begin]
        starts, least, drop = starts[alive], least[alive], drop[alive]
        last = int(np.searchsorted(day, day[begin] + shortest)) - 1
        ends, lead = np.arange(begin, last + 1), came[begin - 1]
        onward, led = _between(sums, np.array([begin - 1, lead]), ends)
        enough = np.where(day[ends] - day[lead] >= shortest, best[lead] + led, np.inf)
        near = least <= np.max(enough - onward) + ROUNDING
        looked = starts[near]
        bare = best[looked, None] + _between(sums, looked, ends)
        long = np.where(day[ends] - day[looked, None] >= shortest, bare, np.inf)
        which = np.argmin(long, axis=0)
        best[ends], came[ends] = long[which, ends - begin] + penalty, looked[which]
        least = least + onward[-1]
        least[near] = bare[:, -1]
        beaten = least > best[last]  # then `last` begins every later last stretch at least as well
        drop[beaten] = np.minimum(drop[beaten], day[last] + shortest)
        starts, drop = np.append(starts, ends), np.append(drop, np.full(len(ends), np.inf))
        least = np.append(least, best[ends] + _between(sums, ends, ends[-1:])[:, 0])
        begin = last + 1
    return _walked(came, n)


def _between(sums: _Sums, left: Ints, right: Ints) -> Floats:
    """(n_left, n_right) cost of the stretches from the places `left` to the places `right`."""
    return cost(sums.counts[:, None, right] - sums.counts[:, left, None], sums.exposure[right] - sums.exposure[left, None])


def _walked(came: Ints, n: int) -> list[int]:
    """From the end back to the first day."""
    cuts, at = [], int(came[n])
    while at > 0:
        cuts.append(at)
        at = int(came[at])
    return cuts[::-1]


def _described(sums: _Sums, cuts: list[int], shortest: int) -> list[Cut]:
    """Each cut with its chance, given the cuts beside it."""
    n = len(sums.day) - 1
    exposure = max(float(sums.exposure[-1]), 1e-9)
    mean = (sums.counts[:, -1] + 0.5) / exposure  # the spread of rates within the series: gamma of one event at its mean
    out = []
    for left, cut, right in zip([0, *cuts], cuts, [*cuts[1:], n], strict=False):
        at = np.arange(left + 1, right)
        at = at[(sums.day[at] - sums.day[left] >= shortest) & (sums.day[right] - sums.day[at] >= shortest)]
        split = _evidence(sums, np.full(len(at), left), at, mean) + _evidence(sums, at, np.full(len(at), right), mean)
        whole = _evidence(sums, np.array([left]), np.array([right]), mean)[0]
        # a cut somewhere between the neighbours is as likely beforehand as none; each day alike
        chances = split - np.log(len(at))
        any_cut = np.logaddexp.reduce(chances)
        near = np.abs(sums.day[at] - sums.day[cut]) <= NEAR
        low, high = np.searchsorted(np.cumsum(np.exp(chances - any_cut)), [0.05, 0.95])
        rates = [(sums.counts[:, j] - sums.counts[:, i]) / max(float(sums.exposure[j] - sums.exposure[i]), 1e-9) for i, j in ((left, cut), (cut, right))]
        out.append(Cut(
            int(sums.day[cut]), float(np.exp(np.logaddexp.reduce(chances[near]) - np.logaddexp(any_cut, whole))), int(sums.day[at[low]]),
            int(sums.day[at[min(high, len(at) - 1)]]), *rates,
        ))  # fmt: skip
    return out


def _evidence(sums: _Sums, left: Ints, right: Ints, mean: Floats) -> Floats:
    """Log chance of each stretch, its rates unknown: gamma of shape 1 around the mean of the series."""
    n = sums.counts[:, right] - sums.counts[:, left]
    e = (sums.exposure[right] - sums.exposure[left])[None, :]
    b = 1.0 / mean[:, None]
    return np.asarray(np.sum(gammaln(n + 1.0) + np.log(b) - (n + 1.0) * np.log(b + e), axis=0))
