"""One article, every stage's output kept: whatever changes it shows in a diff that somebody reads."""

from __future__ import annotations

import pytest

from detente.pipeline import Tools
from tests.stages import GOLDEN, stages

WAY_OUT = "run `make golden`, read the diff, and commit it with the reason"


@pytest.fixture(scope="module")
def made(tools: Tools) -> dict[str, str]:
    """What the stages make now."""
    return stages(tools)


@pytest.mark.parametrize("name", ["1-document", "2-reading", "3-actors", "4-dates", "5-events", "6-quotes", "7-checks"])
def test_each_stage_makes_what_it_made(made: dict[str, str], name: str) -> None:
    """A change in what is read, resolved, dated or coded is meant, or it is a fault. Nothing is written here."""
    file = GOLDEN / f"{name}.json"
    if not file.is_file():
        pytest.fail(f"{file} is missing; {WAY_OUT}")

    assert made[file.name] == file.read_text(encoding="utf-8"), WAY_OUT


def test_every_stage_is_kept_and_nothing_else(made: dict[str, str]) -> None:
    """A stage that is new has its file, one that is gone has none."""
    assert {f.name for f in GOLDEN.glob("*")} == set(made), WAY_OUT
