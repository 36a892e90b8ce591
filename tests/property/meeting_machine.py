"""Roll, ballots, journal and power cuts through the real service, beside a model that says what must come of them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance import tally, verification
from appliance.events import ResultSigned
from appliance.minutes import fold
from appliance.record import chain_fault
from appliance.values import Choice, Refusal
from tests.property.model import Model
from tests.worlds.room import Room, settings

MEMBERS = tuple(f"dv-{n:02}" for n in range(1, 5))
PASSPHRASE = "bốn con trâu gặm cỏ"

delegates, choices = st.sampled_from(MEMBERS), st.sampled_from(list(Choice))


class MeetingMachine(RuleBasedStateMachine):
    """Four members, keys at their seats, one meeting. Each wish is granted or refused as the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.hall = Room(self.folder, settings(len(MEMBERS)))
        self.hall.convene(len(MEMBERS))
        self.hall.done("passphrase", passphrase=PASSPHRASE)
        self.model = Model(MEMBERS)
        self.asked = 0

    def teardown(self) -> None:
        """Whatever happened: the journal is whole, every result verifies, and a fold from the start says the same."""
        try:
            if self.model.running is not None:
                self.end(count=True)
            self.hall.restart()
            entries = self.hall.entries()
            assert chain_fault(entries) is None
            assert fold(entries) == self.hall.service.follower.minutes
            signed = [e.event.envelope for e in entries if isinstance(e.event, ResultSigned)]
            assert len(signed) == len(self.model.results)
            assert all(verification.check_result(envelope.encode()).intact for envelope in signed)
        finally:
            self.hall.close()
            shutil.rmtree(self.folder)

    def granted(self, do: str, **args: Any) -> bool:
        return not isinstance(self.hall.ask(do, **args), Refusal)

    @property
    def latest(self) -> str:
        ballots = list(self.hall.minutes.ballots)
        return ballots[-1] if ballots else "m1.i1.1"

    @rule(who=delegates)
    def arrive(self, who: str) -> None:
        assert self.granted("check_in", delegate=who, reason="x") == self.model.arrive(who)

    @rule()
    def all_arrive(self) -> None:
        for who in MEMBERS:
            self.arrive(who)

    @rule(who=delegates, mistake=st.booleans())
    def leave(self, who: str, mistake: bool) -> None:
        do = "revoke_check_in" if mistake else "check_out"
        assert self.granted(do, delegate=who, reason="x") == self.model.leave(who)

    @rule(secret=st.booleans())
    def open(self, secret: bool) -> None:
        args = {"item": "i1", "voting": "secret" if secret else "open", "reason": "x"}
        assert self.granted("open", **args) == self.model.open(secret)

    @rule(secret=st.booleans(), missing=st.sampled_from([None, *MEMBERS]))
    def begin(self, secret: bool, missing: str | None) -> None:
        self.all_arrive()
        if missing is not None:
            self.leave(missing, mistake=False)
        self.open(secret)

    @rule(who=delegates, choice=choices)
    def press(self, who: str, choice: Choice) -> None:
        # A key away from any ballot may be one of a check-in code: that is another machine's matter.
        if self.model.running is not None:
            self.hall.press(who[-2:], choice)
            self.model.press(who, choice.value)

    @precondition(lambda self: self.model.running is not None)
    @rule(who=delegates, first=choices, then=choices)
    def change_ones_mind(self, who: str, first: Choice, then: Choice) -> None:
        self.press(who, first)
        self.press(who, then)

    @precondition(lambda self: self.model.running is not None)
    @rule(who=delegates, choice=choices)
    def come_late_and_press(self, who: str, choice: Choice) -> None:
        self.arrive(who)
        self.press(who, choice)

    @precondition(lambda self: self.model.running is not None)
    @rule(who=delegates, choice=choices)
    def press_and_lose_power(self, who: str, choice: Choice) -> None:
        self.press(who, choice)
        self.power_cut()

    @rule(on=st.booleans())
    def hold(self, on: bool) -> None:
        assert self.granted("hold" if on else "resume", ballot=self.latest) == self.model.hold(on)

    @rule(count=st.booleans())
    def end(self, count: bool) -> None:
        do = {"do": "close"} if count else {"do": "annul", "reason": "x"}
        assert self.granted(ballot=self.latest, **do) == self.model.end(count)

    @rule()
    def power_cut(self) -> None:
        self.hall.restart()
        self.hall.done("passphrase", passphrase=PASSPHRASE)

    @invariant()
    def the_roll_and_the_ballot_are_the_models(self) -> None:
        minutes = self.hall.minutes
        assert set(minutes.roll.present) == self.model.present
        assert (minutes.running is not None) == (self.model.running is not None)
        if self.model.running is not None and not self.model.running.secret:
            assert minutes.running is not None
            assert dict(minutes.running.votes) == self.model.running.votes
        if self.model.running is not None and self.model.running.secret:
            assert self.hall.done("turnout")["cast"] == len(self.model.running.votes)

    @invariant()
    def the_results_are_the_models(self) -> None:
        counted = [tally.tally(b) for b in self.hall.minutes.ballots.values() if b.has_result]
        assert [(c.for_, c.against, c.abstain, c.not_cast) for c in counted] == self.model.results
