"""What the matcher of stories weighs: how rare words, parties and types are, and what words mean."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import numpy as np

from detente.reading.network import packaged_model
from detente.stories.rarity import Rarity
from detente.stories.senses import WIDTH
from detente.stories.words import idf, stem, stems, tenths, weights
from evaluation.corpora import Read

COMMON = 22
"""Tenths of weight below which a stem stands in every ninth article or more, and its sense tells nothing."""
FEWEST = 4
"""Articles that a stem must stand in to be weighed by itself; rarer ones weigh as unseen."""


def count_words(shared: Path) -> dict[str, int]:
    """Stem → ten times its weight, over Wikinews (CC BY 2.5) and the State Department's releases (public domain)."""
    having: Counter[str] = Counter()
    articles = 0
    for file in sorted([*(shared / "data" / "news-wikinews").glob("*.jsonl"), *(shared / "data" / "news-state-dept").glob("*.jsonl")]):
        for line in file.open(encoding="utf-8"):
            having.update(set(stems(json.loads(line)["text"])))
            articles += 1
    return {w: round(10 * idf(articles, n)) for w, n in sorted(having.items()) if n >= FEWEST}


def count_rarity(reads: Collection[Read]) -> Rarity:
    """How rare parties and types are in these articles, as the reader finds them."""
    parties = Counter(code for read in reads for code in {entity.code for event in read.events for entity in (*event.actor, *event.recipient) if entity.code})
    types = Counter(name for read in reads for name in {event.event[0] for event in read.events})
    told = ({name: round(10 * idf(len(reads), n)) for name, n in sorted(counts.items())} for counts in (parties, types))
    return Rarity(*told, most=round(10 * idf(len(reads), 0)))


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
