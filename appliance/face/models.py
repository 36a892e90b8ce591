"""The model files: which are allowed (`models/models.toml`), where they are, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path

from appliance import resources
from appliance.errors import DeviceError


@dataclass(frozen=True)
class Model:
    """One table of models.toml."""

    name: str
    file: str
    package: str
    folder: str
    sha256: str
    bytes: int
    licence: str
    purpose: str
    input: str
    measured: str

    @property
    def path(self) -> Path:
        """Where the file lies. Raises `DeviceError` if the package that brings it is not installed."""
        # The package is located, not imported: importing it needs pkg_resources, which setuptools 82 removed.
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise DeviceError(f"{self.file}: the package {self.package} is not installed; run script/bootstrap")
        return Path(spec.submodule_search_locations[0]) / self.folder / self.file

    def verified(self) -> Path:
        """The path of a file that is there and has the right sha256, else `DeviceError` with both values."""
        path = self.path
        if not path.is_file():
            raise DeviceError(f"{path}: the model file is missing; run script/bootstrap")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != self.sha256:
            raise DeviceError(
                f"{path}: sha256 is {found}, models.toml says {self.sha256}; the file is damaged or another model: "
                "run script/bootstrap"
            )
        return path


def catalogue() -> dict[str, Model]:
    """Every model by its name in models.toml."""
    table = tomllib.loads((resources.folder("models") / "models.toml").read_text("utf-8"))
    return {name: Model(name=name, **fields) for name, fields in table.items()}
