"""Values: what a name may look like, what a part of a fact refuses."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from appliance.values import BallotIdentifier, CountedVote, Delegate, Document, Identifier, Item, Task, explain

IDENTIFIERS: TypeAdapter[str] = TypeAdapter(Identifier)
BALLOTS: TypeAdapter[str] = TypeAdapter(BallotIdentifier)


@pytest.mark.parametrize("name", ["dv-07", "m-2026-11", "A1", "noi_dung_1", "x" * 64])
def test_names_that_fit_a_topic_a_file_and_an_address(name: str):
    assert IDENTIFIERS.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "-a", "_a", "a.b", "a/b", "a b", "đại-biểu", "a\n", "x" * 65, "../a", "a#", "a+"])
def test_names_that_do_not(name: str):
    with pytest.raises(ValidationError):
        IDENTIFIERS.validate_python(name)


def test_a_ballots_name_has_dots_and_climbs_out_of_no_folder():
    assert BALLOTS.validate_python("ky-hop.nd-1.12") == "ky-hop.nd-1.12"
    for name in ("..", ".a", "a/../b", "a\\b"):
        with pytest.raises(ValidationError):
            BALLOTS.validate_python(name)


def test_unknown_fields_are_refused_and_nothing_changes_afterwards():
    with pytest.raises(ValidationError, match="sit"):
        Delegate.model_validate({"id": "dv-01", "name": "Đại biểu Mẫu 01", "sit": "01"})
    delegate = Delegate(id="dv-01", name="Đại biểu Mẫu 01")
    with pytest.raises(ValidationError, match="frozen"):
        delegate.name = "khác"


@pytest.mark.parametrize("weight", [0, -1, 1_000_000_001])
def test_a_weight_is_a_whole_number_that_counts(weight: int):
    with pytest.raises(ValidationError):
        Delegate(id="dv-01", name="Đại biểu Mẫu 01", weight=weight)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://a b", "example.org"])
def test_a_paper_is_linked_by_http_alone(link: str):
    with pytest.raises(ValidationError):
        Document(title="Tờ trình", link=link)


@pytest.mark.parametrize("tracker", ["ABCDEFG", "abcdefgh", "ABCDEFG1", "ABCDEFGHI"])
def test_a_tracker_is_eight_signs_that_nobody_mixes_up(tracker: str):
    with pytest.raises(ValidationError):
        CountedVote.model_validate({"tracker": tracker, "choice": "for"})


def test_a_time_limit_is_neither_a_blink_nor_longer_than_a_day():
    for seconds in (4, 86_401):
        with pytest.raises(ValidationError):
            Item(id="nd-1", title="Nội dung 1", limit_seconds=seconds)


def test_all_complaints_are_told_in_one_line_with_their_fields():
    with pytest.raises(ValidationError) as error:
        Task.model_validate({"id": "nv 1", "text": "x", "lead_unit": "", "lead_head": "x", "deadline": "2026-13-01"})
    said = explain(error.value)
    for field in ("id: ", "lead_unit: ", "deadline: ", "report_deadline: "):
        assert field in said
    assert "\n" not in said
