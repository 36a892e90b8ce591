"""The values that facts, commands and the configuration are made of: who, what, by what means. Beneath `events`."""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
"""A name that may stand in a topic, a file name and a URL: `m-2026-11`, `dv-07`, `noi-dung-1`."""

BallotIdentifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""`<meeting>.<item>.<number>`: unique in a journal, since an `Identifier` has no dot."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""

FileName = Annotated[str, Field(pattern=r"^(results/)?[A-Za-z0-9][A-Za-z0-9._-]{0,209}$")]
"""One of a meeting's papers: in the folder of them or in its folder of results, never above."""

Text = Annotated[str, Field(max_length=2000)]
Reason = Annotated[str, Field(max_length=500)]
GivenReason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A reason that may not be missing: blanks are none."""
GivenText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
"""A text that may not be missing."""


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


class Voting(enum.StrEnum):
    """How a ballot is held; fixed when it opens."""

    OPEN = "open"  # công khai: each vote is a fact with its choice
    SECRET = "secret"  # bỏ phiếu kín: the journal learns only who took part, and the choices without names
    HANDS = "hands"  # giơ tay: counted in the hall, two people vouch for the counts
    SLIP = "slip"  # phiếu ghi ý kiến: outside a session, until a deadline


class Method(enum.StrEnum):
    """By what a delegate came on the roll or left it. All carry the same rights."""

    FACE = "face"
    PIN = "pin"
    HAND = "hand"  # by the secretary, with a reason


class Presence(enum.StrEnum):
    """From where a delegate takes part. Both carry the same rights."""

    IN_PERSON = "in-person"
    ONLINE = "online"


class Channel(enum.StrEnum):
    """Through what a vote or a PIN arrived."""

    KEYPAD = "keypad"
    TABLET = "tablet"
    DOOR = "door"


class Seating(enum.StrEnum):
    """Whether the roster says who sits where, or whoever presses a key at a free place takes it for this meeting."""

    FIXED = "fixed"
    FREE = "free"


class Liveness(enum.StrEnum):
    """How the door tells a living face from a picture of one."""

    OFF = "off"
    PASSIVE = "passive"  # it watches how the face moves
    CHALLENGE = "challenge"  # it also asks for a turn of the head


class Capacity(enum.StrEnum):
    """In what capacity somebody confirms the minutes."""

    CHAIR = "chair"  # chủ tọa
    SECRETARY = "secretary"  # thư ký


class Value(BaseModel):
    """A frozen part of a fact; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Value):
    """A paper of an item, by link: it stays where it is."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    link: Annotated[str, Field(max_length=1000, pattern=r"^https?://[^\s]+$")]


class Room(Value):
    """One room of a hybrid meeting (điểm cầu)."""

    id: Identifier
    name: Annotated[str, Field(min_length=1, max_length=200)]


class Delegate(Value):
    """One line of the roster. `substitute_for` is the member for whom a substitute attends; `room` where they sit.

    `weight` counts under a weighted rule alone.
    """

    id: Identifier
    name: Annotated[str, Field(min_length=1, max_length=120)]
    title: Annotated[str, Field(max_length=120)] = ""
    unit: Annotated[str, Field(max_length=200)] = ""
    role: Role = Role.MEMBER
    seat: Identifier | None = None
    room: Identifier | None = None
    substitute_for: Identifier | None = None
    weight: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1


class Item(Value):
    """One agenda item (nội dung) that may be put to a vote. `question` is what the hall reads; empty: the title.

    `voting` and `majority` (a name in the rule) say how its ballots are held; `limit_seconds` for how long, None: until
    somebody closes it.
    """

    id: Identifier
    title: Annotated[str, Field(min_length=1, max_length=300)]
    question: Text = ""
    voting: Voting = Voting.OPEN
    majority: Identifier = "ordinary"
    limit_seconds: Annotated[int, Field(ge=5, le=86_400)] | None = None
    documents: tuple[Document, ...] = ()


class CountedVote(Value):
    """One choice out of a secret ballot. `tracker` was drawn when it was counted; its voter alone is told which."""

    tracker: Annotated[str, Field(pattern=r"^[A-Z2-7]{8}$")]
    choice: Choice


class Task(Value):
    """What follows from a meeting: one lead unit, its head by name, those who help, and both deadlines."""

    id: Identifier
    text: GivenText
    item: str = ""
    lead_unit: Annotated[str, Field(min_length=1, max_length=200)]
    lead_head: Annotated[str, Field(min_length=1, max_length=120)]
    cooperating: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    deadline: date
    report_deadline: date


class Refusal(Value):
    """Why a command or a vote was not accepted. `code` is stable and translated; `message` is plain English."""

    code: Identifier
    message: str


def explain(error: ValidationError) -> str:
    """All of a validation's complaints in one line: `field: what is wrong`."""

    def one(detail: Any) -> str:
        place = ".".join(str(part) for part in detail["loc"]) or "body"
        return f"{place}: {detail['msg']}"

    return "; ".join(one(detail) for detail in error.errors(include_url=False))
