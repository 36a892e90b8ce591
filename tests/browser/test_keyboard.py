"""What axe-core cannot see: where the focus is, what is spoken, and a meeting held with one key."""

from __future__ import annotations

from typing import Any

from appliance.events import BallotClosed, BallotOpened
from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.council import at, on_page, press
from tests.browser.house import House
from tests.browser.test_morning import facts

MEMBERS = [f"dv-0{n}" for n in range(1, 8)]


def enter(page: Any) -> None:
    """The one key, once the step listens."""
    page.wait_for_selector("body:not(.settling) #step:focus")
    page.keyboard.press("Enter")


def test_the_secretary_holds_a_meeting_with_one_key(house: House, opened: Opener) -> None:
    """Four items, a ballot on each, no letter typed and the focus never moved by hand: Enter, and again."""
    council.sit(house)
    house.do("passphrase", passphrase=council.PASSPHRASE)
    page = council.desk(house, opened)
    for item in ("ke-hoach", "nhan-su", "du-toan", "quy-che"):
        at(page, f"take-up {item}")
        enter(page)
        at(page, f"open {item}")
        enter(page)
        ballot = f"m-2026-12.{item}.1"
        page.wait_for_selector(f"#next-step[data-step^='close '][data-step$='{ballot}']")
        press(house, ballot, dict.fromkeys(MEMBERS, "for"))
        page.wait_for_selector("#cast >> text=7/7")
        enter(page)  # everybody has voted: there is no question to answer
    at(page, "end")
    page.wait_for_selector("#step:focus")  # it stayed through all that was new
    assert [f.item for f in facts(house, BallotOpened)] == ["ke-hoach", "nhan-su", "du-toan", "quy-che"]
    enter(page)
    page.wait_for_selector("#confirm[open]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    at(page, "minutes")


IMPATIENT = """() => {
  window.pressed = 0;
  document.addEventListener("page:swapped", () => {
    const step = document.getElementById("step");
    if (!document.body.classList.contains("settling")) return;
    for (let again = 0; again < 2; again++) { step.click(); window.pressed += 1; }
  });
}"""
"""Presses the step twice at the very moment in which it has changed under the finger."""


def test_a_key_pressed_twice_is_one_step(house: House, opened: Opener) -> None:
    council.sit(house)
    page = council.desk(house, opened)
    page.evaluate(IMPATIENT)
    page.focus("#step")
    page.keyboard.press("Enter")
    page.wait_for_selector("#next-step[data-step^='open ']")
    page.wait_for_selector("body:not(.settling)")
    assert page.evaluate("window.pressed") >= 2
    assert facts(house, BallotOpened) == []
    enter(page)
    at(page, "close")
    page.wait_for_selector("body:not(.settling)")
    assert page.evaluate("window.pressed") >= 4
    assert page.locator("#confirm[open]").count() == 0
    enter(page)
    page.wait_for_selector("#confirm[open]")
    page.keyboard.press("Enter")  # what has the focus in the question is to leave everything as it is
    page.wait_for_selector("#confirm", state="hidden")
    assert facts(house, BallotClosed) == []
    page.wait_for_selector("#step:focus")


LISTEN = """() => {
  window.said = [];
  const told = (region) => {
    const text = region.textContent.trim().replace(/\\s+/g, " ");
    if (text) window.said.push(text);
  };
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
    new MutationObserver(() => told(region)).observe(region, { childList: true, subtree: true, characterData: true });
  }
}"""
"""Collects what a screen reader would speak: changes inside of live regions that were in the page before."""


def test_a_screen_reader_hears_the_question_and_the_result_but_no_count(house: House, opened: Opener) -> None:
    links = council.sit(house)
    pages = {"secretary": council.desk(house, opened), "delegate": opened(links["dv-03"])}
    for name, page in pages.items():
        with on_page(name):
            page.wait_for_selector("#state-line")
            page.evaluate(LISTEN)
    ballot = house.do("open", item="ke-hoach")["ballot"]
    pages["delegate"].wait_for_selector("#vote-for")
    press(house, ballot, dict.fromkeys(MEMBERS[3:], "for"))
    pages["secretary"].wait_for_selector("#cast >> text=4/7")
    press(house, ballot, dict.fromkeys(MEMBERS[:3], "for"))
    pages["secretary"].wait_for_selector("#cast >> text=7/7")
    house.do("close", ballot=ballot)
    for name, page in pages.items():
        with on_page(name):
            page.wait_for_selector(".verdict.carried")
            said = page.evaluate("window.said")
            assert any("Thông qua Kế hoạch năm 2027?" in text and "5/9" in text for text in said), said
            assert any("Được thông qua" in text for text in said), said
            assert not any("/7" in text for text in said), "votes are counted, not recited"
            assert len(said) <= 4, said


def test_a_delegate_votes_by_keyboard(house: House, opened: Opener) -> None:
    links = council.sit(house)
    page = opened(links["dv-03"])
    house.do("open", item="ke-hoach")
    page.wait_for_selector("#vote-for")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop leads past the links"
    page.keyboard.press("Enter")
    page.wait_for_selector("#main:focus")
    page.keyboard.press("Tab")
    page.wait_for_selector("#vote-for:focus")
    page.keyboard.press("Tab")
    page.wait_for_selector("#vote-against:focus")
    page.keyboard.press("Space")
    page.wait_for_selector("#vote-against[aria-pressed=true]:focus")
