"""The radios of this machine, for a secret session."""

from __future__ import annotations

from pathlib import Path

from appliance.radio import Radios
from appliance.radio.absent import NoRadios
from appliance.radio.census import CLASSES
from appliance.radio.rfkill import DEVICE, RfkillRadios
from appliance.services.state import State


def open_radios(state: State) -> Radios:
    """The kernel's switch, or the statement that there is nothing to switch. Nothing is opened or switched yet."""
    return choose(state.vault / "radios.json")


def choose(memory: Path, device: Path = DEVICE, classes: Path = CLASSES) -> Radios:
    """By what the kernel has. A class without its device is a switch out of reach: an error as soon as it is used."""
    if device.exists() or (classes / "rfkill").exists():
        return RfkillRadios(memory, device=device, classes=classes)
    return NoRadios(classes)
