"""A council on paper: rosters, runs of entries and signed files for tests, made by the pure core alone.

Keys come from a number, times from a counter: the same call gives the same bytes. People are plainly made up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance import minutes, record, results, rules, slips
from appliance.events import (
    BallotClosed,
    BallotOpened,
    CheckedIn,
    DeviceInstalled,
    Event,
    MeetingConvened,
    ResultSigned,
    VoteCast,
)
from appliance.record import Entry
from appliance.values import Channel, Choice, Delegate, Item, Method, Role, Voting
from appliance.vault.keys import KeyFileSigner

SITE, DEVICE, MEETING, ITEM = "tinh-mau", "phong-1", "m-2026-11", "noi-dung-1"
BALLOT = f"{MEETING}.{ITEM}.1"
QUESTION = "Thông qua kế hoạch năm 2027?"


def signer(number: int = 1) -> KeyFileSigner:
    """A key that is always the same for the same number, and no secret."""
    return KeyFileSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"test key %d" % number).digest()))


def members(count: int, *, guests: int = 0) -> tuple[Delegate, ...]:
    """`dv-01`, `dv-02`, … at seats S01, S02, …; the guests sit behind them."""
    roles = [Role.MEMBER] * count + [Role.GUEST] * guests
    return tuple(
        Delegate(id=f"dv-{n:02}", name=f"Đại biểu Mẫu {n:02}", role=role, seat=f"S{n:02}")
        for n, role in enumerate(roles, 1)
    )


def convened(roster: Sequence[Delegate], *, chair: str = "dv-01", meeting: str = MEETING) -> MeetingConvened:
    """A meeting with one agenda item."""
    return MeetingConvened(
        meeting=meeting,
        title="Phiên họp thường kỳ tháng 11",
        preset="ubnd",
        chair=chair,
        roster=tuple(roster),
        agenda=(Item(id=ITEM, title="Kế hoạch năm 2027", question=QUESTION),),
        by="secretary",
    )


def arrived(delegate: str, *, meeting: str = MEETING) -> CheckedIn:
    """A check-in by face, as the door states it."""
    return CheckedIn(
        meeting=meeting,
        delegate=delegate,
        method=Method.FACE,
        by="door",
        evidence={"distance": 0.24, "looks": 3.0, "threshold": 0.41},
    )


def opened(electorate: Sequence[str], present: Sequence[str], *, chair: str = "dv-01") -> BallotOpened:
    """The one ballot of this council, by the `ubnd` rule."""
    rule = rules.preset("ubnd")
    return BallotOpened(
        ballot=BALLOT,
        meeting=MEETING,
        item=ITEM,
        question=QUESTION,
        method=Voting.OPEN,
        preset=rule.preset,
        majority="ordinary",
        electorate=tuple(electorate),
        present=tuple(present),
        chair=chair,
        quorum=rule.quorum_of(len(electorate)),
        needed=rule.needed("ordinary", len(electorate), len(present)),
        by="secretary",
    )


def vote(delegate: str, choice: Choice, channel: Channel = Channel.KEYPAD) -> VoteCast:
    """A press in that ballot."""
    return VoteCast(ballot=BALLOT, delegate=delegate, choice=choice, channel=channel)


def at(second: int) -> str:
    """A time of the meeting, in seconds from its beginning."""
    return f"2026-11-22T{1 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"


def chain(facts: Iterable[Event], *, after: Sequence[Entry] = ()) -> list[Entry]:
    """Entries for these facts, a second apart, continuing `after`. Check-ins by face are the door's."""
    entries = list(after)
    for event in facts:
        seq = len(entries) + 1
        prev = entries[-1].hash if entries else record.GENESIS
        face = isinstance(event, CheckedIn) and event.method is Method.FACE
        fields: dict[str, Any] = {
            "prev": prev,
            "seq": seq,
            "at": at(seq),
            "clock": "synchronised",
            "writer": "door" if face else "ballot",
            "kind": type(event).__name__,
            "id": f"test-{seq:06}",
            "body": record.body_of(event),
        }
        entries.append(Entry(**fields, hash=record.entry_hash(**fields)))
    return entries[len(after) :]


def sat(count: int, *, present: int, votes: Mapping[str, Choice], chair: str = "dv-01") -> list[Entry]:
    """A journal up to the close of one ballot: installed, convened, `present` members arrive, they vote, it closes."""
    roster = members(count, guests=1)
    ids = [d.id for d in roster if d.role is Role.MEMBER]
    facts: list[Event] = [
        DeviceInstalled(site=SITE, device=DEVICE, public_key=_key_text()),
        convened(roster, chair=chair),
        *(arrived(d) for d in ids[:present]),
        opened(ids, ids[:present], chair=chair),
        *(vote(d, choice) for d, choice in votes.items()),
        BallotClosed(ballot=BALLOT, by="secretary"),
    ]
    return chain(facts)


def box(entries: Sequence[Entry]) -> results.Box:
    """The box that has written these entries."""
    return results.Box(
        site=SITE,
        device=DEVICE,
        public_key=signer().public_key,
        software="0.1.0",
        configuration=hashlib.sha256(b"configuration").hexdigest(),
        models={"embedder": hashlib.sha256(b"model").hexdigest()},
        head_seq=entries[-1].seq,
        head_hash=entries[-1].hash,
    )


def statement(entries: Sequence[Entry], poll: str = BALLOT) -> dict[str, Any]:
    """The statement on a closed ballot or slip of this journal."""
    sent: slips.Slips = {}
    for entry in entries:
        sent = slips.apply(sent, entry.event, entry.at)
    if poll in sent:
        return results.state_slip(sent[poll], box(entries))
    meeting = minutes.fold(entries)
    assert meeting is not None
    return results.state(meeting, meeting.ballots[poll], box(entries))


def result_file(entries: Sequence[Entry], poll: str = BALLOT, /, **changes: Any) -> bytes:
    """The envelope of that poll; `changes` are put into the statement before it is signed by the right key."""
    return record.seal(record.RESULT, statement(entries, poll) | changes, signer())


def signed(entries: Sequence[Entry], envelope: bytes | None = None, poll: str = BALLOT) -> list[Entry]:
    """The journal with the result in it."""
    fact = ResultSigned(ballot=poll, envelope=(envelope or result_file(entries, poll)).decode())
    return [*entries, *chain([fact], after=entries)]


def batch_file(entries: Sequence[Entry], *, key: int = 1, **changes: Any) -> bytes:
    """These entries under a checkpoint; `changes` are put into the checkpoint's statement before it is signed."""
    last = entries[-1]
    checkpoint = record.checkpoint(SITE, DEVICE, last.seq, last.hash, at(last.seq), signer(key))
    if changes:
        inside = record.parse_envelope(checkpoint).statement() | changes
        checkpoint = record.seal(record.CHECKPOINT, inside, signer(key))
    return record.batch(entries, checkpoint)


def _key_text() -> str:
    return base64.b64encode(signer().public_key).decode()


FINGERPRINT = record.fingerprint(signer().public_key)
CARRIED = {f"dv-{n:02}": Choice.FOR for n in range(1, 12)} | {"dv-12": Choice.AGAINST, "dv-13": Choice.ABSTAIN}
"""Of 21 members 15 are there: 11 for, 1 against, 1 abstains, 2 press nothing."""
