"""The door's screen in every state, in both languages, on both shapes of screen: all is there, nothing flows over."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import pytest

from appliance.demo import portrait, walk
from appliance.web import words
from tests.browser.conftest import Opener
from tests.browser.house import House, served

SIZES = ((1024, 600), (800, 1280))


class World:
    """A door that answers what the test sets."""

    def __init__(self) -> None:
        picture = walk.Walk([walk.Arrival(portrait.Person.from_seed(portrait.COUNCIL[0]), at=0.0)]).frame(15)
        _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        self.jpeg = base64.b64encode(data.tobytes()).decode()
        self.frame: dict[str, Any] = {}
        self.say("look")

    def say(self, code: str) -> None:
        """A message, and the face that goes with it."""
        state = {"already": "known"}.get(code, code if code in ("welcome", "unknown", "ambiguous") else "looking")
        named = {"name": "Đại biểu Mẫu 01", "seat": "S01"} if code in ("welcome", "already") else {}
        face = {"box": [0.36, 0.25, 0.27, 0.48], "state": state, **named}
        self.frame = {"jpeg": self.jpeg, "faces": [face], "message": {"code": code, **named}, "size": [640, 360]}


@pytest.fixture
def world() -> World:
    """The door of the house below."""
    return World()


@pytest.fixture
def house(tmp_path: Path, world: World) -> Iterator[House]:
    """A room with a camera and a meeting."""
    one = House(tmp_path, camera="replay:somewhere")
    with ExitStack() as stack:
        stack.callback(one.close)
        stack.enter_context(
            served(one.socket("door"), {"frame": lambda _: world.frame, "status": lambda _: {"service": "door"}})
        )
        one.start("ballot")
        one.start("web")
        one.sit(present=0)
        yield one


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_state_is_said_in_full_and_the_way_to_the_pin_is_open(
    house: House, opened: Opener, world: World, lang: str
) -> None:
    screen = house.screen("door")
    for width, height in SIZES:
        page = opened(f"{screen}?lang={lang}", width=width, height=height)
        for code in sorted(set(words.DOOR_HINTS) - {"camera-none", "door-silent"}):
            world.say(code)
            page.wait_for_selector(f"#hint[data-code={code}]")
            assert page.inner_text("#hint h1").strip()
            assert page.inner_text("#hint p").strip()
            for part in ("#hint", "#hint h1", "#hint p", "#pin-open"):
                box = page.locator(part).bounding_box()
                assert box["x"] >= 0, (code, part)
                assert box["x"] + box["width"] <= width, (code, part)
                assert box["y"] + box["height"] <= height, (code, part)
            assert page.locator(".mirror").bounding_box()["height"] > height / 3, "people look for themselves"
