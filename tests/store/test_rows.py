"""Records ↔ rows: the tables hold everything that the records say."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import polars
import pytest
from hypothesis import given, settings

from detente.records import Check, Document, Event, Quote, Refused
from detente.store import rows
from detente.store.folder import frame_of, parquet
from detente.store.tables import CHECKS, DOCUMENTS, EVENTS, PARTIES, QUOTES, REFUSED, Table
from tests.builders import actor, coded, links, mention, reading, trigger
from tests.store import records

TEXT = "Iran, Oman and Iraq met France."


def through(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row after its journey through a Parquet file."""
    held = io.BytesIO(parquet(frame_of(table, [row])))
    found = polars.read_parquet(held).row(0, named=True)
    return {name: value for name, value in found.items() if name not in ("run", "at")}


def event(**more: Any) -> Event:
    """Three parties meet a fourth, with the trigger's fields as said."""
    seen = reading(
        TEXT,
        mentions=tuple(mention(TEXT, name, k) for k, name in enumerate(("Iran", "Oman", "Iraq", "France"))),
        triggers=(trigger(TEXT, "met", "CONSULT", **more),),
    )
    return coded(TEXT, seen, {0: actor("IRN"), 1: actor("OMN"), 2: actor("IRQ"), 3: actor("FRA")}).events[0]


@given(records.events)
@settings(max_examples=60)
def test_an_event_comes_back_as_it_went(event: Event) -> None:
    """Whatever is null, empty or many."""
    assert rows.event_of(through(EVENTS, rows.event_row(event, run=1, at=0))) == event


@given(records.quotes)
@settings(max_examples=40)
def test_a_quote_comes_back_as_it_went(quote: Quote) -> None:
    """Speakers and addressees, too."""
    assert rows.quote_of(through(QUOTES, rows.quote_row(quote, run=1))) == quote


@given(records.checks)
@settings(max_examples=40)
def test_a_check_comes_back_as_it_went(check: Check) -> None:
    """With its sources."""
    assert rows.check_of(through(CHECKS, rows.check_row(check, run=1))) == check

KEPT: dict[str, Any] = {"run": 1, "number": 0, "signature": bytes(1012), "copy_of": None}


@given(records.documents)
@settings(max_examples=40)
def test_a_document_comes_back_as_it_went(document: Document) -> None:
    """With its whole text, and a hash of it beside."""
    row = through(DOCUMENTS, rows.document_row(document, {"no-party": 2}, **KEPT))

    assert rows.document_of(row) == document
    assert row["sha256"] == document.sha256
    assert row["dropped"] == [{"reason": "no-party", "n": 2}]


@given(records.refusals)
@settings(max_examples=20)
def test_a_refusal_comes_back_as_it_went(refused: Refused) -> None:
    """With or without a text behind it."""
    assert rows.refused_of(through(REFUSED, rows.refused_row(refused, None, run=1))) == refused


ROWS: dict[str, tuple[Table, Callable[[], dict[str, Any]]]] = {
    "events": (EVENTS, lambda: rows.event_row(event(actors=links(0)), run=1, at=0)),
    "parties": (PARTIES, lambda: next(iter(rows.party_rows(event(actors=links(0)), run=1, at=0)))),
    "documents": (DOCUMENTS, lambda: rows.document_row(Document(id="a", text="b"), {}, **KEPT)),
    "refused": (REFUSED, lambda: rows.refused_row(Refused(document="a", reason="b", detail="c"), None, run=1)),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_has_the_tables_columns(name: str) -> None:
    """All of them and no others: a field that is new in a record needs a column, a version and a migration."""
    table, row = ROWS[name]

    assert set(row()) == set(table.names)


def pairs(**more: Any) -> set[tuple[str | None, str | None, bool]]:
    """Pairs of the event, and whether each is turned."""
    return {(r["actor"], r["recipient"], r["turned"]) for r in rows.party_rows(event(**more), run=1, at=0)}


def test_every_actor_does_it_to_every_recipient() -> None:
    """Two actors and two recipients are four pairs."""
    assert pairs(actors=links(0, 1), recipients=links(2, 3)) == {
        ("IRN", "IRQ", False), ("IRN", "FRA", False), ("OMN", "IRQ", False), ("OMN", "FRA", False),
    }  # fmt: skip


def test_what_is_done_to_each_other_is_a_pair_each_way() -> None:
    """The way round that the text does not have is marked."""
    assert pairs(actors=links(0), recipients=links(3), reciprocal=True) == {("IRN", "FRA", False), ("FRA", "IRN", True)}


def test_actors_of_a_reciprocal_event_without_recipients_are_each_others() -> None:
    """Iran and Oman agree: Iran with Oman, Oman with Iran; nobody with himself."""
    assert pairs(actors=links(0, 1), reciprocal=True) == {("IRN", "OMN", False), ("OMN", "IRN", True)}
    assert pairs(actors=links(0, 0, 1), reciprocal=True) == {("IRN", "OMN", False), ("OMN", "IRN", True)}


def test_a_side_that_is_missing_is_empty() -> None:
    """An event without recipient is still a row."""
    assert pairs(actors=links(0)) == {("IRN", None, False)}
    assert pairs(recipients=links(0, 1)) == {(None, "IRN", False), (None, "OMN", False)}
