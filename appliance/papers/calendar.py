"""The deadlines of a meeting's tasks as iCalendar (RFC 5545): two whole-day events for each task."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from icalendar import Calendar, Event

from appliance.minutes_form import Document
from appliance.values import Task

PRODUCT = "-//appliance//minutes//VI"


def calendar_bytes(document: Document) -> bytes:
    """The file. A task keeps its identifiers when it is exported again, so a calendar corrects it in place."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", document.title)
    for task in document.tasks:
        for event in _events(document, task):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(document: Document, task: Task) -> Iterator[Event]:
    told = [
        f"Nhiệm vụ: {task.text}",
        f"Đơn vị chủ trì: {task.lead_unit}",
        f"Người đứng đầu: {task.lead_head}",
        f"Đơn vị phối hợp: {', '.join(task.cooperating) or 'không có'}",
        f"Thời hạn hoàn thành: {task.deadline:%d/%m/%Y}; thời hạn báo cáo: {task.report_deadline:%d/%m/%Y}",
        f"Theo kết luận của {document.title} ({document.meeting})",
    ]
    for kind, name, day in (
        ("deadline", "Thời hạn", task.deadline),
        ("report", "Báo cáo", task.report_deadline),
    ):
        event = Event()
        event.add(
            "uid", str(uuid.uuid5(uuid.NAMESPACE_URL, f"{document.meeting}/{document.convened_at}/{task.id}/{kind}"))
        )
        event.add("dtstamp", datetime.fromisoformat(document.ended_at or document.convened_at))
        event.add("dtstart", day)
        event.add("summary", f"{name}: {task.text}")
        event.add("description", "\n".join(told))
        event.add("categories", [task.lead_unit])
        event.add("transp", "TRANSPARENT")
        yield event
