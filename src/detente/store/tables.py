"""The contract of the store: every table, every column, what it means, and what empty means.

From here come the Parquet files, DuckDB's views, `detente store check` and docs/tables.md. Types are DuckDB's.
A new column or meaning is a new `VERSION` with a step in `migrations.py`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars

VERSION = 2
"""Of the whole folder: layout, tables, columns and their meaning."""

SPAN = 'STRUCT("start" INTEGER, "end" INTEGER)'
SPANS = f'STRUCT("role" VARCHAR, "at" {SPAN}[])[]'
ENTITY = (
    'STRUCT("code" VARCHAR, "sector" VARCHAR, "other_sectors" VARCHAR[], "entity_text" VARCHAR, "name" VARCHAR, '
    '"identifier_id" VARCHAR, "office" VARCHAR)'
)
PLACE = (
    'STRUCT("extracted_place" VARCHAR, "resolved_place" VARCHAR, "geonameid" BIGINT, "lat" DOUBLE, "lon" DOUBLE, '
    '"country_code" VARCHAR, "feature_class" VARCHAR, "resolution" VARCHAR)'
)
ALSO = 'STRUCT("sequence" INTEGER, "start" INTEGER, "end" INTEGER)'
COUNTS = 'STRUCT("reason" VARCHAR, "n" INTEGER)[]'


class Column(NamedTuple):
    """One column. It may be empty only if it says what empty means; `check` is SQL that holds in every row that is not."""

    name: str
    type: str
    meaning: str
    empty: str | None = None
    check: str | None = None


class Table(NamedTuple):
    """One table: what a row is, its columns in order, and what they are sorted by once the store is compacted."""

    name: str
    row: str
    columns: tuple[Column, ...]
    sorted_by: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(c.name for c in self.columns)


RUN = Column("run", "INTEGER", "run that wrote the row", check="run >= 1")
DOCUMENT = Column("document", "VARCHAR", "id of the document")
SENTENCE = (
    Column("sequence", "INTEGER", "number of the sentence in the document, from 0", check="sequence >= 0"),
    Column("start", "INTEGER", "first character of the words in the document's text", check='"start" >= 0'),
    Column("end", "INTEGER", "character after the last", check='"end" >= "start"'),
    Column("spans", SPANS, "words behind each field: role, and character offsets into the document's text"),
)
PRECISIONS = "date_precision IN ('day', 'week', 'month', 'season', 'quarter', 'year', 'decade', 'range', 'unknown')"
STATUSES = "status IN ('actual', 'future', 'hypothetical', 'negated')"
CHANCE = "confidence BETWEEN 0 AND 1"

DOCUMENTS = Table(
    "documents",
    "a text that was coded",
    (
        RUN,
        Column("id", "VARCHAR", "name of the document, given by the source; one a run"),
        Column("sha256", "VARCHAR", "hash of the text's UTF-8 bytes, hexadecimal", check="length(sha256) = 64"),
        Column("published", "DATE", "day of publication", empty="nobody knows; relative dates stay unknown"),
        Column("title", "VARCHAR", "title that came with the text", empty="none came"),
        Column("url", "VARCHAR", "where it was found", empty="the source names no address"),
        Column("publication", "VARCHAR", "paper or agency", empty="the source names none"),
        Column("language", "VARCHAR", "ISO 639-1"),
        Column("text", "VARCHAR", "the text itself, to which all offsets belong"),
        Column("dropped", COUNTS, "words that tell an event but made none, counted by reason"),
        Column("number", "BIGINT", "its place among the documents of the run, from 0, in the order in which they came", check="number >= 0"),
        Column(
            "signature", "BLOB", "by which copies are found: `detente.sources.copies.signature`", check="octet_length(signature) = 1012",
            empty="compacted after so many later texts that none is compared with it any more",
        ),
        Column("copy_of", "VARCHAR", "id of the first text of the run that this one copies", empty="its words are its own", check='copy_of <> "id"'),
    ),
    sorted_by='"id"',
)

EVENTS = Table(
    "events",
    "an event as one document tells it; fields as in docs/records.md",
    (
        RUN,
        Column("at", "BIGINT", "place of the row in its run, from 0; compacting gives new ones", check='"at" >= 0'),
        Column("id", "VARCHAR", "name of the event: the document's, and a number"),
        DOCUMENT,
        *SENTENCE,
        Column("date", "DATE", "first day on which it may have taken place", empty="the text tells no time"),
        Column("enddate", "DATE", "last day, inclusive", empty="the text tells no time", check="enddate >= date"),
        Column("date_precision", "VARCHAR", "how exact the days are", check=PRECISIONS),
        Column("time_text", "VARCHAR", "words that tell the time", empty="no words tell it"),
        Column("historical", "BOOLEAN", "whether it ended more than 30 days before publication"),
        Column("event", "VARCHAR[]", "types of the ontology", check="len(event) >= 1"),
        Column("mode", "VARCHAR[]", "modes of the type; none: []"),
        Column("context", "VARCHAR[]", "contexts; none: []"),
        Column("status", "VARCHAR", "whether it happened", check=STATUSES),
        Column("quad_code", "INTEGER", "quad class", check="quad_code BETWEEN 1 AND 4"),
        Column("event_scale", "DOUBLE", "points of type and mode, from -10 (hostile) to 10 (friendly)", check="event_scale BETWEEN -10 AND 10"),
        Column("reciprocal", "BOOLEAN", "whether the parties do it to each other"),
        Column("actor", f"{ENTITY}[]", "who does it; nobody named: []"),
        Column("recipient", f"{ENTITY}[]", "to whom; nobody named: []"),
        Column("event_loc", PLACE, "where", empty="no place is told"),
        Column("event_text", "VARCHAR[]", "the trigger's words"),
        Column("by", ENTITY, "on whose word", empty="the paper's own"),
        Column("confidence", "DOUBLE", "calibrated chance that type and codes are right", empty="an imported event that tells none", check=CHANCE),
        Column("text", "VARCHAR", 'the sentence; "" when the source has no text'),
        Column("also", f"{ALSO}[]", "other places where the document tells it; none: []"),
        Column("story", "VARCHAR", "story named by the coder itself; stories found later stand in `reports`", empty="none named"),
        Column("coder", "VARCHAR", "program, reader, actor base and ontology, with their versions"),
        Column("coded_date", "DATE", "day on which it was coded", empty="an imported event that names none"),
    ),
    sorted_by="first actor's and first recipient's code, the earlier of the two first; whether its days lie within a month, a year or more; date",
)  # fmt: skip

BESIDE = Table(
    "beside",
    "an event once more, beside a further pair that it has: for questions about that pair, in compacted parts alone",
    (
        Column("low", "VARCHAR", "the pair's code that comes first in the alphabet"),
        Column("high", "VARCHAR", "the other"),
        *EVENTS.columns,
    ),
    sorted_by="low, high; whether its days lie within a month, a year or more; date, at",
)

PARTIES = Table(
    "parties",
    "an event × the code of an actor × the code of a recipient, for questions about pairs of states",
    (
        RUN,
        Column("at", "BIGINT", "the event's `at`", check='"at" >= 0'),
        Column("event", "VARCHAR", "id of the event"),
        Column("actor", "VARCHAR", "code of one actor", empty="no actor, or one whose code nobody knows"),
        Column("recipient", "VARCHAR", "code of one recipient", empty="no recipient, or one whose code nobody knows"),
        Column("turned", "BOOLEAN", "true for the pair the other way round, which a reciprocal event has too"),
        Column("date", "DATE", "the event's", empty="the text tells no time"),
        Column("enddate", "DATE", "the event's", empty="the text tells no time"),
        Column("type", "VARCHAR", "the event's first type"),
        Column("mode", "VARCHAR", "its first mode", empty="it has none"),
        Column("status", "VARCHAR", "the event's", check=STATUSES),
        Column("quad_code", "INTEGER", "the event's", check="quad_code BETWEEN 1 AND 4"),
        Column("event_scale", "DOUBLE", "the event's points"),
        Column("confidence", "DOUBLE", "the event's", empty="an imported event that tells none", check=CHANCE),
    ),
    sorted_by="actor, recipient, date, at",
)

QUOTES = Table(
    "quotes",
    "somebody's words",
    (
        RUN,
        Column("id", "VARCHAR", "name of the quote: the document's, and a number"),
        DOCUMENT,
        *SENTENCE,
        Column("speaker", ENTITY, "who says it", empty="nobody is named"),
        Column("text", "VARCHAR", "the words"),
        Column("kind", "VARCHAR", "how they are told", check="kind IN ('direct', 'indirect', 'mixed')"),
        Column("cue", "VARCHAR", "the word of saying", empty="there is none"),
        Column("via", "VARCHAR", "through whom", empty="nobody between"),
        Column("addressee", f"{ENTITY}[]", "to whom; nobody named: []"),
        Column("about", f"{ENTITY}[]", "actors named in the words; none: []"),
        Column("confidence", "DOUBLE", "chance that words and speaker are right", check=CHANCE),
    ),
    sorted_by="document, start, id",
)

CHECKS = Table(
    "checks",
    "what an article says that the knowledge does not bear out, or that its own sources dispute",
    (
        RUN,
        Column("id", "VARCHAR", "name of the check: the document's, and a number"),
        DOCUMENT,
        *SENTENCE,
        Column("check", "VARCHAR", "what was checked", check="\"check\" IN ('office', 'name', 'date', 'disputed')"),
        Column("text", "VARCHAR", "the words"),
        Column("finding", "VARCHAR", "what was found", check="finding IN ('contradicted', 'variant', 'disputed')"),
        Column("detail", "VARCHAR", "one sentence for a person"),
        Column("source", "VARCHAR[]", "rows of the knowledge that tell otherwise; none: []"),
    ),
    sorted_by="document, start, id",
)

REFUSED = Table(
    "refused",
    "a document that was not coded",
    (
        RUN,
        Column("document", "VARCHAR", "its id, or the file and line where it should have been"),
        Column("reason", "VARCHAR", "kind of reason, to be counted (README.md, What is refused)"),
        Column("detail", "VARCHAR", "one sentence for a person"),
        Column("sha256", "VARCHAR", "hash of the text", empty="it was refused before there was a text, or for its id"),
        Column("published", "DATE", "day of publication", empty="as `sha256`, or nobody knows"),
    ),
    sorted_by="document, reason, detail",
)

STORIES = Table(
    "stories",
    "an event in the world, told by one or more documents",
    (
        RUN,
        Column("id", "VARCHAR", "name of the story"),
        Column("event", "VARCHAR", "the merged event, JSON of the record contract"),
        Column("documents", "VARCHAR[]", "ids of the documents that tell it"),
        Column("sources", "VARCHAR[]", "publishers that did not copy each other"),
        Column("first_seen", "DATE", "first day of publication", empty="no document has one"),
        Column("last_seen", "DATE", "last day of publication", empty="no document has one"),
        Column("disputed", "VARCHAR", "what the documents tell differently, JSON", empty="they agree"),
    ),
    sorted_by="id",
)

REPORTS = Table(
    "reports",
    "an event of a document that belongs to a story",
    (
        RUN,
        Column("story", "VARCHAR", "id of the story"),
        Column("event", "VARCHAR", "id of the event"),
        Column("number", "INTEGER", "its place in the story, from 0, in the order of the papers' days", check="number >= 0"),
        Column("theirs", "VARCHAR", "event of an earlier report that it agrees best with", empty="the first report of its story"),
        Column("score", "DOUBLE", "chance that it is the same happening", empty="the first report of its story", check="score BETWEEN 0 AND 1"),
        Column("why", "VARCHAR", "reason for the score", empty="the first report of its story"),
    ),
    sorted_by="story, number",
)  # fmt: skip

RUNS = Table(
    "runs",
    "one way of coding: the same program, reader, actors, ontology and settings; or one import",
    (
        Column("run", "INTEGER", "its number, from 1", check="run >= 1"),
        Column("source", "VARCHAR", "layout that its events were imported from", empty="it was coded from texts"),
        Column("coder", "VARCHAR", "as the records name it"),
        Column("program", "VARCHAR", "version of detente"),
        Column("reader", "VARCHAR", "name of the reader"),
        Column("reader_sha256", "VARCHAR", "hash of the reader's files"),
        Column("actors", "VARCHAR", "version of the actor base"),
        Column("actors_sha256", "VARCHAR", "hash of the actor base"),
        Column("ontology", "VARCHAR", "name and version of the ontology"),
        Column("ontology_sha256", "VARCHAR", "hash of the ontology"),
        Column("settings", "VARCHAR", "thresholds and calibration, JSON"),
        Column("coded_on", "DATE", "day on which the run began, which its records bear"),
        Column("batch", "INTEGER", "documents in one part", check="batch >= 1"),
    ),
)

JUDGEMENTS = Table(
    "judgements",
    "what a person says of a record; appended, never changed",
    (
        Column("number", "BIGINT", "its place in the ledger, from 1", check="number >= 1"),
        Column("run", "INTEGER", "run of the record that was judged"),
        Column("record", "VARCHAR", "id of the event, quote, check or story"),
        Column("field", "VARCHAR", "field that was judged", empty="the record as a whole"),
        Column("verdict", "VARCHAR", "right, wrong or unsure; missed: an event that the program had not found", check="verdict IN ('right', 'wrong', 'unsure', 'missed')"),
        Column("correction", "VARCHAR", "what should stand there", empty="nobody said"),
        Column("by", "VARCHAR", "who judged"),
        Column("said_at", "VARCHAR", "when, ISO date-time, UTC"),
        Column("note", "VARCHAR", "why", empty="nobody said"),
    ),
)

PART_TABLES = (DOCUMENTS, EVENTS, PARTIES, QUOTES, CHECKS, REFUSED)
"""Kept in every part: one Parquet file each."""
STORY_TABLES = (STORIES, REPORTS)
"""Replaced as a whole, for each run."""
TABLES = (RUNS, *PART_TABLES, *STORY_TABLES, JUDGEMENTS)


def quoted(name: str) -> str:
    """The name as SQL takes it, whatever word it is."""
    return f'"{name}"'


def empty_select(table: Table) -> str:
    """SQL of the table without rows."""
    return f"SELECT {', '.join(f'NULL::{c.type} AS {quoted(c.name)}' for c in table.columns)} WHERE false"


@cache
def schema(table: Table) -> polars.Schema:
    """The columns' types as polars names them; DuckDB itself translates, so that both always agree."""
    import duckdb
    import polars

    with duckdb.connect() as connection:
        return polars.DataFrame(connection.sql(empty_select(table))).schema
