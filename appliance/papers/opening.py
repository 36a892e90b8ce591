"""The first part of form 1.9: when, where, who was there, who was not and why, who presided, who kept the minutes."""

from __future__ import annotations

from collections.abc import Iterator

from appliance import attendance, rules
from appliance.minutes_form import Attendee, Document
from appliance.papers import words
from appliance.papers.sheet import Block, Heading, Look, Paragraph, Table, leading, line, lines, said
from appliance.papers.words import Names, Times
from appliance.values import Presence, Role


def opening(document: Document, names: Names, times: Times) -> Iterator[Block]:
    """Blocks up to the course of the meeting."""
    yield said("Thời gian bắt đầu", _beginning(document, times))
    yield said("Địa điểm", _place(document))
    yield Heading("Thành phần tham dự", 1)
    yield from _members(document, times)
    yield from _absent(document)
    yield from _late_and_early(document, times)
    yield from _others(document, names, times)
    yield said("Chủ trì (chủ tọa)", f"{names.full(document.chair) if document.chair else 'không nêu tên'}.")
    yield from _chairs(document, names, times)
    secretary = names.full(document.secretary) if document.secretary else "không nêu tên"
    yield said("Thư ký (người ghi biên bản)", f"{secretary}.")


def _beginning(document: Document, times: Times) -> str:
    opened = f"mở điểm danh lúc {times.spoken(document.convened_at, document.starts_at or document.convened_at)}"
    if not document.starts_at:
        return f"{times.full(document.convened_at)} (mở điểm danh)."
    return f"{times.full(document.starts_at)} (giờ đã thông báo); {opened}."


def _place(document: Document) -> str:
    place = document.place or "không nêu"
    if not document.rooms:
        return f"{place}."
    return f"{place}. Các điểm cầu: {'; '.join(room.name for room in document.rooms)}."


# Members -------------------------------------------------------------------------------------------------------------


def _capital(document: Document) -> str:
    """Under a rule with weights the quorum is one of capital: so what was there of it is said in the same measure."""
    if not rules.preset(document.preset).weighted:
        return ""
    members = [a for a in document.attendance if a.delegate.role is Role.MEMBER]
    here = sum(a.delegate.weight for a in members if a.stays)
    return f"; phần vốn có mặt {here}/{sum(a.delegate.weight for a in members)}"


def _members(document: Document, times: Times) -> Iterator[Block]:
    attended = document.attended
    rule = rules.preset(document.preset)
    share = "phần vốn phải có mặt" if rule.weighted else "số thành viên phải có mặt"
    quorum = f"{share}: {attended.quorum} ({words.article(rule.quorum_citation)})"
    ways = f"trực tiếp {attended.in_person}, trực tuyến {attended.online}"
    yield said("Thành viên có mặt", f"{attended.present}/{attended.members} ({ways}){_capital(document)}; {quorum}.")
    rows = [a for a in document.attendance if a.delegate.role is Role.MEMBER and a.stays]
    if rows:
        yield Table(
            ("STT", "Họ và tên", "Chức vụ, đơn vị", "Có mặt", "Ghi chú"),
            tuple(_member(n, one, document, times) for n, one in enumerate(rows, 1)),
            (8, 25, 31, 18, 18),
            frozenset({0, 3}),
        )


def _member(number: int, one: Attendee, document: Document, times: Times) -> tuple[str, ...]:
    stays = [times.stay(stay.arrived_at, stay.left_at) for stay in one.stays]
    return (
        str(number),
        one.delegate.name,
        words.office_of(one.delegate),
        "\n".join(stays),
        "; ".join(_remarks(one, document)),
    )


def _remarks(one: Attendee, document: Document) -> Iterator[str]:
    if any(stay.presence is Presence.ONLINE for stay in one.stays):
        whole = all(stay.presence is Presence.ONLINE for stay in one.stays)
        yield "trực tuyến" if whole else "có lúc trực tuyến"
    room = next((r.name for r in document.rooms if r.id == one.delegate.room), "")
    if room and len(document.rooms) > 1 and one.delegate.room != document.rooms[0].id:
        yield room
    if one.late_minutes:
        yield f"muộn {one.late_minutes} phút"
    if one.left_early_at:
        yield "về sớm"
    if rules.preset(document.preset).weighted:
        yield f"phần vốn {one.delegate.weight}"


def _absent(document: Document) -> Iterator[Block]:
    members = [a for a in document.attendance if a.delegate.role is Role.MEMBER and not a.stays]
    yield leading("Thành viên vắng mặt", str(len(members))) if members else said("Thành viên vắng mặt", "không có.")
    for one in members:
        office = words.office_of(one.delegate)
        yield line(f"{one.delegate.name}{', ' + office if office else ''}: {_excuse(one)}.", Look.POINT)


def _excuse(one: Attendee) -> str:
    if one.absence is None:
        return "không báo cáo lý do"
    accepted = {
        True: "được chủ tọa đồng ý",
        False: "không được chủ tọa đồng ý",
        None: "chủ tọa chưa có ý kiến",
    }[one.absence.accepted]
    return f"lý do: {one.absence.reason}; {accepted}"


def _late_and_early(document: Document, times: Times) -> Iterator[Block]:
    """Of everybody, not of members alone: lateness against the published start, leaving against the end."""
    if document.starts_at and not attendance.due(document.starts_at, document.convened_at):
        published = words.day(times.local(document.starts_at).date())
        yield said("Đến muộn", f"không tính, vì cuộc họp không được mở vào ngày đã thông báo ({published}).")
    late = [a for a in document.attendance if a.late_minutes]
    if late:
        yield leading("Đến muộn", f"so với giờ đã thông báo {times.hour(document.starts_at)}.")
        for one in late:
            at = times.hour(one.stays[0].arrived_at)
            yield line(f"{one.delegate.name}: đến lúc {at}, muộn {one.late_minutes} phút{_why(one)}.", Look.POINT)
    early = [a for a in document.attendance if a.left_early_at]
    if early:
        yield leading("Về sớm", "trước khi cuộc họp kết thúc.")
        yield from lines([f"{one.delegate.name}: rời lúc {times.hour(one.left_early_at)}{_why(one)}." for one in early])
    away = [a for a in document.attendance if len(a.stays) > 1]
    if away:
        yield leading("Rời phòng họp rồi trở lại")
        yield from lines([f"{one.delegate.name}: {_gaps(one, times)}." for one in away])


def _why(one: Attendee) -> str:
    return f"; {_excuse(one)}" if one.absence is not None else ""


def _gaps(one: Attendee, times: Times) -> str:
    gaps = [(stay.left_at, back.arrived_at) for stay, back in zip(one.stays, one.stays[1:], strict=False)]
    return "; ".join(times.span(begin, end) for begin, end in gaps)


# Others --------------------------------------------------------------------------------------------------------------


def _others(document: Document, names: Names, times: Times) -> Iterator[Block]:
    substitutes = [a for a in document.attendance if a.delegate.role is Role.SUBSTITUTE]
    if substitutes:
        yield leading("Người dự thay (không biểu quyết)")
        yield from lines([_substitute(one, names, times) for one in substitutes])
    # Whoever keeps the minutes is there, checked in or not, and is named below.
    keeper = document.secretary
    guests = [a for a in document.attendance if a.delegate.role is Role.GUEST and (a.stays or a.delegate.id != keeper)]
    if guests:
        yield leading("Khách mời")
        yield from lines([_guest(one, times) for one in guests])


def _substitute(one: Attendee, names: Names, times: Times) -> str:
    instead = names.of(one.delegate.substitute_for) if one.delegate.substitute_for else "thành viên không nêu tên"
    return f"{names.full(one.delegate.id)}, dự thay {instead}: {_there(one, times)}."


def _guest(one: Attendee, times: Times) -> str:
    office = words.office_of(one.delegate)
    return f"{one.delegate.name}{', ' + office if office else ''}: {_there(one, times)}."


def _there(one: Attendee, times: Times) -> str:
    if not one.stays:
        return "vắng mặt"
    online = ", trực tuyến" if one.stays[0].presence is Presence.ONLINE else ""
    return f"có mặt từ {times.hour(one.stays[0].arrived_at)}{online}"


def _chairs(document: Document, names: Names, times: Times) -> Iterator[Paragraph]:
    """Who presided when, where that changed."""
    if len(document.chairs) < 2:
        return
    for one in document.chairs:
        reason = f"; lý do thay đổi: {one.reason}" if one.reason else ""
        yield line(f"{names.of(one.delegate)}: chủ tọa từ {times.hour(one.since)}{reason}.", Look.POINT)
