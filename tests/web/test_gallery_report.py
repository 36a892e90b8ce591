"""The report as page, PDF and file: every number and delegate is in it, in both languages, and no name is markup."""

from __future__ import annotations

import ctypes
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest
from flask import Flask
from weasyprint.urls import FatalURLFetchingError

from appliance.config import Box
from appliance.enrolment import Look
from appliance.gallery_report import Enrolment, Strangers, report
from appliance.identification import Enrolled, Template, join
from appliance.services.gallery_report import document
from appliance.web import gallery_report as paper
from tests.browser.house import House, served
from tests.web.conftest import token
from tests.worlds.people import gallery, looks, person

BOX = Box(site="tinh-mau", device="phong-1", room="Phòng họp Mẫu")
NAMES = {f"dv-{n:03}": f"Đại biểu Mẫu {n:02}" for n in range(40)}
HOSTILE = "<script>alert('x')</script>\"&"


def made(size: int, *, alike: bool = False) -> dict[str, Any]:
    templates = list(gallery(size).templates)
    if alike:
        near = np.array([join(np.array([v, v, v, v, v, person(99)])) for v in looks(0, 3)], np.float32)
        templates.append(Template("dv-tw", near))
    enrolled = Enrolled(templates)
    lines = {
        name: Enrolment(
            [Look(turn, 0.87, False) for turn in ((0.0, 0.01, 0.02) if n == 1 else (-0.2, 0.0, 0.2))],
            "2026-1.vi sha256:00", "2026-11-01T08:00:00Z", "2026-12-01" if n == 2 else "2027-11-01", "",
        )
        for n, name in enumerate(enrolled.delegates)
    }  # fmt: skip
    found = report(enrolled, lines, np.empty((0, 128), np.float32), plan=(3, 5), fpir=0.01)
    return document(found, Strangers(), model="e" * 64, at="2026-11-23T08:00:00Z")


def standalone(size: int, language: str = "vi", **more: Any) -> str:
    return paper.standalone(paper.shown(made(size, **more), NAMES, BOX), language)


def words_of(html: str) -> str:
    text = re.sub(r"<(style|title|desc)\b.*?</\1>|<[^>]*>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", text)


def number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def test_it_has_every_number_and_every_delegate() -> None:
    wanted, text = made(30, alike=True), words_of(standalone(30, alike=True))
    for one in wanted["report"]["searches"]:
        assert number(one["threshold"], 3) in text
        assert re.sub(",?0+$", "", number(100 * one["fnir"], 2)) in text
    (pair,) = wanted["report"]["pairs"]
    assert number(pair["distance"], 2) in text
    for n in range(30):
        assert text.count(f"Đại biểu Mẫu {n:02} (dv-{n:03})") >= 1
    assert "dv-tw" in text
    assert "tinh-mau/phong-1" in text
    assert "e" * 64 in text
    assert "chỉ một hướng" in text
    assert "Đại biểu Mẫu 02 (dv-002): 2026-12-01" in text
    assert "Ước lượng từ kho" in text


def test_english_is_english_and_points_are_points() -> None:
    text = words_of(standalone(30, "en"))
    assert "Gallery estimate" in text
    assert f"{made(30)['report']['searches'][0]['threshold']:.3f}" in text
    assert "Ngưỡng" not in text


def test_the_drawings_are_whole_and_say_what_they_show() -> None:
    html = standalone(30)
    drawings = re.findall(r"<svg.*?</svg>", html, re.S)
    assert len(drawings) == 4
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        named = root.attrib["aria-labelledby"].split()
        assert [child.attrib["id"] for child in root[:2]] == named
        assert all((child.text or "").strip() for child in root[:2])
        assert "style=" not in drawing, "the content policy forbids it, and WeasyPrint reads none of the page's"
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("size", "sentence"), [(0, "Nobody is enrolled yet"), (1, "A DET curve needs two delegates")])
def test_with_nobody_or_one_it_says_so(size: int, sentence: str) -> None:
    html = standalone(size, "en")
    assert sentence in words_of(html)
    assert "nan" not in words_of(html).lower().split()
    assert paper.pdf(html).startswith(b"%PDF")


def test_confirmed_is_said_when_it_is() -> None:
    found = made(30)
    found["strangers"] = {"seen": 400, "named": 0, "seen_ever": 400, "named_ever": 0, "confirmed": True}
    text = words_of(paper.standalone(paper.shown(found, NAMES, BOX), "en"))
    assert "400 visits of strangers" in text
    assert "Gallery estimate" not in text


def test_a_name_is_text_whatever_it_is() -> None:
    names = {"dv-001": HOSTILE}
    box = Box(site="s", device="d", room=HOSTILE)
    html = paper.standalone(paper.shown(made(3), names, box), "vi")
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 3
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.pdf(html))).pages)
    assert "<script>alert" in text


def test_the_pdf_has_vietnamese_letters_and_numbered_a4_pages() -> None:
    read = pypdf.PdfReader(io.BytesIO(paper.pdf(standalone(30))))
    assert 2 <= len(read.pages) <= 5
    pages = [page.extract_text() for page in read.pages]
    for n, text in enumerate(pages, 1):
        assert f"{n} / {len(pages)}" in text
        assert "tinh-mau/phong-1" in text
    every = " ".join(" ".join(pages).split())
    for words in ("Báo cáo kho khuôn mặt", "Ngưỡng nhận diện", "Người lạ ở cửa", "Đại biểu Mẫu 29"):
        assert words in every
    assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [595, 842]
    assert "Báo cáo" in (read.metadata.title if read.metadata and read.metadata.title else "")


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://192.0.2.1/x.png", "data:image/png;base64,AA=="])
def test_nothing_outside_of_the_document_is_opened(address: str) -> None:
    with pytest.raises(FatalURLFetchingError) as refused:
        paper.pdf(f'<img src="{address}"><p>x</p>')
    assert "protocol" in str(refused.value.__cause__), "refused, not tried in vain"


WRITABLE_AND_EXECUTABLE = """
import ctypes
assert ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0) == 0
from appliance.web.gallery_report import pdf
assert pdf("<p>Kho khuôn mặt</p>").startswith(b"%PDF")
"""


def test_a_pdf_needs_no_memory_that_is_writable_and_executable() -> None:
    """systemd's MemoryDenyWriteExecute, as Linux 6.3 has it for a process itself (PR_SET_MDWE)."""
    if ctypes.CDLL(None).prctl(66, 0, 0, 0, 0) < 0:
        pytest.skip("this kernel cannot forbid such memory (PR_SET_MDWE, Linux 6.3)")
    done = subprocess.run(
        [sys.executable, "-c", WRITABLE_AND_EXECUTABLE], capture_output=True, text=True, check=False, timeout=60,
        env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def door(house: House, app: Flask) -> Iterator[list[dict[str, Any]]]:
    """A door that answers with a report of twelve, and a camera in the configuration."""
    here = app.extensions["room"]
    camera = here.configuration.camera.model_copy(update={"source": "0"})
    here.configuration = here.configuration.model_copy(update={"camera": camera})
    asked: list[dict[str, Any]] = []

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        asked.append(args)
        return made(12)

    with served(house.socket("door"), {"gallery_report": answer, "status": lambda _: {}}):
        yield asked


def signed_in(app: Flask, house: House) -> Any:
    client = app.test_client()
    password = house.password("secretary")
    where = "/password/secretary"
    found = client.get("/secretary")
    where = found.headers.get("Location", where)
    answer = client.post(where, data={"password": password}, headers=token(client, where))
    assert answer.status_code in (200, 303), answer.text
    return client


def test_the_page_and_its_pdf_are_for_staff(app: Flask, house: House, door: list[Any]) -> None:
    stranger = app.test_client()
    for where in ("/gallery-report", "/gallery-report/report.pdf"):
        assert stranger.get(where).status_code == 302
    assert door == []
    client = signed_in(app, house)
    page = client.get("/gallery-report?lang=en")
    assert page.status_code == 200
    assert "Gallery estimate" in page.text
    assert "dv-011" in page.text
    pdf = client.get("/gallery-report/report.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert "gallery-phong-1-2026-11-23.pdf" in pdf.headers["Content-Disposition"]
    assert pdf.headers["Cache-Control"] == "no-store"
    assert "Gallery report" in pypdf.PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()


def test_papers_are_limited(app: Flask, house: House, door: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "pdf", lambda _html: b"%PDF-")
    client = signed_in(app, house)
    found = [client.get("/gallery-report/report.pdf").status_code for _ in range(7)]
    assert found == [200] * 6 + [429]


def test_a_silent_door_is_said_and_the_command_is_named(app: Flask, house: House) -> None:
    here = app.extensions["room"]
    camera = here.configuration.camera.model_copy(update={"source": "0"})
    client = signed_in(app, house)
    here.configuration = here.configuration.model_copy(update={"camera": camera})
    page = client.get("/gallery-report?lang=en")
    assert page.status_code == 503
    assert "door service does not answer" in page.text
    assert "appliance gallery report" in page.text
    assert client.get("/gallery-report/report.pdf").status_code == 503
