"""Détente reads the news and keeps the record of relations between states.

>>> import detente
>>> coded = detente.read("China's foreign minister met the U.S. ambassador on Monday.", published="2023-05-08")
>>> [(e.event, e.actor, e.recipient) for e in coded.events]  # doctest: +SKIP
>>> coded.to_frame()  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

from detente.errors import DetenteError
from detente.records import Check, Coded, Document, Entity, Event, Quote, Refused

if TYPE_CHECKING:
    from pathlib import Path

    from detente.pipeline import Tools
    from detente.store import Store

__all__ = ["Check", "Coded", "DetenteError", "Document", "Entity", "Event", "Quote", "Refused", "open_store", "read"]


def read(
    text: str, *, published: dt.date | str | None = None, title: str | None = None, id: str | None = None, today: dt.date | None = None
) -> Coded:
    """Everything a news text says: events, quotes and checks, each with its evidence.

    Args:
        text: English news, plain text.
        published: The day of publication; without it relative dates stay unknown.
        title: Kept with the document; a title inside the text is read like the rest.
        id: The document's name in the records; a hash of the text when None.
        today: The day from which the future counts; the clock's, UTC, when None.

    Raises:
        BadInput: The text is empty, not text, HTML, or not English.
        BadSetting: `published` is no day, or is still to come.
    """
    from detente.pipeline import code
    from detente.sources.text import day_of, document_of, not_ahead

    day = day_of(published) if isinstance(published, str) else published
    known = None if day is None else not_ahead(day, today=today)
    return code(document_of(text, "text", published=known, title=title, id=id), _tools())


def open_store(folder: str | Path, *, run: int | None = None) -> Store:
    """The record kept in a folder by `detente ingest`: `.events(actor="USA", since="2023")`, `.query("SELECT …")` → polars frames.

    Args:
        folder: Where the store lies.
        run: Number of the run that is shown; the newest when None.

    Raises:
        StoreProblem: There is no store, or it is damaged or newer than this program.
        BadSetting: The store has no such run.
    """
    from detente.store import open_store

    return open_store(folder, run=run)


@cache
def _tools() -> Tools:
    from detente.pipeline import open_tools

    return open_tools(threads=2)
