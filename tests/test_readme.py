"""What the documents say is run, or held against the parser that would read it. No block of commands is left out.

A block's language says how: `sh run` is run here, line by line, in a room of its own; `sh parse` needs hardware, a root
user or minutes, so only its words are held against the real parser; `sh root` is for the services of an installed box:
its words are checked too; `toml` must be a valid configuration; `text` is no command.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from appliance import cli, config
from appliance.control import Client
from appliance.demo import portrait
from appliance.demo.person import Person
from appliance.services.children import Children
from appliance.services.state import State
from appliance.uplink.broker import State as Condition
from appliance.values import Refusal

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]
DOCUMENTS += [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "firmware_config/README.md", ROOT / "models/README.md"]
SCREENSHOTS = {f"docs/images/{name}.png" for name in ("hall", "delegate", "secretary", "door", "technician", "central")}


def blocks(path: Path) -> list[tuple[str, str]]:
    """(language, content) of every fenced block."""
    return re.findall(r"^```([^\n`]*)\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)


def commands(path: Path, *languages: str) -> list[str]:
    """Command lines of the blocks in these languages; comments and empty lines are none."""
    text = "\n".join(content for language, content in blocks(path) if language in languages)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]


EVERY_COMMAND = [(path, line) for path in DOCUMENTS for line in commands(path, "sh run", "sh parse", "sh root")]


def named(path: object) -> str:
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else str(path)


# What kind of block ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_block_says_what_becomes_of_it(path: Path) -> None:
    known = {"sh run", "sh parse", "sh root", "toml", "toml part", "python", "text"}
    assert {language for language, _ in blocks(path)} <= known


def test_the_readme_has_commands_of_every_kind() -> None:
    readme = ROOT / "README.md"
    assert len(commands(readme, "sh run")) >= 10
    assert {"script/demo", "script/test"} <= set(commands(readme, "sh parse"))


# Held against the parser ----------------------------------------------------------------------------------------------


def words_of(line: str) -> list[str]:
    """The words behind `sudo …`: whoever runs it, the parser is the same."""
    words = shlex.split(line, comments=True)
    if words[0] == "sudo":
        words = words[3:] if words[1] == "-u" else words[1:]
    return words


class Accepted(Exception):
    """The parser took the words; the verb is not run."""


def parse_appliance(words: list[str], monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    taken: list[argparse.Namespace] = []

    def parse_args(self: argparse.ArgumentParser, args: list[str]) -> argparse.Namespace:
        namespace, rest = self.parse_known_args(args)
        assert not rest, f"not accepted: {rest}"
        taken.append(namespace)
        raise Accepted

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_args)
    with pytest.raises(Accepted):
        cli.main(words)
    return taken[0]


SYSTEM = {
    "systemctl",
    "journalctl",
    "cp",
    "rm",
    "install",
    "timedatectl",
    "systemd-creds",
    "tar",
    "git",
    "ln",
    "shred",
    "systemd-run",
}
"""Programs of the distribution: only that they exist under this name is known here."""


PICTURES = ("enrolled", "same-people", "others", "strangers", "pictures")
"""Folders that the documents speak of as the reader's own."""


@pytest.mark.parametrize(("path", "line"), EVERY_COMMAND, ids=named)
def test_every_command_is_one_that_its_program_accepts(
    path: Path, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PICTURES:
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    program, *words = words_of(line)
    match program:
        case "appliance":
            assert parse_appliance(words, monkeypatch).verb == words[0]
        case "script/demo":
            assert parse_appliance(["demo", *words], monkeypatch).verb == "demo"
        case "script/install":
            help_text = subprocess.run([ROOT / program, "--help"], capture_output=True, text=True, check=True).stdout
            assert all(word in help_text for word in words if word.startswith("--"))
        case "script/test" | "script/lint" | "script/bootstrap" | "script/lock":
            assert os.access(ROOT / program, os.X_OK)
        case "python3" | ".":
            assert (ROOT / words[0]).exists() or words[0] == ".venv/bin/activate"
        case _:
            assert program in SYSTEM, f"{program}: neither ours nor a program of the distribution that is listed here"


# Run ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A folder like the checkout, pictures of drawn delegates, and a ballot service: what a reader would have."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("docs", "script", "firmware_config", "systemd"):
        (folder / name).symlink_to(ROOT / name)
    state = State(folder / "state")
    state.root.mkdir()
    draw_pictures(folder / "pictures")
    commands_here = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"APPLIANCE_STATE": str(state.root), "APPLIANCE_ALLOW_ROOT": "1", "PATH": commands_here}
    children = Children(lambda text: None, environment)
    children.verb("ballot")
    try:
        children.wait_for_answer("ballot", state.socket("ballot"))
        identity = Client(state.socket("ballot")).ask("identity")
        assert not isinstance(identity, Refusal)
        yield {**os.environ, **environment, "FINGERPRINT": identity["fingerprint"], "HERE": str(folder)}
    finally:
        children.stop()


def draw_pictures(folder: Path) -> None:
    """Three drawn people, each from the left, in front and from the right: `<delegate>/<image>`."""
    for seed, delegate in zip(portrait.COUNCIL, ("dv-01", "dv-02", "dv-03"), strict=False):
        (folder / delegate).mkdir(parents=True)
        person = Person.from_seed(seed)
        for number, yaw in enumerate((-12.0, 0.0, 12.0), 1):
            drawn = portrait.draw(person, size=480, yaw=yaw)
            alpha = drawn.alpha[..., None] / 255.0
            on_grey = (drawn.rgb * alpha + 190.0 * (1 - alpha)).astype("uint8")
            cv2.imwrite(str(folder / delegate / f"{number}.png"), cv2.cvtColor(on_grey, cv2.COLOR_RGB2BGR))


RUN = [line for path in DOCUMENTS for line in commands(path, "sh run")]


@pytest.mark.parametrize("line", RUN)
def test_every_command_that_can_run_here_runs(line: str, room: dict[str, str]) -> None:
    # In the order of the documents: what is exported was convened before, as for the reader.
    done = subprocess.run(
        ["bash", "-c", line], cwd=room["HERE"], env=room, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


# Configuration, links, pictures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_configuration_is_valid(path: Path) -> None:
    for language, content in blocks(path):
        if language == "toml":
            config.parse(tomllib.loads(content), str(path))


def anchors(path: Path) -> set[str]:
    """The names that headings get as link targets."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_state_on_the_technicians_page_is_explained() -> None:
    rows = re.findall(r"^\| (\w+) \| `([\w-]+)` \|", (ROOT / "docs/operating.md").read_text("utf-8"), re.M)
    assert {state for part, state in rows if part == "uplink"} == {state.value for state in Condition}
    assert {state for part, state in rows if part == "door"} == {"ok", "lost", "none", "shut"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if str(there.relative_to(ROOT)) in SCREENSHOTS:
            continue  # made by a script; which ones is held below
        assert there.exists(), f"{path.name}: {target}"
        assert not anchor or anchor in anchors(there), f"{path.name}: {target}"


def test_the_readme_shows_every_screenshot() -> None:
    shown = set(re.findall(r"\]\((docs/images/\w+\.png)\)", (ROOT / "README.md").read_text("utf-8")))
    assert shown == SCREENSHOTS


def test_no_document_names_a_place_of_the_machine_it_was_written_on() -> None:
    for path in DOCUMENTS:
        assert not re.search(r"(?<![\w.])/(work|root|home/\w+)/", path.read_text("utf-8")), path


def test_bash_finds_nothing_wrong_with_the_scripts() -> None:
    bash = shutil.which("bash")
    assert bash
    for path in (ROOT / "script/install", ROOT / "firmware_config/bin/appliance"):
        subprocess.run([bash, "-n", path], check=True, timeout=30)
