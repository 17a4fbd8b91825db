"""Intervals as TIMEX3 values, for comparing with corpora and other taggers (TimeML 1.2.1, as TempEval-3 uses it)."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from detente.records import Interval, Span
from detente.times import days
from detente.times.amounts import amount
from detente.times.atoms import FROM_TODAY
from detente.times.cascade import Node, Now
from detente.times.grammar import nodes_of
from detente.times.tense import tense_beside
from detente.times.tokens import CLASSES, DAYPART, MONTH_NUMBER, UNIT, WEEKDAY_NUMBER

SEASONS = ("SP", "SU", "FA", "WI")  # from March on
UNIT_LETTER = {"fortnight": "W", "decade": "Y", "century": "Y"}  # of the others, their initial
UNIT_SIZE = {"fortnight": 2, "decade": 10, "century": 100}
HOURS = {"hour": "H", "minute": "M", "second": "S", "moment": "S"}
FREQUENCY = {
    "daily": "P1D",
    "nightly": "P1D",
    "weekly": "P1W",
    "monthly": "P1M",
    "quarterly": "P1Q",
    "yearly": "P1Y",
    "annual": "P1Y",
    "annually": "P1Y",
}
_SIGNAL = re.compile(
    r"\s+(?:after|before|(?:earlier|later|sooner|longer)\s+than)$", re.IGNORECASE
)  # behind a length that it counts from an event
DETERMINERS, RUNNING = {"the", "a", "an", "its", "their", "his", "her", "this"}, {"past", "last", "next", "coming"}
COMES_ROUND = frozenset(word for name in ("MONTH", "WEEKDAY", "SEASON") for word in CLASSES[name])
ASIDE_DAYS = 31  # 62 and 92 give the same within 0.002 on the first 16 histories of WikiWars
PRESENT = {"now", "currently", "nowadays", "present"}


class Timex(NamedTuple):
    """A time expression as TimeML marks it; `value` is None when unknown."""

    span: Span
    value: str | None


def tag(text: str, *, published: dt.date, narrative: bool = False) -> tuple[Timex, ...]:
    """Time expressions with values, without prepositions and with the ends of a stretch apart ("from 2001", "to 2005").

    Args:
        text: Any text.
        published: Its day.
        narrative: A history: each bare date follows the one told before, not `published`.
    """
    anchor: Interval | None = None if narrative else days.day(published)
    fine = anchor  # the last that is finer than a year, or a chapter's year
    tagged = []
    for node in nodes_of(text, layers=2):
        if narrative and anchor:
            interval = _told_after(node, anchor, fine)
        else:
            interval = _read(node, Now(published, tense_beside(text, Span(node.start, node.end)), anchor))
        if node.kind == "stretch" and interval:
            tagged += _ends(text, node, interval)
        elif not narrative and (signal := _SIGNAL.search(text, node.start, node.end)) and node.words[0] != "the":
            tagged.append(Timex(Span(node.start, signal.start()), _length(node.words)))
        else:
            tagged.append(Timex(Span(node.start, node.end), value(interval, node.words, kind=node.kind)))
        if interval and _is_anchor(node, interval, anchor):
            anchor = interval
            heads = text[: node.start].endswith("\n")  # the year of a chapter is no aside
            fine = interval if heads or interval.precision != "year" else fine
    return tuple(tagged)


def _is_anchor(node: Node, interval: Interval, anchor: Interval | None) -> bool:
    """Whether what follows counts from here: not from "now", and not from "in 1941" when a day of that year was told before."""
    coarser = anchor is not None and interval.first <= anchor.first and anchor.last < interval.last
    return (
        not coarser
        and interval.precision != "decade"
        and node.kind not in {"hour", "length"}
        and not FROM_TODAY.keys() & set(node.words)
    )


def _told_after(node: Node, anchor: Interval, fine: Interval | None) -> Interval | None:
    """In a history: a bare date lies in the year of the one told before, or in the next when that would lead far back.

    A year told in between ("a campaign planned for 1976") is an aside when the date follows closely on the day told before it.
    """
    if not COMES_ROUND & set(node.words):  # "the end of the month", "this year"
        return _read(node, Now(anchor.last, "past", anchor))
    if fine is not None and fine != anchor:
        interval = _read(node, Now(dt.date(fine.first.year, 12, 31), "past", fine))
        if interval is not None and 0 <= (interval.first - fine.first).days <= ASIDE_DAYS:
            return interval
    for year in (anchor.first.year, anchor.first.year + 1):
        interval = _read(node, Now(dt.date(year, 12, 31), "past", anchor))
        if (
            interval is None
            or node.kind not in {"recurring", "point", "stretch"}
            or (anchor.first - interval.first).days < 240
        ):
            break
    return interval


def _ends(text: str, node: Node, interval: Interval) -> list[Timex]:
    """Both ends of a stretch, marked apart: "22" and "25 April 1951", "1861" and "1865"."""
    first, last, _ = interval
    joint = re.search(r"\s*(?:[-–—]|\band\b|\bto\b|\bor\b|\bthrough\b)\s*", text[node.start : node.end])
    if joint is None:
        return []
    whole_months = first.day == 1 and (last + dt.timedelta(1)).day == 1
    whole_years = whole_months and first.month == 1 and last.month == 12 and not set(node.words) & set(MONTH_NUMBER)
    size = 4 if whole_years else 7 if whole_months else 10
    spans = Span(node.start, node.start + joint.start()), Span(node.start + joint.end(), node.end)
    return [Timex(span, date.isoformat()[:size]) for span, date in zip(spans, (first, last), strict=True)]


def _read(node: Node, now: Now) -> Interval | None:
    try:
        return node.read(now)
    except (ValueError, OverflowError):  # a day that does not exist
        return None


def value(interval: Interval | None, words: tuple[str, ...], *, kind: str = "point") -> str | None:
    """The TIMEX3 value: "2023-05-08", "2023-W18", "199", "P3D", "PAST_REF" and the like.

    Args:
        interval: What `interpret` made of the words.
        words: The lower-cased words: they tell hours, lengths and what is vague.
        kind: Kind of the grammar's node: "length" and "set" are told by their words alone.
    """
    known = set(words)
    if kind == "set":
        return next((FREQUENCY[word] for word in words if word in FREQUENCY), None) or _round(words) or _length(words)
    first = next((word for word in words if word not in DETERMINERS), "")
    runs = first in RUNNING and kind == "point" and interval is not None and interval.precision == "range"
    if kind == "length" or runs or ("recent" in known and UNIT.keys() & known):
        return _length(words)
    if known & PRESENT:
        return "PRESENT_REF"
    if kind == "vague":
        return _vague(words)
    return _date(interval, words) if interval else None


def _vague(words: tuple[str, ...]) -> str:
    """Years before Christ, and what is only past or to come."""
    if words[-1] in {"bc", "bce"}:
        return f"BC{int(words[0]):04}"
    return "FUTURE_REF" if {"future", "coming"} & set(words) else "PAST_REF"


def _length(words: tuple[str, ...]) -> str | None:
    """P3D, PT2H, PXW: a length, or None without a unit."""
    count = amount(words)
    for word in reversed(words):
        unit, short = UNIT.get(word), HOURS.get(word.removesuffix("s"))
        if unit:
            few = count is None or (count == 1 and word != unit)
            number = "X" if few or count is None else f"{count * UNIT_SIZE.get(unit, 1):g}"
            return f"P{number}{_letter(unit)}"
        if short:
            few = count is None or words == (word,)
            return f"PT{'X' if few else f'{count:g}'}{short}"
    return None


def _letter(unit: str) -> str:
    """The letter of a unit in a length."""
    return UNIT_LETTER.get(unit, unit[0].upper())


def _round(words: tuple[str, ...]) -> str | None:
    """What comes round at an hour of the day or on a day of the week: "every morning", "each Friday", "Sundays"."""
    part = next((DAYPART[word] for word in words if word in DAYPART), None)
    weekday = next(
        (WEEKDAY_NUMBER[word] for word in (each.removesuffix("s") for each in words) if word in WEEKDAY_NUMBER), None
    )
    if weekday is not None:
        return f"XXXX-WXX-{weekday + 1}"
    return f"XXXX-XX-XXT{part}" if part else None


def _date(interval: Interval, words: tuple[str, ...]) -> str:
    """A calendar date as finely as the interval knows it."""
    first, last, precision = interval
    if precision == "day":
        return first.isoformat() + _hour(words)
    if precision == "range":
        return _range(interval, words)
    if precision == "decade" and (first.year % 10 or last.year != first.year + 9):  # "a decade ago": about one year
        return f"{(first.year + last.year) // 2:04}"
    if precision == "season":
        return _season(first)
    return {
        "week": _week(first),
        "month": f"{first.year:04}-{first.month:02}",
        "quarter": f"{first.year:04}-Q{(first.month + 2) // 3}",
        "year": f"{first.year:04}",
        "decade": f"{first.year:04}"[:3],
    }[precision]


def _range(interval: Interval, words: tuple[str, ...]) -> str:
    """The smallest calendar unit that holds a range."""
    first, last, _ = interval
    if any(word.startswith("weekend") for word in words):
        return f"{_week(first)}-WE"
    if (last - first).days == 1:
        return last.isoformat() + _hour(words)
    if first.year == last.year and not set(words) & set(MONTH_NUMBER) and (set(words) & {"year", str(first.year)}):
        return f"{first.year:04}{_half(first, words)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.year:04}-{first.month:02}"
    if first.year == last.year:
        return f"{first.year:04}{_half(first, words)}"
    return f"{(last.year - 1) // 100:02}" if last.year - first.year > 20 else f"{first.year:04}"[:3]


def _season(first: dt.date) -> str:
    """The season of a day; January and February belong to the winter of the year before."""
    months = first.year * 12 + first.month - 3
    return f"{months // 12:04}-{SEASONS[months % 12 // 3]}"


def _half(first: dt.date, words: tuple[str, ...]) -> str:
    return f"-H{1 + (first.month > 6)}" if "half" in words else ""


def _week(first: dt.date) -> str:
    return "{}-W{:02}".format(*first.isocalendar())


def _hour(words: tuple[str, ...]) -> str:
    """T15:30, TNI …, or nothing."""
    for i, word in enumerate(words):
        clock = re.fullmatch(r"([0-9]{1,2})(?::([0-9]{2}))?", word)
        marked = words[i + 1 : i + 2]
        half = marked[0][0] if marked and marked[0].replace(".", "") in {"am", "pm"} else ""
        if clock and (clock[2] or half):
            hour = int(clock[1]) % 12 + 12 * (half == "p") if half else int(clock[1])
            return f"T{hour:02}:{clock[2] or '00'}"
    part = next((DAYPART[word] for word in reversed(words) if word in DAYPART), "NI" if "tonight" in words else "")
    return f"T{part}" if part else ""
