"""Commands about ballots: open, hold, vote, close, and what may follow a close. Each becomes one fact."""

from __future__ import annotations

from typing import Any

from appliance import ballot as ballots
from appliance import commands, minutes, opening, rules, slips, tally
from appliance.ballot import Ballot
from appliance.commands import Command
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotOpened,
    BallotResumed,
    HandsCounted,
    TieDecided,
    VoteCast,
    VoteEntered,
    VoteRefused,
)
from appliance.minutes import Minutes
from appliance.opening import Wish
from appliance.record import Entry
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Act, Caller, same_fields, seq
from appliance.services.desk.roll import KEYPADS_ONLY, chairs_pin
from appliance.services.draft import Draft
from appliance.services.seats import is_stated
from appliance.values import Channel, Item, Refusal, Voting

# Opening -------------------------------------------------------------------------------------------------------------


def _open(desk: Desk, command: commands.Open, caller: Caller, draft: Draft) -> BallotOpened | Refusal:
    if command.instead_of is None or draft.meeting is None:
        return _open_in(draft.meeting, desk, command, caller)
    ended = _ended_for(command, caller, draft.meeting)
    if isinstance(ended, Refusal):
        return ended
    opened = _open_in(minutes.apply(draft.meeting, ended, draft.when.at), desk, command, caller)
    if not isinstance(opened, Refusal):
        draft.state(ended)
    return opened


def _ended_for(command: commands.Open, caller: Caller, meeting: Minutes) -> BallotAnnulled | Refusal:
    """The end of the ballot that another one on the same item takes the place of."""
    known = meeting.ballots.get(command.instead_of or "")
    if known is None or known.opened.item != command.item:
        return Refusal(code="no-ballot", message=f"no ballot {command.instead_of} on {command.item} in this meeting")
    if not command.reason.strip():
        return Refusal(code="reason-missing", message=f"say why {known.id} ends without a result")
    return ballots.annul(known, by=caller.subject, reason=command.reason)


def _open_in(meeting: Minutes | None, desk: Desk, command: commands.Open, caller: Caller) -> BallotOpened | Refusal:
    if meeting is None:
        return NO_MEETING
    item = meeting.item(command.item)
    if item is None:
        return Refusal(code="no-item", message=f"{command.item} is not on the agenda")
    wish = _wish(command, item, meeting, caller)
    if wish.voting is not Voting.SECRET:
        return _opening(meeting, item, wish)
    if not desk.boxes.key_is_known:
        return Refusal(code="passphrase-needed", message="type the passphrase of the boxes before a secret ballot")
    return desk.boxes.begin(lambda key: _opening(meeting, item, Wish(**{**vars(wish), "key": key})))


def _wish(command: commands.Open, item: Item, meeting: Minutes, caller: Caller) -> Wish:
    voting = command.voting or item.voting
    limit = item.limit_seconds if command.limit_seconds is None else command.limit_seconds or None
    return Wish(
        by=caller.subject,
        voting=voting,
        limit_seconds=None if voting is Voting.HANDS else limit,
        reason=command.reason,
        override=meeting.override.reason if meeting.override is not None else "",
    )


def _opening(meeting: Minutes, item: Item, wish: Wish) -> BallotOpened | Refusal:
    return opening.open_ballot(
        rules.preset(meeting.convened.preset),
        meeting.roll,
        item,
        wish,
        chair=meeting.chair,
        earlier=meeting.ballots_on(item.id),
        running=meeting.running,
    )


def _opened(_desk: Desk, _command: commands.Open, entry: Entry) -> dict[str, Any]:
    event = entry.event
    assert isinstance(event, BallotOpened)
    return {"ballot": event.ballot, "quorum": event.quorum, "needed": event.needed}


# While it is open ----------------------------------------------------------------------------------------------------


def _named(command: Any, draft: Draft) -> Ballot | Refusal:
    known = draft.meeting.ballots.get(command.ballot) if draft.meeting is not None else None
    return known or Refusal(code="no-ballot", message=f"no ballot {command.ballot} in this meeting")


def _hold(_desk: Desk, command: commands.Hold, caller: Caller, draft: Draft) -> BallotHeld | Refusal:
    known = _named(command, draft)
    return known if isinstance(known, Refusal) else ballots.hold(known, by=caller.subject, reason=command.reason)


def _resume(_desk: Desk, command: commands.Resume, caller: Caller, draft: Draft) -> BallotResumed | Refusal:
    known = _named(command, draft)
    return known if isinstance(known, Refusal) else ballots.resume(known, by=caller.subject)


def _annul(_desk: Desk, command: commands.Annul, caller: Caller, draft: Draft) -> BallotAnnulled | Refusal:
    known = _named(command, draft)
    return known if isinstance(known, Refusal) else ballots.annul(known, by=caller.subject, reason=command.reason)


def _vote(desk: Desk, command: commands.Vote, caller: Caller, draft: Draft) -> VoteCast | Refusal | dict[str, Any]:
    """By a tablet. A secret vote becomes no fact: it goes into the box, which is durable before the answer leaves."""
    meeting = draft.meeting
    named = meeting.ballots.get(command.ballot) if meeting is not None else None
    roll = meeting.roll if meeting is not None else None
    decision = KEYPADS_ONLY if draft.secret_session else ballots.hindrance(named, roll, caller.subject)
    if decision is None and named is not None:
        if named.opened.method is Voting.SECRET:
            desk.boxes.put(named.opened, caller.subject, command.choice)
            return {"recorded": True}
        return ballots.cast(named, roll, caller.subject, command.choice, Channel.TABLET)
    if named is not None and decision is not None and _is_recorded(desk, named, caller, draft):
        draft.state(VoteRefused(ballot=named.id, delegate=caller.subject, channel=Channel.TABLET, reason=decision.code))
    return decision or Refusal(code="no-ballot", message="no ballot is open")


def _is_recorded(desk: Desk, named: Ballot, caller: Caller, draft: Draft) -> bool:
    place = f"tablet of {caller.subject}"
    return is_stated(named, caller.subject) and desk.seats.refusals.allows(place, draft.monotonic)


def _recorded(_desk: Desk, _command: commands.Vote, entry: Entry) -> dict[str, Any]:
    event = entry.event
    assert isinstance(event, VoteCast)
    return {"recorded": event.choice}


def _enter(_desk: Desk, command: commands.EnterVote, caller: Caller, draft: Draft) -> VoteEntered | Refusal:
    known = _named(command, draft)
    if isinstance(known, Refusal) or draft.meeting is None:
        return known if isinstance(known, Refusal) else NO_MEETING
    return ballots.enter(
        known,
        draft.meeting.roll,
        command.delegate,
        command.choice,
        by=caller.subject,
        witness=command.witness,
        reason=command.reason,
        secretary=draft.meeting.convened.secretary,
    )


def _witness(command: Any, _caller: Caller, draft: Draft) -> str | Refusal:
    """Whose PIN vouches. Looked at before the PIN is: a witness who cannot vouch is told so."""
    if draft.meeting is None:
        return NO_MEETING
    roll, secretary = draft.meeting.roll, draft.meeting.convened.secretary
    delegate = getattr(command, "delegate", "")
    return ballots.witness_fault(roll, command.witness, secretary, delegate) or str(command.witness)


# Ending --------------------------------------------------------------------------------------------------------------


def _close(_desk: Desk, command: commands.Close, caller: Caller, draft: Draft) -> BallotClosed | Refusal:
    known = _named(command, draft)
    if isinstance(known, Refusal):
        return known
    if not known.is_open:
        return Refusal(code="ballot-closed", message=f"ballot {command.ballot} was closed at {known.closed_at}")
    return ballots.close(known, by=caller.subject)


def _count_hands(_desk: Desk, command: commands.CountHands, caller: Caller, draft: Draft) -> HandsCounted | Refusal:
    known = _named(command, draft)
    if isinstance(known, Refusal) or draft.meeting is None:
        return known if isinstance(known, Refusal) else NO_MEETING
    counts = (command.votes_for, command.votes_against, command.abstentions)
    secretary = draft.meeting.convened.secretary
    return ballots.count_hands(
        known, draft.meeting.roll, counts, by=caller.subject, witness=command.witness, secretary=secretary
    )


def _decide_tie(_desk: Desk, command: commands.DecideTie, _caller: Caller, draft: Draft) -> TieDecided | Refusal:
    if command.ballot in draft.slips:
        slip = draft.slips[command.ballot]
        return slips.decide_tie(slip, command.reading, by=_presides(command, draft), reason=command.reason)
    known = _named(command, draft)
    if isinstance(known, Refusal):
        return known
    return tally.decide_tie(known, command.reading, by=_presides(command, draft), reason=command.reason)


def _presides(command: commands.DecideTie, draft: Draft) -> str:
    """Who states it: the chair of the meeting in progress; of a slip outside a session, the chair it was sent with."""
    if draft.meeting is not None:
        return draft.meeting.chair
    return draft.slips[command.ballot].sent.chair


def _chair_of_tie(command: commands.DecideTie, caller: Caller, draft: Draft) -> str | Refusal | None:
    if draft.meeting is None and command.ballot in draft.slips:
        chair = draft.slips[command.ballot].sent.chair
        return chair or Refusal(code="no-chair", message=f"slip {command.ballot} was sent without a chair")
    return chairs_pin(command, caller, draft)


def _outcome(desk: Desk, command: Any, _entry: Entry) -> dict[str, Any]:
    ended = desk.ballot(command.ballot)
    if ended is None:
        verdict = slips.verdict(desk.follower.slips[command.ballot])
        return {"ballot": command.ballot, "outcome": verdict.outcome, "sentence": verdict.sentence}
    if not ended.has_result:
        return {"ballot": ended.id, "outcome": "uncounted", "sentence": {}}
    verdict = tally.verdict(ended)
    return {"ballot": ended.id, "outcome": verdict.outcome, "sentence": verdict.sentence}


def _same_opening(command: commands.Open, _caller: Caller, event: BallotOpened) -> bool:
    return command.item == event.item and command.voting in (None, event.method)


def _same_hands(command: commands.CountHands, _caller: Caller, event: HandsCounted) -> bool:
    return (command.ballot, command.votes_for, command.votes_against, command.abstentions) == (
        event.ballot,
        event.votes_for,
        event.votes_against,
        event.abstentions,
    )


ACTS: dict[type[Command], Act] = {
    commands.Open: Act(BallotOpened, _open, _same_opening, _opened),
    commands.Hold: Act(BallotHeld, _hold, same_fields("ballot"), seq),
    commands.Resume: Act(BallotResumed, _resume, same_fields("ballot"), seq),
    commands.Annul: Act(BallotAnnulled, _annul, same_fields("ballot"), seq),
    commands.Vote: Act(
        VoteCast,
        _vote,
        lambda c, who, e: (c.ballot, who.subject, c.choice) == (e.ballot, e.delegate, e.choice),
        _recorded,
    ),
    commands.EnterVote: Act(VoteEntered, _enter, same_fields("ballot", "delegate", "choice"), seq, _witness),
    commands.Close: Act(BallotClosed, _close, same_fields("ballot"), _outcome),
    commands.CountHands: Act(HandsCounted, _count_hands, _same_hands, _outcome, _witness),
    commands.DecideTie: Act(TieDecided, _decide_tie, same_fields("ballot", "reading"), _outcome, _chair_of_tie),
}
"""Command → how it becomes a fact."""
