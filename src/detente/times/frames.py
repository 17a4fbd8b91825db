"""Third layer: stretches between points: "since March", "from 2001 to 2005", "by the end of the year", "for a fourth day"."""

from __future__ import annotations

import datetime as dt

from detente.records import Interval
from detente.times import amounts, days, recurring
from detente.times.cascade import Found, Layer, Node, Now
from detente.times.tokens import DAYPART, UNIT

frames = Layer()
rule = frames.rule


@rule("frame", "(ever|dating|continuously)? since (about|around|at least|back|then in)? the? start:(POINT|NTH)")
def since(found: Found, now: Now) -> Interval | None:
    """From the first day of the point to publication (codebook, section 4)."""
    return since_point(found.nodes("start")[0], now)


def since_point(point: Node, now: Now) -> Interval | None:
    """From the first day that `point` means, looking back, to publication."""
    start = point.read(now._replace(tense="past"))
    if start is None or now.published is None or start.first > now.published:
        return None
    return days.span(start.first, now.published)


@rule("frame", "(ever)? since then")
@rule("frame", "since", running=False)
def since_then(_: Found, now: Now) -> Interval | None:
    """From what was told before to publication."""
    if now.anchor is None or now.published is None or now.anchor.first > now.published:
        return None
    return days.span(now.anchor.first, now.published)


@rule("frame", "between first:POINT and last:POINT", "from first:POINT (to|until|till|through|into) last:POINT")
@rule("frame", "first:POINT (DASH|to|through|until|till) last:POINT")
@rule("frame", "first:POINT and last:POINT", running=False)
def between(found: Found, now: Now) -> Interval | None:
    """From the first day of the one to the last day of the other; "between March and May 2004" shares the year."""
    first, last = found.when("first", now), found.when("last", now)
    if first is None or last is None:
        return None
    if (found.nodes("first")[0].kind == "recurring" and last.first < first.first) or _shares_year(found):
        words = recurring.stripped(found.words("first"))
        among = recurring.occurrences(words, last.first)
        earlier = recurring.latest(among, last.first)
        first = earlier or first
    elif last.first < first.first and found.nodes("last")[0].kind == "recurring":
        among = recurring.occurrences(recurring.stripped(found.words("last")), first.last)
        last = recurring.earliest(among, first.last) or last
    return days.join(first, last) if first.first <= last.last else None


def _shares_year(found: Found) -> bool:
    """Whether only the second point carries its year."""
    first, last = found.nodes("first")[0], found.nodes("last")[0]
    dated = any(len(word) == 4 and word.isdecimal() for word in last.words)
    return dated and first.kind == "recurring" and last.kind == "date"


@rule("frame", "(by|until|till|up to|through|up until|before|ahead of|prior to|no later than) the? point:POINT")
@rule("frame", "(by|until|till|before) edge:(year DASH? end)")
def until(found: Found, now: Now) -> Interval | None:
    """By Friday: from publication to that day. In the past only "by" tells the day itself; "until" and "before" have no start."""
    point = found.when("point", now)
    if found.word("edge") and now.published:
        point = days.year(now.published.year)
    if point is None or now.published is None:
        return None if now.published is None and "by" not in found.everything() else point
    exclusive = {"before", "ahead", "prior"} & set(found.everything())
    last = point.last
    if exclusive and point.precision == "day" and point.last > now.published:
        last -= dt.timedelta(1)
    if now.published < point.last:
        return days.span(now.published, last)
    return point if "by" in found.everything() or point.last == now.published or _hour(found) else None


@rule("frame", "(shortly|just|soon|well)? (before|by|after|until|around|through) (the|last)? hour:HOUR", running=False)
@rule("frame", "a little (before|after) hour:HOUR", running=False)
def about_hour(found: Found, now: Now) -> Interval | None:
    """Before dawn, by nightfall: the day that such an hour means."""
    return found.when("hour", now)


def _hour(found: Found) -> bool:
    """Whether the point is an hour of a day: "before dawn on Tuesday" is Tuesday."""
    return any(word in DAYPART or word in {"hours", "a.m.", "p.m."} for word in found.words("point"))


@rule("frame", "(after|following) the? point:POINT", "from the? point:(POINT|NTH) (on|onward|onwards)?")
def after(found: Found, now: Now) -> Interval | None:
    """After March: from its first day to publication; "from Monday", still to come, is that day; else there is no end."""
    point = found.when("point", now)
    if point is None or now.published is None:
        return None
    if _hour(found):
        return point
    if point.first <= now.published:
        return days.span(point.first, now.published)
    return point if "from" in found.everything() else None


@rule(
    "frame",
    "(between|from) point:STRETCH",
    "(as (early|soon|late|recently) as|no earlier than|not before|starting|beginning|effective) (on|in)? point:POINT",
)
@rule(
    "frame",
    "({THE}|most|much|all|part|parts|the rest|the whole|the remainder) of the? point:POINT",
    "(almost)? all point:POINT",
)
def about(found: Found, now: Now) -> Interval | None:
    """As early as Sunday, most of last year: the point."""
    return found.when("point", now)


@rule(
    "frame",
    "the? unit:(week|weekend|month|year|decade) (of|that began|beginning|ending|starting|ended) (on)? the? point:POINT",
)
def unit_of_point(found: Found, now: Now) -> Interval | None:
    """The week of March 10."""
    point = found.when("point", now)
    if point is None:
        return None
    if found.word("unit") == "weekend":
        return days.weekend_of(point.first)
    return days.unit_of(point.first, UNIT[found.word("unit")])


@rule("frame", "within long:(LENGTH|days|weeks|months|SHORTUNIT|the (hour|day|week|month|year))")
def within(found: Found, now: Now) -> Interval | None:
    """Within 30 days: from publication on; in the past from what was told before. Within hours: that day."""
    start = days.day(now.published) if now.tense == "future" and now.published else now.anchor
    if start is None:
        return None
    words = found.words("long")
    unit = next((UNIT[word] for word in words if word in UNIT), "")
    if words[0] == "the" and unit not in {"", "day"}:
        return days.floored(days.unit_of(start.last, unit), start.last)._replace(precision="range")
    if not unit:
        return start if (start.last - start.first).days < 7 else None
    bare = len(words) == 1
    count = (amounts.RECENT_DAYS.get(unit), "day") if bare else (amounts.amount(words), unit)
    return days.span(start.first, days.plus(start.last, count[0], count[1])) if count[0] else None


@rule("frame", "before the unit:(UNIT|HOUR) (is|was) (out|over)", "before the end of the unit:HOUR", running=False)
def before_it_ends(found: Found, now: Now) -> Interval | None:
    """Before the year is out: from publication on."""
    if now.published is None:
        return None
    unit = UNIT.get(found.word("unit"))
    if unit is None:
        return now.anchor or days.span(now.published - dt.timedelta(1), now.published)
    return days.floored(days.unit_of(now.published, unit), now.published)._replace(precision="range")


@rule("frame", "count:ORDINAL (straight|consecutive|DASH)? unit:(UNIT|HOUR)", running=False)
@rule(
    "frame",
    "(for|in|into|on)? ({THE})? count:(ORDINAL|NTH) (straight|consecutive|DASH)? unit:(UNIT|HOUR) (running|in a row)? on? point:POINT",
)
@rule(
    "frame",
    "(for|in|into) ({THE})? count:(ORDINAL|NTH) (straight|consecutive)? unit:(UNIT|HOUR) (running|in succession|in a row)?",
)
def nth_day(found: Found, now: Now) -> Interval | None:
    """For a fourth day Tuesday: the four days up to Tuesday, or up to publication."""
    end = found.when("point", now) if found.word("point") else None
    if end is None and (found.word("point") or now.published is None):
        return None
    last = end.last if end else now.published
    count = recurring.day_number(found.words("count")[-1])
    unit = UNIT.get(found.word("unit"), "day")
    if last is None or not count:
        return None
    first = last - dt.timedelta(count - 1) if unit == "day" else days.plus(last, 1 - count, unit)
    return days.span(first, last)
