"""Counting a closed ballot, and what its rule makes of the counts."""

from __future__ import annotations

from collections.abc import Iterable

from appliance import rules
from appliance.ballot import Ballot
from appliance.events import TieDecided
from appliance.rules import Tally, Verdict
from appliance.values import Choice, Refusal, Voting


def tally(ballot: Ballot) -> Tally:
    """Count a ballot that has a result; where delegates have weights, everything is a sum of weights.

    Open: the last vote of each member who was present at the opening, a represented one's by the holder of the proxy.
    """
    if ballot.hands is not None:
        hands = ballot.hands
        return _counts(ballot, hands.votes_for, hands.votes_against, hands.abstentions)
    if ballot.counted is not None:
        choices = [vote.choice for vote in ballot.counted.votes]
        return _counts(ballot, *(choices.count(choice) for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)))
    opened = ballot.opened
    cast = {d: ballot.votes.get(opened.proxies.get(d, d)) for d in opened.present}
    by_choice = (_weight(ballot, (d for d, c in cast.items() if c is choice)) for choice in Choice)
    return _counts(ballot, *by_choice)


def _counts(ballot: Ballot, for_: int, against: int, abstain: int) -> Tally:
    everybody, present = _weight(ballot, ballot.opened.electorate), _weight(ballot, ballot.opened.present)
    return Tally(
        for_=for_,
        against=against,
        abstain=abstain,
        not_cast=present - for_ - against - abstain,
        absent=everybody - present,
    )


def _weight(ballot: Ballot, delegates: Iterable[str]) -> int:
    return sum(ballot.opened.weights.get(d, 1) for d in delegates)


def verdict(ballot: Ballot) -> Verdict:
    """What the ballot's own rule makes of its tally; after the chair decided a tie, what that reading makes of it."""
    opened = ballot.opened
    chair = ballot.votes.get(opened.chair) if opened.method is Voting.OPEN else None
    found = rules.verdict(rules.preset(opened.preset), opened.majority, tally(ballot), chair)
    return (rules.ruled(found, ballot.tie.reading) if ballot.tie is not None else None) or found


def undecided(ballots: Iterable[Ballot]) -> list[Ballot]:
    """Ballots whose tie waits for the chair, and that no other ballot has taken the place of."""
    known = list(ballots)
    replaced = {ballot.opened.replaces for ballot in known if ballot.annulled is None}
    return [b for b in known if b.has_result and b.tie is None and b.id not in replaced and verdict(b).readings]


def decide_tie(ballot: Ballot, reading: str, *, by: str, reason: str) -> TieDecided | Refusal:
    """Decide on the chair's statement about a ballot."""
    found = verdict(ballot) if ballot.has_result else None
    return state_reading(TieDecided(ballot=ballot.id, reading=reading, by=by, reason=reason.strip()), found, ballot.tie)


def state_reading(wish: TieDecided, found: Verdict | None, before: TieDecided | None) -> TieDecided | Refusal:
    """The chair's statement about a ballot or slip: one of the readings that the rule leaves open, once.

    `found` is its verdict, None before there is one; `before` what was stated already.
    """
    if found is None:
        return Refusal(code="no-result", message=f"{wish.ballot} has no result yet")
    if before is not None:
        return Refusal(code="tie-decided", message=f"the tie of {wish.ballot} was decided: {before.reading}")
    known = [one.id for one in found.readings]
    if wish.reading not in known:
        names = ", ".join(known) or "none: it is no tie"
        return Refusal(
            code="no-reading", message=f"{wish.reading!r} is no reading of {wish.ballot}; there are: {names}"
        )
    return wish
