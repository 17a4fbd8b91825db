"""Where news happens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.places import locate


@pytest.mark.parametrize(
    ("words", "near", "place", "country"),
    [
        ("Baghdad", None, "Baghdad", "IRQ"),
        ("near Fallujah", None, "Al Fallūjah", "IRQ"),
        ("the southern city of Basra", None, "Basrah", "IRQ"),
        ("DURBAN, South Africa", None, "Durban", "ZAF"),
        ("the Afghan capital, Kabul", None, "Kabul", "AFG"),
        ("El Salvador's embassy in Caracas", None, "Caracas", "VEN"),
        ("northern Iraq", None, "Iraq", "IRQ"),
        ("off South Carolina", None, "South Carolina", "USA"),
        ("the West Bank", None, "Palestinian Territory", "PSE"),
        ("Pakistan's quake zone", None, "Pakistan", "PAK"),
        ("Kosovo", None, "Kosovo", "KOS"),
        ("Hodeidah", None, "Al Ḩudaydah", "YEM"),
        ("Washington", None, "Washington", "USA"),
    ],
)
def test_places_of_the_news(words: str, near: str | None, place: str, country: str) -> None:
    """Towns, countries and states, with what news writes around their names."""
    found = locate(words, near=near)

    assert (found.resolved_place, found.country_code, found.extracted_place) == (place, country, words)
    assert found.geonameid is not None


@pytest.mark.parametrize(
    ("words", "near", "country"),
    [
        ("Tripoli", None, "LBY"), ("Tripoli", "LBN", "LBN"), ("Georgia", None, "GEO"), ("Georgia", "USA", "USA"),
        ("Cordoba", "ARG", "ARG"), ("San Jose", None, "CRI"), ("London", "FRA", "GBR"),
    ],
)  # fmt: skip
def test_of_places_of_one_name_the_country_told_decides(words: str, near: str | None, country: str) -> None:
    """Else the capital, else the place with most people."""
    assert locate(words, near=near).country_code == country


def test_the_capital_is_that_of_the_country_told() -> None:
    """Without a country, nobody knows which capital."""
    assert locate("the capital", near="IRQ").resolved_place == "Baghdad"
    assert locate("the capital", near=None).geonameid is None


@pytest.mark.parametrize(
    "words",
    [
        "the airport",
        "the north",
        "the river",
        "Tahrir Square",
        "outside the Japanese Embassy",
        "here",
        "Africa",
        "",
        "nationwide",
    ],
)
def test_what_names_no_town_or_country_stays_unresolved(words: str) -> None:
    """A building, a square, a continent or a common noun is not guessed to be a town."""
    found = locate(words, near=None)

    assert (found.geonameid, found.country_code, found.lat) == (None, None, None)
    assert found.resolution == "not in the gazetteer"


def test_a_city_has_its_place_on_the_map() -> None:
    """Vienna lies at 48 north, 16 east."""
    found = locate("Vienna", near=None)

    assert found.lat == pytest.approx(48.2, abs=0.1)
    assert found.lon == pytest.approx(16.4, abs=0.1)
    assert found.feature_class == "P"


@settings(max_examples=200, deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from("the in of , Paris capital Near U.S. 's city East".split()), max_size=8).map(" ".join)
)
def test_any_words_have_an_answer(words: str) -> None:
    """The reader may mark anything as a place."""
    assert locate(words, near="FRA").extracted_place == words
