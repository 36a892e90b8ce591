"""The check of a folder of papers: whatever is altered, at any place, is found, and found where it is."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from appliance import meeting_record, minutes_document, minutes_statement, paper_verification, record, verification
from appliance.events import MinutesConfirmed, MinutesSigned
from appliance.papers import bundle, tables
from appliance.record import Entry
from appliance.report import Report
from appliance.values import Capacity, Choice
from tests import assembly, sitting
from tests.sitting import FINGERPRINT, MEETING, Journal, member

Files = dict[str, bytes]
STEPS = len(paper_verification.MANIFEST_STEPS)


def made(journal: Journal) -> Files:
    """The whole folder of a journal; what libraries set is stood in for, it is only compared."""
    entries = journal.entries
    found = meeting_record.find(entries)
    files = {**dict.fromkeys(paper_verification.PRINTED, b"set"), **tables.files(found.document), **found.signed}
    files["journal.json"] = record.batch(entries, journal.checkpoint(len(entries)).encode())
    return sealed(journal, files)


def sealed(journal: Journal, files: Files, changes: Mapping[str, Any] | None = None) -> Files:
    """The folder with a manifest over its files, signed by the box's own key; `changes` in the statement."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != bundle.MANIFEST}
    return {**files, bundle.MANIFEST: journal.manifest(digests, changes).encode()}


@functools.cache
def _folder(confirmed: bool) -> Files:
    return made(sitting.morning(confirmed=confirmed))


def folder(*, confirmed: bool = True) -> Files:
    return dict(_folder(confirmed))


def check(files: Mapping[str, bytes], trusted: tuple[str, ...] = (FINGERPRINT,)) -> Report:
    return paper_verification.check_manifest(files[bundle.MANIFEST], files.get, tables.files, trusted)


def failed(files: Mapping[str, bytes]) -> tuple[int, str]:
    """The step that does not hold, and what it says."""
    report = check(files)
    assert not report.intact
    last = report.steps[-1]
    assert last.ok is False
    return last.number, last.detail


# In order ------------------------------------------------------------------------------------------------------------


def test_the_whole_folder_holds():
    report = check(folder())
    assert [step.ok for step in report.steps] == [True] * STEPS
    assert report.trusted
    assert report.subject["minutes"] == minutes_document.digest(sitting.morning().document())
    assert report.steps[-1].detail.startswith("secretary: Thư ký Mẫu at ")
    assert "chair: Đại biểu Mẫu 02 at " in report.steps[-1].detail


def test_without_a_key_to_compare_the_signer_stays_open():
    report = check(folder(), ())
    assert [step.ok for step in report.steps] == [True] * 4 + [None] + [True] * 5
    assert (report.intact, report.trusted) == (True, False)


def test_another_key_is_refused():
    report = check(folder(), ("0" * 64,))
    assert (report.steps[-1].number, report.steps[-1].ok) == (5, False)


def test_unconfirmed_minutes_hold_and_are_called_unconfirmed():
    report = check(folder(confirmed=False))
    assert report.trusted
    assert report.steps[-1].detail.startswith("NOT CONFIRMED")


def test_half_confirmed_minutes_are_called_unsigned():
    journal = sitting.morning(confirmed=False)
    journal.confirm("11:20", Capacity.CHAIR, member(2))
    report = check(made(journal))
    assert report.trusted
    assert report.steps[-1].detail.endswith("NOT SIGNED: somebody has yet to confirm")


def test_a_file_that_the_manifest_does_not_name_is_nobodys_business():
    assert check({**folder(), "notes.txt": b"mine"}).trusted


# One byte ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(_folder(True)) - {bundle.MANIFEST}))
def test_one_changed_byte_in_any_file_is_found(name: str):
    files = folder()
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    number, detail = failed({**files, name: bytes(data)})
    assert number == 7
    assert detail.startswith(f"{name} was altered")


@pytest.mark.parametrize("name", sorted(set(_folder(True)) - {bundle.MANIFEST}))
def test_a_missing_file_is_found(name: str):
    files = folder()
    del files[name]
    assert failed(files) == (7, f"{name} is missing")


def test_one_changed_byte_in_the_manifest_is_found():
    files = folder()
    data = files[bundle.MANIFEST]
    for place in range(0, len(data), 97):
        altered = bytearray(data)
        altered[place] ^= 1
        report = check({**files, bundle.MANIFEST: bytes(altered)})
        assert not report.intact, place
        assert report.steps[-1].number <= 5


@pytest.mark.parametrize("data", [b"", b"{}", b"no envelope"])
def test_what_is_no_envelope_fails_at_once(data: bytes):
    assert failed({**folder(), bundle.MANIFEST: data})[0] == 1


def test_another_kind_of_paper_is_no_manifest():
    files = folder()
    assert failed({**files, bundle.MANIFEST: files["minutes-signed.json"]})[0] == 2


# Signed by the box's own key, and still wrong ------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(tables.files(sitting.morning().document())))
def test_a_table_that_the_journal_contradicts_is_found_though_it_is_signed(name: str):
    files = folder()
    data = files[name].replace(b"2026", b"2025", 1)
    assert data != files[name]
    assert failed(sealed(sitting.morning(), {**files, name: data})) == (9, f"{name} is not what the journal says")


def test_a_former_result_in_place_of_the_last_is_found():
    files = folder()
    name = f"results/{MEETING}.nd-2.1.json"
    former = next(
        e.event.model_dump()["envelope"]
        for e in sitting.entries()
        if e.kind == "ResultSigned" and e.event.model_dump()["ballot"] == f"{MEETING}.nd-2.1"
    )
    assert former.encode() != files[name]
    found = failed(sealed(sitting.morning(), {**files, name: former.encode()}))
    assert found == (9, f"{name} is not what the journal says")


@pytest.mark.parametrize("name", ["minutes.json", "votes.csv", f"results/{MEETING}.nd-1.1.json", "minutes-signed.json"])
def test_a_manifest_that_leaves_a_paper_out_is_found(name: str):
    files = folder()
    del files[name]
    assert failed(sealed(sitting.morning(), files)) == (9, f"the manifest does not name {name}")


@pytest.mark.parametrize("name", ["journal.json", "bien-ban.docx", "bien-ban.pdf", "tasks.ics"])
def test_a_manifest_without_journal_or_print_is_found(name: str):
    files = folder()
    del files[name]
    assert failed(sealed(sitting.morning(), files)) == (7, f"the manifest does not name {name}")


def test_a_strange_paper_under_the_manifest_is_found():
    files = {**folder(), "results/phieu-99.json": b"{}"}
    assert failed(sealed(sitting.morning(), files)) == (9, "results/phieu-99.json is none of a meeting's papers")


@pytest.mark.parametrize(
    ("changes", "step", "said"),
    [
        ({"minutes": "0" * 64}, 9, "digest"),
        ({"meeting": "m-9"}, 9, "no meeting m-9"),
        ({"head": {"seq": 10_000, "hash": "0" * 64}}, 8, "names entry 10000 as the head"),
        ({"head": {"seq": 0, "hash": "0" * 64}}, 8, "names entry 0 as the head"),
        ({"head": {"seq": 5, "hash": "0" * 64}}, 8, "another hash for entry 5"),
        ({"device": "phong-2"}, 8, "is of tinh-mau/phong-1"),
        ({"site": "tinh-khac"}, 8, "is of tinh-mau/phong-1"),
        ({"type": "result"}, 6, "type"),
        ({"files": {"../key": "0" * 64}}, 6, "files"),
        ({"remark": "x"}, 6, "remark"),
    ],
)
def test_a_statement_that_the_journal_contradicts_is_found(changes: dict[str, Any], step: int, said: str):
    number, detail = failed(sealed(sitting.morning(), folder(), changes))
    assert number == step
    assert said in detail


# The journal beside it -----------------------------------------------------------------------------------------------


def rebuilt(alter: Callable[[Entry], Any]) -> Journal:
    """The morning told anew, chained and signed anew; `alter` gives each fact another content, or None: left out."""
    journal = Journal()
    for entry in sitting.entries():
        event = alter(entry)
        if event is not None:
            journal.take(event, entry.at)
    return journal


def test_a_journal_that_was_altered_and_signed_anew_contradicts_its_results():
    """Somebody with the box's key turns one vote; the result that was signed before still says the other."""

    def alter(entry: Entry) -> Any:
        if entry.kind == "VoteCast" and entry.event.model_dump()["delegate"] == member(4):
            return entry.event.model_copy(update={"choice": Choice.AGAINST})
        return entry.event

    number, detail = failed(made(rebuilt(alter)))
    assert number == 8
    assert "journal.json: step 8 failed" in detail


def test_a_journal_of_another_key_is_found():
    files = folder()
    other = record.checkpoint(
        assembly.SITE, assembly.DEVICE, len(sitting.entries()), sitting.entries()[-1].hash, "x", assembly.signer(2)
    )
    files["journal.json"] = record.batch(sitting.entries(), other)
    number, detail = failed(sealed(sitting.morning(), files))
    assert number == 8
    assert "step 4 failed" in detail


def test_a_journal_that_begins_later_is_found():
    files, entries = folder(), sitting.entries()
    files["journal.json"] = record.batch(entries[3:], sitting.morning().checkpoint(len(entries)).encode())
    assert verification.check_batch(files["journal.json"], [FINGERPRINT]).trusted  # it is a run, and no journal
    assert failed(sealed(sitting.morning(), files)) == (
        8,
        "journal.json begins with entry 4: what stands before is not in it",
    )


def test_a_meeting_that_has_not_ended_has_no_papers():
    journal = Journal()
    for entry in sitting.entries(confirmed=False)[:-1]:
        journal.take(entry.event, entry.at)
    assert failed(made(journal)) == (9, f"meeting {MEETING} has not ended in the journal")


# Who confirmed what --------------------------------------------------------------------------------------------------


def confirmed_anew(confirmed: str = "", who: str = "", **changes: Any) -> Files:
    """The morning with another confirmation, or another statement over it; all of it signed by the box."""
    journal = sitting.morning(confirmed=False)
    right = minutes_document.digest(journal.document())
    for at, capacity, delegate in (
        ("11:20", Capacity.SECRETARY, "kh-01"),
        ("11:25", Capacity.CHAIR, who or member(2)),
    ):
        fact = MinutesConfirmed(meeting=MEETING, capacity=capacity, delegate=delegate, digest=confirmed or right)
        journal.say(at, fact)
    statement = minutes_statement.signed_minutes(journal.meeting, journal.box()) | changes
    envelope = record.seal(record.MINUTES, statement, sitting.SIGNER).decode()
    journal.say("11:25", MinutesSigned(meeting=MEETING, envelope=envelope))
    return made(journal)


def test_what_is_confirmed_anew_in_the_right_way_holds():
    assert check(confirmed_anew()).trusted


def test_other_minutes_were_confirmed():
    number, detail = failed(confirmed_anew("0" * 64))
    assert number == 10
    assert "confirmed other minutes" in detail


def test_somebody_else_confirmed():
    assert failed(confirmed_anew(who=member(3))) == (10, f"{member(3)} confirmed, the chair is {member(2)}")


def test_minutes_that_were_signed_before_everybody_confirmed():
    journal = sitting.morning(confirmed=False)
    journal.confirm("11:20", Capacity.CHAIR, member(2))
    journal.sign_minutes("11:25")
    assert failed(made(journal)) == (
        10,
        "minutes-signed.json was signed although the secretary did not confirm",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"digest": "0" * 64}, "another digest"),
        ({"title": "Phiên họp khác"}, "is of"),
        ({"device": "phong-2"}, "is of"),
        ({"head": {"seq": 3, "hash": "0" * 64}}, "a head that does not stand before it"),
        ({"head": {"seq": 10_000, "hash": "0" * 64}}, "a head that does not stand before it"),
        ({"confirmations": []}, "step 6 failed"),
        ({"type": "result"}, "step 6 failed"),
        ({"more": 1}, "step 6 failed"),
    ],
)
def test_a_signed_statement_that_says_anything_else_is_found(changes: dict[str, Any], said: str):
    number, detail = failed(confirmed_anew(**changes))
    assert number == 10
    assert said in detail


def test_a_statement_that_names_others_than_those_who_confirmed_is_found():
    journal = sitting.morning()
    said = [one.model_dump(mode="json") for one in minutes_statement.confirmations(journal.meeting)]
    said[0]["name"] = "Đại biểu Mẫu 03"
    number, detail = failed(confirmed_anew(confirmations=said))
    assert (number, detail) == (10, "minutes-signed.json names others than those who confirmed")


# Confirmed minutes by themselves -------------------------------------------------------------------------------------


def test_confirmed_minutes_can_be_checked_by_themselves():
    report = paper_verification.check_minutes(folder()["minutes-signed.json"], [FINGERPRINT])
    assert report.trusted
    assert len(report.steps) == len(paper_verification.MINUTES_STEPS)
    assert report.subject["meeting"] == MEETING


@pytest.mark.parametrize(("place", "step"), [(3, 1), (-3, 1), (20, 4)])
def test_altered_confirmed_minutes_are_found(place: int, step: int):
    data = bytearray(folder()["minutes-signed.json"])
    data[place] ^= 1
    report = paper_verification.check_minutes(bytes(data), [FINGERPRINT])
    assert not report.intact
    assert report.steps[-1].number <= step


def test_a_manifest_is_no_confirmed_minutes():
    report = paper_verification.check_minutes(folder()[bundle.MANIFEST], [FINGERPRINT])
    assert report.steps[-1].number == 2


def test_every_step_is_documented():
    page = (Path(__file__).parent.parent / "docs" / "minutes.md").read_text("utf-8")
    for heading, steps in (
        ("## Checking confirmed minutes", paper_verification.MINUTES_STEPS),
        ("## Checking a manifest", paper_verification.MANIFEST_STEPS),
    ):
        listed = page.split(f"{heading}\n\n", 1)[1].split("\n\n", 1)[0].splitlines()
        assert listed == [f"{number}. {title}" for number, title in enumerate(steps, 1)]
