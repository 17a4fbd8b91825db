"""Passages told about other states: every name, demonym and capital of one state becomes another's, throughout.

The network should learn that a state acts, not that Iraq is attacked.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

FORMS = ("name", "adjective", "capital")
"""Kinds of nation words that are swapped; each for the other state's word of the same kind."""


Forms = dict[str, dict[str, str]]


def state_forms(shared: Path) -> Forms:
    """For each state its name, adjective and capital, where each is one word that no other state shares."""
    rows = json.loads((shared / "data/kb/mledoze_countries.json").read_text(encoding="utf-8"))
    found = {
        r["cca3"]: {"name": r["name"]["common"], "adjective": r["demonyms"]["eng"]["m"], "capital": r["capital"][0]}
        for r in rows
        if r.get("capital") and r.get("demonyms", {}).get("eng")
    }
    found = {code: f for code, f in found.items() if all(word.isalpha() for word in f.values())}
    uses = Counter(word for f in found.values() for word in f.values())
    return {code: f for code, f in found.items() if all(uses[word] == 1 for word in f.values())}


def swapped(passage: dict[str, Any], known: Forms, rng: random.Random) -> dict[str, Any]:
    """The passage with one or two of its states swapped for others; itself when nothing can be swapped.

    Annotations are strings of the text, so the same replacement is made in all of them; codes follow.
    """
    mine = {a["code"] for a in passage["actors"]}
    codes = sorted((mine & set(known)) - {"USA"})  # the United States stands in too many names to be swapped whole
    others = sorted(set(known) - mine)
    pairs = dict(zip(rng.sample(codes, min(len(codes), rng.choice((1, 2)))), rng.sample(others, 2), strict=False))
    plan = {known[old][k]: known[new][k] for old, new in pairs.items() for k in FORMS}
    if not plan or any(_stands(word, passage["text"]) for word in plan.values()):
        return passage
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, plan), key=len, reverse=True)) + r")\b")

    def put(words: str | None) -> str | None:
        return None if words is None else pattern.sub(lambda m: plan[m.group()], words)

    ids = {a["id"] for a in passage["actors"]}
    return {
        **passage,
        "text": put(passage["text"]),
        "actors": [{**a, "code": pairs.get(a["code"], a["code"]), "mentions": [put(m) for m in a["mentions"]]} for a in passage["actors"]],
        "events": [
            {**e, "trigger": put(e["trigger"]), "also": [put(w) for w in e.get("also", [])], "time": put(e["time"]),
             "place": put(e["place"]), "by": e["by"] if e.get("by") in ids else put(e.get("by"))}
            for e in passage["events"]
        ],
        "quotes": [{**q, "text": put(q["text"]), "cue": put(q["cue"])} for q in passage["quotes"]],
    }


def _stands(word: str, text: str) -> bool:
    """Whether the whole word is already in the text, so that a swap would merge two states."""
    return re.search(rf"\b{re.escape(word)}\b", text) is not None
