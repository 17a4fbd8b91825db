"""The reader goes on learning from what people judged in a store; `detente learn` runs it.

    detente learn --store build/record --out build/model

Documents are split into those that are learned from and those that are held out: the judgements there are asked of the reader before
and after. What comes out is a model folder for `--model`; one that is right less often than before is not kept.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch

from detente.actors.base import ActorBase
from detente.errors import BadSetting
from detente.pipeline import Tools, code, open_tools
from detente.reading.network import packaged_model
from detente.reading.tokens import open_tokenizer
from detente.records import Event
from detente.review.correcting import ruled
from detente.review.rulings import Rulings, rulings
from detente.store import Store, open_store
from detente.web.passages import passages
from training.export import export
from training.flat import gold_row
from training.network import Reader, optimiser_of
from training.pretrain import batches
from training.shipped import weights_of
from training.train import loss_of
from training.wire import Example


@dataclass(frozen=True)
class Settings:
    """Every number of the run. The rates are a fifth of those with which the reader was made: a few judgements shall move it, not upset it."""

    seed: int = 1
    passes: int = 4
    pieces: int = 700  # in a batch, as in train.py
    encoder_rate: float = 2e-5
    head_rate: float = 2e-4
    held_out: float = 0.25  # share of the documents


@dataclass(frozen=True)
class Report:
    """What was learned from, and how many held-out judgements the reader meets before and after."""

    passages: int
    judgements: int
    held_out: int
    before: int
    after: int
    kept: bool


def learn(store: Path, out: Path, settings: Settings, *, model: Path | None = None, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Learn from the judgements of a store, and write the reader that comes out, unless it is worse.

    Args:
        store: Its folder.
        out: Folder of the new reader; must not be there yet.
        settings: Every number of the run.
        model: Folder of the reader to go on from; the package's own when None.
        tell: Told what is being done.

    Raises:
        BadSetting: The store has no judgements to learn from, or `out` is there already.
    """
    if out.exists():
        raise BadSetting("--out", str(out), "it is there already; a reader is written once: name another folder")
    opened = open_store(store)
    found = rulings(opened)
    folder = model or packaged_model()
    learned, held = split(list(passages(opened, found)), settings)
    judged, asked = of_documents(opened, found, learned), of_documents(opened, found, held)
    if not learned:
        raise BadSetting("--store", str(store), f"its judgements are too few: {len(held)} passages, all of them held out; judge some events with `detente serve` first")
    tell(f"{len(judged)} judgements to learn from, {len(asked)} held out to be asked before and after")
    before = met(opened, found, asked, open_tools(model=folder, threads=2))
    net = trained(folder, learned, settings, tell)
    made = out.with_name(out.name + ".new")
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
    name = f"{manifest['name']}+{hashlib.sha256(msgspec.json.encode(learned)).hexdigest()[:6]}"
    told = {"from": manifest["name"], "settings": asdict(settings), "passages": len(learned), "judgements": len(judged), "held_out": len(asked), "met_before": before}
    export(net, made, int8=True, manifest=manifest | {"name": name, "made": told})
    after = met(opened, found, asked, open_tools(model=made, threads=2))
    (made / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest | {"name": name, "made": told | {"met_after": after}}), indent=1) + b"\n")
    kept = after >= before
    if kept:
        made.rename(out)
    else:
        for file in made.iterdir():
            file.unlink()
        made.rmdir()
    return Report(len(learned), len(judged), len(asked), before, after, kept)


def split(told: list[Any], settings: Settings) -> tuple[list[Any], list[Any]]:
    """Passages to learn from, and those held out: by document, since the sentences of one quote each other."""

    def is_held(passage: Any) -> bool:
        document = passage["id"].rpartition("-")[0]
        drawn = int(hashlib.sha256(f"{settings.seed}:{document}".encode()).hexdigest()[:8], 16) / 16**8
        return drawn < settings.held_out

    return [p for p in told if not is_held(p)], [p for p in told if is_held(p)]


def of_documents(store: Store, found: Rulings, told: list[Any]) -> list[Event]:
    """The judged events of the passages' documents, as the program said them."""
    names = {passage["id"].rpartition("-")[0] for passage in told}
    judged = [*store.events_where("id", [record for record in found.of if record not in found.added]), *found.added.values()]
    return [event for event in judged if event.text_info.document in names and found.of[event.id]["state"] != "doubted"]


def met(store: Store, found: Rulings, judged: list[Event], tools: Tools) -> int:
    """How many judgements the reader meets: a rejected event is not told, any other with its type, status and parties."""
    right = 0
    for document in sorted({event.text_info.document for event in judged}):
        text = store.document(document)
        assert text is not None
        told = code(text, tools).events
        right += sum(meets(event, found, told) for event in judged if event.text_info.document == document)
    return right


def meets(event: Event, found: Rulings, told: Iterable[Event]) -> bool:
    """Whether what the reader tells now is what people said of the event."""
    ruling = found.of[event.id]
    triggers = event.text_info.spans.get("trigger", ())
    there = [other for other in told if any(a.overlaps(b) for a in triggers for b in other.text_info.spans.get("trigger", ()))]
    if ruling["state"] == "rejected":
        return all(other.event != event.event for other in there)
    right = ruled(event, ruling)
    return any(essence(other) == essence(right) for other in there)


def essence(event: Event) -> tuple[Any, ...]:
    """What must be right of an event."""
    return event.event, event.status, {party.code for party in event.actor}, {party.code for party in event.recipient}


def quiet() -> None:
    """Whoever learns need not hear that the pretrained encoder has a part which nobody uses."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def trained(folder: Path, told: list[Any], settings: Settings, tell: Callable[[str], None]) -> Reader:
    """The reader of the folder after it has learned from the passages."""
    quiet()
    torch.manual_seed(settings.seed)
    rng = random.Random(settings.seed)
    net = Reader()
    net.load_state_dict(weights_of(folder))
    net.freeze_words()
    optimiser = optimiser_of(net, settings.encoder_rate, settings.head_rate, fused=False)
    tokenizer, base = open_tokenizer(folder / "tokenizer.json"), ActorBase.open()
    rows = [gold_row(Example(msgspec.to_builtins(passage), tokenizer, base)) for passage in told]
    net.train()
    for turn in range(settings.passes):
        losses = []
        for batch in batches(rows, settings.pieces, rng):
            loss = loss_of(net, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            losses.append(loss.item())
        tell(f"pass {turn + 1} of {settings.passes}: loss {sum(losses) / len(losses):.3f} a word")
    return net
