"""Whether a store keeps its contract: every file, every column of every row, and every line of its ledgers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from detente.store import judgements
from detente.store.damage import damaged
from detente.store.lines import Lines
from detente.store.store import Store
from detente.store.tables import DOCUMENTS, PART_TABLES, STORY_TABLES, Table, quoted

TABLES = (*PART_TABLES, *STORY_TABLES)
LEDGERS = ("forecasts", "alerts", "audit")
"""Files of chained lines beside that of judgements; what they tell is known to those who write them."""


def faults(store: Store) -> Iterator[str]:
    """A line for each rule of `tables.py` that rows of the store break, with their number, and for each line of a ledger that was tampered with.

    Where files are damaged, a line for each of them instead: what they held cannot be counted.
    """
    broken = [str(problem) for problem in damaged(store.folder, store.runs)]
    if broken:
        yield from broken
        return
    for table in TABLES:
        rules = list(_rules(table))
        counted = ", ".join(f"count(*) FILTER (WHERE NOT ({rule}))" for rule, _ in rules)
        found = store.query(f"SELECT {counted} FROM all_runs.{table.name}").row(0)
        for (_, told), n in zip(rules, found, strict=True):
            if n:
                yield f"{table.name}: {n} rows break the rule: {told}"
    yield from _doubles(store)
    yield from _strays(store)
    yield from judgements.faults(store.folder)
    for name in LEDGERS:
        yield from Lines[msgspec.Raw](store.folder, name, msgspec.Raw).faults()


def _rules(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        name = quoted(column.name)
        if column.empty is None:
            yield f"{name} IS NOT NULL", f"{column.name} is never empty"
        if column.check is not None:
            yield f"{name} IS NULL OR coalesce({column.check}, true)", column.check


def _doubles(store: Store) -> Iterator[str]:
    for table in ("documents", "events", "quotes", "checks"):
        sql = f'SELECT count(*) FROM (SELECT 1 FROM all_runs.{table} GROUP BY run, "id" HAVING count(*) > 1)'
        if n := store.query(sql).item():
            yield f"{table}: {n} ids stand there twice"


def _strays(store: Store) -> Iterator[str]:
    """Events whose words are not those of their text, copies of nothing."""
    sql = f"""
SELECT count(*) FROM all_runs.events e JOIN all_runs.{DOCUMENTS.name} d ON d.run = e.run AND d."id" = e.document
WHERE e.text <> substring(d.text, e."start" + 1, e."end" - e."start")
"""
    if n := store.query(sql).item():
        yield f"events: {n} sentences are not the words at their place in the document"
    lost = """
SELECT count(*) FROM all_runs.documents d ANTI JOIN all_runs.documents first ON first.run = d.run AND first."id" = d.copy_of
WHERE d.copy_of IS NOT NULL
"""
    if n := store.query(lost).item():
        yield f"documents: {n} copy a document that is not there"
