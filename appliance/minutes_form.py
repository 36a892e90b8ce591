"""The form of minutes as a document: everything that form 1.9 of Decree 30/2020 prints, as plain values.

A machine reads the same in `minutes.json`. Times are UTC, ISO 8601; empty where there is none. People are named by
their ids, which stand with names and units in `attendance`. `docs/minutes.md` has every field.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from appliance.attendance import Stay
from appliance.result_form import Count, Counts, Decision, Entered, Hands, Rule, Ruling
from appliance.values import Choice, CountedVote, Delegate, Method, Presence, Room, Task, Value, Voting
from appliance.values import Document as Paper

Offset = Annotated[str, Field(pattern=r"^[+-][0-9]{2}:[0-9]{2}$")]
"""The local time's offset from UTC: `+07:00`."""


class Span(Value):
    """From when to when. `end` is empty while it lasts."""

    begin: str
    end: str


class Noted(Value):
    """Something noted in the course of the meeting."""

    at: str
    text: str


# The roll ------------------------------------------------------------------------------------------------------------


class StayRecord(Value):
    """One stay in the meeting. `left_at` is empty where it lasted to the end."""

    arrived_at: str
    left_at: str
    method: Method
    presence: Presence
    by: str
    reason: str


class AbsenceRecord(Value):
    """A reported absence; `accepted` by the chair, None: not decided."""

    reason: str
    by: str
    accepted: bool | None


class Attendee(Value):
    """One line of the roster and what the roll says of it.

    `late_minutes`: whole minutes from the published start to the first arrival, 0: in time, or no start published, or
    the meeting convened on a later day than that, or never there. `left_early_at`: the last leaving, where it came a
    whole minute or more before the end.
    """

    delegate: Delegate
    stays: tuple[StayRecord, ...]
    late_minutes: Count
    left_early_at: str
    absence: AbsenceRecord | None


class Attended(Value):
    """How many members were there at any time, by the way in which they first came, of how many.

    `quorum` of them must be present for a decision, by `quorum_article`; under a rule with weights it is a weight.
    """

    members: Count
    present: Count
    in_person: Count
    online: Count
    quorum: Count
    quorum_article: str


class Presiding(Value):
    """Who presided from when on, and why it changed; the first of a meeting without a reason."""

    delegate: str
    since: str
    by: str
    reason: str


class Incident(Value):
    """A keypad that did not count or counts again, a quorum overridden by the chair, a proxy given or withdrawn.

    What a kind of incident does not have is empty or 0. `delegate` is whose keypad it is, or who gave the proxy.
    """

    at: str
    what: Literal["seat-locked", "seat-readmitted", "quorum-overridden", "proxy-given", "proxy-withdrawn"]
    by: str
    reason: str = ""
    seat: str = ""
    delegate: str = ""
    holder: str = ""
    document: str = ""
    present: Count = 0
    quorum: Count = 0


# The course of the meeting --------------------------------------------------------------------------------------------


class Change(Value):
    """Somebody who was not there for the whole of an item: how much, with the times in it."""

    delegate: str
    stay: Stay
    arrived: tuple[str, ...]
    left: tuple[str, ...]


class ItemSpan(Value):
    """One time that the meeting turned to an item, and who came or left meanwhile."""

    begin: str
    end: str
    changes: tuple[Change, ...]


class Annulled(Value):
    """Why a ballot ended without a result."""

    by: str
    reason: str


class BallotRecord(Value):
    """One ballot. `number` counts the ballots on its item from 1.

    Of an open ballot, `votes` has who voted how; of a secret one `took_part` who voted and `counted` how, under
    trackers; of a show of hands `hands` who vouched. `tally` and `verdict` are None where there is no result: annulled,
    or still open. `present` and `electorate` are ids; a member in neither `votes` nor `took_part` pressed nothing.
    """

    ballot: str
    number: Annotated[int, Field(ge=1)]
    question: str
    method: Voting
    rule: Rule
    chair: str
    opened_at: str
    closed_at: str
    closed_by: str
    limit_seconds: int | None
    rests: tuple[Span, ...]
    replaces: str
    reason: str
    override: str
    electorate: tuple[str, ...]
    present: tuple[str, ...]
    weights: dict[str, int]
    proxies: dict[str, str]
    votes: dict[str, Choice]
    entered: tuple[Entered, ...]
    took_part: tuple[str, ...]
    counted: tuple[CountedVote, ...]
    hands: Hands | None
    tally: Counts | None
    verdict: Decision | None
    ruling: Ruling | None
    annulled: Annulled | None


class ItemRecord(Value):
    """One agenda item: when, with what papers, what was said, voted and concluded. `conclusion` is the last one."""

    item: str
    title: str
    question: str
    documents: tuple[Paper, ...]
    spans: tuple[ItemSpan, ...]
    notes: tuple[Noted, ...]
    ballots: tuple[BallotRecord, ...]
    conclusion: str


class Extension(Value):
    """A later deadline of an opinion slip."""

    deadline: str
    by: str
    reason: str


class SlipRecord(Value):
    """An opinion slip whose result was announced at this meeting.

    `unanswered` are the members without an answer. They count as agreement only where `silence_agrees`, and `tally` has
    them apart in `not_cast` all the same; `verdict` says what the rule made of it. `deadline`
    is the one with which it was sent; of `extensions` the last counts. `members` need not be today's.
    """

    slip: str
    title: str
    question: str
    body: str
    rule: Rule
    chair: str
    sent_at: str
    deadline: str
    extensions: tuple[Extension, ...]
    closed_at: str
    closed_by: str
    announced_at: str
    members: tuple[Delegate, ...]
    votes: dict[str, Choice]
    opinions: dict[str, str]
    unanswered: tuple[str, ...]
    silence_agrees: bool
    tally: Counts
    verdict: Decision
    ruling: Ruling | None
    documents: tuple[Paper, ...]


class Document(Value):
    """Minutes. `ended_at` is empty while the meeting is in progress: then this is a draft.

    `starts_at` is the published start, with its offset; `chair` presides at the end. `notes` and `conclusion` belong to
    no item. Items stand in the order in which the meeting turned to them, then those that it never turned to.
    """

    type: Literal["minutes"] = "minutes"
    meeting: str
    title: str
    body: str
    preset: str
    place: str
    rooms: tuple[Room, ...]
    utc_offset: Offset
    starts_at: str
    convened_at: str
    ended_at: str
    chair: str
    secretary: str
    chairs: tuple[Presiding, ...]
    attended: Attended
    attendance: tuple[Attendee, ...]
    incidents: tuple[Incident, ...]
    secret_sessions: tuple[Span, ...]
    slips: tuple[SlipRecord, ...]
    items: tuple[ItemRecord, ...]
    notes: tuple[Noted, ...]
    conclusion: str
    tasks: tuple[Task, ...]
