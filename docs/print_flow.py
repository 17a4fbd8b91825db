"""Prints the excerpts of docs/flow.md from the golden files, so that the page shows what the program does: `make docs`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("flow.md")
GOLDEN = PAGE.parents[1] / "tests" / "golden"
MARK = re.compile(r"(<!-- printed: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def text() -> str:
    """The page with its excerpts printed anew; as it is while there are no golden files."""
    page = PAGE.read_text(encoding="utf-8")
    if not (GOLDEN / "5-events.json").is_file():
        return page
    shown = excerpts(
        {f.stem.partition("-")[2]: json.loads(f.read_text(encoding="utf-8")) for f in GOLDEN.glob("*.json")}
    )
    return MARK.sub(lambda m: f"{m[1]}\n```json\n{shown[m[2]]}\n```\n\n{m[3]}", page)


def excerpts(made: dict[str, Any]) -> dict[str, str]:
    """One event, walked through the stages: its trigger and mentions, who they are, its days, its record; and a quote."""
    reading = made["reading"]
    event = next(e for e in made["events"] if e["actor"] and e["recipient"])
    at = event["text_info"]["spans"]["trigger"][0]
    number = next(k for k, t in enumerate(reading["triggers"]) if t["span"] == at)
    trigger = reading["triggers"][number]
    linked = [reading["mentions"][link[0]] for link in (*trigger["actors"], *trigger["recipients"])]
    who = {str(e): made["actors"][str(e)] for m in linked for e in m["entities"]}
    rows = {
        "trigger": {k: v for k, v in trigger.items() if v not in (None, [])},
        "mentions": linked,
        "actors": who,
        "dates": made["dates"][number],
        "event": event,
        "quote": made["quotes"][0],
    }
    return {name: compact(row) for name, row in rows.items()}


def compact(value: Any) -> str:
    """JSON with one field a line, what is inside a field on that line."""
    if isinstance(value, dict):
        return (
            "{" + ",\n ".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[" + ",\n ".join(json.dumps(v, ensure_ascii=False) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    print(f"printed {PAGE.name}")
