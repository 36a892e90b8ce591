"""How commands and requests are spelled on a socket: the class name in snake case, its fields as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from appliance import box_requests, commands
from appliance.commands import Command
from appliance.errors import RecordError
from appliance.values import explain


def wire_name(cls: type[Command]) -> str:
    """`IssuePins` → `issue_pins`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def _of(module: ModuleType) -> list[type[Command]]:
    """The commands of a file, in its order."""
    found = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Command)]
    return [one for one in found if one.__module__ == module.__name__ and one is not Command]


COMMANDS: dict[str, type[Command]] = {wire_name(cls): cls for cls in (*_of(box_requests), *_of(commands))}
"""Name on the wire → class, what is asked of the box first."""

FROM_CENTRAL = ("convene", "open", "close", "end_meeting")
"""What the central server may ask for: the secretary's steps of a meeting, nothing about people or the box."""


def central_fault(do: str, args: Mapping[str, Any]) -> str | None:
    """Why the central server may not ask for this; None where it may."""
    if do not in FROM_CENTRAL:
        return f"central may ask for {', '.join(FROM_CENTRAL)}, not for {do!r}"
    if args.get("instead_of") is not None:
        return "central opens ballots and annuls none: instead_of is not for it"
    return None


def parse(do: str, args: dict[str, Any]) -> Command:
    """A command from the wire; raises `RecordError` naming the command or every argument that is wrong."""
    cls = COMMANDS.get(do)
    if cls is None:
        raise RecordError(f"no command is called {do!r}; known: {', '.join(COMMANDS)}")
    try:
        return cls.model_validate(args)
    except ValidationError as error:
        raise RecordError(f"{do}: {explain(error)}") from error
