"""Enrolling before the camera, in a browser: a real door service sees a drawn delegate turn their head."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.camera import Image
from appliance.demo import portrait
from appliance.events import DelegateEnrolled
from appliance.journal import Reader
from tests.browser.conftest import Opener
from tests.browser.house import House

PICTURES = os.environ.get("APPLIANCE_TEST_PICTURES")
"""A folder for pictures of the pages, for whoever wants to look at them."""


LISTEN = """() => {
  const main = document.getElementById("main");
  window.said = new Set();
  window.sides = new Set();
  new MutationObserver(() => {
    window.said.add(document.querySelector(".reason")?.textContent);
    window.sides.add(document.querySelector(".mirror")?.dataset.side);
  }).observe(main, { childList: true, subtree: true, characterData: true, attributes: true });
}"""
"""Collects what stands in the page's sentence, and on which side the arrow: nobody can look as fast as it changes."""


def frame(yaw: float) -> Image:
    """A drawn delegate before a grey wall, BGR."""
    drawn = portrait.draw(portrait.Person.from_seed(portrait.COUNCIL[7]), size=440, yaw=yaw)
    wall = np.full((480, 640, 3), 165, np.uint8)
    alpha = drawn.alpha[..., None] / 255
    part = wall[40:480, 100:540]
    part[:] = (drawn.rgb * alpha + part * (1 - alpha)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(wall, cv2.COLOR_RGB2BGR))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A room whose camera shows somebody who looks ahead, left, ahead, right, over and over."""
    recording = tmp_path / "recording"
    recording.mkdir()
    turns = [0.0] * 20 + [14.0] + [28.0] * 8 + [14.0] + [0.0] * 10 + [-14.0] + [-28.0] * 8 + [-14.0]
    for number, yaw in enumerate(turns):
        cv2.imwrite(str(recording / f"{number:03}.png"), frame(yaw))
    one = House(tmp_path, camera=f"replay:{recording}")
    text = one.state.configuration_file.read_text("utf-8")
    one.state.configuration_file.write_text(
        text.replace("[web]", 'repeat = true\nframes_per_second = 8\n[door]\ndetector = "hog"\n[web]'), "utf-8"
    )
    try:
        one.start("ballot")
        one.start("door")
        one.start("web")
        yield one
    finally:
        one.close()


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def signed_in(house: House, opened: Opener, role: str, **more: Any) -> Any:
    """At the page of enrolment."""
    if role == "technician":
        page = opened(f"{house.url}/technician/claim", **more)
        page.fill("[name=code]", house.claim_code)
        page.fill("[name=again]", "mat-khau-thu-nghiem")
        page.fill("[name=password]", "mat-khau-thu-nghiem")
    else:
        page = opened(f"{house.url}/sign-in/{role}", **more)
        page.fill("[name=password]", house.password(role))
    page.click("main button")
    page.click("nav >> text=Đăng ký khuôn mặt")
    page.wait_for_url("**/enrolment")
    return page


def enrolled(house: House) -> list[DelegateEnrolled]:
    reader = Reader(house.state.journal)
    found = [entry.event for entry in reader.after(0) if isinstance(entry.event, DelegateEnrolled)]
    reader.close()
    return found


def test_an_enrolment_from_the_consent_to_the_journal(house: House, opened: Opener) -> None:
    house.sit(present=0)
    screen = opened(house.screen("door"), width=800, height=1280)
    screen.wait_for_selector("#hint:not([data-code=enrolling])")
    page = signed_in(house, opened, "secretary", width=1280, height=860)
    page.wait_for_selector("text=VĂN BẢN ĐỒNG Ý")
    assert "các quyền như nhau" in page.inner_text("form.begin"), "another way with equal rights is stated"
    picture(page, "enrolment-begin")

    # By keyboard alone, from the name to the template.
    page.evaluate(LISTEN)
    page.focus("#delegate")
    page.keyboard.type("dv-03")
    page.keyboard.press("Enter")
    assert page.locator("#guide").count() == 0, "the box is not ticked: the browser does not send the form"
    page.focus("#agreed")
    page.keyboard.press("Space")
    page.focus("#begin")
    page.keyboard.press("Enter")
    page.wait_for_selector("#guide >> text=Đại biểu Mẫu 03")
    screen.wait_for_selector("#hint[data-code=enrolling] >> text=Đang đăng ký khuôn mặt")
    if PICTURES:
        page.wait_for_selector(".mirror[data-side=left]")
        picture(page, "enrolment-left")
    page.wait_for_selector("#keep", timeout=120_000)
    picture(page, "enrolment-complete")
    said = set(page.evaluate("[...window.said]"))
    assert {"Xin quay đầu sang trái một chút.", "Xin quay đầu sang phải một chút."} <= said
    assert {"left", "right"} <= set(page.evaluate("[...window.sides]"))
    page.wait_for_selector("#keep:focus")  # Enter is all that is left to press
    assert enrolled(house) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("text=đã đăng ký, hết hạn ngày")
    picture(page, "enrolment-kept")
    (fact,) = enrolled(house)
    assert (fact.delegate, fact.images) == ("dv-03", 6)
    assert fact.consent.startswith("mau-1.vi sha256:")
    row = page.inner_text("table tbody tr")
    assert "Đại biểu Mẫu 03" in row
    assert fact.expires in row
    screen.wait_for_selector("#hint:not([data-code=enrolling])")

    # The same person under another id, at the technician's page.
    page = signed_in(house, opened, "technician", width=820, height=1180)
    page.fill("#delegate", "dv-02")
    page.check("#agreed")
    page.click("#begin")
    page.wait_for_selector("#keep", timeout=120_000)
    page.click("#keep")
    page.wait_for_selector("[role=alert] >> text=Đại biểu Mẫu 03")
    picture(page, "enrolment-twin")
    page.click("#cancel")
    page.wait_for_selector("#begin")
    assert [one.delegate for one in enrolled(house)] == ["dv-03"]
