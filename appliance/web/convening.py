"""A meeting from uploaded files: TOML, JSON or XLSX for the meeting, CSV or XLSX for a roster that is kept apart."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from appliance import roster, sheets
from appliance.errors import ConfigurationError
from appliance.meeting_draft import Draft
from appliance.values import Delegate


def draft(meeting: FileStorage | None, people: FileStorage | None) -> Draft:
    """What stands in the files. Raises `ConfigurationError` where one of them cannot be read at all."""
    if meeting is None or not meeting.filename:
        raise ConfigurationError(_("Meeting file"), [_("choose a file")])
    given = sheets.decode(meeting.filename, meeting.read())
    if people is not None and people.filename:
        given = given.with_people(roster.read(sheets.read_rows(people.filename, people.read())), people.filename)
    return given


def delegates(file: FileStorage) -> tuple[Delegate, ...]:
    """Those of a CSV or XLSX file. Raises `ConfigurationError` with every row that is wrong."""
    name = str(file.filename)
    return roster.parse(sheets.read_rows(name, file.read()), name)
