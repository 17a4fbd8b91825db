"""One person out of several sources' rows: by Wikidata id, by the same name, or by first and last name with offices that meet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from detente.actors.days import days_between, last_day
from detente.actors.ingest.rows import KNOWS_UNTIL, OfficeRow, PersonRow
from detente.actors.known import SOURCES, TOOK_OFFICE
from detente.actors.titles import HEADS, TITLE_WORDS
from detente.actors.words import norm_of, sound_of

_ORDER = {source: place for place, source in enumerate(SOURCES)}
UNIQUE = {
    "head_of_state",
    "head_of_government",
    "foreign_minister",
    "defence_minister",
    "interior_minister",
    "finance_minister",
    "national_security_adviser",
    "ambassador",
    "speaker",
}  # offices that one person at a time holds
_NEXT_TERM = 45  # days between two terms, or by which sources differ on when one ended
_SNAPSHOT = "2022-07-19"
_HAND_UNTIL = last_day(KNOWS_UNTIL["hand"]) or ""
_BODIES = ("UNO", "EUR", "IGO")
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
_HONOURS = {"sheikh", "sir", "dame", "lord", "prince", "princess", "queen", "king"}
_JOINING = {sound_of(word) for word in ("al", "bin", "ibn", "de", "la")}  # words that stand in many names

_Seat = tuple[str, str, str | None]


class _Names:
    """Whose usual name, and whose alias, a folded name of a state is."""

    def __init__(self) -> None:
        self.usual: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.other: dict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, person: PersonRow, norms: set[str], at: int) -> None:
        """Notes the person's names under number `at`."""
        own = norm_of(person.name)
        for norm in norms:
            kept = (self.usual if norm == own else self.other)[norm, person.code]
            if at not in kept:
                kept.append(at)


def merged(people: Iterable[PersonRow]) -> list[PersonRow]:
    """The people, each once, with every alias and office; the best source gives the name.

    They are gone through twice, for a later row may tell that two earlier ones are one person: Wikidata's Sebastián Piñera is
    the one of the hand-written table by his name, and the Factbook's Piñera Echenique by what he was and when.
    """
    everyone = _each_once(_each_once(people))
    for person in everyone:
        person.offices = joined_offices(person.offices)
    _close_superseded(everyone)
    return everyone


def _each_once(people: Iterable[PersonRow]) -> list[PersonRow]:
    """The people, rows that are known to be of one person joined to the first of them."""
    found: dict[int, PersonRow] = {}
    by_id: dict[str, int] = {}
    index = _Names()
    by_ends: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    seats: dict[_Seat, list[tuple[str, int]]] = defaultdict(list)
    for person in sorted(people, key=lambda row: _ORDER[row.source]):
        norms = {norm_of(name) for name in (person.name, *person.aliases)} - {""}
        if not norms:
            continue
        known = (
            by_id.get(person.identifier or ""),
            _same_name(person, norms, index, found),
            _same_ends(person, by_ends, found),
            _same_seat(person, seats, found),
        )
        at = next((each for each in known if each is not None), len(found))
        if at not in found:
            found[at] = PersonRow(person.name, person.code, person.source, person.identifier)
        _join(found[at], person)
        index.add(person, norms, at)
        by_ends[(*_ends(person.name), person.code)].append(at)
        for row in (row for row in person.offices if row.role in UNIQUE):
            seats[row.role, row.code, row.of_country].append((row.first or "", at))
        if person.identifier:
            by_id.setdefault(person.identifier, at)
    return list(found.values())


def _same_name(person: PersonRow, norms: set[str], index: _Names, found: dict[int, PersonRow]) -> int | None:
    """The person of the same usual name; failing that, one with the name among the aliases and offices that meet."""
    own = norm_of(person.name)
    trusted = person.source in ("hand", "wikidata-2022", "us-congress", "ifg-ministers")
    for code in (person.code, *(_BODIES if person.source == "hand" else ())):
        for at in index.usual.get((own, code), ()):
            alike = trusted or _meet(found[at], person) or _both_lead(found[at], person)
            if alike and not _other_id(found[at], person):
                return at
    aliased: list[int] = [each for each in index.other[own, person.code] if not _other_id(found[each], person)]
    if len(aliased) == 1 and person.source == "hand":
        return aliased[0]
    for norm in (own, *sorted(norms)):
        known: list[int] = index.usual[norm, person.code] + index.other[norm, person.code]
        for each in known:
            if not _other_id(found[each], person) and _meet(found[each], person):
                return each
    return None


def _same_ends(
    person: PersonRow, by_ends: dict[tuple[str, str, str], list[int]], found: dict[int, PersonRow]
) -> int | None:
    for at in by_ends.get((*_ends(person.name), person.code), ()):
        if not _other_id(found[at], person) and _meet(found[at], person) and _same_middle(found[at], person):
            return at
    return None


def _same_middle(one: PersonRow, other: PersonRow) -> bool:
    """Whether what stands between first and last name may be one person's: Ahmad Abdullah Al Sabah is not Ahmad Nasser Al Sabah."""
    mine, theirs = ({sound_of(word) for word in _words(person.name)[1:-1]} - _JOINING for person in (one, other))
    return not mine or not theirs or bool(mine & theirs)


def _same_seat(person: PersonRow, seats: dict[_Seat, list[tuple[str, int]]], found: dict[int, PersonRow]) -> int | None:
    """Who took the same office of one person at the same time under a name that shares a word: "Haydar al-Abadi", "Haider Al-Abadi"."""
    for row in person.offices:
        if row.first is None or row.role not in UNIQUE:
            continue
        for first, at in seats.get((row.role, row.code, row.of_country), ()):
            near = first and abs(days_between(first, row.first)) <= TOOK_OFFICE
            if near and not _other_id(found[at], person) and _share_a_word(found[at], person):
                return at
    return None


def _share_a_word(one: PersonRow, other: PersonRow) -> bool:
    """Whether a word of one's names is, or sounds like, a word of the other's; titles and short words left out."""

    def words(person: PersonRow) -> set[str]:
        norms = " ".join(norm_of(name) for name in (person.name, *person.aliases)).split()
        return {
            word for word in norms if len(word) > 3 and word not in TITLE_WORDS and word not in ("khan", "abdul", "bin")
        }

    mine, theirs = words(one), words(other)
    sounds = {sound for word in mine if len(sound := sound_of(word)) > 2}
    return bool(mine & theirs) or any(sound_of(word) in sounds for word in theirs)


def _other_id(one: PersonRow, other: PersonRow) -> bool:
    return one.identifier is not None and other.identifier is not None and one.identifier != other.identifier


def _meet(one: PersonRow, other: PersonRow) -> bool:
    """Whether some offices of the two overlap or lie within 400 days of each other."""
    return any(_gap(mine, theirs) <= 400 for mine in one.offices for theirs in other.offices)


def _both_lead(one: PersonRow, other: PersonRow) -> bool:
    """Whether both were heads of one state: whoever has the name of a former head is that head, come back after years."""
    return bool(_led(one) & _led(other))


def _led(person: PersonRow) -> set[str]:
    return {row.code for row in person.offices if row.role in HEADS}


def _gap(one: OfficeRow, other: OfficeRow) -> int:
    first, second = sorted((one, other), key=lambda row: row.first or "0001-01-01")
    end, begin = first.last or "9999-12-31", second.first or "0001-01-01"
    return max(0, (dt.date.fromisoformat(begin) - dt.date.fromisoformat(end)).days)


def _ends(name: str) -> tuple[str, str]:
    words = _words(name) or [""]
    return words[0], words[-1]


def _words(name: str) -> list[str]:
    """The folded words of a name without initials, what stands behind it ("Jr.") and honours before it."""
    words = [word for word in norm_of(name).split() if word not in _SUFFIXES and len(word) > 1]
    return words[1:] if len(words) > 2 and words[0] in _HONOURS else words


def _join(kept: PersonRow, more: PersonRow) -> None:
    kept.identifier = kept.identifier or more.identifier
    names = {kept.name, more.name, *more.aliases}
    if kept.source == "factbook" and more.source == "wikidata-2022":
        kept.name, kept.source = (
            more.name,
            more.source,
        )  # Wikidata's label is the usual name, the Factbook's has every part
    kept.aliases |= {name for name in names if norm_of(name) != norm_of(kept.name)}
    kept.offices.extend(more.offices)


def joined_offices(offices: list[OfficeRow]) -> list[OfficeRow]:
    """The offices with the reports of several sources about one tenure made one, and terms that follow each other too.

    Of two reports the better source's days count, and a dated end beats an open one; where a row written by hand is open,
    the office was held at least as long as the hand knows.
    """
    done: list[OfficeRow] = []
    for row in sorted(
        offices, key=lambda row: (row.role, row.code, row.of_country or "", row.first or "", _ORDER[row.source])
    ):
        same = done[-1] if done else None
        alike = same is not None and (row.role, row.code, row.of_country) == (same.role, same.code, same.of_country)
        if (
            same is None
            or not alike
            or (row.role == "other" and row.title != same.title)
            or _gap(same, row) > _NEXT_TERM
        ):
            done.append(row)
            continue
        better = same if _ORDER[same.source] <= _ORDER[row.source] else row
        if same.source == row.source or _follows(same, row):
            same.last = row.last if same.last is None or row.last is None else max(same.last, row.last)
        else:
            ends = [held.last for held in (same, row) if held.last]
            later = (end for end in ends if better.source != "hand" or end > _HAND_UNTIL)
            same.first, same.last = better.first or same.first or row.first, better.last or next(later, None)
        same.title, same.source = better.title, better.source
    return done


def _follows(one: OfficeRow, other: OfficeRow) -> bool:
    """Whether the second is the next term: it begins when the first ends, give or take some days."""
    return (
        one.last is not None
        and other.first is not None
        and days_between(other.first, one.last) <= _NEXT_TERM
        and (other.last is None or days_between(one.last, other.last) > _NEXT_TERM)
    )


def _close_superseded(people: list[PersonRow]) -> None:
    """Ends offices open at the snapshot of 2022 where somebody else took the same office later."""
    later: dict[tuple[str, str, str | None], list[tuple[str, str]]] = defaultdict(list)
    for person in people:
        for row in person.offices:
            if row.role in UNIQUE and row.first and row.first > _SNAPSHOT:
                later[row.role, row.code, row.of_country].append((row.first, person.name))
    for person in people:
        for row in person.offices:
            if row.last is None and row.source == "wikidata-2022":
                begins = [
                    first
                    for first, name in later.get((row.role, row.code, row.of_country), ())
                    if name != person.name and first > (row.first or "")
                ]
                row.last = min(begins, default=None)
