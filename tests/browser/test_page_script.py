"""What the pages' own script must not do to whoever sits before it, whatever the network and the news are doing."""

from __future__ import annotations

from typing import Any

from appliance.events import BallotOpened, ItemTakenUp, SlipAnswered, VoteCast
from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.council import at
from tests.browser.house import House, until
from tests.browser.test_morning import facts


def test_who_was_chosen_and_has_left_is_nobody_else(house: House, opened: Opener) -> None:
    council.sit(house)
    house.do("open", item="ke-hoach")
    page = council.desk(house, opened)
    page.click("#enter-summary")
    page.select_option("#enter-witness", "dv-03")
    house.do("check_out", delegate="dv-03", reason="kiểm thử")
    page.wait_for_selector("#enter-witness option[value=dv-03]", state="detached")
    assert page.input_value("#enter-witness") == ""


def test_a_vote_that_did_not_get_through_is_not_the_next_persons(house: House, opened: Opener) -> None:
    links = council.sit(house)
    tablet = opened(links["dv-03"])
    house.do("open", item="ke-hoach")
    tablet.wait_for_selector("#vote-for")
    left: list[bool] = []  # until then nothing gets through: the page tries again and again
    tablet.route("**/delegate/vote", lambda route: route.continue_() if left else route.abort())
    tablet.click("#vote-against")
    tablet.wait_for_selector("#pending >> text=Chưa gửi được")
    tablet.on("framenavigated", lambda _: left.append(True))
    with tablet.expect_response("**/live/delegate") as heard:  # the page that is left delivers no more
        tablet.goto(links["dv-04"])
    assert heard.value.ok
    tablet.wait_for_selector("#vote-for")
    tablet.click("#vote-for")
    tablet.wait_for_selector(".mine.has")
    assert [(f.delegate, f.choice) for f in facts(house, VoteCast)] == [("dv-04", "for")]


def test_a_key_that_is_held_down_is_one_step(house: House, opened: Opener) -> None:
    council.sit(house)
    page = council.desk(house, opened)
    page.focus("#step")
    page.keyboard.down("Enter")
    at(page, "open")
    page.wait_for_selector("body:not(.settling)")
    page.keyboard.down("Enter")  # the same key, still down: the browser says that it repeats
    page.keyboard.up("Enter")
    council.step(page)
    at(page, "close")
    page.wait_for_selector("body:not(.settling)")
    assert page.locator("#confirm[open]").count() == 0, "the ballot was opened by the press, not by the held key before"
    assert len(facts(house, BallotOpened)) == 1


def held_back(page: Any, address: str) -> list[Any]:
    """Let the answers to this address wait; each is let go by `held.pop().fulfill(response=…)`."""
    held: list[Any] = []
    page.route(address, lambda route: held.append((route, route.fetch())))
    return held


def test_an_answer_that_comes_late_does_not_hide_what_came_since(house: House, opened: Opener) -> None:
    council.sit(house)
    ballot = house.do("open", item="ke-hoach")["ballot"]
    page = council.desk(house, opened)
    held = held_back(page, "**/secretary/hold")
    page.click("#hold")
    at(page, "resume")
    house.do("resume", ballot=ballot)
    page.wait_for_selector("#hold")
    until(lambda: page.evaluate("true") and held, "the answer")  # the news may have been quicker than it
    route, response = held.pop()
    route.fulfill(response=response)
    page.wait_for_selector(".notice.done", state="attached")  # it goes away by itself
    assert page.locator("#hold").count() == 1


def test_what_is_sent_again_because_no_answer_came_is_done_once(house: House, opened: Opener) -> None:
    council.sit(house)
    page = council.desk(house, opened)
    sent: list[str] = []

    def done_but_not_told(route: Any) -> None:
        sent.append(route.request.post_data)
        route.fetch()
        route.abort()

    page.route("**/secretary/take-up", done_but_not_told)
    # Without its stream, which is not missed either, the page still offers what was done already.
    page.evaluate("source.close(), clearTimeout(watch)")
    page.click("#step")
    page.wait_for_selector(".notice.refused")
    page.unroute("**/secretary/take-up")
    with page.expect_request("**/secretary/take-up") as again:
        page.click("#step")
    page.wait_for_selector(".notice.done", state="attached")
    assert again.value.post_data == sent[0]
    assert len(facts(house, ItemTakenUp)) == 1


SLIP = "**/delegate/slips/phieu-1"


def asked(house: House, opened: Opener) -> Any:
    """The page of a member who has answered an opinion slip with abstain."""
    links = council.sit(house, present=0)
    house.do("end_meeting")
    slip = {"slip": "phieu-1", "title": "Phiếu mẫu", "question": "Đồng ý không?", "chair": "dv-01"}
    house.do("send_slip", **slip, members=council.meeting()["roster"][:9], deadline="2099-01-02T10:00:00+07:00")
    page = opened(links["dv-03"])
    page.goto(f"{house.url}/delegate/slips")
    page.check("[value=abstain]")
    page.click(".answer button.primary")
    page.wait_for_selector(".mine.has")
    page.wait_for_selector(".notice.done", state="attached")
    return page


def choose(page: Any, choice: str) -> None:
    if page.locator("#change-phieu-1:not([open])").count():
        page.click("#change-phieu-1 > summary")
    page.check(f"[value={choice}]")


def test_what_was_sent_before_and_is_wanted_again_is_a_new_wish(house: House, opened: Opener) -> None:
    """Against (no answer came), for (recorded), against: the last one counts."""
    page = asked(house, opened)

    def answer(choice: str, number: int) -> None:
        choose(page, choice)
        page.click(".answer button.primary")
        # The page is asked, too: whoever holds its requests back is heard only by that.
        until(lambda: page.evaluate("true") and len(facts(house, SlipAnswered)) == number, f"answer {number}")

    def lost(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route(SLIP, lost)
    answer("against", 2)
    page.wait_for_selector(".notice.refused")
    page.unroute(SLIP)
    answer("for", 3)
    page.wait_for_selector("#change-phieu-1:not([open])")  # the page has heard of it, too
    answer("against", 4)
    assert [f.choice for f in facts(house, SlipAnswered)] == ["abstain", "against", "for", "against"]


def test_what_is_chosen_stays_chosen_when_news_bring_another_choice(house: House, opened: Opener) -> None:
    """Of a group of radio buttons one is chosen: that the box knows of another now does not choose it."""
    page = asked(house, opened)
    choose(page, "for")
    page.evaluate(SWAP)
    assert page.evaluate(CHOSEN) == "for"
    page.click(".answer button.primary")
    page.wait_for_selector("#change-phieu-1:not([open])")
    assert [f.choice for f in facts(house, SlipAnswered)] == ["abstain", "for"]


CHOSEN = "new FormData(document.querySelector('.answer')).get('choice')"
SWAP = """() => {
  const news = page.main.cloneNode(true);
  for (const one of news.querySelectorAll("[type=radio]")) one.toggleAttribute("checked", one.value === "against");
  page.swap(news.innerHTML);
}"""


def test_an_answer_that_comes_late_does_not_undo_what_was_chosen_since(house: House, opened: Opener) -> None:
    page = asked(house, opened)
    held = held_back(page, SLIP)
    choose(page, "against")
    page.click(".answer button.primary")
    page.wait_for_selector(".mine.has >> text=Không tán thành")  # the news were quicker
    choose(page, "for")
    until(lambda: page.evaluate("true") and held, "the answer")
    page.evaluate("page.say('', '')")
    route, response = held.pop()
    route.fulfill(response=response)
    page.wait_for_selector(".notice.done", state="attached")
    assert page.evaluate(CHOSEN) == "for"
    assert page.locator("#change-phieu-1[open]").count() == 1


MAIN = "(seq) => source.dispatchEvent(new MessageEvent('main', { data: JSON.stringify({ html: '<p id=late>', seq }) }))"
ALIVE = "(seq) => source.dispatchEvent(new MessageEvent('alive', { data: JSON.stringify({ seq }) }))"
BORROW = "(seq) => page.bring({ html: page.main.innerHTML + '<p id=borrowed>', seq, asked: words })"


def test_news_from_before_an_answer_do_not_take_its_place(house: House, opened: Opener) -> None:
    council.sit(house)
    page = council.desk(house, opened)
    page.wait_for_function("() => stands > 0")
    page.evaluate(BORROW, page.evaluate("stands + 1"))
    page.evaluate(MAIN, page.evaluate("stands - 1"))
    assert page.locator("#borrowed").count() == 1
    assert page.locator("#late").count() == 0


def test_where_an_answer_showed_what_the_stream_never_saw_the_whole_is_asked_for(house: House, opened: Opener) -> None:
    """Done and taken back between two looks of the stream: to it nothing has changed, on the page something has."""
    council.sit(house)
    page = council.desk(house, opened)
    page.wait_for_function("() => stands > 0")
    seq = page.evaluate("stands")
    page.evaluate(BORROW, seq + 1)
    page.evaluate(ALIVE, seq + 1)
    assert page.locator("#borrowed").count() == 1, "so far the answer is the newest that is known"
    page.evaluate(ALIVE, seq + 2)
    page.wait_for_selector("#borrowed", state="detached")


def test_a_press_that_ends_elsewhere_stops_no_news(house: House, opened: Opener) -> None:
    council.sit(house)
    page = council.desk(house, opened)
    page.mouse.move(5, 5)
    page.mouse.down(button="right")
    ballot = house.do("open", item="ke-hoach")["ballot"]
    at(page, "close")
    page.mouse.up(button="right")
    page.mouse.down()
    house.do("hold", ballot=ballot, reason="kiểm thử")
    page.evaluate("dispatchEvent(new Event('blur'))")
    at(page, "resume")


def test_a_fold_that_the_reader_closed_stays_closed(house: House, opened: Opener) -> None:
    council.sit(house)
    house.do("take_up", item="ke-hoach")
    page = council.desk(house, opened)
    page.goto(f"{house.url}/secretary/conclusions")
    page.click("#course-ke-hoach[open] > summary")
    house.do("note_proceeding", item="ke-hoach", text="Một ý kiến mẫu.")
    page.wait_for_selector("#course-ke-hoach >> text=Một ý kiến mẫu.", state="attached")
    assert page.locator("#course-ke-hoach[open]").count() == 0


def test_a_refused_extension_keeps_what_was_typed(house: House, opened: Opener) -> None:
    house.do(
        "send_slip",
        slip="phieu-1",
        title="Phiếu mẫu",
        question="Đồng ý không?",
        members=council.meeting()["roster"][:9],
        chair="dv-01",
        deadline="2099-01-02T10:00:00+07:00",
    )
    page = council.desk(house, opened)
    page.goto(f"{house.url}/secretary/slips")
    page.click("#extend-phieu-1 > summary")
    page.fill("#deadline-phieu-1", "2098-01-01T10:00")
    page.fill("#reason-phieu-1", "Nhiều thành viên đi công tác")
    page.click("#extend-phieu-1 button")
    page.wait_for_selector(".notice.refused")
    kept = [page.input_value(f"#{name}-phieu-1") for name in ("deadline", "reason")]
    assert kept == ["2098-01-01T10:00", "Nhiều thành viên đi công tác"]
