"""Weights → the model folder that `detente.reading.network` loads.

    python -m training.export --weights training/runs/out/reader/weights.pt --out training/runs/out/model [--fp32]
"""

from __future__ import annotations

import argparse
import json
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
    onnx.save(unmasked(onnx.load(temporary / "fp32.onnx")), temporary / "fp32.onnx")
    if int8:
        # per channel: per tensor loses 0.8 to 1.7 points (shared/data/README.md); 7 bits of weight, because without
        # VNNI the processor's 16-bit sums would saturate, and the same text would read differently on another machine
        quantize_dynamic(
            temporary / "fp32.onnx", temporary / "encoder.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
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


def mean_of(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of weights that lie near each other: passes of one run err apart and agree where they are right.

    Source:
        Wortsman et al. 2022, Model soups, ICML.
    """
    return {key: torch.stack([s[key] for s in states]).mean(0) if first.is_floating_point() else first for key, first in states[0].items()}


def unmasked(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph without its attention mask: a window is never padded, so that every layer adds zeros to its scores, a tenth of the encoder's time.

    Raises:
        ValueError: A layer's scores have no mask.
    """
    graph = model.graph
    made_by = {name: node for node in graph.node for name in node.output}
    for node in (n for n in graph.node if n.op_type == "Softmax"):
        masked = made_by[node.input[0]]
        scores = [name for name in masked.input if name in made_by and made_by[name].op_type != "Where"]
        if masked.op_type != "Add" or len(scores) != 1:
            raise ValueError(f"{node.name}: its scores come from {masked.op_type}, not from scores and a mask")
        node.input[0] = scores[0]
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
    a.add_argument("--start", type=Path, default=packaged_model(), help="model folder that a folder of distil.py began from")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--name", default="en-5", help="of the reader, for the records' coder")
    a.add_argument("--fp32", action="store_true")
    o = a.parse_args()
    net = Reader()
    net.load_state_dict(mean_of([state_of(file, o.start) for file in o.weights]), strict=False)
    report = (o.weights[0] if o.weights[0].is_dir() else o.weights[0].parent) / "report.json"
    made = (json.loads(report.read_text()) if report.exists() else {}) | {"weights": [file.name for file in o.weights]}
    export(net, o.out, int8=not o.fp32, manifest={"name": o.name, "made": made, "thresholds": {}, "calibration": {}})
    print({f.name: f.stat().st_size for f in o.out.iterdir()})


if __name__ == "__main__":
    main()
