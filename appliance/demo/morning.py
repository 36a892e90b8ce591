"""One meeting from the first arrival to the verified record, played without a person: what `script/demo --once` shows.

Everything goes the way people's hands would: faces through the door's camera, keys through the pins, tablets through
the pages, commands through the secretary's sign-in. What came of it is read from the journal and the central server.
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from appliance.control import Client
from appliance.demo import council, room
from appliance.demo.council import Council
from appliance.demo.room import Room
from appliance.demo.tablet import Tablet
from appliance.errors import ApplianceError, ControlError
from appliance.events import CheckedIn, Event, FaceNotIdentified
from appliance.journal import Follower, Reader, read
from appliance.record import Entry
from appliance.values import Choice, Delegate, Refusal

Say = Callable[[str], None]

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN
_KEY = {FOR: 0, AGAINST: 1, ABSTAIN: 2}

FIRST: Mapping[int, Choice] = dict.fromkeys(range(1, 13), FOR) | {13: AGAINST, 14: AGAINST, 15: ABSTAIN}
"""nd-1: 12 of 21 for, 11 needed: carried. Member 16 presses nothing, 17 neither."""

SECOND: Mapping[int, Choice] = dict.fromkeys(range(1, 11), FOR) | {11: AGAINST, 12: AGAINST, 13: AGAINST, 14: ABSTAIN}
"""nd-2: 10 for and 3 against, yet lost: more than half of all 21 members would be 11."""


class DemoError(ApplianceError, RuntimeError):
    """The demo's meeting did not go as it must."""


@dataclass
class Morning:
    """The meeting and those who act in it. `say` shows progress."""

    room: Room
    council: Council
    roster: tuple[Delegate, ...]
    say: Say
    refused: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ballot: Client = self.room.ballot()
        self.secretary = ""
        self.slips: dict[str, dict[str, Any]] = {}
        self.tablets: dict[str, Tablet] = {}
        self._names = {d.id: d for d in self.roster}

    # Before -----------------------------------------------------------------------------------------------------------

    def prepare(self, password: str) -> None:
        """Secretary's password, the meeting convened, PINs and links issued."""
        self._ask("set_password", role="secretary", password=password)
        self.secretary = self._ask("sign_in", role="secretary", password=password)["token"]
        self._ask(
            "convene",
            token=self.secretary,
            meeting=council.MEETING,
            title=council.TITLE,
            body="Ủy ban nhân dân tỉnh Mẫu",
            preset="ubnd",
            place="Phòng họp 1",
            chair=council.member(1),
            roster=[d.model_dump(mode="json") for d in self.roster],
            agenda=[i.model_dump(mode="json") for i in council.AGENDA],
        )
        self.slips = {slip["delegate"]: slip for slip in self._ask("issue_pins", token=self.secretary)}
        self.say(f"convened: {council.TITLE}; {council.MEMBERS} members, quorum 14")

    def screen_link(self, screen: str) -> str:
        """A fresh link for the hall's or the door's screen: the secret part."""
        return str(self._ask("issue_screen_link", token=self.secretary, screen=screen)["link"])

    # The roll ---------------------------------------------------------------------------------------------------------

    def reporter(self) -> Callable[[], None]:
        """What says, at each call, who came to the door since the call before."""
        follower = Follower(Reader(self.room.room.journal))

        def report() -> None:
            for entry in follower.news():
                self._report(entry)

        return report

    def greet_until(self, door_has_ended: Callable[[], bool], *, seconds: float) -> None:
        """Report arrivals as the door records them, until its recording is over."""
        report = self.reporter()
        deadline = time.monotonic() + seconds
        over = False
        while not over:
            over = door_has_ended()
            report()
            if time.monotonic() > deadline:
                raise DemoError(f"the door did not finish its recording within {seconds:.0f} s")
            time.sleep(0.1)

    def _report(self, entry: Entry) -> None:
        event: Event = entry.event
        if isinstance(event, CheckedIn):
            who = self._names[event.delegate]
            self.say(f"welcome {who.name}, seat {who.seat or '-'} ({event.method}) {_figures(event.evidence)}")
        elif isinstance(event, FaceNotIdentified):
            self.say(f"somebody {event.decision} at the door: asked for the PIN")

    def fill_the_hall(self) -> None:
        """One delegate by PIN at the door's screen, one by the secretary; by hand also whom a clip left out."""
        door = self._ask("sign_in_by_link", link=self.screen_link("door"))["token"]
        pin = self.slips[council.BY_PIN]["pin"]
        self._ask("check_in_by_pin", token=door, delegate=council.BY_PIN, pin=pin)
        self.say(f"{self._names[council.BY_PIN].name} came without a face: by PIN")
        self._by_hand(council.BY_HAND, "đến muộn, thư ký nhận diện trực tiếp")
        present = self._minutes().roll.present
        for n in range(1, council.BY_FACE + 1):
            if council.member(n) not in present and council.member(n) not in self.council.walking_up:
                self._by_hand(council.member(n), "không có trong đoạn phim của cửa")

    def _by_hand(self, delegate: str, reason: str) -> None:
        self._ask("check_in", token=self.secretary, delegate=delegate, reason=reason)
        self.say(f"{self._names[delegate].name} by the secretary: {reason}")

    # Ballots ----------------------------------------------------------------------------------------------------------

    def try_too_early(self) -> None:
        """Before anybody is there a ballot must be refused for want of a quorum."""
        answer = self.ballot.ask("open", token=self.secretary, item=council.AGENDA[0].id)
        if not isinstance(answer, Refusal) or answer.code != "no-quorum":
            raise DemoError(f"a ballot without a quorum was not refused: {answer}")
        self._note_refusal("a ballot opened too early", answer.message)

    def vote_on(self, item: str, votes: Mapping[int, Choice], *, changes_mind: int | None = None) -> str:
        """Open, vote by keypads and tablets, close; the ballot's id. `changes_mind` first presses the opposite."""
        opened = self._ask("open", token=self.secretary, item=item)
        name = opened["ballot"]
        self.say(f"ballot {name} open: {opened['needed']} of {council.MEMBERS} needed")
        if changes_mind is not None:
            self._press(changes_mind, AGAINST if votes[changes_mind] is FOR else FOR, name)
        for n, choice in votes.items():
            self._press(n, choice, name)
        closed = self._ask("close", token=self.secretary, ballot=name)
        self.say(closed["sentence"]["en"])
        return str(name)

    def press_too_late(self, ballot: str) -> None:
        """A key and a tablet after the close: both refused, nothing counted."""
        before = self._recorded(ballot)
        self._key(1, AGAINST)
        answer = self._tablet(12).vote(ballot, AGAINST)
        if answer.recorded:
            raise DemoError("a tablet's vote after the close was taken")
        self._note_refusal("a tablet after the close", answer.sentence)
        self._wait(lambda: self._refused_presses() > 0, "the refusal of the late key")
        if self._recorded(ballot) != before:
            raise DemoError("a press after the close changed the votes")
        self._note_refusal("a key after the close", "kept as VoteRefused, without its choice")

    def _refused_presses(self) -> int:
        reader = Reader(self.room.room.journal)
        return sum(e.kind == "VoteRefused" and b'"keypad"' in e.body for e in reader.after(0))

    def _press(self, number: int, choice: Choice, ballot: str) -> None:
        if number <= room.KEYPADS:
            self._key(number, choice)
            member = council.member(number)
            self._wait(lambda: self._recorded(ballot).get(member) == choice, f"the key of seat {number:02d}")
        else:
            answer = self._tablet(number).vote(ballot, choice)
            if not answer.recorded:
                raise DemoError(f"the tablet of {council.member(number)} was refused: {answer.sentence}")

    def _key(self, number: int, choice: Choice) -> None:
        line = room.key_line(f"{number:02d}", _KEY[choice])
        for down in (True, False):
            self._ask("drive_pin", line=line, down=down)
            time.sleep(0.06)  # a finger; well over the debounce window

    def _tablet(self, number: int) -> Tablet:
        member = council.member(number)
        if member not in self.tablets:
            self.tablets[member] = Tablet(self.room.web, self.slips[member]["link"])
        return self.tablets[member]

    # After ------------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """The secretary ends the meeting."""
        self._ask("end_meeting", token=self.secretary)
        self.say("the meeting has ended")

    def await_receipt(self, *, seconds: float = 30.0) -> dict[str, Any]:
        """Wait until the central server has signed for everything; its summary of this device."""
        head, _ = Reader(self.room.room.journal).head()
        uplink = self.room.uplink()

        def signed_for() -> bool:
            try:
                status = uplink.ask("status")
            except ControlError:
                return False
            return not isinstance(status, Refusal) and status["acknowledged"] >= head

        self._wait(signed_for, f"central's receipt for {head} events", seconds=seconds)
        with urllib.request.urlopen(f"{self.room.central_page}/api/summary.json", timeout=10) as answer:
            devices = json.load(answer)["devices"]
        name = f"{room.SITE}/{room.DEVICE}"
        summary = next((d for d in devices if d["device"] == name), None)
        if summary is None:
            raise DemoError(f"the central server knows nothing of {name}")
        self.say(f"central has {summary['events']} events of {name}, verified: {summary['verified']}")
        return dict(summary)

    def account(self, summary: Mapping[str, Any]) -> dict[str, Any]:
        """What came of the meeting, in the fields that `--json` promises."""
        minutes = self._minutes()
        present = minutes.roll.present
        by_face = sorted(d for d, a in present.items() if a.method == "face")
        return {
            "present": len(present),
            "members_present": len(minutes.roll.members_present),
            "strangers": minutes.not_identified.get("unknown", 0),
            "ambiguous": minutes.not_identified.get("ambiguous", 0),
            "walked_up": sorted(self.council.walking_up),
            "recognised": by_face,
            "refused": self.refused,
            "ballots": [
                {
                    "ballot": result["ballot"],
                    **{key: result["tally"][key] for key in ("for", "against", "abstain", "not_cast")},
                    "verdict": result["verdict"]["outcome"],
                    "sentence": result["verdict"]["sentence"],
                }
                for result in summary["results"]
            ],
            "central": {key: summary[key] for key in ("verified", "events", "lost", "duplicated")},
        }

    # Asking -----------------------------------------------------------------------------------------------------------

    def _ask(self, do: str, *, token: str = "", **args: Any) -> Any:
        answer = self.ballot.ask(do, token=token, id=secrets.token_hex(16), **args)
        if isinstance(answer, Refusal):
            raise DemoError(f"{do} was refused: {answer.message} ({answer.code})")
        return answer

    def _minutes(self) -> Any:
        minutes = read(self.room.room.journal).minutes
        if minutes is None:
            raise DemoError("the journal holds no meeting")
        return minutes

    def _recorded(self, ballot: str) -> dict[str, Choice]:
        return dict(self._minutes().ballots[ballot].votes)

    def _note_refusal(self, what: str, why: str) -> None:
        self.refused.append({"what": what, "why": why})
        self.say(f"{what}: refused ({why})")

    def _wait(self, condition: Callable[[], bool], what: str, *, seconds: float = 15.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise DemoError(f"waited {seconds:.0f} s in vain for {what}")
            time.sleep(0.02)


def _figures(evidence: Mapping[str, float]) -> str:
    return " ".join(f"{name} {value:.3g}" for name, value in evidence.items())
