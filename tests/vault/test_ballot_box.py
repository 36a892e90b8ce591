"""The box of a secret ballot: what is in its files, what a power cut and a flipped byte do, what is told of a count."""

from __future__ import annotations

import os
import random
import shutil
import string
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from nacl.secret import SecretBox

from appliance.errors import DeviceError
from appliance.values import Choice
from appliance.vault import ballot_box, durable
from appliance.vault.ballot_box import BallotBox

KEK = bytes(range(32))
BALLOT = "m-2026-11.noi-dung-1.1"
ELECTORS = tuple(f"dv-{n:02}" for n in range(1, 13))
CHANCE = random.Random(2026)
FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


class Hall:
    """One ballot over one vault. The service starts again with what the journal knows: names and the public key."""

    def __init__(self, folder: Path, electors: tuple[str, ...] = ELECTORS, ballot: str = BALLOT) -> None:
        self.vault, self.electors, self.ballot = folder, electors, ballot
        private = ballot_box.new_key(CHANCE)
        self.public = ballot_box.public_text(private)
        self.box = BallotBox.create(folder, ballot, electors, private, KEK)

    @property
    def folder(self) -> Path:
        return self.vault / "boxes" / self.ballot

    def vote(self, **choices: Choice) -> None:
        """Each is a commit of its own. `dv_01=FOR`."""
        for delegate, choice in choices.items():
            self.box.put(delegate.replace("_", "-"), choice)
            self.box.commit()

    def restart(self) -> None:
        self.box = BallotBox(self.vault, self.ballot, self.electors, self.public)

    def choices(self) -> dict[str, Choice]:
        """Who voted what, as only the voters themselves can put it together."""
        count = self.box.count(KEK, CHANCE)
        published = {vote.tracker: vote.choice for vote in count.votes}
        return {delegate: published[tracker] for delegate, tracker in count.trackers.items()}

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    @property
    def segment(self) -> bytes:
        return (self.folder / "segment-000001").read_bytes()


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path)


# Counting ------------------------------------------------------------------------------------------------------------


def test_every_vote_is_counted_once_and_whoever_did_not_vote_is_not_there(hall: Hall) -> None:
    hall.vote(dv_07=ABSTAIN, dv_03=FOR, dv_01=AGAINST)
    count = hall.box.count(KEK, CHANCE)
    assert count.took_part == ("dv-01", "dv-03", "dv-07"), "in the order of the roster, not of casting"
    assert Counter(vote.choice for vote in count.votes) == {FOR: 1, AGAINST: 1, ABSTAIN: 1}
    assert hall.choices() == {"dv-01": AGAINST, "dv-03": FOR, "dv-07": ABSTAIN}


def test_a_box_in_which_nobody_voted_is_empty(hall: Hall) -> None:
    assert hall.box.count(KEK, CHANCE) == ballot_box.Count((), (), {})


def test_the_last_press_counts(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.vote(dv_01=ABSTAIN)
    hall.vote(dv_01=AGAINST)
    assert hall.choices() == {"dv-01": AGAINST}


def test_what_was_put_and_not_committed_is_no_vote(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.box.put("dv-01", AGAINST)
    hall.box.put("dv-02", AGAINST)
    hall.restart()
    assert hall.choices() == {"dv-01": FOR}


def test_nobody_else_puts_anything_in(hall: Hall) -> None:
    with pytest.raises(ValueError, match="dv-99 is no elector"):
        hall.box.put("dv-99", FOR)


def test_the_counted_list_has_no_names(hall: Hall) -> None:
    hall.vote(dv_01=FOR, dv_02=FOR, dv_03=AGAINST)
    count = hall.box.count(KEK, CHANCE)
    published = "".join(vote.model_dump_json() for vote in count.votes)
    assert not [d for d in ELECTORS if d in published]
    assert {field for vote in count.votes for field in type(vote).model_fields} == {"tracker", "choice"}
    assert not [t for t in count.trackers.values() if t in repr(count).split("votes=")[0]]
    assert "trackers" not in repr(count), "a log line that prints a count ties nobody to a vote"


def test_names_are_gone_and_rows_shuffled_before_the_first_choice_is_opened(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = dict.fromkeys(ELECTORS, FOR)
    hall.vote(**{delegate.replace("-", "_"): choice for delegate, choice in order.items()})
    happened: list[str] = []

    class Watched(random.Random):
        def shuffle(self, x: list[object]) -> None:  # type: ignore[override]
            assert not [row for row in x if set(map(str, row)) & set(ELECTORS)]  # type: ignore[call-overload]
            happened.append("shuffled")
            super().shuffle(x)

    open_one = BallotBox._choice

    def choice(box: BallotBox, private: PrivateKey, inner: bytes) -> Choice:
        happened.append("opened")
        return open_one(box, private, inner)

    monkeypatch.setattr(BallotBox, "_choice", choice)
    hall.box.count(KEK, Watched(7))
    assert happened == ["shuffled", *["opened"] * len(ELECTORS)]


def test_counting_again_finds_the_same_choices_under_other_trackers(hall: Hall) -> None:
    hall.vote(dv_01=FOR, dv_02=AGAINST)
    before = hall.files()
    one, two = (hall.box.count(KEK, CHANCE) for _ in range(2))
    assert one.took_part == two.took_part
    assert sorted(v.choice for v in one.votes) == sorted(v.choice for v in two.votes)
    assert not {v.tracker for v in one.votes} & {v.tracker for v in two.votes}
    assert hall.files() == before, "a count changes nothing on the card"


def test_a_recorded_session_counts_the_same(tmp_path: Path) -> None:
    counts = []
    for place in ("one", "two"):
        chance = random.Random(20261122)
        private = ballot_box.new_key(chance)
        box = BallotBox.create(tmp_path / place, BALLOT, ELECTORS, private, KEK)
        for delegate, choice in zip(ELECTORS, [FOR, FOR, AGAINST, ABSTAIN], strict=False):
            box.put(delegate, choice)
        box.commit()
        counts.append((ballot_box.public_text(private), box.count(KEK, chance)))
    assert counts[0] == counts[1]


def test_the_published_order_tells_nothing_about_the_roster(tmp_path: Path) -> None:
    """300 ballots in which the first half of the roster is for and the second against, pressed in that order.

    Wherever the list stands, every place is `for` with chance one half: 150 of 300, five deviations of 8.7 are 43.
    """
    chance = random.Random(2026)  # its own, so that the draws do not depend on the tests before it
    box = Hall(tmp_path).box
    half = len(ELECTORS) // 2
    for n, delegate in enumerate(ELECTORS):
        box.put(delegate, FOR if n < half else AGAINST)
        box.commit()
    at_place, of_delegate = Counter[int](), Counter[str]()
    for _ in range(300):
        count = box.count(KEK, chance)
        assert [v.tracker for v in count.votes] == sorted(v.tracker for v in count.votes)
        at_place.update(n for n, vote in enumerate(count.votes) if vote.choice is FOR)
        first = count.votes[0].tracker
        of_delegate.update(d for d, tracker in count.trackers.items() if tracker == first)
    assert max(abs(at_place[n] - 150) for n in range(len(ELECTORS))) < 44
    # Who stands first: 25 of 300 each; five deviations of 4.8 are 24.
    assert max(abs(of_delegate[d] - 25) for d in ELECTORS) < 25


# Trackers ------------------------------------------------------------------------------------------------------------


def test_trackers_are_all_different_and_in_the_form_that_is_recorded(tmp_path: Path) -> None:
    electors = tuple(f"dv-{n:03}" for n in range(300))
    hall = Hall(tmp_path, electors)
    for delegate in electors:
        hall.box.put(delegate, FOR)
    hall.box.commit()
    count = hall.box.count(KEK, CHANCE)
    trackers = list(count.trackers.values())
    assert len(set(trackers)) == len(trackers) == 300
    assert {vote.tracker for vote in count.votes} == set(trackers)
    assert set("".join(trackers)) <= set(string.ascii_uppercase + "234567")
    assert {len(tracker) for tracker in trackers} == {8}


def test_a_tracker_that_is_drawn_twice_is_drawn_again(hall: Hall) -> None:
    class Twice(random.Random):
        drawn = 0

        def randbytes(self, n: int) -> bytes:
            self.drawn += 1
            return (self.drawn // 2).to_bytes(n, "big")

    hall.vote(dv_01=FOR, dv_02=FOR, dv_03=FOR)
    assert sorted(hall.box.count(KEK, Twice()).trackers.values()) == ["AAAAAAAA", "AAAAAAAB", "AAAAAAAC"]


def test_no_tracker_and_no_choice_is_in_any_file(hall: Hall) -> None:
    hall.vote(dv_01=FOR, dv_02=AGAINST)
    count = hall.box.count(KEK, CHANCE)
    kept = b"".join(path.read_bytes() for path in hall.vault.rglob("*") if path.is_file())
    assert not [t for t in count.trackers.values() if t.encode() in kept]
    codes = [code.ljust(ballot_box.PADDED) for code in ballot_box.CODES.values()]
    assert not [word for word in (b"against", b"abstain", *codes, *map(str.encode, ELECTORS)) if word in kept]


# What a copy of the card tells ---------------------------------------------------------------------------------------


def share_of_equal_bytes(one: bytes, two: bytes) -> float:
    return sum(a == b for a, b in zip(one, two, strict=True)) / len(one)


def test_the_file_keeps_its_size_and_changes_everywhere_with_every_commit(tmp_path: Path) -> None:
    electors = tuple(f"dv-{n:02}" for n in range(60))
    hall = Hall(tmp_path, electors)
    before = hall.segment
    for n, delegate in enumerate(electors):
        hall.box.put(delegate, (FOR, AGAINST, ABSTAIN)[n % 3])
        hall.box.commit()
        after = hall.segment
        assert len(after) == len(before) == ballot_box.HEAD + 40 + 60 * ballot_box.ROW
        # By chance one byte in 256 stays: 15.7 of 4020, and 40 is six deviations. No run of eight does.
        assert sum(a == b for a, b in zip(before, after, strict=True)) < 40
        assert not any(before[n : n + 8] == after[n : n + 8] for n in range(len(before) - 7))
        before = after


def test_the_same_vote_again_looks_like_any_other_commit(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    before = hall.segment
    hall.vote(dv_01=FOR)
    assert share_of_equal_bytes(before, hall.segment) < 0.05


def test_a_dummy_and_every_choice_have_one_size(hall: Hall) -> None:
    sizes = {len(hall.box._seal(choice)) for choice in (None, *Choice)}
    assert sizes == {ballot_box.PADDED + ballot_box.SEALED}
    assert len({hall.box._seal(choice) for choice in [None, FOR] * 50}) == 100, "sealed twice, never the same"


def test_files_and_names_are_the_same_whoever_voted(tmp_path: Path) -> None:
    none, everybody = Hall(tmp_path / "none"), Hall(tmp_path / "all")
    everybody.vote(**{d.replace("-", "_"): FOR for d in ELECTORS})
    assert {n: len(d) for n, d in none.files().items()} == {n: len(d) for n, d in everybody.files().items()}


def test_the_private_key_is_neither_in_a_file_nor_in_the_box_while_people_vote(tmp_path: Path) -> None:
    private = ballot_box.new_key(CHANCE)
    box = BallotBox.create(tmp_path, BALLOT, ELECTORS, private, KEK)
    box.put("dv-01", FOR)
    box.commit()
    secret = bytes(private)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert not [value for value in vars(box).values() if isinstance(value, bytes) and value in (secret, KEK)]
    key_of_segment = box._key_of_segment
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and key_of_segment in p.read_bytes()]


def test_nobody_but_the_owner_reads_any_of_it(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    assert {path.stat().st_mode & 0o777 for path in hall.folder.iterdir()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (hall.folder, hall.folder.parent)} == {0o700}


def test_nothing_is_written_where_nothing_changed(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    before = hall.segment
    hall.box.commit()
    assert hall.segment == before


# Power cuts ----------------------------------------------------------------------------------------------------------


class PowerCut(BaseException):
    """Nothing after it happens."""


def cut_at(owner: object, step: str, act: Callable[[], object]) -> None:
    """Do it until that step, which is not done any more."""

    def cut(*_arguments: object, **_more: object) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, step, cut)
        with pytest.raises(PowerCut):
            act()


def test_a_vote_is_replaced_across_a_power_cut(hall: Hall) -> None:
    hall.vote(dv_01=FOR, dv_02=FOR, dv_03=FOR)
    hall.restart()
    hall.vote(dv_02=AGAINST)
    hall.restart()
    hall.vote(dv_03=ABSTAIN, dv_04=FOR)
    assert sorted(hall.files()) == ["key", "segment-000001", "segment-000002", "segment-000003"]
    assert hall.choices() == {"dv-01": FOR, "dv-02": AGAINST, "dv-03": ABSTAIN, "dv-04": FOR}


def test_a_restart_without_a_vote_leaves_no_segment(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.restart()
    hall.box.commit()
    hall.restart()
    assert sorted(hall.files()) == ["key", "segment-000001"]
    assert hall.choices() == {"dv-01": FOR}


def test_until_the_passphrase_is_typed_again_only_this_segment_s_voters_are_known(hall: Hall) -> None:
    hall.vote(dv_01=FOR, dv_02=FOR)
    assert (set(hall.box.voted), hall.box.knows_all) == ({"dv-01", "dv-02"}, True)
    hall.restart()
    hall.vote(dv_03=FOR)
    assert (set(hall.box.voted), hall.box.knows_all) == ({"dv-03"}, False)
    hall.box.recall(KEK)
    assert (set(hall.box.voted), hall.box.knows_all) == ({"dv-01", "dv-02", "dv-03"}, True)
    hall.vote(dv_04=FOR)
    assert hall.box.voted == {"dv-01", "dv-02", "dv-03", "dv-04"}


def test_the_power_goes_before_the_new_file_has_its_name(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.box.put("dv-01", AGAINST)
    cut_at(Path, "replace", hall.box.commit)
    assert "segment-000001.draft" in hall.files()
    hall.restart()
    assert hall.choices() == {"dv-01": FOR}, "no lamp was lit for the other one"
    hall.vote(dv_01=ABSTAIN)
    assert hall.choices() == {"dv-01": ABSTAIN}


def test_the_power_goes_before_the_new_file_is_whole(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.box.put("dv-01", AGAINST)
    cut_at(os, "fsync", hall.box.commit)
    (hall.folder / "segment-000001.draft").write_bytes(b"half")
    hall.restart()
    assert hall.choices() == {"dv-01": FOR}


def test_the_power_goes_after_the_new_file_has_its_name(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.box.put("dv-01", AGAINST)
    cut_at(durable, "_sync", hall.box.commit)
    hall.restart()
    assert hall.choices() == {"dv-01": AGAINST}


def test_a_box_that_was_begun_before_its_ballot_was_recorded_is_begun_again(tmp_path: Path) -> None:
    old = Hall(tmp_path)
    old.vote(dv_01=FOR)
    new = Hall(tmp_path)
    new.vote(dv_02=AGAINST)
    assert new.choices() == {"dv-02": AGAINST}


def test_each_write_is_on_the_disk_before_the_next_begins(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, then its name, then the folder's list of names; new folders in their parents' list, too."""
    calls: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        calls.append("fsync " + Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        real_sync(descriptor)

    def replace(path: Path, target: Path) -> Path:
        calls.append(f"rename to {target.name}")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    hall.vote(dv_01=FOR)
    assert calls == ["fsync segment-000001.draft", "rename to segment-000001", f"fsync {BALLOT}"]
    calls.clear()
    Hall(hall.vault / "new")
    assert calls[:5] == [
        f"fsync {hall.vault.name}", "fsync new", "fsync boxes", "fsync key.draft", "rename to key",
    ]  # fmt: skip


# Damage --------------------------------------------------------------------------------------------------------------


def told(act: Callable[[], object], path: Path) -> str:
    """What is said of that file: it names the ballot, and what to do."""
    with pytest.raises(DeviceError) as caught:
        act()
    for word in (str(path), BALLOT, "keep the card", "annul the ballot", "new one"):
        assert word in str(caught.value)
    return str(caught.value)


def test_a_flipped_byte_anywhere_in_any_file_of_a_box_is_found(hall: Hall) -> None:
    hall.vote(dv_01=FOR, dv_05=AGAINST)
    hall.restart()
    hall.vote(dv_01=AGAINST)
    for name, whole in hall.files().items():
        path = hall.folder / name
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
            told(lambda: hall.box.count(KEK, CHANCE), path)
        told(lambda: hall.box.recall(KEK), path)
        path.write_bytes(whole)
    assert hall.choices() == {"dv-01": AGAINST, "dv-05": AGAINST}


def test_a_file_that_is_cut_short_is_found(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    for name, whole in hall.files().items():
        path = hall.folder / name
        for size in (0, 1, 20, 40, 79, 80, 100, len(whole) - 1):
            path.write_bytes(whole[: min(size, len(whole) - 1)])
            told(lambda: hall.box.count(KEK, CHANCE), path)
        path.write_bytes(whole)


@pytest.mark.parametrize("lost", ["key", "segment-000001", "segment-000002", "segment-000003"])
def test_a_file_that_is_missing_is_no_empty_box(hall: Hall, lost: str) -> None:
    hall.vote(dv_01=FOR)
    hall.restart()
    hall.vote(dv_02=FOR)
    hall.restart()
    hall.vote(dv_03=FOR)
    (hall.folder / lost).unlink()
    told(lambda: hall.box.count(KEK, CHANCE), hall.folder / lost)
    told(lambda: hall.box.recall(KEK), hall.folder / lost)


def test_a_box_that_lost_all_its_votes_is_no_empty_box(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    (hall.folder / "segment-000001").unlink()
    hall.restart()
    told(lambda: hall.box.count(KEK, CHANCE), hall.folder / "segment-000001")


def test_a_lost_segment_s_number_is_not_given_to_another(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    hall.restart()
    hall.vote(dv_02=FOR)
    (hall.folder / "segment-000001").unlink()
    hall.restart()
    hall.vote(dv_03=FOR)
    assert sorted(hall.files()) == ["key", "segment-000002", "segment-000003"]
    told(lambda: hall.box.count(KEK, CHANCE), hall.folder / "segment-000001")


def test_a_disk_that_does_not_read_is_told_as_what_it_is(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def fails(path: Path) -> bytes:
        if path.name.startswith("segment"):
            raise OSError(5, "Input/output error", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", fails)
    told(lambda: hall.box.count(KEK, CHANCE), hall.folder / "segment-000001")


def test_another_ballot_s_files_do_not_open(hall: Hall) -> None:
    other = Hall(hall.vault, ballot="m-2026-11.noi-dung-1.2")
    hall.vote(dv_01=FOR)
    kept = hall.files()
    for name, words in (("key", "the key of another ballot"), ("segment-000001", "decrypt")):
        shutil.copy(other.folder / name, hall.folder / name)
        assert words in told(lambda: hall.box.count(KEK, CHANCE), hall.folder / name)
        (hall.folder / name).write_bytes(kept[name])
    assert hall.choices() == {"dv-01": FOR}


def test_another_passphrase_s_key_opens_nothing(hall: Hall) -> None:
    told(lambda: hall.box.count(bytes(32), CHANCE), hall.folder / "key")


def test_another_electorate_than_the_one_that_voted_is_found(hall: Hall) -> None:
    hall.vote(dv_01=FOR)
    box = BallotBox(hall.vault, BALLOT, ELECTORS[:-1], hall.public)
    told(lambda: box.count(KEK, CHANCE), hall.folder / "segment-000001")


def test_a_vote_that_says_nothing_known_is_found(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ballot_box.CODES, FOR, b"?")
    hall.vote(dv_01=FOR)
    monkeypatch.undo()
    told(lambda: hall.box.count(KEK, CHANCE), hall.folder)


# The end -------------------------------------------------------------------------------------------------------------


def test_destroyed_files_are_overwritten_before_they_go(hall: Hall, tmp_path: Path) -> None:
    """A second name for each file shows what is left of its bytes."""
    hall.vote(dv_01=FOR)
    (hall.folder / "segment-000002.draft").write_bytes(b"left by a power cut" * 20)
    second = tmp_path / "second names"
    second.mkdir()
    before = hall.files()
    for name in before:
        os.link(hall.folder / name, second / name)
    ballot_box.destroy(hall.vault, BALLOT)
    assert not hall.folder.exists()
    assert sorted(before) == ["key", "segment-000001", "segment-000002.draft"]
    for name, data in before.items():
        after = (second / name).read_bytes()
        assert len(after) == len(data)
        assert share_of_equal_bytes(after, data) < 0.1
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [name for name, data in before.items() if data[:32] in left]


def test_the_key_goes_first(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    monkeypatch.setattr(durable, "destroy", lambda path: gone.append(path.name))
    monkeypatch.setattr(durable, "remove_folder", lambda _path: None)
    ballot_box.destroy(hall.vault, BALLOT)
    assert gone[0] == "key"


def test_what_a_power_cut_left_of_a_destruction_is_found_and_destroyed(hall: Hall) -> None:
    cut_at(durable, "remove_folder", lambda: ballot_box.destroy(hall.vault, BALLOT))
    assert ballot_box.kept(hall.vault) == [BALLOT]
    ballot_box.destroy(hall.vault, BALLOT)
    assert ballot_box.kept(hall.vault) == []
    ballot_box.destroy(hall.vault, BALLOT)  # nothing there is nothing wrong


def test_boxes_are_told_apart_by_their_ballots(tmp_path: Path) -> None:
    assert ballot_box.kept(tmp_path) == []
    one, two = Hall(tmp_path, ballot="m.i1.1"), Hall(tmp_path, ballot="m.i1.10")
    one.vote(dv_01=FOR)
    two.vote(dv_01=AGAINST)
    assert ballot_box.kept(tmp_path) == ["m.i1.1", "m.i1.10"]
    ballot_box.destroy(tmp_path, "m.i1.1")
    assert ballot_box.kept(tmp_path) == ["m.i1.10"]
    assert two.choices() == {"dv-01": AGAINST}


@pytest.mark.parametrize("name", ["", ".", "..", "../passphrase", "a/b", "/etc", "m.i.1\n", "m.i.1\0", "m" * 201])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "boxes").mkdir()
    (tmp_path / "passphrase").write_bytes(b"kept")
    with pytest.raises(ValueError, match=r"should (have|match)"):
        ballot_box.destroy(tmp_path, name)
    with pytest.raises(ValueError, match=r"should (have|match)"):
        Hall(tmp_path, ballot=name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boxes", "passphrase"]


def test_the_wrap_is_authenticated_and_names_its_ballot(hall: Hall) -> None:
    plain = SecretBox(KEK).decrypt((hall.folder / "key").read_bytes())
    assert plain[32:] == BALLOT.encode()
