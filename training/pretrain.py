"""First stage: the encoder learns syntax, semantic roles and names, before it sees an event.

    python -m training.pretrain --shared ../shared --out training/runs/out/pretrained

Reads EWT (dependencies, parts of speech, PropBank roles, names), GUM without its NC genres (dependencies), and name
sets (GMB, WikiGold, re3d). Writes `weights.pt`, `scores.json`. About 30 minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

from detente.reading.labels import LAYERS
from detente.reading.pairs import every_pair, features
from detente.reading.tokens import open_tokenizer, words_of
from detente.records import Span
from training import syntax
from training.network import Reader, encoder_folder, optimiser_of, span_vectors, split_layers


@dataclass(frozen=True)
class Settings:
    """Every number of the run."""

    seed: int = 1
    passes: float = 2.5  # over EWT and GUM
    name_sentences: int = 14_000  # of GMB's 47,000, which are silver
    pieces: int = 1_500  # in a batch
    encoder_rate: float = 1.2e-4
    head_rate: float = 1e-3
    warmup: float = 0.06


UPOS = tuple("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
GMB = {"geo": "LOC", "gpe": "LOC", "per": "PER", "org": "ORG"}
PLAIN = {"per": "PER", "org": "ORG", "loc": "LOC"}


def load(shared: Path, settings: Settings) -> tuple[list[dict], list[dict], tuple[str, ...]]:
    """Training and dev sentences, and the dependency labels."""
    data = shared / "data"
    rng = random.Random(settings.seed)
    ewt, gum = data / "ud-english-ewt", data / "ud-english-gum"
    train, dev = [], []
    for part, into in (("train", train), ("dev", dev)):
        srl = syntax.roles(data / f"srl-propbank-ewt/propbank_ewt.{part}.jsonl")
        file = "en_ewt-ud-train.prerelease-0c7ce0d.iob2" if part == "train" else "en_ewt-ud-dev.iob2"
        names = {tuple(s["words"]): s["names"] for s in syntax.iob(data / f"uner-english-ewt/{file}", word=1, tag=2, kinds=PLAIN)}
        for s in syntax.conllu(ewt / f"en_ewt-ud-{part}.conllu"):
            into.append({**s, "srl": srl.get(s["id"]), "names": names.get(tuple(s["words"]))})
    keep = set((gum / "docs.train.no-nc.txt").read_text().split())
    train += list(syntax.conllu(gum / "en_gum-ud-train.conllu", keep))
    deprels = tuple(sorted({r for s in train for r in s["deprel"]}))
    whole, part = divmod(settings.passes, 1)
    train = train * int(whole) + rng.sample(train, int(part * len(train)))
    gmb = list(syntax.iob(data / "ner-gmb-voa/gmb_ner.conll", word=0, tag=2, kinds=GMB))
    gold = list(syntax.iob(data / "ner-wikigold/CONLL-format/data/wikigold.conll.txt", word=0, tag=1, kinds=PLAIN))
    texts = [t for s in ("CENTCOM", "US State Department", "UK Government") for t in syntax.re3d(data / "ner-re3d" / s)]
    train += rng.sample(gmb, settings.name_sentences) + gold * 2 + texts * 2
    return train, dev, deprels


def encode(sentence: dict, tokenizer: Tokenizer, deprels: tuple[str, ...]) -> dict | None:
    """Arrays of one sentence; None when nothing of it can be read."""
    if "text" in sentence:
        text, spans = sentence["text"], None
    else:
        text = " ".join(sentence["words"])
        ends = np.cumsum([len(w) + 1 for w in sentence["words"]]) - 1
        spans = [Span(int(e) - len(w), int(e)) for e, w in zip(ends, sentence["words"], strict=True)]
    words = words_of(text, tokenizer)
    n = len(words)
    if not n >= 2 or len(words.pieces) > 400:
        return None
    row = {"pieces": words.pieces, "cases": words.cases, "first": words.first[:-1], "n": n}
    label = {t: k for k, t in enumerate(LAYERS["name"])}
    if spans is None:
        row["names"] = np.zeros(n, np.int64)
        for start, end, kind in sentence["spans"]:
            hit = words.covering(Span(start, end))
            if hit:
                row["names"][hit[0] : hit[1] + 1] = label[f"I-{kind}"]
                row["names"][hit[0]] = label[f"B-{kind}"]
        return row
    at = [words.covering(s) for s in spans]
    if any(a is None for a in at):
        return None
    if sentence.get("names"):
        row["names"] = np.zeros(n, np.int64)
        for (a, b), tag in zip(at, sentence["names"], strict=True):
            if tag != "O":
                row["names"][a : b + 1] = label["I-" + tag[2:]]
                row["names"][a] = label[tag]
    if "head" in sentence:
        row |= {k: np.full(n, -1, np.int64) for k in ("upos", "head", "deprel")}
        for (a, _), upos, head, rel in zip(at, sentence["upos"], sentence["head"], sentence["deprel"], strict=True):
            if row["upos"][a] == -1 and upos in UPOS:
                row["upos"][a] = UPOS.index(upos)
                row["head"][a] = at[head - 1][0] if head else n  # n stands for the root
                row["deprel"][a] = deprels.index(rel) if rel in deprels else -1
    if sentence.get("srl"):
        predicates = [at[p["i"]] for p in sentence["srl"]]
        spans_of = sorted({(at[f][0], at[e][1]) for p in sentence["srl"] for _, f, e in p["args"]})
        if spans_of:
            gold = np.zeros((len(predicates), len(spans_of)), np.int64)
            for k, p in enumerate(sentence["srl"]):
                for name, f, e in p["args"]:
                    gold[k, spans_of.index((at[f][0], at[e][1]))] = name
            row |= {"predicates": np.array(predicates), "arguments": np.array(spans_of), "srl": gold}
    return row


def batches(rows: list[dict], pieces: int, rng: random.Random) -> list[list[dict]]:
    """Rows of like length together, at most `pieces` pieces in each batch, in random order."""
    order = sorted(rows, key=lambda r: len(r["pieces"]) + rng.random() * 4)
    out: list[list[dict]] = [[]]
    for row in order:
        if (len(out[-1]) + 1) * (len(row["pieces"]) + 2) > pieces and out[-1]:
            out.append([])
        out[-1].append(row)
    rng.shuffle(out)
    return out


def padded(rows: list[dict], key: str, fill: int, shift: int = 0) -> torch.Tensor:
    """One (n_rows, longest) tensor of the rows' arrays."""
    longest = max(len(r[key]) for r in rows)
    out = np.full((len(rows), longest), fill, np.int64)
    for k, r in enumerate(rows):
        out[k, : len(r[key])] = r[key] + shift
    return torch.from_numpy(out)


def inputs(rows: list[dict], cls: int = 101, sep: int = 102) -> tuple[torch.Tensor, ...]:
    """Pieces, cases, mask and first pieces of a batch, as `Reader.words` takes them."""
    framed = [
        {"pieces": np.concatenate([[cls], r["pieces"], [sep]]), "cases": np.concatenate([[5], r["cases"], [5]]), "first": r["first"]}
        for r in rows
    ]
    pieces = padded(framed, "pieces", 0)
    return pieces, padded(framed, "cases", 5), (pieces != 0).long(), padded(framed, "first", 0, shift=1)


def losses(net: Reader, rows: list[dict], score: dict | None = None) -> torch.Tensor:
    """Sum of the losses of a batch; adds right and all to `score` when given."""
    words = net.words(*inputs(rows))
    tags = split_layers(net.tags(words))["name"]
    total = words.new_zeros(())
    for k, r in enumerate(rows):
        n, vectors = r["n"], words[k, : r["n"]]
        if "names" in r:
            gold = torch.from_numpy(r["names"])
            total = total + F.cross_entropy(tags[k, :n], gold, reduction="sum") * 0.5
            count(score, "names", tags[k, :n].argmax(-1)[gold > 0], gold[gold > 0])
        if "head" in r:
            here = torch.from_numpy(np.flatnonzero(r["head"] >= 0))
            head, rel, upos = (torch.from_numpy(r[x])[here] for x in ("head", "deprel", "upos"))
            child = torch.cat([net.arc_child(vectors[here]), vectors.new_ones(len(here), 1)], -1)
            candidates = torch.cat([net.arc_head(vectors), net.arc_head(vectors.mean(0, keepdim=True))])
            arcs = torch.relu(child) @ net.arc @ torch.relu(candidates).T
            total = total + F.cross_entropy(arcs, head, reduction="sum") * 0.5
            heads = torch.cat([vectors, vectors.mean(0, keepdim=True)])[head]
            rels = net.rel(torch.cat([torch.relu(net.rel_head(heads)), torch.relu(net.rel_child(vectors[here]))], -1))
            tagged = net.upos(vectors[here])
            total = total + F.cross_entropy(rels, rel, ignore_index=-1, reduction="sum") * 0.5
            total = total + F.cross_entropy(tagged, upos, reduction="sum") * 0.3
            count(score, "heads", arcs.argmax(-1), head)
            count(score, "deprels", rels.argmax(-1), rel)
            count(score, "upos", tagged.argmax(-1), upos)
        if "srl" in r:
            i, j = every_pair(*r["srl"].shape)
            told = torch.from_numpy(features(r["predicates"], r["arguments"], (i, j), np.zeros(n, np.int64)))
            left, right = (span_vectors(vectors, torch.from_numpy(r[x])) for x in ("predicates", "arguments"))
            out = net.srl(left, right, torch.from_numpy(i), torch.from_numpy(j), told)
            gold = torch.from_numpy(r["srl"].ravel())
            total = total + F.cross_entropy(out, gold, reduction="sum") * 0.5
            count(score, "srl", out.argmax(-1)[gold > 0], gold[gold > 0])
    return total / sum(r["n"] for r in rows)


def count(score: dict | None, name: str, out: torch.Tensor, gold: torch.Tensor) -> None:
    """Add right answers and all answers to `score[name]`."""
    if score is not None:
        right, n = score.get(name, (0, 0))
        score[name] = (right + int((out == gold).sum()), n + len(gold))


def main() -> None:
    """Train, score on EWT dev, write."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--limit", type=int, default=0, help="sentences, for a trial run (0 = all)")
    o = a.parse_args()
    settings = Settings()
    torch.manual_seed(settings.seed)
    rng = random.Random(settings.seed)
    tokenizer = open_tokenizer(encoder_folder() / "tokenizer.json")
    train, dev, deprels = load(o.shared, settings)
    rows = [r for s in train if (r := encode(s, tokenizer, deprels))]
    if o.limit:
        rows = rng.sample(rows, o.limit)
    held = [r for s in dev if (r := encode(s, tokenizer, deprels))]
    print(f"{len(rows)} training sentences, {sum(len(r['pieces']) for r in rows)} pieces; {len(held)} dev", flush=True)
    net = Reader(len(deprels), len(UPOS), len(syntax.SRL))
    optimiser = optimiser_of(net, settings.encoder_rate, settings.head_rate, fused=False)
    steps = batches(rows, settings.pieces, rng)
    warm = max(1, int(settings.warmup * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min((k + 1) / warm, max(0.0, (len(steps) - k) / (len(steps) - warm))))
    begun, seen = time.time(), 0
    net.train()
    for k, batch in enumerate(steps):
        loss = losses(net, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        seen += sum(len(r["pieces"]) for r in batch)
        if k % 50 == 0:
            print(f"{k}/{len(steps)} loss {loss.item():.3f} {seen / (time.time() - begun):.0f} pieces/s", flush=True)
        if k % 400 == 399:
            save(o.out, net, {})
    net.eval()
    score: dict = {}
    with torch.inference_mode():
        for batch in batches(held, 4000, rng):
            losses(net, batch, score)
    scores = {name: round(right / n, 4) for name, (right, n) in score.items()}
    print(scores)
    save(o.out, net, {"settings": asdict(settings), "scores": scores, "seconds": round(time.time() - begun)})


def save(out: Path, net: Reader, report: dict) -> None:
    """Write the weights and the report, whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), out / "weights.tmp")
    (out / "weights.tmp").replace(out / "weights.pt")
    (out / "scores.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
