"""A real browser, once for all tests of pages.

Needs Debian's chromium (`apt-get install chromium`), or a browser named in CHROMIUM; the tests skip where there is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no browser is here: apt-get install chromium, or name one in CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install -e '.[dev]'")
    with playwright.sync_playwright() as run:
        # no sandbox: CI runs as root in a container, and only our own pages on loopback are opened
        opened = run.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
