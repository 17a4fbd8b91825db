"""ACLED's CSV exports (codebook of 2024: 31 columns with a header; columns are found by their names, in any order).

ACLED codes violence and protest in types of its own; which PLOVER type each is, is this project's table
(`tables/acled_types.csv`): ACLED and PLOVER have no official one.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from detente.errors import BadInput
from detente.formats.making import made, number, place
from detente.formats.packaged import table_rows
from detente.formats.parties import country_named
from detente.formats.rows import Line, Lines, Row, bad, csv_rows, word
from detente.records import Entity, Event, Refused

_NEEDED = frozenset(("event_id_cnty", "event_date", "sub_event_type", "actor1"))
_PRECISIONS = {"1": "day", "2": "week", "3": "month"}
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
_INTER = {
    "1": "MIL", "state forces": "MIL", "2": "REB", "rebel group": "REB", "rebel groups": "REB", "rebel forces": "REB",
    "3": "PRM", "political militia": "PRM", "political militias": "PRM", "4": "UAF", "identity militia": "UAF",
    "identity militias": "UAF", "5": "CVL", "rioters": "CVL", "6": "CVL", "protesters": "CVL", "7": "CVL", "civilians": "CVL",
}  # fmt: skip
"""Kind of actor, as a number (before 2024) or in words → sector. A political militia need not be for the government: docs/formats.md."""


class Meaning(NamedTuple):
    """What a sub-event type is in PLOVER. `shape`: a dyad, all parties alike, actor1 alone, or actor2 against actor1 ("turned")."""

    type: str
    mode: str | None
    contexts: tuple[str, ...]
    shape: str


class Days(NamedTuple):
    """First and last day, ISO, and how precise they are."""

    first: str
    last: str
    precision: str


@cache
def meanings() -> dict[str, Meaning]:
    """The packaged table, by sub-event type in small letters."""
    return {
        r["sub_event_type"].lower(): Meaning(r["type"], r["mode"] or None, (r["contexts"],) if r["contexts"] else (), r["shape"])
        for r in table_rows("acled_types.csv")
    }


def events(rows: Lines, remarks: Counter[str]) -> Iterator[Event | Refused]:
    """The events of an export."""
    rest = iter(rows)
    head = next(rest, None)
    if head is None or isinstance(head, Refused):
        yield from (head,) if head else ()
        return
    separator, names = _header(head)
    if not begins(head):
        yield head.refused("no-header", f"the first line must name ACLED's columns ({', '.join(sorted(_NEEDED))}, …); the file was not read")
        return
    for row in csv_rows(rest, separator=separator, remarks=remarks):
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield _event(_cells(row, names), remarks)
        except BadInput as error:
            yield row.line.refused(error.reason, error.detail)


def begins(line: Line) -> bool:
    """Whether a file with this first line is one of ACLED: the line names its columns."""
    return set(_header(line)[1]) >= _NEEDED


def _header(line: Line) -> tuple[str, list[str]]:
    """What parts the line, and its names in small letters."""
    separator = max(",;\t", key=line.text.count)
    return separator, [n.strip().strip('"').lower() for n in line.text.split(separator)]


def _cells(row: Row, names: list[str]) -> dict[str, str | None]:
    if len(row.cells) != len(names):
        raise bad("columns", f"the row has {len(row.cells)} columns, but the header names {len(names)}")
    return {name: word(cell) for name, cell in zip(names, row.cells, strict=True)}


def _event(cell: dict[str, str | None], remarks: Counter[str]) -> Event:
    name, kind = cell["event_id_cnty"], cell["sub_event_type"] or ""
    if name is None:
        raise bad("no-id", "event_id_cnty is empty")
    meaning = meanings().get(kind.lower())
    if meaning is None:
        raise bad("no-plover-type", f"sub_event_type = {kind!r} has no PLOVER type")
    first, second = _party(cell, "1"), _party(cell, "2")
    shape: dict[str, Any] = {"actor": first, "recipient": second}
    if meaning.shape == "all" and first and second:
        shape = {"actor": (*first, *second), "recipient": (), "reciprocal": True}
    elif meaning.shape == "turned" and second:
        shape = {"actor": second, "recipient": first}
    elif meaning.shape == "one" and second:
        remarks["actor2-left-out"] += 1  # who came between: neither acts in the protest nor is it directed at him
        shape = {"actor": first, "recipient": ()}
    days = _days(cell["event_date"] or "", cell.get("time_precision") or "1")
    country = cell.get("country")
    code = country_named(country) if country else None
    named = ", ".join(dict.fromkeys(c for n in ("location", "admin1") if (c := cell.get(n)))) or country
    return made(
        id=f"acled-{name}",
        date=days.first,
        enddate=days.last,
        date_precision=days.precision,
        kind=meaning.type,
        mode=() if meaning.mode is None else (meaning.mode,),
        context=meaning.contexts,
        coder=f"acled; {kind}",
        document=f"acled-{name}",
        where=place(named, country=code, lat=number(cell.get("latitude") or ""), lon=number(cell.get("longitude") or "")),
        text=cell.get("notes") or "",
        **shape,
    )


@lru_cache(maxsize=65536)
def _days(date: str, precision: str) -> Days:
    """First and last day: of the week (Monday to Sunday) or the month where ACLED knows no more.

    Raises:
        BadInput: `bad-date`.
    """
    first = last = _date(date)
    kind = _PRECISIONS.get(precision, "day")
    if kind == "week":
        first = first - dt.timedelta(days=first.weekday()) if first > dt.date(1, 1, 7) else first
        last = first + dt.timedelta(days=6) if first < dt.date(9999, 12, 20) else first
    elif kind == "month":
        first, last = first.replace(day=1), first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return Days(first.isoformat(), last.isoformat(), kind)


def _date(text: str) -> dt.date:
    """The day of "2024-05-16" or "16 May 2024"."""
    try:
        if found := re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) (\d{4})", text):
            return dt.date(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
        return dt.date.fromisoformat(text)
    except (ValueError, KeyError) as error:
        raise bad("bad-date", f"event_date = {text!r}, but it must be like 2024-05-16 or 16 May 2024") from error


def _party(cell: dict[str, str | None], number_of: str) -> tuple[Entity, ...]:
    name = cell.get(f"actor{number_of}")
    return (_entity(name, cell.get(f"inter{number_of}") or ""),) if name else ()


@lru_cache(maxsize=65536)
def _entity(name: str, inter: str) -> Entity:
    """The actor: its state stands in brackets, or after "of" for state forces."""
    bare = re.sub(r"\s*\([^)]*\d{4}[^)]*\)", "", name)  # years of a government: "(2019-)"
    bracket = re.search(r"\(([^()]+)\)", bare)
    after = re.search(r"\bof (?:the )?(.+?)(?:\s*\(|$)", bare) if inter.lower() in ("1", "state forces") else None
    told = [m[1] for m in (bracket, after) if m]
    code = next((c for t in told if (c := country_named(t))), None)
    sector = _INTER.get(inter.lower())
    if sector == "MIL":
        sector = "COP" if name.startswith("Police") else "MIL" if name.startswith("Military") else "GOV"
    return Entity(code=code, sector=sector, entity_text=name, name=bare)
