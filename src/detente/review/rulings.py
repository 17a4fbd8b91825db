"""What stands after people: for each record that they judged, what all judgements say together.

The ledger is append-only. For each record and field the newest judgement stands, whoever gave it; "unsure" of the whole takes back
everything said before it. A judgement belongs to the run whose record was judged; in another run it speaks of the record that the same
words of the same document tell. What each person says is kept apart, too, for the agreement between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

import msgspec

from detente.records import Event
from detente.review.again import again, told_by
from detente.review.correcting import shown
from detente.review.known import Known
from detente.store.judgements import MISSED, Judgement

if TYPE_CHECKING:
    from detente.store import Store


class Ruling(TypedDict):
    """What people say of an event, all judgements together."""

    state: Literal["accepted", "rejected", "corrected", "doubted", "added"]
    fields: dict[str, str | None]
    by: str
    said_at: str
    note: str | None


class Rulings(msgspec.Struct, frozen=True):
    """What stands.

    `of` has the ruling of each record that was judged, `each` what every single person says of it, `said` every judgement that speaks of it, those
    taken back, too; `added` are events that people marked because the program had missed them; `homeless` are judgements of other runs whose
    words no record of this one tells.
    """

    of: dict[str, Ruling]
    homeless: tuple[Judgement, ...]
    each: dict[str, dict[str, Ruling]] = {}
    added: dict[str, Event] = {}
    said: dict[str, list[Judgement]] = {}

    @property
    def changed(self) -> list[str]:
        """Records that are not as the program said."""
        return [record for record, ruling in self.of.items() if ruling["state"] in ("rejected", "corrected")]


def rulings(store: Store, known: Known | None = None) -> Rulings:
    """What stands, of the run that is shown; `known` looks up what stands around judged records, if there is one already."""
    told = store.judgements()
    found = Rulings({}, (), {}, {}, {})
    if not told:
        return found
    homes = _Homes(store, known or Known(store), told)
    homeless: list[Judgement] = []
    for said in told:
        judgement = (homes.marked(said, found.added) or said) if said.verdict == MISSED else said  # what it means in this run
        record = homes.of(judgement, found.added)
        if record is None:
            homeless.append(judgement)
            continue
        found.said.setdefault(record, []).append(said)
        theirs = record not in found.added
        _put(found.of, record, judgement, theirs=theirs)
        _put(found.each.setdefault(record, {}), judgement.by, judgement, theirs=theirs)
        if record not in found.of:
            found.added.pop(record, None)
    return msgspec.structs.replace(found, homeless=tuple(homeless))


class _Homes:
    """Which record of the run that is shown a judgement speaks of."""

    def __init__(self, store: Store, known: Known, told: list[Judgement]) -> None:
        self.run, self._aliases = store.run, dict[str, str]()
        elsewhere = [judgement for judgement in told if judgement.run != store.run]
        self._same = known.homes((judgement.run, judgement.record) for judgement in elsewhere)
        moved = [_event_in(judgement) for judgement in elsewhere if judgement.verdict == MISSED]
        documents = sorted({event.text_info.document for event in moved if event is not None})
        self._texts, self._told = known.texts(documents), known.told(documents)

    def marked(self, judgement: Judgement, added: dict[str, Event]) -> Judgement | None:
        """A marked event is added, or, where the program tells it by now, says what is wrong with the program's; None when its words are gone."""
        event = _event_in(judgement)
        if event is not None and judgement.run != self.run:
            event = again(event, self._texts.get(event.text_info.document, ""))
            theirs = event and told_by(event, self._told.get(event.text_info.document, ()))
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


def _put(held: dict[str, Ruling], key: str, judgement: Judgement, *, theirs: bool) -> None:
    ruling = _after(held.get(key), judgement, theirs=theirs)
    if ruling is None:
        held.pop(key, None)
    else:
        held[key] = ruling


def _after(before: Ruling | None, judgement: Judgement, *, theirs: bool) -> Ruling | None:
    """The ruling once the judgement has been said; None when nothing is left of it. `theirs`: the program tells the record itself."""
    fields = dict(before["fields"]) if before else {}
    state = before["state"] if before else "doubted"
    if judgement.verdict == MISSED:
        fields = msgspec.json.decode(judgement.correction or "{}", type=dict[str, str | None])
        state = "added" if not theirs else "corrected" if fields else "accepted"
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
