"""A meeting as it was written, in a file, a workbook or a form → the command that convenes it, or every fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from appliance import meeting_check, written
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.faults import Fault, Naming, Place, Said, Where, Wrong, by_key, fault, said
from appliance.sheet import MOST_LINES, Sheet, located
from appliance.values import Delegate, Document, Item, Room, Value
from appliance.written import Written

LISTS: Mapping[str, tuple[str, type[Value]]] = {
    "room": ("rooms", Room),
    "delegate": ("roster", Delegate),
    "agenda": ("agenda", Item),
}
"""Table of a meeting → the command's field, and what each line becomes."""

Lines = Sequence[Mapping[str, Any] | None]


@dataclass(frozen=True)
class Draft:
    """A meeting as it was written. `table`: the fields of `headings.MEETING`, and `Lines` under `room`, `delegate`,
    `agenda`; an item's documents are `Lines` under `document`. None stands for an empty line.

    `naming` says where something stands; `problems` were found while it was read.
    """

    table: Mapping[str, Any]
    naming: Naming = by_key
    problems: tuple[Said, ...] = ()

    def lines(self, table: str) -> Lines:
        """The lines of `room`, `delegate` or `agenda`."""
        return self.table.get(table) or ()

    def with_people(self, people: Sheet, source: str) -> Draft:
        """With a roster that is kept apart, in a file called `source`, behind those who stand there already."""
        offset = len(self.lines("delegate"))

        def of_file(place: Said) -> Said:
            return Said(Where.OF_FILE.value, {"file": source, "place": place})

        def naming(place: Place) -> Said:
            match place:
                case ("delegate", int(n), *rest) if n >= offset:
                    return of_file(people.where((n - offset, *rest)))
            return self.naming(place)

        everybody = [*self.lines("delegate"), *(line.cells for line in people.lines)]
        nobody = () if people.lines or people.problems else (located(people.where(()), fault((), Wrong.NOBODY)),)
        problems = (*self.problems, *(of_file(one) for one in (*people.problems, *nobody)))
        return replace(self, table={**self.table, "delegate": everybody}, naming=naming, problems=problems)


def convene(draft: Draft, source: str) -> Convene:
    """The command. Raises `ConfigurationError` with every problem in English, of the fields and between them."""
    found = check(draft)
    if isinstance(found, Convene):
        return found
    raise ConfigurationError(source, [str(one) for one in everything(draft, found)])


def everything(draft: Draft, found: Iterable[Fault]) -> list[Said]:
    """Every problem with its place: those of the reading, then these."""
    told = {str(one): one for one in (*draft.problems, *(said(one, draft.naming) for one in found))}
    return list(told.values())


def check(draft: Draft) -> Convene | tuple[Fault, ...]:
    """The command, or every fault in the draft; no fault and no command where only the reading had problems."""
    meeting, faults = written.record(Convene, "meeting", draft.table, ())
    checked = _Checked(
        meeting.get("preset", ""), _Called(draft.lines("delegate")), _Called(draft.lines("room")), faults
    )
    for officer in ("chair", "secretary"):
        if officer in meeting:
            meeting[officer] = checked.meant(checked.people, meeting[officer], (officer,)) or ""
    for table in LISTS:
        meeting[table] = list(checked.lines(table, draft.lines(table)))
    if not draft.problems and all(line is None for line in draft.lines("delegate")):
        faults.append(fault(("delegate",), Wrong.NOBODY))
    faults += meeting_check.contradictions(meeting)
    return tuple(faults) if faults or draft.problems else _command(meeting)


class _Called:
    """Those of a table by what they are called: an identifier, or a name that only one of them has."""

    def __init__(self, lines: Lines) -> None:
        self._ids: set[str] = set()
        self._named: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            own, name = (written.text((line or {}).get(key), ()) for key in ("id", "name"))
            if isinstance(own, str):
                self._ids.add(own)
                self._named[name.casefold() if isinstance(name, str) else ""].append(own)

    def meant(self, called: str) -> list[str]:
        """The identifiers that may be meant; what was written where it means nobody."""
        return [called] if called in self._ids else self._named.get(called.casefold(), [called])


@dataclass(frozen=True)
class _Checked:
    """One reading of a draft: what its lines refer to, and the faults that they have."""

    preset: str
    people: _Called
    rooms: _Called
    faults: list[Fault] = field(default_factory=list)

    def lines(self, table: str, lines: Lines) -> Iterator[dict[str, Any] | None]:
        if len(lines) > MOST_LINES:
            self.faults.append(fault((table,), Wrong.TOO_MANY, limit=MOST_LINES))
        for n, cells in enumerate(lines[:MOST_LINES]):
            yield None if cells is None else self._line(table, cells, (table, n))

    def _line(self, table: str, cells: Mapping[str, Any], place: Place) -> dict[str, Any]:
        if table == "delegate":
            refer = (("substitute_for", self.people), ("room", self.rooms))
            cells = {**cells, **{key: self.meant(those, cells.get(key), (*place, key)) for key, those in refer}}
        values, found = written.record(LISTS[table][1], table, cells, place, self.preset)
        self.faults.extend(found)
        if table == "agenda":
            papers = enumerate(cells.get("document") or ())
            values["documents"] = [self._document(one, (*place, "document", m)) for m, one in papers if one is not None]
        return values

    def _document(self, cells: Mapping[str, Written], place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key in Document.model_fields:
            values[key], found = written.read(Document, key, cells.get(key), (*place, key))
            self.faults.extend(found)
        return values

    def meant(self, those: _Called, called: Written, place: Place) -> Written:
        """The identifier that is meant; what was written where it means nobody."""
        plain = written.text(called, place)
        if not isinstance(plain, str):
            return called
        found = those.meant(plain)
        if len(found) > 1:
            self.faults.append(fault(place, Wrong.TWO_CALLED, value=plain))
            return None
        return found[0]


def _command(meeting: Mapping[str, Any]) -> Convene:
    """The command of fields that were all checked."""
    made = {key: value for key, value in meeting.items() if key not in LISTS}
    for table, (key, model) in LISTS.items():
        made[key] = tuple(model.model_validate(line) for line in meeting[table] if line is not None)
    return Convene.model_validate(made)
