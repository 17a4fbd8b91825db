"""Dates that cannot be: a weekday that its date does not have, 31 February, a past event after publication."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from detente.coding.checks.finding import Finding, Scene, trimmed
from detente.records import Trigger
from detente.times.grammar import interpret

NEAR = 60
"""Days from publication within which a date without a year is of the year that brings it nearest."""

_MONTHS = (
    {name.lower(): k for k, name in enumerate(calendar.month_name) if name}
    | {name.lower(): k for k, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9}
)
_DAYS = (
    {name.lower(): k for k, name in enumerate(calendar.day_name)}
    | {name.lower(): k for k, name in enumerate(calendar.day_abbr)}
    | {"tues": 1, "thur": 3, "thurs": 3}
)
_MONTH = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
_WEEKDAY = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|(?:Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)\b\.?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d)\b)?"
_MANY = re.compile(r"^\s*(?:(?:and|or|to|through|until|-|–|—|&)\s*(?:\d|[A-Z])|[-–—/])")
_MANY_BEFORE = re.compile(r"(?:(?:\b(?:and|or|to|through|from|between)|[-–—&/]),?\s*(?:on\s+)?)$")

_WITH_WEEKDAY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_WEEKDAY},? {_MONTH} {_DAY}\b{_YEAR}",
        rf"\b{_WEEKDAY},? (?:the )?{_DAY} (?:of )?{_MONTH}(?!\w){_YEAR}",
    )
)
_IMPOSSIBLE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<on>\b(?:on|since|until|by|from|before|after|dated)\s+)?{_MONTH} {_DAY}\b(?!\s*[%:.,]\d)(?:,? (?P<year>(?:19|20)\d\d)\b)?",
        rf"(?P<on>\b(?:on|since|until|by|from|before|after|dated)\s+)(?:the )?{_DAY} (?:of )?{_MONTH}(?!\w)(?:,? (?P<year>(?:19|20)\d\d)\b)?",
    )
)
_NOT_ALWAYS = ("29", "30", "31")  # days that some months lack
_FULL = re.compile(r"(?:19|20)\d\d")
_TO_COME = re.compile(
    r"(?i)\b(?:will|would|shall|should|could|may|might|can|to|due|scheduled|set|expected|planned|plans?|until|by|before|through|for|next|upcoming|"
    r"expires?|expiring|deadline|target|goal|no later|run|runs|end|ends|ending|begins?|starting|effective|from|return|election|elections)\b"
)
_PAST = re.compile(
    r"(?i)\b(?:was|were|had|did)\b|\b\w{3,}ed\b|\b(?:met|held|said|told|shot|sent|took|struck|made|won|began|fled|fell|fought|broke|gave|left|led)\b"
)


def wrong_dates(scene: Scene) -> Iterator[Finding]:
    """Every date of the text that cannot be."""
    yield from _weekdays(scene)
    yield from _impossible(scene)
    if scene.published is not None:
        for trigger in scene.reading.triggers:
            finding = _ahead(trigger, scene.published, scene)
            if finding is not None:
                yield finding


# --- weekdays ----------------------------------------------------------------------------------------------


def _weekdays(scene: Scene) -> Iterator[Finding]:
    """Weekdays that their date does not have."""
    for pattern in _WITH_WEEKDAY:
        for match in pattern.finditer(scene.text):
            if _MANY.match(scene.text[match.end() :]) or _MANY_BEFORE.search(scene.text[: match.start()]):
                continue  # "Monday and Tuesday, May 8 and 9": which weekday belongs to which day?
            date = _date(match, scene.published)
            said = _DAYS[match["weekday"].lower().rstrip(".")]
            if date is not None and date.weekday() != said:
                detail = (
                    f"{date.isoformat()} was a {calendar.day_name[date.weekday()]}, not a {calendar.day_name[said]}"
                )
                yield Finding("date", trimmed(scene.text, *match.span()), "contradicted", detail, ("calendar",))


def _date(match: re.Match[str], published: dt.date | None) -> dt.date | None:
    """The date of the match; without a year the one near publication, or None when none is near."""
    month, day = _MONTHS[match["month"].lower().rstrip(".")], int(match["day"])
    years = (
        [int(match["year"])] if match["year"] else [] if published is None else [published.year + k for k in (-1, 0, 1)]
    )
    dates = [dt.date(y, month, day) for y in years if 1 <= day <= calendar.monthrange(y, month)[1]]
    if match["year"]:
        return dates[0] if dates else None
    return next((d for d in dates if published is not None and abs((d - published).days) <= NEAR), None)


# --- days that no month has ----------------------------------------------------------------------------------


def _impossible(scene: Scene) -> Iterator[Finding]:
    """31 February and the like; where nothing shows that the number is a day ("In June 31 people died"), silence."""
    if not any(day in scene.text for day in _NOT_ALWAYS):
        return  # most texts, and the patterns are tried at every letter
    for pattern in _IMPOSSIBLE:
        for match in pattern.finditer(scene.text):
            month, day = _MONTHS[match["month"].lower().rstrip(".")], int(match["day"])
            year = int(match["year"]) if match["year"] else None
            days = calendar.monthrange(2024 if year is None else year, month)[1]
            if not days < day <= 31 or not (match["year"] or match["on"]):
                continue
            start = match.end("on") if match["on"] else match.start()
            name = calendar.month_name[month]
            detail = (
                f"{name} {year} has {days} days"
                if year is not None
                else f"{name} has {'at most ' * (month == 2)}{days} days"
            )
            yield Finding("date", trimmed(scene.text, start, match.end()), "contradicted", detail, ("calendar",))


# --- the past after publication ----------------------------------------------------------------------------------


def _ahead(trigger: Trigger, published: dt.date, scene: Scene) -> Finding | None:
    """The finding when an event told as past has time words with a year that lie after publication."""
    if trigger.status != "actual" or trigger.time is None or trigger.time.score < 0.5:
        return None
    time = scene.reading.times[trigger.time.index]
    words = time.of(scene.text)
    interval = interpret(words, published=None) if _FULL.search(words) else None
    if interval is None or interval.first <= published + dt.timedelta(days=1):
        return None
    start, end = min(time.start, trigger.span.start), max(time.end, trigger.span.end)
    around = scene.text[max(scene.sentence(start).start, start - 60) : end]
    told = trigger.span.of(scene.text)
    if (
        end - start > 120
        or _TO_COME.search(around.replace(words, " "))
        or not _PAST.search(told)
        or _TO_COME.search(words)
    ):
        return None
    detail = f"{words} lies after the day of publication, {published.isoformat()}, but is told as past"
    return Finding("date", trimmed(scene.text, start, end), "contradicted", detail, ("calendar",), {"time": (time,)})
