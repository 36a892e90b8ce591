"""The form of a result: each field in its one spelling, and only where its way of voting has it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from appliance import record, result_form
from appliance.errors import RecordError
from appliance.result_form import Result
from appliance.values import Choice, Voting
from tests import assembly, polls
from tests.polls import Poll

FORMAT = Path(__file__).parent.parent / "docs" / "record-format.md"
FOR, AGAINST = Choice.FOR, Choice.AGAINST
POLLS = {
    Voting.OPEN: Poll(members=3, present=3, votes={1: FOR, 2: AGAINST}, entered={3: FOR}),
    Voting.SECRET: Poll(Voting.SECRET, members=3, present=3, votes={1: FOR, 2: AGAINST}),
    Voting.HANDS: Poll(Voting.HANDS, members=3, present=3, hands=(2, 1, 0)),
    Voting.SLIP: Poll(Voting.SLIP, members=3, votes={1: FOR, 2: FOR}, opinions={2: "Nhất trí."}, silence_agrees=True),
}


def statement(method: Voting = Voting.OPEN, **changes: object) -> dict[str, Any]:
    return polls.statements(polls.held(POLLS[method]))[-1] | changes


def chapter(title: str) -> str:
    return FORMAT.read_text("utf-8").split(f"\n{title}\n")[1].split("\n## ")[0]


def test_the_document_has_every_field_and_no_other():
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", chapter("## Result").split("\nNo field may")[0], re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"\w+", row)]
    assert sorted(named) == sorted(field.alias or name for name, field in Result.model_fields.items())


def test_the_document_says_which_way_of_voting_fills_what():
    table = chapter("## Result").split("| filled only by | fields |")[1].split("\n\n")[0]
    said = {
        name: frozenset(Voting(way) for way in re.findall(r"\w+", ways))
        for ways, fields in re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", fields)
    }
    assert said == BELONG


@pytest.mark.parametrize("method", Voting)
def test_it_comes_back(method: Voting):
    stated = statement(method)
    result = result_form.parse(stated)
    assert result.method is method
    assert record.canonical(result.model_dump(mode="json")) == record.canonical(stated)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"public_key": 5}, "public_key"),
        ({"tally": {"for_": 2, "against": 1, "abstain": 0, "not_cast": 0, "absent": 0}}, "spelled"),
        ({"tally": {"for": True, "against": 1, "abstain": 0, "not_cast": 0, "absent": 0}}, "spelled|bool"),
        ({"tally": {"for": -1, "against": 1, "abstain": 0, "not_cast": 0, "absent": 0}}, "greater than or equal to 0"),
        ({"head": {"seq": "1", "hash": ""}}, "spelled|int"),
        ({"new": 1}, "new: Extra"),
        ({"present": "dv-01"}, "present"),
        ({"method": "by lot"}, "method"),
        ({"meeting": "a.b"}, "meeting"),
        ({"silence_agrees": 0}, "spelled|bool"),
        ({"ballot": "m-2026-11.noi-dung-2.1"}, "is not called"),
        ({"ballot": f"{assembly.BALLOT}.1"}, "is not called"),
        ({"ballot": assembly.BALLOT[:-1] + "0"}, "is not called"),
        ({"ballot": assembly.BALLOT[:-1] + "01"}, "is not called"),
        ({"ballot": assembly.BALLOT[:-1] + "2"}, "replaces"),
        ({"replaces": assembly.BALLOT}, "replaces"),
        ({"ballot": assembly.BALLOT[:-1] + "2", "replaces": assembly.BALLOT}, "need a reason"),
    ],
)
def test_another_form_is_refused_with_the_field(changes: dict[str, object], complaint: str):
    with pytest.raises(RecordError, match=complaint):
        result_form.parse(statement() | changes)


@pytest.mark.parametrize("name", [name for name, field in Result.model_fields.items() if not field.is_required()])
def test_a_field_with_a_default_may_not_be_left_out(name: str):
    stated = statement()
    del stated[Result.model_fields[name].alias or name]
    with pytest.raises(RecordError, match="missing"):
        result_form.parse(stated)


FILLED: dict[str, object] = {
    "meeting": "m-2026-11",
    "item": "noi-dung-1",
    "replaces": "m-2026-11.noi-dung-1.1",
    "reason": "Bàn phím hỏng",
    "override": "Việc gấp",
    "weights": {"dv-01": 2},
    "proxies": {"dv-01": "dv-02"},
    "entered": [{"delegate": "dv-01", "by": "secretary", "witness": "dv-02", "reason": "x"}],
    "votes": {"dv-01": "for"},
    "took_part": ["dv-01"],
    "list": [{"tracker": "AAAAAAAA", "choice": "for"}],
    "hands": {"by": "secretary", "witness": "dv-01"},
    "deadline": "2026-11-22T01:50:00.000Z",
    "opinions": {"dv-01": "Nhất trí."},
    "silence_agrees": True,
    "assumed": 1,
}
SESSION = frozenset({Voting.OPEN, Voting.SECRET, Voting.HANDS})
BELONG: dict[str, frozenset[Voting]] = {
    **dict.fromkeys(("meeting", "item", "replaces", "reason", "override"), SESSION),
    **dict.fromkeys(("weights", "proxies", "entered"), frozenset({Voting.OPEN})),
    "votes": frozenset({Voting.OPEN, Voting.SLIP}),
    **dict.fromkeys(("took_part", "list"), frozenset({Voting.SECRET})),
    "hands": frozenset({Voting.HANDS}),
    **dict.fromkeys(("deadline", "opinions", "silence_agrees", "assumed"), frozenset({Voting.SLIP})),
}
"""Written out again: a table that is only read back says nothing."""


@pytest.mark.parametrize(
    ("method", "name"), [(method, name) for name, has in BELONG.items() for method in Voting if method not in has]
)
def test_a_field_is_filled_only_by_the_voting_that_has_it(method: Voting, name: str):
    attribute = "choices" if name == "list" else name
    with pytest.raises(RecordError, match=f"{attribute} is filled, which {method} voting never does"):
        result_form.parse(statement(method, **{name: FILLED[name]}))


@pytest.mark.parametrize(
    ("method", "name", "empty"),
    [
        *((method, name, "") for method in sorted(SESSION) for name in ("meeting", "item")),
        (Voting.HANDS, "hands", None),
        (Voting.SLIP, "deadline", ""),
    ],
)
def test_what_a_way_of_voting_always_has_is_never_empty(method: Voting, name: str, empty: object):
    with pytest.raises(RecordError, match=f"{name} is empty, which {method} voting never leaves so"):
        result_form.parse(statement(method, **{name: empty}))


def test_a_show_of_hands_needs_a_reason_and_a_slip_has_no_ballot_s_name():
    with pytest.raises(RecordError, match="need a reason"):
        result_form.parse(statement(Voting.HANDS, reason=""))
    with pytest.raises(RecordError, match="a slip is not called"):
        result_form.parse(statement(Voting.SLIP, ballot="m-2026-11.noi-dung-1.1"))
