"""`detente stories`: texts in, stories out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from detente.cli import app
from detente.records import Story


@pytest.mark.usefixtures("model")
def test_retellings_become_stories(root: Path) -> None:
    """Three papers tell of one tanker: every event is in one story, and one story has a report of each paper."""
    result = CliRunner().invoke(app, ["stories", str(root / "examples" / "retold.jsonl"), "--format", "jsonl"])
    stories = [msgspec.json.decode(line, type=Story) for line in result.stdout.splitlines()]
    reports = [r for s in stories for r in s.reports]

    assert result.exit_code == 0
    assert len(reports) == len(set(reports)) > 0
    assert any(len(s.documents) > 1 for s in stories)


@pytest.mark.usefixtures("model")
def test_the_table_shows_each_story_with_its_sentences(root: Path) -> None:
    """A person reads who tells it, and in which words."""
    result = CliRunner().invoke(app, ["stories", str(root / "examples" / "retold.jsonl"), "--least", "2"])

    assert result.exit_code == 0
    assert "2 sources" in result.stdout or "3 sources" in result.stdout
    assert "s-tanker-" in result.stdout


@pytest.mark.usefixtures("model")
def test_who_asks_for_more_certainty_gets_fewer_shared_stories(root: Path) -> None:
    """Every report stays in a story, and less is joined."""

    def told(*more: str) -> list[Story]:
        result = CliRunner().invoke(app, ["stories", str(root / "examples" / "retold.jsonl"), "--format", "jsonl", *more])
        return [msgspec.json.decode(line, type=Story) for line in result.stdout.splitlines()]

    usual, strict = told(), told("--sure", "0.99")

    assert sorted(r for s in usual for r in s.reports) == sorted(r for s in strict for r in s.reports)
    assert len(strict) > len(usual)


def test_a_text_that_is_refused_is_counted(tmp_path: Path) -> None:
    """Exit code 1, the reason on standard error."""
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    result = CliRunner().invoke(app, ["stories", str(empty)])

    assert result.exit_code == 1
    assert "empty 1" in result.stderr
