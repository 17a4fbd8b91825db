"""What all dyads together tell, which one dyad's answer needs: the days, the amount of news, the settings that all share.

It takes seconds to find and a few kilobytes to keep; with it a relation is answered from the dyad's own events alone.
"""

from __future__ import annotations

import datetime as dt

import msgspec
import numpy as np
import polars

from detente.relations import level, next_turn, points, rates
from detente.relations.forecast import Learned, learn
from detente.relations.level import Settings as LevelSettings
from detente.relations.panel import CONFLICT, COOPERATION, Floats, Panel, panel_of
from detente.relations.points import Learned as PointsLearned
from detente.relations.rates import Settings as RateSettings

KINDS = {"conflict": CONFLICT, "cooperation": COOPERATION}


class Coming(msgspec.Struct, frozen=True):
    """What forecasts of so many weeks have learned: of reports, by kind, and of their mean points."""

    reports: dict[str, Learned]
    points: PointsLearned


class Pooled(msgspec.Struct, frozen=True, kw_only=True):
    """From all dyads of a panel. `exposure` is the news of each day from `first` on, in average days; 0 where nothing is known."""

    first: dt.date
    exposure: tuple[float, ...]
    level: LevelSettings
    rates: tuple[RateSettings, ...]
    hostile: RateSettings

    @property
    def last(self) -> dt.date:
        """The last day."""
        return self.first + dt.timedelta(len(self.exposure) - 1)


def pooled(panel: Panel) -> Pooled:
    """What the panel's dyads share."""
    return Pooled(
        first=panel.first, exposure=tuple(panel.exposure.tolist()), level=level.fit(panel), rates=rates.fit(panel), hostile=hostile(panel),
    )  # fmt: skip


def learned(panel: Panel, settings: LevelSettings, weeks: int) -> Coming:
    """What forecasts of so many weeks learn.

    Raises:
        BadSetting: The known days are fewer than four times as many, or lie too far apart.
    """
    sample = level.sample_of(panel.totals(), level.SAMPLE)
    counts = panel.counts(sample)
    reports = {kind: learn(counts[..., classes].sum(axis=-1), panel.exposure, 7 * weeks) for kind, classes in KINDS.items()}
    return Coming(reports, points.learn(counts.sum(axis=-1), panel.sums(sample).sum(axis=-1), panel.known, settings, 7 * weeks))


def learned_turns(panel: Panel, weeks: int) -> next_turn.Learned:
    """How likely relations were to turn within so many weeks.

    Raises:
        BadSetting: The days are too few (`next_turn.needed`).
    """
    return next_turn.learn(next_turn.past_of(panel, level.sample_of(panel.totals(), level.SAMPLE)), 7 * weeks)


def hostile(panel: Panel) -> RateSettings:
    """Settings for words and deeds of conflict together: fitted on their sum."""
    rows = level.sample_of(panel.totals(), rates.SAMPLE)
    counts = panel.counts(rows)[..., CONFLICT].sum(axis=-1)
    return rates.fit_on(counts, panel.exposure, rates.spread_of(counts.sum(axis=-1), float(panel.exposure.sum())))


def alone(events: polars.DataFrame, known: Pooled, *, directed: bool = False) -> Panel:
    """The panel of one dyad's events over the days and the news of all.

    Raises:
        BadSetting: There is no event within the days.
    """
    exposure: Floats = np.array(known.exposure)
    return panel_of(events, directed=directed, since=known.first, until=known.last)._replace(news=exposure, exposure=exposure)
