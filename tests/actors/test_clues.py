"""What a mention's own words tell of a name."""

from __future__ import annotations

import pytest

from detente.actors import ActorBase
from detente.actors.clues import Context, own_clues
from detente.records import Document, Name
from tests.builders import at, mention, reading


def named(base: ActorBase, text: str, words: str, *, place: str | None = None) -> str | None:
    """The name that the words tell; `place` is what the reader marks as one."""
    marked = (Name(span=at(text, place), kind="LOC", score=0.9),) if place is not None else ()
    seen = reading(text, mentions=(mention(text, words, 0),), names=marked)
    context = Context.of(Document(id="t", text=text), seen, base)
    return next((clue.text_name for clue in own_clues(seen.mentions[0], context) if clue.text_name is not None), None)


@pytest.mark.parametrize("text", ["Thousands fled the city.", "It rained. Critics fled.", '"Opponents fled," he said.'])
def test_a_capital_that_begins_a_sentence_makes_no_name(base: ActorBase, text: str) -> None:
    """A lone word that nobody marks as a name and that has a capital only there is a word like others."""
    words = next(word for word in ("Thousands", "Critics", "Opponents") if word in text)

    assert named(base, text, words) is None


def test_a_word_with_a_capital_within_a_sentence_is_a_name(base: ActorBase) -> None:
    """"Lyger" stands elsewhere, too, and then its capital is its own."""
    assert named(base, "Lyger fled. Nobody saw Lyger again.", "Lyger") == "Lyger"


def test_a_place_is_no_persons_name(base: ActorBase) -> None:
    """What the reader marks as a place names nobody of it; its police are a body all the same."""
    assert named(base, "They shelled Kupiansk.", "Kupiansk", place="Kupiansk") is None
    assert named(base, "They met Campbell Police.", "Campbell Police", place="Campbell Police") == "Campbell Police"
