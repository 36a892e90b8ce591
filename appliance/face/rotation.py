"""The secret turn of a gallery's templates: how it follows from its seed, and the files that keep seeds.

A turn is an orthogonal 128×128 matrix. It keeps every distance, so nothing is lost for identification; a template
turned by one seed fits nothing turned by another. With a new seed the old copies of a gallery become useless to
whoever has not the old seed: templates are renewable (ISO/IEC 24745).

What a memory card keeps: `keep_only` overwrites the file of a seed and deletes it, but a card writes elsewhere than
it is told and may hold the 32 old bytes in a block that no program reaches. That is out of reach here; only a destroyed
card ends it, or seeds on a disk that overwrites in place.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from numpy.typing import NDArray

from appliance.errors import DeviceError

SIZE = 128
"""Numbers of a descriptor."""

SEED_BYTES = 32

_PREFIX = "gallery.rotation."

Turn = NDArray[np.float64]
"""An orthogonal matrix R (128×128). A row vector v is turned by v @ R and turned back by v @ R.T."""


def turn_of(seed: bytes) -> Turn:
    """The turn of a seed of 32 bytes, the same on every machine but for rounding (1e-12).

    ChaCha20's key stream (RFC 8439; the seed is the key, counter and nonce are zero) is read as little-endian 64-bit
    words; the upper 53 bits of each are a uniform number, two of them two normal ones (Box and Muller 1958). Of that
    Gaussian matrix the orthogonal factor Q of QR = A with positive diagonal of R is distributed by Haar's measure: no
    direction is preferred (Mezzadri, Notices of the AMS 54, 2007).
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    stream = Cipher(ChaCha20(seed, bytes(16)), mode=None).encryptor().update(bytes(8 * SIZE * SIZE))
    uniform = (np.frombuffer(stream, "<u8") >> np.uint64(11)) * 2.0**-53
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform[0::2]))  # 1 - u is never 0
    angle = 2.0 * np.pi * uniform[1::2]
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)]).reshape(SIZE, SIZE)
    q, r = np.linalg.qr(normal)
    return np.asarray(q * np.sign(np.diag(r)))


class Seeds:
    """The files of one folder, each a seed of mode 0600 named by its digest; the gallery says which one counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> str:
        """Write a new seed, durable when this returns; its name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seed = secrets.token_bytes(SEED_BYTES)
        name = _name(seed)
        with open(os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(seed)
            file.flush()
            os.fsync(file.fileno())
        self._sync()
        return name

    def turn(self, name: str) -> Turn:
        """The turn of the seed of that name. Raises `DeviceError` if the file is missing or holds another."""
        path = self._path(name)
        if not path.exists():
            raise DeviceError(
                f"{path}: missing, and the templates were turned by it; restore it and the gallery from the same "
                "backup, or delete the gallery and enrol everybody anew"
            )
        seed = path.read_bytes()
        if len(seed) != SEED_BYTES:
            raise DeviceError(f"{path}: has {len(seed)} bytes, a seed has {SEED_BYTES}; restore it from the backup")
        if _name(seed) != name:
            raise DeviceError(f"{path}: is not the seed that the gallery was turned by; restore it from the backup")
        return turn_of(seed)

    def keep_only(self, name: str) -> int:
        """Destroy every other seed: overwrite, sync, delete; how many there were."""
        others = [path for path in self._paths() if path != self._path(name)]
        for path in others:
            _overwrite(path)
            path.unlink()
        if others:
            self._sync()
        return len(others)

    def _paths(self) -> Iterator[Path]:
        return iter(sorted(self.folder.glob(f"{_PREFIX}*")))

    def _path(self, name: str) -> Path:
        return self.folder / f"{_PREFIX}{name}"

    def _sync(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _name(seed: bytes) -> str:
    """The beginning of a digest: another seed under this name is noticed."""
    return hashlib.sha256(b"appliance gallery rotation\0" + seed).hexdigest()[:16]


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
