"""How fast a large store answers, and how large it is: a store of N events made from the rows of a real one.

    detente ingest ../shared/data/news-wikinews --store build/wikinews
    python -m benchmarks.store build/wikinews --events 1000000

Every synthetic event takes its words from one real event, its parties from another and its days from a third, moved by up to 20
years. Sentences are repeated, which packs better than news does, so bytes per event are told for the real store, too.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np

from detente.review import Reviewed
from detente.store import Store, open_store
from detente.store.asking import Wanted
from detente.store.folder import parts_of, run_folder
from detente.store.judgements import Judgement, append
from detente.store.tables import EVENTS, PART_TABLES, PARTIES, Table, empty_select, quoted
from detente.store.views import paths, select, text

IN_PART = 500_000
"""Events in one part of the synthetic store before it is compacted."""
MOVED = 7_300  # days: twenty years


def made(real: Store, folder: Path, events: int, seed: int) -> Store:
    """A store with so many events."""
    store = open_store(folder, create=True)
    with store.writing(real.runs[-1]):
        pass  # the run begins
    place = run_folder(folder, store.runs[-1].run) / "parts"
    with duckdb.connect() as asked:
        parts = parts_of(run_folder(real.folder, real.runs[-1].run))
        for table in (EVENTS, PARTIES):
            asked.execute(f"CREATE TABLE real_{table.name} AS {select(table, paths(parts, table))}")
        asked.execute('CREATE TABLE real AS SELECT row_number() OVER (ORDER BY "at") - 1 AS row, * FROM real_events')
        asked.execute(f"CREATE MACRO drawn(k, which) AS hash(k, which, {seed}) % (SELECT count(*) FROM real)")
        for number, first in enumerate(range(0, events, IN_PART), 1):
            part = place / f"{number:06d}"
            part.mkdir(parents=True)
            _draw(asked, first, min(first + IN_PART, events))
            for table in PART_TABLES:
                rows = {"events": _EVENTS, "parties": _PARTIES}.get(table.name, empty_select(table))
                asked.execute(f"COPY ({rows}) TO {text(part / f'{table.name}.parquet')} (FORMAT parquet, COMPRESSION zstd)")
    store.refresh()
    return store


def _draw(asked: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    asked.execute(
        f"""
CREATE OR REPLACE TABLE drawn AS
SELECT k AS "at", 'd' || (k // 11) AS document, document || '-e' || lpad((k % 11 + 1)::VARCHAR, 2, '0') AS "id",
       drawn(k, 1) AS words, drawn(k, 2) AS who, drawn(k, 3) AS days, (hash(k, 4) % {MOVED})::INTEGER AS moved
FROM range({first}, {last}) t(k)
"""
    )


def _columns(table: Table, **given: str) -> str:
    return ", ".join(f"{given.get(name, f'w.{quoted(name)}')} AS {quoted(name)}" for name in table.names)


_DAYS = {"date": '(t."date" + d.moved)::DATE', "enddate": "(t.enddate + d.moved)::DATE"}
_EVENTS = f"""
SELECT {_columns(EVENTS, at='d."at"', id='d."id"', document="d.document", actor="p.actor", recipient="p.recipient", date_precision="t.date_precision", **_DAYS)}
FROM drawn d JOIN real w ON w.row = d.words JOIN real p ON p.row = d.who JOIN real t ON t.row = d.days ORDER BY d."at"
"""
_PARTIES = f"""
SELECT {_columns(PARTIES, at='d."at"', event='d."id"', actor="p.actor", recipient="p.recipient", turned="p.turned", type="e.event[1]", mode="e.mode[1]", status="e.status", quad_code="e.quad_code", event_scale="e.event_scale", confidence="e.confidence", run="e.run", **_DAYS)}
FROM drawn d JOIN real e ON e.row = d.words JOIN real who ON who.row = d.who JOIN real_parties p ON p."at" = who."at"
JOIN real t ON t.row = d.days ORDER BY d."at"
"""


class Took(NamedTuple):
    """Milliseconds on the wall and of all cores together; the second does not depend on what else the machine does."""

    wall: float
    cores: float


def timed(question: Callable[[], object]) -> Took:
    """What one question takes."""
    begin, cores = time.perf_counter(), time.process_time()
    question()
    return Took((time.perf_counter() - begin) * 1000, (time.process_time() - cores) * 1000)


def measure(store: Store, questions: int, seed: int) -> dict[str, list[Took]]:
    """What questions take about pairs that are drawn as often as they occur."""
    sql = f"""
SELECT actor, recipient, strftime("date", '%Y-%m') FROM parties WHERE actor IS NOT NULL AND recipient IS NOT NULL AND actor <> recipient
AND "date" IS NOT NULL USING SAMPLE reservoir({questions} ROWS) REPEATABLE ({seed})
"""
    drawn = store.query(sql).rows()
    random.Random(seed).shuffle(drawn)
    series = """
SELECT date_trunc('month', "date") AS month, count(*) AS n, sum(event_scale) AS points FROM parties
WHERE actor = ? AND recipient = ? AND status = 'actual' GROUP BY ALL ORDER BY ALL
"""
    wanted = [Wanted(actor=actor, recipient=recipient, since=month, until=month) for actor, recipient, month in drawn]
    after = {}
    if store.judgements():
        after["what people said, first look"] = [timed(partial(Reviewed, open_store(store.folder)))]
        after["what people said, from then on"] = [timed(partial(Reviewed, open_store(store.folder))) for _ in range(5)]
        reviewed = Reviewed(open_store(store.folder))
        reviewed.events(wanted[0])  # begins DuckDB
        after["the same after people"] = [timed(partial(reviewed.events, each)) for each in wanted]
    return {
        "events of a pair in a month": [timed(partial(store.events, each)) for each in wanted],
        **after,
        "monthly series of a pair": [timed(partial(store.query, series, pair)) for *pair, _ in drawn],
        "opening the store": [timed(partial(open_store, store.folder)) for _ in range(5)],
    }


def judge(store: Store, judgements: int, seed: int) -> None:
    """Say of so many events that they are none, or that somebody else was acted on."""
    drawn = store.query(f'SELECT "id" FROM events USING SAMPLE reservoir({judgements} ROWS) REPEATABLE ({seed})')
    for n, name in enumerate(sorted(drawn["id"])):
        field, correction = (None, None) if n % 2 else ("recipient", "TUR")
        append(store.folder, Judgement(run=store.newest(), record=name, field=field, verdict="wrong", correction=correction, by="bench", said_at="2026-11-26T12:00:00+00:00"))


def compact(folder: Path) -> None:
    """Compact the store in a folder."""
    open_store(folder).compact()


def bytes_per_event(store: Store) -> dict[str, float]:
    """Bytes of the Parquet files of each table, for each event."""
    assert store.run is not None
    parts = parts_of(run_folder(store.folder, store.run))
    events = store.query("SELECT count(*) FROM events").item()
    tables = dict.fromkeys(table for part in parts for table in part.tables)
    having = {table: [part for part in parts if table in part.tables] for table in tables}
    return {table.name: sum(file.stat().st_size for file in paths(having[table], table)) / events for table in tables}


def main() -> int:
    """Make, measure, print."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("real", type=Path)
    a.add_argument("--events", type=int, default=1_000_000)
    a.add_argument("--questions", type=int, default=200)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--judged", type=int, default=0, help="so many events are judged, and the questions asked after people, too")
    a.add_argument("--keep", type=Path, help="leave the synthetic store here; one that is here already is measured again")
    o = a.parse_args()
    real = open_store(o.real)
    folder = o.keep or Path(tempfile.mkdtemp(prefix="detente-bench-", dir=o.real.resolve().parent))
    try:
        if not (folder / "store.json").is_file():
            for what, work in (("made", partial(made, real, folder, o.events, o.seed)), ("compacted", partial(compact, folder))):
                took = timed(work)
                print(f"{what} in {took.wall / 1000:.0f} s, {took.cores / 1000:.0f} s of a core", flush=True)
        store = open_store(folder)
        if o.judged and not store.judgements():
            judge(store, o.judged, o.seed)
        count = store.query("SELECT count(*) AS n FROM events").item()
        print(f"{count:,} events, {store.query('SELECT count(*) FROM parties').item():,} pairs, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        print(f"{'milliseconds':32}{'median':>8}{'p95':>8}{'worst':>8}   of a core:{'median':>8}{'p95':>8}{'worst':>8}")
        for name, found in measure(store, o.questions, o.seed).items():
            wall, cores = (np.percentile([getattr(t, of) for t in found], [50, 95, 100]) for of in ("wall", "cores"))
            print(f"{name:32}" + "".join(f"{v:8.0f}" for v in wall) + " " * 13 + "".join(f"{v:8.0f}" for v in cores), flush=True)
        for name, one in (("real", real), ("synthetic", store)):
            told = {table: size for table, size in bytes_per_event(one).items() if size >= 0.5}
            print(f"bytes per event, {name}: " + ", ".join(f"{table} {size:.0f}" for table, size in told.items()) + f"; {sum(told.values()):.0f}")
    finally:
        if o.keep is None:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
