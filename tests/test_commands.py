"""The commands: counterparts of facts."""

from __future__ import annotations

from appliance import commands, wire
from appliance.services.desk import counter


def test_each_command_becomes_a_fact():
    assert {cls.__module__ for cls in counter.ACTS} == {commands.__name__}
    assert set(counter.ACTS) < set(wire.COMMANDS.values())


def test_every_command_says_what_it_answers_or_does():
    for name, cls in wire.COMMANDS.items():
        assert "→" in (cls.__doc__ or ""), name
        assert cls.who, name
