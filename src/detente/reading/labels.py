"""What each output of the network means. Training writes these numbers, run time reads them."""

from __future__ import annotations

from detente.ontology import PLOVER

TYPES = tuple(PLOVER.types)
STATUSES = PLOVER.statuses
CONTEXTS = PLOVER.contexts
SECTORS = (None, *PLOVER.sectors)
BODIES = ("none", "state", *PLOVER.nonstate_codes)
MODES = (None, *(f"{t}/{m}" for t, kind in PLOVER.types.items() for m in kind.modes))
QUOTE_KINDS = ("direct", "indirect", "mixed")
NAME_KINDS = ("PER", "ORG", "LOC")


def bio(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """O, then B and I of each kind."""
    return ("O", *(f"{mark}-{kind}" for kind in kinds for mark in "BI"))


LAYERS: dict[str, tuple[str, ...]] = {
    "trigger": bio(TYPES),
    "mention": bio(("M",)),
    "inner": bio(("M",)),  # a mention inside a mention ("Iran" in "Iran's foreign minister"); deeper ones are 2 in 12,536
    "time": bio(("T",)),
    "place": bio(("P",)),
    "quote": bio(QUOTE_KINDS),
    "cue": bio(("C",)),
    "name": bio(NAME_KINDS),
}
"""Tag layers of every word, in the order in which the network gives them."""

ROLES = ("actor", "recipient", "by")
PAIRS: dict[str, int] = {"role": len(ROLES), "time": 1, "place": 1, "speaker": 1, "cue": 1, "nation": 1, "coref": 1, "same": 1}
"""Families of pairs and how many scores each gives."""

TRIGGER_HEADS: dict[str, int] = {"status": len(STATUSES), "mode": len(MODES), "context": len(CONTEXTS), "reciprocal": 1, "news": 1}
MENTION_HEADS: dict[str, int] = {"sector": len(SECTORS), "body": len(BODIES), "joint": 1}
