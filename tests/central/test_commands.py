"""Commands are numbered per device, short-lived, and signed so that a ballot service accepts them."""

from __future__ import annotations

import pytest

from appliance import record, verification
from appliance.central import commands
from appliance.errors import RecordError
from tests import assembly
from tests.worlds.uplink import Centre

BOX = "tinh-mau/phong-1"


@pytest.fixture
def centre(tmp_path):
    with Centre(tmp_path, None) as made:
        yield made


def issue(centre, do="open", args=None, name=BOX):
    args = {"item": "nd-1"} if args is None else args
    return commands.issue(centre.archive, centre.signer, name, do, args, assembly.at(0))


def test_numbers_grow_for_each_device_by_itself(centre):
    assert [issue(centre)["number"], issue(centre)["number"], issue(centre, name="tinh-mau/phong-2")["number"]] == [
        1,
        2,
        1,
    ]


def test_the_envelope_says_what_was_asked(centre):
    statement = issue(centre)
    (row,) = centre.archive.commands("tinh-mau", "phong-1")
    opened = verification.open_envelope(row["envelope"], record.COMMAND, centre.signer.public_key)
    assert (
        opened
        == statement
        == {
            "args": {"item": "nd-1"},
            "at": assembly.at(0),
            "device": "phong-1",
            "do": "open",
            "number": 1,
            "site": "tinh-mau",
        }
    )


@pytest.mark.parametrize(
    ("do", "args", "name", "said"),
    [
        ("vote", {}, BOX, "not for 'vote'"),
        ("open", {"item": "nd-1", "instead_of": "m-1.nd-1.1"}, BOX, "annuls none"),
        ("open", {}, BOX, "item"),
        ("open", {"item": "nd-1", "more": 1}, BOX, "more"),
        ("open", {"item": "nd-1"}, "phong-1", "SITE/DEVICE"),
    ],
)
def test_what_no_device_would_accept_is_not_signed(centre, do, args, name, said):
    with pytest.raises(RecordError, match=said):
        issue(centre, do, args, name)
    assert centre.archive.unsent_commands() == []


@pytest.mark.parametrize(("seconds", "old"), [(0, False), (60, False), (61, True)])
def test_an_old_command_is_expired(seconds, old):
    assert commands.expired(assembly.at(0), assembly.at(seconds)) is old
