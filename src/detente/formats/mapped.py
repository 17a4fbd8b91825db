"""Anybody's CSV by a map: a TOML file that says which column is what.

    name = "my events 3"                # stands in each record's `coder`
    separator = ","
    date_format = "%d/%m/%Y"            # YYYY-MM-DD when left out

    [columns]                           # field = column
    id = "event_no"
    date = "day"
    type = "category"                   # or cameo = "code"
    actor = "side_a"
    actor_sector = "side_a_sector"
    recipient = "side_b"
    place = "town"
    country = "country"
    lat = "latitude"
    lon = "longitude"
    text = "summary"
    document = "url"

    [types]                             # value of the type column = PLOVER type, or type/mode; "" leaves rows out, counted
    "Air raid" = "ASSAULT/aerial"
    "Meeting" = "CONSULT"
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from detente.errors import BadInput, BadSetting
from detente.formats.cameo import MAP_VERSION, plover_of
from detente.formats.layouts import layout_of
from detente.formats.making import day, known_contexts, known_mode, made, number, place
from detente.formats.parties import country_named
from detente.formats.rows import Lines, Row, bad, csv_rows, word
from detente.ontology import PLOVER
from detente.ontology.plover import near
from detente.records import Entity, Event, Refused

FIELDS = (
    "id date enddate type mode context cameo actor actor_name actor_sector recipient recipient_name recipient_sector place country lat lon text document"
).split()
"""What a column may be."""


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The map of a CSV: columns by field, values by PLOVER type."""

    columns: dict[str, str]
    name: str = "mapped"
    separator: str = ","
    date_format: str | None = None
    types: dict[str, str] = {}


def mapping_of(file: Path) -> Mapping:
    """The map in a TOML file, checked.

    Raises:
        BadSetting: It cannot be read, or breaks a rule.
    """
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Mapping)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadSetting("--mapping", str(file), f"it must be a TOML map (docs/formats.md): {error}") from error
    if unknown := [f for f in found.columns if f not in FIELDS]:
        raise BadSetting("columns", unknown[0], f"a column can be: {', '.join(FIELDS)}")
    if "date" not in found.columns or not {"type", "cameo"} & found.columns.keys():
        raise BadSetting("columns", sorted(found.columns), "there must be a date, and a type or a cameo")
    if len(found.separator) != 1:
        raise BadSetting("separator", found.separator, "it must be one character")
    for value, told in found.types.items():
        kind, _, mode = told.partition("/")
        if told and kind not in PLOVER.types:
            raise BadSetting(f"types.{value}", told, f"PLOVER has no such type; {near(kind, PLOVER.types)}")
        if mode and mode not in PLOVER.types[kind].modes:
            raise BadSetting(f"types.{value}", told, f"{kind} has no such mode; known: {', '.join(PLOVER.types[kind].modes) or 'none'}")
    return found


def events(rows: Lines, remarks: Counter[str], mapping: Mapping) -> Iterator[Event | Refused]:
    """The events of a CSV with a header, by a map."""
    at: dict[str, int] | None = None
    width = 0
    for row in csv_rows(rows, separator=mapping.separator, remarks=remarks):
        if isinstance(row, Refused):
            yield row
        elif at is None:
            names = {name.strip(): i for i, name in enumerate(row.cells)}
            if missing := [c for c in mapping.columns.values() if c not in names]:
                rule = f"the first line has no column {missing[0]!r}, which the map names; the file was not read"
                known = layout_of([row.line])  # only here: a map may name the columns of a known layout, too
                yield row.line.refused("no-header", f"{rule}; it looks like {known}: --format {known}" if known else rule)
                return
            at, width = {field: names[c] for field, c in mapping.columns.items()}, len(row.cells)
        else:
            yield _one(row, at, width, mapping, remarks)


def _one(row: Row, at: dict[str, int], width: int, mapping: Mapping, remarks: Counter[str]) -> Event | Refused:
    try:
        if len(row.cells) != width:
            raise bad("columns", f"the row has {len(row.cells)} columns, but the header names {width}")
        return _event({f: word(row.cells[i]) for f, i in at.items()}, row.line.number, mapping, remarks)
    except BadInput as error:
        return row.line.refused(error.reason, error.detail)


def _event(cell: dict[str, str | None], number_of: int, mapping: Mapping, remarks: Counter[str]) -> Event:
    kind, mode, contexts, coder = _coding(cell, mapping)
    told = cell.get("mode") or mode
    lat, lon = (number(cell.get(c) or "") for c in ("lat", "lon"))
    country = cell.get("country")
    code = country_named(country) if country else None
    if country and code is None:
        remarks["country-unknown"] += 1
    date = _day(cell.get("date"), mapping)
    enddate = _day(cell.get("enddate"), mapping) if cell.get("enddate") else date
    if enddate < date:
        raise bad("bad-date", f"enddate = {enddate!r}, but it must not be before date, {date}")
    name = cell.get("id") or f"{mapping.name}-{number_of}"
    context = (cell.get("context") or "").replace("|", ";").split(";")
    return made(
        id=name,
        date=date,
        enddate=enddate,
        date_precision="day" if enddate == date else "range",
        kind=kind,
        mode=known_mode(kind, told, remarks),
        context=known_contexts((*contexts, *(c.strip() for c in context)), remarks),
        actor=_party(cell, "actor"),
        recipient=_party(cell, "recipient"),
        coder=coder,
        document=cell.get("document") or name,
        where=place(cell.get("place") or country, country=code, lat=lat, lon=lon),
        text=cell.get("text") or "",
    )


def _coding(cell: dict[str, str | None], mapping: Mapping) -> tuple[str, str | None, tuple[str, ...], str]:
    if cameo := cell.get("cameo"):
        coding = plover_of(cameo)
        return coding.type, coding.mode, coding.contexts, f"{mapping.name}; cameo {cameo}; {MAP_VERSION}"
    value = cell.get("type") or ""
    told = mapping.types.get(value, value)
    if not told:
        raise bad("no-plover-type", f"type = {value!r}, which the map leaves out" if value else "the type is empty")
    kind, _, mode = told.partition("/")
    return kind, mode or None, (), mapping.name


def _day(text: str | None, mapping: Mapping) -> str:
    if text is None:
        raise bad("no-date", "the date is empty")
    if mapping.date_format is None:
        return day(text)
    try:
        return dt.datetime.strptime(text, mapping.date_format).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise bad("bad-date", f"date = {text!r}, but the map says {mapping.date_format}") from error


def _party(cell: dict[str, str | None], who: str) -> tuple[Entity, ...]:
    told, name, sector = cell.get(who), cell.get(f"{who}_name"), cell.get(f"{who}_sector")
    words = name or told
    if words is None:
        return ()
    known = sector if sector in PLOVER.sectors else None
    return (Entity(code=country_named(told) if told else None, sector=known, entity_text=words, name=name),)
