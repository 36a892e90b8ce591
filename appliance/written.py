"""One field as somebody wrote it, in a file, a cell or a form → its value, or what is wrong with it."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from appliance import headings
from appliance.faults import Fault, Place, Wrong, fault
from appliance.values import Value

VIETNAM = timezone(timedelta(hours=7))
"""The zone of a time that names none."""

YEARS = range(2000, 2101)
"""Of any moment: another one is a slip of the pen, and at the ends of the calendar zones cannot be reckoned with."""

PROSE = frozenset({"question"})
"""Fields that may have several lines; in all others a line break is a blank."""

NUMBERS = frozenset({"weight", "limit_seconds"})

MOMENTS = frozenset({"starts_at", "deadline"})


@dataclass(frozen=True)
class Formula:
    """A cell that computes: it is not evaluated."""

    text: str


@dataclass(frozen=True)
class Broken:
    """A cell that holds a spreadsheet's error, as `#N/A`."""

    text: str


Written = object
"""Text, a number, a date, a time, True, None, a list or a table; of a sheet also `Formula` and `Broken`."""


def read(model: type[Value], key: str, written: Written, place: Place, preset: str = "") -> tuple[Any, list[Fault]]:
    """The value of a model's field, None where nothing was written or where it is wrong, and its faults.

    `preset` is the rule whose majorities have words.
    """
    if key in MOMENTS:
        given: Any = start(written, place)
    elif key in NUMBERS:
        given = _number(written, place)
    elif isinstance(written, bool) and model.model_fields[key].annotation is bool:
        given = written
    else:
        given = text(written, place, prose=key in PROSE)
        if isinstance(given, str) and headings.words(key):
            given = headings.code(key, given, preset) or given
    if isinstance(given, Fault):
        return None, [given]
    if given is None:
        return None, [fault(place, Wrong.MISSING)] if model.model_fields[key].is_required() else []
    try:
        return _adapter(model, key).validate_python(given), []
    except ValidationError as error:
        return None, [_fault(detail, key, place, preset) for detail in error.errors(include_url=False)]


def record(
    model: type[Value], table: str, cells: Mapping[str, Written], place: Place, preset: str = ""
) -> tuple[dict[str, Any], list[Fault]]:
    """All fields of a line: field → value or the model's default, without those that are wrong; and the faults."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for heading in headings.RECORDS[table]:
        value, found = read(model, heading.key, cells.get(heading.key), (*place, heading.key), preset)
        faults += found
        if not found:
            values[heading.key] = model.model_fields[heading.key].default if value is None else value
    return values, faults


def unknown(place: Place, name: str, known: Sequence[str], also: Sequence[str] = ()) -> Fault:
    """A heading or a key that does not exist, and which one may have been meant."""
    near = headings.near(name, (*known, *also))
    return fault(place, Wrong.UNKNOWN_NEAR, near=near) if near else fault(place, Wrong.UNKNOWN, known=", ".join(known))


def text(written: Written, place: Place, *, prose: bool = False) -> str | Fault | None:
    """As people read it: letters composed, blanks single, no control characters; a spreadsheet's 7.0 is 7.

    None where there is nothing.
    """
    match written:
        case Formula(shown):
            return fault(place, Wrong.FORMULA, value=shown)
        case Broken(shown):
            return fault(place, Wrong.BROKEN, value=shown)
        case datetime() | date() | time() | timedelta():
            return fault(place, Wrong.DATE, value=str(written))
        case None:
            return None
        case bool():
            return fault(place, Wrong.TEXT, value=str(written))
        case Mapping() | list() | tuple():  # never spelled out: it may be nested as deep as a file allows
            return fault(place, Wrong.TEXT, value="{…}" if isinstance(written, Mapping) else "[…]")
        case float() if written.is_integer():
            return str(int(written))
        case float() if not math.isfinite(written):  # TOML has them: a title “nan” is an error in what wrote it
            return fault(place, Wrong.TEXT, value=str(written))
    lines = unicodedata.normalize("NFC", str(written)).splitlines() if prose else [str(written)]
    plain = (unicodedata.normalize("NFC", " ".join(line.split())) for line in lines)
    return "\n".join("".join(c for c in line if not _invisible(c)) for line in plain).strip() or None


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or letter in "\ufeff\u200b\u2060"


def _number(written: Written, place: Place) -> int | Fault | None:
    """A whole number; `1.000` may be one thousand or one, so it is neither."""
    plain = written if isinstance(written, int) and not isinstance(written, bool) else text(written, place)
    if isinstance(plain, str):
        digits = plain.replace(" ", "")
        return int(digits) if re.fullmatch(r"-?[0-9]{1,18}", digits) else fault(place, Wrong.NUMBER, value=plain)
    return plain


# The start -----------------------------------------------------------------------------------------------------------

_DAY = re.compile(r"\b(?P<day>[0-9]{1,2})(?:[/.-]| tháng )(?P<month>[0-9]{1,2})(?:[/.-]| năm )(?P<year>[0-9]{4})\b")
_TIME = re.compile(r"\b(?P<hour>[0-9]{1,2}) ?(?:giờ|[:hg]) ?(?P<minute>[0-9]{2})?(?: ?(?:phút|ph|'))?(?![0-9:])")
_BETWEEN = re.compile(r"(?:lúc|ngày|hồi|vào|thứ \w+|chủ nhật|[\s,;-])*")


def start(written: Written, place: Place) -> str | Fault | None:
    """A day and a time → ISO 8601 with its offset: `08:00 22/11/2026`, `8 giờ, ngày 22 tháng 11 năm 2026`, ISO, a cell.

    Where no zone is written it is Viet Nam's (UTC+07:00). A day alone is a fault: nobody meets at midnight unsaid.
    """
    if isinstance(written, datetime):
        # A spreadsheet writes a day as its midnight.
        bare = written.tzinfo is None and written.time() == time()
        return fault(place, Wrong.TIME_OF_DAY, value=f"{written:%d/%m/%Y}") if bare else _spelled(written, place)
    if isinstance(written, date):
        return fault(place, Wrong.TIME_OF_DAY, value=f"{written:%d/%m/%Y}")
    if isinstance(written, time):
        return fault(place, Wrong.NO_TIME, value=written.isoformat())
    plain = text(written, place)
    if not isinstance(plain, str):
        return plain
    at = _iso(plain) or _vietnamese(plain)
    if at is None:
        return fault(place, Wrong.TIME_OF_DAY if _only_a_day(plain) else Wrong.NO_TIME, value=plain)
    return _spelled(at, place)


def has_zone(plain: str) -> bool:
    """Whether a time in ISO 8601 says of which zone it is."""
    at = _iso(plain)
    return at is not None and at.tzinfo is not None


def _spelled(at: datetime, place: Place) -> str | Fault:
    local = in_viet_nam(at)
    away = local.utcoffset()
    if away is None or away % timedelta(minutes=1):
        return fault(place, Wrong.NO_TIME, value=local.isoformat())
    if at.year not in YEARS:
        return fault(place, Wrong.YEAR, value=local.isoformat(), first=YEARS.start, last=YEARS.stop - 1)
    return local.isoformat()


def _iso(plain: str) -> datetime | None:
    if not re.match(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]", plain):
        return None
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        return None


def _vietnamese(plain: str) -> datetime | None:
    small = plain.casefold()
    day = _DAY.search(small)
    if day is None:
        return None
    rest = f"{small[: day.start()]} {small[day.end() :]}"
    hour = _TIME.search(rest)
    if hour is None or not _BETWEEN.fullmatch(rest[: hour.start()] + rest[hour.end() :]):
        return None
    try:
        moment = time(int(hour["hour"]), int(hour["minute"] or 0))
        return datetime.combine(date(int(day["year"]), int(day["month"]), int(day["day"])), moment)
    except ValueError:
        return None


def _only_a_day(plain: str) -> bool:
    return bool(
        re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", plain) or _DAY.fullmatch(plain.casefold().removeprefix("ngày "))
    )


# What a model says ---------------------------------------------------------------------------------------------------


@functools.cache
def _adapter(model: type[Value], key: str) -> TypeAdapter[Any]:
    info = model.model_fields[key]
    kind: Any = info.annotation
    return TypeAdapter(Annotated[(kind, *info.metadata)] if info.metadata else kind)


def _fault(detail: Any, key: str, place: Place, preset: str) -> Fault:
    value, limits = str(detail["input"]), detail.get("ctx", {})
    match detail["type"]:
        case "string_too_long":
            return fault(place, Wrong.TOO_LONG, length=len(value), limit=limits["max_length"])
        case "string_pattern_mismatch":
            if headings.words(key):
                return fault(place, Wrong.NONE_OF, value=value, known=headings.known(key, preset))
            return fault(place, Wrong.LINK if key == "link" else Wrong.IDENTIFIER, value=value)
        case "enum" | "bool_parsing":
            return fault(place, Wrong.NONE_OF, value=value, known=headings.known(key))
        case "greater_than_equal":
            return fault(place, Wrong.TOO_SMALL, value=value, bound=limits["ge"])
        case "less_than_equal":
            return fault(place, Wrong.TOO_LARGE, value=value, bound=limits["le"])
    return fault(place, Wrong.OTHER, said=detail["msg"])


def in_viet_nam(at: datetime) -> datetime:
    """A time that was written without a zone is Viet Nam's, whatever the clock of the box is set to."""
    return at.replace(tzinfo=VIETNAM) if at.tzinfo is None else at
