"""The face network as an ONNX graph, made from dlib's own file: the same descriptors at a tenth of the cost.

Folded into each convolution: the affine layer behind it; into the first one also the normalisation of the input,
(x - mean) / 256, as that convolution has no padding. dlib's shortcuts are reproduced: a block that goes down pools its
shortcut 2×2, and whichever of the two has fewer channels, rows or columns is extended by zeros at the end. The same
file always gives the same bytes, on every machine: `Model.graph_sha256` in models.toml is their digest.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from appliance.face.resnet_file import OUTPUTS, SIDE, Block, Convolution, Network, Weights

BUILDER = "1"
"""Version of this file's output: with another graph it is another number, and models.toml has another digest."""

INPUT, OUTPUT = "chip", "descriptor"

OPSET, FORMAT = 17, 8
"""Written down, so that a newer onnx writes the same bytes."""


def build(network: Network, source: str) -> bytes:
    """The ONNX file: uint8 (150, 150, 3), red first, to float32 (1, 128). `source` is the sha256 of dlib's file."""
    graph = _Graph()
    floats = graph.node("Cast", [INPUT], to=TensorProto.FLOAT)
    channels = graph.node("Transpose", [floats], perm=[2, 0, 1])
    x = graph.node("Unsqueeze", [channels, graph.integers([0])])
    x = graph.node("Relu", [graph.convolution(x, *_stem(network))])
    x = graph.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])
    rows = ((SIDE - 7) // 2 + 1 - 3) // 2 + 1
    for block in network.blocks:
        x = _block(graph, x, block, rows)
        rows = rows // 2 if block.down else rows
    x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])])
    graph.node("MatMul", [x, graph.weights(network.head)], output=OUTPUT)
    return graph.file(source)


def _stem(network: Network) -> tuple[Weights, Weights, int, int]:
    weights, bias = _folded(network.stem)
    mean = network.mean
    shifted = [
        # Summed exactly: another machine's order of summation must not change a bit of it.
        math.fsum([float(b), *(-float(w) * mean[c] / 256 for c in range(3) for w in row[c].ravel())])
        for b, row in zip(bias, weights, strict=True)
    ]
    return (weights / 256).astype(np.float32), np.array(shifted, np.float32), network.stem.stride, network.stem.padding


def _folded(part: Convolution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    gamma, beta = part.gamma.astype(np.float64), part.beta.astype(np.float64)
    return part.weights.astype(np.float64) * gamma[:, None, None, None], part.bias.astype(np.float64) * gamma + beta


def _single(part: Convolution) -> tuple[Weights, Weights, int, int]:
    weights, bias = _folded(part)
    return weights.astype(np.float32), bias.astype(np.float32), part.stride, part.padding


def _block(graph: _Graph, x: str, block: Block, rows: int) -> str:
    """`rows` is the height and width of its input."""
    y = graph.node("Relu", [graph.convolution(x, *_single(block.first))])
    y = graph.convolution(y, *_single(block.second))
    if block.down:
        outputs, inputs = block.first.weights.shape[:2]
        x = graph.node("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])
        if inputs < outputs:
            # Zero channels at the end, as a convolution: it stays in the runtime's own order of channels.
            x = graph.convolution(x, np.eye(outputs, inputs, dtype=np.float32)[:, :, None, None], None, 1, 0)
        if rows % 2 == 0:  # the pool keeps the last row and column, the convolution without padding does not reach them
            y = graph.node("Pad", [y, graph.integers([0, 0, 0, 0, 0, 0, 1, 1])])
    return graph.node("Relu", [graph.node("Add", [y, x])])


class _Graph:
    """Nodes and weights in the order in which they are added, under numbered names."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._values: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Add an operation; the name of what comes out."""
        name = output or f"{kind}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolution(self, x: str, weights: Weights, bias: Weights | None, stride: int, padding: int) -> str:
        """Add a square convolution."""
        values = [self.weights(weights)] + ([] if bias is None else [self.weights(bias)])
        size = list(weights.shape[2:])
        return self.node("Conv", [x, *values], kernel_shape=size, strides=[stride] * 2, pads=[padding] * 4)

    def weights(self, values: Weights) -> str:
        """Keep numbers; their name."""
        return self._keep(TensorProto.FLOAT, list(values.shape), np.ascontiguousarray(values, "<f4").tobytes())

    def integers(self, values: list[int]) -> str:
        """Keep axes or paddings; their name."""
        return self._keep(TensorProto.INT64, [len(values)], np.array(values, "<i8").tobytes())

    def _keep(self, kind: int, shape: list[int], data: bytes) -> str:
        name = f"w{len(self._values)}"
        self._values.append(helper.make_tensor(name, kind, shape, data, raw=True))
        return name

    def file(self, source: str) -> bytes:
        """The model as a file, with what it was made from."""
        graph = helper.make_graph(
            self._nodes,
            "face",
            [helper.make_tensor_value_info(INPUT, TensorProto.UINT8, [SIDE, SIDE, 3])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, OUTPUTS])],
            self._values,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT)
        model.producer_name, model.producer_version = "appliance.face.resnet", BUILDER
        entry = model.metadata_props.add()
        entry.key, entry.value = "source_sha256", source
        return bytes(model.SerializeToString(deterministic=True))
