"""The file of sign-in secrets: what is kept, what locks, what ends."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.vault import credentials as vault
from appliance.vault import secret_words
from appliance.vault.credentials import FIRST_LOCK, FREE_FAILURES, LONGEST_LOCK, Credentials
from appliance.vault.tokens import Token, Tokens


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Credentials]:
    opened = Credentials(tmp_path / "vault")
    yield opened
    opened.close()


def fail(kept: Credentials, times: int, now: float) -> float:
    """So many wrong attempts, each as soon as the lock allows; the time afterwards."""
    for _ in range(times):
        while (left := kept.begin_attempt("pin", "dv-01", now)) > 0:
            now += left
    return now


def test_no_secret_is_in_the_file_in_clear(tmp_path: Path) -> None:
    kept = Credentials(tmp_path)
    issued = vault.Issued("dv-01", "482913", "132213", "l" * 32)
    kept.set_delegates(vault.hash_pins([issued]))
    kept.set_password("secretary", vault.hash_password("rất bí mật 2026"))
    link, claim = kept.new_screen_link("hall"), kept.claim_code
    assert claim is not None
    kept.claim(vault.hash_password("rất bí mật 2026"))
    kept.close()
    data = (tmp_path / "credentials.sqlite").read_bytes()
    for secret in (issued.pin, issued.code, issued.link, link, claim, "rất bí mật 2026"):
        assert secret.encode() not in data
    assert data.count(b"$argon2id$") == 3
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    Credentials(tmp_path).close()
    (tmp_path / "credentials.sqlite").chmod(0o644)
    Credentials(tmp_path).close()
    assert (tmp_path / "credentials.sqlite").stat().st_mode & 0o777 == 0o600


def test_passwords_and_pins_hold_and_nothing_else_does() -> None:
    password = vault.hash_password("rất bí mật 2026")
    assert vault.holds(password, "rất bí mật 2026")
    assert not vault.holds(password, "rất bí mật 2027")
    assert not vault.holds(None, "rất bí mật 2026")
    assert not vault.holds("not a hash", "rất bí mật 2026")


def test_the_code_and_link_of_one_delegate_are_not_another_s(kept: Credentials) -> None:
    one = vault.Issued("dv-01", "482913", "132213", "link-one")
    two = vault.Issued("dv-02", "771204", "231113", "link-two")
    kept.set_delegates(vault.hash_pins([one, two]))
    assert kept.is_code("dv-01", "132213")
    assert not kept.is_code("dv-02", "132213")
    assert not kept.is_code("dv-03", "132213")
    assert kept.by_link("link-two") == ("delegate", "dv-02")
    assert kept.by_link("link-three") is None


def test_the_lock_grows_to_its_longest_and_a_right_secret_ends_it(kept: Credentials) -> None:
    now = 1000.0
    for _ in range(FREE_FAILURES + 1):
        assert kept.begin_attempt("pin", "dv-01", now) == 0
    locks = []
    for _ in range(12):
        left = kept.begin_attempt("pin", "dv-01", now)
        locks.append(left)
        now += left
        assert kept.begin_attempt("pin", "dv-01", now) == 0
    assert locks[0] == FIRST_LOCK
    assert all(b == min(2 * a, LONGEST_LOCK) for a, b in itertools.pairwise(locks))
    assert locks[-1] == LONGEST_LOCK
    kept.succeed("pin", "dv-01")
    assert [kept.begin_attempt("pin", "dv-01", now) for _ in range(FREE_FAILURES + 1)] == [0] * (FREE_FAILURES + 1)


def test_locks_are_of_one_subject_and_survive_a_restart(tmp_path: Path) -> None:
    kept = Credentials(tmp_path)
    fail(kept, FREE_FAILURES + 1, 1000.0)
    assert kept.begin_attempt("pin", "dv-02", 1000.0) == 0
    assert kept.begin_attempt("code", "dv-01", 1000.0) == 0
    kept.close()
    kept = Credentials(tmp_path)
    assert kept.begin_attempt("pin", "dv-01", 1001.0) == FIRST_LOCK - 1
    kept.close()


@settings(max_examples=200)
@given(st.floats(-1e9, 1e9))
def test_a_clock_that_jumps_never_prolongs_a_lock_beyond_its_length(jump: float) -> None:
    left = vault.still_locked(FREE_FAILURES + 3, last=1e9, now=1e9 + jump)
    assert left <= FIRST_LOCK * 4
    if jump <= 0:
        assert left == FIRST_LOCK * 4


def test_a_new_secret_ends_the_lock_of_the_old_one(kept: Credentials) -> None:
    fail(kept, FREE_FAILURES + 1, 1000.0)
    assert kept.begin_attempt("pin", "dv-01", 1000.0) > 0
    kept.set_delegates(vault.hash_pins([vault.Issued("dv-01", "482913", "132213", "x")]))
    assert kept.begin_attempt("pin", "dv-01", 1000.0) == 0


def test_tokens_of_another_box_or_another_form_are_nobody_s(kept: Credentials, tmp_path: Path) -> None:
    kept.set_password("secretary", "hash")
    token = kept.token("secretary", "secretary", 0.0)
    bearer = kept.bearer(token, 1.0)
    assert bearer is not None
    assert (bearer.role, bearer.subject) == ("secretary", "secretary")
    other = Credentials(tmp_path / "other")
    other.set_password("secretary", "hash")
    assert other.bearer(token, 1.0) is None
    other.close()
    for n in range(len(token)):
        changed = token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :]
        forged = kept.bearer(changed, 1.0)
        assert forged is None or forged == bearer  # base64 leaves bits of the last letter unused


@given(st.text(max_size=300))
def test_any_text_for_a_token_is_nobody(text: str) -> None:
    assert Tokens(b"k" * 32).read(text) is None


def test_a_token_says_what_was_put_into_it() -> None:
    tokens = Tokens(b"k" * 32)
    assert tokens.read(tokens.write(Token("hall", "hall", 3, None))) == Token("hall", "hall", 3, None)


def test_central_numbers_only_grow(kept: Credentials) -> None:
    kept.use_central_number(5)
    kept.use_central_number(3)
    assert kept.central_number == 5


# Secrets that people type --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["000000", "123456", "987654", "890123", "121212", "123123", "999999", "321098"])
def test_what_people_would_guess_first_is_easy(digits: str) -> None:
    assert secret_words.is_easy(digits)


@pytest.mark.parametrize("digits", ["482913", "112358", "100000", "122333"])
def test_other_numbers_are_not(digits: str) -> None:
    assert not secret_words.is_easy(digits)


def test_new_secrets_have_their_form_and_differ() -> None:
    pins = {secret_words.pin() for _ in range(500)}
    assert all(re.fullmatch(r"\d{6}", pin) and not secret_words.is_easy(pin) for pin in pins)
    assert len(pins) > 480
    codes = {secret_words.key_code() for _ in range(500)}
    assert all(re.fullmatch(r"[123]{6}", code) and len(set(code)) > 1 for code in codes)
    claims = {secret_words.claim_code() for _ in range(500)}
    assert len(claims) == 500
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", claim) for claim in claims)


def test_a_claim_code_is_compared_as_people_type_it() -> None:
    assert secret_words.same_claim_code(" k7qf93tm", "K7QF-93TM")
    assert not secret_words.same_claim_code("K7QF-93TN", "K7QF-93TM")
    assert not secret_words.same_claim_code("ÄÄ", "K7QF-93TM")
