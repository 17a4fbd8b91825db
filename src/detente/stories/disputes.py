"""What the reports of one story tell differently: days, tolls, statuses, and whose word it is. Nothing is settled here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence

from detente.records import Dispute, Event, Version
from detente.stories.words import numbers

NEAR = 45
"""Characters between a number and what it counts."""

_TOLLS = {
    "dead": r"kill\w*|dead|di(?:ed|e|es|ing)\b|deaths?|fatalit\w+|los(?:t|ing) their lives|drowned|executed",
    "hurt": r"wound\w*|injur\w+|hurt\b|casualt\w+",
    "missing": r"missing|unaccounted",
    "held": r"arrest\w*|detain\w*|in custody|jailed|rounded up|captur\w+|seiz\w+|held\b",
    "freed": r"freed|releas\w+|let go",
    "displaced": r"displac\w+|fled|evacuat\w+|homeless",
    "expelled": r"expel\w*|expulsion|deport\w*|sent home|turned out",
}
_TOLL = {name: re.compile(rf"\b(?:{words})", re.IGNORECASE) for name, words in _TOLLS.items()}
_STOP = re.compile(r"[.;:]\s|,? (?:and|while|but) ")
_MONEY = re.compile(r"(?:[$€£]|\b(?:US|euros?|dollars?|pounds?|million|billion|percent|per cent|%|years?|months?|weeks?|days?|hours?|minutes?|miles|km|kilomet\w+|metres|tons?|tonnes)\b)\s*$")
_UNIT = re.compile(r"\s*-?(?:[$€£%]|(?:million|billion|percent|per cent|years?|months?|weeks?|days?|hours?|minutes?|miles|km|kilomet\w+|metres|tons?|tonnes|euros|dollars)\b|[-/]year)")


def disputes(events: Sequence[Event], *, copies: Collection[str] = ()) -> tuple[Dispute, ...]:
    """Every difference between the reports, each version with those who tell it.

    Args:
        events: The reports.
        copies: Documents that copy another's text. It does not differ from it but in a number, which some later version put right: another day or
            another status is the reader's doing.
    """
    own = [event for event in events if event.text_info.document not in copies]
    return (*_dates(own), *_statuses(own), *_tolls_told(events), *_accounts(own))


def tolls(text: str) -> dict[str, int]:
    """How many dead, hurt, missing, held, freed, displaced, expelled a sentence tells; the first number of each."""
    found: dict[str, int] = {}
    for value, start in numbers(text):
        end = start + len(re.match(r"[\w,.-]+", text[start:])[0])  # type: ignore[index]  # a number stands there
        if _UNIT.match(text, end) or _MONEY.search(text[:start]):
            continue
        kind = _counted(text, start, end)
        if kind is not None:
            found.setdefault(kind, value)
    return found


def _counted(text: str, start: int, end: int) -> str | None:
    """What a number counts: the nearest such word of its clause, after it ("seven people were killed") or before ("killed seven")."""
    after = _STOP.split(text[end : end + NEAR], maxsplit=1)[0]
    before = _STOP.split(text[max(0, start - NEAR) : start])[-1]
    near = []
    for name, pattern in _TOLL.items():
        if (match := pattern.search(after)) is not None:
            near.append((match.start(), name))
        if (last := [*pattern.finditer(before)]) and not re.search(r"\d", before[last[-1].end() :]):
            near.append((len(before) - last[-1].end(), name))
    return min(near)[1] if near else None


def _dates(events: Sequence[Event]) -> Iterator[Dispute]:
    """Intervals that do not overlap: no day could be both."""
    spans = {e.id: (dt.date.fromisoformat(e.date), dt.date.fromisoformat(e.enddate)) for e in events if e.date and e.enddate}
    apart = any(a[0] > b[1] for a in spans.values() for b in spans.values())
    if apart:
        yield Dispute(dispute="date", about="when it happened", versions=_versions({event: _days(*span) for event, span in spans.items()}))


def _days(first: dt.date, last: dt.date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def _statuses(events: Sequence[Event]) -> Iterator[Dispute]:
    """Told as done by one, as denied by another. That a plan was carried out later is no dispute."""
    told = {e.id: e.status for e in events}
    if "negated" in told.values() and len(set(told.values())) > 1:
        yield Dispute(dispute="status", about="whether it happened", versions=_versions(told))


def _tolls_told(events: Sequence[Event]) -> Iterator[Dispute]:
    told = {e.id: tolls(e.text) for e in events}
    for kind in _TOLLS:
        counts = {event: str(found[kind]) for event, found in told.items() if kind in found}
        if len(set(counts.values())) > 1:
            yield Dispute(dispute="toll", about=kind, versions=_versions(counts))


def _accounts(events: Sequence[Event]) -> Iterator[Dispute]:
    """Two sides on whose word it is told, when they also name different doers; that one denies it is a dispute of the status."""
    told = {e.id: f"says {e.by.name or e.by.code or e.by.entity_text}" for e in events if e.by is not None}
    doers = {e.id: frozenset(a.code or a.entity_text for a in e.actor) for e in events if e.by is not None and e.actor}
    apart = any(a.isdisjoint(b) for a in doers.values() for b in doers.values())
    if apart and len(set(told.values())) > 1:
        whole = {event: f"{says}: {', '.join(sorted(doers.get(event, ()))) or 'somebody'}" for event, says in told.items()}
        yield Dispute(dispute="account", about="who did it", versions=_versions(whole))


def _versions(told: dict[str, str]) -> tuple[Version, ...]:
    """The versions in the order in which they were first told."""
    return tuple(Version(value=value, reports=tuple(event for event, said in told.items() if said == value)) for value in dict.fromkeys(told.values()))

