"""The trained encoder as a graph that onnxruntime reads: one text at a time, without padding, then eight bits a weight."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization

from midchannel.engines.language.encoder_pieces import LONGEST
from training.language.encoder_net import HEADS, LAYERS, WIDTH

Weights = Mapping[str, NDArray[np.float32]]
OPSET = 20


class _Graph:
    """Nodes and weights in the order they are made; each call gives the name of what comes out."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.kept: list[onnx.TensorProto] = []

    def do(self, kind: str, *given: str, **how: Any) -> str:
        out = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(given), [out], name=out, **how))
        return out

    def keep(self, name: str, value: NDArray[Any]) -> str:
        if all(each.name != name for each in self.kept):
            self.kept.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def linear(self, given: str, name: str) -> str:
        weight = self.keep(f"{name}.weight", self.weights[f"{name}.weight"].T)
        return self.do("Add", self.do("MatMul", given, weight), self.keep(f"{name}.bias", self.weights[f"{name}.bias"]))

    def norm(self, given: str, name: str) -> str:
        own = [self.keep(f"{name}.{kind}", self.weights[f"{name}.{kind}"]) for kind in ("weight", "bias")]
        return self.do("LayerNormalization", given, *own, axis=-1, epsilon=1e-12)

    def numbers(self, *values: int) -> str:
        return self.keep("n" + "_".join(map(str, values)), np.array(values, np.int64))


def written(weights: Weights, path: Path) -> None:
    """Write the graph with eight bits a weight. Its input `pieces` is (1, pieces), its output `scores` (1, columns)."""
    whole = path.with_suffix(".whole")
    onnx.save(_model(weights), whole)
    quantization.quantize_dynamic(
        whole,
        path,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        reduce_range=True,  # processors without VNNI add two products in 16 bits
        weight_type=quantization.QuantType.QInt8,
    )
    whole.unlink()


def noted(path: Path, beside: Mapping[str, str]) -> None:
    """Write texts beside the weights, in the same file."""
    model = onnx.load(path)
    helper.set_model_props(model, dict(beside))
    onnx.save(model, path)


def _model(weights: Weights) -> onnx.ModelProto:
    graph = _Graph(weights)
    places = graph.keep("places", weights["places.weight"][:LONGEST])
    length = graph.do("Slice", graph.do("Shape", "pieces"), graph.numbers(1), graph.numbers(2))
    begun = graph.do("Gather", graph.keep("words", weights["pieces.weight"]), "pieces")
    placed = graph.do("Add", begun, graph.do("Slice", places, graph.numbers(0), length, graph.numbers(0)))
    found = graph.norm(placed, "begun_norm")
    for at in range(LAYERS):
        found = _layer(graph, found, f"layers.{at}")
    mean = graph.do("ReduceMean", found, graph.numbers(1), keepdims=0)
    graph.nodes.append(helper.make_node("Identity", [graph.linear(mean, "heads")], ["scores"]))
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "length"])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, len(weights["heads.bias"])])],
            graph.kept,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=9,
    )


def _layer(graph: _Graph, given: str, name: str) -> str:
    split = graph.do(
        "Reshape", graph.linear(given, f"{name}.query_key_value"), graph.numbers(1, -1, 3, HEADS, WIDTH // HEADS)
    )
    parts = graph.do("Transpose", split, perm=[2, 0, 3, 1, 4])
    query, key, value = (graph.do("Gather", parts, graph.keep(f"part{at}", np.array(at)), axis=0) for at in range(3))
    scale = graph.keep("scale", np.array((WIDTH // HEADS) ** -0.5, np.float32))
    score = graph.do("Mul", graph.do("MatMul", query, graph.do("Transpose", key, perm=[0, 1, 3, 2])), scale)
    seen = graph.do("MatMul", graph.do("Softmax", score, axis=-1), value)
    seen = graph.do("Reshape", graph.do("Transpose", seen, perm=[0, 2, 1, 3]), graph.numbers(1, -1, WIDTH))
    given = graph.norm(graph.do("Add", given, graph.linear(seen, f"{name}.attended")), f"{name}.attended_norm")
    inner = graph.do("Gelu", graph.linear(given, f"{name}.inner"))
    return graph.norm(graph.do("Add", given, graph.linear(inner, f"{name}.outer")), f"{name}.outer_norm")
