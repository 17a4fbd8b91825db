"""How fast the program reads, and in how much memory: one table.

    python -m benchmarks.speed                       300 Wikinews articles where ../shared is there, else the examples
    python -m benchmarks.speed --documents 50 --model DIR

Speeds depend on the machine and on what else it does; the last column compares with the encoder alone, on the same word pieces
in the same run, which does not. The last line counts processor time, which what else the machine does changes less.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from detente.pipeline import Tools, code, code_all, open_tools
from detente.reading.network import Network
from detente.records import Coded, Document
from detente.sources.files import documents
from detente.sources.text import day_of

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = [str(ROOT / "examples" / name) for name in ("strait.txt", "border.txt", "archive.jsonl")]
Encode = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Timed:
    """An encoder that counts its seconds and keeps what it was given."""

    def __init__(self, encode: Encode, clock: Callable[[], float]) -> None:
        """Count from now.

        Args:
            encode: What does the work.
            clock: Seconds, from any moment on.
        """
        self.encode, self.clock, self.seconds, self.given = encode, clock, 0.0, list[tuple[np.ndarray, np.ndarray]]()

    def __call__(self, pieces: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The vectors, their time counted."""
        begin = self.clock()
        vectors = self.encode(pieces, cases)
        self.seconds += self.clock() - begin
        self.given.append((pieces, cases))
        return vectors


class Run(NamedTuple):
    """One way to read the corpus: wall seconds, seconds in the encoder (summed over workers), seconds of the encoder alone."""

    name: str
    workers: int
    wall: float
    encoder: float
    alone: float


def wikinews(shared: Path) -> Iterator[Document]:
    """Real articles with their days."""
    with (shared / "data" / "news-wikinews" / "wikinews_politics.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            yield Document(
                id=f"w{number}", text=str(row["text"]), published=day_of(str(row["date"])) if row["date"] else None
            )


def examples() -> Iterator[Document]:
    """Our own articles, over and over."""
    own = [d for d in documents(EXAMPLES, published=dt.date(2026, 6, 3)) if isinstance(d, Document)]
    yield from cycle(own)


@contextmanager
def timing(network: Network, clock: Callable[[], float]) -> Iterator[Timed]:
    """The network's encoder, counted by the clock until the end."""
    timed = Timed(network.encode, clock)
    network.encode = timed  # type: ignore[method-assign]
    yield timed
    del network.encode


def read(corpus: list[Document], tools: Tools, workers: int, name: str) -> Run:
    """Read the corpus, then give its windows to the encoder alone, one after the other."""
    network = tools.reader.network
    with timing(network, time.perf_counter) as timed:
        begin = time.perf_counter()
        found = list(code_all(corpus, tools, workers=workers))
        wall = time.perf_counter() - begin
    refused = [f for f in found if not isinstance(f, Coded)]
    if refused:
        sys.stderr.write(f"{len(refused)} refused, the first: {refused[0].detail}\n")
    begin = time.perf_counter()
    for pieces, cases in timed.given:
        network.encode(pieces, cases)
    return Run(name, workers, wall, timed.seconds, time.perf_counter() - begin)


def told_apart(corpus: list[Document], tools: Tools) -> str:
    """Processor seconds in the encoder and around it, in words; one text after the other."""
    with timing(tools.reader.network, time.process_time) as timed:
        begin = time.process_time()
        for document in corpus:
            code(document, tools)
        whole = time.process_time() - begin
    return f"processor time, one thread: {timed.seconds:.1f} s in the encoder, {whole - timed.seconds:.1f} s around it"


def cold_start(model: Path | None) -> float:
    """Seconds of `detente read` on one article, from the shell and back; the best of three."""
    command = [
        sys.executable,
        "-c",
        "from detente.cli import app; app()",
        "read",
        EXAMPLES[0],
        "--published",
        "2026-03-14",
    ]
    command += ["--model", str(model)] if model else []
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def mebibytes(of: int) -> float:
    """Greatest memory held so far by this process, or by its children."""
    held = resource.getrusage(of).ru_maxrss
    return held / 1024 if sys.platform != "darwin" else held / 1024**2  # kibibytes on Linux, bytes on macOS


def main() -> int:
    """Measure and print."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--documents", type=int, default=300)
    a.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    a.add_argument("--model", type=Path)
    o = a.parse_args()
    real = (o.shared / "data" / "news-wikinews").is_dir()
    corpus = list(islice(wikinews(o.shared) if real else examples(), o.documents))
    words = sum(len(d.text.split()) for d in corpus)
    start, child = cold_start(o.model), mebibytes(resource.RUSAGE_CHILDREN)
    runs = []
    for name, workers, threads in (("one worker, two threads", 1, 2), ("two workers, one thread each", 2, 1)):
        tools = open_tools(model=o.model, threads=threads)
        list(code_all(corpus[:2], tools))  # the tables load with the first text
        runs.append(read(corpus, tools, workers, name))
    print(
        f"{len(corpus)} {'Wikinews articles' if real else 'example articles'}, {words:,} words, {os.cpu_count()} cores"
    )
    print(f"{'':30}{'words/s':>10}{'documents/s':>13}{'in encoder':>12}{'encoder alone':>15}{'ratio':>8}")
    for run in runs:
        share = run.encoder / (run.wall * run.workers)
        print(
            f"{run.name:30}{words / run.wall:10,.0f}{len(corpus) / run.wall:13.1f}{share:12.0%}"
            f"{words / run.alone:11,.0f} w/s{run.alone / run.wall:8.2f}"
        )
    print(told_apart(corpus, tools))
    print(
        f"cold start, one article: {start:.2f} s, {child:.0f} MiB; the whole run: {mebibytes(resource.RUSAGE_SELF):.0f} MiB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
