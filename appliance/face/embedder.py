"""Describing an aligned face by 128 numbers: one network, from one checked file, run by ONNX Runtime or by dlib.

Why ONNX Runtime: docs/adr/0010-the-network-as-an-onnx-graph.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import dlib
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf

from appliance.camera import Image
from appliance.errors import DeviceError
from appliance.face import Box
from appliance.face.alignment import Aligner, Chip
from appliance.face.models import catalogue

__all__ = ["Chip", "Descriptor", "DlibEmbedder", "Embedder", "OnnxEmbedder"]

Descriptor = NDArray[np.float32]
"""128 numbers, length 1. Distances between two are Euclidean: 0 the same, 2 opposite."""


class Embedder(ABC):
    """Face → descriptor. Descriptors of both kinds compare with each other: `digest` is the sha256 of dlib's file."""

    def __init__(self) -> None:
        """Raises `DeviceError` if a model file is missing or is not the one that models.toml names."""
        self._aligner = Aligner()
        self.digest = catalogue()["embedder"].sha256
        self.digests = {"landmarks": self._aligner.digest, "embedder": self.digest}

    def align(self, image: Image, box: Box) -> Chip:
        """Cut the face out of an RGB picture, eyes level."""
        return self._aligner.align(image, box)

    def describe(self, chip: Chip, *, view: int = 0) -> Descriptor:
        """The descriptor of one of an aligned face's `alignment.VIEWS`, brought to length 1.

        At length 1 delegates are told apart better than by the raw descriptor: 200 enrolled, one look, FPIR 1 %: TPIR
        93 % against 87 %.
        """
        raw = self.raw(chip.view(view))
        return np.asarray(raw / np.linalg.norm(raw), dtype=np.float32)

    @abstractmethod
    def raw(self, image: Image) -> Descriptor:
        """What the network itself says of an RGB chip, 150×150, as face_recognition gives it: not of length 1."""


class OnnxEmbedder(Embedder):
    """The graph of `face.resnet` on one thread: 6 ms of CPU. Python's lock is free meanwhile."""

    def __init__(self, graph: Path | bytes) -> None:
        """`graph` comes from `face.graph`, which checks it: the file (20 MB less at the peak), or what was just made.

        Raises `DeviceError` if it is no graph.
        """
        super().__init__()
        options = onnxruntime.SessionOptions()
        # One thread, the caller's: the other cores belong to the other services.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        source = graph if isinstance(graph, bytes) else str(graph)
        options.log_severity_level = 3  # it warns of graphics cards it did not find
        try:
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        except (InvalidGraph, InvalidProtobuf, Fail) as error:
            raise DeviceError(f"ONNX Runtime cannot open the face network's graph: {error}") from error

    def raw(self, image: Image) -> Descriptor:
        """See `Embedder`."""
        (found,) = self._session.run(None, {"chip": np.ascontiguousarray(image)})
        return np.asarray(found[0], dtype=np.float32)


class DlibEmbedder(Embedder):
    """The reference. Holds Python's lock for some 80 ms a descriptor: keep it in a process of its own."""

    def __init__(self) -> None:
        """Load the network as dlib does."""
        super().__init__()
        self._network = dlib.face_recognition_model_v1(str(catalogue()["embedder"].verified()))

    def raw(self, image: Image) -> Descriptor:
        """See `Embedder`."""
        return np.array(self._network.compute_face_descriptor(np.ascontiguousarray(image)), dtype=np.float32)
