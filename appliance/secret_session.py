"""Secret sessions: when one may begin and end, and whether the journal says that one is on."""

from __future__ import annotations

from appliance.events import Event, PartFailed, PartRestored, SecretSessionBegan, SecretSessionEnded
from appliance.minutes import Minutes
from appliance.values import Refusal

RADIOS = "radios"
"""How the facts call the part of the box that is switched off with a session and on again after it."""


def apply(is_on: bool, event: Event) -> bool:
    """Whether a secret session is on after `event`."""
    if isinstance(event, SecretSessionBegan):
        return True
    return is_on and not isinstance(event, SecretSessionEnded)


def still_sending(symptom: str, event: Event) -> str:
    """Why a radio could not be switched as a session wants it, after `event`; empty where all of them could."""
    if isinstance(event, PartFailed) and event.part == RADIOS:
        return event.symptom
    return "" if isinstance(event, PartRestored) and event.part == RADIOS else symptom


def switch(
    is_on: bool, meeting: Minutes | None, *, on: bool, by: str
) -> SecretSessionBegan | SecretSessionEnded | Refusal:
    """Decide on the switch, whoever turned it: a page, or the key on the box. `meeting` is the one in progress."""
    if on is is_on:
        code = "secret-session-on" if on else "secret-session-off"
        return Refusal(code=code, message=f"the secret session is {'on' if on else 'off'} already")
    if not on and meeting is not None and meeting.running is not None:
        return Refusal(code="ballot-running", message=f"ballot {meeting.running.id} is still open; close it first")
    name = meeting.id if meeting is not None else ""
    return SecretSessionBegan(meeting=name, by=by) if on else SecretSessionEnded(meeting=name, by=by)


def catch_up(is_on: bool, meeting: Minutes | None) -> SecretSessionBegan | None:
    """What a meeting still needs that was convened while a secret session was on: its own record says so, too."""
    if not is_on or meeting is None or any(end is None for _, end in meeting.secret_sessions):
        return None
    return SecretSessionBegan(meeting=meeting.id, by=meeting.convened.by)
