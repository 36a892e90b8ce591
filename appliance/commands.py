"""Every command that becomes a fact, and who may give it.

The counterpart of `events`: a command is what somebody wants, an event is what became of it. Arguments are validated
here; whether the command is accepted is decided by the pure file of its subject. What is asked of the box itself is in
`box_requests`; how both are spelled, in `wire`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, Field

from appliance.rights import PRESIDING, SETUP, STAFF, Who
from appliance.values import (
    BallotIdentifier,
    Capacity,
    Choice,
    Delegate,
    Digest,
    Document,
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
)
from appliance.written import YEARS

Secret = Annotated[str, Field(min_length=1, max_length=256)]
Pin = Annotated[str, Field(max_length=256)]
"""A PIN that vouches; empty where whoever asks is the person meant."""


def _of_our_years(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError(f"{at.isoformat()}: the year is to be one of {YEARS.start} to {YEARS.stop - 1}")
    return at


Deadline = Annotated[AwareDatetime, AfterValidator(_of_our_years)]
"""A time with its offset. At the ends of the calendar zones cannot be reckoned with."""


class Command(Value):
    """What somebody wants. The name on the wire is the class name in snake case."""

    who: ClassVar[frozenset[Who]]


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
    """End the meeting → `{seq}`. Refused while a ballot is open, or is closed and not counted.

    Refused while the chair has not decided a tie, which nobody can decide afterwards, unless `leave_undecided`.
    """

    who = STAFF
    leave_undecided: bool = False


class TakeUp(Command):
    """Turn to an agenda item → `{seq}`."""

    who = PRESIDING
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
    reason: GivenReason


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
    the same item, and for a show of hands. `instead_of` names a ballot on it that is annulled for the same reason as
    this one opens; both or neither.
    """

    who = STAFF
    item: Identifier
    instead_of: BallotIdentifier | None = None
    voting: Voting | None = None
    limit_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    reason: Reason = ""


class Hold(Command):
    """The ballot rests → `{seq}`."""

    who = PRESIDING
    ballot: BallotIdentifier
    reason: Reason = ""


class Resume(Command):
    """The ballot goes on → `{seq}`."""

    who = PRESIDING
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
    deadline: Deadline
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
    deadline: Deadline
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
