"""The forecast of one relation, ours and the dumb rivals' side by side."""

from __future__ import annotations

import msgspec
import numpy as np

from detente.relations.forecast import RIVALS, forecast, learn, rival
from detente.relations.level import SAMPLE, sample_of
from detente.relations.panel import CONFLICT, COOPERATION, Panel


class Outlook(msgspec.Struct, frozen=True):
    """Reports of one kind within so many weeks, and who says so: "ours" or a rival."""

    what: str
    who: str
    weeks: int
    mean: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


def outlook(panel: Panel, row: np.ndarray, *, weeks: int) -> tuple[Outlook, ...]:
    """What is to come between two states; rivals that need more past than there is are left out.

    Args:
        panel: All dyads.
        row: (1,) the dyad's number.
        weeks: Weeks ahead.
    """
    out, sample, days = [], sample_of(panel.totals(), SAMPLE), 7 * weeks
    for classes, what in ((CONFLICT, "conflict"), (COOPERATION, "cooperation")):
        others = panel.counts(sample)[..., classes].sum(axis=-1)
        learned = learn(others, panel.exposure, days)
        counts = panel.counts(row)[..., classes].sum(axis=-1)
        told = {"ours": forecast(counts, panel.exposure, learned)}
        needed = {"no change": 3 * days, "seasonal": 364 + 2 * days, "mean": 2 * days}
        told |= {name: rival(name, counts, days) for name in RIVALS if panel.n_days >= needed[name]}
        for who, one in told.items():
            bands = [float(edge[0]) for share in (0.8, 0.95) for edge in one.band(share)]
            out.append(Outlook(what, who, weeks, float(one.mean[0]), *bands))
    return tuple(out)
