"""Results in, whole batches out. What the run has already is known before anything is coded."""

from __future__ import annotations

import hashlib
from collections import Counter
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detente.records import Coded, Document, Event, Refused
from detente.store import rows
from detente.store.folder import Part, frame_of, parts_of, put_tables, remove, run_folder, writing
from detente.store.runs import Run
from detente.store.tables import CHECKS, DOCUMENTS, EVENTS, PART_TABLES, PARTIES, QUOTES, REFUSED, Table
from detente.store.views import connected, paths, select

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from detente.sources.copies import CopyIndex


class Result(NamedTuple):
    """What became of one document of the source. `document` is None when the source refused it before there was a text.

    An event alone is one that was imported, without its text.
    """

    document: Document | None
    outcome: Coded | Event | Refused


class Known(Enum):
    """What a run has under a document's name: nothing, the same, the same text without a day, or another text or day."""

    nothing = auto()
    same = auto()
    undated = auto()
    other = auto()


class Writer:
    """Takes results in the order of the source and keeps them in batches; made by `Store.writing`.

    Batches are counted in results that are new to the run, so that they have the same boundaries whether or not an earlier
    writer was cut short between them.
    """

    def __init__(self, folder: Path, run: Run) -> None:
        """Learn what the run has already."""
        self.run = run
        self._place = run_folder(folder, run.run)
        parts = parts_of(self._place)
        self._next = parts[-1].last + 1 if parts else 1
        self._batch: list[Result] = []
        self._parts = parts
        self._texts: CopyIndex | None = None  # the index is made when the first new text comes
        # two numbers of 8 bytes a document, not its name and hash: about 170 bytes each, 1.7 GB for ten million documents
        self._known: dict[int, int] = {}
        self._refusals: Counter[int] = Counter()
        with connected() as asked:
            self._at = _next(asked, EVENTS, '"at"', parts)
            self._number = _next(asked, DOCUMENTS, "number", parts)
            self._learn(asked, parts)

    def _learn(self, asked: DuckDBPyConnection, parts: list[Part]) -> None:
        for table, name in ((DOCUMENTS, '"id"'), (REFUSED, "document")):
            told = f"SELECT {name}, sha256, published::VARCHAR FROM ({_rows(table, parts)}) WHERE sha256 IS NOT NULL"
            for document, sha256, published in _each(asked, told):
                self._known[number_of(document)] = number_of(sha256, published)
        told = f"SELECT document, reason, detail FROM ({_rows(REFUSED, parts)}) WHERE sha256 IS NULL"
        self._refusals.update(number_of(*refused) for refused in _each(asked, told))

    def has(self, document: Document) -> Known:
        """What the run knows under this document's name; one that is new counts as known from now on."""
        day = None if document.published is None else document.published.isoformat()
        name, content = number_of(document.id), number_of(document.sha256, day)
        before = self._known.get(name)
        if before is None:
            self._known[name] = content
            return Known.nothing
        if before == content:
            return Known.same
        return Known.undated if before == number_of(document.sha256, None) else Known.other

    def has_refusal(self, refused: Refused) -> bool:
        """Whether the run has this refusal from an earlier time; each that it has answers once."""
        key = number_of(refused.document, refused.reason, refused.detail)
        self._refusals[key] -= 1
        return self._refusals[key] >= 0

    def add(self, result: Result) -> None:
        """Keep one result; a batch that is full is written.

        Raises:
            StoreProblem: The batch cannot be written.
        """
        self._batch.append(result)
        if len(self._batch) == self.run.batch:
            self.flush()

    def flush(self) -> None:
        """Write what there is as a batch.

        Raises:
            StoreProblem: The batch cannot be written.
        """
        if not self._batch:
            return
        found = self._rows_of(self._batch)
        frames = [(table, frame_of(table, found[table.name])) for table in PART_TABLES]
        put_tables(self._place / "parts" / f"{self._next:06d}", frames)
        self._next += 1
        self._at += len(found[EVENTS.name])
        self._number += len(found[DOCUMENTS.name])
        self._batch = []

    def withdraw_empty(self) -> None:
        """Take back an import that has kept no event: as the newest it would be shown, and hide what the store has.

        Raises:
            StoreProblem: It cannot be removed.
        """
        if self.run.source is not None and self._at == 0:
            with writing(self._place):
                remove(self._place)

    def _rows_of(self, batch: list[Result]) -> dict[str, list[rows.Row]]:
        run, at = self.run.run, self._at
        found: dict[str, list[rows.Row]] = {table.name: [] for table in PART_TABLES}
        for document, outcome in batch:
            if isinstance(outcome, Refused):
                found[REFUSED.name].append(rows.refused_row(outcome, document, run=run))
                continue
            for event in (outcome,) if isinstance(outcome, Event) else outcome.events:
                found[EVENTS.name].append(rows.event_row(event, run=run, at=at))
                found[PARTIES.name] += rows.party_rows(event, run=run, at=at)
                at += 1
            if isinstance(outcome, Coded):
                found[DOCUMENTS.name].append(self._document_row(outcome, number=self._number + len(found[DOCUMENTS.name])))
                found[QUOTES.name] += (rows.quote_row(quote, run=run) for quote in outcome.quotes)
                found[CHECKS.name] += (rows.check_row(check, run=run) for check in outcome.checks)
        return found

    def _document_row(self, coded: Coded, *, number: int) -> rows.Row:
        """The row of a text, with what it copies."""
        from detente.sources.copies import signature

        sign = signature(coded.document.text)
        # itself: a part that was removed has left its copies behind
        copied = self._index().add(coded.document.id, sign)
        return rows.document_row(coded.document, coded.dropped, run=self.run.run, number=number, signature=sign, copy_of=None if copied == coded.document.id else copied)

    def _index(self) -> CopyIndex:
        """The last texts of the run in the order in which they came, as the writer that kept them knew them."""
        from detente.sources.copies import REMEMBERED, CopyIndex

        if self._texts is None:
            self._texts = CopyIndex()
            told = f'SELECT coalesce(copy_of, "id"), signature FROM ({_rows(DOCUMENTS, self._parts)}) WHERE signature IS NOT NULL ORDER BY number DESC LIMIT {REMEMBERED}'
            with connected() as asked:
                for first, sign in reversed(asked.execute(told).fetchall()):
                    self._texts.remember(first, sign)
        return self._texts


def number_of(*parts: str | None) -> int:
    """Eight bytes of a hash; two of ten million documents share one with a chance of 3 in a million."""
    return int.from_bytes(hashlib.blake2b("\x00".join(p or "" for p in parts).encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _rows(table: Table, parts: list[Part]) -> str:
    return select(table, paths(parts, table))


def _next(asked: DuckDBPyConnection, table: Table, column: str, parts: list[Part]) -> int:
    """The number after the last; not the count, since a part may have been removed."""
    found = asked.execute(f"SELECT coalesce(max({column}) + 1, 0) FROM ({_rows(table, parts)})").fetchone()
    return int(found[0]) if found else 0


def _each(asked: DuckDBPyConnection, sql: str) -> list[tuple[str, ...]]:
    return asked.execute(sql).fetchall()
