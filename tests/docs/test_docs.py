"""The docs cannot lie: what they take from the code is printed from it, and what they point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import print_cli, print_ontology, print_tables
from docs.print_cli import PAGE as CLI_PAGE
from docs.print_ontology import PAGE as ONTOLOGY_PAGE
from docs.print_tables import PAGE as TABLES_PAGE

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_page_of_commands_is_current() -> None:
    """`docs/cli.md` says what the commands say of themselves; `make docs` prints it anew."""
    assert CLI_PAGE.read_text(encoding="utf-8") == print_cli.text(), "run `make docs` and commit docs/cli.md"


def test_the_tables_of_types_are_current() -> None:
    """`docs/ontology.md` has the names and points of the package; `make docs` prints them anew."""
    assert ONTOLOGY_PAGE.read_text(encoding="utf-8") == print_ontology.text(), (
        "run `make docs` and commit docs/ontology.md"
    )


def test_the_tables_of_the_store_are_current() -> None:
    """`docs/tables.md` has every table and column of the contract; `make docs` prints them anew."""
    assert TABLES_PAGE.read_text(encoding="utf-8") == print_tables.text(), "run `make docs` and commit docs/tables.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the repository, and every file that is named in code type, exists."""
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    named = re.findall(r"`((?:src|tests|docs|examples|evaluation|training|benchmarks)/[\w./-]+\.\w+)`", text)

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_make_targets_that_are_named_exist(page: Path) -> None:
    """A page that says `make something` names a target of the Makefile."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(re.findall(r"`make (\w+)`", page.read_text(encoding="utf-8"))) <= set(targets)


def test_the_readme_shows_every_command() -> None:
    """Whoever reads the first page has seen each command once."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^## detente ([\w-]+)(?: [\w-]+)?$", CLI_PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert [c for c in commands if f"detente {c}" not in readme] == []
