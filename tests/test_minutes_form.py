"""The form of minutes: what may not be in it, and that its page of documentation names every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from appliance import minutes_form
from appliance.minutes_form import Attended, Document, Incident
from appliance.values import Value
from tests import sitting

PAGE = Path(__file__).parent.parent / "docs" / "minutes.md"


def test_minutes_are_frozen_and_take_no_foreign_field():
    made = sitting.morning().document()
    with pytest.raises(ValidationError):
        made.title = "other"
    with pytest.raises(ValidationError, match="extra"):
        Document.model_validate({**made.model_dump(), "remark": "x"})


@pytest.mark.parametrize("offset", ["7", "+7:00", "07:00", "+07:00:30", "Z", ""])
def test_the_offset_is_hours_and_minutes(offset: str):
    with pytest.raises(ValidationError):
        Document(**{**sitting.morning().document().model_dump(), "utc_offset": offset})


def test_counts_are_not_negative_and_an_incident_is_of_a_known_kind():
    with pytest.raises(ValidationError):
        Attended(members=-1, present=0, in_person=0, online=0, quorum=0, quorum_article="")
    with pytest.raises(ValidationError):
        Incident(at=sitting.utc("08:00"), what="seat-lost", by="secretary")  # type: ignore[arg-type]


def forms() -> list[type[Value]]:
    """Every class of the form."""
    return [
        cls
        for cls in vars(minutes_form).values()
        if isinstance(cls, type) and issubclass(cls, Value) and cls.__module__ == minutes_form.__name__
    ]


@pytest.mark.parametrize("form", forms())
def test_every_field_is_documented(form: type[Value]):
    rows = re.findall(r"^\| `(\w+)` \|", section(form.__name__), re.MULTILINE)
    assert rows == list(form.model_fields)


def section(name: str) -> str:
    """The part of the page under the heading that names a class."""
    found = re.search(rf"^#+ [^\n]*\(`{name}`\)\n(.*?)(?=^#|\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"docs/minutes.md says nothing of {name}"
    return found[1]
