"""How well the program tells which mentions mean the same political actor: MUC, B³, CEAF-e and their mean (CoNLL F1).

    python -m evaluation.coref --shared ../shared               the table
    python -m evaluation.coref --shared ../shared --model DIR   another reader

Gold clusters are the wire format's actors, mentions by their characters, single mentions and the outlets under `by` included. A joint
mention ("the two sides") belongs to several actors, which the measures do not know: on both sides the set of actors counts as an actor of
its own, as OntoNotes does with "they" for a conjunction. So "they" and "the two sides" of the same two are one cluster, and a joint mention
of which one actor is missed is a mention in the wrong cluster. Where a span stands in the gold, kinds and codes do not matter.

Twice for each set: "reader" has the entities as the network links them, "program" those behind the records, corrected by what is known of
names and states (`actors/coreference.py`). Three lines each: all mentions that are found against all that the gold has; the same without clusters of one mention, to compare
with what is told of OntoNotes; and only the mentions that both have, which measures the links alone. Sums over documents, as the reference scorer's.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NamedTuple

from detente.pipeline import Tools, open_tools, read
from detente.records import Document, Mention, Reading, Span
from detente.sources.text import day_of
from evaluation.scoring import Row
from training.standoff import find
from training.wire import is_dev, passages

Cluster = frozenset[Span]


class Score(NamedTuple):
    """Sums over documents: what was found of the gold, of how much; what was right of the answer, of how much."""

    found: float = 0.0
    gold: float = 0.0
    right: float = 0.0
    told: float = 0.0

    def plus(self, other: Score) -> Score:
        """The sums of both."""
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 without gold."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def precision(self) -> float:
        """Share of the answer that is right; 0 without an answer."""
        return self.right / self.told if self.told else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


def score_of(told: AbstractSet[Any], gold: AbstractSet[Any]) -> Score:
    """Of one set beside another: what both have is found, and right."""
    both = len(told & gold)
    return Score(both, len(gold), both, len(told))


# --- the measures -------------------------------------------------------------------------------------


def muc(gold: Sequence[Cluster], told: Sequence[Cluster]) -> Score:
    """Links found: a cluster of n mentions has n - 1, less one for each further piece into which the other side cuts it.

    Source:
        Vilain et al. 1995, "A model-theoretic coreference scoring scheme", MUC-6.
    """

    def links(ours: Sequence[Cluster], theirs: Sequence[Cluster]) -> tuple[float, float]:
        holder = {mention: k for k, cluster in enumerate(theirs) for mention in cluster}
        pieces = (len({holder.get(mention, mention) for mention in cluster}) for cluster in ours)
        return sum(len(cluster) - n for cluster, n in zip(ours, pieces, strict=True)), sum(
            len(cluster) - 1 for cluster in ours
        )

    return Score(*links(gold, told), *links(told, gold))


def b_cubed(gold: Sequence[Cluster], told: Sequence[Cluster]) -> Score:
    """For each mention the share of its cluster that the other side puts with it; 0 for mentions that it lacks.

    Source:
        Bagga & Baldwin 1998, "Algorithms for scoring coreference chains"; of predicted mentions as in Pradhan et al. 2014.
    """

    def shares(ours: Sequence[Cluster], theirs: Sequence[Cluster]) -> tuple[float, float]:
        return sum(len(a & b) ** 2 / len(a) for a in ours for b in theirs), sum(map(len, ours))

    return Score(*shares(gold, told), *shares(told, gold))


def ceaf_e(gold: Sequence[Cluster], told: Sequence[Cluster]) -> Score:
    """Likeness 2 |a & b| / (|a| + |b|) of the clusters under the one-to-one alignment that has most of it.

    Source:
        Luo 2005, "On coreference resolution performance metrics", φ4.
    """
    alike = [[2 * len(a & b) / (len(a) + len(b)) for b in told] for a in gold]
    best = sum(alike[row][column] for row, column in assignment(alike))
    return Score(best, len(gold), best, len(told))


def assignment(gains: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """(row, column) pairs, each row and column once at most, with the greatest sum of gains. O(rows² columns).

    Source:
        Kuhn 1955, Munkres 1957, in the shortest-path form of Jonker & Volgenant 1987.
    """
    if not gains or not gains[0]:
        return []
    if len(gains) > len(gains[0]):
        return [(row, column) for column, row in assignment(list(zip(*gains, strict=True)))]
    free = len(gains[0])  # the number of columns; as a column it stands for "not yet assigned"
    row_price, column_price = [0.0] * len(gains), [0.0] * (free + 1)
    row_of = [-1] * (free + 1)
    for row in range(len(gains)):
        row_of[free] = row
        column, came_from = _cheapest_way(gains, row_of, row_price, column_price)
        while column != free:
            row_of[column], column = row_of[came_from[column]], came_from[column]
    return sorted((row_of[column], column) for column in range(free) if row_of[column] >= 0)


def _cheapest_way(
    gains: Sequence[Sequence[float]], row_of: list[int], row_price: list[float], column_price: list[float]
) -> tuple[int, list[int]]:
    """A column without a row, and for each column the one from which it is reached; the prices are raised on the way."""
    free = len(gains[0])
    column, came_from = free, [free] * free
    slack, open_columns, done = [float("inf")] * free, set(range(free)), []
    while row_of[column] >= 0:
        done.append(column)
        row = row_of[column]
        for k in open_columns:
            reduced = -gains[row][k] - row_price[row] - column_price[k]
            if reduced < slack[k]:
                slack[k], came_from[k] = reduced, column
        column = min(open_columns, key=slack.__getitem__)
        step = slack[column]
        for k in done:
            row_price[row_of[k]] += step
            column_price[k] -= step
        for k in open_columns:
            slack[k] -= step
        open_columns.discard(column)
    return column, came_from


MEASURES: dict[str, Callable[[Sequence[Cluster], Sequence[Cluster]], Score]] = {
    "MUC": muc,
    "B³": b_cubed,
    "CEAF-e": ceaf_e,
}


# --- the clusters ---------------------------------------------------------------------------------------


def gold_clusters(passage: Row) -> list[Cluster]:
    """Clusters of a wire passage; a span of several actors goes with the other spans of just those."""
    holders: dict[Span, set[str]] = {}
    for actor in passage["actors"]:
        taken: set[Span] = set()
        for mention in actor["mentions"]:
            span = find(passage["text"], mention, taken)
            if span is not None:
                taken.add(span)
                holders.setdefault(span, set()).add(actor["id"])
    outlets = {event["by"] for event in passage["events"] if event.get("by")} - {
        actor["id"] for actor in passage["actors"]
    }
    for words in outlets:
        span = find(passage["text"], words, set())
        if span is not None:
            holders.setdefault(span, {words})
    return grouped((span, frozenset(names)) for span, names in holders.items())


def told_clusters(mentions: Iterable[Mention]) -> list[Cluster]:
    """Clusters of a reading."""
    return grouped((mention.span, frozenset(mention.entities)) for mention in mentions)


def grouped(spans: Iterable[tuple[Span, frozenset[Any]]]) -> list[Cluster]:
    """Spans of one key together; a span that comes twice counts where it came first."""
    key_of: dict[Span, frozenset[Any]] = {}
    for span, key in spans:
        key_of.setdefault(span, key)
    clusters: dict[frozenset[Any], set[Span]] = {}
    for span, key in key_of.items():
        clusters.setdefault(key, set()).add(span)
    return [frozenset(cluster) for cluster in clusters.values()]


def only(clusters: Sequence[Cluster], mentions: frozenset[Span]) -> list[Cluster]:
    """The clusters of these mentions alone."""
    return [kept for cluster in clusters if (kept := cluster & mentions)]


def mentions_of(clusters: Iterable[Cluster]) -> frozenset[Span]:
    """All their mentions."""
    return frozenset[Span]().union(*clusters)


def views(gold: list[Cluster], told: list[Cluster]) -> Iterator[tuple[str, list[Cluster], list[Cluster]]]:
    """The three lines of the table: its name, gold, answer."""
    both = mentions_of(gold) & mentions_of(told)
    yield "all", gold, told
    yield (
        "no singletons",
        [cluster for cluster in gold if len(cluster) > 1],
        [cluster for cluster in told if len(cluster) > 1],
    )
    yield "matched", only(gold, both), only(told, both)


# --- the table --------------------------------------------------------------------------------------------


def test_sets(shared: Path) -> Iterator[tuple[str, list[Row]]]:
    """Name and passages of every test set: dev of the real passages, of the written ones, both together, and whole articles, which are measured only."""
    usable = {name: list(passages(sorted((shared / "wire").glob(f"{name}*.jsonl")))) for name in ("v", "w", "n")}
    real, written = ([row for row in usable[name] if is_dev(row["id"])] for name in ("v", "w"))
    yield from (("v dev", real), ("w dev", written), ("v w dev", real + written), ("n1", usable["n"]))


def scores(pairs: Sequence[tuple[list[Cluster], list[Cluster]]]) -> dict[str, dict[str, Score]]:
    """Every measure, and the mentions themselves, under each view."""
    out: dict[str, dict[str, Score]] = {}
    for gold, told in pairs:
        for view, ours, theirs in views(gold, told):
            line = out.setdefault(view, {})
            g, t = mentions_of(ours), mentions_of(theirs)
            line["mentions"] = line.get("mentions", Score()).plus(score_of(t, g))
            for name, measure in MEASURES.items():
                line[name] = line.get(name, Score()).plus(measure(ours, theirs))
    return out


def conll(line: dict[str, Score]) -> float:
    """Mean F1 of the three measures (Pradhan et al. 2012)."""
    return sum(line[name].f1 for name in MEASURES) / len(MEASURES)


def readings(passage: Row, tools: Tools) -> tuple[Reading, Reading]:
    """What the reader says of a passage when it is told no state, and what the program codes."""
    document = Document(id=passage["id"], text=passage["text"], published=day_of(passage["date"]))
    return tools.reader.read(document, ()), read(document, tools)[0]


def cells(line: dict[str, Score]) -> str:
    """The numbers of one line of the table."""
    measured = (line["mentions"], *(line[name] for name in MEASURES))
    rates = "".join(f"{s.precision:10.3f}{s.recall:7.3f}{s.f1:7.3f}" for s in measured)
    return f"{line['mentions'].gold:6.0f}{line['mentions'].told:6.0f}{rates}{conll(line):8.3f}"


def main() -> None:
    """Print the table."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    a.add_argument("--model", type=Path)
    a.add_argument("--sets", nargs="*", help="only these test sets: 'v dev', 'w dev', 'v w dev', n1")
    a.add_argument("--threads", type=int, default=1)
    o = a.parse_args()
    tools = open_tools(model=o.model, threads=o.threads)
    titles = "".join(f"{name + ' P':>10}{'R':>7}{'F1':>7}" for name in ("mentions", *MEASURES))
    print(f"{'set':9}{'entities':10}{'view':14}{'gold':>6}{'told':>6}{titles}{'CoNLL':>8}")
    read_already: dict[str, tuple[Reading, Reading]] = {}  # one set is two others together
    for name, golds in test_sets(o.shared):
        if o.sets and name not in o.sets:
            continue
        clusters = [gold_clusters(passage) for passage in golds]
        read_already |= {passage["id"]: readings(passage, tools) for passage in golds if passage["id"] not in read_already}
        both = [read_already[passage["id"]] for passage in golds]
        for whose, told in zip(("reader", "program"), zip(*both, strict=True), strict=True):
            pairs = [(gold, told_clusters(reading.mentions)) for gold, reading in zip(clusters, told, strict=True)]
            for view, line in scores(pairs).items():
                print(f"{name:9}{whose:10}{view:14}{cells(line)}", flush=True)


if __name__ == "__main__":
    main()
