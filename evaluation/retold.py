"""The retelling groups as documents with gold mentions: `evaluation/retellings/g*.toml`, its README has the format, and `retellings_more`.

Even groups train, odd groups are held out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from detente.records import Document, Span
from evaluation.corpora import GoldDocument, GoldMention, Read

FOLDER = Path(__file__).parent / "retellings"
MORE = Path(__file__).parent / "retellings_more"
_MARK = re.compile(r"\{([^{}|]+)\|(\w+)\}")

Unit = tuple[str, str]
"""A passage and a happening that it tells: document id, happening."""


def groups(folder: Path = FOLDER, *, held: bool | None = None) -> Iterator[GoldDocument]:
    """Every passage; only the held-out half or only the other when `held` is told. A happening is named by its group: "g01:2"."""
    for file in sorted(folder.glob("g*.toml")):
        if held is None or held == bool(int(file.stem[1:]) % 2):
            group = tomllib.loads(file.read_text(encoding="utf-8"))
            for passage in group["passages"]:
                text, mentions = unmarked(passage["text"].strip(), file.stem)
                document = Document(
                    id=f"{file.stem}-{passage['id']}",
                    text=text,
                    published=passage["published"],
                    publication=passage["paper"],
                )
                yield GoldDocument(document, file.stem, mentions)


def unmarked(marked: str, group: str) -> tuple[str, tuple[GoldMention, ...]]:
    """The text without its marks, and what the marks tell: "they {met|1}" tells happening 1 by "met"."""
    text, mentions, end = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[end : match.start()]
        mentions.append(GoldMention(Span(len(text), len(text) + len(match[1])), f"{group}:{match[2]}"))
        text, end = text + match[1], match.end()
    return text + marked[end:], tuple(mentions)


def units(documents: list[GoldDocument]) -> list[Unit]:
    """Every passage with every happening that it tells."""
    return [(g.document.id, name) for g in documents for name in dict.fromkeys(m.cluster for m in g.mentions)]


def found_units(documents: list[GoldDocument], reads: list[Read]) -> dict[Unit, set[str]]:
    """The units that the program found: each with the events of which a trigger overlaps a mark of the happening."""
    found: dict[Unit, set[str]] = {}
    for gold, read in zip(documents, reads, strict=True):
        for mention in gold.mentions:
            for span, event in read.triggers:
                if span.overlaps(mention.span):
                    found.setdefault((gold.document.id, mention.cluster), set()).add(event)
    return found


def gold_pairs(told: list[Unit]) -> set[tuple[Unit, Unit]]:
    """Pairs of passages that tell one happening."""
    return {(a, b) for a, b in combinations(sorted(told), 2) if a[1] == b[1]}


def told_pairs(found: dict[Unit, set[str]], story_of: dict[str, str]) -> set[tuple[Unit, Unit]]:
    """Pairs of units that the program puts into one story, inside a passage too."""
    stories: dict[str, set[Unit]] = {}
    for unit, events in found.items():
        for event in events:
            stories.setdefault(story_of[event], set()).add(unit)
    return {pair for members in stories.values() for pair in combinations(sorted(members), 2)}
