"""Train the matcher of stories, and count the words that it weighs: settings, data, model, loop, report.

    python -m training.stories --shared ../shared                writes src/detente/stories/model anew
    python -m training.stories --shared ../shared --words        counts the words anew, too

Pairs come from the even retelling groups and from those of `training/retellings`, read by the program itself: events of one happening agree,
all other pairs that blocking lets through do not. Pairs of neighbouring articles of Wikinews do not either, but for those that a person judged
(`training/wikinews_same.csv`). ECB+, MEANTIME and the odd groups train nothing. The model is a logistic regression whose weights are pulled to
what sense expects; how much is chosen by cross-validation over groups, for the pairwise F1 of the stories that come out of the groups left out.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from scipy.optimize import minimize

from detente.pipeline import open_tools
from detente.reading.network import packaged_model
from detente.records import Document
from detente.stories.blocks import blocks, nearby
from detente.stories.cluster import cluster
from detente.stories.match import FEATURES, Fellow, Matcher, Model, features
from detente.stories.meaning import Meanings
from detente.stories.report import Facts, Report, reports
from detente.stories.senses import WIDTH
from detente.stories.words import idf, stem, stems, tenths, weights
from evaluation.corpora import GoldDocument, Read, readings
from evaluation.retold import FOLDER, found_units, gold_pairs, groups, told_pairs, units

WRITTEN = Path(__file__).parent / "retellings"
JUDGED = Path(__file__).parent / "wikinews_same.csv"
MODEL = Path(__file__).resolve().parent.parent / "src" / "detente" / "stories" / "model"
NAMES = tuple(FEATURES)
# What sense expects a feature to weigh, in log odds. 350 pairs that agree cannot teach 45 weights, and passages that retell on purpose in other
# words would teach that a common word tells nothing: each weight is pulled to this, not to 0, and may not cross 0.
PRIOR = {
    "same document": -3.0, "same day": 1.5, "same news day": 0.8, "days overlap": 0.3, "next day": -1.0, "next news day": -0.3, "days apart": -0.8,
    "news apart": -0.5, "no day": 0.0, "published apart": -0.3, "same type": 1.5, "kindred type": 0.7, "other side": -0.7, "same mode": 0.4,
    "other mode": -0.3, "other status": -0.2, "denied": 0.0, "parties": 1.5, "no party": 0.0, "other parties": -1.0, "strangers": -7.0, "same actor": 0.3,
    "other actor": -0.5, "same recipient": 0.3, "other recipient": -0.3, "turned round": -0.7, "same name": 0.7, "other names": -0.3,
    "same place": 0.6, "other place": -0.5, "same trigger": 1.5, "present": 0.5, "scene": 1.0, "other scene": -0.5,
    "named": 1.0, "meaning": 4.0, "meaning by type": 1.0, "no meaning": 1.3, "near sense": 2.0, "near words": 1.5, "words": 2.0, "context": 1.5,
    "context by type": 0.5, "same numbers": 1.0, "other numbers": -0.3, "same source": 0.3,
}  # fmt: skip
RULE = -5.0
"""A prior of so much is no guess but a rule: strangers do not join, however alike their words."""
LEAST = {"same trigger": 0.8}
"""Weights that may not fall below: the passages say the same in other words on purpose, so that they teach that one word means two happenings. On
real news it mostly means one: the lemma baseline lives by nothing else."""
PENALTIES = (1.0,)  # C of scikit-learn: smaller is smoother
THRESHOLDS = (0.2, 0.3, 0.4, 0.5)  # for the report
THRESHOLD = 0.3
"""Not what the groups alone would ask for, which hold little besides their happenings: at 0.3 as many events of 90 articles of Wikinews that
trained nothing (October 2005) stand in stories of several articles as with the matcher before, 17 in a hundred; at 0.5 seven, at 0.2 twenty-six."""
FOLDS = 6
INNER = 4
COMMON = 22
"""Tenths of weight below which a stem stands in every ninth article or more, and its sense tells nothing."""
MONTHS = ("2005-07", "2005-08")
LONGEST = 1500  # characters of an article: its news stands at the head
STRANGERS = 6_400
SHIFTED = 400
REACH = 25  # articles that follow: some five days
DOUBTFUL = 0.25
"""Likeness of two documents' names above which nobody may take two reports of one type for two happenings unseen."""
FEWEST = 4
"""Articles that a stem must stand in to be weighed by itself; rarer ones weigh as unseen."""


class Pair(NamedTuple):
    """Two reports of one group, and whether they tell one happening; None: the gold does not say."""

    group: str
    ours: Report
    theirs: Report
    same: bool | None


# --- words ------------------------------------------------------------------------------------------


def count_words(shared: Path) -> dict[str, int]:
    """Stem → ten times its weight, over Wikinews (CC BY 2.5) and the State Department's releases (public domain)."""
    having: Counter[str] = Counter()
    articles = 0
    for file in sorted([*(shared / "data" / "news-wikinews").glob("*.jsonl"), *(shared / "data" / "news-state-dept").glob("*.jsonl")]):
        for line in file.open(encoding="utf-8"):
            having.update(set(stems(json.loads(line)["text"])))
            articles += 1
    return {w: round(10 * idf(articles, n)) for w, n in sorted(having.items()) if n >= FEWEST}


def word_senses() -> tuple[list[str], np.ndarray]:
    """Stems and their directions, (n_stems, 64) in 127ths: the reader's word pieces of each stem, their mean taken off, by their main axes."""
    import onnx
    from onnx import numpy_helper
    from tokenizers import Tokenizer

    folder = packaged_model()
    weights_of = {i.name: i for i in onnx.load(folder / "encoder.onnx").graph.initializer}
    name = "net.encoder.embeddings.word_embeddings.weight"
    table = numpy_helper.to_array(weights_of[f"{name}_quantized"]).astype(np.float64)
    table = (table - numpy_helper.to_array(weights_of[f"{name}_zero_point"])) * numpy_helper.to_array(weights_of[f"{name}_scale"])
    pieces: dict[str, list[int]] = {}
    for piece, row in Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab().items():
        if piece.isalpha() and len(piece) > 2 and tenths(stem(piece)) >= COMMON and stem(piece) in weights():
            pieces.setdefault(stem(piece), []).append(row)
    names = sorted(pieces)
    rows = np.stack([table[sorted(pieces[n])].mean(axis=0) for n in names])
    axes, lengths, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    kept = axes[:, :WIDTH] * lengths[:WIDTH]
    return names, np.round(127 * kept / np.linalg.norm(kept, axis=1, keepdims=True)).astype(np.int8)


# --- data -------------------------------------------------------------------------------------------


def wikinews(shared: Path) -> list[Document]:
    """The articles of the busiest months of Wikinews, in the order of their days: none of them retells another."""
    files = sorted((shared / "data" / "news-wikinews").glob("*.jsonl"))
    rows = {row["id"]: row for file in files for line in file.open(encoding="utf-8") if ((row := json.loads(line))["date"] or "")[:7] in MONTHS}
    ordered = sorted(rows.values(), key=lambda row: (row["date"], row["id"]))
    return [Document(id=row["id"], text=row["text"][:LONGEST], published=dt.date.fromisoformat(row["date"])) for row in ordered]


def reports_of(documents: Iterable[Document], reads: list[Read], meanings: Meanings) -> dict[str, list[Report]]:
    """Document → its events as the matching sees them."""
    return {d.id: reports(read.events, Facts.of(d), meanings) for d, read in zip(documents, reads, strict=True)}


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


def meet(ours: Report, theirs: Report) -> bool:
    """Whether blocking lets the pair through."""
    return not nearby(ours).isdisjoint(blocks(theirs)) or not nearby(theirs).isdisjoint(blocks(ours))


def judged() -> dict[tuple[str, str, str, str], bool | None]:
    """Document and trigger of two reports → whether a person found them to tell one happening; None: it is unclear."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return {
            (row["ours"], row["our_trigger"], row["theirs"], row["their_trigger"]): {"yes": True, "no": False, "unclear": None}[row["same"]]
            for row in csv.DictReader(file)
        }


def strangers(reads: list[Read], told: dict[str, list[Report]]) -> list[Pair]:
    """Pairs of reports of two articles of Wikinews that meet in a block, taken for two happenings unless a person judged otherwise.

    `STRANGERS` pairs of articles of neighbouring days are drawn evenly, with all their reports; each is a group of its own. Few pairs would not
    do: the likeliest of many thousands joins. Where both name much the same, nothing is known until a person has judged.
    """
    known, trigger = judged(), {event.id: event.event_text[0] for read in reads for event in read.events}
    articles = [found for found in told.values() if found]
    stands, looks = ({r.event: kind(r) for found in articles for r in found} for kind in (blocks, nearby))
    near = [(a, b) for k, a in enumerate(articles) for b in articles[k + 1 : k + 1 + REACH]]
    drawn = near[:: max(1, len(near) // STRANGERS)][:STRANGERS]
    return [
        Pair(f"wikinews {k}", a, b, same=known.get((a.document, trigger[a.event], b.document, trigger[b.event]), None if doubtful(a, b) else False))
        for k, (ours, theirs) in enumerate(drawn)
        for a in ours
        for b in theirs
        if not looks[a.event].isdisjoint(stands[b.event]) or not looks[b.event].isdisjoint(stands[a.event])
    ]


def doubtful(ours: Report, theirs: Report) -> bool:
    """Whether two reports of two articles may well tell one happening."""
    return ours.type == theirs.type and ours.scene.likeness(theirs.scene) > DOUBTFUL


def matrix(rows: list[Pair]) -> np.ndarray:
    """(n_pairs, n_features), features as `NAMES` orders them."""
    seen = [features(p.ours, p.theirs) for p in rows]
    return np.array([[found.get(name, 0.0) for name in NAMES] for found in seen])


# --- model ------------------------------------------------------------------------------------------


class Table(NamedTuple):
    """The pairs as numbers: features (n, n_features), labels (n,) with 1, 0, or -1 for unknown, group and likeness of documents (n,)."""

    rows: list[Pair]
    values: np.ndarray
    labels: np.ndarray
    group: np.ndarray
    context: np.ndarray

    @classmethod
    def of(cls, rows: list[Pair]) -> Table:
        """The numbers of these pairs."""
        labels = np.array([-1 if p.same is None else int(p.same) for p in rows])
        context = np.array([p.ours.context.likeness(p.theirs.context) for p in rows])
        return cls(rows, matrix(rows), labels, np.array([p.group for p in rows]), context)

    def only(self, kept: np.ndarray) -> Table:
        """Some of the pairs."""
        return Table([p for p, k in zip(self.rows, kept, strict=True) if k], *(part[kept] for part in self[1:]))


def fitted(table: Table, penalty: float) -> Model:
    """Both regressions of these pairs; the second learns from chances of groups that the first was not fitted on."""
    alone = np.zeros(len(table.rows))
    names = sorted(set(table.group.tolist()))
    for fold in range(INNER):
        out = np.isin(table.group, names[fold::INNER])
        alone[out] = odds(first(table.only(~out), penalty), table.values[out])
    seconds = second(table, alone)
    model = first(table, penalty)
    return msgspec.structs.replace(model, fellow=seconds)


def first(table: Table, penalty: float) -> Model:
    """The regression of a pair alone."""
    known = table.labels >= 0
    prior, least = [PRIOR[name] for name in NAMES], [LEAST.get(name, 0.0) for name in NAMES]
    bias, weights = regression(table.values[known], table.labels[known], penalty, prior, least)
    return Model(bias=bias, threshold=0.5, weights=dict(zip(NAMES, weights, strict=True)))


def regression(values: np.ndarray, labels: np.ndarray, penalty: float, prior: list[float], least: list[float]) -> tuple[float, list[float]]:
    """Bias and weights, four decimals: (n, n_features) and (n,) to the least logistic loss + |weights - prior|^2 / (2 penalty).

    A weight stays on its prior's side of 0, and above what is `least`; where the prior is 0, either side will do; a prior below `RULE` may only
    get stronger.
    """
    wanted = np.array(prior)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        z, off = point[0] + values @ point[1:], point[1:] - wanted
        wrong = 1 / (1 + np.exp(-z)) - labels
        value = np.logaddexp(0, z).sum() - labels @ z + off @ off / (2 * penalty)
        return float(value), np.concatenate([[wrong.sum()], values.T @ wrong + off / penalty])

    sides = [(floor if p > 0 else None, p if p <= RULE else 0.0 if p < 0 else None) for p, floor in zip(prior, least, strict=True)]
    found = minimize(loss, np.concatenate([[0.0], wanted]), jac=True, method="L-BFGS-B", bounds=[(None, None), *sides])
    bias, *weights = (round(float(x), 4) + 0.0 for x in found.x)
    return bias, weights


def odds(model: Model, values: np.ndarray) -> np.ndarray:
    """Log odds of each pair alone."""
    return np.clip(model.bias + values @ np.array([model.weights[name] for name in NAMES]), -30.0, 30.0)


def second(table: Table, alone: np.ndarray) -> Fellow:
    """The regression that knows whether each is the other's best fellow in its document."""
    best: dict[tuple[str, str, str], float] = {}
    apart = np.array([p.ours.document != p.theirs.document for p in table.rows])
    keys = [((p.group, p.ours.event, p.theirs.document), (p.group, p.theirs.event, p.ours.document)) for p in table.rows]
    for both, value, other in zip(keys, alone, apart, strict=True):
        for key in both if other else ():
            best[key] = max(value, best.get(key, -99.0))
    mutual = np.array([other and value >= max(best[k] for k in both) for both, value, other in zip(keys, alone, apart, strict=True)])
    loose = np.char.find(table.group, "shifted") >= 0
    used = apart & (table.labels >= 0) & ~loose  # those have no documents around them
    seen = np.stack([alone, mutual, mutual * table.context], axis=1)[used].astype(float)
    bias, (chance, pair, context) = regression(seen, table.labels[used], 1.0, [1.0, 0.3, 2.0], [0.0, 0.0, 0.0])
    return Fellow(bias=bias, chance=chance, best=pair, context=context)


def choose(documents: list[GoldDocument], reads: list[Read], told: list[Report], table: Table) -> tuple[float, float]:
    """The penalty with the best pairwise F1 over groups left out, and that F1; only found happenings count."""
    bare = np.char.replace(table.group, "undated ", "")
    names = sorted(set(bare.tolist()))
    both = list(zip(documents, reads, strict=True))
    best = (0.0, -1.0)
    for penalty in PENALTIES:
        counts: Counter[tuple[float, str]] = Counter()
        for fold in range(FOLDS):
            out = set(names[fold::FOLDS])
            model = fitted(table.only(~np.isin(bare, sorted(out))), penalty)
            mine = [g for g, _ in both if g.topic in out], [r for g, r in both if g.topic in out]
            found = found_units(*mine)
            gold = gold_pairs(list(found))
            seen = [r for r in told if r.document.partition("-")[0] in out]
            for threshold in THRESHOLDS:
                stories = cluster(seen, Matcher(msgspec.structs.replace(model, threshold=threshold)))
                joined = told_pairs(found, {event: story for story, events in stories.items() for event in events})
                counts.update({(threshold, "hit"): len(joined & gold), (threshold, "told"): len(joined), (threshold, "gold"): len(gold)})
        scores = {t: 2 * counts[t, "hit"] / max(1, counts[t, "told"] + counts[t, "gold"]) for t in THRESHOLDS}
        print(f"penalty {penalty:4}" + "".join(f"  {t}: {f1:.3f}" for t, f1 in scores.items()), flush=True)
        if scores[THRESHOLD] > best[1]:
            best = (penalty, scores[THRESHOLD])
    return best


# --- report -----------------------------------------------------------------------------------------


def write(model: Model, manifest: dict[str, Any], out: Path) -> None:
    """The model and what it was made from."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "matcher.json").write_text(json.dumps(msgspec.to_builtins(model), indent=1) + "\n")
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    """Train and write."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    a.add_argument("--out", type=Path, default=MODEL)
    a.add_argument("--words", action="store_true", help="count the words anew")
    a.add_argument("--kept", type=Path, help="folder: keep what the reader finds there, and take it from there the next time")
    o = a.parse_args()
    if o.words:
        counted = count_words(o.shared)
        (o.out / "words.json").write_text(json.dumps(counted, ensure_ascii=False, separators=(",", ":")).replace(",", ",\n") + "\n")
        names, rows = word_senses()
        np.savez_compressed(o.out / "senses.npz", stems=np.array(names), rows=rows)
        print(f"{len(counted)} stems, {len(names)} with a sense; run again without --words")
        return
    documents = [*groups(held=False), *groups(WRITTEN)]
    tools, meanings = open_tools(threads=1), Meanings()
    reads = readings([g.document for g in documents], tools, o.kept and o.kept / "groups.jsonl")
    told = [r for found in reports_of([g.document for g in documents], reads, meanings).values() for r in found]
    articles = wikinews(o.shared)
    news = readings(articles, tools, o.kept and o.kept / "wiki.jsonl")
    own = [*pairs(documents, reads, told), *shifted(told)]
    rows = [*own, *undated(own), *strangers(news, reports_of(articles, news, meanings))]
    print(f"{len(documents)} passages, {len(units(documents))} units, {len(found_units(documents, reads))} found; {len(rows)} pairs, {sum(p.same is True for p in rows)} the same")
    table = Table.of(rows)
    penalty, f1 = choose(documents, reads, told, table)
    model = msgspec.structs.replace(fitted(table, penalty), threshold=THRESHOLD)
    even = [file for file in sorted(FOLDER.glob("g*.toml")) if int(file.stem[1:]) % 2 == 0]
    texts = b"".join(file.read_bytes() for file in (*even, *sorted(WRITTEN.glob("g*.toml")), JUDGED))
    manifest = {
        "made_by": "python -m training.stories", "groups": "even, and training/retellings", "reader": tools.reader.name, "pairs": len(rows), "same": sum(p.same is True for p in rows),
        "data_sha256": hashlib.sha256(texts).hexdigest(), "penalty": penalty, "threshold": THRESHOLD,
        "f1_cross_validated": round(f1, 4), "folds": FOLDS,
    }  # fmt: skip
    write(model, manifest, o.out)
    for name, w in sorted(model.weights.items(), key=lambda each: -abs(each[1])):
        print(f"{name:18}{w:8.3f}")
    print(model.fellow)
    print(f"bias {model.bias}; penalty {penalty}, threshold {THRESHOLD}, F1 over groups left out {f1:.3f}")


if __name__ == "__main__":
    main()
