"""Minutes for machines and for spreadsheets: JSON in its one spelling, CSV after RFC 4180 with a byte order mark.

Headings and values of the CSV files are Vietnamese, times in them local; `docs/minutes.md` has every column. They
follow from the minutes alone, byte for byte, so whoever checks them makes them again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from appliance import minutes_document, record
from appliance.attendance import due
from appliance.minutes_form import Attendee, BallotRecord, Document, ItemRecord, SlipRecord
from appliance.papers import words
from appliance.papers.words import Names, Times
from appliance.result_form import Counts, Decision, Ruling
from appliance.rules import Outcome
from appliance.values import Task, Voting

ROLL = (
    "Mã đại biểu", "Họ và tên", "Chức vụ", "Đơn vị", "Tư cách", "Dự thay cho", "Điểm cầu", "Lần có mặt", "Đến lúc",
    "Rời lúc", "Hình thức dự", "Cách điểm danh", "Đến muộn (phút)", "Về sớm lúc", "Lý do vắng mặt", "Chủ tọa đồng ý",
)  # fmt: skip
BALLOTS = (
    "Mã cuộc biểu quyết", "Mã nội dung", "Nội dung", "Lần", "Câu hỏi", "Hình thức", "Bắt đầu lúc", "Kết thúc lúc",
    "Tổng số", "Phải có mặt", "Cần tán thành", "Tán thành", "Không tán thành", "Không biểu quyết", "Không trả lời",
    "Vắng mặt", "Tính là tán thành vì không trả lời", "Kết quả", "Diễn giải", "Cách áp dụng chủ tọa chọn",
    "Thay cho cuộc biểu quyết", "Lý do", "Lý do vẫn tiến hành khi thiếu người", "Lý do hủy",
)  # fmt: skip
VOTES = (
    "Mã cuộc biểu quyết", "Mã đại biểu", "Họ và tên", "Mã kiểm tra", "Lựa chọn", "Phần vốn", "Người được ủy quyền",
    "Người nhập", "Người làm chứng", "Lý do nhập", "Ý kiến",
)  # fmt: skip
TASKS = (
    "Mã nhiệm vụ", "Nhiệm vụ", "Mã nội dung", "Nội dung", "Đơn vị chủ trì", "Người đứng đầu", "Đơn vị phối hợp",
    "Thời hạn hoàn thành", "Thời hạn báo cáo", "Mã cuộc họp", "Cuộc họp",
)  # fmt: skip

OUTCOMES = {
    Outcome.CARRIED: "Được thông qua",
    Outcome.LOST: "Không được thông qua",
    Outcome.TIED: "Chưa quyết định",
}
ANSWERS = {True: "có", False: "không", None: "chưa có ý kiến"}

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet, whoever typed it: an apostrophe makes it text."""

Row = Sequence[object]


def files(document: Document) -> dict[str, bytes]:
    """Name → bytes of everything that follows from minutes without a library's own doing."""
    return {
        "minutes.json": minutes_document.spelled(document),
        "roll.csv": _csv(ROLL, _roll(document)),
        "ballots.csv": _csv(BALLOTS, _ballots(document)),
        "votes.csv": _csv(VOTES, _votes(document)),
        "tasks.json": record.canonical(tasks(document)),
        "tasks.csv": _csv(TASKS, _tasks(document)),
    }


def tasks(document: Document) -> dict[str, Any]:
    """The tasks of a meeting for a document-management system."""
    titles = {item.item: item.title for item in document.items}
    return {
        "type": "tasks",
        "meeting": document.meeting,
        "meeting_title": document.title,
        "body": document.body,
        "held_on": words.Times(document.utc_offset)
        .local(due(document.starts_at, document.convened_at) or document.convened_at)
        .date()
        .isoformat(),
        "minutes": minutes_document.digest(document),
        "tasks": [{**task.model_dump(mode="json"), "item_title": titles.get(task.item, "")} for task in document.tasks],
    }


def _csv(headings: Row, rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([_cell(value) for value in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _moment(times: Times, at: str) -> str:
    return f"{times.local(at):%Y-%m-%d %H:%M:%S}" if at else ""


# The roll ------------------------------------------------------------------------------------------------------------


def _roll(document: Document) -> Iterator[Row]:
    """One row for each stay; one without times for whoever was never there."""
    times, names = Times(document.utc_offset), words.names_of(document)
    rooms = {room.id: room.name for room in document.rooms}
    for one in document.attendance:
        person = one.delegate
        instead = names.of(person.substitute_for) if person.substitute_for else ""
        who = (person.id, person.name, person.title, person.unit, words.ROLES[person.role], instead)
        where, excuse = rooms.get(person.room or "", ""), _excuse(one)
        if not one.stays:
            yield (*who, where, 0, "", "", "", "", "", "", *excuse)
        for number, stay in enumerate(one.stays, 1):
            first, last = number == 1, number == len(one.stays)
            yield (
                *who,
                where,
                number,
                _moment(times, stay.arrived_at),
                _moment(times, stay.left_at),
                words.PRESENCES[stay.presence],
                words.ARRIVALS[stay.method],
                one.late_minutes if first and one.late_minutes else "",
                _moment(times, one.left_early_at) if last else "",
                *(excuse if first else ("", "")),
            )


def _excuse(one: Attendee) -> tuple[str, str]:
    return (one.absence.reason, ANSWERS[one.absence.accepted]) if one.absence is not None else ("", "")


# Ballots and slips ---------------------------------------------------------------------------------------------------


def _ballots(document: Document) -> Iterator[Row]:
    times = Times(document.utc_offset)
    for item in document.items:
        for ballot in item.ballots:
            yield _ballot(item, ballot, times)
    for slip in document.slips:
        yield _slip(slip, times)


def _ballot(item: ItemRecord, ballot: BallotRecord, times: Times) -> Row:
    return (
        ballot.ballot,
        item.item,
        item.title,
        ballot.number,
        ballot.question,
        words.METHODS[ballot.method],
        _moment(times, ballot.opened_at),
        _moment(times, ballot.closed_at),
        sum(ballot.weights.get(d, 1) for d in ballot.electorate),
        ballot.rule.quorum,
        ballot.rule.needed,
        *_counts(ballot.tally),
        "",
        *_verdict(ballot.verdict, ballot.ruling, "Hủy" if ballot.annulled is not None else "Chưa có kết quả"),
        ballot.replaces,
        ballot.reason,
        ballot.override,
        ballot.annulled.reason if ballot.annulled is not None else "",
    )


def _slip(slip: SlipRecord, times: Times) -> Row:
    return (
        slip.slip,
        "",
        slip.title,
        "",
        slip.question,
        words.METHODS[Voting.SLIP],
        _moment(times, slip.sent_at),
        _moment(times, slip.closed_at),
        len(slip.members),
        slip.rule.quorum,
        slip.rule.needed,
        *_counts(slip.tally),
        slip.tally.not_cast if slip.silence_agrees else 0,
        *_verdict(slip.verdict, slip.ruling, ""),
        "",
        "",
        "",
        "",
    )


def _counts(tally: Counts | None) -> Row:
    if tally is None:
        return [""] * 5
    return (tally.for_, tally.against, tally.abstain, tally.not_cast, tally.absent)


def _verdict(verdict: Decision | None, ruling: Ruling | None, none: str) -> Row:
    if verdict is None:
        return (none, "", "")
    chosen = next((r.sentence["vi"] for r in verdict.readings if ruling is not None and r.id == ruling.reading), "")
    return (OUTCOMES[verdict.outcome], verdict.sentence["vi"], chosen)


def _votes(document: Document) -> Iterator[Row]:
    names = words.names_of(document)
    for item in document.items:
        for ballot in item.ballots:
            if ballot.tally is not None and ballot.method is not Voting.HANDS:
                yield from _members(ballot, names)
                wording = words.choices(ballot.rule.preset)
                for vote in ballot.counted:
                    yield (ballot.ballot, "", "", vote.tracker, wording[vote.choice], "", "", "", "", "", "")
    for slip in document.slips:
        yield from _answers(slip)


def _members(ballot: BallotRecord, names: Names) -> Iterator[Row]:
    """Every member of the electorate; of a secret ballot only whether they took part."""
    entered = {one.delegate: one for one in ballot.entered}
    for member in ballot.electorate:
        holder = ballot.proxies.get(member, "")
        by_hand = entered.get(holder or member)
        hand = (names.of(by_hand.by), names.of(by_hand.witness), by_hand.reason) if by_hand else ("", "", "")
        yield (
            ballot.ballot,
            member,
            names.of(member),
            "",
            _choice(ballot, member, holder),
            ballot.weights.get(member, ""),
            names.of(holder) if holder else "",
            *hand,
            "",
        )


def _choice(ballot: BallotRecord, member: str, holder: str) -> str:
    if member not in ballot.present:
        return "Vắng mặt"
    if member in ballot.took_part:
        return "Đã bỏ phiếu"
    choice = ballot.votes.get(holder or member)
    return words.choices(ballot.rule.preset)[choice] if choice is not None else words.NOT_CAST[ballot.method]


def _answers(slip: SlipRecord) -> Iterator[Row]:
    names, wording = Names(slip.members), words.choices(slip.rule.preset)
    for member in slip.members:
        choice = slip.votes.get(member.id)
        said = wording[choice] if choice is not None else words.NOT_CAST[Voting.SLIP]
        yield (
            slip.slip,
            member.id,
            names.of(member.id),
            "",
            said,
            "",
            "",
            "",
            "",
            "",
            slip.opinions.get(member.id, ""),
        )


# Tasks ---------------------------------------------------------------------------------------------------------------


def _tasks(document: Document) -> Iterator[Row]:
    titles = {item.item: item.title for item in document.items}
    for task in document.tasks:
        yield (*_task(task, titles.get(task.item, "")), document.meeting, document.title)


def _task(task: Task, item_title: str) -> Row:
    return (
        task.id,
        task.text,
        task.item,
        item_title,
        task.lead_unit,
        task.lead_head,
        "; ".join(task.cooperating),
        task.deadline.isoformat(),
        task.report_deadline.isoformat(),
    )
