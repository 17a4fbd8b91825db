"""Corrections: a record with another value in one field, as somebody writes it; a value that breaks its field's rule is refused."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from detente.errors import BadSetting, UnknownCode
from detente.ontology import PLOVER
from detente.places.gazetteer import locate
from detente.records import Entity, Event, Quote
from detente.store.asking import days
from detente.store.known import codes

if TYPE_CHECKING:
    from detente.review.rulings import Ruling

BETWEEN = "|"
"""Between several codes of one correction."""
_CODE = re.compile(r"[A-Z]{3}")
_PARTY = re.compile(r"(?:([A-Z]{3})(?:\s+|$))?(.*)", re.DOTALL)


def ruled(event: Event, ruling: Ruling | None) -> Event:
    """The event with what people corrected."""
    return event if ruling is None else corrected(event, ruling["fields"])


def corrected(event: Event, fields: dict[str, str | None]) -> Event:
    """The event with these corrections; what breaks a rule (a line of a ledger that another program wrote) changes nothing."""
    for field, correct in CORRECT.items():
        if field in fields:
            with suppress(BadSetting, UnknownCode):
                event = correct(event, fields[field] or "")
    return event


def ruled_quote(quote: Quote, ruling: Ruling | None) -> Quote:
    """The quote with the speaker that people say."""
    if ruling is None or "speaker" not in ruling["fields"]:
        return quote
    return CORRECT_QUOTE["speaker"](quote, ruling["fields"]["speaker"] or "")


# --- field by field -------------------------------------------------------------------------------------


def _type(event: Event, written: str) -> Event:
    kind = PLOVER.kind(written)
    return msgspec.structs.replace(event, event=(written,), mode=(), quad_code=kind.quad, event_scale=kind.score)


def _mode(event: Event, written: str) -> Event:
    mode = written or None
    if event.event[0] not in PLOVER.types:  # an ontology of one's own: its points are not known here
        return msgspec.structs.replace(event, mode=(written,) if written else ())
    if mode is not None and mode not in PLOVER.kind(event.event[0]).modes:
        told = ", ".join(PLOVER.kind(event.event[0]).modes) or "no modes"
        raise BadSetting("mode", written, f"{event.event[0]} has {told}")
    return msgspec.structs.replace(event, mode=(written,) if written else (), event_scale=PLOVER.score(event.event[0], mode))


def _status(event: Event, written: str) -> Event:
    if written not in PLOVER.statuses:
        raise BadSetting("status", written, f"it must be one of {', '.join(PLOVER.statuses)}")
    return msgspec.structs.replace(event, status=written)


def _actor(event: Event, written: str) -> Event:
    return msgspec.structs.replace(event, actor=_recoded(event.actor, written))


def _recipient(event: Event, written: str) -> Event:
    return msgspec.structs.replace(event, recipient=_recoded(event.recipient, written))


def _recoded(entities: tuple[Entity, ...], written: str) -> tuple[Entity, ...]:
    """Entities of these codes: those that had theirs stay as they are, the others take the new codes in order."""
    wanted = codes_in(written)
    left = {code: [e for e in entities if e.code == code] for code in wanted}
    others = [e for e in entities if e.code not in wanted]
    out: list[Entity] = []
    for code in wanted:
        if left[code]:
            out.append(left[code].pop(0))
        elif others:  # who bears another code is somebody else: name, identifier and office go
            before = others.pop(0)
            out.append(Entity(code=code, sector=before.sector, entity_text=before.entity_text))
        else:
            out.append(Entity(code=code, entity_text=code))
    return tuple(out)


def codes_in(written: str) -> list[str]:
    """The codes of a correction.

    Raises:
        BadSetting: One is no code.
    """
    found = [code for part in written.replace(",", BETWEEN).split(BETWEEN) if (code := part.strip().upper())]
    for code in found:
        if not _CODE.fullmatch(code):
            raise BadSetting("code", code, "it must be three letters, such as USA; several are parted by |, and nobody is left empty")
    return found


def _date(event: Event, written: str) -> Event:
    if not written:
        return msgspec.structs.replace(event, date=None, enddate=None, date_precision="unknown")
    begin, slash, end = written.partition("/")
    first, last = days(begin, "date")[0], days(end if slash else begin, "date")[1]
    if last < first:
        raise BadSetting("date", written, "the last day must not lie before the first")
    return msgspec.structs.replace(event, date=first.isoformat(), enddate=last.isoformat(), date_precision=_precision(first, last))


def _precision(first: dt.date, last: dt.date) -> str:
    if first == last:
        return "day"
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and last.day == monthrange(last.year, last.month)[1]:
        return "month"
    return "year" if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year else "range"


def _place(event: Event, written: str) -> Event:
    if event.event_loc is not None and written == event.event_loc.extracted_place:
        return event
    if not written:
        return msgspec.structs.replace(event, event_loc=None)
    code = next((party.code for party in (*event.actor, *event.recipient) if party.code), None)
    return msgspec.structs.replace(event, event_loc=locate(written, near=code))


def _by(event: Event, written: str) -> Event:
    return msgspec.structs.replace(event, by=party_of(written, event.by))


def _speaker(quote: Quote, written: str) -> Quote:
    return msgspec.structs.replace(quote, speaker=party_of(written, quote.speaker))


def party_of(written: str, before: Entity | None) -> Entity | None:
    """Who is meant by "IRN", "Ali Hassan" or "IRN Ali Hassan"; None by nothing. Who is told the same stays as it was."""
    if before is not None and written == told_party(before):
        return before
    match = _PARTY.fullmatch(written.strip())
    code, name = match.groups() if match else (None, written.strip())
    if code and code not in codes() and (before is None or code != before.code):
        code, name = None, written.strip()  # three capitals that are nobody's code: BBC
    if not (code or name):
        return None
    kept = before is not None and code == before.code
    return Entity(code=code, sector=before.sector if kept and before else None, entity_text=name or code or "", name=name or None)


def told_party(party: Entity | None) -> str:
    """How somebody is written in a correction."""
    return "" if party is None else " ".join(part for part in (party.code, party.name or (party.entity_text if party.entity_text != party.code else None)) if part)


CORRECT: dict[str, Callable[[Event, str], Event]] = {
    "type": _type, "mode": _mode, "status": _status, "actor": _actor, "recipient": _recipient, "date": _date, "place": _place, "by": _by,
}  # fmt: skip
"""Field → the event with another value there; a value that breaks a rule is refused."""
CORRECT_QUOTE: dict[str, Callable[[Quote, str], Quote]] = {"speaker": _speaker}
"""The same for quotes."""


def shown(event: Event) -> dict[str, str]:
    """What stands in each field that can be corrected, written as a correction is."""
    when = event.date or ""
    return {
        "type": event.event[0],
        "mode": event.mode[0] if event.mode else "",
        "status": event.status,
        "actor": BETWEEN.join(e.code or "" for e in event.actor).strip(BETWEEN),
        "recipient": BETWEEN.join(e.code or "" for e in event.recipient).strip(BETWEEN),
        "date": when if event.enddate == event.date else f"{when}/{event.enddate}",
        "place": "" if event.event_loc is None else event.event_loc.extracted_place,
        "by": told_party(event.by),
    }


def shown_quote(quote: Quote) -> dict[str, str]:
    """The same of a quote."""
    return {"speaker": told_party(quote.speaker)}
