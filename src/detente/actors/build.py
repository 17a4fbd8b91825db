"""Builds the actor base from the folder of sources: `detente actors build --kb ../shared/data/kb --out base.sqlite`.

The base is one SQLite file, opened read-only at run time. Every row carries its source and the source's licence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from detente.actors.ingest import bodies, people, places
from detente.actors.ingest.merge import merged
from detente.actors.ingest.rows import KNOWS_UNTIL, LICENCES, OfficeRow, PersonRow
from detente.actors.words import norm_of
from detente.actors.writing import Writer, fresh_base, prominence, surname_of, write_meta
from detente.errors import BadSetting


def build(kb: Path, out: Path, *, towns: Path | None = None) -> Counter[str]:
    """Writes the base to `out` and gives the number of rows by kind.

    Raises:
        BadSetting: A source or the package of cities is missing.
    """
    try:
        return _build(kb, out, towns)
    except FileNotFoundError as error:
        raise BadSetting("--kb", str(kb), f"it must hold every source; missing: {error.filename}") from error
    except ModuleNotFoundError as error:
        raise BadSetting("--kb", str(kb), f"building needs {error.name}: pip install 'detente[build]'") from error


def _build(kb: Path, out: Path, towns: Path | None) -> Counter[str]:
    nations = places.Nations(kb)
    everyone = merged(_people(kb, nations))
    _add_leaders(everyone, people.reign_leaders(kb, nations))
    given = _given_names(everyone)
    surnames = frozenset(surname_of(person.name) for person in everyone if prominence(person) >= 0.6) | given
    groups = [
        *bodies.hand_bodies(),
        *bodies.kb_bodies(kb),
        *bodies.armed_groups(kb, nations),
        *bodies.phoenix_bodies(kb, nations),
    ]
    places_rows = [*nations.rows.values(), *places.metonyms(), *places.settlements(nations, towns, surnames)]
    with fresh_base(out, start=None) as base:
        writer = Writer(base)
        for source, licence in LICENCES.items():
            writer.source(source, licence)
        for row in (*places_rows, *groups):
            writer.body(row)
        for person in everyone:
            writer.person(person)
        writer.place_names()
        base.executemany("INSERT INTO given VALUES(?)", [(norm,) for norm in sorted(given)])
        write_meta(base, KNOWS_UNTIL)
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
            max(meeting, key=prominence).offices.append(held)
        elif len(words) > 1:
            everyone.append(PersonRow(name, held.code, "reign", offices=[held]))


def _overlap(one: OfficeRow, other: OfficeRow) -> bool:
    return (one.first or "") <= (other.last or "9999") and (other.first or "") <= (one.last or "9999")


def _given_names(everyone: list[PersonRow]) -> frozenset[str]:
    """First words of at least three people's names."""
    firsts = Counter(
        norm_of(person.name).split()[0] for person in everyone if " " in person.name and norm_of(person.name)
    )
    return frozenset(norm for norm, count in firsts.items() if count >= 3 and len(norm) > 2)
