"""The chance that an event's type and actor codes are all right."""

from __future__ import annotations

import math

from detente.coding.entities import NOBODY, Cast
from detente.records import Trigger

FEATURES = ("bias", "type", "status", "actor", "recipient", "no_actor", "no_recipient", "codes")
"""What the chance is computed from: logits of the scores, and whether a role is empty or a party has no code."""


def confidence(trigger: Trigger, cast: Cast, calibration: dict[str, list[float]]) -> float:
    """Calibrated chance in [0, 1], three decimals; without a calibration the product of the scores.

        logistic(weights @ features)

    Source:
        Platt 1999, "Probabilistic outputs for support vector machines"; fitted on dev by `training/tune.py`.
    """
    features = features_of(trigger, cast)
    weights = calibration.get("confidence")
    if weights is None:
        actor = max((link.score for link in trigger.actors), default=1.0)
        recipient = max((link.score for link in trigger.recipients), default=1.0)
        return round(trigger.type_score * actor * recipient, 3)
    total = sum(w * f for w, f in zip(weights, features, strict=True))
    return round(1 / (1 + math.exp(-total)), 3)


def features_of(trigger: Trigger, cast: Cast) -> list[float]:
    """One number for each of `FEATURES`."""
    actor = max((link.score for link in trigger.actors), default=0.5)
    recipient = max((link.score for link in trigger.recipients), default=0.5)
    parties = [cast.actors.get(e, NOBODY) for link in (*trigger.actors, *trigger.recipients) for e in cast.mentions[link.index].entities]
    coded = sum(p.code is not None for p in parties) / max(len(parties), 1)
    return [
        1.0, logit(trigger.type_score), logit(trigger.status_score), logit(actor), logit(recipient),
        float(not trigger.actors), float(not trigger.recipients), coded,
    ]  # fmt: skip


def logit(chance: float) -> float:
    """log(p / (1 - p)), the chance held off 0 and 1."""
    held = min(max(chance, 0.001), 0.999)
    return math.log(held / (1 - held))
