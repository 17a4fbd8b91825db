"""Second layer: things said about the first: "late February", "Tuesday night", "Thursday of last week"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from detente.records import Interval
from detente.times import amounts, days, recurring
from detente.times.cascade import Found, Layer, Now
from detente.times.tokens import UNIT, WEEKDAY_NUMBER

points = Layer()
rule = points.rule

PARTS = {"early": "early", "earlier": "early", "mid": "mid", "middle": "mid", "late": "late", "later": "late"}
EDGES = {"beginning": "start", "start": "start", "outset": "start", "middle": "middle", "end": "end", "close": "end"}


# --- parts -------------------------------------------------------------------------------------------


@rule("point", "the? ({THE} very)? part:PART DASH? (on|in|of)? the? whole:DATE HOUR?")
def part(found: Found, now: Now) -> Interval | None:
    """Late February, mid-May, the early 1990s; early on Wednesday and earlier Monday are that day."""
    word = PARTS[found.word("part")]
    return _cut(
        found, now, lambda whole: whole if whole.precision in {"day", "range", "week"} else days.part(whole, word)
    )


def _cut(found: Found, now: Now, cut: Callable[[Interval], Interval | None]) -> Interval | None:
    """What `cut` leaves of the whole month, season or year, of which the tense may keep only what publication reached.

    Of one that comes round, the last that has begun is meant, even when its part is still to come (codebook, section 4: mid-May).
    """
    node = found.nodes("whole")[0]
    if node.kind != "recurring":
        whole = node.read(now._replace(tense="present"))
        return cut(whole) if whole else None
    if now.published is None:
        return None
    among = recurring.occurrences(recurring.stripped(node.words), now.published)
    whole = (recurring.earliest if now.tense == "future" else recurring.latest)(among, now.published)
    return cut(whole) if whole else None


@rule("point", "the? edge:(beginning|start|outset|middle|end|close) of whole:DATE")
@rule("point", "the? edge:(beginning|start|middle|end|close) of (the|this|that)? unit:UNIT")
@rule("point", "unit:(month|year|week) DASH? edge:end")
def edge(found: Found, now: Now) -> Interval | None:
    """The end of June; the end of the month, which is the month of publication."""
    word = EDGES[found.word("edge")]
    if found.word("unit"):
        return days.edge(days.unit_of(now.published, UNIT[found.word("unit")]), word) if now.published else None
    return _cut(found, now, lambda whole: days.edge(whole, word))


@rule(
    "point",
    "the? which:(ORDINAL|last|final) count:NUMBER? unit:(UNIT|WEEKEND) of whole:DATE",
    "the? which:(ORDINAL|last|final|latter) unit:half (of|in)? whole:DATE",
)
@rule(
    "point",
    "the? which:(ORDINAL|last|final|latter) unit:(week|day|WEEKEND|half|quarter) (of|in) (the|this) holder:UNIT",
)
def ordinal_part(found: Found, now: Now) -> Interval | None:
    """The first week of December (its first seven days), the last day of 2011, the second half of the year."""
    number = -1 if found.word("which") in {"last", "final", "latter"} else recurring.day_number(found.word("which"))
    count = int(amounts.amount(found.words("count")) or 1)
    if found.word("holder"):
        whole = days.unit_of(now.published, UNIT[found.word("holder")]) if now.published else None
        return _nth(whole, number, found.word("unit"), count) if whole else None
    return _cut(found, now, lambda whole: _nth(whole, number, found.word("unit"), count))


def _nth(whole: Interval, number: int, unit: str, count: int) -> Interval | None:
    """The `number`-th (-1: last) half, week, day … of `whole`, or that many together."""
    if unit == "half":
        return _half(whole, second=number != 1)
    if unit.startswith("weekend"):
        among = [days.weekend_of(whole.first + dt.timedelta(7 * k)) for k in range(6)]
        inside = [each for each in among if whole.first <= each.first <= whole.last]
        return inside[number - (number > 0)] if inside else None
    size = UNIT[unit]
    if number < 0:
        first = days.plus(whole.last + dt.timedelta(1), -count, size)
    else:
        first = days.plus(whole.first, (number - 1) * count, size)
    last = days.plus(first, count, size) - dt.timedelta(1)
    return Interval(first, last, size if count == 1 and size != "fortnight" else "range")


def _half(whole: Interval, *, second: bool) -> Interval:
    """The first or second half, in whole months where they are even, else in days: of May the 1st to the 15th, or the 16th on."""
    total = 12 * (whole.last.year - whole.first.year) + whole.last.month - whole.first.month + 1
    if whole.first.day == 1 and total % 2 == 0:
        middle = days.plus_months(whole.first, total // 2)
    else:
        middle = whole.first + dt.timedelta(((whole.last - whole.first).days + 1) // 2)
    return days.span(middle, whole.last) if second else days.span(whole.first, middle - dt.timedelta(1))


@rule("point", "the? which:(ORDINAL|last|final) what:RECURRING (of|in) (whole:DATE|(the|this|that) holder:(month|quarter|year))")
def nth_weekday(found: Found, now: Now) -> Interval | None:
    """The second Sunday of May, the last Friday of the month."""
    weekday = WEEKDAY_NUMBER.get(found.word("what"))
    if weekday is None:
        return None
    number = recurring.day_number(found.word("which")) or -1
    if found.word("holder"):
        return _weekday_in(days.unit_of(now.published, UNIT[found.word("holder")]), weekday, number) if now.published else None
    return _cut(found, now, lambda whole: _weekday_in(whole, weekday, number))


def _weekday_in(whole: Interval, weekday: int, number: int) -> Interval | None:
    """The `number`-th (-1: last) such weekday of `whole`, Monday being 0."""
    first = whole.first + dt.timedelta((weekday - whole.first.weekday()) % 7)
    count = (whole.last - first).days // 7 + 1
    at = number - 1 if number > 0 else count - 1
    return days.day(first + dt.timedelta(7 * at)) if at < count else None


@rule("length", "the? (days|weeks|months|years|decades|centuries|hours|minutes)")
def some_units(_: Found, __: Now) -> Interval | None:
    """For days, over the years: unknown how long."""
    return None


@rule("nth", "on? the day:ORDINAL", "the? HOUR of the day:ORDINAL", shown=False, running=False)
def day_of_this_month(found: Found, now: Now) -> Interval | None:
    """The 21st: the day of that number that the tense points to."""
    number = recurring.day_number(found.word("day"))
    if now.published is None:
        return None
    firsts = [days.plus_months(now.published.replace(day=1), k) for k in range(-2, 3)]
    wholes = [days.month(first.year, first.month) for first in firsts]
    among = [days.day(whole.first.replace(day=number)) for whole in wholes if number <= whole.last.day]
    return recurring.by_tense(among, now.published, now.tense)


# --- hours of a day ----------------------------------------------------------------------------------


@rule(
    "point",
    "(shortly|just|soon|right|well)? (around|about|by|at|before|after|past|until|toward|towards)? HOUR (on|of|,|in)? day:DATE",
)
@rule("point", "a little (before|after) NUMBER? HOUR? (on|of)? day:DATE", "at NUMBER on? day:DATE HOUR?")
@rule("point", "a little (before|after) NUMBER (on|of)? day:DATE HOUR?", "in? the early hours of day:DATE")
@rule(
    "point", "day:DATE (,|at|around|about|before|after)? HOUR HOUR?", "all day:DATE HOUR?", "the night (of|to) day:DATE"
)
@rule("point", "PART? DATE HOUR ,? (on|the)? day:DATE")
def hour_of(found: Found, now: Now) -> Interval | None:
    """Tuesday night, dawn on Saturday, 3:30 p.m. on Wednesday: the day."""
    return found.when("day", now)


# --- one thing inside another ------------------------------------------------------------------------


@rule("point", "what:RECURRING (of|in|,)? (whole:DATE|(the same|that) unit:UNIT)")
def inside(found: Found, now: Now) -> Interval | None:
    """Thursday of last week, May of this year, March last year."""
    if found.word("unit"):
        whole = days.unit_of(now.anchor.first, UNIT[found.word("unit")]) if now.anchor else None
    else:
        whole = found.when("whole", now._replace(tense="present"))
    if whole is None or whole.precision == "day":
        return None
    among = recurring.occurrences(recurring.stripped(found.words("what")), whole.first)
    return next((each for each in among if whole.first <= each.first <= whole.last), None)


@rule("point", "tail:DATE (of|in) whole:DATE")
def part_of_date(found: Found, now: Now) -> Interval | None:
    """The last week of May, the third quarter of last year: the first layer has read "last week" and "third quarter" as dates already."""
    words = [word for word in found.words("tail") if word not in {"the", "-"}]
    if words[0] == "last" and words[1] in UNIT:
        return _cut(found, now, lambda whole: _nth(whole, -1, words[1], 1))
    if words[-1] != "quarter":
        return None
    return _cut(
        found,
        now,
        lambda whole: (
            days.quarter(whole.first.year, recurring.day_number(words[0])) if whole.precision == "year" else None
        ),
    )


@rule("point", "which:(last|this past|past|this|next|this coming|the coming|coming) what:RECURRING HOUR?")
@rule("point", "(at|on|by|before|around)? HOUR (on|of)? which:(last|this|next|this past|this coming) what:RECURRING")
def last_or_next(found: Found, now: Now) -> Interval | None:
    """Last November: the last that has ended before the day of publication. Next Tuesday: the first after it."""
    if now.published is None:
        return None
    among = recurring.occurrences(recurring.stripped(found.words("what")), now.published)
    which = found.word("which")
    if which == "this":
        return _this(among, now.published, now)
    if which in {"last", "past", "this past"}:
        return recurring.ended(among, now.published)
    return recurring.yet_to_come(among, now.published)


def _this(among: list[Interval], published: dt.date, now: Now) -> Interval | None:
    """This summer: the one of this calendar year; this Thursday: by tense."""
    if among and among[0].precision == "day" and (among[1].first - among[0].first).days == 7:
        return recurring.by_tense(among, published, now.tense)
    same_year = next((each for each in among if each.first.year == published.year), None)
    holding = next((each for each in among if each.first <= published <= each.last), None)
    if holding and now.tense != "present":
        return days.capped(holding, published) if now.tense == "past" else days.floored(holding, published)
    return holding or same_year
