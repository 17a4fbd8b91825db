"""Place words → the gazetteer's entry, and how it was chosen; what the table does not have stays unresolved."""

from __future__ import annotations

from detente.places.around import behind, whole
from detente.places.choice import Setting, choose
from detente.places.nameless import Before, country_of
from detente.places.phrase import read
from detente.places.table import table
from detente.records import EventLocation

BEHIND = "told behind; "


def locate(words: str, *, near: str | None, before: str = "", after: str = "") -> EventLocation:
    """Where `words` say it was, with the gazetteer's entry when one fits.

    Args:
        words: The place as it stands in the text: "near Fallujah", "DURBAN, South Africa", "the port city of Basra".
        near: ISO 3166-1 alpha-3 code of the country that the text is about, which decides between places of one name.
        before: The text before the words. States that it told count when several places bear one name, and a place without a name
            ("the town", "here") is in the country of the place that it told last.
        after: The text behind the words, for the rest of a name that they cut and for the place that they are in ("a market[ in Hilla]").
    """
    places = table()
    state = near if near is not None and places.country(near) is not None else None  # UNO and IMG are nowhere
    told = Before.of(before, places)
    setting = Setting(state, told.codes(Setting(state), places))
    phrase = read(whole(words, before, after, places), places)
    chosen = choose(phrase, setting, places)
    if chosen is None and (told_behind := behind(words, after, places)) is not None:
        inside = choose(told_behind, setting, places)
        chosen = inside and inside._replace(why=f"{BEHIND}{inside.why}")
    if chosen is None:
        code, why = country_of(phrase, setting, told, places)
        return EventLocation(extracted_place=words, country_code=code, resolution=why)
    place = chosen.place
    return EventLocation(
        extracted_place=words,
        resolved_place=place.name,
        geonameid=place.number,
        lat=place.lat,
        lon=place.lon,
        country_code=chosen.code,
        feature_class="L" if place.kind == "Z" else place.kind[0],
        resolution=chosen.why,
    )
