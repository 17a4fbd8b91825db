"""Third stage: large teachers learn from the annotations, then the reader learns from both.

    python -m training.distil --packed training/runs/out/packed --out training/runs/out/distilled --minutes 9 --device cuda

The teachers (`teacher.py`) see the annotated passages alone. What they say of news that nobody annotated, and of the
annotated passages, is what the reader then learns, beside the annotation itself. Made for one GPU and some minutes: every
schedule ends when its time does.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from detente.reading.labels import LAYERS
from detente.reading.network import packaged_model
from detente.reading.spans import found_spans
from training.flat import Batch, Outputs, Row, batch_of, gold_loss, mean_outputs, outputs, soft_loss, unpacked
from training.network import Reader, optimiser_of, split_layers
from training.pretrain import batches
from training.shipped import weights_of
from training.teacher import open_teacher


@dataclass(frozen=True)
class Course:
    """How one network learns."""

    pieces: int  # of annotated text in a step
    encoder_rate: float
    head_rate: float
    warmup: float = 0.06
    averaging: float = 0.998


@dataclass(frozen=True)
class Settings:
    """Every number of the run."""

    seed: int = 1
    teachers: int = 2
    teaching: float = 0.19  # share of the run's time that each teacher learns
    text_pieces: int = 4_096  # of text nobody annotated in a step
    annotated_batches: int = 900  # that the reader sees: a third of all variants, since opinions take time
    annotated: float = 0.5  # weight of the annotation beside the teachers' word
    teacher: Course = Course(pieces=2_048, encoder_rate=5e-5, head_rate=7e-4)
    reader: Course = Course(pieces=2_048, encoder_rate=2e-4, head_rate=1e-3, averaging=0.999)


def rows_of(file: Path) -> list[Row]:
    """The rows of a packed file, which xz may have made smaller."""
    with lzma.open(file) if file.suffix == ".xz" else file.open("rb") as stream, np.load(stream) as arrays:
        return unpacked({k: arrays[k] for k in arrays.files})


def built(rows: list[Row], pieces: int, rng: random.Random, device: torch.device) -> list[Batch]:
    """The rows in batches on the device, for good."""
    return [batch_of(group).to(device) for group in batches(rows, pieces, rng)]


def learn(net: Reader, course: Course, seconds: float, loss_of: Callable[[], Tensor], say: str) -> Reader:
    """Train for so many seconds; the average of the weights along the way, ready to read.

    Args:
        net: What learns; it is left as the last step left it.
        course: Its rates.
        seconds: The schedule's end. Steps are as many as fit.
        loss_of: The loss of the next step.
        say: Name in the log.
    """
    net.freeze_words()
    optimiser = optimiser_of(net, course.encoder_rate, course.head_rate)
    average = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(course.averaging))
    begun, k, told = time.time(), 0, []
    net.train()
    while (done := (time.time() - begun) / seconds) < 1:
        for group, top in zip(optimiser.param_groups, (course.encoder_rate, course.head_rate), strict=True):
            group["lr"] = top * min(1.0, (k + 1) / 100, done / course.warmup + 0.02, max(0.02, (1 - done) / (1 - course.warmup)))
        loss = loss_of()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0, foreach=True)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update_parameters(net)
        k += 1
        told.append(loss.detach())
        if k % 200 == 0:
            print(f"{say} step {k} loss {torch.stack(told).mean().item():.3f} {time.time() - begun:.0f} s", flush=True)
            told.clear()
    print(f"{say} {k} steps in {time.time() - begun:.0f} s", flush=True)
    return average.module.eval()


def forever(things: list, rng: random.Random) -> Iterator:
    """The things in random order, again and again."""
    while True:
        yield from rng.sample(things, len(things))


def taught(net: Reader, batch: Batch, device: torch.device) -> Outputs:
    """What a network says of a batch: worked out in half precision, told in single, in which losses are summed."""
    with torch.autocast(device.type, torch.bfloat16):
        return outputs(net, batch).to(torch.float32)


@torch.no_grad()
def opinions(teachers: list[Reader], every: list[Batch], device: torch.device) -> list[Outputs]:
    """The mean opinion of the teachers on each batch, in half the room."""
    return [mean_outputs([taught(t, batch, device) for t in teachers]).to(torch.float16) for batch in every]


@torch.no_grad()
def scores(net: Reader, dev: list[Batch], device: torch.device) -> dict[str, float]:
    """How well a network does on dev: F1 of triggers with their type, share of right links where gold has one, loss."""
    right = found = wanted = loss = 0.0
    links: dict[str, list[float]] = {"role": [], "coref": [], "speaker": [], "time": []}
    status: list[float] = []
    for batch in dev:
        out = taught(net, batch, device)
        loss += float(gold_loss(out, batch))
        layer = list(LAYERS).index("trigger")
        gold = np.eye(len(LAYERS["trigger"]))[batch.gold["layers"][:, layer].cpu().numpy()]
        mine, theirs = (spans_in(c) for c in (split_layers(out.tags)["trigger"].softmax(-1).cpu().numpy(), gold))
        right, found, wanted = right + len(mine & theirs), found + len(mine), wanted + len(theirs)
        for family, kept in links.items():
            i = batch.pairs[family][0].cpu().numpy()
            said, answer = out.pairs[family].cpu().numpy(), batch.gold[f"{family}.gold"].cpu().numpy().reshape(len(i), -1)
            for column in range(min(2, said.shape[1])):
                for left in np.unique(i[answer[:, column] > 0]):
                    here = i == left
                    kept.append(float(answer[here, column][said[here, column].argmax()]))
        status += (out.heads["status"].argmax(-1) == batch.gold["status"]).float().tolist()
    return {"trigger_f1": 2 * right / (found + wanted), "loss": loss / len(dev), "status": float(np.mean(status)), **{k: float(np.mean(v)) for k, v in links.items()}}


def spans_in(chances: np.ndarray) -> set[tuple[int, int]]:
    """First word and kind of each trigger."""
    found = found_spans(chances, threshold=0.5)
    return set(zip(found.spans[:, 0].tolist(), found.kinds.tolist(), strict=True))


def main() -> None:
    """Teach, learn, score, write."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--packed", type=Path, required=True, help="folder with gold.npz, dev.npz, text.npz (or .npz.xz), teacher.npz, encoder.json")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--minutes", type=float, default=9.0)
    a.add_argument("--device", default="cuda")
    a.add_argument("--start", type=Path, default=packaged_model(), help="model folder whose weights the reader begins from")
    a.add_argument("--limit", type=int, default=0, help="rows of each file, for a trial (0 = all)")
    o = a.parse_args()
    from transformers import BertConfig, BertModel

    settings, device, begun = Settings(), torch.device(o.device), time.time()
    torch.manual_seed(settings.seed)
    torch.set_float32_matmul_precision("high")
    rng = random.Random(settings.seed)

    def rows(name: str) -> list[Row]:
        file = next(f for f in (o.packed / f"{name}.npz", o.packed / f"{name}.npz.xz") if f.exists())
        return rows_of(file)[: o.limit or None]

    gold, text = built(rows("gold"), settings.teacher.pieces, rng, device), built(rows("text"), settings.text_pieces, rng, device)
    dev = built(rows("dev"), settings.text_pieces, rng, device)
    print(f"{len(gold)} batches of gold, {len(text)} of text, {len(dev)} of dev after {time.time() - begun:.0f} s", flush=True)

    report: dict = {"settings": asdict(settings), "minutes": o.minutes}
    spare = max(1.0, 60 * o.minutes - (time.time() - begun))
    teachers = []
    for number in range(settings.teachers):
        torch.manual_seed(settings.seed + number)
        teacher = Reader(encoder=open_teacher(o.packed / "teacher.npz")).to(device)
        turn = forever(gold, rng)

        def annotated(net: Reader = teacher, turn: Iterator = turn) -> Tensor:
            batch = next(turn)
            return gold_loss(taught(net, batch, device), batch)

        teachers.append(learn(teacher, settings.teacher, settings.teaching * spare, annotated, f"teacher {number + 1}"))
        report[f"teacher {number + 1}"] = scores(teachers[-1], dev, device)
        print(report[f"teacher {number + 1}"], flush=True)
        del teacher

    gold = gold[: settings.annotated_batches]
    both = list(zip(gold, opinions(teachers, gold, device), strict=True))
    unseen = list(zip(text, opinions(teachers, text, device), strict=True))
    del teachers
    print(f"opinions on everything after {time.time() - begun:.0f} s", flush=True)

    reader = Reader(encoder=BertModel(BertConfig(**json.loads((o.packed / "encoder.json").read_text())), add_pooling_layer=False))
    reader.load_state_dict(weights_of(o.start, reader))
    reader.to(device)
    report["start"] = scores(reader.eval(), dev, device)
    print(report["start"], flush=True)
    known, new = forever(both, rng), forever(unseen, rng)

    def everything() -> Tensor:
        (batch, said), (other, said_of_it) = next(known), next(new)
        out = outputs(reader, batch)
        return settings.annotated * gold_loss(out, batch) + soft_loss(out, said, batch) + soft_loss(outputs(reader, other), said_of_it, other)

    learned = learn(reader, settings.reader, max(1.0, 60 * o.minutes - (time.time() - begun) - 20), everything, "reader")
    report["reader"] = scores(learned, dev, device)
    print(report["reader"], flush=True)
    o.out.mkdir(parents=True, exist_ok=True)
    (o.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    save(learned, o.out)


def save(net: Reader, out: Path) -> None:
    """The weights that learned, in half precision, in files of at most 14 MiB; the word embeddings stay as they were."""
    state = {k: v.half().cpu() for k, v in net.state_dict().items() if v.is_floating_point() and "word_embeddings" not in k}
    shard: dict[str, Tensor] = {}
    number = size = 0
    for name, value in [*state.items(), (None, None)]:
        if shard and (name is None or size + value.numel() * 2 > 14 * 2**20):
            torch.save(shard, out / f"weights-{number}.pt")
            shard, size, number = {}, 0, number + 1
        if name is not None:
            shard[name] = value
            size += value.numel() * 2


if __name__ == "__main__":
    main()
