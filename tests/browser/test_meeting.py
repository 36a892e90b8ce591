"""A meeting as people see it: claimed, convened from a file, voted on, changed, closed, shown; in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from appliance.events import BallotOpened, VoteCast
from appliance.journal import Reader
from tests.browser.conftest import Opener
from tests.browser.council import on_page, say_yes
from tests.browser.house import House, meeting

PASSWORD = "mat-khau-ky-thuat"
SECRETARY = "mat-khau-thu-ky"

WORDS = {
    "vi": {
        "for": "Tán thành",
        "against": "Không tán thành",
        "recorded": "Đã ghi nhận",
        "result": "Được thông qua: 4/6",
    },
    "en": {"for": "For", "against": "Against", "recorded": "Recorded", "result": "Carried: 4 of 6"},
}


def as_toml(folder: Path) -> Path:
    """The council as the file that a secretary hands in."""
    told = meeting()
    lines = [f'{key} = "{told[key]}"' for key in ("meeting", "title", "body", "place", "chair")]
    for table, rows in (("agenda", told["agenda"]), ("delegate", told["roster"])):
        for row in rows:
            lines.append(f"[[{table}]]")
            lines += [f'{key} = "{value}"' for key, value in row.items()]
    path = folder / "phien-hop.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def claimed(house: House, opened: Opener, lang: str) -> Any:
    """A technician claims the box and sets the secretary's password."""
    page = opened(f"{house.url}/technician?lang={lang}")
    assert page.url.endswith("/technician/claim")
    page.fill("[name=code]", house.claim_code)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/technician")
    page.goto(f"{house.url}/technician/access")
    page.fill("#secretary-password", SECRETARY)
    page.fill("#secretary-again", SECRETARY)
    page.click("#secretary-set")
    page.wait_for_selector(".notice.done")
    return page


def desk(house: House, opened: Opener, lang: str = "vi") -> Any:
    """The secretary, signed in."""
    page = opened(f"{house.url}/secretary?lang={lang}")
    page.goto(f"{house.url}/sign-in/secretary?lang={lang}")
    page.fill("[name=password]", SECRETARY)
    page.click("main button")
    page.wait_for_url("**/secretary")
    return page


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_the_claim_to_the_result(house: House, opened: Opener, tmp_path: Path, lang: str) -> None:
    words = WORDS[lang]
    technician = claimed(house, opened, lang)
    technician.click("#hall-link")
    hall = opened(technician.get_attribute("#screen-link", "href") + "", width=1920, height=1080)
    hall.goto(f"{house.url}/hall?lang={lang}")

    secretary = desk(house, opened, lang)
    secretary.goto(f"{house.url}/secretary/convene")
    secretary.set_input_files("[name=meeting]", as_toml(tmp_path))
    secretary.click("main form button")
    secretary.wait_for_selector(".seat-map")
    hall.wait_for_selector(".hall-quorum.missing >> text=0/6")
    secretary.click("#step-both")
    secretary.wait_for_selector(".notice.refused")  # no quorum, no ballot; the meeting is at the item all the same
    secretary.wait_for_selector("#step-hindrance")

    say_yes(secretary, "#issue")
    secretary.wait_for_url("**/pins")
    links = [text.strip() for text in secretary.locator(".slip .tiny").all_inner_texts()]
    assert len(links) == 6
    assert secretary.locator(".slip svg.qr").count() == 6
    delegates = [opened(link, width=360, height=740) for link in links[:5]]
    for number, page in enumerate(delegates, 1):
        with on_page(f"delegate {number}"):
            page.goto(f"{house.url}/delegate?lang={lang}")
            page.click("#check-in")
            page.wait_for_selector(".attendance.present")
    hall.wait_for_selector(".hall-quorum.reached >> text=5/6")

    secretary.goto(f"{house.url}/secretary")
    secretary.click("body:not(.settling) #step")
    hall.wait_for_selector(".hall-needed >> text=4/6")
    for number, page in enumerate(delegates, 1):
        with on_page(f"delegate {number}"):
            page.wait_for_selector("#vote-for")
            assert words["for"] in page.inner_text("#vote-for")
            assert "4/6" in page.inner_text(".threshold")

    delegates[0].click("#vote-against")
    delegates[0].wait_for_selector(f".mine.has >> text={words['recorded']}: {words['against']}")
    for number, page in enumerate(delegates[:4], 1):  # the first one changes the vote
        with on_page(f"delegate {number}"):
            page.click("#vote-for")
            page.wait_for_selector(f".mine.has >> text={words['recorded']}: {words['for']}")
    hall.wait_for_selector(".hall-cast .figure >> text=4/5")
    secretary.wait_for_selector("#cast >> text=4/5")
    assert secretary.locator(".seat.voted").count() == 4
    assert secretary.locator(".seat.waited-for").count() == 1
    assert words["against"] not in hall.content()

    say_yes(secretary, "body:not(.settling) #step")  # somebody has not voted: the page asks
    for name, page in (("hall", hall), ("secretary", secretary), ("delegate 1", delegates[0])):
        with on_page(name):
            page.wait_for_selector(f".verdict.carried >> text={words['result']}")
    assert re.sub(r"\s+", " ", hall.inner_text(".counts .for")).endswith("4")

    say_yes(secretary, "#end")
    delegates[0].wait_for_selector(f"text={'Phiên họp đã bế mạc' if lang == 'vi' else 'The meeting has ended'}")


def votes(house: House) -> list[VoteCast]:
    """Every vote in the journal."""
    reader = Reader(house.state.journal)
    found = [entry.event for entry in reader.after(0) if isinstance(entry.event, VoteCast)]
    reader.close()
    return found


def opening(house: House) -> str:
    """Open the first ballot by the console: its id."""
    return str(house.do("open", item="noi-dung-1")["ballot"])


def test_a_tap_without_network_is_one_vote_when_it_is_back(house: House, opened: Opener) -> None:
    links = house.sit()
    page = opened(links["dv-01"], width=360, height=740)
    opening(house)
    page.wait_for_selector("#vote-for")
    page.context.set_offline(True)
    page.click("#vote-for")
    page.click("#vote-for")
    page.wait_for_selector("#pending:not([hidden])")
    page.wait_for_selector("#connection:not([hidden])")
    assert "phiếu đã ghi của đại biểu vẫn giữ nguyên" in page.inner_text("#connection")
    assert votes(house) == []
    page.context.set_offline(False)
    page.wait_for_selector(".mine.has")
    page.wait_for_selector("#connection", state="hidden")
    page.wait_for_selector("#pending", state="hidden")
    assert [(v.delegate, v.choice) for v in votes(house)] == [("dv-01", "for")]


def test_an_answer_that_was_lost_on_the_way_makes_no_second_vote(house: House, opened: Opener) -> None:
    """The vote arrives and is recorded, its answer never comes back; the tap is sent again with the same id."""
    links = house.sit()
    page = opened(links["dv-01"])
    opening(house)
    page.wait_for_selector("#vote-against")
    lost: list[str] = []

    def lose_the_first_answer(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append("at the box")
        route.fetch()
        route.abort()

    page.route("**/delegate/vote", lose_the_first_answer)
    page.click("#vote-against")
    page.wait_for_selector(".mine.has")
    page.wait_for_selector("#pending", state="hidden")
    assert len(lost) == 1
    assert [(v.delegate, v.choice) for v in votes(house)] == [("dv-01", "against")]


def test_two_tabs_of_one_delegate_are_one_vote_and_the_last_press_wins(house: House, opened: Opener) -> None:
    links = house.sit()
    first = opened(links["dv-02"])
    second = opened(f"{house.url}/delegate", context=first.context)
    opening(house)
    for name, page in (("first tab", first), ("second tab", second)):
        with on_page(name):
            page.wait_for_selector("#vote-for")
    first.click("#vote-for")
    second.wait_for_selector("#vote-for[aria-pressed=true]")
    second.click("#vote-abstain")
    first.wait_for_selector("#vote-abstain[aria-pressed=true]")
    assert [v.choice for v in votes(house)] == ["for", "abstain"]
    hall = opened(house.screen("hall"))
    hall.wait_for_selector(".hall-cast .figure")
    assert hall.inner_text(".hall-cast .figure").replace("\n", "") == "1/6"


def test_a_tap_that_was_held_up_until_after_the_close_is_told_so(house: House, opened: Opener) -> None:
    links = house.sit()
    page = opened(links["dv-01"])
    ballot = opening(house)
    page.wait_for_selector("#vote-for")
    page.context.set_offline(True)
    page.click("#vote-for")
    page.wait_for_selector("#pending:not([hidden])")
    house.do("close", ballot=ballot)
    page.context.set_offline(False)
    page.wait_for_selector(".notice.refused >> text=không được tính")
    page.wait_for_selector(".ballot.closed")
    assert votes(house) == []


def test_typing_and_focus_survive_news(house: House, opened: Opener) -> None:
    house.sit(present=0)
    house.password("secretary", SECRETARY)
    page = desk(house, opened)
    page.goto(f"{house.url}/secretary/roll")
    page.click("#summary-dv-03")
    page.select_option("#presence-dv-03", "online")
    page.select_option("#reason-dv-03", "pin")
    page.fill("#reason-dv-03-more", "quên thẻ")
    house.do("check_in", delegate="dv-01", reason="kiểm thử")
    page.wait_for_selector(".quorum >> text=1/6")
    assert page.input_value("#reason-dv-03-more") == "quên thẻ"
    assert page.evaluate("document.activeElement.id") == "reason-dv-03-more"
    page.press("#reason-dv-03-more", "Enter")
    page.wait_for_selector(".quorum >> text=2/6")
    page.wait_for_selector("#row-dv-03 >> text=quên mã PIN: quên thẻ")
    assert "trực tuyến" in page.inner_text("#row-dv-03")
    page.wait_for_selector("#summary-dv-03:focus")  # folded in again, the focus on it
    assert page.locator("#row-dv-03 details[open]").count() == 0


def test_news_that_comes_while_a_question_stands_does_not_undo_the_answer(house: House, opened: Opener) -> None:
    house.sit(present=5)
    house.do("set_password", role="secretary", password=SECRETARY)
    page = desk(house, opened)
    page.click("#step-both")
    page.click("body:not(.settling) #step.closing")  # a step that has just changed does not listen
    page.wait_for_selector("#confirm[open]")
    house.do("check_in", delegate="dv-06", reason="đến muộn")
    page.wait_for_selector(".seat.present >> text=S06")
    page.click("#confirm [value=yes]")
    page.wait_for_selector(".ballot.closed .verdict")
    page.click("#issue")
    page.wait_for_selector("#confirm[open]")
    house.do("revoke_check_in", delegate="dv-06", reason="rời phiên họp")
    page.wait_for_selector(".seat.absent >> text=S06")
    page.click("#confirm [value=yes]")
    page.wait_for_selector(".slip >> nth=5")


def test_question_and_keys_fit_a_tablet_that_lies_down(house: House, opened: Opener) -> None:
    links = house.sit()
    page = opened(links["dv-02"], width=1024, height=600)
    house.do("open", item="noi-dung-1")
    for width, height in ((1024, 600), (800, 360), (360, 780)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector("#vote-abstain")
        box = page.locator("#vote-abstain").bounding_box()
        assert box["y"] + box["height"] <= height, f"the keys are below the fold at {width}×{height}"


def test_a_ballot_service_that_dies_is_named_and_comes_back(house: House, opened: Opener) -> None:
    links = house.sit()
    page = opened(links["dv-01"])
    opening(house)
    page.wait_for_selector("#vote-for")
    house.stop("ballot", number=9)
    page.wait_for_selector(".alert >> text=Dịch vụ biểu quyết không trả lời")
    page.click("#vote-for")
    page.wait_for_selector("#pending:not([hidden])")
    house.start("ballot")
    page.wait_for_selector(".mine.has")
    page.wait_for_selector(".alert", state="detached")
    assert len(votes(house)) == 1


def test_a_keypad_on_the_screen_votes_like_the_real_one(house: House, opened: Opener) -> None:
    links = house.sit()
    board = opened(house.screen("hall"))
    board.goto(f"{house.url}/keypads")
    tablet = opened(links["dv-04"])
    opening(house)
    board.wait_for_selector("#key-S04-for.lit")
    board.locator("#key-S04-against").dispatch_event("pointerdown", {"pointerId": 1})
    board.wait_for_selector("#key-S04-against.down")
    board.locator("#key-S04-against").dispatch_event("pointerup", {"pointerId": 1})
    tablet.wait_for_selector("#vote-against[aria-pressed=true]")
    assert "bàn phím" in tablet.inner_text(".mine")
    board.wait_for_selector("#key-S04-against.lit")
    board.wait_for_selector("#key-S04-for:not(.lit)")
    assert [v.channel for v in votes(house)] == ["keypad"]


def test_the_threshold_stands_on_the_screen_before_the_first_vote(house: House, opened: Opener) -> None:
    house.sit(present=5)
    hall = opened(house.screen("hall"), width=1920, height=1080)
    opening(house)
    hall.wait_for_selector(".hall-needed >> text=4/6")
    assert "5/6" in hall.inner_text(".hall-quorum")
    assert "cần 4" in hall.inner_text(".hall-quorum")
    reader = Reader(house.state.journal)
    assert any(isinstance(entry.event, BallotOpened) for entry in reader.after(0))
    reader.close()
