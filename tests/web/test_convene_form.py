"""The form of a meeting as values: out and back, lines added, moved and taken away, faults beside their fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import meeting_file
from appliance.commands import Convene
from appliance.faults import Wrong
from appliance.web import convene_form
from appliance.web.convene_form import MOST, Form
from tests.meetings import meetings, table


def sent(form: Form) -> dict[str, str]:
    """The form as a browser sends it."""
    found = dict(form.fields)
    for name, lines in form.lines.items():
        for n, line in enumerate(lines, 1):
            cells = {"id": "", **line}
            papers = cells.pop("document", ())
            found |= {f"{name}-{n}-{key}": value for key, value in cells.items()}
            for m, paper in enumerate(papers, 1):
                found |= {f"{name}-{n}-document-{m}-{key}": paper.get(key, "") for key in ("title", "link")}
    return found


def filled(**more: str) -> Form:
    form = convene_form.of_table(meeting_file.table(meeting_file.parse(table())))
    return convene_form.read(sent(form) | more)


def faults(form: Form) -> dict[str, str]:
    """Field → what is wrong with it."""
    found = convene_form.check(form)
    assert not isinstance(found, Convene)
    return {convene_form.name(one.place): one.what.sentence for one in found}


@settings(max_examples=100)
@given(meetings())
def test_a_meeting_in_the_form_and_back_is_the_same(command: Convene) -> None:
    form = convene_form.read(sent(convene_form.of_table(meeting_file.table(command))))
    back = convene_form.check(form)
    assert isinstance(back, Convene)
    assert back.model_copy(update={"starts_at": ""}) == command.model_copy(update={"starts_at": ""})
    if command.starts_at.endswith("+07:00"):
        assert back.starts_at == command.starts_at
    assert bool(back.starts_at) == bool(command.starts_at)


def test_a_start_of_another_zone_is_shown_in_viet_nams_time() -> None:
    form = convene_form.of_table(table(starts_at="2026-11-22T01:00:00Z"))
    assert form.fields["starts_at"] == "2026-11-22T08:00"
    assert convene_form.of_table(table(starts_at="sáng mai")).fields["starts_at"] == "sáng mai"


def test_faults_have_the_names_of_their_fields() -> None:
    wrong = filled(
        **{
            "title": "",
            "chair": "dv-09",
            "delegate-2-seat": "01",
            "agenda-1-document-1-link": "file:///x",
            "agenda-2-voting": "slip",
        }
    )
    assert faults(wrong) == {
        "title": Wrong.MISSING,
        "chair": Wrong.NOT_A_MEMBER,
        "delegate-2-seat": Wrong.TWICE,
        "agenda-1-document-1-link": Wrong.LINK,
        "agenda-2-voting": Wrong.NO_SLIP,
    }


def test_lines_in_which_nothing_was_typed_do_not_count_and_keep_the_numbers_of_the_others() -> None:
    form, _hand = convene_form.changed(filled(), "add-delegate")
    form, _hand = convene_form.changed(form, "up-delegate-6")
    found = convene_form.check(form)
    assert isinstance(found, Convene)
    assert len(found.roster) == 5
    wrong = convene_form.read(sent(form) | {"delegate-6-name": ""})
    assert faults(wrong) == {"delegate-6-name": Wrong.MISSING}
    only_chosen = convene_form.read(sent(form) | {"delegate-5-role": "member", "delegate-5-weight": "1"})
    assert isinstance(convene_form.check(only_chosen), Convene)


def test_an_empty_form_says_that_nobody_is_there() -> None:
    form = Form(convene_form.of_table({}).fields, {"room": (), "delegate": ({}, {}), "agenda": ({},)})
    assert faults(form) == {"meeting": Wrong.MISSING, "title": Wrong.MISSING, "delegate": Wrong.NOBODY}


def test_a_line_without_an_identifier_is_given_one_that_is_free() -> None:
    people: convene_form.Lines = (
        {"name": "A"},
        {"name": "B", "id": "dv-01"},
        {"name": "C", "role": "guest"},
        {},
        {"name": "D"},
    )
    form = convene_form.named(Form({}, {"room": ({"name": "x"},), "delegate": people, "agenda": ({"title": "y"},)}))
    assert [line.get("id") for line in form.lines["delegate"]] == ["dv-02", "dv-01", "khach-01", None, "dv-03"]
    assert (form.lines["room"][0]["id"], form.lines["agenda"][0]["id"]) == ("diem-cau-1", "noi-dung-01")
    assert convene_form.named(form) == form


@pytest.mark.parametrize(
    ("button", "ids", "hand"),
    [
        ("drop-delegate-1", ["dv-02", "dv-03", "kh-01", "dt-01"], "delegate-1-name"),
        ("drop-delegate-5", ["dv-01", "dv-02", "dv-03", "kh-01"], "delegate-4-name"),
        ("up-delegate-2", ["dv-02", "dv-01", "dv-03", "kh-01", "dt-01"], "delegate-1-name"),
        ("down-delegate-4", ["dv-01", "dv-02", "dv-03", "dt-01", "kh-01"], "delegate-5-name"),
        ("up-delegate-1", ["dv-01", "dv-02", "dv-03", "kh-01", "dt-01"], "delegate-1-name"),
        ("down-delegate-5", ["dv-01", "dv-02", "dv-03", "kh-01", "dt-01"], "delegate-5-name"),
        ("drop-delegate-99", ["dv-01", "dv-02", "dv-03", "kh-01", "dt-01"], "delegate-5-name"),
    ],
)
def test_lines_move_and_go_and_the_hand_stays_near(button: str, ids: list[str], hand: str) -> None:
    form, at = convene_form.changed(filled(), button)
    assert [line["id"] for line in form.lines["delegate"]] == ids
    assert at == hand
    assert form.fields == filled().fields


def test_lines_and_documents_are_added_at_the_end() -> None:
    form, at = convene_form.changed(filled(), "add-agenda")
    assert (len(form.lines["agenda"]), at) == (3, "agenda-3-title")
    form, at = convene_form.changed(form, "add-agenda-1-document")
    assert (len(form.lines["agenda"][0]["document"]), at) == (2, "agenda-1-document-2-title")
    form, at = convene_form.changed(form, "drop-agenda-1-document-1")
    assert (form.lines["agenda"][0]["document"], at) == (({},), "agenda-1-document-1-title")
    form, at = convene_form.changed(form, "drop-agenda-1-document-1")
    assert (form.lines["agenda"][0]["document"], at) == ((), "agenda-1-title")
    only: Any = Form({}, {"room": ({"name": "x"},), "delegate": (), "agenda": ()})
    assert convene_form.changed(only, "drop-room-1") == (Form({}, {"room": (), "delegate": (), "agenda": ()}), "room")


@pytest.mark.parametrize(
    "button",
    ["", "check", "drop-delegate-x", "add-nothing", "drop", "add-", "add-room-1-document", "add-agenda-9-document"],
)
def test_other_buttons_change_nothing(button: str) -> None:
    assert convene_form.changed(filled(), button)[0] == filled()


def test_there_is_an_end_to_adding() -> None:
    full = Form({}, {"room": (), "delegate": ({},) * MOST, "agenda": ()})
    assert len(convene_form.changed(full, "add-delegate")[0].lines["delegate"]) == MOST


def test_what_a_form_does_not_have_is_passed_over() -> None:
    strange = {
        "delegate-0-name": "x",
        "delegate-501-name": "x",
        "delegate-1-colour": "x",
        "room-1-document-1-title": "x",
    }
    assert convene_form.read(strange | {"csrf_token": "x", "do": "add-room"}).lines == Form().lines


def test_a_draft_that_is_kept_is_what_was_typed() -> None:
    wrong = filled(title="", chair="dv-09", **{"delegate-2-seat": "a b"})
    kept = convene_form.table(wrong)
    assert "title" not in kept
    assert (kept["chair"], kept["delegate"][1]["seat"]) == ("dv-09", "a b")
    assert faults(convene_form.of_table(meeting_file.draft(kept).table)) == faults(wrong)


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.from_regex(r"(room|delegate|agenda)-[0-9]{1,2}-(id|name|title|document-[0-9]-link)", fullmatch=True),
        st.text(max_size=5),
        max_size=8,
    ),
    st.text(max_size=8) | st.just("down-agenda-1"),
)
def test_whatever_is_sent_is_answered(form: dict[str, str], button: str) -> None:
    changed, _hand = convene_form.changed(convene_form.read(form), button)
    assert convene_form.read(sent(changed)) is not None
    convene_form.check(convene_form.named(changed))
