"""What many tests need: the trained reader, the gold beside the repository, and one set of open tools."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import settings

from detente.pipeline import Tools, open_tools
from detente.reading.network import packaged_model

ROOT = Path(__file__).resolve().parent.parent
# a shared machine may stop any test for seconds; what must be quick is timed in benchmarks
settings.register_profile("house", deadline=None)
settings.load_profile("house")

CODED_ON = dt.date(2026, 11, 25)  # a fixed clock: records name the day on which they were coded


@pytest.fixture(scope="session")
def model() -> Path:
    """Folder of the trained reader; tests that ask for it skip where it is not checked out."""
    folder = packaged_model()
    if not (folder / "manifest.json").is_file():
        pytest.skip(
            f"the trained reader is missing: {folder.relative_to(ROOT)}; training/README.md tells how to make it"
        )
    return folder


@pytest.fixture(scope="session")
def tools(model: Path) -> Tools:
    """The packaged reader and actor base, with a fixed clock."""
    return open_tools(coded_on=CODED_ON)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of gold and contract that stands beside the repository; tests that ask for it skip where it is not."""
    folder = ROOT.parent / "shared"
    if not (folder / "seed" / "gold.json").is_file():
        pytest.skip("../shared with the gold is not beside this repository")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT
