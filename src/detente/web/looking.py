"""Records of the index, as the program made them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.records import Document, Event, Quote
from detente.store import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.web.index import Index


class Found(NamedTuple):
    """An event, and what its document says of itself."""

    rank: int
    event: Event
    title: str | None
    published: str | None
    url: str | None


def events(index: Index, ranks: Sequence[int]) -> list[Found]:
    """The events of these ranks, in their order."""
    told = [rank for rank in ranks if rank >= 0]
    rows_of = dict(zip(told, index.rows("event", told), strict=True))
    return [_event(rank, rows_of[rank]) if rank >= 0 else _added(index, rank) for rank in ranks]


def _added(index: Index, rank: int) -> Found:
    """An event that people added, which the index holds beside its own."""
    event = index.added[rank]
    held = document(index, event.text_info.document)
    if held is None:  # the document has gone since; its sentence stands in the event
        return Found(rank, event, None, None, None)
    published = held[0].published
    return Found(rank, event, held[0].title, None if published is None else published.isoformat(), held[0].url)


def _event(rank: int, row: dict[str, Any]) -> Found:
    title, published, url = (row.pop(name) for name in ("title", "published", "url"))
    return Found(rank, rows.event_of(row | _days(row, "date", "enddate", "coded_date")), title, published, url)


def quotes(index: Index, ranks: Sequence[int]) -> list[Quote]:
    """The quotes of these ranks, in their order."""
    return [rows.quote_of(row) for row in index.rows("quote", ranks)]


def document(index: Index, id: str) -> tuple[Document, dict[str, int]] | None:
    """A document, and how many of its triggers made no event, by reason; None when there is none of that name."""
    rank = index.rank_of("document", id)
    if rank is None:
        return None
    (row,) = index.rows("document", [rank])
    return rows.document_of(row | _days(row, "published")), {told["reason"]: told["n"] for told in row["dropped"]}


def _days(row: dict[str, Any], *names: str) -> dict[str, dt.date | None]:
    """Days of a row, which JSON has as texts, as the store has them."""
    return {name: row[name] and dt.date.fromisoformat(row[name]) for name in names}
