"""Report → the blocks in which its fellows are looked for: who shares none of them is never compared.

A block is a period with something that reports of one happening have in common: a party, two parties, a place, a rare word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations, product

import numpy as np

from detente.reading.labels import TYPES
from detente.stories.report import Report

SURE = 3
"""Days: an interval of at most so many is looked for by its days, a longer one by its months."""

AROUND = 2
"""Days before and after in which a fellow may be dated: papers err by a day, or tell the day after."""

RECENT = 30
"""Days from the event to the paper within which it counts as news; older events are looked for by month too."""

MOST_MONTHS = 4
"""Months of an interval that are looked through; a longer one is looked for by its years."""

MOST_PARTIES = 4
"""Codes of a report that make blocks: who names more lists a conference."""

RARE_WORDS = 3
"""Rarest stems around a trigger that make blocks."""

TOPIC_WORDS = 4
"""Rarest stems of what a document tells that make blocks."""

SCENE_NAMES = 8
"""Rarest names of a document that make blocks: they bring reports together whose parties the reader missed."""

BACK = 35
"""Days before its paper in which a report that no time words date may have happened."""

MOST_TYPES = 2
"""Types of a report that make blocks."""

LIKELY = 28
"""Least root of a type's chance that makes a block, in 127ths: a chance of one in twenty."""

UNDATED = "?"
"""The period of reports of which neither the event's day nor the paper's is known."""


def blocks(report: Report) -> frozenset[str]:
    """The blocks that a report is put into: months, too, for those who tell of it when it is no news any more."""
    both = product((*periods(report), *_weeks(report)), (*_narrow(report), *_wide(report)))
    later = product(_months(report), _named(report))
    return frozenset(f"{period} {kept}" for period, kept in (*both, *later))


def nearby(report: Report) -> frozenset[str]:
    """The blocks in which its fellows may stand: its own, those of the days around, and narrow ones of the weeks around."""
    narrow, wide = [*_narrow(report)], [*_wide(report)]
    around = product((*_around(periods(report)), *_weeks_around(report)), narrow)
    sure = product((*_around(periods(report)), *_weeks(report)), wide)
    return frozenset(f"{period} {kept}" for period, kept in (*around, *sure))


def meet(ours: Report, theirs: Report) -> bool:
    """Whether the two are ever compared, from either side."""
    return not nearby(ours).isdisjoint(blocks(theirs)) or not nearby(theirs).isdisjoint(blocks(ours))


def periods(report: Report) -> frozenset[str]:
    """Days, months or years of a report: "d738594", "m2023-02", "y2014".

    What has no day, or only a wide one that reaches to the paper's, is news of the paper's day.
    """
    first, last, published = report.first, report.last, report.published
    if first is None or last is None:
        return frozenset([UNDATED] if published is None else [f"d{published}"])
    found = set()
    if last - first < SURE:
        found |= {f"d{day}" for day in range(first, last + 1)}
    elif published is not None and first - AROUND <= published <= last + AROUND:
        found.add(f"d{published}")
    if not found or published is None or published - last > RECENT:
        found |= _long(first, last)
    return frozenset(found)


def _long(first: int, last: int) -> set[str]:
    """The months of an interval, or its years when there are many."""
    start, end = dt.date.fromordinal(first), dt.date.fromordinal(last)
    months = range(12 * start.year + start.month - 1, 12 * end.year + end.month)
    if len(months) <= MOST_MONTHS:
        return {f"m{m // 12}-{m % 12 + 1:02d}" for m in months} | {f"y{m // 12}" for m in months}
    return {f"y{year}" for year in range(start.year, min(end.year, start.year + 10) + 1)}


def _months(report: Report) -> set[str]:
    """The month of a report whose day is known."""
    sure = _sure(report)
    return set() if sure is None else {period for period in _long(*sure) if period[0] == "m"}


def _sure(report: Report) -> tuple[int, int] | None:
    """The first and last day of a report whose day is known."""
    first, last = report.first, report.last
    return (first, last) if first is not None and last is not None and last - first < SURE else None


def _around(periods: frozenset[str]) -> set[str]:
    days = [int(p[1:]) for p in periods if p[0] == "d"]
    return set(periods) | {f"d{day + k}" for day in days for k in range(-AROUND, AROUND + 1)}


def _weeks(report: Report) -> set[str]:
    """The week of a report whose day is known, and of its paper: papers that err in the day still come out in one week."""
    sure = _sure(report)
    return {_week(day) for day in (sure and sure[0], report.published) if day is not None}


def _weeks_around(report: Report) -> set[str]:
    """The week before and after its day; all the weeks before its paper when no time words tell its day."""
    weeks = _weeks(report)
    around = {f"w{int(week[1:]) + k}" for week in weeks for k in (-1, 0, 1)}
    if not report.told_day and report.published is not None:
        around |= {_week(day) for day in range(report.published - BACK, report.published + 1, 7)}
    return around


def _week(day: int) -> str:
    return f"w{day // 7}"


def _narrow(report: Report) -> Iterator[str]:
    """What few share in a week: who and where, and a rare word."""
    yield from _named(report)
    yield from (f"={word}" for word in dict.fromkeys((*report.scene.rarest[:SCENE_NAMES], *report.context.rarest[:TOPIC_WORDS])))
    yield from (f"~{word}" for word in report.near.rarest[:RARE_WORDS])


def _named(report: Report) -> Iterator[str]:
    """Two parties, one party with one type, a place, a name."""
    parties = sorted(report.parties)[:MOST_PARTIES]
    yield from (f"{a}/{b}" for a, b in combinations(parties, 2))
    yield from (f"{report.type} {code}" for code in parties)
    yield from (f"@{place}" for place in report.places)
    yield from (f"#{name}" for name in report.names[:MOST_PARTIES])


def _wide(report: Report) -> Iterator[str]:
    """What many share in a week, so that in a large store it tells of days alone. Friendly and hostile acts are looked for apart."""
    side = "+" if report.quad <= 2 else "-"
    parties = sorted(report.parties)[:MOST_PARTIES]
    yield from (f"{side}{code}" for code in parties)
    yield from _types(report)
    if not parties:
        yield from (f"{report.type} {word}" for word in report.trigger)


def _types(report: Report) -> Iterator[str]:
    """Its type, and the two likeliest where the reader looked: the same act, told otherwise, is coded as either."""
    yield report.type
    if report.meaning is not None:
        roots = report.meaning.types
        likely = np.argsort(-roots, kind="stable")[:MOST_TYPES]
        yield from (TYPES[k] for k in likely.tolist() if roots[k] >= LIKELY and TYPES[k] != report.type)
