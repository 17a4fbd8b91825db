"""What stands right beside place words belongs to them."""

from __future__ import annotations

import pytest

from detente.places import locate
from detente.places.around import behind, whole
from detente.places.table import table


@pytest.mark.parametrize(
    ("before", "words", "after", "read"),
    [
        ("troops in the Dominican ", "Republic", " left", "Dominican Republic"),
        ("he flew to ", "New", " Zealand on Monday", "New Zealand"),
        ("raids across ", "the Horn of", " Africa went on", "the Horn of Africa"),
        ("talks in ", "South", ", not North, Korea", "South"),
        ("On Sunday ", "Lima", " Mayor Rosa Campos said", "Lima"),
        ("the envoy of President ", "Washington", " met them", "Washington"),
    ],
)
def test_a_name_that_the_words_cut_is_read_whole(before: str, words: str, after: str, read: str) -> None:
    """When the table knows the longer name; neighbours that are no part of one are left alone."""
    assert whole(words, before, after, table()) == read


@pytest.mark.parametrize(
    ("words", "after", "country"),
    [
        ("a market", " in the town of Hilla, police said.", "IRQ"),
        ("the mosque in", " Samarra was rebuilt.", "IRQ"),
        ("the Nowhere district", ", on the outskirts of Kampala", "UGA"),
        ("downtown", " Nairobi", "KEN"),
        ("the base", " in neighbouring northern Chad", "TCD"),
        ("off", " the coast of Somalia", "SOM"),
        ("the sidelines", " of a summit of farm ministers in Jakarta", "IDN"),
    ],
)
def test_the_place_behind_says_where_the_words_are(words: str, after: str, country: str) -> None:
    """And `resolution` says that it was told behind."""
    found = locate(words, near=None, after=after)

    assert (found.country_code, found.extracted_place) == (country, words)
    assert (found.resolution or "").startswith("told behind; ")


@pytest.mark.parametrize(
    "after", [" in American custody", " in protest at Peru", ", and Kenya agreed", ". In Lima, crowds cheered", ""]
)
def test_not_every_name_behind_is_where_the_words_are(after: str) -> None:
    """An adjective, a reason, another party, another sentence."""
    assert behind("the camp", after, table()) is None
    assert behind("the sidelines", " of the game, judges in Peru said", table()) is None
