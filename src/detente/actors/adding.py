"""Adds a user's own actors to a base: all rows or none."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from detente.actors.base import ActorBase, packaged
from detente.actors.ingest.bodies import kind_of_name
from detente.actors.ingest.rows import BodyRow, OfficeRow, PersonRow
from detente.actors.own import OwnRow, read_rows
from detente.actors.own_rules import Rules, bare, clash, same_person, source_of
from detente.actors.words import norm_of
from detente.actors.writing import Writer, fresh_base
from detente.errors import BadActorRow

_LICENCE = "yours"
_KIND_OF_ROW = {"organisation": "org", "group": "group", "seat": "place"}
_SECTOR = {"group": "REB", "seat": "GOV"}  # where the row names none


class Added(msgspec.Struct, frozen=True):
    """What was added: rows by kind, people of the base who got offices or names, and rows that stood there already."""

    out: str
    added: dict[str, int]
    joined: tuple[str, ...]
    known: int


def add(file: Path, out: Path, *, fresh: bool = False) -> Added:
    """Adds every row of the table to the base at `out`, which is begun as a copy of the packaged one.

    Args:
        file: The user's table.
        out: The base to write; what it holds already stays.
        fresh: Begin again from the packaged base although `out` exists.

    Raises:
        BadActorRow: A row breaks a rule; nothing is added.
        BadSetting: A file cannot be read or written.
    """
    rows = read_rows(file)
    start = out if out.exists() and not fresh else packaged()
    base = ActorBase.open(start)
    try:
        adding = _Adding(rows, base, file)
        with fresh_base(out, start=start) as connection:
            adding.write(connection)
            mark = "+" + hashlib.sha256(file.read_bytes()).hexdigest()[:8]
            if mark not in base.version:
                connection.execute("UPDATE meta SET value = value || ? WHERE key='version'", (mark,))
    finally:
        base.close()
    return Added(str(out), dict(adding.counts), tuple(adding.joined), adding.known)


class _Adding:
    """The rows, checked, and how each is written."""

    def __init__(self, rows: tuple[OwnRow, ...], base: ActorBase, file: Path) -> None:
        self.base, self.file = base, str(file)
        self.rules = Rules(rows, base, file)
        self.counts: Counter[str] = Counter()
        self.joined: list[str] = []
        self.known = 0
        for row in rows:
            self.rules.check(row)
        self.bodies = [row for row in rows if row.kind != "person"]
        self.people: list[tuple[PersonRow, int | None]] = []
        for group in _grouped(row for row in rows if row.kind == "person"):
            self.people.append(self._person(group))

    # --- people ----------------------------------------------------------------------------------

    def _person(self, rows: list[OwnRow]) -> tuple[PersonRow, int | None]:
        """The person of several rows, and who that is in the base."""
        first = rows[0]
        number = self._match(first, next((row.identifier for row in rows if row.identifier), None))
        person = PersonRow(
            first.name, first.code, source_of(first), next((row.identifier for row in rows if row.identifier), None)
        )
        person.sector = next((row.sector for row in rows if row.sector and not row.title), None)
        person.aliases = {name for row in rows for name in (*row.aliases, row.name)}
        for row in (row for row in rows if row.title):
            held = self.rules.office_of(row)
            if self._is_new(held, number, row):
                person.offices.append(held)
            else:
                self.known += 1
        return person, number

    def _match(self, row: OwnRow, identifier: str | None) -> int | None:
        """The one person of the base whom the row means; None when it is somebody new."""
        number = self.base.identified(identifier) if identifier is not None else None
        if number is not None and self.base.row(number).kind == "person":
            return number
        found = {at for at, _, _ in self.base.named(norm_of(row.name), ("name",))} or {
            at for at, _, _ in self.base.named(norm_of(row.name), ("alias",))
        }
        people = [each for each in map(self.base.row, sorted(found)) if each.kind == "person" and each.code == row.code]
        if identifier is not None:
            people = [each for each in people if each.identifier is None]
        people = [each for each in people if each.own] or people
        if len(people) > 1:
            told = ", ".join(each.identifier or "no identifier" for each in people)
            rule = f"name = {row.name!r}, but the base knows {len(people)} of that name and code ({told}); give the identifier"
            raise BadActorRow(self.file, row.line, rule)
        return people[0].id if people else None

    def _is_new(self, held: OfficeRow, number: int | None, row: OwnRow) -> bool:
        """Whether the base has no such row of the user's yet.

        Raises:
            BadActorRow: It has one of the same source that overlaps.
        """
        for office in self.base.offices(number) if number is not None else ():
            told = OfficeRow(
                office.title,
                office.role,
                office.code,
                office.sector,
                office.first,
                office.last,
                office.source,
                office.of_country,
            )
            if told == held:
                return False
            if office.own and clash(told, held):
                rule = f"the days of this office overlap those you added before ({office.first} to {office.last}); begin anew with --fresh"
                raise BadActorRow(self.file, row.line, rule)
        return True

    # --- writing -----------------------------------------------------------------------------------

    def write(self, connection: sqlite3.Connection) -> None:
        """Writes every row."""
        writer = Writer(connection)
        for row in self.bodies:
            writer.source(source_of(row), _LICENCE)
            self._write_body(writer, row)
        for person, number in self.people:
            for source in {person.source, *(held.source for held in person.offices)}:
                writer.source(source, _LICENCE)
            self._write_person(writer, person, number)
        writer.place_names()

    def _write_body(self, writer: Writer, row: OwnRow) -> None:
        kind = _KIND_OF_ROW.get(row.kind, row.kind)
        sector = row.sector or _SECTOR.get(row.kind)
        body = BodyRow(kind, bare(row.name), row.code, sector, source_of(row), row.identifier, _names(row))
        number = self.base.states().get(row.code) if row.kind == "state" else self._own_body(row, kind)
        if number is not None and all(self.base.place_named(norm_of(name)) == number for name, _, _ in body.names):
            self.known += 1
            return
        if number is None:
            writer.body(body)
        else:
            writer.body_names(number, body)
        self.counts[row.kind] += 1

    def _own_body(self, row: OwnRow, kind: str) -> int | None:
        """The user's own body of that name, added before."""
        number = self.base.place_named(norm_of(bare(row.name)))
        found = self.base.row(number) if number is not None else None
        return number if found is not None and found.own and (found.kind, found.code) == (kind, row.code) else None

    def _write_person(self, writer: Writer, person: PersonRow, number: int | None) -> None:
        if number is None:
            writer.person(person)
            self.counts["person"] += 1
        else:
            found = self.base.row(number)
            writer.person_names(number, person)
            writer.offices(number, person, begin=len(self.base.offices(number)))
            if not found.own:
                self.joined.append(f"{found.name} ({found.identifier or found.code})")
        self.counts["office"] += len(person.offices)


def _names(row: OwnRow) -> list[tuple[str, str, float]]:
    """Every name of a state or body with its kind; all weigh alike, since the user's words are stronger than the base's."""
    usual = "metonym" if row.kind == "seat" else None
    names = [(bare(name), usual or kind_of_name(bare(name)), 1.0) for name in (row.name, *row.aliases)]
    names += [(name, "adjective", 0.97) for name in row.adjectives]
    names += [(name, "demonym", 0.96) for name in row.demonyms]
    return names + ([(row.capital, "capital", 0.95)] if row.capital else [])


def _grouped(rows: Iterable[OwnRow]) -> list[list[OwnRow]]:
    """The rows of each person: one identifier, or one name and code and no two identifiers."""
    groups: list[list[OwnRow]] = []
    by_name: dict[tuple[str, str], list[list[OwnRow]]] = defaultdict(list)
    by_identifier: dict[str, list[OwnRow]] = {}
    for row in rows:
        named = by_name[norm_of(row.name), row.code]
        group = by_identifier.get(row.identifier or "") or next((g for g in named if same_person(g[0], row)), None)
        if group is None:
            group = []
            groups.append(group)
        if group not in named:
            named.append(group)
        group.append(row)
        if row.identifier is not None:
            by_identifier.setdefault(row.identifier, group)
    return groups
