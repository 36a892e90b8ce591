"""A recorded session: what was pressed, asked and cut, at what second; and the journal that must come of it.

A folder holds `session.toml` (where, when, which keypads, and the seed of all that is otherwise drawn by chance),
`inputs.jsonl` (one input a line) and `journal.json` (the record that was made of it, a batch with its checkpoint). The
session runs through the real ballot service on a clock that only the inputs move, so that the record comes out byte for
byte the same: whoever changes a decision, a fact or a format sees it here.
"""

from __future__ import annotations

import hashlib
import json
import random
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance import config, record
from appliance.config import Configuration
from appliance.control import Client
from appliance.errors import ConfigurationError, RecordError
from appliance.journal import Instant, Reader
from appliance.services.ballot import BallotService
from appliance.services.bench.ballot import build_replay
from appliance.services.state import State
from appliance.values import Refusal
from appliance.vault.keys import keep_signer

LONGEST_ANSWER = 60.0
"""Seconds of real time after which an input that is not answered ends the replay."""

SECRETARY_PASSWORD = "the secretary of a recorded session"
"""Set in every replay. It opens nothing else: each replay has a state folder of its own."""


@dataclass(frozen=True)
class Input:
    """One line of `inputs.jsonl`: at what second, and one of `ask` (a command), `press`, `key`, `cut` or `wait`."""

    number: int
    at: float
    what: str
    value: Any
    fields: dict[str, Any]


@dataclass(frozen=True)
class Session:
    """A folder as it was read. `seed` decides keys, ids, trackers and the order in which a box is counted."""

    folder: Path
    seed: int
    starts_at: datetime
    configuration: Configuration
    inputs: tuple[Input, ...]

    @property
    def record(self) -> Path:
        """The journal that must come of it."""
        return self.folder / "journal.json"


INPUTS = ("ask", "press", "key", "cut", "wait")


def read(folder: Path) -> Session:
    """A session from its folder. Raises `ConfigurationError` naming the file and every line that is wrong."""
    try:
        table = tomllib.loads((folder / "session.toml").read_text("utf-8"))
        lines = (folder / "inputs.jsonl").read_text("utf-8").splitlines()
        seed, starts_at = int(table["seed"]), table["starts_at"]
        configuration = config.parse(table.get("configuration", {}), str(folder / "session.toml"))
    except OSError as error:
        raise ConfigurationError(
            str(folder), [f"not a recorded session: {error.filename}: {error.strerror}"]
        ) from error
    except KeyError as error:
        raise ConfigurationError(str(folder), [f"not a recorded session: session.toml: {error} is missing"]) from error
    except (ValueError, TypeError) as error:
        raise ConfigurationError(str(folder), [f"not a recorded session: {error}"]) from error
    problems: list[str] = []
    inputs = tuple(_inputs(lines, problems))
    if not isinstance(starts_at, datetime) or starts_at.tzinfo is None:
        problems.append("session.toml: starts_at must be a time with its offset")
    if problems:
        raise ConfigurationError(str(folder), problems)
    return Session(folder, seed, starts_at, configuration, inputs)


def _inputs(lines: list[str], problems: list[str]) -> Iterator[Input]:
    before = 0.0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            (what,) = [name for name in INPUTS if name in fields]
            one = Input(number, float(fields["at"]), what, fields[what], fields)
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"inputs.jsonl, line {number}: not an input ({error!r}); it has at and one of {INPUTS}")
            continue
        if one.at < before:
            problems.append(f"inputs.jsonl, line {number}: {one.at} s lies before the line above ({before} s)")
        before = one.at
        yield one


@dataclass
class _Clock:
    """Stands still between inputs."""

    starts_at: datetime
    seconds: float = 0.0

    def now(self) -> Instant:
        at = (self.starts_at + timedelta(seconds=self.seconds)).astimezone(UTC)
        return Instant(at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), True)

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Replay:
    """One run of a session in a state folder of its own."""

    session: Session
    state: State
    tokens: dict[str, str] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = _Clock(self.session.starts_at)
        self._chance = random.Random(self.session.seed)
        digest = hashlib.sha256(f"device key of session {self.session.seed}".encode()).digest()
        keep_signer(self.state.vault, Ed25519PrivateKey.from_private_bytes(digest))
        self._asker = ThreadPoolExecutor(1, "asker")
        self.service = self._start(0)
        self._requests = 0

    def _start(self, given: int) -> BallotService:
        """With the presses behind the first `given` inputs still to come."""
        presses = self.state.root / "presses.jsonl"
        now = self.clock.seconds
        presses.write_text("".join(_press(one, now) for one in self.session.inputs[given:]), "utf-8")
        return build_replay(self.state, self.session.configuration, presses, self.clock, self._chance)

    def run(self) -> bytes:
        """Give every input in its turn; the journal as a batch with its checkpoint.

        Raises `RecordError` naming the line whose answer is not the one expected.
        """
        try:
            self._ask("console", "set_password", role="secretary", password=SECRETARY_PASSWORD)
            for given, one in enumerate(self.session.inputs, 1):
                self.clock.seconds = one.at
                self._give(one, given)
            return self._export()
        finally:
            self.service.close()
            self._asker.shutdown()

    def _give(self, one: Input, given: int) -> None:
        if one.what == "cut":
            self.service.close()
            self.service = self._start(given)
        elif one.what == "ask":
            answer = self._ask(one.fields.get("as", "secretary"), one.value, **self._filled(one.fields.get("args", {})))
            code = answer.code if isinstance(answer, Refusal) else "ok"
            if code != one.fields.get("answer", "ok"):
                raise RecordError(f"inputs.jsonl, line {one.number}: {one.value} is answered with {answer}")
        self.service.step()

    def _filled(self, args: dict[str, Any]) -> dict[str, Any]:
        """What only this run knows: `PIN of dv-01`, as it was issued; `digest of the minutes` of the latest meeting."""

        def filled(value: Any) -> Any:
            if isinstance(value, str) and value.startswith("PIN of "):
                return self.pins[value.removeprefix("PIN of ")]
            return self.service.minutes_digest() if value == "digest of the minutes" else value

        return {name: filled(value) for name, value in args.items()}

    # Asking ----------------------------------------------------------------------------------------------------------

    def _ask(self, who: str, do: str, **args: Any) -> Any:
        answer = self._exchange(do, self._token(who), args)
        if do == "issue_pins" and not isinstance(answer, Refusal):
            self.pins |= {one["delegate"]: one["pin"] for one in answer}
        return answer

    def _token(self, who: str) -> str:
        if who == "console":
            return ""
        if who not in self.tokens:
            if who == "secretary":
                answer = self._exchange("sign_in", "", {"role": who, "password": SECRETARY_PASSWORD})
            else:
                answer = self._exchange("sign_in_by_pin", "", {"delegate": who, "pin": self.pins[who]})
            if isinstance(answer, Refusal):
                raise RecordError(f"{who} cannot sign in: {answer.message}")
            self.tokens[who] = answer["token"]
        return self.tokens[who]

    def _exchange(self, do: str, token: str, args: dict[str, Any]) -> Any | Refusal:
        """One request over the real socket, while the service is turned until it has answered."""
        self._requests += 1
        client = Client(self.state.socket("ballot"), timeout=LONGEST_ANSWER)
        answer = self._asker.submit(client.ask, do, token=token, id=f"input-{self._requests:06}", **args)
        while not answer.done():
            self.service.step()
        return answer.result()

    def _export(self) -> bytes:
        with closing(Reader(self.state.journal)) as reader:
            entries = list(reader.after(0))
        signed = self._exchange("sign_checkpoint", "", {"seq": entries[-1].seq})
        assert not isinstance(signed, Refusal), signed
        return record.batch(entries, signed["envelope"].encode())


def _press(one: Input, begun: float) -> str:
    """A press or a turn of the key as `keypad.replay` reads it, seconds from `begun` on; other inputs are none."""
    at = one.at - begun
    if one.what == "press":
        seat, choice = one.value
        return json.dumps({"at": at, "seat": seat, "choice": choice}) + "\n"
    return json.dumps({"at": at, "secret_key": bool(one.value)}) + "\n" if one.what == "key" else ""
