"""A table of people → delegates. Pure: the rows were read elsewhere; every error at once, with row and column."""

from __future__ import annotations

from collections.abc import Iterable

from appliance import sheet, written
from appliance.errors import ConfigurationError
from appliance.faults import Fault, Wrong, fault, said
from appliance.meeting_check import twice
from appliance.sheet import Row, Sheet, located
from appliance.values import Delegate


def read(rows: Iterable[Row]) -> Sheet:
    """The lines of the table, for a meeting: see `meeting_draft.Draft.with_people`."""
    return sheet.read(rows, "delegate")


def parse(rows: Iterable[Row], source: str = "roster") -> tuple[Delegate, ...]:
    """Delegates in the order of the rows, for whatever needs people and no meeting.

    For whom substitutes attend, rooms and weights are not held against anything. Raises `ConfigurationError` with every
    problem: `row 3, column B (Họ và tên): is missing`. Rows count from 1, as a spreadsheet shows them.
    """
    people = read(rows)
    faults: list[Fault] = []
    records = []
    for n, line in enumerate(people.lines):
        values, found = written.record(Delegate, "delegate", line.cells, (n,))
        records.append(values)
        faults += found
    for key in ("id", "seat"):
        faults += twice((((n,), values) for n, values in enumerate(records)), key)
    problems = [*people.problems, *(said(one, people.where) for one in faults)]
    if not people.lines and not problems:
        problems.append(located(sheet.whole("", "delegate"), fault((), Wrong.NOBODY)))
    if problems:
        raise ConfigurationError(source, list(dict.fromkeys(str(one) for one in problems)))
    return tuple(Delegate.model_validate(values) for values in records)
