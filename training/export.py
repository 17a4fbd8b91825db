"""Weights → the model folder that `detente.reading.network` loads.

    python -m training.export --weights training/runs/out/reader/weights.pt --out training/runs/out/model [--fp32]
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from detente.reading.network import packaged_model
from training.network import Reader, encoder_folder
from training.shipped import weights_of


class WordPieces(nn.Module):
    """The exported part: pieces and cases of one window → vectors."""

    def __init__(self, net: Reader) -> None:
        super().__init__()
        self.net = net

    def forward(self, pieces: Tensor, cases: Tensor) -> Tensor:
        """(1, n_pieces, width) from two (1, n_pieces) index arrays."""
        embedded = self.net.encoder.embeddings.word_embeddings(pieces) + self.net.case(cases)
        return self.net.encoder(inputs_embeds=embedded, attention_mask=torch.ones_like(pieces)).last_hidden_state


def export(net: Reader, out: Path, *, int8: bool, manifest: dict) -> None:
    """Write the model folder under a temporary name, then rename it."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    temporary = out.with_suffix(".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    net.eval()
    net.encoder.set_attn_implementation("eager")  # plain operators, which every runtime fuses and quantises
    example = (torch.randint(1000, 2000, (1, 32)), torch.zeros(1, 32, dtype=torch.long))
    axes = {"pieces": {1: "n"}, "cases": {1: "n"}, "hidden": {1: "n"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            WordPieces(net), example, str(temporary / "fp32.onnx"), input_names=["pieces", "cases"], output_names=["hidden"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )
    onnx.save(attending(onnx.load(temporary / "fp32.onnx"), net.encoder.config.num_attention_heads), temporary / "fp32.onnx")
    if int8:
        # per channel: per tensor loses 0.8 to 1.7 points (shared/data/README.md); 7 bits of weight, because without
        # VNNI the processor's 16-bit sums would saturate, and the same text would read differently on another machine
        quantize_dynamic(
            temporary / "fp32.onnx", temporary / "encoder.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"], extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        (temporary / "fp32.onnx").unlink()
    else:
        (temporary / "fp32.onnx").rename(temporary / "encoder.onnx")
    heads = {k: v.numpy().astype(np.float16) for k, v in net.state_dict().items() if not k.startswith(("encoder.", "case."))}
    np.savez(temporary / "heads.npz", **heads)
    shutil.copy(encoder_folder() / "tokenizer.json", temporary / "tokenizer.json")
    (temporary / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    temporary.rename(out)


def mean_of(states: list[dict[str, Tensor]], shares: list[float]) -> dict[str, Tensor]:
    """The mean of weights that lie near each other, each by its share of 1: passes of one run err apart and agree where they are right.

    Source:
        Wortsman et al. 2022, Model soups, ICML.
    """
    return {
        key: torch.stack([share * s[key].float() for s, share in zip(states, shares, strict=True)]).sum(0) if first.is_floating_point() else first
        for key, first in states[0].items()
    }


def attending(model: onnx.ModelProto, heads: int) -> onnx.ModelProto:
    """The graph with each layer's attention as one operator, which keeps no scores in memory and needs no mask: a window is never padded.

    By itself 6 % of the encoder's time at 500 pieces, 3 % at 300 (`training/LOG.md`).

    Raises:
        ValueError: A layer is not made of queries, keys and values that come from projections with a bias.
    """
    graph = model.graph
    made_by = {name: node for node in graph.node for name in node.output}
    users = {name: node for node in graph.node for name in node.input}

    def projection(name: str) -> str:
        """The projection that a matrix of heads was cut from."""
        while (node := made_by.get(name)) is not None and node.op_type in ("Reshape", "Transpose", "Mul"):
            name = node.input[0]
        if node is None or node.op_type != "Add":
            raise ValueError(f"{name} comes from {'outside' if node is None else node.op_type}, not from a projection with a bias")
        return name

    def product(node: onnx.NodeProto) -> onnx.NodeProto:
        """The product of queries and keys that a layer's chances come from, behind scale and mask."""
        behind: onnx.NodeProto | None = node
        while behind is not None and behind.op_type != "MatMul":
            behind = next((made_by[name] for name in behind.input if name in made_by and made_by[name].op_type in ("Add", "Mul", "Div", "MatMul")), None)
        if behind is None:
            raise ValueError(f"{node.name}: its chances come from no product of queries and keys")
        return behind

    for layer, chances in enumerate([node for node in graph.node if node.op_type == "Softmax"]):
        scores, mixed = product(chances), users[chances.output[0]]
        joined = users[users[mixed.output[0]].output[0]]  # transposed, then all heads side by side
        parts = [projection(name) for name in (*scores.input, mixed.input[1])]
        one = onnx.helper.make_node("MultiHeadAttention", parts, list(joined.output), f"attention.{layer}", domain="com.microsoft", num_heads=heads)
        at = list(graph.node).index(joined)
        graph.node.remove(joined)
        graph.node.insert(at, one)
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    while True:
        used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
        dead = [node for node in graph.node if not used & {*node.output}]
        if not dead:
            return model
        for node in dead:
            graph.node.remove(node)


def state_of(weights: Path, start: Path) -> dict[str, Tensor]:
    """The state in a file, or that of a folder of `distil.py`: its shards over the weights that stayed as they were in `start`."""
    if weights.is_file():
        return torch.load(weights, weights_only=True)
    state = weights_of(start)
    for shard in sorted(weights.glob("weights-*.pt")):
        state |= {name: value.float() for name, value in torch.load(shard, weights_only=True).items()}
    return state


def main() -> None:
    """Export the weights named."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", type=Path, required=True, nargs="+", help="a file, a folder of distil.py, or several, whose mean is taken")
    a.add_argument("--shares", type=float, nargs="+", help="of each in the mean; equal ones by default")
    a.add_argument("--start", type=Path, default=packaged_model(), help="model folder that a folder of distil.py began from")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--name", default="en-6", help="of the reader, for the records' coder")
    a.add_argument("--fp32", action="store_true")
    o = a.parse_args()
    shares = o.shares or [1 / len(o.weights)] * len(o.weights)
    if len(shares) != len(o.weights) or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        a.error("--shares takes one number for each of --weights, together 1")
    net = Reader()
    net.load_state_dict(mean_of([state_of(file, o.start) for file in o.weights], shares), strict=False)
    report = (o.weights[0] if o.weights[0].is_dir() else o.weights[0].parent) / "report.json"
    made = (json.loads(report.read_text()) if report.exists() else {}) | {"weights": [file.name for file in o.weights], "shares": shares}
    export(net, o.out, int8=not o.fp32, manifest={"name": o.name, "made": made, "thresholds": {}, "calibration": {}})
    print({f.name: f.stat().st_size for f in o.out.iterdir()})


if __name__ == "__main__":
    main()
