"""The two statements about minutes: who confirmed them, and which files belong to them. Ready to be sealed.

`docs/minutes.md` has them field by field; `paper_verification` checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError, field_validator

from appliance.errors import RecordError
from appliance.minutes import Minutes
from appliance.result_form import Head, exactly
from appliance.results import Box, box_fields
from appliance.values import Capacity, Digest, FileName, Identifier, Value, explain


class Confirmed(Value):
    """Who confirmed, in what capacity, and when (UTC)."""

    capacity: Capacity
    delegate: Identifier
    name: str
    at: str


class SignedMinutes(Value):
    """What the box signs once everybody whom the meeting names for it has confirmed the minutes."""

    type: Literal["minutes"] = "minutes"
    site: Identifier
    device: Identifier
    public_key: str
    meeting: Identifier
    title: str
    digest: Digest
    confirmations: tuple[Confirmed, ...]
    head: Head
    software: str

    @field_validator("confirmations")
    @classmethod
    def _each_capacity_once(cls, confirmations: tuple[Confirmed, ...]) -> tuple[Confirmed, ...]:
        capacities = [one.capacity for one in confirmations]
        if not capacities or len(set(capacities)) != len(capacities):
            raise ValueError("nobody confirmed, or one capacity twice")
        return confirmations


class Manifest(Value):
    """The files of one meeting by their SHA-256, and the head of the journal from which they were made."""

    type: Literal["manifest"] = "manifest"
    site: Identifier
    device: Identifier
    public_key: str
    meeting: Identifier
    at: str
    head: Head
    files: dict[FileName, Digest]
    minutes: Digest
    software: str


def confirmations(minutes: Minutes) -> tuple[Confirmed, ...]:
    """Who confirmed, the chair first."""
    names = {d.id: d.name for d in minutes.convened.roster}
    marks = ((capacity, minutes.confirmations.get(capacity)) for capacity in Capacity)
    return tuple(
        Confirmed(capacity=capacity, delegate=one.delegate, name=names.get(one.delegate, one.delegate), at=one.at)
        for capacity, one in marks
        if one is not None
    )


def signed_minutes(minutes: Minutes, box: Box) -> dict[str, Any]:
    """The statement on confirmed minutes. Raises `RecordError` if nobody confirmed, or two confirmed different ones."""
    digests = {one.digest for one in minutes.confirmations.values()}
    if len(digests) != 1:
        raise RecordError(f"minutes of {minutes.id}: {len(digests)} digests were confirmed, there must be one")
    return SignedMinutes(
        **box_fields(box),
        meeting=minutes.id,
        title=minutes.convened.title,
        digest=digests.pop(),
        confirmations=confirmations(minutes),
    ).model_dump(mode="json")


def manifest(minutes: Minutes, box: Box, files: Mapping[str, str], digest: str, at: str) -> dict[str, Any]:
    """The statement on a meeting's files, name → SHA-256; `digest` is that of its minutes. Raises `RecordError`."""
    try:
        return Manifest(**box_fields(box), meeting=minutes.id, at=at, files=dict(files), minutes=digest).model_dump(
            mode="json"
        )
    except ValidationError as error:
        raise RecordError(f"manifest of {minutes.id}: {explain(error)}") from error


def parse_signed_minutes(statement: dict[str, Any]) -> SignedMinutes:
    """A statement that has the form of confirmed minutes. Raises `RecordError` with every field that is wrong."""
    return exactly(SignedMinutes, statement, "minutes")


def parse_manifest(statement: dict[str, Any]) -> Manifest:
    """A statement that has the form of a manifest. Raises `RecordError` with every field that is wrong."""
    return exactly(Manifest, statement, "manifest")
