"""A signed result beside the entries of its own ballot or slip: it says what they say, or it is found by both."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from appliance import record, verification
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotOpened,
    BallotResumed,
    Event,
    MinutesSigned,
    ResultSigned,
    VoteCast,
)
from appliance.values import Channel, Choice, Voting
from tests import assembly, polls
from tests.polls import Poll
from tests.verifiers import both, first_status

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN

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
        ("open", {"device": "phong-2"}),
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


@pytest.mark.parametrize("name", POLLS)
def test_a_head_that_is_none_is_found_by_both(name: str):
    entries = polls.closed(POLLS[name]).entries
    last, before = entries[-1], entries[-2]
    for seq, digest in ((last.seq, "ab" * 32), (before.seq, before.hash.hex()), (last.seq + 1, last.hash.hex())):
        assert both(run(POLLS[name], {"head": {"seq": seq, "hash": digest}})) == (1, 1), seq


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


def spoken(poll: Poll, *facts: Event, before: str = "BallotClosed") -> list[record.Entry]:
    """The poll's journal with some facts put in before the first of a kind, then its result."""
    said = [entry.event for entry in polls.closed(poll).entries]
    place = next(n for n, fact in enumerate(said) if type(fact).__name__ == before)
    entries = assembly.chain([*said[:place], *facts, *said[place:]])
    return assembly.signed(entries, poll=poll.id)


def cast(poll: Poll, number: int, choice: Choice) -> VoteCast:
    return VoteCast(ballot=poll.id, delegate=polls.name(number), choice=choice, channel=Channel.KEYPAD)


def test_votes_count_while_the_ballot_runs_and_the_last_one_stands():
    poll = Poll(members=3, present=3, votes={1: FOR, 2: FOR, 3: AGAINST})
    rests, goes_on = BallotHeld(ballot=poll.id, by="dv-01"), BallotResumed(ballot=poll.id, by="dv-01")
    entries = spoken(poll, cast(poll, 2, AGAINST), rests, cast(poll, 1, AGAINST), rests, goes_on, cast(poll, 3, FOR))
    assert both(assembly.batch_file(entries)) == (0, 0)
    (stated,) = polls.statements(entries)
    assert stated["votes"] == {"dv-01": "for", "dv-02": "against", "dv-03": "for"}
    late = [*entries[:-1], *assembly.chain([cast(poll, 1, AGAINST)], after=entries[:-1])]
    late = assembly.signed(late, poll=poll.id)
    assert polls.statements(late)[0]["votes"] == stated["votes"]
    assert both(assembly.batch_file(late)) == (0, 0)


def test_a_later_vote_takes_the_mark_of_one_entered_by_hand_away():
    poll = Poll(members=3, present=3, votes={1: FOR, 2: FOR}, entered={3: AGAINST})
    entries = spoken(poll, cast(poll, 3, FOR))
    assert polls.statements(entries)[0]["entered"] == []
    assert both(assembly.batch_file(entries)) == (0, 0)


@pytest.mark.parametrize("method", [Voting.OPEN, Voting.SECRET])
def test_an_annulled_ballot_with_a_result_is_found_by_both(method: Voting):
    poll = Poll(method, members=3, present=3, votes={1: FOR, 2: FOR})
    journal = polls.closed(poll)
    envelope = assembly.result_file(journal.entries, poll.id)
    facts = [entry.event for entry in journal.entries]
    closed = next(n for n, fact in enumerate(facts) if isinstance(fact, BallotClosed))
    ended = [*facts[:closed], BallotAnnulled(ballot=poll.id, by="secretary", reason="Nhầm câu hỏi")]
    assert both(assembly.batch_file(assembly.signed(journal.entries, envelope, poll.id))) == (0, 0)
    entries = assembly.chain(ended)
    stated = assembly.statement(journal.entries, poll.id) | {"closed_at": entries[-1].at}
    stated["head"] = {"seq": entries[-1].seq, "hash": entries[-1].hash.hex()}
    data = assembly.batch_file(assembly.signed(entries, record.seal(record.RESULT, stated, assembly.signer()), poll.id))
    assert both(data) == (1, 1)


@pytest.mark.parametrize("name", ["open", "secret", "slip"])
def test_a_result_before_the_end_is_found_by_both(name: str):
    poll = POLLS[name]
    entries = polls.closed(poll).entries
    kinds = {"open": "BallotClosed", "secret": "SecretBallotCounted", "slip": "SlipClosed"}
    short = [entry for entry in entries if entry.kind != kinds[name]]
    assert [e.seq for e in short] == [e.seq for e in entries[:-1]]
    stated = assembly.statement(entries, poll.id)
    stated["head"] = {"seq": short[-1].seq, "hash": short[-1].hash.hex()}
    data = assembly.batch_file(assembly.signed(short, record.seal(record.RESULT, stated, assembly.signer()), poll.id))
    assert both(data) == (1, 1)


# A tie that the chair decides: two results, the second in the place of the first --------------------------------------


TIES = {
    "open": Poll(members=5, present=4, votes={1: FOR, 2: AGAINST}, reading="tie-clause-for"),
    "secret": Poll(
        Voting.SECRET, members=4, present=4, votes={1: FOR, 2: AGAINST, 3: ABSTAIN}, reading="tie-clause-against"
    ),
    "hands": Poll(Voting.HANDS, members=4, present=4, hands=(2, 2, 0), reading="tie-clause-for"),
    "slip": Poll(Voting.SLIP, members=5, votes={1: FOR, 2: AGAINST}, reading="majority-clause"),
}


@pytest.mark.parametrize("name", TIES)
def test_a_ruling_is_intact_beside_its_entry_and_found_without(name: str):
    entries = polls.held(TIES[name])
    assert [entry.kind for entry in entries[-3:]] == ["ResultSigned", "TieDecided", "ResultSigned"]
    assert both(assembly.batch_file(entries)) == (0, 0)
    unsaid = [*entries[:-2], *assembly.chain([entries[-1].event], after=entries[:-2])]
    assert both(assembly.batch_file(unsaid)) == (1, 1), "nobody decided it"


@pytest.mark.parametrize(
    "change", [{"reading": "majority-clause"}, {"by": "dv-02"}, {"at": assembly.at(1)}, {"reason": ""}]
)
def test_a_ruling_that_says_otherwise_than_its_entry_is_found_by_both(change: dict[str, str]):
    entries = polls.held(TIES["open"])[:-1]
    stated = assembly.statement(entries, TIES["open"].id)
    ruling = stated["ruling"] | change
    if "reading" in change:
        reading = next(r for r in stated["verdict"]["readings"] if r["id"] == change["reading"])
        said = {
            "vi": reading["sentence"]["vi"][:-1] + "; chủ tọa đã xác định cách áp dụng này.",
            "en": reading["sentence"]["en"][:-1] + "; the chair stated that this reading applies.",
        }
        stated["verdict"] |= {"outcome": reading["outcome"], "sentence": said}
    envelope = record.seal(record.RESULT, stated | {"ruling": ruling}, assembly.signer())
    assert both(envelope) == (0, 0), "it is consistent in itself"
    assert both(assembly.batch_file(assembly.signed(entries, envelope, TIES["open"].id))) == (1, 1)


def test_nothing_takes_the_place_of_the_second_result():
    poll = TIES["open"]
    entries = polls.held(poll)
    third = assembly.signed(entries, poll=poll.id)
    assert both(assembly.batch_file(third)) == (1, 1)
    back = entries[-3].event
    assert isinstance(back, ResultSigned)
    assert both(assembly.batch_file([*entries, *assembly.chain([back], after=entries)])) == (1, 1)


# What the first alone looks at ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"meeting_title": "Một phiên họp khác"},
        {"electorate": [{"name": "Đại biểu Khác 01"}]},
    ],
)
def test_names_that_the_convening_does_not_give_are_found(changes: dict[str, Any]):
    poll = POLLS["open"]
    if "electorate" in changes:
        people = assembly.statement(polls.closed(poll).entries, poll.id)["electorate"]
        changes = {"electorate": [people[0] | changes["electorate"][0], *people[1:]]}
    assert both(run(poll, changes)) == (1, 0)


def test_another_electorate_than_the_opening_s_is_found_by_both_where_the_convening_is_not_in_the_run():
    poll = Poll(members=4, present=3, votes={1: FOR, 2: FOR, 3: FOR})
    entries = polls.closed(poll).entries
    opening = next(n for n, entry in enumerate(entries) if entry.kind == "BallotOpened")
    people = assembly.statement(entries, poll.id)["electorate"]
    other = {"electorate": [*people[:3], people[3] | {"id": "dv-44"}]}
    for changes, status in (({}, (0, 0)), (other, (1, 1))):
        envelope = assembly.result_file(entries, poll.id, **changes)
        assert both(envelope) == (0, 0), "it is consistent in itself"
        assert both(assembly.batch_file(assembly.signed(entries, envelope, poll.id)[opening:])) == status


def minutes(**changes: object) -> dict[str, Any]:
    public_key = base64.b64encode(assembly.signer().public_key).decode()
    return {"meeting": assembly.MEETING, "public_key": public_key} | changes


@pytest.mark.parametrize(
    ("payload_type", "statement", "key", "status"),
    [
        (record.MINUTES, minutes(), 1, 0),
        (record.MINUTES, minutes(meeting="m-2026-12"), 1, 1),
        (record.MINUTES, minutes(), 2, 1),
        (record.MANIFEST, minutes(), 1, 1),
    ],
)
def test_signed_minutes_are_this_box_s_and_this_meeting_s(
    payload_type: str, statement: dict[str, Any], key: int, status: int
):
    envelope = record.seal(payload_type, statement, assembly.signer(key)).decode()
    journal = polls.Journal(assembly.convened(assembly.members(3)))
    journal.say(MinutesSigned(meeting=assembly.MEETING, envelope=envelope))
    assert first_status(assembly.batch_file(journal.entries)) == status


def test_minutes_that_are_no_envelope_are_found():
    journal = polls.Journal(assembly.convened(assembly.members(3)))
    journal.say(MinutesSigned(meeting=assembly.MEETING, envelope="biên bản"))
    report = verification.check_batch(assembly.batch_file(journal.entries))
    assert (report.steps[-1].number, report.steps[-1].ok) == (8, False)
    assert assembly.MEETING in report.steps[-1].detail


@pytest.mark.parametrize(
    "changes",
    [
        {"preset": "none of ours"},
        {"majority": "two-thirds"},
        {"chair": "dv-99"},
        {"quorum": -1},
        {"replaces": "not a name!"},
        {"electorate": ("dv-77", "dv-78", "dv-79")},
        {"weights": {"dv-01": 5}},
        {"present": ("dv-01", "dv-01")},
    ],
)
def test_entries_that_give_no_result_at_all_are_a_fault_and_never_a_crash(changes: dict[str, Any]):
    """A box may write anything and sign it: whoever checks its record is told so."""
    poll = POLLS["open"]
    facts = [entry.event for entry in polls.closed(poll).entries]
    place = next(n for n, fact in enumerate(facts) if isinstance(fact, BallotOpened))
    facts[place] = facts[place].model_copy(update=changes)
    entries = assembly.chain(facts)
    stated = assembly.statement(polls.closed(poll).entries, poll.id)
    stated["head"] = {"seq": entries[-1].seq, "hash": entries[-1].hash.hex()}
    data = assembly.batch_file(assembly.signed(entries, record.seal(record.RESULT, stated, assembly.signer()), poll.id))
    assert both(data) == (1, 1)


def test_a_result_of_a_ballot_before_the_run_stands_alone():
    poll = POLLS["open"]
    entries = assembly.signed(polls.closed(poll).entries, None, poll.id)
    data = assembly.batch_file(entries[-1:])
    assert record.parse_batch(data)[0][0].kind == "ResultSigned"
    assert both(data) == (0, 0)
