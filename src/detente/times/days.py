"""Intervals of days: the calendar arithmetic behind the grammar. Everything here is exact and knows no English.

Functions raise ValueError or OverflowError for days that do not exist (30 February, the year 10000); `grammar.interpret`
turns those into None.
"""

from __future__ import annotations

import datetime as dt

from detente.records import Interval

# months of each season of the northern hemisphere, as the world's news desks use the words; winter runs into the next year
SEASON_START = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
DAYS_OF = {"day": 1, "week": 7, "fortnight": 14}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}


def day(date: dt.date) -> Interval:
    """That one day."""
    return Interval(date, date, "day")


def span(first: dt.date, last: dt.date) -> Interval:
    """From `first` to `last`, as a range; the two are put in order."""
    return Interval(min(first, last), max(first, last), "range")


def join(first: Interval, last: Interval) -> Interval:
    """From the first day of one to the last day of the other."""
    return span(first.first, max(last.last, first.first))


def week_of(date: dt.date) -> Interval:
    """The Monday to Sunday that hold `date`."""
    monday = date - dt.timedelta(date.weekday())
    return Interval(monday, monday + dt.timedelta(6), "week")


def weekend_of(date: dt.date) -> Interval:
    """The Saturday and Sunday that end the week of `date`."""
    sunday = week_of(date).last
    return span(sunday - dt.timedelta(1), sunday)


def months(year: int, month: int, count: int, precision: str) -> Interval:
    """`count` whole months from `month` of `year` on."""
    first = dt.date(year, month, 1)
    return Interval(first, plus_months(first, count) - dt.timedelta(1), precision)


def month(year: int, number: int) -> Interval:
    """That calendar month."""
    return months(year, number, 1, "month")


def season(year: int, name: str) -> Interval:
    """Three months: spring from March, summer June, autumn September, winter from December into the next year."""
    return months(year, SEASON_START[name], 3, "season")


def quarter(year: int, number: int) -> Interval:
    """Calendar quarter 1 to 4."""
    return months(year, 3 * number - 2, 3, "quarter")


def year(number: int) -> Interval:
    """That calendar year."""
    return Interval(dt.date(number, 1, 1), dt.date(number, 12, 31), "year")


def years(first: int, last: int, precision: str) -> Interval:
    """Whole calendar years, both inside."""
    return Interval(dt.date(first, 1, 1), dt.date(last, 12, 31), precision)


def decade(first_year: int) -> Interval:
    """Ten calendar years from `first_year` on."""
    return years(first_year, first_year + 9, "decade")


def plus_months(date: dt.date, count: int) -> dt.date:
    """`date` moved by whole months; a day that the month lacks becomes its last (31 January + 1 = 28 February)."""
    index = date.year * 12 + date.month - 1 + count
    target_year, target_month = divmod(index, 12)
    following = dt.date(target_year + target_month // 11, (target_month + 1) % 12 + 1, 1)
    return dt.date(target_year, target_month + 1, min(date.day, (following - dt.timedelta(1)).day))


def plus(date: dt.date, count: float, unit: str) -> dt.date:
    """`date` moved by `count` units: day, week, fortnight, month, quarter, year, decade or century."""
    if unit in DAYS_OF:
        return date + dt.timedelta(round(count * DAYS_OF[unit]))
    return plus_months(date, round(count * MONTHS_OF[unit]))


def unit_of(date: dt.date, unit: str) -> Interval:
    """The calendar unit that holds `date`: its day, week, month, quarter, year, decade or century."""
    century_end = (date.year + 99) // 100 * 100
    return {
        "week": lambda: week_of(date),
        "month": lambda: month(date.year, date.month),
        "quarter": lambda: quarter(date.year, (date.month + 2) // 3),
        "year": lambda: year(date.year),
        "decade": lambda: decade(date.year - date.year % 10),
        "century": lambda: years(century_end - 99, century_end, "range"),
    }.get(unit, lambda: day(date))()


def next_unit(whole: Interval, unit: str, count: int) -> Interval:
    """The calendar unit that many units after (or, below 0, before) the one that `whole` begins in."""
    return unit_of(plus(unit_of(whole.first, unit).first, count, unit), unit)


def moved(whole: Interval, count: float, unit: str) -> Interval:
    """`whole`, a reference in the text, moved by `count` units as finely as such words mean it.

    Days and weeks move the days themselves; months give a calendar month, and so does a single year ("a year earlier");
    more years and decades give a calendar year.
    """
    if unit in DAYS_OF:
        return Interval(plus(whole.first, count, unit), plus(whole.last, count, unit), whole.precision)
    first = plus(whole.first, count, unit)
    if whole.precision in {"year", "decade"}:
        return year(first.year)
    return unit_of(first, "month" if unit == "month" or (unit == "year" and abs(count) <= 1) else "year")


def capped(whole: Interval, last: dt.date) -> Interval:
    """`whole`, ended at `last` when it would run past it."""
    return whole._replace(last=last) if whole.first <= last < whole.last else whole


def floored(whole: Interval, first: dt.date) -> Interval:
    """`whole`, begun at `first` when it would start before it."""
    return whole._replace(first=first) if whole.first < first <= whole.last else whole


def part(whole: Interval, word: str) -> Interval:
    """The early, mid or late part of a month, season, year or decade.

    Codebook, section 4: early is the 1st to the 15th of a month, mid the 11th to the 20th, late the 16th to the end. The
    same halves and middle third are taken of longer units: early 2008 is January to June, late 1992 July to December;
    the early 1990s are the first four years and the late ones the last four.
    """
    if whole.precision == "month":
        cuts = {"early": (1, 15), "mid": (11, 20), "late": (16, whole.last.day)}[word]
        return span(whole.first.replace(day=cuts[0]), whole.first.replace(day=cuts[1]))
    total = 12 * (whole.last.year - whole.first.year) + whole.last.month - whole.first.month + 1
    reach = total // 2 if whole.precision != "decade" else 48
    skip = {"early": 0, "mid": (total - total // 3) // 2, "late": total - reach}[word]
    length = total // 3 if word == "mid" else reach
    first = plus_months(whole.first, skip)
    return span(first, plus_months(first, max(length, 1)) - dt.timedelta(1))


def edge(whole: Interval, word: str) -> Interval:
    """The start, middle or end of a unit: of a month ten days, of a year or more its first or last tenth at most a month.

    "The end of the month" is the 21st on, "the end of 2004" December 2004; of a week its first or last two days.
    """
    days = (whole.last - whole.first).days + 1
    length = 10 if whole.precision == "month" else 31 if days > 80 else max(1, days // 3)
    if whole.precision == "month" and word == "end":
        return span(whole.first.replace(day=21), whole.last)
    first = {"start": 0, "middle": (days - length) // 2, "end": days - length}[word]
    begin = whole.first + dt.timedelta(first)
    return span(begin, begin + dt.timedelta(length - 1))
