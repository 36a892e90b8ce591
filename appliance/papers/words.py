"""The words of the Vietnamese paper: names of codes, people, times and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from appliance import rules
from appliance.minutes_form import Document
from appliance.presets import Citation
from appliance.result_form import Rule
from appliance.values import Choice, Delegate, Method, Presence, Role, Voting

METHODS = {
    Voting.OPEN: "biểu quyết công khai",
    Voting.SECRET: "bỏ phiếu kín",
    Voting.HANDS: "giơ tay",
    Voting.SLIP: "phiếu ghi ý kiến",
}
NOT_CAST = {
    Voting.OPEN: "Không bấm phím",
    Voting.SECRET: "Không bỏ phiếu",
    Voting.HANDS: "Không giơ tay",
    Voting.SLIP: "Không trả lời",
}
"""Present and silent: neither an abstention nor an absence."""

ARRIVALS = {Method.FACE: "khuôn mặt", Method.PIN: "mã PIN", Method.HAND: "thư ký ghi"}
PRESENCES = {Presence.IN_PERSON: "trực tiếp", Presence.ONLINE: "trực tuyến"}
ROLES = {Role.MEMBER: "Thành viên", Role.GUEST: "Khách mời", Role.SUBSTITUTE: "Người dự thay"}
STAFF = {
    "secretary": "Thư ký",
    "console": "Kỹ thuật viên",
    "technician": "Kỹ thuật viên",
    "central": "Máy chủ trung tâm",
    "door": "Máy điểm danh",
    "time-limit": "thiết bị khi hết thời gian",
    "deadline": "thiết bị khi hết thời hạn",
}
"""`by` of a fact that is nobody's id on the roster."""

NOBODY = "không có"

UNREAD = "chưa đối chiếu nguyên văn"
"""Of an article that is known at second hand."""


class Names:
    """Who the ids of a meeting are. `people`: its roster, and the members whom its slips asked."""

    def __init__(self, people: Iterable[Delegate]) -> None:
        self._people: Mapping[str, Delegate] = {d.id: d for d in people}

    def of(self, delegate: str) -> str:
        """A name, what a service is called, or the id itself where it is nobody's."""
        found = self._people.get(delegate)
        return found.name if found is not None else STAFF.get(delegate, delegate)

    def full(self, delegate: str) -> str:
        """A name with title and unit."""
        found = self._people.get(delegate)
        office = office_of(found) if found is not None else ""
        return f"{self.of(delegate)}, {office}" if office else self.of(delegate)

    def list(self, delegates: Iterable[str]) -> str:
        """Names in a row."""
        return ", ".join(self.of(d) for d in delegates) or NOBODY


def office_of(delegate: Delegate) -> str:
    """Title and unit: `Giám đốc Sở Mẫu`."""
    return " ".join(part for part in (delegate.title, delegate.unit) if part)


class Times:
    """UTC times as a clock on the wall shows them."""

    def __init__(self, utc_offset: str) -> None:
        self._zone = datetime.fromisoformat(f"2000-01-01T00:00:00{utc_offset}").tzinfo

    def local(self, at: str) -> datetime:
        """Local time."""
        return datetime.fromisoformat(at).astimezone(self._zone)

    def clock(self, at: str) -> str:
        """`08:05`"""
        return f"{self.local(at):%H:%M}"

    def stay(self, begin: str, end: str) -> str:
        """`07:50 – 09:45`, or to the end: `07:50 – hết`; its spaces do not break."""
        return f"{self.clock(begin)} – {self.clock(end) if end else 'hết'}".replace(" ", "\N{NO-BREAK SPACE}")

    def hour(self, at: str) -> str:
        """`08 giờ 05 phút`"""
        return f"{self.local(at):%H giờ %M phút}"

    def full(self, at: str) -> str:
        """`08 giờ 05 phút, ngày 22 tháng 11 năm 2026`"""
        return f"{self.hour(at)}, {day(self.local(at).date())}"

    def spoken(self, at: str, on: str) -> str:
        """The hour, with the day where it is not that of `on`."""
        return self.hour(at) if self.local(at).date() == self.local(on).date() else self.full(at)

    def span(self, begin: str, end: str) -> str:
        """`từ 08 giờ 05 phút đến 08 giờ 40 phút`"""
        return f"từ {self.hour(begin)} đến {self.hour(end)}" if end else f"từ {self.hour(begin)}"


def day(at: date) -> str:
    """`ngày 05 tháng 02 năm 2026`: day and month below 10 (month: below 3) with a zero, as the decree has it."""
    month = f"{at.month:02}" if at.month < 3 else str(at.month)
    return f"ngày {at.day:02} tháng {month} năm {at.year}"


def short_day(at: date) -> str:
    """`22/11/2026`"""
    return f"{at:%d/%m/%Y}"


def percent(part: int, whole: int) -> str:
    """`66,67%`: two places, rounded half up; a dash of nothing."""
    if not whole:
        return "–"
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100},{hundredths % 100:02}%"


def choices(preset: str) -> Mapping[Choice, str]:
    """What a body calls the three options."""
    return rules.preset(preset).wording["vi"]


def article(citation: Citation) -> str:
    """An article, marked where its text was not read."""
    return citation.article if citation.read else f"{citation.article}, {UNREAD}"


def majority(rule: Rule) -> str:
    """A majority with its article: `quá nửa tổng số thành viên (Luật …)`."""
    found = rules.preset(rule.preset).majorities[rule.majority]
    return f"{found.words['vi']} ({article(found.citation)})"


def names_of(document: Document) -> Names:
    """Everybody whom these minutes may name; today's roster goes before the members of an earlier slip."""
    asked = (member for slip in document.slips for member in slip.members)
    return Names([*asked, *(attendee.delegate for attendee in document.attendance)])
