"""Report → the blocks in which its fellows are looked for: who shares none of them is never compared.

A block is a period with something that reports of one happening have in common: a party, two parties, a place, a rare word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations, product

from detente.stories.report import Report
from detente.stories.words import weight

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

RARE_WORDS = 4
"""Rarest stems of a sentence that make blocks."""

UNDATED = "?"
"""The period of reports of which neither the event's day nor the paper's is known."""


def blocks(report: Report) -> frozenset[str]:
    """The blocks that a report is put into."""
    return frozenset(f"{period} {kept}" for period, kept in product(periods(report), _common(report)))


def nearby(report: Report) -> frozenset[str]:
    """The blocks in which its fellows may stand: its own, and those of the days around."""
    return frozenset(f"{period} {kept}" for period, kept in product(_around(periods(report)), _common(report)))


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


def _around(periods: frozenset[str]) -> set[str]:
    days = [int(p[1:]) for p in periods if p[0] == "d"]
    return set(periods) | {f"d{day + k}" for day in days for k in range(-AROUND, AROUND + 1)}


def _common(report: Report) -> Iterator[str]:
    """What fellows have in common. Friendly and hostile acts are looked for apart where only a party is shared."""
    side = "+" if report.quad <= 2 else "-"
    parties = sorted(report.parties)[:MOST_PARTIES]
    yield from (f"{side}{code}" for code in parties)
    yield from (f"{a}/{b}" for a, b in combinations(parties, 2))
    yield from (f"{report.type} @{place}" for place in report.places)
    yield from (f"~{word}" for word in sorted(report.words.words, key=lambda w: (-weight(w), w))[:RARE_WORDS])
    if not parties:
        yield from (f"{report.type} {word}" for word in report.trigger)
