"""What is wrong with something that a person wrote, and where. Values: each reader names places in its own way.

Sentences are English with blanks, `%(name)s`; the pages translate a sentence before they fill it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Place = tuple[str | int, ...]
"""Where in a meeting, lines from 0: `("chair",)`, `("delegate", 2, "seat")`, `("agenda", 0, "document", 1, "link")`."""

SHOWN = 60
"""Characters of a wrong value that a sentence repeats."""


class Wrong(enum.StrEnum):
    """Everything that can be wrong with a meeting, a roster, an agenda or an opinion slip."""

    # a field by itself
    MISSING = "is missing"
    TOO_LONG = "has %(length)s characters; %(limit)s are possible"
    IDENTIFIER = "“%(value)s” may hold letters without diacritics, digits, “-” and “_”, and at most 64 of them"
    LINK = "“%(value)s” is no link; it begins with https:// or http:// and has no blank"
    NUMBER = "“%(value)s” is no whole number"
    TOO_SMALL = "%(value)s is less than %(bound)s"
    TOO_LARGE = "%(value)s is more than %(bound)s"
    NONE_OF = "“%(value)s” is none of: %(known)s"
    NO_TIME = "“%(value)s” is no day and time; write 2026-11-22 08:00 or 08:00 22/11/2026"
    TIME_OF_DAY = "“%(value)s” has no time of day; write it behind the day, as in 08:00 22/11/2026"
    YEAR = "“%(value)s” lies outside the years %(first)s to %(last)s"
    OFFSET = "“%(value)s” does not say of which zone; write 2026-11-22T08:00:00+07:00"
    DATE = "holds a date or a time (%(value)s); format the cell as text and write it again"
    TEXT = "“%(value)s” is no text"
    OTHER = "%(said)s"
    # the form of a file
    UNKNOWN_NEAR = "unknown; did you mean “%(near)s”?"
    UNKNOWN = "unknown; known: %(known)s"
    TWICE_WRITTEN = "is written twice"
    TABLES = "write it as [[%(name)s]] tables, one for each line"
    FORMULA = "holds a formula (%(value)s); put its value there"
    BROKEN = "holds the spreadsheet’s error %(value)s"
    EMPTY_SHEET = "is empty; its first row holds the headings: %(known)s"
    NOBODY = "there is nobody in it"
    NO_COLUMN = "has no column “%(known)s”"
    NO_SHEET = "there is no sheet “%(known)s”"
    TOO_MANY = "has more than %(limit)s lines"
    # one thing against another
    TWICE = "“%(value)s” stands already: %(where)s"
    TWO_CALLED = "two are called “%(value)s”; write the identifier"
    NOT_A_MEMBER = "“%(value)s” is no member on the roster"
    NOT_ON_ROSTER = "“%(value)s” is not on the roster"
    NO_MEMBERS = "nobody is a member, so nobody could vote"
    MEMBERS_ALONE = "an opinion slip goes to members alone; the role is another"
    NO_SUBSTITUTE = "only a substitute attends for a member; the role is another"
    FOR_WHOM = "a substitute attends for a member: write for whom"
    NO_ROOM = "there is no room “%(value)s”"
    NO_ITEM = "there is no item “%(value)s” on the agenda"
    NO_MAJORITY = "the rule “%(preset)s” has no majority “%(value)s”; known: %(known)s"
    NO_SLIP = "an opinion slip is sent outside a session; an item is voted on openly, by secret ballot or by hands"
    WEIGHTS_OPEN = "votes with weights are open: neither secret nor by hands"
    NO_WEIGHTS = "the rule “%(preset)s” gives every member one vote: leave the weight out"
    SEATS = "seating is free, and %(count)s delegates have seats: leave the seats out, or let the seating be fixed"


class Where(enum.StrEnum):
    """How a place is named in a file, in a sheet, in a form."""

    WHOLE = "the meeting"
    KEY = "%(key)s"
    LINE = "%(table)s %(number)s"
    LINE_KEY = "%(table)s %(number)s, %(key)s"
    PART = "%(table)s %(number)s, %(part)s %(part_number)s"
    PART_KEY = "%(table)s %(number)s, %(part)s %(part_number)s, %(key)s"
    SHEET = "sheet “%(sheet)s”"
    ROW = "sheet “%(sheet)s”, row %(row)s"
    CELL = "sheet “%(sheet)s”, row %(row)s, column %(column)s (%(heading)s)"
    LABEL = "sheet “%(sheet)s”, “%(label)s”"
    LONE_ROW = "row %(row)s"
    LONE_CELL = "row %(row)s, column %(column)s (%(heading)s)"
    OF_FILE = "%(file)s, %(place)s"
    FAULT = "%(place)s: %(what)s"


@dataclass(frozen=True)
class Said:
    """A sentence and what stands in its blanks: text, numbers, other sentences, or a `Place` that is not named yet."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % {name: str(value) for name, value in self.values.items()}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong at a place."""

    place: Place
    what: Said

    def __str__(self) -> str:
        return str(self.what)


Naming = Callable[[Place], Said]
"""How a reader names a place to whoever wrote there."""


def fault(place: Place, wrong: Wrong, **values: object) -> Fault:
    """A fault; a long `value` is shortened."""
    shown = values.get("value")
    if isinstance(shown, str) and len(shown) > SHOWN:
        values["value"] = f"{shown[: SHOWN - 1]}…"
    return Fault(place, Said(wrong.value, values))


def said(one: Fault, naming: Naming) -> Said:
    """`place: what is wrong`, with every place named."""
    named = {name: naming(value) if isinstance(value, tuple) else value for name, value in one.what.values.items()}
    what = Said(one.what.sentence, named)
    return Said(Where.FAULT.value, {"place": naming(one.place), "what": what})


def lines(found: Iterable[Fault], naming: Naming) -> list[str]:
    """All of them in English, in order, each once."""
    return list(dict.fromkeys(str(said(one, naming)) for one in found))


def by_key(place: Place) -> Said:
    """A place as the tables of a TOML or JSON file have it: `delegate 3, seat`. Lines are counted from 1."""
    match place:
        case ():
            return Said(Where.WHOLE.value)
        case (str(key),):
            return Said(Where.KEY.value, {"key": key})
        case (str(table), int(n)):
            return Said(Where.LINE.value, {"table": table, "number": n + 1})
        case (str(table), int(n), str(key)):
            return Said(Where.LINE_KEY.value, {"table": table, "number": n + 1, "key": key})
        case (str(table), int(n), str(part), int(m)):
            return Said(Where.PART.value, {"table": table, "number": n + 1, "part": part, "part_number": m + 1})
        case (str(table), int(n), str(part), int(m), *rest):
            values = {"table": table, "number": n + 1, "part": part, "part_number": m + 1}
            return Said(Where.PART_KEY.value, {**values, "key": " ".join(str(one) for one in rest)})
    return Said(Where.KEY.value, {"key": " ".join(str(one) for one in place)})
