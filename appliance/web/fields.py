"""What a form holds, and the reasons that can be chosen instead of typed.

A reason goes into the record: it is written in the box's own language, whatever the reader's is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from appliance.web import room

OTHER = "other"

REASONS: Mapping[str, Mapping[str, Any]] = {
    "check-in": {
        "face": _l("the face was not recognised"),
        "door": _l("the door's camera or screen does not work"),
        "pin": _l("the PIN was forgotten"),
        "online": _l("takes part online, seen and heard by the secretary"),
    },
    "check-out": {
        "leave": _l("asked to leave early"),
        "out": _l("has left the room"),
        "line": _l("the line to the online participant broke"),
    },
    "revoke": {"mistake": _l("the wrong person was checked in"), "test": _l("it was a test")},
    "absence": {
        "travel": _l("on an official journey"),
        "duty": _l("attends another meeting by assignment"),
        "ill": _l("ill"),
        "private": _l("private reasons"),
    },
    "lock": {
        "dead": _l("the keypad does not respond"),
        "stuck": _l("a key is stuck"),
        "doubt": _l("the delegate doubts the keypad"),
    },
    "readmit": {"mended": _l("the keypad was mended"), "mistake": _l("it was locked by mistake")},
    "release": {"moved": _l("the delegate changes seats"), "gone": _l("the delegate has left")},
    "enter": {
        "device": _l("keypad and tablet failed"),
        "unable": _l("the delegate cannot press the keys"),
    },
    "hands": {
        "device": _l("the voting devices do not work"),
        "chair": _l("the chair asks for a show of hands"),
    },
    "again": {
        "changed": _l("the proposal was changed"),
        "tie": _l("the ballot before was a tie"),
        "mistake": _l("the ballot before was mistaken"),
        "annulled": _l("the ballot before was annulled"),
    },
    "annul": {
        "question": _l("the question was wrong"),
        "early": _l("it was opened by mistake"),
        "device": _l("the voting devices do not work"),
        "chair": _l("the chair asks for it"),
        "box": _l("the passphrase of the box is lost"),
    },
    "override": {
        "urgent": _l("the matter cannot wait"),
        "back": _l("those who left have said that they agree to go on"),
        "postponed": _l("the meeting was postponed once for want of a quorum"),
    },
    "chair": {
        "absent": _l("the chair is absent"),
        "entrusted": _l("the chair entrusts another member with it"),
    },
    "proxy": {"arrived": _l("the member has come"), "withdrawn": _l("the member withdrew it")},
    "task": {"replaced": _l("another task takes its place"), "mistake": _l("it was assigned by mistake")},
    "release-record": {"carried": _l("the signed record was carried out by hand")},
}
"""What a reason is for → key → sentence. `other` is in each of them: it is then written beside."""


def text(name: str) -> str:
    """One field of the form, without blanks around it."""
    return request.form.get(name, "").strip()


def texts(*names: str) -> dict[str, str]:
    """Several fields by their names, which are the command's."""
    return {name: text(name) for name in names}


def number(name: str) -> int | str:
    """A whole number; what is none is handed on as it is, for the ballot service to refuse."""
    given = text(name)
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else given


def unsaid() -> bool:
    """Whether another reason than those offered was chosen, and not written."""
    return text("reason") == OTHER and not text("more")


def reason(kind: str) -> str:
    """The reason chosen, with what was written beside it; empty where there is neither."""
    chosen, more = text("reason"), text("more")
    sentence = REASONS[kind].get(chosen)
    if sentence is None:  # `other`, or words of whoever posts without these pages
        return more or ("" if chosen == OTHER else chosen)
    with force_locale(room.room().configuration.box.language):
        said = str(sentence)
    return f"{said}: {more}" if more else said
