"""One meeting out of a whole journal: the right one, and nothing of what comes after it."""

from __future__ import annotations

import pytest

from appliance import meeting_record, minutes_document
from appliance.errors import RecordError
from appliance.events import MeetingEnded, SlipAnnounced
from appliance.meeting_record import SIGNED_MINUTES
from tests import sitting
from tests.sitting import MEETING, Journal, utc

LATER = "m-2026-12"


def two_meetings() -> Journal:
    """The morning, and another meeting two weeks later at which the slip is announced again."""
    journal = sitting.morning()
    journal.say("08:00", sitting.convened().model_copy(update={"meeting": LATER}), day="2026-12-06")
    journal.say("08:10", SlipAnnounced(slip=sitting.SLIP, meeting=LATER, by="secretary"), day="2026-12-06")
    return journal


def test_unnamed_it_is_the_latest_named_an_earlier_one():
    entries = two_meetings().entries
    assert meeting_record.find(entries).minutes.id == LATER
    assert meeting_record.find(entries, LATER).minutes.id == LATER
    assert meeting_record.find(entries, MEETING).minutes.id == MEETING


def test_what_comes_after_changes_nothing_about_a_meeting():
    before, after = meeting_record.find(sitting.entries()), meeting_record.find(two_meetings().entries, MEETING)
    assert minutes_document.digest(after.document) == minutes_document.digest(before.document)
    assert (after.last, after.signed) == (before.last, before.signed)


def test_the_last_entry_about_it():
    whole, unconfirmed = sitting.entries(), sitting.entries(confirmed=False)
    assert meeting_record.find(whole).last.kind == "MinutesSigned"
    assert meeting_record.find(whole[:-1]).last.kind == "MinutesConfirmed"
    assert meeting_record.find(unconfirmed).last.kind == "MeetingEnded"
    lasting = [entry for entry in unconfirmed if not isinstance(entry.event, MeetingEnded)]
    assert meeting_record.find(lasting).last == lasting[-1]


def test_whatever_was_signed_about_it_is_a_file():
    found = meeting_record.find(sitting.entries())
    ballots = [f"results/{MEETING}.{name}.json" for name in ("nd-1.1", "nd-2.1", "nd-3.2", "nd-4.1")]
    assert sorted(found.signed) == sorted([*ballots, f"results/{sitting.SLIP}.json", SIGNED_MINUTES])
    # Of a tie the second result, with the chair's ruling.
    results = [e.event for e in sitting.entries() if e.kind == "ResultSigned"]
    envelopes = [e.envelope for e in results if getattr(e, "ballot", "") == f"{MEETING}.nd-2.1"]  # type: ignore[attr-defined]
    assert len(envelopes) == 2
    assert found.signed[f"results/{MEETING}.nd-2.1.json"] == envelopes[1].encode()
    assert SIGNED_MINUTES not in meeting_record.find(sitting.entries(confirmed=False)).signed


def test_slips_belong_to_the_meetings_at_which_they_were_announced():
    entries = two_meetings().entries
    earlier, later = meeting_record.find(entries, MEETING), meeting_record.find(entries, LATER)
    assert [slip.announced_at for slip in earlier.document.slips] == [utc("08:05")]
    assert [slip.announced_at for slip in later.document.slips] == [utc("08:10", "2026-12-06")]
    without = [entry for entry in sitting.entries() if not isinstance(entry.event, SlipAnnounced)]
    assert meeting_record.find(without).announced == ()


def test_no_meeting_no_journal():
    entries = sitting.entries()
    with pytest.raises(RecordError, match="no meeting m-9 in this journal"):
        meeting_record.find(entries, "m-9")
    with pytest.raises(RecordError, match="no meeting was convened yet"):
        meeting_record.find(entries[:5])
    for foreign in ((), entries[1:]):
        with pytest.raises(RecordError, match="not a whole journal"):
            meeting_record.find(foreign)
