"""Batches of flat arrays: what a passage costs does not depend on what stands beside it, and nobody beats a teacher at agreeing with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detente.actors.base import ActorBase
from detente.reading.network import packaged_model
from detente.reading.tokens import open_tokenizer
from training.standoff import ANNOTATIONS, unpacked

torch = pytest.importorskip("torch", reason="torch is missing: pip install -e '.[training]'")
transformers = pytest.importorskip("transformers", reason="transformers is missing: pip install -e '.[training]'")

if TYPE_CHECKING:
    from training.flat import Row
    from training.network import Reader


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The first passages of our own writing."""
    from training.flat import gold_row
    from training.wire import Example

    tokenizer, base = open_tokenizer(packaged_model() / "tokenizer.json"), ActorBase.open()
    written = [json.loads(line) for line in (ANNOTATIONS / "x1.jsonl").read_text(encoding="utf-8").split("\n")[:6]]
    return [gold_row(Example(unpacked(row, row["text"]), tokenizer, base)) for row in written]


def test_teachers_write_into_a_folder_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is there may hold the opinions of others: it is refused in one line, before anything is read."""
    from training import distil

    monkeypatch.setattr("sys.argv", ["distil", "teach", "--packed", str(tmp_path / "packed"), "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as refused:
        distil.main()

    assert refused.value.code == f"--out = {str(tmp_path)!r}, but it is there already; teachers write once: name another folder"


@pytest.fixture(scope="module")
def net() -> Reader:
    """A reader over a small fresh encoder."""
    from training.network import Reader

    torch.manual_seed(1)
    encoder = transformers.BertModel(transformers.BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32), add_pooling_layer=False)
    fresh: Reader = Reader(encoder=encoder)
    fresh.eval()
    return fresh


def test_packing_keeps_every_row(rows: list[Row]) -> None:
    """Rows end to end come apart again where they were joined."""
    from training import flat

    for before, after in zip(rows, flat.unpacked(flat.packed(rows)), strict=True):
        assert before.keys() == after.keys()
        assert all(np.array_equal(before[key], after[key]) for key in before)


def test_a_passage_costs_the_same_in_any_company(rows: list[Row], net: Reader) -> None:
    """The loss of a batch is that of its passages alone, each counted by its words."""
    from training import flat

    with torch.inference_mode():
        together = flat.batch_of(rows)
        alone = [flat.batch_of([row]) for row in rows]
        whole = flat.gold_loss(flat.outputs(net, together), together) * len(together.words)
        parts = sum(flat.gold_loss(flat.outputs(net, b), b) * len(b.words) for b in alone)

    assert float(whole) == pytest.approx(float(parts), rel=1e-4)


def test_text_without_annotation_costs_nothing_against_gold(rows: list[Row], net: Reader) -> None:
    """The annotation is about the passages that have one, whatever stands beside them in the batch."""
    from training import flat

    plain = [{key: value for key, value in row.items() if key.startswith(("span.", "pieces", "cases", "first")) or key.endswith((".pairs", ".told"))} for row in rows[3:]]
    with torch.inference_mode():
        mixed, alone = flat.batch_of(rows[:3], plain), flat.batch_of(rows[:3])
        costs = [float(flat.gold_loss(flat.outputs(net, batch), batch)) for batch in (mixed, alone)]

    assert len(mixed.words) > len(alone.words)
    assert costs[0] == pytest.approx(costs[1], rel=1e-4)


def test_who_agrees_with_the_teacher_has_nothing_to_learn(rows: list[Row], net: Reader) -> None:
    """Where every logit is the teacher's, the slope of the soft loss is nought; anywhere else the loss is greater."""
    from training import flat

    batch = flat.batch_of(rows)
    with torch.no_grad():
        teacher = flat.outputs(net, batch)
    agreeing = flat.Outputs(teacher.tags.clone().requires_grad_(), teacher.pairs, teacher.heads)
    loss = flat.soft_loss(agreeing, teacher, batch)
    (slope,) = torch.autograd.grad(loss, agreeing.tags)
    least = loss.detach()
    moved = flat.Outputs(teacher.tags + torch.randn_like(teacher.tags), teacher.pairs, teacher.heads)

    assert float(slope.abs().max()) < 1e-6
    assert float(flat.soft_loss(moved, teacher, batch)) > least
    for family in ("role", "coref", "same"):
        shifted = flat.Outputs(teacher.tags, teacher.pairs | {family: teacher.pairs[family] + 1}, teacher.heads)
        assert float(flat.soft_loss(shifted, teacher, batch)) > least
