"""A meeting made on the page, in Chromium: rows come and go, all that is wrong is shown at once, nothing typed is lost."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from appliance.journal import Follower, Reader
from tests.browser.conftest import Opener
from tests.browser.house import House


def form(house: House, opened: Opener, **more: Any) -> Any:
    """The secretary, signed in, before an empty form."""
    password = house.password("secretary")
    page = opened(f"{house.url}/sign-in/secretary?lang=en", **more)
    page.fill("[name=password]", password)
    page.click("form.card button")
    page.goto(f"{house.url}/secretary/convene/new?lang=en")
    return page


def serious(page: Any) -> list[str]:
    """What a screen reader would stumble over badly, by axe-core."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def delegate(page: Any, n: int, seat: str = "") -> None:
    page.fill(f"[name=delegate-{n}-id]", f"dv-{n:02}")
    page.fill(f"[name=delegate-{n}-name]", f"Đại biểu Mẫu {n:02}")
    page.fill(f"[name=delegate-{n}-seat]", seat)


def test_a_meeting_is_made_row_by_row_and_convened(house: House, opened: Opener) -> None:
    page = form(house, opened)
    assert serious(page) == []
    page.fill("[name=title]", "Phiên họp mẫu <b>đậm</b>")
    page.fill("[name=meeting]", "ky-hop-mau")
    page.fill("[name=starts_at]", "2026-11-22T08:00")
    page.fill("[name=chair]", "dv-09")
    for n in (1, 2, 3):
        delegate(page, n, "S01" if n < 3 else "")
    page.fill("[name=item-1-id]", "nd 1")
    page.fill("[name=item-1-title]", "Kế hoạch năm 2027")
    page.fill("[name=item-1-link]", "javascript:alert(1)")
    page.click("button[value=add-delegate]")
    assert page.input_value("[name=title]") == "Phiên họp mẫu <b>đậm</b>"
    delegate(page, 6)
    page.click("button[value=convene]")

    wrong = page.inner_text("[role=alert] ul")
    assert "Item 1, Identifier" in wrong
    assert "Item 1, Its link" in wrong
    assert page.get_attribute("[name=item-1-id]", "aria-describedby") == "wrong-item-1-id"
    assert serious(page) == []
    page.fill("[name=item-1-id]", "nd-1")
    page.fill("[name=item-1-link]", "https://example.org/ke-hoach.pdf")
    page.fill("[name=item-1-document]", "Tờ trình")
    page.select_option("[name=item-1-voting]", "secret")
    page.click("button[value=convene]")
    wrong = page.inner_text("[role=alert] ul")
    assert "dv-09" in wrong, "the chair is nobody"
    assert "S01" in wrong, "two people on one seat"

    page.fill("[name=chair]", "dv-01")
    page.fill("[name=delegate-2-seat]", "S02")
    page.click("button[value=drop-delegate-3]")
    assert page.input_value("[name=delegate-5-name]") == "Đại biểu Mẫu 06", "the rows below moved up"
    page.click("button[value=convene]")
    page.wait_for_url("**/secretary?done=convened")

    follower = Follower(Reader(house.state.journal))
    follower.news()
    assert follower.minutes is not None
    convened = follower.minutes.convened
    assert [d.id for d in convened.roster] == ["dv-01", "dv-02", "dv-06"]
    assert (convened.title, convened.starts_at) == ("Phiên họp mẫu <b>đậm</b>", "2026-11-22T08:00:00+07:00")
    (item,) = convened.agenda
    assert (item.voting, item.documents[0].link) == ("secret", "https://example.org/ke-hoach.pdf")


def test_enter_takes_no_row_away_and_the_last_people_come_again(house: House, opened: Opener) -> None:
    house.sit(3, present=0)
    house.do("end_meeting")
    page = form(house, opened, width=360, height=740)
    page.click("text=Begin with the people of the last meeting")
    assert page.input_value("[name=delegate-3-name]") == "Đại biểu Mẫu 03"
    assert page.input_value("[name=title]") == ""
    page.fill("[name=title]", "Phiên họp sau")
    page.press("[name=title]", "Enter")
    assert page.input_value("[name=delegate-3-name]") == "Đại biểu Mẫu 03"
    assert page.input_value("[name=title]") == "Phiên họp sau"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing runs off a phone"
    with page.expect_download() as kept:
        page.click("button[value=download]")
    assert kept.value.suggested_filename.endswith(".json")
