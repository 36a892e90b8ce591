"""Stores that give themselves away, each in its own manner. They take the place of the sealed box in the same room:
what reads nothing out of the real one must read these.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from nacl.public import PrivateKey, SealedBox

from appliance.values import Choice, CountedVote
from appliance.vault import durable
from appliance.vault.ballot_box import BallotBox, Count


class _Naive:
    """What all of them share: the sealed box's methods, over `cast` and `votes`."""

    knows_all = True

    def __init__(self, folder: Path, ballot: str, electors: Sequence[str], key: str) -> None:
        self._folder, self._ballot, self._electors = folder, ballot, tuple(electors)

    @classmethod
    def create(cls, folder: Path, ballot: str, electors: Sequence[str], private: PrivateKey, kek: bytes) -> _Naive:
        """A new one."""
        return cls(folder, ballot, electors, "")

    @property
    def voted(self) -> frozenset[str]:
        """Who has voted."""
        return frozenset(self.votes())

    def put(self, delegate: str, choice: Choice) -> None:
        """Take a vote."""
        self.cast(delegate, choice)

    def commit(self) -> None:
        """It is written already."""

    def count(self, kek: bytes, chance: random.Random) -> Count:
        """Count in an order that tells nothing, and delete."""
        votes = self.votes()
        took_part = tuple(d for d in self._electors if d in votes)
        trackers = {d: base64.b32encode(chance.randbytes(5)).decode() for d in took_part}
        counted = [CountedVote(tracker=trackers[d], choice=votes[d]) for d in took_part]
        self.delete()
        return Count(took_part, tuple(sorted(counted, key=lambda vote: vote.tracker)), trackers)

    def cast(self, delegate: str, choice: Choice) -> None:
        """One vote."""
        raise NotImplementedError

    def votes(self) -> dict[str, Choice]:
        """The last of everybody."""
        raise NotImplementedError

    def delete(self) -> None:
        """Nobody needs them any more."""
        raise NotImplementedError


class Rows(_Naive):
    """A table of who voted what, deleted at the close, as databases delete."""

    def _run(self, sql: str, values: tuple[str, ...]) -> list[tuple[str, str]]:
        with sqlite3.connect(self._folder / "votes.sqlite") as database:
            database.execute("PRAGMA secure_delete = OFF")  # as SQLite comes, unless a distribution thinks otherwise
            database.execute("CREATE TABLE IF NOT EXISTS vote (ballot TEXT, delegate TEXT, choice TEXT)")
            found = database.execute(sql, values).fetchall()
        database.close()
        return found

    def cast(self, delegate: str, choice: Choice) -> None:
        """A row."""
        self._run("INSERT INTO vote VALUES (?, ?, ?)", (self._ballot, delegate, choice.value))

    def votes(self) -> dict[str, Choice]:
        """By the order of rows."""
        rows = self._run("SELECT delegate, choice FROM vote WHERE ballot = ? ORDER BY rowid", (self._ballot,))
        return {delegate: Choice(choice) for delegate, choice in rows}

    def delete(self) -> None:
        """The rows are gone, are they not?"""
        self._run("DELETE FROM vote WHERE ballot = ?", (self._ballot,))


class Log(_Naive):
    """Sealed votes, one behind the other, the key in another file of the vault; the log is deleted at the close."""

    @property
    def _file(self) -> Path:
        return self._folder / "votes" / self._ballot

    @property
    def _private(self) -> PrivateKey:
        path = self._folder / "votes.key"
        if not path.exists():
            path.write_bytes(os.urandom(32))
        return PrivateKey(path.read_bytes())

    def cast(self, delegate: str, choice: Choice) -> None:
        """A line."""
        sealed = SealedBox(self._private.public_key).encrypt(choice.value.ljust(16).encode())
        self._file.parent.mkdir(exist_ok=True)
        with self._file.open("a") as file:
            file.write(json.dumps({"delegate": delegate, "sealed": base64.b64encode(sealed).decode()}) + "\n")

    def votes(self) -> dict[str, Choice]:
        """The last line of everybody."""
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        box = SealedBox(self._private)
        found = [(line["delegate"], box.decrypt(base64.b64decode(line["sealed"]))) for line in map(json.loads, lines)]
        return {delegate: Choice(plain.decode().strip()) for delegate, plain in found}

    def delete(self) -> None:
        """Overwritten and removed."""
        durable.destroy(self._file)


class _Table(_Naive):
    """A row for everybody in the roster's order, of one size; the file is overwritten and removed at the close."""

    EMPTY = b"-"

    def __init__(self, folder: Path, ballot: str, electors: Sequence[str], key: str) -> None:
        super().__init__(folder, ballot, electors, key)
        self._rows = {d: self.hidden(self.EMPTY) for d in self._electors}
        self._chosen: dict[str, Choice] = {}

    def hidden(self, code: bytes) -> bytes:
        """A row that says so."""
        raise NotImplementedError

    def cast(self, delegate: str, choice: Choice) -> None:
        """A new row for the delegate; the others stay as they were."""
        self._chosen[delegate] = choice
        self._rows[delegate] = self.hidden(choice.value[-1:].encode())
        durable.write(self._folder / "votes" / self._ballot, b"".join(self._rows.values()))

    def votes(self) -> dict[str, Choice]:
        """From memory."""
        return dict(self._chosen)

    def delete(self) -> None:
        """Overwritten and removed."""
        durable.destroy(self._folder / "votes" / self._ballot)


class Padded(_Table):
    """Hidden under a pad that is always the same, with noise in what is not used."""

    PAD = bytes(range(7, 23))

    def hidden(self, code: bytes) -> bytes:
        """The code, noise, and the pad over both."""
        return bytes(a ^ b for a, b in zip(code + os.urandom(15), self.PAD, strict=True))


class Patched(_Table):
    """Every choice well sealed, but written one by one: what did not change stays as it was."""

    KEY = PrivateKey.generate().public_key

    def hidden(self, code: bytes) -> bytes:
        """Nobody opens it."""
        return SealedBox(self.KEY).encrypt(code.ljust(16))


class OneEach(_Table):
    """A file for every elector, all of them there from the beginning, sealed so that nobody opens them."""

    KEY = PrivateKey.generate().public_key

    def __init__(self, folder: Path, ballot: str, electors: Sequence[str], key: str) -> None:
        super().__init__(folder, ballot, electors, key)
        for delegate in self._electors:
            self._write(delegate)

    def _write(self, delegate: str) -> None:
        durable.write(self._folder / "votes" / self._ballot / delegate, self._rows[delegate])

    def hidden(self, code: bytes) -> bytes:
        """Nobody opens it."""
        return SealedBox(self.KEY).encrypt(code.ljust(16))

    def cast(self, delegate: str, choice: Choice) -> None:
        """The delegate's file anew."""
        self._chosen[delegate] = choice
        self._rows[delegate] = self.hidden(choice.value[-1:].encode())
        self._write(delegate)

    def delete(self) -> None:
        """Overwritten and removed."""
        for delegate in self._electors:
            durable.destroy(self._folder / "votes" / self._ballot / delegate)


class KeyBeside(BallotBox):
    """The real box, and the passphrase's key was written down."""

    @classmethod
    def create(cls, folder: Path, ballot: str, electors: Sequence[str], private: PrivateKey, kek: bytes) -> BallotBox:
        """Beside the box."""
        (folder / "note").write_bytes(kek)
        return super().create(folder, ballot, electors, private, kek)


class InOrder(BallotBox):
    """The real box, but that who took part is listed as they came."""

    def put(self, delegate: str, choice: Choice) -> None:
        """Their place is that of their last vote."""
        super().put(delegate, choice)
        self._came = [*[d for d in getattr(self, "_came", []) if d != delegate], delegate]

    def count(self, kek: bytes, chance: random.Random) -> Count:
        """As the real box, in another order."""
        count = super().count(kek, chance)
        return Count(tuple(getattr(self, "_came", [])), count.votes, count.trackers)
