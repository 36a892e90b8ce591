"""The rules of the architecture, held against the source: what may import what, how large anything may grow."""

from __future__ import annotations

import ast
import functools
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.cli import VERBS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "appliance"


# The import graph, read from the source: nothing is imported for it --------------------------------------------------


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@functools.cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs: what stands under `if TYPE_CHECKING` does not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield other
                yield from statements(other)
        else:
            yield child
            yield from statements(child)


@functools.cache
def imports(module: str) -> frozenset[str]:
    """What a module imports, also inside functions: `a.b` for a module, `a.b:C` for a name out of one of ours."""
    found = set()
    for node in statements(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else f"{node.module}:{alias.name}")
    return frozenset(found)


def modules_of(module: str) -> set[str]:
    return {name.split(":")[0] for name in imports(module)}


def reached(start: str) -> set[str]:
    """All of our modules that a process loads which begins with this one.

    `appliance.journal` is not looked into: it offers both reader and writer; who takes the writer is asked by name.
    """
    seen: set[str] = set()
    todo = [start]
    while todo:
        module = todo.pop()
        if module in MODULES and module not in seen and module != "appliance.journal":
            seen.add(module)
            todo += modules_of(module)
    return seen


# Rule one: files are pure --------------------------------------------------------------------------------------------


PURE = [name for name in MODULES if re.fullmatch(r"appliance\.(?!__)\w+", name) and MODULES[name].name != "__init__.py"]

MAY_IMPORT = {
    # language and data
    "__future__", "abc", "base64", "binascii", "collections", "collections.abc", "dataclasses", "datetime", "decimal",
    "difflib", "enum", "fractions", "functools", "hashlib", "hmac", "itertools", "json", "math", "operator", "re",
    "statistics", "string", "types", "typing", "unicodedata",
    # values
    "numpy", "numpy.typing", "pydantic", "scipy",
    # checking a signature needs no world; making a key would
    "cryptography.exceptions", "cryptography.hazmat.primitives.asymmetric.ed25519",
}  # fmt: skip
"""Everything else touches the world: os, pathlib, time, random, secrets, socket, logging, sqlite3, threading, …"""

FORBIDDEN_CALLS = {
    "open": "reads or writes a file",
    "print": "talks",
    "input": "asks",
    "exec": "runs what it was given",
    "eval": "runs what it was given",
    "__import__": "imports behind the back of this test",
    "now": "asks the clock: time comes in as an argument",
    "utcnow": "asks the clock: time comes in as an argument",
    "today": "asks the clock: time comes in as an argument",
    "generate": "makes a key: chance comes in as an argument",
    "default_rng": "draws by chance",
}


@pytest.mark.parametrize("module", PURE)
def test_a_file_directly_in_the_package_is_pure(module: str):
    foreign = {name for name in modules_of(module) if not name.startswith("appliance")}
    assert foreign <= MAY_IMPORT, "touches the world: it belongs into a folder"
    own = {name for name in modules_of(module) if name.startswith("appliance.")}
    assert own <= set(PURE), "a pure file imports pure files alone"
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in FORBIDDEN_CALLS, f"line {node.lineno}: {FORBIDDEN_CALLS[called]}"


def test_the_pure_files_are_found():
    assert {"appliance.events", "appliance.rules", "appliance.ballot", "appliance.record"} <= set(PURE)


# Rule two: network and journal ---------------------------------------------------------------------------------------


NETWORK = {
    "aiohttp", "asyncio", "flask", "ftplib", "http", "httpx", "imaplib", "paho", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "waitress", "werkzeug", "xmlrpc",
}  # fmt: skip
HARMLESS = {"urllib.parse"}
"""Takes an address apart, opens nothing. The one address that the door may open is a network camera's, by OpenCV."""

UNIX_ONLY = {"appliance.control.client", "appliance.control.server", "appliance.services.loop"}
"""Use `socket`, and of it AF_UNIX alone: the control sockets, and systemd's notification."""

WRITERS = ("appliance.services.door", "appliance.services.ballot", "appliance.cli.door", "appliance.cli.ballot")
SPEAKERS = (
    "appliance.services.web",
    "appliance.services.uplink",
    "appliance.services.central",
    "appliance.cli.web",
    "appliance.cli.uplink",
    "appliance.cli.central",
)


def network_of(module: str) -> set[str]:
    if module in UNIX_ONLY:
        return set()
    return {name for name in modules_of(module) if name.split(".")[0] in NETWORK and name not in HARMLESS}


def writes_journal(module: str) -> bool:
    taken = {"appliance.journal:Writer", "appliance.journal.writer:Writer", "appliance.journal.writer"}
    return bool(taken & imports(module)) and module != "appliance.journal"


@pytest.mark.parametrize("start", WRITERS)
def test_what_writes_the_journal_cannot_touch_the_network(start: str):
    loaded = reached(start)
    assert any(writes_journal(module) for module in loaded)
    assert {module: network_of(module) for module in loaded if network_of(module)} == {}


@pytest.mark.parametrize("start", SPEAKERS)
def test_what_touches_the_network_cannot_write_the_journal(start: str):
    loaded = reached(start)
    assert any(network_of(module) for module in loaded)
    assert [module for module in loaded if writes_journal(module)] == []
    assert [module for module in loaded if module.startswith("appliance.vault.keys") and "central" not in start] == []


@pytest.mark.parametrize("module", sorted(UNIX_ONLY))
def test_the_sockets_of_both_sides_are_unix_sockets(module: str):
    families = set(re.findall(r"\bAF_\w+", MODULES[module].read_text("utf-8")))
    assert families == {"AF_UNIX"}
    assert "create_connection" not in MODULES[module].read_text("utf-8")


# The arrows ----------------------------------------------------------------------------------------------------------


STAGES = (
    "camera",
    "face",
    "keypad",
    "radio",
    "journal",
    "vault",
    "control",
    "uplink",
    "central",
    "papers",
    "sheets",
    "web",
)
ALLOWED = {
    ("face", "camera"): "frames are what it looks at: the type, and nothing that opens a camera",
    ("web", "journal"): "reads it, to show",
    ("web", "control"): "asks the services",
    ("web", "papers"): "hands them out",
    ("web", "sheets"): "takes them in, and hands them out",
    ("central", "uplink"): "the same connection to the broker, from the other side",
}
"""Stage → stage. Every other arrow passes through the journal, and `services/` ties them."""


def stage(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def test_stages_never_import_one_another():
    crossing = {
        (stage(module), stage(name), module, name)
        for module in MODULES
        for name in modules_of(module)
        if stage(module) in STAGES and stage(name) in STAGES and name.startswith("appliance.")
        if stage(module) != stage(name) and (stage(module), stage(name)) not in ALLOWED
    }
    assert crossing == set()


def test_face_takes_no_camera_but_only_what_a_camera_gives():
    taken = {name for module in MODULES if stage(module) == "face" for name in imports(module)}
    cameras = {name for name in taken if name.startswith("appliance.camera")}
    assert cameras <= {"appliance.camera:Frame", "appliance.camera:Image"}


def test_no_stage_knows_a_service_a_verb_or_the_demo():
    """`services.state` is the exception: the paths below one directory, for the pages."""
    wrong = {
        (module, name)
        for module in MODULES
        for name in modules_of(module)
        if stage(module) in STAGES and stage(name) in ("services", "cli", "demo") and name != "appliance.services.state"
    }
    assert wrong == set()


def test_services_know_no_verb_and_no_demo():
    wrong = {(m, n) for m in MODULES for n in modules_of(m) if stage(m) == "services" and stage(n) in ("cli", "demo")}
    assert wrong == set()


DEVICES = (
    "appliance.camera.opencv", "appliance.camera.pi", "appliance.camera.replay", "appliance.camera.source",
    "appliance.keypad.gpio", "appliance.keypad.replay", "appliance.radio.absent", "appliance.radio.rfkill",
    "appliance.uplink.paho",
)  # fmt: skip


BENCHES = {name for name in MODULES if name.startswith("appliance.services.bench.")}


def test_bench_alone_chooses_devices():
    """Measurements name the part they measure, and the central server its broker; a room's devices have one chooser."""
    choosing = {
        module
        for module in MODULES
        for name in modules_of(module)
        if name in DEVICES and stage(module) != stage(name) and not re.match(r"appliance\.services\.measure_", module)
    }
    assert choosing <= {*BENCHES, "appliance.cli.central"}


# One vocabulary, one place for each ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_file_with_configure_and_run(verb: str):
    functions = {node.name for node in tree(f"appliance.cli.{verb}").body if isinstance(node, ast.FunctionDef)}
    assert {"configure", "run"} <= functions


UNITS = ("door", "ballot", "web", "uplink", "central")


@pytest.mark.parametrize("name", UNITS)
def test_the_same_noun_is_unit_service_and_verb(name: str):
    unit = ROOT / "systemd" / f"appliance-{name}.service"
    assert re.search(rf"^ExecStart=\S*appliance {name}\b", unit.read_text("utf-8"), re.MULTILINE)
    assert (PACKAGE / "services" / f"{name}.py").exists()
    assert name in VERBS


def test_there_is_no_unit_without_a_service():
    units = {path.stem.removeprefix("appliance-") for path in (ROOT / "systemd").glob("appliance-*.service")}
    assert units == set(UNITS)


@pytest.mark.parametrize("module", PURE)
def test_every_pure_file_has_its_test(module: str):
    name = module.removeprefix("appliance.")
    assert (ROOT / "tests" / f"test_{name}.py").exists()


# Size ----------------------------------------------------------------------------------------------------------------


LONGER = {
    "appliance.events": "the whole vocabulary in one place, to be read first",
    "appliance.commands": "its counterpart: whatever can be asked, and who may ask it, in one place",
}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_300_lines_and_no_function_than_50(module: str):
    lines = len(MODULES[module].read_text("utf-8").splitlines())
    assert lines <= 300 or module in LONGER
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{node.name} has more than 50 lines"


def test_no_exception_of_size_outlives_its_reason():
    assert {m for m in LONGER if len(MODULES[m].read_text("utf-8").splitlines()) <= 300} == set()


# What the tree may not say -------------------------------------------------------------------------------------------


FORBIDDEN_TEXT = {
    r"/(?:root|work)/\w": "a path of one machine",
    r"/home/(?!pi\b|USER\b|\$)[a-z]\w*/": "a path of one person",
    r"https?://[\w.-]*(?:py" + r"pi|python" + r"hosted|piwheels|devpi|artifactory|nexus)[\w.-]*": "a registry host",
    r"--index-url|--extra-index-url|--trusted-host": "a registry",
    r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b": "unfinished",
    r"-----BEGIN (?:EC |RSA |OPENSSH )?PRIVATE KEY": "a private key",
}


def tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_a_registry_or_a_secret():
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for pattern, why in FORBIDDEN_TEXT.items():
            if path != Path(__file__) and (match := re.search(pattern, text)):
                found.append(f"{path.relative_to(ROOT)}: {match[0]!r} is {why}")
    assert found == []


def test_no_lint_or_type_rule_is_switched_off_without_its_name():
    """`# noqa` and `# type: ignore` name the rule."""
    bare = re.compile(r"#\s*(?:noqa|type:\s*ignore)\s*(?:$|#)", re.MULTILINE)
    sources = [path for path in tracked() if path.suffix == ".py"]
    assert [path.name for path in sources if bare.search(path.read_text("utf-8"))] == []


def test_nothing_catches_everything():
    """A broad `except` hides surprises. One that raises again, or says on its line why it must be, does not."""
    wrong = []
    for module, path in MODULES.items():
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                reason = re.search(r"# noqa: BLE001 - \w+ \w+", lines[node.lineno - 1])
                if caught in ("everything", "Exception", "BaseException") and not again and not reason:
                    wrong.append(f"{module}:{node.lineno} catches {caught}")
    assert wrong == []
