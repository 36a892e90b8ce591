"""The door never learns from its own matches: no code leads from what it recognised to a template."""

from __future__ import annotations

import ast
from pathlib import Path

import appliance

PACKAGE = Path(appliance.__file__).parent
RECOGNISING = ("door", "recogniser", "visits", "door_view", "door_screen")
"""Files that hold a visitor's looks."""


def calls(path: Path) -> set[str]:
    """Names of every function and method that a file calls."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            found.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return found


def imported(path: Path) -> set[str]:
    """Modules that a file imports, at run time or for types."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_one_function_alone_puts_descriptors_into_a_gallery() -> None:
    """`gallery.enrol(…, consent=…)`: called where pictures and guided looks are kept, and nowhere else."""
    keeping = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "enrol"
        and any(word.arg == "consent" for word in node.keywords)
    }
    assert keeping == {"services/enrolment.py"}


def test_what_recognises_cannot_reach_what_enrols() -> None:
    for name in RECOGNISING:
        path = PACKAGE / "services" / f"{name}.py"
        assert path.exists(), name
        taken = imported(path)
        for forbidden in ("appliance.face.gallery", "appliance.services.enrolment", "appliance.services.gallery"):
            assert forbidden not in taken, f"{name} imports {forbidden}"


def test_what_enrols_takes_frames_and_no_visits() -> None:
    for name in ("enrolment", "enrolment_session", "door_enrolment", "enrolling"):
        taken = imported(PACKAGE / "services" / f"{name}.py")
        assert not {"appliance.services.recogniser", "appliance.services.visits"} & taken, name
    assert {"take", "keep"} <= calls(PACKAGE / "services" / "door_enrolment.py")


def test_the_door_opens_the_gallery_for_reading() -> None:
    source = (PACKAGE / "services" / "bench" / "door.py").read_text("utf-8")
    build = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == "build")
    opened = [
        ast.unparse(node)
        for node in ast.walk(build)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open_gallery"
    ]
    assert opened == ["open_gallery(state, read_only=True)"]
