"""What the base gives, as records: words that tell a nation, rows, offices, sources and whom a name may mean."""

from __future__ import annotations

import datetime as dt

import msgspec

from detente.actors.days import days_between
from detente.records import Span

OWN = "own"  # sources of the user's own rows begin with this word; they are stronger than the base's

# Roles that many hold at once; the index over offices leaves them out, so a query must say so in the same words to use it.
MANY = ("other", "minister", "legislator", "deputy", "governor", "mayor", "judge")
OF_ONE = "role NOT IN ({})".format(", ".join(f"'{role}'" for role in MANY))

# Sources from the best on: of two rows about one tenure of one person the better one's days count.
SOURCES = ("hand", "us-congress", "ifg-ministers", "factbook", "wikidata", "wikidata-2022", "reign", "phoenix")
# Sources whose days were looked up one by one. Of the others the Factbook lists some long after they left, and wikidata-2022 holds
# permanent secretaries called ministers.
FIRM_SOURCES = frozenset({"hand", "us-congress", "ifg-ministers"})
TOOK_OFFICE = 62  # days by which sources differ on when somebody took office


class NationHit(msgspec.Struct, frozen=True):
    """Words that tell a nation: where, whose code, the sector of a metonym, which kind of word, and the base's row."""

    span: Span
    code: str
    sector: str | None
    kind: str
    row: int


class Source(msgspec.Struct, frozen=True):
    """Where facts come from, under which licence, and the last day it knows of; None where it knows every day it tells."""

    name: str
    licence: str
    until: str | None = None


class ActorRow(msgspec.Struct, frozen=True):
    """A row of the base: a state, person, organisation, group or place."""

    id: int
    kind: str
    name: str
    code: str | None
    sector: str | None
    identifier: str | None
    source: str

    @property
    def own(self) -> bool:
        """Whether the user added it."""
        return self.source.startswith(OWN)


class Tenure(msgspec.Struct, frozen=True):
    """An office and its days, both inside, None where nobody knows; and the name of the source that says so."""

    title: str
    role: str
    code: str
    sector: str
    of_country: str | None
    first: str | None
    last: str | None
    source: str


class Office(Tenure, frozen=True):
    """An office as the base has it.

    `until` is the last day its source knows of. `overruled`: the user's own row tells this tenure otherwise.
    """

    until: str | None = None
    overruled: bool = False

    @property
    def own(self) -> bool:
        """Whether the user added it."""
        return self.source.startswith(OWN)

    @property
    def firm(self) -> bool:
        """Whether its source looks days up one by one, as the user's own rows are held to."""
        return self.own or self.source in FIRM_SOURCES

    def held_on(self, day: str) -> bool:
        """Whether the office was held on that ISO day, as far as known."""
        within = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        return within and not self.overruled

    def days_from(self, day: dt.date) -> int:
        """Days between the office's time and `day`; 0 inside."""
        iso = day.isoformat()
        if self.held_on(iso):
            return 0
        near = self.first if self.first is not None and iso < self.first else self.last
        return abs((dt.date.fromisoformat(near) - day).days) if near else 0

    def days_unknown(self, day: str) -> int:
        """How many days before `day` the source's knowledge of this office ends; 0 where it reaches that day."""
        if self.last is not None or self.until is None:
            return 0
        return max(0, days_between(self.until, day))

    def same_seat(self, other: Office) -> bool:
        """Whether both rows speak of one office of one state."""
        mine, theirs = (self.role, self.code, self.of_country), (other.role, other.code, other.of_country)
        return mine == theirs and (self.role != "other" or self.title.lower() == other.title.lower())

    def believed_before(self, other: Office) -> bool:
        """Whether the days of this tenure alone were looked up, and the two share more than sources differ by at a change."""
        if not self.same_seat(other) or not self.firm or other.firm:
            return False
        first = max(self.first or dt.date.min.isoformat(), other.first or dt.date.min.isoformat())
        last = min(self.last or dt.date.max.isoformat(), other.last or dt.date.max.isoformat())
        return first < last and days_between(first, last) > TOOK_OFFICE

    def meets(self, other: Office) -> bool:
        """Whether the two share a day."""
        return (self.first or "") <= (other.last or "9999") and (other.first or "") <= (self.last or "9999")


def standing(offices: tuple[Office, ...]) -> tuple[Office, ...]:
    """One person's offices, those marked overruled that a row of the user's own tells otherwise."""
    own = [office for office in offices if office.own]
    return tuple(
        msgspec.structs.replace(office, overruled=True)
        if not office.own and any(office.same_seat(mine) and office.meets(mine) for mine in own)
        else office
        for office in offices
    )


class Candidate(msgspec.Struct, frozen=True):
    """Somebody a name may mean: the row, how well it fits (0 to 1), why, and the office held on the day asked for."""

    actor: ActorRow
    score: float
    why: str
    office: Office | None = None
    offices: tuple[Office, ...] = ()
