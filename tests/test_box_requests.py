"""What is asked of the box itself."""

from __future__ import annotations

from appliance import box_requests, wire
from appliance.services.desk import acts, counter


def test_everything_that_is_no_command_is_answered_by_the_box():
    assert {cls.__module__ for cls in counter.ANSWERS} == {box_requests.__name__}
    assert set(wire.COMMANDS.values()) == {*acts.ACTS, *counter.ANSWERS}
