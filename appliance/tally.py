"""Counting a closed ballot, and what its rule makes of the counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from appliance import rules
from appliance.ballot import Ballot
from appliance.events import TieDecided
from appliance.rules import Reading, Tally, Verdict
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
    """What the ballot's own rule makes of its tally; after the chair decided a tie, what that reading makes of it.

    The readings of a tie stay with it: minutes show all of them, and which one the chair chose.
    """
    opened, rule, counts = ballot.opened, rules.preset(ballot.opened.preset), tally(ballot)
    before = rules.verdict(
        rule,
        opened.majority,
        counts,
        ballot.votes.get(opened.chair),
        chair_is_known=opened.method is Voting.OPEN,
    )
    reading = _reading(before, ballot.tie.reading) if ballot.tie is not None else None
    if reading is None:
        return before
    return replace(rules.ruled(rule, opened.majority, counts, reading), readings=before.readings)


def _reading(verdict: Verdict, name: str) -> Reading | None:
    return next((reading for reading in verdict.readings if reading.id == name), None)


def decide_tie(ballot: Ballot, reading: str, *, by: str, reason: str) -> TieDecided | Refusal:
    """Decide on the chair's statement: one of the readings that the rule leaves open, once."""
    if not ballot.has_result:
        return Refusal(code="no-result", message=f"ballot {ballot.id} has no result yet")
    if ballot.tie is not None:
        return Refusal(code="tie-decided", message=f"the tie of {ballot.id} was decided: {ballot.tie.reading}")
    readings = verdict(ballot).readings
    if reading not in {one.id for one in readings}:
        known = ", ".join(one.id for one in readings) or "none: it is no tie"
        return Refusal(code="no-reading", message=f"{reading!r} is no reading of {ballot.id}; there are: {known}")
    return TieDecided(ballot=ballot.id, reading=reading, by=by, reason=reason.strip())
