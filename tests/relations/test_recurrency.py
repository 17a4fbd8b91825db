"""The recurrency baseline: its chances are those of the past, and where things only recur nobody beats it by much."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars
import pytest

from detente.relations.panel import panel_of
from detente.relations.recurrency import AGES, age, recurrency, shares
from detente.relations.tables import checked


def test_ages_count_stretches_since_the_last_report() -> None:
    """Today is the first stretch; never is the last class."""
    cells = np.zeros((4, 70))
    cells[0, 69] = cells[1, 62] = cells[2, 0] = 1

    assert age(cells, 7).tolist() == [0, 1, AGES.index(16), len(AGES)]


def test_what_recurs_every_stretch_recurs() -> None:
    """Of cells that act every week all act again next week; of cells that never did none do."""
    cells = np.zeros((2000, 140))
    cells[:1000, ::7] = 1
    told = shares(cells, np.ones(140, bool), 7)

    assert told[0] > 0.99
    assert told[-1] < 0.01


def test_steady_rates_are_foretold_better_than_by_age_alone() -> None:
    """A state that acts once a month and one that acts daily both acted this week: only we tell them apart."""
    rng = np.random.default_rng(0)
    n_days, names = 700, [f"S{k:02d}" for k in range(40)]
    rates = rng.gamma(0.5, 0.3, (40, 4))
    day, dyad, klass = np.nonzero(rng.random((n_days, 40, 4)) < rates)
    frame = checked(polars.DataFrame({
        "day": [dt.date(2020, 1, 1) + dt.timedelta(int(d)) for d in day], "source": [names[k] for k in dyad], "target": "ZZZ",
        "quad": klass + 1, "n": 1.0, "id": [str(k) for k in range(len(day))],
    })).frame  # fmt: skip
    found = recurrency(panel_of(frame, directed=True), 40)

    assert [row.weeks for row in found] == [1, 4, 12]
    assert found[0].brier_skill > 0
    assert found[0].crps_skill == pytest.approx(found[0].brier_skill)
    assert found[0].in_80 is None
