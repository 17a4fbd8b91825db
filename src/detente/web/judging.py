"""What people say of events, and events after what they said.

The ledger is append-only. For each event and field the newest judgement stands, whoever gave it; "unsure" of the whole takes back
everything said before it. A judgement belongs to the run whose record was judged; in another run it speaks of the event that the same
words of the same document tell.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from detente.errors import BadSetting, UnknownCode
from detente.ontology import PLOVER
from detente.records import Entity, Event
from detente.store.asking import days
from detente.store.judgements import Judgement, append
from detente.store.rows import party_rows
from detente.web.shapes import JudgementAsked, Ruling

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.rows import Row

_ONE_BY_ONE = Lock()

BETWEEN = "|"
"""Between several codes of one correction."""
_CODE = re.compile(r"[A-Z]{3}")

SAME_WORDS = """
    SELECT DISTINCT told.run AS run, told."id" AS old, now."id" AS new FROM all_runs.events told
    JOIN events now ON now.document = told.document AND now.sequence = told.sequence AND now.event_text = told.event_text
    WHERE told.run <> now.run AND told."id" IN (SELECT record FROM judgements WHERE run <> ?)
"""


class Rulings(msgspec.Struct, frozen=True):
    """Ruling of each event that was judged; judgements of other runs whose words no event of this one tells."""

    of: dict[str, Ruling]
    homeless: tuple[Judgement, ...]

    @property
    def changed(self) -> list[str]:
        """Events that are not as the program said."""
        return [event for event, ruling in self.of.items() if ruling["state"] in ("rejected", "corrected")]


def rulings(store: Store) -> Rulings:
    """What stands, of the run that is shown."""
    told = store.judgements()
    elsewhere = _same_words(store) if any(judgement.run != store.run for judgement in told) else {}
    of: dict[str, Ruling] = {}
    homeless: list[Judgement] = []
    for judgement in told:
        event = judgement.record if judgement.run == store.run else elsewhere.get((judgement.run, judgement.record))
        if event is None:
            homeless.append(judgement)
        elif (ruling := _after(of.get(event), judgement)) is None:
            of.pop(event, None)
        else:
            of[event] = ruling
    return Rulings(of, tuple(homeless))


def _same_words(store: Store) -> dict[tuple[int, str], str]:
    found = store.query(SAME_WORDS, [store.run])
    return {(run, old): new for run, old, new in found.iter_rows()}


def _after(before: Ruling | None, judgement: Judgement) -> Ruling | None:
    """The ruling once the judgement has been said; None when nothing is left of it."""
    fields = dict(before["fields"]) if before else {}
    state = before["state"] if before else "doubted"
    if judgement.field is None:
        if judgement.verdict == "unsure":
            return None
        state = "rejected" if judgement.verdict == "wrong" else "corrected" if fields else "accepted"
    elif judgement.verdict == "wrong" and judgement.correction is not None:
        fields[judgement.field] = judgement.correction
        if judgement.field == "type":
            fields.pop("mode", None)  # another type has other modes
        state = "corrected"
    else:
        fields.pop(judgement.field, None)
        if state == "corrected" and not fields:
            state = "accepted" if judgement.verdict == "right" else "doubted"
    return Ruling(state=state, fields=fields, by=judgement.by, said_at=judgement.said_at, note=judgement.note)


# --- events after people ------------------------------------------------------------------------------


def ruled(event: Event, ruling: Ruling | None) -> Event:
    """The event with what people corrected."""
    if ruling is None:
        return event
    for field, correct in CORRECT.items():
        if field in ruling["fields"]:
            with suppress(BadSetting, UnknownCode):  # a line of a ledger that another program wrote: the program's own value stays
                event = correct(event, ruling["fields"][field] or "")
    return event


def parties(store: Store, found: Rulings) -> list[Row]:
    """Rows of `parties` of all events that people corrected; rejected ones have none."""
    corrected = [event for event in found.changed if found.of[event]["state"] == "corrected"]
    if not corrected:
        return []
    rows: list[Row] = []
    for event in events_of(store, corrected):
        rows += party_rows(ruled(event, found.of[event.id]), run=store.run or 0, at=0)
    return rows


def events_of(store: Store, ids: list[str]) -> list[Event]:
    """The events of these ids, as the program said them."""
    from detente.store.rows import event_of

    found = store.query('SELECT * FROM events WHERE "id" IN (SELECT unnest(?::VARCHAR[]))', [ids])
    return [event_of({k: v for k, v in row.items() if k not in ("run", "at")}) for row in found.iter_rows(named=True)]


# --- corrections ----------------------------------------------------------------------------------------


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
    codes = [code for part in written.replace(",", BETWEEN).split(BETWEEN) if (code := part.strip().upper())]
    for code in codes:
        if not _CODE.fullmatch(code):
            raise BadSetting("code", code, "it must be three letters, such as USA; several are parted by |, and nobody is left empty")
    left = {code: [e for e in entities if e.code == code] for code in codes}
    others = [e for e in entities if e.code not in codes]
    out: list[Entity] = []
    for code in codes:
        if left[code]:
            out.append(left[code].pop(0))
        elif others:  # who bears another code is somebody else: name, identifier and office go
            before = others.pop(0)
            out.append(Entity(code=code, sector=before.sector, entity_text=before.entity_text))
        else:
            out.append(Entity(code=code, entity_text=code))
    return tuple(out)


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


CORRECT: dict[str, Callable[[Event, str], Event]] = {
    "type": _type, "mode": _mode, "status": _status, "actor": _actor, "recipient": _recipient, "date": _date,
}  # fmt: skip
"""Field → the event with another value there; a value that breaks a rule is refused."""


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
    }


def judge(store: Store, standing: Rulings, asked: JudgementAsked, *, at: dt.datetime) -> Judgement:
    """The judgement, kept; one that no event could follow is refused before it is written.

    Those who judge at once in this program wait for each other here: the lock of the ledger itself soon gives up.

    Raises:
        BadSetting: There is no such event, or the correction breaks a rule of its field.
    """
    event = ruled(store.event(asked.record), standing.of.get(asked.record))
    correction = asked.correction
    if asked.field is not None and asked.verdict == "wrong":
        correction = (correction or "").strip()
        CORRECT[asked.field](event, correction)
    elif correction is not None:
        raise BadSetting("correction", correction, "only a field that is wrong can be corrected")
    said = Judgement(
        run=store.run or 0, record=asked.record, field=asked.field, verdict=asked.verdict, correction=correction, by=asked.by.strip(),
        said_at=at.isoformat(timespec="seconds"), note=asked.note or None,
    )  # fmt: skip
    with _ONE_BY_ONE:
        return append(store.folder, said)  # as `store.judge`, whose look at the whole store the next question takes anyway
