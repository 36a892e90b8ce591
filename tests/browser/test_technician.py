"""The technician's pages in a browser: every error at once, walk test, broker test, states in words, the camera."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import Opener
from tests.browser.house import House, served

PASSWORD = "mat-khau-ky-thuat"


def picture() -> str:
    """A JPEG, red on its left half and blue on its right: what a mirror turns round."""
    image = Image.new("RGB", (64, 48), "red")
    image.paste("blue", (32, 0, 64, 48))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=95)
    return base64.b64encode(data.getvalue()).decode()


class World:
    """A door and an uplink that the test drives. What they answer is what the contract says."""

    def __init__(self) -> None:
        self.frame: dict[str, Any] = {"jpeg": None, "faces": [], "message": {"code": "look"}, "size": None}
        self.door: dict[str, Any] = {
            "service": "door",
            "camera": "ok",
            "symptom": "",
            "remedy": "",
            "frames_per_second": 9.6,
            "dropped": 2,
            "focus": 412.0,
            "gallery": {"identities": 6, "threshold": 0.3741, "model": "ab12"},
            "tracks": 1,
        }
        self.uplink: dict[str, Any] = {
            "service": "uplink",
            "state": "online",
            "detail": "",
            "remedy": "",
            "acknowledged": 3,
            "head": 4,
            "broker": "broker.mau:8883",
        }
        self.tested: list[dict[str, Any]] = []

    def test(self, fields: dict[str, Any]) -> dict[str, Any]:
        """A connection test that fails at its third step and skips its second."""
        self.tested.append(fields)
        return {
            "steps": [
                {"title": "TCP", "ok": True, "detail": ""},
                {"title": "TLS", "ok": None, "detail": ""},
                {"title": "CONNACK", "ok": False, "detail": "certificate has expired"},
            ]
        }


@pytest.fixture
def world() -> World:
    """The door and the uplink of the house below."""
    return World()


@pytest.fixture
def house(tmp_path: Path, world: World) -> Iterator[House]:
    """A room with a camera in its configuration."""
    one = House(tmp_path, camera="replay:somewhere")
    with ExitStack() as stack:
        stack.callback(one.close)
        stack.enter_context(
            served(one.socket("door"), {"frame": lambda _: world.frame, "status": lambda _: world.door})
        )
        stack.enter_context(served(one.socket("uplink"), {"status": lambda _: world.uplink, "test": world.test}))
        one.start("ballot")
        one.start("web")
        yield one


def technician(house: House, opened: Opener, lang: str = "vi") -> Any:
    """Signed in."""
    page = opened(f"{house.url}/technician?lang={lang}", width=1024, height=600)
    page.fill("[name=code]", house.claim_code)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/technician")
    return page


def test_every_error_of_a_configuration_at_once_and_nothing_saved(house: House, opened: Opener) -> None:
    page = technician(house, opened, "en")
    page.goto(f"{house.url}/technician/configuration")
    before = house.state.configuration_file.read_text("utf-8")
    assert page.input_value("#toml") == before
    page.fill("#toml", before.replace("[camera]", "[camera]\nwith = 5\nrotate = 90"))
    page.click("#save")
    page.wait_for_selector(".alert >> text=2 problems")
    problems = page.inner_text(".alert")
    assert "camera.with" in problems
    assert "camera.rotate" in problems
    assert "with = 5" in page.input_value("#toml"), "what was typed is still there"
    assert house.state.configuration_file.read_text("utf-8") == before
    page.fill("#toml", before + "[door]\nlooks = 2\n")
    page.click("#check")
    page.wait_for_selector(".notice.done >> text=No problem")
    assert house.state.configuration().door.looks == 3, "checking saves nothing"
    page.click("#save")
    page.wait_for_selector(".notice.done >> text=door.looks")
    assert house.state.configuration().door.looks == 2


def test_states_are_told_in_words_with_a_remedy(house: House, opened: Opener, world: World) -> None:
    page = technician(house, opened)
    page.wait_for_selector(".service.good >> text=Dịch vụ biểu quyết")
    page.wait_for_selector(".service.good >> text=Đang kết nối tốt")
    said = {
        "unreachable": "Kiểm tra dây mạng",
        "certificate": "Kiểm tra tệp chứng thư gốc",
        "refused": "Kiểm tra tên người dùng",
        "no-receipts": "Kiểm tra máy chủ trung tâm",
    }
    for state, remedy in said.items():
        world.uplink = {**world.uplink, "state": state}
        page.wait_for_selector(f".service.bad >> text={remedy}")
    world.door = {**world.door, "camera": "lost", "symptom": "no frame for 5 s", "remedy": "check the cable"}
    page.wait_for_selector(".service.warn >> text=check the cable")


def test_the_camera_is_mirrored_and_its_focus_shown(house: House, opened: Opener, world: World) -> None:
    face = {"box": [0.1, 0.25, 0.2, 0.5], "state": "seen", "name": "Đại biểu Mẫu 01", "seat": "S01"}
    world.frame = {"jpeg": picture(), "faces": [face], "message": {"code": "look"}, "size": [64, 48]}
    page = technician(house, opened)
    page.goto(f"{house.url}/technician/camera")
    page.wait_for_selector(".face.seen")
    assert page.inner_text("#focus") == "412"
    left = page.evaluate("[...document.querySelector('canvas').getContext('2d').getImageData(4, 24, 1, 1).data]")
    assert left[2] > 200 > left[0], "the right half of the world is on the left of a mirror"
    stage, box = page.evaluate(  # in one look: the box is drawn anew several times a second
        "[...document.querySelectorAll('.stage, .face')].map((part) => part.getBoundingClientRect().toJSON())"
    )
    assert abs((box["x"] - stage["x"]) / stage["width"] - 0.7) < 0.02
    assert "Mẫu 01" not in page.inner_text(".boxes"), "a face that is only seen has no name"
    world.door = {**world.door, "focus": 97.4}
    page.wait_for_selector("#focus >> text=97")


def test_the_door_greets_and_takes_a_pin(house: House, opened: Opener, world: World) -> None:
    house.sit(present=0)
    face = {"box": [0.4, 0.3, 0.2, 0.4], "state": "ambiguous", "name": "Đại biểu Mẫu 01", "seat": "S01"}
    world.frame = {"jpeg": picture(), "faces": [face], "message": {"code": "ambiguous"}, "size": [64, 48]}
    page = opened(house.screen("door"), width=800, height=1280)
    page.wait_for_selector("#hint[data-code=ambiguous] >> text=Xin dùng mã PIN")
    assert "Mẫu 01" not in page.inner_text("body"), "two who look alike are not named"
    page.click("#pin-open")
    page.click("#pin-list button >> text=Đại biểu Mẫu 03")
    for digit in "000000":
        page.click(f"[data-digit='{digit}']")
    page.click("button[data-enter]")
    page.wait_for_selector("#pin-error >> text=Chưa đúng")
    for digit in house.pins["dv-03"]:
        page.click(f"[data-digit='{digit}']")
    page.click("button[data-enter]")
    page.wait_for_selector("#hint[data-code=welcome] >> text=Kính chào, Đại biểu Mẫu 03")
    assert page.locator("#pin").is_hidden()
    page.wait_for_selector("text=1/6")
    world.frame = {**world.frame, "message": {"code": "welcome", "name": "Đại biểu Mẫu 01", "seat": "S01"}}
    world.frame["faces"] = [{**face, "state": "welcome"}]
    page.wait_for_selector(".face.welcome >> text=Đại biểu Mẫu 01 · Ghế S01")


def test_a_walk_test_turns_pressed_keys_green(house: House, opened: Opener) -> None:
    page = technician(house, opened)
    page.goto(f"{house.url}/technician/keypads")
    page.click("#walk")
    page.wait_for_selector("#walk.danger")
    board = opened(f"{house.url}/keypads", context=page.context)
    for choice in ("for", "against"):
        key = board.locator(f"#key-S02-{choice}")
        key.dispatch_event("pointerdown", {"pointerId": 1})
        board.wait_for_selector(f"#key-S02-{choice}.down")
        key.dispatch_event("pointerup", {"pointerId": 1})
        board.wait_for_selector(f"#key-S02-{choice}:not(.down)")
    board.focus("#key-S02-abstain")
    board.keyboard.down("Enter")
    board.wait_for_selector("#key-S02-abstain.down")
    board.keyboard.up("Enter")
    page.wait_for_selector(".walk .complete >> text=S02")
    page.click("#walk")
    page.wait_for_selector("#walk.primary")


def test_a_broker_is_tested_step_by_step_and_saved(house: House, opened: Opener, world: World) -> None:
    page = technician(house, opened)
    page.goto(f"{house.url}/technician/broker")
    page.fill("#broker-host", "broker.mau")
    page.fill("#broker-port", "eighty")
    for button in ("#test", "button[value=save]"):
        page.click(button)
        page.wait_for_selector(".alert >> text=broker.port: phải là số nguyên")
    assert world.tested == [], "what cannot be right is not tried"
    page.fill("#broker-port", "1883")
    page.click("#test")
    page.wait_for_selector(".steps .bad >> text=certificate has expired")
    page.wait_for_selector(".steps .skipped")
    assert world.tested[0]["host"] == "broker.mau"
    page.click("button[value=save]")
    page.wait_for_selector(".notice.done")
    kept = house.state.configuration().broker
    assert (kept.host, kept.port) == ("broker.mau", 1883)
    assert 'room = "Phòng họp Mẫu"' in house.state.configuration_file.read_text("utf-8")


def test_the_fingerprint_is_shown_in_comparable_groups(house: House, opened: Opener) -> None:
    page = technician(house, opened)
    page.goto(f"{house.url}/technician/access")
    groups = page.locator("#fingerprint span").all_inner_texts()
    assert "".join(groups) == house.do("identity")["fingerprint"]
    assert {len(group) for group in groups} == {4}
