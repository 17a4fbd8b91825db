"""Phoenix event data: the daily files (26 columns parted by tabs, no header) and the Cline Center's historical CSV (with a header)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain

from detente.formats.cameo import MAP_VERSION, parent_used, plover_of
from detente.formats.making import day, kept, made, number, place
from detente.formats.parties import Party, country_named, of_cameo, of_cameo_code
from detente.formats.rows import Line, Lines, bad, each, parted, word
from detente.records import Event, EventLocation, Refused

COLUMNS = (
    "EventID Date Year Month Day SourceActorFull SourceActorEntity SourceActorRole SourceActorAttribute TargetActorFull "
    "TargetActorEntity TargetActorRole TargetActorAttribute EventCode EventRootCode QuadClass GoldsteinScore Issues Lat Lon "
    "LocationName StateName CountryCode SentenceID URLs NewsSources"
).split()
"""The daily files. Those before 2015 call QuadClass PentaClass."""

_BEGINS = re.compile(r"[^\t]+\t\d{8}\t")
_HISTORICAL = {
    "eid": "EventID", "story_date": "Date", "source": "SourceActorFull", "source_root": "SourceActorEntity",
    "source_agent": "SourceActorRole", "target": "TargetActorFull", "target_root": "TargetActorEntity",
    "target_agent": "TargetActorRole", "code": "EventCode", "lat": "Lat", "lon": "Lon", "placename": "LocationName",
    "statename": "StateName", "countryname": "CountryCode", "aid": "URLs",
}  # fmt: skip


def events(rows: Lines, remarks: Counter[str]) -> Iterator[Event | Refused]:
    """The events of a Phoenix file; a header is known by its names."""
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return
    at, separator = {name: i for i, name in enumerate(COLUMNS)}, "\t"
    lines: Iterator[Line | Refused] = chain([first], rest)
    if isinstance(first, Line) and (named := _header(first)):
        at, separator, lines = named, "\t" if "\t" in first.text else ",", rest
    yield from each(lines, partial(_event, at=at, separator=separator, remarks=remarks))


def begins(line: Line) -> bool:
    """Whether a file with this first line is one of Phoenix, daily or historical."""
    return _header(line) is not None or (line.text.count("\t") == len(COLUMNS) - 1 and _BEGINS.match(line.text) is not None)


def _header(line: Line) -> dict[str, int] | None:
    separator = "\t" if "\t" in line.text else ","
    names = [n.strip().strip('"') for n in line.text.split(separator)]
    at = {_HISTORICAL.get(n, n): i for i, n in enumerate(names)}
    return {**at, "_width": len(names)} if {"EventID", "Date", "EventCode"} <= at.keys() else None


def _event(text: str, *, at: dict[str, int], separator: str, remarks: Counter[str]) -> Event:
    cells = parted(text, separator)
    width = at.get("_width", len(COLUMNS))
    if len(cells) != width:
        raise bad("columns", f"the row has {len(cells)} columns, but Phoenix has {width}")
    cell = {name: cells[i].strip() for name, i in at.items() if not name.startswith("_")}
    code = cell["EventCode"].strip()
    # the historical files write codes as numbers: 42 is 042
    code = f"0{code}" if len(code) == 2 and code.isdigit() and not 10 <= int(code) <= 20 else code
    coding = plover_of(code)
    if parent_used(code):
        remarks["parent-code"] += 1
    if not cell["EventID"]:
        raise bad("no-id", "EventID is empty")
    return made(
        id=f"phoenix-{cell['EventID']}",
        date=day(cell["Date"].split(" ")[0]),
        kind=coding.type,
        mode=() if coding.mode is None else (coding.mode,),
        context=coding.contexts,
        actor=kept(_party(cell, "Source"), remarks),
        recipient=kept(_party(cell, "Target"), remarks),
        coder=f"phoenix; cameo {code}; {MAP_VERSION}",
        document=cell.get("URLs", "").split(";")[0] or f"phoenix-{cell['EventID']}",
        where=_place(cell, remarks),
    )


def _party(cell: dict[str, str], who: str) -> Party | None:
    whole, entity, role = (cell.get(f"{who}Actor{part}", "") for part in ("Full", "Entity", "Role"))
    if not whole:
        return None
    return of_cameo(whole, entity, "", tuple(role[at : at + 3] for at in range(0, min(len(role), 30), 3))) if entity else of_cameo_code(whole)


def _place(cell: dict[str, str], remarks: Counter[str]) -> EventLocation | None:
    name, state, country = (word(cell.get(c, "")) for c in ("LocationName", "StateName", "CountryCode"))
    code = country_named(country) if country else None
    if country and code is None:
        remarks["country-unknown"] += 1
    named = ", ".join(p for p in (name, state) if p) or None
    lat, lon = number(cell.get("Lat", "")), number(cell.get("Lon", ""))
    return place(named or country, country=code, lat=lat if named else None, lon=lon if named else None)
