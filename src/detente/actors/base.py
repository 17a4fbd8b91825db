"""The actor base: who is called what, which words tell a nation, who held which office on a day.

`ActorBase.open()` opens the packaged SQLite file read-only; names of places are loaded on the first use (about 30 ms).
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import Any

from detente.actors.days import last_day
from detente.actors.known import MANY, OF_ONE, OWN, ActorRow, Candidate, NationHit, Office, Source, standing
from detente.actors.matcher import Hit, Matcher
from detente.actors.search import candidates
from detente.actors.titles import HEADS, role_of
from detente.actors.words import norm_of, sound_of
from detente.errors import BadSetting

FORMAT = "1"
_OFFICES = "SELECT person_id, title, role, code, sector, of_country, first, last, source FROM office"
_PACKAGED = "base.sqlite"
_NATION_KINDS = frozenset(
    {"name", "acronym", "demonym", "adjective", "capital", "city", "region", "metonym", "context"}
)


def packaged() -> Path:
    """The base in the package."""
    return Path(str(files("detente.actors").joinpath(_PACKAGED)))


class ActorBase:
    """Read access to the base; threads may share one.

    One lock guards the connection, although SQLite itself is serialized: two threads that run the same query share a
    prepared statement, and between binding and the first step the one could read the other's answer. The caches are
    dictionaries of immutable records, so at worst two threads look up the same thing twice.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._lock = Lock()
        self._matcher: Matcher | None = None
        self._offices: dict[int, tuple[Office, ...]] = {}
        self._rows: dict[int, ActorRow] = {}
        self._states: dict[str, str] = {}
        self._names: dict[int, dict[str, tuple[str, ...]]] = {}
        self._found: dict[tuple[str, dt.date | None, str | None], tuple[Candidate, ...]] = {}
        self.meta: dict[str, str] = dict(self._rows_of("SELECT key, value FROM meta"))
        self._sources: dict[int, Source] = {
            number: Source(name, licence, last_day(self.meta.get(f"knows_until:{name}", "")))
            for number, name, licence in self._rows_of("SELECT id, name, licence FROM source")
        }

        query = "SELECT DISTINCT title, role FROM office WHERE source IN (SELECT id FROM source WHERE name LIKE ?)"
        own = self._rows_of(query, (f"{OWN}%",)) if any(name.startswith(OWN) for name in self.sources) else []
        self._own_titles = {
            norm_of(self._without_state(title)): role
            for title, role in own
            if role != "other" and role_of(title) is None
        }
        self.own_title_words = frozenset(word for title in self._own_titles for word in title.split())

    @classmethod
    def open(cls, path: Path | None = None) -> ActorBase:
        """The base at `path`, or the one in the package.

        Raises:
            BadSetting: There is no base, or it is of another format.
        """
        place = path if path is not None else packaged()
        if not place.is_file():
            raise BadSetting("actors", str(place), "it must be a file; make one with `detente actors add` or `build`")
        connection = sqlite3.connect(
            f"{place.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            base = cls(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise BadSetting(
                "actors", str(place), "it must be an actor base; make one with `detente actors add` or `build`"
            ) from error
        if base.meta.get("format") != FORMAT:
            connection.close()
            raise BadSetting("actors", str(place), f"its format must be {FORMAT}; build it anew")
        return base

    def close(self) -> None:
        """Closes the file."""
        self._sql.close()

    @property
    def version(self) -> str:
        """Year and month in which the base was built: "2026.11"."""
        return self.meta["version"]

    @property
    def sources(self) -> dict[str, Source]:
        """Every source by its name."""
        return {source.name: source for source in self._sources.values()}

    def _rows_of(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Every row of a query, read under the lock."""
        with self._lock:
            return self._sql.execute(query, values).fetchall()

    # --- words in a text -----------------------------------------------------------------------

    def scan(self, text: str) -> tuple[Hit, ...]:
        """Every run of words that names a nation, an organisation or a group; longest match, in reading order."""
        if self._matcher is None:
            rows = self._rows_of("SELECT norm, actor_id, kind, code, sector, actor_kind FROM place_name")
            given = frozenset(norm for (norm,) in self._rows_of("SELECT norm FROM given"))
            self._matcher = Matcher(rows, given)
        return self._matcher.scan(text)

    def nations(self, text: str) -> tuple[NationHit, ...]:
        """Every run of words that tells a state, a territory, the EU or the UN, in reading order."""
        return tuple(
            NationHit(hit.span, hit.code, hit.sector, hit.kind, hit.row)
            for hit in self.scan(text)
            if hit.kind in _NATION_KINDS and (hit.actor_kind in ("state", "place") or hit.code in ("UNO", "EUR"))
        )

    # --- people and bodies by name -----------------------------------------------------------------

    def row(self, number: int) -> ActorRow:
        """The row of that number."""
        if number not in self._rows:
            query = "SELECT id, kind, name, code, sector, identifier, source FROM actor WHERE id=?"
            number, kind, name, code, sector, identifier, source = self._rows_of(query, (number,))[0]
            self._rows[number] = ActorRow(number, kind, name, code, sector, identifier, self._sources[source].name)
        return self._rows[number]

    def offices(self, person: int) -> tuple[Office, ...]:
        """Every office the person is known to have held."""
        if person not in self._offices:
            rows = self._rows_of(f"{_OFFICES} WHERE person_id=? ORDER BY first", (person,))
            self._offices[person] = standing(tuple(self._office(*facts) for _, *facts in rows))
        return self._offices[person]

    def every_office(self) -> Iterator[Office]:
        """Every office of everybody, in one pass."""
        for _, rows in groupby(self._rows_of(f"{_OFFICES} ORDER BY person_id, first"), key=itemgetter(0)):
            yield from standing(tuple(self._office(*facts) for _, *facts in rows))

    def _office(self, title: str, role: str, code: str, sector: str, host: str | None, *days_and_source: Any) -> Office:
        first, last, number = days_and_source
        source = self._sources[number]
        return Office(title, role, code, sector, host, first, last, source.name, source.until)

    def find(self, name: str, *, on: dt.date | None, code: str | None = None) -> tuple[Candidate, ...]:
        """Whom the name may mean on that day, best first: exact, alias, surname with title, then other spellings.

        Args:
            name: As written, with or without title: "President Bush", "Anthony Blinken", "Qin".
            on: The day of the text; None when unknown.
            code: Only people and bodies of this code (also by an office they held).
        """
        key = (name, on, code)
        found = self._found.get(key)
        if found is None:
            if len(self._found) > 20_000:
                self._found.clear()
            found = self._found[key] = candidates(self, name, on, code)
        return found

    def named(self, norm: str, kinds: tuple[str, ...]) -> list[tuple[int, str, float]]:
        """(row, kind of name, prominence) of every actor with that folded name."""
        marks = ",".join("?" * len(kinds))
        query = f"SELECT actor_id, kind, weight FROM name WHERE norm=? AND kind IN ({marks})"  # noqa: S608 - only question marks
        return [(row, kind, weight / 100) for row, kind, weight in self._rows_of(query, (norm, *kinds))]

    def identified(self, identifier: str) -> int | None:
        """The row of that Wikidata id or identifier of the user's own, if there is one."""
        found = self._rows_of("SELECT id FROM actor WHERE identifier=? ORDER BY id LIMIT 1", (identifier,))
        return found[0][0] if found else None

    def states(self) -> dict[str, int]:
        """The row of every state and territory by its code."""
        return dict(self._rows_of("SELECT code, id FROM actor WHERE kind='state' ORDER BY id DESC"))

    def place_named(self, norm: str) -> int | None:
        """The row of the state, place or body that these folded words tell in a text."""
        found = self._rows_of("SELECT actor_id FROM place_name WHERE norm=?", (norm,))
        return found[0][0] if found else None

    def names_of(self, number: int) -> dict[str, tuple[str, ...]]:
        """The folded names of a row by kind, surnames and sounds left out."""
        if number not in self._names:
            # nothing leads from a row to its names but going through all: the states, asked for most, are looked up together
            wanted = [number] if self._names else [number, *self.states().values()]
            query = (
                "WITH wanted AS (SELECT value FROM json_each(?1)) "
                "SELECT actor_id, kind, norm FROM name WHERE actor_id IN wanted AND kind NOT IN ('surname', 'sound') "
                "UNION SELECT actor_id, kind, norm FROM place_name WHERE actor_id IN wanted ORDER BY 1, 2, 3"
            )
            found: dict[int, dict[str, tuple[str, ...]]] = {row: {} for row in wanted}
            for row, kind, norm in self._rows_of(query, (json.dumps(wanted),)):
                found[row][kind] = (*found[row].get(kind, ()), norm)
            self._names |= found
        return self._names[number]

    def every_name(self) -> dict[str, int]:
        """Every folded name of the base and a row it names, for looking up what is nearly spelt so."""
        query = "SELECT norm, actor_id FROM place_name UNION ALL SELECT norm, actor_id FROM name WHERE kind='name'"
        return dict(self._rows_of(query))

    def _without_state(self, title: str) -> str:
        """The title without a state's name at its end: "Hegemon of Veltia" gives "Hegemon"."""
        for found in re.finditer(r"(?i)\s+of\s+(?:the\s+)?", title):
            if self.place_named(norm_of(title[found.end() :])) is not None:
                return title[: found.start()]
        return title

    def role_in(self, words: str) -> str | None:
        """The role that title words name: by the English table, else by a title of the user's own rows."""
        role = role_of(words)
        if role is None and self._own_titles:
            norm = f" {norm_of(words)} "
            role = next((each for title, each in self._own_titles.items() if f" {title} " in norm), None)
        return role

    def state_name(self, code: str) -> str:
        """The usual English name of a state or body by its code; the code itself when there is none."""
        if code not in self._states:
            query = "SELECT name FROM actor WHERE code=? AND kind IN ('state', 'org') ORDER BY id LIMIT 1"
            found = self._rows_of(query, (code,))
            self._states[code] = found[0][0] if found else code
        return self._states[code]

    def spellings(self, person: int) -> list[str]:
        """The folded full names of a person."""
        row = self.row(person)
        return [norm_of(row.name)]

    def sounds_like(self, surname: str) -> list[tuple[int, str, float]]:
        """People whose surname sounds alike."""
        return self.named(sound_of(surname), ("sound",))

    # --- who holds an office --------------------------------------------------------------------------

    def holder(
        self, role_or_title: str, code: str, *, on: dt.date, of_country: str | None = None
    ) -> tuple[Candidate, ...]:
        """Who held an office of a state on a day: whom a source tells that looks days up, else the latest sworn in.

        ("foreign minister", "CHN", on=…) gives China's of that day first, then whoever else some source names.

        Args:
            role_or_title: A role ("foreign_minister") or words of a title ("China's foreign minister").
            code: The state whose office it is; for an ambassador the sending state.
            on: The day.
            of_country: For ambassadors the host.
        """
        day = on.isoformat()
        roles, tenures = self.tenures(role_or_title, code, of_country=of_country)
        best: dict[int, tuple[tuple[bool, bool, bool, str], Office]] = {}
        for person, office in tenures:
            rank = _holder_rank(office, roles, day)
            if office.held_on(day) and (person not in best or rank > best[person][0]):
                best[person] = (rank, office)
        newest = sorted(best.items(), key=lambda item: item[1][0], reverse=True)
        found = sorted(newest, key=lambda item: any(other.believed_before(item[1][1]) for _, other in best.values()))
        return tuple(
            Candidate(
                self.row(person),
                round(0.95 / (1 + at), 3),
                f"{office.title} of {code} on {day} ({office.source})",
                office,
                self.offices(person),
            )
            for at, (person, (_, office)) in enumerate(found)
        )

    def tenures(
        self, role_or_title: str, code: str, *, of_country: str | None = None
    ) -> tuple[tuple[str, ...], list[tuple[int, Office]]]:
        """The roles that the words mean, and (person, office) of everybody who held such an office, at any time.

        Nobody where the words name no office that one person at a time holds, or an ambassador without host.
        """
        role = role_or_title if "_" in role_or_title or role_or_title in HEADS else self.role_in(role_or_title)
        if role is None or role in MANY or (role in ("ambassador", "envoy") and of_country is None):
            return (), []
        roles = HEADS if role == "leader" else (role,)
        marks = ",".join("?" * len(roles))
        query = f"SELECT DISTINCT person_id FROM office WHERE code=? AND role IN ({marks}) AND {OF_ONE}"  # noqa: S608
        found = [
            (person, office)
            for (person,) in self._rows_of(query, (code, *roles))
            for office in self.offices(person)
            if office.code == code and office.role in roles and of_country in (None, office.of_country)
        ]
        return roles, found

    def titled(self, code: str) -> list[tuple[int, Office]]:
        """(person, office) of every office of a state, at any time; for titles that have no role of their own."""
        people = self._rows_of("SELECT DISTINCT person_id FROM office WHERE code=?", (code,))
        return [(person, office) for (person,) in people for office in self.offices(person) if office.code == code]


def _holder_rank(office: Office, roles: tuple[str, ...], day: str) -> tuple[bool, bool, bool, str]:
    """The user's own rows, then tenures whose source knows the day, then the latest begun."""
    known = office.days_unknown(day) == 0
    return (office.own, known, office.role in roles[:2] or len(roles) == 1, office.first or "")
