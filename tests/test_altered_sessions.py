"""Recorded sessions with one lie in each: the whole journal is chained and signed anew, and both verifiers refuse it.

Whoever holds the key can sign anything. So these lies stand in entries whose hashes are right, under signatures that
hold: what finds them is the count, the rule, or the entries beside them.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance import record
from appliance.cli import main
from appliance.record import Entry
from tests import assembly
from tests.verifiers import SCRIPT

SESSIONS = {path.name: path / "journal.json" for path in sorted((Path(__file__).parent / "sessions").iterdir())}

Alter = Callable[[str, dict[str, Any]], bool]
"""Given the kind of a fact, or `result`, and what it says: alters it and says True, or leaves it alone."""

OTHER = {"for": "against", "against": "for", "abstain": "for"}


def a_vote_in_its_entry(kind: str, fact: dict[str, Any]) -> bool:
    """A choice as the journal has it; the result keeps the one that was made."""
    if kind not in ("VoteCast", "VoteEntered", "SlipAnswered"):
        return False
    fact["choice"] = OTHER[fact["choice"]]
    return True


def a_vote_in_the_result(kind: str, stated: dict[str, Any]) -> bool:
    """A choice beside a name; the counts keep the one that was made."""
    return kind == "result" and _another_choice(stated["votes"], next(iter(stated["votes"]), None))


def two_votes_exchanged(kind: str, stated: dict[str, Any]) -> bool:
    """Two members change sides with one another: all counts still agree."""
    if kind != "result":
        return False
    votes, weights = stated["votes"], stated["weights"]
    sides = {choice: d for d, choice in votes.items() if d not in stated["proxies"].values()}
    alike = sorted({weights.get(d, 1) for d in sides.values()})
    if len(sides) < 2 or len(alike) > 1:
        return False
    one, other = sorted(sides.values())[:2]
    votes[one], votes[other] = votes[other], votes[one]
    return True


def a_choice_in_the_list(kind: str, stated: dict[str, Any]) -> bool:
    """A choice beside a tracker."""
    return kind == "result" and bool(stated["list"]) and _another_choice(stated["list"][0], "choice")


def a_tracker(kind: str, stated: dict[str, Any]) -> bool:
    """A tracker that nobody was told: a voter looks for the own one in vain."""
    if kind != "result" or not stated["list"]:
        return False
    stated["list"][0]["tracker"] = "AAAAAAAA"
    return True


def a_tracker_in_its_entry(kind: str, fact: dict[str, Any]) -> bool:
    """The same in the opened box."""
    if kind != "SecretBallotCounted":
        return False
    fact["votes"][0]["tracker"] = "AAAAAAAA"
    return True


def a_hand_more(kind: str, stated: dict[str, Any]) -> bool:
    """One count of hands is one higher, and one fewer did not raise a hand: it adds up."""
    return kind == "result" and bool(stated["hands"]) and a_count(kind, stated)


def a_count(kind: str, stated: dict[str, Any]) -> bool:
    """One more against; the sum stays as it was."""
    if kind != "result":
        return False
    stated["tally"]["against"] += 1
    stated["tally"]["not_cast" if stated["tally"]["not_cast"] else "for"] -= 1
    return True


def what_is_needed(kind: str, stated: dict[str, Any]) -> bool:
    """Another threshold, or one where none can be stated before the votes are cast."""
    if kind != "result":
        return False
    stated["rule"]["needed"] = (stated["rule"]["needed"] or 0) + 1
    return True


def the_outcome(kind: str, stated: dict[str, Any]) -> bool:
    """Carried becomes lost, and lost or tied carried."""
    if kind != "result":
        return False
    stated["verdict"]["outcome"] = "lost" if stated["verdict"]["outcome"] == "carried" else "carried"
    return True


def a_ruling(kind: str, stated: dict[str, Any]) -> bool:
    """Another reading than the chair chose, with its own outcome: a ruling that could have been made."""
    if kind != "result" or not stated["ruling"]:
        return False
    before = stated["ruling"]["reading"]
    other = next(reading for reading in stated["verdict"]["readings"] if reading["id"] != before)
    stated["ruling"]["reading"], stated["verdict"]["outcome"] = other["id"], other["outcome"]
    stated["verdict"]["sentence"] = other["sentence"]
    return True


def a_ruling_in_its_entry(kind: str, fact: dict[str, Any]) -> bool:
    """Another reading in the chair's own statement; the result keeps the one that was chosen."""
    if kind != "TieDecided":
        return False
    fact["reading"] = "tie-clause-for" if fact["reading"] != "tie-clause-for" else "tie-clause-against"
    return True


def no_ruling(kind: str, stated: dict[str, Any]) -> bool:
    """The second result as if the chair had chosen nothing."""
    if kind != "result" or not stated["ruling"]:
        return False
    stated["ruling"] = None
    return True


LIES: tuple[Alter, ...] = (
    a_vote_in_its_entry,
    a_vote_in_the_result,
    two_votes_exchanged,
    a_choice_in_the_list,
    a_tracker,
    a_tracker_in_its_entry,
    a_hand_more,
    a_count,
    what_is_needed,
    the_outcome,
    a_ruling,
    a_ruling_in_its_entry,
    no_ruling,
)


def _another_choice(around: dict[str, Any], key: str | None) -> bool:
    if key is None:
        return False
    around[key] = OTHER[around[key]]
    return True


# Chained and signed anew ---------------------------------------------------------------------------------------------


def forged(entries: Sequence[Entry], alter: Alter | None) -> tuple[bytes, bool]:
    """The journal under the key of the tests with one lie, in the first place that has one; whether there is one."""
    key = assembly.signer()
    own = {"public_key": base64.b64encode(key.public_key).decode()}
    hashes: dict[int, bytes] = {0: record.GENESIS}
    anew: list[Entry] = []
    told = False
    for entry in entries:
        fact = json.loads(entry.body)
        if entry.kind == "DeviceInstalled":
            fact |= own
        if not told and alter is not None:
            told = alter(entry.kind, fact)
        if entry.kind in ("ResultSigned", "MinutesSigned"):
            sealed = record.parse_envelope(fact["envelope"].encode())
            stated = _restated(sealed.statement(), own, hashes)
            if not told and alter is not None and entry.kind == "ResultSigned":
                told = alter("result", stated)
            fact["envelope"] = record.seal(sealed.payload_type, stated, key).decode()
        anew.append(_chained(entry, record.canonical(fact), hashes))
    last = anew[-1]
    sealed_head = record.checkpoint(*_whose(anew[0]), last.seq, last.hash, last.at, key)
    return record.batch(anew, sealed_head), told


def _restated(stated: dict[str, Any], own: dict[str, str], hashes: Mapping[int, bytes]) -> dict[str, Any]:
    anew = stated | own
    if "head" in stated:
        anew["head"] = {"seq": stated["head"]["seq"], "hash": hashes[stated["head"]["seq"]].hex()}
    return anew


def _chained(entry: Entry, body: bytes, hashes: dict[int, bytes]) -> Entry:
    """The entry with another body, behind those whose hashes are given; its own is put beside them."""
    anew = replace(entry, body=body, prev=hashes[entry.seq - 1])
    hashes[entry.seq] = record.rehash(anew)
    return replace(anew, hash=hashes[entry.seq])


def _whose(first: Entry) -> tuple[str, str]:
    installed = json.loads(first.body)
    return installed["site"], installed["device"]


def _entries(session: str) -> list[Entry]:
    return record.parse_batch(SESSIONS[session].read_bytes())[0]


def statuses(path: Path, data: bytes) -> tuple[int, int]:
    """What both programs exit with, as an outsider starts them."""
    path.write_bytes(data)
    words = [str(path), "--fingerprint", assembly.FINGERPRINT]
    second = subprocess.run([sys.executable, "-I", "-S", SCRIPT, *words], capture_output=True, text=True, check=False)
    assert "Traceback" not in second.stderr
    # Chain and signatures hold in all of them: only what the results say is left to refuse.
    *_, reached, said = second.stdout.splitlines()
    assert reached.startswith("8." if second.returncode == 0 else "7."), second.stdout
    assert said.startswith("NOT INTACT: " if second.returncode else "intact, signed by "), second.stdout
    return main(["verify", *words]), second.returncode


# -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("session", SESSIONS)
def test_without_a_lie_a_session_that_was_signed_anew_is_intact_for_both(session: str, tmp_path: Path):
    data, _ = forged(_entries(session), None)
    assert statuses(tmp_path / "journal.json", data) == (0, 0)


CASES = [(session, lie) for session in SESSIONS for lie in LIES if forged(_entries(session), lie)[1]]


@pytest.mark.parametrize(("session", "lie"), CASES, ids=[f"{session}-{lie.__name__}" for session, lie in CASES])
def test_one_lie_in_a_session_is_refused_by_both(session: str, lie: Alter, tmp_path: Path):
    data, _ = forged(_entries(session), lie)
    assert statuses(tmp_path / "journal.json", data) == (1, 1)


def test_every_lie_is_told_somewhere_and_in_every_session_some():
    assert {lie for _, lie in CASES} == set(LIES)
    assert all(sum(name == session for name, _ in CASES) >= 4 for session in SESSIONS)
