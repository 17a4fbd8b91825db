"""One function a question. What each returns is shown by page, REST API and command line alike."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from detente.actors.lookup import about
from detente.coding.explaining import behind
from detente.errors import BadSetting
from detente.ontology import PLOVER
from detente.records import Check
from detente.review.correcting import ruled_quote
from detente.store.asking import Wanted, conditions, days, span
from detente.store.judgements import ledger
from detente.store.rows import check_of
from detente.web import looking, quoting
from detente.web.codes import demand_pair
from detente.web.columns import SUM_MONTHS, SUM_PAIRS, rank_on
from detente.web.finding import events, seen
from detente.web.paging import NotThere, Page, cursor, page
from detente.web.periods import level, network, places, turning
from detente.web.runs import Rows
from detente.web.shapes import (
    ActorAnswer,
    ActorAsked,
    Brief,
    ChecksAsked,
    Day,
    DocumentAnswer,
    DocumentsAsked,
    EventAnswer,
    JudgementsAsked,
    Month,
    OverviewAnswer,
    Pair,
    QuoteAnswer,
    QuotesAsked,
    RefusedAnswer,
    RefusedAsked,
    RelationAnswer,
    RelationAsked,
    RelationsAsked,
    Said,
    Seen,
    StoriesAsked,
    Tally,
)
from detente.web.telling import counted, stories, story, story_of

if TYPE_CHECKING:
    from detente.actors.base import ActorBase
    from detente.web.stores import Desk

WEEK, WINDOW = 7, 28
"""Days of "now", and of "before": whole weeks, so that both have the same weekdays. Where less moved within a week, four are told."""
FEWEST = 3
"""Pairs that must have moved."""


# --- lists, page by page ----------------------------------------------------------------------------


def quotes(desk: Desk, asked: QuotesAsked) -> Page:
    """Quotes with these words, of this speaker (code or name), published in these days, in this document; of the newest documents first.

    Raises:
        BadSetting: A day or the cursor is none, or the days are reversed.
    """
    since, until = span(asked.since, asked.until)
    newest = asked.limit + 1 if asked.after is None and not asked.q and asked.document is None and since is None and until is None else None
    table, values = quoting.source(desk, asked.speaker, asked.about, first=newest)
    told, values = ["rank > ?"], [*values, cursor(asked.after, int, -1)]
    if since is not None or until is not None:  # a rank begins with the day, counted back; behind all others are those of unknown day
        told.append("rank >= ? AND rank < ?")
        values += [0 if until is None else rank_on(until.isoformat(), 0), rank_on(None, 0) if since is None else rank_on(since.isoformat(), 0) + (1 << 32)]
    if asked.document is not None:
        told.append("rank IN (SELECT unnest(?::BIGINT[]))")
        values.append(desk.index.ranks_in("quote", asked.document))
    ranks = _ranks(desk, "quote", f"({table})", (told, values), asked)
    found = page([(rank, rank) for rank in ranks], asked.limit)
    return Page(quoting.standing(desk, found.rows), found.next)


def _ranks(desk: Desk, kind: str, table: str, where: tuple[list[str], list[Any]], asked: QuotesAsked | DocumentsAsked) -> list[int]:
    """Ranks of a page and one more, by rank."""
    told, values = where
    sql = f"SELECT rank FROM {table} WHERE {' AND '.join(told)}"
    if not asked.q:
        return [row["rank"] for row in desk.ask(f"{sql} ORDER BY rank LIMIT {asked.limit + 1}", values)]
    after, size, found = cursor(asked.after, int, -1), 512, list[int]()
    while len(found) <= asked.limit:
        hits = desk.index.with_words(kind, asked.q, after=after, limit=size)
        if len(told) == 1 and table in ("papers", f"({quoting.EVERY})"):  # nothing else is asked
            found += hits
        else:
            rows = desk.ask(f"{sql} AND rank IN (SELECT unnest(?::BIGINT[])) ORDER BY rank LIMIT {asked.limit + 1}", [*values, hits])
            found += [row["rank"] for row in rows]
        if len(hits) < size:
            break
        after, size = hits[-1], size * 8
    return found[: asked.limit + 1]


def checks(desk: Desk, asked: ChecksAsked) -> Page:
    """Checks of a document, or with a finding."""
    told, values = ["true"], []
    for column, value in (("finding", asked.finding), ("document", asked.document)):
        if value is not None:
            told.append(f"{column} = ?")
            values.append(value)
    key = cursor(asked.after, tuple[str, str], ("", ""))
    sql = f"""SELECT document, "id", "row" FROM checks WHERE {" AND ".join(told)} AND (document, "id") > (?, ?) ORDER BY document, "id" LIMIT {asked.limit + 1}"""
    return page([(_check(row["row"]), (row["document"], row["id"])) for row in desk.ask(sql, [*values, *key])], asked.limit)


def _check(row: str) -> Check:
    return check_of(msgspec.json.decode(row))


def documents(desk: Desk, asked: DocumentsAsked) -> Page:
    """Documents with these words, published in these days, newest first.

    Raises:
        BadSetting: A day or the cursor is none, or the days are reversed.
    """
    told, values = ["rank > ?"], list[Any]([cursor(asked.after, int, -1)])
    since, until = span(asked.since, asked.until)
    for day, way in ((since, ">="), (until, "<=")):
        if day is not None:
            told.append(f"published {way} ?")
            values.append(day)
    ranks = _ranks(desk, "document", "papers", (told, values), asked)
    rows = desk.ask("SELECT * FROM papers WHERE rank IN (SELECT unnest(?::BIGINT[])) ORDER BY rank", [ranks]) if ranks else []
    return page([(_brief(row), row["rank"]) for row in rows], asked.limit)


def _brief(row: dict[str, Any]) -> Brief:
    return Brief(
        id=row["id"], title=row["title"], published=_iso(row["published"]), publication=row["publication"], url=row["url"],
        events=row["events"], quotes=row["quotes"],
    )  # fmt: skip


def refused(desk: Desk, asked: RefusedAsked) -> Page:
    """Documents that were not coded, and why."""
    told, values = ["true"], []
    if asked.reason is not None:
        told.append("reason = ?")
        values.append(asked.reason)
    key = cursor(asked.after, tuple[str, str], ("", ""))
    sql = f"SELECT * FROM refused WHERE {' AND '.join(told)} AND (document, detail) > (?, ?) ORDER BY document, detail LIMIT {asked.limit + 1}"
    found = [RefusedAnswer(**row | {"published": _iso(row["published"])}) for row in desk.ask(sql, [*values, *key])]  # type: ignore[typeddict-item]
    return page([(row, (row["document"], row["detail"])) for row in found], asked.limit)


def relations(desk: Desk, asked: RelationsAsked) -> Page:
    """Pairs of states, those that changed most first.

    The change is the points of the days that end with the newest document, less those of as many before. Only what happened counts
    (status actual), and only events whose days are known to a week.
    """
    code = asked.code and asked.code.upper()
    begin = cursor(asked.after, tuple[float, str], (-1e18, ""))
    every = [pair for pair in _every_pair(desk, asked.days) if code is None or code in (pair["a"], pair["b"])]
    found = [(pair, key) for pair in every if (key := _order(pair)) > begin]
    return page(found[: asked.limit + 1], asked.limit)


def _every_pair(desk: Desk, window: int) -> list[Pair]:
    """All pairs in their order; some thousands, so that they are kept."""

    def made() -> list[Pair]:
        return sorted(map(_pair, desk.index.ask(_PAIRS, [window, until(desk)])), key=_order)

    pairs: list[Pair] = desk.kept(("every pair", window), made)
    return pairs


_PAIRS = """
WITH told AS (SELECT ?::INTEGER AS span, ?::DATE AS until),
     now AS (SELECT DISTINCT rank, least(actor, recipient) AS a, greatest(actor, recipient) AS b, date, event_scale FROM held, told
             WHERE status = 'actual' AND actor <> recipient AND enddate - date <= 6 AND date > until - 2 * span AND date <= until),
     sums AS (SELECT a, b, coalesce(sum(event_scale) FILTER (date > until - span), 0) AS points,
                     coalesce(sum(event_scale) FILTER (date <= until - span), 0) AS before FROM now, told GROUP BY a, b)
SELECT a, b, sum(n)::BIGINT AS events, min("first") AS "first", max("last") AS "last", coalesce(any_value(points), 0) AS points, coalesce(any_value(before), 0) AS before
FROM pairs_now LEFT JOIN sums USING (a, b) WHERE status = 'actual' GROUP BY a, b
"""


def _order(pair: Pair) -> tuple[float, str]:
    return -(abs(pair["change"]) * 1e9 + pair["events"]), f"{pair['a']}-{pair['b']}"


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(
        a=row["a"], b=row["b"], events=row["events"], first=_iso(row["first"]), last=_iso(row["last"]),
        points=round(row["points"], 3), before=round(row["before"], 3), change=round(row["points"] - row["before"], 3),
    )  # fmt: skip


def until(desk: Desk) -> dt.date | None:
    """The last day of which there is news: the newest day of publication; without any, the newest day of an event that happened."""
    row = desk.ask("SELECT (SELECT max(published) FROM papers) AS published, (SELECT max(date) FROM single WHERE status = 'actual') AS told")[0]
    found: dt.date | None = row["published"] or row["told"]
    return found


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- one thing ------------------------------------------------------------------------------------------


def overview(desk: Desk) -> OverviewAnswer:
    """What the store holds and what came in, what was refused by reason; pairs that moved most, turning points, disputed stories."""
    counted = desk.ask("SELECT (SELECT count(*) FROM papers) AS documents, (SELECT count(*) FROM told) AS events, (SELECT count(*) FROM spoken) AS quotes, (SELECT count(*) FROM checks) AS checks")[0]
    reasons = desk.ask("SELECT reason AS name, count(*) AS n FROM refused GROUP BY reason ORDER BY n DESC, reason")
    came = desk.ask('SELECT published AS "day", count(*) AS documents, sum(events)::BIGINT AS events FROM papers WHERE published IS NOT NULL GROUP BY published ORDER BY published DESC LIMIT 7')
    last = until(desk)
    window, pairs = next(((span, found) for span in (WEEK, WINDOW) if len(found := _moved(desk, span)) >= FEWEST), (WINDOW, _moved(desk, WINDOW)))
    return OverviewAnswer(
        run=desk.run, coder=desk.coder, documents=counted["documents"], events=counted["events"], quotes=counted["quotes"], checks=counted["checks"], judged=len(desk.rulings.of), refused=[Tally(name=r["name"], n=r["n"]) for r in reasons],
        until=_iso(last), window=window, pairs=pairs or relations(desk, RelationsAsked(limit=12)).rows, turning=turning(desk),
        disputed=stories(desk, StoriesAsked(limit=6, disputed=True, least=2)).rows, came=[Day(day=d["day"].isoformat(), documents=d["documents"], events=d["events"]) for d in came],
        newest=documents(desk, DocumentsAsked(limit=8)).rows,
    )  # fmt: skip


def _moved(desk: Desk, span: int) -> list[Pair]:
    return [pair for pair in relations(desk, RelationsAsked(limit=12, days=span)).rows if pair["change"]]


def document(desk: Desk, id: str) -> DocumentAnswer:
    """A document with its events (those that people rejected, too), quotes and checks, in reading order.

    Raises:
        NotThere: The store has no such document.
    """
    found = looking.document(desk.index, id)
    if found is None:
        raise NotThere("document", id, "the store has none of that name")
    told = [_check(row["row"]) for row in desk.ask('SELECT "row" FROM checks WHERE document = ?', [id])]
    acts = sorted(seen(desk, desk.index.ranks_in("event", id)), key=lambda s: (s["event"].text_info.start, s["event"].id))
    return DocumentAnswer(
        document=found[0], dropped=found[1], events=acts, why={s["event"].id: _why(s, found[0].text) for s in acts},
        quotes=sorted(quoting.standing(desk, desk.index.ranks_in("quote", id)), key=lambda q: (q.text_info.start, q.id)),
        checks=sorted(told, key=lambda c: (c.text_info.start, c.id)),
    )  # fmt: skip


def _why(told: Seen, text: str) -> str:
    """The words behind an event, and what people said instead."""
    ruling = told["ruling"]
    fields = ", ".join(ruling["fields"]) if ruling is not None and ruling["state"] != "added" else ""
    return behind(told["event"], text) + (f"  corrected by {ruling['by']}: {fields}\n" if ruling is not None and fields else "")


def event(desk: Desk, id: str) -> EventAnswer:
    """An event as it stands, as the program said it, and every judgement of it.

    Raises:
        NotThere: The run has no such event.
    """
    rank = desk.index.rank_of("event", id)
    if rank is None:
        raise NotThere("event", id, "the run that is shown has none of that name")
    before = looking.events(desk.index, [rank])[0].event
    now = seen(desk, [rank])[0]
    return EventAnswer(
        seen=now, before=before if before != now["event"] else None, judgements=[said for said in judgements(desk) if said["record"] == id],
        types={code: list(kind.modes) for code, kind in PLOVER.types.items()},
    )  # fmt: skip


def quote(desk: Desk, id: str) -> QuoteAnswer:
    """A quote as it stands, as the program said it, and every judgement of it.

    Raises:
        NotThere: The run has no such quote.
    """
    rank = desk.index.rank_of("quote", id)
    if rank is None:
        raise NotThere("quote", id, "the run that is shown has none of that name")
    (told,) = looking.quotes(desk.index, [rank])
    ruling = desk.rulings.of.get(id)
    now = ruled_quote(told, ruling)
    return QuoteAnswer(quote=now, ruling=ruling, before=told if told != now else None, judgements=[said for said in judgements(desk) if said["record"] == id])


def judgements(desk: Desk) -> list[Said]:
    """The ledger, in the order in which it was said."""
    told: list[Said] = desk.kept("ledger", lambda: [msgspec.convert(msgspec.to_builtins(said), Said) for said in ledger(desk.folder)])
    return told


def said(desk: Desk, asked: JudgementsAsked) -> Page:
    """The ledger of judgements, page by page, in the order in which they were said."""
    after = cursor(asked.after, int, 0)
    found = (one for one in judgements(desk) if one["number"] > after and asked.record in (None, one["record"]))
    return page([(one, one["number"]) for one in islice(found, asked.limit + 1)], asked.limit)


def relation(desk: Desk, a: str, b: str, asked: RelationAsked) -> RelationAnswer:
    """What two states did to each other, month by month.

    Raises:
        BadSetting: A day is none, or both are the same.
        NotThere: They did nothing, and one of the codes is nobody's.
    """
    a, b = a.upper(), b.upper()
    if a == b:
        raise BadSetting("pair", f"{a}-{b}", "a relation has two sides; name two codes")
    pair = (min(a, b), max(a, b))
    ways = (pair, pair[::-1])
    if asked.since is None and asked.until is None:
        kinds_of, months = desk.index.near("pairs_now", pair), [desk.index.near("months_now", way) for way in ways]
    else:
        # a part of the days: summed up from the events of the pair
        kinds_of = _summed(SUM_PAIRS, desk.index.near("held", *ways), asked)
        months = [_summed(SUM_MONTHS, desk.index.near("held", way), asked) for way in ways]
    kinds = desk.ask(f'SELECT "type", status, how, n FROM {kinds_of.sql}', kinds_of.values)
    if not kinds:
        demand_pair(desk, a, b)
    return RelationAnswer(
        a=a, b=b, months=_months(desk, pair, months), types=_tallies(kinds, "type"), statuses=_tallies(kinds, "status"),
        counted=_n(kinds), stories=counted(desk, between(a, b, asked)), undated=_n(kinds, status="actual", how="undated"), wide=_n(kinds, status="actual", how="wide"),
        not_actual=_n(kinds) - _n(kinds, status="actual"),
    )  # fmt: skip


def _summed(sums: str, rows: Rows, asked: RelationAsked) -> Rows:
    """Sums of the rows of the days that are asked for."""
    told, values = conditions(Wanted(since=asked.since, until=asked.until))
    return Rows(f"({sums.format(lines=f'(SELECT * FROM {rows.sql} WHERE {told})')})", [*rows.values, *values])


def _months(desk: Desk, pair: tuple[str, str], ways: list[Rows]) -> list[Month]:
    """What each side did to the other, month by month; rows of one month, side and class, of several parts of a store, are added up."""
    # plain columns: to ask for the month's number, or to compare the sides, would take half as long again
    sql = " UNION ALL ".join(f'SELECT {side} AS side, "month", quad, events, points FROM {rows.sql}' for side, rows in enumerate(ways))
    told = desk.index.columns(sql, [value for rows in ways for value in rows.values])
    key = (told["month"].astype("datetime64[M]").astype(np.int64) * 2 + told["side"]) * 8 + told["quad"]
    order = np.argsort(key, kind="stable")
    begins = np.flatnonzero(np.diff(key[order], prepend=key.min(initial=0) - 1))
    events, points = (np.add.reduceat(told[name][order], begins) if len(key) else key for name in ("events", "points"))
    return [
        {"month": _month(at >> 4), "actor": pair[at >> 3 & 1], "recipient": pair[~at >> 3 & 1], "quad": at & 7, "events": n, "points": value}
        for at, n, value in zip(key[order][begins].tolist(), events.tolist(), points.round(3).tolist(), strict=True)
    ]


@cache
def _month(number: int) -> str:
    """A month as it is written; they are numbered from 1970 on."""
    return f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"


def between(a: str, b: str, asked: RelationAsked, *, limit: int = 50) -> StoriesAsked:
    """The question for the stories of a pair in the days of its relation that are asked for."""
    return StoriesAsked(pair=f"{a}-{b}", since=asked.since, until=asked.until, limit=limit)


def _n(kinds: list[dict[str, Any]], **wanted: str) -> int:
    return sum(row["n"] for row in kinds if all(row[name] == value for name, value in wanted.items()))


def _tallies(kinds: list[dict[str, Any]], column: str) -> list[Tally]:
    sums = Counter[str]()
    for row in kinds:
        sums[row[column]] += row["n"]
    return [Tally(name=name, n=n) for name, n in sorted(sums.items(), key=lambda told: (-told[1], told[0]))]


def actor(desk: Desk, base: ActorBase, asked: ActorAsked) -> ActorAnswer:
    """Who bears the name, with offices and days, and what the store has of them: acts by recipient, and by whom acted on.

    Of a state or body the code counts; of a person, the name that events bear.

    Raises:
        BadSetting: The day is none.
    """
    day = None if asked.on is None else days(asked.on, "on")[0]
    state = asked.name.upper() if asked.name.upper() in base.states() else None
    known = about(base, base.state_name(state) if state else asked.name, on=day)
    code = state or next((k.code for k in known.found if k.kind != "person"), None)
    name = None if code else next((k.name for k in known.found), asked.name)
    acts, suffers = (_counterparts(desk, code, name or "", mine, other) for mine, other in (("actor", "recipient"), ("recipient", "actor")))
    said = desk.ask("SELECT count(*) AS n FROM speaking WHERE who = ? AND about = ''", [code or (name or asked.name).lower()])[0]["n"]
    return ActorAnswer(name=asked.name, on=_iso(day), found=list(known.found), near=list(known.near), code=code, acts=acts, suffers=suffers, quotes=said)


def _counterparts(desk: Desk, code: str | None, name: str, mine: str, other: str) -> list[Tally]:
    """Whom a code, or without one a name, acted on, or who on it, with the number of events."""
    sql = f"SELECT coalesce(nullif({other}, ''), '?') AS name, sum(n)::BIGINT AS n FROM sides_now WHERE {mine} = ? GROUP BY ALL ORDER BY n DESC, name"
    if code is None:
        of_name = f"SELECT rank FROM named WHERE name = ? AND side = '{mine}'"
        sql = f"SELECT coalesce({other}, '?') AS name, count(DISTINCT rank) AS n FROM held WHERE rank IN ({of_name}) GROUP BY ALL ORDER BY n DESC, name"
    return [Tally(**row) for row in desk.ask(sql, [code or name])]  # type: ignore[typeddict-item]


__all__ = [
    "NotThere", "Page", "actor", "between", "checks", "document", "documents", "event", "events", "judgements", "level", "network", "overview", "places", "quote", "quotes", "refused",
    "relation", "relations", "said", "stories", "story", "story_of",
]  # fmt: skip
