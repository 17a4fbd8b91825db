"""How often the resolver gives the right code, from gold mentions alone: `python -m evaluation.actor_codes ../shared/wire`.

The reading handed to it is made from gold: the mentions of each actor, no nation links, body "state". What needs the
network's nation link ("Authorities") cannot be right here, so this is a floor. Failures are shown only for training ids of v files.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections import Counter
from pathlib import Path
from typing import Any

from detente.actors.base import ActorBase
from detente.actors.resolve import resolve
from detente.actors.words import norm_of
from detente.records import Actor, Document, Mention, Reading, Span
from training.wire import is_dev, passages


def reading_of(passage: dict[str, Any]) -> tuple[Document, Reading]:
    """The passage as a document and a reading with the gold mentions only."""
    text = passage["text"]
    spans: dict[Span, list[int]] = {}
    for number, actor in enumerate(passage.get("actors", [])):
        taken: Counter[str] = Counter()
        for mention in actor["mentions"]:
            span = _locate(text, mention, taken)
            if span is not None:
                spans.setdefault(span, []).append(number)
    mentions = [
        Mention(
            span=span,
            entities=tuple(numbers),
            sector=None,
            nations=(),
            body="state",
            body_score=1.0,
            score=1.0,
        )
        for span, numbers in sorted(spans.items())
    ]
    reading = Reading(sentences=(), mentions=tuple(mentions), triggers=(), times=(), places=(), quotes=(), names=())
    return Document(id=passage["id"], text=text, published=dt.date.fromisoformat(passage["date"])), reading


def _locate(text: str, mention: str, taken: Counter[str]) -> Span | None:
    words, _, number = mention.partition("#")
    if number:
        wanted = int(number)
    else:
        taken[words] += 1
        wanted = taken[words]
    found = [match.span() for match in re.finditer(r"(?<!\w)" + re.escape(words) + r"(?!\w)", text)]
    return Span(*found[min(wanted, len(found)) - 1]) if found else None


def main() -> None:
    """Prints accuracy by set, then the commonest failures of the v training passages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failures", type=int, default=0)
    parser.add_argument("--files", default="v*.jsonl")
    options = parser.parse_args()
    base = ActorBase.open()
    counts: Counter[tuple[str, str]] = Counter()
    failures: list[str] = []
    for pattern in ("v*.jsonl", "w*.jsonl"):
        for passage in passages(sorted(options.folder.glob(pattern))):
            document, reading = reading_of(passage)
            actors = resolve(document, reading, base)
            group = f"{pattern[0]} {'dev' if is_dev(passage['id']) else 'train'}"
            for at, gold in enumerate(passage.get("actors", [])):
                actor = actors.get(at, Actor(code=None, sector=None))
                _count(counts, group, gold, actor)
                if actor.code != gold["code"] and gold["code"] and group.endswith("train") and pattern == options.files:
                    failures.append(
                        f"{gold['code']} != {actor.code} {gold['mentions']} | {gold['name']} -> {actor.name} | {actor.why}"
                    )
    for group in ("v train", "v dev", "w train", "w dev"):
        print(group, *(_line(counts, group, key) for key in ("code", "told", "sector", "name", "none")), sep="  ")
    wrong = [failure for failure in failures if "!= None" not in failure]
    print(f"{len(failures)} failures, {len(wrong)} of them a wrong code")
    for failure in wrong[: options.failures]:
        print(failure)


def _count(counts: Counter[tuple[str, str]], group: str, gold: dict[str, Any], actor: Actor) -> None:
    if gold["code"]:
        counts[group, "code all"] += 1
        counts[group, "code right"] += actor.code == gold["code"]
        if actor.code is not None:  # how often a code that is told is right
            counts[group, "told all"] += 1
            counts[group, "told right"] += actor.code == gold["code"]
            counts[group, "sector all"] += 1
            counts[group, "sector right"] += actor.sector == gold["sector"]
        if gold["name"] and actor.code == gold["code"]:
            counts[group, "name all"] += 1
            counts[group, "name right"] += norm_of(actor.name or "") == norm_of(gold["name"])
    else:
        counts[group, "none all"] += 1
        counts[group, "none right"] += actor.code is None


def _line(counts: Counter[tuple[str, str]], group: str, key: str) -> str:
    right, every = counts[group, f"{key} right"], counts[group, f"{key} all"]
    return f"{key} {right}/{every} = {right / every:.3f}" if every else key


if __name__ == "__main__":
    main()
