"""The window: only a receipt by central's key, for this box, for a hash that is ours, moves it on."""

from __future__ import annotations

import pytest

from appliance import record
from appliance.config import Uplink
from appliance.events import PartRestored, Writer
from appliance.journal import Fact, Instant
from appliance.journal import Writer as JournalWriter
from appliance.uplink.outbox import Outbox, Receipt
from appliance.uplink.topics import Address
from tests import assembly

CENTRAL, STRANGER = assembly.signer(50), assembly.signer(51)
BOX = Address("tinh-mau", "phong-1")
SETTINGS = Uplink(central_key=CENTRAL.public_key.hex(), batch_events=10, window_batches=3, receipt_seconds=15)


@pytest.fixture
def journal(tmp_path):
    writer = JournalWriter(tmp_path / "journal.sqlite", Writer.BALLOT)
    facts = [Fact(f"fact-{n:04}", PartRestored(part=f"p-{n}")) for n in range(1, 101)]
    writer.append(facts, Instant(assembly.at(1), True))
    yield writer
    writer.close()


@pytest.fixture
def outbox(journal, tmp_path):
    return Outbox(journal, tmp_path / "receipt.json", SETTINGS, BOX)


def receipt(journal, up_to, *, signer=CENTRAL, kind=record.RECEIPT, **changes):
    entry = journal.entry(up_to)
    head = entry.hash if entry else record.GENESIS
    statement = {"at": assembly.at(5), "device": BOX.device, "hash": head.hex(), "seq": up_to, "site": BOX.site}
    return record.seal(kind, statement | changes, signer)


def fill(outbox, now=0.0, sendable=100):
    """Send what is due; the ranges."""
    ranges: list[tuple[int, int]] = []
    while entries := outbox.due(now, sendable):
        outbox.sent(entries[0].seq, entries[-1].seq, len(ranges) + 1, now)
        ranges.append((entries[0].seq, entries[-1].seq))
    return ranges


def test_the_window_is_bounded(outbox):
    assert fill(outbox) == [(1, 10), (11, 20), (21, 30)]


@pytest.mark.parametrize(("sendable", "sent"), [(0, []), (7, [(1, 7)]), (10, [(1, 10)]), (12, [(1, 10), (11, 12)])])
def test_nothing_is_due_behind_what_may_leave(outbox, sendable, sent):
    assert fill(outbox, sendable=sendable) == sent
    assert fill(outbox, sendable=sendable) == []


def test_what_was_held_follows_without_a_gap(outbox, journal):
    fill(outbox, sendable=14)
    outbox.receipt(receipt(journal, 14), 1.0)
    assert fill(outbox, sendable=14) == []
    assert fill(outbox, sendable=31) == [(15, 24), (25, 31)]


def test_what_is_sent_again_ends_where_the_first_ended(outbox):
    fill(outbox, sendable=14)
    assert outbox.overdue(15.0)
    assert fill(outbox, 15.0, sendable=14) == [(1, 10), (11, 14)]


def test_a_receipt_moves_it_on(outbox, journal):
    fill(outbox)
    assert outbox.receipt(receipt(journal, 20), 1.0) is Receipt.ADVANCED
    assert outbox.acknowledged == 20
    assert fill(outbox) == [(31, 40), (41, 50)]


def test_a_receipt_may_be_for_more_than_was_sent(outbox, journal):
    fill(outbox)
    assert outbox.receipt(receipt(journal, 95), 1.0) is Receipt.ADVANCED
    assert fill(outbox) == [(96, 100)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signer": STRANGER}, "signed by key"),
        ({"hash": "00" * 32}, "another entry 20"),
        ({"device": "phong-2"}, "phong-2"),
        ({"seq": "20"}, "'20'"),
        ({"seq": True}, "True"),
        ({"seq": -1}, "-1"),
        ({"seq": 101}, "does not have"),
        ({"kind": record.CHECKPOINT}, "expected"),
    ],
)
def test_any_other_receipt_is_ignored_and_explained(outbox, journal, changes, said):
    fill(outbox)
    assert outbox.receipt(receipt(journal, 20, **changes), 1.0) is Receipt.IGNORED
    assert outbox.acknowledged == 0
    assert said in outbox.fault
    assert outbox.in_flight == 3


def test_a_good_receipt_clears_the_fault(outbox, journal):
    fill(outbox)
    outbox.receipt(b"rubbish", 1.0)
    outbox.receipt(receipt(journal, 10), 1.0)
    assert outbox.fault == ""


def test_a_silent_central_gets_it_all_again(outbox):
    fill(outbox)
    assert not outbox.overdue(14.9)
    assert outbox.overdue(15.0)
    assert fill(outbox, 15.0) == [(1, 10), (11, 20), (21, 30)]


def test_central_that_lacks_the_middle_gets_it_again_once(outbox, journal):
    fill(outbox)
    outbox.receipt(receipt(journal, 10), 1.0)
    assert outbox.receipt(receipt(journal, 10), 1.1) is Receipt.REWOUND
    assert fill(outbox, 1.1) == [(11, 20), (21, 30), (31, 40)]
    assert outbox.receipt(receipt(journal, 10), 1.2) is Receipt.REPEATED, "each batch behind the gap says the same"
    assert outbox.receipt(receipt(journal, 10), 17.0) is Receipt.REWOUND


def test_a_repeated_receipt_with_nothing_under_way_means_nothing(outbox, journal):
    outbox.receipt(receipt(journal, 100), 1.0)
    assert outbox.receipt(receipt(journal, 100), 2.0) is Receipt.REPEATED


def test_central_that_lost_its_archive_is_filled_again(outbox, journal):
    outbox.receipt(receipt(journal, 100), 1.0)
    assert outbox.receipt(receipt(journal, 0), 2.0) is Receipt.REWOUND
    assert fill(outbox, 2.0) == [(1, 10), (11, 20), (21, 30)]
    assert outbox.receipt(receipt(journal, 10), 2.1) is Receipt.REPEATED
    assert fill(outbox, 2.1) == [(31, 40)]
    assert outbox.acknowledged == 100


def test_a_refused_batch_is_tried_again_after_a_pause(outbox):
    fill(outbox)
    assert outbox.denied(2, 1.0)
    assert fill(outbox, 1.0) == []
    assert fill(outbox, 16.0)[0] == (1, 10)
    assert not outbox.denied(99, 1.0), "a refused result or state is no batch"


def test_a_new_connection_sends_again_what_was_under_way(outbox, journal):
    fill(outbox)
    outbox.receipt(receipt(journal, 10), 1.0)
    outbox.rewind()
    assert fill(outbox)[0] == (11, 20)


def test_the_last_receipt_is_kept_over_a_restart(outbox, journal, tmp_path):
    outbox.receipt(receipt(journal, 40), 1.0)
    outbox.save()
    again = Outbox(journal, tmp_path / "receipt.json", SETTINGS, BOX)
    assert again.acknowledged == 40
    assert fill(again)[0] == (41, 50)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00" * 100])
def test_a_damaged_note_means_sending_again_and_is_said(outbox, journal, tmp_path, damage):
    (tmp_path / "receipt.json").write_bytes(damage)
    again = Outbox(journal, tmp_path / "receipt.json", SETTINGS, BOX)
    assert again.acknowledged == 0
    assert "everything is sent again" in again.fault


def test_another_central_server_starts_from_the_beginning(outbox, journal, tmp_path):
    outbox.receipt(receipt(journal, 40), 1.0)
    outbox.save()
    other = SETTINGS.model_copy(update={"central_key": STRANGER.public_key.hex()})
    assert Outbox(journal, tmp_path / "receipt.json", other, BOX).acknowledged == 0


def test_a_batch_ends_before_it_becomes_too_large(tmp_path):
    writer = JournalWriter(tmp_path / "large.sqlite", Writer.BALLOT)
    large = assembly.convened(assembly.members(800)).model_copy(update={"body": "x" * 200})
    for number in range(12):
        writer.append([Fact(f"large-{number}", large)], Instant(assembly.at(1), True))
    outbox = Outbox(writer, tmp_path / "receipt.json", SETTINGS, BOX)
    entries = outbox.due(0.0, 12)
    assert 1 <= len(entries) < 10
    assert sum(len(entry.body) for entry in entries) <= 512 * 1024
    writer.close()
