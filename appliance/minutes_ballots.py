"""Ballots and opinion slips as minutes state them."""

from __future__ import annotations

from dataclasses import replace

from appliance import results, rules, slips, tally
from appliance.attendance import moment
from appliance.ballot import Ballot
from appliance.minutes_form import Annulled, BallotRecord, Extension, SlipRecord, Span
from appliance.result_form import Counts, Entered, Hands
from appliance.slips import Slip


def ballot_record(ballot: Ballot, number: int) -> BallotRecord:
    """A ballot in whatever state it is; `number` counts the ballots on its item.

    Nobody's vote stands in the record of a ballot that has no result: open, uncounted or annulled.
    """
    opened, counted, hands, annulled = ballot.opened, ballot.counted, ballot.hands, ballot.annulled
    votes, result = (dict(ballot.votes), tally.tally(ballot)) if ballot.has_result else ({}, None)
    entered = (ballot.entered[d] for d in opened.present if d in ballot.entered and d in votes)
    return BallotRecord(
        ballot=ballot.id,
        number=number,
        question=opened.question,
        method=opened.method,
        rule=results.applied_rule(opened.preset, opened.majority, opened.quorum, opened.needed),
        chair=opened.chair,
        opened_at=ballot.opened_at,
        closed_at=ballot.closed_at or "",
        closed_by=ballot.closed_by,
        limit_seconds=opened.limit_seconds,
        rests=tuple(Span(begin=begin, end=end or ballot.closed_at or "") for begin, end in ballot.rests),
        replaces=opened.replaces,
        reason=opened.reason,
        override=opened.override,
        electorate=opened.electorate,
        present=opened.present,
        weights=opened.weights,
        proxies=opened.proxies,
        votes=votes,
        entered=tuple(Entered(delegate=e.delegate, by=e.by, witness=e.witness, reason=e.reason) for e in entered),
        took_part=counted.took_part if counted is not None else (),
        counted=counted.votes if counted is not None else (),
        hands=Hands(by=hands.by, witness=hands.witness) if hands is not None else None,
        tally=Counts(**vars(result)) if result is not None else None,
        verdict=results.decision(tally.verdict(ballot)) if ballot.has_result else None,
        ruling=results.ruling(ballot),
        annulled=Annulled(by=annulled.by, reason=annulled.reason) if annulled is not None else None,
    )


def slip_record(slip: Slip, meeting: str, ended_at: str | None) -> SlipRecord:
    """A closed slip as it was announced at a meeting, which ended at `ended_at` (None: it has not ended).

    A tie that the chair decided after that end is open here: minutes say what was known, and do not change.
    """
    if slip.tie_at is not None and ended_at is not None and moment(slip.tie_at) > moment(ended_at):
        slip = replace(slip, tie=None, tie_at=None)
    sent, members = slip.sent, slip.members
    quorum = rules.preset(sent.preset).quorum_of(len(members))
    return SlipRecord(
        slip=slip.id,
        title=sent.title,
        question=sent.question,
        body=sent.body,
        rule=results.applied_rule(sent.preset, sent.majority, quorum, sent.needed),
        chair=sent.chair,
        sent_at=slip.sent_at,
        deadline=sent.deadline,
        extensions=tuple(Extension(deadline=e.deadline, by=e.by, reason=e.reason) for e in slip.extensions),
        closed_at=slip.closed_at or "",
        closed_by=slip.closed_by,
        announced_at=slip.announced[meeting],
        members=sent.members,
        votes={d: answer.choice for d, answer in slip.answers.items()},
        opinions={d: answer.opinion for d, answer in slip.answers.items() if answer.opinion},
        unanswered=slip.unanswered,
        silence_agrees=sent.silence_agrees,
        tally=Counts(**vars(slips.tally(slip))),
        verdict=results.decision(slips.verdict(slip)),
        ruling=results.ruling(slip),
        documents=sent.documents,
    )
