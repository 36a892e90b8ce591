"""What codes are called on central's pages. Message ids are English; `translations/` has the Vietnamese."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

ALARMS = {
    "unknown-device": (
        _l("A device that is not configured sends records; they are not accepted."),
        _l(
            "Compare the fingerprint with the one on the device's technician page. If it is the same, add this line "
            "under [central.devices] and restart central:"
        ),
    ),
    "wrong-key": (
        _l("The device signs with another key than the one pinned; nothing of it is accepted."),
        _l("Ask its technician: was the box replaced or reinstalled? Pin the new fingerprint only after comparing it."),
    ),
    "fork": (
        _l("Two different histories of one journal exist; the second is not accepted."),
        _l("Keep the device's card as it is and compare: a journal was altered, or an old copy of a box was restored."),
    ),
    "gap": (
        _l("Some records are missing in between; the device was asked to send them again."),
        _l("Nothing needs to be done unless this stays."),
    ),
    "bad-batch": (
        _l("Records arrived that do not stand up to verification; they are not accepted."),
        _l("Run appliance doctor on the device; if its software is newer than central's, update central."),
    ),
    "bad-result": (
        _l("A result arrived that does not stand up to verification; it is not accepted."),
        _l("Find out who may publish under this device's name at the broker."),
    ),
    "two-results": (
        _l("Two different results of one ballot were signed."),
        _l("Compare both with the minutes of the room before anyone relies on either."),
    ),
    "garbage": (
        _l("Something that is no message of ours arrived in the device's name."),
        _l("Find out who may publish under this device's name at the broker."),
    ),
}
"""Alarm code → what it means, and what to do."""

STEPS = (
    _l("The file is a run of entries with a checkpoint, in its exact spelling"),
    _l("Every entry's hash is right and continues the one before"),
    _l("The checkpoint names the last entry"),
    _l("The key in the checkpoint is the key named on its envelope, and the one the journal began with"),
    _l("The checkpoint's signature holds over the exact bytes"),
    _l("The signer is one you trust"),
    _l("Every entry is a known fact, written by a service that may write it"),
    _l("Every signed result in the run is intact and agrees with a recount of the entries"),
    _l("Every checkpoint that was received is over the entry archived"),
)
"""The numbered steps as `verification` and `recheck` name them, in their order."""

METHODS = {"face": _l("face"), "pin": _l("PIN"), "hand": _l("by the secretary")}
OUTCOMES = {"carried": _l("Carried"), "lost": _l("Lost"), "tied": _l("Not decided")}
ROLES = {"member": _l("member"), "guest": _l("guest"), "substitute": _l("substitute")}
BROKER = {
    "off": _l("no broker is configured"),
    "connecting": _l("connecting"),
    "online": _l("connected"),
    "unreachable": _l("cannot be reached"),
    "certificate": _l("a certificate is not accepted"),
    "refused": _l("refuses this server"),
}


def step(title: str) -> str:
    """A step's title in the reader's language."""
    return _(title)
