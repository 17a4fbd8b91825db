"""One function a question. What each returns is shown by page, REST API and command line alike."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from detente.actors.lookup import about
from detente.errors import BadSetting
from detente.ontology import PLOVER
from detente.store import rows
from detente.store.asking import Wanted, conditions, days
from detente.web.judging import ruled
from detente.web.shapes import (
    ActorAnswer,
    ActorAsked,
    Brief,
    ChecksAsked,
    DocumentAnswer,
    DocumentsAsked,
    EventAnswer,
    EventsAsked,
    Month,
    OverviewAnswer,
    Paged,
    Pair,
    QuotesAsked,
    RefusedAnswer,
    RefusedAsked,
    RelationAnswer,
    RelationAsked,
    RelationsAsked,
    Said,
    Seen,
    Tally,
)

if TYPE_CHECKING:
    from detente.actors.base import ActorBase
    from detente.records import Event
    from detente.web.stores import Desk

WINDOW = 28
"""Days of "now", and of "before": four weeks, so that both have the same weekdays."""
_LAST = 10_000_000  # days: behind every date, where events without one stand


class Page(NamedTuple):
    """Part of a list, and the cursor behind it; None at the end."""

    rows: list[Any]
    next: str | None


class NotThere(BadSetting):
    """Something of that name is not in the store."""


# --- lists, page by page ----------------------------------------------------------------------------


def events(desk: Desk, asked: EventsAsked) -> Page:
    """Events that are wanted, as they stand after people; what people rejected is left out.

    Raises:
        BadSetting: A day or the cursor is none.
    """
    told, values = conditions(_wanted(asked))
    if asked.quad is not None:
        told, values = f"{told} AND quad_code = ?", [*values, asked.quad]
    if asked.within and asked.since and asked.until:
        told, values = f"{told} AND date >= ? AND enddate <= ?", [*values, days(asked.since, "since")[0], days(asked.until, "until")[1]]
    more, others = _more(desk, asked)
    # whole rows are read only of those that are shown
    joined = 'JOIN events e ON e."id" = f.event' if "e." in more else ""
    joined += ' LEFT JOIN documents d ON d."id" = e.document' if "d." in more else ""
    key = {"newest": f"-coalesce(datediff('day', DATE '0001-01-01', min(h.date)), -{_LAST})", "oldest": f"coalesce(datediff('day', DATE '0001-01-01', min(h.date)), {_LAST})",
           "unsure": "coalesce(min(h.confidence), 2)"}[asked.order]  # fmt: skip
    sql = f"""
        , found AS (SELECT event, {key}::DOUBLE AS key FROM held h WHERE {told} GROUP BY event),
        shown AS (SELECT f.event, f.key FROM found f {joined} WHERE {more} AND (f.key, f.event) > (?, ?) ORDER BY f.key, f.event LIMIT ?)
        SELECT e.*, shown.key AS key, d.title, d.published, d.url FROM shown JOIN events e ON e."id" = shown.event
        LEFT JOIN documents d ON d."id" = e.document ORDER BY shown.key, e."id"
    """
    after = _cursor(asked.after, float, -1e18)
    found = desk.ask(sql, [*values, *others, *after, asked.limit + 1])
    return _page([(_seen(desk, row), (row["key"], row["id"])) for row in found], asked.limit)


def _wanted(asked: EventsAsked) -> Wanted:
    return Wanted(
        actor=asked.actor and asked.actor.upper(), recipient=asked.recipient and asked.recipient.upper(), either=asked.either, since=asked.since,
        until=asked.until, type=asked.type and asked.type.upper(), mode=asked.mode, status=asked.status, least=asked.least,
    )  # fmt: skip


def _more(desk: Desk, asked: EventsAsked) -> tuple[str, list[Any]]:
    """Conditions on the row of the event itself."""
    told: list[str] = ["true"]
    values: list[Any] = []
    for word in (asked.q or "").split():
        told.append("contains(lower(e.text || ' ' || coalesce(d.title, '')), lower(?))")
        values.append(word)
    if asked.document is not None:
        told.append("e.document = ?")
        values.append(asked.document)
    if asked.name is not None:
        told.append("(list_contains(list_transform(e.actor, lambda x: x.name), ?) OR list_contains(list_transform(e.recipient, lambda x: x.name), ?))")
        values += [asked.name] * 2
    if asked.open:
        told.append("f.event NOT IN (SELECT unnest(?::VARCHAR[]))")
        values.append(list(desk.rulings.of))
    return " AND ".join(told), values


def _seen(desk: Desk, row: dict[str, Any]) -> Seen:
    event = _said(row)
    ruling = desk.rulings.of.get(event.id)
    published = row["published"]
    return Seen(event=ruled(event, ruling), ruling=ruling, title=row["title"], published=published and published.isoformat(), url=row["url"])


def _said(row: dict[str, Any]) -> Event:
    """The event of a row, as the program said it."""
    return rows.event_of({k: v for k, v in row.items() if k not in ("run", "at", "key", "title", "published", "url")})


def quotes(desk: Desk, asked: QuotesAsked) -> Page:
    """Quotes with these words, of this speaker (code or name), in this document."""
    told, values = _text_conditions(asked.q, "text")
    if asked.speaker is not None:
        told.append("(speaker.code = upper(?) OR lower(speaker.name) = lower(?))")
        values += [asked.speaker] * 2
    return _plain(desk, "quotes", rows.quote_of, (told, values), asked, document=asked.document)


def checks(desk: Desk, asked: ChecksAsked) -> Page:
    """Checks of a document, or with a finding."""
    told, values = ["true"], []
    if asked.finding is not None:
        told.append("finding = ?")
        values.append(asked.finding)
    return _plain(desk, "checks", rows.check_of, (told, values), asked, document=asked.document)


def _plain(desk: Desk, table: str, record: Any, where: tuple[list[str], list[Any]], asked: Paged, *, document: str | None) -> Page:
    told, values = where
    if document is not None:
        told, values = [*told, "document = ?"], [*values, document]
    sql = f"""SELECT * FROM {table} WHERE {" AND ".join(told)} AND (document, "id") > (?, ?) ORDER BY document, "id" LIMIT ?"""
    found = desk.ask(sql, [*values, *_cursor(asked.after, str, ""), asked.limit + 1])
    return _page([(record({k: v for k, v in row.items() if k != "run"}), (row["document"], row["id"])) for row in found], asked.limit)


def documents(desk: Desk, asked: DocumentsAsked) -> Page:
    """Documents with these words, published in these days, newest first."""
    told, values = _text_conditions(asked.q, "coalesce(title, '') || ' ' || text")
    if asked.since is not None:
        told.append("published >= ?")
        values.append(days(asked.since, "since")[0])
    if asked.until is not None:
        told.append("published <= ?")
        values.append(days(asked.until, "until")[1])
    key = f"-coalesce(datediff('day', DATE '0001-01-01', published), -{_LAST})"
    sql = f"""
        , found AS (SELECT "id", title, published, publication, url, ({key})::DOUBLE AS key FROM documents WHERE {" AND ".join(told)}),
        shown AS (SELECT * FROM found WHERE (key, "id") > (?, ?) ORDER BY key, "id" LIMIT ?)
        SELECT *, (SELECT count(*) FROM events e WHERE e.document = shown."id") AS events,
                  (SELECT count(*) FROM quotes q WHERE q.document = shown."id") AS quotes FROM shown ORDER BY key, "id"
    """
    found = desk.ask(sql, [*values, *_cursor(asked.after, float, -1e18), asked.limit + 1])
    return _page([(_brief(row), (row["key"], row["id"])) for row in found], asked.limit)


def _brief(row: dict[str, Any]) -> Brief:
    published = row["published"]
    return Brief(
        id=row["id"], title=row["title"], published=published and published.isoformat(), publication=row["publication"], url=row["url"],
        events=row["events"], quotes=row["quotes"],
    )  # fmt: skip


def refused(desk: Desk, asked: RefusedAsked) -> Page:
    """Documents that were not coded, and why."""
    told, values = ["true"], []
    if asked.reason is not None:
        told.append("reason = ?")
        values.append(asked.reason)
    key = _cursor(asked.after, str, "")
    sql = f"SELECT * FROM refused WHERE {' AND '.join(told)} AND (document, detail) > (?, ?) ORDER BY document, detail LIMIT ?"
    found = desk.ask(sql, [*values, *key, asked.limit + 1])
    out = [
        (RefusedAnswer(document=r["document"], reason=r["reason"], detail=r["detail"], published=r["published"] and r["published"].isoformat()), (r["document"], r["detail"]))
        for r in found
    ]
    return _page(out, asked.limit)


def relations(desk: Desk, asked: RelationsAsked) -> Page:
    """Pairs of states, those that changed most first.

    The change is the points of the four weeks that end with the newest event, less those of the four weeks before. Only what
    happened counts (status actual), and only events whose days are known to a week.
    """
    told, values = ["true"], []
    if asked.code is not None:
        told.append("(a = upper(?) OR b = upper(?))")
        values += [asked.code] * 2
    until = _until(desk)
    key = "-(abs(points - before) * 1e9 + events)"
    sql = f"""
        , sides AS (SELECT DISTINCT event, least(actor, recipient) AS a, greatest(actor, recipient) AS b, date, event_scale,
                    coalesce(enddate - date <= 6, false) AS exact FROM held
                    WHERE status = 'actual' AND actor IS NOT NULL AND recipient IS NOT NULL AND actor <> recipient),
        pairs AS (SELECT a, b, count(*) AS events, min(date) AS "first", max(date) AS "last",
                  coalesce(sum(event_scale) FILTER (exact AND date > ?::DATE - {WINDOW} AND date <= ?::DATE), 0) AS points,
                  coalesce(sum(event_scale) FILTER (exact AND date > ?::DATE - {2 * WINDOW} AND date <= ?::DATE - {WINDOW}), 0) AS before
                  FROM sides GROUP BY a, b)
        SELECT *, {key} AS key, a || '-' || b AS name FROM pairs WHERE {" AND ".join(told)} AND ({key}, a || '-' || b) > (?, ?) ORDER BY key, name LIMIT ?
    """
    found = desk.ask(sql, [*[until] * 4, *values, *_cursor(asked.after, float, -1e18), asked.limit + 1])
    return _page([(_pair(row), (row["key"], row["name"])) for row in found], asked.limit)


def _pair(row: dict[str, Any]) -> Pair:
    first, last = row["first"], row["last"]
    return Pair(
        a=row["a"], b=row["b"], events=row["events"], first=first and first.isoformat(), last=last and last.isoformat(),
        points=round(row["points"], 3), before=round(row["before"], 3), change=round(row["points"] - row["before"], 3),
    )  # fmt: skip


def _until(desk: Desk) -> dt.date | None:
    """The last day of which there is news: the newest day of publication; without any, the newest day of an event that happened."""
    row = desk.ask("SELECT (SELECT max(published) FROM documents) AS published, (SELECT max(date) FROM held WHERE status = 'actual') AS told")[0]
    found: dt.date | None = row["published"] or row["told"]
    return found


# --- one thing ------------------------------------------------------------------------------------------


def overview(desk: Desk) -> OverviewAnswer:
    """What the store holds, what was refused by reason, the pairs with most change, the newest documents."""
    counted = desk.ask("SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM quotes) AS quotes, (SELECT count(*) FROM checks) AS checks")[0]
    reasons = desk.ask("SELECT reason AS name, count(*) AS n FROM refused GROUP BY reason ORDER BY n DESC, reason")
    until = _until(desk)
    run = next((r for r in desk.store.runs if r.run == desk.store.run), None)
    return OverviewAnswer(
        run=desk.store.run, coder=run.coder if run else None, documents=counted["documents"], events=counted["events"], quotes=counted["quotes"], checks=counted["checks"], judged=len(desk.rulings.of), refused=[Tally(name=r["name"], n=r["n"]) for r in reasons],
        until=until.isoformat() if until else None, pairs=relations(desk, RelationsAsked(limit=12)).rows, newest=documents(desk, DocumentsAsked(limit=8)).rows,
    )  # fmt: skip


def document(desk: Desk, id: str) -> DocumentAnswer:
    """A document with its events (those that people rejected, too), quotes and checks, in reading order.

    Raises:
        NotThere: The store has no such document.
    """
    found = desk.ask('SELECT * FROM documents WHERE "id" = ?', [id])
    if not found:
        raise NotThere("document", id, "the store has none of that name")
    whole = rows.document_of(found[0])
    told = desk.ask('SELECT e.*, d.title, d.published, d.url FROM events e JOIN documents d ON d."id" = e.document WHERE e.document = ? ORDER BY e."start", e."id"', [id])
    return DocumentAnswer(
        document=whole, events=[_seen(desk, row) for row in told],
        quotes=_all_of(desk, "quotes", rows.quote_of, id), checks=_all_of(desk, "checks", rows.check_of, id),
        dropped={c["reason"]: c["n"] for c in found[0]["dropped"]},
    )  # fmt: skip


def _all_of(desk: Desk, table: str, record: Any, document: str) -> list[Any]:
    found = desk.ask(f'SELECT * FROM {table} WHERE document = ? ORDER BY "start", "id"', [document])
    return [record({k: v for k, v in row.items() if k != "run"}) for row in found]


def event(desk: Desk, id: str) -> EventAnswer:
    """An event as it stands, as the program said it, and every judgement of it.

    Raises:
        NotThere: The run has no such event.
    """
    found = desk.ask('SELECT e.*, d.title, d.published, d.url FROM events e LEFT JOIN documents d ON d."id" = e.document WHERE e."id" = ?', [id])
    if not found:
        raise NotThere("event", id, "the run that is shown has none of that name")
    seen, before = _seen(desk, found[0]), _said(found[0])
    return EventAnswer(
        seen=seen, before=before if before != seen["event"] else None, judgements=[said for said in judgements(desk) if said["record"] == id],
        types={code: list(kind.modes) for code, kind in PLOVER.types.items()},
    )  # fmt: skip


def judgements(desk: Desk) -> list[Said]:
    """The ledger, in the order in which it was said."""
    return [msgspec.convert(msgspec.to_builtins(told), Said) for told in desk.store.judgements()]


def relation(desk: Desk, a: str, b: str, asked: RelationAsked) -> RelationAnswer:
    """What two states did to each other, month by month.

    Raises:
        BadSetting: A day is none, or both are the same.
    """
    a, b = a.upper(), b.upper()
    if a == b:
        raise BadSetting("pair", f"{a}-{b}", "a relation has two sides; name two codes")
    told, values = conditions(Wanted(actor=a, recipient=b, either=True, since=asked.since, until=asked.until))
    pair = f", pair AS (SELECT * FROM held WHERE {told})"
    months = desk.ask(
        pair + """ SELECT strftime(date, '%Y-%m') AS month, actor, recipient, quad_code AS quad, count(*) AS events, round(sum(event_scale), 3) AS points
            FROM pair WHERE status = 'actual' AND date IS NOT NULL AND date_trunc('month', date) = date_trunc('month', enddate)
            GROUP BY ALL ORDER BY month, actor, quad""", values)  # fmt: skip
    counted = desk.ask(
        pair + """ SELECT count(DISTINCT event) AS counted, count(DISTINCT event) FILTER (status <> 'actual') AS not_actual,
            count(DISTINCT event) FILTER (status = 'actual' AND date IS NULL) AS undated,
            count(DISTINCT event) FILTER (status = 'actual' AND date_trunc('month', date) <> date_trunc('month', enddate)) AS wide FROM pair""", values)[0]  # fmt: skip
    types, statuses = (
        desk.ask(pair + f" SELECT {column} AS name, count(DISTINCT event) AS n FROM pair GROUP BY {column} ORDER BY n DESC, name", values)
        for column in ("type", "status")
    )
    return RelationAnswer(
        a=a, b=b, months=[Month(**m) for m in months], types=[Tally(**t) for t in types], statuses=[Tally(**t) for t in statuses],  # type: ignore[typeddict-item]
        counted=counted["counted"], undated=counted["undated"], wide=counted["wide"], not_actual=counted["not_actual"],
    )  # fmt: skip


def actor(desk: Desk, base: ActorBase, asked: ActorAsked) -> ActorAnswer:
    """Who bears the name, with offices and days, and what the store has of them: acts by recipient, and by whom acted on.

    Of a state or body the code counts; of a person, the name that events bear.

    Raises:
        BadSetting: The day is none.
    """
    day = days(asked.on, "on")[0] if asked.on else None
    state = asked.name.upper() if asked.name.upper() in base.states() else None
    known = about(base, base.state_name(state) if state else asked.name, on=day)
    code = state or next((k.code for k in known.found if k.kind != "person"), None)
    name = None if code else next((k.name for k in known.found), asked.name)
    acts, suffers = (_counterparts(desk, code or name or "", mine, other, by_code=code is not None) for mine, other in (("actor", "recipient"), ("recipient", "actor")))
    said = desk.ask("SELECT count(*) AS n FROM quotes WHERE speaker.code = ? OR speaker.name = ?", [code, name or asked.name])[0]["n"]
    return ActorAnswer(name=asked.name, on=day.isoformat() if day else None, found=list(known.found), near=list(known.near), code=code, acts=acts, suffers=suffers, quotes=said)


def _counterparts(desk: Desk, who: str, mine: str, other: str, *, by_code: bool) -> list[Tally]:
    told = f"{mine} = ?" if by_code else f"""event IN (SELECT "id" FROM events WHERE list_contains(list_transform({mine}, lambda x: x.name), ?))"""
    sql = f"SELECT coalesce({other}, '?') AS name, count(DISTINCT event) AS n FROM held WHERE {told} GROUP BY ALL ORDER BY n DESC, name"
    return [Tally(**row) for row in desk.ask(sql, [who])]  # type: ignore[typeddict-item]


# --- cursors --------------------------------------------------------------------------------------------


def every(question: Any, desk: Desk, asked: Paged) -> Iterator[Any]:
    """All rows of a list, page after page."""
    page: Page = question(desk, msgspec.structs.replace(asked, limit=500))
    yield from page.rows
    while page.next is not None:
        page = question(desk, msgspec.structs.replace(asked, limit=500, after=page.next))
        yield from page.rows


def _text_conditions(q: str | None, column: str) -> tuple[list[str], list[Any]]:
    words = (q or "").split()
    return ["true", *[f"contains(lower({column}), lower(?))" for _ in words]], list(words)


def _page(found: list[tuple[Any, tuple[float | str, str]]], limit: int) -> Page:
    """The first `limit`; one more was asked for, to know whether there is any."""
    shown = [row for row, _ in found[:limit]]
    if len(found) <= limit:
        return Page(shown, None)
    return Page(shown, base64.urlsafe_b64encode(msgspec.json.encode(found[limit - 1][1])).decode().rstrip("="))


def _cursor(written: str | None, kind: type[float | str], first: float | str) -> tuple[float | str, str]:
    """What the cursor says: the key and id behind which to go on.

    Raises:
        BadSetting: It is none.
    """
    if written is None:
        return first, ""
    try:
        raw = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        return msgspec.json.decode(raw, type=tuple[kind, str])  # type: ignore[valid-type]
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise BadSetting("after", written, "it is no cursor of this list; take the `next` of an answer") from error
