"""What is asked of the box itself: who it is, who signs in, its sealed boxes, keypads, configuration and signatures.

None of these is one fact, as `commands` are: some answer at once, some after slow work, some write facts on the way.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from appliance.commands import Command, Secret
from appliance.rights import BOARD, EVERYBODY, SETUP, STAFF, Who
from appliance.values import (
    BallotIdentifier,
    Digest,
    FileName,
    Identifier,
)

NewPassword = Annotated[str, Field(min_length=10, max_length=256)]


# Signing in ----------------------------------------------------------------------------------------------------------


class Identity(Command):
    """Who is this box? → `{site, device, room, language, public_key, fingerprint, claimed, software}`."""

    who = EVERYBODY


class Claim(Command):
    """First boot: the claim code and a technician's new password → `{token}`. The code is void afterwards."""

    who = EVERYBODY
    code: Secret
    password: NewPassword


class SignIn(Command):
    """Technician or secretary by password → `{token, role, subject}`."""

    who = EVERYBODY
    role: Literal["technician", "secretary"]
    password: Secret


class SignInByPin(Command):
    """A delegate at a tablet → `{token, role, subject}`. Wrong PINs lock that delegate's PIN for a growing time."""

    who = EVERYBODY
    delegate: Identifier
    pin: Secret


class SignInByLink(Command):
    """The secret of a personal or screen link → `{token, role, subject}`."""

    who = EVERYBODY
    link: Secret


class WhoAmI(Command):
    """Whether the request's token still stands → `{role, subject}`."""

    who = EVERYBODY


class SetPassword(Command):
    """A new password for the secretary or the technician; older sign-ins of that role end → `{}`."""

    who = SETUP
    role: Literal["technician", "secretary"]
    password: NewPassword


class IssueScreenLink(Command):
    """A link for a screen; the one before ends → `{link}` (the secret part)."""

    who = frozenset({Who.TECHNICIAN, Who.SECRETARY, Who.CONSOLE})
    screen: Literal["hall", "door"]


class IssuePins(Command):
    """New PIN, key code and personal link for each delegate named, on the roster or asked by an open slip.

    Nobody named: everybody on the roster, where no meeting is in progress everybody whom an open slip asks.
    → `[{delegate, name, seat, pin, code, link}]`, shown this once. `code` is six of the seat's own keys, to check in at
    the seat.
    """

    who = STAFF
    delegates: tuple[Identifier, ...] = ()


class CheckInByPin(Command):
    """At the door's screen: a delegate and the PIN → `{name, seat, already}`."""

    who = frozenset({Who.DOOR, Who.CONSOLE})
    delegate: Identifier
    pin: Secret


# Boxes of secret ballots ---------------------------------------------------------------------------------------------


class Passphrase(Command):
    """Set the passphrase of the boxes of secret ballots, or type it again after a power cut → `{counted: [ballot]}`."""

    who = STAFF
    passphrase: NewPassword


class Turnout(Command):
    """Of the secret ballot that runs → `{ballot, cast, waited_for, known, passphrase}`; `waited_for` for staff alone.

    `cast` is None while votes from before a power cut are still sealed: `known` says whether it is not. `passphrase` is
    `none`, `sealed` (to be typed again) or `open`. All None where no secret ballot runs.
    """

    who = frozenset({Who.SECRETARY, Who.HALL, Who.TECHNICIAN, Who.DELEGATE, Who.CONSOLE})


class MyTracker(Command):
    """A voter's own tracker in a counted secret ballot → `{tracker}`; None where the box does not know it any more."""

    who = frozenset({Who.DELEGATE})
    ballot: BallotIdentifier


# Papers --------------------------------------------------------------------------------------------------------------


class SignManifest(Command):
    """The device's signature over the digests of the papers of a meeting → `{envelope}`. `files`: name → SHA-256."""

    who = STAFF
    meeting: Identifier
    files: dict[FileName, Digest]


# The technician ------------------------------------------------------------------------------------------------------


class Status(Command):
    """How the service is → `{service, seq, seats: {seat: {lamp, stuck: [choice]}}, clock, factory}`."""

    who = frozenset({Who.TECHNICIAN, Who.SECRETARY, Who.CONSOLE})


class WalkTest(Command):
    """Start or stop the keypad walk test → `{on, pressed: {seat: [choice]}}`. Refused while a ballot is open."""

    who = SETUP
    on: bool | None = None


class ShowConfiguration(Command):
    """The file as it is → `{toml, digest}`."""

    who = SETUP


class Configure(Command):
    """Check a new configuration file and, unless `check_only`, save it → `{problems: [...], changed: [...]}`.

    With any problem nothing is saved. Services whose settings changed restart by themselves.
    """

    who = SETUP
    toml: Annotated[str, Field(max_length=200_000)]
    check_only: bool = False


class Pins(Command):
    """The keypads on the screen, only with the mock pin factory: every line's level → `{line: bool}`."""

    who = BOARD


class DrivePin(Command):
    """Press (`down`) or let go a key of a keypad on the screen, only with the mock pin factory → `{}`."""

    who = BOARD
    line: Annotated[int, Field(ge=0, le=511)]
    down: bool


# The uplink ----------------------------------------------------------------------------------------------------------


class SignCheckpoint(Command):
    """The device's signature over its journal at `seq` → `{envelope}`. A secretary has it for a meeting's papers."""

    who = frozenset({Who.UPLINK, Who.SECRETARY, Who.CONSOLE})
    seq: Annotated[int, Field(ge=1)]


class FromCentral(Command):
    """A command with the central server's signature still on it → what the command itself answers."""

    who = frozenset({Who.UPLINK, Who.CONSOLE})
    envelope: Annotated[str, Field(max_length=500_000)]
