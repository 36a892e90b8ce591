"""Commands to a device: numbered, signed, short-lived. The device's ballot service verifies them and decides."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from appliance import record, wire
from appliance.central.archive import Archive
from appliance.errors import RecordError
from appliance.record import Signer

EXPIRY_SECONDS = 60
"""A command that did not arrive by then never will: nobody wants a ballot opened by yesterday's click."""


def issue(archive: Archive, signer: Signer, name: str, do: str, args: dict[str, Any], at: str) -> dict[str, Any]:
    """Sign a command to `site/device` and keep it for sending: its statement `{site, device, number, do, args, at}`.

    Raises `RecordError` if the command or an argument is not what `wire` knows.
    """
    site, _, device = name.partition("/")
    if not site or not device:
        raise RecordError(f"write the device as SITE/DEVICE, not {name!r}")
    if (fault := wire.central_fault(do, args)) is not None:
        raise RecordError(fault)
    wire.parse(do, args)
    number = archive.next_command(site, device)
    statement = {"args": args, "at": at, "device": device, "do": do, "number": number, "site": site}
    envelope = record.seal(record.COMMAND, statement, signer)
    digest = hashlib.sha256(envelope).hexdigest()
    row = {"site": site, "device": device, "number": number, "do": do, "digest": digest, "envelope": envelope}
    archive.command({**row, "issued_at": at})
    return statement


def expired(issued_at: str, now: str) -> bool:
    """Whether a command is too old to be sent; both UTC, ISO 8601."""
    return (datetime.fromisoformat(now) - datetime.fromisoformat(issued_at)).total_seconds() > EXPIRY_SECONDS
