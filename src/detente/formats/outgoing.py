"""What the exports share: which events a layout of one actor and one recipient can hold, and cells without tabs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import combinations, product
from typing import NamedTuple

from detente.formats.cameo import cameo_of, table
from detente.formats.rows import bad
from detente.records import Entity, Event

_CAMEO = re.compile(r"; cameo (\d{2,4})(?:;|$)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+")


class Pair(NamedTuple):
    """One row: its id, who acts and whom it is directed at."""

    id: str
    source: Entity | None
    target: Entity | None


def told_as_done(event: Event) -> None:
    """Nothing, when a layout without status and with one day may hold the event.

    Raises:
        BadInput: `no-date`, or `not-actual`: what is planned, feared or denied would read there as done.
    """
    if event.status != "actual":
        raise bad("not-actual", f"status = {event.status!r}, but the layout has no place for it and would tell it as done")
    if event.date is None:
        raise bad("no-date", "the day is unknown, but the layout needs one")


def pairs(event: Event) -> Iterator[Pair]:
    """Each pair of actor and recipient; of a reciprocal event each pair of its parties once. The first keeps the event's id.

    Raises:
        BadInput: `no-date`, `not-actual`, `no-party`.
    """
    told_as_done(event)
    for number, (source, target) in enumerate(couples(event)):
        yield Pair(event.id if number == 0 else f"{event.id}+{number}", source, target)


def couples(event: Event) -> list[tuple[Entity | None, Entity | None]]:
    """Who stands opposite whom; None stands where there is nobody.

    Raises:
        BadInput: `no-party`.
    """
    if not (event.actor or event.recipient):
        raise bad("no-party", "the event has neither actor nor recipient")
    if event.reciprocal and len(event.actor) > 1 and not event.recipient:
        return list(combinations(event.actor, 2))
    return list(product(event.actor or (None,), event.recipient or (None,)))


def cameo_code(event: Event) -> str:
    """The CAMEO code that the event came with, else the one that says its type, mode and contexts best.

    Raises:
        BadInput: `unknown-type`.
    """
    own = _CAMEO.search(event.coder)
    if own and own[1][:3] in table() and table()[own[1][:3]].type == event.event[0]:
        return own[1]
    return cameo_of(event.event[0], event.mode[0] if event.mode else None, event.context)


def plain(text: str | None) -> str:
    """The text on one line without tabs, as a cell of a layout without quotes needs it."""
    return _BREAKS.sub(" ", text).strip() if text else ""


def bare(text: str | None) -> str:
    """As `plain`, with double quotes made single: readers of ICEWS and POLECAT take them for marks around the field."""
    return plain(text).replace('"', "'")


def rounded(value: float | None) -> str:
    """A number as short as it can be read back; empty for None."""
    return "" if value is None else repr(value).removesuffix(".0")


def hashed(id: str, digits: int) -> str:
    """A whole number of at most so many digits that stands for an id, the same every time."""
    return str(int(hashlib.sha256(id.encode()).hexdigest(), 16) % 10**digits)
