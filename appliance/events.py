"""Every fact the journal can hold, and who may write it. The product's vocabulary: read this file first.

A fact is frozen, typed and named in the past tense. Its `kind` is its class name; `writers` says which service may
append it. State is never stored: it is a fold over these facts (`attendance`, `ballot`, `minutes`, `slips`). A
correction is a new fact. What facts are made of stands in `values`.

Faces, templates, frames, PINs and passwords never appear here.
"""

from __future__ import annotations

import enum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationError

from appliance.errors import RecordError
from appliance.values import (
    BallotIdentifier,
    Capacity,
    Channel,
    Choice,
    CountedVote,
    Delegate,
    Digest,
    Document,
    GivenReason,
    GivenText,
    Identifier,
    Item,
    Liveness,
    Method,
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


class Writer(enum.StrEnum):
    """Who appends to the journal. Nobody else opens it for writing."""

    BALLOT = "ballot"  # services/ballot.py: votes, and every command of chair, secretary, technician
    DOOR = "door"  # services/door.py: what the camera saw
    GALLERY = "gallery"  # services/enrolment.py and services/gallery.py: commands, and the door that keeps the gallery


class Event(Value):
    """A fact. Subclasses are the whole vocabulary."""

    writers: ClassVar[frozenset[Writer]] = frozenset({Writer.BALLOT})


class _ByDoorOrBallot(Event):
    writers: ClassVar[frozenset[Writer]] = frozenset({Writer.BALLOT, Writer.DOOR})


class _ByDoor(Event):
    writers: ClassVar[frozenset[Writer]] = frozenset({Writer.DOOR})


class _ByGallery(Event):
    writers: ClassVar[frozenset[Writer]] = frozenset({Writer.GALLERY})


# The box -------------------------------------------------------------------------------------------------------------


class DeviceInstalled(Event):
    """The first fact of every journal: whose it is. `public_key` is the raw Ed25519 key in base64."""

    site: Identifier
    device: Identifier
    public_key: str


class ServiceStarted(_ByDoorOrBallot):
    """A writing service came up. `configuration` and each of `models` are sha256 in hexadecimal."""

    service: Identifier
    software: str
    configuration: str
    models: dict[str, str] = Field(default_factory=dict)


class BoxClaimed(Event):
    """A technician used the claim code, which is now void."""


class ConfigurationChanged(Event):
    """A new configuration was validated and saved. `keys` are dotted names; values are not repeated here."""

    configuration: str
    keys: tuple[str, ...]
    by: str


class CredentialIssued(Event):
    """Somebody may sign in. The secret itself stays in the vault."""

    subject: Identifier
    what: Literal["pin", "password"]
    by: str


class PartFailed(_ByDoorOrBallot):
    """A camera, keypad or lamp stopped working; `remedy` is what a person should do."""

    part: Identifier
    symptom: Reason
    remedy: Reason


class PartRestored(_ByDoorOrBallot):
    """The part works again."""

    part: Identifier


# The gallery ---------------------------------------------------------------------------------------------------------


class DelegateEnrolled(_ByGallery):
    """A template was made from `images` pictures with the stated consent. `model` is the sha256 of the embedder.

    `expires`: the UTC date (YYYY-MM-DD) on which the template is forgotten; empty: stated by nobody.
    """

    delegate: Identifier
    model: str
    images: int
    consent: Annotated[str, Field(min_length=1, max_length=120)]
    expires: str = ""


class DelegateForgotten(_ByGallery):
    """The template of a delegate was destroyed."""

    delegate: Identifier
    reason: Reason


class GalleryRenewed(_ByGallery):
    """All templates were turned by a new secret rotation, the former one destroyed: old copies fit nothing any more.

    `cohort`: how many people who are nobody of the delegates help to set the threshold.
    """

    delegates: int
    cohort: int = 0
    reason: Reason


# The meeting and its roll --------------------------------------------------------------------------------------------


class MeetingConvened(Event):
    """A meeting begins: roster, agenda and rule are fixed from here on. `chair` is a member's id; empty: unnamed.

    `secretary` is the id of whoever keeps the minutes and confirms them; empty: nobody on the roster. `liveness`: how
    the door tells a person from a picture of one; none: as the box is set.
    """

    meeting: Identifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    body: Annotated[str, Field(max_length=200)] = ""
    preset: Identifier
    place: Annotated[str, Field(max_length=300)] = ""
    rooms: tuple[Room, ...] = ()
    starts_at: str = ""
    chair: str = ""
    secretary: str = ""
    seating: Seating = Seating.FIXED
    roster: tuple[Delegate, ...]
    agenda: tuple[Item, ...] = ()
    liveness: Liveness | None = None
    by: str


class MeetingEnded(Event):
    """The meeting is over: what follows are results and signatures, nothing about it changes any more."""

    meeting: Identifier
    by: str


class ItemTakenUp(Event):
    """The meeting turned to an agenda item: who was present, late or gone is also told for each item."""

    meeting: Identifier
    item: Identifier
    by: str


class ChairNamed(Event):
    """Another member presides from here on. Ballots that are open keep the chair that they opened with."""

    meeting: Identifier
    delegate: Identifier
    by: str
    reason: GivenReason


class CheckedIn(_ByDoorOrBallot):
    """A delegate is on the roll, or on it again. `evidence` holds figures only (distance, threshold, looks)."""

    meeting: Identifier
    delegate: Identifier
    method: Method
    by: str
    reason: Reason = ""
    presence: Presence = Presence.IN_PERSON
    evidence: dict[str, float] = Field(default_factory=dict)


class CheckedOut(Event):
    """A delegate left. Coming back is a new `CheckedIn`."""

    meeting: Identifier
    delegate: Identifier
    method: Method
    by: str
    reason: Reason = ""


class CheckInRevoked(Event):
    """The secretary took a delegate off the roll again: a wrong name, or a test."""

    meeting: Identifier
    delegate: Identifier
    by: str
    reason: GivenReason


class AbsenceReported(Event):
    """A delegate will not come, or not all the time, and says why."""

    meeting: Identifier
    delegate: Identifier
    reason: GivenReason
    by: str


class AbsenceDecided(Event):
    """The chair accepted the reported absence, or did not. `by` is the chair's id."""

    meeting: Identifier
    delegate: Identifier
    accepted: bool
    by: str


class SeatBound(Event):
    """For this meeting the delegate sits there: where seating is free, or where the secretary moved somebody."""

    meeting: Identifier
    seat: Identifier
    delegate: Identifier
    by: str


class SeatReleased(Event):
    """Nobody sits there any more."""

    meeting: Identifier
    seat: Identifier
    by: str
    reason: GivenReason


class SeatLockedOut(Event):
    """The keypad of a seat counts no longer: its delegate votes on a tablet."""

    meeting: Identifier
    seat: Identifier
    delegate: str
    by: str
    reason: GivenReason


class SeatReadmitted(Event):
    """The keypad of a seat counts again."""

    meeting: Identifier
    seat: Identifier
    by: str
    reason: GivenReason


class QuorumOverridden(Event):
    """The chair lets the next ballot open although too few are present. `by` is the chair's id."""

    meeting: Identifier
    present: int
    quorum: int
    by: str
    reason: GivenReason


class ProxyGiven(Event):
    """`holder` votes for `giver` from here on, by the document named. Only under a rule with weights."""

    meeting: Identifier
    giver: Identifier
    holder: Identifier
    document: GivenReason
    by: str


class ProxyWithdrawn(Event):
    """The proxy of `giver` is over."""

    meeting: Identifier
    giver: Identifier
    by: str
    reason: GivenReason


class FaceNotIdentified(_ByDoor):
    """Somebody looked at the camera and got no name. Kept as a count.

    `unknown`: a stranger; `ambiguous`: two delegates too alike; `presentation`: it may be a picture, not a person.
    """

    meeting: Identifier
    decision: Literal["unknown", "ambiguous", "presentation"]
    looks: int


# Secret sessions -----------------------------------------------------------------------------------------------------


class SecretSessionBegan(Event):
    """Camera and uplink stop, radios are off, only wired keypads count. `meeting` is empty where there is none."""

    meeting: str
    by: str


class SecretSessionEnded(Event):
    """The secret session is over. What was recorded in it still does not leave by the network."""

    meeting: str
    by: str


class SecretRecordReleased(Event):
    """A technician carried the signed record out and lets the uplink go on."""

    by: str
    reason: GivenReason


# Ballots -------------------------------------------------------------------------------------------------------------


class BallotOpened(Event):
    """From here on members vote. Everything that decides the verdict is fixed in this fact.

    `electorate` is all members (N of the rule); `present` are those of them on the roll, or represented, who alone
    count. `needed` is None where it depends on the votes cast. `weights` (empty: one each) and `proxies` (giver →
    holder) only under a rule with weights: then quorum and needed are weights, too. `key` is the public key of a secret
    ballot's box, X25519 in base64. `replaces` names the ballot before on the same item, `reason` why there is another;
    `override` why there is one without a quorum.
    """

    ballot: BallotIdentifier
    meeting: Identifier
    item: Identifier
    question: Text
    method: Voting
    preset: Identifier
    majority: Identifier
    electorate: tuple[Identifier, ...]
    present: tuple[Identifier, ...]
    weights: dict[Identifier, int] = Field(default_factory=dict)
    proxies: dict[Identifier, Identifier] = Field(default_factory=dict)
    chair: str
    quorum: int
    needed: int | None
    limit_seconds: int | None = None
    key: str = ""
    replaces: str = ""
    reason: Reason = ""
    override: Reason = ""
    by: str


class BallotHeld(Event):
    """The ballot rests: no vote counts and its time stands still."""

    ballot: BallotIdentifier
    by: str
    reason: Reason = ""


class BallotResumed(Event):
    """The ballot goes on."""

    ballot: BallotIdentifier
    by: str


class VoteCast(Event):
    """A member's choice in an open ballot. The last one before the close is the one that counts."""

    ballot: BallotIdentifier
    delegate: Identifier
    choice: Choice
    channel: Channel
    seat: Identifier | None = None


class VoteEntered(Event):
    """A vote that the secretary entered for a delegate; `witness` vouched for it with their own PIN."""

    ballot: BallotIdentifier
    delegate: Identifier
    choice: Choice
    by: str
    witness: Identifier
    reason: GivenReason


class VoteRefused(Event):
    """A press that does not count, and why. The choice is not kept."""

    ballot: str
    delegate: str
    channel: Channel
    seat: Identifier | None = None
    reason: Identifier


class HandsCounted(Event):
    """The counts of a show of hands; `witness` vouched for them with their own PIN. The ballot is closed by it."""

    ballot: BallotIdentifier
    votes_for: Annotated[int, Field(ge=0)]
    votes_against: Annotated[int, Field(ge=0)]
    abstentions: Annotated[int, Field(ge=0)]
    by: str
    witness: Identifier


class BallotClosed(Event):
    """No vote counts any more. Never reopened: a new ballot would be needed. `by`: `time-limit` where nobody did it."""

    ballot: BallotIdentifier
    by: str


class SecretBallotCounted(Event):
    """The box of a closed secret ballot was opened: who took part, in the roster's order, and the choices, shuffled."""

    ballot: BallotIdentifier
    took_part: tuple[Identifier, ...]
    votes: tuple[CountedVote, ...]


class BallotAnnulled(Event):
    """The ballot ends without a result: a new one takes its place, or none."""

    ballot: BallotIdentifier
    by: str
    reason: GivenReason


class TieDecided(Event):
    """The chair stated which reading of the rule applies to a tie (`rules.Reading`). `by` is the chair's id."""

    ballot: BallotIdentifier
    reading: Identifier
    by: str
    reason: Reason = ""


class ResultSigned(Event):
    """The result of a closed ballot or slip, in a DSSE envelope over its exact bytes (`record`).

    A tie that the chair decides later has a second result, which takes the place of the first.
    """

    ballot: BallotIdentifier
    envelope: str


# Opinion slips -------------------------------------------------------------------------------------------------------


class SlipSent(Event):
    """A question goes to all members outside a session, to be answered until `deadline` (UTC, ISO 8601).

    `silence_agrees`: no answer counts as agreement; off unless the body's own regulation says so.
    """

    slip: BallotIdentifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    question: Text
    body: Annotated[str, Field(max_length=200)] = ""
    preset: Identifier
    majority: Identifier
    members: tuple[Delegate, ...]
    chair: str
    needed: int | None
    deadline: str
    silence_agrees: bool = False
    documents: tuple[Document, ...] = ()
    by: str


class SlipAnswered(Event):
    """A member's answer, with an opinion beside the choice. The last one before the close counts."""

    slip: BallotIdentifier
    delegate: Identifier
    choice: Choice
    opinion: Text = ""


class SlipReminded(Event):
    """Those who had not answered were reminded."""

    slip: BallotIdentifier
    delegates: tuple[Identifier, ...]
    by: str


class SlipExtended(Event):
    """A later deadline."""

    slip: BallotIdentifier
    deadline: str
    by: str
    reason: GivenReason


class SlipClosed(Event):
    """No answer counts any more. `by`: `deadline` where nobody did it."""

    slip: BallotIdentifier
    by: str


class SlipAnnounced(Event):
    """The result was announced at a session."""

    slip: BallotIdentifier
    meeting: Identifier
    by: str


# What follows --------------------------------------------------------------------------------------------------------


class ProceedingNoted(Event):
    """Something of the course of the meeting, for the minutes. `item` is empty where it belongs to none."""

    meeting: Identifier
    item: str
    text: GivenText
    by: str


class ConclusionRecorded(Event):
    """The chair's conclusion (kết luận) on an item; a later one on the same item takes its place."""

    meeting: Identifier
    item: str
    text: GivenText
    by: str


class TaskAssigned(Event):
    """A task that follows from the conclusions; a later one of the same id takes its place."""

    meeting: Identifier
    task: Task
    by: str


class TaskWithdrawn(Event):
    """The task of that id does not stand any more."""

    meeting: Identifier
    task: Identifier
    by: str
    reason: GivenReason


class MinutesConfirmed(Event):
    """Chair or secretary confirmed the minutes with their own PIN. `digest`: SHA-256 of the minutes as a document."""

    meeting: Identifier
    capacity: Capacity
    delegate: Identifier
    digest: Digest


class MinutesSigned(Event):
    """Both confirmed: the box signed the minutes' digest with who confirmed when, in a DSSE envelope."""

    meeting: Identifier
    envelope: str


# From the centre -----------------------------------------------------------------------------------------------------


class CommandAccepted(Event):
    """A command signed by the central server was verified and is carried out. `number` only ever grows."""

    number: int
    do: Identifier
    digest: str


KINDS: dict[str, type[Event]] = {
    name: cls
    for name, cls in list(globals().items())
    if isinstance(cls, type) and issubclass(cls, Event) and cls is not Event and not name.startswith("_")
}
"""`kind` → class, in the order of this file."""


def decode(kind: str, body: bytes) -> Event:
    """Read one fact from its exact bytes (UTF-8 JSON).

    Raises `RecordError` naming the kind and the field if it is no fact of this version.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise RecordError(f"event kind {kind!r} is not known to this version of the appliance; update the software")
    try:
        return cls.model_validate_json(body)
    except ValidationError as error:
        raise RecordError(f"event {kind}: {explain(error)}") from error
