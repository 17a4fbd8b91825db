"""Tune the thresholds of a model folder on dev, calibrate its confidence, and measure it beside the rival; write all into its manifest.

    python -m training.tune --shared ../shared --model training/runs/out/model

Each threshold is moved in turn over a grid while the others stand; what it is moved for is the measure the task is scored
by (`evaluation/scoring.py`), with the number of parties held honest by a small price for every party too many.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from detente.coding.confidence import features_of
from detente.coding.entities import Cast
from detente.pipeline import Tools, code, open_tools
from detente.reading.network import Thresholds
from detente.reading.tokens import Words
from detente.records import Coded
from evaluation.events import document_of, score, test_sets
from evaluation.rival import dictionary, tallies, training_passages
from evaluation.scoring import LEVELS, Row, Tally, compare, from_wire, parties_agree
from training.standoff import hashes
from training.wire import dev_passages

GRIDS: dict[str, tuple[float, ...]] = {
    "trigger": (0.5, 0.6, 0.65, 0.7),
    "time": (0.3, 0.4, 0.5),
    "mention": (0.2, 0.3, 0.4, 0.5),
    "actor": (0.3, 0.4, 0.5),
    "recipient": (0.2, 0.3, 0.4, 0.5),
    "same": (0.3, 0.4, 0.5, 0.6, 0.7),
    "coref": (-1.0, 0.0, 1.0),
    "nation": (-8.0, -5.0, -2.0, 0.0),
    "news": (0.2, 0.3, 0.4, 0.5),
    "quote": (0.3, 0.4, 0.5),
}


def with_thresholds(tools: Tools, cut: Thresholds) -> Tools:
    """The tools with other thresholds."""
    network = tools.reader.network
    network.manifest = msgspec.structs.replace(network.manifest, thresholds=cut)
    return msgspec.structs.replace(tools, settings=msgspec.structs.replace(tools.settings, news=cut.news))


def keep_vectors(tools: Tools) -> None:
    """Let the reader encode each text once: thresholds do not change the vectors, and they take most of the time."""
    encode, kept = tools.reader.vectors, {}

    def vectors(words: Words, breaks: np.ndarray) -> np.ndarray:
        key = words.pieces.tobytes()
        if key not in kept:
            kept[key] = encode(words, breaks)
        return kept[key]

    tools.reader.vectors = vectors  # type: ignore[method-assign]


def coded(golds: list[Row], tools: Tools) -> Iterator[tuple[Row, Coded]]:
    """Each gold document coded."""
    for gold in golds:
        yield gold, code(document_of(gold), tools)


def value(golds: list[Row], tools: Tools) -> float:
    """What is maximised: mean of type, core, status and date F1 and of the quotes' F1, less 0.2 points a hundred parties too many."""
    total, surplus, quotes = Tally(), 0, [0, 0]
    for gold, found in coded(golds, tools):
        events, spoken = (list(x) for x in msgspec.to_builtins((found.events, found.quotes)))
        tally, pairs, _ = compare(gold, events, spoken)
        total += tally
        quotes[0] += len(spoken)
        surplus += sum(
            max(0, len(p.found[side]) - len(p.gold[side])) for p in pairs if p.found and not p.gold.get("reciprocal") for side in ("actor", "recipient")
        )
    quote_f1 = 2 * total.speakers_right / max(1, total.quotes + quotes[0])
    return sum(total.f1(m) for m in ("type", "core", "status", "date")) / 4 + 0.25 * quote_f1 - 0.05 * surplus / max(1, total.required)


def tuned(golds: list[Row], tools: Tools, cut: Thresholds) -> Thresholds:
    """`cut` with every threshold of `GRIDS` moved to its best value, one after the other."""
    best = value(golds, with_thresholds(tools, cut))
    print(f"start {best:.4f}", flush=True)
    for name, grid in GRIDS.items():
        for step in grid:
            tried = msgspec.structs.replace(cut, **{name: step})
            if tried != cut and (got := value(golds, with_thresholds(tools, tried))) > best + 1e-4:
                best, kept = got, tried
                cut = kept
        print(f"{name} {getattr(cut, name)} {best:.4f}", flush=True)
    return cut


def calibration(golds: list[Row], tools: Tools) -> tuple[list[float], float]:
    """Weights of the logistic confidence by ridge-held Newton steps, and its expected calibration error in ten bins, by two-fold cross-fitting."""
    x, y = [], []
    for gold, found in coded(golds, tools):
        cast = Cast(found.document.text, found.reading, found.actors)
        by_span = {t.span: t for t in found.reading.triggers}
        events = [msgspec.to_builtins(e) for e in found.events]
        _, pairs, _ = compare(gold, events, [])
        right = {p.found["id"] for p in pairs if p.found and p.level >= 2 and parties_agree(p.gold, p.found)}
        for event in found.events:
            x.append(features_of(by_span[event.text_info.spans["trigger"][0]], cast))
            y.append(float(event.id in right))
    features, truth = np.array(x), np.array(y)
    fold = np.arange(len(truth)) % 2
    held = np.zeros(len(truth))
    for k in (0, 1):
        held[fold == k] = 1 / (1 + np.exp(-features[fold == k] @ fitted(features[fold != k], truth[fold != k])))
    return fitted(features, truth).round(4).tolist(), calibration_error(held, truth)


def fitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression with a light ridge."""
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        w += np.linalg.solve((x.T * (p * (1 - p))) @ x + 1.0 * np.eye(len(w)), x.T @ (y - p) - 1.0 * w)
    return w


def calibration_error(chance: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error, ten bins of equal width.

    Source:
        Naeini, Cooper & Hauskrecht 2015, AAAI.
    """
    bins = np.minimum((chance * 10).astype(int), 9)
    parts = [(bins == b).mean() * abs(chance[bins == b].mean() - truth[bins == b].mean()) for b in range(10) if (bins == b).any()]
    return math.fsum(parts)


def measured(tools: Tools, shared: Path) -> dict[str, dict[str, dict[str, float]]]:
    """F1 of each level on each test set, of the program and of the dumbest rival."""
    words = dictionary(training_passages(shared))
    ours = ((name, sum(score(golds, tools)[0], Tally())) for name, golds in test_sets(shared))
    return {
        name: {whose: {level: round(tally.f1(level), 3) for level in LEVELS} for whose, tally in (("f1", mine), ("rival", theirs))}
        for (name, mine), (_, theirs) in zip(ours, tallies(shared, words), strict=True)
    }


def main() -> None:
    """Tune, calibrate, measure, write."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, required=True)
    a.add_argument("--model", type=Path, required=True)
    a.add_argument("--as-they-stand", action="store_true", help="leave the manifest's thresholds alone: calibrate only")
    o = a.parse_args()
    tools = open_tools(model=o.model, threads=2)
    keep_vectors(tools)
    golds = [from_wire(p) for p in dev_passages(o.shared)]
    cut = tools.reader.network.manifest.thresholds
    if not o.as_they_stand:
        cut = tuned(golds, tools, cut)
    tools = with_thresholds(tools, cut)
    weights, error = calibration(golds, tools)
    print(f"calibration error {error:.3f}, weights {weights}")
    manifest = json.loads((o.model / "manifest.json").read_text())
    manifest |= {"thresholds": msgspec.to_builtins(cut), "calibration": {"confidence": weights, "error": [round(error, 4)]}}
    manifest |= {"scores": measured(tools, o.shared), "made": manifest["made"] | {"sha256": hashes(o.shared)}}
    (o.model / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
