"""The secret turn: it keeps every distance, is drawn fairly, and its seeds are files that can be destroyed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import DeviceError
from appliance.face.rotation import SEED_BYTES, SIZE, Seeds, turn_of


@settings(max_examples=25, deadline=None)
@given(seed=st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES), data=st.integers(0, 2**32 - 1))
def test_every_distance_is_kept(seed: bytes, data: int) -> None:
    vectors = np.random.default_rng(data).normal(size=(12, SIZE))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    turned = vectors @ turn_of(seed)
    before = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    after = np.linalg.norm(turned[:, None] - turned[None], axis=2)
    assert np.abs(after - before).max() < 1e-5
    assert np.abs(turned @ turn_of(seed).T - vectors).max() < 1e-12


def test_the_same_seed_is_the_same_turn_and_another_is_another() -> None:
    one, other = hashlib.sha256(b"1").digest(), hashlib.sha256(b"2").digest()
    assert np.array_equal(turn_of(one), turn_of(one))
    vector = np.eye(SIZE)[0]
    assert abs((vector @ turn_of(one)) @ (vector @ turn_of(other))) < 0.5, "nothing of one is seen in the other"


KNOWN = [-0.02115924745951192, -0.1464397204109899, -0.10571970293014425]


def test_the_turn_of_a_known_seed_is_what_it_always_was() -> None:
    """A gallery of today must be readable on the machine and the numpy of tomorrow."""
    turn = turn_of(bytes(range(32)))
    assert turn[0, :3] == pytest.approx(KNOWN, abs=1e-9)


def test_no_direction_is_preferred() -> None:
    """Where the first axis goes, over 150 seeds: mean 0, variance 1/128 in each coordinate (Haar)."""
    images = np.array([turn_of(hashlib.sha256(bytes([n % 256, n // 256])).digest())[0] for n in range(150)])
    assert np.abs(images.mean(axis=0)).max() < 4.5 / np.sqrt(150 * SIZE)
    assert images.var() == pytest.approx(1 / SIZE, rel=0.03)
    determinants = {round(float(np.linalg.det(turn_of(bytes([n]) * 32)))) for n in range(8)}
    assert determinants == {-1, 1}, "reflections too: all of the orthogonal group"


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        turn_of(bytes(31))


def test_seeds_are_files_for_their_owner_alone_and_are_destroyed(tmp_path: Path) -> None:
    seeds = Seeds(tmp_path / "keys")
    one, other = seeds.make(), seeds.make()
    files = sorted((tmp_path / "keys").iterdir())
    assert len(files) == 2
    assert all(path.stat().st_mode & 0o077 == 0 and len(path.read_bytes()) == SEED_BYTES for path in files)
    assert not np.allclose(seeds.turn(one), seeds.turn(other))
    (doomed,) = (path for path in files if other in path.name)
    hold = doomed.open("rb")  # a name is gone, an open file is not: so it is seen that it was overwritten
    assert seeds.keep_only(one) == 1
    assert hold.read() == bytes(SEED_BYTES)
    hold.close()
    assert not doomed.exists()
    assert seeds.keep_only(one) == 0
    with pytest.raises(DeviceError, match="missing, and the templates were turned by it; restore"):
        seeds.turn(other)


def test_a_seed_of_another_length_is_refused(tmp_path: Path) -> None:
    seeds = Seeds(tmp_path)
    name = seeds.make()
    (path,) = tmp_path.iterdir()
    path.write_bytes(bytes(5))
    with pytest.raises(DeviceError, match="has 5 bytes, a seed has 32"):
        seeds.turn(name)


def test_another_seed_under_the_same_name_is_refused(tmp_path: Path) -> None:
    seeds = Seeds(tmp_path)
    name = seeds.make()
    (path,) = tmp_path.iterdir()
    path.write_bytes(bytes(SEED_BYTES))
    with pytest.raises(DeviceError, match="is not the seed that the gallery was turned by"):
        seeds.turn(name)


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "gallery.key").write_bytes(bytes(32))
    seeds = Seeds(tmp_path)
    seeds.keep_only(seeds.make())
    assert (tmp_path / "gallery.key").exists()
