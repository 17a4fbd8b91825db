"""How far a verdict of `detente audit` can be trusted: rows that are right or wrong by construction, made from gold, are audited.

    python -m evaluation.audit ../shared

For each event of the held-out passages (v, w: real and written wire) that happened and has both parties with codes, one row as the gold has it
must hold; the same row with another type, with its parties turned, or a year and a half off must not. Events that the gold calls planned,
possible or denied make rows that claim them as done.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.formats.audit import VERDICTS, finding, wilson
from detente.formats.making import made
from detente.ontology import PLOVER
from detente.pipeline import Tools, code, open_tools
from detente.records import Entity, Event
from evaluation.events import document_of, test_sets
from evaluation.scoring import Row

OFF_DAYS = 550
"""Far outside any interval of a sentence of news."""

SETS = ("v dev", "w dev")


def rows_of(gold: Row, draw: random.Random) -> Iterator[tuple[str, Event]]:
    """(what is wrong with it, row) for each event of a passage."""
    told = {(e["type"][0], p) for e in gold["events"] for p in parties(e)}
    for number, event in enumerate(gold["events"]):
        both = parties(event)
        if not both:
            continue
        kind, (a, b) = event["type"][0], both[0]
        day = (event["date"] or [gold["published"]])[0]
        if event["status"] != "actual":
            yield "not an actual event", row(f"{gold['id']}-{number}", kind, a, b, day)
            continue
        yield "right", row(f"{gold['id']}-{number}", kind, a, b, day)
        others = [k for k in PLOVER.types if (k, (a, b)) not in told and (k, (b, a)) not in told]
        yield "other type", row(f"{gold['id']}-{number}", draw.choice(others), a, b, day)
        if not event["reciprocal"] and a != b and (kind, (b, a)) not in told:
            yield "other actors", row(f"{gold['id']}-{number}", kind, b, a, day)
        if event["date"]:
            off = dt.date.fromisoformat(day) - dt.timedelta(OFF_DAYS)
            yield "other date", row(f"{gold['id']}-{number}", kind, a, b, off.isoformat())


def parties(event: Row) -> list[tuple[str, str]]:
    """Pairs of codes that stand opposite each other."""
    sides: list[list[str]] = [[e["code"] for e in event[role] if e["code"]] for role in ("actor", "recipient")]
    if event["reciprocal"] and not sides[1]:
        return [(a, b) for at, a in enumerate(sides[0]) for b in sides[0][at + 1 :]]
    return [(a, b) for a in sides[0] for b in sides[1]]


def row(name: str, kind: str, actor: str, recipient: str, day: str) -> Event:
    """A row as other data would have it: codes, a type and a day."""
    told: dict[str, Any] = {"actor": (Entity(code=actor, entity_text=actor),), "recipient": (Entity(code=recipient, entity_text=recipient),)}
    return made(id=name, date=day, kind=kind, mode=(), context=(), coder="gold", document=name, **told)


def audited(shared: Path, tools: Tools) -> dict[str, Counter[str]]:
    """Verdicts by what is wrong with the row."""
    draw = random.Random(1)
    verdicts: dict[str, Counter[str]] = {}
    for name, golds in test_sets(shared):
        for gold in golds if name in SETS else ():
            events = code(document_of(gold), tools).events
            for wrong, claimed in rows_of(gold, draw):
                verdicts.setdefault(wrong, Counter())[finding(claimed, events).verdict] += 1
    return verdicts


def main() -> int:
    """Print the table."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("shared", type=Path)
    o = a.parse_args()
    print(f"| the row is | rows | {' | '.join(VERDICTS)} | 95 % interval of “holds” |\n| --- | --: |{' --: |' * len(VERDICTS)} --- |")
    for wrong, verdicts in audited(o.shared, open_tools(threads=2)).items():
        low, high = wilson(verdicts["holds"], verdicts.total())
        print(f"| {wrong} | {verdicts.total()} | {' | '.join(str(verdicts[v]) for v in VERDICTS)} | {low:.2f} to {high:.2f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
