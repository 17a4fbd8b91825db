"""Records ↔ rows of the tables; what goes in comes out equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, TypeVar

import msgspec

from detente.records import Check, Dispute, Document, Event, Match, Quote, Refused, Story, TextInfo

Row = dict[str, Any]
T = TypeVar("T")
SENTENCE = ("document", "sequence", "start", "end", "spans")


def document_row(document: Document, dropped: dict[str, int], **more: object) -> Row:
    """A row of `documents`; `more` are the columns that only the store knows: run, number, signature, copy_of."""
    counts = [{"reason": reason, "n": n} for reason, n in sorted(dropped.items())]
    own = {field: getattr(document, field) for field in document.__struct_fields__}
    return {"sha256": document.sha256, "dropped": counts, **own, **more}


def document_of(row: Row) -> Document:
    """The document of a row."""
    return Document(**{field: row[field] for field in Document.__struct_fields__})


def event_row(event: Event, *, run: int, at: int) -> Row:
    """A row of `events`."""
    row = _flat(event, event.text_info)
    row |= {name: _day(getattr(event, name)) for name in ("date", "enddate", "coded_date")}
    return {"run": run, "at": at, **row}


def event_of(row: Row) -> Event:
    """The event of a row."""
    days = {name: row[name] and row[name].isoformat() for name in ("date", "enddate", "coded_date")}
    return _nested(row | days, Event)


def quote_row(quote: Quote, *, run: int) -> Row:
    """A row of `quotes`."""
    return {"run": run, **_flat(quote, quote.text_info)}


def quote_of(row: Row) -> Quote:
    """The quote of a row."""
    return _nested(row, Quote)


def check_row(check: Check, *, run: int) -> Row:
    """A row of `checks`."""
    return {"run": run, **_flat(check, check.text_info)}


def check_of(row: Row) -> Check:
    """The check of a row."""
    return _nested(row, Check)


def refused_row(refused: Refused, document: Document | None, *, run: int) -> Row:
    """A row of `refused`; `document` is the text that was refused, where there was one."""
    told = {"sha256": document and document.sha256, "published": document and document.published}
    return {"run": run, **msgspec.structs.asdict(refused), **told}


def refused_of(row: Row) -> Refused:
    """The refusal of a row."""
    return Refused(document=row["document"], reason=row["reason"], detail=row["detail"])


def story_row(story: Story, *, run: int) -> Row:
    """A row of `stories`."""
    own = {name: list(getattr(story, name)) for name in ("documents", "sources")}
    days = {name: _day(getattr(story, name)) for name in ("first_seen", "last_seen")}
    disputed = msgspec.json.encode(story.disputed).decode() if story.disputed else None
    return {"run": run, "id": story.id, "event": msgspec.json.encode(story.event).decode(), **own, **days, "disputed": disputed}


def report_rows(story: Story, *, run: int) -> Iterator[Row]:
    """Rows of `reports`, in the order of the papers."""
    why = {match.ours: match for match in story.matches}
    for number, event in enumerate(story.reports):
        match = why.get(event)
        told = {"theirs": match and match.theirs, "score": match and match.score, "why": match and match.why}
        yield {"run": run, "story": story.id, "event": event, "number": number, **told}


def story_of(row: Row, reports: list[Row]) -> Story:
    """The story of a row of `stories` and its rows of `reports`, in their order."""
    days = {name: row[name] and row[name].isoformat() for name in ("first_seen", "last_seen")}
    return Story(
        id=row["id"],
        event=msgspec.json.decode(row["event"], type=Event),
        reports=tuple(r["event"] for r in reports),
        documents=tuple(row["documents"]),
        sources=tuple(row["sources"]),
        disputed=msgspec.json.decode(row["disputed"], type=tuple[Dispute, ...]) if row["disputed"] else (),
        matches=tuple(Match(score=r["score"], why=r["why"], ours=r["event"], theirs=r["theirs"]) for r in reports if r["theirs"] is not None),
        **days,
    )


def party_rows(event: Event, *, run: int, at: int) -> Iterator[Row]:
    """Rows of `parties`: every pair of codes once, the actor's first; a reciprocal event has each pair both ways round.

    Of a reciprocal event without recipients the actors are each other's.
    """
    told = {
        "run": run,
        "at": at,
        "event": event.id,
        "date": _day(event.date),
        "enddate": _day(event.enddate),
        "type": event.event[0],
        "mode": event.mode[0] if event.mode else None,
        "status": event.status,
        "quad_code": event.quad_code,
        "event_scale": event.event_scale,
        "confidence": event.confidence,
    }
    for (actor, recipient), turned in pairs(event).items():
        yield {**told, "actor": actor, "recipient": recipient, "turned": turned}


def pairs(event: Event) -> dict[tuple[str | None, str | None], bool]:
    """Code of an actor, code of a recipient → whether the text has them the other way round."""
    actors, recipients = ([e.code for e in side] for side in (event.actor, event.recipient))
    if event.reciprocal and not recipients and len(actors) > 1:
        every = list(combinations(actors, 2))
        # two ministers of one state beside another state's do not meet each other
        told = [(a, b) for a, b in every if a != b] or every
    else:
        told = list(product(actors or [None], recipients or [None]))
    straight = dict.fromkeys(told, False)
    turned = {(b, a): True for a, b in told} if event.reciprocal else {}
    return turned | straight


def _flat(record: Event | Quote | Check, info: TextInfo) -> Row:
    """The record's fields, with those of its `text_info` beside the others."""
    row: Row = msgspec.to_builtins(record)
    del row["text_info"]
    spans = [
        {"role": role, "at": [{"start": s.start, "end": s.end} for s in found]} for role, found in info.spans.items()
    ]
    return row | {"document": info.document, "sequence": info.sequence, "start": info.start, "end": info.end, "spans": spans}


def _nested(row: Row, kind: type[T]) -> T:
    info = {name: row[name] for name in SENTENCE}
    info["spans"] = {part["role"]: [(s["start"], s["end"]) for s in part["at"]] for part in row["spans"]}
    return msgspec.convert(row | {"text_info": info}, kind)


def _day(written: str | None) -> dt.date | None:
    return None if written is None else dt.date.fromisoformat(written)
