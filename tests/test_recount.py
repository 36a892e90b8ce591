"""A signed result beside the entries of its own ballot or slip: it says what they say, or it is found by both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from appliance import record
from appliance.events import ResultSigned, VoteCast
from appliance.values import Channel, Choice, Voting
from tests import assembly, polls
from tests.polls import Poll
from tests.verifiers import both

FOR, AGAINST = Choice.FOR, Choice.AGAINST

POLLS = {
    "open": Poll(members=3, present=3, votes={1: FOR, 2: AGAINST}, entered={3: FOR}),
    "secret": Poll(Voting.SECRET, members=3, present=3, votes={1: FOR, 2: AGAINST}),
    "hands": Poll(Voting.HANDS, members=3, present=3, hands=(2, 1, 0)),
    "slip": Poll(Voting.SLIP, members=3, present=3, votes={1: FOR, 2: FOR}, opinions={2: "Nhất trí."}),
    "shares": Poll(preset="board", members=3, present=2, weights=(40, 40, 20), proxies={3: 2}, votes={1: FOR, 2: FOR}),
}


def run(poll: Poll, changes: Mapping[str, Any] | None = None) -> bytes:
    """The poll's journal with its result, which may say something else than the entries."""
    entries = polls.closed(poll).entries
    envelope = assembly.result_file(entries, poll.id, **(changes or {}))
    return assembly.batch_file(assembly.signed(entries, envelope, poll.id))


@pytest.mark.parametrize("name", POLLS)
def test_what_agrees_is_intact(name: str):
    assert both(run(POLLS[name])) == (0, 0)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("open", {"question": "Một câu hỏi khác?"}),
        ("open", {"opened_at": "2026-11-22T00:00:00.000Z"}),
        ("open", {"closed_at": "2026-11-22T09:00:00.000Z"}),
        ("open", {"item": "noi-dung-9"}),
        ("open", {"chair": "dv-02"}),
        ("open", {"reason": "không có trong nhật ký"}),
        ("open", {"replaces": "m-1.x.1"}),
        ("open", {"entered": []}),
        ("open", {"votes": {"dv-01": "for", "dv-02": "for", "dv-03": "against"}}),
        ("open", {"site": "elsewhere"}),
        ("secret", {"took_part": ["dv-01", "dv-03"]}),
        ("hands", {"tally": {"for": 3, "against": 0, "abstain": 0, "not_cast": 0, "absent": 0}}),
        ("hands", {"hands": {"by": "secretary", "witness": "dv-02"}}),
        ("slip", {"opinions": {}}),
        ("slip", {"deadline": "2026-11-22T01:00:00.000Z"}),
    ],
)
def test_what_the_entries_do_not_say_is_found_by_both(name: str, changes: dict[str, Any]):
    """Each of these statements is consistent in itself, or nearly: the entries give it away."""
    assert both(run(POLLS[name], changes)) == (1, 1)


def test_a_list_whose_choices_were_exchanged_is_found_by_both():
    poll = POLLS["secret"]
    stated = assembly.statement(polls.closed(poll).entries, poll.id)
    first, other = stated["list"]
    turned = [first | {"choice": other["choice"]}, other | {"choice": first["choice"]}]
    assert both(run(poll, {"list": turned})) == (1, 1), "the counts are the same, the trackers are not"


def test_a_second_result_without_a_ruling_is_found_by_both():
    poll = POLLS["open"]
    entries = assembly.signed(polls.closed(poll).entries, None, poll.id)
    again = assembly.signed(entries, assembly.result_file(entries, poll.id), poll.id)
    assert both(assembly.batch_file(again)) == (1, 1)


def test_a_result_that_rests_on_something_later_is_found_by_both():
    poll = POLLS["open"]
    entries = polls.closed(poll).entries
    envelope = assembly.result_file(entries, poll.id)
    late = VoteCast(ballot=poll.id, delegate="dv-01", choice=AGAINST, channel=Channel.TABLET)
    entries = [*entries, *assembly.chain([late], after=entries)]
    fact = ResultSigned(ballot=poll.id, envelope=envelope.decode())
    assert both(assembly.batch_file([*entries, *assembly.chain([fact], after=entries)])) == (1, 1)


def test_a_result_of_a_ballot_before_the_run_stands_alone():
    poll = POLLS["open"]
    entries = assembly.signed(polls.closed(poll).entries, None, poll.id)
    data = assembly.batch_file(entries[-1:])
    assert record.parse_batch(data)[0][0].kind == "ResultSigned"
    assert both(data) == (0, 0)
