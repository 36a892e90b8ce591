"""The users that services run as on a box (systemd/sysusers.conf), for who may ask whom."""

from __future__ import annotations

import pwd


def uids(*services: str) -> list[int]:
    """User ids of those services; on a laptop there are none of them, and every service is the same user."""
    names = {f"appliance-{service}" for service in services}
    return [entry.pw_uid for entry in pwd.getpwall() if entry.pw_name in names]
