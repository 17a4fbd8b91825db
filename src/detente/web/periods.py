"""Answers over days: the level of a relation, the network and the places of a period."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from detente.errors import BadSetting
from detente.places.table import table
from detente.store.asking import days
from detente.web import relating
from detente.web.codes import demand_pair
from detente.web.relating import PENDING
from detente.web.shapes import (
    Coming,
    LevelAnswer,
    LevelAsked,
    LevelDay,
    Line,
    NetworkAnswer,
    Node,
    PeriodAsked,
    Place,
    PlacesAnswer,
    TurningPoint,
)

if TYPE_CHECKING:
    from detente.relations.network import Network
    from detente.relations.relation import Turn
    from detente.web.stores import Desk

PATIENCE = 20.0
"""Seconds that the API waits for what is being worked out; a page waits a moment, and says so."""
YEAR = 365
MOST_PLACES = 400


def level(desk: Desk, a: str, b: str, asked: LevelAsked | None = None, *, patience: float = PATIENCE) -> LevelAnswer:  # noqa: ARG001 - `asked` says how it is printed
    """The level of a pair day by day, when it turned, and what is to come.

    Raises:
        BadSetting: Both are the same.
        NotThere: There is no level, and one of the codes is nobody's.
    """
    a, b = a.upper(), b.upper()
    if a == b:
        raise BadSetting("pair", f"{a}-{b}", "a relation has two sides; name two codes")
    found = relating.relation(desk, a, b, patience=patience)
    if not isinstance(found, relating.Worked):
        demand_pair(desk, a, b)
        return LevelAnswer(a=a, b=b, pending=found == PENDING, verdict=None, chance=None, why=None, days=[], turns=[], coming=[])
    told, s = found.relation, found.relation.series
    rows = zip(s.days, s.level, s.low, s.high, s.conflict, s.cooperation, strict=True)
    return LevelAnswer(
        a=a, b=b, pending=False, verdict=told.verdict.word, chance=told.verdict.chance, why=told.verdict.why,
        days=[LevelDay(day=d.isoformat(), level=v, low=lo, high=hi, conflict=n, cooperation=p) for d, v, lo, hi, n, p in rows],
        turns=[turned(a, b, turn) for turn in told.turns],
        coming=[Coming(what=o.what, who=o.who, weeks=o.weeks, mean=o.mean, low_80=o.low_80, high_80=o.high_80) for o in found.outlook],
    )  # fmt: skip


def turned(a: str, b: str, turn: Turn) -> TurningPoint:
    """A turning point, plain."""
    return TurningPoint(
        a=a, b=b, day=turn.day.isoformat(), chance=round(turn.chance, 4), conflict_before=turn.before["conflict"], conflict_after=turn.after["conflict"],
        cooperation_before=turn.before["cooperation"], cooperation_after=turn.after["cooperation"],
    )  # fmt: skip


def turning(desk: Desk) -> list[TurningPoint] | None:
    """The newest turning points of the busiest pairs; None while they are worked out."""
    found = relating.turns(desk)
    return None if found == PENDING else [turned(t.a, t.b, t.turn) for t in found or [] if isinstance(t, relating.Turned)]


def period(desk: Desk, asked: PeriodAsked) -> tuple[dt.date, dt.date] | None:
    """First and last day asked for; of the last year with events when none are named; None without any event that has a day.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    row = desk.ask("SELECT min(date) AS \"first\", max(date) AS \"last\", (SELECT max(published) FROM papers) AS published FROM single WHERE status = 'actual'")[0]
    if row["last"] is None:
        return None
    end = min(row["last"], row["published"] or row["last"])  # a text may speak of a day long after it
    # without an end: up to the newest, or the whole of what is named as the beginning where that lies behind it
    latest = days(asked.since, "since")[1] if asked.since else row["first"]
    until = days(asked.until, "until")[1] if asked.until else max(end, row["first"], latest)
    since = days(asked.since, "since")[0] if asked.since else until - dt.timedelta(YEAR)
    if since > until:
        raise BadSetting("since", since, f"it lies after {until}; give the earlier day first")
    return since, until


def network(desk: Desk, asked: PeriodAsked, *, patience: float = PATIENCE) -> NetworkAnswer:
    """States and the lines between them in a period: camps, brokers, levels.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    span = period(desk, asked)
    found: Any = None if span is None else relating.network(desk, *span, patience=patience)
    since, until = (None, None) if span is None else (span[0].isoformat(), span[1].isoformat())
    if found is None or found == PENDING:
        return NetworkAnswer(since=since, until=until, pending=found == PENDING, states=[], lines=[])
    return standing(found, since, until)


def standing(found: Network, since: str | None, until: str | None) -> NetworkAnswer:
    """The network of a period as an answer, most reports first."""
    return NetworkAnswer(
        since=since, until=until, pending=False,
        states=[Node(code=s.code, camp=s.camp, friends=s.friends, foes=s.foes, between=s.between) for s in found.states],
        lines=[Line(a=a, b=b, level=level, reports=reports) for a, b, level, reports in sorted(found.lines, key=lambda line: -line[3])],
    )  # fmt: skip


def places(desk: Desk, asked: PeriodAsked) -> PlacesAnswer:
    """Where events of a period took place; those of which no place is told, or none that the gazetteer knows, are counted as nowhere.

    Raises:
        BadSetting: A day is none, or they are reversed.
    """
    span = period(desk, asked)
    if span is None:
        return PlacesAnswer(since=None, until=None, places=[], nowhere=0)
    rows = desk.ask(
        f"""SELECT place, country, any_value(lat) AS lat, any_value(lon) AS lon, count(*) AS events, round(sum(event_scale), 2) AS points,
            count(*) FILTER (quad_code >= 3) AS hostile
            FROM (SELECT * FROM single WHERE status = 'actual' AND date >= ? AND enddate <= ?) LEFT JOIN placed USING (rank)
            GROUP BY place, country ORDER BY events DESC, place, country LIMIT {MOST_PLACES}""", list(span))  # fmt: skip
    found = [Place(**row | _where(row)) for row in rows]  # type: ignore[typeddict-item]
    there = [place for place in found if place["lat"] is not None]
    nowhere = sum(place["events"] for place in found if place["lat"] is None)
    return PlacesAnswer(since=span[0].isoformat(), until=span[1].isoformat(), places=there, nowhere=nowhere)


def _where(row: dict[str, Any]) -> dict[str, float | None]:
    """Where a place stands; a country as a whole, at its capital."""
    capital = table().capital(row["country"]) if row["lat"] is None and row["country"] else None
    return {} if capital is None else {"lat": capital.lat, "lon": capital.lon}
