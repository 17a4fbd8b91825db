"""The network at run time: an ONNX encoder and the heads' matrices, read from one model folder.

    encoder.onnx     pieces, cases → hidden vectors; int8 or fp32
    heads.npz        matrices of the heads (fp16), as `training/export.py` names them
    tokenizer.json   of the encoder
    manifest.json    what it was made of, its scores, and the thresholds of decoding

One text at a time, never padded: dynamic int8 scales its numbers by what else is in the batch, so only a batch of one
gives the same answer whatever is read beside it.
"""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime as ort
from threadpoolctl import threadpool_limits

from detente.errors import ModelProblem
from detente.reading.labels import LAYERS, MENTION_HEADS, PAIRS, TRIGGER_HEADS
from detente.reading.pairs import N_MATCHES, N_SENTENCES
from detente.reading.tokens import open_tokenizer

CLS, SEP, CASE_OF_MARKS = 101, 102, 5
"""Pieces that frame a window in the encoder's vocabulary, and their letter case ("other")."""

BLOCK = 32
"""Left spans whose pairs are scored together: what they need stays in the processor's cache, and room grows with the pairs alone."""


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where decoding cuts, each tuned on dev by `training/tune.py`: chances in [0, 1]; coref and nation are logits."""

    trigger: float = 0.5
    mention: float = 0.5
    quote: float = 0.5
    cue: float = 0.5
    time: float = 0.5
    place: float = 0.5
    name: float = 0.5
    actor: float = 0.5
    recipient: float = 0.5
    by: float = 0.5
    same: float = 0.5
    news: float = 0.5
    reciprocal: float = 0.5
    context: float = 0.4
    joint: float = 0.5
    coref: float = 0.0
    nation: float = 0.0


class Manifest(msgspec.Struct, frozen=True):
    """What a model folder says of itself."""

    name: str
    made: dict[str, Any]
    thresholds: Thresholds
    calibration: dict[str, list[float]]
    scores: dict[str, Any] = {}


def manifest_of(folder: Path) -> Manifest:
    """What a model folder says of itself; the folder is whole.

    Raises:
        ModelProblem: A file is missing.
    """
    for name in ("encoder.onnx", "heads.npz", "tokenizer.json", "manifest.json"):
        if not (folder / name).is_file():
            raise ModelProblem("reader", str(folder), f"it has no {name}; reinstall detente or train one (training/README.md)")
    return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)


class Network:
    """A loaded model folder. Safe to share between threads: it holds no state of a text."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load `folder`.

        Args:
            folder: The model.
            threads: Cores that one text may use.

        Raises:
            ModelProblem: A file is missing, or the heads are not those of this version.
        """
        self.manifest = manifest_of(folder)
        self.tokenizer = open_tokenizer(folder / "tokenizer.json")
        with np.load(folder / "heads.npz") as kept:
            # column by column in memory, as the products take them: the few rows of a text cost less than to turn a matrix round
            self.matrices = {name: np.asfortranarray(kept[name], np.float32) for name in kept.files}
        expected = sum(len(names) for names in LAYERS.values())
        if self.matrices["tags.weight"].shape[0] != expected:
            raise ModelProblem("reader", str(folder), f"it has {self.matrices['tags.weight'].shape[0]} tags and this version reads {expected}; retrain it")
        self.told = {family: self._told(family) for family in PAIRS}
        # The heads' products are small: several threads wait for each other longer than they compute (measured: the whole reading
        # took 2.3 times as long), and sums in another order could change a record's last digit.
        threadpool_limits(limits=1, user_api="blas")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # a layer's sum and norm as one operator is ten times as slow as the two (measured, ONNX Runtime 1.32)
        self.session = ort.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"])

    def _told(self, family: str) -> tuple[np.ndarray, np.ndarray]:
        """A family's embeddings of distance and sentences together, and of rank and likeness: two look-ups a pair in place of four."""
        distance, sentences, rank, like = (self.matrices[f"pairs.{family}.features.{column}.weight"] for column in range(4))
        width = distance.shape[1]
        return np.add(distance[:, None], sentences, order="C").reshape(-1, width), np.add(rank[:, None], like, order="C").reshape(-1, width)

    def encode(self, pieces: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """(n_pieces, width) vectors of one window's pieces, at most 510 of them."""
        framed = np.concatenate([[CLS], pieces, [SEP]])[None]
        marked = np.concatenate([[CASE_OF_MARKS], cases, [CASE_OF_MARKS]])[None]
        hidden: np.ndarray = self.session.run(None, {"pieces": framed, "cases": marked})[0]
        return hidden[0, 1:-1]

    def layers(self, words: np.ndarray) -> dict[str, np.ndarray]:
        """Chances of each layer's tags, (n_words, n_tags); words (n_words, width)."""
        logits = self._linear("tags", words)
        cuts = np.cumsum([len(names) for names in LAYERS.values()])[:-1]
        return {name: softmax(part) for name, part in zip(LAYERS, np.split(logits, cuts, axis=1), strict=True)}

    def trigger(self, spans: np.ndarray) -> dict[str, np.ndarray]:
        """Logits of what each trigger is; spans (n, 2 * width) from `span_vectors`."""
        return self._attributes("trigger", spans, tuple(TRIGGER_HEADS))

    def mention(self, spans: np.ndarray) -> dict[str, np.ndarray]:
        """Logits of what each mention is; spans (n, 2 * width)."""
        return self._attributes("mention", spans, tuple(MENTION_HEADS))

    def pairs(self, family: str, left: np.ndarray, right: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], features: np.ndarray) -> np.ndarray:
        """(n_pairs, n_scores) logits of one family.

        Args:
            family: One of `labels.PAIRS`.
            left: (n_left, 2 * width).
            right: (n_right, 2 * width).
            pairs: Rows of `left`, ascending, and of `right`, (n_pairs,) each.
            features: (n_pairs, 4) as `pairs.features` gives them.
        """
        i, j = pairs
        scores = np.zeros((len(i), PAIRS[family]), np.float32)
        if len(i) == 0:
            return scores
        add_left, times_left = halves(self._linear(f"pairs.{family}.left", left))
        add_right, times_right = halves(self._linear(f"pairs.{family}.right", right))
        out_added, out_times = halves(self.matrices[f"pairs.{family}.out.weight"])
        near, alike = self.told[family]
        where, what = features[:, 0] * N_SENTENCES + features[:, 1], features[:, 2] * N_MATCHES + features[:, 3]
        bounds = np.searchsorted(i, np.arange(0, len(left) + BLOCK, BLOCK))
        for first, (start, stop) in zip(range(0, len(left), BLOCK), pairwise(bounds.tolist()), strict=True):
            if start == stop:
                continue
            rows, columns = i[start:stop], j[start:stop]
            added = add_left[rows]
            added += add_right[columns]
            added += near[where[start:stop]]
            added += alike[what[start:stop]]
            np.maximum(added, 0, out=added)
            np.matmul(added, out_added.T, out=scores[start:stop])
            # the products of all left with all right spans of a block are one small matrix for each score
            low, high = int(columns.min()), int(columns.max()) + 1
            for k, weight in enumerate(out_times * np.float32(0.1)):
                scores[start:stop, k] += ((times_left[first : first + BLOCK] * weight) @ times_right[low:high].T)[rows - first, columns - low]
        scores += self.matrices[f"pairs.{family}.out.bias"]
        return scores

    def _attributes(self, kind: str, spans: np.ndarray, heads: tuple[str, ...]) -> dict[str, np.ndarray]:
        hidden = np.maximum(self._linear(f"{kind}.hidden", spans), 0)
        return {name: self._linear(f"{kind}.heads.{name}", hidden) for name in heads}

    def _linear(self, name: str, rows: np.ndarray) -> np.ndarray:
        product: np.ndarray = rows @ self.matrices[f"{name}.weight"].T + self.matrices[f"{name}.bias"]
        return product


def packaged_model() -> Path:
    """The folder of the reader that comes with the package."""
    return Path(str(resources.files("detente.reading"))) / "model"


def span_vectors(words: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """(n_spans, 2 * width): first and last word of each span; words (n_words, width), spans (n_spans, 2)."""
    return np.concatenate([words[spans[:, 0]], words[spans[:, 1]]], axis=1)


def halves(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last columns; `np.split` takes longer to say so than a product of few rows takes."""
    middle = rows.shape[1] // 2
    return rows[:, :middle], rows[:, middle:]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Chances along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    chances: np.ndarray = shifted / shifted.sum(axis=-1, keepdims=True)
    return chances


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Chances of yes."""
    chances: np.ndarray = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return chances
