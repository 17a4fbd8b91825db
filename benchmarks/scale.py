"""What a day, a year and the whole of a news crawl would take: measured here on real texts, multiplied there.

    python -m benchmarks.scale ../shared --documents 200
    python -m benchmarks.scale ../shared --pages 500000 --english 0.4 --price 0.03

Measured is processor time of one process, so that what else the machine does counts little: taking the text out of a packed page,
coding it, and what the one writer does with a result (known or new, copies, rows, Parquet). What is multiplied stands in the arguments.
"""

from __future__ import annotations

import argparse
import pickle
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.sources import SETS, dressed
from detente.ingest import Recipe, coded, ingest
from detente.records import Coded, Document, Refused
from detente.sources.files import documents
from detente.store import open_store
from detente.store.writer import Result

DAYS_OF_CRAWL = 3_750
"""From the first day of Common Crawl's news crawl, 2016-08-26, to the end of 2026, about."""


class Measured(NamedTuple):
    """Seconds of a core for each document, words and events of one, bytes that it takes in a store and on the way to a worker and back."""

    reading: float
    coding: float
    keeping: float
    words: float
    events: float
    stored: float
    sent: float


def drawn(shared: Path, most: int, seed: int) -> list[Document]:
    """Documents of both sets, shuffled."""
    found = [d for name in SETS for d in documents([str(shared / "data" / name)], published=None) if isinstance(d, Document)]
    random.Random(seed).shuffle(found)
    # both sets name some documents alike
    return [msgspec.structs.replace(d, id=f"{n}") for n, d in enumerate(found[:most])]


def measured(texts: list[Document], keeps: int) -> Measured:
    """What one document costs, on average.

    Args:
        texts: Real ones.
        keeps: Times that the writer is given all results, each time under other names, so that its work is seen in full batches.
    """
    with tempfile.TemporaryDirectory(prefix="detente-bench-") as place:
        *_, (_, pages) = dressed(texts, Path(place))
        begin = time.process_time()
        reads = sum(isinstance(found, Document) for found in documents([str(pages)], published=None))
        reading = (time.process_time() - begin) / reads
        tools = Recipe().tools()
        coded(texts[0], tools)  # the tables load with the first text
        begin = time.process_time()
        outcomes = [coded(text, tools) for text in texts]
        coding = (time.process_time() - begin) / len(texts)
        store = open_store(Path(place) / "store", create=True)
        begin = time.process_time()
        ingest(renamed(texts, keeps), store, coding=Replay(texts, outcomes))
        keeping = (time.process_time() - begin) / (keeps * len(texts))
        alone = open_store(Path(place) / "alone", create=True)
        ingest(iter(texts), alone, coding=Replay(texts, outcomes))
        alone.compact()
        stored = sum(file.stat().st_size for file in alone.folder.rglob("*.parquet")) / len(texts)
    words = sum(len(text.text.split()) for text in texts) / len(texts)
    events = sum(len(outcome.events) for outcome in outcomes if isinstance(outcome, Coded)) / len(texts)
    sent = sum(len(pickle.dumps(text)) + len(pickle.dumps(outcome)) for text, outcome in zip(texts, outcomes, strict=True)) / len(texts)
    return Measured(reading, coding, keeping, words, events, stored, sent)


def renamed(texts: list[Document], times: int) -> Iterator[Document]:
    """The texts so many times, each time under other names."""
    for turn in range(times):
        yield from (msgspec.structs.replace(text, id=f"{turn}-{text.id}") for text in texts)


class Replay:
    """Codes nothing: has the results already, by the texts' places."""

    def __init__(self, texts: list[Document], outcomes: list[Coded | Refused]) -> None:
        """Know the results."""
        self._outcomes = {text.text: outcome for text, outcome in zip(texts, outcomes, strict=True)}

    def __call__(self, documents: Iterator[Document | Refused], recipe: Recipe, *, workers: int | None) -> Iterator[Result]:
        """What became of each, in no time."""
        del recipe, workers
        for document in documents:
            if isinstance(document, Refused):
                yield Result(None, document)
                continue
            outcome = self._outcomes[document.text]
            own = outcome if isinstance(outcome, Refused) else msgspec.structs.replace(outcome, document=document)
            yield Result(document, own)


def plan(one: Measured, name: str, pages: float, english: float, price: float) -> str:
    """A row of the plan."""
    texts = pages * english
    hours = (pages * one.reading + texts * (one.coding + one.keeping)) / 3600
    return f"| {name} | {pages:,.0f} | {texts:,.0f} | {hours:,.0f} | {hours * price:,.2f} | {texts * one.events / 1e6:,.1f} | {texts * one.stored / 1e9:,.1f} |"


def main() -> None:
    """Measure, multiply, print."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("shared", type=Path)
    a.add_argument("--documents", type=int, default=200)
    a.add_argument("--keeps", type=int, default=5, help="times that the writer is given them")
    a.add_argument("--pages", type=float, default=500_000, help="pages of one day")
    a.add_argument("--english", type=float, default=0.4, help="share of them that is coded")
    a.add_argument("--price", type=float, default=0.03, help="dollars for an hour of a core")
    a.add_argument("--seed", type=int, default=1)
    o = a.parse_args()
    texts = list(islice(drawn(o.shared, o.documents, o.seed), o.documents))
    one = measured(texts, o.keeps)
    print(f"{len(texts)} documents of {one.words:,.0f} words and {one.events:.1f} events\n")
    print("| a document takes | |\n| --- | --: |")
    print(f"| reading a packed page, ms of a core | {one.reading * 1e3:,.1f} |")
    print(f"| coding it, ms of a core | {one.coding * 1e3:,.0f} |")
    print(f"| the writer's work, ms of its core | {one.keeping * 1e3:,.1f} |")
    print(f"| documents/s of a core | {1 / (one.reading + one.coding):,.2f} |")
    print(f"| words/s of a core | {one.words / (one.reading + one.coding):,.0f} |")
    print(f"| cores that one writer keeps busy | {(one.reading + one.coding) / one.keeping:,.0f} |")
    print(f"| bytes in a compacted store | {one.stored:,.0f} |")
    print(f"| bytes to a worker and back | {one.sent:,.0f} |\n")
    print("| | pages | coded | core hours | dollars | million events | GB in the store |\n| --- | --: | --: | --: | --: | --: | --: |")
    for name, days in (("a day", 1), ("a year", 365), (f"the whole crawl, {DAYS_OF_CRAWL:,} days", DAYS_OF_CRAWL)):
        print(plan(one, name, o.pages * days, o.english, o.price))


if __name__ == "__main__":
    main()
