"""How much of the time since 1990 the base knows who held each state's main offices."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from detente.actors.base import ActorBase
from detente.actors.days import days_between
from detente.actors.ingest.rows import TABLES, csv_rows
from detente.actors.known import Office

BEGIN = "1990-01-01"
# What is counted → the roles that count for it. A "leader" is told without saying whether of state or of government.
ROLES: dict[str, tuple[str, ...]] = {
    "head of state": ("head_of_state",),
    "head of government": ("head_of_government",),
    "either, or leader": ("head_of_state", "head_of_government", "leader"),
    "foreign minister": ("foreign_minister",),
    "defence minister": ("defence_minister",),
    "interior minister": ("interior_minister",),
    "finance minister": ("finance_minister",),
}
GAP = 0.5  # a state of which less is known counts as a gap


class Share(msgspec.Struct, frozen=True):
    """Days of a state and role in a decade: how many there are, and on how many somebody is known to hold the office."""

    code: str
    role: str
    decade: str
    days: int
    known: int


class Coverage(msgspec.Struct, frozen=True):
    """The shares of every state, role and decade, and through which day they were counted."""

    first: str
    last: str
    states: int
    shares: tuple[Share, ...]

    def of(self, role: str, *, decade: str | None = None, code: str | None = None) -> float:
        """Share of state-days with a known holder, 0 to 1."""
        days = known = 0
        for share in self.shares:
            if share.role == role and decade in (None, share.decade) and code in (None, share.code):
                days, known = days + share.days, known + share.known
        return known / days if days else 0.0

    @property
    def decades(self) -> tuple[str, ...]:
        """The decades, in order."""
        return tuple(dict.fromkeys(share.decade for share in self.shares))

    @property
    def codes(self) -> tuple[str, ...]:
        """The states, in order."""
        return tuple(dict.fromkeys(share.code for share in self.shares))


def coverage(base: ActorBase, *, last: str | None = None) -> Coverage:
    """The shares of days with a known holder, for the members and observers of the UN, Taiwan and Kosovo since each exists.

    Args:
        base: The base.
        last: The last day counted; the day on which the base was built when None.
    """
    end = last if last is not None else base.meta["built"]
    shares = []
    offices: dict[tuple[str, str], list[Office]] = defaultdict(list)
    for office in base.every_office():
        offices[office.code, office.role].append(office)
    states = [row for row in csv_rows(TABLES / "states.csv") if not row["until"]]
    for state in states:
        for role, roles in ROLES.items():
            spans = list(_joined(_spans(office for each in roles for office in offices[state["code"], each])))
            for decade, first, final in _decades(state["since"] or BEGIN, end):
                days = days_between(first, final) + 1
                shares.append(
                    Share(state["code"], role, decade, days, sum(_common(span, (first, final)) for span in spans))
                )
    return Coverage(BEGIN, end, len(states), tuple(shares))


def coverage_table(found: Coverage) -> str:
    """The shares by role and decade, then the states of which least is known, by role."""
    lines = [f"share of state-days with a known holder, {found.states} states, {found.first} to {found.last}", ""]
    lines.append(_line("", [*found.decades, "all"]))
    for role in ROLES:
        values = [found.of(role, decade=decade) for decade in (*found.decades, None)]
        lines.append(_line(role, [f"{value:.2f}" for value in values]))
    lines += ["", f"states with a holder known on less than {GAP:.0%} of their days, least known first:"]
    for role in ROLES:
        worst = sorted((share, code) for code in found.codes if (share := found.of(role, code=code)) < GAP)
        lines.append(f"{role}: {len(worst)} ({', '.join(code for _, code in worst) or 'none'})")
    return "\n".join(lines) + "\n"


def states_table(found: Coverage) -> str:
    """One line a state: the share of its days since 1990 with a known holder, by role."""
    short = [role.replace(" minister", "").replace("either, or ", "") for role in ROLES]
    lines = [_line("", short, width=19)]
    lines += [_line(code, [f"{found.of(role, code=code):.2f}" for role in ROLES], width=19) for code in found.codes]
    return "\n".join(lines) + "\n"


def _line(name: str, values: list[str], *, width: int = 8) -> str:
    return f"{name:<20}" + "".join(f"{value:>{width}}" for value in values)


def _decades(since: str, end: str) -> Iterator[tuple[str, str, str]]:
    """(name, first day, last day) of each decade in which the state existed."""
    for year in range(int(BEGIN[:4]), int(end[:4]) + 1, 10):
        first, last = max(f"{year}-01-01", since), min(f"{year + 9}-12-31", end)
        if first <= last:
            yield f"{year}s", first, last


def _spans(offices: Iterable[Office]) -> Iterator[tuple[str, str]]:
    """(first, last) day of each tenure of which the beginning is known, as far as its source knows."""
    for office in offices:
        last = office.last or office.until or dt.date.max.isoformat()
        if office.first is not None and office.first <= last and not office.overruled:
            yield office.first, last


def _joined(spans: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The spans without overlaps, in order."""
    held: tuple[str, str] | None = None
    for first, last in sorted(spans):
        if held is not None and first <= held[1]:
            held = (held[0], max(held[1], last))
            continue
        if held is not None:
            yield held
        held = (first, last)
    if held is not None:
        yield held


def _common(one: tuple[str, str], other: tuple[str, str]) -> int:
    """Days that both spans hold."""
    return max(0, days_between(max(one[0], other[0]), min(one[1], other[1])) + 1)
