"""A user's own actors: one CSV file, read row by row, each row held to its rules.

One row tells one thing: a state, an organisation, an armed group, a seat of government, or one office of a person.
`docs/actors.md` describes the columns; `template` gives an empty table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec

from detente.actors.days import first_day, last_day, written_well
from detente.actors.titles import ROLES
from detente.actors.words import norm_of
from detente.errors import BadActorRow, BadSetting
from detente.ontology import PLOVER
from detente.ontology.plover import near

COLUMNS = (
    "kind", "name", "code", "sector", "title", "role", "of_country", "first", "last", "aliases", "demonyms", "adjectives",
    "capital", "identifier", "source",
)  # fmt: skip
NEEDED = ("kind", "name", "code")
_COMMON = frozenset({"kind", "name", "code", "aliases", "identifier", "source"})
# Which columns each kind of row may fill.
KINDS: dict[str, frozenset[str]] = {
    "state": _COMMON | {"demonyms", "adjectives", "capital"},
    "organisation": _COMMON | {"sector"},
    "group": _COMMON | {"sector"},
    "seat": _COMMON | {"sector"},
    "person": _COMMON | {"sector", "title", "role", "of_country", "first", "last"},
}
_LISTS = ("aliases", "demonyms", "adjectives")
ROLE_NAMES = frozenset(ROLES) | {"other", "charge_d_affaires"}
SENT = frozenset({"ambassador", "envoy", "charge_d_affaires"})  # roles that have a host
_LONGEST = 200  # characters of a name

TEMPLATE = f"""{",".join(COLUMNS)}
# One row a state, organisation, group or seat; one row an office of a person. Lines that begin with # are left out.
# Lists are parted by |. Days are YYYY-MM-DD, YYYY-MM or YYYY, both inside; an empty last means that no end is known.
# state: names, demonyms and adjectives as texts write them, plurals too. Codes are three capitals of your choice.
# state,Veltia,VLT,,,,,,,Republic of Veltia|Veltian Republic,Veltian|Veltians,Veltian,Karsk,,
# organisation,Northern Compact,IGO,,,,,,,NC,,,,,
# group,Karsk Brigades,VLT,REB,,,,,,,,,,,
# seat,the Amber Hall,VLT,GOV,,,,,,,,,,,
# person,Mira Toll,VLT,GOV,foreign minister,foreign_minister,,2031-05-02,,Mira Toll-Hask,,,,,Gazette 12
# person,Ivo Brandt,VLT,GOV,ambassador to Norway,ambassador,NOR,2030,2032,,,,,,
"""


class OwnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the user's table, its shape checked; `first` and `last` are whole days."""

    line: int
    kind: str
    name: str
    code: str
    sector: str | None = None
    title: str | None = None
    role: str | None = None
    of_country: str | None = None
    first: str | None = None
    last: str | None = None
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    capital: str | None = None
    identifier: str | None = None
    source: str | None = None

    @property
    def facts(self) -> OwnRow:
        """The row without its place in the file: two rows that say the same are equal."""
        return msgspec.structs.replace(self, line=0)


def read_rows(path: Path) -> tuple[OwnRow, ...]:
    """Every row of the table.

    Raises:
        BadActorRow: A row breaks a rule; the first that does is named.
        BadSetting: The file cannot be read.
    """
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise BadSetting("file", str(path), f"it cannot be read: {error.strerror}") from error
    try:
        text = packed.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = packed[: error.start].count(b"\n") + 1
        raise BadActorRow(str(path), line, "the table must be UTF-8; save it anew in that encoding") from error
    lines = _lines(text, str(path))
    line, header = next(lines, (1, []))
    columns = _header(header, str(path), line)
    rows = tuple(
        _row(dict(zip(columns, values, strict=False)), str(path), line)
        for line, values in _filled(lines, columns, str(path))
    )
    if not rows:
        raise BadActorRow(str(path), line, "the table has no rows; `detente actors template` shows one")
    return rows


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """(line of its beginning, values) of each row, blank lines and comments left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for values in reader:
            if any(value.strip() for value in values) and not values[0].lstrip().startswith("#"):
                yield line, [value.strip() for value in values]
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadActorRow(file, line, f"it must be CSV: {error}") from error


def _header(names: list[str], file: str, line: int) -> list[str]:
    columns = [name.lower() for name in names]
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        raise BadActorRow(file, line, "columns must be parted by commas")
    for name in columns:
        if name not in COLUMNS:
            raise BadActorRow(file, line, f"column {name!r} is unknown; {near(name, COLUMNS)}")
        if columns.count(name) > 1:
            raise BadActorRow(file, line, f"column {name!r} stands twice")
    for name in NEEDED:
        if name not in columns:
            raise BadActorRow(file, line, f"column {name!r} is missing; `detente actors template` shows a header")
    return columns


def _filled(lines: Iterator[tuple[int, list[str]]], columns: list[str], file: str) -> Iterator[tuple[int, list[str]]]:
    for line, values in lines:
        if len(values) > len(columns):
            rule = f"it has {len(values)} values, the header {len(columns)} columns; put a value that holds a comma in quotes"
            raise BadActorRow(file, line, rule)
        yield line, values


def _row(values: dict[str, str], file: str, line: int) -> OwnRow:
    """One row, its shape checked against the rules below."""
    filled = {column: value for column, value in values.items() if value}
    for broken in _broken(filled):
        raise BadActorRow(file, line, broken)
    lists = {column: _parts(filled.pop(column, "")) for column in _LISTS}
    days = {"first": first_day(filled.pop("first", "")), "last": last_day(filled.pop("last", ""))}
    return msgspec.convert({"line": line, **filled, **lists, **days}, OwnRow)


def _broken(row: dict[str, str]) -> Iterator[str]:
    """Every rule that the row breaks by itself, without looking at others."""
    kind = row.get("kind", "")
    if kind not in KINDS:
        yield f"kind = {kind!r}, but it must be one of {', '.join(KINDS)}"
        return
    yield from (
        f"{column} = {row[column]!r}, but a {kind} has none"
        for column in COLUMNS
        if column in row and column not in KINDS[kind]
    )
    yield from _broken_names(row)
    yield from _broken_code(row)
    yield from _broken_words(row)
    yield from _broken_days(row)


def _broken_names(row: dict[str, str]) -> Iterator[str]:
    if "name" not in row:
        yield "the name is missing"
    for column in ("name", "capital", *_LISTS):
        for part in _parts(row.get(column, "")) if column in _LISTS else [row[column]] if column in row else []:
            if len(norm_of(part).replace(" ", "")) < 2:
                yield f"{column} = {part!r}, but a name has two letters or more"
            elif len(part) > _LONGEST:
                yield f"{column} = {part[:20] + '…'!r}, but a name has at most {_LONGEST} characters"
            elif not any(letter.isupper() for letter in part) and part.upper() != part.lower():
                yield f"{column} = {part!r}, but names are written with a capital, as in texts"
            elif "|" in part:
                yield f"{column} = {part!r}, but it holds one name; put others into aliases"


def _broken_code(row: dict[str, str]) -> Iterator[str]:
    for column in ("code", "of_country"):
        code = row.get(column)
        if code is None and column == "code":
            yield "the code is missing: three capitals, such as NOR, or one of " + ", ".join(PLOVER.nonstate_codes)
        elif code is not None and not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            yield f"{column} = {code!r}, but a code is three capital letters"
    if row["kind"] == "state" and row.get("code") in PLOVER.nonstate_codes:
        yield f"code = {row['code']!r}, but that code is kept for bodies that are no states"


def _broken_words(row: dict[str, str]) -> Iterator[str]:
    sector, role = row.get("sector"), row.get("role")
    if sector is not None and sector not in PLOVER.sectors:
        yield f"sector = {sector!r}, but it must be a sector of the ontology; {near(sector, PLOVER.sectors)}"
    if role is not None and role not in ROLE_NAMES:
        yield f"role = {role!r}, but it must be a known role; {near(role, sorted(ROLE_NAMES))}"
    told = [column for column in ("role", "of_country", "first", "last") if column in row]
    if told and "title" not in row:
        yield f"{told[0]} = {row[told[0]]!r}, but an office needs its title"


def _broken_days(row: dict[str, str]) -> Iterator[str]:
    for column in ("first", "last"):
        if column in row and not written_well(row[column]):
            yield f"{column} = {row[column]!r}, but a day is written YYYY-MM-DD, YYYY-MM or YYYY, and must exist"
            return
    first, last = first_day(row.get("first", "")), last_day(row.get("last", ""))
    if first and last and last < first:
        yield f"last = {row['last']!r}, but it lies before first = {row['first']!r}"


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
