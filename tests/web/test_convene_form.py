"""The form of a meeting as values: out and back, rows added and taken away, problems beside their fields."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel

from appliance import minutes
from appliance.commands import Convene
from appliance.web import convene_form
from tests import assembly


@pytest.fixture(autouse=True)
def _in_english():
    app = Flask("form")
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def filled(**more: str) -> dict[str, str]:
    form = convene_form.empty("2026-11-22")
    people = {f"delegate-{n}-{k}": v for n in (1, 2) for k, v in (("id", f"dv-0{n}"), ("name", f"Đại biểu Mẫu 0{n}"))}
    return {**form, "title": "Kỳ họp mẫu", **people, "item-1-id": "nd-1", "item-1-title": "Nội dung 1", **more}


def test_what_is_filled_in_is_the_meeting():
    command, problems = convene_form.read(filled(**{"item-1-limit_seconds": "60", "delegate-2-role": "guest"}))
    assert problems == ()
    assert command is not None
    assert (command.starts_at, command.agenda[0].limit_seconds) == ("2026-11-22T08:00:00+07:00", 60)
    assert [d.role for d in command.roster] == ["member", "guest"]


def test_out_and_back_again_nothing_changes():
    command, _ = convene_form.read(filled(**{"item-1-document": "Tờ trình", "item-1-link": "https://example.org/a"}))
    assert command is not None
    assert convene_form.read(convene_form.of(command))[0] == command


def test_every_problem_is_shown_with_its_field():
    command, problems = convene_form.read(
        filled(
            **{"delegate-2-id": "dv 2", "item-1-link": "file:///x", "item-2-title": "y", "title": "", "preset": "no"}
        )
    )
    assert command is None
    assert {p.field for p in problems} == {"delegate-2-id", "item-1-link", "item-2-id", "title"}


def test_what_contradicts_itself_lies_between_the_fields():
    command, problems = convene_form.read(filled(chair="dv-09", preset="no-such-rule"))
    assert command is None
    assert {p.field for p in problems} == {""}
    assert len(problems) >= 2


def test_nobody_is_said_to_be_missing():
    command, problems = convene_form.read(convene_form.empty("2026-11-22") | {"title": "Kỳ họp mẫu"})
    assert command is None
    assert [p.text for p in problems] == ["Nobody is on the roster."]


def test_rows_are_added_at_the_end_and_taken_out_of_the_middle():
    form = convene_form.changed(filled(), "add-delegate")
    assert convene_form.count(form, "delegate") == 6
    form = convene_form.changed(form, "drop-delegate-1")
    assert (convene_form.count(form, "delegate"), form["delegate-1-id"]) == (5, "dv-02")
    assert form["title"] == "Kỳ họp mẫu"


@pytest.mark.parametrize("do", ["", "none", "drop-delegate-99", "drop-delegate-x", "add-nothing", "drop", "add-"])
def test_other_buttons_change_nothing(do: str):
    assert convene_form.read(convene_form.changed(filled(), do)) == convene_form.read(filled())


@pytest.mark.parametrize("number", ["", "-1", "x", "٣", "999999999"])
def test_a_count_that_is_none_is_no_row(number: str):
    assert convene_form.count({"delegates": number}, "delegate") == 0
    assert convene_form.count({"delegates": "9999"}, "delegate") == convene_form.MOST


def test_the_last_meetings_people_come_again_without_its_agenda():
    made = minutes.begin(assembly.convened(assembly.members(3)), assembly.at(0))
    form = convene_form.again(made, "2026-12-01")
    assert (form["delegate-3-name"], form["title"], form["meeting"]) == ("Đại biểu Mẫu 03", "", "ky-hop-2026-12-01")
    command, problems = convene_form.read(form | {"title": "Kỳ họp sau"})
    assert problems == ()
    assert isinstance(command, Convene)
    assert command.agenda == ()
