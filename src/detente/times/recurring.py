"""Days that come round: weekdays, months, days of a month, seasons and feasts; and which of them is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from detente.records import Interval
from detente.times import days, holidays
from detente.times.tokens import MONTH_NUMBER, ORDINAL, WEEKDAY_NUMBER

YEARS_AROUND = range(-8, 9)  # 29 February may be eight years away (1896 to 1904)


def occurrences(words: Sequence[str], around: dt.date) -> list[Interval]:
    """The times within a few years (weekdays: two weeks) of `around` that bear these words, in order.

    Args:
        words: A weekday; a month, with or without its day; a season; or a feast.
        around: A day near the ones wanted.
    """
    name = holiday_name(words)
    if name in holidays.NAMES:
        return _each_year(lambda year: holidays.holiday(name, year), around)
    if name in WEEKDAY_NUMBER:
        nearest = around + dt.timedelta((WEEKDAY_NUMBER[name] - around.weekday()) % 7)
        return [days.day(nearest + dt.timedelta(7 * k)) for k in range(-2, 3)]
    if name in days.SEASON_START:
        return _each_year(lambda year: days.season(year, name), around)
    month = next(MONTH_NUMBER[word] for word in words if word in MONTH_NUMBER)
    number = next((day_number(word) for word in words if day_number(word)), 0)
    if number:
        return _each_year(lambda year: days.day(dt.date(year, month, number)), around)
    return _each_year(lambda year: days.month(year, month), around)


def _each_year(make: Callable[[int], Interval], around: dt.date) -> list[Interval]:
    """What `make` gives in each year near `around`; years that lack the day are left out."""
    made: list[Interval] = []
    for offset in YEARS_AROUND:
        try:
            made.append(make(around.year + offset))
        except (ValueError, OverflowError):  # no 29 February, or no such year
            continue
    return made


def holiday_name(words: Sequence[str]) -> str:
    """`words` as the tables of feasts write them: "new year's day"."""
    name = " ".join(words).replace("’", "'").replace(" 's", "'s").replace(" '", "'")
    return name.replace("st.", "st").replace(" - ", " ")


def day_number(word: str) -> int:
    """Day of the month that a word names ("4", "4th", "fourth"), or 0."""
    if word in ORDINAL:
        return ORDINAL[word]
    digits = word.rstrip("stndrh")
    return int(digits) if digits.isdecimal() and len(digits) <= 2 else 0


def stripped(words: Sequence[str]) -> tuple[str, ...]:
    """The words of something that comes round, without article and without the weekday before a date."""
    kept = tuple(word for word in words if word not in {"the", "of", ","})
    return kept[1:] if len(kept) > 1 and kept[0] in WEEKDAY_NUMBER else kept


def latest(among: Sequence[Interval], upto: dt.date) -> Interval | None:
    """The last that has begun by `upto`."""
    return max((each for each in among if each.first <= upto), default=None)


def earliest(among: Sequence[Interval], since: dt.date) -> Interval | None:
    """The first that has not ended before `since`."""
    return min((each for each in among if each.last >= since), default=None)


def ended(among: Sequence[Interval], before: dt.date) -> Interval | None:
    """The last that has ended before the day `before`."""
    return max((each for each in among if each.last < before), default=None)


def yet_to_come(among: Sequence[Interval], after: dt.date) -> Interval | None:
    """The first that begins after the day `after`."""
    return min((each for each in among if each.first > after), default=None)


def nearest(among: Sequence[Interval], to: dt.date) -> Interval | None:
    """The one that holds `to` or is fewest days away; of two, the earlier."""
    return min(among, key=lambda each: max((each.first - to).days, (to - each.last).days, 0), default=None)


def by_tense(among: Sequence[Interval], published: dt.date, tense: str) -> Interval | None:
    """The one that a sentence of that tense means: none of it later than `published` in the past, none earlier in the future."""
    if tense == "future":
        coming = earliest(among, published)
        return days.floored(coming, published) if coming else None
    if tense == "present":
        return nearest(among, published)
    gone = latest(among, published)
    return days.capped(gone, published) if gone else None
