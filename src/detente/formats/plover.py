"""PLOVER JSON and JSONL, and the project's own JSONL, which has the same fields and more.

Field names are PLOVER 2.0's as docs/records.md has them; the names of the older public drafts (`source`, `actor_text`, `latitude`, …)
are read too. A file is one object a line, an array, or objects one after the other with line breaks inside.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

import msgspec

from detente.errors import BadInput
from detente.formats.making import day, known_contexts, known_mode, meaning, number
from detente.formats.rows import Line, Lines, bad
from detente.ontology import PLOVER
from detente.records import Also, Entity, Event, EventLocation, Refused, Span, TextInfo

_STATUSES = frozenset(PLOVER.statuses)
_PRECISIONS = frozenset(("day", "week", "month", "season", "quarter", "year", "decade", "range", "unknown"))
_OURS = frozenset(("event", "status", "text_info", "coder"))
"""What a record of ours has in any case, and hardly one of others all of."""

_MOST = 2**53
"""Of a whole number: what every reader of JSON can hold."""

_MOST_BYTES = 512 * 1024**2
"""Of a file that is one array: it has to be held whole."""


def events(rows: Lines, remarks: Counter[str]) -> Iterator[Event | Refused]:
    """The events of a PLOVER file; `quote` and `check` records of the project's own files are passed over and counted."""
    yield from _objects(rows, partial(_of_object, remarks=remarks))


def own_events(rows: Lines, remarks: Counter[str]) -> Iterator[Event | Refused]:
    """The events of the project's own JSONL, every field as it stands; quotes and checks are passed over and counted."""
    yield from _objects(rows, partial(_of_own, remarks=remarks))


def _objects(rows: Lines, convert: Callable[[Any], Event | None]) -> Iterator[Event | Refused]:
    """What becomes of each JSON object: line by line while lines are whole objects, else of the file read at once."""
    rest = iter(rows)
    first = next(rest, None)
    if isinstance(first, Line) and is_spread(first):
        yield from _at_once(first, rest, convert)
        return
    for line in chain([first] if first is not None else [], rest):
        if isinstance(line, Refused):
            yield line
        elif (made := _made(line, line.text, convert)) is not None:
            yield made


def is_spread(first: Line) -> bool:
    """Whether a file with this first line has no record a line: the line begins JSON, but is no object."""
    start = first.text.lstrip()[:1]
    if start not in ("[", "{"):
        return False
    try:
        return not isinstance(json.loads(first.text), dict)
    except (ValueError, RecursionError):
        return start == "[" or not first.text.rstrip().endswith("}")


def layout_of(head: list[Line]) -> str | None:
    """Whose records a file with these first lines has, "detente" or "plover", by its first object; None when it has none."""
    text = "\n".join(line.text for line in head).lstrip().removeprefix("[").lstrip()
    try:
        first, _ = json.JSONDecoder().raw_decode(text) if text.startswith("{") else ({}, 0)
    except (ValueError, RecursionError):
        return None
    if "speaker" in first or "finding" in first or first.keys() >= _OURS:
        return "detente"
    return "plover" if "event" in first else None


def _made(line: Line, text: str | bytes, convert: Callable[[Any], Event | None]) -> Event | Refused | None:
    try:
        return convert(msgspec.json.decode(text))
    except BadInput as error:
        return line.refused(error.reason, error.detail)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return line.refused("bad-json", f"{error}; each line must be one object")


def _at_once(first: Line, rest: Iterator[Line | Refused], convert: Callable[[Any], Event | None]) -> Iterator[Event | Refused]:
    """The objects of an array, or of a file whose objects have line breaks inside."""
    texts, size = [first.text], len(first.text)
    for line in rest:
        if isinstance(line, Refused):
            yield line
            continue
        size += len(line.text)
        if size > _MOST_BYTES:
            yield first.refused("too-long", f"an array of more than {_MOST_BYTES:,} characters; write one object a line")
            return
        texts.append(line.text)
    decoder, text, at, number_of = json.JSONDecoder(), "\n".join(texts), 0, 0
    inside = text.lstrip().startswith("[")
    text = text.strip().removeprefix("[") if inside else text
    while (at := _next(text, at)) < len(text) and not (inside and text[at] == "]"):
        number_of += 1
        here, begin = Line(f"{first.file}, object", number_of, ""), at
        try:
            _, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield here.refused("bad-json", f"{error}; what follows was not read")
            return
        if (made := _made(here, text[begin:at], convert)) is not None:  # read anew: half surrogates and NaN are no JSON
            yield made


def _next(text: str, at: int) -> int:
    """Where the next object begins: spaces and commas are passed over."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


# --- one object ----------------------------------------------------------------------------------


def _other_record(fields: Any, remarks: Counter[str]) -> bool:
    """Whether an object is a quote or a check, which is counted."""
    if not isinstance(fields, dict):
        raise bad("bad-json", "a record must be an object")
    kind = "quote" if "speaker" in fields else "check" if "finding" in fields else None
    if kind is None or "event" in fields:
        return False
    remarks[f"{kind}-passed-over"] += 1
    return True


def _of_own(fields: Any, *, remarks: Counter[str]) -> Event | None:
    if _other_record(fields, remarks):
        return None
    try:
        event = msgspec.convert(fields, Event)
    except msgspec.ValidationError as error:
        raise bad("fields", f"{error}; the fields of an event are in docs/records.md") from error
    if not event.event:
        raise bad("unknown-type", "`event` is empty, but a record has a type")
    if event.status not in _STATUSES or event.quad_code not in (1, 2, 3, 4):
        raise bad("fields", f"status = {event.status!r}, quad_code = {event.quad_code!r}, but they must be as docs/records.md has them")
    for told in (event.date, event.enddate, event.coded_date):
        if told is not None and day(told) != told:
            raise bad("bad-date", f"date = {told!r}, but it must be a day, YYYY-MM-DD")
    place = event.event_loc.geonameid if event.event_loc else None
    if not all(0 <= n < _MOST for n in (event.text_info.start, event.text_info.end, event.text_info.sequence, place or 0)):
        raise bad("fields", f"an offset or number is below 0 or above {_MOST:,}")
    return event


def _of_object(fields: Any, *, remarks: Counter[str]) -> Event | None:
    """The record of one PLOVER object.

    Raises:
        BadInput: `fields`, `no-id`, `bad-date`, `unknown-type`, `no-party`.
    """
    if _other_record(fields, remarks):
        return None
    name = fields.get("id")
    if not isinstance(name, str | int) or name == "":
        raise bad("no-id", "`id` must be there")
    kinds = tuple(k.upper() for k in _texts(fields.get("event")))
    if not kinds:
        raise bad("unknown-type", "`event` must name a type")
    for kind in kinds:
        meaning(kind, None)
    modes = tuple(m for told in _texts(fields.get("mode")) for m in known_mode(kinds[0], told, remarks))
    date = _day(fields.get("date"))
    enddate = _day(fields.get("enddate")) or date
    quad, points = meaning(kinds[0], modes[0] if modes else None)
    actor, recipient = _entities(fields, "actor", "source"), _entities(fields, "recipient", "target")
    if not (actor or recipient):
        raise bad("no-party", "the record names neither actor nor recipient")
    cite = fields.get("cite_info") if isinstance(fields.get("cite_info"), dict) else {}
    info = fields.get("text_info") if isinstance(fields.get("text_info"), dict) else {}
    by = _entities(fields, "by")
    return Event(
        id=str(name),
        date=date,
        enddate=enddate,
        date_precision=_one_of(fields.get("date_precision"), _PRECISIONS) or ("unknown" if date is None else "day" if date == enddate else "range"),
        time_text=_text(fields.get("time_text")),
        historical=fields.get("historical") is True,
        event=kinds,
        mode=modes,
        context=known_contexts(_texts(fields.get("context")), remarks),
        status=_one_of(fields.get("status"), _STATUSES) or "actual",
        quad_code=_whole_number(fields.get("quad_code"), 1, 4) or quad,
        event_scale=points if (scale := _float(fields.get("event_scale"))) is None else scale,
        reciprocal=fields.get("reciprocal") is True,
        actor=actor,
        recipient=recipient,
        event_loc=_place(fields.get("event_loc")),
        event_text=tuple(_texts(fields.get("event_text"))),
        by=by[0] if by else None,
        confidence=_chance(fields.get("confidence")),
        text=_text(fields.get("text")) or "",
        text_info=_info(info, _text(cite.get("url")) or _text(cite.get("citation")) or str(name)),
        also=_also(fields.get("also")),
        story=_text(fields.get("story")) or _text(fields.get("link")),
        coder=_text(fields.get("coder")) or _text(cite.get("coder")) or "plover",
        coded_date=_text(fields.get("coded_date")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: Any) -> list[str]:
    """A field that may be one value or a list of them."""
    told = value if isinstance(value, list) else [value]
    return [t for t in told if isinstance(t, str) and t]


def _one_of(value: Any, known: frozenset[str]) -> str | None:
    return value if isinstance(value, str) and value in known else None


def _float(value: Any) -> float | None:
    return number(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _chance(value: Any) -> float | None:
    told = _float(value)
    return told if told is not None and 0 <= told <= 1 else None


def _whole_number(value: Any, least: int, most: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most else None


def _day(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise bad("bad-date", f"date = {value!r}, but it must be a day, YYYY-MM-DD")
    return day(value)


def _entities(fields: dict[str, Any], *names: str) -> tuple[Entity, ...]:
    """The entities of the first of these fields that has some."""
    for name in names:
        value = fields.get(name)
        told = value if isinstance(value, list) else [value]
        if found := tuple(_entity(t) for t in told if isinstance(t, dict)):
            return found
    return ()


def _entity(told: dict[str, Any]) -> Entity:
    def first(*names: str) -> str | None:
        return next((t for n in names if (t := _text(told.get(n)))), None)

    sector = _text(told.get("sector")) or ""  # drafts allow six letters: a main and a second sector
    parts = [sector[at : at + 3] for at in range(0, len(sector), 3)]
    known = [p for p in (*parts, *_texts(told.get("other_sectors"))) if p in PLOVER.sectors]
    name = first("name", "identifier_text", "identifer_text")
    code = _text(told.get("code"))
    return Entity(
        code=code,
        sector=known[0] if known and parts and parts[0] in PLOVER.sectors else None,
        other_sectors=tuple(known[1:] if known and parts and parts[0] in PLOVER.sectors else known),
        entity_text=first("entity_text", "actor_text", "source_text", "recipient_text") or name or code or "",
        name=name,
        identifier_id=first("identifier_id", "identifer_id"),
        office=_text(told.get("office")),
    )


def _place(value: Any) -> EventLocation | None:
    told = value[0] if isinstance(value, list) and value else value
    if not isinstance(told, dict):
        return None
    resolved = _text(told.get("resolved_place")) or _text(told.get("name"))
    words = _text(told.get("extracted_place")) or resolved or _text(told.get("cc3")) or _text(told.get("country_code"))
    if words is None:
        return None
    return EventLocation(
        extracted_place=words,
        resolved_place=resolved,
        geonameid=_whole_number(told.get("geonameid"), 0, 10**12),
        lat=_degrees(told, "lat", "latitude", most=90),
        lon=_degrees(told, "lon", "longitude", most=180),
        country_code=_text(told.get("country_code")) or _text(told.get("cc3")),
        feature_class=_text(told.get("feature_class")) or _text(told.get("feature class")),
        resolution=_text(told.get("resolution")),
    )


def _degrees(told: dict[str, Any], *names: str, most: int) -> float | None:
    value = next((v for n in names if (v := _float(told.get(n))) is not None), None)
    return value if value is not None and abs(value) <= most else None


def _info(info: dict[str, Any], document: str) -> TextInfo:
    """Offsets only where the record has them."""
    start, end = _whole_number(info.get("start"), 0, 10**9), _whole_number(info.get("end"), 0, 10**9)
    told = info.get("spans")
    spans = {k: _spans(v) for k, v in told.items()} if isinstance(told, dict) else {}
    sequence = _whole_number(info.get("sequence"), 0, 10**9) or 0
    return TextInfo(document=_text(info.get("document")) or document, sequence=sequence, start=start or 0, end=end or 0, spans=spans)


def _spans(value: Any) -> tuple[Span, ...]:
    try:
        return msgspec.convert(value, tuple[Span, ...])
    except msgspec.ValidationError:
        return ()


def _also(value: Any) -> tuple[Also, ...]:
    try:
        return msgspec.convert(value, tuple[Also, ...]) if value else ()
    except msgspec.ValidationError:
        return ()


# --- out -----------------------------------------------------------------------------------------


def written(event: Event) -> Iterator[str]:
    """The record as one line of PLOVER JSONL: every field that the manual requires is there, the project's own stand beside.

    Raises:
        BadInput: `no-date`, `no-actor`: the manual requires both.
    """
    if event.date is None:
        raise bad("no-date", "the day is unknown, but PLOVER requires one")
    if not event.actor:
        raise bad("no-actor", "nobody acts, but PLOVER requires an actor")
    told = {"has_event": True, **msgspec.to_builtins(event)}
    told["cite_info"] = {"citation": event.text_info.document, "coder": event.coder, "codebook": f"plover-{PLOVER.version}"}
    yield msgspec.json.encode(told).decode() + "\n"


def own_written(event: Event) -> Iterator[str]:
    """The record as `detente read --format jsonl` prints it."""
    yield msgspec.json.encode(event).decode() + "\n"
