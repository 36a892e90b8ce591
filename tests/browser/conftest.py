"""Chromium through Playwright; skipped with the reason where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.house import House

ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, in a container
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives Chromium, which takes minutes for what takes seconds where others work too."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the whole run."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine; script/bootstrap installs it (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


Opener = Callable[..., Any]


@pytest.fixture
def opened(chromium: Any) -> Iterator[Opener]:
    """Open an address in a browser profile of its own: `opened(url, width=…, height=…, lang=…)` → Playwright's page.

    A script error, a violated content policy, or a request to another host fails the test at its end.
    """
    contexts, faults = [], []

    def open_page(url: str, *, width: int = 1280, height: int = 800, context: Any = None) -> Any:
        if context is None:
            context = chromium.new_context(viewport={"width": width, "height": height}, locale="en-GB")
            context.set_default_timeout(30_000)
            contexts.append(context)
        page = context.new_page()
        host = url.split("/")[2]
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda asked: _check_host(asked.url, host, faults))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


def _check_host(url: str, host: str, faults: list[str]) -> None:
    if not url.startswith((f"http://{host}/", "data:", "blob:")):
        faults.append(f"a request left the box: {url}")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A running room: ballot service and pages, six seats."""
    one = House(tmp_path)
    try:
        one.start("ballot")
        one.start("web")
        yield one
    finally:
        one.close()


@pytest.fixture(autouse=True)
def _as_on_a_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The services of a test listen where the test says."""
    for name in ("APPLIANCE_SOCKETS", "APPLIANCE_STATE", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"):
        if name in os.environ:
            monkeypatch.delenv(name)
