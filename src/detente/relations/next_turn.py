"""The chance that a relation turns in the coming weeks: that a turning point is found there once enough is known to find it.

    chance = 1 / (1 + exp(-(w0 + w · signs)))       signs, each in standard deviations over all dyads and days:
    busy     log of reports per average day of news, over the last half year
    loud     log of one and the highest score of the online detector within two weeks
    moved    largest |log ratio| of the last four weeks' rate of conflict or cooperation to the last year's
    both     busy * moved

The weights are learned from all dyads' past, drawn to 0 by a normal of one; the constant is drawn to the share of the past. Turning
points of the last `SETTLED` days are not learned from: the search needs days on both sides. The rivals are the share of all dyads, and
the dyad's own turns a day so far.

Source: logistic regression, Cox 1958, J. Royal Statistical Society B 20(2):215-242; the signs are ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from detente.errors import BadSetting
from detente.relations import alarms
from detente.relations.backtest import Row, Watching, lengths_of, skill_of, starts_of, unwatched
from detente.relations.forecast import followed
from detente.relations.panel import CONFLICT, COOPERATION, Bools, Floats, Ints, Panel, silent
from detente.relations.turning import turning_points

BUSY, LOUD, MOVED, YEAR = 182, 14, 28, 364
"""Days that the signs look back."""

SETTLED = 28
"""Days after which a turning point is taken to be found, if it is one."""

STEP = 14
"""Days from one past forecast that is learned from to the next."""

FEWEST = 4
"""Past forecasts of a dyad to learn from."""

SURE = 0.5
"""Chance from which on a turning point counts, as in `relation`."""


class Past(NamedTuple):
    """Of some dyads: (n, 2, n_days) reports of cooperation and conflict, (n, n_days) scores of the online detector, (n_days,) news."""

    reports: Floats
    scores: Floats
    exposure: Floats

    def until(self, n_days: int) -> Past:
        """As it was after so many days."""
        return Past(self.reports[..., :n_days], self.scores[..., :n_days], self.exposure[:n_days])


class Learned(NamedTuple):
    """For forecasts of so many days: usual value and spread of each sign, weights (the constant first), and the share of the past."""

    days: int
    usual: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]
    share: float


def past_of(panel: Panel, rows: Ints) -> Past:
    """What the signs are read from."""
    counts = panel.counts(rows)
    reports = np.stack([counts[..., kind].sum(axis=-1) for kind in (COOPERATION, CONFLICT)], axis=1)
    points = np.where(panel.exposure > 0, panel.sums(rows).sum(axis=-1), np.nan)
    return Past(reports, alarms.scores(points).max(axis=0), panel.exposure)


def turned(past: Past, watching: Watching = unwatched) -> Floats:
    """(n, n_days) 1 on the first day after each turning point, as known at the end.

    A search for each dyad, some 10 ms a year of days.
    """
    out = np.zeros(past.scores.shape)
    for row, reports in enumerate(watching(past.reports, "turning points")):
        out[row, [cut.day for cut in turning_points(reports, past.exposure) if cut.chance >= SURE]] = 1.0
    return out


def signs(past: Past) -> Floats:
    """(n, 4) signs on the last day."""
    news = past.exposure

    def rate(reports: Floats, days: int, more: float) -> Floats:
        return np.asarray((reports[..., -days:].sum(axis=-1) + more) / (news[-days:].sum() + more))

    busy = np.log(rate(past.reports.sum(axis=1), BUSY, 0.5))
    loud = np.log1p(np.maximum(past.scores[:, -LOUD:].max(axis=1), 0.0))
    moved = np.abs(np.log(rate(past.reports, MOVED, 1.0) / rate(past.reports, YEAR, 1.0))).max(axis=1)
    return np.stack([busy, loud, moved, busy * moved], axis=1)


def needed(days: int) -> int:
    """Days that must be known, to learn forecasts of so many."""
    return BUSY + days + SETTLED + FEWEST * STEP


def ends_of(known: Bools, days: int) -> list[int]:
    """Days after which past forecasts of `days` are learned from: all that they are about is known. None when that are too few.

    Args:
        known: (n_days,) whether anything is known of the day.
        days: How many days ahead.
    """
    able = set(followed(known, days, after=BUSY).tolist())
    found = [end for end in range(BUSY, len(known) - days - SETTLED, STEP) if end in able]
    return found if known.sum() >= needed(days) and len(found) >= FEWEST else []


def learn(past: Past, days: int, marks: Floats | None = None) -> Learned:
    """How likely turns were in the past, given the signs.

    Args:
        past: Of all dyads that are learned from.
        days: How many days ahead.
        marks: From `turned`, of the same past; searched for when None.

    Raises:
        BadSetting: Fewer days are known than `needed`, or they lie too far apart.
    """
    known = ~silent(past.exposure)
    ends = ends_of(known, days)
    if not ends:
        rule = f"the chance of a turn within {days} days is learned from at least {needed(days)} of which there is news"
        raise BadSetting("events", f"{known.sum()} days", rule)
    found = turned(past) if marks is None else marks
    seen = np.concatenate([signs(past.until(end)) for end in ends])
    came = np.concatenate([found[:, end : end + days].any(axis=1) for end in ends]).astype(np.float64)
    usual, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-9
    share = float((came.sum() + 0.5) / (len(came) + 1))
    start = np.array([logit(share), *np.zeros(seen.shape[1])])
    told = np.column_stack([np.ones(len(seen)), (seen - usual) / spread])

    def loss(weights: Floats) -> tuple[float, Floats]:
        at, off = told @ weights, weights - start
        return float(np.sum(np.logaddexp(0.0, at) - came * at) + 0.5 * off @ off), told.T @ (expit(at) - came) + off

    weights = minimize(loss, start, jac=True, method="BFGS").x
    return Learned(days, tuple(usual.tolist()), tuple(spread.tolist()), tuple(weights.tolist()), share)


def chances(past: Past, learned: Learned) -> Floats:
    """(n,) chance of a turn within the coming days."""
    told = (signs(past) - np.array(learned.usual)) / np.array(learned.spread)
    return np.asarray(expit(learned.weights[0] + told @ np.array(learned.weights[1:])))


def backtest_turns(panel: Panel, rows: Ints, *, origins: int = 8, watching: Watching = unwatched) -> list[Row]:
    """Skill at each of `lengths_of` for which there is enough to learn from, over each rival, by Brier score, which for yes or no is the CRPS, too.

    Nothing when there is enough for none (a turn within a week wants some 86 weeks), or nothing turned.

    What is learned, and the rivals, know the days before the first origin, and no turning point that only later days show.

    Args:
        panel: The events.
        rows: (n,) dyads to forecast.
        origins: Days on which forecasts are told, spread evenly over the last half.
        watching: Sees each dyad, twice: its turns as known before the first origin, and as known in the end.

    Raises:
        BadSetting: Fewer than 56 days are known.
    """
    past, starts, known = past_of(panel, rows), starts_of(panel.known, origins) - SETTLED, panel.known
    lengths = [weeks for weeks in lengths_of(known) if known[: starts[0]].sum() >= needed(7 * weeks)]
    if not lengths:
        return []
    early, every = turned(past.until(int(starts[0])), watching), turned(past, watching)
    return [row for weeks in lengths for row in _of_weeks(past, (early, every), starts, weeks)]


def _of_weeks(past: Past, marks: tuple[Floats, Floats], starts: Ints, weeks: int) -> list[Row]:
    days, (early, every), known = 7 * weeks, marks, ~silent(past.exposure)
    starts = starts[[bool(known[start : start + days].all()) for start in starts]]
    if not len(starts):
        return []
    learned = learn(past.until(int(starts[0])), days, early)
    came = np.stack([every[:, start : start + days].any(axis=1) for start in starts])
    if not came.any():  # who says "never" the louder would win
        return []
    ours = np.stack([chances(past.until(int(start)), learned) for start in starts])
    rivals = {"base rate": np.full(early.shape[0], learned.share), "own past": own_past(early, days, n_days=int(known[: early.shape[1]].sum()))}
    missed = ((ours - came) ** 2).mean(axis=0)
    out = []
    for name, told in rivals.items():
        skill = skill_of(missed, ((told - came) ** 2).mean(axis=0))
        out.append(Row("turn", weeks, name, *skill, *skill, None, None, came.size))
    return out


def own_past(marks: Floats, days: int, *, n_days: int) -> Floats:
    """(n,) chance of a turn within the days if each dyad goes on turning as it did in `n_days` known ones, drawn to all dyads' rate by one turn."""
    usual = max(float(marks.sum()), 0.5) / (len(marks) * n_days)
    return np.asarray(1 - np.exp(-days * (marks.sum(axis=1) + 1) / (n_days + 1 / usual)))
