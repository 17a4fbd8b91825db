"""How well coded records agree with gold: the measures of the task, level by level.

Levels, each including the one before: type; core (+ codes of actor and recipient); status; date (overlap, at most 31 days
longer); name (every person or organisation that the gold names). A test holds this scorer equal to the one that the gold came with.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

LEVELS = ("type", "core", "status", "date", "name")
Row = dict[str, Any]


class Pair(NamedTuple):
    """A gold event, the record found for it (None: missed), and how many of `LEVELS` it reaches."""

    gold: Row
    found: Row | None
    level: int


@dataclass
class Tally:
    """Counts of one document; tallies add up."""

    required: int = 0
    predicted: int = 0
    hits: Counter[str] = field(default_factory=Counter)  # required gold events reached, by level
    right: Counter[str] = field(default_factory=Counter)  # predicted events that are right, by level
    quotes: int = 0
    quotes_found: int = 0
    speakers_right: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.required + other.required, self.predicted + other.predicted, self.hits + other.hits, self.right + other.right,
            self.quotes + other.quotes, self.quotes_found + other.quotes_found, self.speakers_right + other.speakers_right,
        )  # fmt: skip

    def precision(self, level: str) -> float:
        """Share of predicted events that are right at `level`; 0 without predictions."""
        return self.right[level] / self.predicted if self.predicted else 0.0

    def recall(self, level: str) -> float:
        """Share of required gold events found right at `level`; 0 without any."""
        return self.hits[level] / self.required if self.required else 0.0

    def f1(self, level: str) -> float:
        """Harmonic mean of precision and recall."""
        p, r = self.precision(level), self.recall(level)
        return 2 * p * r / (p + r) if p + r else 0.0


def gold_documents(path: Path) -> list[Row]:
    """The gold of one article (`.json`) or of many passages (`.jsonl`, wire format)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [from_wire(json.loads(line)) for line in text.splitlines() if line.strip()]
    return [json.loads(text)]


def from_wire(passage: Row) -> Row:
    """A wire passage as gold."""
    actors = {a["id"]: {k: a.get(k) for k in ("code", "name", "sector")} for a in passage["actors"]}
    events = [
        {
            "type": [e["type"]],
            "actor": [actors[i] for i in e["actor"]],
            "recipient": [actors[i] for i in e["recipient"]],
            "reciprocal": e.get("reciprocal", False),
            "date": e["date"],
            "status": e["status"],
            "required": True,
            "evidence": e["trigger"],
        }
        for e in passage["events"]
    ]
    quotes = [{"text": q["text"], "code": actors[q["speaker"]]["code"] if q["speaker"] else None} for q in passage["quotes"]]
    return {"id": passage["id"], "published": passage["date"], "text": passage["text"], "events": events, "quotes": quotes}


def compare(gold: Row, events: Sequence[Row], quotes: Sequence[Row]) -> tuple[Tally, list[Pair], list[Row]]:
    """One document's tally, what was found for each gold event, and the records that match none."""
    pairs = matched(gold["events"], events)
    found_for = {g: (p, level) for p, (g, level) in pairs.items()}
    tally = Tally(required=sum(e.get("required", True) for e in gold["events"]), predicted=len(events))
    rows = []
    for g, event in enumerate(gold["events"]):
        p, reached = found_for.get(g, (None, 0))
        rows.append(Pair(event, None if p is None else events[p], reached))
        for name in LEVELS[:reached]:
            tally.right[name] += 1
            tally.hits[name] += bool(event.get("required", True))
    for quote in gold.get("quotes", ()):
        best = max((quote_hit(quote, q) for q in quotes), default=(False, False))
        tally.quotes += 1
        tally.quotes_found += best[0]
        tally.speakers_right += best[0] and best[1]
    return tally, rows, [e for k, e in enumerate(events) if k not in pairs]


def matched(gold: Sequence[Row], events: Sequence[Row]) -> dict[int, tuple[int, int]]:
    """Greedy one-to-one pairs, best level first, required gold before optional: record index → (gold index, level)."""
    ranked = sorted(
        ((level(g, e), bool(g.get("required", True)), -gi, -ei) for gi, g in enumerate(gold) for ei, e in enumerate(events)), reverse=True
    )
    pairs: dict[int, tuple[int, int]] = {}
    taken: set[int] = set()
    for reached, _, minus_g, minus_e in ranked:
        if reached and -minus_g not in taken and -minus_e not in pairs:
            pairs[-minus_e] = (-minus_g, reached)
            taken.add(-minus_g)
    return pairs


def level(gold: Row, event: Row) -> int:
    """How many of `LEVELS` the record reaches against this gold event."""
    if not set(event["event"]) & set(gold["type"]):
        return 0
    if not parties_agree(gold, event):
        return 1
    if event.get("status") not in {gold["status"], *gold.get("status_ok", ())}:
        return 2
    if not dates_agree(gold, event):
        return 3
    wanted = last_names(gold["actor"]) | last_names(gold["recipient"])
    return 5 if wanted <= words_of([*(event.get("actor") or ()), *(event.get("recipient") or ())]) else 4


def parties_agree(gold: Row, event: Row) -> bool:
    """Whether the codes agree: each side shares one; of a reciprocal event all parties are there, on whichever side."""
    ga, gr, ea, er = (codes(x) for x in (gold["actor"], gold["recipient"], event.get("actor"), event.get("recipient")))
    if gold.get("reciprocal"):
        return (ga | gr) <= (ea | er)
    return (not ga or bool(ga & ea)) and (not gr or bool(gr & er))


def dates_agree(gold: Row, event: Row) -> bool:
    """Whether the intervals overlap and the record's is at most 31 days longer."""
    if not gold["date"]:
        return True
    if not event.get("date"):
        return bool(gold.get("date_optional"))
    g0, g1 = map(dt.date.fromisoformat, gold["date"])
    e0, e1 = dt.date.fromisoformat(event["date"]), dt.date.fromisoformat(event.get("enddate") or event["date"])
    return e0 <= g1 and e1 >= g0 and (e1 - e0) <= (g1 - g0) + dt.timedelta(31)


def codes(entities: Iterable[Row] | None) -> set[str]:
    """The codes that are known."""
    return {e["code"] for e in entities or () if e.get("code")}


def last_names(entities: Iterable[Row] | None) -> set[str]:
    """Last word of each name, lower case."""
    return {e["name"].split()[-1].lower() for e in entities or () if e.get("name")}


def words_of(entities: Iterable[Row]) -> set[str]:
    """Every word of names and texts, lower case, without stops and commas at its ends."""
    return {w.lower().strip(".,") for e in entities for w in f"{e.get('name') or ''} {e.get('entity_text') or ''}".split()}


def quote_hit(gold: Row, quote: Row) -> tuple[bool, bool]:
    """Whether the quote's words are found (Dice >= 0.5, or nine tenths of the gold's words in it), and its speaker's code."""
    g, q = bag(gold["text"]), bag(quote.get("text", ""))
    common = sum((g & q).values())
    size = sum(g.values()) + sum(q.values())
    found = bool(common) and (2 * common / size >= 0.5 or common >= 0.9 * sum(g.values()))
    found = found or common >= 0.9 * sum(g.values())
    return found, gold.get("code") is None or (quote.get("speaker") or {}).get("code") == gold["code"]


def bag(text: str) -> Counter[str]:
    """Words with their counts, marks stripped."""
    return Counter(w.strip("“”\"'’.,;:").lower() for w in text.split())


def interval(tallies: Sequence[Tally], measure: str, *, seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval over documents of the F1 at level `measure`.

    Source:
        Efron & Tibshirani 1993, percentile bootstrap; documents are drawn, since events of one document are not independent.
    """
    rng = random.Random(seed)
    counts = np.array([(t.required, t.predicted, t.hits[measure], t.right[measure]) for t in tallies])

    def drawn() -> float:
        required, predicted, hits, right = counts[rng.choices(range(len(tallies)), k=len(tallies))].sum(axis=0).tolist()
        return Tally(required, predicted, Counter({measure: hits}), Counter({measure: right})).f1(measure)

    values = sorted(drawn() for _ in range(draws))
    return values[int(0.025 * draws)], values[int(0.975 * draws)]
