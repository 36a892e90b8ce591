"""Whose journal this is: checked before the ballot service does anything, written as its first fact."""

from __future__ import annotations

import base64

from appliance import record
from appliance.config import Box
from appliance.errors import JournalError
from appliance.events import DeviceInstalled
from appliance.record import Entry


def installed(box: Box, public_key: bytes) -> DeviceInstalled:
    """The first fact of this box's journal."""
    return DeviceInstalled(site=box.site, device=box.device, public_key=base64.b64encode(public_key).decode())


def check(first: Entry, expected: DeviceInstalled) -> None:
    """Raise `JournalError`, with what to do, unless the journal was begun by this very box."""
    began = first.event
    if not isinstance(began, DeviceInstalled):
        raise JournalError(f"the journal begins with {first.kind}, not with DeviceInstalled: it is not an appliance's")
    if (began.site, began.device) != (expected.site, expected.device):
        raise JournalError(
            f"the journal is of {began.site}/{began.device}, the configuration says {expected.site}/{expected.device}; "
            "set box.site and box.device back, or begin a new state directory"
        )
    if began.public_key != expected.public_key:
        mine, theirs = (record.fingerprint(base64.b64decode(e.public_key)) for e in (expected, began))
        raise JournalError(
            f"the journal was begun with key {theirs}, the vault holds {mine}; restore the vault's device.key "
            "from the backup, or begin a new state directory"
        )
