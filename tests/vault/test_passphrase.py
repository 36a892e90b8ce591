"""The passphrase over the boxes: chosen once, typed again, told from a wrong one, gone with the meeting."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from appliance.errors import DeviceError
from appliance.vault import passphrase
from appliance.vault.passphrase import Passphrase

RIGHT = "bốn con trâu gặm cỏ"


@pytest.fixture(autouse=True)
def _quick_to_derive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "MEMORY_KIB", 64)
    monkeypatch.setattr(passphrase, "TIME_COST", 1)


@pytest.fixture
def chosen(tmp_path: Path) -> Passphrase:
    one = Passphrase(tmp_path)
    assert one.accept(one.derive(RIGHT)())
    return one


def typed(folder: Path, text: str) -> Passphrase:
    """After a power cut."""
    one = Passphrase(folder)
    one.accept(one.derive(text)())
    return one


def test_the_first_one_is_the_one(tmp_path: Path) -> None:
    one = Passphrase(tmp_path)
    assert (one.is_set, one.is_open, one.key) == (False, False, None)
    derived = one.derive(RIGHT)()
    assert not one.is_set, "nothing is chosen before it is accepted"
    assert one.accept(derived)
    assert (one.is_set, one.is_open, one.key) == (True, True, derived.key)
    assert len(derived.key) == 32


def test_after_a_power_cut_it_is_typed_again(chosen: Passphrase, tmp_path: Path) -> None:
    again = Passphrase(tmp_path)
    assert (again.is_set, again.is_open, again.key) == (True, False, None)
    assert again.accept(again.derive(RIGHT)())
    assert again.key == chosen.key


def test_a_wrong_passphrase_is_told_and_changes_nothing(chosen: Passphrase, tmp_path: Path) -> None:
    before = (tmp_path / "passphrase").read_bytes()
    again = Passphrase(tmp_path)
    for wrong in (RIGHT + " ", RIGHT.upper(), "bon con trau gam co", ""):
        assert not again.accept(again.derive(wrong)())
        assert again.key is None
    assert not chosen.accept(chosen.derive("một cụm từ khác")())
    assert chosen.is_open, "a wrong one that is typed later closes nothing"
    assert (tmp_path / "passphrase").read_bytes() == before


COMPOSED, APART = (unicodedata.normalize("NFC", RIGHT), unicodedata.normalize("NFD", RIGHT))


@pytest.mark.parametrize(("first", "again"), [(COMPOSED, APART), (APART, COMPOSED)])
def test_a_keyboard_that_types_letter_and_tone_apart_types_the_same(tmp_path: Path, first: str, again: str) -> None:
    assert first != again
    one = Passphrase(tmp_path)
    one.accept(one.derive(first)())
    assert typed(tmp_path, again).key == one.key


def test_two_that_are_set_at_once_are_not_both_the_one(tmp_path: Path) -> None:
    one = Passphrase(tmp_path)
    first, second = one.derive(RIGHT)(), one.derive(RIGHT)()
    assert one.accept(first)
    assert not one.accept(second), "its salt is another"
    assert one.key == first.key


def test_neither_passphrase_nor_key_is_on_the_card(chosen: Passphrase, tmp_path: Path) -> None:
    kept = (tmp_path / "passphrase").read_bytes()
    assert chosen.key is not None
    assert chosen.key not in kept
    assert RIGHT.encode() not in kept
    assert (tmp_path / "passphrase").stat().st_mode & 0o777 == 0o600


def test_a_log_line_that_prints_it_has_no_key(tmp_path: Path) -> None:
    derived = Passphrase(tmp_path).derive(RIGHT)()
    assert repr(derived.key) not in repr(derived)
    assert repr(derived.verifier) not in repr(derived)


def test_forgotten_it_is_nowhere_and_the_same_words_make_another_key(chosen: Passphrase, tmp_path: Path) -> None:
    old = chosen.key
    (tmp_path / "passphrase.draft").write_bytes(b"left by a power cut")
    chosen.forget()
    assert (chosen.is_set, chosen.is_open, chosen.key) == (False, False, None)
    assert list(tmp_path.iterdir()) == []
    assert chosen.accept(chosen.derive(RIGHT)())
    assert chosen.key != old
    chosen.forget()
    chosen.forget()  # nothing there is nothing wrong


def test_a_damaged_file_is_not_taken_for_a_wrong_passphrase(chosen: Passphrase, tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    whole = path.read_bytes()
    damaged = [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]
    for data in (*damaged, whole[:-1], whole + b"\n", b""):
        path.write_bytes(data)
        with pytest.raises(DeviceError, match=r"damaged.*choose another passphrase.*annul") as caught:
            Passphrase(tmp_path)
        assert str(path) in str(caught.value)
    path.write_bytes(whole)
    assert typed(tmp_path, RIGHT).key == chosen.key


def test_it_is_slow_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert passphrase.MEMORY_KIB >= 64 * 1024, "RFC 9106, 4: second recommended option"
    assert passphrase.TIME_COST >= 3
