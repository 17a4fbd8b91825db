"""Sentences for the pretraining: universal dependencies, parts of speech, semantic roles, names.

Every loader gives plain dicts: words of the corpus, and what it says about them by word index; None where it says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

SRL = ("none", "ARG0", "ARG1", "ARG2", "TMP", "LOC", "other")


def conllu(path: Path, keep: set[str] | None = None) -> Iterator[dict]:
    """Sentences of a CoNLL-U file: forms, upos, heads (0 = root, from 1), deprels; only documents in `keep` when given."""
    document, sentence, name = "", [], ""
    for raw in path.open(encoding="utf-8"):
        line = raw.rstrip("\n")
        if line.startswith("# newdoc id"):
            document = line.split("=", 1)[1].strip()
        elif line.startswith("# sent_id"):
            name = line.split("=", 1)[1].strip()
        elif not line and sentence:
            if keep is None or document in keep:
                yield {
                    "id": name,
                    "words": [c[1] for c in sentence],
                    "upos": [c[3] for c in sentence],
                    "head": [int(c[6]) for c in sentence],
                    "deprel": [c[7].split(":")[0] for c in sentence],
                }
            sentence = []
        elif line and line[0] != "#":
            columns = line.split("\t")
            if columns[0].isdigit():
                sentence.append(columns)


def roles(path: Path) -> dict[str, list[dict]]:
    """PropBank predicates of each sentence id: word index and arguments [(label index into SRL, first, last)]."""
    found: dict[str, list[dict]] = {}
    for line in path.open(encoding="utf-8"):
        row = json.loads(line)
        found[row["sent_id"]] = [
            {"i": p["i"], "args": [(srl_label(a[0]), a[1], a[2]) for a in p["args"] if a[0] != "V" and not a[0].startswith(("R-", "C-"))]}
            for p in row["preds"]
        ]
    return found


def srl_label(label: str) -> int:
    """Index into SRL of a PropBank label."""
    short = label.removeprefix("ARGM-")
    return SRL.index(short) if short in SRL else SRL.index("other")


def iob(path: Path, *, word: int, tag: int, kinds: dict[str, str]) -> Iterator[dict]:
    """Sentences of an IOB file: words and tags over PER, ORG, LOC; other kinds become O."""
    words: list[str] = []
    tags: list[str] = []
    for raw in path.open(encoding="utf-8"):
        line = raw.rstrip("\n")
        if line.startswith("# "):
            continue
        columns = line.replace("\t", " ").split(" ")
        if len(columns) <= max(word, tag):  # a blank line, or one of GMB's few torn ones
            if words:
                yield {"words": words, "names": fix_bio(tags)}
                words, tags = [], []
            continue
        mark, _, kind = columns[tag].partition("-")
        words.append(columns[word])
        tags.append(f"{mark}-{kinds[kind.lower()]}" if kind.lower() in kinds else "O")
    if words:
        yield {"words": words, "names": fix_bio(tags)}


def fix_bio(tags: list[str]) -> list[str]:
    """Tags in which every name starts with B, as IOB1 files leave out."""
    fixed = []
    for k, tag in enumerate(tags):
        before = tags[k - 1] if k else "O"
        fixed.append("B" + tag[1:] if tag[0] == "I" and before[1:] != tag[1:] else tag)
    return fixed


def re3d(folder: Path) -> Iterator[dict]:
    """Names of one re3d source, as texts with character spans (first, end, kind)."""
    kinds = {"Person": "PER", "Organisation": "ORG", "Location": "LOC"}
    rows = [json.loads(x) for x in (folder / "entities.json").open(encoding="utf-8") if x.strip()]
    for line in (folder / "documents.json").open(encoding="utf-8"):
        document = json.loads(line)
        spans = [(r["begin"], r["end"], kinds[r["type"]]) for r in rows if r["documentId"] == document["_id"] and r["type"] in kinds]
        yield {"text": document["text"], "spans": [s for s in spans if document["text"][s[0] : s[1]].strip()]}
