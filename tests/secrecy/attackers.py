"""Whoever holds copies of the state directory, the MQTT capture and all logs, and tries everything that is honest work.

What they have: every file of the state directory, at as many moments as they like, with its times and inode; every
message that left; every line that was logged or printed; the source of the product; the roster, the seating and all
that is published; keys that lie on the disk; and, of half of the ballots, the truth, to learn from.

What they have not: the passphrase, the memory of a process, the bits that a disk keeps of files that are gone, eyes in
the room, the wire between a tablet and the box.

An attack looks at one ballot and answers by channel, each a way of reading in which it may be right or wrong: which one
to believe is learned from the ballots of which the truth is known.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from appliance.values import Choice
from appliance.vault.ballot_box import HEAD, ROW
from tests.secrecy.sitting import Copy, File, Seen

BLOCK = 4096
"""Bytes of a page of SQLite, and of what is compared when two copies are."""

CHOICE = re.compile(rb"(?<![a-z])(for|against|abstain)(?![a-z])")
PERSON = re.compile(
    rb'dv-(\d\d)|M\xe1\xba\xabu (\d\d)|keypad-(\d\d)|seat[ _"]{1,2}:?"?(\d\d)(?=["\s])|tablet of dv-(\d\d)'
)
BALLOT = re.compile(rb"m\d+\.nd\d+\.\d+")
CODES = {b"f": Choice.FOR, b"a": Choice.AGAINST, b"x": Choice.ABSTAIN}

NEAR = 40
"""Bytes within which a name and a choice belong together."""


@dataclass
class Guess:
    """Of one ballot by one channel. `ranks`: lower is earlier. `between`: who voted since the copy before."""

    choices: dict[str, Choice] = field(default_factory=dict)
    ranks: dict[str, float] = field(default_factory=dict)
    between: dict[int, set[str]] = field(default_factory=dict)


Guesses = dict[str, Guess]
Attack = Callable[[Seen], Guesses]


def _whom(match: re.Match[bytes]) -> str:
    return "dv-" + next(group for group in match.groups() if group).decode()


def _name(path: str, seen: Seen) -> str:
    """A path without the name of the ballot: the same channel in every ballot."""
    return path.replace(seen.ballot, "BALLOT").replace(seen.ballot.split(".")[1], "ITEM")


def _moments(seen: Seen) -> list[Copy]:
    return [*seen.copies, seen.after, seen.end]


# Reading -------------------------------------------------------------------------------------------------------------


def _fresh(copy: Copy, before: Copy) -> Iterator[tuple[str, int, bytes]]:
    """Path, offset and bytes of every block that was not there before."""
    for path, file in copy.items():
        old = before[path].data if path in before else b""
        if file.data == old:
            continue
        for offset in range(0, len(file.data), BLOCK):
            block = file.data[offset : offset + BLOCK]
            if block != old[offset : offset + BLOCK]:
                yield path, offset, block


def _sightings(data: bytes, ballot: str, old: bytes = b"") -> Iterator[tuple[int, str, Choice | None]]:
    """Where a person is named, and the choice that stands beside the name.

    Not where another ballot is named before, nor where the same stood before this one.
    """
    for match in PERSON.finditer(data):
        near = slice(max(0, match.start() - NEAR), match.end() + NEAR)
        ballots = BALLOT.findall(data, near.start, match.start())
        if data[near] == old[near] or (ballots and ballots[-1] != ballot.encode()):
            continue
        following = PERSON.search(data, match.end(), near.stop)
        choice = CHOICE.search(data, match.end(), following.start() if following else near.stop)
        yield match.start(), _whom(match), Choice(choice[1].decode()) if choice else None


def _believe(found: Sequence[tuple[float, str, Choice | None]], electors: Sequence[str]) -> Guess:
    """The last thing that is said of somebody counts, and its place is their place in the order."""
    guess = Guess()
    for place, delegate, choice in sorted(found, key=lambda one: one[0]):
        if delegate in electors:
            guess.ranks[delegate] = place
            if choice is not None:
                guess.choices[delegate] = choice
    return guess


def raw(seen: Seen) -> Guesses:
    """Names beside choices in the bytes of any file: rows, free pages, write-ahead logs, anything. In either direction:
    SQLite fills its pages from the end.
    """
    found: dict[str, list[tuple[float, str, Choice | None]]] = {}
    for moment, copy in zip([*["open"] * len(seen.copies), "after", "end"], _moments(seen), strict=True):
        for path, offset, block in _fresh(copy, seen.before):
            if moment == "end" and seen.ballot.encode() not in block:
                continue  # other ballots came after this one
            old = seen.before[path].data[offset : offset + BLOCK] if path in seen.before else b""
            found.setdefault(f"raw {moment} {_name(path, seen)}", []).extend(
                (offset + place, who, choice) for place, who, choice in _sightings(block, seen.ballot, old)
            )
    guesses = {}
    for channel, sightings in found.items():
        guesses[f"{channel} ↓"] = _believe(sightings, seen.electors)
        guesses[f"{channel} ↑"] = _believe([(-p, d, c) for p, d, c in sightings], seen.electors)
    return guesses


def said(seen: Seen) -> Guesses:
    """The same in what left and what was logged, in the order of time."""
    left = b"\n".join(payload.replace(b"\\", b"") for _, payload in seen.messages)
    return {
        "mqtt": _believe(list(_sightings(left, seen.ballot)), seen.electors),
        "logs": _believe(list(_sightings(seen.logs.encode(), seen.ballot)), seen.electors),
    }


class Rows:
    """Every table of every database of a copy, as SQLite reads it: rows that were not there before the ballot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[File, File | None], dict[str, list[tuple[object, ...]]]] = {}

    def __call__(self, seen: Seen) -> Guesses:
        """Rows that name one person, by their number: who, beside which choice, after whom."""
        found: dict[str, list[tuple[float, str, Choice | None]]] = {}
        old = {name: set(rows) for name, rows in self._tables(seen.before).items()}
        for copy in _moments(seen):
            for table, rows in self._tables(copy).items():
                new = [row for row in rows if row not in old.get(table, ())]
                found.setdefault(f"rows {table}", []).extend(one for row in new for one in _of_row(row))
        return {table: _believe(rows, seen.electors) for table, rows in found.items()}

    def _tables(self, copy: Copy) -> dict[str, list[tuple[object, ...]]]:
        tables: dict[str, list[tuple[object, ...]]] = {}
        for path, file in copy.items():
            if file.data.startswith(b"SQLite format 3\0"):
                log = copy.get(f"{path}-wal")
                if (file, log) not in self._read:
                    self._read[file, log] = self._rows(file.data, log.data if log is not None else b"")
                tables |= {f"{path} {name}": rows for name, rows in self._read[file, log].items()}
        return tables

    def _rows(self, data: bytes, log: bytes) -> dict[str, list[tuple[object, ...]]]:
        here = self._folder / "read.sqlite"
        here.write_bytes(data)
        (self._folder / "read.sqlite-wal").write_bytes(log)
        (self._folder / "read.sqlite-shm").unlink(missing_ok=True)
        with closing(sqlite3.connect(here)) as database:
            database.text_factory = bytes
            names = [n.decode() for (n,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {name: database.execute(f'SELECT rowid, * FROM "{name}"').fetchall() for name in names}


def _of_row(row: tuple[object, ...]) -> Iterator[tuple[float, str, Choice | None]]:
    rowid, *values = row
    text = b" ".join(v for v in values if isinstance(v, bytes))
    people = {_whom(match) for match in PERSON.finditer(text)}
    chosen = {match[1] for match in CHOICE.finditer(text)}
    if len(people) == 1 and isinstance(rowid, int):
        yield rowid, people.pop(), Choice(chosen.pop().decode()) if len(chosen) == 1 else None


def facts(seen: Seen) -> Guesses:
    """Facts about a single person between opening and end: whoever is named in one voted later than who is not."""
    found: dict[str, list[tuple[float, str, Choice | None]]] = {}
    for _, payload in seen.messages:
        for event in json.loads(payload).get("events", ()):
            named = list(_sightings(event["body"].encode(), seen.ballot))
            if len({who for _, who, _ in named}) == 1:
                channel = f"fact {event['kind']} {json.loads(event['body']).get('reason', '')}"
                found.setdefault(channel, []).extend((event["seq"], who, choice) for _, who, choice in named)
    guesses = {}
    for channel, sightings in found.items():
        guess = guesses[channel] = _believe(sightings, seen.electors)
        guess.ranks = {d: float(d in guess.ranks) for d in seen.electors}
    return guesses


# What is published ---------------------------------------------------------------------------------------------------


def published(seen: Seen) -> Guesses:
    """The order of the list of those who took part, beside the order of the published votes; trackers made of names."""
    people, votes = seen.published.took_part, seen.published.votes
    guesses = {
        "list of those who took part": Guess(
            {d: v.choice for d, v in zip(people, votes, strict=True)}, {d: float(n) for n, d in enumerate(people)}
        ),
        "the same backwards": Guess({d: v.choice for d, v in zip(people, reversed(votes), strict=True)}),
    }
    by_tracker = {v.tracker: v.choice for v in votes}
    made = Guess()
    for delegate in seen.electors:
        for tracker in _trackers_of(seen, delegate):
            if tracker in by_tracker:
                made.choices[delegate] = by_tracker[tracker]
    return {**guesses, "trackers made of names": made}


def _trackers_of(seen: Seen, delegate: str) -> Iterator[str]:
    for text in (delegate, seen.ballot + delegate, delegate + seen.ballot, f"{seen.ballot}/{delegate}"):
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.blake2b):
            yield base64.b32encode(digest(text.encode()).digest()[:5]).decode()
        for key in keys_of(seen.after):
            yield base64.b32encode(hmac.new(key, text.encode(), hashlib.sha256).digest()[:5]).decode()


# Keys that lie about -------------------------------------------------------------------------------------------------


def keys_of(copy: Copy) -> set[bytes]:
    """Everything that may be a key of 32 bytes: whole files, what is spelled in base64 or hexadecimal, private keys."""
    return {key for path, file in copy.items() if "sqlite" not in path for key in _keys_in(file)}


@functools.cache
def _keys_in(file: File) -> frozenset[bytes]:
    if len(file.data) > BLOCK:
        return frozenset()
    found = {file.data} if len(file.data) == 32 else set()
    if b"PRIVATE KEY" in file.data:
        key = load_pem_private_key(file.data, None)
        assert isinstance(key, Ed25519PrivateKey)
        found |= {key.private_bytes_raw(), bytes(SigningKey(key.private_bytes_raw()).to_curve25519_private_key())}
    found |= {bytes.fromhex(m.decode()) for m in re.findall(rb"\b[0-9a-f]{64}\b", file.data)}
    found |= {base64.b64decode(m) for m in re.findall(rb"(?<![\w+/])[\w+/]{43}=", file.data)}
    return frozenset(found)


def _unwrapped(keys: set[bytes], copy: Copy) -> set[bytes]:
    """These, and what they open of the keys that are wrapped."""
    wrapped = [file.data for path, file in copy.items() if "sqlite" not in path and 72 <= len(file.data) <= 200]
    return keys | {plain[:32] for data in wrapped for k in keys if (plain := _unlocked(k, data)) is not None}


def _windows(copy: Copy) -> Iterator[bytes]:
    """Every run of 32 bytes of every small file: a key with a little around it."""
    for path, file in copy.items():
        if "sqlite" not in path and 32 < len(file.data) <= 64:
            yield from (file.data[n : n + 32] for n in range(len(file.data) - 31))


def _opened(key: bytes, data: bytes) -> bytes | None:
    for box in (SecretBox(key), SealedBox(PrivateKey(key))):
        try:
            return box.decrypt(data)
        except (CryptoError, ValueError, TypeError):
            continue
    return None


def _chosen(plain: bytes) -> Choice | None:
    if (match := CHOICE.search(plain)) is not None:
        return Choice(match[1].decode())
    return CODES.get(plain.strip())


def opened(seen: Seen) -> Guesses:
    """Sealed things, opened with every key that lies on the disk, and tied to a person by the name that stands beside
    them, or by their place in a table."""
    beside, placed = Guess(), Guess()
    for copy in _moments(seen):
        keys = _unwrapped(keys_of(copy), copy)
        for path, file in copy.items():
            if "sqlite" in path or file == seen.before.get(path):
                continue
            for token in re.finditer(rb"[\w+/]{60,}={0,2}", file.data):
                named = [_whom(m) for m in PERSON.finditer(file.data, max(0, token.start() - NEAR), token.start())]
                plain = [p for k in keys if (p := _opened(k, base64.b64decode(token[0] + b"=="))) is not None]
                if named and plain and (choice := _chosen(plain[0])) is not None:
                    beside.choices[named[-1]] = choice
                    beside.ranks[named[-1]] = token.start()
            placed.choices.update(_opened_table(seen, file.data, keys, copy))
    return {"opened, by name": beside, "opened, by place": placed}


def _opened_table(seen: Seen, data: bytes, keys: set[bytes], copy: Copy) -> Mapping[str, Choice]:
    """By the product's own form: the head gives the key of the table, its rows are opened one by one."""
    if not HEAD < len(data) <= BLOCK:
        return {}
    heads = {opened for k in keys if (opened := _opened(k, data[:HEAD])) is not None and len(opened) == len(k)}
    tables = [plain for k in heads if (plain := _opened(k, data[HEAD:])) is not None]
    tables += [plain for k in {*keys, *_windows(copy)} if (plain := _unlocked(k, data)) is not None]
    rows = [(d, table[ROW * n + 1 : ROW * (n + 1)]) for table in tables for n, d in enumerate(seen.electors)]
    chosen = [(d, _chosen(plain)) for d, row in rows for k in keys if (plain := _opened(k, row)) is not None]
    return {d: choice for d, choice in chosen if choice is not None}


def _unlocked(key: bytes, data: bytes) -> bytes | None:
    try:
        return SecretBox(key).decrypt(data)
    except (CryptoError, ValueError):
        return None


# Comparing copies ----------------------------------------------------------------------------------------------------


def slices(data: bytes, count: int) -> list[bytes]:
    """A file cut as a table of so many rows behind a head: by the product's form where it has its size."""
    head = len(data) - ROW * count
    size, head = (ROW, head) if head == HEAD + 40 else (len(data) // count, len(data) % count)
    return [data[head + size * n : head + size * (n + 1)] for n in range(count)]


def tables_of(copy: Copy, seen: Seen) -> dict[str, bytes]:
    """The files that are about this ballot alone."""
    return {
        _name(path, seen): file.data
        for path, file in copy.items()
        if "sqlite" not in path and (seen.ballot in path or path not in seen.before) and len(file.data) >= 16
    }


def differences(seen: Seen) -> Guesses:
    """Rows of a ballot's files that changed from one copy to the next: their people voted, later than others."""
    guesses: Guesses = {}
    for moment, (one, two) in enumerate(zip(seen.copies, seen.copies[1:], strict=False), 1):
        earlier = tables_of(one, seen)
        for name, data in tables_of(two, seen).items():
            guess = guesses.setdefault(f"changed rows of {name}", Guess())
            if len(earlier.get(name, b"")) != len(data):
                continue
            pairs = zip(slices(earlier[name], len(seen.electors)), slices(data, len(seen.electors)), strict=True)
            changed = {d for d, (was, now) in zip(seen.electors, pairs, strict=True) if was != now}
            if changed != set(seen.electors):
                guess.between[moment] = changed
                guess.ranks.update(dict.fromkeys(changed, float(moment)))
    return guesses


def names_in_news(seen: Seen) -> Guesses:
    """Who is named in bytes that are new in a copy voted since the one before."""
    guess = Guess()
    for moment, (one, two) in enumerate(zip(seen.copies, seen.copies[1:], strict=False), 1):
        named = set()
        for path, offset, block in _fresh(two, one):
            old = one[path].data[offset : offset + BLOCK] if path in one else b""
            named |= {who for _, who, _ in _sightings(block, seen.ballot, old) if who in seen.electors}
        if named and named != set(seen.electors):
            guess.between[moment] = named
    return {"named in new bytes": guess}


def times(seen: Seen) -> Guesses:
    """Files that are about one person each, by when they were last written and by the number of their inode."""
    guess, written = Guess(), dict[str, tuple[int, int]]()
    for path, file in seen.copies[-1].items():
        named = [_whom(match) for match in PERSON.finditer(path.encode())]
        if seen.ballot in path and named and named[-1] in seen.electors:
            written[named[-1]] = (file.modified, file.inode)
    guess.ranks = {delegate: float(n) for n, delegate in enumerate(sorted(written, key=written.__getitem__))}
    return {"times of files": guess}


ATTACKS: tuple[Attack, ...] = (raw, said, facts, published, opened, differences, names_in_news, times)
"""`Rows` besides, which needs a folder to read in."""
