"""What codes are called: refusals, door hints, uplink states, roles. Message ids are English, see `translations/`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.values import Refusal
from appliance.web import meeting_words

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}

REFUSALS = {
    **meeting_words.REFUSALS,
    "already-claimed": _l("This box has been claimed already. Sign in as technician."),
    "already-issued": _l("These PINs were issued and shown once. Issue new ones."),
    "already-present": _l("This delegate is on the roll already."),
    "ballot-closed": _l("The ballot is closed. This press was not counted."),
    "ballot-running": _l("A ballot is still open. Close it first."),
    "all-answered": _l("Everybody has answered: there is nobody to remind."),
    "deadline-earlier": _l("The new deadline must be later than the one that stands."),
    "no-slip": _l("No such slip was sent."),
    "not-asked": _l("This slip does not ask you."),
    "slip-announced": _l("The result was announced at this session already."),
    "slip-awaited": _l("Somebody has not answered yet, and the deadline has not come."),
    "slip-closed": _l("The slip is closed: no answer counts any more."),
    "slip-open": _l("The slip is still open: it has no result yet."),
    "ballot-silent": _l("The ballot service does not answer, so nobody can say whether you may do this. Try again."),
    "busy": _l("Too many are signing in at once. Try again in a few seconds."),
    "consent-changed": _l("The consent text is not the one that was shown. Read it again."),
    "contradiction": _l("The meeting file contradicts itself."),
    "date-past": _l("The date of expiry must lie in the future."),
    "door-silent": _l("The door service does not answer. Try again."),
    "enrolled-already": _l("Not kept: see why beside the picture."),
    "enrolment-running": _l("Somebody is being enrolled already. Cancel that first."),
    "id-taken": _l("That was already used for something else. Reload the page and try again."),
    "journal-busy": _l("The journal went on while it was exported. Try again."),
    "locked": _l("Too many wrong attempts. Wait a little and try again, or ask the secretary."),
    "consent-unreadable": _l("The consent text cannot be read. Tell the technician."),
    "malformed": _l("That was not understood. Check what was entered."),
    "meeting-exists": _l("A meeting with this identifier was held already. Choose another one."),
    "meeting-in-progress": _l("Another meeting is still in progress. End it first."),
    "no-ballot": _l("No ballot is open."),
    "no-enrolment": _l("Nobody is being enrolled."),
    "no-item": _l("The agenda has no such item."),
    "no-key": _l("No key is wired to that line."),
    "no-meeting": _l("No meeting is in progress."),
    "no-members": _l("Nobody on the roster is a member, so nobody could vote."),
    "no-quorum": _l("There is no quorum: too few members are present."),
    "no-screen-keypads": _l("This room has real keypads; there are none on the screen."),
    "not-a-member": _l("You attend this meeting without a vote."),
    "not-allowed": _l("You may not do this."),
    "not-complete": _l("Sides are missing. Take them, or go on without them."),
    "not-on-roster": _l("This person is not on the roster of the meeting."),
    "not-present": _l("Not on the roll: check in first."),
    "not-present-at-opening": _l("You were not on the roll when this ballot opened, so you cannot vote in it."),
    "not-signed-in": _l("You are not signed in. Sign in again."),
    "reason-missing": _l("A reason is needed."),
    "secret-session": _l("A secret session is on. This has to wait until it has ended."),
    "wrong-secret": _l("That is not right. Check it and try again."),
    # Found by the pages themselves.
    "different": _l("The two passwords are not the same."),
    "too-short": _l("A password has at least 10 characters."),
}
"""Refusal code → sentence."""

DONE = {
    **meeting_words.DONE,
    "checked-in": _l("Checked in."),
    "recorded": _l("Your vote is recorded."),
    "revoked": _l("Taken off the roll."),
    "opened": _l("The ballot is open."),
    "closed": _l("The ballot is closed."),
    "convened": _l("The meeting is convened."),
    "ended": _l("The meeting has ended."),
    "password-set": _l("The password is set. Older sign-ins of this role have ended."),
    "saved": _l("Saved. Services whose settings changed restart by themselves."),
    "checked": _l("No problem found."),
    "enrolment-started": _l("The camera is looking."),
    "enrolment-skipped": _l("Going on without this side."),
    "enrolment-again": _l("From the beginning."),
    "enrolment-kept": _l("Enrolled."),
    "enrolment-cancelled": _l("Cancelled. Nothing was kept."),
    "slip-sent": _l("The slip is sent."),
    "slip-extended": _l("The deadline is extended."),
    "slip-closed": _l("The slip is closed and counted."),
    "slip-announced": _l("The announcement is recorded."),
    "slip-answered": _l("Your answer is recorded."),
    "walk-on": _l("The walk test is on: press each key once."),
    "walk-off": _l("The walk test is off."),
}
"""What was done → sentence."""

DOOR_HINTS = {
    "look": (_l("Please look at the camera"), _l("It takes a second or two.")),
    "closer": (_l("Please come a little closer"), _l("The camera sees you, but too small.")),
    "middle": (_l("Please step into the middle"), _l("Part of your face is outside the picture.")),
    "turn": (_l("Please look straight at the camera"), _l("It sees your face from the side.")),
    "backlit": (_l("The light is behind you"), _l("Please take a step to the side, or use your PIN.")),
    "dark": (_l("It is too dark here"), _l("Please step into the light, or use your PIN.")),
    "bright": (_l("The light is too bright"), _l("Please step out of the glare, or use your PIN.")),
    "still": (_l("Please stand still for a moment"), _l("The picture is blurred.")),
    "turn-left": (_l("Please turn your head to your left"), _l("Slowly, then look at the camera again.")),
    "turn-right": (_l("Please turn your head to your right"), _l("Slowly, then look at the camera again.")),
    "hold": (_l("One moment, please"), _l("The camera is looking at you.")),
    "welcome": (_l("Welcome"), _l("You are checked in.")),
    "already": (_l("You are already checked in"), _l("Please take your seat.")),
    "unknown": (
        _l("We could not recognise you"),
        _l("No matter: use your PIN here, or speak to the secretary. A mask, a cap or dark glasses may be the reason."),
    ),
    "ambiguous": (_l("Please use your PIN"), _l("The camera is not sure. Your PIN counts just the same.")),
    "presentation": (
        _l("Please use your PIN"),
        _l("The camera cannot be sure that it sees a living face. Your PIN counts just the same."),
    ),
    "enrolling": (_l("Somebody is being enrolled"), _l("In the meantime please use your PIN.")),
    "no-meeting": (_l("No meeting at the moment"), _l("Check-in begins when the secretary convenes the meeting.")),
    "camera-lost": (_l("The camera is not working"), _l("Please check in with your PIN or with the secretary.")),
    "camera-none": (_l("Check in with your PIN"), _l("There is no camera at this door.")),
    "secret-session": (
        _l("Secret session"),
        _l("The camera is shut. Please check in with your PIN or with the secretary."),
    ),
    "door-silent": (_l("Check in with your PIN"), _l("The camera is not available just now.")),
}
"""`message.code` at the door → what the screen says, large and small."""

LIVENESS = {
    "off": _l("No"),
    "passive": _l("Yes, without asking anybody for anything"),
    "challenge": _l("Yes, with a turn of the head"),
}
"""Whether the door looks for pictures of faces → its name at convening."""

SERVICES = {
    "ballot": (_l("Ballot service"), _l("Start it with: appliance ballot (or: systemctl restart appliance-ballot).")),
    "door": (_l("Door service"), _l("Start it with: appliance door (or: systemctl restart appliance-door).")),
    "uplink": (_l("Uplink service"), _l("Start it with: appliance uplink (or: systemctl restart appliance-uplink).")),
}
"""Service → its name, and what a technician does when it does not answer."""

CONSEQUENCES = {
    "ballot": _l("Votes and commands cannot be taken until it is back. What was recorded stands."),
    "door": _l("Faces are not recognised until it is back. Check-in by PIN and by the secretary goes on."),
    "uplink": _l("Records stay in this box until it is back. The meeting goes on."),
}
"""Service → what its silence means for the meeting."""

UPLINK = {
    "off": (_l("Off"), _l("No broker is configured. Records stay in this box.")),
    "connecting": (_l("Connecting"), _l("Wait a moment.")),
    "online": (_l("Online"), ""),
    "unreachable": (_l("Broker unreachable"), _l("Check the network cable, the broker's address and its port.")),
    "certificate": (_l("Certificate refused"), _l("Check the authority's file, this box's certificate and the clock.")),
    "refused": (_l("Refused by the broker"), _l("Check user name, password and the broker's access rules.")),
    "no-receipts": (
        _l("No receipts from the central server"),
        _l("The broker answers, the central server does not. Check that it runs and that its key is configured here."),
    ),
    "secret-session": (_l("Cut for the secret session"), _l("It connects again when the secret session has ended.")),
}
"""Uplink state → its name, and what to do."""

CAMERA = {
    "ok": _l("works"),
    "lost": _l("lost"),
    "none": _l("none configured"),
    "shut": _l("shut for the secret session"),
}

ROLES = {"member": _l("Member"), "guest": _l("Guest"), "substitute": _l("Substitute")}
CHOICES = {"for": _l("for"), "against": _l("against"), "abstain": _l("abstain")}
METHODS = {"face": _l("face"), "pin": _l("PIN"), "hand": _l("by hand")}
CHANNELS = {"keypad": _l("keypad"), "tablet": _l("tablet"), "door": _l("door")}
LAMPS = {
    "off": _l("off"),
    "ready": _l("ready"),
    "recorded": _l("recorded"),
    "received": _l("received"),
    "refused": _l("refused"),
    "walk": _l("walk test"),
}
VOTING, PHASES, OUTCOMES = meeting_words.VOTING, meeting_words.PHASES, meeting_words.OUTCOMES
PRESENCE, CAPACITIES = meeting_words.PRESENCE, meeting_words.CAPACITIES


def language() -> str:
    """The language of this request: `vi` or `en`."""
    return str(get_locale() or "vi")[:2]


def refusal(one: Refusal) -> str:
    """A refusal in the reader's language; plain English where the code is new to these pages."""
    sentence = REFUSALS.get(one.code)
    return str(sentence) if sentence is not None else one.message


def done(code: str) -> str:
    """What was done."""
    return str(DONE[code])


def notice(arguments: Mapping[str, str]) -> tuple[str, str] | None:
    """The kind and the sentence that a redirected form left in the address; codes only, never free text."""
    if arguments.get("done") in DONE:
        return "done", done(arguments["done"])
    if "refused" in arguments:
        sentence = REFUSALS.get(arguments["refused"])
        return "refused", str(sentence) if sentence is not None else _("That was refused.")
    return None


def of(table: Mapping[str, Any], code: object) -> Any:
    """A word of one of these tables; the code itself where the table does not have it."""
    return table.get(str(code), str(code))


def task(code: str, message: str = "") -> str:
    """What is wrong with a task, beside its field; plain English where the code is new to these pages."""
    return str(meeting_words.TASKS.get(code, message))


def when(text: str) -> str:
    """A time with its own offset as people write it: `08:00, 25/11/2026`."""
    return datetime.fromisoformat(text).strftime("%H:%M, %d/%m/%Y")


def local(at: str, offset: str) -> str:
    """A time (UTC, ISO 8601) with its day in the meeting's own zone: `offset` as `+07:00`."""
    return when(_in_zone(at, offset).isoformat())


def local_time(at: str, offset: str) -> str:
    """The same to the minute, without its day."""
    return _in_zone(at, offset).strftime("%H:%M")


def _in_zone(at: str, offset: str) -> datetime:
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo
    return datetime.fromisoformat(at).astimezone(zone)


def day(text: str) -> str:
    """A day (ISO 8601) as people write it: `25/11/2026`."""
    return date.fromisoformat(text).strftime("%d/%m/%Y")


def left(seconds: float) -> str:
    """Seconds as a countdown shows them: `1:35`."""
    whole = math.ceil(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02}"
