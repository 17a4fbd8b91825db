"""Whether rows of other event data hold in their source texts, as this program reads them: type, actors, date, status.

    holds                an event of ours has the row's type and parties, happened, and its days cover the row's day or are not told
    other type           our nearest event has the row's parties, but another type
    other actors         … the row's type, but other parties, or the same the other way round
    not an actual event  … type and parties, but the text tells it as planned, possible or denied
    other date           … and happened, on days that the row's day is not among
    not in the text      no event of ours shares the type or the parties

The program is no judge without fault: a row that holds can be trusted, one that does not is a reason to look (`RIGHT_HOLD`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from math import sqrt

import msgspec

from detente.records import Entity, Event

VERDICTS = ("holds", "other type", "other actors", "other date", "not an actual event", "not in the text")
RIGHT_HOLD, WRONG_HOLD = 0.43, 0.04
"""Shares of rows found to hold among right ones (145 of 340) and wrong ones (37 of 868): `python -m evaluation.audit`, reader en-1."""

_Z = 1.959964
"""Of a 95 % interval."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What the text says of one row. `date` is None where the text tells no day; `ours` is None when it tells no such event."""

    row: Event
    verdict: str
    type: bool
    actors: bool
    date: bool | None
    status: str | None
    detail: str
    ours: Event | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Findings by verdict, and the share that holds with its 95 % interval after Wilson; None when nothing was audited."""

    audited: int
    verdicts: dict[str, int]
    holds: float | None
    low: float | None
    high: float | None


class _Match(msgspec.Struct, frozen=True):
    """How far one of our events agrees with a row."""

    ours: Event
    type: bool
    actors: bool
    turned: bool
    actual: bool
    date: bool | None

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, bool, bool]:
        """Best first: type and parties, then parties, then type, then the two that are looked at last."""
        return (self.type and self.actors, self.actors, self.type, self.turned, self.actual, self.date is not False)


def finding(row: Event, events: Iterable[Event], *, days: int = 0) -> Finding:
    """The finding of one row against every event of its source text.

    Args:
        row: The event as the other data has it.
        events: What this program reads in the text.
        days: Days by which dates may differ.
    """
    matches = [_match(row, ours, days) for ours in events]
    best = max((m for m in matches if m.type or m.actors), key=lambda m: m.rank, default=None)
    if best is None:
        told = f"the text tells {len(matches)} events, none with this type or these parties" if matches else "the text tells no event"
        return Finding(row=row, verdict="not in the text", type=False, actors=False, date=None, status=None, detail=told, ours=None)
    verdict, detail = _verdict(row, best)
    return Finding(row=row, verdict=verdict, type=best.type, actors=best.actors, date=best.date, status=best.ours.status, detail=detail, ours=best.ours)


def _match(row: Event, ours: Event, days: int) -> _Match:
    forward = _roles_hold(row, ours.actor, ours.recipient, alike=ours.reciprocal)
    turned = not forward and _roles_hold(row, ours.recipient, ours.actor, alike=False)
    return _Match(ours, row.event[0] in ours.event, forward, turned, ours.status == "actual", _date_holds(row, ours, days))


def _verdict(row: Event, best: _Match) -> tuple[str, str]:
    ours = best.ours
    if not best.type:
        return "other type", f"the text has {ours.event[0]}, not {row.event[0]}"
    if not best.actors:
        return "other actors", "the same parties the other way round" if best.turned else f"the text has {_parties(ours)}"
    if not best.actual:
        return "not an actual event", f"the text tells it as {ours.status}"
    if best.date is False:
        return "other date", f"the text has {ours.date} to {ours.enddate}" if ours.date != ours.enddate else f"the text has {ours.date}"
    return "holds", "" if best.date else "the text tells no day"


def _parties(event: Event) -> str:
    sides = [" + ".join(e.code or e.name or e.entity_text for e in side) for side in (event.actor, event.recipient)]
    return " → ".join(side or "nobody" for side in sides)


def _roles_hold(row: Event, actors: tuple[Entity, ...], recipients: tuple[Entity, ...], *, alike: bool) -> bool:
    """Whether each party of the row is among ours in the same role; in any role where all parties do alike."""
    both = (*actors, *recipients)
    ours = (both, both) if alike else (actors, recipients)
    sides = (row.actor, row.recipient)
    return all(any(_same(party, o) for o in mine) for side, mine in zip(sides, ours, strict=True) for party in side)


def _same(party: Entity, ours: Entity) -> bool:
    """The same state or body; for a party without one the same sector, and for one without either the same name."""
    if party.code is not None:
        return party.code == ours.code
    if party.sector is not None:
        return party.sector == ours.sector
    told = {w.casefold() for w in (party.name, party.entity_text) if w}
    return any(a in b or b in a for a in told for w in (ours.name, ours.entity_text) if w for b in [w.casefold()])


def _date_holds(row: Event, ours: Event, days: int) -> bool | None:
    """Whether the row's day is among ours; None when one of them tells no day."""
    if row.date is None or ours.date is None or ours.enddate is None:
        return None
    first, last, day = (dt.date.fromisoformat(d) for d in (ours.date, ours.enddate, row.date))
    within = dt.timedelta(days=days)
    return first - day <= within and day - last <= within


def summary(verdicts: Counter[str]) -> Summary:
    """Counts in the order of `VERDICTS`, and the share that holds."""
    audited = verdicts.total()
    low, high = wilson(verdicts["holds"], audited) if audited else (None, None)
    share = verdicts["holds"] / audited if audited else None
    return Summary(audited=audited, verdicts={v: verdicts[v] for v in VERDICTS}, holds=share, low=low, high=high)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share.

        (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209-212.
    """
    share, z2 = hits / of, _Z**2 / of
    middle, half = share + z2 / 2, _Z * sqrt(share * (1 - share) / of + z2 / of / 4)
    return max(0.0, (middle - half) / (1 + z2)), min(1.0, (middle + half) / (1 + z2))
