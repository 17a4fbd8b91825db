"""First layer: the smallest things that name days: "February 4th", "last week", "the 1990s", "3:30 p.m.", "two weeks"."""

from __future__ import annotations

import datetime as dt

from detente.records import Interval
from detente.times import days, holidays, recurring
from detente.times.cascade import Found, Layer, Now
from detente.times.tokens import DECADE, MONTH_NUMBER, UNIT

atoms = Layer()
rule = atoms.rule

FEASTS = "|".join(name.replace("'s", " 's").replace("s'", "s '").replace(" al ", " al DASH? ") for name in sorted(holidays.NAMES, key=len, reverse=True))  # "Christmas Eve" before "Christmas"
ERAS = "|".join(holidays.ERAS)


# --- days, months and years that the words name outright ---------------------------------------------


@rule("date", "date:ISO")
def iso_or_american(found: Found, _: Now) -> Interval | None:
    """2023-02-04 and 2/4/2023 (American order: the month first)."""
    word = found.word("date")
    if "-" in word:
        return days.day(dt.date.fromisoformat(word))
    month, number, year = map(int, word.split("/"))
    return days.day(dt.date(year, month, number))


@rule("date", "(WEEKDAY ,?)? month:MONTH the? day:(DAYNUM|ORDINAL) ,? year:YEAR")
@rule("date", "(WEEKDAY ,?)? the? day:(DAYNUM|ORDINAL) of? month:MONTH ,? year:YEAR")
def full_date(found: Found, _: Now) -> Interval | None:
    """February 4, 2023 and 4 February 2023."""
    number = recurring.day_number(found.word("day"))
    return days.day(dt.date(int(found.word("year")), MONTH_NUMBER[found.word("month")], number))


@rule("stretch", "month:MONTH first:DAYNUM (DASH|and|to|through) last:DAYNUM (,? year:YEAR)?")
@rule("stretch", "first:DAYNUM (DASH|and|to) last:DAYNUM of? month:MONTH (,? year:YEAR)?")
@rule("date", "(between|from) month:MONTH first:DAYNUM (and|to) last:DAYNUM (,? year:YEAR)?")
def days_of_a_month(found: Found, now: Now) -> Interval | None:
    """March 3-5: from the one day to the other."""
    ends = [_month_day(found, name, now) for name in ("first", "last")]
    return days.join(ends[0], ends[1]) if ends[0] and ends[1] else None


def _month_day(found: Found, name: str, now: Now) -> Interval | None:
    """The day of the month under `name`; without a year, the one that the tense points to."""
    if found.word("year"):
        number = int(found.word(name))
        return days.day(dt.date(int(found.word("year")), MONTH_NUMBER[found.word("month")], number))
    return _pointed((found.word("month"), found.word(name)), now)


def _pointed(words: tuple[str, ...], now: Now) -> Interval | None:
    """The occurrence that the tense points to."""
    if now.published is None:
        return None
    return recurring.by_tense(recurring.occurrences(words, now.published), now.published, now.tense)


@rule("date", "month:MONTH (,|of|in)? year:YEAR")
def month_of_year(found: Found, _: Now) -> Interval | None:
    """July 2004."""
    return days.month(int(found.word("year")), MONTH_NUMBER[found.word("month")])


@rule("stretch", "first:MONTH (DASH|and|to|or|through) last:MONTH (,|of)? year:YEAR")
def months_of_year(found: Found, _: Now) -> Interval | None:
    """June and November 2005: from the first of June to the end of November."""
    year = int(found.word("year"))
    ends = [days.month(year, MONTH_NUMBER[found.word(name)]) for name in ("first", "last")]
    return days.join(ends[0], ends[1])


@rule("date", "(the (year|years))? year:YEAR", "the? fiscal year? year:YEAR", "in the year of? year:YEAR")
def year(found: Found, _: Now) -> Interval | None:
    """2004, and fiscal 2004, whose months differ from country to country and firm to firm."""
    return days.year(int(found.word("year")))


@rule("stretch", "first:YEAR DASH last:(YEAR|YY)")
def years(found: Found, _: Now) -> Interval | None:
    """1998-1999 and 1998-99."""
    first, last = found.word("first"), found.word("last")
    last = first[: 4 - len(last)] + last
    return days.years(int(first), int(last), "range") if int(first) < int(last) else None


@rule("date", "the? decade:DECADE")
def decade(found: Found, now: Now) -> Interval | None:
    """The 1990s; of "the nineties", those that came last before publication."""
    word = found.word("decade").strip("s'’")
    if len(word) == 4 and word.isdecimal():
        return days.decade(int(word))
    short = int(word) if word.isdecimal() else DECADE[found.word("decade")]
    newest = now.published.year if now.published else 1999
    return days.decade(newest - (newest - short) % 100)


@rule("date", "the? which:ORDINAL DASH? century")
def century(found: Found, _: Now) -> Interval | None:
    """The 19th century: 1801 to 1900."""
    number = recurring.day_number(found.word("which"))
    return days.years(100 * number - 99, 100 * number, "range")


@rule("date", "the? which:ORDINAL DASH? quarter (of|in)? year:YEAR", "the? which:ORDINAL DASH? quarter")
@rule("date", "which:QUARTER (of|in|,)? year:YEAR", "which:QUARTER")
def quarter(found: Found, now: Now) -> Interval | None:
    """The first quarter of 2004; without a year, the one that the tense points to."""
    number = recurring.day_number(found.word("which").lstrip("q"))
    written = found.word("year")
    if written:
        return days.quarter(int(written), number)
    if now.published is None:
        return None
    among = [days.quarter(now.published.year + k, number) for k in (-1, 0, 1)]
    return recurring.by_tense(among, now.published, now.tense)


@rule("date", "the? season:SEASON (,|of)? year:YEAR (DASH (YEAR|YY))?")
def season_of_year(found: Found, _: Now) -> Interval | None:
    """The spring of 2004; the winter of 2004 begins in December 2004."""
    return days.season(int(found.word("year")), found.word("season"))


@rule("date", f"name:({FEASTS}) (of|,)? year:YEAR", f"name:({FEASTS}) day? (of|in)? year:YEAR")
def feast_of_year(found: Found, _: Now) -> Interval | None:
    """Christmas 1998."""
    return holidays.holiday(recurring.holiday_name(found.words("name")), int(found.word("year")))


@rule("date", f"the? era:({ERAS})", shown=False)
def era(found: Found, _: Now) -> Interval | None:
    """World War II. In running text it is the name of an event, not a time."""
    return Interval(*holidays.ERAS[found.word("era")], "range")


@rule(
    "date",
    "the? what:(MONTH (DAYNUM|ORDINAL)|DAYNUM / DAYNUM) (terrorist|terror)? (attacks|attack)",
    "what:(DAYNUM / DAYNUM)",
    shown=False,
)
def september_11(found: Found, now: Now) -> Interval | None:
    """The September 11 attacks and 9/11: the day in 2001. Other days' attacks: the day that the tense points to."""
    words = found.words("what")
    if words == ("9", "/", "11") or (words[0].startswith("sep") and recurring.day_number(words[1]) == 11):
        return days.day(dt.date(2001, 9, 11))
    return _pointed(words, now) if "/" not in words else None


# --- what comes round --------------------------------------------------------------------------------


@rule("recurring", "what:WEEKDAY", "what:(MONTH the? (DAYNUM|ORDINAL))", "what:MONTH", f"what:({FEASTS})")
@rule("recurring", "(WEEKDAY ,?) what:(MONTH the? (DAYNUM|ORDINAL))", "(WEEKDAY ,?)? the? what:((DAYNUM|ORDINAL) of? MONTH)")
@rule("recurring", "the? what:SEASON")
def bare(found: Found, now: Now) -> Interval | None:
    """Monday, March 10, May, Easter: the one that the tense points to."""
    return _pointed(found.words("what"), now)


@rule("feast", f"the? STRANGE+ ({FEASTS}) ((of|,)? YEAR)?")
@rule("feast", "'s independence day ((of|,)? YEAR)?", shown=False)
def feast_of_others(_: Found, __: Now) -> Interval | None:
    """Lunar New Year, Ukraine's Independence Day: no table has their days."""
    return None


# --- by the day of publication -----------------------------------------------------------------------

FROM_TODAY = {"today": 0, "tonight": 0, "now": 0, "yesterday": -1, "tomorrow": 1, "right now": 0, "at present": 0}


@rule("date", "(earlier|later)? day:(today|yesterday|tomorrow|tonight)", "day:(now|right now|at present)")
def from_today(found: Found, now: Now) -> Interval | None:
    """Today, yesterday, tomorrow, tonight, now."""
    return days.day(now.published + dt.timedelta(FROM_TODAY[found.word("day")])) if now.published else None


@rule("date", "the day before yesterday")
def day_before_yesterday(_: Found, now: Now) -> Interval | None:
    """Two days before publication."""
    return days.day(now.published - dt.timedelta(2)) if now.published else None


@rule("date", "the day after tomorrow")
def day_after_tomorrow(_: Found, now: Now) -> Interval | None:
    """Two days after publication."""
    return days.day(now.published + dt.timedelta(2)) if now.published else None


@rule("date", "which:(this|last) DAYPART")
def part_of_today(found: Found, now: Now) -> Interval | None:
    """This morning; last night, the day before publication."""
    if now.published is None:
        return None
    return days.day(now.published - dt.timedelta(found.word("which") == "last"))


@rule("date", "overnight")
def overnight(_: Found, now: Now) -> Interval | None:
    """The night that led into the day of publication: it belongs to both days."""
    return days.span(now.published - dt.timedelta(1), now.published) if now.published else None


@rule("date", "(earlier|later) (in|that|on) (the|same)? day")
def within_the_day(_: Found, now: Now) -> Interval | None:
    """Earlier in the day: the day of publication, or of what was told before."""
    if now.anchor and now.anchor.precision == "day":
        return now.anchor
    return days.day(now.published) if now.published else None


@rule(
    "date",
    "which:(last|next|this|the coming|the current|current|this past|this coming) (fiscal|financial|calendar)? unit:(week|month|quarter|year)",
    "which:(last|this|the current|current|this past) unit:(decade|century)",
)
def calendar_unit(found: Found, now: Now) -> Interval | None:
    """Last week: the Monday to Sunday before. This year: as much of it as the tense reaches."""
    if now.published is None:
        return None
    unit, which = UNIT[found.word("unit")], found.word("which")
    if which in {"last", "this past"}:
        return days.next_unit(days.day(now.published), unit, -1)
    if which in {"next", "the coming", "this coming"}:
        return days.next_unit(days.day(now.published), unit, 1)
    return by_reach(days.unit_of(now.published, unit), now)


def by_reach(whole: Interval, now: Now) -> Interval:
    """A unit that holds the day of publication: up to it in the past, from it in the future, whole in the present."""
    if now.published is None or now.tense == "present":
        return whole
    return days.floored(whole, now.published) if now.tense == "future" else days.capped(whole, now.published)


@rule("date", "part:(earlier|later) (this|in the) unit:UNIT")
def within_unit(found: Found, now: Now) -> Interval | None:
    """Earlier this month: from the first to publication. Later this year: from the day after publication on."""
    if now.published is None:
        return None
    whole = days.unit_of(now.published, UNIT[found.word("unit")])
    if found.word("part") == "earlier":
        return days.capped(whole, now.published)._replace(precision="range")
    return days.floored(whole, now.published + dt.timedelta(1))._replace(precision="range")


@rule("date", "which:(the past|the previous|last|this past|the|this|next|the following|the coming|this coming) WEEKEND")
def weekend(found: Found, now: Now) -> Interval | None:
    """The Saturday and Sunday: last, this (by tense) or next; Sunday's own paper counts its weekend as "the weekend"."""
    if now.published is None:
        return None
    which, own = found.word("which"), days.weekend_of(now.published)
    week = dt.timedelta(7)
    just_over = which == "this" and now.tense == "past" and now.published.weekday() < 2  # "flew in this weekend", in Monday's paper
    if just_over or which in {"last", "the past", "the previous", "this past"}:
        return days.span(own.first - week, own.last - week)
    if which in {"next", "the coming", "this coming", "the following"} or now.tense != "past" or which == "this":
        return (
            own
            if now.published < own.first or which in {"the", "this"}
            else days.span(own.first + week, own.last + week)
        )
    return own if own.first <= now.published else days.span(own.first - week, own.last - week)


# --- hours and stretches -----------------------------------------------------------------------------


@rule("hour", "CLOCK AMPM?", "(DAYNUM|NUMBER) AMPM", "NUMBER o'clock", "(CLOCK|YEAR) (gmt|utc|local time|eastern time)")
@rule(
    "hour", "the? (small|early|predawn) hours", "first light", "dead of night", "the? stroke of midnight", shown=False
)
@rule("hour", "(early|late|mid|pre)? DASH? DAYPART", shown=False)
def hour(_: Found, now: Now) -> Interval | None:
    """An hour without its day: the day told before, or else the day of the news itself (publication or the day before)."""
    if now.anchor and now.anchor.precision == "day":
        return now.anchor
    return days.span(now.published - dt.timedelta(1), now.published) if now.published else None


@rule("length", "{QUANTITY} unit:(UNIT|SHORTUNIT) and a half")
@rule("length", "{QUANTITY} DASH? unit:(UNIT|SHORTUNIT) DASH? long?", "unit:(UNIT|SHORTUNIT) DASH long")
@rule("length", "{QUANTITY} DASH? unit:(UNIT|SHORTUNIT) DASH? old", shown=False)  # an age
@rule("length", "{QUANTITY} unit:(night|nights|morning|mornings|afternoon|evening|evenings)", shown=False)
def length(_: Found, __: Now) -> Interval | None:
    """How long, not when: unknown."""
    return None


@rule(
    "set",
    "(every|each|per) ({COUNT})? (UNIT|SHORTUNIT|WEEKDAY|SEASON|DAYPART|WEEKEND|MONTH)",
    "(almost|nearly)? (daily|nightly)",
)
@rule(
    "set",
    "(once|twice|{COUNT} times) (a|per|each|every) (UNIT|SHORTUNIT)",
    "(annual|annually|weekly|monthly|quarterly|yearly|mondays|sundays|fridays)",
)
def often(_: Found, __: Now) -> Interval | None:
    """How often, not when: unknown."""
    return None


@rule("vague", "(currently|recently|lately|nowadays)", "(NUMBER|YEAR) (bc|bce)")
@rule("vague", "recent years", "(recent|coming) decades", "the (last|past) (few|several) (years|decades)")
def vague(_: Found, __: Now) -> Interval | None:
    """Some time: unknown."""
    return None
