"""The minutes on paper, read back from DOCX and PDF: what form 1.9 wants, every letter, the page of the decree."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys
import unicodedata
import zipfile
from functools import cache
from pathlib import Path

import docx
import pypdf
import pytest
from docx.document import Document
from docx.shared import Length, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from appliance import meeting_record
from appliance.events import BallotClosed, MeetingEnded, ProxyGiven
from appliance.papers import bundle, pdf, tables
from appliance.papers.docx import docx_bytes
from appliance.papers.pdf import pdf_bytes
from appliance.papers.sheet import Heading, Sheet, line
from appliance.papers.sheet import Table as SheetTable
from appliance.values import Choice, Presence, Voting
from tests import sitting
from tests.sitting import MEETING, Journal, member

ROOT = Path(__file__).parent.parent.parent


def sheet(*, confirmed: bool = True) -> Sheet:
    return bundle.sheet(meeting_record.find(sitting.entries(confirmed=confirmed)))


@cache
def written() -> Document:
    return docx.Document(io.BytesIO(docx_bytes(sheet())))


@cache
def printed() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf_bytes(sheet())))


def text_of_docx(document: Document) -> str:
    """Paragraphs and cells as they stand, one after the other."""
    found = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [cell.text for row in block.rows for cell in row.cells]
    return plain("\n".join(found))


def text_of_pdf(reader: pypdf.PdfReader) -> str:
    return plain("\n".join(page.extract_text() for page in reader.pages))


def plain(text: str) -> str:
    """Composed letters and single spaces: a line that is broken is the same line."""
    return " ".join(unicodedata.normalize("NFC", text).split())


PAPERS = {"docx": cache(lambda: text_of_docx(written())), "pdf": cache(lambda: text_of_pdf(printed()))}


@pytest.fixture(params=PAPERS)
def text(request: pytest.FixtureRequest) -> str:
    return PAPERS[request.param]()


REQUIRED = {
    "nation": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "motto": "Độc lập - Tự do - Hạnh phúc",
    "body": "ỦY BAN NHÂN DÂN TỈNH MẪU",
    "number": "Số: ............/BB-............",
    "kind and title": "BIÊN BẢN Phiên họp thường kỳ tháng 11 năm 2026",
    "time": "Thời gian bắt đầu: 08 giờ 00 phút, ngày 22 tháng 11 năm 2026 (giờ đã thông báo)",
    "roll opened": "mở điểm danh lúc 07 giờ 40 phút",
    "place": "Địa điểm: Phòng họp số 1, số 1 đường Mẫu, phường Mẫu",
    "rooms": "Các điểm cầu: Điểm cầu trung tâm; Điểm cầu xã Mẫu",
    "present": "Thành viên có mặt: 9/12 (trực tiếp 8, trực tuyến 1)",
    "quorum": "số thành viên phải có mặt: 8 (Luật 77/2015/QH13, Điều 114)",
    "absent": "Thành viên vắng mặt: 3",
    "excused": "Đại biểu Mẫu 10, Giám đốc Công an tỉnh Mẫu: lý do: Đi công tác theo kế hoạch; được chủ tọa đồng ý.",
    "not excused": "Đại biểu Mẫu 11, Giám đốc Thanh tra tỉnh Mẫu: lý do: Bận việc riêng; không được chủ tọa đồng ý.",
    "silent": "Đại biểu Mẫu 12, Giám đốc Sở Mẫu Công Thương: không báo cáo lý do.",
    "late": "Đến muộn: so với giờ đã thông báo 08 giờ 00 phút. - Đại biểu Mẫu 08: đến lúc 08 giờ 12 phút, muộn "
    "12 phút.",
    "early": "Về sớm: trước khi cuộc họp kết thúc. - Đại biểu Mẫu 01: rời lúc 09 giờ 35 phút. - Đại biểu Mẫu 07: "
    "rời lúc 09 giờ 45 phút.",
    "went and returned": "Đại biểu Mẫu 06: từ 08 giờ 42 phút đến 08 giờ 50 phút.",
    "substitute": "Người dự thay Mẫu, Phó Giám đốc Sở Mẫu Công Thương, dự thay Đại biểu Mẫu 12: có mặt từ 07 giờ "
    "56 phút.",
    "guest": "Khách mời Mẫu, Chủ nhiệm Hội Mẫu: có mặt từ 07 giờ 56 phút.",
    "chair": "Chủ trì (chủ tọa): Đại biểu Mẫu 02, Phó Chủ tịch thường trực Sở Mẫu Tài chính.",
    "chairs": "Đại biểu Mẫu 02: chủ tọa từ 09 giờ 35 phút; lý do thay đổi: Chủ tịch họp trực tuyến với Trung ương.",
    "secretary": "Thư ký (người ghi biên bản): Thư ký Mẫu, Chuyên viên Văn phòng Mẫu.",
    "course": "Nội dung (theo diễn biến cuộc họp) 08 giờ 02 phút: Chào cờ, giới thiệu đại biểu.",
    "slip": "Kết quả phiếu ghi ý kiến: Xin ý kiến về mức thu phí tham quan",
    "slip's deadline": "thời hạn 17 giờ 00 phút, ngày 18 tháng 11 năm 2026, gia hạn đến 17 giờ 00 phút, ngày 20 "
    "tháng 11 năm 2026 (lý do: Còn người đi công tác)",
    "silence apart": "Không trả lời (3): Đại biểu Mẫu 10, Đại biểu Mẫu 11, Đại biểu Mẫu 12; được tính là tán "
    "thành theo quy chế.",
    "slip's verdict": "trong số tán thành có 3 thành viên không trả lời, được tính là tán thành.",
    "opinion": "Ý kiến của Đại biểu Mẫu 04: Đề nghị giảm cho học sinh, sinh viên.",
    "item": "1. Kế hoạch phát triển kinh tế - xã hội năm 2027 Thời gian: từ 08 giờ 15 phút đến 08 giờ 40 phút.",
    "note": "08 giờ 16 phút: Giám đốc Sở Mẫu Tài chính trình bày dự thảo Kế hoạch",
    "item's absentee": "Không dự toàn bộ nội dung này: - Đại biểu Mẫu 06: rời lúc 08 giờ 42 phút, vào lúc 08 giờ "
    "50 phút.",
    "method": "Biểu quyết lần 1: biểu quyết công khai",
    "question": "Nội dung biểu quyết: Thông qua Kế hoạch phát triển kinh tế - xã hội năm 2027?",
    "ballot's times": "bắt đầu lúc 08 giờ 25 phút, kết thúc lúc 08 giờ 29 phút (do thiết bị khi hết thời gian); "
    "thời hạn biểu quyết 120 giây; tạm dừng từ 08 giờ 25 phút đến 08 giờ 27 phút.",
    "rule": "quá nửa tổng số thành viên (Luật 77/2015/QH13, Điều 117 khoản 3, chưa đối chiếu nguyên văn); cần "
    "7/12 thành viên tán thành. Có mặt 9/12 thành viên, phải có mặt ít nhất 8 (Luật 77/2015/QH13, Điều 114).",
    "verdict": "Kết quả: Được thông qua: 8/12 tán thành, cần 7",
    "named votes": "Tán thành (8): Đại biểu Mẫu 01, Đại biểu Mẫu 02, Đại biểu Mẫu 03, Đại biểu Mẫu 04, Đại biểu "
    "Mẫu 05, Đại biểu Mẫu 06, Đại biểu Mẫu 07 (*), Đại biểu Mẫu 08.",
    "nobody": "Không tán thành (0): không có.",
    "abstained": "Không biểu quyết (1): Đại biểu Mẫu 09.",
    "pressed nothing": "Không bấm phím (1): Đại biểu Mẫu 09.",
    "absent at the vote": "Vắng mặt khi biểu quyết: Đại biểu Mẫu 10, Đại biểu Mẫu 11, Đại biểu Mẫu 12.",
    "by hand": "(*) Ý kiến của Đại biểu Mẫu 07 do Thư ký nhập, Đại biểu Mẫu 03 làm chứng bằng mã PIN; lý do: Bàn "
    "phím hỏng, đại biểu giơ tay.",
    "conclusion": "Kết luận của chủ tọa: Thống nhất thông qua Kế hoạch",
    "secret": "Biểu quyết lần 1: bỏ phiếu kín",
    "who took part": "Đã bỏ phiếu: Đại biểu Mẫu 01, Đại biểu Mẫu 02,",
    "trackers": "35J7ZM6F Tán thành 5ELW7KE4 Không tán thành",
    "three readings": "quy định có thể áp dụng theo 3 cách.",
    "reading a": "- Cách a: Được thông qua: 4/12 tán thành, cần 7",
    "reading b": "- Cách b: Không được thông qua: 4/12 tán thành, cần 7",
    "reading c": "- Cách c: Không được thông qua: 4/12 tán thành, cần 7 (quá nửa tổng số thành viên, Luật "
    "77/2015/QH13, Điều 117 khoản 3); số phiếu ngang nhau nhưng chưa đạt quá nửa tổng số thành viên.",
    "chair's reading": "Ý kiến của chủ tọa: Đại biểu Mẫu 01 xác định áp dụng cách c lúc 08 giờ 58 phút; lý do: "
    "Chưa đạt quá nửa tổng số thành viên.",
    "two readings": "quy định có thể áp dụng theo 2 cách.",
    "chair's side": "Đại biểu Mẫu 01 xác định áp dụng cách a lúc 09 giờ 18 phút; lý do: Theo bên có ý kiến Chủ tịch.",
    "annulled": "Cuộc biểu quyết này bị hủy: Đọc nhầm câu hỏi (do Thư ký thực hiện). Không có kết quả.",
    "again": "Thay cho lần biểu quyết trước: lần 1 (m-2026-11.nd-3.1); lý do: Biểu quyết lại đúng câu hỏi.",
    "hands": "Biểu quyết lần 1: giơ tay",
    "why by hands": "Lý do của hình thức này: Thử giơ tay.",
    "slip's rule": "Quy định áp dụng: quá nửa tổng số thành viên (Luật 77/2015/QH13, Điều 117 khoản 3, chưa đối chiếu "
    "nguyên văn); cần 7/12 thành viên tán thành.",
    "counted by": "Kiểm đếm: Thư ký nhập kết quả, Đại biểu Mẫu 03 làm chứng bằng mã PIN.",
    "no quorum": "Không đủ số thành viên phải có mặt: chủ tọa (Đại biểu Mẫu 02) quyết định vẫn tiến hành; lý do: "
    "Nội dung chỉ về lịch làm việc.",
    "not reached": "Nội dung trong chương trình chưa được đưa ra - Việc khác.",
    "keypad": "08 giờ 26 phút: bàn phím ghế S07 (Đại biểu Mẫu 07) ngừng sử dụng, do Thư ký thực hiện; lý do: Bàn "
    "phím không phản hồi.",
    "override": "09 giờ 48 phút: chỉ có mặt 7, phải có mặt 8; chủ tọa (Đại biểu Mẫu 02) quyết định vẫn tiến hành "
    "biểu quyết",
    "secret session": "Họp kín từ 08 giờ 41 phút đến 09 giờ 00 phút",
    "whole conclusion": "Kết luận chung của chủ tọa Yêu cầu các cơ quan báo cáo tiến độ trước ngày 25 tháng 12 "
    "năm 2026.",
    "tasks": "Nhiệm vụ được giao",
    "task": "Hoàn thiện Kế hoạch năm 2027, trình ký ban hành",
    "end": "Cuộc họp kết thúc vào 11 giờ 05 phút, ngày 22 tháng 11 năm 2026./.",
    "secretary signs": "THƯ KÝ (đã xác nhận bằng mã PIN lúc 11 giờ 20 phút, ngày 22 tháng 11 năm 2026)",
    "chair signs": "CHỦ TỌA (đã xác nhận bằng mã PIN lúc 11 giờ 25 phút, ngày 22 tháng 11 năm 2026)",
    "recipients": "Nơi nhận:",
    "device": "Biên bản lập từ nhật ký của thiết bị phong-1 (tinh-mau) và đã được thiết bị ký số.",
    "fingerprint": sitting.FINGERPRINT,
}


@pytest.mark.parametrize("what", REQUIRED)
def test_the_paper_says(what: str, text: str):
    assert REQUIRED[what] in text


def test_each_absent_member_stands_by_name_and_nobody_else(text: str):
    listed = text.split("Thành viên vắng mặt: 3", 1)[1].split("Đến muộn", 1)[0]
    assert re.findall(r"Đại biểu Mẫu (\d\d)", listed) == ["10", "11", "12"]


def test_digest_and_entry_are_those_of_the_journal(text: str):
    found = meeting_record.find(sitting.entries())
    last = sitting.entries()[-1]
    assert f"Nhật ký đến mục {last.seq} (SHA-256): {last.hash.hex()}" in text
    assert tables.tasks(found.document)["minutes"] in text


def test_the_tasks_have_one_lead_each_and_both_deadlines():
    table = next(t for t in written().tables if t.cell(0, 1).text == "Nhiệm vụ")
    assert [cell.text for cell in table.rows[1].cells] == [
        "1",
        "Hoàn thiện Kế hoạch năm 2027, trình ký ban hành",
        "Sở Mẫu Tài chính\nĐại biểu Mẫu 02",
        "Sở Mẫu Tài nguyên và Môi trường\nSở Mẫu Văn hóa, Thể thao và Du lịch",
        "10/12/2026",
        "15/12/2026",
    ]
    assert [cell.text for cell in table.rows[2].cells][2:4] == ["Sở Mẫu Xây dựng\nĐại biểu Mẫu 07", "–"]
    assert len(table.rows) == 3


def test_the_numbers_stand_in_a_table_three_states_apart():
    tables = [t for t in written().tables if t.cell(0, 1).text == "Tổng số"]
    rows = [[cell.text for cell in table.rows[1].cells][1:] for table in tables]
    assert rows == [
        ["12", "6", "2", "1", "3"],  # the slip: nobody is absent
        ["12", "8", "0", "1", "0", "3"],
        ["12", "4", "4", "1", "0", "3"],
        ["12", "4", "4", "0", "1", "3"],
        ["12", "6", "0", "0", "1", "5"],
    ]
    assert [cell.text for cell in tables[1].rows[2].cells][1:] == [
        "100%", "66,67%", "0,00%", "8,33%", "0,00%", "25,00%",
    ]  # fmt: skip


def roll(document: Document) -> list[list[str]]:
    """The table of the members who came."""
    table = next(t for t in document.tables if t.cell(0, 1).text == "Họ và tên")
    return [[cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row.cells] for row in table.rows[1:]]


def test_each_member_who_came_stands_with_times_and_remarks():
    assert [[row[0], row[1], row[3], row[4]] for row in roll(written())] == [
        ["1", "Đại biểu Mẫu 01", "07:50 – 09:35", "về sớm"],
        *([str(n), f"Đại biểu Mẫu {n:02}", "07:50 – hết", ""] for n in range(2, 6)),
        ["6", "Đại biểu Mẫu 06", "07:50 – 08:42\n08:50 – hết", ""],
        ["7", "Đại biểu Mẫu 07", "07:50 – 09:45", "về sớm"],
        ["8", "Đại biểu Mẫu 08", "08:12 – hết", "muộn 12 phút"],
        ["9", "Đại biểu Mẫu 09", "07:55 – hết", "trực tuyến; Điểm cầu xã Mẫu"],
    ]
    assert roll(written())[3][2] == "Giám đốc Sở Mẫu Tài nguyên và Môi trường"


def test_where_votes_have_weights_they_stand_in_the_roll_and_the_rule():
    """A board: one who is there in both ways, one whose vote another casts."""
    journal = Journal()
    for entry in sitting.entries()[:1]:
        journal.take(entry.event, entry.at)
    people = tuple(d.model_copy(update={"weight": 10 * n}) for n, d in enumerate(sitting.roster()[:3], 3))
    journal.say("07:40", sitting.convened().model_copy(update={"preset": "board", "roster": people, "secretary": ""}))
    journal.say("07:50", sitting.arrived(member(1)), sitting.arrived(member(2)))
    journal.say("07:55", sitting.left(member(2)))
    journal.say("08:00", sitting.arrived(member(2), presence=Presence.ONLINE))
    giving = ProxyGiven(meeting=MEETING, giver=member(3), holder=member(1), document="Giấy ủy quyền 01", by="secretary")
    journal.say("08:01", giving)
    fixed = {
        "preset": "board",
        "present": tuple(d.id for d in people),
        "weights": {d.id: d.weight for d in people},
        "proxies": {member(3): member(1)},
        "quorum": 78,
        "needed": 78,
    }
    begun = sitting.opened(journal, "nd-1", Voting.OPEN).model_copy(update=fixed)
    journal.say("08:10", begun)
    journal.say("08:11", *sitting.cast(begun.ballot, {1: Choice.FOR, 2: Choice.AGAINST}))
    journal.say("08:12", BallotClosed(ballot=begun.ballot, by="secretary"))
    journal.say("08:30", MeetingEnded(meeting=MEETING, by="secretary"))
    made = docx.Document(io.BytesIO(docx_bytes(bundle.sheet(meeting_record.find(journal.entries)))))
    assert [row[4] for row in roll(made)] == ["phần vốn 30", "có lúc trực tuyến; phần vốn 40"]
    said = text_of_docx(made)
    for text in (
        "2/3 (trực tiếp 2, trực tuyến 0); phần vốn có mặt 70/120; phần vốn phải có mặt: 78 (",
        "cần 78/120 phần vốn tán thành. Có mặt 120/120 phần vốn, phải có mặt ít nhất 78",
        "Đại biểu Mẫu 03 (do Đại biểu Mẫu 01 biểu quyết theo ủy quyền)",
        "08 giờ 01 phút: Đại biểu Mẫu 03 ủy quyền cho Đại biểu Mẫu 01 biểu quyết theo Giấy ủy quyền 01.",
        "Phần vốn 120 80 40 0 0 0",
    ):
        assert text in said


def test_no_page_ends_within_the_numbers_of_a_ballot():
    pages = [plain(page.extract_text()) for page in printed().pages]
    counts = [page.count("Số lượng") for page in pages]
    assert counts == [page.count("Tỷ lệ trên tổng số") for page in pages]
    assert sum(counts) == 5
    for table in (t for t in written().tables if t.cell(0, 1).text == "Tổng số"):
        keeps = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
        assert keeps == [True, True, None]


def test_no_vote_of_a_secret_or_annulled_ballot_stands_beside_a_name(text: str):
    secret = text.split("Biểu quyết lần 1: bỏ phiếu kín", 1)[1].split("3. Phân bổ vốn", 1)[0]
    assert "Tán thành (" not in secret
    annulled = text.split("Cuộc biểu quyết này bị hủy", 1)[1].split("Biểu quyết lần 2", 1)[0]
    assert "Đại biểu Mẫu" not in annulled


# Without confirmation, and while it lasts ----------------------------------------------------------------------------


def test_unconfirmed_minutes_say_so():
    paper = text_of_docx(docx.Document(io.BytesIO(docx_bytes(sheet(confirmed=False)))))
    assert paper.count("(chưa xác nhận bằng mã PIN)") == 2
    assert "chưa được thiết bị ký số" in paper
    assert "DỰ THẢO" not in paper


def test_while_the_meeting_lasts_it_is_a_draft_without_an_end():
    entries = [e for e in sitting.entries(confirmed=False) if not isinstance(e.event, MeetingEnded)]
    paper = text_of_docx(docx.Document(io.BytesIO(docx_bytes(bundle.sheet(meeting_record.find(entries))))))
    assert "DỰ THẢO – cuộc họp chưa kết thúc" in paper
    assert "Cuộc họp kết thúc" not in paper


def test_a_meeting_of_which_little_is_known_has_minutes_too():
    """No body, place, start, chair, secretary; nobody came, nothing happened."""
    journal = Journal()
    for entry in sitting.entries()[:1]:
        journal.take(entry.event, entry.at)
    bare = {"body": "", "place": "", "rooms": (), "starts_at": "", "chair": "", "secretary": "", "agenda": ()}
    journal.say("08:00", sitting.convened().model_copy(update=bare))
    journal.say("08:10", MeetingEnded(meeting=MEETING, by="secretary"))
    paper = text_of_docx(docx.Document(io.BytesIO(docx_bytes(bundle.sheet(meeting_record.find(journal.entries))))))
    for said in (
        "ỦY BAN NHÂN DÂN",
        "Địa điểm: không nêu.",
        "Chủ trì (chủ tọa): không nêu tên.",
        "Thành viên có mặt: 0/12",
        "Thời gian bắt đầu: 08 giờ 00 phút, ngày 22 tháng 11 năm 2026 (mở điểm danh).",
        "Cuộc họp kết thúc vào 08 giờ 10 phút",
    ):
        assert said in paper


def test_the_paper_of_a_meeting_that_was_put_off_counts_nobodys_minutes_and_says_why():
    journal = sitting.put_off()
    made = docx.Document(io.BytesIO(docx_bytes(bundle.sheet(meeting_record.find(journal.entries)))))
    assert {row[4] for row in roll(made)} == {"", "Điểm cầu xã Mẫu"}
    paper = text_of_docx(made)
    assert re.findall(r"muộn \d+ phút", paper) == []
    assert paper.count("Đến muộn: không tính, vì cuộc họp không được mở vào ngày đã thông báo (ngày 20 tháng 11") == 1


@pytest.mark.parametrize("here", [False, True])
def test_whoever_keeps_the_minutes_is_never_an_absent_guest(here: bool):
    """The named secretary works at the desk, and often never checks in; another guest who did not come is absent."""
    journal = Journal()
    for entry in sitting.entries()[:1]:
        journal.take(entry.event, entry.at)
    journal.say("07:40", sitting.convened())
    journal.say("07:50", *([sitting.arrived("kh-01")] if here else []))
    journal.say("08:40", MeetingEnded(meeting=MEETING, by="secretary"))
    paper = text_of_docx(docx.Document(io.BytesIO(docx_bytes(bundle.sheet(meeting_record.find(journal.entries))))))
    keeper = "Thư ký Mẫu, Chuyên viên Văn phòng Mẫu"
    assert (f"{keeper}: có mặt từ 07 giờ 50 phút" in paper) is here
    assert f"{keeper}: vắng mặt" not in paper
    assert "Khách mời Mẫu, Chủ nhiệm Hội Mẫu: vắng mặt" in paper
    assert f"Thư ký (người ghi biên bản): {keeper}." in paper


# Page and letters ----------------------------------------------------------------------------------------------------


def test_the_page_of_the_docx_is_the_decrees():
    section = written().sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(Length(side).mm) for side in sides if side] == [210, 297, 20, 20]
    assert [round(Length(side).mm) for side in (section.left_margin, section.right_margin) if side] == [30, 15]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    normal = written().styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    assert {run.font.name for p in written().paragraphs for run in p.runs} == {None}  # nothing but the style's own


def test_the_pages_of_the_pdf_are_a4_and_numbered_from_the_second():
    reader = printed()
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, 1):
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
        first = page.extract_text().strip().splitlines()
        numbered = str(number) in (first[0].strip(), first[-1].strip())
        assert numbered is (number > 1)


def test_the_pdf_has_a_serif_with_all_its_letters_inside():
    names, embedded = set(), 0
    for page in printed().pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(str(inner["/BaseFont"]))
            embedded += "/FontFile2" in inner["/FontDescriptor"] or "/FontFile3" in inner["/FontDescriptor"]
    # One family for every letter: a font that lacks some of them would be patched with another one's.
    assert {re.sub(r"^/[A-Z]{6}\+|-(Bold|Italic|Regular).*$", "", name) for name in names} in (
        {"Tinos"},
        {"Times-New-Roman"},
    )
    assert embedded


def test_whoever_files_it_finds_title_body_and_date():
    core, meta = written().core_properties, printed().metadata
    assert meta is not None
    assert core.title == meta.title == "BIÊN BẢN: Phiên họp thường kỳ tháng 11 năm 2026"
    assert core.author == meta.author == "ỦY BAN NHÂN DÂN TỈNH MẪU"
    assert core.created is not None
    assert f"{core.created:%Y-%m-%dT%H:%M}" == "2026-11-22T04:05"
    assert f"{meta.creation_date:%Y-%m-%dT%H:%M}" == "2026-11-22T04:05"


def test_headings_are_headings_for_a_screen_reader():
    wanted = [block.text for block in sheet().blocks if isinstance(block, Heading)]
    found = [p.text for p in written().paragraphs if p.style is not None and p.style.name.startswith("Heading")]
    assert found == wanted
    assert "/StructTreeRoot" in printed().trailer["/Root"]  # type: ignore[operator]
    assert printed().trailer["/Root"]["/Lang"] == "vi"  # type: ignore[index]


# The same journal, the same bytes ------------------------------------------------------------------------------------


def test_the_same_journal_gives_the_same_bytes():
    one, other = sheet(), sheet()
    assert docx_bytes(one) == docx_bytes(other)
    assert pdf_bytes(one) == pdf_bytes(other)


def test_another_process_gives_the_same_bytes_too():
    """With another seed of Python's hashes."""
    code = (
        "import hashlib; from tests.papers.test_printed import sheet, docx_bytes, pdf_bytes; "
        "print(hashlib.sha256(docx_bytes(sheet())).hexdigest(), hashlib.sha256(pdf_bytes(sheet())).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_every_part_of_the_docx_has_the_meetings_own_date():
    with zipfile.ZipFile(io.BytesIO(docx_bytes(sheet()))) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2026, 11, 22, 4, 5, 0)}
        assert not [name for name in archive.namelist() if "thumbnail" in name]


# What people type ----------------------------------------------------------------------------------------------------


NASTY = '<img src="http://example.invalid/x.png"> & <script>alert(1)</script> {{ 7*7 }}\x0b\x1f\u202e\tx\r\ny'
SEEN = '<img src="http://example.invalid/x.png"> & <script>alert(1)</script> {{ 7*7 }} x y'


def test_what_people_typed_is_text_and_nothing_else():
    """Markup, control characters and the address of an image: set as they are, nothing is run or opened."""
    one = dataclasses.replace(sheet(), subject=NASTY, blocks=(line(NASTY), Heading(NASTY, 1), row(NASTY)))
    assert text_of_pdf(pypdf.PdfReader(io.BytesIO(pdf_bytes(one)))).count(SEEN) == 4
    assert text_of_docx(docx.Document(io.BytesIO(docx_bytes(one)))).count(SEEN) == 4
    assert "&lt;script&gt;" in pdf.html(one)


def row(text: str) -> SheetTable:
    return SheetTable(("STT", "x"), (("1", text),), (8, 92))


def test_a_line_break_that_was_typed_stays_one():
    one = dataclasses.replace(sheet(), blocks=(line("- một\n- hai"),))
    paragraph = docx.Document(io.BytesIO(docx_bytes(one))).paragraphs
    assert [p.text for p in paragraph if "một" in p.text] == ["- một\n- hai"]
    page = pypdf.PdfReader(io.BytesIO(pdf_bytes(one))).pages[0].extract_text()
    assert re.search(r"- một\s*\n\s*- hai", page)


def test_the_longest_title_has_its_place():
    one = dataclasses.replace(sheet(), subject="Ệ" * 300, body="Ử" * 200)
    made = docx.Document(io.BytesIO(docx_bytes(one)))
    assert len(made.core_properties.title) == 255
    assert "Ệ" * 300 in text_of_docx(made)
