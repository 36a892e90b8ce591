"""What is wrong with a meeting, in the reader's language; and what its fields are called on the page.

The sentences are those of `appliance/faults.py`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.faults import Fault, Naming, Place, Said, Where, said
from appliance.web.said import n_

SENTENCES = (
    n_("is missing"),
    n_("has %(length)s characters; %(limit)s are possible"),
    n_("“%(value)s” may hold letters without diacritics, digits, “-” and “_”, and at most 64 of them"),
    n_("“%(value)s” is no link; it begins with https:// or http:// and has no blank"),
    n_("“%(value)s” is no whole number"),
    n_("%(value)s is less than %(bound)s"),
    n_("%(value)s is more than %(bound)s"),
    n_("“%(value)s” is none of: %(known)s"),
    n_("“%(value)s” is no day and time; write 2026-11-22 08:00 or 08:00 22/11/2026"),
    n_("“%(value)s” has no time of day; write it behind the day, as in 08:00 22/11/2026"),
    n_("“%(value)s” lies outside the years %(first)s to %(last)s"),
    n_("“%(value)s” does not say of which zone; write 2026-11-22T08:00:00+07:00"),
    n_("holds a date or a time (%(value)s); format the cell as text and write it again"),
    n_("“%(value)s” is no text"),
    n_("unknown; did you mean “%(near)s”?"),
    n_("unknown; known: %(known)s"),
    n_("is written twice"),
    n_("write it as [[%(name)s]] tables, one for each line"),
    n_("holds a formula (%(value)s); put its value there"),
    n_("holds the spreadsheet’s error %(value)s"),
    n_("is empty; its first row holds the headings: %(known)s"),
    n_("there is nobody in it"),
    n_("has no column “%(known)s”"),
    n_("there is no sheet “%(known)s”"),
    n_("has more than %(limit)s lines"),
    n_("“%(value)s” stands already: %(where)s"),
    n_("two are called “%(value)s”; write the identifier"),
    n_("“%(value)s” is no member on the roster"),
    n_("“%(value)s” is not on the roster"),
    n_("nobody is a member, so nobody could vote"),
    n_("an opinion slip goes to members alone; the role is another"),
    n_("only a substitute attends for a member; the role is another"),
    n_("a substitute attends for a member: write for whom"),
    n_("there is no room “%(value)s”"),
    n_("there is no item “%(value)s” on the agenda"),
    n_("the rule “%(preset)s” has no majority “%(value)s”; known: %(known)s"),
    n_("an opinion slip is sent outside a session; an item is voted on openly, by secret ballot or by hands"),
    n_("votes with weights are open: neither secret nor by hands"),
    n_("the rule “%(preset)s” gives every member one vote: leave the weight out"),
    n_("seating is free, and %(count)s delegates have seats: leave the seats out, or let the seating be fixed"),
)

PLACES = (
    n_("the meeting"),
    n_("sheet “%(sheet)s”"),
    n_("sheet “%(sheet)s”, row %(row)s"),
    n_("sheet “%(sheet)s”, row %(row)s, column %(column)s (%(heading)s)"),
    n_("sheet “%(sheet)s”, “%(label)s”"),
    n_("row %(row)s"),
    n_("row %(row)s, column %(column)s (%(heading)s)"),
)


def spoken(one: Said) -> str:
    """A sentence in the reader's language, and what stands in its blanks."""
    filled = {blank: spoken(value) if isinstance(value, Said) else value for blank, value in one.values.items()}
    return _(one.sentence, **filled) if filled else _(one.sentence)


# The form ------------------------------------------------------------------------------------------------------------

TABLES = {"room": _l("Room"), "delegate": _l("Delegate"), "agenda": _l("Item"), "document": _l("Document of an item")}
"""Table → what one of its lines is called."""

FIELDS = {
    "": {
        "meeting": _l("Identifier of the meeting"),
        "title": _l("Title of the meeting"),
        "body": _l("Body"),
        "preset": _l("Rule"),
        "place": _l("Place"),
        "starts_at": _l("Begins (time of Viet Nam)"),
        "chair": _l("Chair"),
        "secretary": _l("Secretary"),
        "seating": _l("Seating"),
        "liveness": _l("Check at the door that a face is no picture"),
    },
    "room": {"id": _l("Identifier"), "name": _l("Name of the room")},
    "delegate": {
        "id": _l("Identifier"),
        "name": _l("Full name"),
        "title": _l("Position"),
        "unit": _l("Unit"),
        "role": _l("Role"),
        "seat": _l("Seat"),
        "room": _l("Room"),
        "substitute_for": _l("Substitute for"),
        "weight": _l("Weight"),
    },
    "agenda": {
        "id": _l("Identifier"),
        "title": _l("Item"),
        "question": _l("Question at the vote"),
        "voting": _l("Method"),
        "majority": _l("Majority"),
        "limit_seconds": _l("Time limit (seconds)"),
    },
    "document": {"title": _l("Title of the document"), "link": _l("Link")},
}
"""Table → field → what it is called; the meeting's own under the empty name."""


def line(table: str, number: int) -> str:
    """A line: `Delegate 3`. Numbers from 1."""
    return f"{TABLES[table]} {number}"


def place(where: Place) -> Said:
    """A place as the form calls it: `Delegate 3, seat`."""
    match where:
        case (str(key),) if key in FIELDS[""]:
            return Said(Where.KEY.value, {"key": str(FIELDS[""][key])})
        case (str(table),) if table in TABLES:
            return Said(
                Where.KEY.value, {"key": {"delegate": _("Roster"), "agenda": _("Agenda")}.get(table, _("Rooms"))}
            )
        case (str(table), int(n), str(key)):
            return _line(table, n, {"key": str(FIELDS[table].get(key, key))})
        case (str(table), int(n), str(part), int(m), str(key)):
            values = {"part": str(TABLES[part]), "part_number": m + 1, "key": str(FIELDS[part].get(key, key))}
            return _line(table, n, values)
    return Said(Where.WHOLE.value)


def _line(table: str, n: int, values: dict[str, object]) -> Said:
    sentence = Where.PART_KEY if "part" in values else Where.LINE_KEY
    return Said(sentence.value, {"table": str(TABLES[table]), "number": n + 1, **values})


def beside(one: Fault) -> str:
    """What is wrong with a field, to stand beside it."""
    named = {blank: place(value) if isinstance(value, tuple) else value for blank, value in one.what.values.items()}
    return spoken(Said(one.what.sentence, named))


def told(faults: Iterable[Fault], naming: Naming = place) -> list[str]:
    """All of them with their places, each once."""
    return list(dict.fromkeys(spoken(said(one, naming)) for one in faults))


def too_large(table: str, most: int) -> str:
    """Why a meeting cannot be looked through in the form."""
    return _(
        "%(table)s: the form has room for %(most)s. Hand the meeting in as a file.", table=TABLES[table], most=most
    )
