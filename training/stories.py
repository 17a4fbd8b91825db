"""Train the matcher of stories, and count the words that it weighs: settings, data, model, loop, report.

    python -m training.stories --shared ../shared                writes src/detente/stories/model anew
    python -m training.stories --shared ../shared --words        counts words, parties and types anew

Pairs come from the even retelling groups, older and newer, and from those of `training/retellings`, read by the program itself: events of one happening agree,
all other pairs that blocking lets through do not. Pairs of real articles come from `training/same.csv`, where they were judged by reading; pairs of other
neighbouring articles of Wikinews are taken for two happenings. ECB+, MEANTIME and the odd groups train nothing. The model is a logistic regression whose weights are pulled to
what sense expects, and boosted trees (LightGBM) that learn what it misses. The threshold is the one at which groups left out are told best (pairwise F1), of those at which
enough of what is joined of real news is right: judged pairs of a month of Wikinews that trains nothing say how much. Ten minutes of
processor time, two of them the reader's, which `--kept` saves a second run of the same reader.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import msgspec
import numpy as np
from scipy.optimize import minimize

from detente.pipeline import open_tools
from detente.stories.cluster import cluster
from detente.stories.forest import LEAF, Forest, Tree
from detente.stories.match import AHEAD, ALONE, DETAILS, FEATURES, Fellow, Matcher, Model, details, features
from detente.stories.report import Report
from evaluation.corpora import GoldDocument, Read, readings
from evaluation.judged import HELD_MONTHS, Found, articles, judgements
from evaluation.retold import FOLDER, MORE, found_units, gold_pairs, groups, told_pairs, units
from evaluation.stories import Joined, held_news, real, reports_of
from training.pairs import JUDGED, Pair, by_document, judged, pairs, shifted, strangers, undated
from training.words import count_rarity, count_words, word_senses

WRITTEN = Path(__file__).parent / "retellings"
MODEL = Path(__file__).resolve().parent.parent / "src" / "detente" / "stories" / "model"
NAMES = tuple(FEATURES)
# What sense expects a feature to weigh, in log odds. Some thousands of pairs that agree teach 57 weights badly, and passages that retell on purpose in other
# words would teach that a common word tells nothing: each weight is pulled to this, not to 0, and may not cross 0.
PRIOR = {
    "same document": -3.0, "same day": 1.5, "same news day": 0.8, "days overlap": 0.3, "next day": -1.0, "next news day": -0.3, "days apart": -0.8,
    "news apart": -0.3, "foretold": -2.0, "no day": 0.0, "published apart": -0.3, "same type": 1.5, "rare type": 0.5, "kindred type": 0.7,
    "other side": -0.7, "same mode": 0.4, "other mode": -0.3, "other status": -0.2, "denied": 0.0, "parties": 1.5, "rarest party": 0.5,
    "one party": -0.3, "many parties": 0.0, "no party": 0.0, "other parties": -1.0, "strangers": -7.0, "same actor": 0.3, "rarest actor": 0.3,
    "other actor": -0.5, "same recipient": 0.3, "rarest recipient": 0.3, "other recipient": -0.3, "turned round": -0.7, "answered": -2.0, "same name": 0.7,
    "other names": -0.3, "same place": 0.6, "other place": -0.5, "same trigger": 1.5, "present": 0.5, "scene": 1.0, "rarest in scene": 0.5,
    "other scene": -0.5, "named": 1.0, "rarest named": 0.5, "meaning": 4.0, "meaning by type": 1.0, "like types": 1.5, "like modes": 0.7,
    "no meaning": 2.5, "near sense": 2.0, "near words": 1.5, "words": 2.0, "context": 1.5, "context by type": 0.5, "same numbers": 1.0,
    "other numbers": -0.3, "same source": 0.3,
}  # fmt: skip
RULE = -5.0
"""A prior of so much is no guess but a rule: strangers do not join, however alike their words."""
LEAST = {"same trigger": 0.8}
"""Weights that may not fall below: the passages say the same in other words on purpose, so that they teach that one word means two happenings. On
real news it mostly means one: the lemma baseline lives by nothing else."""
PENALTY = 1.0
"""C of scikit-learn: smaller is smoother."""
COLUMNS = (*NAMES, *DETAILS)
ASKED = tuple(name for name in COLUMNS if name not in ALONE)
"""What the trees look at, by number."""
LOOKED_AT = [COLUMNS.index(name) for name in ASKED]
FORESTS, TREES = 3, 120
BOOSTING = {
    "objective": "binary", "learning_rate": 0.12, "num_leaves": 31, "min_data_in_leaf": 30, "lambda_l2": 5.0, "feature_fraction_bynode": 0.3,
    "bagging_fraction": 0.8, "bagging_freq": 1, "deterministic": True, "force_row_wise": True, "num_threads": 2, "verbose": -1,
}  # fmt: skip
"""Settings of LightGBM. Average precision of judged pairs of months left out, 31 leaves 0.757, 15 0.746, 63 0.763, which groups have 0.006 less of; the mean of three forests 0.002 more of either."""
RETOLD = 2.0
"""As how many a pair of the retelling groups counts beside one of real articles, most of which tell two happenings."""
THRESHOLDS = tuple(round(0.1 + 0.02 * k, 2) for k in range(21))
LEAST_RIGHT = 0.25
"""Least share of the joined pairs of the watched month that tell one happening, as judged by reading. Hardly any article there retells another."""
FOLDS = 6
INNER = 4
MONTHS = ("2005-07", "2005-08")
WATCHED = HELD_MONTHS[0]
"""The month that says how strict to be; what the others say is told by `evaluation.stories`."""


# --- data ------------------------------------------------------------------------------------------


def matrix(rows: list[Pair]) -> np.ndarray:
    """(n_pairs, n_columns), as `COLUMNS` orders them."""
    seen = [features(p.ours, p.theirs) | details(p.ours, p.theirs) for p in rows]
    return np.array([[found.get(name, 0.0) for name in COLUMNS] for found in seen])


# --- model ------------------------------------------------------------------------------------------


class Table(NamedTuple):
    """The pairs as numbers: features (n, n_columns), labels (n,) with 1, 0, or -1 for unknown, group, what is left out with it, and likeness of documents (n,)."""

    rows: list[Pair]
    values: np.ndarray
    labels: np.ndarray
    group: np.ndarray
    kin: np.ndarray
    context: np.ndarray

    @classmethod
    def of(cls, rows: list[Pair]) -> Table:
        """The numbers of these pairs."""
        labels = np.array([-1 if p.same is None else int(p.same) for p in rows])
        context = np.array([p.ours.context.likeness(p.theirs.context) for p in rows])
        return cls(rows, matrix(rows), labels, np.array([p.group for p in rows]), np.array([kin(p) for p in rows]), context)

    def only(self, kept: np.ndarray) -> Table:
        """Some of the pairs."""
        return Table([p for p, k in zip(self.rows, kept, strict=True) if k], *(part[kept] for part in self[1:]))


def retold(group: str) -> bool:
    """Whether pairs of this group retell on purpose, and are not of real articles."""
    return not group.startswith(("judged", "wikinews"))


def kin(pair: Pair) -> str:
    """What is left out together, lest trees know a report by heart: a retelling group with its days and without, or real articles of one month."""
    published = pair.ours.published
    if not retold(pair.group) and published is not None:
        return dt.date.fromordinal(published).strftime("%Y-%m")
    return pair.group.removeprefix("undated ")


def fitted(table: Table) -> Model:
    """All that is learnt from these pairs; the second regression learns from chances of groups that the rest was not fitted on."""
    alone = np.zeros(len(table.rows))
    names = sorted(set(table.kin.tolist()))
    for fold in range(INNER):
        out = np.isin(table.kin, names[fold::INNER])
        alone[out] = odds(first(table.only(~out)), table.values[out])
    return msgspec.structs.replace(first(table), fellow=second(table, alone))


def first(table: Table) -> Model:
    """What is known of a pair alone: the regression, and the trees that learn what it misses."""
    known = table.labels >= 0
    values, labels = table.values[known], table.labels[known]
    prior, least = [PRIOR[name] for name in NAMES], [LEAST.get(name, 0.0) for name in NAMES]
    bias, weights = regression(values[:, : len(NAMES)], labels, PENALTY, prior, least)
    model = Model(bias=bias, threshold=0.5, weights=dict(zip(NAMES, weights, strict=True)))
    taught = ~ruled(values)
    counts = np.where([retold(group) for group in table.group[known][taught]], RETOLD, 1.0)
    return msgspec.structs.replace(model, asked=ASKED, trees=trees(values[taught], labels[taught], odds(model, values[taught]), counts))


def ruled(values: np.ndarray) -> np.ndarray:
    """(n_pairs,), where the regression speaks alone; values (n_pairs, n_columns)."""
    return values[:, [name in ALONE for name in COLUMNS]].any(axis=1)


def trees(values: np.ndarray, labels: np.ndarray, before: np.ndarray, counts: np.ndarray) -> tuple[Tree, ...]:
    """Boosted trees that add to the log odds `before`.

    Args:
        values: (n_pairs, n_columns), as `COLUMNS` orders them.
        labels: (n_pairs,), 0 or 1.
        before: (n_pairs,), what the regression says.
        counts: (n_pairs,), as how many a pair counts.
    """
    grown = []
    for seed in range(FORESTS):
        pairs = lightgbm.Dataset(values[:, LOOKED_AT], labels, weight=counts, init_score=before)
        grown += lightgbm.train(BOOSTING | {"seed": seed}, pairs, num_boost_round=TREES).dump_model()["tree_info"]
    return tuple(as_tree(each["tree_structure"]) for each in grown)


def as_tree(root: dict[str, Any]) -> Tree:
    """A tree as LightGBM dumps it, its nodes numbered; it tells its share of the forests' mean."""
    nodes: list[tuple[int, float, int, int]] = []

    def number(node: dict[str, Any]) -> int:
        k = len(nodes)
        if "leaf_value" in node:
            nodes.append((LEAF, round(node["leaf_value"] / FORESTS, 4), 0, 0))
        else:
            nodes.append((LEAF, 0.0, 0, 0))
            nodes[k] = (node["split_feature"], round(node["threshold"], 6), number(node["left_child"]), number(node["right_child"]))
        return k

    number(root)
    return Tree(*zip(*nodes, strict=True))


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
    """Log odds of each pair alone, (n_pairs,)."""
    plain = model.bias + values[:, : len(NAMES)] @ np.array([model.weights[name] for name in NAMES])
    asked = np.flatnonzero(~ruled(values))
    forest = Forest(model.trees)
    plain[asked] += [forest.told(seen) for seen in values[asked][:, LOOKED_AT].tolist()]
    return np.clip(plain, -30.0, 30.0)


def second(table: Table, alone: np.ndarray) -> Fellow:
    """The regression that knows whether each is the other's best fellow in its document, and how far another is ahead."""
    best: dict[tuple[str, str, str], float] = {}
    apart = np.array([p.ours.document != p.theirs.document for p in table.rows])
    keys = [((p.group, p.ours.event, p.theirs.document), (p.group, p.theirs.event, p.ours.document)) for p in table.rows]
    for both, value, other in zip(keys, alone, apart, strict=True):
        for key in both if other else ():
            best[key] = max(value, best.get(key, -99.0))
    ahead = np.array([max(best.get(k, value) for k in both) - value for both, value in zip(keys, alone, strict=True)])
    mutual = apart & (ahead <= 0)
    loose = np.char.find(table.group, "shifted") >= 0
    used = apart & (table.labels >= 0) & ~loose  # those have no documents around them
    seen = np.stack([alone, mutual, mutual * table.context, -np.minimum(ahead, AHEAD)], axis=1)[used].astype(float)
    bias, (chance, pair, context, behind) = regression(seen, table.labels[used], 1.0, [1.0, 0.3, 2.0, 0.3], [0.0] * 4)
    return Fellow(bias=bias, chance=chance, best=pair, context=context, behind=-behind)


class Heedful(Matcher):
    """Keeps the chances of the pairs that it has weighed, since other thresholds ask for the same."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._weighed: dict[tuple[str, str], float] = {}

    def at(self, threshold: float) -> Heedful:
        """The same at another threshold, with what was weighed so far."""
        other = copy(self)
        other.model = msgspec.structs.replace(self.model, threshold=threshold)
        return other

    def chance(self, ours: Report, theirs: Report) -> float:
        """The chance of the pair alone, weighed once."""
        pair = (min(ours.event, theirs.event), max(ours.event, theirs.event))
        if pair not in self._weighed:
            self._weighed[pair] = super().chance(ours, theirs)
        return self._weighed[pair]


def cross_validated(documents: list[GoldDocument], reads: list[Read], told: list[Report], table: Table, thresholds: Iterable[float]) -> dict[float, float]:
    """Pairwise F1 over groups left out at each of these thresholds; only found happenings count."""
    names = sorted(set(table.kin.tolist()))
    both = list(zip(documents, reads, strict=True))
    counts = {threshold: Counter[str]() for threshold in thresholds}
    for fold in range(FOLDS):
        out = set(names[fold::FOLDS])
        matcher = Heedful(fitted(table.only(~np.isin(table.kin, sorted(out)))))
        found = found_units([g for g, _ in both if g.topic in out], [r for g, r in both if g.topic in out])
        gold = gold_pairs(list(found))
        left = [r for r in told if r.document.partition("-")[0] in out]
        for threshold, count in counts.items():
            stories = cluster(left, matcher.at(threshold))
            joined = told_pairs(found, {event: story for story, events in stories.items() for event in events})
            count.update(right=len(joined & gold), both=len(joined) + len(gold))
    return {threshold: 2 * count["right"] / max(1, count["both"]) for threshold, count in counts.items()}


def strict_enough(watched: tuple[list[Report], Found], model: Model) -> dict[float, Joined]:
    """The thresholds at which `LEAST_RIGHT` of the joined pairs of real news are right, and what is joined there.

    Raises:
        ValueError: Less is right at every threshold.
    """
    said = judgements()
    matcher = Heedful(model)
    joined = {threshold: real(*watched, said, matcher.at(threshold)) for threshold in THRESHOLDS}
    enough = {threshold: each for threshold, each in joined.items() if each.precision >= LEAST_RIGHT}
    if not enough:
        raise ValueError(f"of what is joined of real news less than {LEAST_RIGHT} is right even at {THRESHOLDS[-1]}")
    return enough


# --- report -----------------------------------------------------------------------------------------


def write(model: Model, manifest: dict[str, Any], out: Path) -> None:
    """The model and what it was made from."""
    out.mkdir(parents=True, exist_ok=True)
    rest = {name: part for name, part in msgspec.to_builtins(model).items() if name != "trees"}
    lines = ",\n".join(json.dumps(msgspec.to_builtins(tree), separators=(",", ":")) for tree in model.trees)  # a tree a line
    (out / "matcher.json").write_text(json.dumps(rest, indent=1).removesuffix("\n}") + f',\n "trees": [\n{lines}\n ]\n}}\n')
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    """Train and write."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, default=Path("../shared"))
    a.add_argument("--out", type=Path, default=MODEL)
    a.add_argument("--words", action="store_true", help="count words, parties and types anew")
    a.add_argument("--kept", type=Path, help="folder: keep what the reader finds there, and take it from there the next time")
    o = a.parse_args()
    if o.words:
        counted = count_words(o.shared)
        (o.out / "words.json").write_text(json.dumps(counted, ensure_ascii=False, separators=(",", ":")).replace(",", ",\n") + "\n")
        names, rows = word_senses()
        np.savez_compressed(o.out / "senses.npz", stems=np.array(names), rows=rows)
        print(f"{len(counted)} stems, {len(names)} with a sense")
    tools = open_tools(threads=1)
    said = judgements(JUDGED)
    named = {telling.document for each in said for telling in (each.ours, each.theirs)}
    news = [*articles(o.shared, "news-wikinews", ids=named), *articles(o.shared, "news-state-dept", ids=named)]
    news_reads = readings(news, tools, o.kept and o.kept / "judged.jsonl")
    near = articles(o.shared, "news-wikinews", MONTHS)
    near_reads = readings(near, tools, o.kept and o.kept / "wiki.jsonl")
    if o.words:
        (o.out / "rarity.json").write_text(json.dumps(msgspec.to_builtins(count_rarity([*news_reads, *near_reads])), indent=1) + "\n")
        print("words, senses, parties and types are counted; run again without --words")
        return
    documents = [*groups(held=False), *groups(MORE, held=False), *groups(WRITTEN)]
    reads = readings([g.document for g in documents], tools, o.kept and o.kept / "groups.jsonl")
    told = reports_of([g.document for g in documents], reads)
    near_told = by_document(near, near_reads)
    watched = held_news(*WATCHED, o.shared, o.kept, tools)
    own = [*pairs(documents, reads, told), *shifted(told)]
    by_hand = judged(said, news, news_reads, by_document(news, news_reads))
    rows = [*own, *undated(own), *strangers(near_told, said), *by_hand]
    print(f"{len(documents)} passages, {len(units(documents))} units, {len(found_units(documents, reads))} found; {len(rows)} pairs, {sum(p.same is True for p in rows)} the same")
    print(f"{len(said)} judged, of which the reader finds {sum(p.same is not None for p in by_hand)}, {sum(p.same is True for p in by_hand)} the same")
    table = Table.of(rows)
    model = fitted(table)
    enough = strict_enough(watched, model)
    told_best = cross_validated(documents, reads, told, table, enough)
    threshold = max(told_best, key=lambda each: (told_best[each], each))
    model, joined, f1 = msgspec.structs.replace(model, threshold=threshold), enough[threshold], told_best[threshold]
    even = [file for folder in (FOLDER, MORE) for file in sorted(folder.glob("g*.toml")) if int(file.stem[1:]) % 2 == 0]
    texts = b"".join(file.read_bytes() for file in (*even, *sorted(WRITTEN.glob("g*.toml")), JUDGED))
    manifest = {
        "made_by": "python -m training.stories", "groups": "even ones of evaluation/retellings and retellings_more, and training/retellings", "reader": tools.reader.name, "pairs": len(rows), "same": sum(p.same is True for p in rows),
        "data_sha256": hashlib.sha256(texts).hexdigest(), "penalty": PENALTY, "forests": FORESTS, "trees": TREES, "threshold": model.threshold,
        "right_of_wikinews": round(joined.precision, 4), "joined_of_wikinews": round(joined.events / joined.of, 4), "f1_cross_validated": round(f1, 4), "folds": FOLDS,
    }  # fmt: skip
    write(model, manifest, o.out)
    print("; ".join(f"{threshold}: F1 {f1:.3f}, right {enough[threshold].precision:.2f}" for threshold, f1 in told_best.items()))
    for name, w in sorted(model.weights.items(), key=lambda each: -abs(each[1])):
        print(f"{name:18}{w:8.3f}")
    print(model.fellow)
    print(f"bias {model.bias}; threshold {model.threshold}, {joined.events} of {joined.of} events of the watched month joined, {joined.precision:.3f} of the pairs right, F1 over groups left out {f1:.3f}")


if __name__ == "__main__":
    main()
