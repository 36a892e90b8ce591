"""What the codes of a meeting are called: what was refused and done in it, methods, phases, what is wrong with a task.

`words` joins them with the rest. Message ids are English, see `translations/`.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "ballot-held": _l("The ballot rests. Presses do not count until it goes on."),
    "ballot-not-held": _l("The ballot does not rest."),
    "ballot-uncounted": _l("The box of a secret ballot waits for the passphrase. Count or annul it first."),
    "by-hands": _l("This is a show of hands: raise your hand. Nothing is pressed."),
    "confirmed-already": _l("That was confirmed already."),
    "deadline-past": _l("The deadline has passed."),
    "different-passphrase": _l("The two passphrases are not the same."),
    "keypads-only": _l("The session is secret: no tablet counts, only the keypads at the seats."),
    "minutes-changed": _l("These are not the minutes that were shown. Look at them again."),
    "no-absence": _l("No absence of this delegate was reported."),
    "no-chair": _l("Nobody presides. Name a chair first."),
    "no-confirmer": _l("The meeting names nobody for that."),
    "no-proxies": _l("The rule of this meeting knows no proxies."),
    "no-proxy": _l("There is no such proxy: one member gives it to another."),
    "no-reading": _l("The rule leaves no such reading open."),
    "no-result": _l("That ballot has no result yet."),
    "no-seat": _l("There is no such seat."),
    "no-task": _l("There is no such task."),
    "not-by-hands": _l("That ballot is no show of hands."),
    "not-in-session": _l("Opinion slips are sent outside a session."),
    "own-words-missing": _l("Write the other reason beside it, or choose one of those offered."),
    "own-witness": _l("Nobody vouches for the own vote: somebody else has to."),
    "passphrase-needed": _l("Type the passphrase of the secret boxes first."),
    "passphrase-short": _l("A passphrase has at least 10 characters."),
    "proxy-passed-on": _l("One of the two has a proxy already: none is passed on."),
    "quorum-there": _l("There is a quorum: nothing has to be decided."),
    "represented": _l("Somebody else votes for you in this ballot."),
    "seat-free": _l("Nobody sits there."),
    "seat-locked": _l("That keypad is locked already."),
    "seat-not-locked": _l("That keypad counts."),
    "seat-taken": _l("Somebody sits there. Release the seat first."),
    "secretary-witness": _l("The secretary enters it: somebody else has to vouch."),
    "secret": _l("A secret vote is not entered by hand."),
    "secret-session-off": _l("No secret session is on."),
    "secret-session-on": _l("A secret session is on already."),
    "slip-exists": _l("A slip of that name was sent before. Name this one anew."),
    "task-faults": _l("The task has faults: see beside its fields."),
    "tie-decided": _l("The tie was decided already."),
    "tie-undecided": _l("The chair has not decided a tie yet. Once the meeting has ended nobody can."),
    "too-many-hands": _l("These are more hands than members were present."),
    "weights-need-session": _l("Under this rule votes have weights: there are no slips."),
    "weights-need-names": _l("Votes with weights are open: neither secret nor by show of hands."),
    "witness-absent": _l("The witness is not on the roll."),
    "wrong-passphrase": _l("That is not the passphrase of these boxes."),
}
"""Refusal code → sentence."""

DONE = {
    "absence": _l("The absence is reported."),
    "absence-accepted": _l("The absence is accepted."),
    "absence-refused": _l("The absence is not accepted."),
    "annulled": _l("The ballot is annulled."),
    "assigned": _l("The task is recorded."),
    "chair-named": _l("The chair is named."),
    "checked-out": _l("The leaving is recorded."),
    "concluded": _l("The conclusion is recorded."),
    "confirmed": _l("The minutes are confirmed."),
    "counted": _l("The passphrase is right. The box is counted."),
    "entered": _l("The vote is entered, with its witness."),
    "hands-opened": _l("The show of hands has begun."),
    "held": _l("The ballot rests."),
    "left": _l("You have left. You can check in again."),
    "noted": _l("The note is recorded."),
    "overridden": _l("Recorded: the next ballot may open without a quorum."),
    "passphrase-set": _l("The passphrase is known. Secret ballots can be opened."),
    "proxy-given": _l("The proxy is recorded."),
    "proxy-withdrawn": _l("The proxy is over."),
    "record-released": _l("Recorded: the uplink goes on."),
    "resumed": _l("The ballot goes on."),
    "seat-bound": _l("The seat is taken."),
    "seat-locked": _l("The keypad counts no longer."),
    "seat-readmitted": _l("The keypad counts again."),
    "seat-released": _l("The seat is free."),
    "secret-off": _l("The secret session is over."),
    "secret-on": _l("The secret session has begun."),
    "taken-up": _l("The meeting has turned to this item."),
    "tie-decided": _l("The chair's decision is recorded."),
    "withdrawn": _l("The task is withdrawn."),
}
"""What was done → sentence."""

VOTING = {
    "open": _l("open ballot"),
    "secret": _l("secret ballot"),
    "hands": _l("show of hands"),
    "slip": _l("opinion slip"),
}
"""How a ballot is held."""

PHASES = {
    "open": _l("open"),
    "held": _l("resting"),
    "sealed": _l("waits for the passphrase"),
    "annulled": _l("annulled"),
    "closed": _l("closed"),
}

OUTCOMES = {"carried": _l("Carried"), "lost": _l("Not carried"), "tied": _l("Not decided")}

PRESENCE = {"in-person": _l("in the room"), "online": _l("online")}

CAPACITIES = {"chair": _l("Chair"), "secretary": _l("Secretary")}

TASKS = {
    "missing": _l("This is missing."),
    "too-long": _l("This is too long."),
    "unreadable": _l("This cannot be read."),
    "no-item": _l("The agenda has no such item."),
    "lead-missing": _l("A task has one lead unit."),
    "lead-list": _l("One unit leads; the others co-operate."),
    "lead-unknown": _l("Nobody on the roster is of this unit. Is it right?"),
    "lead-looks-like-list": _l("This may be more than one unit. One leads; the others co-operate."),
    "lead-cooperates": _l("The lead unit does not stand among those that co-operate."),
    "cooperating-blank": _l("A co-operating unit has no name."),
    "cooperating-list": _l("Write one unit on each line."),
    "cooperating-twice": _l("A unit stands twice."),
    "head-missing": _l("The head of the lead unit is named."),
    "head-list": _l("One person answers for the task."),
    "head-is-a-unit": _l("This is a unit or an office. Write the person's name."),
    "head-short": _l("Write family name and given name."),
    "deadline-before-meeting": _l("This day is before the meeting."),
    "report-before-meeting": _l("This day is before the meeting."),
    "report-before-deadline": _l("The report is due before the task. Is that meant?"),
}
"""What is wrong, or looks wrong, with a task (`appliance/conclusions.py`)."""
