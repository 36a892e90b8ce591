"""The result: complete in itself, in the same bytes every time, for every way of voting."""

from __future__ import annotations

from typing import Any

import pytest

from appliance import record, results
from appliance.errors import RecordError
from appliance.events import BallotAnnulled, BallotClosed
from appliance.result_form import Result
from appliance.values import Choice, Voting
from tests import assembly, polls
from tests.polls import Poll

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


def of(poll: Poll) -> dict[str, Any]:
    return polls.statements(polls.held(poll))[-1]


def test_a_result_says_everything_that_the_verdict_rests_on():
    stated = assembly.statement(assembly.sat(21, present=15, votes=assembly.CARRIED))
    assert stated["tally"] == {"for": 11, "against": 1, "abstain": 1, "not_cast": 2, "absent": 6}
    assert (stated["rule"]["quorum"], stated["rule"]["needed"], stated["rule"]["majority"]) == (14, 11, "ordinary")
    assert "Điều 114" in stated["rule"]["quorum_article"]
    assert stated["rule"]["needed_article"]
    assert (stated["verdict"]["outcome"], stated["verdict"]["readings"], stated["ruling"]) == ("carried", [], None)
    assert stated["electorate"][0]["name"] == "Đại biểu Mẫu 01"
    assert len(stated["electorate"]) == 21, "the guest does not vote"
    assert stated["present"] == [f"dv-{n:02}" for n in range(1, 16)]
    assert stated["opened_at"] < stated["closed_at"]


@pytest.mark.parametrize("method", Voting)
def test_every_field_is_there_in_every_way_of_voting(method: Voting):
    hands = {"hands": (2, 1, 0)} if method is Voting.HANDS else {"votes": {1: FOR, 2: AGAINST}}
    stated = of(Poll(method, members=3, present=3, **hands))
    names = {field.alias or name for name, field in Result.model_fields.items()}
    assert set(stated) == names


def test_a_vote_entered_by_hand_is_marked_until_its_delegate_votes():
    stated = of(Poll(members=3, present=3, votes={1: FOR, 2: FOR}, entered={3: AGAINST, 2: ABSTAIN}))
    assert stated["votes"] == {"dv-01": "for", "dv-02": "abstain", "dv-03": "against"}
    assert [(e["delegate"], e["witness"]) for e in stated["entered"]] == [("dv-02", "dv-04"), ("dv-03", "dv-04")]
    assert all(e["by"] == "secretary" and e["reason"] for e in stated["entered"])


def test_a_secret_ballot_has_a_list_and_no_votes():
    stated = of(Poll(Voting.SECRET, members=4, present=3, votes={2: FOR, 1: AGAINST}))
    assert (stated["votes"], stated["took_part"]) == ({}, ["dv-01", "dv-02"])
    assert sorted(vote["choice"] for vote in stated["list"]) == ["against", "for"]
    assert stated["tally"] == {"for": 1, "against": 1, "abstain": 0, "not_cast": 1, "absent": 1}
    assert [r["id"] for r in stated["verdict"]["readings"]] == [
        "tie-clause-for",
        "tie-clause-against",
        "majority-clause",
    ], "nobody but the chair can say which side the chair took"


def test_a_show_of_hands_names_who_counted_and_why():
    stated = of(Poll(Voting.HANDS, members=4, present=4, hands=(3, 0, 1)))
    assert stated["hands"] == {"by": "secretary", "witness": "dv-05"}
    assert stated["reason"]
    assert stated["tally"] == {"for": 3, "against": 0, "abstain": 1, "not_cast": 0, "absent": 0}


def test_a_slip_s_silence_is_a_state_of_its_own():
    answers = {1: FOR, 2: AGAINST, 4: FOR}
    counted = of(Poll(Voting.SLIP, members=6, votes=answers, opinions={2: "Chưa đủ kinh phí."}, silence_agrees=True))
    assert (counted["meeting"], counted["item"], counted["ballot"]) == ("", "", polls.SLIP)
    assert counted["meeting_title"] == "Xin ý kiến về kế hoạch năm 2027"
    assert counted["present"] == [d["id"] for d in counted["electorate"]]
    assert counted["tally"] == {"for": 2, "against": 1, "abstain": 0, "not_cast": 3, "absent": 0}
    assert (counted["assumed"], counted["verdict"]["outcome"]) == (3, "carried")
    assert counted["opinions"] == {"dv-02": "Chưa đủ kinh phí."}
    assert counted["deadline"] == assembly.at(3000), "the last of the deadlines"
    alone = of(Poll(Voting.SLIP, members=6, votes=answers))
    assert (alone["tally"], alone["assumed"], alone["verdict"]["outcome"]) == (counted["tally"], 0, "lost")


def test_weights_and_proxies_stand_in_the_result():
    stated = of(
        Poll(preset="board", members=3, present=2, weights=(40, 35, 25), proxies={3: 1}, votes={1: FOR, 2: AGAINST})
    )
    assert stated["weights"] == {"dv-01": 40, "dv-02": 35, "dv-03": 25}
    assert (stated["proxies"], stated["present"]) == ({"dv-03": "dv-01"}, ["dv-01", "dv-02", "dv-03"])
    assert stated["votes"] == {"dv-01": "for", "dv-02": "against"}
    assert stated["tally"] == {"for": 65, "against": 35, "abstain": 0, "not_cast": 0, "absent": 0}
    assert (stated["rule"]["quorum"], stated["rule"]["needed"]) == (65, 65)
    assert stated["verdict"]["outcome"] == "carried"


def test_another_ballot_names_the_one_before_and_an_override_its_reason():
    stated = of(Poll(members=4, present=2, votes={1: FOR}, number=3, override="Bão, đường bị cắt"))
    assert stated["ballot"].endswith(".3")
    assert stated["replaces"] == stated["ballot"][:-1] + "2"
    assert stated["reason"] == "Bàn phím hỏng"
    assert stated["override"] == "Bão, đường bị cắt"


def test_a_ballot_that_is_open_annulled_or_uncounted_has_no_result():
    open_one = assembly.sat(3, present=2, votes={})
    assert isinstance(open_one[-1].event, BallotClosed)
    annulled = polls.Journal(*(e.event for e in open_one[1:-1]))
    annulled.say(BallotAnnulled(ballot=assembly.BALLOT, by="secretary", reason="Nhầm"))
    uncounted = polls.closed(Poll(Voting.SECRET, members=3, present=3, votes={1: FOR}))
    for entries in (open_one[:-1], annulled.entries, uncounted.entries[:-1]):
        with pytest.raises(RecordError, match="no result"):
            assembly.statement(entries)


def test_an_open_slip_has_no_result():
    journal = polls.closed(Poll(Voting.SLIP, members=3, votes={1: FOR}))
    with pytest.raises(RecordError, match="is open until"):
        assembly.statement(journal.entries[:-1], polls.SLIP)


def test_the_rule_is_named_with_the_articles_of_its_majority():
    ordinary, special = (results.applied_rule("hdnd", name, 4, 4) for name in ("ordinary", "two-thirds"))
    assert ordinary.quorum_article == special.quorum_article
    assert ordinary.needed_article != special.needed_article
    assert results.applied_rule("simple", "ordinary", 3, None).needed is None


def test_the_statement_has_the_same_bytes_every_time():
    entries = assembly.sat(21, present=15, votes=assembly.CARRIED)
    assert record.canonical(assembly.statement(entries)) == record.canonical(assembly.statement(entries))
