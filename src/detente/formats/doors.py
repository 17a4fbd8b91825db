"""One door in and one door out, whatever the format."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from detente.errors import BadInput, BadSetting
from detente.formats import acled, gdelt, graphml, icews, mapped, phoenix, plover, polecat, rdf
from detente.formats.layouts import only
from detente.formats.rows import Lines, lines
from detente.frames import FrameOf
from detente.ontology.plover import AHEAD
from detente.records import Event, Refused

READERS: dict[str, Callable[[Lines, Counter[str]], Iterator[Event | Refused]]] = {
    "detente": plover.own_events,
    "plover": plover.events,
    "polecat": polecat.events,
    "icews": icews.events,
    "gdelt": gdelt.events,
    "gdelt1": partial(gdelt.events, version="1.0"),
    "gdelt2": partial(gdelt.events, version="2.0"),
    "phoenix": phoenix.events,
    "acled": acled.events,
}
"""Formats that are read ("gdelt" is 1.0 or 2.0, row by row); beside them "mapped", which needs a map."""

LINES: dict[str, Callable[[Event], Iterator[str]]] = {
    "detente": plover.own_written,
    "plover": plover.written,
    "polecat": polecat.written,
    "icews": icews.written,
    "gdelt2": gdelt.written,
    "rdf": rdf.written,
}
"""Formats that are written line by line."""

HEADERS = {"polecat": polecat.header, "icews": icews.header}

IMPORTS = (*READERS, "mapped")
EXPORTS = (*LINES, "parquet", "csv", "graphml")


class Written(msgspec.Struct):
    """What became of the events: how many were written, on how many rows, and the refused by reason."""

    events: int = 0
    rows: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)


def read_events(
    path: str, format: str, *, mapping: Path | None = None, remarks: Counter[str] | None = None
) -> Iterator[Event | Refused]:
    """The events of a file of another format, and a refusal for each row that is none; as a stream.

    A file that is known to have another layout than `format` is one refusal, "other-format": none of its rows is read.

    Args:
        path: A file, plain, `.gz` or `.zip`; "-" is standard input.
        format: One of `IMPORTS`.
        mapping: For "mapped" the TOML file that says which column is what.
        remarks: Counts repairs and what of the source has no place in a record, by kind (docs/formats.md).

    Raises:
        BadSetting: There is no such format, or no map.
    """
    told: Counter[str] = Counter() if remarks is None else remarks
    if format == "mapped":
        if mapping is None:
            raise BadSetting("--mapping", "not given", "a CSV of one's own needs a map, a TOML file; docs/formats.md has one to copy")
        return mapped.events(lines(path, told), told, mapped.mapping_of(mapping))
    if format not in READERS:
        raise BadSetting("format", format, f"it must be one of {', '.join(IMPORTS)}")
    if mapping is not None:
        raise BadSetting("--mapping", str(mapping), f"only the format 'mapped' has a map, not {format!r}")
    return READERS[format](only(lines(path, told), path, format), told)


def begun(found: Iterable[Event | Refused], *, today: dt.date | None = None) -> Iterator[Event | Refused]:
    """The same, but an event that is told to have happened after tomorrow is refused, "future-date": a wrong year would make all days up to it the store's.

    Tomorrow passes because it has begun east of UTC; what is planned or supposed may lie ahead. `today` is the clock's day, UTC, when None.
    """
    known = today or dt.datetime.now(tz=dt.UTC).date()
    tomorrow = dt.date.fromordinal(min(known.toordinal() + 1, dt.date.max.toordinal())).isoformat()
    for each in found:
        if isinstance(each, Event) and each.status not in AHEAD and each.date is not None and each.date > tomorrow and _is_day(each.date):
            told = f"{each.id}: it is told to have happened on {each.date}, which is still to come; correct its day"
            yield Refused(document=each.id, reason="future-date", detail=told)
        else:
            yield each


def _is_day(written: str) -> bool:
    """Whether it is a day: days compare as their letters do, other words do not."""
    try:
        dt.date.fromisoformat(written)
    except ValueError:
        return False
    return True


def write_events(events: Iterable[Event], format: str, file: IO[bytes]) -> Written:
    """Writes the events; an event that the format cannot hold truly is refused with a reason.

    Args:
        events: Any number; all formats but `graphml` write them as they come.
        format: One of `EXPORTS`.
        file: Open for bytes; it stays open.

    Raises:
        BadSetting: There is no such format.
    """
    if format == "graphml":
        count, refused = graphml.write(events, file)
        return Written(count, count, refused)
    if format in ("parquet", "csv"):
        kept = FrameOf()
        for event in events:
            kept.add(event)
        frame = kept.frame()
        frame.write_parquet(file) if format == "parquet" else frame.write_csv(file)
        return Written(frame.height, frame.height)
    if format not in LINES:
        raise BadSetting("format", format, f"it must be one of {', '.join(EXPORTS)}")
    return _write_lines(events, format, file)


def _write_lines(events: Iterable[Event], format: str, file: IO[bytes]) -> Written:
    done = Written()
    if format in HEADERS:
        file.write(HEADERS[format]().encode())
    for event in events:
        try:
            told = list(LINES[format](event))
        except BadInput as error:
            done.refused[error.reason] += 1
            continue
        file.write("".join(told).encode("utf-8", "replace"))
        done.events += 1
        done.rows += len(told)
    return done
