"""Place words → the gazetteer's entry, and how it was chosen; what the table does not have stays unresolved.

The table holds cities of 15 000 people and more, countries and the states of the United States (GeoNames, CC BY 4.0).
"""

from __future__ import annotations

import functools
import gzip
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from detente.records import EventLocation

TABLE = Path(__file__).with_name("gazetteer.tsv.gz")
# names that news uses and GeoNames writes otherwise
ALSO = {
    "america": "united states", "britain": "united kingdom", "burma": "myanmar", "congo brazzaville": "republic of the congo",
    "congo": "democratic republic of the congo", "czech republic": "czechia", "east timor": "timor leste",
    "gaza strip": "palestinian territory", "hodeidah": "hodeida", "holland": "the netherlands", "macedonia": "north macedonia", "netherlands": "the netherlands",
    "new york": "new york city", "saigon": "ho chi minh city", "swaziland": "eswatini", "turkiye": "turkey", "uk": "united kingdom",
    "united nations": "new york city", "us": "united states", "vatican city": "vatican", "washington dc": "washington",
    "west bank": "palestinian territory",
}  # fmt: skip
# a name with one of these behind it is a building, road, water or region, not the town
_NOT_A_TOWN = re.compile(
    r"\b(?:square|street|road|avenue|bypass|motorway|river|lake|airport|airbase|university|embassy|consulate|bridge|camp|prison"
    r"|parliament|church|crossing|island|islands|islet|strait|sea|gulf|province|region|valley|mountains?|desert|stadium|hotel"
    r"|palace|delta|strip|bank|estate|gate|district|hospital|border)\b"
    r"|\b(?:north|south|east|west)\w*\s+of\b|\bkilomet|\bmiles\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"[A-Z][\w.’'-]*(?:\s+(?:(?:of|de|the|al|el|es)\s+)?[A-Z][\w.’'-]*)*")
_TOWN_OF = re.compile(r"\b(?:city|town|capital|port|village|suburb|enclave|resort)\s+of\s+", re.IGNORECASE)
# directions only in small letters: "northern Iraq", but "South Carolina" and "the West Bank"
_LEADING = re.compile(
    r"^(?:(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|[Ii]nside|[Aa]round|[Aa]cross|[Ff]rom|[Oo]ff|to|[Cc]entral|downtown"
    r"|(?:north|south)?(?:east|west)?(?:ern)?|[Tt]he|a)\s+)+"
)
_CAPITAL = re.compile(r"^(?:the\s+)?(?:[A-Z]\w+(?:’s|'s)?\s+)?capital$")
# below this likeness (of 100) another spelling is an old or foreign name: Angostura has 26, Calcutta (Kolkata) 40, Hodeida 44
ALIKE = 40
CONTINENTS = {"africa", "antarctica", "asia", "europe", "oceania"}  # old names of towns, too


class Place(NamedTuple):
    """A row of the table; `where` is latitude and longitude."""

    number: int
    name: str
    where: tuple[float, float] | None
    code: str
    people: int
    kind: str  # P city, A country, A1 state of the United States


class Table(NamedTuple):
    """Places by the folded spellings of their names, own names before others; and each country's capital by its code."""

    named: dict[str, tuple[Place, ...]]
    spelled: dict[str, tuple[Place, ...]]
    capitals: dict[str, str]


def locate(words: str, *, near: str | None) -> EventLocation:
    """Where `words` say it was, with the gazetteer's entry when one fits.

    Args:
        words: The place as it stands in the text: "near Fallujah", "DURBAN, South Africa", "the port city of Basra".
        near: ISO 3166-1 alpha-3 code of the country that the text is about, which decides between places of one name.
    """
    table = _table()
    found = _capital(words, near, table) or _inside_country(words, table) or _named(words, near, table)
    if found is None:
        return EventLocation(extracted_place=words, resolution="not in the gazetteer")
    place, why = found
    return EventLocation(
        extracted_place=words,
        resolved_place=place.name,
        geonameid=place.number,
        lat=place.where[0] if place.where else None,
        lon=place.where[1] if place.where else None,
        country_code=place.code,
        feature_class=place.kind[0],
        resolution=why,
    )


def _capital(words: str, near: str | None, table: Table) -> tuple[Place, str] | None:
    """The capital of `near`, for "the capital" without its name."""
    if near is None or not _CAPITAL.match(words.strip()):
        return None
    cities = table.named.get(table.capitals.get(near, ""), ())
    return next(((city, f"capital of {near}") for city in cities if city.code == near and city.kind == "P"), None)


def _inside_country(words: str, table: Table) -> tuple[Place, str] | None:
    """The town before a comma or "in", in the country (or US state's) behind it."""
    parts = re.split(r",\s*|\s+in\s+", words.strip().rstrip(","))
    for country in _look_up(parts[-1], table) if len(parts) > 1 else ():
        if country.kind in {"A", "A1"}:
            inside = _named(parts[0], country.code, table)
            if inside and inside[0].code == country.code and inside[0] != country:
                return inside[0], f"the one in {country.name}"
            return country, f"only {country.name} is known"
    return None


def _named(words: str, near: str | None, table: Table) -> tuple[Place, str] | None:
    """The likeliest place of that name: a country, else by `near`, then a capital, then by people."""
    for name in _candidates(words):
        among = _look_up(name, table)
        if among:
            return _choose(among, near, table)
    owner = re.match(r"(?:the\s+)?(.+?)['’]s\s", words)  # Pakistan's quake zone
    countries = [place for place in _look_up(owner[1], table) if place.kind == "A"] if owner else []
    return (countries[0], "only its country is known") if countries else None


def _candidates(words: str) -> Iterator[str]:
    """Names that the words may hold, likeliest first; a name begins with a capital."""
    bare = re.sub(r"#\d+$", "", words.strip()).strip(" ,.;:")
    pieces = [bare, *re.split(r",\s*|\s+in\s+", bare)[::-1]]
    names = [name for piece in pieces for name in (piece, _LEADING.sub("", piece))]
    town = _TOWN_OF.search(bare)
    if not _NOT_A_TOWN.search(bare, town.end() if town else 0):
        capitalised = [match.group() for match in _CAPITALISED.finditer(bare)]
        names += [bare[town.end() :]] if town else capitalised if len(capitalised) == 1 else []
    return (name for name in names if name[:1].isupper() or name.startswith("the "))


def _look_up(name: str, table: Table) -> tuple[Place, ...]:
    """Places that bear the name; if none does, those with another spelling like it, the likest first."""
    key = _fold(name)
    if key in CONTINENTS or not any(letter.isupper() for letter in name):
        return ()
    key = ALSO.get(key, key)
    if key in table.named:
        return table.named[key]
    likeness = {place: fuzz.ratio(key, _fold(place.name)) for place in table.spelled.get(key, ())}
    best = max(likeness.values(), default=0.0)
    return tuple(place for place, like in likeness.items() if like >= max(ALIKE, best - 10))


def _choose(among: tuple[Place, ...], near: str | None, table: Table) -> tuple[Place, str]:
    """The place meant, and why."""
    country = next((place for place in among if place.kind == "A"), None)
    inside = [place for place in among if place.code == near]
    if country and not any(place.kind == "A1" for place in inside):
        return country, "country"
    if len(among) == 1:
        return among[0], "only place of that name"

    def rank(place: Place) -> tuple[bool, bool, int]:
        return table.capitals.get(place.code) == _fold(place.name), place.kind == "A1", place.people

    best = max(inside or among, key=rank)
    why = f"in {near}" if len(inside) == 1 else "capital" if rank(best)[0] else "most people"
    return best, f"{why}, of {len(among)} places of that name"


def _fold(name: str) -> str:
    """Lower case without accents, dots and apostrophes, dashes as spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"['’‘`ʼ.]", "", plain.replace("-", " ")).split())


@functools.cache
def _table() -> Table:
    """The table, read once: about half a second and 60 MB."""
    named: dict[str, tuple[Place, ...]] = {}
    spelled: dict[str, tuple[Place, ...]] = {}
    capitals: dict[str, str] = {}
    with gzip.open(TABLE, "rt", encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                _add(line.rstrip("\n").split("\t"), named, spelled, capitals)
    return Table(named, spelled, capitals)


def _add(
    row: list[str],
    named: dict[str, tuple[Place, ...]],
    spelled: dict[str, tuple[Place, ...]],
    capitals: dict[str, str],
) -> None:
    """Put one row under all its names."""
    number, name, where, code, people, kind, others = row
    latitude, _, longitude = where.partition(",")
    place = Place(int(number), name, (float(latitude), float(longitude)) if where else None, code, int(people), kind)
    key = _fold(name)
    named[key] = (*named.get(key, ()), place)
    if kind == "A":
        capitals[code] = _fold(others)
        return
    for other in {_fold(spelling) for spelling in others.split("|")} - {key, ""}:
        spelled[other] = (*spelled.get(other, ()), place)
