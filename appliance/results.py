"""The result of a closed ballot or slip, stated from its entries: complete in itself, ready to be sealed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appliance import rules, slips, tally
from appliance.ballot import Ballot
from appliance.errors import RecordError
from appliance.minutes import Minutes
from appliance.result_form import Counts, Decision, Entered, Hands, Head, Reading, Result, Rule, Ruling
from appliance.rules import Tally, Verdict
from appliance.slips import Slip
from appliance.values import Delegate, Voting


@dataclass(frozen=True)
class Box:
    """Which box states a result, and what was in force. `head_*`: its journal's head before this result.

    `public_key` is raw Ed25519, `configuration` and each of `models` are sha256 in hexadecimal.
    """

    site: str
    device: str
    public_key: bytes
    software: str
    configuration: str
    models: Mapping[str, str]
    head_seq: int
    head_hash: bytes


def state(minutes: Minutes, ballot: Ballot, box: Box) -> dict[str, Any]:
    """The statement of a closed ballot, ready to be sealed. Raises `RecordError` where there is no result (yet)."""
    roster = {d.id: d for d in minutes.convened.roster}
    electorate = tuple(roster[d] for d in ballot.opened.electorate)
    fields = ballot_fields(ballot, minutes.convened.title, electorate)
    return Result(**_result_box(box), **fields).model_dump(mode="json")


def state_slip(slip: Slip, box: Box) -> dict[str, Any]:
    """The statement of a closed slip, ready to be sealed. Raises `RecordError` while it is open."""
    return Result(**_result_box(box), **slip_fields(slip)).model_dump(mode="json")


def ballot_fields(ballot: Ballot, meeting_title: str, electorate: tuple[Delegate, ...]) -> dict[str, Any]:
    """All fields of a ballot's result except the box's own, from its entries, its meeting's title and its members.

    Raises `RecordError` where there is no result: open, uncounted or annulled.
    """
    if not ballot.has_result or ballot.closed_at is None:
        raise RecordError(f"ballot {ballot.id} is still open, uncounted or annulled: it has no result")
    return {
        **stated(ballot),
        "meeting": ballot.opened.meeting,
        "meeting_title": meeting_title,
        "item": ballot.opened.item,
        "electorate": electorate,
        "choices": ballot.counted.votes if ballot.counted is not None else (),
    }


def stated(ballot: Ballot) -> dict[str, Any]:
    """What a result and minutes both say of a ballot, in whatever state it is.

    Nobody's vote is among it where there is no result: open, uncounted or annulled.
    """
    opened, counted, hands = ballot.opened, ballot.counted, ballot.hands
    votes = dict(ballot.votes) if ballot.has_result else {}
    entered = (ballot.entered[d] for d in opened.present if d in ballot.entered and d in votes)
    return {
        "ballot": ballot.id,
        "question": opened.question,
        "method": opened.method,
        "rule": applied_rule(opened.preset, opened.majority, opened.quorum, opened.needed),
        "chair": opened.chair,
        "replaces": opened.replaces,
        "reason": opened.reason,
        "override": opened.override,
        "opened_at": ballot.opened_at,
        "closed_at": ballot.closed_at or "",
        "present": opened.present,
        "weights": opened.weights,
        "proxies": opened.proxies,
        "votes": votes,
        "entered": tuple(Entered(delegate=e.delegate, by=e.by, witness=e.witness, reason=e.reason) for e in entered),
        "took_part": counted.took_part if counted is not None else (),
        "hands": Hands(by=hands.by, witness=hands.witness) if hands is not None else None,
        "tally": _counts(tally.tally(ballot)) if ballot.has_result else None,
        "verdict": decision(tally.verdict(ballot)) if ballot.has_result else None,
        "ruling": ruling(ballot),
    }


def slip_fields(slip: Slip) -> dict[str, Any]:
    """The fields of a slip's result that slips fill, except the box's own. Raises `RecordError` while it is open."""
    sent = slip.sent
    if slip.closed_at is None:
        raise RecordError(f"slip {slip.id} is open until {slip.deadline}: it has no result")
    return {
        **stated_slip(slip),
        "meeting": "",
        "meeting_title": sent.title,
        "ballot": slip.id,
        "item": "",
        "method": Voting.SLIP,
        "opened_at": slip.sent_at,
        "electorate": sent.members,
        "present": slip.members,
        "deadline": slip.deadline,
        "assumed": slip.assumed,
    }


def stated_slip(slip: Slip) -> dict[str, Any]:
    """What a result and minutes both say of a slip."""
    sent = slip.sent
    quorum = rules.preset(sent.preset).quorum_of(len(slip.members))
    return {
        "question": sent.question,
        "rule": applied_rule(sent.preset, sent.majority, quorum, sent.needed),
        "chair": sent.chair,
        "closed_at": slip.closed_at or "",
        "votes": {d: answer.choice for d, answer in slip.answers.items()},
        "opinions": {d: answer.opinion for d, answer in slip.answers.items() if answer.opinion},
        "silence_agrees": sent.silence_agrees,
        "tally": _counts(slips.tally(slip)),
        "verdict": decision(slips.verdict(slip)),
        "ruling": ruling(slip),
    }


def decision(verdict: Verdict) -> Decision:
    """A verdict as a result states it."""
    readings = tuple(Reading(id=r.id, outcome=r.outcome, sentence=r.sentence) for r in verdict.readings)
    return Decision(outcome=verdict.outcome, sentence=verdict.sentence, readings=readings)


def applied_rule(preset: str, majority: str, quorum: int, needed: int | None) -> Rule:
    """The rule by which a ballot or slip was decided, with its articles."""
    rule = rules.preset(preset)
    return Rule(
        preset=preset,
        majority=majority,
        quorum=quorum,
        quorum_article=str(rule.quorum_citation),
        needed=needed,
        needed_article=str(rules.majority(rule, majority).citation),
    )


def ruling(ballot: Ballot | Slip) -> Ruling | None:
    """Which reading of a tie the chair chose; None where there was none to choose, or it is not chosen yet."""
    if ballot.tie is None or ballot.tie_at is None:
        return None
    return Ruling(reading=ballot.tie.reading, by=ballot.tie.by, at=ballot.tie_at, reason=ballot.tie.reason)


def box_fields(box: Box) -> dict[str, Any]:
    """Which box states something, by what software, and after what entry: the fields that all statements share."""
    return {
        "site": box.site,
        "device": box.device,
        "public_key": base64.b64encode(box.public_key).decode(),
        "software": box.software,
        "head": Head(seq=box.head_seq, hash=box.head_hash.hex()),
    }


def _result_box(box: Box) -> dict[str, Any]:
    return {**box_fields(box), "configuration": box.configuration, "models": dict(box.models)}


def _counts(counts: Tally) -> Counts:
    return Counts(**vars(counts))
