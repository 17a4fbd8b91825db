"""Train the matcher of stories, and count the words that it weighs: settings, data, model, loop, report.

    python -m training.stories --shared ../shared                writes src/detente/stories/model anew
    python -m training.stories --shared ../shared --words        counts the words anew, too

Pairs come from the even retelling groups alone, read by the program itself: events of one happening agree, all other pairs that blocking
lets through do not. ECB+, MEANTIME and the odd groups train nothing. The model is a logistic regression; its penalty is chosen by
cross-validation over groups, its threshold by the pairwise F1 of the stories that come out of the groups left out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from detente.pipeline import open_tools
from detente.reading.network import packaged_model
from detente.records import Document
from detente.stories.blocks import nearby, blocks
from detente.stories.cluster import cluster
from detente.stories.match import FEATURES, Matcher, Model, features
from detente.stories.report import Facts, Report, reports
from detente.stories.senses import WIDTH
from detente.stories.words import idf, stem, stems, weight, weights
from evaluation.corpora import GoldDocument, Read, readings
from evaluation.retold import FOLDER, Unit, found_units, gold_pairs, groups, told_pairs, units

MODEL = Path(__file__).resolve().parent.parent / "src" / "detente" / "stories" / "model"
NAMES = tuple(FEATURES)
PENALTIES = (0.1, 0.3, 1.0)  # C of scikit-learn: smaller is smoother
THRESHOLDS = tuple(round(0.2 + 0.05 * k, 2) for k in range(9))
FOLDS = 6
COMMON = 2.2
"""Weight below which a stem stands in every ninth article or more, and its sense tells nothing."""
MONTHS = ("2005-07", "2005-08")
LONGEST = 1500  # characters of an article: its news stands at the head
STRANGERS = 500
REACH = 400  # events of the articles that follow: some two weeks
FEWEST = 4
"""Articles that a stem must stand in to be weighed by itself; rarer ones weigh as unseen."""


class Pair(NamedTuple):
    """Two reports of the training groups, and whether they tell one happening."""

    group: str
    ours: Report
    theirs: Report
    same: bool


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
        if piece.isalpha() and len(piece) > 2 and weight(stem(piece)) >= COMMON and stem(piece) in weights():
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


def reports_of(documents: list[GoldDocument], reads: list[Read]) -> list[Report]:
    """Every event of the documents as the matching sees it."""
    return [r for gold, read in zip(documents, reads, strict=True) for r in reports(read.events, Facts.of(gold.document))]


def pairs(documents: list[GoldDocument], reads: list[Read]) -> list[Pair]:
    """Pairs of reports that tell known happenings and meet in a block, from any two passages or from one."""
    happenings: dict[str, set[str]] = {}
    for (_, name), events in found_units(documents, reads).items():
        for event in events:
            happenings.setdefault(event, set()).add(name)
    known = [r for r in reports_of(documents, reads) if r.event in happenings]
    put, look = {r.event: blocks(r) for r in known}, {r.event: nearby(r) for r in known}
    return [
        Pair(a.document.partition("-")[0], a, b, not happenings[a.event].isdisjoint(happenings[b.event]))
        for a, b in combinations(known, 2)
        if not look[a.event].isdisjoint(put[b.event])
    ]


def strangers(documents: list[Document], reads: list[Read]) -> list[Pair]:
    """Pairs of reports of two articles of Wikinews that meet in a block, every one taken for two happenings; at most `STRANGERS`, evenly drawn."""
    told = [r for document, read in zip(documents, reads, strict=True) for r in reports(read.events, Facts.of(document))]
    put = [(r, blocks(r), nearby(r)) for r in told]
    found = [
        Pair("wikinews", a, b, same=False)
        for k, (a, mine, look) in enumerate(put)
        for b, yours, _ in put[k + 1 : k + REACH]
        if a.document != b.document and not look.isdisjoint(yours)
    ]
    return found[:: max(1, len(found) // STRANGERS)][:STRANGERS]


def matrix(rows: list[Pair]) -> np.ndarray:
    """(n_pairs, n_features), features as `NAMES` orders them."""
    seen = [features(p.ours, p.theirs) for p in rows]
    return np.array([[found.get(name, 0.0) for name in NAMES] for found in seen])


# --- model ------------------------------------------------------------------------------------------


def fitted(seen: np.ndarray, same: np.ndarray, penalty: float) -> Model:
    """The regression of these pairs: (n_pairs, n_features), (n_pairs,)."""
    fit = LogisticRegression(C=penalty, max_iter=2000, solver="lbfgs")
    fit.fit(seen, same)
    weights = {name: round(float(w), 4) for name, w in zip(NAMES, fit.coef_[0], strict=True)}
    return Model(bias=round(float(fit.intercept_[0]), 4), threshold=0.5, weights=weights)


def pair_f1(told: set[tuple[Unit, Unit]], gold: set[tuple[Unit, Unit]]) -> float:
    """Pairwise F1."""
    return 2 * len(told & gold) / (len(told) + len(gold)) if told or gold else 0.0


def choose(documents: list[GoldDocument], reads: list[Read], rows: list[Pair]) -> tuple[float, float, float]:
    """Penalty and threshold with the best pairwise F1 over groups left out, and that F1; only found happenings count."""
    names = sorted({g.topic for g in documents})
    told = list(zip(documents, reads, strict=True))
    best = (0.0, 0.0, -1.0)
    values, same, of_group = matrix(rows), np.array([p.same for p in rows]), np.array([p.group for p in rows])
    for penalty in PENALTIES:
        counts: Counter[tuple[float, str]] = Counter()
        for fold in range(FOLDS):
            out = set(names[fold::FOLDS])
            kept = ~np.isin(of_group, sorted(out))
            model = fitted(values[kept], same[kept], penalty)
            mine = [g for g, _ in told if g.topic in out], [r for g, r in told if g.topic in out]
            found = found_units(*mine)
            gold = gold_pairs(list(found))
            seen = reports_of(*mine)
            for threshold in THRESHOLDS:
                stories = cluster(seen, Matcher(msgspec.structs.replace(model, threshold=threshold)))
                of = {event: story for story, events in stories.items() for event in events}
                joined = told_pairs(found, of)
                counts.update({(threshold, "hit"): len(joined & gold), (threshold, "told"): len(joined), (threshold, "gold"): len(gold)})
        line = f"penalty {penalty:4}"
        for threshold in THRESHOLDS:
            f1 = 2 * counts[threshold, "hit"] / max(1, counts[threshold, "told"] + counts[threshold, "gold"])
            line += f"  {threshold}: {f1:.3f}"
            if f1 > best[2]:
                best = (penalty, threshold, f1)
        print(line, flush=True)
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
    documents = list(groups(held=False))
    tools = open_tools(threads=1)
    reads = readings([g.document for g in documents], tools, o.kept and o.kept / "train.jsonl")
    articles = wikinews(o.shared)
    rows = [*pairs(documents, reads), *strangers(articles, readings(articles, tools, o.kept and o.kept / "wiki.jsonl"))]
    print(f"{len(documents)} passages, {len(units(documents))} units, {len(found_units(documents, reads))} found; {len(rows)} pairs, {sum(p.same for p in rows)} the same")
    penalty, threshold, f1 = choose(documents, reads, rows)
    model = msgspec.structs.replace(fitted(matrix(rows), np.array([p.same for p in rows]), penalty), threshold=threshold)
    texts = b"".join(file.read_bytes() for file in sorted(FOLDER.glob("g*.toml")) if int(file.stem[1:]) % 2 == 0)
    manifest = {
        "made_by": "python -m training.stories", "groups": "even", "pairs": len(rows), "same": sum(p.same for p in rows),
        "data_sha256": hashlib.sha256(texts).hexdigest(), "penalty": penalty, "threshold": threshold,
        "f1_cross_validated": round(f1, 4), "folds": FOLDS,
    }  # fmt: skip
    write(model, manifest, o.out)
    for name, w in sorted(model.weights.items(), key=lambda each: -abs(each[1])):
        print(f"{name:18}{w:8.3f}")
    print(f"bias {model.bias}; penalty {penalty}, threshold {threshold}, F1 over groups left out {f1:.3f}")


if __name__ == "__main__":
    main()
