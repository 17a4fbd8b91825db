"""Third stage: large teachers learn from the annotations, then readers learn from both.

    python -m training.distil teach --packed training/runs/out/packed --out training/runs/out/distilled --minutes 6
    python -m training.distil learn --packed training/runs/out/packed --out training/runs/out/distilled --minutes 5

The teachers (`teacher.py`) see the annotated passages alone. What they say of news that nobody annotated, and of the
annotated passages, is what the readers then learn, beside the annotation itself; the mean of their weights is what is
kept. Made for one GPU and some minutes: every schedule ends when its time does, and as a step waits for launches and
not for arithmetic, the teachers learn side by side, each in a process of its own, and so do the readers, who take annotated
and other text in one pass.
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
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.multiprocessing import spawn

from detente.reading.labels import LAYERS
from detente.reading.network import packaged_model
from detente.reading.spans import found_spans
from training.flat import Batch, Outputs, Row, batch_of, gold_loss, mean_outputs, outputs, soft_loss, unpacked
from training.network import Reader, optimiser_of, split_layers
from training.pretrain import batches
from training.shipped import weights_of
from training.teacher import open_teacher

AVERAGED = 4
"""Steps between two that the average of the weights takes in: each time the processor waits for the accelerator."""


@dataclass(frozen=True)
class Course:
    """How one network learns."""

    encoder_rate: float
    head_rate: float
    warmup: float = 0.06
    averaging: float = 0.998


@dataclass(frozen=True)
class Settings:
    """Every number of the run."""

    seed: int = 1
    teachers: int = 3
    readers: int = 3
    pieces: int = 3_072  # of annotated text in a step, and as many of text that nobody annotated in a reader's
    annotated: float = 0.7  # weight of the annotation beside the teachers' word
    taught: float = 2.0  # weight of that word
    teacher: Course = Course(encoder_rate=6e-5, head_rate=8e-4)
    reader: Course = Course(encoder_rate=2e-4, head_rate=1e-3, averaging=0.999)


def rows_of(file: Path) -> list[Row]:
    """The rows of a packed file, which xz may have made smaller."""
    with lzma.open(file) if file.suffix == ".xz" else file.open("rb") as stream, np.load(stream) as arrays:
        return unpacked({k: arrays[k] for k in arrays.files})


def built(rows: list[Row], pieces: int, rng: random.Random, device: torch.device) -> list[Batch]:
    """The rows in batches on the device, for good."""
    return [batch_of(group).to(device) for group in batches(rows, pieces, rng)]


def mixed(annotated: list[Row], plain: list[Row], pieces: int, rng: random.Random, device: torch.device) -> list[Batch]:
    """Batches half annotated, half not, of texts of like length, as long as both last."""
    halves = batches(annotated, pieces, rng), batches(plain, pieces, rng)
    n = min(map(len, halves))
    by_length = [sorted(half[:n], key=lambda rows: max(len(r["pieces"]) for r in rows)) for half in halves]
    return [batch_of(ours, others).to(device) for ours, others in zip(*by_length, strict=True)]


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
    decay = course.averaging**AVERAGED
    average = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
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
        k += 1
        if k % AVERAGED == 0:
            average.update_parameters(net)
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


@torch.no_grad()
def opinions(teacher: Reader, every: list[Batch]) -> list[dict]:
    """A teacher's opinion on each batch, in half the room, as `Outputs` has it."""
    return [outputs(teacher, batch).to(torch.float16)._asdict() for batch in every]


@torch.no_grad()
def scores(net: Reader, dev: list[Batch]) -> dict[str, float]:
    """How well a network does on dev: F1 of triggers with their type, share of right links where gold has one, loss."""
    right = found = wanted = loss = 0.0
    links: dict[str, list[float]] = {"role": [], "coref": [], "speaker": [], "time": []}
    status: list[float] = []
    for batch in dev:
        out = outputs(net, batch)
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


class Material(NamedTuple):
    """What every process learns from: `gold` the teachers, `mixed` (half of it annotated) the readers."""

    gold: list[Batch]
    mixed: list[Batch]
    dev: list[Batch]
    device: torch.device


def material(o: argparse.Namespace, settings: Settings, *, teaching: bool) -> Material:
    """The packed files in batches on the device, the same in each process."""
    torch.set_float32_matmul_precision("high")  # not half precision: half of a step would be casts of weights
    device, begun = torch.device(o.device), time.time()

    def rows(name: str) -> list[Row]:
        file = next(f for f in (o.packed / f"{name}.npz", o.packed / f"{name}.npz.xz") if f.exists())
        return rows_of(file)[: o.limit or None]

    annotated = rows("gold")
    found = Material(
        gold=built(annotated, settings.pieces, random.Random(settings.seed), device) if teaching else [],
        mixed=mixed(annotated, rows("text"), settings.pieces, random.Random(settings.seed), device),
        dev=built(rows("dev"), settings.pieces, random.Random(settings.seed), device),
        device=device,
    )
    print(f"{len(found.gold)} batches of gold, {len(found.mixed)} mixed, {len(found.dev)} of dev after {time.time() - begun:.0f} s", flush=True)
    return found


def teach(number: int, o: argparse.Namespace) -> None:
    """One teacher: learns, is scored, and writes its opinion of everything that the readers will see."""
    settings, begun = Settings(), time.time()
    with_it = material(o, settings, teaching=True)
    torch.manual_seed(settings.seed + number)
    teacher = Reader(encoder=open_teacher(o.packed / "teacher.npz")).to(with_it.device)
    turn = forever(with_it.gold, random.Random(settings.seed + number))

    def annotated() -> Tensor:
        batch = next(turn)
        return gold_loss(outputs(teacher, batch), batch)

    learned = learn(teacher, settings.teacher, left(o, begun, spare=o.opinions), annotated, f"teacher {number}")
    finished(o.out / f"teacher-{number}.json", scores(learned, with_it.dev))
    torch.save(opinions(learned, with_it.mixed), o.out / f"opinions-{number}.pt")
    print(f"teacher {number}: opinions on everything after {time.time() - begun:.0f} s", flush=True)


def learn_from_teachers(number: int, o: argparse.Namespace) -> None:
    """One reader: learns from the annotation and from what every teacher says, is scored, and writes its weights."""
    from transformers import BertConfig, BertModel

    settings, begun = Settings(), time.time()
    with_it = material(o, settings, teaching=False)
    said = [torch.load(file, map_location=with_it.device) for file in (o.out / f"opinions-{k}.pt" for k in range(settings.teachers))]
    everything = list(zip(with_it.mixed, mean_opinions(said), strict=True))
    print(f"reader {number}: {len(said)} teachers' opinions after {time.time() - begun:.0f} s", flush=True)

    reader = Reader(encoder=BertModel(BertConfig(**json.loads((o.packed / "encoder.json").read_text())), add_pooling_layer=False))
    reader.load_state_dict(weights_of(o.start, reader))
    reader.to(with_it.device)
    if number == 0:
        finished(o.out / "start-0.json", scores(reader.eval(), with_it.dev))
    torch.manual_seed(settings.seed + number)
    turn = forever(everything, random.Random(settings.seed + number))

    def both() -> Tensor:
        batch, opinion = next(turn)
        out = outputs(reader, batch)
        return settings.annotated * gold_loss(out, batch) + settings.taught * soft_loss(out, opinion, batch)

    learned = learn(reader, settings.reader, left(o, begun, spare=15), both, f"reader {number}")
    finished(o.out / f"reader-{number}.json", scores(learned, with_it.dev))
    torch.save(learned.state_dict(), o.out / f"reader-{number}.pt")


def mean_opinions(several: list[list[dict]]) -> list[Outputs]:
    """The mean of the teachers' opinions on each batch."""
    return [mean_outputs([Outputs(**one) for one in together]) for together in zip(*several, strict=True)]


def left(o: argparse.Namespace, begun: float, *, spare: float) -> float:
    """Seconds that a process has for learning: what loading took and what comes after are taken off."""
    return max(1.0, 60 * o.minutes - (time.time() - begun) - spare)


def finished(file: Path, found: dict[str, float]) -> None:
    """Scores, written and told."""
    file.write_text(json.dumps(found) + "\n")
    print(file.stem, found, flush=True)


def mean_reader(o: argparse.Namespace, settings: Settings) -> None:
    """The mean of the readers' weights, and a report of everything."""
    states = [torch.load(file, map_location="cpu", weights_only=True) for file in (o.out / f"reader-{k}.pt" for k in range(settings.readers))]
    save({k: torch.stack([s[k] for s in states]).mean(0) for k, v in states[0].items() if v.is_floating_point()}, o.out)
    report = {"settings": asdict(settings), "minutes": o.minutes} | {f.stem: json.loads(f.read_text()) for f in sorted(o.out.glob("*-*.json"))}
    (o.out / "report.json").write_text(json.dumps(report, indent=1) + "\n")


def main() -> None:
    """Teach, or learn."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=("teach", "learn"))
    a.add_argument("--packed", type=Path, required=True, help="folder with gold.npz, dev.npz, text.npz (or .npz.xz), teacher.npz, encoder.json")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--minutes", type=float, default=6.0)
    a.add_argument("--device", default="cuda")
    a.add_argument("--start", type=Path, default=packaged_model(), help="model folder whose weights the readers begin from")
    a.add_argument("--opinions", type=float, default=60.0, metavar="SECONDS", help="kept free at the end for the teachers' opinions")
    a.add_argument("--limit", type=int, default=0, help="rows of each file, for a trial (0 = all)")
    o = a.parse_args()
    settings = Settings()
    if o.what == "teach":
        # opinions of other teachers, or of other batches, must not be taken for these
        if o.out.exists():
            raise SystemExit(f"--out = {str(o.out)!r}, but it is there already; teachers write once: name another folder")
        o.out.mkdir(parents=True)
        spawn(teach, (o,), settings.teachers)
    else:
        spawn(learn_from_teachers, (o,), settings.readers)
        mean_reader(o, settings)


def save(state: dict[str, Tensor], out: Path) -> None:
    """The weights that learned, in half precision, in files of at most 14 MiB; the word embeddings stay as they were."""
    shard: dict[str, Tensor] = {}
    number = size = 0
    for name, value in [*((k, v.half()) for k, v in state.items() if "word_embeddings" not in k), (None, None)]:
        if shard and (name is None or size + value.numel() * 2 > 14 * 2**20):
            torch.save(shard, out / f"weights-{number}.pt")
            shard, size, number = {}, 0, number + 1
        if name is not None:
            shard[name] = value
            size += value.numel() * 2


if __name__ == "__main__":
    main()
