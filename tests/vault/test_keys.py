"""Keys: made once, kept at mode 0600, never replaced by a new one without a word."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance.errors import DeviceError
from appliance.vault import keys


def test_a_device_key_is_made_once_and_signs(tmp_path: Path):
    first, again = keys.signer(tmp_path), keys.signer(tmp_path)
    assert first.public_key == again.public_key
    Ed25519PublicKey.from_public_bytes(again.public_key).verify(first.sign(b"message"), b"message")
    assert stat.S_IMODE((tmp_path / "device.key").stat().st_mode) == 0o600


def test_a_file_that_is_no_key_is_named(tmp_path: Path):
    (tmp_path / "device.key").write_text("not a key")
    with pytest.raises(DeviceError, match=r"device\.key: not a private key in PEM form"):
        keys.signer(tmp_path)


def test_systemd_s_credential_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    credential = tmp_path / "credentials"
    credential.mkdir()
    (credential / "gallery.key").write_bytes(bytes(range(32)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credential))
    assert keys.symmetric_key(tmp_path / "keys", "gallery.key") == bytes(range(32))
    assert not (tmp_path / "keys").exists()


def test_a_key_of_the_wrong_length_is_refused_with_both_lengths(tmp_path: Path):
    (tmp_path / "gallery.key").write_bytes(b"short")
    with pytest.raises(DeviceError, match="has 5 bytes, a key has 32"):
        keys.symmetric_key(tmp_path, "gallery.key")


def test_a_lost_key_is_not_replaced_while_what_it_sealed_is_there(tmp_path: Path):
    gallery = tmp_path / "gallery.sqlite"
    key = keys.symmetric_key(tmp_path / "keys", "gallery.key", seals=gallery)
    gallery.write_bytes(b"sealed")
    assert keys.symmetric_key(tmp_path / "keys", "gallery.key", seals=gallery) == key
    (tmp_path / "keys" / "gallery.key").unlink()
    with pytest.raises(DeviceError, match="needs it; restore it from the backup"):
        keys.symmetric_key(tmp_path / "keys", "gallery.key", seals=gallery)
    assert not (tmp_path / "keys" / "gallery.key").exists()
