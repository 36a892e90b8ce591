"""Every command and question that the ballot service answers on its socket, and who may give it.

The counterpart of `events`: a command is what somebody wants, an event is what became of it. Arguments are validated
here; whether the command is accepted is decided by `attendance` and `ballot`.
"""

from __future__ import annotations

import enum
import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError

from appliance.errors import RecordError
from appliance.events import BallotIdentifier, Choice, Delegate, Identifier, Item, Liveness, Reason, Value, explain


class Who(enum.StrEnum):
    """On whose behalf a command comes. A sign-in token proves the first five; the kernel's peer uid the rest."""

    TECHNICIAN = "technician"
    SECRETARY = "secretary"
    DELEGATE = "delegate"
    HALL = "hall"  # the hall's screen
    DOOR = "door"  # the screen at the door
    ANYBODY = "anybody"  # not signed in
    CONSOLE = "console"  # a command line on the box: root, or the service's own user
    UPLINK = "uplink"  # the uplink service, itself speaking for nobody


STAFF = frozenset({Who.SECRETARY, Who.CONSOLE})
SETUP = frozenset({Who.TECHNICIAN, Who.CONSOLE})
BOARD = frozenset({Who.TECHNICIAN, Who.SECRETARY, Who.HALL, Who.CONSOLE})
"""Who has the keypads on the screen. Never a delegate: every seat's keys are there, and lamps that tell its vote."""
EVERYBODY = frozenset(Who)

Secret = Annotated[str, Field(min_length=1, max_length=256)]
NewPassword = Annotated[str, Field(min_length=10, max_length=256)]


class Command(Value):
    """What somebody wants. The name on the wire is the class name in snake case."""

    who: ClassVar[frozenset[Who]]


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
    """New PIN, key code and personal link for each delegate named; empty means everybody on the roster.

    → `[{delegate, name, seat, pin, code, link}]`, shown this once. `code` is six of the seat's own keys, to check in at
    the seat.
    """

    who = STAFF
    delegates: tuple[Identifier, ...] = ()


# The meeting ---------------------------------------------------------------------------------------------------------


class Convene(Command):
    """Begin a meeting → `{seq}`. Refused while another one is in progress."""

    who = STAFF
    meeting: Identifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    body: Annotated[str, Field(max_length=200)] = ""
    preset: Identifier = "ubnd"
    place: Annotated[str, Field(max_length=300)] = ""
    starts_at: str = ""
    chair: str = ""
    roster: Annotated[tuple[Delegate, ...], Field(min_length=1)]
    agenda: tuple[Item, ...] = ()
    liveness: Liveness | None = None


class EndMeeting(Command):
    """End the meeting → `{seq}`. Refused while a ballot is open."""

    who = STAFF


class CheckIn(Command):
    """Put a delegate on the roll by hand → `{seq}`."""

    who = STAFF
    delegate: Identifier
    reason: Reason


class RevokeCheckIn(Command):
    """Take a delegate off the roll → `{seq}`."""

    who = STAFF
    delegate: Identifier
    reason: Reason


class CheckInByPin(Command):
    """At the door's screen: a delegate and the PIN → `{name, seat, already}`."""

    who = frozenset({Who.DOOR, Who.CONSOLE})
    delegate: Identifier
    pin: Secret


class CheckInMyself(Command):
    """A delegate who signed in by PIN or personal link goes on the roll → `{already}`."""

    who = frozenset({Who.DELEGATE})


class Open(Command):
    """Open a ballot on an agenda item → `{ballot, quorum, needed}`."""

    who = STAFF
    item: Identifier


class Close(Command):
    """Close the ballot named → `{ballot, outcome, sentence}`. Its name keeps a late click from closing the next."""

    who = STAFF
    ballot: BallotIdentifier


class Vote(Command):
    """A delegate's own vote → `{recorded: choice}`, after it is durable."""

    who = frozenset({Who.DELEGATE})
    ballot: BallotIdentifier
    choice: Choice


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
    """The device's signature over its journal at `seq` → `{envelope}`."""

    who = frozenset({Who.UPLINK, Who.CONSOLE})
    seq: Annotated[int, Field(ge=1)]


class FromCentral(Command):
    """A command with the central server's signature still on it → what the command itself answers."""

    who = frozenset({Who.UPLINK, Who.CONSOLE})
    envelope: Annotated[str, Field(max_length=500_000)]


def wire_name(cls: type[Command]) -> str:
    """`IssuePins` → `issue_pins`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


COMMANDS: dict[str, type[Command]] = {wire_name(cls): cls for cls in Command.__subclasses__()}
"""Name on the wire → class, in the order of this file."""


def parse(do: str, args: dict[str, Any]) -> Command:
    """A command from the wire; raises `RecordError` naming the command or every argument that is wrong."""
    cls = COMMANDS.get(do)
    if cls is None:
        raise RecordError(f"no command is called {do!r}; known: {', '.join(COMMANDS)}")
    try:
        return cls.model_validate(args)
    except ValidationError as error:
        raise RecordError(f"{do}: {explain(error)}") from error
