"""How a fault is said: sentence, blanks, places."""

from __future__ import annotations

import re

import pytest

from appliance.faults import SHOWN, Place, Said, Where, Wrong, by_key, fault, lines, said


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ((), "the meeting"),
        (("chair",), "chair"),
        (("delegate", 0), "delegate 1"),
        (("delegate", 2, "seat"), "delegate 3, seat"),
        (("agenda", 0, "document", 1), "agenda 1, document 2"),
        (("agenda", 0, "document", 1, "link"), "agenda 1, document 2, link"),
        (("agenda", 0, "document", 1, "link", "more"), "agenda 1, document 2, link more"),
    ],
)
def test_places_of_a_file_count_lines_from_one(place: Place, named: str) -> None:
    assert str(by_key(place)) == named


def test_a_fault_names_its_place_and_the_other_one() -> None:
    one = fault(("delegate", 4, "id"), Wrong.TWICE, value="dv-01", where=("delegate", 0, "id"))
    assert str(said(one, by_key)) == "delegate 5, id: “dv-01” stands already: delegate 1, id"


def test_a_long_value_is_shortened_and_no_list_of_what_is_known() -> None:
    one = fault((), Wrong.NONE_OF, value="x" * 1000, known="y" * 200)
    assert str(one).count("x") == SHOWN - 1
    assert str(one).count("y") == 200


def test_a_value_that_looks_like_a_blank_is_only_text() -> None:
    assert str(fault((), Wrong.IDENTIFIER, value="100%(value)s")).startswith("“100%(value)s” may hold")


def test_the_same_line_is_told_once() -> None:
    one = fault(("title",), Wrong.MISSING)
    assert lines([one, one], by_key) == ["title: is missing"]


@pytest.mark.parametrize("sentence", [*Wrong, *Where])
def test_every_sentence_can_be_filled(sentence: str) -> None:
    blanks = re.findall(r"%\((\w+)\)s", sentence)
    filled = str(Said(str(sentence), {blank: f"<{blank}>" for blank in blanks}))
    assert all(f"<{blank}>" in filled for blank in blanks)
    assert "%" not in filled
