"""The passphrase over the boxes of secret ballots: typed by the secretary, known to nobody else, kept nowhere.

What is kept is a salt and a verifier. The key itself (KEK) is in memory alone: after a power cut it is typed again.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from appliance.errors import DeviceError
from appliance.vault import durable

TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 1
"""Argon2id (RFC 9106, 4: the second recommended option's memory): about a third of a second on a Pi 4."""

SALT_BYTES, KEY_BYTES = 16, 32


@dataclass(frozen=True)
class Derived:
    """What a passphrase comes to: the key that wraps, and what tells a wrong one from a right one."""

    salt: bytes
    key: bytes
    verifier: bytes


class Passphrase:
    """One file of the vault: salt and verifier. `key` is there while somebody has typed it since the start."""

    def __init__(self, folder: Path) -> None:
        """Raises `DeviceError` if the file is not whole."""
        self._path = folder / "passphrase"
        self.key: bytes | None = None
        self._kept = self._read()

    @property
    def is_set(self) -> bool:
        """Whether one was chosen."""
        return self._kept is not None

    @property
    def is_open(self) -> bool:
        """Whether the key is in memory."""
        return self.key is not None

    def derive(self, passphrase: str) -> Callable[[], Derived]:
        """The slow part, for a worker thread: it reads nothing that changes."""
        salt = self._kept[0] if self._kept is not None else secrets.token_bytes(SALT_BYTES)

        def work() -> Derived:
            raw = hash_secret_raw(
                passphrase.encode(),
                salt,
                time_cost=TIME_COST,
                memory_cost=MEMORY_KIB,
                parallelism=LANES,
                hash_len=2 * KEY_BYTES,
                type=Type.ID,
            )
            return Derived(salt, raw[:KEY_BYTES], raw[KEY_BYTES:])

        return work

    def accept(self, derived: Derived) -> bool:
        """Take the key into memory; the first one is kept as the one that counts. False if it is another passphrase."""
        if self._kept is None:
            durable.write(self._path, derived.salt + derived.verifier)
            self._kept = derived.salt, derived.verifier
        salt, verifier = self._kept
        if derived.salt != salt or not hmac.compare_digest(derived.verifier, verifier):
            return False
        self.key = derived.key
        return True

    def forget(self) -> None:
        """Salt, verifier and key go: nothing that was wrapped is opened any more. The next passphrase is a new one."""
        self.key, self._kept = None, None
        durable.destroy(self._path)

    def _read(self) -> tuple[bytes, bytes] | None:
        if not self._path.exists():
            return None
        data = self._path.read_bytes()
        if len(data) != SALT_BYTES + KEY_BYTES:
            raise DeviceError(
                f"{self._path}: has {len(data)} bytes, not {SALT_BYTES + KEY_BYTES}; boxes cannot be opened. Annul the "
                f"ballots that wait, then delete {os.fspath(self._path)}"
            )
        return data[:SALT_BYTES], data[SALT_BYTES:]
