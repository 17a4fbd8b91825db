"""Who is one actor, by what is known of names and by who speaks."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.actors import ActorBase
from detente.actors.clues import Context
from detente.actors.coreference import corrected
from detente.records import Document, Mention, Name, Reading
from tests.builders import at, links, mention, quote, reading


def entities(base: ActorBase, text: str, seen: Reading, *, on: str | None = None) -> list[tuple[int, ...]]:
    """The entities of the mentions after the correction."""
    published = dt.date.fromisoformat(on) if on is not None else None
    context = Context.of(Document(id="t", text=text, published=published), seen, base)
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


def one_actor(text: str, *words: str, names: tuple[str, ...] = ()) -> Reading:
    """A reading that takes all these words for one actor."""
    return reading(text, mentions=tuple(mention(text, each, 0) for each in words), names=people(text, *names))


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        ("The Norwegian premier met her. The foreign minister left.", ("The Norwegian premier", "The foreign minister"), ()),
        ("The U.S. secretary of state came. President Biden left.", ("The U.S. secretary of state", "President Biden"), ("Biden",)),
        ("The Iranian president spoke. His spokesman left.", ("The Iranian president", "His spokesman"), ()),
        ("Iran's president met Mohammad Javad Zarif.", ("Iran's president", "Mohammad Javad Zarif"), ("Mohammad Javad Zarif",)),
        ("Tony Blair spoke. Mr. Blair's predecessor, John Major, left.", ("Tony Blair", "Mr. Blair's predecessor, John Major"), ("Tony Blair", "John Major")),
    ],
)
def test_two_offices_or_two_names_are_two_people(base: ActorBase, text: str, words: tuple[str, str], names: tuple[str, ...]) -> None:
    """A minister is not his chief, nor a president his spokesman, nor a man his predecessor, whatever the network takes them for."""
    first, second = entities(base, text, one_actor(text, *words, names=names), on="2022-03-18")

    assert first != second


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        ("Hundreds rallied. Thousands fled.", ("Hundreds", "Thousands"), ()),
        ("Secretary Orr spoke. The United States left.", ("Secretary Orr", "The United States"), ("Orr",)),
        ("The Armenian premier spoke. Armenia left.", ("The Armenian premier", "Armenia"), ()),
        ("The Kremlin spoke. Russian forces left.", ("The Kremlin", "Russian forces"), ()),
        ("Jens Orr spoke. NATO left.", ("Jens Orr", "NATO"), ("Jens Orr",)),
    ],
)
def test_a_state_is_no_person_nor_its_army_and_a_crowd_no_other(base: ActorBase, text: str, words: tuple[str, str], names: tuple[str, ...]) -> None:
    """Where nothing but a state or body is named, nobody of it is meant, nor its soldiers; hundreds are not the thousands told before."""
    first, second = entities(base, text, one_actor(text, *words, names=names))

    assert first != second


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        ("Ehud Barak spoke. The defense minister and premier left.", ("Ehud Barak", "The defense minister and premier"), ("Ehud Barak",)),
        ("Prime Minister and Defense Minister Avi Orr spoke. The defense minister left.", ("Prime Minister and Defense Minister Avi Orr", "The defense minister"), ()),
        ("President Bill Moss spoke. William Moss left.", ("President Bill Moss", "William Moss"), ("Bill Moss", "William Moss")),
        ("John Kerry spoke. The U.S. president, Kerry said, left.", ("John Kerry", "Kerry#2"), ("John Kerry", "Kerry#2")),
    ],
)
def test_one_person_may_hold_two_offices_and_bear_two_first_names(base: ActorBase, text: str, words: tuple[str, str], names: tuple[str, ...]) -> None:
    """Whoever is called by both offices, or by a nickname, stays one."""
    first, second = entities(base, text, one_actor(text, *words, names=names), on="2022-03-18")

    assert first == second


def test_a_bare_office_is_the_last_who_was_called_by_it(base: ActorBase) -> None:
    """Of two leaders "the chancellor" is the chancellor and "the president" the president, also where the network has them crosswise."""
    text = "President Obama called Angela Merkel. The chancellor praised the president."
    crossed = (mention(text, "President Obama", 0), mention(text, "Angela Merkel", 1), mention(text, "The chancellor", 0), mention(text, "the president", 1))
    seen = reading(text, mentions=crossed, names=people(text, "Obama", "Angela Merkel"))

    assert entities(base, text, seen, on="2013-05-06") == [(0,), (1,), (1,), (0,)]


def test_what_tells_nothing_stays_with_the_one_before(base: ActorBase) -> None:
    """A pronoun goes with the part of the entity that it follows."""
    text = "The German chancellor spoke. She smiled. The foreign minister left. He waved."
    seen = one_actor(text, "The German chancellor", "She", "The foreign minister", "He")
    first, she, second, he = entities(base, text, seen, on="2019-05-06")

    assert (she, he) == (first, second)
    assert first != second
