"""How well events of different documents are brought together: our retelling groups, real news, ECB+ and MEANTIME, beside the lemma baseline.

    python -m evaluation.stories --shared ../shared                 the tables; 1 when a floor is broken
    python -m evaluation.stories --kept build/read                  keep what the reader finds there, and take it from there the next time
    python -m evaluation.stories --sets retold                      only these sets

Everything is read from raw text by the program itself. A gold mention is *found* when a trigger of the program overlaps its words.

- `retold`: the odd (held out) groups of each of the two folders, all of a folder in one index. A unit is a passage with a happening that it tells; pairs of units of one happening
  are the gold. "end to end" counts the pairs of units that the reader missed as missed; "found" looks only at units that it found.
- `ecb+`: inside each topic, mentions in the validated sentences that the program found. Both sides hold only these mentions, so the numbers
  measure the joining, not the finding, which is told beside them.
- `meantime`: likewise, inside each document: the copy at hand has no chains across documents.

- `real`: two months of Wikinews and one of the State Department's releases, each in one index. Of the pairs that matchers found likely, 1,074 were judged
  by reading, each of which stands for as many as it was drawn from (`evaluation/same.csv`): how many of those joined tell one happening, and how many of those that
  do were joined. Pairs that none of them found likely are not counted, but under "surely", as wrong. The threshold was chosen on the first of the months.

The rival puts mentions of one stem together: of the gold mention's last word, inside the same topic or document.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from detente.pipeline import Tools, open_tools
from detente.records import Document, Span
from detente.stories.blocks import meet
from detente.stories.cluster import cluster
from detente.stories.match import Matcher
from detente.stories.meaning import packaged
from detente.stories.report import Facts, Report, reports
from detente.stories.words import stem
from evaluation.coref import MEASURES, Cluster, Score, conll, score_of
from evaluation.corpora import GoldDocument, Read, aligned, ecb_plus, meantime, readings
from evaluation.events import broken
from evaluation.judged import HELD_MONTHS, Found, Judgement, articles, judgements
from evaluation.retold import FOLDER, MORE, Unit, found_units, gold_pairs, groups, told_pairs, units


def reports_of(documents: Iterable[Document], reads: Iterable[Read]) -> list[Report]:
    """Every event of the documents as the matching sees it."""
    return [r for document, read in zip(documents, reads, strict=True) for r in reports(read.events, Facts.of(document), packaged())]


def story_of(told: Iterable[Report], matcher: Matcher | None = None) -> dict[str, str]:
    """Event → story, all reports in one index."""
    return {event: story for story, events in cluster(told, matcher).items() for event in events}


# --- retellings ---------------------------------------------------------------------------------------


def retold(documents: list[GoldDocument], reads: list[Read]) -> dict[str, Score]:
    """Pairwise precision, recall and F1, of the program and of the stem of the trigger."""
    found = found_units(documents, reads)
    every, seen = gold_pairs(units(documents)), gold_pairs(list(found))
    ours, rival = told_pairs(found, story_of(reports_of([g.document for g in documents], reads))), told_pairs(found, lemma_stories(documents, reads))
    return {
        "found": score_of(ours, seen), "found, rival": score_of(rival, seen), "end to end": score_of(ours, every), "end to end, rival": score_of(rival, every),
    }  # fmt: skip


UNLIKELY = 0.1
"""Chance of a pair alone below which no other threshold would join it."""


def losses(documents: list[GoldDocument], reads: list[Read]) -> Counter[str]:
    """What became of each gold pair, and which wrong pairs were told: the stage at which a pair is lost."""
    found = found_units(documents, reads)
    told = {r.event: r for r in reports_of([g.document for g in documents], reads)}
    every, joined = gold_pairs(units(documents)), told_pairs(found, story_of(told.values()))
    matcher = Matcher()
    counts = Counter(_lost(a, b, found, told, matcher) for a, b in every - joined)
    counts["joined"] = len(every & joined)
    for a, b in joined - every:
        counts["wrong: one passage" if a[0] == b[0] else "wrong: two passages"] += 1
    return counts


def _lost(ours: Unit, theirs: Unit, found: dict[Unit, set[str]], told: dict[str, Report], matcher: Matcher) -> str:
    if ours not in found or theirs not in found:
        return "the reader misses one"
    pairs = [(told[a], told[b]) for a in found[ours] for b in found[theirs]]
    met = [(a, b) for a, b in pairs if meet(a, b)]
    if not met:
        return "no block in common"
    chance = max(matcher.chance(a, b) for a, b in met)
    if chance < UNLIKELY:
        return f"chance alone below {UNLIKELY}"
    return "chance alone below the threshold" if chance < matcher.model.threshold else "likely alone, held apart by the others"


def lemma_stories(documents: list[GoldDocument], reads: list[Read]) -> dict[str, str]:
    """Event → the stem of its trigger's last word, inside its group."""
    return {
        event.id: f"{gold.topic} {stem(event.event_text[0].split()[-1])}"
        for gold, read in zip(documents, reads, strict=True)
        for event in read.events
    }


# --- real news ------------------------------------------------------------------------------------------


class Joined(NamedTuple):
    """How many events of how many stand in stories of several articles, and how many pairs of two articles that makes.

    And of the judged pairs, each with those for which it stands, how many are one happening, are joined, and both.
    """

    events: int
    of: int
    pairs: int
    one: float
    joined: float
    both: float

    @property
    def precision(self) -> float:
        """Share of the joined pairs that tell one happening, of those for which judged pairs stand."""
        return self.both / max(1e-9, self.joined)

    @property
    def surely(self) -> float:
        """The same, if no pair were one happening for which none stands."""
        return self.both / max(1e-9, self.pairs)

    @property
    def recall(self) -> float:
        """Share of the pairs that tell one happening that are joined."""
        return self.both / max(1e-9, self.one)


def real(told: list[Report], found: Found, said: Iterable[Judgement], matcher: Matcher | None = None) -> Joined:
    """What becomes of these reports, all in one index, and of the judged pairs among them; what was judged unclear is left out."""
    stories, document = story_of(told, matcher), {r.event: r.document for r in told}
    papers: dict[str, list[str]] = {}
    for event, story in stories.items():
        papers.setdefault(story, []).append(document[event])
    judged = {frozenset((a, b)): (stories[a] == stories[b], each) for a, b, each in found.judged(said) if each.same is not None}
    rows = list(judged.values())
    return Joined(
        events=sum(len(some) for some in papers.values() if len(set(some)) > 1),
        of=len(told),
        pairs=sum(a != b for some in papers.values() for a, b in combinations(some, 2)),
        one=sum(each.stands_for for _, each in rows if each.same),
        joined=sum(each.stands_for for together, each in rows if together),
        both=sum(each.stands_for for together, each in rows if together and each.same),
    )


def held_news(source: str, month: str, shared: Path, kept: Path | None, tools: Tools) -> tuple[list[Report], Found]:
    """The reports of a held-out month of a source, and where they stand."""
    some = articles(shared, source, [month])
    reads = readings(some, tools, kept and kept / f"{source}-{month}.jsonl")
    return reports_of(some, reads), Found.of(some, reads)


# --- ECB+ and MEANTIME ----------------------------------------------------------------------------------

Key = Callable[[GoldDocument, int, str], str]
"""From a document, the number of a mention and its event: what is put together."""


def chains(topic: list[tuple[GoldDocument, Read]], key: Key) -> list[Cluster]:
    """Clusters of the mentions found in a topic, by what `key` says of them. Each mention is a span of a text all its own."""
    out: dict[str, set[Span]] = {}
    for number, (gold, read) in enumerate(topic):
        for k, event in aligned(gold.mentions, read).items():
            out.setdefault(key(gold, k, event), set()).add(Span(number, k))
    return [frozenset(spans) for spans in out.values()]


def corpus(documents: list[GoldDocument], reads: list[Read], within: Callable[[GoldDocument], str]) -> dict[str, dict[str, Score]]:
    """Every measure of the program and of the rival, summed over topics."""
    topics: dict[str, list[tuple[GoldDocument, Read]]] = {}
    for gold, read in zip(documents, reads, strict=True):
        topics.setdefault(within(gold), []).append((gold, read))
    out: dict[str, dict[str, Score]] = {"program": {}, "same stem": {}}
    for topic in topics.values():
        stories = story_of(reports_of([g.document for g, _ in topic], [r for _, r in topic]))
        truth = chains(topic, lambda gold, k, _: gold.mentions[k].cluster)
        answers = {
            "program": chains(topic, lambda _gold, _k, event, of=stories: of[event]),  # type: ignore[misc]  # bound now, not later
            "same stem": chains(topic, lambda gold, k, _: stem(gold.mentions[k].span.of(gold.document.text).split()[-1])),
        }
        for name, answer in answers.items():
            for measure, score in MEASURES.items():
                out[name][measure] = out[name].get(measure, Score()).plus(score(truth, answer))
    return out


def coverage(documents: list[GoldDocument], reads: list[Read]) -> tuple[int, int, int]:
    """Gold mentions, those found, and chains of two or more among those found."""
    found = [(g.mentions[k].cluster, g.topic) for g, r in zip(documents, reads, strict=True) for k in aligned(g.mentions, r)]
    return sum(len(g.mentions) for g in documents), len(found), sum(found.count(c) > 1 for c in set(found))


# --- the tables -------------------------------------------------------------------------------------------


def show_retold(folder: Path, kept: Path | None, tools: Tools | None) -> dict[str, dict[str, float]]:
    """Print the table of a folder's held-out groups."""
    documents = list(groups(folder, held=True))
    reads = readings([g.document for g in documents], tools or open_tools(), kept and kept / f"{folder.name}-held.jsonl")
    told = units(documents)
    print(f"{folder.name}, held out: {len(documents)} passages, {len(told)} units, {len(found_units(documents, reads))} found")
    lines = retold(documents, reads)
    print(f"  {'':20}{'P':>8}{'R':>8}{'F1':>8}{'gold':>7}{'told':>7}")
    for name, line in lines.items():
        print(f"  {name:20}{line.precision:8.3f}{line.recall:8.3f}{line.f1:8.3f}{line.gold:7}{line.told:7}")
    for name, count in losses(documents, reads).most_common():
        print(f"  {name:40}{count:5}")
    return {f"stories {folder.name}": {name: round(line.f1, 4) for name, line in lines.items()}}


def show_real(shared: Path, kept: Path | None, tools: Tools) -> dict[str, dict[str, float]]:
    """Print the table of real news, a line a month."""
    numbers: dict[str, dict[str, float]] = {}
    print(f"  {'':24}{'P':>7}{'surely':>8}{'R':>7}  events in stories of several articles")
    for source, month in HELD_MONTHS:
        told, found = held_news(source, month, shared, kept, tools)
        line = real(told, found, judgements())
        print(f"  {source + ' ' + month:24}{line.precision:7.3f}{line.surely:8.3f}{line.recall:7.3f}  {line.events} of {line.of}; {line.pairs} pairs", flush=True)
        numbers[f"stories {source} {month}"] = {"precision": round(line.precision, 4), "recall": round(line.recall, 4)}
    return numbers


def show_corpus(name: str, documents: list[GoldDocument], reads: list[Read], within: Callable[[GoldDocument], str]) -> dict[str, dict[str, float]]:
    """Print a corpus' table."""
    gold, found, chained = coverage(documents, reads)
    print(f"{name}: {len(documents)} documents, {gold} gold mentions, {found} found, {chained} chains of two or more among them")
    scores = corpus(documents, reads, within)
    print(f"  {'':20}" + "".join(f"{m + ' P':>10}{'R':>7}{'F1':>7}" for m in MEASURES) + f"{'CoNLL':>8}")
    for who, line in scores.items():
        cells = "".join(f"{line[m].precision:10.3f}{line[m].recall:7.3f}{line[m].f1:7.3f}" for m in MEASURES)
        print(f"  {who:20}{cells}{conll(line):8.3f}", flush=True)
    return {f"stories {name}": {"B³": round(scores["program"]["B³"].f1, 4), "CoNLL": round(conll(scores["program"]), 4)}}


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 when a floor is broken."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    a.add_argument("--kept", type=Path, help="folder: keep what the reader finds there, and take it from there the next time")
    a.add_argument("--sets", nargs="*", default=["retold", "real", "ecb+", "meantime"], help="retold, real, ecb+, meantime")
    a.add_argument("--json", type=Path, help="write the numbers here")
    o = a.parse_args(arguments)
    tools = open_tools(threads=1)
    numbers: dict[str, dict[str, float]] = {}
    if "retold" in o.sets:
        for folder in (FOLDER, MORE):
            numbers |= show_retold(folder, o.kept, tools)
    if "real" in o.sets:
        numbers |= show_real(o.shared, o.kept, tools)
    if "ecb+" in o.sets:
        documents = list(ecb_plus(o.shared / "data" / "coref-ecbplus"))
        reads = readings([g.document for g in documents], tools, o.kept and o.kept / "ecb.jsonl")
        numbers |= show_corpus("ecb+", documents, reads, lambda gold: gold.topic)
    if "meantime" in o.sets:
        documents = list(meantime(o.shared / "data" / "meantime-en" / "meantime.jsonl"))
        reads = readings([g.document for g in documents], tools, o.kept and o.kept / "meantime.jsonl")
        numbers |= show_corpus("meantime", documents, reads, lambda gold: gold.document.id)
    if o.json:
        o.json.write_text(json.dumps(numbers, indent=1) + "\n")
    return broken(numbers)


if __name__ == "__main__":
    sys.exit(main())
