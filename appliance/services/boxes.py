"""The boxes of secret ballots as the ballot service uses them: sealed, committed, counted, destroyed.

What a box is, and what it hides from whom, is in `vault.ballot_box`; the passphrase is in `vault.passphrase`. Only what
is counted, and in no order that tells anything, ever becomes a fact.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Collection
from pathlib import Path

from appliance.ballot import Ballot
from appliance.events import BallotOpened, SecretBallotCounted
from appliance.values import Choice, Refusal
from appliance.vault import ballot_box
from appliance.vault.ballot_box import BallotBox
from appliance.vault.passphrase import Derived, Passphrase


class Wait(enum.StrEnum):
    """How it stands with the passphrase."""

    NONE = "none"  # nobody has set one yet
    SEALED = "sealed"  # set, and to be typed again: the service was restarted
    OPEN = "open"


class Boxes:
    """All boxes that are not yet destroyed. One thread's. Trackers are in memory alone and end with the meeting."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        """`folder` is the vault."""
        self._folder, self._chance = folder, chance
        self._passphrase = Passphrase(folder)
        self._boxes: dict[str, BallotBox] = {}
        self._trackers: dict[str, dict[str, str]] = {}
        self._opened_now = False

    # The passphrase --------------------------------------------------------------------------------------------------

    @property
    def passphrase(self) -> Wait:
        """Whether there is one, and whether it is known."""
        if self._passphrase.is_open:
            return Wait.OPEN
        return Wait.SEALED if self._passphrase.is_set else Wait.NONE

    def derive(self, passphrase: str) -> Callable[[], Derived]:
        """The slow work on a passphrase, for the worker thread."""
        return self._passphrase.derive(passphrase)

    def accept(self, derived: Derived) -> bool:
        """Whether it is the passphrase that was set, or the first one; then boxes can be made and opened."""
        if not self._passphrase.accept(derived):
            return False
        self._opened_now = True
        return True

    def opened_now(self) -> bool:
        """Whether the passphrase was typed since the last call: what waited for it can be counted."""
        was, self._opened_now = self._opened_now, False
        return was

    @property
    def key_is_known(self) -> bool:
        """Whether boxes can be made and opened."""
        return self._passphrase.is_open

    # One ballot's box ------------------------------------------------------------------------------------------------

    def begin(self, decide: Callable[[str], BallotOpened | Refusal]) -> BallotOpened | Refusal:
        """A box for the ballot that `decide` opens with the public key it is given. Durable before the ballot is."""
        kek = self._passphrase.key
        assert kek is not None, "nobody asks for a box before the passphrase is known"
        private = ballot_box.new_key(self._chance)
        opened = decide(ballot_box.public_text(private))
        if isinstance(opened, BallotOpened):
            self._boxes[opened.ballot] = BallotBox.create(self._folder, opened.ballot, opened.present, private, kek)
        return opened

    def put(self, opened: BallotOpened, delegate: str, choice: Choice) -> None:
        """Take a secret vote; durable after `commit`."""
        self._box(opened).put(delegate, choice)

    def commit(self) -> None:
        """Make all that was put durable."""
        for box in self._boxes.values():
            box.commit()

    def took_part(self, opened: BallotOpened) -> frozenset[str]:
        """Who has voted in a ballot that runs, as far as it is known: see `knows_all`."""
        return self._box(opened).voted

    def knows_all(self, opened: BallotOpened) -> bool:
        """False while votes from before a power cut wait for the passphrase."""
        return self._box(opened).knows_all

    def recall(self, opened: BallotOpened) -> None:
        """Learn who voted before a power cut, once the passphrase is known. Raises `DeviceError` for a damaged box."""
        kek = self._passphrase.key
        assert kek is not None, "nobody recalls before the passphrase is known"
        self._box(opened).recall(kek)

    def count(self, ballot: Ballot) -> SecretBallotCounted:
        """Open the box of a closed ballot. Raises `DeviceError` if it is damaged."""
        kek = self._passphrase.key
        assert kek is not None, "nobody counts before the passphrase is known"
        count = self._box(ballot.opened).count(kek, self._chance)
        self._trackers[ballot.id] = count.trackers
        return SecretBallotCounted(ballot=ballot.id, took_part=count.took_part, votes=count.votes)

    def tracker(self, ballot: str, delegate: str) -> str | None:
        """A voter's own tracker; None where they did not vote, or the box was restarted since the count."""
        return self._trackers.get(ballot, {}).get(delegate)

    # The end ---------------------------------------------------------------------------------------------------------

    def clear(self, needed: Collection[str]) -> None:
        """Destroy every box but those that are open or wait to be counted."""
        for name in ballot_box.kept(self._folder):
            if name not in needed:
                ballot_box.destroy(self._folder, name)
                self._boxes.pop(name, None)

    def forget(self) -> None:
        """The meeting is over: passphrase and trackers end. A box that still waits keeps the passphrase."""
        self._trackers.clear()
        if self._passphrase.is_set and not ballot_box.kept(self._folder):
            self._passphrase.forget()

    def _box(self, opened: BallotOpened) -> BallotBox:
        box = self._boxes.get(opened.ballot)
        if box is None:  # a start since it was opened
            box = BallotBox(self._folder, opened.ballot, opened.present, opened.key)
            self._boxes[opened.ballot] = box
        return box
