"""Events by any filter, in any order, page by page: first their numbers, from the index's columns; then the few that are shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from detente.errors import BadSetting
from detente.review.correcting import ruled
from detente.store.asking import Wanted, conditions, days
from detente.web import looking
from detente.web.paging import Page, cursor, page
from detente.web.runs import Rows
from detente.web.shapes import EventsAsked, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.web.stores import Desk

ORDERS = {"newest": ("date", "<", "DESC"), "oldest": ("date", ">", "ASC"), "unsure": ("confidence", ">", "ASC")}
"""Column, which values come later, and how it is sorted; events without it come last, and of equals the lower rank first."""
UNKNOWN = "?"
"""In the place of a code: nobody is told, or somebody of unknown code."""
HITS = 512
"""Events with some words that are looked at first; eight times as many follow while too few pass the other filters."""
MOST_HITS = 32_768
"""Of the newest, among which another order than the newest first is made."""

Key = tuple[str | float | None, int]
"""What an order sorts by, and the rank: behind it the next page begins."""


def events(desk: Desk, asked: EventsAsked) -> Page:
    """Events that are wanted, as they stand after people; what people rejected is left out.

    Raises:
        BadSetting: A day or the cursor is none.
    """
    told, values = _conditions(desk, asked)
    found = _by_words(desk, asked, told, values) if asked.q else _by_columns(desk, asked, told, values)
    keys = page([(key, key) for key in found], asked.limit)
    return Page(seen(desk, [rank for _, rank in keys.rows]), keys.next)


def seen(desk: Desk, ranks: Sequence[int]) -> list[Seen]:
    """The events of these ranks as they stand after people."""
    out: list[Seen] = []
    for _, event, title, published, url in looking.events(desk.index, ranks):
        ruling = desk.rulings.of.get(event.id)
        out.append(Seen(event=ruled(event, ruling), ruling=ruling, title=title, published=published, url=url))
    return out


def _conditions(desk: Desk, asked: EventsAsked) -> tuple[str, list[Any]]:
    """SQL over `held` or `single`, with its values."""
    actor, recipient, kind = (word and word.upper() for word in (asked.actor, asked.recipient, asked.type))
    unknown, codes = _unknown(actor, recipient, either=asked.either)
    if unknown or (actor and recipient):  # else `_source` has their rows alone
        actor = recipient = None
    first, values = conditions(
        Wanted(actor=actor, recipient=recipient, either=asked.either, since=asked.since, until=asked.until, type=kind, mode=asked.mode, status=asked.status, least=asked.least)
    )
    told, values = [first, *unknown], [*values, *codes]
    if asked.quad is not None:
        told.append("quad_code = ?")
        values.append(asked.quad)
    if asked.within and asked.since and asked.until:
        told.append("date >= ? AND enddate <= ?")
        values += [days(asked.since, "since")[0], days(asked.until, "until")[1]]
    if asked.document is not None:
        told.append("rank IN (SELECT unnest(?::BIGINT[]))")
        values.append(desk.index.ranks_in("event", asked.document))
    if asked.name is not None:
        told.append("rank IN (SELECT rank FROM named WHERE name = ?)")
        values.append(asked.name)
    if asked.place is not None:
        told.append("rank IN (SELECT rank FROM placed WHERE country = upper(?) OR lower(place) = lower(?) OR lower(coalesce(place, '') || ', ' || country) = lower(?))")
        values += [asked.place] * 3
    if asked.open:
        told.append("rank NOT IN (SELECT rank FROM judged)")
    return " AND ".join(told), values


def _unknown(actor: str | None, recipient: str | None, *, either: bool) -> tuple[list[str], list[str]]:
    """SQL of the rows of a pair of which a side is unknown, with its values; nothing where both are known or any."""
    if UNKNOWN not in (actor, recipient):
        return [], []
    sides = [(actor, recipient), (recipient, actor)] if either else [(actor, recipient)]
    ways = [[(name, code) for name, code in zip(("actor", "recipient"), way, strict=True) if code] for way in sides]
    told = (" AND ".join(f"{name} IS NULL" if code == UNKNOWN else f"{name} = ?" for name, code in way) for way in ways)
    return [f"({' OR '.join(f'({one})' for one in told)})"], [code for way in ways for _, code in way if code != UNKNOWN]


def _by_columns(desk: Desk, asked: EventsAsked, told: str, values: list[Any]) -> list[Key]:
    """Keys of the page, and one more."""
    column, later, order = ORDERS[asked.order]
    begin = _key(asked)
    after, more = _behind(column, later, begin)
    most = (asked.limit + 1) * (2 if asked.either else 1)  # what is mutual stands there both ways
    while True:
        # where all are wanted, the newest ones are among the first of each run
        source, sides = _source(desk, asked, first=most if told == after == "true" and asked.order == "newest" else None)
        sql = f"SELECT {column} AS key, rank FROM {source} WHERE {told} AND {after} ORDER BY {column} {order} NULLS LAST, rank LIMIT {most}"
        rows = desk.ask(sql, [*sides, *values, *more])
        found = list(dict.fromkeys((_plain(row["key"]), row["rank"]) for row in rows))  # an event of several pairs has several rows
        if len(found) > asked.limit or len(rows) < most:
            return found[: asked.limit + 1]
        most *= 8


def _source(desk: Desk, asked: EventsAsked, *, first: int | None = None) -> Rows:
    """The rows to look among; of a pair its own alone, in one direction or both."""
    if not (asked.actor or asked.recipient):
        return Rows("least_sure" if asked.order == "unsure" else "single", [])
    if not (asked.actor and asked.recipient) or UNKNOWN in (asked.actor, asked.recipient):
        return Rows("held", [])
    pair = (asked.actor.upper(), asked.recipient.upper())
    return desk.index.near("held", *([pair, pair[::-1]] if asked.either else [pair]), first=first)


def _key(asked: EventsAsked) -> Key | None:
    return None if asked.after is None else cursor(asked.after, tuple[str | float | None, int], (None, -1))


def _behind(column: str, later: str, begin: Key | None) -> tuple[str, list[Any]]:
    """SQL of what comes behind a key, with its values."""
    if begin is None:
        return "true", []
    value, rank = begin
    if value is None:
        return f"{column} IS NULL AND rank > ?", [rank]
    try:
        held = dt.date.fromisoformat(str(value)) if column == "date" else float(value)
    except ValueError as error:
        raise BadSetting("after", value, "it is no cursor of this order; take the `next` of an answer") from error
    return f"({column} {later} ? OR {column} IS NULL OR ({column} = ? AND rank > ?))", [held, held, rank]


def _by_words(desk: Desk, asked: EventsAsked, told: str, values: list[Any]) -> list[Key]:
    """Keys of the page, and one more, among events whose sentence or title has all the words.

    The newest first is the order in which words are found; a corrected day does not move an event in it.
    """
    assert asked.q is not None
    if asked.order != "newest":
        hits = desk.index.with_words("event", asked.q, limit=MOST_HITS)
        return _by_columns(desk, asked, f"{told} AND rank IN (SELECT unnest(?::BIGINT[]))", [*values, hits])
    begin = _key(asked)
    after, found, size = -1 if begin is None else begin[1], list[Key](), HITS
    while True:
        hits = desk.index.with_words("event", asked.q, after=after, limit=size)
        found += [(None, rank) for rank in _standing(desk, asked, hits, told, values)] if hits else []
        if len(found) > asked.limit or len(hits) < size:
            return found[: asked.limit + 1]
        after, size = hits[-1], size * 8


def _standing(desk: Desk, asked: EventsAsked, hits: list[int], told: str, values: list[Any]) -> list[int]:
    """Those of the hits that stand after people and pass the other filters, by rank; no more than a page needs."""
    if told == "true" and not (asked.actor or asked.recipient):
        return [rank for rank in hits if rank not in desk.index.rejected][: asked.limit + 1]
    source, sides = _source(desk, asked)
    # the least and the greatest are what the index can skip by: its rows are sorted by rank
    sql = f"SELECT DISTINCT rank FROM {source} WHERE {told} AND rank BETWEEN ? AND ? AND rank IN (SELECT unnest(?::BIGINT[])) ORDER BY rank LIMIT {asked.limit + 1}"
    return [row["rank"] for row in desk.ask(sql, [*sides, *values, hits[0], hits[-1], hits])]


def _plain(key: Any) -> str | float | None:
    return key.isoformat() if isinstance(key, dt.date) else key
