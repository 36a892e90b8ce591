"""What is wrong with a task as somebody types it: one lead unit, its head by name, both deadlines after the meeting.

Only what is certain is a fault. Vietnamese units have `và` and commas in their names (Sở Văn hóa, Thể thao và Du lịch),
so a conjunction alone proves nothing: two units that are known by name, joined, do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from appliance import minutes_document
from appliance.attendance import due, moment
from appliance.minutes import Minutes
from appliance.values import Task

OFFICES = (
    "chi cục", "công an", "công ty", "hội đồng", "phòng(?!,)", "sở", "thanh tra", "trung tâm", "ubnd", "ủy ban",
    "uỷ ban", "văn phòng",
)  # fmt: skip
"""With these begin names of units, and no name of a person."""

_UNIT = re.compile(rf"(?:{'|'.join(OFFICES)}|ban|bộ|cục|trường|viện)\b")
_OFFICE = re.compile(rf"(?:{'|'.join(OFFICES)})\b")

_APART = re.compile(r"[;/|&+\n\r\t•]")
"""What has one of these is a list, unless a unit is known by that very name."""

_JOINED = re.compile(r"\s*(?:,|\bvà\b|\bcùng(?: với)?\b|\bvới\b)\s*")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field. `code` is stable and translated; `message` is plain English."""

    field: str
    code: str
    message: str


def faults(task: Task, meeting: Minutes, units: Collection[str] = ()) -> list[Fault]:
    """Why the task cannot be recorded, every reason at once; empty where it can.

    `units`: all units that there are, where the body keeps such a list; then the lead is one of them.
    """
    return [
        *_place_faults(task, meeting),
        *_lead_faults(task, meeting, units),
        *_head_faults(task, meeting, units),
        *_cooperating_faults(task, _ours(meeting, units)),
        *_date_faults(task, meeting),
    ]


def warnings(task: Task, meeting: Minutes) -> list[Fault]:
    """What looks wrong and may be right: to be shown, never to be refused."""
    found = []
    known = _of_the_roster(meeting)
    lead = plain(task.lead_unit)
    if known and lead not in known:
        found.append(Fault("lead_unit", "lead-unknown", f"nobody on the roster is of {task.lead_unit}"))
    if lead not in known and _looks_like_a_list(lead):
        found.append(Fault("lead_unit", "lead-looks-like-list", f"{task.lead_unit} may be more than one unit"))
    if task.report_deadline < task.deadline:
        found.append(
            Fault(
                "report_deadline",
                "report-before-deadline",
                f"the report is due on {task.report_deadline}, before the task on {task.deadline}",
            )
        )
    return found


def plain(text: str) -> str:
    """Composed letters, small, single spaces: two ways of typing a unit are one unit."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def day_of(meeting: Minutes) -> date:
    """The meeting's day by its own local time: of the published start, or of its convening where it was put off."""
    starts_at, offset = minutes_document.start(meeting.convened.starts_at)
    local = datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo
    return moment(due(starts_at, meeting.convened_at) or meeting.convened_at).astimezone(local).date()


def _place_faults(task: Task, meeting: Minutes) -> Iterator[Fault]:
    if task.item and meeting.item(task.item) is None:
        yield Fault("item", "no-item", f"{task.item} is not on the agenda")


# Units ---------------------------------------------------------------------------------------------------------------


def _of_the_roster(meeting: Minutes) -> frozenset[str]:
    return frozenset(plain(d.unit) for d in meeting.convened.roster if d.unit.strip())


def _ours(meeting: Minutes, units: Collection[str]) -> frozenset[str]:
    """Units that are known as such, whatever signs are in their names: of the roster and of the list."""
    return _of_the_roster(meeting) | {plain(unit) for unit in units}


def _lead_faults(task: Task, meeting: Minutes, units: Collection[str]) -> Iterator[Fault]:
    lead, ours = plain(task.lead_unit), _ours(meeting, units)
    known = ours | {plain(u) for u in task.cooperating}
    if not lead:
        yield Fault("lead_unit", "lead-missing", "a task has one lead unit")
    elif lead not in ours and (
        _APART.search(task.lead_unit.strip()) or (lead not in known and _is_joined(lead, known))
    ):
        yield Fault("lead_unit", "lead-list", "a task has one lead unit; the others co-operate")
    elif units and lead not in {plain(unit) for unit in units}:
        yield Fault("lead_unit", "lead-unknown", f"{task.lead_unit} is not in the list of units")


def _is_joined(text: str, known: Collection[str]) -> bool:
    """Whether a name is made of two known names or more, joined by commas or conjunctions."""
    for unit in known:
        rest = text.removeprefix(unit)
        if rest == text or not unit:
            continue
        joint = _JOINED.match(rest)
        if joint and (rest[joint.end() :] in known or _is_joined(rest[joint.end() :], known)):
            return True
    return False


def _looks_like_a_list(lead: str) -> bool:
    """Whether behind a joint something begins as units begin: `sở a và sở b`."""
    return any(_UNIT.match(lead, joint.end()) for joint in _JOINED.finditer(lead))


def _cooperating_faults(task: Task, ours: Collection[str]) -> Iterator[Fault]:
    units = [plain(unit) for unit in task.cooperating]
    lead = plain(task.lead_unit)
    if not all(units):
        yield Fault("cooperating", "cooperating-blank", "a co-operating unit has no name")
    if any(_APART.search(unit.strip()) and plain(unit) not in ours for unit in task.cooperating):
        yield Fault("cooperating", "cooperating-list", "write one co-operating unit at a time")
    if len(set(units)) != len(units):
        yield Fault("cooperating", "cooperating-twice", "a co-operating unit stands twice")
    if lead and lead in units:
        yield Fault("cooperating", "lead-cooperates", f"{task.lead_unit} leads and does not stand among the others")


# People and dates ----------------------------------------------------------------------------------------------------


def _head_faults(task: Task, meeting: Minutes, units: Collection[str]) -> Iterator[Fault]:
    head = plain(task.lead_head)
    names = {plain(unit) for unit in (*units, *task.cooperating, task.lead_unit)} | _of_the_roster(meeting)
    if not head:
        yield Fault("lead_head", "head-missing", "the head of the lead unit is named")
    elif _APART.search(task.lead_head.strip()) or re.search(r",|\bvà\b", head):
        yield Fault("lead_head", "head-list", "one person answers for the task")
    elif _OFFICE.match(head) or any(re.search(rf"\b{re.escape(name)}\b", head) for name in names if name):
        yield Fault("lead_head", "head-is-a-unit", f"{task.lead_head} is a unit or an office; write the person's name")
    elif len(head.split()) < 2:
        yield Fault("lead_head", "head-short", "family name and given name of the head")


def _date_faults(task: Task, meeting: Minutes) -> Iterator[Fault]:
    day = day_of(meeting)
    if task.deadline < day:
        yield Fault("deadline", "deadline-before-meeting", f"{task.deadline} is before the meeting on {day}")
    if task.report_deadline < day:
        yield Fault(
            "report_deadline", "report-before-meeting", f"{task.report_deadline} is before the meeting on {day}"
        )
