"""The form of a result: every field of the statement, and which of them each way of voting fills."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from appliance import record, rules
from appliance.errors import RecordError
from appliance.values import BallotIdentifier, Choice, CountedVote, Delegate, Identifier, Value, Voting, explain

Count = Annotated[int, Field(ge=0)]
Nothing = Literal[""]
V = TypeVar("V", bound=Value)
_IN_SESSION = frozenset({Voting.OPEN, Voting.SECRET, Voting.HANDS})


class Head(Value):
    """A journal head: hash in hexadecimal."""

    seq: int
    hash: str


class Rule(Value):
    """The rule as it was applied, with its articles. `needed` is None where it depends on the votes cast."""

    preset: Identifier
    majority: Identifier
    quorum: Count
    quorum_article: str
    needed: Count | None
    needed_article: str


class Counts(Value):
    """The tally. In JSON the first field is spelled `for`, which is a keyword here."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    for_: Annotated[Count, Field(alias="for")]
    against: Count
    abstain: Count
    not_cast: Count
    absent: Count


class Reading(Value):
    """One way to read the rule at a tie, and what it would make of it."""

    id: Identifier
    outcome: rules.Outcome
    sentence: dict[str, str]


class Decision(Value):
    """What the rule made of the counts; the readings stay beside it when the chair has chosen one."""

    outcome: rules.Outcome
    sentence: dict[str, str]
    readings: tuple[Reading, ...] = ()


class Ruling(Value):
    """Which reading the chair chose, when and why."""

    reading: Identifier
    by: Identifier
    at: str
    reason: str


class Entered(Value):
    """A vote that was entered by hand, who entered it, who vouched for it, and why."""

    delegate: Identifier
    by: str
    witness: Identifier
    reason: Annotated[str, Field(min_length=1)]


class Hands(Value):
    """Who entered the counts of a show of hands, and who vouched for them."""

    by: str
    witness: Identifier


class Result(Value):
    """The statement that is signed. Everything needed to check the verdict stands in it.

    Every field is always there; what a way of voting does not have is empty (`_FILLED_BY`). Of a slip
    `ballot` is the slip's id, `present` all members, `opened_at` when it was sent. `list` in JSON is `choices` here.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    type: Literal["result"] = "result"
    site: Identifier
    device: Identifier
    public_key: str
    software: str
    configuration: str
    models: dict[str, str]
    meeting: Identifier | Nothing
    meeting_title: str
    ballot: BallotIdentifier
    item: Identifier | Nothing
    question: str
    method: Voting
    rule: Rule
    chair: str
    replaces: BallotIdentifier | Nothing = ""
    reason: str = ""
    override: str = ""
    opened_at: str
    closed_at: str
    electorate: tuple[Delegate, ...]
    present: tuple[Identifier, ...]
    weights: dict[Identifier, int] = Field(default_factory=dict)
    proxies: dict[Identifier, Identifier] = Field(default_factory=dict)
    votes: dict[Identifier, Choice] = Field(default_factory=dict)
    entered: tuple[Entered, ...] = ()
    took_part: tuple[Identifier, ...] = ()
    choices: Annotated[tuple[CountedVote, ...], Field(alias="list")] = ()
    hands: Hands | None = None
    deadline: str = ""
    opinions: dict[Identifier, str] = Field(default_factory=dict)
    silence_agrees: bool = False
    assumed: Count = 0
    tally: Counts
    verdict: Decision
    ruling: Ruling | None = None
    head: Head


_FILLED_BY: dict[str, frozenset[Voting]] = {
    **dict.fromkeys(("meeting", "item", "replaces", "reason", "override"), _IN_SESSION),
    **dict.fromkeys(("weights", "proxies", "entered"), frozenset({Voting.OPEN})),
    "votes": frozenset({Voting.OPEN, Voting.SLIP}),
    **dict.fromkeys(("took_part", "choices"), frozenset({Voting.SECRET})),
    "hands": frozenset({Voting.HANDS}),
    **dict.fromkeys(("deadline", "opinions", "silence_agrees", "assumed"), frozenset({Voting.SLIP})),
}
"""Field → the ways of voting that may fill it. Whatever stands in no other way of voting is empty there."""

_ALWAYS_FILLED = frozenset({"meeting", "item", "hands", "deadline"})
"""Of those, the fields that are never empty where they may be filled."""


def parse(statement: dict[str, Any]) -> Result:
    """The statement as a typed value; raises `RecordError` with every field that is wrong."""
    result = exactly(Result, statement, "result")
    if (fault := _method_fault(result) or _name_fault(result)) is not None:
        raise RecordError(f"result: {fault}")
    return result


def exactly(form: type[V], statement: dict[str, Any], name: str) -> V:
    """A statement that has a form, in its one spelling; raises `RecordError` with its name and every wrong field."""
    spelled = record.canonical(statement)
    try:
        value = form.model_validate_json(spelled)
    except ValidationError as error:
        raise RecordError(f"{name}: {explain(error)}") from error
    # Types that could be taken for one another (1, 1.0, true, "1") and fields left out have but one spelling.
    if record.canonical(value.model_dump(mode="json")) != spelled:
        raise RecordError(f"{name}: a field is missing or is not spelled as it must be")
    return value


def _method_fault(result: Result) -> str | None:
    for name, methods in _FILLED_BY.items():
        filled = bool(getattr(result, name))
        if filled and result.method not in methods:
            return f"{name} is filled, which {result.method} voting never does"
        if not filled and result.method in methods and name in _ALWAYS_FILLED:
            return f"{name} is empty, which {result.method} voting never leaves so"
    return None


def _name_fault(result: Result) -> str | None:
    """A slip's name has no dot; a ballot's is `<meeting>.<item>.<number>`, and all but the first replace another."""
    if result.method is Voting.SLIP:
        return f"a slip is not called {result.ballot}" if "." in result.ballot else None
    named = re.fullmatch(r"(.+)\.([1-9][0-9]{0,8})", result.ballot)
    if named is None or named[1] != f"{result.meeting}.{result.item}":
        return f"a ballot on {result.item} of {result.meeting} is not called {result.ballot}"
    before = f"{named[1]}.{int(named[2]) - 1}" if named[2] != "1" else ""
    if result.replaces != before:
        return f"{result.ballot} replaces {before!r}, not {result.replaces!r}"
    if (before or result.method is Voting.HANDS) and not result.reason:
        return "another ballot on an item, and a show of hands, need a reason"
    return None
