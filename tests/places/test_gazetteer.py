"""Where news happens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.places import locate


@pytest.mark.parametrize(
    ("words", "place", "country"),
    [
        ("Baghdad", "Baghdad", "IRQ"),
        ("near Fallujah", "Fallujah", "IRQ"),
        ("near Kirkuk", "Kirkuk", "IRQ"),
        ("the southern city of Basra", "Basrah", "IRQ"),
        ("DURBAN, South Africa", "Durban", "ZAF"),
        ("BRIDGETOWN, Barbados", "Bridgetown", "BRB"),
        ("the Afghan capital, Kabul", "Kabul", "AFG"),
        ("a camp outside Nyala, Sudan", "Nyala", "SDN"),
        ("Baghdad's Sadr City", "Sadr City", "IRQ"),
        ("the West Bank town of Jenin", "Janīn", "PSE"),
        ("the Red Sea resort of Sharm el-Sheikh", "Sharm el-Sheikh", "EGY"),
        ("Hodeidah", "Hodeidah", "YEM"),
        ("Gaza City", "Gaza City", "PSE"),
        ("THE HAGUE", "The Hague", "NLD"),
        ("Washington", "Washington", "USA"),
        ("the Havana airport", "Havana", "CUB"),
        ("El Salvador's embassy in Caracas", "Caracas", "VEN"),
        ("the Estonian embassy in Moscow", "Moscow", "RUS"),
    ],
)
def test_towns_by_what_the_news_calls_them(words: str, place: str, country: str) -> None:
    """With what news writes around their names."""
    found = locate(words, near=None)

    assert (found.resolved_place, found.country_code, found.extracted_place) == (place, country, words)
    assert (found.geonameid is not None, found.feature_class) == (True, "P")


@pytest.mark.parametrize(
    ("words", "place", "country"),
    [
        ("northern Iraq", "Iraq", "IRQ"),
        ("an undisclosed location inside Pakistan", "Pakistan", "PAK"),
        ("Pakistan's quake zone", "Pakistan", "PAK"),
        ("Ecuadorian territory", "Ecuador", "ECU"),
        ("Iranian waters", "Iran", "IRN"),
        ("Kosovo", "Kosovo", "KOS"),
        ("Hong Kong", "Hong Kong", "HKG"),
        ("Taiwan", "Taiwan", "TWN"),
        ("off South Carolina", "South Carolina", "USA"),
        ("the West Bank", "West Bank", "PSE"),
        ("the southern Gaza Strip", "Gaza Strip", "PSE"),
        ("western al-Anbar province", "Anbar", "IRQ"),
        ("southern Kandahar province", "Kandahar Province", "AFG"),
        ("northern Mali's Kidal region", "Kidal", "MLI"),
        ("the country's autonomous Kurdish region", "Kurdistan region", "IRQ"),
        ("Chechnya", "Chechnya", "RUS"),
        ("Xinjiang", "Xinjiang", "CHN"),
        ("Tibet", "Tibet", "CHN"),
        ("Aceh", "Aceh", "IDN"),
        ("Bali", "Bali", "IDN"),
        ("Crimea's parliament", "Crimea", "UKR"),
    ],
)
def test_countries_and_their_regions(words: str, place: str, country: str) -> None:
    """PSE, KOS, TWN and HKG stand for themselves; a region is in the state that the UN's members see it in."""
    found = locate(words, near=None)

    assert (found.resolved_place, found.country_code, found.feature_class) == (place, country, "A")


@pytest.mark.parametrize(
    ("words", "place", "country"),
    [
        ("Darfur", "Darfur", "SDN"), ("the Donbas", "Donbas", "UKR"), ("the Golan Heights", "Golan Heights", "SYR"),
        ("South Ossetia", "South Ossetia", "GEO"), ("NAGORNO-KARABAKH", "Nagorno-Karabakh", "AZE"), ("the Niger Delta", "Niger Delta", "NGA"),
        ("Guantanamo Bay, Cuba", "Guantanamo Bay", "CUB"), ("the Kremlin", "Kremlin", "RUS"), ("Capitol Hill", "Capitol Hill", "USA"),
        ("Camp David", "Camp David", "USA"), ("UNITED NATIONS", "United Nations", "USA"), ("Yongbyon", "Yongbyon", "PRK"),
        ("Beijing's Tiananmen Square", "Tiananmen Square", "CHN"),
    ],
)  # fmt: skip
def test_areas_and_sites_of_the_news(words: str, place: str, country: str) -> None:
    """They come from our own table: no GeoNames number, but coordinates."""
    found = locate(words, near=None)

    assert (found.resolved_place, found.country_code, found.geonameid) == (place, country, None)
    assert found.lat is not None


@pytest.mark.parametrize(
    "words",
    ["the Taiwan Strait", "the Yellow Sea", "the Gulf of Aden", "the South China Sea", "the Middle East", "Africa"],
)
def test_the_sea_and_parts_of_the_world_are_in_no_country(words: str) -> None:
    """Even when the actors are one of the states around it."""
    found = locate(words, near="CHN")

    assert found.resolved_place == words.removeprefix("the ")
    assert found.country_code is None


@pytest.mark.parametrize(
    ("words", "near", "country"),
    [("Kashmir", "IND", "IND"), ("Kashmir", "PAK", "PAK"), ("Kashmir", None, None), ("Panmunjom", "KOR", "KOR"), ("Panmunjom", "USA", None)],
)  # fmt: skip
def test_what_two_states_share_or_dispute_is_in_the_actors_one(
    words: str, near: str | None, country: str | None
) -> None:
    """And in none, when the actors are neither; `resolution` names them."""
    found = locate(words, near=near)

    assert found.country_code == country
    assert "shared or disputed" in (found.resolution or "")


@pytest.mark.parametrize(
    ("words", "near", "country"),
    [
        ("Tripoli", None, "LBY"), ("Tripoli", "LBN", "LBN"), ("Georgia", None, "GEO"), ("Georgia", "USA", "USA"),
        ("Cordoba", "ARG", "ARG"), ("Cordoba", "ESP", "ESP"), ("San Jose", None, "CRI"), ("Georgetown", None, "GUY"),
        ("London", "FRA", "GBR"), ("Paris", "USA", "FRA"), ("Athens", "USA", "GRC"), ("Blantyre", "GBR", "MWI"),
        ("Geneva", "USA", "CHE"), ("Lima", "USA", "PER"), ("Portland", "USA", "USA"),
        ("Paris, Texas", None, "USA"), ("Atlanta, Georgia", None, "USA"),
    ],
)  # fmt: skip
def test_of_places_of_one_name_people_and_the_actors_decide(words: str, near: str | None, country: str) -> None:
    """A capital or great city is not outweighed by a small town in the actors' country."""
    assert locate(words, near=near).country_code == country


def test_the_text_before_decides_too() -> None:
    """The largest Mérida is in Mexico, but where Venezuela was told, its own is meant."""
    assert locate("Merida", near=None).country_code == "MEX"
    assert locate("Merida", near=None, before="Troops in Venezuela left").country_code == "VEN"


def test_the_capital_is_that_of_the_country_told() -> None:
    """Without a country, nobody knows which capital."""
    assert locate("the capital", near="IRQ").resolved_place == "Baghdad"
    assert locate("Peru's capital", near="IRQ").resolved_place == "Lima"
    assert locate("the Iraqi capital", near=None).resolved_place == "Baghdad"
    assert locate("the capital", near=None).geonameid is None
    assert locate("the neighbouring capital", near="COD").geonameid is None


@pytest.mark.parametrize(
    ("words", "near", "country"),
    [
        ("the Brazilian border", "PRY", "PRY"), ("its border with Serbia", "HUN", "HUN"), ("fifteen crossings to the Czech Republic", "AUT", "AUT"),
        ("near the Syrian border", "USA", None), ("along Afghanistan's southern border with Pakistan", None, "AFG"),
        ("near the Israeli border in central Gaza", "ISR", "PSE"), ("the Sudanese border town of Gallabat", "ETH", "SDN"), ("Sudanese border villages", "ETH", "SDN"),
    ],
)  # fmt: skip
def test_a_border_is_told_from_this_side(words: str, near: str | None, country: str | None) -> None:
    """The state named lies beyond it."""
    assert locate(words, near=near).country_code == country


@pytest.mark.parametrize(
    "words", ["parliament", "the north", "nationwide", "across the country", "outside the health ministry"]
)
def test_what_a_state_has_one_of_is_the_actors_own(words: str) -> None:
    """Only the country is told, and that the actors told it."""
    found = locate(words, near="POL")

    assert (found.country_code, found.resolved_place, found.resolution) == (
        "POL",
        None,
        "no place named; the actors' state",
    )


def test_a_place_without_a_name_is_where_the_text_was_last() -> None:
    """A capital that stands for its government is no place."""
    before = "LONDON (AP) — Moscow said its troops had left Aleppo in Syria."
    found = locate("the town", near="RUS", before=before)

    assert (found.country_code, found.resolution) == ("SYR", "no place named; told before: Syria")
    assert locate("here", near="RUS", before=before).country_code == "GBR"
    assert locate("the town", near="RUS").country_code is None


def test_a_name_that_nobody_knows_is_where_the_text_is() -> None:
    """In the state told last, else the actors'; not in a town of that name whose state nothing tells."""
    before = "The mayor of Nakuru in Kenya called for calm."

    assert locate("the Whiterock area", near="UGA", before=before).country_code == "KEN"
    assert locate("the Whiterock area", near="UGA", before="The mayor called for calm.").country_code == "UGA"
    assert locate("Mondragon", near=None).country_code == "PHL"
    assert locate("Mondragon", near="ESP", before="Crowds gathered in Madrid and Bilbao.").country_code == "ESP"


@pytest.mark.parametrize(
    ("words", "near", "before", "country"),
    [
        ("Bakhmut", "RUS", "Russian troops shelled ", "UKR"),
        ("Rutshuru", "RWA", "Rwandan soldiers entered ", "COD"),
        ("Bakhmut", "PER", "Peruvian soldiers left ", "PER"),
        ("Jafrabad district", "PAK", "Pakistani police left ", "PAK"),
    ],
)
def test_a_neighbours_town_is_believed(words: str, near: str, before: str, country: str) -> None:
    """Armies shell across their borders, so a small town there is no stray namesake; one far away is, and a district is no town."""
    assert locate(words, near=near, before=before).country_code == country


@pytest.mark.parametrize(("words", "place"), [("Kupiansk", "Kupyansk"), ("Avdiivka", "Avdiyivka"), ("Izium", "Izyum"), ("Balakliia", "Balakliya")])
def test_ukrainian_names_are_known_as_ukraine_writes_them(words: str, place: str) -> None:
    """The table has other Latin letters for the same Cyrillic ones."""
    found = locate(words, near="UKR", before="Ukraine’s army left ")

    assert (found.resolved_place, found.country_code) == (place, "UKR")


def test_the_region_behind_a_comma_holds_the_town() -> None:
    """A town that the table lacks is told by its region, never by a namesake abroad."""
    assert locate("Crawford, Texas", near=None).resolved_place == "Texas"


@pytest.mark.parametrize(
    "words",
    [
        "the airport", "the river", "here", "", "a Turkish ship", "a German frigate", "outside Nepal", "the Whiterock area",
        "the Springfield Road", "Marau Sound", "the Opera House", "near Mr. Bush's ranch", "the U.N.-protected enclave",
    ],
)  # fmt: skip
@pytest.mark.parametrize("near", [None, "UNO", "FJI"])
def test_what_names_no_place_stays_unresolved(words: str, near: str | None) -> None:
    """A common noun, a ship, a street or a piece of an unknown name is not guessed to be a town; nor are the UN a country."""
    found = locate(words, near=near)

    assert (found.geonameid, found.country_code, found.lat) == (None, None, None)
    assert found.resolution == "not in the gazetteer"


def test_a_city_has_its_place_on_the_map() -> None:
    """Vienna lies at 48 north, 16 east."""
    found = locate("Vienna", near=None)

    assert found.lat == pytest.approx(48.2, abs=0.1)
    assert found.lon == pytest.approx(16.4, abs=0.1)
    assert found.feature_class == "P"


phrases = st.text() | st.lists(
    st.sampled_from("the in of , Paris capital Near U.S. 's city East border - Syrian".split()), max_size=8
).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(phrases, phrases)
def test_any_words_have_an_answer(words: str, before: str) -> None:
    """The reader may mark anything as a place."""
    assert locate(words, near="FRA", before=before).extracted_place == words
