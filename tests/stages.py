"""What each stage makes of one article, as JSON, for the golden files. `python -m tests.stages` rewrites them."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from detente.actors.resolve import resolve
from detente.coding.dates import event_dates
from detente.pipeline import Tools, code, open_tools, read
from detente.records import Document
from detente.sources.files import documents

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
ARTICLE, PUBLISHED = ROOT / "examples" / "strait.txt", dt.date(2026, 3, 14)
CODED_ON = dt.date(2026, 11, 25)
KEPT = ("event_scale", "lat", "lon")
"""Numbers with a fraction that are facts. The others are chances, whose last digits differ between processors."""


def stages(tools: Tools) -> dict[str, str]:
    """File name → JSON of every stage: document, reading, actors, dates, records."""
    (document,) = documents([str(ARTICLE)], published=PUBLISHED)
    assert isinstance(document, Document)
    reading, context = read(document, tools)
    actors = resolve(document, reading, tools.actors, context=context)
    dates = event_dates(document, reading, news=tools.settings.news)
    coded = code(document, tools)
    made = {
        "1-document": document,
        "2-reading": reading,
        "3-actors": {str(number): actor for number, actor in actors.items()},
        "4-dates": dates,
        "5-events": coded.events,
        "6-quotes": coded.quotes,
        "7-checks": coded.checks,
    }
    return {f"{name}.json": written(value) for name, value in made.items()}


def written(value: object) -> str:
    """JSON to be read and compared line by line: a list of whole numbers on one line, chances left out."""
    text = json.dumps(without_chances(msgspec.to_builtins(value)), ensure_ascii=False, indent=1)
    numbers = re.compile(r"\[\n\s*(-?\d+(?:,\n\s*-?\d+)*)\n\s*\]")
    return numbers.sub(lambda m: "[" + ", ".join(m[1].replace(",", " ").split()) + "]", text) + "\n"


def without_chances(value: Any, name: str = "") -> Any:
    """The value without numbers that have a fraction, but for those in `KEPT`."""
    if isinstance(value, dict):
        return {k: without_chances(v, k) for k, v in value.items() if k in KEPT or not isinstance(v, float)}
    if isinstance(value, list | tuple):
        return [without_chances(v) for v in value if not isinstance(v, float)]
    return value


def main() -> int:
    """Write every golden file anew."""
    GOLDEN.mkdir(exist_ok=True)
    made = stages(open_tools(coded_on=CODED_ON))
    for name, text in made.items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(made)} files under {GOLDEN.relative_to(ROOT)}; read the diff before you commit it\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
