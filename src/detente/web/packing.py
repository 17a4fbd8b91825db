"""Whole records of the index, in packs: neighbouring documents with their events and quotes, squeezed together.

    records.packs    pack after pack; the table `packs` tells where each begins and which records are in it

A record is a line of JSON without names. What it has from its document (its sentence, title, day, address) stands in the document alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from detente.records import Entity
from detente.store.tables import DOCUMENTS, ENTITY, EVENTS, QUOTES, Table, quoted
from detente.web import packs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from duckdb import DuckDBPyConnection

FILE = "records.packs"
KINDS = ("document", "event", "quote")
"""Of records, in the order of a pack's blocks."""
AT_ONCE = 5_000
"""Records that are read from the store together."""
TOGETHER = 50_000
"""Documents, or events without one, whose records are put in order together: some hundred MB."""
TELL_AFTER = 100_000

_TABLES = {"document": DOCUMENTS, "event": EVENTS, "quote": QUOTES}
_ELSEWHERE = {"run", "at", "number", "signature", "sha256"}
"""Columns that no page shows."""
_FIELDS = {kind: tuple(name for name in table.names if name not in _ELSEWHERE) for kind, table in _TABLES.items()}
_OF_DOCUMENT = ("title", "published", "url")
"""What every event and quote shows of its document."""


def _entities(table: Table) -> tuple[tuple[str, bool], ...]:
    """Columns that hold entities, and whether they hold many."""
    return tuple((column.name, column.type.endswith("[]")) for column in table.columns if column.type in (ENTITY, f"{ENTITY}[]"))


_PARTIES = {kind: _entities(table) for kind, table in _TABLES.items()}


def due(done: int, more: int) -> bool:
    """Whether it is time to tell how far it is: `done` records, `more` of them since the last time it was asked."""
    return done // TELL_AFTER > (done - more) // TELL_AFTER


# --- writing ----------------------------------------------------------------------------------------------


def _line(kind: str, of: str) -> str:
    return f"json_array({', '.join(f'{of}.{quoted(name)}' for name in _FIELDS[kind])})"


_SOME = f"""
SELECT name, kind, line FROM (
    SELECT n.paper, d."id" AS name, 'document' AS kind, n.paper AS no, {_line("document", "d")} AS line
    FROM new_documents d JOIN (FROM numbered_documents WHERE {{documents}}) n USING (number) UNION ALL
    SELECT n.paper, e.document, 'event', n.no, {_line("event", "e")} FROM new_events e JOIN (FROM numbered_events WHERE {{others}}) n USING ("at") UNION ALL
    SELECT q.paper, q.document, 'quote', q.no, {_line("quote", "q")} FROM (FROM numbered_quotes WHERE {{others}}) q
) ORDER BY paper, name, kind, no
"""
"""Lines of some documents, one after the other, and within each in the order of `KINDS`, which is that of their names."""


def fill(asked: DuckDBPyConnection, file: Path, *, tell: Callable[[str], None]) -> None:
    """Add to the packs what `columns.fill` numbered."""
    held = {kind: asked.sql(f"SELECT count(*) FROM numbered_{kind}s").fetchall()[0][0] for kind in KINDS}
    every = {kind: asked.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0] for kind, table in zip(KINDS, ("papers", "told", "spoken"), strict=True)}
    numbers = {kind: every[kind] - held[kind] for kind in KINDS}  # of the next record
    columns = packs.write(file, _blocks(_every(asked, every["document"], held), tell, sum(held.values())), numbers)
    asked.execute("INSERT INTO packs SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[])", columns)


def _every(asked: DuckDBPyConnection, papers: int, held: dict[str, int]) -> Iterator[list[tuple[str, str, str]]]:
    """All lines in their order, some at a time; `papers` are the documents of the index, the last of which are new.

    Those of all documents at once would have to be sorted outside of memory: ten million events took more than 19 GB. What has no document
    follows, by the names of the documents that are not there.
    """
    for first in range(papers - held["document"], papers, TOGETHER):
        some = f"paper >= {first} AND paper < {first + TOGETHER}"
        yield from _fetched(asked.execute(_SOME.format(documents=some, others=some)))
    sql = f"SELECT DISTINCT document FROM (SELECT document, row_number() OVER (ORDER BY document) AS nth FROM numbered_events WHERE paper IS NULL) WHERE nth % {TOGETHER} = 0 ORDER BY 1"
    names = [name for (name,) in asked.sql(sql).fetchall()]
    for after, last in zip([None, *names], [*names, None], strict=True):
        some = "paper IS NULL AND (?1::VARCHAR IS NULL OR document > ?1) AND (?2::VARCHAR IS NULL OR document <= ?2)"
        yield from _fetched(asked.execute(_SOME.format(documents="false", others=some), [after, last]))


def _fetched(asked: DuckDBPyConnection) -> Iterator[list[tuple[str, str, str]]]:
    return iter(lambda: asked.fetchmany(AT_ONCE), [])


def _blocks(every: Iterable[list[tuple[str, str, str]]], tell: Callable[[str], None], total: int) -> Iterator[packs.Blocks]:
    """The lines of each pack."""
    blocks: packs.Blocks = {kind: [] for kind in KINDS}
    document: dict[str, Any] | None = None
    before, size, done = None, 0, 0
    for rows in every:
        for name, kind, line in rows:
            if name != before:
                if size > packs.FULL:
                    yield blocks
                    blocks, size = {kind: [] for kind in KINDS}, 0
                before, document = name, None
            row = dict(zip(_FIELDS[kind], msgspec.json.decode(line), strict=True))
            if kind == "document":
                document = row
            else:
                _shorten(row, kind, document, len(blocks["document"]) - 1)
            told = msgspec.json.encode(list(row.values()))
            blocks[kind].append(told)
            size += len(told)
        done += len(rows)
        if due(done, len(rows)):
            tell(f"indexing the store for its pages: {done:,} of {total:,} records")
    if size:
        yield blocks


def _shorten(row: dict[str, Any], kind: str, document: dict[str, Any] | None, number: int) -> None:
    """Take from a row what `_lengthen` knows again; `number` is its document's in the pack."""
    start = row["start"]
    if document is not None:
        row["document"] = number
        if row["text"] == document["text"][start : row["end"]]:
            row["text"] = None
    row["spans"] = {part["role"]: [place[side] - start for place in part["at"] for side in ("start", "end")] for part in row["spans"]}
    for name, many in _PARTIES[kind]:
        row[name] = [list(one.values()) for one in row[name]] if many else row[name] and list(row[name].values())


# --- reading ----------------------------------------------------------------------------------------------


class Records:
    """The records, to be looked up by number. Threads may share them."""

    def __init__(self, file: Path, where: dict[str, np.ndarray[Any, Any]]) -> None:
        """`where`: the columns of the table `packs`."""
        self._packs = packs.Packs(file, where, KINDS)

    def row(self, kind: str, number: int) -> dict[str, Any] | None:
        """A record's row, with title, day and address of its document; days are texts. None when there is none of that number."""
        found = next(self.rows_from(kind, number), None)
        return None if found is None else found[1]

    def rows_from(self, kind: str, number: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Numbers and rows from one on to the end of its pack, which holds all that its document had when it came in."""
        blocks, place = self._packs.at(kind, number)
        for other, line in enumerate(blocks[kind][place:], number):
            row = dict(zip(_FIELDS[kind], msgspec.json.decode(line), strict=True))
            if kind != "document":
                _lengthen(row, kind, blocks["document"])
            yield other, row


def _lengthen(row: dict[str, Any], kind: str, documents: list[bytes]) -> None:
    """The whole row again."""
    start = row["start"]
    if isinstance(row["document"], int):
        document = _document(documents[row["document"]])
        row |= {name: document[name] for name in _OF_DOCUMENT}
        row["document"] = document["id"]
        if row["text"] is None:
            row["text"] = document["text"][start : row["end"]]
    else:
        row |= dict.fromkeys(_OF_DOCUMENT)
    row["spans"] = [{"role": role, "at": [{"start": start + a, "end": start + b} for a, b in zip(at[::2], at[1::2], strict=True)]} for role, at in row["spans"].items()]
    for name, many in _PARTIES[kind]:
        row[name] = [_entity(one) for one in row[name]] if many else row[name] and _entity(row[name])


@lru_cache(packs.OPEN)
def _document(line: bytes) -> dict[str, Any]:
    """A document's row, which all its records ask for; to be read alone."""
    return dict(zip(_FIELDS["document"], msgspec.json.decode(line), strict=True))


def _entity(values: list[Any]) -> dict[str, Any]:
    return dict(zip(Entity.__struct_fields__, values, strict=True))
