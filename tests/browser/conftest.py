"""A served site and a browser on it; without Chromium or Playwright these tests say what to provide."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from reegraph.web.assets import Assets

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("REEGRAPH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


SERVE = "from reegraph.cli import main; main()"
# As `REEGRAPH_WEB=off` leaves it: the same, over a folder of static files without the libraries.
SERVE_BARE = f"""
import sys
from pathlib import Path
from reegraph.web.assets import Assets
Assets.__init__.__defaults__ = (Path(sys.argv.pop(1)),)
{SERVE}"""


def served(*command: str) -> Iterator[str]:
    """The address of a site that is served, on a free port, while it is used."""
    command = (sys.executable, "-c", *command, "serve", "--port", "0")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            for line in process.stderr:
                if found := re.search(r"pages at (http://\S+)/ ", line):
                    yield found[1]
                    break
        finally:
            process.terminate()
            process.stderr.read()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of `reegraph serve`."""
    yield from served(SERVE)


@pytest.fixture(scope="session")
def bare_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `reegraph serve` where the browser libraries are missing."""
    folder = tmp_path_factory.mktemp("bare") / "static"
    shutil.copytree(Assets().folder, folder, ignore=shutil.ignore_patterns("vendor", ".vendor-*"))
    yield from served(SERVE_BARE, str(folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; for one module, since an event loop runs in this thread meanwhile."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="provide Playwright: pip install playwright")
    if not CHROMIUM:
        pytest.skip("provide a browser: apt-get install chromium, or name one in REEGRAPH_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if root else [])
        yield browser
        browser.close()
