"""How well time words are read: one table from the wire corpus, one from te3-platinum and WikiWars.

Run from the repository: ``python evaluation/times.py /work/shared`` (``--misses 40`` lists what the wire's training part misses).
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detente.records import Interval, Span
from detente.times import interpret, tense_of

DAY = dt.timedelta(1)


class Timed(NamedTuple):
    """One gold event with time words and days."""

    dev: bool
    words: str
    published: dt.date
    tense: str
    gold: Interval


def wire(folder: Path) -> Iterator[Timed]:
    """Events of the wire corpus that have both time words and days."""
    for file in sorted([*folder.glob("v*.jsonl"), *folder.glob("w*.jsonl")]):
        for line in file.read_text().splitlines():
            passage = json.loads(line)
            for event in passage.get("events", ()):
                if event.get("time") and event.get("date"):
                    yield _timed(passage, event)


def _timed(passage: dict[str, str], event: dict[str, str]) -> Timed:
    """One event; "#n" tells apart equal strings and is no word."""
    first, last = map(dt.date.fromisoformat, event["date"])
    words, trigger = (re.sub(r"#\d+$", "", event[key]) for key in ("time", "trigger"))
    at = max(passage["text"].find(trigger), 0)
    tense = tense_of(passage["text"], Span(at, at + len(trigger)), event["status"])
    dev = int(passage["id"].split("-")[1]) % 10 == 0
    return Timed(dev, words, dt.date.fromisoformat(passage["date"]), tense, Interval(first, last, "range"))


def fits(gold: Interval, read: Interval) -> bool:
    """The scorer's rule: it overlaps the gold and is at most 31 days longer."""
    overlap = read.first <= gold.last and gold.first <= read.last
    return overlap and (read.last - read.first) <= (gold.last - gold.first) + 31 * DAY


def wire_table(folder: Path, misses: int) -> None:
    """Print the shares of fitting and equal days, and the commonest misses of the training part."""
    counts: dict[bool, collections.Counter[str]] = {True: collections.Counter(), False: collections.Counter()}
    missed: collections.Counter[str] = collections.Counter()
    for timed in wire(folder):
        read = interpret(timed.words, published=timed.published, tense=timed.tense)
        count = counts[timed.dev]
        count["all"] += 1
        count["known"] += read is not None
        count["fit"] += read is not None and fits(timed.gold, read)
        count["equal"] += read is not None and read[:2] == timed.gold[:2]
        if not timed.dev and (read is None or not fits(timed.gold, read)):
            shown = "unknown" if read is None else f"{read.first}/{read.last}"
            missed[f"{timed.words.lower()} ({'unknown' if read is None else 'wrong'})"] += 1
            if misses > 200 and read is not None:
                print(f"  {timed.words} | {timed.published:%a %F} {timed.tense} | {timed.gold.first}/{timed.gold.last} | {shown}")
    print("wire          events  known   fit  equal  fit of known")
    for dev, count in counts.items():
        share = [count[key] / count["all"] for key in ("known", "fit", "equal")]
        print(f"{'dev' if dev else 'rest':12} {count['all']:7}  {share[0]:.3f} {share[1]:.3f}  {share[2]:.3f}  {count['fit'] / count['known']:.3f}")
    for words, count_of in missed.most_common(misses):
        print(f"  {count_of:4}  {words}")


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--misses", type=int, default=0)
    settings = parser.parse_args()
    wire_table(settings.shared / "wire", settings.misses)


if __name__ == "__main__":
    main()
