"""Passages as flat arrays, batches of them as tensors, and what a batch costs: against gold, and against a teacher.

Every loss runs over a whole batch at once; where pairs belong to a passage is told by indices alone, so that a step is
a few hundred large operations and not some thousand small ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from detente.reading.labels import CONTEXTS, LAYERS, PAIRS, TRIGGER_HEADS
from detente.reading.tokens import Words
from training.network import Reader, span_vectors, split_layers
from training.pretrain import inputs
from training.wire import IGNORE, SIDES, Example

LAYER_WEIGHT = {"trigger": 2.0, "mention": 1.0, "inner": 0.5, "time": 0.5, "place": 0.5, "quote": 1.0, "cue": 0.5, "name": 0.5}
HEAD_WEIGHT = {"status": 0.5, "mode": 0.5, "context": 0.1, "reciprocal": 0.5, "news": 0.5, "sector": 0.5, "body": 0.5, "joint": 0.3}
FAMILY_WEIGHT = dict.fromkeys(PAIRS, 1.0) | {"nation": 0.5}
ONE_OF_MANY = ("status", "mode", "sector", "body")
"""Heads whose outputs exclude each other; those of the others are each a yes or a no."""

SPAN_KINDS = ("trigger", "mention", "time", "place", "quote", "cue", "capital")
LAYER_OF = {"trigger": ("trigger",), "mention": ("mention", "inner"), "quote": ("quote",)}
"""The tag layers that say whether a left side of a pair is there at all."""

Row = dict[str, np.ndarray]


# --- one passage -----------------------------------------------------------------------------------------------


def text_row(words: Words, spans: dict[str, np.ndarray], pairs: dict[str, tuple]) -> Row:
    """A passage without gold: its pieces, its spans of each of `SPAN_KINDS`, the pairs of each family and their features."""
    return _row(words.pieces, words.cases, words.first[:-1], spans, pairs)


def _row(pieces: np.ndarray, cases: np.ndarray, first: np.ndarray, spans: dict[str, np.ndarray], pairs: dict[str, tuple]) -> Row:
    """The same from its arrays; kinds and families that are not there are empty."""
    row = {"pieces": pieces.astype(np.uint16), "cases": cases.astype(np.uint8), "first": first.astype(np.uint16)}
    row |= {f"span.{kind}": spans.get(kind, np.zeros((0, 2))).astype(np.uint16) for kind in SPAN_KINDS}
    for family in PAIRS:
        i, j, told = pairs.get(family, (np.zeros(0), np.zeros(0), np.zeros((0, 4))))
        row |= {f"{family}.pairs": np.stack([i, j], 1).astype(np.uint16), f"{family}.told": told.astype(np.uint8)}
    return row


def gold_row(example: Example) -> Row:
    """An annotated passage."""
    row = text_row(example.words, example.spans(), example.pairs)
    row["layers"] = np.stack([example.layers[name] for name in LAYERS], 1).astype(np.int8)
    gold: dict[str, np.ndarray] = {
        "time": example.time_of, "place": example.place_of, "speaker": example.speaker, "cue": example.cue_of, "nation": example.nation,
        "same": example.event_of[:, None] == example.event_of[None, :],
        "coref": np.array([[bool(a & b) for b in example.entities] for a in example.entities], bool).reshape(2 * (len(example.mentions),)),
        "role": example.role,
    }
    for family, answers in gold.items():
        i, j = row[f"{family}.pairs"].T.astype(np.int64)
        if family == "nation":  # where the code is open, so is the word that tells it
            known = example.has_nation_gold[i]
            i, j = i[known], j[known]
            row |= {"nation.pairs": row["nation.pairs"][known], "nation.told": row["nation.told"][known]}
        row[f"{family}.gold"] = answers[i, j].astype(np.uint8)
    row |= _groups(row, example)
    row |= {"status": example.status.astype(np.int16), "mode": example.mode.astype(np.int16), "news": example.news.astype(np.int8)}
    for name in ("reciprocal", "context"):
        answers = getattr(example, name).astype(np.int8)
        row[name] = np.full_like(answers, -1) if example.only_triggers else answers  # what was not asked is open
    return row | {"sector": example.sector.astype(np.int16), "body": example.body.astype(np.int16), "joint": example.joint.astype(np.int8)}


def name_row(sentence: dict) -> Row:
    """A sentence with names, as `training.pretrain.encode` gives it: nothing else of it is known."""
    row = _row(sentence["pieces"], sentence["cases"], sentence["first"], {}, {})
    row |= {f"{family}.gold": np.zeros((0, width) if family == "role" else 0, np.uint8) for family, width in PAIRS.items()}
    row["layers"] = np.full((sentence["n"], len(LAYERS)), IGNORE, np.int8)
    row["layers"][:, list(LAYERS).index("name")] = sentence["names"]
    row |= {"role.member": np.zeros(0, np.uint32), "role.group": np.zeros(0, np.uint32), "role.groups": np.zeros(1, np.uint32)}
    row |= {key: np.zeros(0, np.int16) for key in ("status", "mode", "sector", "body")} | {key: np.zeros(0, np.int8) for key in ("news", "reciprocal", "joint")}
    return row | {"context": np.zeros((0, len(CONTEXTS)), np.int8)}


def _groups(row: Row, example: Example) -> Row:
    """Each gold party of an event, and the scores (pair * 3 + role) through which it can be reached: one of its mentions must be."""
    groups: dict[tuple[int, int, int], list[int]] = {}
    for k, ((i, j), answers) in enumerate(zip(row["role.pairs"].tolist(), row["role.gold"].tolist(), strict=True)):
        for r in np.flatnonzero(answers).tolist():
            for entity in example.entities[j]:
                groups.setdefault((i, r, entity), []).append(3 * k + r)
    member = [k for members in groups.values() for k in members]
    group = [g for g, members in enumerate(groups.values()) for _ in members]
    return {"role.member": np.array(member, np.uint32), "role.group": np.array(group, np.uint32), "role.groups": np.array([len(groups)], np.uint32)}


def packed(rows: Iterable[Row]) -> dict[str, np.ndarray]:
    """Rows end to end: for each key its values and, under "key#", how many each row has."""
    rows = list(rows)
    out = {}
    for key in rows[0]:
        out[key] = np.concatenate([r[key] for r in rows])
        out[f"{key}#"] = np.array([len(r[key]) for r in rows], np.uint16)
    return out


def unpacked(arrays: dict[str, np.ndarray]) -> list[Row]:
    """The rows that `packed` put together."""
    keys = [k for k in arrays if not k.endswith("#")]
    cut = {k: np.split(arrays[k], np.cumsum(arrays[f"{k}#"].astype(np.int64))[:-1]) for k in keys}
    return [{k: cut[k][n] for k in keys} for n in range(len(arrays["pieces#"]))]


# --- a batch ----------------------------------------------------------------------------------------------------


class Batch(NamedTuple):
    """Passages together; word, span, pair and group indices count through the whole batch.

    `framed`: what `Reader.words` takes. `words`: (n_words,) where each word lies among the padded ones. `spans`: kind → (n, 2).
    `pairs`: family → (i, j, features). `gold`: what `gold_row` adds, of the annotated passages alone, which come first;
    `parties`: how many parties its groups are.
    """

    framed: tuple[Tensor, ...]
    words: Tensor
    spans: dict[str, Tensor]
    pairs: dict[str, tuple[Tensor, Tensor, Tensor]]
    gold: dict[str, Tensor]
    parties: int

    def to(self, device: torch.device) -> Batch:
        """The batch on another device."""

        def move(value):  # noqa: ANN001, ANN202
            if isinstance(value, dict):
                return {k: move(v) for k, v in value.items()}
            if isinstance(value, tuple):
                return tuple(move(v) for v in value)
            return value.to(device, non_blocking=True) if isinstance(value, Tensor) else value

        return Batch(*(move(part) for part in self))


def batch_of(annotated: list[Row], plain: Sequence[Row] = ()) -> Batch:
    """Annotated rows, and after them rows without annotation, as one batch: one pass through the network costs less than two."""
    rows = [*annotated, *plain]
    framed = inputs([{k: r[k].astype(np.int64) for k in ("pieces", "cases", "first")} for r in rows])
    longest = framed[3].shape[1]
    n_words = [len(r["first"]) for r in rows]
    words = np.concatenate([k * longest + np.arange(n) for k, n in enumerate(n_words)])
    first_word = np.cumsum([0, *n_words[:-1]])
    spans = {kind: _shifted(rows, f"span.{kind}", first_word) for kind in SPAN_KINDS}
    begin = {kind: np.cumsum([0, *(len(r[f"span.{kind}"]) for r in rows[:-1])]) for kind in SPAN_KINDS}
    pairs = {}
    for family, (left, right) in SIDES.items():
        both = _shifted(rows, f"{family}.pairs", np.stack([begin[left], begin[right]], 1))
        pairs[family] = (both[:, 0].contiguous(), both[:, 1].contiguous(), _joined(rows, f"{family}.told"))
    gold: dict[str, Tensor] = {}
    parties = 0
    if annotated:
        told = ["layers", "status", "mode", "news", "reciprocal", "context", "sector", "body", "joint", *(f"{f}.gold" for f in PAIRS)]
        gold = {key: _joined(annotated, key) for key in told}
        gold["role.member"] = _shifted(annotated, "role.member", 3 * np.cumsum([0, *(len(r["role.pairs"]) for r in annotated[:-1])]))
        before = np.cumsum([0, *(int(r["role.groups"][0]) for r in annotated)])
        gold["role.group"], parties = _shifted(annotated, "role.group", before), int(before[-1])
    return Batch(framed, torch.from_numpy(words), spans, pairs, gold, parties)


def _joined(rows: list[Row], key: str) -> Tensor:
    return torch.from_numpy(np.concatenate([r[key] for r in rows]).astype(np.int64))


def _shifted(rows: list[Row], key: str, by: np.ndarray) -> Tensor:
    return torch.from_numpy(np.concatenate([r[key].astype(np.int64) + by[k] for k, r in enumerate(rows)]))


# --- what the network says of it -----------------------------------------------------------------------------------


class Outputs(NamedTuple):
    """Logits of a batch: `tags` (n_words, n_tags), `pairs` family → (n_pairs, n), `heads` name → (n_spans, n)."""

    tags: Tensor
    pairs: dict[str, Tensor]
    heads: dict[str, Tensor]

    def to(self, dtype: torch.dtype) -> Outputs:
        """The same in another precision."""
        return Outputs(self.tags.to(dtype), {k: v.to(dtype) for k, v in self.pairs.items()}, {k: v.to(dtype) for k, v in self.heads.items()})


def outputs(net: Reader, batch: Batch) -> Outputs:
    """Everything the network says of a batch."""
    vectors = net.words(*batch.framed).flatten(0, 1)[batch.words]
    sides = {kind: span_vectors(vectors, spans) for kind, spans in batch.spans.items()}
    pairs = {}
    for family, (left, right) in SIDES.items():
        i, j, told = batch.pairs[family]
        pairs[family] = net.pairs[family](sides[left], sides[right], i, j, told).clamp(-15, 15)
    return Outputs(net.tags(vectors), pairs, net.trigger(sides["trigger"]) | net.mention(sides["mention"]))


# --- against gold ----------------------------------------------------------------------------------------------------


def gold_loss(out: Outputs, batch: Batch) -> Tensor:
    """Loss per annotated word against the annotation."""
    gold, total = batch.gold, out.tags.new_zeros(())
    words = len(gold["layers"])
    for k, (name, logits) in enumerate(split_layers(out.tags[:words]).items()):
        total = total + LAYER_WEIGHT[name] * F.cross_entropy(logits, gold["layers"][:, k], ignore_index=IGNORE, reduction="sum")
    for family, every in out.pairs.items():
        right = gold[f"{family}.gold"]
        scores, i = every[: len(right)], batch.pairs[family][0][: len(right)]
        if family == "role":
            loss = reached(scores, right.bool(), gold["role.member"], gold["role.group"], batch.parties)
        elif family == "same":
            loss = F.binary_cross_entropy_with_logits(scores[:, 0], right.float(), reduction="sum")
        else:
            loss = chosen(scores[:, 0], i, right.float(), len(batch.spans[SIDES[family][0]]))
        total = total + FAMILY_WEIGHT[family] * loss
    for name, every in out.heads.items():
        logits = every[: len(gold[name])]
        if name in ONE_OF_MANY:
            loss = F.cross_entropy(logits, gold[name], ignore_index=IGNORE, reduction="sum")
        else:
            answers = gold[name].reshape(logits.shape)
            told = (answers >= 0).float()  # -1 leaves it open
            loss = F.binary_cross_entropy_with_logits(logits, answers.float().clamp_min(0), told, reduction="sum")
        total = total + HEAD_WEIGHT[name] * loss
    return total / words


def chosen(scores: Tensor, i: Tensor, right: Tensor, n: int) -> Tensor:
    """Each of `n` left spans picks one of its right spans or none, whose logit is 0: minus log chance of any right choice.

    Args:
        scores: (n_pairs,) logits.
        i: (n_pairs,) the left span of each.
        right: (n_pairs,) 1.0 for a right choice; a span without one means none.
        n: Left spans.
    """
    chances = scores.exp()
    every = scores.new_zeros(n).index_add(0, i, chances)
    good = scores.new_zeros(n).index_add(0, i, chances * right)
    told = scores.new_zeros(n).index_add(0, i, right) > 0
    return -(torch.where(told, good, torch.ones_like(good)).clamp_min(1e-6) / (1 + every)).log().sum()


def reached(scores: Tensor, right: Tensor, member: Tensor, group: Tensor, parties: int) -> Tensor:
    """Each gold party must be reached through one of its mentions; mentions of nobody in a role must not be.

    Args:
        scores: (n_pairs, 3) logits of actor, recipient, by.
        right: (n_pairs, 3) bool.
        member: (n_members,) rows of the flat scores through which a party can be reached.
        group: (n_members,) which party.
        parties: How many there are.
    """
    each = scores.new_zeros(parties).index_add(0, group, scores.flatten()[member].exp())
    return (F.softplus(scores) * ~right).sum() + F.softplus(-each.log()).sum()


# --- against a teacher -------------------------------------------------------------------------------------------------


def soft_loss(out: Outputs, teacher: Outputs, batch: Batch) -> Tensor:
    """Loss per word against a teacher's chances; what hangs on a span counts as much as the teacher believes in the span.

    Source:
        Hinton, Vinyals & Dean 2015, Distilling the knowledge in a neural network.
    """
    total, teacher = out.tags.new_zeros(()), teacher.to(torch.float32)
    mine, theirs = split_layers(out.tags), split_layers(teacher.tags)
    for name, logits in mine.items():
        total = total + LAYER_WEIGHT[name] * F.cross_entropy(logits, theirs[name].softmax(-1), reduction="sum")
    inside = {kind: torch.stack([1 - theirs[name].softmax(-1)[:, 0] for name in names]).amax(0) for kind, names in LAYER_OF.items()}
    believed = {kind: torch.maximum(chance[batch.spans[kind][:, 0]], chance[batch.spans[kind][:, 1]]) for kind, chance in inside.items()}
    for family, scores in out.pairs.items():
        i, left = batch.pairs[family][0], SIDES[family][0]
        target = teacher.pairs[family]
        if family in ("role", "same"):
            loss = (F.binary_cross_entropy_with_logits(scores, target.sigmoid(), reduction="none") * believed[left][i, None]).sum()
        else:
            loss = _chosen_softly(scores[:, 0], target[:, 0], i, believed[left])
        total = total + FAMILY_WEIGHT[family] * loss
    for name, logits in out.heads.items():
        weight = believed["trigger" if name in TRIGGER_HEADS else "mention"]
        target = teacher.heads[name]
        if name in ONE_OF_MANY:
            loss = (F.cross_entropy(logits, target.softmax(-1), reduction="none") * weight).sum()
        else:
            loss = (F.binary_cross_entropy_with_logits(logits, target.sigmoid(), reduction="none") * weight[:, None]).sum()
        total = total + HEAD_WEIGHT[name] * loss
    return total / len(batch.words)


def _chosen_softly(scores: Tensor, target: Tensor, i: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy of each left span's choice against the teacher's; "none" has logit 0."""
    n = len(weight)

    def log_chances(logits: Tensor) -> tuple[Tensor, Tensor]:
        whole = (1 + logits.new_zeros(n).index_add(0, i, logits.exp())).log()
        return logits - whole[i], -whole

    mine, mine_none = log_chances(scores)
    theirs, theirs_none = log_chances(target)
    return -(theirs.exp() * mine * weight[i]).sum() - (theirs_none.exp() * mine_none * weight).sum()


def mean_outputs(several: list[Outputs]) -> Outputs:
    """The mean of several teachers' logits."""

    def mean(values: Iterator[Tensor]) -> Tensor:
        return torch.stack(list(values)).mean(0)

    first = several[0]
    return Outputs(
        mean(o.tags for o in several), {k: mean(o.pairs[k] for o in several) for k in first.pairs}, {k: mean(o.heads[k] for o in several) for k in first.heads}
    )
