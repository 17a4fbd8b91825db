"""Second layer: things said about the first: "late February", "Tuesday night", "three weeks before Christmas", "two years ago"."""

from __future__ import annotations

import datetime as dt

from detente.records import Interval
from detente.times import amounts, days, recurring
from detente.times.cascade import Found, Layer, Now
from detente.times.tokens import UNIT

points = Layer()
rule = points.rule

PARTS = {"early": "early", "earlier": "early", "mid": "mid", "middle": "mid", "late": "late", "later": "late"}
EDGES = {"beginning": "start", "start": "start", "outset": "start", "middle": "middle", "end": "end", "close": "end"}


# --- parts -------------------------------------------------------------------------------------------


@rule("point", "the? ({THE} very)? part:PART DASH? (on|in|of)? the? whole:DATE HOUR?")
def part(found: Found, now: Now) -> Interval | None:
    """Late February, mid-May, the early 1990s; early on Wednesday and earlier Monday are that day."""
    whole = found.when("whole", now._replace(tense="past") if now.tense == "present" else now)
    if whole is None or whole.precision in {"day", "range", "week"}:
        return whole
    full = _uncapped(found, whole, now)
    return days.part(full, PARTS[found.word("part")])


def _uncapped(found: Found, whole: Interval, now: Now) -> Interval:
    """The whole month, season or year, of which the tense may have kept only what publication reached."""
    if found.nodes("whole")[0].kind == "recurring" and whole.precision in {"month", "season"}:
        begun = whole.first if now.tense != "future" else whole.last
        among = recurring.occurrences(recurring.stripped(found.words("whole")), begun)
        return next((each for each in among if each.first <= begun <= each.last), whole)
    return whole


@rule("point", "the? edge:(beginning|start|outset|middle|end|close) of whole:DATE")
@rule("point", "the? edge:(beginning|start|middle|end|close) of (the|this|that) unit:UNIT")
@rule("point", "unit:(month|year|week) DASH? edge:end")
def edge(found: Found, now: Now) -> Interval | None:
    """The end of June; the end of the month, which is the month of publication."""
    if found.word("unit"):
        whole = days.unit_of(now.published, UNIT[found.word("unit")]) if now.published else None
    else:
        whole = found.when("whole", now._replace(tense="present"))
        whole = _uncapped(found, whole, now) if whole else None
    return days.edge(whole, EDGES[found.word("edge")]) if whole else None


@rule("point", "the? which:(ORDINAL|last|final) count:NUMBER? unit:(UNIT|WEEKEND|half|days|months|weeks) of whole:DATE")
@rule("point", "the? which:(ORDINAL|last|final) unit:(week|day|WEEKEND|half|quarter) (of|in) (the|this) holder:UNIT")
def ordinal_part(found: Found, now: Now) -> Interval | None:
    """The first week of December (its first seven days), the last day of 2011, the second half of the year."""
    if found.word("holder"):
        whole = days.unit_of(now.published, UNIT[found.word("holder")]) if now.published else None
    else:
        whole = found.when("whole", now._replace(tense="past") if now.tense == "present" else now)
    if whole is None:
        return None
    number = -1 if found.word("which") in {"last", "final"} else recurring.day_number(found.word("which"))
    return _nth(whole, number, found.word("unit"), int(amounts.amount(found.words("count")) or 1))


def _nth(whole: Interval, number: int, unit: str, count: int) -> Interval | None:
    """The `number`-th (-1: last) half, week, day … of `whole`, or that many together."""
    if unit == "half":
        total = 12 * (whole.last.year - whole.first.year) + whole.last.month - whole.first.month + 1
        first = days.plus_months(whole.first, total // 2 * (number != 1))
        return days.span(first, days.plus_months(first, total // 2) - dt.timedelta(1))
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


@rule("point", "(shortly|just|soon|right|well)? (around|about|by|at|before|after|past|until|toward|towards)? HOUR (on|of|,|in)? day:DATE")
@rule("point", "a little (before|after) NUMBER? HOUR? (on|of)? day:DATE", "at NUMBER on? day:DATE HOUR?")
@rule("point", "a little (before|after) NUMBER (on|of)? day:DATE HOUR?", "in? the early hours of day:DATE")
@rule("point", "day:DATE (,|at|around|about|before|after)? HOUR HOUR?", "all day:DATE HOUR?", "the night (of|to) day:DATE")
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


@rule("point", "tail:DATE of whole:DATE")
def last_part(found: Found, now: Now) -> Interval | None:
    """The last week of May; the first layer has read "last week" as one already."""
    words, whole = found.words("tail"), found.when("whole", now._replace(tense="past"))
    return _nth(_uncapped(found, whole, now), -1, words[1], 1) if whole and words[0] == "last" and words[1] in UNIT else None


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


def _near(anchor: Interval | None) -> Interval | None:
    """What was told before when it is known to a few days: "the next day" after "in March" is unknown."""
    return anchor if anchor and (anchor.last - anchor.first).days < 7 else None


# --- before and after --------------------------------------------------------------------------------


@rule("point", "long:(LENGTH|half a century) ago")
@rule("point", "long:LENGTH since", running=False)
def ago(found: Found, now: Now) -> Interval | None:
    """Two years ago: that calendar year; three weeks ago: that week; a decade ago: ten years about the day.

    "Nine months since" an event dates the event, and so means the same.
    """
    moved = _counted(found, "long")
    if now.published is None or moved is None:
        return None
    count, unit = moved
    if unit in {"decade", "century"}:
        return _decades_ago(found, now.published.year - round(count * days.MONTHS_OF[unit] / 12))
    unit = "week" if unit == "fortnight" else unit
    date = days.plus(now.published, -(count if found.nodes("long")[0].words[-1] != "fortnight" else 2), unit)
    return days.unit_of(date, unit)


def _decades_ago(found: Found, year: int) -> Interval:
    """The decade meant: about that year, or ended ("more than") or begun ("almost", "less than") by it."""
    words = set(found.words("long"))
    if {"more", "over"} & words:
        return days.years(year - 10, year, "decade")
    if {"almost", "nearly", "less", "under", "barely"} & words:
        return days.years(year, year + 10, "decade")
    return days.years(year - 5, year + 5, "decade")


def _counted(found: Found, name: str) -> tuple[float, str] | None:
    """How many of which unit a length tells; hours count as no days; None for "several weeks"."""
    words = found.words(name)
    if "-" in words and words[-1] in {"long", "old"}:
        return None
    unit = next((UNIT[word] for word in words if word in UNIT), None)
    nights = any(word.startswith(("night", "evening", "morning", "afternoon")) for word in words)
    if unit is None and not nights:
        return 0.0, "day"
    count = amounts.amount(words)
    bare = len(words) == 1 and words[0].endswith("s")
    return None if count is None or bare else (count, unit or "day")


@rule("point", "long:(LENGTH|days|weeks|months|years|decades|hours|minutes|moments) way:(later|earlier|before|after|beforehand|afterwards|afterward|hence)")
@rule("point", "the? unit:(UNIT|HOUR) way:(before|after)")
def from_anchor(found: Found, now: Now) -> Interval | None:
    """Two days later, a week earlier than what was told before.

    "Two days after" and "two days before", with nothing behind, stand on the earlier of two events ("resigned on Friday,
    two days after police had stormed …" dates the storming), and so both lead back.
    """
    if now.anchor is None:
        return None
    sign = 1 if found.word("way") in {"later", "afterwards", "afterward", "hence"} else -1
    if found.word("unit"):
        return _neighbour(now.anchor, UNIT.get(found.word("unit"), "day"), sign)
    moved = _counted(found, "long")
    anchor = _near(now.anchor) if moved and moved[1] == "day" else now.anchor
    return days.moved(anchor, sign * moved[0], moved[1]) if moved and anchor else None


@rule("point", "long:LENGTH way:(before|after|from|prior to|following) the? point:DATE")
@rule("point", "the unit:UNIT way:(before|after|following|preceding) the? point:DATE", "(on|the)? way:eve of the? point:DATE")
def from_point(found: Found, now: Now) -> Interval | None:
    """Three weeks before Christmas, the day after New Year's Day, the eve of the 1998 …"""
    point = found.when("point", now)
    if point is None:
        return None
    sign = 1 if found.word("way") in {"after", "from", "following"} else -1
    moved = _counted(found, "long") if found.word("long") else (1.0, UNIT.get(found.word("unit"), "day"))
    return days.moved(point, sign * moved[0], moved[1]) if moved else None


@rule("point", "long:LENGTH from now", "in long:LENGTH time", "in long:LENGTH 's time")
@rule("point", "in long:LENGTH", running=False)
def ahead(found: Found, now: Now) -> Interval | None:
    """Three weeks from now; "in three weeks" only in the future tense, else it is a length."""
    moved = _counted(found, "long")
    if now.published is None or moved is None or (now.tense != "future" and "now" not in found.everything()):
        return None
    count, unit = moved
    unit = "week" if unit == "fortnight" else unit
    return days.unit_of(days.plus(now.published, count, unit), unit)


@rule("point", "the? way:(past|last|previous|next|coming) long:LENGTH", "{THE} way:(past|last|next|coming) unit:(week|fortnight|month|quarter|year|decade|century)")
@rule("point", "way:(past|coming) unit:UNIT", "the way:(past|last) unit:day")
@rule("point", "recent:recent unit:UNIT", "the? way:coming recent:(days|weeks|months)")
def running(found: Found, now: Now) -> Interval | None:
    """The past three months, the last month, recent weeks: a stretch that ends (or, to come, begins) at publication."""
    if now.published is None:
        return None
    forward = found.word("way") in {"next", "coming"}
    length = _stretch(found)
    if length is None:
        return None
    other = days.plus(now.published, length[0] if forward else -length[0], length[1])
    return days.span(now.published, other)


def _stretch(found: Found) -> tuple[float, str] | None:
    """How long "the past three months", "the past few days" or "recent weeks" are."""
    words = found.words("long") or found.words("unit") or found.words("recent")
    unit = next((UNIT[word] for word in words if word in UNIT), None)
    if unit is None:
        return (1.0, "day") if found.word("long") else None
    vague = "recent" in found.everything() or (len(words) == 1 and words[0].endswith("s"))
    count = None if vague else amounts.amount(words)
    if count is not None:
        return count, unit
    return (amounts.RECENT_DAYS[unit], "day") if unit in amounts.RECENT_DAYS else None


@rule("vague", "the (past|future|near future|recent past|present)")
def vague(_: Found, __: Now) -> Interval | None:
    """Some time: unknown."""
    return None


# --- by what was told before -------------------------------------------------------------------------


@rule("point", "(the same|that|that same|that very|the very same) unit:(UNIT|HOUR|WEEKEND)")
@rule("point", "(at|in|during)? (that time|the time|the same time)", "that unit:period", shown=False)
def same(found: Found, now: Now) -> Interval | None:
    """The same day, that week, at the time."""
    if now.anchor is None or not found.word("unit"):
        return now.anchor
    if found.word("unit") == "weekend":
        return days.weekend_of(now.anchor.first)
    unit = UNIT.get(found.word("unit"), "day")
    return _near(now.anchor) if unit == "day" else days.unit_of(now.anchor.first, unit)


@rule("point", "the same unit:(UNIT|period) (of|in)? year:DATE", "this time year:DATE")
def same_in_year(found: Found, now: Now) -> Interval | None:
    """The same month last year, seen from publication."""
    year = found.when("year", now._replace(tense="present"))
    if now.published is None or year is None or year.precision != "year":
        return None
    date = days.plus(now.published, year.first.year - now.published.year, "year")
    return days.unit_of(date, UNIT.get(found.word("unit"), "month"))


@rule("point", "the? way:(next|following|previous|preceding|subsequent) unit:(HOUR|UNIT|WEEKEND)")
def neighbour(found: Found, now: Now) -> Interval | None:
    """The following month, the next day, the previous evening."""
    if now.anchor is None:
        return None
    sign = -1 if found.word("way") in {"previous", "preceding"} else 1
    unit = UNIT.get(found.word("unit"), "day")
    if found.word("unit") == "weekend":
        return days.weekend_of(now.anchor.first + dt.timedelta(7 * sign))
    return _neighbour(now.anchor, unit, sign)


def _neighbour(anchor: Interval, unit: str, sign: int) -> Interval | None:
    """The day, week, month … beside the one told before."""
    if unit != "day":
        return days.next_unit(anchor, unit, sign)
    near = _near(anchor)
    return days.moved(near, sign, "day") if near else None


@rule("point", "the? way:(that|the same|following|next|previous|preceding) what:RECURRING")
def neighbour_by_name(found: Found, now: Now) -> Interval | None:
    """That November, the following May, the previous Sunday."""
    if now.anchor is None:
        return None
    among = recurring.occurrences(recurring.stripped(found.words("what")), now.anchor.first)
    way = found.word("way")
    if way in {"that", "the same"}:
        year = [each for each in among if each.first.year == now.anchor.first.year]
        return recurring.nearest(year or among, now.anchor.first)
    if way in {"following", "next"}:
        return recurring.yet_to_come(among, now.anchor.last)
    return recurring.ended(among, now.anchor.first)


@rule("point", "(in|over)? the (days|hours|weeks) (that|which)? (followed|after)", "(later|earlier) (that|the same) day")
def days_that_followed(found: Found, now: Now) -> Interval | None:
    """In the days that followed: the week after what was told; later that day: the same day."""
    if now.anchor is None or "day" in found.everything() or "hours" in found.everything():
        return _near(now.anchor)
    reach = 7 if "days" in found.everything() else 28
    return days.span(now.anchor.last, now.anchor.last + dt.timedelta(reach))


