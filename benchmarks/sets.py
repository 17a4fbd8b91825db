"""How fast whole sets of news go into a store, in how much memory, and how long a second run takes.

    python -m benchmarks.sets ../shared/data/news-wikinews ../shared/data/news-state-dept

Each set is ingested by the program itself, as a user would, twice. Seconds of the cores together depend little on what else the machine
does; those on the wall do. The plain reader (`code_all`) reads a sample of the same documents after that, for the ratio.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from detente.pipeline import code_all, open_tools
from detente.records import Document
from detente.sources.files import documents
from detente.store import open_store

WORKERS = 2
LOOK_EVERY = 1.0
"""Seconds between two looks at the memory."""


class Took(NamedTuple):
    """Exit code, seconds on the wall and of all cores together, and the most memory that its processes held at once, in MiB."""

    code: int
    wall: float
    cores: float
    memory: float


def ingested(folder: Path, store: Path) -> Took:
    """What one `detente ingest` of a set takes."""
    command = [sys.executable, "-c", "from detente.cli import app; app()", "ingest", str(folder), "--store", str(store), "--workers", str(WORKERS)]
    begin, before, most = time.perf_counter(), _cores(), 0.0
    started = subprocess.Popen(command, start_new_session=True)
    while started.poll() is None:
        most = max(most, held(started.pid))
        time.sleep(LOOK_EVERY if time.perf_counter() - begin > 10 else 0.05)
    return Took(started.returncode, time.perf_counter() - begin, _cores() - before, most)


def held(session: int) -> float:
    """MiB that the processes of a session hold, pages that they share counted once; 0 where /proc does not tell."""
    total = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            of = (place / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[3]
            if int(of) == session:
                told = (place / "smaps_rollup").read_text(encoding="utf-8").splitlines()
                total += sum(int(line.split()[1]) for line in told if line.startswith("Pss:"))
        except OSError:  # it has ended
            continue
    return total / 1024


def _cores() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plain(folder: Path, sample: int) -> float:
    """Words that the plain reader reads in a second of one core, over every n-th document."""
    found = [d for d in documents([str(folder)], published=None) if isinstance(d, Document)]
    drawn = list(islice(found, 0, None, max(1, len(found) // sample)))
    tools = open_tools()
    list(code_all(drawn[:2], tools))  # the tables load with the first text
    begin = time.process_time()
    list(code_all(drawn, tools))
    return sum(len(d.text.split()) for d in drawn) / (time.process_time() - begin)


def main() -> int:
    """Ingest, measure, print."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("sets", type=Path, nargs="+")
    a.add_argument("--sample", type=int, default=150, help="documents for the plain reader")
    a.add_argument("--keep", type=Path, help="leave the stores in this folder")
    o = a.parse_args()
    place = o.keep or Path(tempfile.mkdtemp(prefix="detente-bench-"))
    try:
        for folder in o.sets:
            store = place / folder.name
            first, second, load = ingested(folder, store), ingested(folder, store), os.getloadavg()[0]
            kept = open_store(store)
            texts, words, events = kept.query("SELECT count(*), sum(len(regexp_extract_all(text, '\\S+'))), (SELECT count(*) FROM events) FROM documents").row(0)
            refused = kept.query("SELECT reason, count(*) AS n FROM refused GROUP BY ALL ORDER BY ALL").rows()
            size = sum(f.stat().st_size for f in store.rglob("*") if f.is_file())
            per_core, alone = words / first.cores, plain(folder, o.sample)
            print(f"{folder.name}: {texts:,} documents, {words:,} words, {events:,} events; refused {dict(refused)}; exit codes {first.code}, {second.code}")
            print(f"  first run  {first.wall:8,.1f} s, {first.cores:8,.1f} s of a core, {first.memory:6,.0f} MiB; load {load:.1f}")
            print(f"  second run {second.wall:8,.1f} s, {second.cores:8,.1f} s of a core, {second.memory:6,.0f} MiB: {second.cores / first.cores:.2%} of the first")
            print(f"  {words / first.wall:,.0f} words/s on the wall; {per_core:,.0f} words for each second of a core, the plain reader {alone:,.0f}: {per_core / alone:.2f}")
            print(f"  {texts / first.cores:.2f} documents for each second of a core; {size / texts:,.0f} bytes a document, {size / events:,.0f} an event", flush=True)
    finally:
        if o.keep is None:
            shutil.rmtree(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
