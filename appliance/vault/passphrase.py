"""The passphrase over the boxes of secret ballots: typed by the secretary, known to nobody else, kept nowhere.

What is kept is a salt and a verifier. The key itself (KEK) is in memory alone: after a power cut it is typed again. Who
has the file can try passphrases on it, as fast as Argon2id lets them: that is why it has to be long.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from appliance.errors import DeviceError
from appliance.vault import durable

TIME_COST, MEMORY_KIB, LANES = 6, 64 * 1024, 1
"""Argon2id: the memory of RFC 9106's second recommended option (section 4), twice its passes, since it is typed once or
twice in a meeting. 0.28 s on one core of a server; not measured on a Raspberry Pi."""

SALT_BYTES, KEY_BYTES = 16, 32
CHECK_BYTES = 32


@dataclass(frozen=True)
class Derived:
    """What a passphrase comes to: the key that wraps, and what tells a wrong one from a right one."""

    salt: bytes
    key: bytes = field(repr=False)
    verifier: bytes = field(repr=False)


class Passphrase:
    """One file of the vault: salt, verifier, and a digest of both. `key` is there since somebody typed it."""

    def __init__(self, folder: Path) -> None:
        """Raises `DeviceError` if the file is damaged: the right passphrase would be called a wrong one."""
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
        """The slow part, for a worker thread: it reads nothing that changes.

        Vietnamese letters are typed as one character by some keyboards and as several by others: both are the same
        passphrase (NFC, as RFC 8265, 4.2.2, has it for passwords).
        """
        typed = unicodedata.normalize("NFC", passphrase).encode()
        salt = self._kept[0] if self._kept is not None else secrets.token_bytes(SALT_BYTES)

        def work() -> Derived:
            raw = hash_secret_raw(
                typed,
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
            kept = derived.salt + derived.verifier
            durable.write(self._path, kept + hashlib.sha256(kept).digest())
            self._kept = derived.salt, derived.verifier
        _salt, verifier = self._kept
        if not hmac.compare_digest(derived.verifier, verifier):
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
        kept, check = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
        if len(kept) != SALT_BYTES + KEY_BYTES or hashlib.sha256(kept).digest() != check:
            raise DeviceError(
                f"{self._path}: damaged, so no passphrase opens what it sealed; delete it, choose another passphrase, "
                "and annul the secret ballots that wait to be counted"
            )
        return kept[:SALT_BYTES], kept[SALT_BYTES:]
