"""The actor base: who is called what, which words tell a nation, who held which office on a day.

`ActorBase.open()` opens the packaged SQLite file read-only; names of places are loaded on the first use (about 30 ms).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from detente.actors.days import last_day
from detente.actors.known import ActorRow, Candidate, NationHit, Office, Source, standing
from detente.actors.matcher import Hit, Matcher
from detente.actors.search import candidates
from detente.actors.titles import HEADS, role_of
from detente.actors.words import norm_of, sound_of
from detente.errors import BadSetting

FORMAT = "1"
_PACKAGED = "base.sqlite"
_NATION_KINDS = frozenset(
    {"name", "acronym", "demonym", "adjective", "capital", "city", "region", "metonym", "context"}
)


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
        self._found: dict[tuple[str, dt.date | None, str | None], tuple[Candidate, ...]] = {}
        self.meta: dict[str, str] = dict(self._rows_of("SELECT key, value FROM meta"))
        self._sources: dict[int, Source] = {
            number: Source(name, licence, last_day(self.meta.get(f"knows_until:{name}", "")))
            for number, name, licence in self._rows_of("SELECT id, name, licence FROM source")
        }

    @classmethod
    def open(cls, path: Path | None = None) -> ActorBase:
        """The base at `path`, or the one in the package.

        Raises:
            BadSetting: There is no base, or it is of another format.
        """
        place = path if path is not None else Path(str(files("detente.actors").joinpath(_PACKAGED)))
        if not place.is_file():
            raise BadSetting("actors", str(place), "it must be a file; build one with `python -m detente.actors.build`")
        connection = sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            base = cls(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise BadSetting(
                "actors", str(place), "it must be an actor base; build one with `python -m detente.actors.build`"
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
            query = (
                "SELECT title, role, code, sector, of_country, first, last, source FROM office "
                "WHERE person_id=? ORDER BY first"
            )
            told = [
                Office(title, role, code, sector, host, first, last, self._sources[at].name, self._sources[at].until)
                for title, role, code, sector, host, first, last, at in self._rows_of(query, (person,))
            ]
            self._offices[person] = standing(tuple(told))
        return self._offices[person]

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
        """Who held an office of a state on a day, the latest sworn in first: ("foreign minister", "CHN", on=…).

        Args:
            role_or_title: A role ("foreign_minister") or words of a title ("China's foreign minister").
            code: The state whose office it is; for an ambassador the sending state.
            on: The day.
            of_country: For ambassadors the host.
        """
        role = role_or_title if "_" in role_or_title or role_or_title in HEADS else role_of(role_or_title)
        if role is None or (role in ("ambassador", "envoy") and of_country is None):
            return ()
        roles = HEADS if role == "leader" else (role,)
        marks = ",".join("?" * len(roles))
        query = (
            "SELECT DISTINCT person_id FROM office WHERE code=? AND role IN (" + marks + ") "  # noqa: S608 - only question marks
            "AND role NOT IN ('other', 'minister', 'legislator', 'deputy', 'governor', 'mayor', 'judge')"
        )
        day = on.isoformat()
        found = []
        for (person,) in self._rows_of(query, (code, *roles)):
            for office in self.offices(person):
                fits = (
                    office.code == code
                    and office.role in roles
                    and (of_country is None or office.of_country == of_country)
                )
                if fits and office.held_on(day):
                    found.append((_holder_rank(office, roles, day), person, office))
                    break
        found.sort(key=lambda item: item[0], reverse=True)
        return tuple(
            Candidate(
                self.row(person),
                round(0.95 / (1 + at), 3),
                f"{office.title} of {code} on {day} ({office.source})",
                office,
                self.offices(person),
            )
            for at, (_, person, office) in enumerate(found)
        )


def _holder_rank(office: Office, roles: tuple[str, ...], day: str) -> tuple[bool, bool, bool, str]:
    """The user's own rows, then tenures whose source knows the day, then the latest begun."""
    known = office.days_unknown(day) == 0
    return (office.own, known, office.role in roles[:2] or len(roles) == 1, office.first or "")
