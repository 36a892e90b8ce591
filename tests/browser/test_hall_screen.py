"""The hall's screen from ten metres: the height of its letters, and that nothing falls off its edge."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.council import press
from tests.browser.house import House

METRES = 10.0
SCREEN = 55 * 25.4 * 9 / math.hypot(16, 9)
"""Millimetres: the height of a screen of 55 inches."""

CAPITAL = 0.714
"""Of a letter's size in Noto Sans its capitals are this high."""

SIZES = """() => [...document.querySelectorAll("main *")].filter((e) => {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return own && e.checkVisibility() && !e.closest(".unseen") && e.getBoundingClientRect().width > 2;
}).map((e) => [e.closest(DECIDING) !== null, parseFloat(getComputedStyle(e).fontSize), e.textContent.trim()])
"""

DECIDING = ".figure:not(small), .open .question, .words.large, .verdict .word, .counts dd, .hall-secret, .hall-empty h2"
"""What decides: figures, the question while it is open, the outcome, what is to be done."""

BEYOND = """() => [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility()
  && !e.closest(".unseen") && (e.getBoundingClientRect().bottom > innerHeight + 1
  || e.getBoundingClientRect().right > innerWidth + 1)).map((e) => e.className + ": " + e.textContent.trim())
"""

LOOK = f"() => [({SIZES.replace('DECIDING', repr(DECIDING))})(), ({BEYOND})()]"
"""The letters, and what is beyond the edge."""

WATCH = """() => {
  new MutationObserver(() => {
    const left = document.querySelector(".time-left.soon");
    if (!left || window.last) return;
    window.last = {
      figure: left.querySelector(".figure").textContent,
      words: left.querySelector(".soon-words").checkVisibility(),
      announced: document.getElementById("announce")?.textContent,
      seen: (LOOK)(),
    };
  }).observe(document.getElementById("main"), { childList: true, subtree: true, attributes: true });
}""".replace("LOOK", LOOK)
"""Keeps how the last ten seconds looked when they began: who looks from outside may come when they are over."""


def minutes_of_arc(pixels: float, height: int) -> float:
    """How large a letter of that size looks from the last row, on a screen with `height` pixels."""
    millimetres = pixels / height * SCREEN * CAPITAL
    return math.degrees(math.atan(millimetres / (METRES * 1000))) * 60


def look(page: Any, *, width: int, height: int) -> None:
    """How the page is read on a screen of that size."""
    page.set_viewport_size({"width": width, "height": height})
    read(page.evaluate(LOOK), width=width, height=height)


def read(seen: list[Any], *, width: int, height: int) -> None:
    """Five minutes of arc are what full sight just reads (ISO 8596); what decides has twice that."""
    shown, below = seen
    small = [(text, round(minutes_of_arc(px, height), 1)) for _, px, text in shown if minutes_of_arc(px, height) < 5.0]
    assert small == []
    deciding = [(t, minutes_of_arc(px, height)) for decides, px, t in shown if decides]
    assert deciding
    assert [(text, round(size, 1)) for text, size in deciding if size < 9.9] == []
    assert below == [], f"beyond the edge at {width}×{height}"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_state_is_read_from_ten_metres(house: House, opened: Opener, lang: str) -> None:
    council.sit(house, present=5)
    hall = opened(house.screen("hall"), width=1920, height=1080)
    hall.goto(f"{house.url}/hall?lang={lang}")

    def see(selector: str) -> None:
        hall.wait_for_selector(selector)
        for width, height in ((1920, 1080), (1280, 800), (1366, 768)):
            look(hall, width=width, height=height)

    see(".hall-empty")
    house.do("check_in", delegate="dv-06", reason="kiểm thử")
    house.do("check_in", delegate="dv-07", reason="kiểm thử")
    house.do("take_up", item="du-toan")
    see(".hall-empty .question")
    ballot = house.do("open", item="du-toan")["ballot"]
    see(".hall-needed >> text=5/9")
    assert hall.locator(".hall-cast .figure").inner_text().split("\n")[0] == "0/7"
    house.do("hold", ballot=ballot)
    see(".hall-state")
    house.do("resume", ballot=ballot)
    press(house, ballot, {"dv-02": "for", "dv-03": "against", "dv-04": "for", "dv-05": "against"})
    hall.wait_for_selector(".hall-cast .figure >> text=4/7")
    house.do("close", ballot=ballot)
    see(".hall-readings")
    house.do("take_up", item="quy-che")
    ballot = house.do("open", item="quy-che")["ballot"]
    press(house, ballot, dict.fromkeys(["dv-02", "dv-03", "dv-04", "dv-05", "dv-06"], "for"))
    witness = {"witness": "dv-03", "pin": house.pins["dv-03"], "reason": "bàn phím hỏng"}
    house.do("enter_vote", ballot=ballot, delegate="dv-07", choice="for", **witness)
    house.do("close", ballot=ballot)
    see(".verdict.carried")
    assert "Đại biểu Mẫu 07" in hall.inner_text(".remarks"), "a vote entered by hand is marked wherever it is shown"
    house.do("secret_session", on=True)
    see(".hall-secret")


def test_the_last_ten_seconds_are_told_apart_by_more_than_colour(house: House, opened: Opener) -> None:
    links = council.sit(house)
    hall, tablet = opened(house.screen("hall"), width=1920, height=1080), opened(links["dv-03"])
    calm = house.do("open", item="du-toan", limit_seconds=600)["ballot"]
    hall.wait_for_selector(".time-left:not(.soon)")
    assert not hall.locator(".soon-words").is_visible()
    house.do("close", ballot=calm)
    for page in (hall, tablet):
        page.evaluate(WATCH)
    house.do("open", item="ke-hoach", limit_seconds=12)
    on_the_wall, in_the_hand = (
        page.wait_for_function("() => window.last", timeout=60_000).json_value() for page in (hall, tablet)
    )
    hall.wait_for_selector(".verdict", timeout=60_000)  # the ballot service closes by its own clock
    assert hall.locator(".time-left").count() == 0
    assert on_the_wall["figure"] in {f"0:{n:02}" for n in range(11)}
    assert on_the_wall["words"]
    read(on_the_wall["seen"], width=1920, height=1080)
    assert "mười giây" in in_the_hand["announced"]
