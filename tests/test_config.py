"""The configuration: every error at once, each with what was meant; nothing secret is ever shown."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from appliance import config
from appliance.cli import config as verb
from appliance.cli import main
from appliance.config import Configuration
from appliance.errors import ConfigurationError

REFERENCE = Path(__file__).parent.parent / "docs" / "configuration.md"
MARK = "<!-- made by `appliance config --markdown` -->\n"
A_SEAT = "[keypads.seats.A1]\nkeys = [1, 2, 3]\nlamps = [4, 5, 6]\n"
ANOTHER = "[keypads.seats.A2]\nkeys = [6, 7, 8]\nlamps = [9, 10, 11]\n"


def problems(toml: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        config.parse(tomllib.loads(toml), "appliance.toml")
    return caught.value.problems


def test_an_empty_file_is_the_defaults():
    assert config.parse({}) == Configuration()
    assert config.digest(config.parse({})) == config.digest(Configuration())


def test_the_document_says_every_key():
    assert REFERENCE.read_text("utf-8").split(MARK)[1] == verb.reference(), "run: appliance config --markdown"


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("[camra]", "camra: unknown key; did you mean 'camera'?"),
        ("[camera]\nsorce = '0'", "camera.sorce: unknown key; did you mean 'source'?"),
        ("[broker]\nzzz = 1", "broker.zzz: unknown key; known: host, port"),
        (A_SEAT + "lamp = 1", "keypads.seats.A1.lamp: unknown key; did you mean 'lamps'?"),
        (A_SEAT.replace("keys", "kyes"), "keypads.seats.A1.kyes: unknown key; did you mean 'keys'?"),
        (A_SEAT.replace("keys", "kyes"), "keypads.seats.A1.keys: field required"),
        ("[keypads.seats.A1]\nkeys = [1, 2]\nlamps = [4, 5, 6]", "keypads.seats.A1.keys.2: field required"),
        ("[keypads]\nset = 1", "keypads.set: unknown key; did you mean 'seats'?"),
        ("[web]\nport = 0", "web.port: input should be greater than or equal to 1, not 0"),
        ("[box]\nsite = 'a/b'", "box.site: string should match pattern"),
        ("[box]\nlanguage = 'fr'", "box.language: input should be 'vi' or 'en', not 'fr'"),
        ("box = 5", "box: input should be a valid dictionary"),
        (f"[central.devices]\nroom = '{'a' * 64}'", "central.devices: write devices as site/device, not room"),
        ("[central.devices]\n'a/b' = 'x'", "central.devices.a/b: string should match"),
        ("[broker]\ncert_file = 'x'", "broker: cert_file and key_file go together"),
        ("[broker]\ncert_file = 'x'\nkey_file = 'y'", "broker: a client certificate needs ca_file"),
        (A_SEAT + ANOTHER, "keypads: pin 6 is used by seat A1 (lamp) and by seat A2 (key)"),
        (A_SEAT + "[door]\nlamp_pin = 4\nbuzzer_pin = 5", "door.lamp_pin 4 is also used by a seat; door.buzzer_pin 5"),
        ("[door]\nlamp_pin = 4\nbuzzer_pin = 4", "door.lamp_pin and door.buzzer_pin are both 4"),
        ("[keypads]\nsecret_key = 5\n" + A_SEAT, "keypads: pin 5 is used by secret_key and by seat A1 (lamp)"),
        ("[keypads]\nsecret_key = 7\n[door]\nbuzzer_pin = 7", "door.buzzer_pin 7 is also used by keypads.secret_key"),
    ],
)  # fmt: skip
def test_a_problem_names_the_key_and_what_was_meant(toml: str, problem: str):
    assert any(found.startswith(problem) for found in problems(toml)), problems(toml)


def test_all_problems_are_named_at_once():
    found = problems("[box]\nsite = ''\n[web]\nport = 'x'\nprt = 1\n[camera]\nwidth = 1\n[brokr]\n")
    assert [problem.split(":")[0] for problem in found] == ["box.site", "camera.width", "web.port", "web.prt", "brokr"]


def test_a_seat_may_not_press_its_own_lamp():
    (found,) = problems("[keypads.seats.A1]\nkeys = [1, 2, 3]\nlamps = [3, 5, 6]\n")
    assert found == "keypads: pin 3 is used by seat A1 (key) and by seat A1 (lamp)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:b@d:p/w@10.0.0.5:554/main", "rtsp://admin:***@10.0.0.5:554/main"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:***@db/x"),
        ("http://camera/stream", "http://camera/stream"),
        ("http://camera:8080/stream", "http://camera:8080/stream"),
        ("sqlite:///x.db", "sqlite:///x.db"),
        ("rtsp://:secret@host", "rtsp://:***@host"),
        ("0", "0"),
        ("", ""),
    ],
)
def test_a_password_in_an_address_is_masked(text: str, shown: str):
    assert config.masked(text) == shown


def test_settings_say_where_they_come_from_and_no_secret():
    made = config.parse(
        {"camera": {"source": "rtsp://admin:swordfish@cam/1"}, "central": {"database": "pg://u:swordfish@h/d"}}
    )
    found = {setting.key: setting for setting in config.settings(made)}
    assert found["camera.source"] == config.Setting("camera.source", "rtsp://admin:***@cam/1", True)
    assert found["camera.width"] == config.Setting("camera.width", 640, False)
    assert "swordfish" not in str(found)
    assert len(found) == sum(len(section.model_fields) for section in config.SECTIONS.values())


def test_a_problem_does_not_repeat_a_secret():
    assert "secret" not in "".join(problems("[camera]\nwidth = 'rtsp://admin:secret@cam/1'"))


def test_changed_keys_are_named_one_by_one():
    after = config.parse({"web": {"port": 81}, "keypads": {"seats": {"A1": {"keys": [1, 2, 3], "lamps": [4, 5, 6]}}}})
    assert config.changed_keys(Configuration(), after) == ("keypads.seats", "web.port")
    assert config.digest(after) != config.digest(Configuration())


# The verb ------------------------------------------------------------------------------------------------------------


def test_appliance_config_prints_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "appliance.toml").write_text("[web]\nport = 81\n")
    assert main(["config", "--state", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert '[web]\nhost = "127.0.0.1"  # default\nport = 81\n' in out
    assert main(["config", "--state", str(tmp_path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"key": "web.port", "value": 81, "from": "file"} in said["settings"]
    assert {"key": "web.host", "value": "127.0.0.1", "from": "default"} in said["settings"]
    assert said["digest"] == config.digest(config.parse({"web": {"port": 81}}))


def test_appliance_config_without_a_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["config", "--state", str(tmp_path)]) == 0
    assert "not there" in capsys.readouterr().out.splitlines()[0]


def test_appliance_config_check_says_every_problem_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "new.toml"
    file.write_text("[web]\nport = 0\nprt = 1\n")
    assert main(["config", "--check", str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "has 2 problem(s)" in said.err
    assert "did you mean 'port'" in said.err
    file.write_text("[web]\nport = 81\n")
    assert main(["config", "--check", str(file)]) == 0
    assert "no problems; 1 settings stated" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"# a box\n\xff\xfe", "line 2 is not UTF-8; save the file as UTF-8"),
        (b"[web", "not TOML: Expected ']'"),
        (b"x = = 1", "not TOML: Invalid value"),
    ],
)
def test_a_file_that_is_no_toml_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
):
    file = tmp_path / "new.toml"
    file.write_bytes(content)
    assert main(["config", "--check", str(file)]) == 1
    assert said in capsys.readouterr().err
    assert main(["config", "--check", str(tmp_path / "missing.toml")]) == 1
    assert "missing.toml has 1 problem(s):\n  - no such file" in capsys.readouterr().err
