"""The ONNX graph in the state directory: made once from dlib's file, and checked whenever it is opened.

Its name holds the beginning of the digest that models.toml states: what an earlier version made is simply not there and
is made anew by whoever needs it (`services.bench.door`), and what was altered is refused.
"""

from __future__ import annotations

from pathlib import Path

from appliance.errors import DeviceError
from appliance.face.models import Model, catalogue, check, put


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
    check(f"the graph made from {source}", graph, model.graph_sha256, "graph_sha256 there belongs to another version")
    return graph


def opened(folder: Path) -> bytes:
    """The checked graph of the state directory. Raises `DeviceError`: missing, or another one."""
    path = path_in(folder)
    try:
        graph = path.read_bytes()
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror}; run `appliance models build`") from error
    verify(path, graph)
    return graph


def verify(path: Path, graph: bytes) -> None:
    """Raise `DeviceError` with both values if these are not the bytes of the graph that models.toml states."""
    remedy = "the graph is damaged or was altered: run `appliance models build`"
    check(path, graph, catalogue()["embedder"].graph_sha256, remedy)


def write(folder: Path) -> Path:
    """Make the graph and keep it; what earlier versions made goes away."""
    path, graph = path_in(folder), built()
    put(path, graph)
    for earlier in folder.glob(f"{Path(catalogue()['embedder'].file).stem}-*.onnx"):
        if earlier != path:
            earlier.unlink(missing_ok=True)
    return path
