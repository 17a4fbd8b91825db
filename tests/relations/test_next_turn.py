"""The chance of a turn: as often as told, more where more is to turn, and blind to what comes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars
import pytest

from detente.errors import BadSetting
from detente.relations.next_turn import FEWEST, Past, backtest_turns, chances, ends_of, learn, needed, own_past, turned
from detente.relations.panel import panel_of
from detente.relations.tables import checked

DAYS = 28


def world(n: int, n_days: int, seed: int) -> tuple[Past, np.ndarray]:
    """Busy dyads that turn about once in 200 days, as many quiet ones that never do; and the days on which they turned."""
    rng = np.random.default_rng(seed)
    reports, marks = np.zeros((n, 2, n_days)), np.zeros((n, n_days))
    for row in range(n):
        rate = np.full(n_days, 0.1)
        if row % 2:
            marks[row] = rng.random(n_days) < 1 / 200
            rate = np.where(np.cumsum(marks[row]) % 2, 6.0, 1.5)
        reports[row] = rng.poisson(rate, (2, n_days))
    return Past(reports, np.zeros((n, n_days)), np.ones(n_days)), marks


def test_what_is_told_is_true() -> None:
    """Learned on one world and asked in another: the busy are told the chance with which they do turn, the quiet next to none."""
    first, turns = world(120, 700, 0)
    learned = learn(first, DAYS, turns)
    past, marks = world(400, 500, 1)
    told = chances(past.until(400), learned)
    came = marks[:, 400 : 400 + DAYS].any(axis=1)

    assert told[1::2].mean() == pytest.approx(1 - (1 - 1 / 200) ** DAYS, rel=0.2)
    assert told[0::2].mean() < 0.02
    assert np.mean((told - came) ** 2) < 0.99 * np.mean((learned.share - came) ** 2)


def test_turns_are_found_where_they_were_put() -> None:
    """The marks that are learned from: a rate that rises tenfold on day 150 is marked within two days of it, and nowhere else."""
    rng = np.random.default_rng(3)
    rate = np.where(np.arange(300) >= 150, 5.0, 0.5)
    past = Past(rng.poisson(rate, (1, 2, 300)).astype(float), np.zeros((1, 300)), np.ones(300))

    (day,) = np.flatnonzero(turned(past)[0])

    assert abs(day - 150) <= 2


def test_no_later_day_moves_a_chance() -> None:
    """Told on day 400, whatever comes after it."""
    past, marks = world(60, 500, 4)
    learned = learn(past.until(400), DAYS, marks[:, :400])
    other = past._replace(reports=np.concatenate([past.reports[..., :400], past.reports[..., 400:] + 50], axis=-1))

    assert np.array_equal(chances(past.until(400), learned), chances(other.until(400), learned))


def test_where_nothing_ever_turned_little_is_expected() -> None:
    """No turn in all the past: a small chance, not none."""
    past, marks = world(60, 400, 5)
    told = chances(past, learn(past, DAYS, np.zeros_like(marks)))

    assert 0 < told.min() <= told.max() < 0.01


def test_the_own_past_is_drawn_to_that_of_all() -> None:
    """A dyad that turned nine times in 1,000 days is told more than one that never did, and neither the extreme of its own."""
    marks = np.zeros((10, 1000))
    marks[0, ::112] = 1.0
    told = own_past(marks, DAYS, n_days=1000)

    assert 1 - np.exp(-DAYS * 9 / 1000) > told[0] > told[1] > 0


def test_too_few_days_are_named() -> None:
    """What must be known is said."""
    past, marks = world(4, needed(DAYS) - 1, 6)

    with pytest.raises(BadSetting, match=str(needed(DAYS))):
        learn(past, DAYS, marks)


def test_what_nobody_knows_of_is_no_time_without_turns() -> None:
    """Forecasts whose weeks lie in a gap are not learned from, and too few are none."""
    known = np.ones(700, bool)
    known[300:500] = False

    assert all(known[end : end + DAYS].all() for end in ends_of(known, DAYS))
    assert len(ends_of(np.ones(needed(DAYS), bool), DAYS)) == FEWEST
    assert ends_of(np.arange(9000) < 200, DAYS) == []


def test_the_backtest_grades_against_both_rivals() -> None:
    """Three lengths, two rivals, yes or no: Brier and CRPS are one, and there are no bands."""
    rng = np.random.default_rng(7)
    # every other dyad turns the other way, so that the news stay as they are, and none of their days is unknown
    rates = np.where((np.arange(780) // 90 + np.arange(6)[:, None]) % 2, 0.9, 0.15)
    dyad, day = np.nonzero(rng.random((6, 780)) < rates)
    frame = checked(polars.DataFrame({
        "day": [dt.date(2020, 1, 1) + dt.timedelta(int(d)) for d in day], "source": [f"S{k}" for k in dyad], "target": "ZZZ",
        "quad": rng.integers(1, 5, len(day)), "n": 1.0, "id": [str(k) for k in range(len(day))],
    })).frame  # fmt: skip
    found = backtest_turns(panel_of(frame), np.arange(6))

    assert backtest_turns(panel_of(frame, until=dt.date(2021, 11, 5)), np.arange(6))[-1].weeks == 4, "twelve weeks need more to learn from"
    assert [(row.weeks, row.rival) for row in found] == [(w, r) for w in (1, 4, 12) for r in ("base rate", "own past")]
    assert all(row.crps_skill == row.brier_skill and row.in_80 is None and row.forecasts == 48 for row in found)


def test_where_nothing_turns_nobody_is_better() -> None:
    """Three relations that go on as ever: who says "never" the louder would win, so that nothing is scored."""
    rows = [{"day": dt.date(2020, 1, 1) + dt.timedelta(day), "source": f"S{k}", "target": "ZZZ", "quad": 1, "id": f"{k}-{day}"} for day in range(780) for k in range(3)]

    assert backtest_turns(panel_of(checked(polars.DataFrame(rows)).frame), np.arange(3)) == []
