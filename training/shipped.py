"""A model folder → weights to go on training from, where the run that made it is no longer at hand.

    python -m training.shipped --model src/detente/reading/model --out training/runs/out/shipped.pt

The encoder's matrices come back from int8, the heads from fp16: near the weights that were exported, not the same.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.network import Reader


def weights_of(folder: Path, net: Reader | None = None) -> dict[str, Tensor]:
    """The state of `Reader` (of `net`, where the packaged encoder is not at hand) that the model folder holds, every floating value float32.

    Raises:
        KeyError: The graph lacks a weight of `Reader`; `export.py` did not write it.
    """
    graph = onnx.load(folder / "encoder.onnx").graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    found = {name.removeprefix("net."): value for name, value in stored.items() if name.startswith("net.") and value.dtype == np.float32 and value.ndim}
    for name in stored:
        if name.endswith("_quantized") and name.startswith("net."):  # the tables of embeddings keep their names
            found[name.removeprefix("net.").removesuffix("_quantized")] = plain(stored, name.removesuffix("_quantized"))
    for node in graph.node:
        if node.op_type == "MatMulInteger":  # a matrix has lost its name, but the node says whose it is; ONNX multiplies from the right
            module = node.name.removesuffix("/MatMul_quant").strip("/").replace("/", ".")
            found[f"{module}.weight"] = plain(stored, node.input[1].removesuffix("_quantized")).T
    with np.load(folder / "heads.npz") as heads:
        found |= {name: heads[name] for name in heads.files}
    mine = (net or Reader()).state_dict()
    return {k: torch.tensor(found[k], dtype=torch.float32).reshape(v.shape) if v.is_floating_point() else v for k, v in mine.items()}


def plain(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A quantised array in floating point."""
    return (stored[f"{name}_quantized"].astype(np.float32) - stored[f"{name}_zero_point"].astype(np.float32)) * stored[f"{name}_scale"]


def main() -> None:
    """Write the weights."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--model", type=Path, default=Path("src/detente/reading/model"))
    a.add_argument("--out", type=Path, required=True)
    o = a.parse_args()
    o.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(weights_of(o.model), o.out)


if __name__ == "__main__":
    main()
