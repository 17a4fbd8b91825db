"""The level of a relation: mean points of what the two do, day by day, with a band; sparse dyads borrow from the others.

    level[i, t] = base[i] + swing[i, t]                         base[i] ~ N(mean, between)
    swing[i, t] = keep ** gap * swing[i, t - gap] + noise       swing ~ N(0, swing) where nothing is known
    points[i, t] = level[i, t] + noise                          variance day_noise + event_noise / n[i, t]

`points[i, t]` is the mean of the day's n events. More coverage narrows the band and moves nothing; a day without events adds
doubt and no value. The mathematics is on docs/relations.md.

Source: Durbin and Koopman 2012, Time Series Analysis by State Space Methods, chapter 4 (filter, smoother, likelihood); the two
components and the pooling are ours. Own code and not statsmodels', which filters one series at a time: here all dyads at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from detente.relations.panel import Floats, Ints, Panel

SAMPLE = 100
"""Dyads that forecasts learn from: the busiest half of them, and every n-th of the others."""

FITTED = 400
"""Dyads that the settings are fitted on, chosen likewise: with a hundred, sparse ones hardly had a say."""

A_MIDDLE = 20
"""Dyads from which on the middle one is what is usual; of fewer, the mean is fitted with the rest."""

HALF_A_VOTE = 20.0
"""Reports at which a dyad has half a vote in what is usual: about as many as leave its mean as doubtful as dyads differ (`event_noise / between`)."""

LONGEST = 100
"""Days with events of a dyad that the fit looks at, the last ones."""


FEW = 100
"""Days with events below which these do not tell by themselves how far acts differ: six that say the same are no proof that all do."""

USUAL, AS_DAYS = 33.5, 6.0
"""Squared points that are spread before any event, the variance of the scores of PLOVER's types; and as how many days with events
this counts where there are few, one for each of the numbers that are fitted."""


NOISE = 5 / 8
"""Share of the spread that is noise where the fit begins."""


class Settings(NamedTuple):
    """The six numbers that all dyads share. Variances in squared points; `keep` is what a day leaves of a swing."""

    mean: float
    between: float
    swing: float
    keep: float
    day_noise: float
    event_noise: float

    @property
    def half_life(self) -> float:
        """Days after which half of a swing is left."""
        return float(np.log(0.5) / np.log(self.keep))


class Observed(NamedTuple):
    """Days with events, padded on the right: (n_dyads, n_seen) day numbers, mean points and events; events are 0 in the padding."""

    day: Ints
    points: Floats
    events: Floats


class Level(NamedTuple):
    """(n_dyads, n_days) mean and standard deviation of the level, in points: as known on the day, and as known at the end."""

    then: Floats
    then_sd: Floats
    now: Floats
    now_sd: Floats


Row = Any
"""(n,) numbers, one a dyad; of one dyad alone a plain number, which takes a tenth of the time of an array of one."""


class State(NamedTuple):
    """What is known of base and swing: their means and their covariance."""

    base: Row
    swing: Row
    base_var: Row
    both_cov: Row
    swing_var: Row

    @property
    def reach(self) -> tuple[Row, Row]:
        """Covariance of base and of swing with the level, their sum."""
        return self.base_var + self.both_cov, self.both_cov + self.swing_var


class _Walked(NamedTuple):
    """A day of the filter: the level on the eve, its `State.reach`, by how much the day missed it, and one by the variance of that."""

    eve: Row
    reach: tuple[Row, Row]
    off: Row
    sure: Row


def sample_of(totals: Floats, size: int) -> Ints:
    """Numbers of up to `size` dyads: the busiest, and every n-th of the others, so that sparse ones have a say."""
    order = np.argsort(-totals, kind="stable")
    rest = order[size // 2 :]
    return np.sort(np.concatenate([order[: size // 2], rest[:: max(1, -(-len(rest) // (size // 2)))]]))


def observed(panel: Panel, rows: Ints | None = None, *, longest: int | None = None) -> Observed:
    """The days with events of these dyads, all when None; the last `longest` of each."""
    chosen = np.arange(len(panel.dyads)) if rows is None else rows
    days, points, events = [], [], []
    for row in chosen:
        cells = slice(panel.start[row], panel.start[row + 1])
        seen, where = np.unique(panel.day[cells], return_inverse=True)
        n = np.bincount(where, weights=panel.count[cells])
        last = slice(None if longest is None else -longest, None)
        days.append(seen[last])
        events.append(n[last])
        points.append((np.bincount(where, weights=panel.points[cells]) / n)[last])
    width = max((len(d) for d in days), default=0)
    day, mean = (np.array([np.pad(part, (0, width - len(part)), mode="edge") for part in parts]) for parts in (days, points))
    return Observed(day, mean, np.array([np.pad(part, (0, width - len(part))) for part in events]))


def fit(panel: Panel) -> Settings:
    """The settings under which the events of the panel are likeliest, fitted on up to `FITTED` dyads around the middle one of all."""
    totals = panel.totals()
    middle = usual(panel.means(), totals) if len(totals) >= A_MIDDLE else None
    return fit_on(observed(panel, sample_of(totals, FITTED), longest=LONGEST), middle)


def usual(means: Floats, totals: Floats) -> float:
    """Where the middle dyad stands, each voting as well as it is known: a few enemies do not make all others a little hostile.

    Args:
        means: (n_dyads,) mean points of each.
        totals: (n_dyads,) how many reports that is the mean of.
    """
    order = np.argsort(means, kind="stable")
    votes = np.cumsum((totals / (totals + HALF_A_VOTE))[order])
    below, above = np.searchsorted(votes, votes[-1] / 2, side="left"), np.searchsorted(votes, votes[-1] / 2, side="right")
    return float(means[order][[below, min(above, len(order) - 1)]].mean())


def fit_on(seen: Observed, middle: float | None = None) -> Settings:
    """The settings of greatest likelihood for these days, given what is usual, if anybody knows; where they are few, not much less doubt than before any event."""
    weights = seen.events > 0
    mean = float(np.average(seen.points, weights=weights)) if middle is None else middle
    n = float(weights.sum())
    unshown = AS_DAYS if n < FEW else 0.0
    spread = (float(np.sum((seen.points - mean) ** 2 * weights)) + USUAL * unshown) / (n + unshown) + 1e-3
    start = np.array([mean, np.log(spread / 4), np.log(spread / 8), np.log(60.0), np.log(spread * NOISE / 5), np.log(spread * NOISE * 4 / 5)])
    if middle is not None:
        start = start[1:]

    def loss(theta: Floats) -> float:
        # a weak pull to the start keeps a panel of a few events from settings that no data asks for
        given = _settings(theta if middle is None else np.append(middle, theta))
        noise = given.day_noise + given.event_noise
        before = 0.5 * unshown * float(np.log(noise) + USUAL * NOISE / noise)
        return before - log_likelihood(seen, given) + 0.5 * float(np.sum(((theta - start) / 2) ** 2))

    found = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 200, "xatol": 0.02, "fatol": 0.5, "initial_simplex": np.vstack([start, start + np.eye(len(start)) * 0.7])})
    return _settings(found.x if middle is None else np.append(middle, found.x))


def _settings(theta: Floats) -> Settings:
    mean, *logs = (float(x) for x in theta)
    between, swing, half_life, day_noise, event_noise = np.exp(np.clip(logs, -12, 12)).tolist()
    return Settings(mean, between, swing, 2.0 ** (-1.0 / half_life), day_noise, event_noise)


def log_likelihood(seen: Observed, settings: Settings) -> float:
    """How likely the points are, summed over dyads and days with events; one pass over the days."""
    state, total = _unknown(len(seen.day), settings), 0.0
    gaps = np.diff(seen.day, axis=1, prepend=seen.day[:, :1])
    for gap, points, events in zip(gaps.T, seen.points.T, seen.events.T, strict=True):
        state = _later(state, gap, settings)
        told = events > 0
        variance = sum(state.reach) + _noise(events, settings)
        off = points - state.base - state.swing
        total -= 0.5 * float(np.sum((np.log(2 * np.pi * variance) + off**2 / variance)[told]))
        state = _seen(state, off, 1.0 / variance * told)
    return total


def levels(panel: Panel, settings: Settings, rows: Ints | None = None) -> Level:
    """The level of these dyads (all when None) on each day of the panel.

    O(n_dyads * n_days); about 100 bytes for each dyad and day while it works.
    """
    seen = observed(panel, rows)
    n, n_days = len(seen.day), panel.n_days
    points, events = np.zeros((n_days, n)), np.zeros((n_days, n))
    told = seen.events > 0
    at, which = seen.day[told], np.nonzero(told)[0]
    points[at, which], events[at, which] = seen.points[told], seen.events[told]
    return level_of(points, events, settings)


def level_of(points: Floats, events: Floats, settings: Settings) -> Level:
    """The level from daily means.

    Args:
        points: (n_days, n_dyads) mean points of the day's events; any number where there are none.
        events: (n_days, n_dyads) how many.
        settings: From `fit`.
    """
    n_days, n = points.shape
    told, noise = (events > 0).astype(np.float64), _noise(events, settings)
    days = zip(*(part[:, 0].tolist() if n == 1 else part for part in (points, told, noise)), strict=True)
    walked: list[_Walked] = []
    then: list[tuple[Row, Row]] = []
    state = _unknown(n, settings)
    for number, (mean, seen, doubt) in enumerate(days):
        state = _later(state, 1.0 if number else 0.0, settings)
        eve, reach = state.base + state.swing, state.reach
        walked.append(_Walked(eve, reach, mean - eve, seen / (sum(reach) + doubt)))
        state = _seen(state, mean - eve, walked[-1].sure)
        then.append((state.base + state.swing, sum(state.reach)))
    now = _smoothed(walked, settings.keep)
    lines = [np.array(line, dtype=np.float64).reshape(n_days, n).T for part in (then, now) for line in zip(*part, strict=True)]
    return Level(lines[0], np.sqrt(lines[1]), lines[2], np.sqrt(np.maximum(lines[3], 0.0)))


def states_at(points: Floats, events: Floats, settings: Settings, ends: Sequence[int]) -> list[State]:
    """What is known of base and swing once the first `end` days are over, for each of `ends`, which ascend; arguments as `level_of`."""
    told, noise = events > 0, _noise(events, settings)
    state, out, wanted = _unknown(points.shape[1], settings), [], iter([*ends, -1])
    following = next(wanted)
    for day in range(max(ends)):
        state = _later(state, 1.0 if day else 0.0, settings)
        state = _seen(state, points[day] - state.base - state.swing, told[day] / (sum(state.reach) + noise[day]))
        if day + 1 == following:
            out.append(state)
            following = next(wanted)
    return out


def _unknown(n: int, settings: Settings) -> State:
    """Before the first event: the mean of all dyads, and as much doubt as they differ."""
    values = (settings.mean, 0.0, settings.between, 0.0, settings.swing)
    return State(*(value if n == 1 else np.full(n, value) for value in values))


def _noise(events: Floats, settings: Settings) -> Floats:
    return settings.day_noise + settings.event_noise / np.where(events > 0, events, 1.0)


def _later(state: State, gap: Row, settings: Settings) -> State:
    """The state `gap` days on: swings fade, doubt grows."""
    left = settings.keep**gap
    swing_var = state.swing_var * left**2 + settings.swing * (1 - left**2)
    return State(state.base, state.swing * left, state.base_var, state.both_cov * left, swing_var)


def _seen(state: State, off: Row, sure: Row) -> State:
    """The state after the day's events.

    Args:
        state: On the eve.
        off: By how much the day's points missed the level.
        sure: One by the variance of that; 0 where there were no events.
    """
    base, swing = state.reach
    return State(
        state.base + base * sure * off, state.swing + swing * sure * off,
        state.base_var - base**2 * sure, state.both_cov - base * swing * sure, state.swing_var - swing**2 * sure,
    )  # fmt: skip


def _smoothed(walked: list[_Walked], keep: float) -> list[tuple[Row, Row]]:
    """Mean and variance of each day's level as known at the end (Durbin and Koopman 2012, 4.4: r and N walk backwards)."""
    out: list[tuple[Row, Row]] = []
    r1, r2, n11, n12, n22 = (0.0 * walked[0].eve for _ in range(5))
    for eve, (g1, g2), v, s in reversed(walked):
        k1, k2 = g1 * s, g2 * s
        q1, q2 = n11 * k1 + n12 * k2, n12 * k1 + n22 * k2
        more = k1 * q1 + k2 * q2 + s
        n11, n12, n22 = n11 - 2 * q1 + more, n12 - q1 - q2 + more, n22 - 2 * q2 + more
        push = v * s - k1 * r1 - k2 * r2
        r1, r2 = r1 + push, r2 + push
        out.append((eve + g1 * r1 + g2 * r2, g1 + g2 - (g1**2 * n11 + 2 * g1 * g2 * n12 + g2**2 * n22)))
        r2, n12, n22 = keep * r2, keep * n12, keep**2 * n22
    return out[::-1]
