"""The sealed box of one secret ballot: a double envelope for every elector, the delegate outside, the choice inside.

The inner envelope is a sealed box (X25519, XSalsa20-Poly1305: libsodium's crypto_box_seal) of the choice, padded to one
size, to a key made for this ballot. Its private half is wrapped under the passphrase's key and is not in memory while
people vote. The outer envelope is the whole table, one row for each elector in the order of the roster whether they
voted or not, encrypted under a key of this segment that is in memory, and in the file only sealed to the ballot's key.
Every commit writes the whole file anew, sealed anew: a copy of the card tells neither who voted nor what nor in which
order, and neither do two copies, beyond that something was written between them.

A power cut ends the segment, since its key is lost: the next start begins another. In counting, a delegate's vote in
the latest segment is the one that counts.

Limits. The file's time is that of the last commit. Whoever reads this process's memory while people vote reads who has
voted; with the passphrase's key, which is there too, what they voted. Whoever holds the passphrase and a copy of the
vault from before the count can open it. A file that is damaged, or missing between others, is found when the box is
opened; an older copy of the latest one, put back while the service was down, is not.
"""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from pydantic import TypeAdapter

from appliance.errors import DeviceError
from appliance.values import BallotIdentifier, Choice, CountedVote
from appliance.vault import durable

CODES: dict[Choice | None, bytes] = {None: b"-", Choice.FOR: b"f", Choice.AGAINST: b"a", Choice.ABSTAIN: b"x"}
"""What is sealed; None is what stands in the row of somebody who has not voted."""

PADDED = 16
"""Bytes of every choice before it is sealed."""

SEALED = 48
"""Bytes that sealing adds: libsodium's crypto_box_SEALBYTES."""

VOTED, EMPTY = b"\x01", b"\x00"
ROW = 1 + PADDED + SEALED
"""Bytes of an elector: whether they voted, and the sealed choice."""

HEAD = SecretBox.KEY_SIZE + SEALED
"""Bytes of the segment's sealed key, with which its file begins."""

SEGMENT = "segment-"

_NAME: TypeAdapter[str] = TypeAdapter(BallotIdentifier)


@dataclass(frozen=True)
class Count:
    """An opened box. `votes` is in an order that tells nothing; `trackers` (delegate → tracker) never leaves memory."""

    took_part: tuple[str, ...]
    votes: tuple[CountedVote, ...]
    trackers: dict[str, str] = field(repr=False)


def new_key(chance: random.Random) -> PrivateKey:
    """A key pair for one ballot."""
    return PrivateKey(chance.randbytes(PrivateKey.SIZE))


def public_text(key: PrivateKey) -> str:
    """The public half as `BallotOpened.key` has it."""
    return base64.b64encode(bytes(key.public_key)).decode()


class BallotBox:
    """The files of one ballot below `boxes/`. One thread's."""

    def __init__(self, folder: Path, ballot: str, electors: Sequence[str], key: str) -> None:
        """`folder` is the vault; `electors` those who may vote, as `BallotOpened.present` names them; `key` its `key`.

        For a ballot that was opened before this start (`create` is for a new one). Begins a segment of its own, after
        all that are there; what earlier ones hold is known after `recall`.
        """
        self._folder = _folder(folder, ballot)
        self._ballot = ballot
        self._electors = tuple(electors)
        self._sealed = SealedBox(PublicKey(base64.b64decode(key)))
        self._key_of_segment = os.urandom(SecretBox.KEY_SIZE)
        self._rows = {delegate: EMPTY + self._seal(None) for delegate in self._electors}
        self._recalled: frozenset[str] = frozenset()
        self._changed = False
        files = self._folder.glob(SEGMENT + "[0-9]" * 6)
        self._durable = max((int(path.name[len(SEGMENT) :]) for path in files), default=0)
        self._number = self._durable + 1
        self.knows_all = False
        """Whether `voted` is everybody: not while segments from before a power cut are sealed."""

    @classmethod
    def create(cls, folder: Path, ballot: str, electors: Sequence[str], private: PrivateKey, kek: bytes) -> BallotBox:
        """A new box with its wrapped key, durable when it returns. What a crash left of that name is destroyed."""
        destroy(folder, ballot)
        # The ballot's name inside the wrap: a key file that was put in another's place does not open.
        wrapped = SecretBox(kek).encrypt(bytes(private) + ballot.encode())
        durable.write(_folder(folder, ballot) / "key", wrapped)
        box = cls(folder, ballot, electors, public_text(private))
        box._changed = box.knows_all = True
        box.commit()
        return box

    @property
    def voted(self) -> frozenset[str]:
        """Who has voted, as far as it is known."""
        return self._recalled | {delegate for delegate, row in self._rows.items() if row[:1] == VOTED}

    def put(self, delegate: str, choice: Choice) -> None:
        """Take a vote; the one before of the same delegate is gone. Durable after `commit`."""
        if delegate not in self._rows:
            raise ValueError(f"{delegate} is no elector of ballot {self._ballot}")
        self._rows[delegate] = VOTED + self._seal(choice)
        self._changed = True

    def commit(self) -> None:
        """Make what was put durable. Nothing is written where nothing changed."""
        if self._changed:
            table = b"".join(self._rows[delegate] for delegate in self._electors)
            head = self._sealed.encrypt(self._key_of_segment)
            sealed = SecretBox(self._key_of_segment).encrypt(table)
            durable.write(self._path(self._number), bytes(head) + bytes(sealed))
            self._durable, self._changed = self._number, False

    def recall(self, kek: bytes) -> None:
        """Learn from earlier segments who has voted, not what. Raises `DeviceError` if a file is damaged or missing."""
        private = self._private(kek)
        found = (self._open_segment(path, private) for path in self._segments())
        self._recalled = frozenset(d for rows in found for d, row in rows.items() if row[:1] == VOTED)
        self.knows_all = True

    def count(self, kek: bytes, chance: random.Random) -> Count:
        """Open what is durable of the box: strip the names, shuffle, and only then open the choices.

        Trackers are given to rows while these have names, and are all that a row keeps of its name when it is opened.
        May be repeated until `destroy`: other trackers, the same choices. Raises `DeviceError` if a file is damaged or
        missing.
        """
        private = self._private(kek)
        last: dict[str, bytes] = {}
        for path in self._segments():
            for delegate, row in self._open_segment(path, private).items():
                if row[:1] == VOTED:
                    last[delegate] = row[1:]
        took_part = tuple(d for d in self._electors if d in last)
        trackers = dict(zip(took_part, _draw_trackers(len(took_part), chance), strict=True))
        nameless = [(trackers[d], last[d]) for d in took_part]
        chance.shuffle(nameless)
        votes = [CountedVote(tracker=tracker, choice=self._choice(private, inner)) for tracker, inner in nameless]
        return Count(took_part, tuple(sorted(votes, key=lambda vote: vote.tracker)), trackers)

    # Envelopes -------------------------------------------------------------------------------------------------------

    def _seal(self, choice: Choice | None) -> bytes:
        return bytes(self._sealed.encrypt(CODES[choice].ljust(PADDED)))

    def _choice(self, private: PrivateKey, inner: bytes) -> Choice:
        try:
            code = SealedBox(private).decrypt(inner).rstrip()
        except CryptoError as error:
            raise self._damaged(self._folder, error) from error
        for choice, known in CODES.items():
            if choice is not None and known == code:
                return choice
        raise self._damaged(self._folder, ValueError("a vote in it is none of the choices"))

    def _path(self, number: int) -> Path:
        return self._folder / f"{SEGMENT}{number:06}"

    def _segments(self) -> list[Path]:
        """All that were ever durable, the earliest first, whether they are there or not: one may hold the only vote."""
        return [self._path(number) for number in range(1, max(self._durable, 1) + 1)]

    def _open_segment(self, path: Path, private: PrivateKey) -> dict[str, bytes]:
        try:
            data = path.read_bytes()
            table = SecretBox(SealedBox(private).decrypt(data[:HEAD])).decrypt(data[HEAD:])
        except (OSError, CryptoError) as error:
            raise self._damaged(path, error) from error
        if len(table) != ROW * len(self._electors):
            raise self._damaged(path, ValueError(f"{len(table)} bytes for {len(self._electors)} electors"))
        return {d: table[ROW * n : ROW * (n + 1)] for n, d in enumerate(self._electors)}

    def _private(self, kek: bytes) -> PrivateKey:
        path = self._folder / "key"
        try:
            unwrapped = SecretBox(kek).decrypt(path.read_bytes())
        except (OSError, CryptoError) as error:
            raise self._damaged(path, error) from error
        if unwrapped[PrivateKey.SIZE :] != self._ballot.encode():
            raise self._damaged(path, ValueError("it is the key of another ballot"))
        return PrivateKey(unwrapped[: PrivateKey.SIZE])

    def _damaged(self, path: Path, error: Exception) -> DeviceError:
        return DeviceError(
            f"{path}: the box of ballot {self._ballot} cannot be opened ({error}); keep the card, annul the ballot and "
            "hold a new one"
        )


def _draw_trackers(count: int, chance: random.Random) -> list[str]:
    """So many different trackers: 40 random bits each, in base32 (RFC 4648, section 6)."""
    drawn: list[str] = []
    while len(drawn) < count:
        tracker = base64.b32encode(chance.randbytes(5)).decode()
        if tracker not in drawn:
            drawn.append(tracker)
    return drawn


def kept(folder: Path) -> Iterable[str]:
    """The ballots of which files are there."""
    return [path.name for path in sorted((folder / "boxes").glob("*")) if path.is_dir()]


def destroy(folder: Path, ballot: str) -> None:
    """Overwrite and remove all files of a ballot's box, its key first: without it nothing else says anything.

    Each commit left the file before it to the card as free space, and a card that wears its cells evenly may keep even
    the overwritten ones. All of that is sealed to the ballot's key; should the card keep that, too, it is wrapped
    under the passphrase, whose salt ends with the meeting. What holds then is the passphrase.
    """
    where = _folder(folder, ballot)
    if not where.exists():
        return
    for path in [where / "key", *sorted(where.iterdir())]:
        durable.destroy(path)
    durable.remove_folder(where)


def _folder(folder: Path, ballot: str) -> Path:
    """A ballot's own folder. Raises `ValueError` for a name that would lead elsewhere: `..`, `a/b`, none."""
    return folder / "boxes" / _NAME.validate_python(ballot)
