"""What every version of `Radios` owes to a secret session: the kernel's switch in a small world, and a box without."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.errors import DeviceError
from appliance.radio import Radio, Radios
from appliance.radio.absent import NoRadios
from appliance.radio.rfkill import RfkillRadios
from appliance.services.bench.radios import choose
from tests.worlds.airwaves import NUMBERS, Airwaves


def switched(world: Airwaves) -> RfkillRadios:
    return RfkillRadios(world.folder / "radios.json", device=world.device, classes=world.classes, opener=world.open)


def without(world: Airwaves) -> NoRadios:
    return NoRadios(world.classes)


class Box(NamedTuple):
    radios: Radios
    world: Airwaves


@pytest.fixture
def world(tmp_path: Path) -> Airwaves:
    return Airwaves(tmp_path / "box")


@pytest.fixture(params=[switched, without])
def box(request: pytest.FixtureRequest, world: Airwaves) -> Box:
    return Box(request.param(world), world)


def test_a_box_without_radios_says_so_and_has_nothing_to_silence(box: Box) -> None:
    assert list(box.radios.state()) == []
    assert list(box.radios.block()) == []
    box.radios.unblock()


def test_a_radio_without_a_switch_is_named_with_what_to_do(box: Box) -> None:
    box.world.plug_in_without_switch("wwan", "wwan0")
    assert [(radio.name, radio.kind, radio.silent) for radio in box.radios.state()] == [("wwan0", "wwan", False)]
    with pytest.raises(DeviceError, match=r"wwan0 \(wwan\).*take it out"):
        box.radios.block()


def test_connections_and_ports_are_no_radios_of_their_own(box: Box) -> None:
    box.world.plug_in_without_switch("bluetooth", "hci0:11")
    box.world.plug_in_without_switch("wwan", "wwan0at0")
    assert list(box.radios.block()) == []


def test_what_is_plugged_in_between_two_calls_is_seen(box: Box) -> None:
    assert list(box.radios.block()) == []
    box.world.plug_in_without_switch("nfc", "nfc0")
    assert [radio.name for radio in box.radios.state()] == ["nfc0"]
    with pytest.raises(DeviceError, match="nfc0"):
        box.radios.block()


def test_unblocking_what_was_never_blocked_changes_nothing(box: Box) -> None:
    box.radios.unblock()
    assert box.world.requests == []


# Where the kernel has a switch ---------------------------------------------------------------------------------------


@pytest.fixture
def radios(world: Airwaves) -> RfkillRadios:
    world.plug_in("wlan", "phy0")
    world.plug_in("bluetooth", "hci0")
    return switched(world)


def test_every_radio_is_named_with_its_kind_and_state(world: Airwaves, radios: RfkillRadios) -> None:
    world.plug_in("gps", "gps0", hard=True)
    assert list(radios.state()) == [
        Radio("phy0", "wlan", index=0),
        Radio("hci0", "bluetooth", index=1),
        Radio("gps0", "gps", hard=True, index=2),
    ]


def test_blocking_silences_all_and_returns_what_was_read_back(world: Airwaves, radios: RfkillRadios) -> None:
    told = radios.block()
    assert [(radio.name, radio.soft) for radio in told] == [("phy0", True), ("hci0", True)]
    assert not world.is_on("phy0")
    assert not world.is_on("hci0")
    assert world.requests == [(0, 0, 3, 1, 0)]


def test_a_radio_that_does_not_obey_is_named_and_the_others_are_off(world: Airwaves, radios: RfkillRadios) -> None:
    world.plug_in("wlan", "phy7", stubborn=True)
    with pytest.raises(DeviceError, match=r"phy7 \(wlan\): it did not obey") as caught:
        radios.block()
    assert "phy0" not in str(caught.value)
    assert not world.is_on("phy0")
    radios.unblock()
    assert world.is_on("phy0")


def test_a_switch_of_the_machine_itself_is_enough(world: Airwaves, radios: RfkillRadios) -> None:
    world.plug_in("wwan", "wwan0", hard=True, stubborn=True)
    assert all(radio.silent for radio in radios.block())


def test_a_switch_of_the_machine_that_is_turned_on_again_later_finds_its_radio_as_it_was(
    world: Airwaves, radios: RfkillRadios
) -> None:
    world.plug_in("wwan", "wwan0", hard=True)
    radios.block()
    radios.unblock()
    world.sets[2].hard = False
    assert world.is_on("wwan0")


def test_what_happens_while_it_is_read_counts(world: Airwaves, radios: RfkillRadios) -> None:
    world.meanwhile = [struct.pack("=IBBBB", 0, 1, 2, 1, 0), struct.pack("=IBBBB", 1, 2, 1, 0, 0)]
    assert list(radios.state()) == [Radio("phy0", "wlan", soft=True, index=0)]


def test_a_radio_plugged_in_meanwhile_is_born_silent_and_later_ones_are_not(
    world: Airwaves, radios: RfkillRadios
) -> None:
    radios.block()
    world.plug_in("wlan", "phy1")
    assert not world.is_on("phy1")
    assert all(radio.silent for radio in radios.state())
    radios.unblock()
    assert world.is_on("phy1")
    world.plug_in("bluetooth", "hci1")
    assert world.is_on("hci1")


def test_what_was_off_before_stays_off_and_is_not_on_for_a_moment(world: Airwaves, radios: RfkillRadios) -> None:
    world.somebody_switches(1, off=True)
    radios.block()
    radios.unblock()
    assert [(radio.name, radio.soft) for radio in radios.state()] == [("phy0", False), ("hci0", True)]
    assert ("hci0", False) not in world.trace


@pytest.mark.parametrize("times", [1, 2])
def test_a_restart_in_between_forgets_nothing(world: Airwaves, radios: RfkillRadios, times: int) -> None:
    world.somebody_switches(0, off=True)
    radios.block()
    for _ in range(times):
        radios = switched(world)
        radios.block()
    radios.unblock()
    assert not world.is_on("phy0")
    assert world.is_on("hci0")
    world.somebody_switches(0, off=False)
    switched(world).unblock()  # this block is over: what is remembered of it is gone
    radios.block()
    radios.unblock()
    assert world.is_on("phy0")


def test_numbers_may_change_over_a_restart_of_the_machine(world: Airwaves, radios: RfkillRadios) -> None:
    world.somebody_switches(1, off=True)
    radios.block()
    world.unplug(0)
    world.unplug(1)
    world.plug_in("bluetooth", "hci0")
    world.plug_in("wlan", "phy0")
    radios.unblock()
    assert world.is_on("phy0")
    assert not world.is_on("hci0")


def test_a_kind_that_is_not_known_yet_is_silenced_and_freed_too(tmp_path: Path) -> None:
    newer = Airwaves(tmp_path / "newer", numbers={**NUMBERS, "lora": 9})
    newer.plug_in("lora", "lora0")
    kernel = switched(newer)
    assert [(radio.kind, radio.silent) for radio in kernel.block()] == [("kind-9", True)]
    kernel.unblock()
    assert newer.is_on("lora0")


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (PermissionError(13, "Permission denied"), RfkillRadios.block),
        (FileNotFoundError(2, "No such file"), RfkillRadios.block),
        (FileNotFoundError(2, "No such file"), RfkillRadios.state),
    ],
)
def test_a_switch_that_cannot_be_opened_says_what_to_do(
    world: Airwaves, radios: RfkillRadios, error: OSError, call: Callable[[RfkillRadios], object]
) -> None:
    world.refused = error
    with pytest.raises(DeviceError, match=rf"dev/rfkill: .*{error.strerror}.*udev.*DeviceAllow"):
        call(radios)
    assert world.requests == []


def test_whoever_may_not_switch_may_look_and_has_nothing_to_undo(world: Airwaves, radios: RfkillRadios) -> None:
    world.refused = PermissionError(13, "Permission denied")
    assert [radio.name for radio in radios.state()] == ["phy0", "hci0"]
    radios.unblock()


def test_what_could_not_be_undone_is_undone_the_next_time(world: Airwaves, radios: RfkillRadios) -> None:
    radios.block()
    world.refused = PermissionError(13, "Permission denied")
    with pytest.raises(DeviceError):
        radios.unblock()
    world.refused = None
    switched(world).unblock()
    assert world.is_on("phy0")


def test_a_hidden_sys_does_not_make_a_radio_vanish(world: Airwaves) -> None:
    world.plug_in("wlan", "phy0", stubborn=True)
    hidden = RfkillRadios(
        world.folder / "radios.json", device=world.device, classes=world.folder / "nothing", opener=world.open
    )
    assert [radio.name for radio in hidden.state()] == ["rfkill0"]
    with pytest.raises(DeviceError, match="rfkill0"):
        hidden.block()


def test_a_memory_that_is_none_is_named(world: Airwaves, radios: RfkillRadios) -> None:
    radios.block()
    (world.folder / "radios.json").write_text("{")
    with pytest.raises(DeviceError, match=r"radios\.json.*delete it"):
        radios.unblock()
    assert not world.is_on("phy0")


def test_the_real_device_is_written_event_by_event(tmp_path: Path) -> None:
    """Opened as on a box; a plain file stands where the kernel would, and keeps what was written."""
    path = tmp_path / "rfkill"
    path.write_bytes(struct.pack("=IBBBB", 4, 1, 0, 1, 0) + struct.pack("=IBBBB", 5, 2, 0, 0, 1))
    radios = RfkillRadios(tmp_path / "memory", device=path, classes=tmp_path)
    told = [Radio("rfkill4", "wlan", soft=True, index=4), Radio("rfkill5", "bluetooth", hard=True, index=5)]
    assert list(radios.state()) == told
    radios.block()
    assert path.read_bytes()[:8] == bytes.fromhex("00000000 00 03 01 00")


def test_a_device_with_nothing_to_tell_does_not_make_anybody_wait(tmp_path: Path) -> None:
    """A pipe answers a reader that must not wait as the kernel does: EAGAIN."""
    path = tmp_path / "rfkill"
    os.mkfifo(path)
    assert list(RfkillRadios(tmp_path / "memory", device=path, classes=tmp_path).state()) == []


# Which of the two ----------------------------------------------------------------------------------------------------


def test_a_kernel_with_a_switch_gets_it_and_one_without_gets_the_statement(world: Airwaves, tmp_path: Path) -> None:
    assert isinstance(choose(tmp_path / "memory", world.device, world.classes), RfkillRadios)
    bare = tmp_path / "bare"
    assert isinstance(choose(tmp_path / "memory", bare / "dev/rfkill", bare / "sys/class"), NoRadios)


def test_a_switch_that_is_only_hidden_is_no_box_without_radios(world: Airwaves, tmp_path: Path) -> None:
    world.device.unlink()  # a sandbox without the device: the kernel's class still tells
    radios = choose(tmp_path / "memory", world.device, world.classes)
    with pytest.raises(DeviceError, match="does not answer"):
        radios.block()
