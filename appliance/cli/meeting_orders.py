"""What is ordered in the course of a meeting from the command line: each task is one command of the ballot service.

Secrets are never arguments, which every user of the machine can read: PINs and the passphrase are typed, or piped in.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from appliance.cli.asking import ask
from appliance.services.state import State
from appliance.values import Capacity, Choice, Presence


@dataclass(frozen=True)
class Argument:
    """One argument of a task, called as the command's field is."""

    name: str
    help: str = ""
    required: bool = True
    choices: tuple[str, ...] | None = None
    number: bool = False


@dataclass(frozen=True)
class Order:
    """One task. `secret`: the field that is typed and not an argument; `fixed`: fields that the task itself sets."""

    do: str
    help: str
    arguments: tuple[Argument, ...] = ()
    secret: str = ""
    prompt: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)


def _option(name: str, help_text: str, **more: Any) -> Argument:
    return Argument(name, help_text, required=False, **more)


DELEGATE, ITEM, BALLOT, SEAT = Argument("delegate"), Argument("item"), Argument("ballot"), Argument("seat")
REASON, GIVEN_REASON = _option("reason", "why"), Argument("reason", "why")
WITNESS = Argument("witness", "a delegate on the roll who vouches with the own PIN")
CHAIRS_PIN: dict[str, Any] = {"secret": "pin", "prompt": "PIN of the chair: "}
WITNESS_PIN: dict[str, Any] = {"secret": "pin", "prompt": "PIN of the witness: "}

ORDERS: dict[str, Order] = {
    "take-up": Order("take_up", "turn to an agenda item", (ITEM,)),
    "name-chair": Order("name_chair", "another member presides", (DELEGATE, GIVEN_REASON)),
    "check-in": Order(
        "check_in",
        "put a delegate on the roll by hand",
        (DELEGATE, GIVEN_REASON, _option("presence", "from where", choices=tuple(map(str, Presence)))),
    ),
    "check-out": Order("check_out", "a delegate left", (DELEGATE, REASON)),
    "revoke": Order("revoke_check_in", "a check-in was a mistake", (DELEGATE, GIVEN_REASON)),
    "absence": Order("report_absence", "say why a delegate does not come", (DELEGATE, GIVEN_REASON)),
    "accept-absence": Order(
        "decide_absence", "the chair accepts an absence", (DELEGATE,), fixed={"accepted": True}, **CHAIRS_PIN
    ),
    "decline-absence": Order(
        "decide_absence", "the chair does not accept an absence", (DELEGATE,), fixed={"accepted": False}, **CHAIRS_PIN
    ),
    "override-quorum": Order(
        "override_quorum", "the chair lets the next ballot open without a quorum", (GIVEN_REASON,), **CHAIRS_PIN
    ),
    "bind-seat": Order("bind_seat", "a delegate sits there for this meeting", (SEAT, DELEGATE)),
    "release-seat": Order("release_seat", "nobody sits there any more", (SEAT, GIVEN_REASON)),
    "lock-seat": Order("lock_seat", "a keypad counts no longer", (SEAT, GIVEN_REASON)),
    "readmit-seat": Order("readmit_seat", "a keypad counts again", (SEAT, GIVEN_REASON)),
    "proxy": Order(
        "give_proxy", "one member votes for another", (Argument("giver"), Argument("holder"), Argument("document"))
    ),
    "withdraw-proxy": Order("withdraw_proxy", "a proxy is over", (Argument("giver"), GIVEN_REASON)),
    "hold": Order("hold", "let a ballot rest", (BALLOT, REASON)),
    "resume": Order("resume", "go on with a ballot", (BALLOT,)),
    "annul": Order("annul", "end a ballot without a result", (BALLOT, GIVEN_REASON)),
    "enter-vote": Order(
        "enter_vote",
        "enter a vote for a delegate",
        (BALLOT, DELEGATE, Argument("choice", choices=tuple(map(str, Choice))), GIVEN_REASON, WITNESS),
        **WITNESS_PIN,
    ),
    "hands": Order(
        "count_hands",
        "the counts of a show of hands",
        (
            BALLOT,
            Argument("votes_for", number=True),
            Argument("votes_against", number=True),
            Argument("abstentions", number=True),
            WITNESS,
        ),
        **WITNESS_PIN,
    ),
    "tie": Order(
        "decide_tie",
        "the chair states which reading of a tie applies",
        (BALLOT, Argument("reading", "which one; a word that is none is answered with those that there are"), REASON),
        **CHAIRS_PIN,
    ),
    "passphrase": Order(
        "passphrase", "set the passphrase of secret ballots, or type it again", (), "passphrase", "Passphrase: "
    ),
    "secret-session": Order("secret_session", "begin the secret session", fixed={"on": True}),
    "end-secret-session": Order("secret_session", "end the secret session", fixed={"on": False}),
    "release-record": Order(
        "release_record", "the record of a secret session was carried out; the uplink may go on", (GIVEN_REASON,)
    ),
    "note": Order("note_proceeding", "something for the minutes", (Argument("text"), _option("item", "agenda item"))),
    "conclude": Order("record_conclusion", "a conclusion", (Argument("text"), _option("item", "agenda item"))),
    "withdraw-task": Order("withdraw_task", "a task does not stand any more", (Argument("task"), GIVEN_REASON)),
    "confirm": Order(
        "confirm_minutes",
        "chair or secretary confirm the minutes",
        (Argument("capacity", choices=tuple(map(str, Capacity))), Argument("meeting"), Argument("digest")),
        "pin",
        "PIN: ",
    ),
}
"""Task → what it orders."""

OPENING = (
    ITEM,
    _option("voting", "instead of what the agenda says", choices=("open", "secret", "hands")),
    _option("limit_seconds", "seconds after which it closes by itself; 0: none", number=True),
    _option("reason", "why there is another ballot on the item, or a show of hands"),
)
"""Arguments of `open`, whose answer is printed in another way."""


def add(parser: argparse.ArgumentParser, arguments: tuple[Argument, ...]) -> None:
    """Put arguments on a parser: required ones by their place, the others with two dashes."""
    for one in arguments:
        name = one.name if one.required else f"--{one.name.replace('_', '-')}"
        parser.add_argument(name, help=one.help or None, choices=one.choices, type=int if one.number else str)


def given(args: argparse.Namespace, arguments: tuple[Argument, ...]) -> dict[str, Any]:
    """The fields that were given on the command line."""
    fields = {one.name: getattr(args, one.name) for one in arguments}
    return {name: value for name, value in fields.items() if value is not None}


def configure(tasks: Any) -> None:
    """One sub-command for each order."""
    for name, order in ORDERS.items():
        add(tasks.add_parser(name, help=order.help), order.arguments)


def run(state: State, args: argparse.Namespace) -> int:
    """Give one order; what the service answers goes to standard output as JSON."""
    order = ORDERS[args.task]
    fields = {**given(args, order.arguments), **order.fixed}
    if order.secret:
        fields[order.secret] = _typed(order.prompt)
    print(json.dumps(ask(state, order.do, **fields), ensure_ascii=False))
    return 0


def _typed(prompt: str) -> str:
    """A secret from the terminal without an echo, or the first line that was piped in."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
