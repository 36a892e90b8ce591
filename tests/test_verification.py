"""The numbered steps: the same in the code and in the document, done in order, ended by the first that fails."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from appliance import record, verification
from appliance.cli import main
from appliance.errors import RecordError
from appliance.events import Writer as Name
from appliance.journal import Fact, Instant, Writer
from appliance.values import Choice
from tests import assembly

FORMAT = Path(__file__).parent.parent / "docs" / "record-format.md"
VOTES = {"dv-01": Choice.FOR, "dv-02": Choice.FOR}


@pytest.mark.parametrize(
    ("chapter", "titles"),
    [("Checking a result", verification.RESULT_STEPS), ("Checking a batch", verification.BATCH_STEPS)],
)
def test_the_document_names_the_same_steps(chapter: str, titles: tuple[str, ...]):
    text = FORMAT.read_text("utf-8").split(f"\n## {chapter}\n")[1].split("\n## ")[0]
    assert re.findall(r"^(\d)\. (.+)$", text, re.MULTILINE) == [(str(n), t) for n, t in enumerate(titles, 1)]


def test_a_result_passes_all_steps_and_is_trusted_only_by_name():
    data = assembly.result_file(assembly.sat(3, present=2, votes=VOTES))
    known = verification.check_result(data, [assembly.FINGERPRINT])
    assert [step.number for step in known.steps] == list(range(1, 9))
    assert known.trusted
    assert known.subject["ballot"] == assembly.BALLOT
    unknown = verification.check_result(data)
    assert (unknown.intact, unknown.trusted) == (True, False)
    assert [step.number for step in unknown.steps if step.ok is None] == [5]
    assert assembly.FINGERPRINT in unknown.steps[4].detail
    stranger = verification.check_result(data, ["0" * 64])
    assert (stranger.intact, stranger.steps[-1].number) == (False, 5)


def test_a_batch_passes_all_steps_and_counts_its_results():
    entries = assembly.signed(assembly.sat(3, present=2, votes=VOTES))
    report = verification.check_batch(assembly.batch_file(entries), [assembly.FINGERPRINT])
    assert report.trusted
    assert report.steps[7].detail == "1 results"
    assert (report.subject["first"], report.subject["last"]) == (1, len(entries))


def test_a_result_whose_ballot_was_opened_before_the_run_stands_alone():
    entries = assembly.signed(assembly.sat(3, present=2, votes=VOTES))
    report = verification.check_batch(_from(entries, 7), [assembly.FINGERPRINT])
    assert report.trusted


def _from(entries: list[record.Entry], seq: int) -> bytes:
    _, checkpoint = record.parse_batch(assembly.batch_file(entries))
    return record.batch([e for e in entries if e.seq >= seq], checkpoint)


def test_a_later_opening_of_the_same_name_does_not_wipe_the_votes_away():
    """Were the ballot begun anew, a result without votes would agree with the journal."""
    entries = assembly.sat(3, present=2, votes=VOTES)
    opening = next(e.event for e in entries if e.kind == "BallotOpened")
    again = [*entries, *assembly.chain([opening], after=entries)]
    report = verification.check_batch(assembly.batch_file(assembly.signed(again)))
    assert report.intact


def test_checking_stops_at_the_first_step_that_fails():
    data = assembly.result_file(assembly.sat(3, present=2, votes=VOTES))
    envelope = record.parse_envelope(data)
    other = record.seal(record.RESULT, envelope.statement() | {"question": "?"}, assembly.signer())
    mixed = other.replace(
        _part(other, "sig"), _part(data, "sig")
    )  # the signature of one statement under the bytes of another
    report = verification.check_result(mixed)
    assert [(step.number, step.ok) for step in report.steps] == [(1, True), (2, True), (3, True), (4, False)]


def _part(data: bytes, name: str) -> bytes:
    found = re.search(rb'"%s":"([^"]+)"' % name.encode(), data)
    assert found is not None
    return found[1]


def test_an_envelope_of_another_type_is_no_result_and_no_checkpoint():
    entries = assembly.sat(3, present=2, votes=VOTES)
    statement = record.parse_envelope(assembly.result_file(entries)).statement()
    report = verification.check_result(record.seal(record.RECEIPT, statement, assembly.signer()))
    assert report.steps[-1].number == 2
    batch = record.batch(entries, record.seal(record.RESULT, statement, assembly.signer()))
    assert verification.check_batch(batch).steps[-1].number == 3


def test_the_key_in_the_statement_must_be_the_one_on_the_envelope():
    entries = assembly.sat(3, present=2, votes=VOTES)
    for wrong in ("", "YQ==", "not base64", 5, None):
        report = verification.check_result(assembly.result_file(entries, public_key=wrong))
        assert report.steps[-1].number == 3, wrong


@pytest.mark.parametrize(("payload_type", "key"), [(record.COMMAND, 1), (record.RECEIPT, 2)])
def test_an_envelope_of_one_known_signer_is_opened_for_that_type_and_key_alone(payload_type: str, key: int):
    sealed = record.seal(record.RECEIPT, {"seq": 1}, assembly.signer(1))
    assert verification.open_envelope(sealed, record.RECEIPT, assembly.signer(1).public_key) == {"seq": 1}
    with pytest.raises(RecordError, match="envelope"):
        verification.open_envelope(sealed, payload_type, assembly.signer(key).public_key)


def test_an_envelope_that_names_the_right_key_but_was_signed_by_another_is_refused():
    right, wrong = assembly.signer(1), assembly.signer(2)
    sealed = record.seal(record.RECEIPT, {"seq": 1}, wrong)
    renamed = sealed.replace(
        record.fingerprint(wrong.public_key).encode(), record.fingerprint(right.public_key).encode()
    )
    with pytest.raises(RecordError, match="does not hold"):
        verification.open_envelope(renamed, record.RECEIPT, right.public_key)


# `appliance verify` --------------------------------------------------------------------------------------------------


@pytest.fixture
def result(tmp_path: Path) -> Path:
    file = tmp_path / "result.json"
    file.write_bytes(assembly.result_file(assembly.sat(3, present=2, votes=VOTES)))
    return file


def test_the_exit_status_tells_intact_and_known_from_intact_and_from_not_intact(
    result: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["verify", str(result)]) == 3
    assert "compare the fingerprint" in capsys.readouterr().out
    spoken = " ".join(assembly.FINGERPRINT[i : i + 4] for i in range(0, 64, 4)).upper()
    assert main(["verify", str(result), "--fingerprint", spoken]) == 0
    said = capsys.readouterr().out
    for number, title in enumerate(verification.RESULT_STEPS, 1):
        assert f"{number}. {title}: ok" in said
    assert "Được thông qua: 2/3 tán thành" in said
    assert main(["verify", str(result), "--fingerprint", "0" * 64]) == 1
    said = capsys.readouterr().out
    assert "5. The signer is one you trust: FAILED" in said
    assert "6. The statement has the form of a result: not reached" in said


def test_a_public_key_may_be_named_by_its_file(result: Path, tmp_path: Path):
    raw = assembly.signer().public_key
    for content in (raw, raw.hex().encode(), raw.hex().encode() + b"\n"):
        (tmp_path / "key").write_bytes(content)
        assert main(["verify", str(result), "--key", str(tmp_path / "key")]) == 0
    (tmp_path / "key").write_bytes(b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n")
    assert main(["verify", str(result), "--key", str(tmp_path / "key")]) == 2


def test_the_key_of_this_boxs_own_journal_may_be_trusted(result: Path, tmp_path: Path):
    assert main(["verify", str(result), "--own", "--state", str(tmp_path)]) == 2, "there is no journal"
    writer = Writer(tmp_path / "journal" / "journal.sqlite", Name.BALLOT)
    first = assembly.sat(3, present=2, votes=VOTES)[0]
    writer.append([Fact("installed", first.event)], Instant(assembly.at(0), True))
    assert main(["verify", str(result), "--own", "--state", str(tmp_path)]) == 0
    writer.close()


def test_the_report_as_json(result: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["verify", str(result), "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["intact"], said["trusted"]) == ("result", True, False)
    assert [step["ok"] for step in said["steps"]] == [True] * 4 + [None] + [True] * 3
    assert said["statement"]["ballot"] == assembly.BALLOT


@pytest.mark.parametrize(
    ("content", "status", "complaint"),
    [(None, 2, "No such file"), (b"", 1, "empty"), (b"\x00" * 100, 1, ""), (b"{}", 1, "")],
)
def test_bad_input_is_answered_and_never_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, status: int, complaint: str
):
    file = tmp_path / "x.json"
    if content is not None:
        file.write_bytes(content)
    assert main(["verify", str(file)]) == status
    assert complaint in capsys.readouterr().err
    assert main(["verify", str(tmp_path)]) == 2
    assert main(["verify", str(file), "--fingerprint", "abc"]) == 2


def test_a_paper_without_a_signature_is_not_called_altered(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "manifest.json").write_bytes(b"{}")
    for name, data in (("minutes.json", b'{"body":"x"}'), ("bien-ban.docx", b"PK"), ("roll.csv", b"a,b")):
        (tmp_path / name).write_bytes(data)
        assert main(["verify", str(tmp_path / name)]) == 2
        assert f"has no signature of its own; verify {tmp_path / 'manifest.json'}" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "manifest.json")]) == 1


def test_a_file_of_a_gigabyte_is_refused_without_reading_it_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "huge"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 30)
    assert main(["verify", str(file)]) == 1
    assert "larger than" in capsys.readouterr().err


def test_what_is_printed_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "result.json"
    question = "\x1b[2J\x07?"
    file.write_bytes(assembly.result_file(assembly.sat(3, present=2, votes=VOTES), question=question))
    assert main(["verify", str(file)]) == 3
    assert "\x1b" not in capsys.readouterr().out
