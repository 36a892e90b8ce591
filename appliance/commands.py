"""Every command and question that the ballot service answers on its socket, and who may give it.

The counterpart of `events`: a command is what somebody wants, an event is what became of it. Arguments are validated
here; whether the command is accepted is decided by `attendance` and `ballot`.
"""

from __future__ import annotations

import enum
import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, Field, ValidationError

from appliance.errors import RecordError
from appliance.values import (
    BallotIdentifier,
    Capacity,
    Choice,
    Delegate,
    Digest,
    Document,
    FileName,
    GivenReason,
    GivenText,
    Identifier,
    Item,
    Liveness,
    Presence,
    Reason,
    Room,
    Seating,
    Task,
    Text,
    Value,
    Voting,
    explain,
)


class Who(enum.StrEnum):
    """On whose behalf a command comes. A sign-in token proves the first six; the kernel's peer uid the rest."""

    TECHNICIAN = "technician"
    SECRETARY = "secretary"
    DELEGATE = "delegate"
    CHAIR = "chair"  # the delegate who presides over the meeting in progress
    HALL = "hall"  # the hall's screen
    DOOR = "door"  # the screen at the door
    ANYBODY = "anybody"  # not signed in
    CONSOLE = "console"  # a command line on the box: root, or the service's own user
    UPLINK = "uplink"  # the uplink service, itself speaking for nobody


STAFF = frozenset({Who.SECRETARY, Who.CONSOLE})
PRESIDING = frozenset({Who.CHAIR, Who.SECRETARY, Who.CONSOLE})
"""Who may give the chair's commands: the chair, or staff with the chair's own PIN."""
SETUP = frozenset({Who.TECHNICIAN, Who.CONSOLE})
BOARD = frozenset({Who.TECHNICIAN, Who.SECRETARY, Who.HALL, Who.CONSOLE})
"""Who has the keypads on the screen. Never a delegate: every seat's keys are there, and lamps that tell its vote."""
EVERYBODY = frozenset(Who)

Secret = Annotated[str, Field(min_length=1, max_length=256)]
Pin = Annotated[str, Field(max_length=256)]
"""A PIN that vouches; empty where whoever asks is the person meant."""
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
    """New PIN, key code and personal link for each delegate named, on the roster or asked by an open slip.

    Nobody named: everybody on the roster, where no meeting is in progress everybody whom an open slip asks.
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
    rooms: tuple[Room, ...] = ()
    starts_at: str = ""
    chair: str = ""
    secretary: str = ""
    seating: Seating = Seating.FIXED
    roster: Annotated[tuple[Delegate, ...], Field(min_length=1)]
    agenda: tuple[Item, ...] = ()
    liveness: Liveness | None = None


class EndMeeting(Command):
    """End the meeting → `{seq}`. Refused while a ballot is open, or is closed and not counted."""

    who = STAFF


class TakeUp(Command):
    """Turn to an agenda item → `{seq}`."""

    who = frozenset({Who.SECRETARY, Who.CHAIR, Who.CONSOLE})
    item: Identifier


class NameChair(Command):
    """Another member presides → `{seq}`."""

    who = STAFF
    delegate: Identifier
    reason: GivenReason


# The roll ------------------------------------------------------------------------------------------------------------


class CheckIn(Command):
    """Put a delegate on the roll by hand → `{seq}`."""

    who = STAFF
    delegate: Identifier
    reason: Reason
    presence: Presence = Presence.IN_PERSON


class CheckOut(Command):
    """A delegate left, as the secretary saw → `{seq}`."""

    who = STAFF
    delegate: Identifier
    reason: Reason = ""


class RevokeCheckIn(Command):
    """Take a delegate off the roll: it was a mistake → `{seq}`."""

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
    presence: Presence = Presence.IN_PERSON


class CheckOutMyself(Command):
    """A delegate who is signed in leaves → `{seq}`."""

    who = frozenset({Who.DELEGATE})


class ReportAbsence(Command):
    """Say why a delegate does not come → `{seq}`. Staff for anybody, a delegate for nobody else."""

    who = frozenset({Who.SECRETARY, Who.CONSOLE, Who.DELEGATE})
    delegate: Identifier
    reason: GivenReason


class DecideAbsence(Command):
    """The chair accepts a reported absence, or does not → `{seq}`. Staff need the chair's PIN."""

    who = PRESIDING
    delegate: Identifier
    accepted: bool
    pin: Pin = ""


class BindSeat(Command):
    """A delegate sits there for this meeting → `{seq}`."""

    who = STAFF
    seat: Identifier
    delegate: Identifier


class ReleaseSeat(Command):
    """Nobody sits there any more → `{seq}`."""

    who = STAFF
    seat: Identifier
    reason: GivenReason


class LockSeat(Command):
    """A keypad is dead or doubtful: it counts no longer, its delegate votes on a tablet → `{seq}`."""

    who = STAFF
    seat: Identifier
    reason: GivenReason


class ReadmitSeat(Command):
    """The keypad counts again → `{seq}`."""

    who = STAFF
    seat: Identifier
    reason: GivenReason


class OverrideQuorum(Command):
    """The chair lets the next ballot open without a quorum → `{seq}`. Staff need the chair's PIN."""

    who = PRESIDING
    reason: GivenReason
    pin: Pin = ""


class GiveProxy(Command):
    """`holder` votes for `giver`; only under a rule with weights → `{seq}`."""

    who = STAFF
    giver: Identifier
    holder: Identifier
    document: GivenReason


class WithdrawProxy(Command):
    """That proxy is over → `{seq}`."""

    who = STAFF
    giver: Identifier
    reason: GivenReason


class SecretSession(Command):
    """Begin or end the secret session → `{seq}`."""

    who = frozenset({Who.SECRETARY, Who.TECHNICIAN, Who.CONSOLE})
    on: bool


class ReleaseRecord(Command):
    """The record of a secret session was carried out; the uplink may go on → `{seq}`."""

    who = SETUP
    reason: GivenReason


# Ballots -------------------------------------------------------------------------------------------------------------


class Open(Command):
    """Open a ballot on an agenda item → `{ballot, quorum, needed}`.

    `voting` and `limit_seconds` replace what the agenda says (0: no limit). `reason` is needed for another ballot on
    the same item, and for a show of hands. `instead_of` names a ballot that is annulled for the same reason as this one
    opens; both or neither.
    """

    who = STAFF
    item: Identifier
    instead_of: BallotIdentifier | None = None
    voting: Voting | None = None
    limit_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    reason: Reason = ""


class Hold(Command):
    """The ballot rests → `{seq}`."""

    who = frozenset({Who.SECRETARY, Who.CHAIR, Who.CONSOLE})
    ballot: BallotIdentifier
    reason: Reason = ""


class Resume(Command):
    """The ballot goes on → `{seq}`."""

    who = frozenset({Who.SECRETARY, Who.CHAIR, Who.CONSOLE})
    ballot: BallotIdentifier


class Close(Command):
    """Close the ballot named → `{ballot, outcome, sentence}`. Its name keeps a late click from closing the next.

    `outcome` is `uncounted` where the box of a secret ballot waits for the passphrase.
    """

    who = STAFF
    ballot: BallotIdentifier


class Annul(Command):
    """End a ballot without a result → `{seq}`: one that is open, or a secret one that cannot be counted."""

    who = STAFF
    ballot: BallotIdentifier
    reason: GivenReason


class Vote(Command):
    """A delegate's own vote → `{recorded: choice}`, or `{recorded: true}` in a secret ballot; after it is durable."""

    who = frozenset({Who.DELEGATE})
    ballot: BallotIdentifier
    choice: Choice


class EnterVote(Command):
    """The secretary enters a vote; `witness`, somebody else on the roll, vouches with the own PIN → `{seq}`."""

    who = STAFF
    ballot: BallotIdentifier
    delegate: Identifier
    choice: Choice
    reason: GivenReason
    witness: Identifier
    pin: Secret


class CountHands(Command):
    """The counts of a show of hands, vouched for by a witness with the own PIN → `{ballot, outcome, sentence}`."""

    who = STAFF
    ballot: BallotIdentifier
    votes_for: Annotated[int, Field(ge=0)]
    votes_against: Annotated[int, Field(ge=0)]
    abstentions: Annotated[int, Field(ge=0)]
    witness: Identifier
    pin: Secret


class DecideTie(Command):
    """The chair states which reading of a tie applies → `{ballot, outcome, sentence}`. Staff need the chair's PIN."""

    who = PRESIDING
    ballot: BallotIdentifier
    reading: Identifier
    reason: Reason = ""
    pin: Pin = ""


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


# Opinion slips -------------------------------------------------------------------------------------------------------


class SendSlip(Command):
    """Put a question to all members outside a session → `{slip, needed}`."""

    who = STAFF
    slip: Identifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    question: Text
    body: Annotated[str, Field(max_length=200)] = ""
    preset: Identifier = "ubnd"
    majority: Identifier = "ordinary"
    members: Annotated[tuple[Delegate, ...], Field(min_length=1)]
    chair: str = ""
    deadline: AwareDatetime
    silence_agrees: bool = False
    documents: tuple[Document, ...] = ()


class AnswerSlip(Command):
    """A member's answer → `{seq}`."""

    who = frozenset({Who.DELEGATE})
    slip: BallotIdentifier
    choice: Choice
    opinion: Text = ""


class RemindSlip(Command):
    """Remind those who have not answered → `{reminded: [delegate]}`."""

    who = STAFF
    slip: BallotIdentifier


class ExtendSlip(Command):
    """A later deadline → `{seq}`."""

    who = STAFF
    slip: BallotIdentifier
    deadline: AwareDatetime
    reason: GivenReason


class CloseSlip(Command):
    """Close a slip before its deadline: refused while somebody has not answered → `{slip, outcome, sentence}`."""

    who = STAFF
    slip: BallotIdentifier


class AnnounceSlip(Command):
    """The result is announced at the session in progress → `{seq}`."""

    who = STAFF
    slip: BallotIdentifier


# What follows --------------------------------------------------------------------------------------------------------


class NoteProceeding(Command):
    """Something of the course of the meeting, for the minutes → `{seq}`."""

    who = STAFF
    item: str = ""
    text: GivenText


class RecordConclusion(Command):
    """The chair's conclusion on an item → `{seq}`."""

    who = STAFF
    item: str = ""
    text: GivenText


class AssignTask(Command):
    """A task that follows → `{seq}`."""

    who = STAFF
    task: Task


class WithdrawTask(Command):
    """That task does not stand any more → `{seq}`."""

    who = STAFF
    task: Identifier
    reason: GivenReason


class ConfirmMinutes(Command):
    """Chair or secretary of an ended meeting confirm its minutes with their own PIN → `{signed}`.

    `digest` is the SHA-256 of the minutes that the page showed: nobody confirms what they did not see.
    """

    who = frozenset({Who.SECRETARY, Who.DELEGATE, Who.CONSOLE})
    meeting: Identifier
    capacity: Capacity
    digest: Digest
    pin: Secret


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
