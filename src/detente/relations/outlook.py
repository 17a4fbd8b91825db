"""The forecast of one relation, ours and the dumb rivals' side by side."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from detente.relations import next_turn, points
from detente.relations.forecast import RIVALS, Forecast, able, forecast, rival
from detente.relations.level import Settings
from detente.relations.panel import Panel
from detente.relations.pooled import KINDS, Coming


class Outlook(msgspec.Struct, frozen=True):
    """What is told of the coming weeks, and who tells it: "ours" or a rival.

    `what` is "conflict" or "cooperation", in reports, or "level", in mean points of the reports that come, if any do.
    """

    what: str
    who: str
    weeks: int
    mean: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


class Chance(msgspec.Struct, frozen=True):
    """How likely something is within the weeks, and who says so: "ours" or a rival. `what` is "turn": that the relation turns."""

    what: str
    who: str
    weeks: int
    chance: float


class Foretold(NamedTuple):
    """A whole distribution, by what and who; each of one dyad."""

    what: str
    who: str
    told: Forecast


def foretold(panel: Panel, settings: Settings, coming: Coming, *, weeks: int) -> list[Foretold]:
    """What is to come between two states; rivals that need more past than there is are left out.

    Args:
        panel: The dyad alone, from `pooled.alone`.
        settings: Of the level.
        coming: What forecasts of so many weeks have learned.
        weeks: Weeks ahead.
    """
    days, found, known = 7 * weeks, [], panel.known
    every, sums = panel.counts(slice(None)), panel.sums(slice(None)).sum(axis=-1)
    needed = {"no change": 3 * days, "seasonal": 364 + 2 * days, "mean": 2 * days}
    rivals = [name for name in RIVALS if known.sum() >= needed[name] and able(name, known, days)]
    for what, classes in KINDS.items():
        counts = every[..., classes].sum(axis=-1)
        found.append(Foretold(what, "ours", forecast(counts, panel.exposure, coming.reports[what])))
        found += [Foretold(what, name, rival(name, counts, known, days)) for name in rivals]
    counts = every.sum(axis=-1)
    found.append(Foretold("level", "ours", points.forecast(counts, sums, known, settings, coming.points)))
    others = [Foretold("level", name, points.rival(name, counts, sums, days)) for name in rivals]
    return found + [other for other in others if other.told.mean[0] == other.told.mean[0]]  # NaN: too few errors to know


def turn_within(panel: Panel, learned: next_turn.Learned) -> tuple[Chance, Chance]:
    """How likely the relation is to turn, beside the share of such weeks in which relations did.

    Args:
        panel: The dyad alone, from `pooled.alone`.
        learned: From `next_turn.learn`, on all dyads.
    """
    ours = float(next_turn.chances(next_turn.past_of(panel, np.array([0])), learned)[0])
    weeks = learned.days // 7
    return Chance("turn", "ours", weeks, ours), Chance("turn", "base rate", weeks, learned.share)


def outlook(panel: Panel, settings: Settings, coming: Coming, *, weeks: int) -> tuple[Outlook, ...]:
    """The same as points and bands; arguments as `foretold`.

    A band reaches to its own point. The middle of the distribution need not: a rival's is its guess plus its past errors, and these all
    go one way where a series climbs.
    """
    out = []
    for what, who, told in foretold(panel, settings, coming, weeks=weeks):
        point = float(told.mean[0])
        bands = [(min(point, float(low[0])), max(point, float(high[0]))) for low, high in (told.band(0.8), told.band(0.95))]
        out.append(Outlook(what, who, weeks, point, *bands[0], *bands[1]))
    return tuple(out)
