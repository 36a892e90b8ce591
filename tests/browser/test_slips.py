"""An opinion slip as people see it: sent, printed, answered on a phone without a meeting, counted, announced."""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from appliance.journal import Follower, Reader
from appliance.slips import Slip
from tests.browser.conftest import Opener
from tests.browser.council import say_yes
from tests.browser.house import House

OPINION = "Cần làm rõ nguồn vốn đối ứng"


def desk(house: House, opened: Opener) -> Any:
    """The secretary, signed in, on the page of slips."""
    password = house.password("secretary")
    page = opened(f"{house.url}/sign-in/secretary")
    page.fill("[name=password]", password)
    page.click("main button")
    page.wait_for_url("**/secretary")
    page.goto(f"{house.url}/secretary/slips")
    return page


def people(count: int = 3) -> list[dict[str, str]]:
    return [{"id": f"dv-{n:02}", "name": f"Đại biểu Mẫu {n:02}"} for n in range(1, count + 1)]


def send(house: House, count: int = 3, **more: Any) -> dict[str, str]:
    """By the console; delegate → personal address."""
    due = (datetime.now().astimezone() + timedelta(days=3)).isoformat(timespec="seconds")
    fields = {"slip": "phieu-1", "title": "Trạm y tế", "question": "Đồng ý xây trạm?", "members": people(count)}
    house.do("send_slip", **{**fields, "deadline": due, "chair": "dv-01", **more})
    return {one["delegate"]: f"{house.url}/d/{one['link']}" for one in house.do("issue_pins")}


def slip(house: House, name: str = "phieu-1") -> Slip:
    follower = Follower(Reader(house.state.journal))
    follower.news()
    return follower.slips[name]


def serious(page: Any) -> list[str]:
    """What a screen reader would stumble over badly, by axe-core."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def test_from_the_form_to_the_announcement(house: House, opened: Opener) -> None:
    house.sit(3, present=0)
    secretary = desk(house, opened)
    secretary.click("main a.button")
    due = datetime.now().astimezone().replace(second=0, microsecond=0) + timedelta(days=5)
    secretary.fill("[name=title]", "Trạm y tế xã Mẫu")
    secretary.fill("[name=question]", "Đồng ý xây trạm y tế?")
    secretary.fill("[name=deadline]", due.strftime("%Y-%m-%dT%H:%M"))
    assert not secretary.is_checked("[name=silence_agrees]")
    assert serious(secretary) == []
    secretary.click("main button.primary")
    secretary.wait_for_url("**/secretary/slips?done=slip-sent")
    (name,) = re.findall(r'id="slip-(phieu-[\d-]+)"', secretary.content())
    kept = datetime.fromisoformat(slip(house, name).deadline).timestamp()
    assert kept == due.timestamp(), "the moment meant by the browser's own clock"

    say_yes(secretary, f"form[action$='/{name}/letters'] button")
    secretary.wait_for_url("**/letters")
    addresses = secretary.locator(".letter .slip-key .tiny").all_inner_texts()
    assert len(addresses) == 3
    house.do("end_meeting")

    member = opened(addresses[1], width=360, height=740)
    member.wait_for_url("**/delegate/slips")
    assert serious(member) == []
    secretary.goto(f"{house.url}/secretary/slips")
    member.check("[value=against]")
    member.fill("[name=opinion]", OPINION)
    member.click(".answer button.primary")
    member.wait_for_selector(".mine.has")
    assert OPINION in member.inner_text("main")
    secretary.wait_for_selector("text=1/3")
    assert OPINION not in secretary.content()

    for address in (addresses[0], addresses[2]):
        other = opened(address, width=360, height=740)
        other.check("[value=for]")
        other.click(".answer button.primary")
        other.wait_for_selector(".mine.has")
    secretary.wait_for_selector("text=3/3")
    say_yes(secretary, f"form[action$='/{name}/close'] button")
    secretary.wait_for_selector(".verdict.carried")
    assert [text.split("\n")[-1] for text in secretary.locator(".counts div").all_inner_texts()] == list("21000")
    assert OPINION in secretary.text_content("main")
    assert serious(secretary) == []
    assert member.locator(".counts").count() == 0, "members hear the result at the session"

    house.do("convene", **{**meeting_again(), "meeting": "m-2026-12"})
    say_yes(secretary, f"form[action$='/{name}/announce'] button")
    member.wait_for_selector(".verdict.carried")


def meeting_again() -> dict[str, Any]:
    return {"title": "Phiên họp tháng 12", "roster": people(), "agenda": [{"id": "noi-dung-1", "title": "Nội dung"}]}


def test_news_disturbs_nobody_who_is_writing(house: House, opened: Opener) -> None:
    """A reminder and an extension arrive while a member has chosen and is in the middle of a sentence."""
    member = opened(send(house)["dv-02"], width=800, height=1100)
    member.check("[value=abstain]")
    member.click("[name=opinion]")
    member.keyboard.type("Tôi đề nghị")
    house.do("remind_slip", slip="phieu-1")
    member.wait_for_selector(".alert[role=status]")
    later = (datetime.now().astimezone() + timedelta(days=9)).isoformat(timespec="seconds")
    house.do("extend_slip", slip="phieu-1", deadline=later, reason="Nhiều thành viên đi công tác")
    member.wait_for_selector("text=Nhiều thành viên đi công tác")
    member.keyboard.type(" bổ sung hồ sơ")
    assert member.input_value("[name=opinion]") == "Tôi đề nghị bổ sung hồ sơ"
    assert member.is_checked("[value=abstain]")
    member.click(".answer button.primary")
    member.wait_for_selector(".mine.has")
    given = slip(house).answers["dv-02"]
    assert (given.choice, given.opinion) == ("abstain", "Tôi đề nghị bổ sung hồ sơ")


def test_the_page_by_keyboard_alone(house: House, opened: Opener) -> None:
    member = opened(send(house)["dv-01"])
    member.focus("[value=for]")
    member.keyboard.press("ArrowDown")
    member.keyboard.press("Tab")
    member.keyboard.type("Xem lại")
    member.keyboard.press("Tab")
    member.keyboard.press("Enter")
    member.wait_for_selector(".mine.has")
    given = slip(house).answers["dv-01"]
    assert (given.choice, given.opinion) == ("against", "Xem lại")


def test_the_service_closes_at_the_deadline_and_the_pages_follow_by_themselves(house: House, opened: Opener) -> None:
    due = (datetime.now().astimezone() + timedelta(seconds=15)).isoformat(timespec="milliseconds")
    member = opened(send(house, deadline=due)["dv-03"])
    secretary = desk(house, opened)
    secretary.wait_for_selector(".verdict.lost", timeout=60_000)
    assert secretary.locator(".counts .rest dd").all_inner_texts() == ["3", "0"]
    member.wait_for_selector(".answer", state="detached")
    assert slip(house).closed_by == "deadline"


def test_a_tie_waits_for_the_chair_and_says_so(house: House, opened: Opener) -> None:
    links = send(house)
    for delegate, choice in zip(("dv-01", "dv-02", "dv-03"), ("for", "against", "abstain"), strict=True):
        page = opened(links[delegate])
        page.check(f"[value={choice}]")
        page.click(".answer button.primary")
        page.wait_for_selector(".mine.has")
    house.do("close_slip", slip="phieu-1")
    secretary = desk(house, opened)
    assert secretary.locator(".verdict.tied").count() == 1
    assert secretary.locator(".readings li").count() == 2


def test_nothing_is_wider_than_the_screen_in_either_language(house: House, opened: Opener) -> None:
    links = send(house, 1, question="Đồng ý với chủ trương đầu tư xây dựng trạm y tế xã Mẫu không?")
    member = opened(links["dv-01"])
    member.check("[value=for]")
    member.fill("[name=opinion]", "Đề-nghị-bổ-sung-hồ-sơ-" * 20)
    member.click(".answer button.primary")
    member.wait_for_selector(".mine.has")
    house.do("close_slip", slip="phieu-1")
    send(house, 6, slip="phieu-2", silence_agrees=True)
    member = opened(f"{house.url}/d/{house.do('issue_pins', delegates=['dv-01'])[0]['link']}")
    secretary = desk(house, opened)
    pages = ((secretary, "/secretary/slips"), (secretary, "/secretary/slips/send"), (member, "/delegate/slips"))
    for (page, address), width, lang in itertools.product(pages, (360, 800, 1280), ("vi", "en")):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{house.url}{address}?lang={lang}")
        for one in page.query_selector_all("details"):
            one.evaluate("one => { one.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width, lang)
        assert serious(page) == [], (address, width, lang)
