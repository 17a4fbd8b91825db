"""How much a shared party, type or name tells."""

from __future__ import annotations

from detente.reading.labels import TYPES
from detente.stories.rarity import rare_party, rare_type, rarest_party, rarest_word, rarity


def test_of_large_states_much_is_told() -> None:
    """The United States stand in more articles than Kenya, Kenya in more than a code that no article has."""
    assert rare_party("USA") < rare_party("KEN") <= rare_party("???") == 1.0


def test_every_type_was_counted() -> None:
    """All sixteen types occur in the articles, attacks in more of them than ceasefires."""
    assert set(rarity().types) == set(TYPES)
    assert rare_type("ASSAULT") < rare_type("RETREAT") < 1.0


def test_the_rarest_of_several_counts() -> None:
    """One rare name is enough; without a name nothing is told."""
    assert rarest_party(["USA", "KEN"]) == rare_party("KEN")
    assert rarest_word(["presid", "koizumi"]) == rarest_word(["koizumi"]) > rarest_word(["presid"])
    assert rarest_party([]) == rarest_word([]) == 0.0
