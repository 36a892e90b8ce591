"""Who may ask what of the ballot service."""

from __future__ import annotations

import pytest

from appliance import box_requests, commands, wire
from appliance.rights import Who

ON_BEHALF = {
    Who.ANYBODY: {"identity", "claim", "sign_in", "sign_in_by_pin", "sign_in_by_link", "who_am_i"},
    Who.DELEGATE: {
        "check_in_myself", "check_out_myself", "report_absence", "vote", "turnout", "my_tracker", "answer_slip",
        "confirm_minutes",
    },
    Who.CHAIR: {"take_up", "decide_absence", "override_quorum", "hold", "resume", "decide_tie"},
    Who.HALL: {"pins", "drive_pin", "turnout"},
    Who.DOOR: {"check_in_by_pin"},
    Who.UPLINK: {"sign_checkpoint", "from_central"},
    Who.SECRETARY: {
        "convene", "end_meeting", "take_up", "name_chair", "secret_session", "check_in", "check_out", "revoke_check_in",
        "report_absence", "decide_absence", "bind_seat", "release_seat", "lock_seat", "readmit_seat", "override_quorum",
        "give_proxy", "withdraw_proxy", "open", "hold", "resume", "close", "annul", "enter_vote", "count_hands",
        "decide_tie", "passphrase", "turnout", "send_slip", "remind_slip", "extend_slip", "close_slip", "announce_slip",
        "note_proceeding", "record_conclusion", "assign_task", "withdraw_task", "confirm_minutes", "sign_manifest",
        "sign_checkpoint", "issue_pins", "issue_screen_link", "status", "pins", "drive_pin",
    },
    Who.TECHNICIAN: {
        "set_password", "issue_screen_link", "status", "walk_test", "show_configuration", "configure", "turnout",
        "secret_session", "release_record", "pins", "drive_pin",
    },
}  # fmt: skip
"""Beyond what anybody may ask. Written out by hand: a right that is added by mistake shows here."""


@pytest.mark.parametrize("who", ON_BEHALF)
def test_rights_are_those_written_out(who: Who):
    mine = {name for name, cls in wire.COMMANDS.items() if who in cls.who}
    assert mine == ON_BEHALF[who] | ON_BEHALF[Who.ANYBODY]


def test_whatever_the_chair_alone_may_do_carries_a_pin_when_somebody_else_asks():
    for name in ON_BEHALF[Who.CHAIR] - {"take_up", "hold", "resume"}:
        assert "pin" in wire.COMMANDS[name].model_fields, name


def test_nobody_votes_for_a_delegate_not_even_the_console():
    assert commands.Vote.who == {Who.DELEGATE}
    assert commands.CheckInMyself.who == {Who.DELEGATE}


def test_technician_and_secretary_hold_each_others_offices_not():
    """Whoever sets the box up opens no ballot; whoever runs the meeting changes no configuration."""
    assert Who.TECHNICIAN not in commands.Open.who | commands.Close.who | commands.CheckIn.who | commands.Convene.who
    assert Who.SECRETARY not in box_requests.Configure.who | box_requests.SetPassword.who | box_requests.WalkTest.who
