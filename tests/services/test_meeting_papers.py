"""From a meeting in progress to a signed folder that verifies, by the command line and a real ballot service."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest

from appliance import minutes_document, record
from appliance.cli import main, meeting_papers
from appliance.errors import ConfigurationError, RecordError
from appliance.events import MinutesSigned, PartFailed
from appliance.papers import bundle
from appliance.values import Refusal
from tests import sitting
from tests.browser.house import House
from tests.sitting import Journal
from tests.test_paper_verification import made, sealed

TASK = {
    "id": "nv-1",
    "text": "Trình kế hoạch chi tiết",
    "item": "noi-dung-1",
    "lead_unit": "Đơn vị Mẫu 1",
    "lead_head": "Đại biểu Mẫu 01",
    "cooperating": ["Đơn vị Mẫu 2"],
    "deadline": "2099-12-15",
    "report_deadline": "2099-12-20",
}
MEETING = "m-2026-11"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A meeting of six with one ballot, in progress."""
    one = House(tmp_path_factory.mktemp("house"))
    try:
        one.start("ballot")
        one.sit(6, present=5)
        one.do("report_absence", delegate="dv-06", reason="Đi công tác")
        one.do("take_up", item="noi-dung-1")
        opened = one.do("open", item="noi-dung-1")
        for n in range(1, 5):
            entered = {"delegate": f"dv-{n:02}", "choice": "for", "reason": "bàn phím hỏng"}
            witness = {"witness": "dv-05", "pin": one.pins["dv-05"]}
            one.do("enter_vote", ballot=opened["ballot"], **entered, **witness)
        one.do("close", ballot=opened["ballot"])
        one.do("assign_task", task=TASK)
        yield one
    finally:
        one.close()


Run = Callable[..., int]


@pytest.fixture
def appliance(house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on that box."""
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(house.socket("ballot").parent))
    monkeypatch.setenv("APPLIANCE_STATE", str(house.state.root))
    return lambda *words: main([str(word) for word in words])


def test_from_the_end_of_the_meeting_to_the_verified_folder(
    house: House, appliance: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """In order, as a secretary does it: refused while it lasts, made, confirmed by both, made again, checked."""
    out = tmp_path / "papers"
    assert appliance("meeting", "minutes", "--out", out) == 1
    assert "meeting-in-progress" in capsys.readouterr().err
    assert not out.exists()

    house.do("end_meeting")
    assert appliance("meeting", "minutes", "--out", out) == 0
    digest = capsys.readouterr().out.strip()
    assert hashlib.sha256((out / "minutes.json").read_bytes()).hexdigest() == digest
    assert appliance("verify", out / "manifest.json", "--own") == 0
    assert "NOT CONFIRMED" in capsys.readouterr().out

    confirming = {"meeting": MEETING, "digest": digest, "capacity": "chair", "pin": house.pins["dv-01"]}
    house.do("confirm_minutes", **confirming)
    assert appliance("meeting", "minutes", "--out", out) == 1  # nothing is overwritten by accident
    said = capsys.readouterr().err
    assert f"{out / 'manifest.json'} exists; --force overwrites it" in said
    assert appliance("meeting", "minutes", "--out", out, "--force", "--meeting", MEETING) == 0
    assert capsys.readouterr().out.strip() == digest  # a confirmation does not change what is confirmed
    signed = record.parse_envelope((out / "minutes-signed.json").read_bytes()).statement()
    assert (signed["digest"], [one["capacity"] for one in signed["confirmations"]]) == (digest, ["chair"])

    assert appliance("verify", out / "manifest.json", "--own") == 0
    printed = capsys.readouterr().out
    assert "10. Whoever confirmed the minutes confirmed these: ok (chair: Đại biểu Mẫu 01 at " in printed
    assert f"minutes: {digest}" in printed
    assert appliance("verify", out / "manifest.json") == 3
    assert appliance("verify", out / "minutes-signed.json", "--own") == 0
    assert appliance("verify", out / "journal.json", "--own") == 0
    (result,) = (out / "results").iterdir()
    assert appliance("verify", result, "--own") == 0
    capsys.readouterr()

    paper = docx.Document(io.BytesIO((out / "bien-ban.docx").read_bytes()))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "Đại biểu Mẫu 06, Đơn vị Mẫu 2: lý do: Đi công tác; chủ tọa chưa có ý kiến." in text
    assert json.loads((out / "tasks.json").read_text("utf-8"))["tasks"][0]["lead_head"] == "Đại biểu Mẫu 01"

    # Whatever is altered in the folder is found.
    (out / "roll.csv").write_bytes((out / "roll.csv").read_bytes().replace(b"05", b"06", 1))
    assert appliance("verify", out / "manifest.json", "--own", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["kind"] == "manifest"
    assert (report["steps"][-1]["number"], report["steps"][-1]["ok"]) == (7, False)
    assert "roll.csv was altered" in report["steps"][-1]["detail"]
    (out / "roll.csv").unlink()
    assert appliance("verify", out / "manifest.json", "--own") == 1
    assert "roll.csv is missing" in capsys.readouterr().out
    assert appliance("meeting", "minutes", "--out", tmp_path / "x", "--meeting", "m-9") == 1
    assert "no meeting m-9 in this journal" in capsys.readouterr().err


def test_papers_of_two_meetings_or_of_two_exports_do_not_mix(tmp_path: Path):
    journal = sitting.morning()
    before = made(journal)
    meeting_papers.write(tmp_path, before, force=False)
    gone = "tasks.csv"
    after = sealed(journal, {name: data for name, data in before.items() if name not in (gone, bundle.MANIFEST)})
    meeting_papers.write(tmp_path, after, force=True)
    assert not (tmp_path / gone).exists(), "what the last export named and this one does not"
    other = sealed(journal, before, {"meeting": "m-khac"})
    with pytest.raises(ConfigurationError, match=f"is of meeting {sitting.MEETING}; name another --out"):
        meeting_papers.write(tmp_path, other, force=True)
    assert (tmp_path / bundle.MANIFEST).read_bytes() == after[bundle.MANIFEST]


# The bundle ----------------------------------------------------------------------------------------------------------


class Busy(Journal):
    """A journal that goes on while its papers are made, `times` times, always between checkpoint and manifest."""

    def __init__(self, times: int) -> None:
        super().__init__()
        for entry in sitting.entries():
            self.take(entry.event, entry.at)
        self.times, self.asked = times, 0

    def ask(self, do: str, **args: Any) -> dict[str, str]:
        """As the service; before a manifest somebody else's fact arrives."""
        if do == "sign_manifest":
            self.asked += 1
            if self.times:
                self.times -= 1
                self.say("12:00", PartFailed(part="den-1", symptom="không sáng", remedy="thay đèn"))
        return super().ask(do, **args)


def test_a_journal_that_goes_on_meanwhile_is_exported_again():
    journal = Busy(times=2)
    files = bundle.signed(lambda: list(journal.entries), journal.ask)
    assert not isinstance(files, Refusal)
    assert journal.asked == 3
    entries, _ = record.parse_batch(files["journal.json"])
    head = record.parse_envelope(files[bundle.MANIFEST]).statement()["head"]
    assert (head["seq"], head["hash"]) == (entries[-1].seq, entries[-1].hash.hex())
    assert entries[-1].kind == "PartFailed"


def test_a_journal_that_never_rests_is_an_answer_and_no_endless_loop():
    journal = Busy(times=10_000)
    refused = bundle.signed(lambda: list(journal.entries), journal.ask)
    assert isinstance(refused, Refusal)
    assert refused.code == "journal-busy"
    assert journal.asked == bundle.TRIES


def test_confirmed_while_it_is_exported_the_papers_are_made_again():
    journal = Journal()
    for entry in sitting.entries()[:-1]:
        journal.take(entry.event, entry.at)
    last = sitting.entries()[-1]
    assert isinstance(last.event, MinutesSigned)

    def ask(do: str, **args: Any) -> dict[str, str]:
        if do == "sign_manifest" and journal.meeting.envelope is None:
            journal.take(last.event, last.at)
        return journal.ask(do, **args)

    files = bundle.signed(lambda: list(journal.entries), ask)
    assert not isinstance(files, Refusal)
    assert "minutes-signed.json" in files


@pytest.mark.parametrize("command", ["sign_checkpoint", "sign_manifest"])
def test_a_refusal_of_the_service_is_passed_on(command: str):
    journal = sitting.morning()
    refusal = Refusal(code="not-allowed", message="no")

    def ask(do: str, **args: Any) -> Any:
        return refusal if do == command else journal.ask(do, **args)

    assert bundle.signed(lambda: list(journal.entries), ask) == refusal


def test_a_damaged_journal_gives_no_papers():
    entries = list(sitting.entries())
    del entries[7]
    with pytest.raises(RecordError, match="the journal is damaged: entry 8 is missing"):
        bundle.signed(lambda: entries, sitting.morning().ask)


def test_a_zip_of_the_same_files_is_the_same_zip():
    files = {"b.txt": b"2", "results/a.json": b"1"}
    one = bundle.zipped(files, "m-1", sitting.utc("11:05"))
    assert one == bundle.zipped(dict(reversed(files.items())), "m-1", sitting.utc("11:05"))


def test_papers_of_the_same_journal_are_the_same_bytes():
    made = [bundle.signed(sitting.entries, sitting.morning().ask) for _ in range(2)]
    assert made[0] == made[1]
    assert not isinstance(made[0], Refusal)
    assert hashlib.sha256(made[0]["minutes.json"]).hexdigest() == minutes_document.digest(sitting.morning().document())
