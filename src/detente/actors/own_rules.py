"""The rules that a user's rows must keep among each other and towards the base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detente.actors.base import ActorBase
from detente.actors.ingest.roles import office
from detente.actors.ingest.rows import OfficeRow
from detente.actors.known import OWN
from detente.actors.own import SENT, OwnRow
from detente.actors.words import norm_of
from detente.errors import BadActorRow
from detente.ontology import PLOVER
from detente.ontology.plover import near


class Rules:
    """Checks rows one after the other against the base and the rows before."""

    def __init__(self, rows: tuple[OwnRow, ...], base: ActorBase, file: Path) -> None:
        self._base, self._file = base, str(file)
        self._known = base.states()
        self._codes = {*self._known, *PLOVER.nonstate_codes, *(row.code for row in rows if row.kind == "state")}
        states = [row for row in rows if row.kind == "state"]
        self._states = {norm_of(bare(name)): row.code for row in states for name in (row.name, *row.aliases)}
        self._bodies: dict[tuple[str, str], int] = {}  # (kind, code or name) → line
        self._words: dict[str, OwnRow] = {}  # folded words that tell a state or body → its row
        self._people: dict[str, list[OwnRow]] = {}  # folded name or alias of a person → rows

    def check(self, row: OwnRow) -> None:
        """Nothing when the row keeps every rule.

        Raises:
            BadActorRow: It does not.
        """
        broken = self._person(row) if row.kind == "person" else self._body(row)
        for rule in (*self._code(row), *broken):
            raise BadActorRow(self._file, row.line, rule)
        if row.kind == "person":
            for norm in _person_norms(row):
                self._people.setdefault(norm, []).append(row)

    def _code(self, row: OwnRow) -> Iterator[str]:
        for column, code in (("code", row.code), ("of_country", row.of_country)):
            if code is not None and code not in self._codes:
                yield (
                    f"{column} = {code!r}, but neither the base nor a state row of this table has it; "
                    f"{near(code, sorted(self._codes))}"
                )

    # --- states and bodies ---------------------------------------------------------------------

    def _body(self, row: OwnRow) -> Iterator[str]:
        key = (row.kind, row.code if row.kind == "state" else norm_of(row.name))
        if key in self._bodies:
            yield f"{row.kind} {key[1]!r} stands in line {self._bodies[key]} already; make it one row"
        self._bodies[key] = row.line
        number = self._known.get(row.code) if row.kind == "state" else None
        if number is not None and not self._is_called(number, row):
            known = self._base.row(number).name
            yield f"code = {row.code!r}, but that is {known}; choose another code, or name the row {known!r} to give it more names"
        for word in tell_words(row):
            other = self._words.setdefault(norm_of(word), row)
            if other is not row:
                yield f"{word!r} tells {other.name!r} of line {other.line} already; a word can tell one actor only"

    def _is_called(self, number: int, row: OwnRow) -> bool:
        names = {norm_of(row.name), norm_of(bare(row.name))}
        return norm_of(self._base.row(number).name) in names or any(self._base.place_named(n) == number for n in names)

    # --- people ----------------------------------------------------------------------------------

    def _person(self, row: OwnRow) -> Iterator[str]:
        for other in self._people.get(norm_of(row.name), ()):
            if other.facts == row.facts:
                yield f"it says the same as line {other.line}"
        for norm in _person_norms(row):
            for other in self._people.get(norm, ()):
                if other.code == row.code and not same_person(other, row) and not _told_apart(other, row):
                    yield f"{norm!r} names {other.name!r} of line {other.line} too; give both an identifier, or one name"
        yield from self._office(row)

    def _office(self, row: OwnRow) -> Iterator[str]:
        if row.title is None:
            return
        mine = self.office_of(row)
        if row.of_country is not None and mine.role not in SENT:
            yield f"of_country = {row.of_country!r}, but role {mine.role} has no host; only {', '.join(sorted(SENT))} have"
        if row.of_country is None and mine.role in ("ambassador", "charge_d_affaires"):
            yield f"title = {row.title!r}, but an ambassador needs of_country, the code of the host"
        for other in self._people.get(norm_of(row.name), ()):
            if other.title is not None and same_person(other, row) and clash(self.office_of(other), mine):
                yield (
                    f"the days of this office overlap line {other.line}'s; end one before the other begins, "
                    "or name two sources that disagree"
                )

    def code(self, name: str) -> str | None:
        """The code of the state of that name, in the table or the base."""
        norm = norm_of(bare(name))
        if norm in self._states:
            return self._states[norm]
        number = self._base.place_named(norm)
        return self._base.row(number).code if number is not None else None

    def office_of(self, row: OwnRow) -> OfficeRow:
        """The office that a person's row tells; role and sector from its title where the row names none."""
        held = office(
            row.title or "",
            row.code,
            row.first or "",
            row.last or "",
            source_of(row),
            of_country=row.of_country,
            states=self,
        )
        held.role = row.role or held.role
        held.sector = row.sector or held.sector
        return held


def source_of(row: OwnRow) -> str:
    """The source of the row as the base writes it: "own", or "own: Gazette 12"."""
    return f"{OWN}: {row.source}" if row.source else OWN


def bare(name: str) -> str:
    """The name without a leading "the"."""
    return name[4:] if name.lower().startswith("the ") else name


def tell_words(row: OwnRow) -> list[str]:
    """Every word or run of words that tells the state or body of the row, "the" left out."""
    capital = [row.capital] if row.capital else []
    return [bare(word) for word in (row.name, *row.aliases, *row.demonyms, *row.adjectives, *capital)]


def same_person(one: OwnRow, other: OwnRow) -> bool:
    """Whether two rows speak of one person: one identifier, or one name and code and no two identifiers."""
    if one.identifier is not None and other.identifier is not None:
        return one.identifier == other.identifier
    return norm_of(one.name) == norm_of(other.name) and one.code == other.code


def clash(one: OfficeRow, other: OfficeRow) -> bool:
    """Whether one source tells one person's tenure of one office twice."""
    seat = (one.role, one.code, one.of_country) == (other.role, other.code, other.of_country)
    if not seat or (one.role == "other" and norm_of(one.title) != norm_of(other.title)) or one.source != other.source:
        return False
    return (one.first or "") <= (other.last or "9999") and (other.first or "") <= (one.last or "9999")


def _told_apart(one: OwnRow, other: OwnRow) -> bool:
    return one.identifier is not None and other.identifier is not None


def _person_norms(row: OwnRow) -> set[str]:
    return {norm_of(name) for name in (row.name, *row.aliases)}
