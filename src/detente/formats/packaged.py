"""The tables that come with the package, in `tables/` beside this file; `tables/LICENCES.md` says whose they are."""

from __future__ import annotations

import csv
from importlib.resources import files


def table_rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, by the names of its columns."""
    with files("detente.formats").joinpath(f"tables/{name}").open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))
