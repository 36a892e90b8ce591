"""The installation: configuration, state folder, journal, services."""

from __future__ import annotations

import os
import sqlite3

from appliance import config
from appliance.control import Client
from appliance.errors import ConfigurationError, ControlError, JournalError
from appliance.journal import Reader
from appliance.services.diagnosis.finding import Finding, Use
from appliance.services.state import State
from appliance.values import Refusal

ROOM = frozenset({Use.PI})
AS_ROOT = "run it as root: the services' folders are closed to other users"
ANSWERING = ("ballot", "door", "uplink")


def configuration(state: State) -> Finding:
    """Whether the configuration file can be used; every problem at once."""
    name, path = "configuration", state.configuration_file
    try:
        found = state.configuration()
        there = path.exists()
    except PermissionError:
        return Finding(name, False, f"{path}: no permission", ROOM, AS_ROOT)
    except ConfigurationError as error:
        return Finding(name, False, f"{path}: {'; '.join(error.problems)}", ROOM, "correct it, then run doctor again")
    detail = f"{path}: valid, sha256 {config.digest(found)[:12]}…" if there else f"{path}: none, defaults are in force"
    return Finding(name, True, detail, ROOM)


def folder(state: State) -> Finding:
    """Whether the state folder is there and may be written."""
    try:
        there = state.root.exists()
    except PermissionError:
        return Finding("state folder", False, f"{state.root}: no permission", ROOM, AS_ROOT)
    if not there:
        return Finding("state folder", False, f"{state.root}: not there yet", ROOM, "script/install, or appliance run")
    if not os.access(state.root, os.W_OK | os.X_OK, effective_ids=True):
        return Finding("state folder", False, f"{state.root}: no permission", ROOM, AS_ROOT)
    return Finding("state folder", True, str(state.root), ROOM)


def journal(state: State) -> Finding:
    """The whole chain of the journal, recomputed."""
    path = state.journal
    try:
        if not path.exists() or path.stat().st_size == 0:
            return Finding("journal", True, f"{path}: none yet; the ballot service makes it", ROOM)
        reader = Reader(path)
        try:
            entries = reader.verify()
        finally:
            reader.close()
    except PermissionError:
        return Finding("journal", False, f"{path}: no permission", ROOM, AS_ROOT)
    except (JournalError, sqlite3.DatabaseError) as error:
        return Finding(
            "journal", False, str(error), ROOM, "docs/operating.md, A damaged journal: write nothing to the card"
        )
    return Finding("journal", True, f"{path}: {entries} entries, the chain is whole", ROOM)


def sockets(state: State) -> list[Finding]:
    """Whether each service answers. A refusal is an answer: only the service itself knows who may ask."""
    findings = []
    for service in ANSWERING:
        name, path = f"service {service}", state.socket(service)
        try:
            answer = Client(path, timeout=3.0).ask("status")
        except ControlError as error:
            remedy = f"systemctl status appliance-{service}; on a laptop: appliance run"
            findings.append(Finding(name, False, str(error), ROOM, remedy))
        else:
            detail = "answers" if isinstance(answer, Refusal) else f"answers: {_shown(answer)}"
            findings.append(Finding(name, True, detail, ROOM))
    return findings


def _shown(answer: object) -> str:
    if not isinstance(answer, dict):
        return str(answer)
    parts = [
        f"{key} {answer[key]}" for key in ("camera", "state", "seq", "symptom") if answer.get(key) not in (None, "")
    ]
    return ", ".join(parts) or "no detail"
