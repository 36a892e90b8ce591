"""What central takes, what it refuses, and what it says about it. Only MQTT is left out."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from appliance import record, verification
from appliance.central.ingest import Ingest
from appliance.errors import RecordError
from appliance.events import TieDecided
from appliance.record import Entry
from appliance.values import Choice
from tests import assembly
from tests.assembly import DEVICE, SITE, batch_file
from tests.worlds.uplink import ADDRESS, Centre


@pytest.fixture
def centre(tmp_path):
    with Centre(tmp_path, None) as made:
        yield made


@pytest.fixture(scope="module")
def journal():
    return assembly.signed(assembly.sat(21, present=15, votes=assembly.CARRIED))


def receipted(centre: Centre, receipt: bytes | None) -> int:
    assert receipt is not None
    statement = verification.open_envelope(receipt, record.RECEIPT, centre.signer.public_key)
    assert (statement["site"], statement["device"]) == (SITE, DEVICE)
    head = centre.archive.head(SITE, DEVICE)
    assert (statement["seq"], statement["hash"]) == (head.seq, head.hash.hex())
    return int(statement["seq"])


def take(centre: Centre, payload: bytes) -> bytes | None:
    return centre.ingest.batch(SITE, DEVICE, payload)


def test_batches_in_order_are_archived_and_receipted(centre, journal):
    assert receipted(centre, take(centre, batch_file(journal[:10]))) == 10
    assert receipted(centre, take(centre, batch_file(journal[10:]))) == len(journal)
    assert list(centre.archive.entries(SITE, DEVICE)) == journal
    assert centre.alarms() == []


def test_the_receipt_is_made_after_the_commit(centre, journal):
    order: list[str] = []

    class Watched:
        public_key = centre.signer.public_key

        def sign(self, message: bytes) -> bytes:
            order.append(f"signed with {centre.head} archived")
            return centre.signer.sign(message)

    ingest = Ingest(centre.archive, centre.devices, Watched(), lambda: "2026-11-22T01:00:00.000Z")
    event.listen(centre.archive._engine, "commit", lambda _: order.append("commit"))

    ingest.batch(SITE, DEVICE, batch_file(journal))

    assert order[0] == "commit"
    assert [what for what in order if what != "commit"] == [f"signed with {len(journal)} archived"]
    assert order[-1] != "commit"


@pytest.mark.parametrize("change", [{"seq": 2**70}, {"id": "x" * 201}])
def test_a_room_with_a_stolen_key_does_not_stop_the_others(centre, journal, change):
    """Signed by the pinned key, but no database has room for it: an alarm, not a crash."""
    fields = {name: value for name, value in vars(journal[9]).items() if name not in ("hash", "event")} | change
    forged = Entry(**fields, hash=record.entry_hash(**fields))
    assert take(centre, batch_file([forged])) is None
    assert centre.alarms() == ["bad-batch"]
    assert receipted(centre, take(centre, batch_file(journal))) == len(journal)


def test_an_exact_repeat_gets_its_receipt_again_and_is_archived_once(centre, journal):
    batch = batch_file(journal)
    for _ in range(3):
        assert receipted(centre, take(centre, batch)) == len(journal)
    assert centre.archive.duplicated(SITE, DEVICE) == 0
    assert centre.views.summary()["events"] == len(journal)
    assert centre.alarms() == []


def test_overlapping_batches_of_other_sizes_add_only_what_is_new(centre, journal):
    take(centre, batch_file(journal[:12]))
    assert receipted(centre, take(centre, batch_file(journal[5:20]))) == 20
    assert receipted(centre, take(centre, batch_file(journal[:9]))) == 20
    assert list(centre.archive.entries(SITE, DEVICE)) == journal[:20]


def test_a_gap_is_not_accepted_and_the_last_good_receipt_is_sent_again(centre, journal):
    take(centre, batch_file(journal[:10]))

    assert receipted(centre, take(centre, batch_file(journal[15:20]))) == 10

    assert centre.alarms() == ["gap"]
    assert "11 to 15" in centre.views.alarms()[0]["detail"]
    take(centre, batch_file(journal[10:]))
    assert centre.alarms() == [], "a gap that was closed is no alarm any more"


def test_a_gap_before_the_first_entry_asks_from_the_beginning(centre, journal):
    assert receipted(centre, take(centre, batch_file(journal[4:]))) == 0


@pytest.mark.parametrize("overlap", [0, 3])
def test_a_fork_is_never_accepted(centre, journal, overlap):
    take(centre, batch_file(journal[:12]))
    common = journal[:9]
    other = [*common, *assembly.chain([assembly.arrived("dv-20"), assembly.arrived("dv-21")] * 4, after=common)]

    answer = take(centre, batch_file(other[9 - overlap :]))

    assert answer is None
    assert centre.alarms() == ["fork"]
    assert "entry 10" in centre.views.alarms()[0]["detail"]
    assert list(centre.archive.entries(SITE, DEVICE)) == journal[:12]
    assert receipted(centre, take(centre, batch_file(journal[12:]))) == len(journal), "the true one still goes on"
    assert centre.alarms() == ["fork"], "and the alarm stays"


def test_a_fork_that_continues_beside_the_last_entry_is_found(centre, journal):
    take(centre, batch_file(journal[:12]))
    other = assembly.chain([assembly.arrived("dv-20")], after=journal[:11])
    more = assembly.chain([assembly.arrived("dv-21")], after=[*journal[:11], *other])

    assert take(centre, batch_file(more)) is None
    assert centre.alarms() == ["fork"]


def test_an_unknown_device_is_refused_with_the_line_that_would_pin_it(tmp_path, journal):
    with Centre(tmp_path, None, devices={}) as centre:
        assert take(centre, batch_file(journal)) is None

        (alarm,) = centre.views.alarms()
        assert (alarm["code"], centre.head) == ("unknown-device", 0)
        assert alarm["detail"] == f'"{ADDRESS}" = "{assembly.FINGERPRINT}"'


def test_a_wrong_key_is_refused_and_both_fingerprints_are_shown(centre, journal):
    assert take(centre, batch_file(journal[3:], key=2)) is None

    (alarm,) = centre.views.alarms()
    assert alarm["code"] == "wrong-key"
    assert record.fingerprint(assembly.signer(2).public_key) in alarm["detail"]
    assert assembly.FINGERPRINT in alarm["detail"]


def test_a_batch_of_another_device_is_refused(centre, journal):
    assert centre.ingest.batch(SITE, "phong-2", batch_file(journal)) is None
    centre.ingest._devices = {**centre.devices, f"{SITE}/phong-2": assembly.FINGERPRINT}
    assert centre.ingest.batch(SITE, "phong-2", batch_file(journal)) is None
    assert centre.archive.devices() == []
    assert {"unknown-device", "bad-batch"} >= set(centre.alarms())


@pytest.mark.parametrize("position", range(0, 1000, 97))
def test_a_flipped_byte_is_never_archived(centre, journal, position):
    batch = bytearray(batch_file(journal))
    batch[position * len(batch) // 1000] ^= 1

    assert take(centre, bytes(batch)) is None
    assert centre.head == 0


def test_an_alarm_counts_its_repetitions(centre, journal):
    for _ in range(3):
        take(centre, b"{}")
    (alarm,) = centre.views.alarms()
    assert (alarm["code"], alarm["times"]) == ("bad-batch", 3)


# Results and states ---------------------------------------------------------------------------------------------------


def test_the_retained_result_agrees_with_the_journal(centre, journal):
    envelope = assembly.result_file(journal[:-1])
    centre.ingest.result(SITE, DEVICE, assembly.BALLOT, envelope)
    take(centre, batch_file(journal))
    assert centre.alarms() == []


def test_two_different_results_of_one_ballot_are_an_alarm_whichever_comes_first(centre, journal):
    other = assembly.result_file(journal[:-1], software="0.2.0")
    centre.ingest.result(SITE, DEVICE, assembly.BALLOT, other)
    take(centre, batch_file(journal))
    assert centre.alarms() == ["two-results"]


TIED = {f"dv-{n:02}": Choice.FOR if n <= 5 else Choice.AGAINST for n in range(1, 11)}
"""5 for, 5 against, 11 absent of 21: the chair states which reading applies."""


@pytest.mark.parametrize("first", ["journal", "ruled result", "first result"])
def test_the_chairs_ruling_on_a_tie_follows_the_first_result_in_whatever_order_they_come(centre, first):
    tied = assembly.signed(assembly.sat(21, present=15, votes=TIED))
    reading = assembly.statement(tied)["verdict"]["readings"][0]["id"]
    decided = [*tied, *assembly.chain([TieDecided(ballot=assembly.BALLOT, reading=reading, by="dv-01")], after=tied)]
    ruled = assembly.result_file(decided)
    if first != "journal":
        early = ruled if first == "ruled result" else assembly.result_file(tied[:-1])
        centre.ingest.result(SITE, DEVICE, assembly.BALLOT, early)
    take(centre, batch_file(assembly.signed(decided, ruled)))
    centre.ingest.result(SITE, DEVICE, assembly.BALLOT, ruled)
    centre.ingest.result(SITE, DEVICE, assembly.BALLOT, assembly.result_file(tied[:-1]))
    assert centre.alarms() == []
    assert centre.archive.results(SITE, DEVICE) == {assembly.BALLOT: ruled}
    (result,) = centre.views.summary()["devices"][0]["results"]
    assert result["ruling"]["reading"] == reading


def test_two_rulings_on_one_tie_are_an_alarm(centre):
    tied = assembly.signed(assembly.sat(21, present=15, votes=TIED))
    for reading in assembly.statement(tied)["verdict"]["readings"][:2]:
        fact = TieDecided(ballot=assembly.BALLOT, reading=reading["id"], by="dv-01")
        decided = [*tied, *assembly.chain([fact], after=tied)]
        centre.ingest.result(SITE, DEVICE, assembly.BALLOT, assembly.result_file(decided))
    assert centre.alarms() == ["two-results"]


def test_a_result_by_another_key_or_for_another_ballot_is_refused(centre, journal):
    forged = record.seal(record.RESULT, assembly.statement(journal[:-1]), assembly.signer(2))
    centre.ingest.result(SITE, DEVICE, assembly.BALLOT, forged)
    centre.ingest.result(SITE, DEVICE, "m.other.1", assembly.result_file(journal[:-1]))
    assert centre.alarms() == ["bad-result"]
    assert centre.archive.results(SITE, DEVICE) == {}


def test_a_device_that_believes_more_is_archived_than_is_hears_the_truth(centre, journal):
    take(centre, batch_file(journal[:5]))
    state = record.canonical({"online": True, "software": "0.1.0", "head": {"seq": 9}, "acknowledged": 9})

    assert receipted(centre, centre.ingest.state(SITE, DEVICE, state)) == 5

    (room,) = centre.views.rooms()
    assert (room.online, room.head, room.lost) == (True, 9, 4)


def test_a_connection_test_is_not_the_device_coming_online(centre):
    assert centre.ingest.state(SITE, DEVICE, b'{"online":true,"test":true}') is None
    assert centre.views.rooms()[0].online is False


def test_the_will_leaves_the_head_that_was_announced(centre):
    centre.ingest.state(SITE, DEVICE, b'{"head":{"seq":9},"online":true}')
    centre.ingest.state(SITE, DEVICE, b'{"online":false}')
    assert (centre.views.rooms()[0].online, centre.views.rooms()[0].head) == (False, 9)


# Checking again from the archive --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("damage", "failing"),
    [
        ("UPDATE entry SET body = CAST(replace(body, 'dv-03', 'dv-04') AS BLOB) WHERE seq = 5", 2),
        ("UPDATE entry SET writer = 'ballot' WHERE seq = 3", 2),
        ("DELETE FROM entry WHERE seq = 7", 2),
        ("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)", 1),
        ("UPDATE checkpoint SET seq = 9 WHERE seq = 10", 9),
        ("UPDATE checkpoint SET envelope = CAST(replace(envelope, 'sig', 'gis') AS BLOB) WHERE seq = 10", 9),
    ],
)
def test_whoever_alters_the_archive_is_found(centre, journal, damage, failing):
    take(centre, batch_file(journal[:10]))
    take(centre, batch_file(journal[10:]))
    assert centre.views.summary()["verified"]

    with centre.archive._engine.begin() as db:
        db.exec_driver_sql(damage)

    summary = centre.views.summary()
    assert not summary["verified"]
    assert [s["number"] for s in summary["devices"][0]["steps"] if not s["ok"]] == [failing]
    assert summary["devices"][0]["results"] == [], "what cannot be trusted is not shown as a result"


def test_missing_entries_are_counted_as_lost(centre, journal):
    take(centre, batch_file(journal))
    state = record.canonical({"online": True, "head": {"seq": len(journal) + 4}})
    centre.ingest.state(SITE, DEVICE, state)
    assert centre.views.summary()["lost"] == 4


def test_the_same_fact_under_two_numbers_counts_as_duplicated(centre, journal):
    take(centre, batch_file(journal))
    with centre.archive._engine.begin() as db:
        db.exec_driver_sql("UPDATE entry SET id = 'test-000002' WHERE seq = 3")
    assert centre.views.summary()["duplicated"] == 1


def test_nothing_archived_is_not_verified(centre):
    summary = centre.views.summary()
    assert (summary["verified"], summary["events"]) == (False, 0)


def test_two_central_servers_on_one_archive_never_archive_twice(centre, journal, tmp_path):
    """The second looked at the head before the first appended: it must look again, and find a repeat."""
    with Centre(tmp_path, None) as second:
        head = second.archive.head(SITE, DEVICE)
        take(centre, batch_file(journal))
        _, sealed = record.parse_batch(batch_file(journal))

        assert second.archive.append(SITE, DEVICE, journal, sealed, "2026-11-22T00:00:00.000Z") is None
        assert head.seq == 0
        assert receipted(centre, take(second, batch_file(journal))) == len(journal)
        assert second.archive.duplicated(SITE, DEVICE) == 0


def test_a_receipt_of_another_server_does_not_open(centre, journal):
    receipt = take(centre, batch_file(journal))
    assert receipt is not None
    with pytest.raises(RecordError, match="signed by key"):
        verification.open_envelope(receipt, record.RECEIPT, assembly.signer(9).public_key)
