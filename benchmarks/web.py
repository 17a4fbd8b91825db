"""How long the pages of the workbench take over loopback, in milliseconds, and how much they weigh.

Each kind of page is asked for the first time, then by many readers at once: all the same page, and each other pages of its kind.

    detente ingest ../shared/data/news-wikinews --store build/wikinews
    python -m benchmarks.web make build/wikinews build/million --events 1000000
    python -m benchmarks.web ask build/million --people 20 --rounds 5 --workers 2
    python -m benchmarks.web judge build/million --people 50 --rounds 5 --workers 2

The store that `make` makes has the documents of a real one again and again, whole: under other names and days, with the parties of
other events.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import httpx

from detente.store import open_store
from detente.store.folder import parts_of, run_folder
from detente.store.tables import CHECKS, DOCUMENTS, EVENTS, PARTIES, QUOTES, REFUSED, Table, empty_select, quoted
from detente.store.views import paths, select, text

IN_PART = 50_000
"""Documents in one part of the made store before it is compacted."""
MOVED = 7_300  # days: twenty years
START = "from detente.cli import app; app()"


# --- a large store ---------------------------------------------------------------------------------


def make(real_folder: Path, folder: Path, events: int) -> None:
    """A store with about so many events, compacted."""
    real, store = open_store(real_folder), open_store(folder, create=True)
    with store.writing(real.runs[-1]):
        pass  # the run begins
    parts = parts_of(run_folder(real.folder, real.newest()))
    place = run_folder(folder, store.runs[-1].run) / "parts"
    with duckdb.connect() as asked:
        for table in (DOCUMENTS, EVENTS, QUOTES, CHECKS):
            asked.execute(f"CREATE TABLE real_{table.name} AS {select(table, paths(parts, table))}")
        asked.execute("CREATE TABLE papers AS SELECT row_number() OVER (ORDER BY number) - 1 AS nth, * FROM real_documents")
        asked.execute('CREATE TABLE acts AS SELECT row_number() OVER (ORDER BY "at") - 1 AS nth, * FROM real_events')
        n_papers, n_acts = (asked.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in ("papers", "acts"))
        wanted = max(1, round(events * n_papers / n_acts))
        at = 0
        for number, first in enumerate(range(0, wanted, IN_PART), 1):
            asked.execute(_DRAWN.format(first=first, last=min(first + IN_PART, wanted), papers=n_papers, acts=n_acts, at=at))
            part = place / f"{number:06d}"
            part.mkdir(parents=True)
            for table, rows in ((DOCUMENTS, _DOCUMENTS), (EVENTS, _EVENTS), (PARTIES, _PARTIES), (QUOTES, _of(QUOTES)), (CHECKS, _of(CHECKS)), (REFUSED, empty_select(REFUSED))):
                asked.execute(f"COPY ({rows}) TO {text(part / f'{table.name}.parquet')} (FORMAT parquet, COMPRESSION zstd)")
            at += asked.sql("SELECT count(*) FROM told").fetchall()[0][0]
    store.refresh()
    store.compact()


_DRAWN = f"""
CREATE OR REPLACE TABLE drawn AS SELECT k, 'd' || k AS new, k % {{papers}} AS nth, (hash(k, 1) % {MOVED})::INTEGER AS moved FROM range({{first}}, {{last}}) t(k);
CREATE OR REPLACE TABLE told AS
SELECT row_number() OVER (ORDER BY d.k, e.nth) + {{at}} - 1 AS new_at, d.new AS new_document, d.new || substr(e."id", length(e.document) + 1) AS new_id, e.nth, d.moved,
       (hash(d.k, e.nth, 2) % {{acts}})::BIGINT AS who, (hash(d.k, e.nth, 3) % {{acts}})::BIGINT AS whom
FROM drawn d JOIN papers p ON p.nth = d.nth JOIN acts e ON e.document = p."id"
"""


def _columns(table: Table, of: str, **given: str) -> str:
    return ", ".join(f"{given.get(name, f'{of}.{quoted(name)}')} AS {quoted(name)}" for name in table.names)


_DOCUMENTS = f"""
SELECT {_columns(DOCUMENTS, "p", id="d.new", sha256="sha256(d.new)", published="(p.published + d.moved)::DATE", number="d.k", copy_of="NULL", publication="'Paper ' || (d.k % 40)")}
FROM drawn d JOIN papers p ON p.nth = d.nth ORDER BY d.k
"""
_EVENTS = f"""
SELECT {_columns(EVENTS, "e", at="t.new_at", id="t.new_id", document="t.new_document", date="(e.date + t.moved)::DATE", enddate="(e.enddate + t.moved)::DATE", actor="a.actor", recipient="b.recipient")}
FROM told t JOIN acts e ON e.nth = t.nth JOIN acts a ON a.nth = t.who JOIN acts b ON b.nth = t.whom ORDER BY t.new_at
"""
_CODES = "CASE WHEN len({side}) = 0 THEN [NULL] ELSE list_distinct(list_transform({side}, lambda x: coalesce(x.code, ''))) END"
_PARTIES = f"""
WITH straight AS (SELECT e.*, unnest({_CODES.format(side="e.actor")}) AS one FROM ({_EVENTS}) e),
both_ways AS (SELECT s.*, unnest({_CODES.format(side="s.recipient")}) AS other FROM straight s),
every AS (SELECT *, false AS turned FROM both_ways UNION ALL SELECT * REPLACE (other AS one, one AS other), true FROM both_ways WHERE reciprocal)
SELECT {_columns(PARTIES, "x", event='x."id"', actor="nullif(x.one, '')", recipient="nullif(x.other, '')", type="x.event[1]", mode="x.mode[1]")} FROM every x ORDER BY x."at", x.turned
"""


def _of(table: Table) -> str:
    """Quotes or checks of the documents."""
    columns = _columns(table, "x", id='d.new || substr(x."id", length(x.document) + 1)', document="d.new")
    return f'SELECT {columns} FROM drawn d JOIN papers p ON p.nth = d.nth JOIN real_{table.name} x ON x.document = p."id" ORDER BY d.k, x."start"'


# --- its pages -----------------------------------------------------------------------------------


@contextmanager
def served(store: Path, workers: int) -> Iterator[tuple[str, int, float]]:
    """The address of a server of its own, its process, and seconds until it answered; all readers are one address, so that it has no rate."""
    begin = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-c", START, "serve", "--store", str(store), "--port", "0", "--workers", str(workers), "--rate", "0"], stderr=subprocess.PIPE, text=True)
    try:
        found = None
        while found is None and server.stderr and (said := server.stderr.readline()):
            found = re.search(r"http://\S+", said)
        if found is None:
            sys.exit("the server said no address")
        address = found[0].rstrip("/")
        httpx.get(address, timeout=120, trust_env=False)
        yield address, server.pid, time.perf_counter() - begin
    finally:
        server.terminate()
        server.wait()


def pages(client: httpx.Client, others: int) -> dict[str, list[str]]:
    """Name → addresses of a page of each kind: first what the store itself has most of, then others drawn from it."""

    def asked(path: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = client.get(path).raise_for_status().json()["answer"]
        return found

    draw = random.Random(0)
    pairs = asked("/api/v1/relations?limit=500")
    # some from each year, so that they lie all over the store
    seen = [s["event"] for year in range(2005, 2025) for s in asked(f"/api/v1/events?limit={max(1, others // 20)}&since={year}&until={year}")] or [s["event"] for s in asked("/api/v1/events")]
    draw.shuffle(pairs[1:])
    draw.shuffle(seen)
    events = [e for e in seen if isinstance(e, dict)]
    words = list(dict.fromkeys(w for e in events for w in re.findall(r"[a-z]{5,}", e["text"])))[:others]
    codes = list(dict.fromkeys(str(p["a"]) for p in pairs))
    return {
        "overview": ["/"],
        "relation": [f"/relations/{p['a']}/{p['b']}" for p in pairs[:others]],
        "document": [str(httpx.URL("/document", params={"id": e["text_info"]["document"]})) for e in events],
        "event": [str(httpx.URL("/event", params={"id": e["id"]})) for e in events],
        "actor": [f"/actor?name={code}" for code in codes],
        "search": ["/search?q=talks", *(f"/search?q={word}" for word in words)],
        "filter": [f"/search?actor={p['a']}&type={kind}&status=actual" for p, kind in zip(pairs[:others], ["CONSULT", "ACCUSE", "ASSAULT", "AID"] * others, strict=False)],
        "review": ["/review"],
        "network": ["/network?since=2005&until=2007"],
        "map": ["/map"],
    }


def asked(address: str, paths: list[str]) -> list[tuple[float, int]]:
    """Seconds and bytes of each answer that one reader gets."""
    out = []
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        for path in paths:
            begin = time.perf_counter()
            answer = client.get(path)
            answer.raise_for_status()
            out.append((time.perf_counter() - begin, len(answer.content)))
    return out


def spent(process: int) -> float:
    """Seconds that a process and those it began have worked on all cores together; not known outside Linux."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        others = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(spent(int(other)) for other in others)


def at_once(address: str, process: int, walks: list[list[str]]) -> tuple[float, float, float]:
    """Median and 95th percentile of readers who walk at once, and what a page takes of a core, whatever else the machine does; milliseconds."""
    before = spent(process)
    with ThreadPoolExecutor(len(walks)) as pool:
        times = sorted(1000 * seconds for one in pool.map(lambda walk: asked(address, walk), walks) for seconds, _ in one)
    return statistics.median(times), times[int(0.95 * (len(times) - 1))], 1000 * (spent(process) - before) / len(times)


def ask(store: Path, readers: int, rounds: int, workers: int) -> None:
    """Serve the store, ask, print."""
    with served(store, workers) as (address, process, began):
        with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
            kinds = pages(client, others=readers * rounds)
            counted = client.get("/api/v1/overview").json()["answer"]
        print(f"{counted['events']:,} events, {counted['documents']:,} documents; begun in {began:.1f} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        print(f"{workers} processes; {readers} readers at once, {rounds} rounds: all one page, then each another; no rate limit (--rate 0); milliseconds")
        print(f"{'page':<10}{'first':>8}{'median':>8}{'p95':>8}{'of a core':>11}{'others: median':>16}{'p95':>8}{'of a core':>11}{'kB':>6}")
        for name, paths in kinds.items():
            ((first, size),) = asked(address, paths[:1])
            same = at_once(address, process, [paths[:1] * rounds] * readers)
            each = [paths[1 + n :: readers][:rounds] for n in range(readers)]
            others = at_once(address, process, [walk for walk in each if walk]) if len(paths) > readers else None
            told = f"{others[0]:>16.0f}{others[1]:>8.0f}{others[2]:>11.1f}" if others else f"{'':>35}"
            print(f"{name:<10}{1000 * first:>8.0f}{same[0]:>8.0f}{same[1]:>8.0f}{same[2]:>11.1f}{told}{size / 1000:>6.0f}", flush=True)


# --- judgements ----------------------------------------------------------------------------------


def judged(address: str, records: list[str], reviewer: int) -> list[tuple[float, int]]:
    """Seconds that each judgement of a reviewer took, and its number in the ledger; every fifth says that there is no such event."""
    out = []
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        for n, record in enumerate(records, reviewer):
            begin = time.perf_counter()
            answer = client.post("/api/v1/judgements", json={"record": record, "verdict": "right" if n % 5 else "wrong", "by": f"reviewer {reviewer}"})
            answer.raise_for_status()
            out.append((time.perf_counter() - begin, answer.json()["answer"]["number"]))
    return out


def judge(store: Path, reviewers: int, rounds: int, workers: int) -> None:
    """Serve the store, judge its newest events, print; what is said stays in its ledger."""
    with served(store, workers) as (address, _, _), ThreadPoolExecutor(reviewers) as pool:
        found = httpx.get(f"{address}/api/v1/events?limit=500", timeout=120, trust_env=False).json()["answer"]
        records = [str(seen["event"]["id"]) for seen in found]
        begin = time.perf_counter()
        done = pool.map(lambda n: judged(address, (records * rounds)[n * rounds : (n + 1) * rounds], n), range(reviewers))
        kept = [one for reviewer in done for one in reviewer]
        seconds = time.perf_counter() - begin
        ledger = [json.loads(line) for line in httpx.get(f"{address}/api/v1/judgements?format=jsonl", timeout=120, trust_env=False).text.splitlines()]
    times = sorted(1000 * took for took, _ in kept)
    lost = {number for _, number in kept} - {said["number"] for said in ledger}
    print(f"{workers} processes; {reviewers} reviewers at once, {rounds} judgements each, in {seconds:.1f} s; no rate limit (--rate 0); load {os.getloadavg()[0]:.1f}")
    print(f"a judgement: median {statistics.median(times):.0f} ms, p95 {times[int(0.95 * (len(times) - 1))]:.0f} ms; {len({n for _, n in kept}):,} acknowledged, {len(lost)} lost")


def main() -> None:
    """Make, ask, or judge."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = a.add_subparsers(dest="what", required=True)
    m = what.add_parser("make", help="a large store from a real one")
    m.add_argument("real", type=Path)
    m.add_argument("folder", type=Path)
    m.add_argument("--events", type=int, default=1_000_000)
    for name, told, people in (("ask", "the pages of a store", 20), ("judge", "judgements of its events", 50)):
        q = what.add_parser(name, help=told)
        q.add_argument("store", type=Path)
        q.add_argument("--people", type=int, default=people, help="readers, or reviewers, at once")
        q.add_argument("--rounds", type=int, default=5)
        q.add_argument("--workers", type=int, default=1, help="processes that answer")
    o = a.parse_args()
    if o.what == "make":
        make(o.real, o.folder, o.events)
    else:
        {"ask": ask, "judge": judge}[o.what](o.store, o.people, o.rounds, o.workers)


if __name__ == "__main__":
    main()
