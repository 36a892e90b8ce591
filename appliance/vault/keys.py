"""Where private keys come from: systemd's credentials first, else a file of mode 0600 in the state directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.errors import DeviceError


class KeyFileSigner:
    """An Ed25519 key from a PEM file (PKCS #8). Implements `record.Signer`."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self._key.sign(message)


def _credential(name: str) -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / name if folder else None
    return path if path is not None and path.exists() else None


def signer(folder: Path, name: str = "device.key") -> KeyFileSigner:
    """The signing key of that name; made on first use. Raises `DeviceError` if the file is no Ed25519 key."""
    path = _credential(name) or folder / name
    if not path.exists():
        _write_secret(path, _pem(Ed25519PrivateKey.generate()))
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise DeviceError(f"{path}: not a private key in PEM form ({error}); restore it from the backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise DeviceError(f"{path}: not an Ed25519 key")
    return KeyFileSigner(key)


def keep_signer(folder: Path, key: Ed25519PrivateKey, name: str = "device.key") -> None:
    """Make this the signing key of a vault that has none: of a box that is restored, or of a session that is replayed.

    A key that is there already stays.
    """
    _write_secret(folder / name, _pem(key))


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def symmetric_key(folder: Path, name: str, *, seals: Path | None = None) -> bytes:
    """A 32-byte secret of that name; made on first use.

    Raises `DeviceError` if the file has another length, or is missing although `seals`, which it once sealed, is there:
    a new key would open nothing and hide the loss.
    """
    path = _credential(name) or folder / name
    if not path.exists():
        if seals is not None and seals.exists():
            raise DeviceError(f"{path}: missing, and {seals} needs it; restore it from the backup, or delete both")
        _write_secret(path, secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) != 32:
        raise DeviceError(f"{path}: has {len(key)} bytes, a key has 32; restore it from the backup")
    return key


def _write_secret(path: Path, data: bytes) -> None:
    """Create the file whole or not at all, readable by its owner alone; a concurrent creator wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    # The key must be there after a power cut: the journal that begins with its public half will be.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
