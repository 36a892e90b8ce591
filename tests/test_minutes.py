"""The fold of a meeting: deterministic, and deaf to what comes twice or too late."""

from __future__ import annotations

import dataclasses
import random

from hypothesis import given
from hypothesis import strategies as st

from appliance import minutes
from appliance.events import BallotClosed, CheckInRevoked, Event, FaceNotIdentified, MeetingEnded, ResultSigned
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.values import Choice
from tests import assembly

VOTES = {"dv-01": Choice.FOR, "dv-02": Choice.AGAINST}
ENDED = MeetingEnded(meeting=assembly.MEETING, by="secretary")


def sat() -> list[Entry]:
    return assembly.signed(assembly.sat(3, present=2, votes=VOTES))


def folded(entries: list[Entry]) -> Minutes:
    made = minutes.fold(entries)
    assert made is not None
    return made


def test_before_the_first_meeting_there_are_no_minutes():
    assert minutes.fold([]) is None
    assert minutes.fold(sat()[:1]) is None
    assert minutes.fold_all(sat()[:1]) == []


def test_minutes_say_who_came_when_what_was_asked_and_how_it_ended():
    made = folded(sat())
    assert (made.id, made.convened_at, made.ended_at) == (assembly.MEETING, assembly.at(2), None)
    assert [(mark.delegate, mark.at) for mark in made.roll.present.values()] == [
        ("dv-01", assembly.at(3)),
        ("dv-02", assembly.at(4)),
    ]
    assert [d.id for d in made.absent_members] == ["dv-03"]
    ballot = made.ballots[assembly.BALLOT]
    assert (ballot.opened_at, ballot.closed_at, dict(ballot.votes)) == (assembly.at(5), assembly.at(8), VOTES)
    assert ballot.envelope is not None
    assert made.latest == ballot
    assert made.running is None
    assert made.ballots_on(assembly.ITEM) == (ballot,)
    assert made.ballots_on("x") == ()


def test_while_a_ballot_is_open_it_is_the_running_one():
    made = folded(sat()[:6])
    assert made.running == made.latest == made.ballots[assembly.BALLOT]


def test_items_and_seats_are_found():
    made = folded(sat())
    assert (item := made.item(assembly.ITEM)) is not None
    assert item.title == "Kế hoạch năm 2027"
    assert made.item("x") is None
    assert (delegate := made.at_seat("S02")) is not None
    assert delegate.id == "dv-02"
    assert made.at_seat("S99") is None


def test_faces_without_a_name_are_counted_by_kind():
    unknown = FaceNotIdentified(meeting=assembly.MEETING, decision="unknown", looks=3)
    facts: list[Event] = [unknown, unknown, unknown.model_copy(update={"decision": "ambiguous"})]
    facts.append(unknown.model_copy(update={"meeting": "m-other"}))
    entries = sat()
    assert folded([*entries, *assembly.chain(facts, after=entries)]).not_identified == {"unknown": 2, "ambiguous": 1}


def test_after_its_end_nothing_changes_but_a_result_that_was_still_to_be_signed():
    """The door may append a check-in in the very moment in which the secretary ends the meeting."""
    entries = sat()[:-1]
    ended = [*entries, *assembly.chain([ENDED], after=entries)]
    late: list[Event] = [
        assembly.arrived("dv-03"),
        CheckInRevoked(meeting=assembly.MEETING, delegate="dv-01", by="secretary", reason="nhầm"),
        FaceNotIdentified(meeting=assembly.MEETING, decision="unknown", looks=1),
        assembly.opened(["dv-01"], ["dv-01"]).model_copy(update={"ballot": "m-2026-11.noi-dung-1.2"}),
        assembly.vote("dv-01", Choice.AGAINST),
        BallotClosed(ballot=assembly.BALLOT, by="secretary"),
        ENDED,
    ]
    assert folded([*ended, *assembly.chain(late, after=ended)]) == folded(ended)
    result = ResultSigned(ballot=assembly.BALLOT, envelope="{}")
    assert folded([*ended, *assembly.chain([result], after=ended)]).ballots[assembly.BALLOT].envelope == "{}"


def test_the_end_of_another_meeting_is_not_the_end_of_this_one():
    entries = sat()
    other = ENDED.model_copy(update={"meeting": "m-other"})
    assert folded([*entries, *assembly.chain([other], after=entries)]).ended_at is None


def test_the_next_meeting_begins_with_an_empty_roll_and_the_one_before_is_kept():
    entries = sat()
    following = assembly.convened(assembly.members(3), meeting="m-2026-12")
    both = minutes.fold_all([*entries, *assembly.chain([following], after=entries)])
    assert [m.id for m in both] == [assembly.MEETING, "m-2026-12"]
    assert both[1].roll.present == {}
    assert both[0] == folded(entries)


@given(st.randoms(use_true_random=False))
def test_the_fold_is_deterministic_and_deaf_to_a_fact_that_comes_twice(chance: random.Random):
    """Any fact but a convening may be delivered again right away, with a later time: the minutes are the same."""
    entries = sat()
    doubled = [
        again
        for entry in entries
        for again in (
            entry,
            *(
                dataclasses.replace(entry, at=assembly.at(5000))
                for _ in range(chance.randint(0, 2) if entry.kind != "MeetingConvened" else 0)
            ),
        )
    ]
    assert folded(doubled) == folded(entries) == folded(entries)


@given(st.integers(0, 9))
def test_folding_in_two_parts_is_folding_at_once(cut: int):
    entries = sat()
    made: Minutes | None = minutes.fold(entries[:cut])
    for entry in entries[cut:]:
        made = minutes.apply(made, entry.event, entry.at)
    assert made == minutes.fold(entries)
