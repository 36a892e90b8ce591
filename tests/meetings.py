"""Meetings that people could have written down: examples, and a strategy for all of them."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from appliance import rules
from appliance.commands import Convene
from appliance.values import Delegate, Document, Item, Liveness, Role, Room, Seating, Voting

_TABLE: dict[str, Any] = {
    "meeting": "m-1",
    "title": "Kỳ họp mẫu",
    "preset": "ubnd",
    "starts_at": "2026-11-22T08:00:00+07:00",
    "chair": "dv-01",
    "secretary": "kh-01",
    "room": [{"id": "p-1", "name": "Phòng họp Mẫu"}, {"id": "p-2", "name": "Điểm cầu Mẫu"}],
    "delegate": [
        {"id": "dv-01", "name": "Đại biểu Mẫu 01", "seat": "01", "room": "p-1"},
        {"id": "dv-02", "name": "Đại biểu Mẫu 02", "seat": "02", "room": "p-2"},
        {"id": "dv-03", "name": "Đại biểu Mẫu 03"},
        {"id": "kh-01", "name": "Khách mời Mẫu 01", "role": "guest"},
        {"id": "dt-01", "name": "Người dự thay Mẫu 01", "role": "substitute", "substitute_for": "dv-03"},
    ],
    "agenda": [
        {"id": "nd-1", "title": "Nội dung 1", "document": [{"title": "Tờ trình", "link": "https://example.org/1.pdf"}]},
        {"id": "nd-2", "title": "Nội dung 2", "voting": "secret"},
    ],
}


def table(**changes: Any) -> dict[str, Any]:
    """A decoded file without a fault, its top-level fields changed."""
    return {**copy.deepcopy(_TABLE), **changes}


# Any meeting ---------------------------------------------------------------------------------------------------------

_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Cn", "Co"))
_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}", fullmatch=True)


def _words(limit: int, least: int = 1) -> st.SearchStrategy[str]:
    """Text as the appliance keeps it: composed, single blanks; `=1+1` and `00:12` among it."""
    from unicodedata import normalize

    tricky = st.sampled_from(["=1+1", "-5", "00:12", "1E5", "Nguyễn Thị Mẫu", "TRUE", "_x0041_", "'x", 'a,b;c\t"d"'])
    free = st.lists(st.text(_LETTERS, min_size=1, max_size=12), min_size=least, max_size=4).map(" ".join)
    return (
        (free | tricky)
        .map(lambda t: " ".join(normalize("NFC", t).split())[:limit].strip())
        .filter(lambda t: len(t) >= least)
    )


def _starts() -> st.SearchStrategy[str]:
    zones = st.sampled_from([0, 7 * 60, 9 * 60 + 30, -5 * 60]).map(lambda m: timezone(timedelta(minutes=m)))
    times = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-01-01"), timezones=zones)
    return (
        st.just("") | times.map(lambda at: at.isoformat()) | times.map(lambda at: at.replace(microsecond=0).isoformat())
    )


@st.composite
def meetings(draw: st.DrawFn) -> Convene:
    """Any command without a contradiction."""
    rule = rules.PRESETS[draw(st.sampled_from(sorted(rules.PRESETS)))]
    seating = draw(st.sampled_from(Seating))
    rooms = tuple(Room(id=i, name=draw(_words(200))) for i in draw(st.lists(_IDS, unique=True, max_size=3)))
    ids = draw(st.lists(_IDS, unique=True, min_size=1, max_size=6))
    seats = draw(st.lists(_IDS, unique=True, min_size=len(ids), max_size=len(ids)))
    members = ids[: draw(st.integers(1, len(ids)))]
    away = list(members)
    roster = []
    for one, seat in zip(ids, seats, strict=True):
        role = (
            Role.MEMBER
            if one in members
            else draw(st.sampled_from([Role.GUEST, Role.SUBSTITUTE] if away else [Role.GUEST]))
        )
        roster.append(
            Delegate(
                id=one,
                name=draw(_words(120)),
                title=draw(_words(120, 0)),
                unit=draw(_words(200, 0)),
                role=role,
                seat=seat if seating is Seating.FIXED and draw(st.booleans()) else None,
                room=draw(st.sampled_from([None, *(room.id for room in rooms)])),
                substitute_for=away.pop() if role is Role.SUBSTITUTE else None,
                weight=draw(st.integers(1, 10**9)) if rule.weighted else 1,
            )
        )
    return Convene(
        meeting=draw(_IDS),
        title=draw(_words(300)),
        body=draw(_words(200, 0)),
        preset=rule.preset,
        place=draw(_words(300, 0)),
        rooms=rooms,
        starts_at=draw(_starts()),
        chair=draw(st.sampled_from(["", *members])),
        secretary=draw(st.sampled_from(["", *ids])),
        seating=seating,
        roster=tuple(roster),
        agenda=tuple(draw(_item(i, rule)) for i in draw(st.lists(_IDS, unique=True, max_size=4))),
        liveness=draw(st.none() | st.sampled_from(Liveness)),
    )


@st.composite
def _item(draw: st.DrawFn, own: str, rule: rules.Rule) -> Item:
    papers = st.builds(Document, title=_words(300), link=st.from_regex(r"https?://[a-z./?=&%-]{1,30}", fullmatch=True))
    lines = st.lists(_words(200), max_size=3).map("\n".join)
    return Item(
        id=own,
        title=draw(_words(300)),
        question=draw(lines),
        voting=Voting.OPEN if rule.weighted else draw(st.sampled_from([Voting.OPEN, Voting.SECRET, Voting.HANDS])),
        majority=draw(st.sampled_from(sorted(rule.majorities))),
        limit_seconds=draw(st.none() | st.integers(5, 86_400)),
        documents=tuple(draw(st.lists(papers, max_size=3))),
    )
