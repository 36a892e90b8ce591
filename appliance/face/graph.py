"""The ONNX graph in the state directory: made once from dlib's file, and checked whenever it is opened.

Its name holds the beginning of the digest that models.toml states: what an earlier version made is simply not there and
is made anew by whoever needs it (`services.bench.door`), and what was altered is refused.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from appliance.face.models import Model, catalogue, check, digest_of, put


def path_in(folder: Path, model: Model | None = None) -> Path:
    """Where the graph lies; `folder` is the state directory's `models`."""
    model = model or catalogue()["embedder"]
    return folder / f"{Path(model.file).stem}-{model.graph_sha256[:12]}.onnx"


def built(model: Model | None = None) -> bytes:
    """The graph, made in memory from the verified file of dlib: a third of a second.

    Raises `DeviceError` if that file is a wrong one, or if the graph came out different from what models.toml states.
    """
    # Only whoever makes a graph needs onnx, which takes 40 MB.
    from appliance.face import resnet, resnet_file

    model = model or catalogue()["embedder"]
    source = model.verified()
    graph = resnet.build(resnet_file.read(source.read_bytes(), str(source)), model.sha256)
    found = hashlib.sha256(graph).hexdigest()
    check(f"the graph made from {source}", found, model.graph_sha256, "graph_sha256 there belongs to another version")
    return graph


def verified(folder: Path) -> Path:
    """The graph of the state directory, checked. Raises `DeviceError` with both values for another one.

    Raises `FileNotFoundError` where none was made yet. Between check and opening nobody could exchange the file
    but root and the door's own user: who has become that user needs no other network.
    """
    path = path_in(folder)
    remedy = "the graph is damaged or was altered: run `appliance models build`"
    check(path, digest_of(path), catalogue()["embedder"].graph_sha256, remedy)
    return path


def write(folder: Path) -> Path:
    """Make the graph and keep it; what earlier versions made goes away."""
    path, graph = path_in(folder), built()
    put(path, graph)
    for earlier in folder.glob(f"{Path(catalogue()['embedder'].file).stem}-*.onnx"):
        if earlier != path:
            earlier.unlink(missing_ok=True)
    return path
