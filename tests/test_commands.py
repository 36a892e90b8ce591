"""The commands: counterparts of facts."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from appliance import commands, wire
from appliance.services.desk import acts
from appliance.values import Value


def test_each_command_becomes_a_fact():
    assert {cls.__module__ for cls in acts.ACTS} == {commands.__name__}
    assert set(acts.ACTS) < set(wire.COMMANDS.values())


def accepts(model: type[Value], name: str, value: str) -> bool:
    """Whether this one field takes that value."""
    field = model.model_fields[name]
    kind: Any = Annotated[field.annotation, *field.metadata]
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("command", acts.ACTS, ids=lambda one: one.__name__)
def test_no_words_of_a_command_are_looser_than_its_facts(command: type[commands.Command]):
    """What a command takes and its fact does not would end the service."""
    kinds = acts.ACTS[command].kind
    for fact in kinds if isinstance(kinds, tuple) else (kinds,):
        for name in {"reason", "text", "document"} & set(command.model_fields) & set(fact.model_fields):
            for value in ("", " ", "x" * 501, "x" * 5001):
                assert accepts(fact, name, value) or not accepts(command, name, value), (name, value[:9], fact)


def test_every_command_says_what_it_answers_or_does():
    for name, cls in wire.COMMANDS.items():
        assert "→" in (cls.__doc__ or ""), name
        assert cls.who, name
