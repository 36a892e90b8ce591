"""The texts that delegates agree to: found again by version, language and digest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from appliance.errors import ConfigurationError
from appliance.events import DelegateEnrolled
from appliance.services import consent


def write(root: Path, name: str, text: str) -> None:
    folder = consent.folder_of(root)
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_as_long_as_there_is_none_the_template_stands_in_and_says_so(tmp_path: Path) -> None:
    found = consent.texts(tmp_path)
    assert {one.language for one in found} == {"vi", "en"}
    assert all(one.is_template for one in found)
    for word, language in (("mã PIN", "vi"), ("PIN", "en")):
        (one,) = (text for text in found if text.language == language)
        assert word in one.text, "a way with equal rights is part of the text"


def test_an_own_text_takes_its_place_and_is_named_by_its_digest(tmp_path: Path) -> None:
    write(tmp_path, "2026-1.vi.txt", "Tôi đồng ý.\n")
    write(tmp_path, "2026-1.en.txt", "I agree.\n")
    assert not any(one.is_template for one in consent.texts(tmp_path))
    found = consent.find(tmp_path, "2026-1", "vi")
    assert found is not None
    digest = hashlib.sha256("Tôi đồng ý.\n".encode()).hexdigest()
    assert found.stated == f"2026-1.vi sha256:{digest}"
    english = consent.find(tmp_path, "2026-1.en", "vi")
    assert english is not None
    assert english.text == "I agree.\n", "the language that is named goes before the box's own"
    assert consent.find(tmp_path, "2026-2", "vi") is None


def test_the_longest_name_fits_into_the_journal(tmp_path: Path) -> None:
    write(tmp_path, f"{'x' * 45}.vi.txt", "Tôi đồng ý.")
    (one,) = consent.texts(tmp_path)
    DelegateEnrolled(delegate="an", model="m", images=1, consent=one.stated)
    write(tmp_path, f"{'x' * 46}.vi.txt", "Tôi đồng ý.")
    with pytest.raises(ConfigurationError, match="a version has at most 44 characters; rename the file"):
        consent.texts(tmp_path)


def test_a_text_that_is_no_text_is_named_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, "2026-1.vi.txt", "Tôi đồng ý.")
    (consent.folder_of(tmp_path) / "2026-2.vi.txt").write_bytes("Tôi đồng ý.".encode("utf-16"))
    with pytest.raises(ConfigurationError, match=r"2026-2\.vi\.txt: not text in UTF-8; save it as UTF-8"):
        consent.texts(tmp_path)
    (consent.folder_of(tmp_path) / "2026-2.vi.txt").unlink()
    (consent.folder_of(tmp_path) / "2026-2.vi.txt").symlink_to(tmp_path / "gone")
    with pytest.raises(ConfigurationError, match="let everybody read it: chmod 644"):
        consent.texts(tmp_path)
