"""The benches of ballots in their short form: nothing is lost, and their fields are those of their contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance import cli
from appliance.ballot import Ballot, begin
from appliance.events import BallotOpened, SecretBallotCounted
from appliance.services import figures, measure_ballot, measure_tablets
from appliance.values import Choice, CountedVote, Voting
from tests import assembly

TIMES = {"p50_ms", "p99_ms", "max_ms", "fsync_ms"}


def opened(method: Voting) -> Ballot:
    ids = [d.id for d in assembly.members(5)]
    event: BallotOpened = assembly.opened(ids, ids)
    return begin(event.model_copy(update={"method": method}), assembly.at(0))


@pytest.mark.parametrize("secret", [False, True])
def test_seats_lose_nothing(tmp_path: Path, secret: bool) -> None:
    measured = measure_ballot.measure(12, 0.2, secret=secret, folder=tmp_path)
    assert (measured["accepted"], measured["lost"], measured["secret"]) == (12, 0, secret)
    assert set(measured) >= TIMES
    assert measured["debounce_ms"] <= measured["p50_ms"] <= measured["p99_ms"] <= measured["max_ms"]


@pytest.mark.parametrize("secret", [[], ["--secret"]])
def test_tablets_lose_nothing(tmp_path: Path, secret: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bench", "ballot", "--tablets", "6", "--window", "0.2", "--folder", str(tmp_path), "--json", *secret]
    assert cli.main(words) == 0
    measured = json.loads(capsys.readouterr().out)
    assert (measured["tablets"], measured["accepted"], measured["lost"]) == (6, 6, 0)
    assert (measured["window_s"], measured["secret"]) == (0.2, bool(secret))
    assert set(measured) >= TIMES
    assert 0 < measured["p50_ms"] <= measured["p99_ms"] <= measured["max_ms"]
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_page_that_refuses_is_a_failure_and_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_tablets, "_convene", lambda _desk, count: {f"dv-{n:03}": "wrong" for n in range(count)})
    with pytest.raises(measure_tablets.ControlError, match="answered 403"):
        measure_tablets.measure(2, 0.1, folder=tmp_path)


def test_shares_are_values_that_were_measured() -> None:
    assert figures.share([], 0.5) is None
    assert figures.share([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert figures.shares([float(n) for n in range(100, 0, -1)]) == {"p50_ms": 50.0, "p99_ms": 99.0, "max_ms": 100.0}


def test_an_open_vote_is_recorded_where_it_stands_as_it_was_meant() -> None:
    ballot = opened(Voting.OPEN)
    ballot = Ballot(ballot.opened, ballot.opened_at, votes={"dv-01": Choice.FOR, "dv-02": Choice.FOR})
    assert figures.recorded(ballot, {"dv-01": Choice.FOR, "dv-02": Choice.AGAINST, "dv-03": Choice.FOR}) == 1
    assert figures.recorded(None, {"dv-01": Choice.FOR}) == 0


def test_secret_votes_are_recorded_as_far_as_the_sums_agree() -> None:
    ballot = opened(Voting.SECRET)
    meant = {"dv-01": Choice.FOR, "dv-02": Choice.FOR, "dv-03": Choice.AGAINST}
    assert figures.recorded(ballot, meant) == 0, "not counted"
    votes = [
        CountedVote(tracker=f"AAAAAAA{n}", choice=choice)
        for n, choice in zip("ABC", (Choice.FOR, Choice.ABSTAIN, Choice.AGAINST), strict=True)
    ]

    def counted(*took_part: str) -> Ballot:
        count = SecretBallotCounted(ballot=ballot.id, took_part=took_part, votes=tuple(votes))
        return Ballot(ballot.opened, ballot.opened_at, closed_at=assembly.at(9), counted=count)

    assert figures.recorded(counted("dv-01", "dv-02", "dv-03"), meant) == 2
    assert figures.recorded(counted("dv-01", "dv-02", "dv-09"), meant) == 0, "somebody else took part"
