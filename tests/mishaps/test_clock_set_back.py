"""The box's clock was ahead and is set right: no lock waits for a time that will only come again in a year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.vault.credentials import FIRST_LOCK, FREE_FAILURES, LONGEST_LOCK, Credentials

YEAR = 365 * 86400.0
AHEAD = 1_800_000_000.0


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Credentials]:
    credentials = Credentials(tmp_path)
    yield credentials
    credentials.close()


def test_a_lock_ends_after_its_length_by_the_clock_set_right(kept: Credentials) -> None:
    for _ in range(FREE_FAILURES + 1):
        assert kept.begin_attempt("password", "secretary", AHEAD) == 0
    now = AHEAD - YEAR
    assert kept.begin_attempt("password", "secretary", now) == FIRST_LOCK
    assert kept.begin_attempt("password", "secretary", now + FIRST_LOCK / 2) == FIRST_LOCK / 2
    assert kept.begin_attempt("password", "secretary", now + FIRST_LOCK) == 0


def test_a_clock_set_back_gives_nobody_an_attempt_more(kept: Credentials) -> None:
    for _ in range(FREE_FAILURES + 1):
        kept.begin_attempt("pin", "dv-01", AHEAD)
    for jump in range(1, 50):
        assert 0 < kept.begin_attempt("pin", "dv-01", AHEAD - jump * YEAR) <= LONGEST_LOCK
