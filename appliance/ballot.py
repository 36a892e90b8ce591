"""What may be cast, by whom, until when; the tally; the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from appliance import rules
from appliance.attendance import Roll
from appliance.events import (
    BallotClosed,
    BallotOpened,
    Channel,
    Choice,
    Event,
    Item,
    Refusal,
    ResultSigned,
    VoteCast,
)
from appliance.rules import Rule, Tally, Verdict


@dataclass(frozen=True)
class Ballot:
    """One ballot (cuộc biểu quyết) from its opening on: a fold of its facts. Times are UTC, ISO 8601."""

    opened: BallotOpened
    opened_at: str
    votes: Mapping[str, Choice] = field(default_factory=dict)
    closed_at: str | None = None
    envelope: str | None = None

    @property
    def id(self) -> str:
        """The ballot's identifier, unique in the journal."""
        return self.opened.ballot

    @property
    def is_open(self) -> bool:
        """Whether votes still count."""
        return self.closed_at is None


def begin(event: BallotOpened, at: str) -> Ballot:
    """The ballot at its opening."""
    return Ballot(event, at)


def apply(ballot: Ballot, event: Event, at: str) -> Ballot:
    """The ballot after `event`. Votes of other ballots, and any vote after the close, leave it as it is."""
    if isinstance(event, VoteCast) and event.ballot == ballot.id and ballot.is_open:
        return replace(ballot, votes={**ballot.votes, event.delegate: event.choice})
    if isinstance(event, BallotClosed) and event.ballot == ballot.id and ballot.is_open:
        return replace(ballot, closed_at=at)
    if isinstance(event, ResultSigned) and event.ballot == ballot.id and ballot.envelope is None:
        return replace(ballot, envelope=event.envelope)
    return ballot


def open_ballot(
    rule: Rule, roll: Roll, item: Item, *, chair: str, number: int, running: Ballot | None, by: str
) -> BallotOpened | Refusal:
    """Decide on opening a ballot on an item; `number` counts the ballots on that item from 1.

    Refused while another ballot runs, and without a quorum of all members.
    """
    if running is not None:
        return Refusal(code="ballot-running", message=f"ballot {running.id} is still open; close it first")
    electorate, present = roll.members, roll.members_present
    quorum = rule.quorum(len(electorate))
    if not electorate:
        return Refusal(code="no-members", message="nobody on the roster is a member: nobody may vote")
    if len(present) < quorum:
        return Refusal(
            code="no-quorum", message=f"{len(present)} of {len(electorate)} members present, {quorum} needed"
        )
    return BallotOpened(
        ballot=f"{roll.meeting}.{item.id}.{number}",
        meeting=roll.meeting,
        item=item.id,
        question=item.question or item.title,
        method="open",
        preset=rule.preset,
        electorate=electorate,
        present=present,
        chair=chair if chair in electorate else "",
        quorum=quorum,
        needed=rule.needed(len(electorate)),
        by=by,
    )


def cast(
    ballot: Ballot | None, roll: Roll | None, delegate: str, choice: Choice, channel: Channel, seat: str | None = None
) -> VoteCast | Refusal:
    """Decide on a press: the vote, or the reason why it does not count."""
    if ballot is None or roll is None:
        return Refusal(code="no-ballot", message="no ballot is open")
    if not ballot.is_open:
        return Refusal(code="ballot-closed", message=f"ballot {ballot.id} is closed")
    if delegate not in ballot.opened.electorate:
        return Refusal(code="not-a-member", message=f"{delegate} does not vote in this ballot")
    if delegate not in ballot.opened.present:
        return Refusal(code="not-present-at-opening", message=f"{delegate} was not on the roll when the ballot opened")
    if delegate not in roll.present:
        return Refusal(code="not-present", message=f"{delegate} is no longer on the roll")
    return VoteCast(ballot=ballot.id, delegate=delegate, choice=choice, channel=channel, seat=seat)


def close(ballot: Ballot | None, *, by: str) -> BallotClosed | Refusal:
    """Decide on closing the ballot that runs."""
    if ballot is None or not ballot.is_open:
        return Refusal(code="no-ballot", message="no ballot is open")
    return BallotClosed(ballot=ballot.id, by=by)


def tally(ballot: Ballot) -> Tally:
    """Count the last vote of each member who was present at the opening. Meant for a closed ballot."""
    counted = [ballot.votes[d] for d in ballot.opened.present if d in ballot.votes]
    by_choice = {choice: counted.count(choice) for choice in Choice}
    return Tally(
        for_=by_choice[Choice.FOR],
        against=by_choice[Choice.AGAINST],
        abstain=by_choice[Choice.ABSTAIN],
        not_cast=len(ballot.opened.present) - len(counted),
        absent=len(ballot.opened.electorate) - len(ballot.opened.present),
    )


def verdict(ballot: Ballot) -> Verdict:
    """What the ballot's own rule makes of its tally."""
    chair = ballot.votes.get(ballot.opened.chair)
    return rules.verdict(rules.preset(ballot.opened.preset), tally(ballot), chair)
