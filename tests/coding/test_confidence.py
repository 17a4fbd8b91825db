"""The chance that an event's type and codes are all right."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.coding.confidence import FEATURES, confidence, features_of, logit
from detente.coding.entities import Cast
from detente.records import Link, Trigger
from tests.builders import actor, mention, reading, trigger

TEXT = "Iran met Oman."
chances = st.floats(0, 1)


def met(type_score: float = 0.9, actors: tuple[Link, ...] = (), recipients: tuple[Link, ...] = ()) -> Trigger:
    """Iran met Oman, with these chances."""
    return trigger(TEXT, "met", "CONSULT", type_score=type_score, actors=actors, recipients=recipients)


def cast(*codes: str | None) -> Cast:
    """Iran and Oman with these codes."""
    seen = reading(TEXT, mentions=(mention(TEXT, "Iran", 0), mention(TEXT, "Oman", 1)))
    return Cast(TEXT, seen, {k: actor(code) for k, code in enumerate(codes)})


def test_without_a_calibration_it_is_the_product_of_the_scores() -> None:
    """Type, actor and recipient must all be right; an empty role cannot be wrong here."""
    both = met(0.9, (Link(0, 0.8),), (Link(1, 0.5),))

    assert confidence(both, cast("IRN", "OMN"), {}) == pytest.approx(0.36)
    assert confidence(met(0.9, (Link(0, 0.8),)), cast("IRN", "OMN"), {}) == pytest.approx(0.72)


@given(chances, chances, chances, st.lists(st.floats(-5, 5), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_it_is_a_chance_whatever_the_weights(type_score: float, a: float, r: float, weights: list[float]) -> None:
    """Between 0 and 1, both possible only as the limits of rounding."""
    told = confidence(met(type_score, (Link(0, a),), (Link(1, r),)), cast("IRN", "OMN"), {"confidence": weights})

    assert 0 <= told <= 1


def test_the_calibration_is_a_logistic_of_the_features() -> None:
    """As Platt writes it: weights times features, through the logistic."""
    weights = [0.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]

    assert confidence(met(0.9), cast("IRN", "OMN"), {"confidence": weights}) == pytest.approx(
        1 / (1 + math.exp(-0.5) / 9), abs=1e-3
    )


def test_each_feature_has_a_name() -> None:
    """A calibration fitted on other features is refused by its length."""
    assert len(features_of(met(), cast("IRN", "OMN"))) == len(FEATURES)
    with pytest.raises(ValueError, match="zip"):
        confidence(met(), cast("IRN", "OMN"), {"confidence": [1.0]})


def test_an_empty_role_and_a_party_without_code_are_told() -> None:
    """Half of the parties have a code; the recipient is missing in the second."""
    both = dict(zip(FEATURES, features_of(met(0.9, (Link(0, 0.9),), (Link(1, 0.9),)), cast("IRN", None)), strict=True))
    alone = dict(zip(FEATURES, features_of(met(0.9, (Link(0, 0.9),)), cast("IRN", None)), strict=True))

    assert (both["codes"], both["no_recipient"]) == (0.5, 0.0)
    assert (alone["codes"], alone["no_recipient"]) == (1.0, 1.0)


@given(chances)
def test_logits_are_finite(chance: float) -> None:
    """A chance of 0 or 1 does not break the sum."""
    assert math.isfinite(logit(chance))
    assert logit(chance) == pytest.approx(-logit(1 - chance), abs=1e-6)
