"""Ballots and opinion slips as minutes state them."""

from __future__ import annotations

from dataclasses import replace

from appliance import results
from appliance.attendance import moment
from appliance.ballot import Ballot
from appliance.minutes_form import Annulled, BallotRecord, Extension, SlipRecord, Span
from appliance.slips import Slip


def ballot_record(ballot: Ballot, number: int) -> BallotRecord:
    """A ballot in whatever state it is; `number` counts the ballots on its item.

    Nobody's vote stands in the record of a ballot that has no result: open, uncounted or annulled.
    """
    opened, counted, annulled = ballot.opened, ballot.counted, ballot.annulled
    return BallotRecord(
        **results.stated(ballot),
        number=number,
        closed_by=ballot.closed_by,
        limit_seconds=opened.limit_seconds,
        rests=tuple(Span(begin=begin, end=end or ballot.closed_at or "") for begin, end in ballot.rests),
        electorate=opened.electorate,
        counted=counted.votes if counted is not None else (),
        annulled=Annulled(by=annulled.by, reason=annulled.reason) if annulled is not None else None,
    )


def slip_record(slip: Slip, meeting: str, ended_at: str | None) -> SlipRecord:
    """A closed slip as it was announced at a meeting, which ended at `ended_at` (None: it has not ended).

    A tie that the chair decided after that end is open here: minutes say what was known, and do not change.
    """
    if slip.tie_at is not None and ended_at is not None and moment(slip.tie_at) > moment(ended_at):
        slip = replace(slip, tie=None, tie_at=None)
    sent = slip.sent
    return SlipRecord(
        **results.stated_slip(slip),
        slip=slip.id,
        title=sent.title,
        body=sent.body,
        sent_at=slip.sent_at,
        deadline=sent.deadline,
        extensions=tuple(Extension(deadline=e.deadline, by=e.by, reason=e.reason) for e in slip.extensions),
        closed_by=slip.closed_by,
        announced_at=slip.announced[meeting],
        members=sent.members,
        unanswered=slip.unanswered,
        documents=sent.documents,
    )
