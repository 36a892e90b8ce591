"""A whole morning on paper: a meeting with everything that minutes tell, as the journal of one box.

Names, units and reasons are plainly made up. Times are local, seven hours before UTC. The facts are those that the
services would state; results and confirmed minutes are signed by the box's key, which is always the same.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from appliance import minutes, minutes_document, minutes_statement, record, results, slips
from appliance.ballot import Ballot
from appliance.events import (
    AbsenceDecided,
    AbsenceReported,
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotOpened,
    BallotResumed,
    ChairNamed,
    CheckedIn,
    CheckedOut,
    CheckInRevoked,
    ConclusionRecorded,
    DeviceInstalled,
    Event,
    HandsCounted,
    ItemTakenUp,
    MeetingConvened,
    MeetingEnded,
    MinutesConfirmed,
    MinutesSigned,
    ProceedingNoted,
    QuorumOverridden,
    ResultSigned,
    SeatLockedOut,
    SecretBallotCounted,
    SecretSessionBegan,
    SecretSessionEnded,
    SlipAnnounced,
    SlipAnswered,
    SlipClosed,
    SlipExtended,
    SlipSent,
    TaskAssigned,
    TaskWithdrawn,
    TieDecided,
    VoteCast,
    VoteEntered,
)
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.results import Box
from appliance.slips import Slip, Slips
from appliance.values import (
    Capacity,
    Channel,
    Choice,
    CountedVote,
    Delegate,
    Document,
    Item,
    Method,
    Presence,
    Role,
    Room,
    Task,
    Voting,
)
from tests import assembly

DAY, MEETING, SLIP = "2026-11-22", "m-2026-11", "phieu-01"
FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN
SIGNER = assembly.signer()
FINGERPRINT = record.fingerprint(SIGNER.public_key)


def utc(local: str, day: str = DAY) -> str:
    """A local time of that day as the journal has it: `08:00` or `08:00:05`."""
    at = datetime.fromisoformat(f"{day}T{local}+07:00").astimezone(tz=datetime.fromisoformat("2000-01-01T00Z").tzinfo)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Journal:
    """Entries that grow fact by fact, with the folds over them."""

    def __init__(self, day: str = DAY) -> None:
        self.day = day
        self.entries: list[Entry] = []
        self.minutes: Minutes | None = None
        self.slips: Slips = {}

    def say(self, local: str, *facts: Event, day: str = "") -> None:
        """Append facts at a local time."""
        for fact in facts:
            self.take(fact, utc(local, day or self.day))

    def take(self, fact: Event, at: str) -> None:
        """Append one fact at a time in UTC."""
        self.entries.append(_entry(fact, at, self.entries))
        self.minutes = minutes.apply(self.minutes, fact, at)
        self.slips = slips.apply(self.slips, fact, at)

    @property
    def meeting(self) -> Minutes:
        """The latest meeting."""
        assert self.minutes is not None
        return self.minutes

    @property
    def announced(self) -> list[Slip]:
        """The slips announced at it."""
        return [slip for slip in self.slips.values() if self.meeting.id in slip.announced]

    def document(self) -> minutes_document.Document:
        """The minutes of the latest meeting."""
        return minutes_document.document(self.meeting, self.announced)

    def box(self) -> Box:
        """Who signs."""
        return Box(
            site=assembly.SITE,
            device=assembly.DEVICE,
            public_key=SIGNER.public_key,
            software="0.1.0",
            configuration=hashlib.sha256(b"configuration").hexdigest(),
            models={},
            head_seq=self.entries[-1].seq,
            head_hash=self.entries[-1].hash,
        )

    def sign(self, local: str, one: str, *, day: str = "") -> None:
        """State and sign the result of a ballot or slip."""
        if one in self.slips:
            statement = results.state_slip(self.slips[one], self.box())
        else:
            statement = results.state(self.meeting, self.meeting.ballots[one], self.box())
        envelope = record.seal(record.RESULT, statement, SIGNER).decode()
        self.say(local, ResultSigned(ballot=one, envelope=envelope), day=day)

    def confirm(self, local: str, capacity: Capacity, delegate: str) -> None:
        """Somebody confirms the minutes."""
        digest = minutes_document.digest(self.document())
        self.say(local, MinutesConfirmed(meeting=self.meeting.id, capacity=capacity, delegate=delegate, digest=digest))

    def sign_minutes(self, local: str) -> None:
        """The box signs confirmed minutes."""
        statement = minutes_statement.signed_minutes(self.meeting, self.box())
        envelope = record.seal(record.MINUTES, statement, SIGNER).decode()
        self.say(local, MinutesSigned(meeting=self.meeting.id, envelope=envelope))

    def checkpoint(self, seq: int) -> str:
        """The box's signature over its journal at an entry."""
        entry = self.entries[seq - 1]
        return record.checkpoint(assembly.SITE, assembly.DEVICE, seq, entry.hash, entry.at, SIGNER).decode()

    def manifest(self, files: Mapping[str, str], changes: Mapping[str, Any] | None = None) -> str:
        """The sealed manifest of these files; `changes` are put into the statement before it is signed."""
        digest = minutes_document.digest(self.document())
        statement = minutes_statement.manifest(self.meeting, self.box(), files, digest, self.entries[-1].at)
        return record.seal(record.MANIFEST, {**statement, **(changes or {})}, SIGNER).decode()

    def ask(self, do: str, **args: Any) -> dict[str, str]:
        """What the ballot service answers about papers."""
        if do == "sign_checkpoint":
            return {"envelope": self.checkpoint(args["seq"])}
        assert (do, args["meeting"]) == ("sign_manifest", self.meeting.id)
        return {"envelope": self.manifest(args["files"])}


def _entry(fact: Event, at: str, before: Sequence[Entry]) -> Entry:
    face = isinstance(fact, CheckedIn) and fact.method is Method.FACE
    fields: dict[str, Any] = {
        "prev": before[-1].hash if before else record.GENESIS,
        "seq": len(before) + 1,
        "at": at,
        "clock": "synchronised",
        "writer": "door" if face else "ballot",
        "kind": type(fact).__name__,
        "id": f"test-{len(before) + 1:06}",
        "body": record.body_of(fact),
    }
    return Entry(**fields, hash=record.entry_hash(**fields))


# People and agenda ---------------------------------------------------------------------------------------------------

UNITS = (
    "Văn phòng Mẫu", "Sở Mẫu Tài chính", "Sở Mẫu Nội vụ", "Sở Mẫu Tài nguyên và Môi trường",
    "Sở Mẫu Văn hóa, Thể thao và Du lịch", "Sở Mẫu Y tế", "Sở Mẫu Xây dựng", "Sở Mẫu Tư pháp",
    "Sở Mẫu Nông nghiệp và Phát triển nông thôn", "Công an tỉnh Mẫu", "Thanh tra tỉnh Mẫu", "Sở Mẫu Công Thương",
)  # fmt: skip


def member(number: int) -> str:
    """The id of a member."""
    return f"dv-{number:02}"


def roster() -> tuple[Delegate, ...]:
    """Twelve members, a guest who keeps the minutes, another guest, and a substitute for the last member."""
    titles = {1: "Chủ tịch", 2: "Phó Chủ tịch thường trực"}
    people = [
        Delegate(
            id=member(n),
            name=f"Đại biểu Mẫu {n:02}",
            title=titles.get(n, "Giám đốc"),
            unit=unit,
            seat=f"S{n:02}",
            room="dc-2" if n == 9 else "dc-1",
        )
        for n, unit in enumerate(UNITS, 1)
    ]
    people += [
        Delegate(id="kh-01", name="Thư ký Mẫu", title="Chuyên viên", unit=UNITS[0], role=Role.GUEST),
        Delegate(id="kh-02", name="Khách mời Mẫu", title="Chủ nhiệm", unit="Hội Mẫu", role=Role.GUEST),
        Delegate(
            id="dt-01",
            name="Người dự thay Mẫu",
            title="Phó Giám đốc",
            unit=UNITS[11],
            role=Role.SUBSTITUTE,
            substitute_for=member(12),
        ),
    ]
    return tuple(people)


AGENDA = (
    Item(
        id="nd-1",
        title="Kế hoạch phát triển kinh tế - xã hội năm 2027",
        question="Thông qua Kế hoạch phát triển kinh tế - xã hội năm 2027?",
        limit_seconds=120,
        documents=(Document(title="Dự thảo Kế hoạch năm 2027", link="https://tailieu.example/ke-hoach-2027.pdf"),),
    ),
    Item(id="nd-2", title="Giới thiệu nhân sự", question="Đồng ý giới thiệu nhân sự?", voting=Voting.SECRET),
    Item(id="nd-3", title="Phân bổ vốn đầu tư công", question="Thông qua phương án phân bổ vốn đầu tư công?"),
    Item(id="nd-4", title="Lịch làm việc tháng 12"),
    Item(id="nd-5", title="Việc khác"),
)


def convened() -> MeetingConvened:
    """The meeting as it was convened."""
    return MeetingConvened(
        meeting=MEETING,
        title="Phiên họp thường kỳ tháng 11 năm 2026",
        body="Ủy ban nhân dân tỉnh Mẫu",
        preset="ubnd",
        place="Phòng họp số 1, số 1 đường Mẫu, phường Mẫu",
        rooms=(Room(id="dc-1", name="Điểm cầu trung tâm"), Room(id="dc-2", name="Điểm cầu xã Mẫu")),
        starts_at=f"{DAY}T08:00:00+07:00",
        chair=member(1),
        secretary="kh-01",
        roster=roster(),
        agenda=AGENDA,
        by="secretary",
    )


def arrived(delegate: str, **more: Any) -> CheckedIn:
    """A check-in; by face where nothing else is said."""
    return CheckedIn(**{"meeting": MEETING, "delegate": delegate, "method": Method.FACE, "by": "door", **more})


def left(delegate: str, reason: str = "") -> CheckedOut:
    """A leaving, as the secretary saw."""
    return CheckedOut(meeting=MEETING, delegate=delegate, method=Method.HAND, by="secretary", reason=reason)


def opened(journal: Journal, item: str, method: Voting, number: int = 1, **more: Any) -> BallotOpened:
    """A ballot with whoever is on the roll now, by the `ubnd` rule of twelve: quorum 8, needed 7."""
    found = journal.meeting.item(item)
    assert found is not None
    return BallotOpened(
        ballot=f"{MEETING}.{item}.{number}",
        meeting=MEETING,
        item=item,
        question=found.question or found.title,
        method=method,
        preset="ubnd",
        majority="ordinary",
        electorate=journal.meeting.roll.members,
        present=journal.meeting.roll.members_present,
        chair=journal.meeting.chair,
        quorum=8,
        needed=7,
        by="secretary",
        **more,
    )


def cast(ballot: str, votes: Mapping[int, Choice]) -> Iterable[VoteCast]:
    """Presses, in this order."""
    return (VoteCast(ballot=ballot, delegate=member(n), choice=c, channel=Channel.KEYPAD) for n, c in votes.items())


# The morning ---------------------------------------------------------------------------------------------------------


def morning(*, confirmed: bool = True) -> Journal:
    """The whole of it, up to the signed minutes."""
    journal = Journal()
    _slip(journal)
    _arrivals(journal)
    _first_item(journal)
    _second_item(journal)
    _third_item(journal)
    _fourth_item(journal)
    _end(journal)
    if confirmed:
        journal.confirm("11:20", Capacity.SECRETARY, "kh-01")
        journal.confirm("11:25", Capacity.CHAIR, member(2))
        journal.sign_minutes("11:25")
    return journal


@functools.cache
def put_off() -> Journal:
    """A short meeting that was convened two days after the day that had been published."""
    journal = Journal()
    for entry in entries()[:1]:
        journal.take(entry.event, entry.at)
    journal.say("07:40", convened().model_copy(update={"starts_at": "2026-11-20T08:00:00+07:00"}))
    journal.say("08:12", *(arrived(member(n)) for n in range(1, 10)))
    journal.say("08:40", MeetingEnded(meeting=MEETING, by="secretary"))
    return journal


def entries(*, confirmed: bool = True) -> tuple[Entry, ...]:
    """The journal of the morning: always the same bytes."""
    return tuple(morning(confirmed=confirmed).entries)


def _slip(journal: Journal) -> None:
    """Ten days before: twelve are asked, nine answer, the body's rules take silence for agreement."""
    key = base64.b64encode(SIGNER.public_key).decode()
    journal.say("07:00", DeviceInstalled(site=assembly.SITE, device=assembly.DEVICE, public_key=key), day="2026-11-10")
    sent = SlipSent(
        slip=SLIP,
        title="Xin ý kiến về mức thu phí tham quan",
        question="Đồng ý mức thu phí tham quan năm 2027?",
        body="Ủy ban nhân dân tỉnh Mẫu",
        preset="ubnd",
        majority="ordinary",
        members=roster()[:12],
        chair=member(1),
        needed=7,
        deadline=utc("17:00", "2026-11-18"),
        silence_agrees=True,
        by="secretary",
    )
    journal.say("08:00", sent, day="2026-11-11")
    for n, choice in {1: FOR, 2: FOR, 3: FOR, 4: AGAINST, 5: ABSTAIN, 6: FOR, 7: AGAINST, 8: FOR, 9: FOR}.items():
        opinion = "Đề nghị giảm cho học sinh, sinh viên." if n == 4 else ""
        journal.say(
            "09:00", SlipAnswered(slip=SLIP, delegate=member(n), choice=choice, opinion=opinion), day="2026-11-12"
        )
    later = utc("17:00", "2026-11-20")
    journal.say(
        "10:00",
        SlipExtended(slip=SLIP, deadline=later, by="secretary", reason="Còn người đi công tác"),
        day="2026-11-18",
    )
    journal.say("17:00", SlipClosed(slip=SLIP, by="deadline"), day="2026-11-20")
    journal.sign("17:00", SLIP, day="2026-11-20")


def _arrivals(journal: Journal) -> None:
    """Nine of twelve come, one of them online, one late; of the absent one is excused, one is not, one is silent."""
    journal.say("07:40", convened())
    for n, reason in {10: "Đi công tác theo kế hoạch", 11: "Bận việc riêng"}.items():
        absence = AbsenceReported(meeting=MEETING, delegate=member(n), reason=reason, by="secretary")
        decided = AbsenceDecided(meeting=MEETING, delegate=member(n), accepted=n == 10, by=member(1))
        journal.say("07:45", absence, decided)
    journal.say("07:50", *(arrived(member(n)) for n in range(1, 8)))
    journal.say("07:51", arrived(member(10)))
    journal.say("07:52", CheckInRevoked(meeting=MEETING, delegate=member(10), by="secretary", reason="Nhầm người"))
    online = {"method": Method.PIN, "presence": Presence.ONLINE}
    journal.say("07:55", arrived(member(9), by=member(9), **online))
    by_hand = {"method": Method.HAND, "by": "secretary", "reason": "Không mang thẻ"}
    journal.say("07:56", arrived("kh-01"), arrived("kh-02", **by_hand), arrived("dt-01"))
    journal.say(
        "08:02", ProceedingNoted(meeting=MEETING, item="", text="Chào cờ, giới thiệu đại biểu.", by="secretary")
    )
    journal.say("08:05", SlipAnnounced(slip=SLIP, meeting=MEETING, by="secretary"))
    journal.say("08:12:30", arrived(member(8)))


def _first_item(journal: Journal) -> None:
    """Open and carried, 8 : 0 with one abstention; held for two minutes; one vote entered by hand."""
    one = f"{MEETING}.nd-1.1"
    journal.say("08:15", ItemTakenUp(meeting=MEETING, item="nd-1", by="secretary"))
    said = "Giám đốc Sở Mẫu Tài chính trình bày dự thảo Kế hoạch; các thành viên thảo luận về chỉ tiêu thu ngân sách."
    journal.say("08:16", ProceedingNoted(meeting=MEETING, item="nd-1", text=said, by="secretary"))
    journal.say("08:25", opened(journal, "nd-1", Voting.OPEN, limit_seconds=120))
    journal.say("08:25:20", *cast(one, dict.fromkeys(range(1, 7), FOR) | {9: ABSTAIN, 6: AGAINST}))
    journal.say("08:25:40", BallotHeld(ballot=one, by="secretary", reason="Một bàn phím không sáng"))
    locked = SeatLockedOut(
        meeting=MEETING, seat="S07", delegate=member(7), by="secretary", reason="Bàn phím không phản hồi"
    )
    journal.say("08:26", locked)
    journal.say("08:27:40", BallotResumed(ballot=one, by="secretary"))
    entered = VoteEntered(
        ballot=one,
        delegate=member(7),
        choice=FOR,
        by="secretary",
        witness=member(3),
        reason="Bàn phím hỏng, đại biểu giơ tay",
    )
    journal.say("08:28", entered, *cast(one, {6: FOR, 8: FOR}))
    journal.say("08:29:10", BallotClosed(ballot=one, by="time-limit"))
    journal.sign("08:29:10", one)
    text = "Thống nhất thông qua Kế hoạch; các cơ quan hoàn thiện số liệu trước khi ban hành."
    journal.say("08:35", ConclusionRecorded(meeting=MEETING, item="nd-1", text=text, by="secretary"))


def _second_item(journal: Journal) -> None:
    """Secret, in a secret session: 4 : 4 with one abstention; the chair states that the majority failed."""
    two = f"{MEETING}.nd-2.1"
    journal.say("08:40", ItemTakenUp(meeting=MEETING, item="nd-2", by="secretary"))
    journal.say("08:41", SecretSessionBegan(meeting=MEETING, by="secretary"))
    journal.say("08:42", left(member(6), "Nghe điện thoại khẩn"))
    journal.say("08:50", arrived(member(6), method=Method.PIN, by=member(6)))
    journal.say("08:52", opened(journal, "nd-2", Voting.SECRET, key=base64.b64encode(bytes(32)).decode()))
    journal.say("08:55", BallotClosed(ballot=two, by="secretary"))
    choices = [FOR, AGAINST, FOR, ABSTAIN, AGAINST, FOR, AGAINST, AGAINST, FOR]
    drawn = [base64.b32encode(hashlib.sha256(b"tracker %d" % n).digest())[:8].decode() for n in range(9)]
    votes = tuple(CountedVote(tracker=t, choice=c) for t, c in sorted(zip(drawn, choices, strict=True)))
    took_part = tuple(member(n) for n in range(1, 10))
    journal.say("08:55:10", SecretBallotCounted(ballot=two, took_part=took_part, votes=votes))
    journal.sign("08:55:10", two)
    ruling = TieDecided(
        ballot=two, reading="majority-clause", by=member(1), reason="Chưa đạt quá nửa tổng số thành viên"
    )
    journal.say("08:58", ruling)
    journal.sign("08:58", two)
    journal.say("09:00", SecretSessionEnded(meeting=MEETING, by="secretary"))


def _third_item(journal: Journal) -> None:
    """A wrong question is annulled; then 4 : 4 with one who presses nothing, and the Chairman's side is chosen."""
    journal.say("09:05", ItemTakenUp(meeting=MEETING, item="nd-3", by="secretary"))
    journal.say("09:10", opened(journal, "nd-3", Voting.OPEN))
    journal.say("09:10:20", *cast(f"{MEETING}.nd-3.1", {1: FOR, 2: AGAINST}))
    annulled = BallotAnnulled(ballot=f"{MEETING}.nd-3.1", by="secretary", reason="Đọc nhầm câu hỏi")
    journal.say("09:11", annulled)
    three = f"{MEETING}.nd-3.2"
    again = {"replaces": f"{MEETING}.nd-3.1", "reason": "Biểu quyết lại đúng câu hỏi"}
    journal.say("09:15", opened(journal, "nd-3", Voting.OPEN, 2, **again))
    journal.say(
        "09:15:30", *cast(three, {1: FOR, 2: FOR, 3: FOR, 4: FOR, 5: AGAINST, 6: AGAINST, 7: AGAINST, 8: AGAINST})
    )
    journal.say("09:16", BallotClosed(ballot=three, by="secretary"))
    journal.sign("09:16", three)
    journal.say(
        "09:18", TieDecided(ballot=three, reading="tie-clause-for", by=member(1), reason="Theo bên có ý kiến Chủ tịch")
    )
    journal.sign("09:18", three)
    text = "Giao Sở Mẫu Tài chính rà soát phương án theo ý kiến các thành viên."
    journal.say("09:30", ConclusionRecorded(meeting=MEETING, item="nd-3", text=text, by="secretary"))


def _fourth_item(journal: Journal) -> None:
    """Another chair; two leave, the quorum is lost and overridden; a show of hands, 6 : 0."""
    named = ChairNamed(
        meeting=MEETING, delegate=member(2), by="secretary", reason="Chủ tịch họp trực tuyến với Trung ương"
    )
    journal.say("09:35", named, left(member(1), "Họp trực tuyến với Trung ương"))
    journal.say("09:40", ItemTakenUp(meeting=MEETING, item="nd-4", by="secretary"))
    journal.say("09:45", left(member(7)))
    why = "Nội dung chỉ về lịch làm việc"
    journal.say("09:48", QuorumOverridden(meeting=MEETING, present=7, quorum=8, by=member(2), reason=why))
    four = f"{MEETING}.nd-4.1"
    journal.say("09:50", opened(journal, "nd-4", Voting.HANDS, reason="Thử giơ tay", override=why))
    hands = HandsCounted(ballot=four, votes_for=6, votes_against=0, abstentions=0, by="secretary", witness=member(3))
    journal.say("09:52", hands)
    journal.sign("09:52", four)


def tasks() -> tuple[Task, ...]:
    """Two tasks that stand, and one that is withdrawn."""
    return (
        Task(
            id="nv-1",
            text="Hoàn thiện Kế hoạch năm 2027, trình ký ban hành",
            item="nd-1",
            lead_unit="Sở Mẫu Tài chính",
            lead_head="Đại biểu Mẫu 02",
            cooperating=("Sở Mẫu Tài nguyên và Môi trường", "Sở Mẫu Văn hóa, Thể thao và Du lịch"),
            deadline=date(2026, 12, 10),
            report_deadline=date(2026, 12, 15),
        ),
        Task(
            id="nv-2",
            text="Rà soát phương án phân bổ vốn",
            item="nd-3",
            lead_unit="Sở Mẫu Xây dựng",
            lead_head="Đại biểu Mẫu 07",
            deadline=date(2026, 12, 20),
            report_deadline=date(2026, 12, 25),
        ),
        Task(
            id="nv-3",
            text="Việc giao nhầm",
            lead_unit="Sở Mẫu Y tế",
            lead_head="Đại biểu Mẫu 06",
            deadline=date(2026, 12, 1),
            report_deadline=date(2026, 12, 1),
        ),
    )


def _end(journal: Journal) -> None:
    journal.say("10:40", *(TaskAssigned(meeting=MEETING, task=task, by="secretary") for task in tasks()))
    journal.say("10:41", TaskWithdrawn(meeting=MEETING, task="nv-3", by="secretary", reason="Giao nhầm"))
    text = "Yêu cầu các cơ quan báo cáo tiến độ trước ngày 25 tháng 12 năm 2026."
    journal.say("11:00", ConclusionRecorded(meeting=MEETING, item="", text=text, by="secretary"))
    journal.say("11:05", MeetingEnded(meeting=MEETING, by="secretary"))


def ballot(name: str) -> Ballot:
    """A ballot of the morning by `<item>.<number>`."""
    return morning(confirmed=False).meeting.ballots[f"{MEETING}.{name}"]
