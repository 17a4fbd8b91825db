"""Writes the base: its tables, and people and bodies with their names."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from detente.actors.base import FORMAT
from detente.actors.ingest.rows import BodyRow, PersonRow
from detente.actors.known import OF_ONE, OWN
from detente.actors.words import norm_of, sound_of
from detente.errors import BadSetting

SCHEMA = """
CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT NOT NULL, licence TEXT NOT NULL);
CREATE TABLE actor(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, code TEXT, sector TEXT, identifier TEXT,
                   source INTEGER NOT NULL);
CREATE TABLE name(norm TEXT NOT NULL, actor_id INTEGER NOT NULL, kind TEXT NOT NULL, weight INTEGER NOT NULL,
                  PRIMARY KEY(norm, actor_id, kind)) WITHOUT ROWID;
CREATE TABLE place_name(norm TEXT PRIMARY KEY, actor_id INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT, sector TEXT,
                        actor_kind TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE given(norm TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE office(person_id INTEGER NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL, role TEXT NOT NULL, code TEXT NOT NULL,
                    sector TEXT NOT NULL, of_country TEXT, first TEXT, last TEXT, source INTEGER NOT NULL,
                    PRIMARY KEY(person_id, number)) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
INDEXES = f"CREATE INDEX office_by ON office(code, role) WHERE {OF_ONE};"

# How likely a name without further words means this person: heads of state first.
_PROMINENCE = {
    "head_of_state": 1.0, "head_of_government": 1.0, "leader": 0.95, "foreign_minister": 0.8,
    "foreign_policy_chief": 0.8, "defence_minister": 0.75, "vice_president": 0.75,
    "national_security_adviser": 0.7, "speaker": 0.6, "interior_minister": 0.6, "finance_minister": 0.6, "spokesperson": 0.5, "ambassador": 0.45,
    "envoy": 0.5, "minister": 0.45, "deputy": 0.4, "legislator": 0.35,
}  # fmt: skip


def prominence(person: PersonRow) -> float:
    """How well known a person is, 0 to 1: by the highest office; whoever was written down by hand is known in world news."""
    known = {"hand": 0.6}.get(person.source, 1.0 if person.source.startswith(OWN) else 0.2)
    return max([known, *(_PROMINENCE.get(row.role, 0.3) for row in person.offices)])


_PARTICLES = {
    "al",
    "el",
    "bin",
    "ben",
    "de",
    "da",
    "do",
    "dos",
    "del",
    "della",
    "van",
    "von",
    "der",
    "den",
    "la",
    "le",
    "ibn",
    "abu",
    "ould",
    "ter",
    "di",
    "san",
}
# Names of these states put the family name first.
_FAMILY_FIRST = {"CHN", "TWN", "HKG", "KOR", "PRK", "VNM", "MAC", "KHM"}

# There the first name is the one used after "Mr.".
_FIRST_NAMES = {"MYS", "IDN", "ETH", "ERI", "BRN"}


def surname_of(name: str) -> str:
    """The family name with its particles, folded, family name last: "Jaap de Hoop Scheffer" gives "scheffer"."""
    words = [
        word for word in norm_of(re.sub(r"\b(?:Jr|Sr)\.?$", "", name)).split() if not re.fullmatch(r"[ivx]{2,}", word)
    ]
    return words[-1] if words else ""


def _surnames(person: PersonRow) -> set[str]:
    """Every form a later mention may use: last word, its other spellings, with its particles, first word for family-first names."""
    words = norm_of(re.sub(r"\b(?:Jr|Sr)\.?$", "", person.name)).split()
    last = surname_of(person.name)
    forms = {last} | {form for name in person.aliases if sound_of(form := surname_of(name)) == sound_of(last)}
    for at, word in enumerate(words):
        if at and word in _PARTICLES:
            forms.add(" ".join(words[at:]))
            break
    if person.code in _FAMILY_FIRST and words:
        forms = {words[0]} | (forms if not person.name.split()[-1][:1].isupper() else set())
    if person.code in _FIRST_NAMES and len(words[0]) > 3:
        forms.add(words[0])
    if len(words) > 2 and person.code not in _FAMILY_FIRST and prominence(person) >= 0.75:
        forms.add(" ".join(words[-2:]))
    return {form for form in forms if len(form) > 1}


class Writer:
    """Gives numbers and writes rows; of two bodies with one name the heavier keeps it in `place_name`."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self.counts: Counter[str] = Counter()
        self.owners: dict[str, tuple[float, int, str, str | None, str | None, str]] = {}
        self.ids: int = base.execute("SELECT coalesce(max(id), 0) FROM actor").fetchone()[0]
        self.sources: dict[str, int] = dict(base.execute("SELECT name, id FROM source"))

    def source(self, name: str, licence: str) -> int:
        """The number of a source, which is written when it is new."""
        if name not in self.sources:
            self.sources[name] = max(self.sources.values(), default=0) + 1
            self.base.execute("INSERT INTO source VALUES(?,?,?)", (self.sources[name], name, licence))
        return self.sources[name]

    def body(self, row: BodyRow) -> int:
        """Writes a state, place, organisation or group, and gives its number."""
        actor = self._actor(row.kind, row.name, row.code, row.sector, row.identifier, row.source)
        if all(norm_of(name) != norm_of(row.name) for name, _, _ in row.names) and not row.name.startswith("places of"):
            row.names.append((row.name, "name", 0.9))
        self.body_names(actor, row)
        return actor

    def body_names(self, actor: int, row: BodyRow) -> None:
        """Writes the names of a body that has its number already."""
        for name, kind, weight in row.names:
            norm = norm_of(name)
            if len(norm) < 2 or (len(norm) < 3 and kind != "acronym"):
                continue
            if row.kind in ("org", "group"):
                self.base.execute(
                    "INSERT OR IGNORE INTO name VALUES(?,?,?,?)", (norm, actor, kind, round(100 * weight))
                )
            if weight > self.owners.get(norm, (0.0,))[0]:
                self.owners[norm] = (weight, actor, kind, row.code, row.sector, row.kind)

    def person(self, person: PersonRow) -> int:
        """Writes a person with names, surnames, sounds and offices, and gives the number."""
        sector = person.sector or (person.offices[-1].sector if person.offices else None)
        actor = self._actor("person", person.name, person.code, sector, person.identifier, person.source)
        self.person_names(actor, person)
        self.offices(actor, person, begin=0)
        return actor

    def person_names(self, actor: int, person: PersonRow) -> None:
        """Writes every form by which a person who has a number may be called."""
        weight = prominence(person)
        own = norm_of(person.name)
        rows = {(own, "name"): weight}
        rows |= {(norm_of(alias), "alias"): weight * 0.95 for alias in person.aliases if norm_of(alias) != own}
        surnames = _surnames(person)
        rows |= {(form, "surname"): weight for form in surnames if form != own}
        if weight >= 0.45:
            rows |= {(sound, "sound"): weight for form in surnames if len(sound := sound_of(form.split()[-1])) > 1}
        self.base.executemany(
            "INSERT OR IGNORE INTO name VALUES(?,?,?,?)",
            [(norm, actor, kind, round(100 * each)) for (norm, kind), each in rows.items() if norm],
        )

    def offices(self, actor: int, person: PersonRow, *, begin: int) -> None:
        """Writes a person's offices, numbered from `begin`."""
        self.base.executemany(
            "INSERT INTO office VALUES(?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    actor,
                    number,
                    row.title,
                    row.role,
                    row.code,
                    row.sector,
                    row.of_country,
                    row.first,
                    row.last,
                    self.sources[row.source],
                )
                for number, row in enumerate(person.offices, start=begin)
            ],
        )
        self.counts["office"] += len(person.offices)

    def place_names(self) -> None:
        """Writes the words that tell a nation or body; what stands there under the same words is replaced."""
        self.base.executemany(
            "INSERT OR REPLACE INTO place_name VALUES(?,?,?,?,?,?)",
            [(norm, *owner[1:]) for norm, owner in self.owners.items()],
        )
        self.counts["place_name"] = len(self.owners)

    def _actor(
        self, kind: str, name: str, code: str | None, sector: str | None, identifier: str | None, source: str
    ) -> int:
        self.ids += 1
        self.counts[kind] += 1
        self.base.execute(
            "INSERT INTO actor VALUES(?,?,?,?,?,?,?)",
            (self.ids, kind, name, code, sector, identifier, self.sources[source]),
        )
        return self.ids


@contextmanager
def fresh_base(out: Path, *, start: Path | None) -> Iterator[sqlite3.Connection]:
    """A base to write in: empty or a copy of `start`. It takes the place of `out` at the end, or vanishes when something fails.

    Raises:
        BadSetting: `out` cannot be written.
    """
    fresh = out.with_name(f".{out.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        if start is not None:
            shutil.copyfile(start, fresh)
        with closing(sqlite3.connect(fresh)) as base:
            base.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
            if start is None:
                base.executescript(SCHEMA)
            yield base
            if start is None:
                base.executescript(INDEXES)
                base.commit()
                base.execute("VACUUM")
            base.commit()
        fresh.replace(out)
    except (OSError, sqlite3.OperationalError) as error:
        raise BadSetting("out", str(out), f"it cannot be written: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)


def write_meta(base: sqlite3.Connection, knows_until: dict[str, str]) -> None:
    """Writes what the base is, when it was built, and through which day each source knows."""
    built = dt.datetime.now(tz=dt.UTC).date().isoformat()
    meta = {"format": FORMAT, "version": built[:7].replace("-", "."), "built": built, "builder": _package_version()}
    meta |= {f"knows_until:{source}": day for source, day in knows_until.items()}
    base.executemany("INSERT OR REPLACE INTO meta VALUES(?,?)", sorted(meta.items()))


def _package_version() -> str:
    try:
        return f"detente {version('detente')}"
    except PackageNotFoundError:
        return "detente (not installed)"
