"""GDELT 1.0 (57 or 58 columns) and 2.0 (61 columns) event exports.

Layouts: GDELT Data Format Codebook 1.03 of 25 August 2013 and Event Codebook 2.0 of 19 February 2015. The files end in .CSV, have no
header and are parted by tabs; with a header (BigQuery, spreadsheets) columns are found by their names, with tabs or commas.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from detente.formats.cameo import MAP_VERSION, parent_used, plover_of
from detente.formats.making import day, kept, made, number, place
from detente.formats.outgoing import Pair, cameo_code, pairs, plain, rounded
from detente.formats.parties import Party, fips, fips_of, of_cameo, to_cameo
from detente.formats.rows import Line, Lines, bad, each, parted, word
from detente.records import Entity, Event, EventLocation, Refused

_ACTOR = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
_GEO_1 = "Type FullName CountryCode ADM1Code Lat Long FeatureID"
_GEO_2 = "Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID"
_HEAD = "GLOBALEVENTID SQLDATE MonthYear Year FractionDate"
_MIDDLE = "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone"
_OTHER_NAMES = {"day": "sqldate"}
"""The codebooks call the second column Day, the exports SQLDATE."""


def _layout(geo: str, end: str) -> tuple[str, ...]:
    parts = [_HEAD, *(" ".join(f"{who}{c}" for c in _ACTOR.split()) for who in ("Actor1", "Actor2")), _MIDDLE]
    parts += [" ".join(f"{who}Geo_{c}" for c in geo.split()) for who in ("Actor1", "Actor2", "Action")]
    return tuple(" ".join([*parts, end]).split())


GDELT_1 = _layout(_GEO_1, "DATEADDED SOURCEURL")
"""58 columns; the files up to March 2013 have no SOURCEURL."""

GDELT_2 = _layout(_GEO_2, "DATEADDED SOURCEURL")
"""61 columns: as 1.0, with an ADM2Code in each place."""

_LAYOUTS = {57: ("1.0", GDELT_1), 58: ("1.0", GDELT_1), 61: ("2.0", GDELT_2)}
_PLACE_KINDS = {"1": "country", "2": "US state", "3": "US city", "4": "city", "5": "state"}


Picker = Callable[[list[str]], tuple[str, ...]]
"""Takes some cells of a row."""


class Columns(NamedTuple):
    """Which cells a row's fields are; made once for a width or a header. -1, for a column that is not there, is an empty cell put at the end."""

    width: int
    version: str
    separator: str
    at: dict[str, int]
    actors: tuple[Picker, Picker]
    place: Picker

    @classmethod
    def of(cls, width: int, version: str, separator: str, at: dict[str, int]) -> Columns:
        """The columns of a row by their names."""
        actor, recipient = (_picker(at, (f"{who}{c}" for c in _ACTOR.split())) for who in ("Actor1", "Actor2"))
        place = _picker(at, (f"ActionGeo_{c}" for c in ("Type", "FullName", "CountryCode", "Lat", "Long")))
        return cls(width, version, separator, at, (actor, recipient), place)


def _picker(at: dict[str, int], names: Iterable[str]) -> Picker:
    return itemgetter(*(at.get(name, -1) for name in names))


def events(rows: Lines, remarks: Counter[str], *, version: str | None = None) -> Iterator[Event | Refused]:
    """The events of an export; rows of another version than `version` ("1.0", "2.0") are refused, of none when it is None."""
    rest = iter(rows)
    first = next((line for line in rest), None)
    if first is None:
        return
    header = _header(first) if isinstance(first, Line) else None
    lines = rest if header else chain([first], rest)
    yield from each(lines, partial(_event, header=header, version=version, remarks=remarks))


def _header(line: Line) -> Columns | None:
    """Columns by name, when the first line names them."""
    separator = "\t" if "\t" in line.text else ","
    names = [n.strip().strip('"').lower() for n in line.text.split(separator)]
    names = [_OTHER_NAMES.get(n, n) for n in names]
    at = {n: i for i, n in enumerate(names)}
    if not {"globaleventid", "sqldate", "eventcode"} <= at.keys():
        return None
    version = "2.0" if "actiongeo_adm2code" in at else "1.0"
    return Columns.of(len(names), version, separator, {n: at[n.lower()] for n in GDELT_2 if n.lower() in at})


def version_of(line: Line) -> str | None:
    """The version of a file with this first line, "1.0" or "2.0"; None when it is no file of GDELT."""
    if header := _header(line):
        return header.version
    known = _POSITIONS.get(line.text.count("\t") + 1)
    return known.version if known and _BEGINS.match(line.text) else None


_BEGINS = re.compile(r"\d+\t\d{8}\t")
_POSITIONS = {
    width: Columns.of(width, version, "\t", {name: i for i, name in enumerate(layout) if i < width})
    for width, (version, layout) in _LAYOUTS.items()
}


def _event(text: str, *, header: Columns | None, version: str | None, remarks: Counter[str]) -> Event:
    separator = header.separator if header else "\t"
    cells = parted(text, separator)
    columns = header or _POSITIONS.get(len(cells))
    if columns is None or len(cells) != columns.width or version not in (None, columns.version):
        told = f"{header.width} columns, as its header names" if header else "57 or 58 (1.0) or 61 (2.0) parted by tabs"
        raise bad("columns", f"the row has {len(cells)} columns, but GDELT {version or ''} has {told}".replace("  ", " "))
    cells.append("")  # what Columns calls -1
    return _record(cells, columns, remarks)


def _record(cells: list[str], columns: Columns, remarks: Counter[str]) -> Event:
    at = columns.at
    code = cells[at["EventCode"]].strip()
    number_of = cells[at["GLOBALEVENTID"]].strip()
    if not number_of:
        raise bad("no-id", "GLOBALEVENTID is empty")
    coding = plover_of(code)
    if parent_used(code):
        remarks["parent-code"] += 1
    published = _day_added(cells[at["DATEADDED"]]) if "DATEADDED" in at else None
    return made(
        id=f"gdelt-{number_of}",
        date=day(cells[at["SQLDATE"]]),
        kind=coding.type,
        mode=() if coding.mode is None else (coding.mode,),
        context=coding.contexts,
        actor=kept(_party(columns.actors[0](cells)), remarks),
        recipient=kept(_party(columns.actors[1](cells)), remarks),
        coder=f"gdelt {columns.version}; cameo {code}; {MAP_VERSION}",
        document=cells[at.get("SOURCEURL", -1)].strip() or f"gdelt-{number_of}",
        where=_place(*columns.place(cells), remarks=remarks),
        published=published,
        coded_date=published,
    )


def _day_added(cell: str) -> str | None:
    """YYYYMMDD in 1.0, YYYYMMDDHHMMSS in 2.0."""
    return day(cell.strip()[:8]) if cell.strip() else None


@lru_cache(maxsize=65536)
def _party(told: tuple[str, ...]) -> Party | None:
    """The party of an actor's ten cells; what CAMEO says of peoples and religions is no field of a record."""
    code, name, country, group, ethnic, religion, _, *types = (cell.strip() for cell in told)
    party = of_cameo(name or code, country, group, tuple(t for t in types if t))
    return party._replace(remarks=(*party.remarks, "ethnic-or-religion")) if party and (ethnic or religion) else party


def _place(kind: str, full: str, country: str, *degrees: str, remarks: Counter[str]) -> EventLocation | None:
    name = word(full)
    if name is None:
        return None
    # the middle of a country is nowhere in particular
    lat, lon = (None, None) if kind == "1" else (number(d) for d in degrees)
    if country and country not in fips():
        remarks["country-unknown"] += 1
    return place(name, country=fips().get(country), lat=lat, lon=lon, how=f"gdelt: {_PLACE_KINDS.get(kind, 'unknown kind')}")


# --- out -----------------------------------------------------------------------------------------


def written(event: Event) -> Iterator[str]:
    """One line of GDELT 2.0's layout for each pair of actor and recipient.

    Raises:
        BadInput: As `outgoing.pairs`.
    """
    for pair in pairs(event):
        yield "\t".join(_cells(event, pair)) + "\n"


def _cells(event: Event, pair: Pair) -> Iterable[str]:
    code = cameo_code(event)
    date = (event.date or "").replace("-", "")
    cells = {
        "GLOBALEVENTID": event_number(pair.id),
        "SQLDATE": date,
        "MonthYear": date[:6],
        "Year": date[:4],
        "IsRootEvent": "",
        "EventCode": code,
        "EventBaseCode": code[:3],
        "EventRootCode": code[:2],
        "QuadClass": str(event.quad_code),
        "GoldsteinScale": rounded(event.event_scale),
        "DATEADDED": f"{event.coded_date.replace('-', '')}000000" if event.coded_date else "",
        "SOURCEURL": plain(event.text_info.document),
        **_party_cells("Actor1", pair.source),
        **_party_cells("Actor2", pair.target),
        **_place_cells(event.event_loc),
    }
    return (cells.get(name, "") for name in GDELT_2)


def event_number(id: str) -> str:
    """GDELT's number of a record: its own where it came from there, else 60 bits of the id's hash."""
    own = id.removeprefix("gdelt-")
    return own if own != id and own.isascii() and own.isdigit() else str(int(hashlib.sha256(id.encode()).hexdigest()[:15], 16))


def _party_cells(who: str, entity: Entity | None) -> dict[str, str]:
    if entity is None:
        return {}
    parts = to_cameo(entity.code, tuple(s for s in (entity.sector, *entity.other_sectors) if s))
    roles = dict(zip((f"{who}Type{n}Code" for n in (1, 2, 3)), parts.roles, strict=False))
    name = plain(entity.name or entity.entity_text)
    return {f"{who}Code": parts.whole, f"{who}Name": name, f"{who}CountryCode": parts.country, f"{who}KnownGroupCode": parts.group, **roles}


def _place_cells(where: EventLocation | None) -> dict[str, str]:
    if where is None:
        return {}
    kinds = {told: kind for kind, told in _PLACE_KINDS.items()}
    kind = kinds.get((where.resolution or "").removeprefix("gdelt: ")) or ("4" if where.lat is not None else "1")
    return {
        "ActionGeo_Type": kind,
        "ActionGeo_FullName": plain(where.resolved_place or where.extracted_place),
        "ActionGeo_CountryCode": fips_of().get(where.country_code or "", ""),
        "ActionGeo_Lat": rounded(where.lat),
        "ActionGeo_Long": rounded(where.lon),
    }
