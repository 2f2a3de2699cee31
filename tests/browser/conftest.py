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

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("REEGRAPH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of `reegraph serve`, on a free port."""
    command = [sys.executable, "-c", "from reegraph.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr
        try:
            for line in served.stderr:
                if found := re.search(r"pages at (http://\S+)/ ", line):
                    yield found[1]
                    break
        finally:
            served.terminate()
            served.stderr.read()


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
