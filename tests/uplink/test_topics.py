"""Topics are spelled in one place, and whatever is not ours is nobody's."""

from __future__ import annotations

import pytest

from appliance.uplink.topics import Address, Place, for_central, for_device, parse

BOX = Address("tinh-mau", "phong-1")


@pytest.mark.parametrize("leaf", ["state", "events", "receipt", "command"])
def test_what_is_spelled_is_read(leaf):
    topic = getattr(BOX, leaf)
    assert topic == f"meeting/v1/tinh-mau/phong-1/{leaf}"
    assert parse(topic) == Place(BOX, leaf)


def test_results_have_their_ballot():
    assert parse(BOX.result("m-1.nd-2.1")) == Place(BOX, "result", "m-1.nd-2.1")


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "meeting/v1",
        "meeting/v1/a/b",
        "meeting/v1/a/b/other",
        "meeting/v1/a/b/result",
        "meeting/v1/a/b/result/x/y",
        "meeting/v2/a/b/state",
        "meeting/v1/a b/c/state",
        "meeting/v1//c/state",
        "meeting/v1/+/c/state",
        "meeting/v1/ơ/c/state",
    ],
)
def test_anything_else_is_not_ours(topic):
    assert parse(topic) is None


def test_a_device_hears_only_what_is_meant_for_it():
    assert for_device(BOX) == (BOX.receipt, BOX.command)


def test_only_events_are_shared_out_among_central_servers():
    assert [topic for topic in for_central() if topic.startswith("$share/")] == ["$share/central/meeting/v1/+/+/events"]
