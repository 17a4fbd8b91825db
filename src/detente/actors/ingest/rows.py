"""What the readers of sources give: people with offices, and bodies and places with names."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "tables"

# Source → licence of what is copied from it.
LICENCES = {
    "hand": "CC0-1.0",
    "wikidata-2022": "CC0-1.0",
    "factbook": "public domain",
    "us-congress": "CC0-1.0",
    "ifg-ministers": "CC-BY-4.0",
    "reign": "MIT",
    "phoenix": "MIT",
    "ucdp-22.1": "CC-BY-4.0",
    "country-codes": "ODC-PDDL-1.0",
    "rigour": "MIT",
    "geonames": "CC-BY-4.0",
}
KNOWS_UNTIL = {
    "hand": "2026-01",
    "wikidata-2022": "2022-07-19",
    "factbook": "2026-01-22",
    "us-congress": "2026-01",
    "ifg-ministers": "2026-06-12",
    "reign": "2021-02",
    "phoenix": "2014-01",
    "ucdp-22.1": "2021-12-31",
}


@dataclass
class OfficeRow:
    """An office somebody held, from `first` to `last` (ISO days, None unknown)."""

    title: str
    role: str
    code: str
    sector: str
    first: str | None
    last: str | None
    source: str
    of_country: str | None = None


@dataclass
class PersonRow:
    """Somebody, with every spelling of the name and every office known."""

    name: str
    code: str
    source: str
    identifier: str | None = None
    aliases: set[str] = field(default_factory=set)
    offices: list[OfficeRow] = field(default_factory=list)
    sector: str | None = None  # None: the last office's


@dataclass
class BodyRow:
    """A state, place, organisation or armed group; `names` are (text, kind of name, weight)."""

    kind: str
    name: str
    code: str
    sector: str | None
    source: str
    identifier: str | None = None
    names: list[tuple[str, str, float]] = field(default_factory=list)


def csv_rows(path: Path, *, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """The rows of a CSV file, gzipped or not, as dictionaries."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8-sig")
    yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
