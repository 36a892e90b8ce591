"""A whole morning on the pages: a secret ballot with a power cut, a tie, a lost quorum, hands, conclusions, minutes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from appliance.events import (
    BallotAnnulled,
    MinutesConfirmed,
    MinutesSigned,
    QuorumOverridden,
    SecretBallotCounted,
    TaskAssigned,
    TieDecided,
    VoteEntered,
)
from appliance.journal import Reader
from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.council import at, on_page, press, say_yes, step, vote
from tests.browser.house import House, until

SECRET, PLAN, BUDGET, RULES = (f"m-2026-12.{item}.1" for item in ("nhan-su", "ke-hoach", "du-toan", "quy-che"))


def facts(house: House, kind: type[Any]) -> list[Any]:
    """Every fact of a kind in the journal."""
    reader = Reader(house.state.journal)
    found = [entry.event for entry in reader.after(0) if isinstance(entry.event, kind)]
    reader.close()
    return found


def test_a_secret_ballot_survives_a_power_cut(house: House, opened: Opener) -> None:
    """Nothing is said of who voted but to the voter, nothing of how; each voter finds the own vote in the list."""
    links = council.sit(house)
    secretary, hall = council.desk(house, opened), opened(house.screen("hall"), width=1920, height=1080)
    tablet = opened(links["dv-03"], width=390, height=844)
    secretary.fill("#passphrase", council.PASSPHRASE)
    secretary.fill("#passphrase-again", "chim-xanh-tren-son")
    secretary.click("#passphrase-set")
    secretary.wait_for_selector(".notice.refused >> text=không giống nhau")
    secretary.fill("#passphrase-again", council.PASSPHRASE)
    secretary.click("#passphrase-set")
    secretary.wait_for_selector("#passphrase-card", state="detached")

    secretary.click("#more-summary-nhan-su")
    secretary.click("#take-up-nhan-su")
    at(secretary, "open nhan-su")
    step(secretary)
    hall.wait_for_selector(".tag.by-secret")
    tablet.wait_for_selector("#vote-for")
    vote(tablet, "against")
    assert tablet.evaluate("document.activeElement.id") == "mine", "the focus does not stay on the key"
    assert tablet.locator("#again:not([open])").count() == 1
    assert tablet.locator(".choice[aria-pressed], .choice.sending").count() == 0
    assert tablet.evaluate("sessionStorage.length") == 0
    press(house, SECRET, {"dv-04": "for", "dv-05": "for"})
    hall.wait_for_selector(".hall-cast .figure >> text=3/7")
    secretary.wait_for_selector("#cast >> text=3/7")
    assert secretary.locator(".seat.voted").count() == 3

    house.stop("ballot", number=9)
    house.start("ballot")
    tablet.wait_for_selector("#mine >> text=mất điện")
    secretary.wait_for_selector("#passphrase-card >> text=mất điện")
    secretary.wait_for_selector("#cast >> text=?/7")
    assert secretary.locator(".seat.voted").count() == 0
    assert secretary.locator("#next-step form[data-confirm*='Chưa biết có bao nhiêu']").count() == 1
    press(house, SECRET, {"dv-06": "for"})
    secretary.fill("#passphrase", "khong-phai-cum-nay")
    secretary.click("#passphrase-set")
    secretary.wait_for_selector(".notice.refused >> text=Không đúng cụm mật khẩu")
    # A wrong passphrase locks the next attempt for a second.
    until(lambda: council.passphrase(secretary), "the passphrase to be taken")
    secretary.wait_for_selector("#cast >> text=4/7")
    tablet.wait_for_selector(".mine.has")

    say_yes(secretary, "body:not(.settling) #step")
    hall.wait_for_selector(".verdict.lost")
    assert "3" in hall.inner_text(".counts .for")
    (counted,) = facts(house, SecretBallotCounted)
    assert counted.took_part == ("dv-03", "dv-04", "dv-05", "dv-06")
    tablet.goto(f"{house.url}/delegate/history")
    tablet.click("#trackers-summary-1")
    mine = tablet.inner_text(".trackers .own")
    assert "Không tán thành" in mine
    assert tablet.locator(".trackers li").count() == 4
    other = opened(links["dv-07"])
    other.goto(f"{house.url}/delegate/history")
    assert other.locator(".trackers .own").count() == 0, "somebody who took no part has no tracker"


def test_a_tie_goes_to_the_chair_with_both_readings(house: House, opened: Opener) -> None:
    links = council.sit(house)
    secretary, chair = council.desk(house, opened), opened(links["dv-01"])
    hall = opened(house.screen("hall"), width=1920, height=1080)
    chair.click("#to-chair")
    chair.wait_for_url("**/chair")
    step(secretary)  # to the first item
    at(secretary, "open ke-hoach")
    step(secretary)
    chair.wait_for_selector(".figures >> text=0/7")
    chair.click("#rest")
    hall.wait_for_selector(".hall-ballot.held >> text=Tạm dừng")
    at(secretary, "resume")
    step(secretary)
    at(secretary, "close")
    press(house, PLAN, {"dv-01": "for", "dv-02": "for", "dv-03": "for", "dv-04": "against", "dv-05": "against"})
    secretary.click("#enter-summary")
    secretary.select_option("#enter-delegate", "dv-06")
    secretary.select_option("#enter-choice", "against")
    secretary.select_option("#enter-witness", "dv-04")
    assert secretary.locator("#enter-witness option[value=dv-02]").count() == 0, "the secretary does not vouch for it"
    secretary.fill("#enter-pin", house.pins["dv-04"])
    secretary.click("#enter-do")
    secretary.wait_for_selector("#cast >> text=6/7")
    assert [(e.delegate, e.witness, e.reason) for e in facts(house, VoteEntered)] == [
        ("dv-06", "dv-04", "bàn phím và máy tính bảng đều hỏng")
    ]
    say_yes(secretary, "body:not(.settling) #step")
    chair.wait_for_selector(".tie .counts")
    hall.wait_for_selector(".hall-readings li")
    secretary.wait_for_selector(".tie .option")
    assert chair.locator(".reading-choice .option").count() == 2
    assert hall.locator(".hall-readings li").count() == 2
    assert secretary.locator(".tie .option").count() == 2
    chair.click(".reading-choice .option.carried")
    say_yes(chair, "#tie-1")
    hall.wait_for_selector(".verdict.carried")
    secretary.wait_for_selector("#latest .readings .chosen >> text=Chủ tọa đã chọn")
    assert "Thư ký nhập thay Đại biểu Mẫu 06; người làm chứng: Đại biểu Mẫu 04" in secretary.inner_text("#latest")
    (decided,) = facts(house, TieDecided)
    assert decided.by == "dv-01"
    stranger = opened(links["dv-02"])
    stranger.goto(f"{house.url}/chair")
    stranger.wait_for_selector("text=không chủ tọa phiên họp này")


def test_a_lost_quorum_stops_ballots_until_the_chair_says_otherwise(house: House, opened: Opener) -> None:
    links = council.sit(house, present=6)
    secretary, chair = council.desk(house, opened), opened(links["dv-01"])
    leaving = opened(links["dv-06"], width=390, height=844)
    say_yes(leaving, "#leave")
    leaving.wait_for_selector(".attendance.absent")
    leaving.click("#absence-summary")
    leaving.select_option("#absence-reason", "duty")
    leaving.click("#absence-do")
    leaving.wait_for_selector("text=dự cuộc họp khác theo phân công · chưa quyết định")
    chair.goto(f"{house.url}/chair")
    chair.click("#accept-dv-06")
    chair.wait_for_selector("text=dự cuộc họp khác theo phân công · đã chấp nhận")
    step(secretary)
    secretary.wait_for_selector("#step-hindrance")
    secretary.wait_for_selector("#no-quorum >> text=còn thiếu 1")
    step(secretary)
    secretary.wait_for_selector(".notice.refused")
    chair.click("#override-summary")
    chair.select_option("#override-reason", "urgent")
    say_yes(chair, "#override-do")
    secretary.wait_for_selector("#next-step .alert >> text=cấp bách")
    (override,) = facts(house, QuorumOverridden)
    assert (override.present, override.quorum, override.by) == (5, 6, "dv-01")
    step(secretary)
    secretary.wait_for_selector("#running .remarks >> text=Chưa đủ số thành viên")
    secretary.wait_for_selector(".notice.done", state="attached")  # a notice of success goes away by itself
    # The devices fail: hands are counted instead, and the ballot before ends without a result.
    secretary.click("#hands-instead-summary")
    secretary.select_option("#hands-reason", "device")
    secretary.click("#hands-do")
    secretary.wait_for_selector(".notice.refused")  # the override was for that one ballot, which goes on
    assert facts(house, BallotAnnulled) == []
    secretary.click("#override-summary")
    secretary.select_option("#override-reason", "back")
    secretary.fill("#override-pin", house.pins["dv-01"])
    secretary.click("#override-do")
    secretary.wait_for_selector(".notice.done", state="attached")
    secretary.wait_for_selector("#next-step .alert >> text=đồng ý tiếp tục")
    secretary.click("#hands-do")
    at(secretary, "count-hands")
    chair.wait_for_selector("text=bằng giơ tay")
    step(secretary)
    secretary.wait_for_selector("#hands-for:focus")
    for choice, count in (("for", "5"), ("against", "0"), ("abstain", "1")):
        secretary.fill(f"#hands-{choice}", count)
    secretary.select_option("#hands-witness", "dv-04")
    secretary.fill("#hands-pin", house.pins["dv-04"])
    secretary.click("#hands-count")
    secretary.wait_for_selector(".notice.refused >> text=nhiều hơn")
    secretary.fill("#hands-abstain", "0")
    secretary.click("#hands-count")
    secretary.wait_for_selector("#latest .verdict.carried")
    latest = secretary.inner_text("#latest")
    assert "người làm chứng: Đại biểu Mẫu 04" in latest
    assert "Không giơ tay" in latest
    assert "Không bấm" not in latest, "nothing was pressed"
    assert len(facts(house, BallotAnnulled)) == 1


def test_from_the_conclusions_to_the_confirmed_minutes(house: House, opened: Opener, tmp_path: Path) -> None:
    links = council.sit(house)
    secretary, chair = council.desk(house, opened), opened(links["dv-01"])
    house.do("take_up", item="ke-hoach")
    press(house, house.do("open", item="ke-hoach")["ballot"], dict.fromkeys([f"dv-0{n}" for n in range(1, 7)], "for"))
    house.do("close", ballot=PLAN)
    secretary.goto(f"{house.url}/secretary/conclusions")
    secretary.fill("#note-ke-hoach", "Đại biểu Mẫu 04 đề nghị làm rõ nguồn vốn.")
    secretary.click("#note-do-ke-hoach")
    secretary.wait_for_selector("#course-ke-hoach li >> text=nguồn vốn")
    secretary.wait_for_function("() => document.getElementById('note-ke-hoach').value === ''")
    secretary.fill("#conclusion-ke-hoach", "Thống nhất thông qua Kế hoạch.")
    secretary.click("#conclude-ke-hoach")
    secretary.wait_for_selector(".conclusion >> text=Thống nhất")

    # What is wrong stands beside its field while it is typed; what nobody has touched is left in peace.
    secretary.fill("#task-lead_unit", "Sở Mẫu 1 và Sở Mẫu 2")
    secretary.wait_for_selector("#task-lead_unit-fault:not(:empty)")
    assert secretary.get_attribute("#task-lead_unit", "aria-invalid") == "true"
    assert secretary.inner_text("#task-text-fault") == ""
    secretary.fill("#task-lead_unit", "Sở Mẫu 1")
    secretary.wait_for_selector("#task-lead_unit[aria-invalid]", state="detached")
    secretary.click("#assign")
    secretary.wait_for_selector("#task-text-fault:not(:empty)")
    secretary.wait_for_selector("#task-text:focus")
    for field, text in (
        ("text", "Hoàn thiện và ban hành Kế hoạch"),
        ("lead_head", "Đại biểu Mẫu 01"),
        ("cooperating", "Sở Mẫu 2\nSở Mẫu 3"),
        ("deadline", "2026-12-20"),
        ("report_deadline", "2026-12-10"),
    ):
        secretary.fill(f"#task-{field}", text)
    secretary.wait_for_selector("#task-report_deadline-warning:not(:empty)")
    secretary.click("#assign")
    secretary.wait_for_selector(".tasks li >> text=Hoàn thiện")
    secretary.wait_for_function("() => document.getElementById('task-text').value === ''")
    (assigned,) = facts(house, TaskAssigned)
    assert assigned.task.cooperating == ("Sở Mẫu 2", "Sở Mẫu 3")

    secretary.goto(f"{house.url}/secretary")
    say_yes(secretary, "#end")
    at(secretary, "minutes")
    step(secretary)
    secretary.wait_for_url("**/minutes")
    shown = secretary.inner_text(".minutes")
    for part in ("7/9 thành viên", "nguồn vốn", "6/9 tán thành", "Thống nhất", "Sở Mẫu 1 Đại biểu Mẫu 01"):
        assert part in re.sub(r"\s+", " ", shown)
    secretary.fill("#confirm-pin-secretary", house.pins["dv-02"])
    secretary.click("#confirm-secretary")
    secretary.wait_for_selector("#confirmed-secretary .tick")
    chair.goto(f"{house.url}/chair")
    chair.fill("#confirm-pin-chair", "000000")
    chair.click("#confirm-chair")
    chair.wait_for_selector(".notice.refused")
    chair.fill("#confirm-pin-chair", house.pins["dv-01"])
    chair.click("#confirm-chair")
    for name, page in (("chair", chair), ("secretary", secretary)):
        with on_page(name):
            page.wait_for_selector("text=thiết bị đã ký số")
    assert {f.delegate for f in facts(house, MinutesConfirmed)} == {"dv-01", "dv-02"}
    assert len(facts(house, MinutesSigned)) == 1
    papers = secretary.context.request.get(house.url + secretary.get_attribute("a[href$='.zip']", "href"))
    assert papers.ok
    (tmp_path / "papers.zip").write_bytes(papers.body())
    assert any(name.endswith(".docx") for name in zipfile.ZipFile(tmp_path / "papers.zip").namelist())
