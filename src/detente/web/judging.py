"""Saying what is wrong or missing: a judgement is held to its record, then kept; what stands after it, `detente.review` tells."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from detente.errors import BadSetting, UnknownCode
from detente.records import Event, Quote
from detente.review.again import told_by
from detente.review.correcting import CORRECT, CORRECT_QUOTE, ruled, ruled_quote, shown, shown_quote
from detente.store.judgements import MISSED, Judgement, append
from detente.web import audit, looking
from detente.web.codes import demand_said
from detente.web.missed import marked
from detente.web.paging import NotThere
from detente.web.shapes import JudgementAsked, MissedAsked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.web.stores import Desk

_ONE_BY_ONE = Lock()
FIRST_YEAR = 1000
"""Of an event that people date: as in what is asked (`shapes.Date`), a year has four digits."""


def judge(desk: Desk, asked: JudgementAsked, *, at: dt.datetime) -> Judgement:
    """The judgement, kept; one that no record could follow is refused before it is written.

    Raises:
        BadSetting: There is no such record, it has no such field, or the correction breaks a rule of its field.
    """
    return judge_together(desk, [asked], at=at)[0]


def judge_together(desk: Desk, every: Sequence[JudgementAsked], *, at: dt.datetime) -> list[Judgement]:
    """Judgements of one record that somebody gives at once, kept: each is held to what stands after those before it; if one is refused, none is kept.

    Raises:
        BadSetting: There is no such record, it has no such field, or a correction breaks a rule of its field.
    """
    record = record_of(desk, every[0].record)
    ruling = desk.rulings.of.get(every[0].record)
    standing = ruled(record, ruling) if isinstance(record, Event) else ruled_quote(record, ruling)
    for asked in every:
        demand_said(desk.store, asked)
        standing = _after_this(standing, record, asked)
    if isinstance(standing, Event) and any(asked.field in ("date", "status") and asked.verdict == "wrong" for asked in every):
        found = looking.document(desk.index, standing.text_info.document)
        _demand_past(standing, found and found[0].published, at=at)
    return [
        _kept(desk, Judgement(
            run=desk.run or 0, record=asked.record, field=asked.field, verdict=asked.verdict, correction=_correction(asked), by=asked.by or "",
            said_at=at.isoformat(timespec="seconds"), note=asked.note or None,
        )) for asked in every
    ]  # fmt: skip


def _after_this(standing: Event | Quote, record: Event | Quote, asked: JudgementAsked) -> Event | Quote:
    """What stands once this is said, too; `record` is what the program said.

    Raises:
        BadSetting: The record has no such field, or the correction breaks a rule of its field.
    """
    fields = shown(record) if isinstance(record, Event) else shown_quote(record)
    if asked.field is not None and asked.field not in fields:
        raise BadSetting("field", asked.field, f"{asked.record} has {', '.join(fields)}")
    correction = _correction(asked)
    if correction is not None and (asked.field is None or asked.verdict != "wrong"):
        raise BadSetting("correction", correction, "only a field that is wrong can be corrected")
    if asked.field is None:
        return standing
    if correction is not None:
        return _with(standing, asked.field, correction)
    with suppress(BadSetting, UnknownCode):  # of an ontology of one's own
        return _with(standing, asked.field, fields[asked.field])
    return standing


def _correction(asked: JudgementAsked) -> str | None:
    """What is said to stand there; a field that is wrong and has nothing in its place is empty."""
    return (asked.correction or "").strip() if asked.field is not None and asked.verdict == "wrong" else asked.correction


def _with(record: Event | Quote, field: str, written: str) -> Event | Quote:
    return CORRECT[field](record, written) if isinstance(record, Event) else CORRECT_QUOTE[field](record, written)


def _demand_past(event: Event, published: dt.date | None, *, at: dt.datetime) -> None:
    """Refuse days on which what happened cannot have happened: a slip in a year draws out every curve over all days from then, or until then.

    Raises:
        BadSetting: It is said to have happened after the day of its news, or before there was any.
    """
    if event.date is None:
        return
    first, known = dt.date.fromisoformat(event.date), published or at.date()
    if first.year < FIRST_YEAR:
        raise BadSetting("date", event.date, f"no event is of a year before {FIRST_YEAR}; write all four digits, such as 2023-05-08")
    if event.status == "actual" and first > known + dt.timedelta(1):  # it may be the next day where it happened
        raise BadSetting("date", event.date, f"the news is of {known}, and what was still to come had not happened; its status is future then")


def mark(desk: Desk, asked: MissedAsked, *, at: dt.datetime) -> Judgement:
    """An event that the program missed, kept as a judgement.

    Raises:
        BadSetting: There is no such document, the words do not stand there, the program has an event there, or a field breaks its rule.
    """
    found = looking.document(desk.index, asked.document)
    if found is None:
        raise NotThere("document", asked.document, "the store has none of that name")
    demand_said(desk.store, asked)
    event = marked(asked, found[0], at=at)
    _demand_past(event, found[0].published, at=at)
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
