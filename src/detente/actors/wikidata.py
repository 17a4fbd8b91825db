"""Brings the people and offices of a Wikidata dump into a copy of a base, in constant memory.

A dump tells positions, states and people in any order, so the first pass writes them into a scratch database on disk; the second walks its people one after the other and joins each with whom the base knows.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from detente.actors.base import ActorBase, packaged
from detente.actors.ingest.dump import Person, Position, State, read_dump
from detente.actors.ingest.merge import UNIQUE, joined_offices
from detente.actors.ingest.people import LOCAL, OLDEST, host_of
from detente.actors.ingest.roles import office
from detente.actors.ingest.rows import OfficeRow, PersonRow
from detente.actors.known import OF_ONE, OWN
from detente.actors.titles import HEADS
from detente.actors.words import norm_of
from detente.actors.writing import Writer, fresh_base

SOURCE = "wikidata"
_LICENCE = "CC0-1.0"
_SEAT = re.compile(r"(?i)(?:member|deputy|senator) (?:of|for|in)\b")
_BATCH = 2_000  # rows written at once
_SCRATCH = """
CREATE TABLE state(id TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE position(id TEXT PRIMARY KEY, title TEXT NOT NULL, jurisdiction TEXT, country TEXT) WITHOUT ROWID;
CREATE TABLE person(id TEXT PRIMARY KEY, name TEXT NOT NULL, aliases TEXT NOT NULL, citizen TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE held(person TEXT NOT NULL, position TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL);
"""
_PEOPLE = """
SELECT person.id, person.name, person.aliases, person.citizen, position.title, position.jurisdiction, position.country, held.first, held.last
FROM person JOIN held ON held.person = person.id LEFT JOIN position ON position.id = held.position ORDER BY person.id
"""


def bring(dump: Path, out: Path, *, start: Path | None = None, until: dt.date | None = None) -> dict[str, int]:
    """Writes the base `start` with the dump's people to `out`; gives what was brought and, by reason, what was not.

    Args:
        dump: .json, .json.gz or .json.bz2.
        out: The base to write.
        start: The base to begin from; the packaged one when None.
        until: The day of the dump; the day on which its file was last changed when None.

    Raises:
        BadSetting: A file cannot be read or written.
    """
    counts: Counter[str] = Counter()
    begin = start if start is not None else packaged()
    base = ActorBase.open(begin)
    base.close()
    # the empty name gives SQLite's own temporary file, on disk and gone when closed
    with closing(sqlite3.connect("")) as scratch:
        scratch.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCRATCH)
        _stage(scratch, dump, counts)
        day = until or dt.datetime.fromtimestamp(dump.stat().st_mtime, tz=dt.UTC).date()
        with fresh_base(out, start=begin) as connection:
            _Joiner(connection, scratch, counts).join(day.isoformat())
    return {reason: count for reason, count in counts.items() if count}


def _stage(scratch: sqlite3.Connection, dump: Path, counts: Counter[str]) -> None:
    """Writes what the dump tells into the scratch database."""
    waiting: dict[str, list[tuple[object, ...]]] = {"state": [], "position": [], "person": [], "held": []}

    def flush() -> None:
        for table, rows in waiting.items():
            marks = ",".join("?" * (2 if table == "state" else 4))
            scratch.executemany(f"INSERT OR REPLACE INTO {table} VALUES({marks})", rows)
            rows.clear()

    for told in read_dump(dump, counts):
        for table, row in _rows(told):
            waiting[table].append(row)
        if sum(map(len, waiting.values())) >= _BATCH:
            flush()
    flush()
    scratch.execute("CREATE INDEX held_by ON held(person)")


def _rows(told: Person | Position | State) -> Iterator[tuple[str, tuple[object, ...]]]:
    """(table, row) of each row that an entity makes."""
    if isinstance(told, State):
        yield "state", (told.id, told.code)
    elif isinstance(told, Position):
        yield "position", (told.id, told.title, told.jurisdiction, told.country)
    elif told.held:
        yield "person", (told.id, told.name, "|".join(a for a in told.aliases if "|" not in a), "|".join(told.citizen))
        for tenure in told.held:
            yield "held", (told.id, tenure.position, tenure.first, tenure.last)


class _Joiner:
    """Joins the people of the scratch database with those of a base that is being written."""

    def __init__(self, connection: sqlite3.Connection, scratch: sqlite3.Connection, counts: Counter[str]) -> None:
        self.base, self.scratch, self.counts = connection, scratch, counts
        self.writer = Writer(connection)
        self.sources = {number: name for name, number in self.writer.sources.items()}
        rows = connection.execute(
            "SELECT identifier, code FROM actor WHERE kind IN ('state', 'org') AND identifier LIKE 'Q%'"
        )
        self.states: dict[str, str] = dict(rows)
        self.states |= dict(scratch.execute("SELECT id, code FROM state"))

    def code(self, name: str) -> str | None:
        """The code of the state of that name, as the base tells it."""
        found = self.base.execute(
            "SELECT code FROM place_name WHERE norm=? AND actor_kind='state' AND kind IN ('name', 'acronym')",
            (norm_of(re.sub(r"(?i)^the\s+", "", name)),),
        ).fetchone()
        return found[0] if found else None

    def join(self, until: str) -> None:
        """Brings everybody in, then ends offices that a successor took."""
        self.base.execute("CREATE INDEX by_identifier ON actor(identifier)")
        self.sources[self.writer.source(SOURCE, _LICENCE)] = SOURCE
        for _, rows in groupby(self.scratch.execute(_PEOPLE), key=itemgetter(0)):
            self._join_one(list(rows))
        self.base.execute("DROP INDEX by_identifier")
        self._end_superseded()
        self.base.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (f"knows_until:{SOURCE}", until))
        mark = f"+wikidata.{until}"
        self.base.execute("UPDATE meta SET value = value || ? WHERE key='version'", (mark,))

    def _join_one(self, rows: list[tuple[Any, ...]]) -> None:
        """One person with every position held."""
        identifier, name, aliases, citizen = rows[0][:4]
        homes = [self.states[each] for each in citizen.split("|") if each in self.states]
        offices = [row for row in (self._office(each[4:], homes) for each in rows) if row is not None]
        if not offices:
            return
        codes = [row.code for row in offices]
        person = PersonRow(name, next((code for code in homes if code in codes), codes[0]), SOURCE, identifier)
        person.aliases = {alias for alias in aliases.split("|") if alias}
        person.offices = offices
        number = self._known(person)
        if number is None:
            person.offices = joined_offices(offices)
            self.writer.person(person)
            self.counts["new people"] += 1
            return
        query = "SELECT title, role, code, sector, first, last, source, of_country FROM office WHERE person_id=?"
        told = [
            OfficeRow(title, role, code, sector, first, last, self.sources[source], host)
            for title, role, code, sector, first, last, source, host in self.base.execute(query, (number,))
        ]
        own = [row for row in told if row.source.startswith(OWN)]
        person.offices = [*own, *joined_offices([*(row for row in told if row not in own), *offices])]
        self.base.execute("DELETE FROM office WHERE person_id=?", (number,))
        self.base.execute("UPDATE actor SET identifier=? WHERE id=? AND identifier IS NULL", (identifier, number))
        self.writer.person_names(number, person)
        self.writer.offices(number, person, begin=0)
        self.counts["people joined"] += 1

    def _known(self, person: PersonRow) -> int | None:
        """The base's row of that Wikidata id, else the only one without id of that name and code."""
        query = "SELECT id FROM actor WHERE identifier=? AND kind='person'"
        found = self.base.execute(query, (person.identifier,)).fetchone()
        if found is not None:
            return int(found[0])
        query = (
            "SELECT id FROM actor JOIN name ON name.actor_id = id WHERE norm=? AND name.kind='name' "
            "AND actor.kind='person' AND code=? AND identifier IS NULL"
        )
        named = self.base.execute(query, (norm_of(person.name), person.code)).fetchall()
        return int(named[0][0]) if len(named) == 1 else None

    def _office(self, held_row: tuple[Any, ...], homes: list[str]) -> OfficeRow | None:
        """The office of a position held, or None, counted by its reason."""
        title, jurisdiction, country, first, last = held_row
        host = host_of(title, self) if title is not None else None
        # a jurisdiction that is no state is a part of its country; an ambassador's may be the host
        whole = jurisdiction is None or jurisdiction in self.states
        places = [self.states.get(each or "") for each in (jurisdiction, country)] + (homes if host is not None else [])
        code = next((each for each in places if each is not None and each != host), None)
        reason = None
        if title is None:
            reason = "position not in the dump"
        elif code is None:
            reason = "position of no state"
        elif LOCAL.search(title) or _SEAT.match(title):
            reason = "local, or a seat in parliament"
        else:
            held = office(title, code, first, last, SOURCE, of_country=host, states=self)
            if not whole and (held.role in HEADS or held.role in UNIQUE):
                held.role = "governor" if held.role in HEADS else "other"
            if held.last is None or held.last >= OLDEST:
                return held
            reason = "ended before 1989"
        self.counts[f"left out: {reason}"] += 1
        return None

    def _end_superseded(self) -> None:
        """Ends Wikidata's open offices that one person holds at a time on the day on which somebody else took them."""
        numbers = [number for name, number in self.writer.sources.items() if name.startswith(SOURCE)]
        marks = ",".join("?" * len(UNIQUE))
        later = (
            "SELECT min(other.first) FROM office AS other WHERE other.code = office.code AND other.role = office.role "  # noqa: S608
            "AND other.of_country IS office.of_country AND other.person_id != office.person_id AND other.first > office.first "
            f"AND other.{OF_ONE}"
        )
        sources = ",".join("?" * len(numbers))
        self.base.execute(
            f"UPDATE office SET last = ({later}) WHERE source IN ({sources}) AND last IS NULL AND first IS NOT NULL "  # noqa: S608 - question marks
            f"AND role IN ({marks})",
            (*numbers, *sorted(UNIQUE)),
        )
