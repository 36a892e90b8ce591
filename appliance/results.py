"""The result of a closed ballot: a self-contained statement, and the checks of what it says."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from appliance import ballot as ballots
from appliance import record, rules
from appliance.ballot import Ballot
from appliance.errors import ConfigurationError, RecordError
from appliance.events import BallotIdentifier, Choice, Delegate, Identifier, Role, Value, explain
from appliance.minutes import Minutes
from appliance.rules import Tally, Verdict


class Head(Value):
    """A journal head: hash in hexadecimal."""

    seq: int
    hash: str


class Rule(Value):
    """The rule as it was applied, with its articles."""

    preset: Identifier
    quorum: int
    quorum_article: str
    needed: int
    needed_article: str


class Counts(Value):
    """The tally. In JSON the first field is spelled `for`, which is a keyword here."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    for_: Annotated[int, Field(alias="for")]
    against: int
    abstain: int
    not_cast: int
    absent: int


class Decision(Value):
    """What the rule made of the counts."""

    outcome: rules.Outcome
    sentence: dict[str, str]
    readings: tuple[rules.Outcome, ...] = ()


class Result(Value):
    """The statement that is signed. Everything needed to check the verdict stands in it."""

    type: Literal["result"] = "result"
    site: Identifier
    device: Identifier
    public_key: str
    software: str
    configuration: str
    models: dict[str, str]
    meeting: Identifier
    meeting_title: str
    ballot: BallotIdentifier
    item: Identifier
    question: str
    method: Literal["open"]
    rule: Rule
    chair: str
    opened_at: str
    closed_at: str
    electorate: tuple[Delegate, ...]
    present: tuple[Identifier, ...]
    votes: dict[str, Choice]
    tally: Counts
    verdict: Decision
    head: Head


def state(
    minutes: Minutes,
    ballot: Ballot,
    *,
    site: str,
    device: str,
    public_key: bytes,
    software: str,
    configuration: str,
    models: dict[str, str],
    head_seq: int,
    head_hash: bytes,
) -> dict[str, Any]:
    """The statement of a closed ballot, ready to be sealed. `head` is the journal's head before this result."""
    if ballot.closed_at is None:
        raise RecordError(f"ballot {ballot.id} is still open: a result is stated after the close")
    rule = rules.preset(ballot.opened.preset)
    roster = {d.id: d for d in minutes.convened.roster}
    tally, verdict = ballots.tally(ballot), ballots.verdict(ballot)
    result = Result(
        site=site,
        device=device,
        public_key=base64.b64encode(public_key).decode(),
        software=software,
        configuration=configuration,
        models=models,
        meeting=minutes.id,
        meeting_title=minutes.convened.title,
        ballot=ballot.id,
        item=ballot.opened.item,
        question=ballot.opened.question,
        method=ballot.opened.method,
        rule=Rule(
            preset=rule.preset,
            quorum=ballot.opened.quorum,
            quorum_article=str(rule.quorum_citation),
            needed=ballot.opened.needed,
            needed_article=str(rule.needed_citation),
        ),
        chair=ballot.opened.chair,
        opened_at=ballot.opened_at,
        closed_at=ballot.closed_at,
        electorate=tuple(roster[d] for d in ballot.opened.electorate),
        present=ballot.opened.present,
        votes={d: ballot.votes[d] for d in ballot.opened.present if d in ballot.votes},
        tally=_counts(tally),
        verdict=_decision(verdict),
        head=Head(seq=head_seq, hash=head_hash.hex()),
    )
    return result.model_dump(mode="json")


def parse(statement: dict[str, Any]) -> Result:
    """The statement as a typed value; raises `RecordError` with every field that is wrong."""
    try:
        result = Result.model_validate_json(record.canonical(statement))
    except ValidationError as error:
        raise RecordError(f"result: {explain(error)}") from error
    # Types that could be taken for one another (1, 1.0, true, "1") and fields left out have but one spelling.
    if record.canonical(result.model_dump(mode="json")) != record.canonical(statement):
        raise RecordError("result: a field is missing or is not spelled as a result spells it")
    return result


def count_fault(result: Result) -> str | None:
    """Whether present, votes and counts contradict one another: one sentence, or None."""
    electorate = [d.id for d in result.electorate]
    if len(set(electorate)) != len(electorate) or len(set(result.present)) != len(result.present):
        return "a delegate is named twice"
    if any(d.role is not Role.MEMBER for d in result.electorate):
        return "somebody belongs to the electorate who is no member"
    if result.chair and result.chair not in electorate:
        return f"the chair {result.chair} does not belong to the electorate"
    if not set(result.present) <= set(electorate):
        return "somebody is present who does not belong to the electorate"
    if not set(result.votes) <= set(result.present):
        return "somebody voted who was not present at the opening"
    cast = list(result.votes.values())
    recount = Counts(
        for_=cast.count(Choice.FOR),
        against=cast.count(Choice.AGAINST),
        abstain=cast.count(Choice.ABSTAIN),
        not_cast=len(result.present) - len(cast),
        absent=len(electorate) - len(result.present),
    )
    return None if recount == result.tally else f"the counts are {result.tally}, a recount gives {recount}"


def rule_fault(result: Result) -> str | None:
    """Whether quorum, threshold or verdict contradict the rule: one sentence, or None."""
    try:
        rule = rules.preset(result.rule.preset)
    except ConfigurationError as error:
        return str(error)
    n = len(result.electorate)
    if (result.rule.quorum, result.rule.needed) != (rule.quorum(n), rule.needed(n)):
        return f"for {n} members the rule gives quorum {rule.quorum(n)} and {rule.needed(n)} needed"
    if len(result.present) < result.rule.quorum:
        return f"{len(result.present)} were present, the quorum is {result.rule.quorum}"
    tally = Tally(**result.tally.model_dump(by_alias=False))
    verdict = _decision(rules.verdict(rule, tally, result.votes.get(result.chair)))
    return (
        None
        if verdict == result.verdict
        else f"the rule gives {verdict.outcome}, the statement {result.verdict.outcome}"
    )


def recount_fault(result: Result, ballot: Ballot) -> str | None:
    """Whether a result contradicts the journal's own entries on its ballot: one sentence, or None."""
    opened = ballot.opened
    pairs = {
        "meeting": (result.meeting, opened.meeting),
        "item": (result.item, opened.item),
        "question": (result.question, opened.question),
        "method": (result.method, opened.method),
        "rule": (
            (result.rule.preset, result.rule.quorum, result.rule.needed),
            (opened.preset, opened.quorum, opened.needed),
        ),
        "chair": (result.chair, opened.chair),
        "electorate": (tuple(d.id for d in result.electorate), opened.electorate),
        "present": (result.present, opened.present),
        "opened_at": (result.opened_at, ballot.opened_at),
        "closed_at": (result.closed_at, ballot.closed_at),
        "votes": (result.votes, dict(ballot.votes)),
    }
    return next((f"{what} is not what the entries say" for what, (ours, kept) in pairs.items() if ours != kept), None)


def _counts(tally: Tally) -> Counts:
    return Counts(
        for_=tally.for_, against=tally.against, abstain=tally.abstain, not_cast=tally.not_cast, absent=tally.absent
    )


def _decision(verdict: Verdict) -> Decision:
    return Decision(outcome=verdict.outcome, sentence=verdict.sentence, readings=verdict.readings)
