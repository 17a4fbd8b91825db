"""How good the forecasts would have been: told on past days from what was known then, scored on what came, beside the dumb rivals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

import numpy as np

from detente.errors import BadSetting
from detente.relations import level, points
from detente.relations.forecast import (
    RIVALS,
    Forecast,
    brier,
    covered,
    crps,
    followed,
    forecast,
    learn,
    rival,
    spread,
    whole,
)
from detente.relations.panel import Bools, Floats, Ints, Panel, silent

WEEKS = (1, 4, 12)
STRETCHES = 8
"""Stretches of the coming weeks' length that the days must hold."""

YEAR = 364
"""Days from a season to the next, in whole weeks."""

DRAWS = 500
"""Bootstrap draws of dyads."""

Watching = Callable[[Collection[Any], str], Iterable[Any]]
"""Gives back the steps of a long work as they are asked for, told what they are: who waits can be shown how far it is."""


def unwatched(steps: Collection[Any], _: str) -> Iterable[Any]:
    """The steps, for nobody to see."""
    return steps


class Row(NamedTuple):
    """Skill over one rival: 1 is perfect, 0 no better, each with a 95 % interval over dyads; how often the truth lay in the bands.

    Yes or no has no bands, and its CRPS is the Brier score. NaN (null in JSON) where `skill_of` knows none.
    """

    what: str
    weeks: int
    rival: str
    crps_skill: float
    crps_low: float
    crps_high: float
    brier_skill: float
    brier_low: float
    brier_high: float
    in_80: float | None
    in_95: float | None
    forecasts: int


def backtest(panel: Panel, rows: np.ndarray, classes: slice, what: str, *, origins: int = 8, watching: Watching = unwatched) -> list[Row]:
    """Skill at each of `lengths_of` over each rival that has a past; a past of less than a year has no season.

    The forecast is learned on the days before the first origin; each forecast knows only the days before its own. The yes-or-no
    question is whether more reports come than in three quarters of the past stretches of that length.

    Args:
        panel: The events.
        rows: (n,) dyads to forecast.
        classes: `panel.CONFLICT` or `panel.COOPERATION`.
        what: Its name.
        origins: Days on which forecasts are issued, spread evenly over the last half.
        watching: Sees each origin.

    Raises:
        BadSetting: Fewer than 56 days are known.
    """
    counts = panel.counts(rows)[..., classes].sum(axis=-1)
    starts = starts_of(panel.known, origins)
    return [row for weeks in lengths_of(panel.known) for row in _of_weeks(counts, panel.exposure, starts, (what, weeks), watching)]


def days_for(weeks: int) -> int:
    """Days that must be known to score forecasts of so many weeks."""
    return STRETCHES * 7 * weeks


def lengths_of(known: Bools) -> tuple[int, ...]:
    """Those of `WEEKS` of which the known days hold eight stretches: four to learn from, before the first forecast, and one to score without a gap.

    Raises:
        BadSetting: Fewer than 56 days are known, or no week in the last half.
    """
    found = tuple(weeks for weeks in WEEKS if known.sum() >= days_for(weeks) and len(_graded(known, weeks)))
    if not found:
        rule = f"a backtest of {WEEKS[0]} week needs at least {days_for(WEEKS[0])} days of which there is news, the first half to learn from"
        raise BadSetting("events", f"{known.sum()} days", rule)
    return found


def starts_of(known: Bools, origins: int) -> Ints:
    """(origins,) days on which forecasts are told, spread evenly over the last half of the known ones; the first half is there to learn from.

    Raises:
        BadSetting: As `lengths_of`.
    """
    return spread(_graded(known, lengths_of(known)[-1]), origins)


def _graded(known: Bools, weeks: int) -> Ints:
    """Days of the last half after which all days of so many weeks are known."""
    return followed(known, 7 * weeks, after=int(known.sum()) // 2)


def _of_weeks(counts: Floats, exposure: Floats, starts: np.ndarray, name: tuple[str, int], watching: Watching) -> list[Row]:
    days, known = 7 * name[1], ~silent(exposure)
    starts = starts[[bool(whole(known[:start], days).any()) for start in starts]]
    if not len(starts):
        return []
    rivals = [r for r in RIVALS if r != "seasonal" or starts[-1] >= YEAR + days]
    learned = learn(counts[:, : starts[0]], exposure[: starts[0]], days)
    scored: dict[str, list[Floats]] = {}
    for start in watching(starts, f"{name[0]}, {name[1]} weeks"):
        past, truth = counts[:, :start], counts[:, start : start + days].sum(axis=1)
        blocks = np.add.reduceat(past[:, start % days :], np.arange(0, start - start % days, days), axis=1)
        above = np.quantile(blocks[:, whole(known[:start], days)], 0.75, axis=1)
        told = {"ours": forecast(past, exposure[:start], learned)} | {r: rival(r, past, known[:start], days) for r in rivals}
        for who, one in told.items():
            scored.setdefault(who, []).append(_scores(one, truth, above))
    means = {who: np.mean(parts, axis=0) for who, parts in scored.items()}  # (4, n_dyads)
    return [_row(name, who, means["ours"], means[who], len(starts)) for who in rivals]


def _scores(told: Forecast, truth: Floats, above: Floats) -> Floats:
    return np.stack([crps(told, truth), brier(told, truth, above), covered(told, truth, 0.8), covered(told, truth, 0.95)])


def backtest_level(panel: Panel, rows: np.ndarray, *, origins: int = 8, watching: Watching = unwatched) -> list[Row]:
    """The same for the mean points of the reports within the weeks; weeks without reports, and dyads of which a rival knows nothing, are left out.

    Raises:
        BadSetting: Fewer than 56 days are known.
    """
    starts = starts_of(panel.known, origins)
    counts, sums = panel.counts(rows).sum(axis=-1), panel.sums(rows).sum(axis=-1)
    early = panel_until(panel, int(starts[0]))
    settings = level.fit(early)
    return [row for weeks in lengths_of(panel.known) for row in _level_of_weeks((counts, sums, panel.known), settings, starts, weeks, watching)]


def panel_until(panel: Panel, n_days: int) -> Panel:
    """The panel as it was after so many days, of the dyads that had events by then."""
    cells = panel.day < n_days
    kept = np.concatenate([[0], np.cumsum(cells)])[panel.start]
    told = np.flatnonzero(np.diff(kept))
    return panel._replace(
        dyads=tuple(panel.dyads[row] for row in told), start=np.append(kept[told], kept[-1]), day=panel.day[cells], klass=panel.klass[cells], count=panel.count[cells], points=panel.points[cells], news=panel.news[:n_days],
        exposure=panel.exposure[:n_days],
    )  # fmt: skip


def _level_of_weeks(seen: tuple[Floats, Floats, Bools], settings: level.Settings, starts: np.ndarray, weeks: int, watching: Watching) -> list[Row]:
    days, (counts, sums, known) = 7 * weeks, seen
    learned = points.learn(counts[:, : starts[0]], sums[:, : starts[0]], known[: starts[0]], settings, days)
    scored: dict[str, list[Floats]] = {}
    for start in watching(starts, f"level, {weeks} weeks"):
        past = counts[:, :start], sums[:, :start]
        n = counts[:, start : start + days].sum(axis=1)
        truth = np.where(n > 0, sums[:, start : start + days].sum(axis=1) / np.maximum(n, 1e-9), np.nan)
        means = points.stretches(*past, days)
        some = np.asarray(~np.isnan(means).all(axis=1))
        above = np.where(some, np.nanquantile(np.where(some[:, None], means, 0.0), 0.75, axis=1), np.nan)
        told = {"ours": points.forecast(*past, known[:start], settings, learned)} | {r: points.rival(r, *past, days) for r in RIVALS}
        for who, one in told.items():
            unknown = np.isnan(truth + above + one.mean)
            scored.setdefault(who, []).append(np.where(unknown, np.nan, _scores(one, truth, above)))
    out = []
    for who in RIVALS:
        ours, theirs = np.array(scored["ours"]), np.array(scored[who])
        both = np.asarray(~np.isnan(ours + theirs).any(axis=1))  # (origins, n): both told something, and something came
        asked = both.any(axis=0)
        ours, theirs = (np.where(both[:, None], part, 0.0).sum(axis=0)[:, asked] / both.sum(axis=0)[asked] for part in (ours, theirs))
        if asked.any():
            out.append(_row(("level", weeks), who, ours, theirs, 1)._replace(forecasts=int(both.sum())))
    return out


def _row(name: tuple[str, int], rival: str, ours: Floats, theirs: Floats, origins: int) -> Row:
    return Row(*name, rival, *skill_of(ours[0], theirs[0]), *skill_of(ours[1], theirs[1]), float(ours[2].mean()), float(ours[3].mean()), ours.shape[1] * origins)


def skill_of(ours: Floats, theirs: Floats) -> tuple[float, float, float]:
    """Skill of (n_dyads,) scores over a rival's, with its 95 % bootstrap interval over dyads.

    NaN over a rival that missed nothing, who cannot be bettered; an interval of NaN where there is but one dyad, or some draw of them was never missed.
    """
    if not theirs.sum() > 0:
        return np.nan, np.nan, np.nan
    draws = np.random.default_rng(0).integers(0, len(ours), (DRAWS, len(ours)))
    missed = theirs[draws].sum(axis=1)
    if len(ours) == 1 or not (missed > 0).all():
        return float(1 - ours.sum() / theirs.sum()), np.nan, np.nan
    drawn = 1 - ours[draws].sum(axis=1) / missed
    return float(1 - ours.sum() / theirs.sum()), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))
