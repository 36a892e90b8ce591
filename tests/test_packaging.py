"""The wheel carries what the product needs beside its code: installed elsewhere, nothing is missing."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy: setuptools leaves folders where it builds."""
    checkout = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = checkout / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    words = [
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(out),
        str(checkout),
    ]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=110)
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_every_module_template_and_schema_is_in_the_wheel(wheel):
    packed = set(wheel.namelist())
    for path in (ROOT / "appliance").rglob("*"):
        if path.suffix in (".py", ".sql", ".html", ".css", ".js", ".svg", ".txt") and "data" not in path.parts:
            assert str(path.relative_to(ROOT)) in packed


@pytest.mark.parametrize(
    "name", ["models/models.toml", "systemd/appliance-ballot.service", "firmware_config/appliance.toml"]
)
def test_the_folders_beside_the_package_are_in_the_wheel(wheel, name):
    assert wheel.read(f"appliance/data/{name}") == (ROOT / name).read_bytes()


@pytest.mark.parametrize("pages", ["web", "central"])
def test_translations_are_in_the_wheel_as_pages_read_them(wheel, pages):
    assert f"appliance/{pages}/translations/vi/LC_MESSAGES/messages.mo" in wheel.namelist()


def test_the_command_is_declared_and_no_weights_are_packed(wheel):
    (entry_points,) = (n for n in wheel.namelist() if n.endswith(".dist-info/entry_points.txt"))
    assert re.search(r"appliance\s*=\s*appliance\.cli:main", wheel.read(entry_points).decode())
    assert [n for n in wheel.namelist() if n.endswith((".onnx", ".dat", ".caffemodel", ".pt"))] == []
