"""How every import makes a record: what the source says, and None for what it does not say."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from detente.formats.parties import Party
from detente.formats.rows import bad
from detente.ontology import PLOVER
from detente.records import Entity, Event, EventLocation, TextInfo

HISTORICAL_DAYS = 30
"""As in docs/records.md: an event that ended more days than this before publication is background."""


@lru_cache(maxsize=65536)
def day(text: str) -> str:
    """An ISO day of "20230508", "2023-05-08" or "2023-05-08T…".

    Raises:
        BadInput: `bad-date`.
    """
    written = text.strip()
    try:
        if len(written) == 8 and written.isascii() and written.isdigit():
            return dt.date(int(written[:4]), int(written[4:6]), int(written[6:])).isoformat()
        return dt.date.fromisoformat(written[:10]).isoformat() if len(written) in (10, 19) and written[4] == "-" else _no_day(text)
    except ValueError as error:
        raise bad("bad-date", f"date = {text!r}, but it must be a day, YYYY-MM-DD or YYYYMMDD") from error


def _no_day(text: str) -> str:
    raise ValueError(text)


@lru_cache(maxsize=65536)
def past(enddate: str, published: str) -> bool:
    """Whether an event that ended on that day is background on the day of publication."""
    return (dt.date.fromisoformat(published) - dt.date.fromisoformat(enddate)).days > HISTORICAL_DAYS


@lru_cache(maxsize=65536)
def number(text: str) -> float | None:
    """The number of a cell; None when the cell is empty or holds no finite number."""
    try:
        value = float(text) if text.strip() else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None


@lru_cache(maxsize=1024)
def meaning(kind: str, mode: str | None) -> tuple[int, float]:
    """Quad class and points of a type and mode.

    Raises:
        BadInput: `unknown-type`.
    """
    if kind not in PLOVER.types:
        raise bad("unknown-type", f"type = {kind!r}, but PLOVER {PLOVER.version} has no such type")
    return PLOVER.types[kind].quad, PLOVER.score(kind, mode)


def known_mode(kind: str, mode: str | None, remarks: Counter[str]) -> tuple[str, ...]:
    """The mode where the type has it; none and a remark where it has not."""
    if mode is None:
        return ()
    if kind in PLOVER.types and mode in PLOVER.types[kind].modes:
        return (mode,)
    remarks["mode-unknown"] += 1
    return ()


def known_contexts(told: Iterable[str], remarks: Counter[str]) -> tuple[str, ...]:
    """The contexts that PLOVER has, each once; a remark for each other."""
    contexts = tuple(dict.fromkeys(t for t in told if t))
    known = tuple(c for c in contexts if c in PLOVER.contexts)
    if len(known) < len(contexts):
        remarks["context-unknown"] += len(contexts) - len(known)
    return known


def place(name: str | None, *, country: str | None, lat: float | None, lon: float | None, how: str | None = None) -> EventLocation | None:
    """Where it happened; None when the source names no place. Coordinates outside the globe are none."""
    words = name or country
    if words is None:
        return None
    on_globe = lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
    return EventLocation(
        extracted_place=words, resolved_place=name, country_code=country, resolution=how,
        lat=lat if on_globe else None, lon=lon if on_globe else None,
    )  # fmt: skip


def kept(party: Party | None, remarks: Counter[str]) -> tuple[Entity, ...]:
    """The party as a role's list; what of it was lost is counted."""
    if party is None:
        return ()
    for lost in party.remarks:
        remarks[lost] += 1
    return (party.entity,)


def made(  # noqa: PLR0913 - one argument for each thing that a source may say
    *,
    id: str,
    date: str,
    kind: str,
    mode: tuple[str, ...],
    context: tuple[str, ...],
    actor: tuple[Entity, ...],
    recipient: tuple[Entity, ...],
    coder: str,
    document: str,
    where: EventLocation | None = None,
    published: str | None = None,
    **more: Any,
) -> Event:
    """The record of one row; it happened on that day, told without text, unless `more` says otherwise.

    Raises:
        BadInput: `no-party`, `unknown-type`.
    """
    if not (actor or recipient):
        raise bad("no-party", "the row names neither actor nor recipient")
    quad, points = meaning(kind, mode[0] if mode else None)
    enddate = more.pop("enddate", date)
    told: dict[str, Any] = {
        "date_precision": "day", "time_text": None, "status": "actual", "reciprocal": False, "event_text": (), "by": None,
        "confidence": None, "text": "", "also": (), "story": None, "coded_date": None, "event_scale": points,
        "text_info": TextInfo(document=document, sequence=more.pop("sequence", 0), start=0, end=0),
    }  # fmt: skip
    told.update(more)
    return Event(
        id=id, date=date, enddate=enddate, historical=published is not None and past(enddate, published), event=(kind,), mode=mode,
        context=context, quad_code=quad, actor=actor, recipient=recipient, event_loc=where, coder=coder, **told,
    )  # fmt: skip
