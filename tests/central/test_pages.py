"""Central's pages in both languages: what they show, and that nothing is shown which was not verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from appliance import verification
from appliance.central import pages, recheck, words
from appliance.events import SlipAnnounced, SlipAnswered, SlipClosed, SlipSent
from appliance.uplink.broker import Condition, State
from tests import assembly
from tests.assembly import DEVICE, SITE, batch_file
from tests.worlds.uplink import Centre

ROOM = f"/room/{SITE}/{DEVICE}"


@pytest.fixture
def centre(tmp_path):
    with Centre(tmp_path, None) as made:
        yield made


@pytest.fixture
def browser(centre):
    return pages.create(centre.views, lambda: Condition(State.ONLINE), centre.key, "vi").test_client()


@pytest.fixture
def meeting(centre):
    journal = assembly.signed(assembly.sat(21, present=15, votes=assembly.CARRIED))
    centre.ingest.batch(SITE, DEVICE, batch_file(journal))


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ("Điểm cầu", "15/21", "cần 14", "Được thông qua", "đã kiểm tra", assembly.QUESTION)),
        ("en", ("Rooms", "15/21", "quorum 14", "Carried", "verified", assembly.QUESTION)),
    ],
)
def test_rooms_with_roll_result_and_verification(browser, language, said):
    text = browser.get(f"/?lang={language}").get_data(as_text=True)
    assert [word for word in said if word not in text] == []


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "vi",
            (
                "Đại biểu Mẫu 15",
                "khuôn mặt",
                "Tán thành",
                "11/21 tán thành",
                "Bên ký là khóa đã được ghim",
                "khách mời",
            ),
        ),
        ("en", ("Đại biểu Mẫu 15", "face", "11 of 21 for", "The signer is one you trust", "guest")),
    ],
)
def test_a_room_with_names_sentence_and_numbered_steps(browser, language, said):
    text = browser.get(f"{ROOM}?lang={language}").get_data(as_text=True)
    assert [word for word in said if word not in text] == []


@pytest.mark.usefixtures("meeting")
def test_an_archive_that_was_altered_shows_no_roll_and_no_result(centre, browser):
    with centre.archive._engine.begin() as db:
        db.exec_driver_sql("UPDATE entry SET at = '2026-11-22T09:00:00.000Z' WHERE seq = 4")
    centre.clock.advance(60)
    text = browser.get(f"{ROOM}?lang=en").get_data(as_text=True)
    assert "not verified" in text
    assert "Carried" not in text
    assert "Đại biểu Mẫu" not in text


@pytest.mark.parametrize("code", words.ALARMS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_alarm_says_what_it_means_and_what_to_do(centre, browser, code, language):
    centre.archive.alarm(SITE, DEVICE, code, "<b>detail</b>", assembly.at(1))
    text = browser.get(f"/?lang={language}").get_data(as_text=True)
    assert "&lt;b&gt;detail" in text
    assert "<b>detail" not in text


def test_the_language_is_remembered(browser):
    assert 'lang="vi"' in browser.get("/").get_data(as_text=True)
    browser.get("/?lang=en")
    assert '<html lang="en">' in browser.get("/").get_data(as_text=True)


def test_security_headers(browser):
    headers = browser.get("/").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_its_own_key_is_shown(centre, browser):
    assert centre.key in browser.get("/").get_data(as_text=True)


def test_an_unknown_room_is_not_found(browser):
    answer = browser.get("/room/nobody/knows")
    assert answer.status_code == 404
    assert "Không có gì" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("meeting")
def test_the_summary_for_machines(browser):
    summary = json.loads(browser.get("/api/summary.json").data)
    assert {key: summary[key] for key in ("verified", "lost", "duplicated")} == {
        "verified": True,
        "lost": 0,
        "duplicated": 0,
    }
    (device,) = summary["devices"]
    assert device["device"] == f"{SITE}/{DEVICE}"
    (result,) = device["results"]
    assert (result["ballot"], result["tally"]["for"], result["verdict"]["outcome"]) == (assembly.BALLOT, 11, "carried")


def slip(**more):
    fields = {
        "slip": "phieu-1",
        "title": "Trạm y tế",
        "question": "Đồng ý xây trạm y tế?",
        "preset": "ubnd",
        "majority": "ordinary",
        "members": assembly.members(3),
        "chair": "dv-01",
        "needed": 2,
        "deadline": "2026-11-30T10:00:00Z",
        "by": "secretary",
    }
    return SlipSent.model_validate({**fields, **more})


def answered(delegate, choice, opinion=""):
    return SlipAnswered(slip="phieu-1", delegate=delegate, choice=choice, opinion=opinion)


def test_of_an_open_slip_nothing_is_shown_and_of_a_closed_one_its_result_once_it_was_announced(centre, browser):
    """The archive has the answers before the close: no page and no summary has them."""
    journal = assembly.signed(assembly.sat(21, present=15, votes=assembly.CARRIED))
    facts = [slip(silence_agrees=True), answered("dv-01", "against", "Chưa rõ nguồn vốn"), answered("dv-02", "for")]
    journal += assembly.chain(facts, after=journal)
    centre.ingest.batch(SITE, DEVICE, batch_file(journal))
    for address in (ROOM, "/", "/api/summary.json"):
        text = browser.get(address).get_data(as_text=True)
        assert "phieu-1" not in text, address
        assert "Chưa rõ nguồn vốn" not in text, address

    journal += assembly.chain([SlipClosed(slip="phieu-1", by="deadline")], after=journal)
    journal = assembly.signed(journal, poll="phieu-1")
    centre.ingest.batch(SITE, DEVICE, batch_file(journal))
    centre.clock.advance(60)
    text = browser.get(ROOM).get_data(as_text=True)
    assert "Đồng ý xây trạm y tế?" in text
    assert "Kết quả được công bố tại phiên họp gần nhất." in text
    assert "không trả lời" not in text

    journal += assembly.chain([SlipAnnounced(slip="phieu-1", meeting=assembly.MEETING, by="secretary")], after=journal)
    centre.ingest.batch(SITE, DEVICE, batch_file(journal))
    centre.clock.advance(60)
    text = browser.get(ROOM).get_data(as_text=True)
    assert "<b>1</b> không trả lời, tính là tán thành" in text
    assert "2/3 tán thành" in text


def test_every_sentence_has_its_vietnamese():
    folder = Path(pages.__file__).parent / "translations" / "vi" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    known = {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in catalogue if m.id}
    assert [source for source, target in known.items() if not target or not any(target)] == []
    sentences = [str(text._args[0]) for pair in words.ALARMS.values() for text in pair]
    sentences += [str(text._args[0]) for text in (*words.STEPS, *words.OUTCOMES.values(), *words.BROKER.values())]
    assert [sentence for sentence in sentences if sentence not in known] == []


def test_the_steps_that_are_translated_are_those_that_are_done():
    assert tuple(str(text._args[0]) for text in words.STEPS) == (*verification.BATCH_STEPS, recheck.CHECKPOINTS)
