"""How fast `ingest` keeps what the plain reader reads, and how long a second run takes: ratios in one process.

    python -m benchmarks.ingest                      300 Wikinews articles where ../shared is there, else the examples

The plain reader is `code_all` with two workers, its tools open; ingest begins its two processes anew, which counts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.speed import ROOT, examples, wikinews
from detente.ingest import Recipe, ingest
from detente.pipeline import code_all, open_tools
from detente.records import Document
from detente.store import Store, open_store

WORKERS = 2


def timed(work: Callable[[], object]) -> float:
    """Seconds on the wall."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def plain(corpus: list[Document]) -> float:
    """Seconds of the plain reader."""
    tools = open_tools()
    list(code_all(corpus[:2], tools))  # the tables load with the first text
    return timed(lambda: list(code_all(corpus, tools, workers=WORKERS)))


def kept(corpus: list[Document], store: Store) -> float:
    """Seconds of ingest into a store."""
    return timed(partial(ingest, corpus, store, Recipe(), workers=WORKERS))


def main() -> int:
    """Measure and print; the plain reader before and after, since a machine is seldom idle."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--documents", type=int, default=300)
    a.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    o = a.parse_args()
    real = (o.shared / "data" / "news-wikinews").is_dir()
    corpus = list(islice(wikinews(o.shared) if real else examples(), o.documents))
    words = sum(len(d.text.split()) for d in corpus)
    with tempfile.TemporaryDirectory(prefix="detente-bench-") as folder:
        store = open_store(Path(folder) / "store", create=True)
        before, first, second, after = plain(corpus), kept(corpus, store), kept(corpus, store), plain(corpus)
    mean = (before + after) / 2
    print(f"{len(corpus)} documents, {words:,} words, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"code_all {words / before:,.0f} and {words / after:,.0f} words/s; ingest {words / first:,.0f} words/s: ratio {mean / first:.2f}")
    print(f"a second run: {second:.2f} s, {second / first:.1%} of the first")
    return 0


if __name__ == "__main__":
    sys.exit(main())
