"""Who is one actor, by what is known of names and by who speaks."""

from __future__ import annotations

import pytest

from detente.actors import ActorBase
from detente.actors.clues import Context
from detente.actors.coreference import corrected
from detente.records import Document, Mention, Name, Reading
from tests.builders import at, links, mention, quote, reading


def entities(base: ActorBase, text: str, seen: Reading) -> list[tuple[int, ...]]:
    """The entities of the mentions after the correction."""
    context = Context.of(Document(id="t", text=text), seen, base)
    return [found.entities for found in corrected(seen, context).mentions]


def told(text: str, *words: str) -> tuple[Mention, ...]:
    """A mention with an entity of its own for each of these words."""
    return tuple(mention(text, each, number) for number, each in enumerate(words))


def people(text: str, *words: str) -> tuple[Name, ...]:
    """Persons' names, as the reader marks them."""
    return tuple(Name(span=at(text, each), kind="PER", score=0.9) for each in words)


@pytest.mark.parametrize(
    ("text", "full", "later"),
    [
        ("Ana Duval spoke. Duval left.", "Ana Duval", "Duval#2"),
        ("Ana Duval, a mayor, spoke. Mr. Duval left.", "Ana Duval, a mayor", "Mr. Duval"),
        ("Ana Duval spoke. The minister of health Ana Duval left.", "Ana Duval", "The minister of health Ana Duval"),
    ],
)
def test_a_mention_is_the_person_it_names(base: ActorBase, text: str, full: str, later: str) -> None:
    """A surname goes back to the full name, with title or apposition."""
    first, second = entities(base, text, reading(text, mentions=told(text, full, later), names=people(text, "Ana Duval")))

    assert first == second


@pytest.mark.parametrize("others", ["The supporters of Ana Duval", "A spokesman for Ana Duval", "Ana Duval supporters"])
def test_somebodys_people_are_not_that_person(base: ActorBase, others: str) -> None:
    """Followers and spokesmen are actors of their own, though their words end with the name."""
    text = f"Ana Duval spoke. {others} left."
    seen = reading(text, mentions=told(text, "Ana Duval", others), names=people(text, "Ana Duval", "Ana Duval#2"))
    first, second = entities(base, text, seen)

    assert first != second


def test_regions_of_one_state_are_not_one_actor(base: ActorBase) -> None:
    """Kyiv and Ukraine act as one; Texas and Alabama do not, though both are American."""
    text = "Texas sued Alabama. Ukraine wrote to both, Kyiv said."
    texas, alabama, ukraine, kyiv = entities(base, text, reading(text, mentions=told(text, "Texas", "Alabama", "Ukraine", "Kyiv")))

    assert texas != alabama
    assert ukraine == kyiv


def test_whoever_says_i_is_the_speaker(base: ActorBase) -> None:
    """Inside a quote "I" and "my" are its speaker; "we" may be others, and outside a quote nothing is told."""
    text = 'The mayor said: "I keep my word, we win." I doubt it.'
    seen = reading(
        text, mentions=told(text, "The mayor", "I", "my", "we", "I#2"), quotes=(quote(text, "I keep my word, we win", speaker=links(0)[0]),)
    )

    assert entities(base, text, seen) == [(0,), (0,), (0,), (3,), (4,)]
