"""What is needed stands where it is seen: below the bar, inside a narrow screen, in whole lines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.house import House
from tests.browser.test_accessibility import faults

WORD = "https://tai-lieu.example/" + "x" * 375
"""400 characters without a place to break."""

TITLE = "Điều chỉnh chủ trương đầu tư xây dựng công trình mẫu. " * 5 + "Phần một của nội dung."
QUESTION = "Thông qua chủ trương đầu tư công trình mẫu theo tờ trình số mười hai? " * 8 + "Kèm theo điều kiện mẫu."


def council_of_long_words(house: House) -> None:
    """290 characters of a title, 590 of a question."""
    meeting = council.meeting()
    meeting["agenda"][0] |= {"title": TITLE, "question": QUESTION}
    house.do("convene", **meeting)
    for n in range(1, 8):
        house.do("check_in", delegate=f"dv-{n:02}", reason="kiểm thử")
    house.links = {f"dv-{n:02}": link(house, f"dv-{n:02}") for n in range(2, 6)}


def link(house: House, delegate: str) -> str:
    return f"{house.url}/d/{house.do('issue_pins', delegates=[delegate])[0]['link']}"


# Below the bar -------------------------------------------------------------------------------------------------------

PLACES = """(id) => {
  const field = document.getElementById(id), bar = document.getElementById("next-step");
  const covered = getComputedStyle(bar).position === "sticky" ? bar.getBoundingClientRect().bottom : 0;
  return [field.closest("label").getBoundingClientRect().top, field.getBoundingClientRect().bottom, covered];
}"""


def seen(page: Any, field: str) -> None:
    """The field and its label stand below the bar and above the lower edge."""
    top, bottom, covered = page.evaluate(PLACES, field)
    assert top >= covered, f"#{field}: its label begins at {top} px, the bar ends at {covered} px"
    assert bottom <= page.viewport_size["height"]


SIZES = [(1280, 800), (800, 700), (360, 740)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_field_that_is_jumped_to_stands_below_the_bar(
    house: House, opened: Opener, width: int, height: int
) -> None:
    council.sit(house)
    page = council.desk(house, opened, width=width, height=height)
    ballot = house.do("open", item="quy-che", voting="hands", reason="thiết bị không hoạt động")["ballot"]
    page.click("#step[href='#hands-for']")
    seen(page, "hands-for")
    page.evaluate("document.activeElement.blur(), scrollTo(0, document.body.scrollHeight)")
    page.focus("#hands-for")
    seen(page, "hands-for")
    house.do("annul", ballot=ballot, reason="kiểm thử")
    house.do("passphrase", passphrase=council.PASSPHRASE)
    house.do("open", item="nhan-su")
    sealed(house)
    page.click("#step[href='#passphrase']")
    seen(page, "passphrase")


def sealed(house: House) -> None:
    """A power cut, and the secret ballot is closed: its box waits."""
    house.stop("ballot", number=9)
    house.start("ballot")
    house.do("close", ballot="m-2026-12.nhan-su.1")


# Inside a narrow screen ----------------------------------------------------------------------------------------------


def wide(page: Any, address: str) -> str:
    """Why the page must be scrolled sideways, with everything folded out; empty: it need not."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    width, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return "" if width <= screen else f"{address}: {width} px on {screen}"


def test_no_word_makes_a_page_wider_than_a_phone(house: House, opened: Opener) -> None:
    links = council.sit(house)
    house.do("report_absence", delegate="dv-08", reason=WORD)
    house.do("check_out", delegate="dv-07", reason=WORD)
    house.do("check_in", delegate="dv-07", reason=WORD)
    house.do("lock_seat", seat="S04", reason=WORD)
    house.do("note_proceeding", item="ke-hoach", text=WORD)
    house.do("record_conclusion", item="ke-hoach", text=WORD)
    lead = {"lead_unit": "x" * 200, "lead_head": "Đại biểu Mẫu 01"}
    dates = {"deadline": "2026-12-20", "report_deadline": "2026-12-25"}
    house.do("assign_task", task={"id": "nv-1", "text": WORD, "item": "ke-hoach", **lead, **dates})
    house.do("take_up", item="ke-hoach")
    ballot = house.do("open", item="ke-hoach")["ballot"]
    house.do("annul", ballot=ballot, reason=WORD)
    house.do("open", item="ke-hoach", reason=WORD)
    desk = council.desk(house, opened, width=360, height=740)
    member, chair = (opened(links[who], width=360, height=740) for who in ("dv-03", "dv-01"))

    def everywhere() -> list[str]:
        secretarys = [f"/secretary{page}" for page in ("", "/roll", "/conclusions", "/minutes")]
        pages = [*((desk, one) for one in secretarys), (chair, "/chair")]
        pages += [(member, "/delegate"), (member, "/delegate/history")]
        return [found for page, address in pages if (found := wide(page, house.url + address))]

    assert everywhere() == []
    house.do("close", ballot=ballot.removesuffix("1") + "2")
    assert everywhere() == []
    house.do("end_meeting", leave_undecided=True)
    assert everywhere() == []


def test_what_the_box_itself_writes_keeps_its_words_whole(house: House, opened: Opener) -> None:
    """A word that breaks anywhere must not press its neighbours together."""
    council.sit(house)
    house.do("report_absence", delegate="dv-08", reason=WORD)
    page = council.desk(house, opened)
    page.goto(f"{house.url}/secretary/roll")
    lines = "(all) => all.map((e) => [e.textContent, e.getClientRects().length])"
    assert {n for _, n in page.eval_on_selector_all(".roll .place b", lines)} == {1}
    fits = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"
    assert page.eval_on_selector_all(".roll th, .roll td", fits) == []


def test_a_note_about_a_seat_stands_apart_from_the_name(house: House, opened: Opener) -> None:
    council.sit(house, present=9)  # seats 7 to 9 have no keypad
    page = council.desk(house, opened)
    page.goto(f"{house.url}/secretary/roll")
    name, note = page.evaluate("""() => {
      const note = document.querySelector("#seat-S08 small.muted"), name = document.createRange();
      name.selectNodeContents(note.previousSibling);
      return [name.getBoundingClientRect().bottom, note.getBoundingClientRect().top];
    }""")
    assert note >= name - 2, "on a line of its own"


# Whole lines ---------------------------------------------------------------------------------------------------------

LINES = """() => [...document.querySelectorAll(".question, .hall-ballot > .item, .remarks li")].map(
  (e) => [e.className, e.clientHeight / parseFloat(getComputedStyle(e).lineHeight)])"""
BEYOND = """() => [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.closest(".unseen")
  && !e.closest(".question, .item") && e.getBoundingClientRect().bottom > innerHeight + 1).map((e) => e.className)"""
TOUCH = """() => {
  const boxes = [...document.querySelector(".hall-ballot").children].map((e) => e.getBoundingClientRect());
  return boxes.some((box, n) => n > 0 && box.top < boxes[n - 1].bottom - 1);
}"""


def test_a_long_question_leaves_the_hall_its_result(house: House, opened: Opener) -> None:
    council_of_long_words(house)
    hall = opened(house.screen("hall"), width=1920, height=1080)

    def whole(selector: str, *more: tuple[int, int]) -> None:
        hall.wait_for_selector(selector)
        for width, height in ((1920, 1080), (1366, 768), (1280, 800), *more):
            hall.set_viewport_size({"width": width, "height": height})
            cut = [(name, n) for name, n in hall.evaluate(LINES) if abs(n - round(n)) > 0.15 or n < 0.85]
            assert cut == [], f"cut in the middle of a line at {width}×{height}"
            assert hall.evaluate(BEYOND) == [], f"{width}×{height}"
            assert not hall.evaluate(TOUCH), f"{width}×{height}"

    first = house.do("open", item="ke-hoach")["ballot"]
    whole(".hall-ballot.open", (1024, 768))
    house.do("annul", ballot=first, reason=WORD)
    ballot = house.do("open", item="ke-hoach", reason=WORD)["ballot"]
    whole(".hall-ballot.open .remarks", (1024, 768))
    house.do("close", ballot=ballot)
    whole(".hall-ballot.closed.lost", (1024, 768))
    ballot = house.do("open", item="ke-hoach", reason=WORD)["ballot"]
    council.press(house, ballot, {"dv-02": "for", "dv-03": "against", "dv-04": "for", "dv-05": "against"})
    house.do("close", ballot=ballot)
    whole(".hall-ballot.closed.undecided")


def test_a_long_question_leaves_a_phone_its_keys(house: House, opened: Opener) -> None:
    """All of it can be read without leaving the page: by finger, and by keyboard."""
    council_of_long_words(house)
    house.do("open", item="ke-hoach")
    page = opened(house.links["dv-03"], width=360, height=740)
    page.wait_for_selector("#vote-for")
    top = page.evaluate("document.querySelector('.choices').getBoundingClientRect().top + scrollY")
    assert top < 740, f"the keys begin at {top} px"
    hidden, reached = page.evaluate("""() => {
      const question = document.getElementById("question"), hidden = question.scrollHeight - question.clientHeight;
      question.scrollTop = 9999;
      return [hidden, question.scrollTop];
    }""")
    assert hidden > 0
    assert abs(reached - hidden) <= 1
    assert faults(page) == []
    house.do("check_out", delegate="dv-07", reason="kiểm thử")
    page.wait_for_function("() => words > 1")  # news have made the page anew
    assert page.get_attribute("#question", "tabindex") == "0"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_selector("#question:not([tabindex])")
