"""ISO dates that may lack day or month → whole days, and whole days → words."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def first_day(text: str) -> str | None:
    """The first day of an ISO date that may lack day or month; None when empty or senseless."""
    return _day(text, last=False)


def last_day(text: str) -> str | None:
    """The last day of an ISO date that may lack day or month; None when empty or senseless."""
    return _day(text, last=True)


def written_well(text: str) -> bool:
    """Whether the text is YYYY, YYYY-MM or YYYY-MM-DD and such a day exists."""
    return _ISO.fullmatch(text) is not None and first_day(text) is not None


def days_between(earlier: str, later: str) -> int:
    """Days from one ISO day to another, below 0 when the second comes first."""
    return (dt.date.fromisoformat(later) - dt.date.fromisoformat(earlier)).days


def _day(text: str, *, last: bool) -> str | None:
    try:
        numbers = [int(part) for part in text.strip().split("-")]
        year = numbers[0]
        month = numbers[1] if len(numbers) > 1 else (12 if last else 1)
        day = numbers[2] if len(numbers) > 2 else (calendar.monthrange(year, month)[1] if last else 1)
        return dt.date(year, month, day).isoformat()
    except (ValueError, IndexError, calendar.IllegalMonthError):
        return None
