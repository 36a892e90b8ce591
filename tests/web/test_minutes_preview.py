"""The minutes on the page, read before they are confirmed: they say what the signed paper says, all of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance import meeting_record, minutes
from appliance.events import TieDecided
from appliance.papers import bundle
from appliance.papers.sheet import Block, Heading, Look, Table, line, said
from appliance.web import live, minutes_paper, roll_view
from appliance.web import minutes as minutes_page
from tests import assembly, sitting
from tests.browser.house import House
from tests.sitting import Journal
from tests.web.test_pages import signed_in


def text_of(page: str) -> str:
    """The words of the preview, its marks apart."""
    (article,) = re.findall(r"<article class=\"card minutes\".*?</article>", page, re.DOTALL)
    return plain(unescape(re.sub(r"<(?:br|li|p|td|th|h\d)[^>]*>", " ", article)))


def plain(text: str) -> str:
    """Single spaces, without tags."""
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def words_of(block: Block) -> Iterable[str]:
    """Every text of a block, as it stands."""
    if isinstance(block, Table):
        return [text for row in (block.headings, *block.rows) for text in row]
    return [block.text] if isinstance(block, Heading) else ["".join(run.text for run in block.runs)]


@pytest.fixture
def secretary(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser at the desk of a box that has sat through the whole morning of `sitting`."""
    client = signed_in(app, house, "secretary")
    show(monkeypatch, sitting.morning(confirmed=False))
    return client


def show(monkeypatch: pytest.MonkeyPatch, journal: Journal) -> None:
    """Let the pages read this journal."""
    looked: Any = live.Feed.look

    def look(feed: live.Feed) -> live.Now:
        return dataclasses.replace(looked(feed), minutes=journal.meeting, slips=journal.slips)

    monkeypatch.setattr(live.Feed, "look", look)


def test_every_word_of_the_signed_paper_stands_in_the_preview(secretary: FlaskClient) -> None:
    paper = bundle.sheet(meeting_record.find(sitting.entries(confirmed=False)))
    shown = text_of(secretary.get("/secretary/minutes").text)
    blocks = [plain(text) for block in paper.blocks for text in words_of(block)]
    assert [text for text in blocks if text not in shown] == []
    assert len(blocks) > 300


SAID = {
    "quorum override": "chủ tọa (Đại biểu Mẫu 02) quyết định vẫn tiến hành; lý do: Nội dung chỉ về lịch làm việc.",
    "vote by hand": "Ý kiến của Đại biểu Mẫu 07 do Thư ký nhập, Đại biểu Mẫu 03 làm chứng bằng mã PIN; lý do: Bàn phím",
    "hands": "Kiểm đếm: Thư ký nhập kết quả, Đại biểu Mẫu 03 làm chứng bằng mã PIN.",
    "why by hands": "Lý do của hình thức này: Thử giơ tay.",
    "hands not raised": "Không giơ tay",
    "who voted how": "Tán thành (8): Đại biểu Mẫu 01, Đại biểu Mẫu 02,",
    "guest": "Khách mời Mẫu, Chủ nhiệm Hội Mẫu: có mặt từ 07 giờ 56 phút.",
    "substitute": "dự thay Đại biểu Mẫu 12: có mặt từ 07 giờ 56 phút.",
    "went and returned": "Đại biểu Mẫu 06: từ 08 giờ 42 phút đến 08 giờ 50 phút.",
    "secret session": "Họp kín từ 08 giờ 41 phút đến 09 giờ 00 phút",
    "chair's reading": "- Cách c: Không được thông qua: 4/12 tán thành, cần 7",
    "remark": "xác định áp dụng cách c lúc 08 giờ 58 phút; lý do: Chưa đạt quá nửa tổng số thành viên.",
}


@pytest.mark.parametrize("what", SAID)
def test_what_is_confirmed_is_read_before(what: str, secretary: FlaskClient) -> None:
    shown = text_of(secretary.get("/secretary/minutes").text).replace("– ", "- ")
    assert SAID[what] in shown
    assert "Đang họp kín" not in shown


def test_a_reading_chosen_without_a_remark_is_told_by_its_sentence(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No code of the programme is put into the chair's mouth."""
    silent = Journal()
    for entry in sitting.entries(confirmed=False):
        tie = isinstance(entry.event, TieDecided)
        silent.take(entry.event.model_copy(update={"reason": ""}) if tie else entry.event, entry.at)
    client = signed_in(app, house, "secretary")
    show(monkeypatch, silent)
    shown = text_of(client.get("/secretary/minutes").text)
    assert "majority-clause" not in shown
    assert "chair-side" not in shown
    assert "Cách c: Không được thông qua: 4/12 tán thành" in shown
    assert "Đại biểu Mẫu 01 xác định áp dụng cách c lúc 08 giờ 58 phút." in shown


def test_the_paper_speaks_vietnamese_and_the_page_the_readers_language(secretary: FlaskClient) -> None:
    page = secretary.get("/secretary/minutes?lang=en").text
    assert '<article class="card minutes" aria-labelledby="minutes-title" lang="vi">' in page
    assert '<h2 id="minutes-title" lang="en">Minutes</h2>' in page
    assert "The minutes are written in Vietnamese" in page
    assert "Thành viên có mặt: 9/12" in text_of(page)


def test_headings_follow_the_pages_and_every_table_has_its_own(secretary: FlaskClient) -> None:
    page = secretary.get("/secretary/minutes").text
    assert "<h3>Thành phần tham dự</h3>" in page
    assert "<h4>Biểu quyết lần 1: giơ tay</h4>" in page
    numbers = page.split('aria-label="Biểu quyết lần 1: giơ tay"', 1)[1].split("</table>", 1)[0]
    assert '<th scope="col">Số lượng</th>' in numbers.replace("\N{NO-BREAK SPACE}", " ")
    assert '<th scope="row">Không giơ tay</th><td>1</td><td>8,33%</td>' in numbers


# The blocks ----------------------------------------------------------------------------------------------------------


def test_points_that_follow_one_another_are_one_list() -> None:
    blocks = [line("a", Look.POINT), line("b", Look.POINT), said("c", "d"), line("e", Look.POINT)]
    assert [name for name, _ in minutes_paper.parts(blocks)] == ["Points", "Paragraph", "Points"]


def test_a_text_is_read_in_the_order_in_which_it_is_printed() -> None:
    blocks: list[Block] = [line("ab\u202ecd"), Heading("ab\u202ecd", 1), Table(("x",), (("ab\u202ecd",),), (1,))]
    (_, text), (_, heading), (_, rows) = minutes_paper.parts(blocks)
    assert (text, heading) == (line("abcd"), Heading("abcd", 1))
    assert rows == minutes_paper.Rows("abcd", ("x",), (("abcd",),))


# Put off -------------------------------------------------------------------------------------------------------------


def test_nobody_is_late_on_the_roll_of_a_meeting_that_was_put_off() -> None:
    convened = assembly.convened(assembly.members(3)).model_copy(update={"starts_at": "2026-11-20T08:00:00+07:00"})
    meeting = minutes.fold(assembly.chain([convened, assembly.arrived("dv-01")]))
    assert [one.late for one in roll_view.roll(meeting).lines] == [0, 0, 0]


def test_the_preview_says_once_that_it_was_put_off(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = sitting.put_off()
    client = signed_in(app, house, "secretary")
    show(monkeypatch, journal)
    shown = text_of(client.get("/secretary/minutes").text)
    assert re.findall(r"muộn \d+ phút", shown) == []
    assert shown.count("không được mở vào ngày đã thông báo (ngày 20 tháng 11 năm 2026)") == 1


def test_before_a_meeting_there_is_no_paper() -> None:
    assert minutes_page.shown(None, {}).paper == ()
