"""Small stores made by hand: an article a day that tells one act between two states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from detente.records import Coded, Document, Event
from detente.store import Store, open_store
from detente.store.judgements import MISSED, Judgement
from detente.store.writer import Result
from tests.builders import reading
from tests.store.records import RUN
from tests.stories.telling import event, party

FIRST = dt.date(2025, 1, 1)


def article(name: str, *events: Event, text: str, day: dt.date = FIRST, paper: str | None = None) -> Coded:
    """A document that tells these events; its text is theirs unless it copies another's."""
    return article_of(Document(id=name, text=text, published=day, publication=paper), *events)


def article_of(document: Document, *events: Event) -> Coded:
    """The document with what it tells."""
    return Coded(document=document, reading=reading(document.text), actors={}, events=events, quotes=())


def acts(days: Iterable[int], type: str = "ACCUSE", sides: tuple[str, str] = ("GRC", "TUR"), tag: str = "x") -> list[Coded]:
    """An article a day that tells one act; each text is its own."""
    told = []
    for n in days:
        text = f"{sides[0]} said no to {sides[1]} in matter {tag} {n}, file {n * 7919 % 10007}, paragraph {n * 104729 % 99991}."
        one = event(f"{tag}{n:04d}-e01", type, text, "said no", day=FIRST + dt.timedelta(n), actor=(party(sides[0]),), recipient=(party(sides[1]),))
        told.append(article(f"{tag}{n:04d}", one, text=text, day=FIRST + dt.timedelta(n)))
    return told


def said(store: Store, record: str, verdict: str = "wrong", *, field: str | None = None, correction: str | None = None, by: str = "ann") -> None:
    """Somebody judges a record of the store."""
    store.judge(Judgement(run=store.newest(), record=record, field=field, verdict=verdict, correction=correction, by=by, said_at="2026-11-26T12:00:00+00:00"))


def marked(store: Store, one: Event, *, by: str = "ann") -> None:
    """Somebody marks an event that the program missed."""
    said(store, one.id, MISSED, correction=msgspec.json.encode(one).decode(), by=by)


def kept(folder: Path, articles: Iterable[Coded]) -> Store:
    """A store with these articles."""
    store = open_store(folder, create=True)
    with store.writing(msgspec.structs.replace(RUN, batch=1000)) as writer:
        for each in articles:
            writer.add(Result(each.document, each))
    return store
