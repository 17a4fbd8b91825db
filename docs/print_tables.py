"""Prints docs/tables.md from the store's contract: `make docs`."""

from __future__ import annotations

from pathlib import Path

from detente.store.tables import TABLES, VERSION, Column, Table

PAGE = Path(__file__).with_name("tables.md")

HEAD = f"""# Tables of a store

Printed by `make docs` from `src/detente/store/tables.py`; a test holds this page to the program. Version {VERSION}.

`detente query "SELECT …" --store DIR` asks them. Plain names show one run, the newest unless `--run` names another;
`all_runs.events` and the like show every run. Types are DuckDB's: `event[1]` is the first of several, `by.code` a field of a
record. A column is empty (NULL) only where "empty means" says what that means.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(table) for table in TABLES)])


def section(table: Table) -> str:
    """One table: what a row is, and its columns."""
    order = f" Sorted, once compacted, by {table.sorted_by}." if table.sorted_by else ""
    head = f"## {table.name}\n\nA row is {table.row}.{order}\n\n| column | type | what it is | empty means | always |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *(row(column) for column in table.columns)]) + "\n"


def row(column: Column) -> str:
    """One column."""
    kind, check = column.type.replace('"', ""), (column.check or "").replace('"', "")
    cells = (f"`{column.name}`", f"`{kind}`", column.meaning, column.empty or "never", f"`{check}`" if check else "")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    print(f"printed {PAGE.name}")
