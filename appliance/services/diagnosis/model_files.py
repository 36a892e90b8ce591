"""The model files, by their sha256."""

from __future__ import annotations

from pathlib import Path

from appliance.errors import DeviceError
from appliance.face.models import Model, catalogue
from appliance.services.diagnosis.finding import EVERY_USE, Finding


def models(folder: Path, catalogued: dict[str, Model] | None = None) -> list[Finding]:
    """Each file of models.toml: there, and with the sha256 that is written there. `folder`: the state's `models`."""
    findings = []
    for model in (catalogued or catalogue()).values():
        name = f"model {model.name}"
        # What no package brings can be done without: dlib's detector stands in for YuNet. A wrong file cannot.
        needed = EVERY_USE if model.package or model.place(folder).exists() else frozenset()
        try:
            path = model.verified(folder)
        except DeviceError as error:
            findings.append(Finding(name, False, str(error), needed, model.remedy))
        else:
            findings.append(Finding(name, True, f"{path.name}, sha256 as in models.toml", needed))
    return findings
