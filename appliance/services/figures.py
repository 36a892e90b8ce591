"""What measurements have in common: shares of times, the fsync of the same disk, and what of a ballot was recorded."""

from __future__ import annotations

import math
import os
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from appliance.ballot import Ballot
from appliance.values import Choice, Voting

FSYNCS = 50


def share(ordered: Sequence[float], part: float) -> float | None:
    """The smallest value that at least `part` of them do not exceed, rounded; None where there are none."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(part * len(ordered)) - 1)], 2)


def shares(milliseconds: Sequence[float]) -> dict[str, float | None]:
    """`p50_ms`, `p99_ms` and `max_ms`."""
    ordered = sorted(milliseconds)
    return {"p50_ms": share(ordered, 0.50), "p99_ms": share(ordered, 0.99), "max_ms": share(ordered, 1.0)}


def fsync_ms(folder: Path) -> float:
    """The median of what the disk under `folder` takes to make 4 KiB durable."""
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(FSYNCS):
            file.write(bytes(4096))
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times), 3)


def recorded(ballot: Ballot | None, meant: Mapping[str, Choice]) -> int:
    """How many votes stand in a closed ballot as their delegates (the keys of `meant`) meant them.

    Of a secret one only the sums can be compared, and who took part.
    """
    if ballot is None:
        return 0
    if ballot.opened.method is not Voting.SECRET:
        return sum(ballot.votes.get(delegate) is choice for delegate, choice in meant.items())
    if ballot.counted is None or not set(ballot.counted.took_part) <= set(meant):
        return 0
    return (Counter(meant.values()) & Counter(vote.choice for vote in ballot.counted.votes)).total()
