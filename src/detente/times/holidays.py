"""Feasts and named stretches of history: the few that news uses as dates. Small tables, with where each comes from."""

from __future__ import annotations

import datetime as dt

from detente.records import Interval
from detente.times import days

FIXED = {  # month, day; those with a country's name in the news are the ones meant without it
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "boxing day": (12, 26),
    "new year": (1, 1),
    "new year's": (1, 1),
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
    "epiphany": (1, 6),
    "orthodox christmas": (1, 7),
    "valentine's day": (2, 14),
    "international women's day": (3, 8),
    "women's day": (3, 8),
    "st patrick's day": (3, 17),
    "nowruz": (3, 20),
    "april fools' day": (4, 1),
    "may day": (5, 1),
    "victory day": (5, 9),
    "juneteenth": (6, 19),
    "independence day": (7, 4),  # of the United States; other states' are told by their date
    "fourth of july": (7, 4),
    "bastille day": (7, 14),
    "halloween": (10, 31),
    "veterans day": (11, 11),
    "armistice day": (11, 11),
    "remembrance day": (11, 11),
}
FROM_EASTER = {  # days after (before) Easter Sunday
    "carnival monday": -48,
    "ash wednesday": -46,
    "palm sunday": -7,
    "maundy thursday": -3,
    "good friday": -2,
    "easter": 0,
    "easter sunday": 0,
    "easter monday": 1,
    "ascension day": 39,
    "pentecost": 49,
}
NTH_WEEKDAY = {  # month, weekday (Monday 0), which one (-1: the last), in the United States
    "thanksgiving": (11, 3, 4),
    "thanksgiving day": (11, 3, 4),
    "labor day": (9, 0, 1),
    "memorial day": (5, 0, -1),
    "columbus day": (10, 0, 2),
    "presidents' day": (2, 0, 3),
}
ISLAMIC = {  # month and day of the Islamic year, days that it lasts
    "ramadan": (9, 1, 29),
    "eid": (10, 1, 3),
    "eid al fitr": (10, 1, 3),
    "eid al adha": (12, 10, 4),
    "ashura": (1, 10, 1),
}
NAMES = (*FIXED, *FROM_EASTER, *NTH_WEEKDAY, *ISLAMIC)

ERAS = {
    "world war i": (dt.date(1914, 7, 28), dt.date(1918, 11, 11)),
    "world war one": (dt.date(1914, 7, 28), dt.date(1918, 11, 11)),
    "first world war": (dt.date(1914, 7, 28), dt.date(1918, 11, 11)),
    "world war ii": (dt.date(1939, 9, 1), dt.date(1945, 9, 2)),
    "world war two": (dt.date(1939, 9, 1), dt.date(1945, 9, 2)),
    "second world war": (dt.date(1939, 9, 1), dt.date(1945, 9, 2)),
    "spanish civil war": (dt.date(1936, 7, 17), dt.date(1939, 4, 1)),
    "cold war": (dt.date(1947, 3, 12), dt.date(1991, 12, 26)),
    "korean war": (dt.date(1950, 6, 25), dt.date(1953, 7, 27)),
    "vietnam war": (dt.date(1955, 11, 1), dt.date(1975, 4, 30)),
    "cultural revolution": (dt.date(1966, 5, 16), dt.date(1976, 10, 6)),
    "iran iraq war": (dt.date(1980, 9, 22), dt.date(1988, 8, 20)),
    "gulf war": (dt.date(1990, 8, 2), dt.date(1991, 2, 28)),
    "rwandan genocide": (dt.date(1994, 4, 7), dt.date(1994, 7, 15)),
}


def holiday(name: str, year: int) -> Interval:
    """The feast of that name that begins in `year` of our calendar.

    Raises:
        KeyError: no table has the name.
    """
    if name in FIXED:
        return days.day(dt.date(year, *FIXED[name]))
    if name in FROM_EASTER:
        return days.day(easter(year) + dt.timedelta(FROM_EASTER[name]))
    if name in NTH_WEEKDAY:
        return days.day(_nth_weekday(year, *NTH_WEEKDAY[name]))
    month, number, length = ISLAMIC[name]
    first = _islamic(year, month, number)
    return days.span(first, first + dt.timedelta(length - 1)) if length > 1 else days.day(first)


def easter(year: int) -> dt.date:
    """Western Easter Sunday. Source: the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, 1991, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, number = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, number + 1)


def _nth_weekday(year: int, month: int, weekday: int, which: int) -> dt.date:
    """The `which`-th such weekday of the month; the last for -1."""
    whole = days.month(year, month)
    if which < 0:
        return whole.last - dt.timedelta((whole.last.weekday() - weekday) % 7)
    return whole.first + dt.timedelta((weekday - whole.first.weekday()) % 7 + 7 * (which - 1))


def _islamic(year: int, month: int, number: int) -> dt.date:
    """First day in `year` that bears that Islamic month and day, by the tabular calendar; the sighted moon differs by a day.

    Source: the civil (tabular) Islamic calendar, epoch 16 July 622 (Dershowitz & Reingold, Calendrical Calculations).
    """
    islamic_year = int((year - 622) * 33 / 32) - 1
    while True:
        before = (islamic_year - 1) * 354 + (3 + 11 * islamic_year) // 30 + 29 * (month - 1) + month // 2
        date = dt.date.fromordinal(227_014 + before + number)  # 227 014: the day before 1 Muharram 1
        if date.year >= year:
            return date
        islamic_year += 1
