"""Score the installed program, from raw text, on gold.

    python -m evaluation.events --shared ../shared                 the table, and the floors
    python -m evaluation.events --shared ../shared --errors        + the commonest mistakes by kind
    python -m evaluation.events --shared ../shared --model DIR     another reader
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from detente.pipeline import Tools, code, open_tools
from detente.records import Document
from detente.sources.text import day_of
from evaluation.scoring import LEVELS, Pair, Row, Tally, compare, dates_agree, from_wire, gold_documents, interval
from training.standoff import own_annotations
from training.wire import is_dev, passages

FLOORS = Path(__file__).parent / "floors.json"


def test_sets(shared: Path) -> Iterator[tuple[str, list[Row]]]:
    """Name and gold documents (each with its text) of every test set."""
    for name in ("v", "w"):
        rows = passages(sorted((shared / "wire").glob(f"{name}*.jsonl")))
        yield f"{name} dev", [from_wire(row) for row in rows if is_dev(row["id"])]
    own = own_annotations(shared, wanted=is_dev)
    yield "r dev", [from_wire(row) for row in own if not row["id"].startswith("x")]
    yield "x dev", [from_wire(row) for row in own if row["id"].startswith("x")]
    yield "n1", [from_wire(row) for row in passages([shared / "wire/n1.jsonl"])]
    (seed,) = gold_documents(shared / "seed/gold.json")
    yield "seed", [{**seed, "text": (shared / "seed" / seed["text_file"]).read_text(encoding="utf-8")}]


def document_of(gold: Row) -> Document:
    """A gold document as the program is given it; not every passage tells its day."""
    return Document(id=gold["id"], text=gold["text"], published=day_of(gold["published"]) if gold["published"] else None)


def coded(gold: Row, tools: Tools) -> tuple[list[Row], list[Row]]:
    """Events and quotes that the program finds in a gold document's text, as plain rows."""
    found = code(document_of(gold), tools)
    rows: tuple[list[Row], list[Row]] = msgspec.to_builtins((found.events, found.quotes))
    return list(rows[0]), list(rows[1])


def score(golds: list[Row], tools: Tools) -> tuple[list[Tally], list[Pair], list[Row]]:
    """The tally of each document, and all pairs and extra events."""
    results = [compare(g, *coded(g, tools)) for g in golds]
    return [r[0] for r in results], [p for r in results for p in r[1]], [e for r in results for e in r[2]]


def mistakes(pairs: list[Pair], extra: list[Row]) -> Counter[str]:
    """How often each kind of mistake was made."""
    kinds: Counter[str] = Counter()
    for pair in pairs:
        if not pair.gold.get("required", True):
            continue
        if pair.found is None:
            kinds[f"missed {pair.gold['type'][0]}"] += 1
        elif pair.level < len(LEVELS):
            kinds[f"wrong {LEVELS[pair.level]} of {pair.gold['type'][0]}"] += 1
    kinds.update(f"extra {e['event'][0]}" for e in extra)
    return kinds


def per_type(pairs: list[Pair], extra: list[Row]) -> list[tuple[str, int, float, float]]:
    """Type, gold events, recall and precision at the level "core"."""
    gold = Counter(p.gold["type"][0] for p in pairs)
    hit = Counter(p.gold["type"][0] for p in pairs if p.level >= 2)
    predicted = Counter(p.found["event"][0] for p in pairs if p.found) + Counter(e["event"][0] for e in extra)
    return [(t, n, hit[t] / n, hit[t] / max(predicted[t], 1)) for t, n in gold.most_common()]


def dated(pairs: list[Pair]) -> float:
    """Share of the events with the right core whose gold has days and whose days are right; 0 without any."""
    right = [dates_agree(p.gold, p.found) for p in pairs if p.found is not None and p.level >= LEVELS.index("core") + 1 and p.gold["date"]]
    return sum(right) / max(len(right), 1)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 when a floor is broken."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    a.add_argument("--model", type=Path)
    a.add_argument("--sets", nargs="*", help="only these test sets")
    a.add_argument("--errors", action="store_true", help="the commonest mistakes, and core recall and precision by type")
    a.add_argument("--json", type=Path, help="write the numbers here")
    o = a.parse_args(arguments)
    tools = open_tools(model=o.model, threads=2)
    numbers: dict[str, dict[str, float]] = {}
    print(f"{'set':8}{'events':>7}{'found':>7}" + "".join(f"{name + ' F1':>11}" for name in LEVELS) + f"{'core 95 %':>15}{'core P':>8}{'core R':>8}{'quotes':>8}{'speaker':>8}{'dated':>8}")
    for name, golds in test_sets(o.shared):
        if o.sets and name not in o.sets:
            continue
        tallies, pairs, extra = score(golds, tools)
        total = sum(tallies, Tally())
        low, high = interval(tallies, "core")
        quotes = total.quotes_found / max(total.quotes, 1), total.speakers_right / max(total.quotes, 1)
        numbers[name] = {level: round(total.f1(level), 4) for level in LEVELS} | {
            "core precision": round(total.precision("core"), 4), "core recall": round(total.recall("core"), 4),
            "quotes": round(quotes[0], 4), "speakers": round(quotes[1], 4), "dated": round(dated(pairs), 4),
        }  # fmt: skip
        print(
            f"{name:8}{total.required:7}{total.predicted:7}" + "".join(f"{total.f1(level):11.3f}" for level in LEVELS)
            + f"    {low:.3f}-{high:.3f}{total.precision('core'):8.3f}{total.recall('core'):8.3f}{quotes[0]:8.3f}{quotes[1]:8.3f}{dated(pairs):8.3f}"
        )  # fmt: skip
        if o.errors:
            print("  " + "; ".join(f"{kind} {n}" for kind, n in mistakes(pairs, extra).most_common(20)))
            print("  " + "; ".join(f"{t} n={n} R={r:.2f} P={p:.2f}" for t, n, r, p in per_type(pairs, extra)))
    if o.json:
        o.json.write_text(json.dumps(numbers, indent=1) + "\n")
    return broken(numbers) if FLOORS.exists() and o.model is None else 0


def broken(numbers: dict[str, dict[str, float]]) -> int:
    """1 when a measured number lies under its floor; says which. No command lowers a floor."""
    floors: dict[str, dict[str, Any]] = json.loads(FLOORS.read_text())
    under = [
        f"{name}: {measure} is {numbers[name][measure]:.3f}, but its floor is {floor}"
        for name, wanted in floors.items() if name in numbers
        for measure, floor in wanted.items() if numbers[name][measure] < floor
    ]  # fmt: skip
    for line in under:
        sys.stderr.write(line + "\n")
    return int(bool(under))


if __name__ == "__main__":
    sys.exit(main())
