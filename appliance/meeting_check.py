"""What contradicts itself in a meeting: one thing against another. Each field by itself is checked in `written`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from appliance import rules, written
from appliance.faults import Fault, Place, Wrong, fault
from appliance.presets import Rule
from appliance.values import Role, Seating, Value, Voting

Lines = Sequence[Mapping[str, Any] | None]
"""Field → value of each line; None for an empty one. A field that is wrong by itself is not there."""

Meeting = Mapping[str, Any]
"""The same of a whole meeting; `room`, `delegate` and `agenda` hold `Lines`."""


def of_command(command: Value) -> Meeting:
    """What a command says, as `contradictions` reads it."""
    fields = dict(command)
    tables = {"room": fields.pop("rooms"), "delegate": fields.pop("roster"), "agenda": fields.pop("agenda")}
    return {**fields, **{name: [dict(line) for line in lines] for name, lines in tables.items()}}


def contradictions(meeting: Meeting) -> list[Fault]:
    """Everything, in the order of the checks. What cannot be judged because a field is wrong is passed over."""
    return [one for check in CHECKS for one in check(meeting)]


def twice(lines: Iterable[tuple[Place, Mapping[str, Any]]], key: str) -> Iterator[Fault]:
    """What a second line of a table says in a column where the first said it already."""
    seen: dict[str, Place] = {}
    for place, line in lines:
        value = line.get(key)
        if value is not None and value in seen:
            yield fault((*place, key), Wrong.TWICE, value=value, where=seen[value])
        elif value is not None:
            seen[value] = (*place, key)


def _lines(meeting: Meeting, table: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for n, line in enumerate(meeting[table]):
        if line is not None:
            yield (table, n), line


def _rule(meeting: Meeting) -> Rule | None:
    return rules.PRESETS.get(meeting.get("preset", ""))


def _twice(table: str, key: str) -> Callable[[Meeting], Iterator[Fault]]:
    return lambda meeting: twice(_lines(meeting, table), key)


def _members(meeting: Meeting) -> Iterator[Fault]:
    """Whoever has no valid role may have been meant as a member."""
    lines = [line for _, line in _lines(meeting, "delegate")]
    if lines and all(line.get("role", Role.MEMBER) is not Role.MEMBER for line in lines):
        yield fault(("delegate",), Wrong.NO_MEMBERS)


def _officers(meeting: Meeting) -> Iterator[Fault]:
    everybody = {line["id"] for _, line in _lines(meeting, "delegate") if "id" in line}
    chair, secretary = meeting.get("chair"), meeting.get("secretary")
    if chair and chair not in _member_ids(meeting):
        yield fault(("chair",), Wrong.NOT_A_MEMBER, value=chair)
    if secretary and secretary not in everybody:
        yield fault(("secretary",), Wrong.NOT_ON_ROSTER, value=secretary)


def _member_ids(meeting: Meeting) -> set[str]:
    lines = (line for _, line in _lines(meeting, "delegate") if "id" in line)
    return {line["id"] for line in lines if line.get("role", Role.MEMBER) is Role.MEMBER}


def _substitutes(meeting: Meeting) -> Iterator[Fault]:
    members = _member_ids(meeting)
    for place, line in _lines(meeting, "delegate"):
        if "role" not in line or "substitute_for" not in line:
            continue
        whom, here = line["substitute_for"], (*place, "substitute_for")
        if line["role"] is Role.SUBSTITUTE and whom is None:
            yield fault(here, Wrong.FOR_WHOM)
        elif line["role"] is not Role.SUBSTITUTE and whom is not None:
            yield fault(here, Wrong.NO_SUBSTITUTE)
        elif whom is not None and whom not in members:
            yield fault(here, Wrong.NOT_A_MEMBER, value=whom)


def _rooms(meeting: Meeting) -> Iterator[Fault]:
    known = {line["id"] for _, line in _lines(meeting, "room") if "id" in line}
    for place, line in _lines(meeting, "delegate"):
        if line.get("room") is not None and line["room"] not in known:
            yield fault((*place, "room"), Wrong.NO_ROOM, value=line["room"])


def _seats(meeting: Meeting) -> Iterator[Fault]:
    if meeting.get("seating") is Seating.FREE:
        count = sum(line.get("seat") is not None for _, line in _lines(meeting, "delegate"))
        if count:
            yield fault(("seating",), Wrong.SEATS, count=count)


def _start(meeting: Meeting) -> Iterator[Fault]:
    at = meeting.get("starts_at")
    if at and (isinstance(found := written.start(at, ()), Fault) or not written.has_zone(at)):
        wrong = found.what if isinstance(found, Fault) else fault((), Wrong.OFFSET, value=at).what
        yield Fault(("starts_at",), wrong)


def _preset(meeting: Meeting) -> Iterator[Fault]:
    if "preset" in meeting and _rule(meeting) is None:
        known = ", ".join(rules.PRESETS)
        yield fault(("preset",), Wrong.NONE_OF, value=meeting["preset"], known=known)


def _weights(meeting: Meeting) -> Iterator[Fault]:
    rule = _rule(meeting)
    if rule is not None and not rule.weighted:
        for place, line in _lines(meeting, "delegate"):
            if line.get("weight", 1) != 1:
                yield fault((*place, "weight"), Wrong.NO_WEIGHTS, preset=rule.preset)


def _methods(meeting: Meeting) -> Iterator[Fault]:
    rule = _rule(meeting)
    for place, line in _lines(meeting, "agenda"):
        voting, majority = line.get("voting"), line.get("majority")
        if voting is Voting.SLIP:
            yield fault((*place, "voting"), Wrong.NO_SLIP)
        elif rule is not None and rule.weighted and voting in (Voting.SECRET, Voting.HANDS):
            yield fault((*place, "voting"), Wrong.WEIGHTS_OPEN)
        if rule is not None and majority is not None and majority not in rule.majorities:
            known = ", ".join(rule.majorities)
            yield fault((*place, "majority"), Wrong.NO_MAJORITY, preset=rule.preset, value=majority, known=known)


CHECKS: tuple[Callable[[Meeting], Iterator[Fault]], ...] = (
    _preset,
    _start,
    _members,
    _officers,
    _twice("room", "id"),
    _twice("delegate", "id"),
    _twice("delegate", "seat"),
    _twice("delegate", "substitute_for"),
    _substitutes,
    _rooms,
    _seats,
    _weights,
    _twice("agenda", "id"),
    _methods,
)
"""Each is told apart from the others by what it says."""
