"""The index beside the store: what pages look things up in, so that none of them reads through Parquet files.

    STORE/index/KEY/
    ├── pairs.duckdb      columns to filter and to add up by: a row for each event, each event × pair, and sums of both
    └── records.sqlite    whole records to show, found by number; and the words of sentences, quotes and texts (FTS5)

`KEY` is the hash of the parts of one run, so that an index says nothing that is not in the store, and several servers may share
one. It begins under another name and gets its own by one rename; where parts came since, only they are added to a copy. A record's
`rank` is its day, counted back from the last one there can be, and its number: in their order the newest comes first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detente.errors import StoreProblem
from detente.store.folder import Part, parts_of, run_folder
from detente.store.tables import CHECKS, DOCUMENTS, EVENTS, PARTIES, QUOTES, REFUSED, Table
from detente.store.views import connected, paths, select, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERSION = 1
"""Of the index; another one is made anew."""
INDEX, PAIRS, RECORDS, LIST = "index", "pairs.duckdb", "records.sqlite", "parts.json"
BUILDING = ".building"
LAST_DAY = 4_000_000
"""Days after 0001-01-01, behind every date; where the day is unknown the rank begins with it."""
AT_ONCE = 5_000
"""Records that are written to SQLite together."""
KINDS = ("event", "document", "quote")
"""Of whole records, each with its words."""

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
CREATE TABLE spoken (rank BIGINT, code VARCHAR, name VARCHAR, about VARCHAR[]);
CREATE TABLE checks (document VARCHAR, "id" VARCHAR, finding VARCHAR, "row" VARCHAR);
CREATE TABLE refused (document VARCHAR, reason VARCHAR, detail VARCHAR, published DATE);
CREATE TABLE keys (key UBIGINT, kind VARCHAR, rank BIGINT);
"""
"""`pairs` counts each event once a pair; `how`: drawn (its days lie in one month), wide (in several), undated. `keys` finds records by
the hash of their name (kind event, document, quote) or of their document (kind in:event, in:quote)."""

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

# a typical row: what it shares with others costs nothing in each of them
DICTIONARY = (
    b'"confidence":null,"text":"","also":[],"story":null,"coder":"detente 0.1.0; reader en-2; actors 2026.11; plover 2.0","coded_date":"2026-'
    b'"language":"en","dropped":[],"published":"20"event_loc":{"extracted_place":"","resolved_place":"","geonameid":,"lat":,"lon":,"country_code":"","feature_class":"P","resolution":""}'
    b'{"role":"place","at":[{"start":,"end":}]},{"role":"time","at":[{"start":"spans":[{"role":"trigger","at":[{"start":,"role":"recipient","at":[{"start":"role":"actor","at":[{"start"'
    b'"reciprocal":false,"actor":[{"code":"USA","sector":"GOV","other_sectors":[],"entity_text":"President ","name":"","identifier_id":"","office":null}],"recipient":[{"code":"'
    b'{"id":"","document":"","sequence":,"start":,"end":,"date":"20","enddate":"20","date_precision":"day","time_text":null,"historical":false,"event":["CONSULT"],"mode":["meet"],'
    b'"context":["diplomatic"],"status":"actual","quad_code":1,"event_scale":'
)


class Source(NamedTuple):
    """A run's parts, which an index is made of."""

    folder: Path
    run: int | None
    parts: list[Part]

    @property
    def key(self) -> str:
        """Changes with the parts."""
        return hashlib.sha256(repr((VERSION, self.run, self.prints)).encode()).hexdigest()[:16]

    @property
    def prints(self) -> list[str]:
        """What each part is known by. Its name alone would not do: a part that was removed is written again under the same name."""
        return [_print(part) for part in self.parts]


def _print(part: Part) -> str:
    files = [file.stat() for file in sorted(part.folder.glob("*.parquet"))]
    return f"{part.folder.name} {sum(f.st_size for f in files)} {max((f.st_mtime_ns for f in files), default=0)}"


def source_of(folder: Path, run: int | None) -> Source:
    """What lies on the disk now."""
    return Source(folder, run, [] if run is None else parts_of(run_folder(folder, run)))


def indexed(source: Source, *, tell: Callable[[str], None] = lambda _: None) -> Path:
    """The folder of the index of these parts; made when there is none.

    Args:
        source: A run's parts.
        tell: Told what is being done, when it is much.

    Raises:
        StoreProblem: The index cannot be written, or a part is damaged.
    """
    home = _home(source.folder)
    place = home / source.key
    if (place / LIST).is_file():
        return place
    before = _nearest(home, source)
    making = Path(tempfile.mkdtemp(prefix=f"{source.key}-{os.getpid()}-", suffix=BUILDING, dir=home))
    try:
        names = _copied(before, making)
        _add(making, [part for part in source.parts if _print(part) not in names], fresh=not names, tell=tell)
        (making / LIST).write_text(json.dumps([source.run, source.prints]), encoding="utf-8")
        making.rename(place)
    except OSError as error:
        if not (place / LIST).is_file():  # another server was quicker
            raise StoreProblem("index", str(home), f"it cannot be written ({error.strerror or error}); make room there") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    _sweep(home, keep=place)
    return place


def _home(folder: Path) -> Path:
    """Where indices lie: in the store, or for a store that cannot be written in the system's folder for what is temporary."""
    home = folder / INDEX
    try:
        home.mkdir(exist_ok=True)
        if os.access(home, os.W_OK):
            return home
    except OSError:
        pass
    home = Path(tempfile.gettempdir()) / f"detente-index-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _nearest(home: Path, source: Source) -> Path | None:
    """The index that has most of these parts, and no others."""
    wanted = source.prints
    found: list[tuple[int, Path]] = []
    for place in home.iterdir():
        try:
            run, names = json.loads((place / LIST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if run == source.run and names and wanted[: len(names)] == names:
            found.append((len(names), place))
    return max(found, default=(0, None))[1]


def _copied(before: Path | None, making: Path) -> set[str]:
    """The parts that were copied from an earlier index."""
    if before is None:
        return set()
    try:
        for name in (PAIRS, RECORDS):
            shutil.copyfile(before / name, making / name)
        return set(json.loads((before / LIST).read_text(encoding="utf-8"))[1])
    except FileNotFoundError:  # another server swept it away meanwhile
        for name in (PAIRS, RECORDS):
            (making / name).unlink(missing_ok=True)
        return set()


def _sweep(home: Path, *, keep: Path) -> None:
    """Remove indices of other parts but the newest one, which another reader may still be at; and what was cut short an hour ago."""
    others = sorted((p for p in home.iterdir() if p != keep and p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    whole = [p for p in others if not p.name.endswith(BUILDING)]
    for place in whole[1:]:
        shutil.rmtree(place, ignore_errors=True)
    for place in others:
        if place.name.endswith(BUILDING) and place.stat().st_mtime < keep.stat().st_mtime - 3600:
            shutil.rmtree(place, ignore_errors=True)


# --- filling ----------------------------------------------------------------------------------------------


def _add(making: Path, parts: list[Part], *, fresh: bool, tell: Callable[[str], None]) -> None:
    import duckdb

    try:
        with connected() as asked:
            asked.execute(f"SET temp_directory = {text(making / 'sorting')}")
            asked.execute("SET preserve_insertion_order = true")
            asked.execute(f"ATTACH {text(making / PAIRS)} AS kept; USE kept;")
            if fresh:
                asked.execute(SCHEMA)
            for table in (DOCUMENTS, EVENTS, PARTIES, QUOTES, CHECKS, REFUSED):
                asked.execute(f"CREATE TEMP VIEW new_{table.name} AS {_rows(table, parts)}")
            for sql in COLUMNS:
                asked.execute(sql)
            _fill_records(asked, making / RECORDS, fresh=fresh, tell=tell)
    except duckdb.Error as error:
        raise StoreProblem("store", str(making.parent.parent), f"it cannot be indexed: {str(error).splitlines()[0]}; `detente store check` looks for damage") from error


def _rows(table: Table, parts: list[Part]) -> str:
    return select(table, paths(parts, table))


_EVENT = RANK.format(day="date", number='"at"')
_PAPER = RANK.format(day="published", number="number")
_QUOTE = RANK.format(day="d.published", number='(SELECT count(*) FROM spoken) + row_number() OVER (ORDER BY q.document, q."start", q."id")')

COLUMNS = (
    f"""INSERT INTO told SELECT {_EVENT} AS rank, date, enddate, event[1], mode[1], status, quad_code, event_scale, confidence FROM new_events ORDER BY rank""",
    f"""CREATE TEMP TABLE new_lines AS SELECT {_EVENT} AS rank, actor, recipient, date, enddate, "type", "mode", status, quad_code, event_scale, confidence
        FROM new_parties ORDER BY actor, recipient, rank""",
    "INSERT INTO lines SELECT * FROM new_lines",
    f"INSERT INTO pairs {SUM_PAIRS.format(lines='new_lines')} ORDER BY ALL",
    f"INSERT INTO months {SUM_MONTHS.format(lines='new_lines')} ORDER BY ALL",
    "DROP TABLE new_lines",
    f"""INSERT INTO named SELECT DISTINCT one.name, side, rank FROM (
            SELECT {_EVENT} AS rank, 'actor' AS side, unnest(actor) AS one FROM new_events UNION ALL
            SELECT {_EVENT}, 'recipient', unnest(recipient) FROM new_events) WHERE one.name IS NOT NULL ORDER BY ALL""",
    f"""INSERT INTO placed SELECT {_EVENT} AS rank, event_loc.country_code, event_loc.resolved_place, event_loc.lat, event_loc.lon
        FROM new_events WHERE event_loc.country_code IS NOT NULL OR event_loc.lat IS NOT NULL ORDER BY rank""",
    f"""INSERT INTO papers SELECT {_PAPER} AS rank, d."id", d.title, d.published, d.publication, d.url, d.copy_of, coalesce(e.n, 0), coalesce(q.n, 0) FROM new_documents d
        LEFT JOIN (SELECT document, count(*) AS n FROM new_events GROUP BY document) e ON e.document = d."id"
        LEFT JOIN (SELECT document, count(*) AS n FROM new_quotes GROUP BY document) q ON q.document = d."id" ORDER BY rank""",
    f"""CREATE TEMP TABLE numbered AS SELECT {_QUOTE} AS rank, q.* FROM new_quotes q LEFT JOIN new_documents d ON d."id" = q.document""",
    "INSERT INTO spoken SELECT rank, speaker.code, lower(speaker.name), list_transform(about, lambda x: x.code) FROM numbered ORDER BY rank",
    """INSERT INTO checks SELECT document, "id", finding, to_json(c) FROM (SELECT * EXCLUDE (run) FROM new_checks) c ORDER BY document, "id" """,
    "INSERT INTO refused SELECT document, reason, detail, published FROM new_refused ORDER BY document, detail",
    f"""INSERT INTO keys
        SELECT hash("id") AS key, 'event', {_EVENT} FROM new_events UNION ALL SELECT hash(document), 'in:event', {_EVENT} FROM new_events UNION ALL
        SELECT hash("id"), 'document', {_PAPER} FROM new_documents UNION ALL
        SELECT hash("id"), 'quote', rank FROM numbered UNION ALL SELECT hash(document), 'in:quote', rank FROM numbered ORDER BY key""",
)
"""How the columns of new parts are added. Each part is sorted for itself: questions skip by the least and greatest values of blocks."""

WHOLE = {
    "event": f"""SELECT rank, to_json(r), r.text || ' ' || coalesce(r.title, '') FROM (SELECT {_EVENT} AS rank, e.* EXCLUDE (run, "at"), d.title, d.published, d.url
        FROM new_events e LEFT JOIN new_documents d ON d."id" = e.document) r ORDER BY rank""",
    "document": f"""SELECT rank, to_json(r), coalesce(r.title, '') || ' ' || r.text FROM (SELECT {_PAPER} AS rank, d.* EXCLUDE (run, signature, number) FROM new_documents d) r ORDER BY rank""",
    "quote": "SELECT rank, to_json(r), r.text FROM (SELECT * EXCLUDE (run) FROM numbered) r ORDER BY rank",
}


def _fill_records(asked: DuckDBPyConnection, file: Path, *, fresh: bool, tell: Callable[[str], None]) -> None:
    # what is cut short is thrown away as a whole, so that nothing need reach the disk in order
    kept = sqlite3.connect(file, isolation_level=None)
    kept.execute("PRAGMA journal_mode = OFF")
    kept.execute("PRAGMA synchronous = OFF")
    kept.execute("PRAGMA cache_size = -200000")
    kept.execute("BEGIN")
    for kind in KINDS:
        if fresh:
            kept.execute(f"CREATE TABLE {kind} (rank INTEGER PRIMARY KEY, row BLOB NOT NULL)")
            kept.execute(f"CREATE VIRTUAL TABLE {kind}_words USING fts5(words, content='', detail=none, tokenize=\"unicode61 remove_diacritics 2\")")
        asked.execute(WHOLE[kind])
        for number, some in enumerate(iter(lambda: asked.fetchmany(AT_ONCE), [])):
            kept.executemany(f"INSERT INTO {kind} VALUES (?, ?)", [(rank, packed(row)) for rank, row, _ in some])
            kept.executemany(f"INSERT INTO {kind}_words (rowid, words) VALUES (?, ?)", [(rank, words) for rank, _, words in some])
            if number and number % 20 == 0:
                tell(f"indexing the store for its pages: {number * AT_ONCE:,} {kind}s")
    kept.execute("COMMIT")
    kept.close()


def packed(row: str) -> bytes:
    """A row, small."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    return squeeze.compress(row.encode("utf-8", "surrogatepass")) + squeeze.flush()


def unpacked(row: bytes) -> bytes:
    """The row again."""
    return zlib.decompressobj(-15, DICTIONARY).decompress(row)
