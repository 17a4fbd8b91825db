"""What skill is told of: scores that can be compared, with intervals over relations."""

from __future__ import annotations

import numpy as np
import pytest

from detente.relations.backtest import skill_of


def test_skill_is_what_is_missed_less() -> None:
    """Half of what the rival misses is a skill of a half, with an interval over the relations around it."""
    skill, low, high = skill_of(np.array([1.0, 2.0, 3.0, 2.0]), np.array([3.0, 4.0, 5.0, 4.0]))

    assert skill == pytest.approx(0.5)
    assert low < 0.5 < high


def test_a_rival_that_missed_nothing_cannot_be_bettered() -> None:
    """Neither is a skill made up, nor is anything divided by nothing; nor where some draw of relations holds no miss."""
    assert np.isnan(skill_of(np.array([1.0, 2.0]), np.zeros(2))).all()
    skill, low, high = skill_of(np.ones(2), np.array([0.0, 2.0]))
    assert skill == 0.0
    assert np.isnan([low, high]).all()


def test_one_relation_has_no_interval_over_relations() -> None:
    """All draws of one are that one; an interval of no width would be a certainty that nobody has."""
    skill, low, high = skill_of(np.array([1.0]), np.array([4.0]))

    assert skill == pytest.approx(0.75)
    assert np.isnan([low, high]).all()
