"""What a meeting must be, in as few words as it can be said: no journal, no time, no messages. At most 60 lines."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Ballot:
    secret: bool
    may_vote: frozenset[str]
    votes: dict[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass
class Model:
    """Every method says whether the wish is granted."""

    members: tuple[str, ...]
    present: set[str] = field(default_factory=set)
    running: Ballot | None = None
    results: list[tuple[int, int, int, int]] = field(default_factory=list)  # for, against, abstain, not cast

    def arrive(self, who: str) -> bool:
        granted = who not in self.present
        self.present.add(who)
        return granted

    def leave(self, who: str) -> bool:
        granted = who in self.present
        self.present.discard(who)
        return granted

    def open(self, secret: bool) -> bool:
        if self.running or len(self.present) * 3 < len(self.members) * 2:
            return False
        self.running = Ballot(secret, frozenset(self.present))
        return True

    def press(self, who: str, choice: str) -> bool:
        ballot = self.running
        granted = bool(ballot and not ballot.held and who in ballot.may_vote & self.present)
        if ballot and granted:
            ballot.votes[who] = choice
        return granted

    def hold(self, on: bool) -> bool:
        granted = bool(self.running and self.running.held is not on)
        if self.running and granted:
            self.running.held = on
        return granted

    def end(self, count: bool) -> bool:
        ballot, self.running = self.running, None
        if ballot and count:
            votes = list(ballot.votes.values())
            for_, against, abstain = (votes.count(choice) for choice in ("for", "against", "abstain"))
            self.results.append((for_, against, abstain, len(ballot.may_vote) - len(votes)))
        return ballot is not None
