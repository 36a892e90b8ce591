"""The papers on the secretary's pages: a draft while the meeting lasts, everything signed in one ZIP after it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.cli import main
from appliance.web import papers, security
from tests.browser.house import House
from tests.web.conftest import Browser
from tests.web.test_pages import signed_in

MEETING = "m-2026-11"
ZIP, PDF = f"/secretary/papers/{MEETING}.zip", f"/secretary/papers/{MEETING}/bien-ban.pdf"


@pytest.fixture
def secretary(app: Flask, house: House) -> FlaskClient:
    """A browser at the secretary's desk."""
    return signed_in(app, house, "secretary")


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).split())


@pytest.mark.parametrize("address", [ZIP, PDF])
def test_they_are_the_secretarys_alone(app: Flask, browser: Browser, house: House, address: str):
    assert app.test_client().get(address).status_code == 302
    assert browser(house.links["dv-02"]).get(address).status_code == 302
    assert signed_in(app, house, "technician").get(address).status_code == 302


def test_while_the_meeting_lasts_there_is_a_draft_and_nothing_signed(secretary: FlaskClient):
    preview = secretary.get(PDF)
    assert (preview.status_code, preview.mimetype) == (200, "application/pdf")
    assert preview.headers["Content-Disposition"] == f'inline; filename="{MEETING}.pdf"'
    assert preview.headers["Cache-Control"] == "no-store"
    assert "DỰ THẢO – cuộc họp chưa kết thúc" in text_of(preview.data)
    refused = secretary.get(ZIP)
    assert (refused.status_code, refused.mimetype) == (409, "text/html")
    assert "Cuộc họp chưa kết thúc" in refused.text
    assert "The meeting has not ended" in secretary.get(f"{ZIP}?lang=en").text


def test_the_page_of_the_minutes_leads_there(secretary: FlaskClient):
    page = secretary.get("/secretary/minutes").text
    assert f'href="{PDF}"' in page
    assert f'href="{ZIP}"' not in page  # not before the end


@pytest.mark.parametrize("name", ["m-9", "..", "x y", "a%00b"])
def test_there_is_no_other_meeting(secretary: FlaskClient, name: str):
    assert secretary.get(f"/secretary/papers/{name}.zip").status_code == 404
    assert secretary.get(f"/secretary/papers/{name}/bien-ban.pdf").status_code == 404


def test_setting_papers_is_limited(app: Flask, secretary: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("appliance.web.papers.pdf_bytes", lambda _sheet: b"%PDF")
    answers = [secretary.get(PDF).status_code for _ in range(13)]
    assert answers == [200] * 12 + [429]
    security.limiter.reset()


def test_after_the_end_the_zip_holds_a_folder_that_verifies_also_in_a_secret_session(
    secretary: FlaskClient, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    house.do("secret_session", on=True)
    house.do("end_meeting")
    assert f'href="{ZIP}"' in secretary.get("/secretary/minutes").text
    answer = secretary.get(ZIP)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{MEETING}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert all(name.startswith(f"{MEETING}/") for name in names)
    for name in ("manifest.json", "journal.json", "bien-ban.docx", "bien-ban.pdf", "minutes.json", "tasks.ics"):
        assert f"{MEETING}/{name}" in names
    monkeypatch.setenv("APPLIANCE_STATE", str(house.state.root))
    assert main(["verify", str(tmp_path / MEETING / "manifest.json"), "--own"]) == 0
    paper = text_of(secretary.get(PDF).data)
    assert "DỰ THẢO" not in paper
    assert "Họp kín từ" in paper
    house.do("secret_session", on=False)


def test_whoever_asks_while_others_are_set_is_told_so(secretary: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(papers, "TURN_SECONDS", 0.0)
    with papers._setting:
        answer = secretary.get(PDF)
    assert answer.status_code == 503
    assert "đang lập văn bản khác" in answer.text
