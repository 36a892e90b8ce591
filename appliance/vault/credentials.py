"""Who may sign in, with what: one SQLite file of mode 0600 that only the ballot service opens.

Passwords and PINs are kept as Argon2id hashes (RFC 9106). Link secrets have 192 random bits, so SHA-256 is enough. Key
codes have 729 possibilities: no hash makes them hard to try, so they are only tied to a key of the vault (HMAC-SHA256)
to keep them out of sight, and what protects them, as it protects PINs, is the growing lock below.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from appliance.vault import keys, secret_words
from appliance.vault.tokens import Token, Tokens

PASSWORD_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, two passes: OWASP's smallest advice. About 30 ms on a laptop, three to four times that on a Pi 4."""

PIN_HASHER = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
"""8 MiB, one pass, so that 110 PINs are made within a request. A PIN has 20 bits whatever the hash; see the lock."""

FREE_FAILURES = 4
"""Wrong secrets in a row before the first lock."""

FIRST_LOCK, LONGEST_LOCK = 15.0, 900.0
"""Seconds; each further failure doubles the lock."""

SIGNED_IN_SECONDS = 12 * 3600.0
"""How long a person stays signed in. Screens stay until their link is made anew."""

PEOPLE = ("technician", "secretary", "delegate")


@dataclass(frozen=True)
class Issued:
    """The secrets of one delegate, in clear this once."""

    delegate: str
    pin: str
    code: str
    link: str


@dataclass(frozen=True)
class IssuedHashes:
    """What is kept of `Issued`."""

    issued: Issued
    pin: str


def hash_password(password: str) -> str:
    """Argon2id with the parameters of passwords: slow on purpose; meant for a worker thread."""
    return PASSWORD_HASHER.hash(password)


def hash_pins(issued: list[Issued]) -> list[IssuedHashes]:
    """Argon2id with the parameters of PINs: some milliseconds each."""
    return [IssuedHashes(i, PIN_HASHER.hash(i.pin)) for i in issued]


def holds(kept: str | None, given: str) -> bool:
    """Whether a password or PIN is the one kept. As slow where nothing is kept: the answer's time tells nothing."""
    if kept is None:
        PIN_HASHER.hash(given)
        return False
    try:
        return PIN_HASHER.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False


class Credentials:
    """The file. One thread's. Times are UTC seconds and come as arguments."""

    def __init__(self, folder: Path) -> None:
        """Open it, or create it with a fresh claim code. Keys are read from, or made in, the same folder."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "credentials.sqlite"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")  # a void claim code and replaced hashes are overwritten
        self._db.executescript(resources.files(__package__).joinpath("credentials.sql").read_text("utf-8"))
        self._code_key = keys.symmetric_key(folder, "codes.key")
        self._tokens = Tokens(keys.symmetric_key(folder, "tokens.key"))
        if self._fixed("claimed") is None and self._fixed("claim") is None:
            self._fix("claim", secret_words.claim_code())

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # First boot ------------------------------------------------------------------------------------------------------

    @property
    def claim_code(self) -> str | None:
        """What the first technician types; None once it was used."""
        return self._fixed("claim")

    def is_claim_code(self, given: str) -> bool:
        """Whether this is the code. False for ever after the box was claimed."""
        code = self.claim_code
        return code is not None and secret_words.same_claim_code(given, code)

    def claim(self, password_hash: str) -> None:
        """Set the first technician's password and make the claim code void, together."""
        with self._db:
            self._db.execute("BEGIN")
            self._keep("technician", "technician", {"password": password_hash})
            self._db.execute("DELETE FROM fixed WHERE name = 'claim'")
            self._fix("claimed", "yes")

    # Issuing ---------------------------------------------------------------------------------------------------------

    def set_password(self, role: str, password_hash: str) -> None:
        """A new password; sign-ins of that role end."""
        with self._db:
            self._db.execute("BEGIN")
            self._keep(role, role, {"password": password_hash})

    def set_delegates(self, hashes: list[IssuedHashes]) -> None:
        """New PINs, key codes and links, all or none; older sign-ins of these delegates end."""
        with self._db:
            self._db.execute("BEGIN")
            for h in hashes:
                delegate = h.issued.delegate
                kept = {"pin": h.pin, "code": self._code(delegate, h.issued.code), "link": _sha256(h.issued.link)}
                self._keep("delegate", delegate, kept)

    def end_delegates(self, delegates: Iterable[str]) -> None:
        """PINs, key codes, links and sign-ins of these delegates end; new ones have to be issued."""
        with self._db:
            self._db.execute("BEGIN")
            for delegate in delegates:
                self._keep("delegate", delegate, {})
                self._db.execute("DELETE FROM secret WHERE (role, subject) = ('delegate', ?)", (delegate,))

    def new_screen_link(self, screen: str) -> str:
        """A fresh link for the hall's or the door's screen; the one before ends."""
        secret = secret_words.link()
        with self._db:
            self._db.execute("BEGIN")
            self._keep(screen, screen, {"link": _sha256(secret)})
        return secret

    def _keep(self, role: str, subject: str, hashes: dict[str, str]) -> None:
        self._db.execute(
            "INSERT INTO account VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET generation = generation + 1",
            (role, subject),
        )
        for what, kept in hashes.items():
            self._db.execute("INSERT OR REPLACE INTO secret VALUES (?, ?, ?, ?)", (role, subject, what, kept))
            self._db.execute("DELETE FROM attempts WHERE subject = ?", (f"{what}:{subject}",))

    # Checking --------------------------------------------------------------------------------------------------------

    def kept(self, role: str, subject: str, what: str) -> str | None:
        """The hash of a password or PIN, for `holds` in a worker thread."""
        row = self._db.execute(
            "SELECT hash FROM secret WHERE (role, subject, what) = (?, ?, ?)", (role, subject, what)
        ).fetchone()
        return row[0] if row else None

    def is_code(self, delegate: str, code: str) -> bool:
        """Whether six presses are that delegate's key code."""
        kept = self.kept("delegate", delegate, "code")
        return kept is not None and hmac.compare_digest(kept, self._code(delegate, code))

    def by_link(self, link: str) -> tuple[str, str] | None:
        """Role and subject of a link secret."""
        row = self._db.execute(
            "SELECT role, subject FROM secret WHERE what = 'link' AND hash = ?", (_sha256(link),)
        ).fetchone()
        return (row[0], row[1]) if row else None

    def _code(self, delegate: str, code: str) -> str:
        return hmac.new(self._code_key, f"{delegate}:{code}".encode(), hashlib.sha256).hexdigest()

    # The growing lock ------------------------------------------------------------------------------------------------

    def begin_attempt(self, what: str, subject: str, now: float) -> float:
        """Count an attempt before it is checked, so that many at once gain nothing; 0, or the seconds still locked.

        A clock that was set back does not prolong a lock beyond its length.
        """
        key = f"{what}:{subject}"
        row = self._db.execute("SELECT failures, last FROM attempts WHERE subject = ?", (key,)).fetchone()
        failures, last = row or (0, now)
        if last > now:  # else the lock would stand, as long as ever, until that time comes again
            last = now
            self._db.execute("UPDATE attempts SET last = ? WHERE subject = ?", (now, key))
        left = still_locked(failures, last=last, now=now)
        if left > 0:
            return left
        self._db.execute("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)", (key, failures + 1, now))
        return 0.0

    def succeed(self, what: str, subject: str) -> None:
        """The attempt was right: the count begins anew."""
        self._db.execute("DELETE FROM attempts WHERE subject = ?", (f"{what}:{subject}",))

    # Tokens ----------------------------------------------------------------------------------------------------------

    def token(self, role: str, subject: str, now: float) -> str:
        """Sign somebody in."""
        until = now + SIGNED_IN_SECONDS if role in PEOPLE else None
        return self._tokens.write(Token(role, subject, self._generation(role, subject), until))

    def bearer(self, text: str, now: float) -> Token | None:
        """Who holds this token, if it still stands."""
        token = self._tokens.read(text)
        if token is None or token.generation != self._generation(token.role, token.subject):
            return None
        return None if token.until is not None and token.until < now else token

    def _generation(self, role: str, subject: str) -> int:
        row = self._db.execute(
            "SELECT generation FROM account WHERE (role, subject) = (?, ?)", (role, subject)
        ).fetchone()
        return int(row[0]) if row else 0

    # Numbers that only grow ------------------------------------------------------------------------------------------

    @property
    def central_number(self) -> int:
        """The highest number of a central command that was looked at, carried out or refused."""
        return int(self._fixed("central") or 0)

    def use_central_number(self, number: int) -> None:
        """A refused command is used up as well: nobody may bring it again when it would be accepted."""
        self._fix("central", str(max(number, self.central_number)))

    def _fixed(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM fixed WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _fix(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO fixed VALUES (?, ?)", (name, value))


def still_locked(failures: int, *, last: float, now: float) -> float:
    """Seconds (0 or less: none) until the next attempt after so many wrong ones, the latest at `last`."""
    beyond = failures - FREE_FAILURES
    lock = 0.0 if beyond <= 0 else min(FIRST_LOCK * 2.0 ** min(beyond - 1, 20), LONGEST_LOCK)
    return min(lock, last + lock - now)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
