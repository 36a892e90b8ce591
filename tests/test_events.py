"""The vocabulary: every kind is written down, frozen, and comes back from its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from appliance import events, record, values
from appliance.errors import RecordError
from appliance.events import DeviceInstalled, Event, Writer
from appliance.values import Channel, Choice
from tests import assembly

FORMAT = Path(__file__).parent.parent / "docs" / "record-format.md"


def table() -> str:
    """The table of kinds in docs/record-format.md: kind, who may write it, the first sentence of its docstring."""
    rows = ["| kind | written by | what happened | fields |", "|---|---|---|---|"]
    for kind, cls in events.KINDS.items():
        writers = ", ".join(writer.value for writer in Writer if writer in cls.writers)
        sentence = " ".join((cls.__doc__ or "").split("\n\n")[0].split()).split(". ")[0].rstrip(".")
        fields = ", ".join(f"`{name}`" for name in cls.model_fields) or "none"
        rows.append(f"| `{kind}` | {writers} | {sentence} | {fields} |")
    return "\n".join(rows)


def test_the_table_in_the_document_is_the_code():
    written = FORMAT.read_text("utf-8").split("<!-- events: made by tests/test_events.py -->\n")[1]
    assert written.split("\n<!-- end of events -->")[0] == table(), f"docs/record-format.md should say:\n{table()}"


def test_every_kind_is_found_by_its_class_name_and_says_what_it_means():
    assert len(events.KINDS) == 55
    for kind, cls in events.KINDS.items():
        assert cls.__name__ == kind
        assert issubclass(cls, Event)
        assert cls.__doc__, kind
        assert cls.writers <= set(Writer), kind
        assert cls.writers, kind


def test_nothing_that_could_identify_a_face_or_open_a_door_has_a_field():
    fields = {name for cls in events.KINDS.values() for name in cls.model_fields}
    assert not fields & {"frame", "image", "face", "template", "descriptor", "embedding", "pin", "password", "secret"}


def test_a_fact_comes_back_from_its_bytes():
    vote = assembly.vote("dv-01", Choice.FOR)
    assert events.decode("VoteCast", record.body_of(vote)) == vote
    roster = assembly.convened(assembly.members(3, guests=1))
    assert events.decode("MeetingConvened", record.body_of(roster)) == roster


def test_a_fact_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        assembly.vote("dv-01", Choice.FOR).choice = Choice.AGAINST


@pytest.mark.parametrize(
    ("kind", "body", "complaint"),
    [
        ("VoteCast", b"{}", "ballot: Field required.*delegate.*choice"),
        ("VoteCast", b"[]", "VoteCast: body"),
        ("VoteCast", b"{", "VoteCast"),
        ("VoteCast", b"\xff", "VoteCast"),
        ("BoxClaimed", b'{"x":1}', "x: Extra"),
        ("BoxOpened", b"{}", "'BoxOpened' is not known to this version"),
        ("Event", b"{}", "'Event' is not known"),
        ("_ByDoor", b"{}", "'_ByDoor' is not known"),
    ],
)
def test_what_is_no_fact_of_this_version_is_refused_by_name(kind: str, body: bytes, complaint: str):
    with pytest.raises(RecordError, match=complaint):
        events.decode(kind, body)


@pytest.mark.parametrize("name", ["", "-a", ".a", "a/b", "a b", "a\n", "a#", "a+", "ă", "..", "a.b", "x" * 65])
def test_an_identifier_may_stand_in_a_topic_a_file_name_and_a_url(name: str):
    with pytest.raises(ValidationError):
        DeviceInstalled(site=name, device="a", public_key="")


@pytest.mark.parametrize("name", ["a", "0", "phong-1", "m-2026-11", "noi_dung-1", "x" * 64])
def test_identifiers_as_people_write_them_are_accepted(name: str):
    assert DeviceInstalled(site=name, device="a", public_key="").site == name


def test_a_ballot_s_name_is_read_in_one_way_only():
    """Meeting `a.b` with item `c`, and meeting `a` with item `b.c`, would have the same ballots."""
    vote = events.VoteCast(ballot="ky-hop.noi-dung.1", delegate="dv-01", choice=Choice.FOR, channel=Channel.TABLET)
    assert vote.ballot.count(".") == 2
    fields = assembly.convened(assembly.members(3)).model_dump()
    for meeting, item in (("a.b", "c"), ("a", "b.c")):
        with pytest.raises(ValidationError):
            events.MeetingConvened(**{**fields, "meeting": meeting, "agenda": [{"id": item, "title": "Nội dung"}]})


def test_names_keep_their_diacritics_byte_for_byte():
    """No normalisation: what was typed is what is signed, composed or decomposed."""
    for name in ("Nguyễn Thị Ở Đâu", "Nguye\u0302\u0303n"):
        (delegate,) = [values.Delegate(id="dv-01", name=name)]
        assert record.body_of(assembly.convened([delegate])).decode().count(name) == 1
