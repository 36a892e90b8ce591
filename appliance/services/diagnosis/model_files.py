"""The model files, by their sha256."""

from __future__ import annotations

from appliance.errors import DeviceError
from appliance.face.models import Model, catalogue
from appliance.services.diagnosis.finding import EVERY_USE, Finding


def models(catalogued: dict[str, Model] | None = None) -> list[Finding]:
    """Each file of models.toml: there, and with the sha256 that is written there."""
    findings = []
    for model in (catalogued or catalogue()).values():
        name = f"model {model.name}"
        try:
            path = model.verified()
        except DeviceError as error:
            findings.append(Finding(name, False, str(error), EVERY_USE, "run script/bootstrap"))
        else:
            findings.append(Finding(name, True, f"{path.name}, sha256 as in models.toml", EVERY_USE))
    return findings
