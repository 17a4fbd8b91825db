"""Real articles read two reports at a time, and judged whether these tell one happening.

The two files of judgements name a document of `shared/data` and where a trigger begins in it, so that they outlive a reader; they hold no text
but the trigger's words. `training/same.csv` trains the matcher of stories; `evaluation/same.csv` trains nothing, though its first month chooses a
threshold: of all pairs of two months of Wikinews and one of the State Department that one of two matchers found likely, it holds those that
were drawn to be judged, each with the number of pairs that it stands for; and of Wikinews what three later matchers joined besides.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from detente.records import Document, Span
from evaluation.corpora import Read

HELD = Path(__file__).parent / "same.csv"
HELD_MONTHS = (("news-wikinews", "2005-10"), ("news-wikinews", "2006-03"), ("news-state-dept", "2022-07"))
"""Sources with the months whose pairs are held out. The threshold of the matcher is chosen on the first; the others choose nothing."""
LONGEST = 1500  # characters of an article: its news stands at the head
_SAID = {"yes": True, "no": False, "unclear": None}


class Telling(NamedTuple):
    """Where a report stands: its document and the words of its trigger."""

    document: str
    trigger: Span


class Judgement(NamedTuple):
    """Two reports; whether they tell one happening, None when that is unclear; and for how many pairs this one stands."""

    ours: Telling
    theirs: Telling
    same: bool | None
    stands_for: float


def judgements(file: Path = HELD) -> list[Judgement]:
    """The rows of a file of judgements.

    Raises:
        KeyError: A row says neither yes, no nor unclear.
    """
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            Judgement(_telling(row, "our", "ours"), _telling(row, "their", "theirs"), _SAID[row["same"]], float(row.get("stands_for", 1)))
            for row in csv.DictReader(rows)
        ]


def _telling(row: dict[str, str], side: str, document: str) -> Telling:
    start = int(row[f"{side}_start"])
    return Telling(row[document], Span(start, start + len(row[f"{side}_trigger"])))


def articles(shared: Path, source: str, months: Collection[str] | None = None, ids: Collection[str] | None = None) -> list[Document]:
    """The heads of the articles of these months, or with these ids, in the order of their days; `source` is a folder of `shared/data`."""
    files = sorted((shared / "data" / source).glob("*.jsonl"))
    rows = {row["id"]: row for file in files for line in file.read_text(encoding="utf-8").split("\n") if line and (row := json.loads(line))["date"]}
    kept = [row for row in rows.values() if (months is None or row["date"][:7] in months) and (ids is None or row["id"] in ids)]
    ordered = sorted(kept, key=lambda row: (row["date"], row["id"]))
    return [Document(id=row["id"], text=row["text"][:LONGEST], published=dt.date.fromisoformat(row["date"])) for row in ordered]


class Found(NamedTuple):
    """Of which event the reader has a trigger at a character of a document."""

    at: dict[tuple[str, int], str]

    @classmethod
    def of(cls, documents: Iterable[Document], reads: Iterable[Read]) -> Found:
        """All that was read in these documents."""
        both = zip(documents, reads, strict=True)
        return cls({(d.id, at): event for d, read in both for span, event in read.triggers for at in range(span.start, span.end)})

    def event(self, telling: Telling) -> str | None:
        """The event told there, None where the reader finds none."""
        return next((event for at in range(*telling.trigger) if (event := self.at.get((telling.document, at))) is not None), None)

    def judged(self, said: Iterable[Judgement]) -> Iterator[tuple[str, str, Judgement]]:
        """The two events of each judgement of which the reader finds both."""
        for each in said:
            ours, theirs = self.event(each.ours), self.event(each.theirs)
            if ours is not None and theirs is not None:
                yield ours, theirs, each
