"""The course of the meeting in form 1.9: what was announced, each item, what happened beside them, what follows."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.attendance import Stay
from appliance.minutes_form import Change, Document, Incident, ItemRecord
from appliance.papers import words
from appliance.papers.ballots import ballot_blocks, slip_blocks
from appliance.papers.sheet import Block, Heading, Look, Table, leading, line, said
from appliance.papers.words import Names, Times
from appliance.values import Task


def course(document: Document, names: Names, times: Times) -> Iterator[Block]:
    """Blocks from the first word of the meeting to its end."""
    yield Heading("Nội dung (theo diễn biến cuộc họp)", 1)
    for note in document.notes:
        yield line(f"{times.hour(note.at)}: {note.text}")
    for slip in document.slips:
        yield from slip_blocks(slip, times)
    taken_up = [item for item in document.items if item.spans or item.ballots]
    for number, item in enumerate(taken_up, 1):
        yield Heading(f"{number}. {item.title}", 1)
        yield from _item(item, names, times)
    rest = [item for item in document.items if item not in taken_up]
    if rest:
        yield Heading("Nội dung trong chương trình chưa được đưa ra", 1)
        for item in rest:
            yield line(f"{item.title}.", Look.POINT)
            yield from _said_on(item, times)
    yield from _beside(document, names, times)
    yield from _what_follows(document)


# Items ---------------------------------------------------------------------------------------------------------------


def _item(item: ItemRecord, names: Names, times: Times) -> Iterator[Block]:
    if item.spans:
        yield said("Thời gian", "; ".join(times.span(span.begin, span.end) for span in item.spans) + ".")
    for paper in item.documents:
        yield said("Tài liệu", f"{paper.title} ({paper.link}).")
    changes = [change for span in item.spans for change in span.changes]
    if changes:
        yield leading("Không dự toàn bộ nội dung này")
        for change in changes:
            yield line(f"{names.of(change.delegate)}: {_change(change, times)}.", Look.POINT)
    yield from _said_on(item, times)
    for ballot in item.ballots:
        yield from ballot_blocks(ballot, names, times)
    if item.conclusion:
        yield said("Kết luận của chủ tọa", item.conclusion)


def _said_on(item: ItemRecord, times: Times) -> Iterator[Block]:
    for note in item.notes:
        yield line(f"{times.hour(note.at)}: {note.text}")


def _change(change: Change, times: Times) -> str:
    moves = sorted([(at, "rời") for at in change.left] + [(at, "vào") for at in change.arrived])
    told = ", ".join(f"{what} lúc {times.hour(at)}" for at, what in moves)
    return "không có mặt" if change.stay is Stay.NONE else told or "có mặt một phần"


# Beside the items ----------------------------------------------------------------------------------------------------


def _beside(document: Document, names: Names, times: Times) -> Iterator[Block]:
    happened = [
        *((span.begin, _secret(span.begin, span.end, times)) for span in document.secret_sessions),
        *((incident.at, _incident(incident, names, times)) for incident in document.incidents),
    ]
    if happened:
        yield Heading("Sự việc khác trong cuộc họp", 1)
        for _, text in sorted(happened):
            yield line(f"{text}.", Look.POINT)


def _secret(begin: str, end: str, times: Times) -> str:
    until = f"đến {times.hour(end)}" if end else "và chưa kết thúc"
    return (
        f"Họp kín từ {times.hour(begin)} {until}: máy ảnh và đường truyền của thiết bị đã tắt, chỉ dùng bàn phím có dây"
    )


def _incident(one: Incident, names: Names, times: Times) -> str:
    at, by = times.hour(one.at), names.of(one.by)
    whose = f" ({names.of(one.delegate)})" if one.delegate else ""
    told = {
        "seat-locked": f"bàn phím ghế {one.seat}{whose} ngừng sử dụng, do {by} thực hiện; lý do: {one.reason}",
        "seat-readmitted": f"bàn phím ghế {one.seat} được dùng lại, do {by} thực hiện; lý do: {one.reason}",
        "quorum-overridden": f"chỉ có mặt {one.present}, phải có mặt {one.quorum}; chủ tọa ({by}) quyết định vẫn tiến "
        f"hành biểu quyết; lý do: {one.reason}",
        "proxy-given": f"{names.of(one.delegate)} ủy quyền cho {names.of(one.holder)} biểu quyết theo {one.document}",
        "proxy-withdrawn": f"ủy quyền của {names.of(one.delegate)} chấm dứt; lý do: {one.reason}",
    }
    return f"{at[0].upper()}{at[1:]}: {told[one.what]}"


# What follows --------------------------------------------------------------------------------------------------------


def _what_follows(document: Document) -> Iterator[Block]:
    if document.conclusion:
        yield Heading("Kết luận chung của chủ tọa", 1)
        yield line(document.conclusion)
    if document.tasks:
        yield Heading("Nhiệm vụ được giao", 1)
        yield Table(
            (
                "STT",
                "Nhiệm vụ",
                "Đơn vị chủ trì, người đứng đầu",
                "Đơn vị phối hợp",
                "Thời hạn hoàn thành",
                "Thời hạn báo cáo",
            ),
            tuple(_task(number, task) for number, task in enumerate(document.tasks, 1)),
            (8, 23, 20, 17, 16, 16),
            frozenset({0, 4, 5}),
        )


def _task(number: int, task: Task) -> tuple[str, ...]:
    return (
        str(number),
        task.text,
        f"{task.lead_unit}\n{task.lead_head}",
        "\n".join(task.cooperating) or "–",
        words.short_day(task.deadline),
        words.short_day(task.report_deadline),
    )
