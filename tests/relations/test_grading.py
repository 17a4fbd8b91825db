"""Grades: who tells the truth scores best, and who loses to a dumb rival says so."""

from __future__ import annotations

import numpy as np
import pytest

from detente.relations.drawing import calibration_svg
from detente.relations.forecast import LEVELS
from detente.relations.grading import Settled, grades


def settled(who: str, spread: float, n: int = 2000, off: float = 0.0) -> list[Settled]:
    """Truths that are normal around 0, and a forecaster who tells this spread around this middle."""
    rng = np.random.default_rng(0)
    told = tuple(np.quantile(rng.normal(off, spread, 20000), LEVELS).tolist())
    return [Settled("level", 4, who, told, float(truth), 0.67) for truth in rng.normal(0, 1, n)]


def test_who_tells_the_truth_is_calibrated_and_best() -> None:
    """The true distribution has each tenth where it belongs, bands that hold what they say, and the least CRPS."""
    ours, wide = grades([*settled("ours", 1.0), *settled("mean", 4.0)])

    assert ours.upto == pytest.approx([0.1 * k for k in range(1, 10)], abs=0.03)
    assert ours.in_80 == pytest.approx(0.8, abs=0.03)
    assert ours.in_95 == pytest.approx(0.95, abs=0.02)
    assert wide.in_80 > 0.99
    assert ours.crps < wide.crps
    assert ours.verdict == "better than every rival so far; the best of them is mean"
    assert ours.chances[0].told == pytest.approx(ours.chances[0].came, abs=0.03)


def test_who_loses_says_so() -> None:
    """Ours is off by two: the rival wins, and the verdict names it."""
    ours, _ = grades([*settled("ours", 1.0, off=2.0), *settled("no change", 1.0)])

    assert ours.verdict == "no better than no change, the best rival"


def test_the_picture_has_a_line_for_each_forecaster() -> None:
    """Two forecasters, two lines, one square."""
    drawn = calibration_svg(grades([*settled("ours", 1.0, 50), *settled("mean", 4.0, 50)]))

    assert drawn.count("<polyline") == 2
    assert "level, 4 weeks" in drawn
