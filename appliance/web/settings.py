"""The technician's settings: the broker with a connection test, and the whole file with every error at once."""

from __future__ import annotations

from typing import Any

import tomlkit
from flask import Blueprint, render_template, request
from tomlkit.exceptions import TOMLKitError

from appliance import config
from appliance.errors import ConfigurationError, ControlError
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import pages, room, security, words

blueprint = Blueprint("settings", __name__, url_prefix="/technician")

ME = Who.TECHNICIAN

TEST_SECONDS = 40.0
"""A broker that swallows packets lets every step of the test run into its own time limit."""


@blueprint.get("/configuration")
@pages.only(ME)
def configuration() -> Any:
    """The file as it is."""
    return _editor(_file())


@blueprint.post("/configuration")
@pages.only(ME)
@security.by_person
def save() -> Any:
    """Check, and with the button `save` keep, what was edited. With any problem nothing is saved."""
    toml = request.form.get("toml", "").replace("\r\n", "\n")
    keep = request.form.get("do") == "save"
    answer = room.ask("configure", toml=toml, check_only=not keep)
    if isinstance(answer, Refusal):
        return _editor(toml, problems=[words.refusal(answer)]), 422
    status = 422 if answer["problems"] else 200
    done = None if answer["problems"] else words.done("saved" if keep else "checked")
    return _editor(toml, problems=answer["problems"], changed=answer["changed"], done=done), status


def _file() -> str:
    answer = room.ask("show_configuration")
    return "" if isinstance(answer, Refusal) else str(answer["toml"])


def _editor(toml: str, **said: Any) -> str:
    return render_template("technician_configuration.html", toml=toml, sections=config.SECTIONS, **said)


@blueprint.get("/broker")
@pages.only(ME)
def broker() -> Any:
    """The broker's settings."""
    return _broker(_broker_in(_file()))


@blueprint.post("/broker")
@pages.only(ME)
@security.by_person
def broker_do() -> Any:
    """Test the connection, or save."""
    fields = _fields()
    if request.form.get("do") == "test":
        return _test(fields)
    document = tomlkit.parse(_file())
    document["broker"] = {**document.get("broker", {}), **fields}
    answer = room.ask("configure", toml=tomlkit.dumps(document), check_only=False)
    problems = [words.refusal(answer)] if isinstance(answer, Refusal) else answer["problems"]
    if problems:
        return _broker(fields, problems=problems), 422
    return _broker(fields, done=words.done("saved"))


def _test(fields: dict[str, Any]) -> Any:
    try:
        config.parse({"broker": fields})
    except ConfigurationError as error:
        return _broker(fields, problems=error.problems), 422
    try:
        answer = room.room().client("uplink", timeout=TEST_SECONDS).ask("test", **fields)
    except ControlError:
        title, remedy = words.SERVICES["uplink"]
        return _broker(fields, steps=[{"title": title, "ok": False, "detail": remedy}])
    if isinstance(answer, Refusal):
        return _broker(fields, problems=[words.refusal(answer)]), 422
    return _broker(fields, steps=answer["steps"])


def _fields() -> dict[str, Any]:
    """What the form holds, numbers as numbers where they are some: validation names those that are not."""
    given = {name: request.form.get(name, "").strip() for name in config.Broker.model_fields}
    numbers = [name for name, info in config.Broker.model_fields.items() if isinstance(info.default, int)]
    return {name: int(text) if name in numbers and text.isdecimal() else text for name, text in given.items()}


def _broker_in(toml: str) -> dict[str, Any]:
    defaults = config.Broker().model_dump()
    try:
        table = tomlkit.parse(toml).unwrap().get("broker", {})
    except TOMLKitError:
        return defaults  # the editor shows what is wrong with the file; here the defaults are edited
    return {**defaults, **table}


def _broker(fields: dict[str, Any], **said: Any) -> str:
    return render_template("technician_broker.html", fields=fields, **said)
