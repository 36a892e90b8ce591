"""What the fields of a meeting or a slip and their values are called: in Vietnamese, in English, in a file.

Compared without case, diacritics and signs at the end: `Họ và tên (*)`, `HO VA TEN` and `ho_va_ten` are one heading.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance import rules
from appliance.values import Liveness, Role, Seating, Voting


@dataclass(frozen=True)
class Heading:
    """One field: its key in a TOML or JSON file, its heading in a Vietnamese and an English sheet, other names."""

    key: str
    vi: str
    en: str
    also: tuple[str, ...] = ()


MEETING = (
    Heading("meeting", "Mã cuộc họp", "Meeting id", ("id", "mã", "mã kỳ họp", "mã phiên họp")),
    Heading("title", "Tên cuộc họp", "Title", ("tiêu đề", "tên kỳ họp", "tên phiên họp", "nội dung cuộc họp")),
    Heading("body", "Cơ quan", "Body", ("cơ quan họp", "đơn vị tổ chức", "tên cơ quan")),
    Heading("preset", "Quy tắc biểu quyết", "Rule", ("quy tắc", "loại cơ quan")),
    Heading("place", "Địa điểm", "Place", ("phòng họp", "nơi họp")),
    Heading("starts_at", "Bắt đầu lúc", "Starts at", ("thời gian", "thời gian bắt đầu", "giờ họp", "start")),
    Heading("chair", "Chủ tọa", "Chair", ("chủ trì", "người chủ trì", "chủ toạ")),
    Heading("secretary", "Thư ký", "Secretary", ("thư ký cuộc họp", "người ghi biên bản")),
    Heading("seating", "Chỗ ngồi", "Seating", ("xếp chỗ", "sơ đồ chỗ ngồi")),
    Heading("liveness", "Kiểm tra mặt thật ở cửa", "Liveness", ("chống giả mạo khuôn mặt",)),
)
ROOM = (
    Heading("id", "Mã", "Id", ("mã điểm cầu",)),
    Heading("name", "Tên điểm cầu", "Name", ("điểm cầu", "tên", "room")),
)
DELEGATE = (
    Heading("id", "Mã", "Id", ("mã đại biểu",)),
    Heading("name", "Họ và tên", "Name", ("họ tên", "tên", "full name", "đại biểu")),
    Heading("title", "Chức vụ", "Title", ("chức danh", "position")),
    Heading("unit", "Đơn vị", "Unit", ("cơ quan", "đơn vị công tác", "cơ quan, đơn vị")),
    Heading("role", "Vai trò", "Role", ("thành phần", "tư cách")),
    Heading("seat", "Ghế", "Seat", ("số ghế", "chỗ ngồi")),
    Heading("room", "Điểm cầu", "Room", ("phòng",)),
    Heading("substitute_for", "Dự thay cho", "Substitute for", ("người được dự thay", "dự thay")),
    Heading("weight", "Phần vốn", "Weight", ("trọng số", "phần vốn góp", "số phiếu")),
)
ITEM = (
    Heading("id", "Mã", "Id", ("mã nội dung",)),
    Heading("title", "Nội dung", "Title", ("tên nội dung", "tiêu đề", "item")),
    Heading("question", "Câu hỏi biểu quyết", "Question", ("câu hỏi", "nội dung biểu quyết")),
    Heading("voting", "Hình thức biểu quyết", "Method", ("hình thức", "voting method")),
    Heading("majority", "Đa số", "Majority", ("tỷ lệ thông qua", "tỉ lệ thông qua", "mức thông qua")),
    Heading("limit_seconds", "Thời hạn (giây)", "Limit (seconds)", ("thời gian (giây)", "thời gian biểu quyết (giây)")),
)
DOCUMENT = (
    Heading("item", "Nội dung", "Item", ("mã nội dung",)),
    Heading("title", "Tên tài liệu", "Title", ("tài liệu", "tên")),
    Heading("link", "Đường dẫn", "Link", ("liên kết", "địa chỉ", "url")),
)
SLIP = (
    Heading("slip", "Mã phiếu", "Slip id", ("id", "mã")),
    Heading("title", "Tên phiếu", "Title", ("tiêu đề", "tên", "trích yếu")),
    Heading("question", "Câu hỏi", "Question", ("nội dung lấy ý kiến", "câu hỏi lấy ý kiến")),
    *(h for h in (*MEETING, *ITEM) if h.key in {"body", "preset", "majority", "chair"}),
    Heading("deadline", "Thời hạn trả lời", "Deadline", ("thời hạn", "hạn trả lời")),
    Heading("silence_agrees", "Không trả lời là tán thành", "Silence agrees", ("im lặng là tán thành",)),
)

TABLES: Mapping[str, tuple[Heading, ...]] = {
    "meeting": MEETING,
    "room": ROOM,
    "delegate": DELEGATE,
    "agenda": ITEM,
    "document": DOCUMENT,
}
"""Table → its fields, in the order in which people write them."""

RECORDS: Mapping[str, tuple[Heading, ...]] = {**TABLES, "slip": SLIP}
"""The same with an opinion slip, whose file stands alone: its people and papers are lines as those of a meeting."""

SHEETS: Mapping[str, Heading] = {
    "meeting": Heading("meeting", "Cuộc họp", "Meeting", ("kỳ họp", "phiên họp", "thông tin chung")),
    "room": Heading("room", "Điểm cầu", "Rooms", ("rooms", "các điểm cầu")),
    "delegate": Heading(
        "delegate", "Đại biểu", "Delegates", ("delegates", "roster", "danh sách đại biểu", "thành phần")
    ),
    "agenda": Heading("agenda", "Nội dung", "Agenda", ("chương trình", "chương trình họp", "items")),
    "document": Heading("document", "Tài liệu", "Documents", ("documents",)),
    "guide": Heading("guide", "Hướng dẫn", "Guide", ("ghi chú", "notes", "lists", "danh mục")),
}
"""Table → the sheet that holds it, whose other names are also keys of a file; `guide` is for reading only."""

BESIDE = frozenset({"stt", "tt", "so tt", "so thu tu", "no", "#", "ghi chu", "note", "notes", "chu ky", "ky ten"})
"""Folded headings of columns that lists have beside the data; they are not read."""

_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "role": {
        Role.MEMBER: ("thành viên", "ủy viên", "đại biểu"),
        Role.GUEST: ("khách mời", "khách"),
        Role.SUBSTITUTE: ("người dự thay", "dự thay"),
    },
    "voting": {
        Voting.OPEN: ("công khai", "biểu quyết công khai", "open ballot"),
        Voting.SECRET: ("bỏ phiếu kín", "kín", "phiếu kín", "secret ballot"),
        Voting.HANDS: ("giơ tay", "biểu quyết giơ tay", "show of hands"),
        Voting.SLIP: ("phiếu ghi ý kiến", "lấy ý kiến bằng phiếu", "opinion slip"),
    },
    "silence_agrees": {"true": ("có", "yes"), "false": ("không", "no")},
    "seating": {Seating.FIXED: ("cố định", "theo danh sách"), Seating.FREE: ("tự do", "tự chọn")},
    "liveness": {
        Liveness.OFF: ("không", "no"),
        Liveness.PASSIVE: ("có", "yes"),
        Liveness.CHALLENGE: ("quay đầu", "có, quay đầu", "turn of the head"),
    },
    "preset": {
        name: (
            rule.body["vi"],
            rule.body["en"],
            *(("UBND",) if name == "ubnd" else ("HĐND",) if name == "hdnd" else ()),
        )
        for name, rule in rules.PRESETS.items()
    },
}
"""Field → code → how else it is written; the first is the Vietnamese word."""

_MAJORITIES: Mapping[str, tuple[str, ...]] = {
    "ordinary": ("quá nửa", "đa số", "thường", "more than half"),
    "two-thirds": ("hai phần ba", "2/3", "ít nhất hai phần ba", "two thirds"),
    "special": ("đặc biệt", "75%"),
}


def fold(text: str) -> str:
    """Letters and digits as compared: small, without diacritics, single blanks, without signs at the end."""
    plain = unicodedata.normalize("NFD", str(text).replace("đ", "d").replace("Đ", "d").casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = " ".join(re.sub(r"[_\s]+", " ", plain).split())
    return re.sub(r"[\s:*.…]*(\(\*\))?[\s:*.…]*$", "", plain) or plain


@functools.cache
def _named(table: str) -> Mapping[str, str]:
    return {fold(name): h.key for h in RECORDS[table] for name in (h.key, h.vi, h.en, *h.also)}


def field(table: str, heading: str) -> str | None:
    """The field that a heading or a key names; None where it is unknown."""
    return _named(table).get(fold(heading))


def sheet(name: str) -> str | None:
    """The table that a sheet, or a key of a file, holds."""
    known = {fold(n): table for table, h in SHEETS.items() for n in (h.key, h.vi, h.en, *h.also)}
    return known.get(fold(name))


def of(table: str, key: str) -> Heading:
    """The names of a field that the table has."""
    return next(h for h in TABLES[table] if h.key == key)


def near(wrong: str, known: Sequence[str]) -> str:
    """What may have been meant; empty where nothing is near."""
    found = difflib.get_close_matches(fold(wrong), [fold(name) for name in known], 1, 0.6)
    return next(name for name in known if fold(name) == found[0]) if found else ""


def code(field: str, text: str, preset: str = "") -> str | None:
    """The code of a word: `Bỏ phiếu kín` → `secret`. `preset` names the rule whose majorities count."""
    wanted = fold(text)
    return next((c for c, words in _words(field, preset).items() if wanted in {fold(w) for w in (c, *words)}), None)


def word(field: str, code: str) -> str:
    """The short Vietnamese word of a code, the code where it has none."""
    words = _words(field, "").get(code)
    return words[0] if words else code


def words(field: str) -> tuple[str, ...]:
    """The short Vietnamese words of all codes of a field; none where it takes any text."""
    return tuple(word(field, c) for c in _words(field, ""))


def known(field: str, preset: str = "") -> str:
    """What may be written there, in one line: `thành viên (member), khách mời (guest), …`."""
    return ", ".join(f"{words[0]} ({c})" if words else c for c, words in _words(field, preset).items())


def _words(field: str, preset: str) -> Mapping[str, tuple[str, ...]]:
    if field != "majority":
        return {str(c): words for c, words in _WORDS.get(field, {}).items()}
    rule = rules.PRESETS.get(preset)
    if rule is None:
        return _MAJORITIES
    said = {name: (m.words["vi"], m.words["en"]) for name, m in rule.majorities.items()}
    return {name: (*words, *_MAJORITIES.get(name, ())) for name, words in said.items()}
