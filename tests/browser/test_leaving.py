"""What was written and is kept nowhere is not lost by a wrong click: the browser's own question stands before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.house import House

WOULD_ASK = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"


def asks(page: Any) -> bool:
    """Whether leaving this page now would be asked about."""
    return bool(page.evaluate(WOULD_ASK))


def staying(asked: list[str]) -> Callable[[Any], None]:
    """Whoever is asked stays; what kind of question it was is kept in `asked`."""

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    return stay


def secretary(house: House, opened: Opener, address: str) -> Any:
    council.sit(house)
    house.do("take_up", item="ke-hoach")
    page = council.desk(house, opened)
    page.goto(f"{house.url}{address}")
    return page


def member(house: House, opened: Opener) -> Any:
    """Who is asked by an opinion slip."""
    links = council.sit(house)
    slip = {"slip": "phieu-1", "title": "Phiếu mẫu", "question": "Đồng ý không?", "chair": "dv-01"}
    house.do("send_slip", **slip, members=council.meeting()["roster"][:9], deadline="2099-01-02T10:00:00+07:00")
    page = opened(links["dv-03"])
    page.goto(f"{house.url}/delegate/slips")
    return page


def test_the_browser_asks_before_a_note_is_lost(house: House, opened: Opener) -> None:
    page = secretary(house, opened, "/secretary/conclusions")
    page.click("#note-ke-hoach")
    page.keyboard.type("Một ý kiến mẫu.")
    asked: list[str] = []
    page.on("dialog", staying(asked))
    for way in (".languages [lang=en]", ".links a[href='/secretary/roll']"):
        with page.expect_event("dialog"):
            page.click(way, no_wait_after=True)
    assert page.input_value("#note-ke-hoach") == "Một ý kiến mẫu."
    assert asked == ["beforeunload"] * 2
    page.click("#note-do-ke-hoach")
    page.wait_for_selector(".notice.done", state="attached")
    page.click(".languages [lang=en]")
    page.wait_for_selector("html[lang=en]")
    assert asked == ["beforeunload"] * 2, "what was sent is kept"


@pytest.mark.parametrize(("field", "text"), [("#conclusion-ke-hoach", "Thống nhất."), ("#task-text", "Trình dự toán")])
def test_a_conclusion_and_a_task(house: House, opened: Opener, field: str, text: str) -> None:
    page = secretary(house, opened, "/secretary/conclusions")
    assert not asks(page)
    page.fill(field, text)
    assert asks(page)
    page.fill(field, "")
    assert not asks(page)


def chosen(page: Any) -> None:
    page.check("[value=against]")


def opinion(page: Any) -> None:
    page.fill("[name=opinion]", "Cần làm rõ")


@pytest.mark.parametrize("write", [chosen, opinion])
def test_an_opinion_and_a_choice(house: House, opened: Opener, write: Callable[[Any], None]) -> None:
    page = member(house, opened)
    assert not asks(page)
    write(page)
    assert asks(page)
    page.check("[value=against]")
    page.click(".answer button.primary")
    page.wait_for_selector(".mine.has")
    page.wait_for_function(f"() => !({WOULD_ASK})()")


def test_the_form_of_a_slip_asks_also_when_it_came_back_refused(house: House, opened: Opener) -> None:
    page = secretary(house, opened, "/secretary/slips/send")
    asked: list[str] = []
    page.on("dialog", staying(asked))
    assert not asks(page)
    page.fill("[name=title]", "Trạm y tế")
    assert asks(page)
    page.fill("[name=question]", "Đồng ý xây trạm?")
    page.fill("[name=deadline]", "2020-01-01T10:00")
    page.click("main button.primary")
    page.wait_for_selector(".alert")
    assert asked == [], "a form that is sent loses nothing"
    assert page.input_value("[name=title]") == "Trạm y tế"
    assert asks(page)
    page.fill("[name=deadline]", "2099-01-02T10:00")
    page.click("main button.primary")
    page.wait_for_url("**/secretary/slips?done=slip-sent")
    assert asked == []
    assert not asks(page)


def test_the_form_of_a_meeting(house: House, opened: Opener) -> None:
    """Also after a line was added, which the box answers with the whole form; not after it was kept as a file."""
    page = council.desk(house, opened)
    page.goto(f"{house.url}/secretary/convene/new?from=sample")
    assert not asks(page)
    page.fill("#title", "Phiên họp mẫu")
    assert asks(page)
    page.click("[value^=add-]:first-of-type >> nth=0")
    page.wait_for_load_state()
    assert asks(page)
    with page.expect_download():
        page.click("[value^=keep-] >> nth=0")
    assert not asks(page)
    page.fill("#title", "Phiên họp mẫu khác")
    assert asks(page)


def test_nobody_is_asked_about_a_password_a_list_or_a_press(house: House, opened: Opener) -> None:
    page = secretary(house, opened, "/secretary/roll")
    page.click("#summary-dv-08")
    page.select_option("#absence-dv-08", index=1)
    assert not asks(page)
    page.fill("#absence-dv-08-more", "đi công tác")
    assert asks(page)
    page.fill("#absence-dv-08-more", "")
    house.do("passphrase", passphrase=council.PASSPHRASE)
    ballot = house.do("open", item="ke-hoach", voting="hands", reason="kiểm thử")["ballot"]
    page.goto(f"{house.url}/secretary")
    page.fill("#hands-pin", "123456")
    assert not asks(page)
    house.do("annul", ballot=ballot, reason="kiểm thử")
    page.goto(f"{house.url}/sign-in/technician")
    page.fill("[name=password]", "mat-khau-khac")
    assert not asks(page)
    page.goto(f"{house.url}/")
    page.select_option("[name=delegate]", "dv-03")
    page.fill("[name=pin]", "123456")
    page.click("main button")
    page.wait_for_selector(".alert")
    assert not asks(page)


def test_a_form_that_leaves_the_page_does_not_take_another_ones_text_along(house: House, opened: Opener) -> None:
    """New PINs are a page of their own: what stands half written in the form beside would be lost."""
    page = secretary(house, opened, "/secretary/roll")
    asked: list[str] = []
    page.on("dialog", staying(asked))
    page.click("#summary-dv-08")
    page.click("#absence-dv-08-more")
    page.keyboard.type("đi công tác")
    with page.expect_event("dialog"):
        page.click("#hand-dv-08 form.inline button", no_wait_after=True)
    assert page.input_value("#absence-dv-08-more") == "đi công tác"
    assert asked == ["beforeunload"]
    page.fill("#absence-dv-08-more", "")
    page.click("#hand-dv-08 form.inline button")
    page.wait_for_url("**/pins")
    assert len(asked) == 1
