"""Numbered steps: one after the other, ended by the first that fails; five of them for everything that is sealed."""

from __future__ import annotations

import base64

import pytest

from appliance import record, report
from appliance.errors import RecordError
from appliance.report import Report
from tests import assembly

KIND = "text/x"
KEY = base64.b64encode(assembly.signer().public_key).decode()
PAPER = {"public_key": KEY, "text": "ở"}


def sealed(statement: dict[str, object] | None = None, number: int = 1) -> bytes:
    return record.seal(KIND, PAPER if statement is None else statement, assembly.signer(number))


def checked(data: bytes, *trusted: str, kind: str = KIND) -> tuple[Report, dict[str, object] | None]:
    made = Report("paper", report.sealed_titles("a paper"))
    return made, report.check_sealed(made, data, kind, trusted)


def test_a_report_is_intact_when_every_step_was_done_and_none_failed():
    made = Report("paper", ("one", "two"))
    assert not made.intact, "nothing was done yet"
    assert made.judge(None, "as it should be")
    made.add(None, "nobody can say")
    assert (made.intact, made.trusted) == (True, False)
    assert [(step.number, step.title, step.detail) for step in made.steps] == [
        (1, "one", "as it should be"),
        (2, "two", "nobody can say"),
    ]


def test_a_step_that_failed_says_what_is_wrong():
    made = Report("paper", ("one",))
    assert not made.judge("it is torn", "never said")
    assert [(step.ok, step.detail) for step in made.steps] == [(False, "it is torn")]
    assert not made.intact
    assert Report("paper", ("one",)).fail("torn").steps[0].ok is False


def test_the_five_steps_name_the_paper():
    assert report.sealed_titles("a paper")[1] == "The envelope holds a paper"
    assert len(report.sealed_titles("a paper")) == 5


def test_a_sealed_paper_passes_all_five_and_is_trusted_by_name():
    made, statement = checked(sealed(), assembly.FINGERPRINT)
    assert (statement, made.trusted) == (PAPER, True)
    made, statement = checked(sealed())
    assert (statement, made.intact, made.trusted) == (PAPER, True, False)
    assert assembly.FINGERPRINT in made.steps[-1].detail


@pytest.mark.parametrize(
    ("data", "step"),
    [
        (b"{}", 1),
        (sealed() + b"\n", 1),
        (record.seal("text/y", PAPER, assembly.signer()), 2),
        (sealed({"text": "ở"}), 3),
        (sealed({"public_key": 5}), 3),
        (sealed({"public_key": "YQ=="}), 3),
        (sealed(number=2), 3),
        (
            sealed().replace(
                base64.b64encode(record.canonical(PAPER)), base64.b64encode(record.canonical(PAPER | {"text": "o"}))
            ),
            4,
        ),
    ],
)
def test_checking_ends_at_the_step_that_fails(data: bytes, step: int):
    made, statement = checked(data, assembly.FINGERPRINT)
    assert statement is None
    assert [one.ok for one in made.steps] == [True] * (step - 1) + [False]


def test_another_signer_is_found_at_the_fifth():
    made, statement = checked(sealed(), "0" * 64)
    assert (statement, len(made.steps), made.steps[-1].ok) == (None, 5, False)


def test_the_key_in_a_statement_is_the_one_its_envelope_names():
    envelope = record.parse_envelope(sealed())
    assert report.signer_key(PAPER, envelope) == assembly.signer().public_key
    other = base64.b64encode(assembly.signer(2).public_key).decode()
    for key, complaint in ((other, "the envelope names"), ("YQ==", "has 1 bytes"), (None, "not base64")):
        with pytest.raises(RecordError, match=complaint):
            report.signer_key({"public_key": key}, envelope)


def test_a_signature_holds_for_its_own_key_alone():
    envelope = record.parse_envelope(sealed())
    assert report.signature_holds(envelope, assembly.signer().public_key)
    for key in (assembly.signer(2).public_key, b"", b"x" * 31, bytes(32)):
        assert not report.signature_holds(envelope, key)
