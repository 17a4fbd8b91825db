"""Records as tables: one row a record, for polars, CSV and Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from detente.errors import BadSetting
from detente.records import Coded, Entity, Event, Quote

if TYPE_CHECKING:
    import polars

JOIN = "|"
"""Between several values of one cell."""

ROWS_OF_A_PART = 50_000
"""Rows that `FrameOf` holds as dictionaries before it makes columns of them."""


def frame(coded: Iterable[Coded], kind: str = "events") -> polars.DataFrame:
    """A frame of all events or all quotes; its columns are there without rows too.

    Raises:
        BadSetting: `kind` is neither "events" nor "quotes".
    """
    if kind == "events":
        kept = FrameOf()
        for event in (e for c in coded for e in c.events):
            kept.add(event)
        return kept.frame()
    if kind == "quotes":
        return _frame([quote_row(q) for c in coded for q in c.quotes], QUOTE_COLUMNS)
    raise BadSetting("kind", kind, "it must be 'events' or 'quotes'")


class FrameOf:
    """Takes events one after the other and makes them one frame; columns need a fraction of the memory that dictionaries do."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._parts: list[polars.DataFrame] = []

    def add(self, event: Event) -> None:
        """Keep one more event."""
        self._rows.append(event_row(event))
        if len(self._rows) == ROWS_OF_A_PART:
            self._parts.append(_frame(self._rows, EVENT_COLUMNS))
            self._rows = []

    def frame(self) -> polars.DataFrame:
        """Every event so far; its columns are there without rows too."""
        import polars

        return polars.concat([*self._parts, _frame(self._rows, EVENT_COLUMNS)], rechunk=False)


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> polars.DataFrame:
    import polars

    types = {"str": polars.String, "int": polars.Int64, "float": polars.Float64, "bool": polars.Boolean}
    return polars.DataFrame(rows, schema={name: types[t] for name, t in columns.items()})


def event_row(event: Event) -> dict[str, Any]:
    """One event, flat; the words of several parties are joined by `JOIN`."""
    place = event.event_loc
    return {
        "id": event.id,
        "document": event.text_info.document,
        "date": event.date,
        "enddate": event.enddate,
        "date_precision": event.date_precision,
        "historical": event.historical,
        "event": JOIN.join(event.event),
        "mode": JOIN.join(event.mode),
        "context": JOIN.join(event.context),
        "status": event.status,
        "quad_code": event.quad_code,
        "event_scale": event.event_scale,
        "reciprocal": event.reciprocal,
        **entity_cells("actor", event.actor),
        **entity_cells("recipient", event.recipient),
        **entity_cells("by", () if event.by is None else (event.by,)),
        "place": place.extracted_place if place else None,
        "place_resolved": place.resolved_place if place else None,
        "place_country": place.country_code if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "trigger": JOIN.join(event.event_text),
        "confidence": event.confidence,
        "text": event.text,
        "start": event.text_info.start,
        "end": event.text_info.end,
        "coder": event.coder,
    }


def quote_row(quote: Quote) -> dict[str, Any]:
    """One quote, flat."""
    return {
        "id": quote.id,
        "document": quote.text_info.document,
        **entity_cells("speaker", () if quote.speaker is None else (quote.speaker,)),
        "kind": quote.kind,
        "cue": quote.cue,
        "text": quote.text,
        "start": quote.text_info.start,
        "end": quote.text_info.end,
        "confidence": quote.confidence,
    }


def entity_cells(role: str, entities: tuple[Entity, ...]) -> dict[str, str | None]:
    """Codes, sectors, names and words of one role; a cell is None when the role is empty."""
    if not entities:
        return dict.fromkeys(_cells(role))
    return dict(
        zip(
            _cells(role),
            (
                JOIN.join(getattr(e, field) or "" for e in entities)
                for field in ("code", "sector", "name", "entity_text")
            ),
            strict=True,
        )
    )


def _cells(role: str) -> tuple[str, ...]:
    return (role, f"{role}_sector", f"{role}_name", f"{role}_text")


def _columns(names: str) -> dict[str, str]:
    return {name: kind or "str" for name, _, kind in (part.partition(":") for part in names.split())}


EVENT_COLUMNS = _columns(
    "id document date enddate date_precision historical:bool event mode context status quad_code:int event_scale:float reciprocal:bool "
    "actor actor_sector actor_name actor_text recipient recipient_sector recipient_name recipient_text by by_sector by_name by_text "
    "place place_resolved place_country lat:float lon:float trigger confidence:float text start:int end:int coder"
)
"""Name → type of an event row's columns, in order."""

QUOTE_COLUMNS = _columns(
    "id document speaker speaker_sector speaker_name speaker_text kind cue text start:int end:int confidence:float"
)
"""Name → type of a quote row's columns, in order."""
