"""What people say of events and quotes, and what stands after that.

The ledger is append-only. For each record and field the newest judgement stands, whoever gave it; "unsure" of the whole takes back
everything said before it. A judgement belongs to the run whose record was judged; in another run it speaks of the record that the same
words of the same document tell. What each person says is kept apart, too, for the agreement between them.
"""

from __future__ import annotations

import datetime as dt
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from detente.errors import BadSetting
from detente.records import Event, Quote
from detente.store.judgements import MISSED, Judgement, append
from detente.web import audit, looking
from detente.web.codes import demand_said
from detente.web.correcting import CORRECT, CORRECT_QUOTE, ruled, ruled_quote, shown, shown_quote
from detente.web.missed import again, marked, told_by
from detente.web.paging import NotThere
from detente.web.shapes import JudgementAsked, MissedAsked, Ruling

if TYPE_CHECKING:
    from detente.store import Store
    from detente.web.stores import Desk

_ONE_BY_ONE = Lock()

_SPANS = "list_filter({}.spans, lambda s: s.role = 'trigger')"
SAME_WORDS = f"""
    SELECT told.run AS run, told."id" AS old, now."id" AS new, {_SPANS.format("now")} = {_SPANS.format("told")} AS exact
    FROM all_runs.events told JOIN events now ON now.document = told.document AND now.sequence = told.sequence AND now.event_text = told.event_text
    WHERE told.run <> now.run AND told."id" IN (SELECT record FROM judgements WHERE run <> ?)
    UNION ALL
    SELECT told.run, told."id", now."id", now."start" = told."start"
    FROM all_runs.quotes told JOIN quotes now ON now.document = told.document AND now.sequence = told.sequence AND now.text = told.text
    WHERE told.run <> now.run AND told."id" IN (SELECT record FROM judgements WHERE run <> ?)
    ORDER BY exact, new DESC
"""
"""Records of other runs that were judged, and those of this one that the same words tell; of several the last, which stands at the same place."""


class Rulings(msgspec.Struct, frozen=True):
    """What stands.

    `of` has the ruling of each record that was judged, `each` what every single person says of it; `added` are events that people marked
    because the program had missed them; `homeless` are judgements of other runs whose words no record of this one tells.
    """

    of: dict[str, Ruling]
    homeless: tuple[Judgement, ...]
    each: dict[str, dict[str, Ruling]] = {}
    added: dict[str, Event] = {}

    @property
    def changed(self) -> list[str]:
        """Records that are not as the program said."""
        return [record for record, ruling in self.of.items() if ruling["state"] in ("rejected", "corrected")]


def rulings(store: Store) -> Rulings:
    """What stands, of the run that is shown."""
    told = store.judgements()
    found = Rulings({}, (), {}, {})
    homes = _Homes(store, told)
    homeless: list[Judgement] = []
    for judgement in told:
        if judgement.verdict == MISSED:
            judgement = homes.marked(judgement, found.added) or judgement  # noqa: PLW2901 - what it means in this run
        record = homes.of(judgement, found.added)
        if record is None:
            homeless.append(judgement)
            continue
        _put(found.of, record, judgement)
        _put(found.each.setdefault(record, {}), judgement.by, judgement)
        if record not in found.of:
            found.added.pop(record, None)
    return msgspec.structs.replace(found, homeless=tuple(homeless))


class _Homes:
    """Which record of the run that is shown a judgement speaks of."""

    def __init__(self, store: Store, told: list[Judgement]) -> None:
        self.run, self._aliases = store.run, dict[str, str]()
        elsewhere = any(judgement.run != store.run for judgement in told)
        self._same = {(run, old): new for run, old, new, _ in store.query(SAME_WORDS, [store.run] * 2).iter_rows()} if elsewhere else {}
        moved = [_event_in(judgement) for judgement in told if judgement.verdict == MISSED and judgement.run != store.run]
        documents = sorted({event.text_info.document for event in moved if event is not None})
        self._texts: dict[str, str] = dict(store.query('SELECT "id", text FROM documents WHERE "id" IN (SELECT unnest(?::VARCHAR[]))', [documents]).rows()) if documents else {}
        self._told = store.events_where("document", documents) if documents else []

    def marked(self, judgement: Judgement, added: dict[str, Event]) -> Judgement | None:
        """A marked event is added, or, where the program tells it by now, says what is wrong with the program's; None when its words are gone."""
        event = _event_in(judgement)
        if event is not None and judgement.run != self.run:
            event = again(event, self._texts.get(event.text_info.document, ""))
            theirs = event and told_by(event, [other for other in self._told if other.text_info.document == event.text_info.document])
            if event is not None and theirs is not None:
                self._aliases[judgement.record] = theirs.id
                return msgspec.structs.replace(judgement, correction=msgspec.json.encode(_differing(event, theirs)).decode())
        if event is None:
            return None
        added[judgement.record] = event
        return msgspec.structs.replace(judgement, correction=msgspec.json.encode(shown(event)).decode(), run=self.run or 0)

    def of(self, judgement: Judgement, added: dict[str, Event]) -> str | None:
        """Id of the record; None where there is none."""
        record = self._aliases.get(judgement.record)
        if record is not None:
            return record
        if judgement.run == self.run or judgement.record in added:
            return None if judgement.verdict == MISSED and judgement.record not in added else judgement.record
        return self._same.get((judgement.run, judgement.record))


def _event_in(judgement: Judgement) -> Event | None:
    """The event that a judgement marks; None in a line that another program wrote."""
    try:
        return msgspec.json.decode(judgement.correction or "", type=Event)
    except msgspec.DecodeError:
        return None


def _differing(event: Event, theirs: Event) -> dict[str, str]:
    now = shown(theirs)
    return {field: written for field, written in shown(event).items() if written and written != now[field]}


def _put(held: dict[str, Ruling], key: str, judgement: Judgement) -> None:
    ruling = _after(held.get(key), judgement)
    if ruling is None:
        held.pop(key, None)
    else:
        held[key] = ruling


def _after(before: Ruling | None, judgement: Judgement) -> Ruling | None:
    """The ruling once the judgement has been said; None when nothing is left of it."""
    fields = dict(before["fields"]) if before else {}
    state = before["state"] if before else "doubted"
    if judgement.verdict == MISSED:
        fields, state = msgspec.json.decode(judgement.correction or "{}", type=dict[str, str | None]), "added"
    elif judgement.field is None:
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


# --- saying ---------------------------------------------------------------------------------------------


def judge(desk: Desk, asked: JudgementAsked, *, at: dt.datetime) -> Judgement:
    """The judgement, kept; one that no record could follow is refused before it is written.

    Raises:
        BadSetting: There is no such record, it has no such field, or the correction breaks a rule of its field.
    """
    demand_said(desk.store, asked)
    ruling = desk.rulings.of.get(asked.record)
    record = record_of(desk, asked.record)
    fields = shown(record) if isinstance(record, Event) else shown_quote(record)
    if asked.field is not None and asked.field not in fields:
        raise BadSetting("field", asked.field, f"{asked.record} has {', '.join(fields)}")
    correction = asked.correction
    if asked.field is not None and asked.verdict == "wrong":
        correction = (correction or "").strip()
        if isinstance(record, Event):
            CORRECT[asked.field](ruled(record, ruling), correction)
        else:
            CORRECT_QUOTE[asked.field](ruled_quote(record, ruling), correction)
    elif correction is not None:
        raise BadSetting("correction", correction, "only a field that is wrong can be corrected")
    return _kept(desk, Judgement(
        run=desk.run or 0, record=asked.record, field=asked.field, verdict=asked.verdict, correction=correction, by=asked.by or "",
        said_at=at.isoformat(timespec="seconds"), note=asked.note or None,
    ))  # fmt: skip


def mark(desk: Desk, asked: MissedAsked, *, at: dt.datetime) -> Judgement:
    """An event that the program missed, kept as a judgement.

    Raises:
        BadSetting: There is no such document, the words do not stand there, the program has an event there, or a field breaks its rule.
    """
    demand_said(desk.store, asked)
    found = looking.document(desk.index, asked.document)
    if found is None:
        raise NotThere("document", asked.document, "the store has none of that name")
    event = marked(asked, found[0], at=at)
    programs = [rank for rank in desk.index.ranks_in("event", asked.document) if rank >= 0]
    theirs = told_by(event, [told.event for told in looking.events(desk.index, programs)])
    if theirs is not None:
        raise BadSetting("words", asked.words, f"the program has {theirs.id} there; correct that")
    return _kept(desk, Judgement(
        run=desk.run or 0, record=event.id, verdict=MISSED, correction=msgspec.json.encode(event).decode(), by=asked.by or "",
        said_at=at.isoformat(timespec="seconds"), note=asked.note or None,
    ))  # fmt: skip


def record_of(desk: Desk, id: str) -> Event | Quote:
    """The event or quote of that name, as the program said it, or as it was marked.

    Raises:
        NotThere: There is none.
    """
    rank = desk.index.rank_of("event", id)
    if rank is not None:
        return looking.events(desk.index, [rank])[0].event
    rank = desk.index.rank_of("quote", id)
    if rank is None:
        like = "".join(f"; ids look like {row['id']!r}" for row in desk.index.rows("event", [0]))
        raise NotThere("event", id, f"the run that is shown has no such event{like}")
    return looking.quotes(desk.index, [rank])[0]


def _kept(desk: Desk, said: Judgement) -> Judgement:
    """The judgement with its number. Those who judge at once in this program wait for each other here, and not for the disk's lock."""
    with _ONE_BY_ONE:
        kept = append(desk.folder, said)  # as `store.judge`, whose look at the whole store the next question takes anyway
    audit.note(desk.folder, kept.by, f"judgement {kept.number}: {kept.verdict}", of=kept.record)
    return kept


__all__ = ["CORRECT", "CORRECT_QUOTE", "Rulings", "judge", "mark", "record_of", "ruled", "ruled_quote", "rulings", "shown", "shown_quote"]
