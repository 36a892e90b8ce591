"""The gallery's key, or the seed of its rotation, is gone or another one: said, never replaced silently."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.errors import DeviceError
from appliance.vault import keys
from tests.worlds.cabinet import Cabinet, pictures


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    one = Cabinet(tmp_path)
    gallery = one.open()
    gallery.enrol("an", pictures(1), consent="v1", at=one.clock.now().at)
    gallery.close()
    return one


def test_the_key_is_missing(cabinet: Cabinet) -> None:
    with pytest.raises(
        DeviceError, match=r"gallery\.key: missing, and .*gallery\.sqlite needs it; restore it from the"
    ):
        keys.symmetric_key(cabinet.folder / "keys", "gallery.key", seals=cabinet.path)
    assert not (cabinet.folder / "keys" / "gallery.key").exists(), "a new one would hide the loss"


def test_the_key_is_another(cabinet: Cabinet) -> None:
    with pytest.raises(DeviceError, match=r"gallery\.key is not the key it was made with; restore it from the backup"):
        cabinet.open(key=bytes(32))


def test_the_seed_is_missing(cabinet: Cabinet) -> None:
    (seed,) = cabinet.seeds()
    seed.unlink()
    for read_only in (True, False):
        with pytest.raises(DeviceError, match="missing, and the templates were turned by it; restore it and the gal"):
            cabinet.open(read_only=read_only)


def test_the_seed_is_another(cabinet: Cabinet) -> None:
    """A file of the right length with other bytes: the templates open, turned back wrongly; nobody is named by it."""
    (seed,) = cabinet.seeds()
    seed.write_bytes(bytes(32))
    with pytest.raises(DeviceError, match="is not the seed that the gallery was turned by; restore it"):
        cabinet.open()


def test_gallery_and_seed_from_one_backup_work_together(cabinet: Cabinet, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(cabinet.folder / "gallery", backup / "gallery")
    shutil.copytree(cabinet.folder / "keys", backup / "keys")
    gallery = cabinet.open()
    gallery.renew("the meeting ended")
    gallery.close()

    shutil.rmtree(cabinet.folder / "gallery")
    shutil.copytree(backup / "gallery", cabinet.folder / "gallery")
    with pytest.raises(DeviceError, match="restore it and the gallery from the same backup"):
        cabinet.open(read_only=True)
    shutil.copytree(backup / "keys", cabinet.folder / "keys", dirs_exist_ok=True)
    gallery = cabinet.open()
    assert [template.delegate for template in gallery.templates()] == ["an"]
    assert len(cabinet.seeds()) == 1, "the seed of the lost gallery is destroyed"
    gallery.close()
