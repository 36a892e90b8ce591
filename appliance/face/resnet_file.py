"""Reading the face network out of dlib's own file: the layers of `anet_type`, checked one by one.

The format is dlib's `serialize` (dlib/serialize.h, dlib/dnn/core.h, layers.h), the architecture that of dlib's example
dnn_face_recognition_ex.cpp. A network is written from its output inwards: first a version number for each layer, then
the input, then each layer's own fields on the way back out. So the file is read with the architecture in hand, and the
first difference is the end of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.errors import DeviceError

SIDE = 150
OUTPUTS = 128

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Convolution:
    """A convolution and the affine layer behind it: gamma · (weights ∗ x + bias) + beta, per filter.

    `weights` is (filters, inputs, size, size). A convolution with a stride has no padding, one without has size // 2.
    """

    weights: Weights
    bias: Weights
    gamma: Weights
    beta: Weights
    stride: int

    @property
    def padding(self) -> int:
        """Rows and columns of zeros on each side of the input."""
        return self.weights.shape[2] // 2 if self.stride == 1 else 0


@dataclass(frozen=True)
class Block:
    """Two convolutions beside a shortcut. `down`: the first has stride 2 and the shortcut is pooled 2×2."""

    first: Convolution
    second: Convolution
    down: bool


@dataclass(frozen=True)
class Network:
    """Everything the file says. `mean` is of the input's red, green and blue; `head` is (256, 128)."""

    mean: tuple[float, float, float]
    stem: Convolution
    blocks: tuple[Block, ...]
    head: Weights


BLOCKS = ((32, 32, 3, False), (32, 64, 4, True), (64, 128, 3, True), (128, 256, 3, True), (256, 256, 1, True))
"""Level by level from the input: channels in, channels out, blocks, and whether its first block goes down."""


def blocks() -> list[tuple[int, int, bool]]:
    """Channels in, channels out, down: of each block, from the input."""
    return [
        (inputs if n == 0 else outputs, outputs, down and n == 0)
        for inputs, outputs, count, down in BLOCKS
        for n in range(count)
    ]


def read(data: bytes, name: str) -> Network:
    """The network in a file's bytes. Raises `DeviceError` with `name`, what was found, and what should be there."""
    stream = _Stream(data, name)
    _prefix(stream)
    mean = _input(stream)
    stem = _convolution(stream, 3, 32, 7, 2, innermost=True)
    stream.layer("relu_")
    stream.layer("max_pool_2", (3, 3, 2, 2, 0, 0))
    found = []
    for inputs, outputs, down in blocks():
        first = _convolution(stream, inputs, outputs, 3, 2 if down else 1)
        stream.layer("relu_")
        second = _convolution(stream, outputs, outputs, 3, 1)
        if down:
            stream.layer("avg_pool_2", (2, 2, 2, 2, 0, 0))
        stream.layer("add_prev_")
        stream.layer("relu_")
        found.append(Block(first, second, down))
    stream.layer("avg_pool_2", (0, 0, 1, 1, 0, 0))
    head = _head(stream)
    stream.end()
    return Network(mean, stem, tuple(found), head)


def _prefix(stream: _Stream) -> None:
    """The loss, then one version number for each layer, from the output inwards: 2 for a layer, 1 for a tag or skip."""
    stream.expect("version of the network", stream.integer(), 1)
    stream.expect("loss", stream.string(), "loss_metric_2")
    stream.number(), stream.number()  # margin and threshold of the training
    versions = [2, 2]  # fully connected, average of everything
    for _, _, down in reversed(blocks()):
        # rectifier and sum; for a block that goes down: pool, skip, tag; two convolutions; the shortcut's tag
        versions += [2, 2, *([2, 1, 1] if down else []), 2, 2, 2, 2, 2, 1]
    versions += [2, 2, 2]  # pool, rectifier, affine
    for number, wanted in enumerate(versions):
        stream.expect(f"version of layer {number} from the output", stream.integer(), wanted)


def _input(stream: _Stream) -> tuple[float, float, float]:
    stream.expect("version of the first convolution", stream.integer(), 3)
    stream.expect("input", stream.string(), "input_rgb_image_sized")
    mean = stream.number(), stream.number(), stream.number()
    stream.expect("size of the input", (stream.integer(), stream.integer()), (SIDE, SIDE))
    return mean


def _convolution(
    stream: _Stream, inputs: int, outputs: int, size: int, stride: int, *, innermost: bool = False
) -> Convolution:
    where = f"convolution of {inputs} to {outputs} channels"
    kind = stream.one_of("layer", ("con_4", "con_5", "con_6"))
    count = outputs * inputs * size * size
    params = stream.tensor(where, count + outputs)
    padding = size // 2 if stride == 1 else 0
    shape = (outputs, size, size, stride, stride, padding, padding)
    stream.expect(f"shape of the {where}", tuple(stream.integer() for _ in range(7)), shape)
    stream.expect(f"filters of the {where}", stream.alias(), (outputs, inputs, size, size))
    stream.expect(f"biases of the {where}", stream.alias(), (1, outputs, 1, 1))
    for _ in range(4):
        stream.number()  # how fast it learned
    if kind in ("con_5", "con_6"):  # dlib 19.22 and later
        stream.expect(f"bias of the {where}", stream.boolean(), True)
    if kind == "con_6":
        stream.expect(f"rectifier inside the {where}", stream.boolean(), False)
    stream.gradients()
    if innermost:
        stream.expect("samples per input", stream.integer(), 1)
    gamma, beta = _affine(stream, outputs)
    weights = params[:count].reshape(outputs, inputs, size, size)
    return Convolution(weights, params[count:], gamma, beta, stride)


def _affine(stream: _Stream, channels: int) -> tuple[Weights, Weights]:
    where = f"affine layer of {channels} channels"
    kind = stream.one_of("layer", ("affine_", "affine_2"))
    params = stream.tensor(where, 2 * channels)
    for part in ("gamma", "beta"):
        stream.expect(f"{part} of the {where}", stream.alias(), (1, channels, 1, 1))
    stream.expect(f"mode of the {where}", stream.integer(), 0)
    if kind == "affine_2":  # dlib 19.23 and later
        stream.expect(f"{where} switched off", stream.boolean(), False)
    stream.gradients()
    return params[:channels], params[channels:]


def _head(stream: _Stream) -> Weights:
    kind = stream.one_of("layer", ("fc_2", "fc_3"))
    stream.expect("shape of the last layer", (stream.integer(), stream.integer()), (OUTPUTS, 256))
    params = stream.tensor("last layer", 256 * OUTPUTS)
    stream.expect("weights of the last layer", stream.alias(), (256, OUTPUTS, 1, 1))
    stream.alias()
    stream.expect("bias mode of the last layer", stream.integer(), 1)
    for _ in range(4):
        stream.number()
    if kind == "fc_3":
        stream.boolean()  # asked for a bias, which this kind of layer does not have
    stream.gradients()
    return params.reshape(256, OUTPUTS)


class _Stream:
    """The values in a file that dlib's `serialize` wrote, one after another."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name, self._at = data, name, 0

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Go on only if the file has what this network has."""
        if found != wanted:
            self._refuse(f"{what} is {found!r}, dlib's face network has {wanted!r}")

    def one_of(self, what: str, wanted: tuple[str, ...]) -> str:
        """The next string, which is one of these."""
        found = self.string()
        if found not in wanted:
            self._refuse(f"{what} is {found!r}, dlib's face network has {' or '.join(map(repr, wanted))}")
        return found

    def layer(self, kind: str, shape: tuple[int, ...] = ()) -> None:
        """A layer without weights: its name, its shape, and what training left."""
        self.expect("layer", self.string(), kind)
        self.expect(f"shape of {kind}", tuple(self.integer() for _ in shape), shape)
        self.gradients()

    def gradients(self) -> None:
        """What every layer ends with: three switches and three tensors that matter for training alone."""
        for _ in range(3):
            self.boolean()
        for _ in range(3):
            self.tensor("leftover of training", None)

    def integer(self) -> int:
        """A byte with the sign and how many bytes follow, least significant first."""
        control = self._take(1)[0]
        if not 1 <= control & 0x0F <= 8 or control & 0x70:
            self._refuse(f"{control:#04x} does not begin a number")
        value = int.from_bytes(self._take(control & 0x0F), "little")
        return -value if control & 0x80 else value

    def number(self) -> float:
        """A mantissa and a power of two, both as integers."""
        mantissa, exponent = self.integer(), self.integer()
        if abs(exponent) > 900:  # infinities and NaN are written as 32000 and above
            self._refuse(f"{mantissa}·2^{exponent} is no finite number")
        return math.ldexp(mantissa, exponent)

    def boolean(self) -> bool:
        """A character, 0 or 1."""
        found = self._take(1)
        if found not in (b"0", b"1"):
            self._refuse(f"{found!r} is neither true nor false")
        return found == b"1"

    def string(self) -> str:
        """Its length, then its characters."""
        length = self.integer()
        if not 0 <= length <= 64:
            self._refuse(f"a name of {length} characters")
        return self._take(length).decode("ascii", "backslashreplace")

    def alias(self) -> tuple[int, ...]:
        """The shape of a part of a tensor."""
        self.expect("version of a part of a tensor", self.integer(), 1)
        return tuple(self.integer() for _ in range(4))

    def tensor(self, what: str, count: int | None) -> Weights:
        """Four dimensions, then so many little-endian floats. Finite, and `count` of them unless that is None."""
        self.expect("version of a tensor", self.integer(), 2)
        shape = [self.integer() for _ in range(4)]
        found = math.prod(shape)
        if min(shape) < 0 or found > len(self._data):
            self._refuse(f"{what}: a tensor of shape {shape}")
        if count is not None:
            self.expect(f"numbers in the {what}", found, count)
        values = np.frombuffer(self._take(4 * found), dtype="<f4").astype(np.float32)
        if not np.isfinite(values).all():
            self._refuse(f"{what}: a number that is not finite")
        return values

    def end(self) -> None:
        """Nothing may follow."""
        rest = len(self._data) - self._at
        if rest:
            self._refuse(f"{rest} bytes follow the network")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            self._refuse(f"it ends there, {count - len(taken)} bytes early")
        self._at += count
        return taken

    def _refuse(self, why: str) -> None:
        raise DeviceError(f"{self._name}: not dlib's face network: at byte {self._at}: {why}")
