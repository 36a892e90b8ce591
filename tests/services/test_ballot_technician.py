"""The technician's side of the ballot service: walk test, status, configuration, keypads on the screen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance import config
from appliance.events import ConfigurationChanged
from appliance.keypad.lamps import SLOW
from appliance.services.loop import Turn
from tests.worlds.room import Room, room, settings

DARK, ALL = (False, False, False), (True, True, True)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        yield hall


def seats_toml(count: int) -> str:
    """The room's own keypads as a file."""
    lines = ["[keypads]", 'factory = "mock"']
    for name, seat in settings(count).keypads.seats.items():
        lines += [f"[keypads.seats.{name}]", f"keys = {list(seat.keys)}", f"lamps = {list(seat.lamps)}"]
    return "\n".join(lines) + "\n"


def test_walk_test_shows_each_key_that_was_pressed(hall: Room) -> None:
    assert hall.done("walk_test") == {"on": False, "pressed": {}}
    assert hall.done("walk_test", on=True) == {"on": True, "pressed": {}}
    assert hall.lit("03") == ALL
    hall.step(SLOW * 1.1)
    assert hall.lit("03") == DARK
    hall.press("03", "against")
    hall.press("03", "against")
    hall.press("03", "for")
    assert hall.lit("03") == (True, False, False)
    assert hall.done("walk_test") == {"on": True, "pressed": {"03": ["against", "for"]}}
    assert hall.done("walk_test", on=False) == {"on": False, "pressed": {"03": ["against", "for"]}}
    assert all(hall.lit(f"{n:02}") == DARK for n in range(1, 6))
    assert [e.kind for e in hall.entries()] == ["DeviceInstalled", "ServiceStarted"]


def test_no_walk_test_during_a_ballot_and_opening_one_ends_it(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    hall.done("walk_test", on=True)
    name = hall.open()
    assert hall.done("walk_test")["on"] is False
    assert hall.refused("walk_test", on=True) == "ballot-running"
    hall.press("01", "for")
    assert hall.minutes.ballots[name].votes == {"dv-01": "for"}


def test_status_tells_lamps_and_head(hall: Room) -> None:
    status = hall.done("status")
    assert (status["service"], status["clock"], status["factory"]) == ("ballot", "synchronised", "mock")
    assert status["seq"] == len(hall.entries())
    assert status["seats"]["05"] == {"lamp": "off", "stuck": []}


def test_screen_keypads_press_the_very_lines(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    hall.open()
    line = hall.configuration.keypads.seats["02"].keys[2]
    assert hall.done("pins")[str(line)] is True
    hall.done("drive_pin", line=line, down=True)
    assert hall.done("pins")[str(line)] is False
    hall.step(0.03)
    hall.done("drive_pin", line=line, down=False)
    lamps = hall.configuration.keypads.seats["02"].lamps
    assert [hall.done("pins")[str(lamp)] for lamp in lamps] == [False, False, True]
    assert hall.refused("drive_pin", line=lamps[0], down=True) == "no-key"
    assert hall.refused("drive_pin", line=500, down=True) == "no-key"


def test_no_delegate_presses_another_s_key_or_reads_their_lamps_on_the_screen(hall: Room) -> None:
    hall.convene(3)
    token = hall.tokens()["dv-01"]
    hall.seat_delegates(3)
    hall.open()
    line = hall.configuration.keypads.seats["02"].keys[0]
    assert hall.refused("drive_pin", token, line=line, down=True) == "not-allowed"
    assert hall.refused("pins", token) == "not-allowed"
    door = hall.done("sign_in_by_link", link=hall.done("issue_screen_link", screen="door")["link"])["token"]
    assert hall.refused("drive_pin", door, line=line, down=True) == "not-allowed"


def test_every_problem_of_a_new_configuration_is_told_and_nothing_saved(hall: Room) -> None:
    answer = hall.done("configure", toml='[box]\nsite = "elsewhere"\n[web]\nport = 0\nprot = 1\n[kepads]\n')
    text = "\n".join(answer["problems"])
    assert "web.port" in text
    assert "did you mean 'port'?" in text
    assert "did you mean 'keypads'?" in text
    answer = hall.done("configure", toml='[box]\nsite = "elsewhere"\ndevice = "x"\n')
    assert [p.split(":")[0] for p in answer["problems"]] == ["box.site", "box.device"]
    assert "not TOML" in hall.done("configure", toml="x = ")["problems"][0]
    assert not hall.state.configuration_file.exists()
    assert hall.facts(ConfigurationChanged) == []


def test_check_only_says_what_would_change(hall: Room) -> None:
    toml = seats_toml(5) + "[web]\nport = 8081\n"
    assert hall.done("configure", toml=toml, check_only=True) == {"problems": [], "changed": ["web.port"]}
    assert not hall.state.configuration_file.exists()


def test_a_change_of_other_services_is_saved_and_this_one_goes_on(hall: Room) -> None:
    toml = seats_toml(5) + "# giữ nguyên lời chú\n[web]\nport = 8081\n"
    assert hall.done("configure", toml=toml)["changed"] == ["web.port"]
    assert hall.step() is Turn.AGAIN
    assert hall.state.configuration_file.read_text("utf-8") == toml
    shown = hall.done("show_configuration")
    assert shown == {"toml": toml, "digest": config.digest(config.parse(tomllib.loads(toml)))}
    (fact,) = hall.facts(ConfigurationChanged)
    assert (fact.configuration, fact.keys, fact.by) == (shown["digest"], ("web.port",), "console")


def test_a_change_of_our_own_settings_asks_for_a_new_start_after_the_answer(hall: Room) -> None:
    connection = hall.send("configure", toml=seats_toml(3))
    assert Turn.RESTART in [hall.step(), hall.step(), hall.step()]
    assert hall.answer(connection) == {"problems": [], "changed": ["keypads.seats"]}


def test_keypads_are_not_changed_under_an_open_ballot(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    hall.open()
    (problem,) = hall.done("configure", toml=seats_toml(3))["problems"]
    assert "keypads.seats" in problem
    assert hall.done("configure", toml=seats_toml(5) + "[web]\nport = 8081\n")["problems"] == []
