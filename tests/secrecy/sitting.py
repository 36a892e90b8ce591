"""A sitting of secret ballots in a real room, and somebody who carries off copies while it goes on.

The ballot service is the real one on the real journal and vault; only Argon2 is made light, and the disk is memory.
Who votes what, when, by keypad or tablet, and who changes their mind is drawn anew for each ballot.
"""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from appliance import record, release
from appliance.events import BallotOpened, ResultSigned, SecretBallotCounted
from appliance.values import Choice
from tests.worlds.room import Room, room, settings

MEMBERS = 8
"""The last of them comes to no ballot as an elector: a guest."""

PASSPHRASE = "bốn con trâu gặm cỏ"

HABITS = ((1, 1, 1), (3, 2, 1), (1, 3, 1), (6, 1, 1), (1, 1, 0), (2, 0, 1))
"""How a body may lean; drawn for each ballot, and the same for all its members: nobody has habits of their own."""


@dataclass(frozen=True)
class File:
    """One file of a copy, as a copying program finds it."""

    data: bytes
    modified: int  # nanoseconds
    inode: int


Copy = dict[str, File]
"""The whole state directory: path below it → file."""


@dataclass
class Seen:
    """What there is to see of one ballot. `electors`, `seats` and `published` are public anyway.

    `before` is a copy from before the opening, `copies` those made while it was open, in order, the last of them
    directly before the close, `after` directly after it, `end` when the meeting was over.
    """

    ballot: str
    electors: tuple[str, ...]
    seats: dict[str, str]
    published: SecretBallotCounted
    before: Copy
    copies: list[Copy]
    after: Copy
    end: Copy = field(default_factory=dict)
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    logs: str = ""


@dataclass
class Truth:
    """What really happened: `choices` that count; `order` of these votes; who voted before each copy in `copies`."""

    choices: dict[str, Choice] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    between: list[list[str]] = field(default_factory=list)


class Thief:
    """Copies the state directory, file by file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: Copy = {}

    def copy(self) -> Copy:
        """Everything that lies there now."""
        found: Copy = {}
        for path in sorted(p for p in self._folder.rglob("*") if p.is_file()):
            try:
                status, name = path.stat(), str(path.relative_to(self._folder))
                file = File(path.read_bytes(), status.st_mtime_ns, status.st_ino)
            except FileNotFoundError:
                continue  # another process has just renamed it: the next copy has it
            last = self._last.get(name)
            found[name] = last if last == file else file  # the same value is kept once
        self._last = found
        return found


class Wire:
    """What the uplink would publish, from the journal and by its rule of what may leave."""

    def __init__(self, hall: Room) -> None:
        self._hall, self._state, self._sent = hall, release.Release(), 0
        self.messages: list[tuple[str, bytes]] = []

    def send(self) -> None:
        """A batch of all that may leave by now, the head, and each result."""
        entries = list(self._hall.service.writer.after(self._state.head.seq))
        for entry in entries:
            self._state = release.apply(self._state, entry)
        last = self._state.sendable.seq
        leaving = [e for e in self._hall.service.writer.after(self._sent) if e.seq <= last]
        if not leaving:
            return
        self._sent = last
        self.messages.append(("events", record.batch(leaving, b"{}")))
        self.messages.append(("state", f'{{"seq":{last},"hash":"{leaving[-1].hash.hex()}"}}'.encode()))
        self.messages += [("result", e.event.envelope.encode()) for e in leaving if isinstance(e.event, ResultSigned)]


class Diary(logging.Handler):
    """Every line that any part logs or prints."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """From the logging module."""
        self.lines.append(self.format(record))

    def write(self, text: str) -> int:
        """From stdout and stderr."""
        self.lines.append(text)
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    @contextlib.contextmanager
    def kept(self) -> Iterator[Diary]:
        """Listen to everything."""
        root = logging.getLogger()
        level = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        try:
            with contextlib.redirect_stdout(self), contextlib.redirect_stderr(self):
                yield self
        finally:
            root.removeHandler(self)
            root.setLevel(level)


Tablets = Callable[[str, str, Choice], None]
"""Who, in which ballot, what."""


def by_socket(hall: Room) -> Tablets:
    """What the pages would ask, without the pages."""
    tokens = hall.tokens()

    def vote(delegate: str, ballot: str, choice: Choice) -> None:
        hall.done("vote", tokens[delegate], ballot=ballot, choice=choice.value)

    return vote


class Sitting:
    """One meeting. `ballot` holds the next one and gives what was seen of it and what was true."""

    def __init__(
        self,
        hall: Room,
        draw: random.Random,
        diary: Diary,
        ballots: int,
        *,
        restarts: bool = True,
        tablets: Callable[[Room], Tablets] = by_socket,
    ) -> None:
        """`tablets`: how those who vote by tablet do it, once they are seated."""
        self._hall, self._draw, self._diary, self._restarts = hall, draw, diary, restarts
        self._wire, self._thief = Wire(hall), Thief(hall.state.root)
        agenda = [{"id": f"nd{n}", "title": f"Nội dung {n}"} for n in range(ballots)]
        hall.convene(MEMBERS, agenda=agenda)
        hall.seat_delegates(MEMBERS - 1)
        self._tablets = tablets(hall)
        hall.done("passphrase", passphrase=PASSPHRASE)
        self._held = 0

    def ballot(self) -> tuple[Seen, Truth]:
        """One secret ballot from the opening to the close, with copies at random moments."""
        before, first_line, first_message = self._thief.copy(), len(self._diary.lines), len(self._wire.messages)
        name = self._hall.done("open", item=f"nd{self._held}", voting="secret")["ballot"]
        self._held += 1
        voting = _Voting(self._hall, name, self._tablets, self._draw, self._copy, self._restarts)
        voting.run()
        voting.copy()
        self._hall.done("close", ballot=name)
        if self._hall.done("turnout")["passphrase"] == "sealed":
            self._hall.done("passphrase", passphrase=PASSPHRASE)
        self._press_late(voting.electors)
        voting.let_go()
        after = self._copy()
        seen = Seen(
            ballot=name,
            electors=voting.electors,
            seats={f"dv-{n:02}": f"{n:02}" for n in range(1, MEMBERS + 1)},
            published=next(e for e in reversed(self._hall.facts(SecretBallotCounted)) if e.ballot == name),
            before=before,
            copies=voting.copies,
            after=after,
            messages=self._wire.messages[first_message:],
            logs="\n".join(self._diary.lines[first_line:]),
        )
        return seen, voting.truth

    def end(self) -> Copy:
        """The meeting is over; the last copy."""
        self._hall.done("end_meeting", leave_undecided=True)
        return self._copy()

    def _copy(self) -> Copy:
        self._wire.send()
        return self._thief.copy()

    def _press_late(self, electors: tuple[str, ...]) -> None:
        for delegate in self._draw.sample(electors, self._draw.choice((0, 0, 1, 2))):
            self._hall.press(delegate[-2:], self._draw.choice(list(Choice)))
            self._hall.clock.advance(self._draw.uniform(0, 3))


class _Voting:
    """The time between opening and close."""

    def __init__(
        self,
        hall: Room,
        name: str,
        tablets: Tablets,
        draw: random.Random,
        take: Callable[[], Copy],
        restarts: bool,
    ) -> None:
        self._hall, self._name, self._tablets = hall, name, tablets
        self._draw, self._take, self._restarts = draw, take, restarts
        self.electors = next(o for o in reversed(self._hall.facts(BallotOpened)) if o.ballot == name).present
        self._weights = self._draw.choice(HABITS)
        self.truth = Truth()
        self.copies: list[Copy] = []
        self._since: list[str] = []
        self._leaning: list[int] = []

    def run(self) -> None:
        """Everybody in an order that nobody knows; now and then something else happens."""
        casts = [d for d in self.electors if self._draw.random() < 0.9 for _ in range(self._draw.choice((1, 1, 1, 2)))]
        self._draw.shuffle(casts)
        hold = self._draw.randrange(len(casts)) if casts and self._draw.random() < 0.4 else None
        for place, delegate in enumerate(casts):
            if place == hold:
                self._hold(casts[place:])
            self._hall.clock.advance(self._draw.uniform(0, 5))
            last = delegate not in casts[place + 1 :]
            self._cast(delegate, self._draw.choices(list(Choice), self._weights)[0], last=last)
            if self._draw.random() < 0.35:
                self.copy()
            if self._restarts and self._draw.random() < 0.03:
                self._power_cut()

    def _cast(self, delegate: str, choice: Choice, *, last: bool) -> None:
        if self._draw.random() < 0.3:
            self._tablets(delegate, self._name, choice)
        elif self._draw.random() < 0.1:
            self._lean_on(self._hall.line(delegate[-2:], choice), for_good=last and self._draw.random() < 0.5)
        else:
            self._hall.press(delegate[-2:], choice)
        self.truth.choices[delegate] = choice
        self.truth.order = [d for d in self.truth.order if d != delegate] + [delegate]
        self._since.append(delegate)

    def _lean_on(self, line: int, *, for_good: bool) -> None:
        """Somebody's elbow stays on the key, so that it is taken for stuck; it may stay there until after the close."""
        self._hall.pins.drive(line, True)
        self._hall.step(0.03)
        self._hall.step(self._hall.configuration.keypads.stuck_seconds + self._draw.uniform(0.1, 5))
        if for_good:
            self._leaning.append(line)
        else:
            self._hall.pins.drive(line, False)
            self._hall.step(0.03)

    def let_go(self) -> None:
        """All keys are free again."""
        for line in self._leaning:
            self._hall.pins.drive(line, False)
        self._hall.step(0.03)

    def _hold(self, to_come: list[str]) -> None:
        """The ballot rests; some press all the same, are refused, and vote afterwards. A guest tries, too."""
        self._hall.done("hold", ballot=self._name)
        for delegate in sorted({d for d in to_come if self._draw.random() < 0.7}):
            self._hall.press(delegate[-2:], Choice.FOR)
        self._hall.press(f"{MEMBERS:02}", Choice.AGAINST)
        self._hall.done("resume", ballot=self._name)

    def _power_cut(self) -> None:
        self._hall.restart()
        if self._draw.random() < 0.5:
            self._hall.done("passphrase", passphrase=PASSPHRASE)

    def copy(self) -> None:
        """A copy now, and who voted since the last one."""
        self.copies.append(self._take())
        self.truth.between.append(self._since)
        self._since = []


def hold(root: Path, *, meetings: int, ballots: int, seed: int, restarts: bool = True) -> Iterator[tuple[Seen, Truth]]:
    """So many meetings of so many ballots each, one after the other; each in a state directory of its own."""
    draw = random.Random(seed)
    for meeting in range(meetings):
        diary = Diary()
        with diary.kept(), room(root / f"{seed}-{meeting}", settings(MEMBERS)) as hall:
            sitting = Sitting(hall, draw, diary, ballots, restarts=restarts)
            held = [sitting.ballot() for _ in range(ballots)]
            end = sitting.end()
        for seen, truth in held:
            seen.end = end
            yield seen, truth
