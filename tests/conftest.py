"""What many tests need: the trained reader, the gold beside the repository, one set of open tools, and a store of the examples."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import settings

from detente.ingest import Recipe, ingest
from detente.matching import match
from detente.pipeline import Tools, open_tools
from detente.reading.network import packaged_model
from detente.relating import related
from detente.sources.files import documents
from detente.store import open_store

ROOT = Path(__file__).resolve().parent.parent
# no deadline: a shared machine may stop any test for seconds; what must be quick is timed in benchmarks
settings.register_profile("house", deadline=None, derandomize=True)  # the same examples every time: who changed nothing sees no failure
settings.register_profile("search", deadline=None, max_examples=1000)  # others every time, and more: `pytest --hypothesis-profile=search`
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
def record(model: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of examples/ with its stories and the fit of its relations; who writes into it, or serves it, takes a copy."""
    folder = tmp_path_factory.mktemp("record") / "record"
    store = open_store(folder, create=True)
    texts = [str(root / "examples" / name) for name in ("archive.jsonl", "retold.jsonl")]
    ingest(documents(texts, published=None), store, Recipe(coded_on=CODED_ON), workers=1)
    match(store)
    related(store).shared()  # a copy keeps the times of its files, by which a fit is known
    return folder


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
