"""A poll on paper, in every way of voting: the entries that the decisions of the pure core make of it.

Nothing is decided here: whatever is refused, is no poll. Keys, times and people are those of `assembly`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from appliance import attendance, ballot, minutes, opening, record, rules, slips, tally
from appliance.events import (
    CheckedIn,
    DeviceInstalled,
    Event,
    MeetingConvened,
    ResultSigned,
    SecretBallotCounted,
    SlipSent,
)
from appliance.minutes import Minutes
from appliance.opening import Wish
from appliance.record import Entry
from appliance.slips import Slip, Slips
from appliance.values import Channel, Choice, CountedVote, Delegate, Item, Method, Refusal, Role, Voting
from tests import assembly

SLIP = "phieu-1"
T = TypeVar("T", bound=Event)


@dataclass(frozen=True)
class Poll:
    """What is put to the vote and what everybody did. Members are numbered from 1; the first `present` are there.

    `weights` one for each member, `proxies` giver → holder, `hands` for, against, abstentions; `number` counts the
    ballots on the item, all before it are annulled; `reading` is what the chair chooses at a tie.
    """

    method: Voting = Voting.OPEN
    preset: str = "ubnd"
    majority: str = "ordinary"
    members: int = 3
    present: int = 2
    chair: int = 1
    weights: tuple[int, ...] = ()
    proxies: Mapping[int, int] = field(default_factory=dict)
    votes: Mapping[int, Choice] = field(default_factory=dict)
    entered: Mapping[int, Choice] = field(default_factory=dict)
    hands: tuple[int, int, int] = (0, 0, 0)
    opinions: Mapping[int, str] = field(default_factory=dict)
    silence_agrees: bool = False
    override: str = ""
    number: int = 1
    reading: str = ""

    @property
    def id(self) -> str:
        """The name of the ballot or slip."""
        return SLIP if self.method is Voting.SLIP else f"{assembly.MEETING}.{assembly.ITEM}.{self.number}"

    def roster(self) -> tuple[Delegate, ...]:
        """The members, and a guest behind them who may vouch."""
        people = assembly.members(self.members, guests=1)
        return tuple(
            d.model_copy(update={"weight": self.weights[n]}) if n < len(self.weights) else d
            for n, d in enumerate(people)
        )


def name(number: int) -> str:
    """The id of a member."""
    return f"dv-{number:02}"


class Journal:
    """Entries that grow fact by fact, with the folds over them."""

    def __init__(self, *facts: Event) -> None:
        public_key = base64.b64encode(assembly.signer().public_key).decode()
        self.entries: list[Entry] = []
        self.minutes: Minutes | None = None
        self.slips: Slips = {}
        for fact in (DeviceInstalled(site=assembly.SITE, device=assembly.DEVICE, public_key=public_key), *facts):
            self.say(fact)

    def say(self, fact: T | Refusal) -> T:
        """Append what was decided; a refusal is an error in the test."""
        assert not isinstance(fact, Refusal), fact.message
        (entry,) = assembly.chain([fact], after=self.entries)
        self.entries.append(entry)
        self.minutes = minutes.apply(self.minutes, fact, entry.at)
        self.slips = slips.apply(self.slips, fact, entry.at)
        return fact

    def sign(self, poll: str) -> None:
        """State the result and append it, sealed."""
        self.say(assembly.signed(self.entries, poll=poll)[-1].event)

    @property
    def meeting(self) -> Minutes:
        """The meeting in progress."""
        assert self.minutes is not None
        return self.minutes


def closed(poll: Poll) -> Journal:
    """The journal up to the close of the poll (and its count, where it is secret)."""
    return _slip(poll) if poll.method is Voting.SLIP else _ballot(poll)


def held(poll: Poll) -> list[Entry]:
    """The journal with the result; where the chair chose a reading, also with that and the second result."""
    journal = closed(poll)
    journal.sign(poll.id)
    if poll.reading and poll.method is Voting.SLIP:
        journal.say(slips.decide_tie(_sent(journal), poll.reading, by=name(poll.chair), reason="Theo Điều 117"))
        journal.sign(poll.id)
    elif poll.reading:
        meeting = journal.meeting
        journal.say(tally.decide_tie(meeting.ballots[poll.id], poll.reading, by=meeting.chair, reason="Theo Điều 117"))
        journal.sign(poll.id)
    return journal.entries


def statements(entries: list[Entry]) -> list[dict[str, Any]]:
    """What the signed results in a journal state, in order."""
    sealed = (entry.event.envelope for entry in entries if isinstance(entry.event, ResultSigned))
    return [record.parse_envelope(envelope.encode()).statement() for envelope in sealed]


def _ballot(poll: Poll) -> Journal:
    item = Item(id=assembly.ITEM, title="Kế hoạch năm 2027", question=assembly.QUESTION, majority=poll.majority)
    roster = poll.roster()
    journal = Journal(
        MeetingConvened(
            meeting=assembly.MEETING,
            title="Phiên họp thường kỳ tháng 11",
            preset=poll.preset,
            chair=name(poll.chair),
            roster=roster,
            agenda=(item,),
            by="secretary",
        )
    )
    for delegate in (*roster[: poll.present], roster[-1]):
        arrived = attendance.check_in(journal.meeting.roll, delegate.id, Method.FACE, by="door")
        assert isinstance(arrived, CheckedIn)
        journal.say(arrived)
    for giver, holder in poll.proxies.items():
        journal.say(
            attendance.give_proxy(
                journal.meeting.roll, name(giver), name(holder), document="Giấy ủy quyền", by="secretary"
            )
        )
    for number in range(1, poll.number + 1):
        opened = _opened(poll, journal, item, number)
        if number < poll.number:
            journal.say(ballot.annul(journal.meeting.ballots[opened], by="secretary", reason="Nhầm câu hỏi"))
    _vote(poll, journal)
    return journal


def _opened(poll: Poll, journal: Journal, item: Item, number: int) -> str:
    meeting = journal.meeting
    wish = Wish(
        by="secretary",
        voting=poll.method,
        reason="Bàn phím hỏng" if number > 1 or poll.method is Voting.HANDS else "",
        key="a2V5" if poll.method is Voting.SECRET else "",
        override=poll.override,
    )
    decided = opening.open_ballot(
        rules.preset(poll.preset),
        meeting.roll,
        item,
        wish,
        chair=meeting.chair,
        earlier=meeting.ballots_on(item.id),
        running=None,
    )
    return journal.say(decided).ballot


def _vote(poll: Poll, journal: Journal) -> None:
    running, roll = journal.meeting.ballots[poll.id], journal.meeting.roll
    witness = poll.roster()[-1].id
    if poll.method is Voting.HANDS:
        journal.say(ballot.count_hands(running, roll, poll.hands, by="secretary", witness=witness, secretary=""))
        return
    for number, choice in poll.votes.items():
        if poll.method is Voting.OPEN:
            journal.say(ballot.cast(running, roll, name(number), choice, Channel.KEYPAD))
    for number, choice in poll.entered.items():
        journal.say(
            ballot.enter(
                running,
                roll,
                name(number),
                choice,
                by="secretary",
                witness=witness,
                reason="Không bấm được phím",
                secretary="",
            )
        )
    journal.say(ballot.close(running, by="secretary"))
    if poll.method is Voting.SECRET:
        journal.say(counted(poll))


def counted(poll: Poll) -> SecretBallotCounted:
    """The opened box: trackers that are always the same for the same voters, in the order of the trackers."""
    drawn = {
        number: base64.b32encode(hashlib.sha256(b"tracker %d" % number).digest())[:8].decode() for number in poll.votes
    }
    votes = [CountedVote(tracker=drawn[number], choice=choice) for number, choice in poll.votes.items()]
    return SecretBallotCounted(
        ballot=poll.id,
        took_part=tuple(name(number) for number in sorted(poll.votes)),
        votes=tuple(sorted(votes, key=lambda vote: vote.tracker)),
    )


def _slip(poll: Poll) -> Journal:
    journal = Journal()
    wanted = SlipSent(
        slip=SLIP,
        title="Xin ý kiến về kế hoạch năm 2027",
        question=assembly.QUESTION,
        preset=poll.preset,
        majority=poll.majority,
        members=tuple(d for d in poll.roster() if d.role is Role.MEMBER),
        chair=name(poll.chair),
        needed=None,
        deadline=assembly.at(2000),
        silence_agrees=poll.silence_agrees,
        by="secretary",
    )
    journal.say(slips.send({}, wanted, assembly.at(2)))
    journal.say(
        slips.extend(_sent(journal), assembly.at(3000), assembly.at(3), by="secretary", reason="Còn người đi công tác")
    )
    for number, choice in poll.votes.items():
        opinion = poll.opinions.get(number, "")
        journal.say(slips.answer(_sent(journal), name(number), choice, opinion, assembly.at(5)))
    journal.say(slips.close(_sent(journal), assembly.at(3000), by=slips.BY_DEADLINE))
    return journal


def _sent(journal: Journal) -> Slip:
    return journal.slips[SLIP]
