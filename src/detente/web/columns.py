"""The columns of the index, in DuckDB, and how they are made of the parts of a store.

Records of a kind are numbered from 0 in the order of their documents, so that a document's lie together. A record's `rank` is its day,
counted back from the last one there can be, and its number: in their order the newest comes first.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from detente.store.tables import CHECKS, DOCUMENTS, EVENTS, PARTIES, QUOTES, REFUSED
from detente.store.views import paths, select

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from detente.store.folder import Part

LAST_DAY = 4_000_000
"""Days after 0001-01-01, behind every date; where the day is unknown the rank begins with it."""
KEY = "(hash({name}) & 4294967295)::UINTEGER"

LINE = 'date DATE, enddate DATE, "type" VARCHAR, "mode" VARCHAR, status VARCHAR, quad_code INTEGER, event_scale DOUBLE, confidence DOUBLE'
"""Columns that events, and events × pairs, are filtered by."""
SCHEMA = f"""
CREATE TABLE told (rank BIGINT, {LINE});
CREATE TABLE lines (rank BIGINT, actor VARCHAR, recipient VARCHAR, {LINE});
CREATE TABLE named (name VARCHAR, side VARCHAR, rank BIGINT);
CREATE TABLE placed (rank BIGINT, country VARCHAR, place VARCHAR, lat DOUBLE, lon DOUBLE);
CREATE TABLE pairs (a VARCHAR, b VARCHAR, "type" VARCHAR, status VARCHAR, how VARCHAR, n BIGINT, "first" DATE, "last" DATE);
CREATE TABLE months (actor VARCHAR, recipient VARCHAR, "month" DATE, quad INTEGER, events BIGINT, points DOUBLE);
CREATE TABLE papers (rank BIGINT, "id" VARCHAR, title VARCHAR, published DATE, publication VARCHAR, url VARCHAR, copy_of VARCHAR, events BIGINT, quotes BIGINT);
CREATE TABLE sides (actor VARCHAR, recipient VARCHAR, n BIGINT);
CREATE TABLE unsure (rank BIGINT, {LINE});
CREATE TABLE spoken (rank BIGINT);
CREATE TABLE speaking (who VARCHAR, about VARCHAR, rank BIGINT);
CREATE TABLE checks (document VARCHAR, "id" VARCHAR, finding VARCHAR, "row" VARCHAR);
CREATE TABLE refused (document VARCHAR, reason VARCHAR, detail VARCHAR, published DATE);
CREATE TABLE keys (key UINTEGER, kind VARCHAR, number BIGINT);
CREATE TABLE packs (start BIGINT, document BIGINT, event BIGINT, quote BIGINT);
"""
"""`pairs` counts each event once a pair; `how`: drawn (its days lie in one month), wide (in several), undated. `sides` counts each once a pair
and direction, "" for a side that has no code. `unsure` is `told`, the least sure first. `speaking` has a quote under the code of its speaker,
in capitals, the name, in small letters, and "", each time under what it is about and "", but for both "". `keys` finds a record's
number by the hash of its name (kind event, document, quote), and the first of a document's by the hash of the document's (kind in:event,
in:quote), cut to 32 bits: what is found is looked at. `packs` is the place of each pack in its file and its first record of each kind."""

RANK = f"((({LAST_DAY} - coalesce(datediff('day', DATE '0001-01-01', {{day}}), 0)) << 32) | ({{number}}))"
HOW = "CASE WHEN date IS NULL THEN 'undated' WHEN date_trunc('month', date) = date_trunc('month', enddate) THEN 'drawn' ELSE 'wide' END"
SUM_PAIRS = f"""
SELECT least(actor, recipient) AS a, greatest(actor, recipient) AS b, "type", status, {HOW} AS how, count(DISTINCT rank) AS n, min(date) AS "first", max(date) AS "last"
FROM {{lines}} WHERE actor <> recipient GROUP BY ALL
"""
SUM_MONTHS = """
SELECT actor, recipient, date_trunc('month', date)::DATE AS "month", quad_code AS quad, count(*) AS events, sum(event_scale) AS points
FROM {lines} WHERE status = 'actual' AND actor <> recipient AND date_trunc('month', date) = date_trunc('month', enddate) GROUP BY ALL
"""
SUM_SIDES = """
SELECT coalesce(actor, '') AS actor, coalesce(recipient, '') AS recipient, count(DISTINCT rank) AS n FROM {lines} GROUP BY ALL
"""


_DRAWN = (
    f"""CREATE TEMP TABLE numbered_documents AS SELECT *, {RANK.format(day="published", number="paper")} AS rank FROM (
        SELECT (SELECT count(*) FROM papers) + row_number() OVER (ORDER BY number) - 1 AS paper, number, "id", title, published FROM new_documents)""",
    f"""CREATE TEMP TABLE numbered_events AS SELECT *, {RANK.format(day="date", number="no")} AS rank FROM (
        SELECT (SELECT count(*) FROM told) + row_number() OVER (ORDER BY d.paper NULLS LAST, e.document, e."at") - 1 AS no, e."at", e.date, e.document, d.paper, d.title
        FROM new_events e LEFT JOIN numbered_documents d ON d."id" = e.document)""",
    f"""CREATE TEMP TABLE numbered_quotes AS SELECT *, {RANK.format(day="published", number="no")} AS rank FROM (
        SELECT (SELECT count(*) FROM spoken) + row_number() OVER (ORDER BY d.paper NULLS LAST, q.document, q."start", q."id") - 1 AS no, d.paper, d.published, q.*
        FROM new_quotes q LEFT JOIN numbered_documents d ON d."id" = q.document)""",
)
_KEPT = (
    """CREATE TEMP TABLE new_told AS SELECT n.rank, e.date, enddate, event[1], mode[1], status, quad_code, event_scale, confidence
        FROM new_events e JOIN numbered_events n USING ("at") ORDER BY n.rank""",
    "INSERT INTO told FROM new_told",
    "INSERT INTO unsure FROM new_told ORDER BY confidence NULLS LAST, rank",
    "DROP TABLE new_told",
    """CREATE TEMP TABLE new_lines AS SELECT n.rank, actor, recipient, p.date, enddate, "type", "mode", status, quad_code, event_scale, confidence
        FROM new_parties p JOIN numbered_events n USING ("at") ORDER BY actor, recipient, n.rank""",
    "INSERT INTO lines SELECT * FROM new_lines",
    f"INSERT INTO pairs {SUM_PAIRS.format(lines='new_lines')} ORDER BY ALL",
    f"INSERT INTO months {SUM_MONTHS.format(lines='new_lines')} ORDER BY ALL",
    f"INSERT INTO sides {SUM_SIDES.format(lines='new_lines')} ORDER BY ALL",
    "DROP TABLE new_lines",
    """INSERT INTO named SELECT DISTINCT one.name, side, rank FROM (
            SELECT n.rank, 'actor' AS side, unnest(actor) AS one FROM new_events JOIN numbered_events n USING ("at") UNION ALL
            SELECT n.rank, 'recipient', unnest(recipient) FROM new_events JOIN numbered_events n USING ("at")) WHERE one.name IS NOT NULL ORDER BY ALL""",
    """INSERT INTO placed SELECT n.rank, event_loc.country_code, event_loc.resolved_place, event_loc.lat, event_loc.lon
        FROM new_events JOIN numbered_events n USING ("at") WHERE event_loc.country_code IS NOT NULL OR event_loc.lat IS NOT NULL ORDER BY n.rank""",
    """INSERT INTO papers SELECT n.rank, d."id", d.title, d.published, d.publication, d.url, d.copy_of, coalesce(e.n, 0), coalesce(q.n, 0)
        FROM new_documents d JOIN numbered_documents n USING (number)
        LEFT JOIN (SELECT document, count(*) AS n FROM new_events GROUP BY document) e ON e.document = d."id"
        LEFT JOIN (SELECT document, count(*) AS n FROM new_quotes GROUP BY document) q ON q.document = d."id" ORDER BY n.rank""",
    "INSERT INTO spoken SELECT rank FROM numbered_quotes ORDER BY rank",
    """INSERT INTO speaking WITH named AS (
            SELECT rank, unnest(['', upper(speaker.code), lower(speaker.name)]) AS who, list_concat([''], list_transform(about, lambda x: x.code)) AS every FROM numbered_quotes),
        each AS (SELECT who, unnest(every) AS about, rank FROM named)
        SELECT DISTINCT who, about, rank FROM each WHERE about IS NOT NULL AND (who <> '' OR about <> '') ORDER BY ALL""",
    """INSERT INTO checks SELECT document, "id", finding, to_json(c) FROM (SELECT * EXCLUDE (run) FROM new_checks) c ORDER BY document, "id" """,
    "INSERT INTO refused SELECT document, reason, detail, published FROM new_refused ORDER BY document, detail",
    f"""INSERT INTO keys SELECT {KEY.format(name="name")} AS key, kind, no FROM (
        SELECT e."id" AS name, 'event' AS kind, n.no FROM new_events e JOIN numbered_events n USING ("at") UNION ALL
        SELECT document, 'in:event', min(no) FROM numbered_events GROUP BY document UNION ALL
        SELECT "id", 'document', paper FROM numbered_documents UNION ALL
        SELECT "id", 'quote', no FROM numbered_quotes UNION ALL
        SELECT document, 'in:quote', min(no) FROM numbered_quotes GROUP BY document) ORDER BY kind, key""",
)
"""How the columns of new parts are added. Each part is sorted for itself: questions skip by the least and greatest values of blocks."""


def fill(asked: DuckDBPyConnection, parts: list[Part], *, fresh: bool) -> None:
    """Add the columns of parts to the tables of `SCHEMA`; what the parts hold is then in `new_…`, and numbered in `numbered_…`."""
    if fresh:
        asked.execute(SCHEMA)
    for table in (DOCUMENTS, EVENTS, PARTIES, QUOTES, CHECKS, REFUSED):
        asked.execute(f"CREATE TEMP VIEW new_{table.name} AS {select(table, paths(parts, table))}")
    for sql in (*_DRAWN, *_KEPT):
        asked.execute(sql)


def rank_on(day: str | None, number: int) -> int:
    """What `RANK` says in SQL."""
    return (LAST_DAY - (0 if day is None else dt.date.fromisoformat(day).toordinal() - 1)) << 32 | number


def number_of(rank: int) -> int:
    """The number in a rank."""
    return rank & 0xFFFFFFFF
