"""Second stage: the reader learns events, actors, quotes and their links from the annotated passages.

    python -m training.train --shared ../shared --pretrained training/runs/out/pretrained --out training/runs/out/reader

Settings, data, model, loop, report, top to bottom. A checkpoint and the averaged weights are written after every pass; `--resume` goes on from it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from detente.actors.base import ActorBase
from detente.reading.tokens import open_tokenizer
from training import syntax
from training.augment import state_forms, swapped
from training.flat import batch_of, gold_loss, gold_row, outputs
from training.network import Reader, encoder_folder, optimiser_of, split_layers
from training.pretrain import GMB, PLAIN, batches, encode, inputs
from training.standoff import TRIGGERS, hashes, own_annotations
from training.wire import Example, is_dev, learned_from, passages


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


def loss_of(net: Reader, rows: list[dict]) -> Tensor:
    """Loss of a batch, per word: of annotated passages, or of sentences with names."""
    if "names" not in rows[0]:
        batch = batch_of(rows)
        return gold_loss(outputs(net, batch), batch)
    tags = net.tags(net.words(*inputs(rows)))
    total = tags.new_zeros(())
    for k, row in enumerate(rows):
        total = total + F.cross_entropy(split_layers(tags[k, : row["n"]])["name"], torch.from_numpy(row["names"]), reduction="sum")
    return total / sum(row["n"] for row in rows)


def names(shared: Path, tokenizer: Tokenizer, n: int, rng: random.Random) -> list[dict]:
    """Sentences with names, so that the name layer is not forgotten."""
    data = shared / "data"
    found = list(syntax.iob(data / "ner-gmb-voa/gmb_ner.conll", word=0, tag=2, kinds=GMB))
    found = rng.sample(found, n) + list(syntax.iob(data / "ner-wikigold/CONLL-format/data/wikigold.conll.txt", word=0, tag=1, kinds=PLAIN))
    return [r for s in found if (r := encode(s, tokenizer, ()))]


def training_passages(shared: Path) -> list[dict]:
    """Passages to train on: the wire corpus and the project's own, dev and n* left out."""
    return [p for p in [*passages(learned_from(shared)), *own_annotations(shared), *own_annotations(shared, TRIGGERS)] if not is_dev(p["id"])]


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
    net.freeze_words()
    optimiser = optimiser_of(net, settings.encoder_rate, settings.head_rate)
    per_pass = len(batches([gold_row(Example(p, tokenizer, base)) for p in one_pass(train, settings, rng)], settings.pieces, rng))
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
        rows = [gold_row(Example(swapped(p, states, rng) if rng.random() < settings.swap else p, tokenizer, base)) for p in one_pass(train, settings, rng)]
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
    report = {"settings": asdict(settings), "start": o.start.name if o.start else None, "passages": len(train), "seconds": round(time.time() - begun), "sha256": hashes(o.shared)}
    (o.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
