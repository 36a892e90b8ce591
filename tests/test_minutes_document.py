"""Minutes as a document: everything of the morning, and nothing that comes after its end."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from appliance import minutes_document, slips
from appliance.attendance import Stay
from appliance.errors import RecordError
from appliance.events import (
    AbsenceReported,
    ItemTakenUp,
    MeetingEnded,
    ProxyGiven,
    ProxyWithdrawn,
    SeatReadmitted,
    TaskAssigned,
    TieDecided,
    VoteCast,
)
from appliance.minutes_form import Attendee, Document, ItemRecord
from appliance.values import Capacity, Method, Presence
from tests import sitting
from tests.sitting import MEETING, Journal, arrived, member, utc


@pytest.fixture(scope="module")
def made() -> Document:
    return sitting.morning().document()


def line(document: Document, delegate: str) -> Attendee:
    return next(a for a in document.attendance if a.delegate.id == delegate)


def item(document: Document, name: str) -> ItemRecord:
    return next(i for i in document.items if i.item == name)


def convened(journal: Journal, **changes: object) -> None:
    journal.say("07:40", sitting.convened().model_copy(update=changes))


# The head ------------------------------------------------------------------------------------------------------------


def test_place_times_chair_and_secretary(made: Document):
    assert (made.body, made.title, made.place) == (
        "Ủy ban nhân dân tỉnh Mẫu",
        "Phiên họp thường kỳ tháng 11 năm 2026",
        "Phòng họp số 1, số 1 đường Mẫu, phường Mẫu",
    )
    assert [room.name for room in made.rooms] == ["Điểm cầu trung tâm", "Điểm cầu xã Mẫu"]
    assert (made.starts_at, made.convened_at, made.ended_at) == (
        "2026-11-22T08:00:00+07:00",
        utc("07:40"),
        utc("11:05"),
    )
    assert (made.chair, made.secretary, made.utc_offset) == (member(2), "kh-01", "+07:00")
    assert [(one.delegate, one.since, one.reason) for one in made.chairs] == [
        (member(1), utc("07:40"), ""),
        (member(2), utc("09:35"), "Chủ tịch họp trực tuyến với Trung ương"),
    ]


@pytest.mark.parametrize(
    ("published", "start", "offset"),
    [
        ("2026-11-22T08:00:00+07:00", "2026-11-22T08:00:00+07:00", "+07:00"),
        ("2026-11-22T10:00:00+09:00", "2026-11-22T10:00:00+09:00", "+09:00"),
        ("2026-11-22T04:30:00+03:30", "2026-11-22T04:30:00+03:30", "+03:30"),
        ("2026-11-22T01:00:00Z", "2026-11-22T08:00:00+07:00", "+07:00"),  # Z: a moment, and nobody's local time
        ("2026-11-22T01:00:00+00:00", "2026-11-22T01:00:00+00:00", "+00:00"),
        ("2026-11-22T08:00", "2026-11-22T08:00:00+07:00", "+07:00"),
        ("2026-11-22T08:00:00+07:00:30", "", "+07:00"),
        ("8 giờ sáng", "", "+07:00"),
        ("", "", "+07:00"),
    ],
)
def test_local_time_is_that_of_the_published_start(published: str, start: str, offset: str):
    assert minutes_document.start(published) == (start, offset)
    journal = Journal()
    convened(journal, starts_at=published)
    made = journal.document()
    assert (made.starts_at, made.utc_offset) == (start, offset)


# The roll ------------------------------------------------------------------------------------------------------------


def test_how_many_of_how_many_and_by_which_way(made: Document):
    attended = made.attended
    assert attended.model_dump() == {
        "members": 12,
        "present": 9,
        "in_person": 8,
        "online": 1,
        "quorum": 8,
        "quorum_article": "Luật 77/2015/QH13, Điều 114",
    }


def test_where_votes_have_weights_the_quorum_is_one():
    journal = Journal()
    people = tuple(d.model_copy(update={"weight": 10}) for d in sitting.roster())
    convened(journal, preset="board", roster=people)
    attended = journal.document().attended
    assert (attended.members, attended.quorum) == (12, 78)  # 65 % of 120


def test_each_absent_member_with_the_reason_and_the_chairs_word(made: Document):
    absent = [a for a in made.attendance if a.delegate.role == "member" and not a.stays]
    assert [(a.delegate.id, a.absence and (a.absence.reason, a.absence.accepted)) for a in absent] == [
        (member(10), ("Đi công tác theo kế hoạch", True)),
        (member(11), ("Bận việc riêng", False)),
        (member(12), None),
    ]


def test_an_absence_that_the_chair_has_not_decided_stays_open():
    journal = Journal()
    convened(journal)
    journal.say("07:50", AbsenceReported(meeting=MEETING, delegate=member(3), reason="Ốm", by=member(3)))
    absence = line(journal.document(), member(3)).absence
    assert absence is not None
    assert absence.accepted is None


def test_who_was_taken_off_the_roll_was_never_there(made: Document):
    assert line(made, member(10)).stays == ()


def test_late_to_the_minute_against_the_published_start(made: Document):
    assert {a.delegate.id: a.late_minutes for a in made.attendance if a.late_minutes} == {member(8): 12}


@pytest.mark.parametrize(("came", "late"), [("07:59", 0), ("08:00", 0), ("08:00:59", 0), ("08:01", 1), ("09:30", 90)])
def test_less_than_a_minute_is_not_late(came: str, late: int):
    journal = Journal()
    convened(journal)
    journal.say(came, arrived(member(1)))
    assert line(journal.document(), member(1)).late_minutes == late


def test_without_a_published_start_nobody_is_late():
    journal = Journal()
    convened(journal, starts_at="")
    journal.say("11:00", arrived(member(1)))
    assert line(journal.document(), member(1)).late_minutes == 0


def test_nobody_is_late_at_a_meeting_that_was_put_off_to_another_day():
    journal = Journal()
    convened(journal, starts_at="2026-11-20T08:00:00+07:00")
    journal.say("08:30", arrived(member(1)))
    made = journal.document()
    assert line(made, member(1)).late_minutes == 0
    assert made.starts_at == "2026-11-20T08:00:00+07:00", "which start was published stays known"


def test_who_left_before_the_end_and_did_not_return(made: Document):
    assert {a.delegate.id: a.left_early_at for a in made.attendance if a.left_early_at} == {
        member(1): utc("09:35"),
        member(7): utc("09:45"),
    }
    assert [(s.arrived_at, s.left_at) for s in line(made, member(6)).stays] == [
        (utc("07:50"), utc("08:42")),
        (utc("08:50"), ""),
    ]


def test_leaving_in_the_last_minute_is_not_early():
    journal = Journal()
    convened(journal)
    journal.say("08:00", arrived(member(1)), arrived(member(2)))
    journal.say("10:00:10", sitting.left(member(1)))
    journal.say("10:00:30", sitting.left(member(2)))
    journal.say("10:01:20", MeetingEnded(meeting=MEETING, by="secretary"))
    assert line(journal.document(), member(1)).left_early_at == utc("10:00:10")
    assert line(journal.document(), member(2)).left_early_at == ""


def test_while_the_meeting_lasts_nobody_has_left_early():
    journal = Journal()
    convened(journal)
    journal.say("08:00", arrived(member(1)))
    journal.say("08:30", sitting.left(member(1)))
    made = journal.document()
    assert made.ended_at == ""
    assert line(made, member(1)).left_early_at == ""


def test_online_guests_and_substitutes(made: Document):
    assert line(made, member(9)).stays[0].presence is Presence.ONLINE
    assert line(made, "dt-01").delegate.substitute_for == member(12)
    guest = line(made, "kh-02").stays[0]
    assert (guest.method, guest.by, guest.reason) == (Method.HAND, "secretary", "Không mang thẻ")


# The course ----------------------------------------------------------------------------------------------------------


def test_items_stand_as_the_meeting_turned_to_them_and_the_rest_behind():
    journal = Journal()
    convened(journal)
    for at, name in (("08:10", "nd-3"), ("08:20", "nd-1"), ("08:30", "nd-3"), ("08:40", "nd-3")):
        journal.say(at, ItemTakenUp(meeting=MEETING, item=name, by="secretary"))
    journal.say("09:00", MeetingEnded(meeting=MEETING, by="secretary"))
    made = journal.document()
    assert [i.item for i in made.items] == ["nd-3", "nd-1", "nd-2", "nd-4", "nd-5"]
    assert [(s.begin, s.end) for s in item(made, "nd-3").spans] == [
        (utc("08:10"), utc("08:20")),
        (utc("08:30"), utc("09:00")),  # turned to again while it was at hand: one span
    ]


def test_the_item_at_hand_of_a_draft_has_no_end_and_tells_of_nobody():
    journal = Journal()
    convened(journal)
    journal.say("08:00", arrived(member(1)))
    journal.say("08:10", ItemTakenUp(meeting=MEETING, item="nd-1", by="secretary"))
    journal.say("08:15", sitting.left(member(1)))
    (span,) = item(journal.document(), "nd-1").spans
    assert (span.begin, span.end, span.changes) == (utc("08:10"), "", ())


def test_per_item_who_was_not_there_for_all_of_it(made: Document):
    told = {
        i.item: [(c.delegate, c.stay, c.arrived, c.left) for span in i.spans for c in span.changes] for i in made.items
    }
    assert told == {
        "nd-1": [],
        "nd-2": [(member(6), Stay.PART, (utc("08:50"),), (utc("08:42"),))],
        "nd-3": [(member(1), Stay.EARLY, (), (utc("09:35"),))],
        "nd-4": [(member(1), Stay.NONE, (), ()), (member(7), Stay.EARLY, (), (utc("09:45"),))],
        "nd-5": [],
    }


def test_an_item_of_no_length_tells_of_nobody():
    journal = Journal()
    convened(journal)
    journal.say("08:00", arrived(member(1)))
    journal.say("08:10", *(ItemTakenUp(meeting=MEETING, item=name, by="secretary") for name in ("nd-1", "nd-2")))
    (span,) = item(journal.document(), "nd-1").spans
    assert (span.begin, span.end, span.changes) == (utc("08:10"), utc("08:10"), ())


def test_what_was_said_and_concluded_stands_where_it_belongs(made: Document):
    assert [(note.at, note.text) for note in made.notes] == [(utc("08:02"), "Chào cờ, giới thiệu đại biểu.")]
    assert [note.at for note in item(made, "nd-1").notes] == [utc("08:16")]
    assert item(made, "nd-1").conclusion.startswith("Thống nhất thông qua Kế hoạch")
    assert item(made, "nd-2").conclusion == ""
    assert made.conclusion == "Yêu cầu các cơ quan báo cáo tiến độ trước ngày 25 tháng 12 năm 2026."
    assert [task.id for task in made.tasks] == ["nv-1", "nv-2"]


def test_incidents_and_secret_sessions_with_their_times(made: Document):
    assert [(one.what, one.at, one.seat, one.delegate, one.by, one.reason) for one in made.incidents] == [
        ("seat-locked", utc("08:26"), "S07", member(7), "secretary", "Bàn phím không phản hồi"),
        ("quorum-overridden", utc("09:48"), "", "", member(2), "Nội dung chỉ về lịch làm việc"),
    ]
    assert (made.incidents[1].present, made.incidents[1].quorum) == (7, 8)
    assert [(one.begin, one.end) for one in made.secret_sessions] == [(utc("08:41"), utc("09:00"))]


def test_keypads_that_count_again_and_proxies_are_incidents_too():
    journal = Journal()
    convened(journal)
    journal.say("08:00", SeatReadmitted(meeting=MEETING, seat="S07", by="secretary", reason="Đã thay pin"))
    giving = ProxyGiven(meeting=MEETING, giver=member(3), holder=member(4), document="Giấy ủy quyền 01", by="secretary")
    journal.say("08:01", giving)
    journal.say("08:02", ProxyWithdrawn(meeting=MEETING, giver=member(3), by="secretary", reason="Đã đến"))
    assert [(i.what, i.seat, i.delegate, i.holder, i.document, i.reason) for i in journal.document().incidents] == [
        ("seat-readmitted", "S07", "", "", "", "Đã thay pin"),
        ("proxy-given", "", member(3), member(4), "Giấy ủy quyền 01", ""),
        ("proxy-withdrawn", "", member(3), "", "", "Đã đến"),
    ]


# The digest ----------------------------------------------------------------------------------------------------------


def test_the_digest_is_that_of_the_spelled_minutes(made: Document):
    data = minutes_document.spelled(made)
    assert minutes_document.digest(made) == hashlib.sha256(data).hexdigest()
    assert minutes_document.parse(data) == made


@pytest.mark.parametrize("data", [b"", b"{}", b'{"type":"minutes"}'])
def test_what_is_no_minutes_is_refused(data: bytes):
    with pytest.raises(RecordError, match="minutes: "):
        minutes_document.parse(data)


def test_another_spelling_is_refused(made: Document):
    with pytest.raises(RecordError, match="spelling"):
        minutes_document.parse(minutes_document.spelled(made) + b"\n")


def test_nothing_after_the_end_changes_the_digest():
    """Confirmations, signatures, a slip announced elsewhere and its tie that is decided later: all come after."""
    journal = sitting.morning(confirmed=False)
    before = minutes_document.digest(journal.document())
    journal.confirm("11:20", Capacity.SECRETARY, "kh-01")
    journal.say("11:21", arrived(member(11)))  # the door, in the very moment of the end
    journal.confirm("11:25", Capacity.CHAIR, member(2))
    journal.sign_minutes("11:25")
    later = {name: slips.apply({name: slip}, _tie(name), utc("12:00"))[name] for name, slip in journal.slips.items()}
    assert all(slip.tie is not None for slip in later.values())
    again = minutes_document.document(journal.meeting, later.values())
    assert minutes_document.digest(again) == before


def test_a_tie_of_a_slip_that_was_decided_before_the_end_belongs_to_the_minutes():
    journal = sitting.morning(confirmed=False)
    for at, told in (("11:04", True), ("11:05", True), ("11:06", False)):
        slip = slips.apply(journal.slips, _tie(sitting.SLIP), utc(at))[sitting.SLIP]
        (record,) = minutes_document.document(journal.meeting, [slip]).slips
        assert (record.ruling is not None) is told


def _tie(name: str) -> TieDecided:
    return TieDecided(ballot=name, reading="majority-clause", by=member(1), reason="Chưa đạt")


def test_the_minutes_are_others_whatever_fact_is_left_out():
    """Except what a later fact took back: nothing of the meeting is told to nobody."""
    journal = sitting.morning(confirmed=False)
    whole = minutes_document.digest(journal.document())
    silent = []
    for left_out in journal.entries:
        again = Journal()
        for entry in journal.entries:
            if entry is not left_out:
                again.take(entry.event, entry.at)
        if again.minutes is None or minutes_document.digest(again.document()) == whole:
            silent.append(left_out)
    kept = [entry.event for entry in silent if entry.kind not in ("DeviceInstalled", "ResultSigned")]
    assert {type(event).__name__ for event in kept} == {"MeetingConvened", "CheckedIn", "VoteCast", "TaskAssigned"}
    taken_back = {
        "CheckedIn": [arrived(member(10))],
        "TaskAssigned": [TaskAssigned(meeting=MEETING, task=sitting.tasks()[2], by="secretary")],
    }
    for kind, events in taken_back.items():
        assert [event for event in kept if type(event).__name__ == kind] == events
    votes = [(event.ballot, event.delegate) for event in kept if isinstance(event, VoteCast)]
    # Of one ballot a vote that its voter changed; the other was annulled.
    assert votes == [(f"{MEETING}.nd-1.1", member(6)), *((f"{MEETING}.nd-3.1", member(n)) for n in (1, 2))]


def test_times_of_the_journal_are_kept_as_they_are(made: Document):
    for text in (made.convened_at, made.ended_at, made.items[0].ballots[0].opened_at):
        assert text.endswith("Z")
        assert datetime.fromisoformat(text).tzinfo is not None
