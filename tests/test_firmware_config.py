"""What lies in firmware_config is what the program accepts, and every line says why."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from appliance import config
from appliance.keypad.lamps import KEYS

FOLDER = Path(__file__).resolve().parent.parent / "firmware_config"
SETTINGS = sorted(p for p in FOLDER.rglob("*") if p.suffix in {".conf", ".txt", ".rules", ".toml"} or p.name == "acl")

# The 40-pin header: BCM line → place.
HEADER = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22, 11: 23,
    8: 24, 7: 26, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip


@pytest.fixture(scope="module")
def example() -> config.Configuration:
    return config.parse(tomllib.loads((FOLDER / "appliance.toml").read_text("utf-8")), "appliance.toml")


def lines_of(spec: str) -> set[int]:
    """`2-4,7` → {2, 3, 4, 7}, as the firmware reads it."""
    spans = [part.split("-") for part in spec.split(",")]
    return {n for span in spans for n in range(int(span[0]), int(span[-1]) + 1)}


def without_reason(text: str) -> list[str]:
    """Settings that no comment stands above, in the same paragraph. Section headers and brackets are no settings."""
    bare, reasoned = [], False
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            reasoned = False
        elif line.startswith("#"):
            reasoned = True
        elif line in "{}" or re.fullmatch(r"\[.*\]|\w+(?: [^;]*)?\{", line) or " # " in line:
            continue
        elif not reasoned:
            bare.append(line)
    return bare


@pytest.mark.parametrize("path", SETTINGS, ids=lambda p: str(p.relative_to(FOLDER)))
def test_every_line_says_why(path: Path) -> None:
    assert without_reason(path.read_text("utf-8")) == []


def test_a_line_without_a_reason_would_be_noticed() -> None:
    assert without_reason("# why\na = 1\n\nb = 2\nserver {\n}\n") == ["b = 2"]


def test_the_example_is_a_valid_configuration_for_a_pi(example: config.Configuration) -> None:
    assert example.keypads.factory == "lgpio"
    assert example.camera.source == "pi"
    assert len(example.keypads.seats) == 4


def test_no_line_is_used_twice_and_every_line_is_on_the_header(example: config.Configuration) -> None:
    used = [pin for seat in example.keypads.seats.values() for pin in (*seat.keys, *seat.lamps)]
    used += [pin for pin in (example.door.lamp_pin, example.door.buzzer_pin) if pin is not None]
    assert len(used) == len(set(used)) == 26
    assert set(used) == set(HEADER)


def test_lamps_and_buzzer_are_on_lines_that_are_low_at_power_on(example: config.Configuration) -> None:
    lamps = [pin for seat in example.keypads.seats.values() for pin in seat.lamps]
    assert min(lamps) > 8
    assert (example.door.lamp_pin, example.door.buzzer_pin) == (26, 27)


def test_the_boot_settings_prepare_these_very_lines(example: config.Configuration) -> None:
    text = (FOLDER / "config.txt").read_text("utf-8")
    modes = {mode: lines_of(lines) for lines, mode in re.findall(r"^gpio=([\d,-]+)=(.*)$", text, re.M)}
    seats = example.keypads.seats.values()
    assert modes["ip,pu"] == {pin for seat in seats for pin in seat.keys}
    assert modes["op,dl"] == {pin for seat in seats for pin in seat.lamps} | {26, 27}


def test_the_wiring_table_is_the_example(example: config.Configuration) -> None:
    rows = re.findall(r"^\| (\w+) \| ([\w ]+) \| (\d+) \| (\d+) \|$", (FOLDER / "README.md").read_text("utf-8"), re.M)
    table = {(seat, what): (int(line), int(pin)) for seat, what, line, pin in rows}
    expected = {("door", "lamp"): example.door.lamp_pin, ("door", "buzzer"): example.door.buzzer_pin}
    for name, seat in example.keypads.seats.items():
        for choice, key, lamp in zip(KEYS, seat.keys, seat.lamps, strict=True):
            expected[name, f"key {choice.value}"] = key
            expected[name, f"lamp {choice.value}"] = lamp
    assert table == {place: (line, HEADER[line]) for place, line in expected.items() if line is not None}


def test_the_comments_of_the_example_name_the_right_places(example: config.Configuration) -> None:
    text = (FOLDER / "appliance.toml").read_text("utf-8")
    said = re.findall(r"# Header pins ([\d, ]+)\.\n\w+ = \[([\d, ]+)\]", text)
    assert len(said) == 8
    for pins, lines in said:
        assert [HEADER[int(line)] for line in lines.split(",")] == [int(pin) for pin in pins.split(",")]


def test_the_proxy_passes_news_on_at_once_and_cannot_be_told_an_address() -> None:
    text = (FOLDER / "nginx/appliance.conf").read_text("utf-8")
    assert "proxy_buffering off;" in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert f"proxy_pass http://127.0.0.1:{config.Web().port};" in text


def test_the_proxy_writes_down_no_request() -> None:
    """Who voted when, and every personal link, would stand in its log."""
    servers = (FOLDER / "nginx/appliance.conf").read_text("utf-8").split("\nserver {")[1:]
    assert ["\n    access_log off;" in server for server in servers] == [True, True]
    assert "\n    error_log stderr crit;" in servers[1]


def test_nginx_accepts_the_proxy(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is missing; Debian: apt install nginx-light openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=x",
    ]
    subprocess.run([*words, "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=60)
    site = (FOLDER / "nginx/appliance.conf").read_text("utf-8")
    site = site.replace("/etc/ssl/appliance/fullchain.pem", str(certificate))
    site = site.replace("/etc/ssl/private/appliance.pem", str(key))
    site = re.sub(r"listen (\[::\]:)?(80|443)", lambda m: f"listen {m[1] or ''}{int(m[2]) + 18000}", site)
    paths = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; client_body_temp_path {tmp_path}/body; {paths}"
        f"\n{site}\n}}"
    )
    log = tmp_path / "error.log"
    done = subprocess.run(
        [nginx, "-t", "-q", "-e", log, "-c", main], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
