"""Second stage: the reader learns events, actors, quotes and their links from the annotated passages.

    python -m training.train --shared ../shared --pretrained training/runs/out/pretrained --out training/runs/out/reader

Settings, data, model, loop, report, top to bottom. A checkpoint and the averaged weights are written after every pass; `--resume` goes on from it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from detente.actors.base import ActorBase
from detente.reading.tokens import open_tokenizer
from training import syntax
from training.augment import state_forms, swapped
from training.network import Reader, encoder_folder, span_vectors, split_layers
from training.pretrain import GMB, PLAIN, batches, encode, inputs
from training.standoff import ANNOTATIONS, TRIGGERS, own_annotations
from training.wire import IGNORE, Example, is_dev, passages


@dataclass(frozen=True)
class Settings:
    """Every number of the run."""

    seed: int = 1
    passes: int = 9
    pieces: int = 700  # in a batch; 1,300 left the heads with too few steps (LOG.md)
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    warmup: float = 0.06
    averaging: float = 0.998  # decay of the averaged weights, which are what is kept
    names_every: int = 20  # one batch of names after so many batches of events
    swap: float = 0.4  # share of passages whose states are swapped, anew in each pass
    triggers: float = 0.5  # share of the triggers-only passages that a pass takes, drawn anew: they teach one layer


LAYER_WEIGHT = {"trigger": 2.0, "mention": 1.0, "inner": 0.5, "time": 0.5, "place": 0.5, "quote": 1.0, "cue": 0.5, "name": 0.5}


def layer_loss(tags: Tensor, example: Example) -> Tensor:
    """Sum over words and layers of the cross-entropy; tags (n_words, n_tags)."""
    total = tags.new_zeros(())
    for name, logits in split_layers(tags).items():
        total = total + LAYER_WEIGHT[name] * F.cross_entropy(logits, torch.from_numpy(example.layers[name]), ignore_index=IGNORE, reduction="sum")
    return total


def choose_one(scores: Tensor, pairs: tuple, gold: np.ndarray) -> Tensor:
    """Each left span picks one of its right spans or none: minus log chance of any right choice.

    Args:
        scores: (n_pairs,) logits; "none" has logit 0.
        pairs: (i, j) of each score, i ascending.
        gold: (n_left, n_right) bool; a row without a True means none.
    """
    i, j = (torch.from_numpy(x) for x in pairs)
    right = torch.from_numpy(gold)[i, j]
    n = len(gold)
    every = scores.new_zeros(n).index_add(0, i, scores.exp())
    good = scores.new_zeros(n).index_add(0, i, scores.exp() * right)
    told = torch.zeros(n, dtype=torch.bool).index_put((i,), right, accumulate=True)
    good = torch.where(told, good, torch.ones_like(good))
    return -(good.clamp_min(1e-6) / (1 + every)).log().sum()


def role_loss(scores: Tensor, pairs: tuple, example: Example) -> Tensor:
    """Each gold actor must be reached through one of its mentions; mentions of nobody in the role must not be.

    Args:
        scores: (n_pairs, 3) logits of actor, recipient, by.
        pairs: (i, j), trigger and mention of each row.
        example: The passage.
    """
    i, j = pairs
    gold = torch.from_numpy(example.role[i, j])  # (n_pairs, 3)
    total = F.softplus(scores[~gold]).sum()
    rows: dict[tuple[int, int, int], list[int]] = {}
    for row, (t, m) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
        for r in np.flatnonzero(example.role[t, m]).tolist():
            for entity in example.entities[m]:
                rows.setdefault((t, r, entity), []).append(row)
    for (_, r, _), members in rows.items():
        total = total + F.softplus(-torch.logsumexp(scores[members, r], 0))
    return total


def link_loss(net: Reader, vectors: Tensor, example: Example) -> Tensor:
    """Losses of every family of pairs, and of the attributes of triggers and mentions; vectors (n_words, WIDTH)."""
    total = vectors.new_zeros(())
    for family, (left, right, i, j, told) in example.pairs.items():
        if len(i) == 0:
            continue
        scores = net.pairs[family](
            span_vectors(vectors, torch.from_numpy(left)), span_vectors(vectors, torch.from_numpy(right)),
            torch.from_numpy(i), torch.from_numpy(j), torch.from_numpy(told),
        ).clamp(-15, 15)
        pairs = (i, j)
        if family == "role":
            total = total + role_loss(scores, pairs, example)
        elif family == "same":
            gold = torch.from_numpy((example.event_of[i] == example.event_of[j]).astype(np.float32))
            total = total + F.binary_cross_entropy_with_logits(scores[:, 0], gold, reduction="sum")
        elif family == "coref":
            n = len(example.mentions)
            gold = np.array([[bool(a & b) for b in example.entities] for a in example.entities], bool).reshape(n, n)
            total = total + choose_one(scores[:, 0], pairs, np.tril(gold, -1))
        elif family == "nation":
            keep = example.has_nation_gold[i]
            total = total + 0.5 * choose_one(scores[keep, 0], (i[keep], j[keep]), example.nation & example.has_nation_gold[:, None])
        else:
            gold = {"time": example.time_of, "place": example.place_of, "speaker": example.speaker, "cue": example.cue_of}[family]
            total = total + choose_one(scores[:, 0], pairs, gold)
    if len(example.triggers):
        told = net.trigger(span_vectors(vectors, torch.from_numpy(example.triggers)))
        total = total + 0.5 * F.cross_entropy(told["status"], torch.from_numpy(example.status), reduction="sum")
        total = total + 0.5 * F.cross_entropy(told["mode"], torch.from_numpy(example.mode), reduction="sum")
        if not example.only_triggers:
            total = total + 0.1 * F.binary_cross_entropy_with_logits(told["context"], torch.from_numpy(example.context), reduction="sum")
            total = total + 0.5 * F.binary_cross_entropy_with_logits(told["reciprocal"][:, 0], torch.from_numpy(example.reciprocal), reduction="sum")
        known = torch.from_numpy(example.news >= 0)
        total = total + 0.5 * F.binary_cross_entropy_with_logits(told["news"][known, 0], torch.from_numpy(example.news)[known], reduction="sum")
    if len(example.mentions):
        told = net.mention(span_vectors(vectors, torch.from_numpy(example.mentions)))
        for name in ("sector", "body"):
            gold = torch.from_numpy(getattr(example, name))
            total = total + 0.5 * F.cross_entropy(told[name], gold, ignore_index=IGNORE, reduction="sum")
        total = total + 0.3 * F.binary_cross_entropy_with_logits(told["joint"][:, 0], torch.from_numpy(example.joint), reduction="sum")
    return total


def as_row(example: Example) -> dict:
    """What `inputs` and `batches` want of a passage."""
    return {"pieces": example.words.pieces, "cases": example.words.cases, "first": example.words.first[:-1], "n": len(example.words), "example": example}


def loss_of(net: Reader, rows: list[dict]) -> Tensor:
    """Loss of a batch, per word."""
    words = net.words(*inputs(rows))
    tags = net.tags(words)
    total = words.new_zeros(())
    for k, row in enumerate(rows):
        n = row["n"]
        if "example" in row:
            total = total + layer_loss(tags[k, :n], row["example"]) + link_loss(net, words[k, :n], row["example"])
        else:
            total = total + F.cross_entropy(split_layers(tags[k, :n])["name"], torch.from_numpy(row["names"]), reduction="sum")
    return total / sum(row["n"] for row in rows)


def names(shared: Path, tokenizer: Tokenizer, n: int, rng: random.Random) -> list[dict]:
    """Sentences with names, so that the name layer is not forgotten."""
    data = shared / "data"
    found = list(syntax.iob(data / "ner-gmb-voa/gmb_ner.conll", word=0, tag=2, kinds=GMB))
    found = rng.sample(found, n) + list(syntax.iob(data / "ner-wikigold/CONLL-format/data/wikigold.conll.txt", word=0, tag=1, kinds=PLAIN))
    return [r for s in found if (r := encode(s, tokenizer, ()))]


def training_passages(shared: Path) -> list[dict]:
    """Passages to train on: the wire corpus and the project's own, dev and n* left out."""
    files = sorted(p for p in (shared / "wire").glob("*.jsonl") if not p.name.startswith("n"))
    return [p for p in [*passages(files), *own_annotations(shared), *own_annotations(shared, TRIGGERS)] if not is_dev(p["id"])]


def one_pass(train: list[dict], settings: Settings, rng: random.Random) -> list[dict]:
    """The passages of one pass: all that are annotated whole, and a share of the others."""
    return [p for p in train if p.get("only") != "triggers" or rng.random() < settings.triggers]


def beginning(fresh: dict[str, Tensor], pretrained: Path | None, start: Path | None) -> dict[str, Tensor]:
    """The weights to begin from, `fresh` where neither file has any."""
    mine = fresh
    if pretrained:
        kept = torch.load(pretrained / "weights.pt", weights_only=True)
        # the role scorer starts from what the semantic-role scorer learned about the two sides
        for key in [k for k in kept if k.startswith("srl.") and ".out." not in k]:
            kept[key.replace("srl.", "pairs.role.")] = kept[key]
        mine = {k: kept[k] if k in kept and kept[k].shape == v.shape else v for k, v in fresh.items()}
    if not start:
        return mine
    earlier = torch.load(start, weights_only=True)
    if not pretrained:
        return earlier
    # halfway: weights that have learned the old passages by heart take less from new ones (Ash & Adams 2020, shrink and perturb)
    return {k: torch.lerp(v, mine[k], 0.5) if v.is_floating_point() else v for k, v in earlier.items()}


def main() -> None:
    """Train; write the averaged weights and what they were made of."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--shared", type=Path, required=True)
    a.add_argument("--pretrained", type=Path, help="folder of the first stage")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--start", type=Path, help="weights of an earlier run to go on from with a fresh schedule; with --pretrained, from halfway back to those")
    a.add_argument("--pieces", type=int, default=Settings.pieces, help="word pieces in a batch")
    a.add_argument("--passes", type=int, default=Settings.passes)
    a.add_argument("--limit", type=int, default=0, help="passages drawn at random, for a trial or a short last pass (0 = all)")
    a.add_argument("--keep", nargs="*", default=[], metavar="NAME", help="files of annotations that --limit keeps whole")
    a.add_argument("--rate", type=float, default=1.0, help="times the learning rates of the settings")
    a.add_argument("--resume", action="store_true")
    o = a.parse_args()
    if not (o.pretrained or o.start):
        a.error("nothing to begin from: name --pretrained, --start or both")
    settings = Settings(passes=o.passes, pieces=o.pieces, encoder_rate=Settings.encoder_rate * o.rate, head_rate=Settings.head_rate * o.rate)
    torch.manual_seed(settings.seed)
    rng = random.Random(settings.seed)
    tokenizer = open_tokenizer(encoder_folder() / "tokenizer.json")
    base = ActorBase.open()
    states = state_forms(o.shared)
    train = training_passages(o.shared)
    if o.limit:
        kept = [p for p in train if p["id"].partition("-")[0] in o.keep]
        train = kept + rng.sample([p for p in train if p["id"].partition("-")[0] not in o.keep], o.limit)
    name_rows = names(o.shared, tokenizer, 6_000, rng)

    net = Reader()
    net.load_state_dict(beginning(net.state_dict(), o.pretrained, o.start))
    # the word embeddings, half of all weights, keep what the first stage taught them: few of them meet an event
    net.encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # noqa: FBT003
    body = [p for p in net.encoder.parameters() if p.requires_grad]
    known = {id(p) for p in body}
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": settings.encoder_rate}, {"params": [p for p in net.parameters() if p.requires_grad and id(p) not in known], "lr": settings.head_rate}],
        weight_decay=0.01,
        fused=True,  # the plain step took a fifth of the time
    )
    per_pass = len(batches([as_row(Example(p, tokenizer, base)) for p in one_pass(train, settings, rng)], settings.pieces, rng))
    steps = settings.passes * per_pass
    warm = max(1, int(settings.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min((k + 1) / warm, max(0.02, (steps - k) / max(1, steps - warm))))
    average = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(settings.averaging))
    done = 0
    if o.resume and (o.out / "checkpoint.pt").exists():
        state = torch.load(o.out / "checkpoint.pt", weights_only=False)
        for part, name in ((net, "net"), (optimiser, "optimiser"), (schedule, "schedule"), (average, "average")):
            part.load_state_dict(state[name])
        done = state["passes"]
        rng.setstate(state["rng"])

    begun, seen, k = time.time(), 0, 0
    o.out.mkdir(parents=True, exist_ok=True)
    net.train()
    for turn in range(done, settings.passes):
        rows = [as_row(Example(swapped(p, states, rng) if rng.random() < settings.swap else p, tokenizer, base)) for p in one_pass(train, settings, rng)]
        name_batches = batches(rng.sample(name_rows, min(len(name_rows), 800)), settings.pieces, rng)
        for batch in batches(rows, settings.pieces, rng)[:per_pass]:
            k += 1
            turns = [batch] + ([name_batches[k % len(name_batches)]] if k % settings.names_every == 0 else [])
            for each in turns:
                loss = loss_of(net, each)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
                seen += sum(len(r["pieces"]) for r in each)
            average.update_parameters(net)
            schedule.step()
            if k % 20 == 0:
                print(f"pass {turn} batch {k} loss {loss.item():.3f} {seen / (time.time() - begun):.0f} pieces/s", flush=True)
        state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(), "average": average.state_dict()}
        torch.save({**state, "passes": turn + 1, "rng": rng.getstate()}, o.out / "checkpoint.tmp")
        (o.out / "checkpoint.tmp").replace(o.out / "checkpoint.pt")
        torch.save(average.module.state_dict(), o.out / "weights.tmp")
        (o.out / "weights.tmp").replace(o.out / f"weights-{turn + 1}.pt")
    report = {"settings": asdict(settings), "start": o.start.name if o.start else None, "passages": len(train), "seconds": round(time.time() - begun), "sha256": shas(o.shared)}
    (o.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")


def shas(shared: Path) -> dict[str, str]:
    """SHA-256 of every file trained on, by its name."""
    files = [*sorted((shared / "wire").glob("*.jsonl")), *sorted(ANNOTATIONS.rglob("*.jsonl"))]
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files if not f.name.startswith("n")}


if __name__ == "__main__":
    main()
