"""Signed papers in a run of entries, held against what the entries before them say.

Each `…_fault` answers with the first fault it finds, as one sentence, or with None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from appliance import ballot as ballots
from appliance import record, result_form, results, slips
from appliance.ballot import Ballot
from appliance.errors import ConfigurationError, RecordError
from appliance.events import BallotOpened, MeetingConvened, MinutesSigned, ResultSigned
from appliance.record import Entry
from appliance.report import signature_holds
from appliance.result_check import check_result
from appliance.result_form import Result, Rule
from appliance.slips import Slip, Slips
from appliance.values import explain


@dataclass(frozen=True)
class Signer:
    """Whose papers are in the run: what its checkpoint states. `public_key` is the raw Ed25519 key."""

    site: str
    device: str
    public_key: bytes

    @property
    def keyid(self) -> str:
        """The key's fingerprint."""
        return record.fingerprint(self.public_key)


@dataclass
class _Run:
    """A fold of the entries read so far. `hashes`: seq → hash; `rests_on`: the last entry that names a poll.

    A poll is a ballot or a slip, by its name.
    """

    hashes: dict[int, bytes]
    convened: dict[str, MeetingConvened] = field(default_factory=dict)
    ballots: dict[str, Ballot] = field(default_factory=dict)
    slips: Slips = field(default_factory=dict)
    rests_on: dict[str, int] = field(default_factory=dict)
    signed: dict[str, Result] = field(default_factory=dict)

    def read(self, entry: Entry) -> None:
        """Fold one entry. A second beginning of the same name changes nothing."""
        event, self.hashes[entry.seq] = entry.event, entry.hash
        if isinstance(event, ResultSigned):
            return
        if isinstance(event, MeetingConvened):
            self.convened.setdefault(event.meeting, event)
        name = str(getattr(event, "ballot", getattr(event, "slip", "")))
        self.rests_on[name] = entry.seq
        if isinstance(event, BallotOpened) and name not in self.ballots:
            self.ballots[name] = ballots.begin(event, entry.at)
        elif name in self.ballots:
            self.ballots[name] = ballots.apply(self.ballots[name], event, entry.at)
        self.slips = slips.apply(self.slips, event, entry.at)


def papers_fault(entries: list[Entry], signer: Signer) -> str | None:
    """Whether a signed result or signed minutes in a run contradict it. Polls that began before the run stand alone."""
    run = _Run({entries[0].seq - 1: entries[0].prev})
    for entry in entries:
        event = entry.event
        if isinstance(event, ResultSigned) and (fault := _result_fault(event, entry.seq, run, signer)):
            return f"result of {event.ballot}: {fault}"
        if isinstance(event, MinutesSigned) and (fault := _minutes_fault(event, signer)):
            return f"minutes of {event.meeting}: {fault}"
        run.read(entry)
    return None


def _result_fault(event: ResultSigned, seq: int, run: _Run, signer: Signer) -> str | None:
    inner = check_result(event.envelope.encode(), [signer.keyid])
    if not inner.trusted:
        return f"step {inner.steps[-1].number} failed: {inner.steps[-1].detail}"
    result = result_form.parse(inner.subject)
    name, head = event.ballot, result.head
    if (result.ballot, result.site, result.device) != (name, signer.site, signer.device):
        return f"the envelope is of {result.ballot} by {result.site}/{result.device}"
    if not run.rests_on.get(name, 0) <= head.seq < seq:
        return f"it names entry {head.seq} as the head, which does not stand between what it rests on and itself"
    if head.seq in run.hashes and run.hashes[head.seq].hex() != head.hash:
        return f"it names another hash for entry {head.seq}"
    before = run.signed.get(name)
    if before is not None and (before.ruling is not None or result.ruling is None):
        return "there is one already, and no tie was decided after it"
    run.signed[name] = result
    if name in run.ballots:
        return ballot_fault(result, run.ballots[name], run.convened.get(result.meeting))
    return slip_fault(result, run.slips[name]) if name in run.slips else None


def _minutes_fault(event: MinutesSigned, signer: Signer) -> str | None:
    """What is in the minutes is checked elsewhere; here: the same box signed them, and they are this meeting's."""
    try:
        envelope = record.parse_envelope(event.envelope.encode())
        statement = envelope.statement()
    except RecordError as error:
        return str(error)
    if envelope.payload_type != record.MINUTES:
        return f"it holds {envelope.payload_type!r}"
    if envelope.keyid != signer.keyid or not signature_holds(envelope, signer.public_key):
        return "it is not signed by the key of the run"
    if statement.get("meeting") != event.meeting:
        return f"the envelope is of meeting {statement.get('meeting')!r}"
    return None


def ballot_fault(result: Result, ballot: Ballot, convened: MeetingConvened | None) -> str | None:
    """Whether a result says anything else than the entries on its ballot; `convened` is None where they lack it."""
    if tuple(d.id for d in result.electorate) != ballot.opened.electorate:
        return "electorate is not what the entries say"
    title, people = result.meeting_title, result.electorate
    if convened is not None:
        title, roster = convened.title, {d.id: d for d in convened.roster}
        people = tuple(roster[d] for d in ballot.opened.electorate if d in roster)
    return _entries_fault(result, lambda: results.ballot_fields(ballot, title, people))


def slip_fault(result: Result, slip: Slip) -> str | None:
    """Whether a result says anything else than the entries on its slip."""
    return _entries_fault(result, lambda: results.slip_fields(slip))


def _entries_fault(result: Result, restate: Callable[[], dict[str, Any]]) -> str | None:
    try:
        fields = restate()
    except (RecordError, ConfigurationError) as error:
        return f"the entries give no result: {error}"
    except ValidationError as error:
        return f"the entries give no result: {explain(error)}"
    # The verdict follows from all these (`result_check`); articles are worded by the version that wrote the result.
    del fields["verdict"]
    fields["rule"] = _numbers(fields["rule"])
    stated = {name: getattr(result, name) for name in fields} | {"rule": _numbers(result.rule)}
    return next((f"{name} is not what the entries say" for name in fields if stated[name] != fields[name]), None)


def _numbers(rule: Rule) -> tuple[str, str, int, int | None]:
    return rule.preset, rule.majority, rule.quorum, rule.needed
