"""Few kinds of surprise, each also a builtin kind, each a sentence."""

from __future__ import annotations

import pytest

from appliance import errors
from appliance.errors import ApplianceError, ConfigurationError

KINDS = {
    errors.ConfigurationError: ValueError,
    errors.DeviceError: OSError,
    errors.RecordError: ValueError,
    errors.JournalError: RuntimeError,
    errors.ControlError: ConnectionError,
    errors.RefusedError: RuntimeError,
}


def test_these_are_all():
    """The demo has one of its own, which nobody but its command sees."""
    kinds = {kind for kind in ApplianceError.__subclasses__() if not kind.__module__.startswith("appliance.demo")}
    assert kinds == set(KINDS)


@pytest.mark.parametrize(("kind", "builtin"), KINDS.items())
def test_each_is_also_a_builtin_kind(kind: type[ApplianceError], builtin: type[Exception]):
    assert issubclass(kind, builtin)


def test_a_configuration_error_lists_every_problem_and_names_the_source():
    error = ConfigurationError("appliance.toml", ["web.port: 0", "box.site: empty"])
    assert error.problems == ("web.port: 0", "box.site: empty")
    assert str(error) == "appliance.toml: web.port: 0; box.site: empty"
