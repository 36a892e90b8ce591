"""New secrets that people type: claim codes, PINs, key codes. The randomness is the operating system's."""

from __future__ import annotations

import itertools
import secrets

_CLAIM_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that is mistaken for something else: no 0 O, 1 I L, U."""

KEY_CODE_LENGTH = 6


def claim_code() -> str:
    """Eight letters and digits such as `K7QF-93TM`: 30⁸ ≈ 2³⁹ possibilities."""
    letters = [secrets.choice(_CLAIM_LETTERS) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def same_claim_code(given: str, right: str) -> bool:
    """Compare as a person types it: small letters, and with or without the dash."""
    plain = [text.upper().replace("-", "").replace(" ", "").encode() for text in (given, right)]
    return secrets.compare_digest(*plain)


def pin() -> str:
    """Six digits, none of those that people would guess first."""
    while True:
        digits = f"{secrets.randbelow(1_000_000):06d}"
        if not is_easy(digits):
            return digits


def is_easy(digits: str) -> bool:
    """All alike, a run up or down (123456, 987654), or one group repeated (121212, 123123)."""
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(digits)}
    repeated = any(digits == digits[:n] * (len(digits) // n) for n in (1, 2, 3))
    return repeated or steps in ({1}, {9})


def key_code() -> str:
    """Six presses of a seat's three keys, as digits: 1 for, 2 against, 3 abstain. At least two different keys."""
    while True:
        code = "".join(secrets.choice("123") for _ in range(KEY_CODE_LENGTH))
        if len(set(code)) > 1:
            return code


def link() -> str:
    """The secret part of a personal link: 192 bits, safe in a URL."""
    return secrets.token_urlsafe(24)
