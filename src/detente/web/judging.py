"""Saying what is wrong or missing: a judgement is held to its record, then kept; what stands after it, `detente.review` tells."""

from __future__ import annotations

import datetime as dt
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from detente.errors import BadSetting
from detente.records import Event, Quote
from detente.review.again import told_by
from detente.review.correcting import CORRECT, CORRECT_QUOTE, ruled, ruled_quote, shown, shown_quote
from detente.store.judgements import MISSED, Judgement, append
from detente.web import audit, looking
from detente.web.missed import marked
from detente.web.paging import NotThere
from detente.web.shapes import JudgementAsked, MissedAsked

if TYPE_CHECKING:
    from detente.web.stores import Desk

_ONE_BY_ONE = Lock()


def judge(desk: Desk, asked: JudgementAsked, *, at: dt.datetime) -> Judgement:
    """The judgement, kept; one that no record could follow is refused before it is written.

    Raises:
        BadSetting: There is no such record, it has no such field, or the correction breaks a rule of its field.
    """
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
