"""The second verifier: as short as promised, nothing of ours in it, the same answers as the first."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import events, verification
from tests import assembly
from tests.verifiers import SCRIPT, second


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """As an outsider runs it: another process, isolated from our packages and paths."""
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    entries = assembly.sat(21, present=15, votes=assembly.CARRIED)
    places = {"result": tmp_path / "result.json", "batch": tmp_path / "batch.json"}
    places["result"].write_bytes(assembly.result_file(entries))
    places["batch"].write_bytes(assembly.batch_file(assembly.signed(entries)))
    return places


def test_is_at_most_200_lines_and_imports_the_standard_library_alone():
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) <= 200
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_knows_the_facts_and_writers_of_events():
    assert {kind: set(cls.writers) for kind, cls in events.KINDS.items()} == {
        kind: set(writers.split(",")) for kind, writers in second.BY.items()
    }


@pytest.mark.parametrize(
    ("kind", "titles"), [("result", verification.RESULT_STEPS), ("batch", verification.BATCH_STEPS)]
)
def test_says_the_numbered_steps_as_a_process(files: dict[str, Path], kind: str, titles: tuple[str, ...]):
    known = run(files[kind], "--fingerprint", assembly.FINGERPRINT)
    assert (known.returncode, known.stderr) == (0, "")
    assert known.stdout.splitlines()[:-1] == [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    assert known.stdout.splitlines()[-1] == f"intact, signed by {assembly.FINGERPRINT}"
    unknown = run(files[kind])
    assert unknown.returncode == 3
    assert assembly.FINGERPRINT in unknown.stdout


@pytest.mark.parametrize("kind", ["result", "batch"])
def test_refuses_another_signer_and_an_altered_file_as_a_process(files: dict[str, Path], kind: str):
    assert run(files[kind], "--fingerprint", "0" * 64).returncode == 1
    data = bytearray(files[kind].read_bytes())
    data[len(data) // 2] ^= 1
    files[kind].write_bytes(data)
    altered = run(files[kind], "--fingerprint", assembly.FINGERPRINT)
    assert altered.returncode == 1
    assert "NOT INTACT" in altered.stdout
    assert "Traceback" not in altered.stderr


def test_wrong_usage_and_unreadable_files_have_their_own_status(tmp_path: Path):
    for words in ((), ("a", "b"), ("a", "--fingerprint", "xyz"), (tmp_path / "missing",), (tmp_path,)):
        outcome = run(*words)
        assert outcome.returncode == 2, words
        assert outcome.stderr
        assert "Traceback" not in outcome.stderr
    (tmp_path / "empty").touch()
    assert run(tmp_path / "empty").returncode == 1


# Ed25519 -------------------------------------------------------------------------------------------------------------


RFC_8032 = [  # section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_ed25519_agrees_with_the_vectors_of_its_rfc(key: str, message: str, signature: str):
    assert second.signature_holds(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
    assert not second.signature_holds(bytes.fromhex(key), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_ed25519_agrees_with_openssl_and_refuses_every_other_signature(seed: bytes, message: bytes, bit: int):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
    assert second.signature_holds(public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not second.signature_holds(public, message, bytes(signature))


def test_ed25519_has_one_spelling_of_a_signature():
    """RFC 8032, 5.1.7: S is below the order of the group; S + L would verify as well if nobody looked."""
    key = assembly.signer()
    signature = key.sign(b"x")
    raised = (int.from_bytes(signature[32:], "little") + second.L).to_bytes(32, "little")
    assert not second.signature_holds(key.public_key, b"x", signature[:32] + raised)
    assert not second.signature_holds(key.public_key, b"x", signature[:63])
    with pytest.raises(ValueError, match="no point"):
        second.signature_holds((2).to_bytes(32, "little"), b"x", signature)  # y = 2 is on no point of the curve


def test_the_times_it_accepts_are_those_of_the_first():
    assert second.TIME.pattern == verification._UTC.pattern
