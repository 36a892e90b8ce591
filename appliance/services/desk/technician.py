"""The technician's commands: how things are, the walk test, the configuration, and the keypads on the screen."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance import box_requests, commands, config
from appliance.config import Configuration
from appliance.errors import ConfigurationError
from appliance.events import ConfigurationChanged
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import Caller
from appliance.services.draft import Draft
from appliance.values import Refusal

NO_SCREEN = Refusal(
    code="no-screen-keypads", message='the keypads are real; keypads.factory = "mock" puts them on screen'
)

OURS = ("box.", "keypads.", "uplink.central_key")
"""Settings that this service uses: a change of one of them is a new start."""


def _status(desk: Desk, _command: box_requests.Status, _caller: Caller, draft: Draft, _id: str) -> dict[str, Any]:
    seats: dict[str, dict[str, Any]] = {
        seat: {"lamp": lamp.value, "stuck": []} for seat, (lamp, _) in desk.seats.showing.items()
    }
    for seat, choice in sorted(desk.seats.stuck):
        seats.setdefault(seat, {"lamp": "off", "stuck": []})["stuck"].append(choice)
    return {
        "service": "ballot",
        "seq": desk.follower.seq,
        "seats": seats,
        "clock": "synchronised" if draft.when.synchronised else "unsynchronised",
        "factory": desk.configuration.keypads.factory,
    }


def _walk_test(desk: Desk, command: box_requests.WalkTest, _caller: Caller, draft: Draft, _id: str) -> Any:
    if command.on and draft.meeting is not None and draft.meeting.running is not None:
        return Refusal(code="ballot-running", message=f"ballot {draft.meeting.running.id} is open: no walk test now")
    if command.on and desk.seats.walk is None:
        desk.seats.start_walk()
    pressed = desk.seats.walk or {}
    if command.on is False and desk.seats.walk is not None:
        desk.seats.end_walk()
    return {"on": desk.seats.walk is not None, "pressed": {seat: list(keys) for seat, keys in pressed.items()}}


def _show_configuration(
    desk: Desk, _command: box_requests.ShowConfiguration, _caller: Caller, _draft: Draft, _id: str
) -> dict[str, Any]:
    path = desk.state.configuration_file
    text = path.read_text("utf-8") if path.exists() else ""
    return {"toml": text, "digest": config.digest(desk.configuration)}


def _configure(desk: Desk, command: box_requests.Configure, caller: Caller, draft: Draft, _id: str) -> Any:
    try:
        wanted = config.parse(tomllib.loads(command.toml))
    except tomllib.TOMLDecodeError as error:
        return {"problems": [f"not TOML: {error}"], "changed": []}
    except ConfigurationError as error:
        return {"problems": list(error.problems), "changed": []}
    changed = config.changed_keys(desk.configuration, wanted)
    problems = _fixed_problems(desk.configuration, wanted)
    ours = [key for key in changed if key.startswith(OURS)]
    if ours and draft.meeting is not None and draft.meeting.running is not None:
        problems.append(f"a ballot is open: {', '.join(ours)} would restart the keypads; close it first")
    if not problems and not command.check_only:
        save(desk.state.configuration_file, command.toml)
        if changed:
            draft.state(ConfigurationChanged(configuration=config.digest(wanted), keys=changed, by=caller.subject))
        desk.configuration = wanted
        desk.restart_wanted = desk.restart_wanted or bool(ours)
    return {"problems": problems, "changed": list(changed)}


def _fixed_problems(before: Configuration, after: Configuration) -> list[str]:
    return [
        f"box.{key}: is fixed since the journal began as {getattr(before.box, key)!r}; "
        "another site or device needs a new state directory"
        for key in ("site", "device")
        if getattr(before.box, key) != getattr(after.box, key)
    ]


def save(path: Path, text: str) -> None:
    """Replace the file whole or not at all; durable when it returns."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _pins(desk: Desk, _command: box_requests.Pins, _caller: Caller, _draft: Draft, _id: str) -> Any:
    if desk.screen is None:
        return NO_SCREEN
    return {str(line): level for line, level in desk.screen.levels().items()}


def _drive_pin(desk: Desk, command: box_requests.DrivePin, _caller: Caller, _draft: Draft, _id: str) -> Any:
    if desk.screen is None:
        return NO_SCREEN
    if not desk.screen.drive(command.line, command.down):
        return Refusal(code="no-key", message=f"no key is wired to line {command.line}")
    return {}


ANSWERS: dict[type[commands.Command], Callable[..., Any]] = {
    box_requests.Status: _status,
    box_requests.WalkTest: _walk_test,
    box_requests.ShowConfiguration: _show_configuration,
    box_requests.Configure: _configure,
    box_requests.Pins: _pins,
    box_requests.DrivePin: _drive_pin,
}
