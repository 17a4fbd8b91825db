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
    return [_event(rank, row) for rank, row in zip(ranks, index.rows("event", ranks), strict=True)]


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
