"""Everything that distilling needs, as two files of arrays that another machine can read without the program.

    python -m training.pack gold --shared ../shared --out training/runs/out/packed
    python -m training.pack text --shared ../shared --out training/runs/out/packed

`gold`: every annotated passage, several times with other states (`augment.py`), and the dev passages for measuring.
`text`: news that nobody annotated, in windows of many lengths, with the spans that the shipped reader finds when it is
asked to find too many: a teacher says which are any. Articles that share ten words in a row with a passage that is held
out, measured, or the seed are left out whole.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from detente.actors.base import ActorBase
from detente.reading.network import Thresholds
from detente.reading.reader import WINDOW, Reader
from detente.reading.sentences import sentences
from detente.reading.tokens import capital_words, open_tokenizer, sentence_numbers, words_of
from training.augment import state_forms, swapped
from training.flat import Row, gold_row, name_row, packed, text_row
from training.network import encoder_folder
from training.standoff import TRIGGERS, collapsed, gmb, lines, own_annotations
from training.train import names, training_passages
from training.wire import Example, dev_passages, family_pairs, is_dev

VARIANTS = 6
"""How often a passage is packed, some of these times with other states."""

SWAP = 0.6
"""Share of the further times that other states take part."""

NAMES = 6_000
"""Sentences of GMB beside those of WikiGold, so that the layer of names is learned too: passages do not mark it."""

GENEROUS = Thresholds(trigger=0.12, mention=0.3, time=0.3, place=0.3, quote=0.4, cue=0.3, name=0.5)
"""Where the reader cuts when it looks for spans that a teacher is to judge."""

STATE_DEPT = 0.4
"""Share of the press releases that are taken: they are half of all text, and no news."""

SHINGLE = 10
"""Words in a row that two texts do not share by chance."""


# --- gold ------------------------------------------------------------------------------------------------------------


def gold_rows(shared: Path) -> tuple[list[Row], list[Row]]:
    """Rows to train on and dev rows."""
    tokenizer, base, states = open_tokenizer(encoder_folder() / "tokenizer.json"), ActorBase.open(), state_forms(shared)
    rng = random.Random(1)
    train = []
    for passage in training_passages(shared):
        if passage.get("only") == "triggers":  # half as often as the others, as in `train.Settings.triggers`
            train += [passage] * (VARIANTS // 2)
            continue
        train.append(passage)
        for _ in range(VARIANTS - 1):
            other = swapped(passage, states, rng)
            train.append(other if rng.random() < SWAP else passage)
    rows = [gold_row(Example(p, tokenizer, base)) for p in train] + [name_row(r) for r in names(shared, tokenizer, NAMES, rng)]
    return rows, [gold_row(Example(p, tokenizer, base)) for p in dev_passages(shared)]


# --- text ------------------------------------------------------------------------------------------------------------


def articles(shared: Path, rng: random.Random) -> Iterator[str]:
    """News texts, white space collapsed."""
    data = shared / "data"
    for file in ("wikinews_politics.jsonl", "wikinews_economy.jsonl"):
        for line in filter(None, lines(data / "news-wikinews" / file)):
            yield collapsed(json.loads(line)["text"])
    for line in filter(None, lines(data / "news-state-dept/state_press_releases_2021-2022.jsonl")):
        if rng.random() < STATE_DEPT:
            yield collapsed(json.loads(line)["text"])
    told, place = gmb(shared), 0
    while place < len(told):
        n = rng.randint(3, 12)
        yield " ".join(told[place : place + n])
        place += n


def held_out(shared: Path) -> set[int]:
    """Hashes of every ten words in a row of the passages that are never trained on."""
    texts = [json.loads(line)["text"] for path in (shared / "wire").glob("n*.jsonl") for line in filter(None, lines(path))]
    texts += [p["text"] for p in [*dev_passages(shared), *own_annotations(shared, TRIGGERS, wanted=is_dev)]]
    texts.append((shared / "seed/article.txt").read_text(encoding="utf-8"))
    return {h for text in texts for h in shingles(text)}


def shingles(text: str) -> Iterator[int]:
    """Hashes of every `SHINGLE` words in a row."""
    words = re.findall(r"\w+", text.lower())
    for k in range(len(words) - SHINGLE + 1):
        yield hash(tuple(words[k : k + SHINGLE]))


def windows(text: str, rng: random.Random) -> Iterator[str]:
    """The text in runs of whole sentences, each of 60 to 480 pieces or so."""
    parts = sentences(text)
    begin, size, wanted = 0, 0.0, rng.triangular(60, 480, 140)
    for k, part in enumerate(parts):
        size += (part.end - part.start) / 4.3  # characters of a piece
        if size >= wanted or k == len(parts) - 1:
            yield text[parts[begin].start : part.end]
            begin, size, wanted = k + 1, 0.0, rng.triangular(60, 480, 140)


@cache
def generous_reader() -> Reader:
    """The shipped reader, one thread, which finds too much."""
    reader = Reader(threads=1)
    reader.network.manifest = msgspec.structs.replace(reader.network.manifest, thresholds=GENEROUS)
    return reader


def read(text: str) -> Row | None:
    """The row of a window; None where it is too short or too long, or no event may be in it."""
    reader = generous_reader()
    words = words_of(text, reader.network.tokenizer)
    if len(words) < 20 or len(words.pieces) > WINDOW:
        return None
    sentence_of = sentence_numbers(words, sentences(text))
    found = reader.spans(reader.vectors(words, np.zeros(0, np.int64)), text, words)
    spans = {kind: found[kind].spans for kind in ("trigger", "mention", "time", "place", "quote", "cue")} | {"capital": capital_words(words, text)}
    if len(spans["trigger"]) == 0 and len(spans["mention"]) < 3:
        return None
    return text_row(words, spans, family_pairs(spans, found["trigger"].kinds, words, text, sentence_of))


def text_rows(shared: Path, limit: int) -> Iterator[Row]:
    """Rows of every window, read on all cores."""
    rng, held = random.Random(1), held_out(shared)
    clean, dropped = [], 0
    for text in articles(shared, rng):
        if any(h in held for h in shingles(text)):
            dropped += 1
        else:
            clean += windows(text, rng)
    rng.shuffle(clean)
    print(f"{len(clean)} windows; {dropped} articles share words with what is held out", flush=True)
    begun = time.time()
    with multiprocessing.get_context("spawn").Pool() as pool:
        for k, row in enumerate(pool.imap(read, clean[: limit or None], chunksize=32), 1):
            if k % 2000 == 0:
                print(f"{k} windows read, {k / (time.time() - begun):.1f} a second", flush=True)
            if row is not None:
                yield row


def main() -> None:
    """Write `gold.npz` and `dev.npz`, or `text.npz`."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=("gold", "text"))
    a.add_argument("--shared", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--limit", type=int, default=0, help="windows of text, for a trial (0 = all)")
    o = a.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    if o.what == "gold":
        train, dev = gold_rows(o.shared)
        np.savez(o.out / "gold.npz", **packed(train))
        np.savez(o.out / "dev.npz", **packed(dev))
        print(f"{len(train)} rows, {len(dev)} dev rows")
    else:
        rows = list(text_rows(o.shared, o.limit))
        np.savez(o.out / "text.npz", **packed(rows))
        print(f"{len(rows)} rows, {sum(len(r['pieces']) for r in rows)} pieces")


if __name__ == "__main__":
    main()
