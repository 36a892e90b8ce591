"""The radios that the kernel knows by their own classes, whether or not a switch comes with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from appliance.errors import DeviceError
from appliance.radio import Radio

CLASSES = Path("/sys/class")

KINDS = {
    "ieee80211": ("wlan", r"\w+"),
    "bluetooth": ("bluetooth", r"hci\d+"),  # beside them stand their connections, as hci0:11
    "wwan": ("wwan", r"wwan\d+"),  # beside them stand their ports, as wwan0at0
    "nfc": ("nfc", r"nfc\d+"),
}
"""Class in /sys/class → the kind of radio, and which of its entries are one."""


def known(classes: Path = CLASSES) -> Iterator[tuple[Radio, bool]]:
    """Every radio of those classes, and whether it has a switch: its `rfkill` stands in its own folder."""
    for name, (kind, pattern) in KINDS.items():
        for place in sorted((classes / name).glob("*")):
            if re.fullmatch(pattern, place.name):
                yield Radio(place.name, kind), any(place.glob("rfkill*"))


def all_silent(radios: Sequence[Radio]) -> Sequence[Radio]:
    """The same radios. Raises `DeviceError` naming each one that is on and what to do about it."""
    loud = [f"{radio.name} ({radio.kind}): {_remedy(radio)}" for radio in radios if not radio.silent]
    if loud:
        raise DeviceError("radios still on: " + "; ".join(loud))
    return radios


def _remedy(radio: Radio) -> str:
    if radio.index is None:
        return "it has no switch that a program could use; take it out of the box"
    return (
        "it did not obey its switch; take it out of the box, or on a Raspberry Pi disable it in config.txt and restart"
    )
