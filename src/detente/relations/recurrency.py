"""Who does what to whom in the coming weeks: our chances beside the recurrency baseline, which says that what recurred recurs.

A cell is a source, a target and a class of acts; the question is whether it has a report within the weeks. Ours is one less the chance
of no report in `forecast`. The baseline looks only at how long ago the cell last had one: as often as cells of that age had one again
in the past, it will now. It is hard to beat: most of what states do to each other they did last month.

Source of the baseline: Gastinger, Meilicke, Errica, Sztyler, Schuelke and Stuckenschmidt 2024, History Repeats Itself: A Baseline for
Temporal Knowledge Graph Forecasting, IJCAI; their decay by age is here measured instead of fitted.
"""

from __future__ import annotations

import numpy as np

from detente.relations.backtest import Row, Watching, lengths_of, skill_of, starts_of, unwatched
from detente.relations.forecast import chance_of_any, learn, origins
from detente.relations.panel import Bools, Floats, Ints, Panel, silent

AGES = (1, 2, 4, 8, 16, 32)
"""Stretches since the last report, upper ends of the baseline's classes; older, and never, are one more."""


def recurrency(panel: Panel, n: int, *, starts: int = 8, watching: Watching = unwatched) -> list[Row]:
    """Skill at each of `lengths_of` over the baseline: by Brier score, which for yes or no is the CRPS, too.

    Args:
        panel: The events, directed.
        n: So many directed dyads, those with most reports, four cells each.
        starts: Days on which forecasts are told, spread evenly over the last half.
        watching: Sees each of these days.

    Raises:
        BadSetting: Fewer than 56 days are known.
    """
    begin = starts_of(panel.known, starts)
    rows = np.sort(np.argsort(-panel.totals(), kind="stable")[:n])
    cells = panel.counts(rows).transpose(0, 2, 1).reshape(-1, panel.n_days)
    return [_of_weeks(cells, panel.exposure, begin, weeks, watching) for weeks in lengths_of(panel.known)]


def _of_weeks(cells: Floats, exposure: Floats, starts: Ints, weeks: int, watching: Watching) -> Row:
    days, first = 7 * weeks, int(starts[0])
    learned = learn(cells[:, :first], exposure[:first], days)
    again = shares(cells[:, :first], ~silent(exposure[:first]), days)
    ours, theirs = (np.zeros((len(starts), len(cells))) for _ in range(2))
    for number, start in enumerate(watching(starts, f"who does what, {weeks} weeks")):
        came = cells[:, start : start + days].sum(axis=1) > 0
        ours[number] = (chance_of_any(cells[:, :start], exposure[:start], learned) - came) ** 2
        theirs[number] = (again[age(cells[:, :start], days)] - came) ** 2
    # cells of one dyad go together: the interval is over dyads
    skill = skill_of(*(part.mean(axis=0).reshape(-1, 4).mean(axis=1) for part in (ours, theirs)))
    return Row("who does what", weeks, "recurrency", *skill, *skill, None, None, ours.size)


def shares(cells: Floats, known: Bools, days: int) -> Floats:
    """(n_classes,) how often a cell whose last report is of each class of age had one within the next `days`, over the past."""
    asked, came = np.full(len(AGES) + 1, 2.0), np.ones(len(AGES) + 1)  # one of two, before anything is seen
    for end in origins(known, days):
        classes = age(cells[:, :end], days)
        asked += np.bincount(classes, minlength=len(asked))
        came += np.bincount(classes[cells[:, end : end + days].sum(axis=1) > 0], minlength=len(asked))
    return np.asarray(came / asked)


def age(cells: Floats, days: int) -> Ints:
    """(n,) class of `AGES` of the last report of each cell."""
    since = np.argmax(cells[:, ::-1] > 0, axis=1) // days + 1
    found = np.searchsorted(AGES, since)
    return np.where(cells.any(axis=1), found, len(AGES)).astype(np.int64)
