"""How much it tells that two reports share a party, a type or a name: of a small state little is told, so that two reports of it on one day agree less by chance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec

from detente.stories.words import MOST_TENTHS, tenths


class Rarity(msgspec.Struct, frozen=True):
    """Ten times the inverse document frequency of each code and type in the articles that were counted; `most` is that of what none of them has."""

    parties: dict[str, int]
    types: dict[str, int]
    most: int


@cache
def rarity() -> Rarity:
    """The table in the package, counted by `training/stories.py`."""
    raw = (resources.files("detente.stories") / "model" / "rarity.json").read_bytes()
    return msgspec.json.decode(raw, type=Rarity)


def rare_party(code: str) -> float:
    """How rare a party is in the news, in [0, 1]."""
    known = rarity()
    return known.parties.get(code, known.most) / known.most


def rare_type(type: str) -> float:
    """How rare a type of event is in the news, in [0, 1]."""
    known = rarity()
    return known.types.get(type, known.most) / known.most


def rarest_party(codes: Iterable[str]) -> float:
    """How rare the rarest of some parties is; 0 of none."""
    return max(map(rare_party, codes), default=0.0)


def rarest_word(words: Iterable[str]) -> float:
    """How rare the rarest of some stems is, in [0, 1]; 0 of none."""
    return max(map(tenths, words), default=0) / MOST_TENTHS
