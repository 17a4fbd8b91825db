"""Alarms: days on which a series leaves what it was until yesterday. What comes later changes no alarm.

    off[t]   = (series[t] - usual[t-1]) / spread[t-1]
    score[t] = largest over spans w of  +- sum of root(off) over the last w days / sqrt(w)      root(x) = sign(x) * sqrt(|x|)

`usual` and `spread` fade, and a single day moves them by no more than `LIMIT` spreads. An alarm sounds when the score passes the
threshold, and no second one until it has fallen below half of it and `quiet` days are over; unless it gets graver: the score passes
`graver` times the highest of the last alarm's first `settle` days. An invasion after weeks of threats is told so. The root keeps one
huge day from outweighing a week of large ones.

Source: windowed likelihood ratio after Lai 1995, J. Royal Statistical Society B 57(4):613-658; the fading spread and the root are
ours. Thresholds are measured on real dyads, since news is far from normal: evaluation/relations/find_shocks.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadSetting
from detente.relations.panel import Floats

LIMIT = 4.0
"""Mean absolute deviations by which a day may pull at what is usual."""


class Settings(NamedTuple):
    """`usual` and `spread` are half-lives in days, `spans` days added up, `quiet` days after an alarm, `warm_up` days before the first.

    An alarm's height is the highest score of its first `settle` days; `graver` times that sounds again, whatever the quiet. `least` is the smallest spread, in the series' own unit: about what one report is worth, so that the first after a long calm is
    no alarm.
    """

    usual: float = 30.0
    spread: float = 180.0
    spans: tuple[int, ...] = (3, 7, 14)
    quiet: int = 14
    settle: int = 3
    graver: float = 1.5
    warm_up: int = 30
    least: float = 1.0


THRESHOLD = 4.5
"""At most one alarm a dyad and year away from known shocks, both directions together: measured on the dyads of the tuning half, GDELT 2018-24."""


def scores(series: Floats, settings: Settings = Settings()) -> Floats:  # noqa: B008 - frozen
    """How far each day leaves the usual: towards conflict, towards cooperation.

    Args:
        series: (n, n_days), cooperation above conflict; NaN where nothing is known.
        settings: Half-lives and spans.

    Returns:
        (2, n, n_days); 0 during the warm-up and on unknown days.
    """
    root = _roots(series, settings)
    total = np.concatenate([np.zeros((len(root), 1)), np.cumsum(root, axis=1)], axis=1)
    n_days = series.shape[1]
    best = np.full((2, *series.shape), -np.inf)
    for span in settings.spans:
        begin = np.maximum(np.arange(n_days) + 1 - span, 0)
        mean = (total[:, 1:] - total[:, begin]) / np.sqrt(span)
        best = np.maximum(best, np.stack([-mean, mean]))
    best[:, :, : settings.warm_up] = 0.0
    return np.where(np.isnan(series), 0.0, best)


def _roots(series: Floats, settings: Settings) -> Floats:
    """(n, n_days) root of each day's deviation in spreads; 0 on unknown days."""
    n, n_days = series.shape
    begun = series[:, : max(1, settings.warm_up)]
    some = ~np.isnan(begun)
    usual = np.where(some, begun, 0.0).sum(axis=1) / np.maximum(some.sum(axis=1), 1)
    spread = np.abs(np.where(some, begun - usual[:, None], 0.0)).sum(axis=1) / np.maximum(some.sum(axis=1), 1) + settings.least
    learn = [1 - 2.0 ** (-1.0 / half_life) for half_life in (settings.usual, settings.spread)]
    out = np.zeros((n, n_days))
    for day in range(n_days):
        known = ~np.isnan(series[:, day])
        off = np.where(known, series[:, day] - usual, 0.0)
        # 1.25 mean absolute deviations are one standard deviation of a normal
        out[:, day] = np.sign(off) * np.sqrt(np.abs(off) / (1.25 * spread))
        usual = usual + learn[0] * np.clip(off, -LIMIT * spread, LIMIT * spread)
        spread = spread + np.where(known, learn[1] * (np.minimum(np.abs(off), LIMIT * spread) - spread), 0.0)
        spread = np.maximum(spread, settings.least)
    return out


def alarms(series: Floats, *, threshold: float = THRESHOLD, settings: Settings = Settings()) -> NDArray[np.int8]:  # noqa: B008 - frozen
    """(n, n_days): -1 where an alarm towards conflict sounds, 1 towards cooperation, 0 elsewhere; -2 and 2 where one got graver.

    Raises:
        BadSetting: The threshold is not above 0.
    """
    if not threshold > 0:
        raise BadSetting("threshold", threshold, "it must be above 0; the higher, the fewer alarms")
    return sounded(scores(series, settings), threshold, settings)


def sounded(score: Floats, threshold: float, settings: Settings) -> NDArray[np.int8]:
    """(n, n_days) alarms of (2, n, n_days) scores; the two directions keep their quiet apart, the larger wins the day."""
    _, n, n_days = score.shape
    free, begun, height = np.zeros((2, n)), np.full((2, n), -np.inf), np.full((2, n), np.inf)
    armed = np.ones((2, n), dtype=bool)
    out = np.zeros((n, n_days), dtype=np.int8)
    for day in range(n_days):
        now = score[:, :, day]
        new = (now > threshold) & armed & (day >= free)
        settled = day >= begun + settings.settle
        hit = new | ((now > np.maximum(settings.graver * height, threshold)) & settled)
        height = np.where(hit, now, np.where(settled, height, np.maximum(height, now)))
        begun, free = np.where(hit, day, begun), np.where(hit, day + settings.quiet, free)
        armed = ~hit & (armed | (now < threshold / 2))
        heard = np.where(hit, now, -1.0)
        loud = np.where(heard[0] >= heard[1], np.where(new[0], -1, -2), np.where(new[1], 1, 2))
        out[:, day] = np.where(hit.any(axis=0), loud, 0)
    return out


def threshold_for(score: Floats, years: float, settings: Settings = Settings(), *, a_year: float = 1.0, known: NDArray[np.bool_] | None = None) -> float:  # noqa: B008 - frozen
    """The lowest threshold, to one part in a hundred, at which these series sound at most `a_year` false alarms a series and year.

    Args:
        score: (2, n, n_days) from `scores`.
        years: How long each series is known.
        settings: How alarms follow each other.
        a_year: Alarms that are borne.
        known: (n, n_days) whether an alarm of that day is a true one; all alarms count as false when None.
    """
    low, high = 0.1, float(score.max()) + 1.0
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        heard = sounded(score, middle, settings)
        rate = np.count_nonzero(heard if known is None else heard * ~known) / score.shape[1] / years
        low, high = (middle, high) if rate > a_year else (low, middle)
    return high
