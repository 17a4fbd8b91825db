"""The dumbest rival worth beating: a dictionary of trigger words, and the nations nearest to them.

    python -m evaluation.rival --shared ../shared

What the field's dictionary coders do, without their parse trees: a word is a trigger of the type that it mostly has in the
training passages; the nation named last before it acts, the one named next receives; everything is actual and happened today. Its
dictionary is counted from the same passages that the reader learns from, so that only the method differs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from detente.actors.base import ActorBase
from evaluation.events import document_of, test_sets
from evaluation.scoring import LEVELS, Row, Tally, compare
from training.wire import is_dev, passages

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_LEAST = 3  # times that a word must have been a trigger; rarer ones are chance
_QUOTE = re.compile(r"[“\"]([^“”\"]{3,400})[”\"]")


def dictionary(rows: list[Row]) -> dict[str, str]:
    """Trigger word → type: words that are triggers in more than half of the places where they stand, at least `_LEAST` times."""
    seen: Counter[str] = Counter()
    as_type: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in rows:
        seen.update(w.lower() for w in _WORD.findall(passage["text"]))
        for event in passage["events"]:
            words = _WORD.findall(event["trigger"].partition("#")[0])
            if words:
                as_type[words[0].lower()][event["type"]] += 1
    return {w: t.most_common(1)[0][0] for w, t in as_type.items() if t.total() >= _LEAST and 2 * t.total() > seen[w]}


def coded(gold: Row, words: dict[str, str], base: ActorBase) -> tuple[list[Row], list[Row]]:
    """Events and quotes that the rival finds in a gold document's text."""
    text, hits = gold["text"], base.nations(gold["text"])
    day = document_of(gold).published
    days = {} if day is None else {"date": (day - dt.timedelta(1)).isoformat(), "enddate": day.isoformat()}
    events = []
    for match in _WORD.finditer(text):
        kind = words.get(match.group().lower())
        if kind is None:
            continue
        before = [h for h in hits if h.span.end <= match.start()][-1:]
        after = [h for h in hits if h.span.start >= match.end()][:1]
        events.append({
            "event": [kind], "status": "actual", **days,
            "actor": [{"code": h.code, "entity_text": h.span.of(text)} for h in before],
            "recipient": [{"code": h.code, "entity_text": h.span.of(text)} for h in after],
        })  # fmt: skip
    quotes = []
    for match in _QUOTE.finditer(text):
        near = [h for h in hits if h.span.end <= match.start()][-1:]
        quotes.append({"text": match.group(1), "speaker": {"code": near[0].code} if near else None})
    return events, quotes


def training_passages(shared: Path) -> list[Row]:
    """Wire passages that the reader may learn from: not dev, not n*."""
    return [row for row in passages(sorted((shared / "wire").glob("[vw]*.jsonl"))) if not is_dev(row["id"])]


def tallies(shared: Path, words: dict[str, str]) -> Iterator[tuple[str, Tally]]:
    """The rival's tally of each test set."""
    base = ActorBase.open()
    for name, golds in test_sets(shared):
        yield name, sum((compare(g, *coded(g, words, base))[0] for g in golds), Tally())


def main() -> None:
    """Print the rival's table."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    o = a.parse_args()
    words = dictionary(training_passages(o.shared))
    print(f"{len(words)} words in the dictionary")
    print(f"{'set':8}{'events':>7}{'found':>7}" + "".join(f"{name + ' F1':>11}" for name in LEVELS) + f"{'quotes':>8}{'speaker':>8}")
    for name, total in tallies(o.shared, words):
        spoken = f"{total.quotes_found / max(total.quotes, 1):8.3f}{total.speakers_right / max(total.quotes, 1):8.3f}"
        print(f"{name:8}{total.required:7}{total.predicted:7}" + "".join(f"{total.f1(level):11.3f}" for level in LEVELS) + spoken)


if __name__ == "__main__":
    main()
