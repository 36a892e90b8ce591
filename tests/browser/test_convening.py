"""A meeting made on the page, in Chromium: lines come and go, all that is wrong is shown at once, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from appliance import meeting_draft, sheets
from appliance.events import MeetingConvened
from appliance.journal import Follower, Reader
from tests.browser.conftest import Opener
from tests.browser.house import House


def form(house: House, opened: Opener, begin: str = "", **more: Any) -> Any:
    """The secretary, signed in, before a form."""
    password = house.password("secretary")
    page = opened(f"{house.url}/sign-in/secretary?lang=en", **more)
    page.fill("[name=password]", password)
    page.click("form.card button")
    page.wait_for_url("**/secretary")
    page.goto(f"{house.url}/secretary/convene/new?from={begin}")
    return page


def serious(page: Any) -> list[str]:
    """What a screen reader would stumble over badly, by axe-core."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def focused(page: Any, name: str) -> None:
    """Wait until that has the focus: the browser gives it some time after it has shown the page."""
    page.wait_for_selector(f"#{name}:focus")


def convened(house: House) -> MeetingConvened:
    follower = Follower(Reader(house.state.journal))
    follower.news()
    assert follower.minutes is not None
    return follower.minutes.convened


def test_a_meeting_is_made_line_by_line_and_convened(house: House, opened: Opener) -> None:
    page = form(house, opened)
    assert serious(page) == []
    page.fill("#title", "Phiên họp mẫu <b>đậm</b>")
    page.fill("#meeting", "ky-hop-mau")
    page.fill("#starts_at", "2026-11-22T08:00")
    page.fill("#chair", "Đại biểu Mẫu 09")
    for n in (1, 2, 3):
        page.fill(f"#delegate-{n}-name", f"Đại biểu Mẫu {n:02}")
        page.fill(f"#delegate-{n}-seat", "S01" if n < 3 else "")
    page.fill("#agenda-1-title", "Kế hoạch năm 2027")
    page.click("#add-agenda-1-document")
    focused(page, "agenda-1-document-1-title")
    page.fill("#agenda-1-document-1-link", "javascript:alert(1)")
    page.click("#add-delegate")
    focused(page, "delegate-6-name")
    assert page.input_value("#title") == "Phiên họp mẫu <b>đậm</b>"
    page.fill("#delegate-6-name", "Đại biểu Mẫu 06")
    page.click("#convene")

    focused(page, "faults")
    wrong = page.locator("#faults li").all_inner_texts()
    assert len(wrong) == 4
    assert any("no member on the roster" in one for one in wrong), "the chair is nobody"
    assert any("stands already: Delegate 1, Seat" in one for one in wrong), "two people on one seat"
    assert page.get_attribute("#delegate-2-seat", "aria-describedby") == "delegate-2-seat-fault"
    assert serious(page) == []
    page.click("#faults a >> text=Seat")
    focused(page, "delegate-2-seat")

    page.fill("#delegate-2-seat", "S02")
    page.fill("#chair", "Đại biểu Mẫu 01")
    page.fill("#agenda-1-document-1-title", "Tờ trình")
    page.fill("#agenda-1-document-1-link", "https://example.org/ke-hoach.pdf")
    page.select_option("#agenda-1-voting", "secret")
    page.click("button[value=drop-delegate-3]")
    page.wait_for_selector("#delegate-5-name[value='Đại biểu Mẫu 06']")  # the lines below moved up
    page.click("#convene")
    page.wait_for_url("**/secretary?done=convened")
    made = convened(house)
    assert [d.id for d in made.roster] == ["dv-01", "dv-02", "dv-04"]
    assert (made.title, made.starts_at, made.chair) == (
        "Phiên họp mẫu <b>đậm</b>",
        "2026-11-22T08:00:00+07:00",
        "dv-01",
    )
    (item,) = made.agenda
    assert (item.id, item.voting, item.documents[0].link) == (
        "noi-dung-01",
        "secret",
        "https://example.org/ke-hoach.pdf",
    )


def test_by_keyboard_alone_enter_only_checks(house: House, opened: Opener) -> None:
    page = form(house, opened, "sample")
    page.focus("#agenda-2-title")
    page.keyboard.press("Enter")
    page.wait_for_selector(".right")
    focused(page, "faults")
    page.focus("#add-agenda")
    page.keyboard.press("Enter")
    page.wait_for_selector("#agenda-16-title")
    focused(page, "agenda-16-title")
    page.keyboard.type("Nội dung thêm")
    page.focus("button[value=up-agenda-16]")
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert page.input_value("#agenda-15-title") == "Nội dung thêm"
    focused(page, "agenda-15-title")
    page.focus("#convene")
    page.keyboard.press("Enter")
    page.wait_for_url("**/secretary?done=convened")
    assert convened(house).agenda[14].title == "Nội dung thêm"


def test_it_works_without_a_script(house: House, opened: Opener, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = form(house, opened, context=context)
    page.fill("#title", "Phiên họp mẫu")
    page.click("#add-room")
    page.fill("#room-1-name", "Phòng họp Mẫu")
    page.fill("#delegate-1-name", "Đại biểu Mẫu 01")
    page.fill("#delegate-1-room", "Phòng họp Mẫu")
    page.click("#convene")
    page.wait_for_url("**/secretary?done=convened")
    assert convened(house).roster[0].room == "diem-cau-1"
    context.close()


def test_the_last_people_come_again_on_a_phone_and_the_form_is_kept(
    house: House, opened: Opener, tmp_path: Path
) -> None:
    house.sit(3, present=0)
    house.do("end_meeting")
    page = form(house, opened, width=360, height=740)
    page.goto(f"{house.url}/secretary/convene")
    assert serious(page) == []
    page.click("text=Begin with the people of the last meeting")
    assert page.input_value("#delegate-3-name") == "Đại biểu Mẫu 03"
    assert page.input_value("#title") == ""
    page.fill("#title", "Phiên họp sau")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing runs off a phone"
    with page.expect_download() as kept:
        page.click("#keep-xlsx")
    assert page.input_value("#title") == "Phiên họp sau", "the page stays as it is"
    file = tmp_path / kept.value.suggested_filename
    kept.value.save_as(file)
    command = meeting_draft.convene(sheets.decode(file.name, file.read_bytes()), "x")
    assert (command.title, len(command.roster)) == ("Phiên họp sau", 3)
    assert serious(page) == []

    page.goto(f"{house.url}/secretary/convene")
    page.set_input_files("[name=meeting]", file)
    page.click("text=Look through it first")
    page.wait_for_selector("#make")
    assert page.input_value("#title") == "Phiên họp sau"


def test_what_was_typed_is_not_left_by_a_wrong_click(house: House, opened: Opener) -> None:
    page = form(house, opened)
    asked: list[Any] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog)
        dialog.dismiss()

    page.on("dialog", stay)
    page.fill("#title", "Phiên họp mẫu")
    with page.expect_event("dialog"):
        page.click("nav >> text=Roll", no_wait_after=True)
    assert [dialog.type for dialog in asked] == ["beforeunload"]
    assert page.input_value("#title") == "Phiên họp mẫu"
    page.click("#check")
    page.wait_for_selector("#faults")
    assert len(asked) == 1, "its own buttons ask nothing"
