"""What may be cast, by whom, until when: one ballot as a fold of its facts. `opening` begins it, `tally` counts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from appliance.attendance import Roll, moment
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotOpened,
    BallotResumed,
    Event,
    HandsCounted,
    ResultSigned,
    SecretBallotCounted,
    TieDecided,
    VoteCast,
    VoteEntered,
)
from appliance.values import Channel, Choice, Refusal, Voting


@dataclass(frozen=True)
class Ballot:
    """One ballot (cuộc biểu quyết) from its opening on. Times are UTC, ISO 8601.

    `votes`: the last choice of each delegate, only where voting is open; `entered`: those of them that the secretary
    entered by hand. `rests`: spans in which it was held, the last one without an end while it is.
    """

    opened: BallotOpened
    opened_at: str
    votes: Mapping[str, Choice] = field(default_factory=dict)
    entered: Mapping[str, VoteEntered] = field(default_factory=dict)
    rests: tuple[tuple[str, str | None], ...] = ()
    closed_at: str | None = None
    closed_by: str = ""
    annulled: BallotAnnulled | None = None
    counted: SecretBallotCounted | None = None
    hands: HandsCounted | None = None
    tie: TieDecided | None = None
    tie_at: str | None = None
    envelope: str | None = None

    @property
    def id(self) -> str:
        """The ballot's identifier, unique in the journal."""
        return self.opened.ballot

    @property
    def is_open(self) -> bool:
        """Whether it is not over yet; a ballot that is held is open."""
        return self.closed_at is None

    @property
    def is_held(self) -> bool:
        """Whether it rests."""
        return self.is_open and bool(self.rests) and self.rests[-1][1] is None

    @property
    def has_result(self) -> bool:
        """Whether its votes can be counted by anybody who reads the journal."""
        if self.is_open or self.annulled is not None:
            return False
        return self.opened.method is not Voting.SECRET or self.counted is not None

    @property
    def awaits_count(self) -> bool:
        """Closed, secret, and its box still sealed."""
        return not self.is_open and self.annulled is None and not self.has_result


def begin(event: BallotOpened, at: str) -> Ballot:
    """The ballot at its opening."""
    return Ballot(event, at)


def apply(ballot: Ballot, event: Event, at: str) -> Ballot:
    """The ballot after `event`. Other ballots' facts, and a vote while it rests or after the close, change nothing."""
    if getattr(event, "ballot", None) != ballot.id:
        return ballot
    if isinstance(event, ResultSigned):
        takes_its_place = ballot.envelope is None or ballot.tie is not None
        return replace(ballot, envelope=event.envelope) if takes_its_place else ballot
    if isinstance(event, SecretBallotCounted):
        return replace(ballot, counted=event) if ballot.awaits_count else ballot
    if isinstance(event, BallotAnnulled):
        ends = ballot.is_open or ballot.awaits_count
        return replace(ballot, annulled=event, closed_at=ballot.closed_at or at) if ends else ballot
    if isinstance(event, TieDecided):
        return replace(ballot, tie=event, tie_at=at) if ballot.has_result and ballot.tie is None else ballot
    return _while_open(ballot, event, at) if ballot.is_open else ballot


def _while_open(ballot: Ballot, event: Event, at: str) -> Ballot:
    if isinstance(event, VoteCast | VoteEntered):
        return _vote(ballot, event)
    if isinstance(event, HandsCounted) and ballot.opened.method is Voting.HANDS:
        return replace(ballot, hands=event, closed_at=at, closed_by=event.by)
    if isinstance(event, BallotClosed):
        return replace(ballot, closed_at=at, closed_by=event.by)
    if isinstance(event, BallotHeld) and not ballot.is_held:
        return replace(ballot, rests=(*ballot.rests, (at, None)))
    if isinstance(event, BallotResumed) and ballot.is_held:
        return replace(ballot, rests=(*ballot.rests[:-1], (ballot.rests[-1][0], at)))
    return ballot


def _vote(ballot: Ballot, event: VoteCast | VoteEntered) -> Ballot:
    if ballot.opened.method is not Voting.OPEN or ballot.is_held:
        return ballot
    entered = {d: e for d, e in ballot.entered.items() if d != event.delegate}
    if isinstance(event, VoteEntered):
        entered[event.delegate] = event
    return replace(ballot, votes={**ballot.votes, event.delegate: event.choice}, entered=entered)


def remaining(ballot: Ballot, at: str) -> float | None:
    """Seconds until the time limit at `at`, at least 0; None without one. Rests do not count."""
    if ballot.opened.limit_seconds is None:
        return None
    now = moment(at)
    rested = sum((moment(end or at) - moment(begin)).total_seconds() for begin, end in ballot.rests)
    ran = (now - moment(ballot.opened_at)).total_seconds() - rested
    return max(0.0, ballot.opened.limit_seconds - ran)


# Decisions -----------------------------------------------------------------------------------------------------------


def hindrance(ballot: Ballot | None, roll: Roll | None, delegate: str) -> Refusal | None:
    """Why a delegate cannot vote just now; None where a press would count."""
    if ballot is None or roll is None:
        return Refusal(code="no-ballot", message="no ballot is open")
    if not ballot.is_open:
        return Refusal(code="ballot-closed", message=f"ballot {ballot.id} is closed")
    if delegate not in ballot.opened.electorate:
        return Refusal(code="not-a-member", message=f"{delegate} does not vote in this ballot")
    if delegate in ballot.opened.proxies:
        holder = ballot.opened.proxies[delegate]
        return Refusal(code="represented", message=f"{holder} votes for {delegate} in this ballot")
    if delegate not in ballot.opened.present:
        return Refusal(code="not-present-at-opening", message=f"{delegate} was not on the roll when the ballot opened")
    if delegate not in roll.present:
        return Refusal(code="not-present", message=f"{delegate} is no longer on the roll")
    if ballot.is_held:
        return Refusal(code="ballot-held", message=f"ballot {ballot.id} rests")
    if ballot.opened.method is Voting.HANDS:
        return Refusal(code="by-hands", message=f"ballot {ballot.id} is a show of hands")
    return None


def cast(
    ballot: Ballot | None, roll: Roll | None, delegate: str, choice: Choice, channel: Channel, seat: str | None = None
) -> VoteCast | Refusal:
    """Decide on a press in an open ballot: the vote, or the reason why it does not count."""
    refusal = hindrance(ballot, roll, delegate)
    if refusal is not None or ballot is None:
        return refusal or Refusal(code="no-ballot", message="no ballot is open")
    if ballot.opened.method is Voting.SECRET:
        return Refusal(code="secret", message=f"a vote in {ballot.id} goes into its box, not into the journal")
    return VoteCast(ballot=ballot.id, delegate=delegate, choice=choice, channel=channel, seat=seat)


def enter(
    ballot: Ballot | None,
    roll: Roll,
    delegate: str,
    choice: Choice,
    *,
    by: str,
    witness: str,
    reason: str,
    secretary: str,
) -> VoteEntered | Refusal:
    """Decide on a vote entered by hand; a secret one cannot be.

    The witness is on the roll, and neither the voter nor the meeting's `secretary` (a delegate's id), who enters it.
    """
    decided = cast(ballot, roll, delegate, choice, Channel.TABLET)
    if isinstance(decided, Refusal):
        return decided
    if (fault := witness_fault(roll, witness, secretary, delegate)) is not None:
        return fault
    return VoteEntered(
        ballot=decided.ballot, delegate=delegate, choice=choice, by=by, witness=witness, reason=reason.strip()
    )


def witness_fault(roll: Roll, witness: str, secretary: str, delegate: str = "") -> Refusal | None:
    """Whether somebody cannot vouch: not on the roll, for the own vote, or for what they enter as the secretary."""
    if witness == delegate:
        return Refusal(code="own-witness", message=f"{witness} cannot vouch for the own vote; somebody else is needed")
    if witness == secretary:
        return Refusal(code="secretary-witness", message=f"{witness} is the secretary, who enters it; another vouches")
    if witness not in roll.present:
        return Refusal(code="witness-absent", message=f"{witness} is not on the roll and cannot vouch")
    return None


def count_hands(
    ballot: Ballot, roll: Roll, counts: tuple[int, int, int], *, by: str, witness: str, secretary: str
) -> HandsCounted | Refusal:
    """Decide on the counts (for, against, abstentions) of a show of hands; its witness is not the `secretary`."""
    if not ballot.is_open:
        return Refusal(code="ballot-closed", message=f"ballot {ballot.id} is closed")
    if ballot.opened.method is not Voting.HANDS:
        return Refusal(code="not-by-hands", message=f"ballot {ballot.id} is not a show of hands")
    if ballot.is_held:
        return Refusal(code="ballot-held", message=f"ballot {ballot.id} rests; resume it first")
    if sum(counts) > len(ballot.opened.present):
        present = len(ballot.opened.present)
        return Refusal(code="too-many-hands", message=f"{sum(counts)} hands are more than the {present} present")
    if (fault := witness_fault(roll, witness, secretary)) is not None:
        return fault
    votes_for, against, abstentions = counts
    return HandsCounted(
        ballot=ballot.id, votes_for=votes_for, votes_against=against, abstentions=abstentions, by=by, witness=witness
    )


def hold(ballot: Ballot, *, by: str, reason: str) -> BallotHeld | Refusal:
    """Decide on letting a ballot rest."""
    if not ballot.is_open:
        return Refusal(code="ballot-closed", message=f"ballot {ballot.id} is closed")
    if ballot.is_held:
        return Refusal(code="ballot-held", message=f"ballot {ballot.id} rests already")
    return BallotHeld(ballot=ballot.id, by=by, reason=reason.strip())


def resume(ballot: Ballot, *, by: str) -> BallotResumed | Refusal:
    """Decide on going on with a ballot."""
    if not ballot.is_held:
        return Refusal(code="ballot-not-held", message=f"ballot {ballot.id} does not rest")
    return BallotResumed(ballot=ballot.id, by=by)


def close(ballot: Ballot | None, *, by: str) -> BallotClosed | Refusal:
    """Decide on closing the ballot that runs."""
    if ballot is None or not ballot.is_open:
        return Refusal(code="no-ballot", message="no ballot is open")
    if ballot.opened.method is Voting.HANDS:
        return Refusal(code="by-hands", message=f"ballot {ballot.id} is closed by entering its counts")
    return BallotClosed(ballot=ballot.id, by=by)


def annul(ballot: Ballot, *, by: str, reason: str) -> BallotAnnulled | Refusal:
    """Decide on ending a ballot without a result. One that has a result keeps it."""
    if not ballot.is_open and not ballot.awaits_count:
        return Refusal(code="ballot-closed", message=f"ballot {ballot.id} has ended: a new ballot replaces it")
    return BallotAnnulled(ballot=ballot.id, by=by, reason=reason.strip())
