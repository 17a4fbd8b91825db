"""What one wants to know of events → SQL."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

import msgspec

from detente.errors import BadSetting
from detente.frames import JOIN
from detente.records import Event
from detente.store.rows import pairs

PARTY = ("actor", "recipient", "type", "mode", "status")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which events. None: any. `either` takes the pair both ways round; days take every event that may lie between them."""

    actor: str | None = None
    recipient: str | None = None
    either: bool = False
    since: str | dt.date | None = None
    until: str | dt.date | None = None
    type: str | None = None
    mode: str | None = None
    status: str | None = None
    document: str | None = None
    least: float = 0.0
    limit: int | None = None


def conditions(wanted: Wanted) -> tuple[str, list[object]]:
    """SQL that holds for the rows of `parties` that are wanted, with its values.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    # who asks for a least chance does not want events that tell none; `Store.unsaid` counts them
    told, held = ["confidence >= ?"] if wanted.least > 0 else ["true"], list[object]([wanted.least] if wanted.least > 0 else [])
    pair = [(name, code) for name, code in (("actor", wanted.actor), ("recipient", wanted.recipient)) if code is not None]
    if pair:
        straight = " AND ".join(f"{name} = ?" for name, _ in pair)
        turned = " AND ".join(f"{_other(name)} = ?" for name, _ in pair)
        codes = [code for _, code in pair]
        told.append(f"(({straight}) OR ({turned}))" if wanted.either else straight)
        held += codes * (2 if wanted.either else 1)
    for name in ("type", "mode", "status"):
        if (value := getattr(wanted, name)) is not None:
            told.append(f"{name} = ?")
            held.append(value)
    lying, within = during(wanted)
    return " AND ".join([*told, lying]), held + within


def is_wanted(event: Event, wanted: Wanted) -> bool:
    """Whether an event is wanted: what `conditions` say of its rows, said of the event itself.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    asked = (wanted.actor, wanted.recipient)
    ways = (asked, asked[::-1]) if wanted.either else (asked,)
    since, until = span(wanted.since, wanted.until)
    told = {"type": event.event[0], "mode": event.mode[0] if event.mode else None, "status": event.status, "document": event.text_info.document}
    return (
        any(all(code in (None, held) for code, held in zip(way, pair, strict=True)) for pair in pairs(event) for way in ways)
        and all(getattr(wanted, name) in (None, value) for name, value in told.items())
        and (until is None or (event.date is not None and event.date <= until.isoformat()))
        and (since is None or (event.enddate is not None and event.enddate >= since.isoformat()))
        and (not wanted.least > 0 or (event.confidence is not None and event.confidence >= wanted.least))
    )


def during(wanted: Wanted) -> tuple[str, list[object]]:
    """SQL that holds for what may lie between the days that are wanted, with its values.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    told, held = ["true"], list[object]()
    since, until = span(wanted.since, wanted.until)
    if until is not None:
        told.append("date <= ?")
        held.append(until)
    if since is not None:
        told.append("enddate >= ?")
        held.append(since)
    return " AND ".join(told), held


def span(since: str | dt.date | None, until: str | dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that are wanted; None where none is named.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    first = None if since is None else days(since, "--since")[0]
    last = None if until is None else days(until, "--until")[1]
    if first is not None and last is not None and first > last:
        raise BadSetting("--since", str(since), f"it lies after the last day, {last}; give the earlier day first")
    return first, last


def days(written: str | dt.date, name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a year, a month or a day: 2023, 2023-05, 2023-05-08.

    Raises:
        BadSetting: It is none of them.
    """
    if isinstance(written, dt.date):
        return written, written
    parts = written.strip().split("-")
    try:
        numbers = [int(part) for part in parts]
        if [len(part) for part in parts] == [4]:
            return dt.date(numbers[0], 1, 1), dt.date(numbers[0], 12, 31)
        if [len(part) for part in parts] == [4, 2]:
            year, month = numbers
            return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])
        day = dt.date.fromisoformat(written.strip())
    except ValueError as error:
        raise BadSetting(name, written, "it must be a day, a month or a year, such as 2023-05-08, 2023-05 or 2023") from error
    return day, day


def _other(name: str) -> str:
    return "recipient" if name == "actor" else "actor"


def flat(column: str) -> str:
    """SQL of several values in one cell, as `frames` joins them."""
    return f"array_to_string({column}, '{JOIN}')"


def entity_cells(role: str, entities: str) -> list[str]:
    """SQL of codes, sectors, names and words of one role; null when the role is empty."""
    fields = {"": "code", "_sector": "sector", "_name": "name", "_text": "entity_text"}
    return [
        f"CASE WHEN len({entities}) > 0 THEN {flat(f'list_transform({entities}, lambda e: coalesce(e.{field}, {chr(39) * 2}))')} END AS {role}{end}"
        for end, field in fields.items()
    ]


FLAT_EVENT = ", ".join(
    [
        'run, "at", "id", document, "date"::VARCHAR AS "date", enddate::VARCHAR AS enddate, date_precision, historical',
        f"{flat('event')} AS event, {flat('mode')} AS mode, {flat('context')} AS context",
        "status, quad_code::BIGINT AS quad_code, event_scale, reciprocal",
        *entity_cells("actor", "actor"),
        *entity_cells("recipient", "recipient"),
        *entity_cells("by", 'CASE WHEN "by" IS NULL THEN [] ELSE ["by"] END'),
        "event_loc.extracted_place AS place, event_loc.resolved_place AS place_resolved, event_loc.country_code AS place_country",
        "event_loc.lat AS lat, event_loc.lon AS lon",
        f"{flat('event_text')} AS trigger, confidence, text",
        '"start"::BIGINT AS "start", "end"::BIGINT AS "end", coder, story',
    ]
)
"""The columns of `frames.EVENT_COLUMNS`, with run before and story behind."""
