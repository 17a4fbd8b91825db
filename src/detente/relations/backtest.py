"""How good the forecasts would have been: told on past days from what was known then, scored on what came, beside the dumb rivals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.errors import BadSetting
from detente.relations.forecast import RIVALS, Forecast, brier, covered, crps, forecast, learn, rival
from detente.relations.panel import Floats, Panel

WEEKS = (1, 4, 12)
DRAWS = 500
"""Bootstrap draws of dyads."""


class Row(NamedTuple):
    """Skill over one rival: 1 is perfect, 0 no better, each with a 95 % interval over dyads; how often the truth lay in the bands."""

    what: str
    weeks: int
    rival: str
    crps_skill: float
    crps_low: float
    crps_high: float
    brier_skill: float
    brier_low: float
    brier_high: float
    in_80: float
    in_95: float
    forecasts: int


def backtest(panel: Panel, rows: np.ndarray, classes: slice, what: str, *, origins: int = 8) -> list[Row]:
    """Skill at each of `WEEKS` over each rival.

    The forecast is learned on the days before the first origin; each forecast knows only the days before its own. The yes-or-no
    question is whether more reports come than in three quarters of the past stretches of that length.

    Args:
        panel: The events.
        rows: (n,) dyads to forecast.
        classes: `panel.CONFLICT` or `panel.COOPERATION`.
        what: Its name.
        origins: Days on which forecasts are issued, spread evenly over the last half.

    Raises:
        BadSetting: Fewer than 48 weeks are known.
    """
    counts = panel.counts(rows)[..., classes].sum(axis=-1)
    n_days, longest = panel.n_days, 7 * WEEKS[-1]
    if n_days < 4 * longest:
        raise BadSetting("events", f"{n_days} days", f"a backtest to {WEEKS[-1]} weeks needs at least {4 * longest} days")
    starts = np.linspace(n_days // 2, n_days - longest, origins).astype(int)
    return [row for weeks in WEEKS for row in _of_weeks(counts, panel.exposure, starts, (what, weeks))]


def _of_weeks(counts: Floats, exposure: Floats, starts: np.ndarray, name: tuple[str, int]) -> list[Row]:
    days = 7 * name[1]
    learned = learn(counts[:, : starts[0]], exposure[: starts[0]], days)
    scored: dict[str, list[Floats]] = {}
    for start in starts:
        past, truth = counts[:, :start], counts[:, start : start + days].sum(axis=1)
        blocks = np.add.reduceat(past[:, start % days :], np.arange(0, start - start % days, days), axis=1)
        above = np.quantile(blocks, 0.75, axis=1)
        told = {"ours": forecast(past, exposure[:start], learned)} | {r: rival(r, past, days) for r in RIVALS}
        for who, one in told.items():
            scored.setdefault(who, []).append(_scores(one, truth, above))
    means = {who: np.mean(parts, axis=0) for who, parts in scored.items()}  # (4, n_dyads)
    return [_row(name, who, means["ours"], means[who], len(starts)) for who in RIVALS]


def _scores(told: Forecast, truth: Floats, above: Floats) -> Floats:
    return np.stack([crps(told, truth), brier(told, truth, above), covered(told, truth, 0.8), covered(told, truth, 0.95)])


def _row(name: tuple[str, int], rival: str, ours: Floats, theirs: Floats, origins: int) -> Row:
    draws = np.random.default_rng(0).integers(0, ours.shape[1], (DRAWS, ours.shape[1]))
    skills: list[tuple[float, float, float]] = []
    for score in (0, 1):
        skill = 1 - ours[score].sum() / theirs[score].sum()
        drawn = 1 - ours[score][draws].sum(axis=1) / theirs[score][draws].sum(axis=1)
        skills.append((float(skill), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))))
    return Row(*name, rival, *skills[0], *skills[1], float(ours[2].mean()), float(ours[3].mean()), ours.shape[1] * origins)
