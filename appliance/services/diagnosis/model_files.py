"""The model files, and the graph made of one of them, by their sha256."""

from __future__ import annotations

from pathlib import Path

from appliance.errors import DeviceError
from appliance.face import graph
from appliance.face.models import Model, catalogue
from appliance.services.diagnosis.finding import EVERY_USE, Finding


def models(folder: Path, catalogued: dict[str, Model] | None = None) -> list[Finding]:
    """Each file of models.toml: there, and with the sha256 that is written there. `folder`: the state's `models`."""
    findings = []
    for model in (catalogued or catalogue()).values():
        name = f"model {model.name}"
        # What no package brings can be done without: dlib's detector does its work. A wrong file cannot.
        needed = EVERY_USE if model.package or model.place(folder).exists() else frozenset()
        try:
            path = model.verified(folder)
        except DeviceError as error:
            findings.append(Finding(name, False, str(error), needed, model.remedy))
        else:
            findings.append(Finding(name, True, f"{path.name}, sha256 as in models.toml", needed))
    return findings


def network(folder: Path) -> Finding:
    """The ONNX graph of the face network: there and unaltered. A missing one is made by the door when it starts."""
    path, name, remedy = graph.path_in(folder), "face network's graph", "run `appliance models build`"
    try:
        graph.verified(folder)
    except FileNotFoundError:
        return Finding(name, False, f"{path}: not made yet; the door makes it when it starts", frozenset(), remedy)
    except PermissionError as error:
        return Finding(name, False, f"{path}: {error.strerror}", EVERY_USE, "run as a user who may read there")
    except DeviceError as error:
        return Finding(name, False, str(error), EVERY_USE, remedy)
    return Finding(name, True, f"{path.name}, sha256 as in models.toml", EVERY_USE)
