"""The result: complete in itself, and consistent."""

from __future__ import annotations

from typing import Any

import pytest

from appliance import minutes, record, results
from appliance.errors import RecordError
from appliance.events import BallotClosed
from appliance.values import Choice
from tests import assembly


def statement(**changes: object) -> dict[str, Any]:
    return assembly.statement(assembly.sat(21, present=15, votes=assembly.CARRIED)) | changes


def test_a_result_says_everything_that_the_verdict_rests_on():
    stated = statement()
    assert stated["tally"] == {"for": 11, "against": 1, "abstain": 1, "not_cast": 2, "absent": 6}
    assert stated["rule"]["quorum"] == 14
    assert stated["rule"]["needed"] == 11
    assert "Điều 114" in stated["rule"]["quorum_article"]
    assert stated["rule"]["needed_article"].endswith("(to be confirmed)")
    assert stated["verdict"]["outcome"] == "carried"
    assert stated["electorate"][0]["name"] == "Đại biểu Mẫu 01"
    assert len(stated["electorate"]) == 21, "the guest does not vote"
    assert stated["present"] == [f"dv-{n:02}" for n in range(1, 16)]
    assert stated["opened_at"] < stated["closed_at"]


def test_it_comes_back_and_has_no_fault():
    result = results.parse(statement())
    assert results.count_fault(result) is None
    assert results.rule_fault(result) is None


def test_an_open_ballot_has_no_result():
    entries = assembly.sat(3, present=2, votes={})
    assert isinstance(entries[-1].event, BallotClosed)
    with pytest.raises(RecordError, match="still open"):
        assembly.statement(entries[:-1])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"public_key": 5}, "public_key"),
        ({"tally": {"for_": 11, "against": 1, "abstain": 1, "not_cast": 2, "absent": 6}}, "spelled"),
        ({"tally": {"for": True, "against": 1, "abstain": 1, "not_cast": 2, "absent": 6}}, "spelled|bool"),
        ({"head": {"seq": "1", "hash": ""}}, "spelled|int"),
        ({"new": 1}, "new: Extra"),
        ({"present": "dv-01"}, "present"),
    ],
)
def test_another_form_is_refused_with_the_field(changes: dict[str, object], complaint: str):
    with pytest.raises(RecordError, match=complaint):
        results.parse(statement(**changes))


def test_a_field_with_a_default_may_not_be_left_out():
    stated = statement()
    del stated["type"]
    with pytest.raises(RecordError, match="missing"):
        results.parse(stated)


def test_a_recount_takes_the_journals_word_over_the_statements():
    entries = assembly.sat(21, present=15, votes=assembly.CARRIED)
    meeting = minutes.fold(entries)
    assert meeting is not None
    ballot = meeting.ballots[assembly.BALLOT]
    result = results.parse(assembly.statement(entries))
    assert results.recount_fault(result, ballot) is None
    turned = result.model_copy(update={"votes": {**result.votes, "dv-01": Choice.AGAINST}})
    assert results.recount_fault(turned, ballot) == "votes is not what the entries say"


def test_the_statement_has_the_same_bytes_every_time():
    assert record.canonical(statement()) == record.canonical(statement())
