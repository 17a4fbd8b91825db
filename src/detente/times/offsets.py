"""Second layer, continued: times told from other times: "two years ago", "three weeks before Christmas", "the same week"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from detente.records import Interval
from detente.times import amounts, days, recurring
from detente.times.cascade import Found, Now
from detente.times.points import points
from detente.times.tokens import UNIT

__all__ = ["points"]

rule = points.rule


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
    """The decade meant: about that year, or the ten years before it ("more than") or from it on ("almost", "less than")."""
    words = set(found.words("long"))
    if {"more", "over"} & words:
        return days.years(year - 10, year - 1, "decade")
    if {"almost", "nearly", "less", "under", "barely"} & words:
        return days.years(year, year + 9, "decade")
    return days.years(year - 5, year + 5, "decade")


def _counted(found: Found, name: str) -> tuple[float, str] | None:
    """`counted` of the words under `name`."""
    return counted(found.words(name))


def counted(words: Sequence[str]) -> tuple[float, str] | None:
    """How many of which unit a length tells; hours count as whole days; None for "several weeks"."""
    if "-" in words and words[-1] in {"long", "old"}:
        return None
    unit = next((UNIT[word] for word in words if word in UNIT), None)
    nights = any(word.startswith(("night", "evening", "morning", "afternoon")) for word in words)
    count = amounts.amount(words)
    bare = len(words) == 1 and words[0].endswith("s")
    if unit is None and not nights:
        hours = count is not None and not bare and {"hour", "hours"} & set(words)
        return float(count // 24 if hours and count else 0), "day"
    return None if count is None or bare else (count, unit or "day")


@rule(
    "point",
    "long:(LENGTH|days|weeks|months|years|hours) way:(later|earlier|before|after|beforehand|afterwards|afterward)",
)
@rule("point", "long:(minutes|moments) way:(later|earlier|before|after)")
@rule("point", "the? unit:(UNIT|HOUR) way:(before|after)")
def from_anchor(found: Found, now: Now) -> Interval | None:
    """Two days later, a week earlier than what was told before.

    "Two days after" and "two days before", with nothing behind, stand on the earlier of two events ("resigned on Friday,
    two days after police had stormed …" dates the storming), and so both lead back.
    """
    if now.anchor is None:
        return None
    sign = 1 if found.word("way") in {"later", "afterwards", "afterward"} else -1
    if found.word("unit"):
        return _neighbour(now.anchor, UNIT.get(found.word("unit"), "day"), sign)
    moved = _counted(found, "long")
    anchor = _near(now.anchor) if moved and moved[1] == "day" else now.anchor
    return days.moved(anchor, sign * moved[0], moved[1]) if moved and anchor else None


@rule("point", "long:LENGTH way:(before|after|from|prior to|following) the? point:DATE")
@rule(
    "point",
    "the unit:UNIT way:(before|after|following|preceding) the? point:DATE",
    "(on|the)? way:eve of the? point:DATE",
)
def from_point(found: Found, now: Now) -> Interval | None:
    """Three weeks before Christmas, the day after New Year's Day, the eve of Ramadan: that day itself lies where the tense points."""
    sign = 1 if found.word("way") in {"after", "from", "following"} else -1
    moved = _counted(found, "long") if found.word("long") else (1.0, UNIT.get(found.word("unit"), "day"))
    if moved is None:
        return None
    if found.nodes("point")[0].kind == "recurring" and now.published is not None:
        among = recurring.occurrences(recurring.stripped(found.words("point")), now.published)
        return recurring.by_tense(
            [days.moved(each, sign * moved[0], moved[1]) for each in among], now.published, now.tense
        )
    point = found.when("point", now)
    return days.moved(point, sign * moved[0], moved[1]) if point else None


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


@rule(
    "point",
    "the? way:(past|last|previous|next|coming) long:LENGTH",
    "{THE} way:(past|last|next|coming) unit:(week|fortnight|month|quarter|year|decade|century)",
    "way:next unit:(decade|century)",
)
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


@rule("length", "LENGTH (earlier|later|sooner|longer) than")
def compared(_: Found, __: Now) -> Interval | None:
    """A month earlier than usual: by how much, not when."""
    return None


@rule("point", "long:LENGTH ago (on|this)? day:DATE")
def anniversary(found: Found, now: Now) -> Interval | None:
    """Three years ago Saturday: that day, three years before this week's Saturday."""
    moved, day = _counted(found, "long"), found.when("day", now)
    if moved is None or day is None or day.precision != "day":
        return None
    return days.day(days.plus(day.first, -moved[0], moved[1]))


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
    """The same month last year, seen from what was told before or from publication; a "period" is as long as what was told."""
    year = found.when("year", now._replace(tense="present"))
    if now.published is None or year is None or year.precision != "year":
        return None
    told = now.anchor or days.day(now.published)
    unit = UNIT.get(found.word("unit"), told.precision if told.precision in {"week", "quarter"} else "month")
    return days.unit_of(days.plus(told.first, year.first.year - now.published.year, "year"), unit)


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


@rule(
    "point", "(in|over)? the (days|hours|weeks) (that|which)? (followed|after)", "(later|earlier) (that|the same) day"
)
def days_that_followed(found: Found, now: Now) -> Interval | None:
    """In the days that followed: the week after what was told; later that day: the same day."""
    if now.anchor is None or "day" in found.everything() or "hours" in found.everything():
        return _near(now.anchor)
    reach = 7 if "days" in found.everything() else 28
    return days.span(now.anchor.last, now.anchor.last + dt.timedelta(reach))
