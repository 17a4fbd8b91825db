"""What is to be judged, and how far those who judged agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.web import looking
from detente.web.agreement import agreement
from detente.web.finding import UNKNOWN, events
from detente.web.paging import Page, cursor, page
from detente.web.shapes import AgreementAnswer, EventsAsked, QueueAsked, Seen

if TYPE_CHECKING:
    from detente.records import Event
    from detente.review.rulings import Ruling
    from detente.web.stores import Desk


def queue(desk: Desk, asked: QueueAsked, *, me: str) -> Page:
    """Events that somebody should judge, the least sure first unless asked otherwise.

    Those that wait for a second word are shown as the program said them, so that it is an independent one. `me` is who would judge.

    Raises:
        BadSetting: A day or the cursor is none.
    """
    if asked.queue == "open":
        told = {name: getattr(asked, name) for name in EventsAsked.__struct_fields__}
        return events(desk, EventsAsked(**(told | {"open": True})))
    each = desk.rulings.each
    if asked.queue == "second":
        wanted = [record for record, by in each.items() if len(by) == 1 and me not in by]
    else:
        wanted = [record for record, by in each.items() if _differ(list(by.values()))]
    ranks = [rank for record in wanted if (rank := desk.index.rank_of("event", record)) is not None]
    rows = [_seen(found, None if asked.queue == "second" else desk.rulings.of.get(found.event.id)) for found in looking.events(desk.index, ranks)]
    keyed = sorted(((row, _key(row["event"], asked.order)) for row in rows if _wanted(row["event"], asked)), key=lambda pair: pair[1])
    begin = cursor(asked.after, tuple[float | str, str], ("", "")) if asked.after else None
    return page([(row, key) for row, key in keyed if begin is None or key > begin][: asked.limit + 1], asked.limit)


def _seen(found: looking.Found, ruling: Ruling | None) -> Seen:
    return Seen(event=found.event, ruling=ruling, title=found.title, published=found.published, url=found.url)


def _differ(rulings: list[Ruling]) -> bool:
    """Whether two people see the record differently."""
    return len({(ruling["state"] == "rejected", *sorted((k, v or "") for k, v in ruling["fields"].items() if ruling["state"] != "rejected")) for ruling in rulings}) > 1


def _wanted(event: Event, asked: QueueAsked) -> bool:
    codes = [{party.code or UNKNOWN for party in side} or {UNKNOWN} for side in (event.actor, event.recipient)]
    actor, recipient = (asked.actor and asked.actor.upper()), (asked.recipient and asked.recipient.upper())
    ways = [codes, codes[::-1]] if asked.either or event.reciprocal else [codes]
    pair = any((not actor or actor in one) and (not recipient or recipient in other) for one, other in ways)
    return pair and (not asked.type or asked.type.upper() == event.event[0]) and (not asked.status or asked.status == event.status)


def _key(event: Event, order: str) -> tuple[float | str, str]:
    """Texts sort days, and numbers chances; a day that nobody knows comes last."""
    if order == "unsure":
        return (2.0 if event.confidence is None else event.confidence), event.id
    day = event.date or ("9999" if order == "oldest" else "0000")
    return (day if order == "oldest" else "".join(chr(0x69 - ord(c)) if c.isdigit() else c for c in day)), event.id


def agreed(desk: Desk) -> AgreementAnswer:
    """How far those agree who judged the same events, question by question, and the events on which they differ."""
    found: AgreementAnswer = desk.kept("agreement", lambda: _agreed(desk))
    return found


def _agreed(desk: Desk) -> AgreementAnswer:
    each = {record: by for record, by in desk.rulings.each.items() if len(by) > 1}
    ranks = [rank for record in each if (rank := desk.index.rank_of("event", record)) is not None]
    before = {found.event.id: found.event for found in looking.events(desk.index, ranks)}
    return AgreementAnswer(
        reviewers=sorted({name for by in desk.rulings.each.values() for name in by}),
        questions=agreement(each, before),
        differ=[record for record, by in each.items() if _differ(list(by.values()))],
    )

