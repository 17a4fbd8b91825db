"""Pairs of reports that train the matcher of stories: of retelling groups, and of real articles that hardly ever retell each other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import msgspec

from detente.records import Document
from detente.stories.blocks import blocks, meet, nearby
from detente.stories.report import Report
from evaluation.corpora import GoldDocument, Read
from evaluation.judged import Found, Judgement
from evaluation.retold import found_units
from evaluation.stories import reports_of

JUDGED = Path(__file__).parent / "same.csv"
STRANGERS = 6_400
SHIFTED = 400
REACH = 25  # articles that follow: some five days
DOUBTFUL = 0.25
"""Likeness of two documents' names above which nobody may take two reports of one type for two happenings unseen."""


class Pair(NamedTuple):
    """Two reports of one group, and whether they tell one happening; None: the gold does not say."""

    group: str
    ours: Report
    theirs: Report
    same: bool | None


def by_document(documents: Iterable[Document], reads: list[Read]) -> dict[str, list[Report]]:
    """Document → its events as the matching sees them."""
    return {d.id: reports_of([d], [read]) for d, read in zip(documents, reads, strict=True)}


def pairs(documents: list[GoldDocument], reads: list[Read], told: list[Report]) -> list[Pair]:
    """Pairs of reports of one group that meet in a block; `same` is None where a report tells no happening of the gold."""
    happenings: dict[str, set[str]] = {}
    for (_, name), events in found_units(documents, reads).items():
        for event in events:
            happenings.setdefault(event, set()).add(name)
    met = [(a, b) for a, b in combinations(told, 2) if a.document.partition("-")[0] == b.document.partition("-")[0] and meet(a, b)]
    both = [happenings.keys() >= {a.event, b.event} for a, b in met]
    return [
        Pair(a.document.partition("-")[0], a, b, not happenings[a.event].isdisjoint(happenings[b.event]) if known else None)
        for (a, b), known in zip(met, both, strict=True)
    ]


def shifted(told: list[Report]) -> list[Pair]:
    """Pairs of one type from two groups, one of them moved in time to the other's day: same type, same day, another happening.

    `SHIFTED` of them are drawn evenly; each is a group of its own, in which the two are each other's only fellow.
    """
    dated = [r for r in told if r.first is not None and r.published is not None]
    kin = [(a, b) for a, b in combinations(dated, 2) if a.type == b.type and a.document.partition("-")[0] != b.document.partition("-")[0]]
    drawn = kin[:: max(1, len(kin) // SHIFTED)][:SHIFTED]
    return [Pair(f"shifted {k}", a, moved(b, a.first - b.first), same=False) for k, (a, b) in enumerate(drawn)]  # type: ignore[operator]


def undated(rows: list[Pair]) -> list[Pair]:
    """The same pairs where nobody knows a day: what then tells happenings apart are words, names and parties alone."""

    def bare(report: Report) -> Report:
        return msgspec.structs.replace(report, published=None, first=None, last=None, told_day=False)

    return [Pair(f"undated {p.group}", bare(p.ours), bare(p.theirs), p.same) for p in rows]


def moved(report: Report, days: int) -> Report:
    """The same report, told so many days later."""
    later = {name: None if (day := getattr(report, name)) is None else day + days for name in ("published", "first", "last")}
    return msgspec.structs.replace(report, **later)


def judged(said: list[Judgement], documents: list[Document], reads: list[Read], told: dict[str, list[Report]]) -> list[Pair]:
    """Pairs of reports of real articles that were judged, with all others of the same two articles, of which nothing is known."""
    labels: dict[tuple[str, str], dict[tuple[str, str], bool | None]] = {}
    for ours, theirs, each in Found.of(documents, reads).judged(said):
        labels.setdefault((each.ours.document, each.theirs.document), {})[ours, theirs] = each.same
    return [
        Pair(f"judged {ours} {theirs}", a, b, same=known.get((a.event, b.event)))
        for (ours, theirs), known in labels.items()
        for a in told[ours]
        for b in told[theirs]
        if (a.event, b.event) in known or meet(a, b)
    ]


def strangers(told: dict[str, list[Report]], said: list[Judgement]) -> list[Pair]:
    """Pairs of reports of two articles of Wikinews that meet in a block, taken for two happenings; those that were judged are left to `judged`.

    `STRANGERS` pairs of articles of neighbouring days are drawn evenly, with all their reports; each is a group of its own. Few pairs would not
    do: the likeliest of many thousands joins. Where both name much the same, nothing is known until a person has judged.
    """
    known = {(each.ours.document, each.theirs.document) for each in said}
    articles = [found for found in told.values() if found]
    stands, looks = ({r.event: kind(r) for found in articles for r in found} for kind in (blocks, nearby))
    near = [(a, b) for k, a in enumerate(articles) for b in articles[k + 1 : k + 1 + REACH]]
    drawn = near[:: max(1, len(near) // STRANGERS)][:STRANGERS]
    return [
        Pair(f"wikinews {k}", a, b, same=None if doubtful(a, b) else False)
        for k, (ours, theirs) in enumerate(drawn)
        if (ours[0].document, theirs[0].document) not in known
        for a in ours
        for b in theirs
        if not looks[a.event].isdisjoint(stands[b.event]) or not looks[b.event].isdisjoint(stands[a.event])
    ]


def doubtful(ours: Report, theirs: Report) -> bool:
    """Whether two reports of two articles may well tell one happening."""
    return ours.type == theirs.type and ours.scene.likeness(theirs.scene) > DOUBTFUL
