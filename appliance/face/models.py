"""The model files: which are allowed (`models/models.toml`), where they are, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from appliance import resources
from appliance.errors import DeviceError


@dataclass(frozen=True)
class Model:
    """One table of models.toml.

    A file comes with a Python package (`package`, and `folder` in it), or lies in the folder `models` of the state
    directory: fetched from `url`, or copied there by hand. `graph_sha256` is the digest of the ONNX graph that
    `face.resnet` makes of the file, for the one model that is run that way.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    licence: str
    purpose: str
    input: str
    measured: str
    package: str = ""
    folder: str = ""
    url: str = ""
    graph_sha256: str = ""

    def place(self, folder: Path | None = None) -> Path:
        """Where the file lies or has to lie; `folder` is the state directory's `models`.

        Raises `DeviceError` if the package that brings it is not installed, `ValueError` if the folder was needed.
        """
        if not self.package:
            if folder is None:
                raise ValueError(f"{self.file} lies in the state directory: name its folder")
            return folder / self.file
        # The package is located, not imported: importing it needs pkg_resources, which setuptools 82 removed.
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise DeviceError(f"{self.file}: the package {self.package} is not installed; run script/bootstrap")
        return Path(spec.submodule_search_locations[0]) / self.folder / self.file

    def verified(self, folder: Path | None = None) -> Path:
        """The path of a file that is there and has the right sha256, else `DeviceError` with both values."""
        path = self.place(folder)
        if not path.is_file():
            raise DeviceError(f"{path}: the model file is missing; {self.remedy}")
        check(path, digest_of(path), self.sha256, f"the file is damaged or another model: {self.remedy}")
        return path

    @property
    def remedy(self) -> str:
        """What to do where the file is missing or a wrong one."""
        return "run script/bootstrap" if self.package else "run `appliance models fetch`"


def digest_of(path: Path) -> str:
    """The sha256 of a file, read piece by piece: the door's memory is counted."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(what: Path | str, found: str, sha256: str, remedy: str) -> None:
    """Raise `DeviceError` with both values unless the digest `found` is the one that models.toml states."""
    if found != sha256:
        raise DeviceError(f"{what}: sha256 is {found}, models.toml says {sha256}; {remedy}")


def put(path: Path, data: bytes) -> None:
    """Keep a model file: whole or not at all, also through a power cut. Every service may read it.

    Raises `DeviceError` if the disk is full or the folder may not be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), 0o644)
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        remedy = "; on a box begin with sudo" if isinstance(error, PermissionError) else ""
        raise DeviceError(f"{path}: cannot be written: {error.strerror}{remedy}") from error


def catalogue() -> dict[str, Model]:
    """Every model by its name in models.toml."""
    table = tomllib.loads((resources.folder("models") / "models.toml").read_text("utf-8"))
    return {name: Model(name=name, **fields) for name, fields in table.items()}


def yunet_path(folder: Path) -> Path | None:
    """The verified YuNet file in the state directory's `models`, or nothing where none was put there.

    Raises `DeviceError` for a file of that name with another sha256: a damaged model is no absent one.
    """
    model = catalogue()["detector"]
    return model.verified(folder) if model.place(folder).exists() else None
