"""Radios follow the journal's word on secret sessions, also over a restart at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.events import PartFailed, PartRestored
from appliance.radio.rfkill import RfkillRadios
from appliance.services.silence import Silence
from tests.worlds.airwaves import Airwaves


@pytest.fixture
def world(tmp_path: Path) -> Airwaves:
    made = Airwaves(tmp_path / "box")
    made.plug_in("wlan", "phy0")
    return made


def started(world: Airwaves) -> Silence:
    """A service that has just come up."""
    memory = world.folder / "radios.json"
    return Silence(RfkillRadios(memory, device=world.device, classes=world.classes, opener=world.open))


def test_radios_are_off_while_the_session_is_on(world: Airwaves) -> None:
    silence = started(world)
    assert silence.follow(False) is None
    assert world.requests == []
    assert silence.follow(True) is None
    assert not world.is_on("phy0")
    assert silence.follow(True) is None
    assert len(world.requests) == 1
    assert silence.follow(False) is None
    assert world.is_on("phy0")


def test_a_restart_during_the_session_keeps_them_off_and_its_end_frees_them(world: Airwaves) -> None:
    started(world).follow(True)
    again = started(world)
    again.follow(True)
    assert not world.is_on("phy0")
    again.follow(False)
    assert world.is_on("phy0")


def test_a_crash_between_the_end_of_the_session_and_the_radios_leaves_none_off(world: Airwaves) -> None:
    started(world).follow(True)
    started(world).follow(False)
    assert world.is_on("phy0")


def test_a_radio_that_stays_on_is_a_fact_and_its_end_another(world: Airwaves) -> None:
    world.plug_in("wlan", "phy7", stubborn=True)
    silence = started(world)
    failed = silence.follow(True)
    assert isinstance(failed, PartFailed)
    assert "phy7" in failed.symptom
    assert "phy0" not in failed.symptom
    assert not world.is_on("phy0")
    assert silence.follow(False) == PartRestored(part="radios")


def test_a_box_whose_switch_is_closed_to_us_starts_all_the_same(world: Airwaves) -> None:
    world.refused = PermissionError(13, "Permission denied")
    silence = started(world)
    assert silence.follow(False) is None
    assert isinstance(silence.follow(True), PartFailed)
