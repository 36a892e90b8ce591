"""How commands and requests are spelled on the wire."""

from __future__ import annotations

import pytest

from appliance import box_requests, commands, wire
from appliance.errors import RecordError
from appliance.values import Choice


def test_names_on_the_wire_are_snake_case_and_come_back():
    assert wire.wire_name(box_requests.SignInByPin) == "sign_in_by_pin"
    for name, cls in wire.COMMANDS.items():
        assert wire.wire_name(cls) == name
    vote = wire.parse("vote", {"ballot": "m.x.1", "choice": "for"})
    assert vote == commands.Vote(ballot="m.x.1", choice=Choice.FOR)


@pytest.mark.parametrize(
    ("do", "args", "complaint"),
    [
        ("explode", {}, "no command is called 'explode'; known: identity, claim"),
        ("Vote", {}, "no command is called 'Vote'"),
        ("vote", {}, "vote: ballot: Field required; choice: Field required"),
        ("vote", {"ballot": "m.x.1", "choice": "maybe"}, "choice"),
        ("vote", {"ballot": "m.x.1", "choice": "for", "delegate": "dv-02"}, "delegate: Extra"),
        ("vote", {"ballot": "../x", "choice": "for"}, "ballot: String should match"),
        ("sign_in", {"role": "delegate", "password": "x"}, "role"),
        ("set_password", {"role": "secretary", "password": "short"}, "password: String should have at least 10"),
        ("convene", {"meeting": "m", "title": "x", "roster": []}, "roster"),
        ("sign_checkpoint", {"seq": 0}, "seq"),
        ("drive_pin", {"line": 512, "down": True}, "line"),
        ("configure", {"toml": "x" * 200_001}, "toml"),
    ],
)
def test_what_is_malformed_is_refused_with_every_argument_that_is_wrong(
    do: str, args: dict[str, object], complaint: str
):
    with pytest.raises(RecordError, match=complaint):
        wire.parse(do, args)
