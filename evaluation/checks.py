"""Every check that the installed program makes in a sample of Wikinews articles, and how many of them are right.

    python -m evaluation.checks --shared ../shared            read the sample, print each check found, then the precision
    python -m evaluation.checks --shared ../shared --texts    + the words around each
    python -m evaluation.checks --shared ../shared --size 2000    a larger draw, which begins with the smaller one

The judgements stand in checks.csv: file, line, check, start, end, right (yes or no). A check that nobody has judged is printed with "?"
and counts in no precision.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detente.pipeline import Tools, code, open_tools
from detente.records import Check, Document
from detente.sources.text import day_of

SEED, SIZE, SHORTEST = 20261125, 200, 600
"""Draw, articles, and characters below which an article is only a headline."""
FILES = ("wikinews_politics.jsonl", "wikinews_economy.jsonl")
JUDGED = Path(__file__).parent / "checks.csv"


class Place(NamedTuple):
    """Where a check stands: file, line from 1, kind, and characters of the text."""

    file: str
    line: int
    check: str
    start: int
    end: int


def sample(folder: Path, *, size: int = SIZE, seed: int = SEED) -> Iterator[tuple[str, int, Document]]:
    """File, line and document of the articles drawn, in the order of the files."""
    rows = [
        (name, k, json.loads(line))
        for name in FILES
        for k, line in enumerate((folder / name).open(encoding="utf-8"), start=1)
    ]
    fit = [each for each in rows if each[2]["date"] and len(each[2]["text"]) >= SHORTEST]
    random.Random(seed).shuffle(fit)  # not `sample`: a larger draw then begins with the smaller one
    for name, k, row in sorted(fit[:size], key=lambda each: each[:2]):
        yield name, k, Document(id=f"{name}:{k}", text=row["text"], published=day_of(row["date"]), title=row["title"])


def judged(file: Path = JUDGED) -> dict[Place, bool]:
    """The judgements made by hand."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            Place(r["file"], int(r["line"]), r["check"], int(r["start"]), int(r["end"])): r["right"] == "yes"
            for r in csv.DictReader(lines)
        }


def found(folder: Path, tools: Tools, *, size: int = SIZE) -> Iterator[tuple[Place, Check, Document]]:
    """Every check in the sample."""
    for name, line, document in sample(folder, size=size):
        for check in code(document, tools).checks:
            yield Place(name, line, check.check, check.text_info.start, check.text_info.end), check, document


def main() -> int:
    """Print checks and precision."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    a.add_argument("--model", type=Path)
    a.add_argument("--texts", action="store_true")
    a.add_argument("--size", type=int, default=SIZE, help="articles drawn")
    options = a.parse_args()
    known, counts = judged(), Counter[tuple[str, bool | None]]()
    for place, check, document in found(
        options.shared / "data/news-wikinews", open_tools(model=options.model), size=options.size
    ):
        right = known.get(place)
        counts[check.check, right] += 1
        print(
            ",".join(map(str, place)),
            {None: "?", True: "yes", False: "no"}[right],
            check.finding,
            "|",
            check.text,
            "|",
            check.detail,
        )
        if options.texts:
            print("    ", " ".join(document.text[max(0, place.start - 300) : place.end + 200].split()))
    for kind in sorted({kind for kind, _ in counts}):
        good, bad, unjudged = (counts[kind, verdict] for verdict in (True, False, None))
        print(f"{kind:9} right {good} wrong {bad} not judged {unjudged} precision {f'{good / (good + bad):.2f}' if good + bad else 'unknown'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
