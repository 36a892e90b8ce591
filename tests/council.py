"""A council of twenty-one and its one ballot, for tests of what may be opened, cast and counted."""

from __future__ import annotations

from typing import Any

from appliance import attendance, ballot
from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import (
    BallotClosed,
    Event,
    SecretBallotCounted,
    VoteCast,
)
from appliance.values import Channel, Choice, CountedVote, Item, Refusal, Voting
from tests import assembly

ITEM = Item(id=assembly.ITEM, title="Kế hoạch năm 2027", question=assembly.QUESTION)
IDS = tuple(f"dv-{n:02}" for n in range(1, 22))


def roll(present: int, *, of: int = 21, guests: int = 1) -> Roll:
    made = attendance.convene(assembly.convened(assembly.members(of, guests=guests)))
    for number in range(1, present + 1):
        made = attendance.apply(made, assembly.arrived(f"dv-{number:02}"), assembly.at(number))
    return made


def begun(present: int = 15) -> Ballot:
    return ballot.begin(assembly.opened(IDS, IDS[:present]), assembly.at(100))


def after(made: Ballot, *facts: Event) -> Ballot:
    for number, fact in enumerate(facts):
        made = ballot.apply(made, fact, assembly.at(101 + number))
    return made


def code(outcome: object) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


CLOSED = BallotClosed(ballot=assembly.BALLOT, by="secretary")


def press(made: Ballot | None, at: Roll | None, delegate: str, choice: Choice = Choice.FOR) -> VoteCast | Refusal:
    return ballot.cast(made, at, delegate, choice, Channel.KEYPAD, "S01")


def counted(*choices: Choice) -> SecretBallotCounted:
    votes = tuple(CountedVote(tracker=f"AAAAAAA{chr(65 + n)}", choice=c) for n, c in enumerate(choices))
    return SecretBallotCounted(ballot=assembly.BALLOT, took_part=IDS[: len(choices)], votes=votes)


def held_by(voting: Voting, present: int = 15, **more: Any) -> Ballot:
    opened = assembly.opened(IDS, IDS[:present]).model_copy(update={"method": voting, **more})
    return ballot.begin(opened, assembly.at(100))
