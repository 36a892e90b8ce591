"""Every fact the journal can hold, and who may write it. The product's vocabulary: read this file first.

A fact is frozen, typed and named in the past tense. Its `kind` is its class name; `writers` says which service may
append it. State is never stored: it is a fold over these facts (`attendance`, `ballot`, `minutes`). A correction is a
new fact.

Faces, templates, frames, PINs and passwords never appear here.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance.errors import RecordError

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
"""A name that may stand in a topic, a file name and a URL: `m-2026-11`, `dv-07`, `noi-dung-1`."""

BallotIdentifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""`<meeting>.<item>.<number>`: unique in a journal, since an `Identifier` has no dot."""

Text = Annotated[str, Field(max_length=2000)]
Reason = Annotated[str, Field(max_length=500)]


class Writer(enum.StrEnum):
    """Who appends to the journal. Nobody else opens it for writing."""

    BALLOT = "ballot"  # services/ballot.py: votes, and every command of chair, secretary, technician
    DOOR = "door"  # services/door.py: what the camera saw
    GALLERY = "gallery"  # services/enrolment.py and services/gallery.py: commands, and the door that keeps the gallery


class Role(enum.StrEnum):
    """How a delegate (đại biểu) takes part."""

    MEMBER = "member"  # thành viên: counts for the quorum and votes
    GUEST = "guest"  # khách mời
    SUBSTITUTE = "substitute"  # người dự thay: attends for a member, does not vote


class Choice(enum.StrEnum):
    """What a member presses. Nothing pressed, and absent, are no choices and are counted apart."""

    FOR = "for"  # tán thành
    AGAINST = "against"  # không tán thành
    ABSTAIN = "abstain"  # không biểu quyết


class Method(enum.StrEnum):
    """By what a delegate came on the roll. All carry the same rights."""

    FACE = "face"
    PIN = "pin"
    HAND = "hand"  # by the secretary, with a reason


class Channel(enum.StrEnum):
    """Through what a vote or a PIN arrived."""

    KEYPAD = "keypad"
    TABLET = "tablet"
    DOOR = "door"


class Liveness(enum.StrEnum):
    """How the door tells a living face from a picture of one."""

    OFF = "off"
    PASSIVE = "passive"  # it watches how the face moves
    CHALLENGE = "challenge"  # it also asks for a turn of the head


class Value(BaseModel):
    """A frozen part of a fact; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Delegate(Value):
    """One line of the roster."""

    id: Identifier
    name: Annotated[str, Field(min_length=1, max_length=120)]
    title: Annotated[str, Field(max_length=120)] = ""
    unit: Annotated[str, Field(max_length=200)] = ""
    role: Role = Role.MEMBER
    seat: Identifier | None = None


class Item(Value):
    """One agenda item (nội dung) that may be put to a vote. `question` is what the hall reads."""

    id: Identifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    question: Text = ""


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
    models: dict[str, str] = {}


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

    `liveness`: how the door tells a person from a picture of one; none: as the box is set.
    """

    meeting: Identifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    body: Annotated[str, Field(max_length=200)] = ""
    preset: Identifier
    place: Annotated[str, Field(max_length=300)] = ""
    starts_at: str = ""
    chair: str = ""
    roster: tuple[Delegate, ...]
    agenda: tuple[Item, ...] = ()
    liveness: Liveness | None = None
    by: str


class MeetingEnded(Event):
    """The meeting is over; nothing about it changes any more."""

    meeting: Identifier
    by: str


class CheckedIn(_ByDoorOrBallot):
    """A delegate is on the roll. `evidence` holds figures only (distance, threshold, looks); a face stays in memory."""

    meeting: Identifier
    delegate: Identifier
    method: Method
    by: str
    reason: Reason = ""
    evidence: dict[str, float] = {}


class CheckInRevoked(Event):
    """The secretary took a delegate off the roll again: a wrong name, or a test."""

    meeting: Identifier
    delegate: Identifier
    by: str
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class FaceNotIdentified(_ByDoor):
    """Somebody looked at the camera and got no name. Kept as a count.

    `unknown`: a stranger; `ambiguous`: two delegates too alike; `presentation`: it may be a picture, not a person.
    """

    meeting: Identifier
    decision: Literal["unknown", "ambiguous", "presentation"]
    looks: int


# Ballots -------------------------------------------------------------------------------------------------------------


class BallotOpened(Event):
    """From here on members vote. Everything that decides the verdict is fixed in this fact.

    `electorate` is all members (N of the rule); `present` are those of them on the roll, who alone may cast.
    """

    ballot: BallotIdentifier
    meeting: Identifier
    item: Identifier
    question: Text
    method: Literal["open"]
    preset: Identifier
    electorate: tuple[Identifier, ...]
    present: tuple[Identifier, ...]
    chair: str
    quorum: int
    needed: int
    by: str


class VoteCast(Event):
    """A member's choice in an open ballot. The last one before the close is the one that counts."""

    ballot: BallotIdentifier
    delegate: Identifier
    choice: Choice
    channel: Channel
    seat: Identifier | None = None


class VoteRefused(Event):
    """A press that does not count, and why. The choice is not kept."""

    ballot: str
    delegate: str
    channel: Channel
    seat: Identifier | None = None
    reason: Identifier


class BallotClosed(Event):
    """No vote counts any more. Never reopened: a new ballot would be needed."""

    ballot: BallotIdentifier
    by: str


class ResultSigned(Event):
    """The result of a closed ballot, in a DSSE envelope over its exact bytes (`record`)."""

    ballot: BallotIdentifier
    envelope: str


# From the centre -----------------------------------------------------------------------------------------------------


class CommandAccepted(Event):
    """A command signed by the central server was verified and is carried out. `number` only ever grows."""

    number: int
    do: Identifier
    digest: str


class Refusal(Value):
    """Why a command or a vote was not accepted. `code` is stable and translated; `message` is plain English."""

    code: Identifier
    message: str


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


def explain(error: ValidationError) -> str:
    """All of a validation's complaints in one line: `field: what is wrong`."""

    def one(detail: Any) -> str:
        place = ".".join(str(part) for part in detail["loc"]) or "body"
        return f"{place}: {detail['msg']}"

    return "; ".join(one(detail) for detail in error.errors(include_url=False))
