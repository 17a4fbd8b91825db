"""A store's events → its stories; copies, imports and feeds in the same store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from detente.matching import match
from detente.store import open_store
from detente.store.checking import faults
from detente.stories import Matcher
from tests.newsroom import PARAGRAPHS, feed, item, page
from tests.sources.conftest import Server, paper
from tests.store.records import content, kept, told

__all__ = ["paper"]  # a fixture
LONGER = "Iran met Iraq in Basra on Monday, and both sides said that they would open the crossing at Shalamcheh again within a month. It rained."


def run(*words: object) -> Result:
    """The command's result."""
    return CliRunner().invoke(app, [str(w) for w in words])


def test_a_copy_is_marked_with_its_first_text_across_writers(tmp_path: Path) -> None:
    """A later writer knows the texts of an earlier one, in the order in which they came, compacted or not."""
    store = kept(tmp_path / "s", told("a", text=LONGER), told("b", text=LONGER + " The talks go on."))
    store.compact()
    store = kept(tmp_path / "s", told("c", text=LONGER))

    assert store.query("SELECT id, number, copy_of FROM documents ORDER BY number").rows() == [("a", 0, None), ("b", 1, "a"), ("c", 2, "a")]
    assert list(faults(store)) == []


def test_a_story_counts_a_copy_as_report_but_not_as_source(tmp_path: Path) -> None:
    """Two papers print one wire text: one story, two reports, one source. A second time changes no byte."""
    store = kept(tmp_path / "s", told("a", text=LONGER), told("b", text=LONGER))
    done = match(store)
    before = content(store.folder)
    match(store)
    (story,) = store.stories()

    assert (done.events, done.stories, done.shared) == (2, 1, 1)
    assert (story.reports, story.documents, story.sources) == (("a-e01", "b-e01"), ("a", "b"), ("a",))
    assert content(store.folder) == before
    assert set(store.events()["story"]) == {story.id}
    assert json.loads(run("story", "b-e01", "--store", store.folder, "--format", "jsonl").stdout)["id"] == story.id
    assert "copies a" in run("story", story.id, "--store", store.folder).stdout


def test_a_store_may_be_matched_more_strictly(tmp_path: Path) -> None:
    """No chance is near enough to 1: every report founds a story, and none is lost."""
    store = kept(tmp_path / "s", told("a", text=LONGER), told("b", text=LONGER))
    usual, strict = match(store), match(store, Matcher(sure=0.999999))

    assert usual.shared > 0
    assert strict.shared == 0
    assert strict.events == usual.events == strict.stories


def test_an_import_is_a_run_of_its_own_and_adds_nothing_twice(tmp_path: Path, root: Path) -> None:
    """What was coded stays what is shown; the import is exported by its number."""
    store = kept(tmp_path / "s", told("a")).folder
    words = ("import", root / "examples/formats/rows.CSV", "--format", "gdelt2", "--store", store)
    first, before = run(*words), content(store)
    again = run(*words)

    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr
    assert "8 new events, 0 known already" in first.stderr
    assert "0 new events, 8 known already" in again.stderr
    assert content(store) == before
    assert [open_store(store).run, open_store(store, run=2).runs[1].source] == [1, "gdelt2"]
    assert len(run("export", "--store", store, "--run", "2", "--format", "detente").stdout.splitlines()) == 8
    assert list(faults(open_store(store))) == []


@pytest.mark.usefixtures("model")
def test_feeds_are_read_into_the_store_once(tmp_path: Path, paper: Server) -> None:
    """A real server: the page of an entry is coded in the first round; the second asks for the feed and finds nothing new."""
    paper.answers = {"/feed": feed(item(f"{paper.url}/a", guid="a")), "/a": page(*PARAGRAPHS)}
    (tmp_path / "feeds.toml").write_text(f'delay = 0\n[[feed]]\nurl = "{paper.url}/feed"\n', encoding="utf-8")
    words = ("watch", tmp_path / "feeds.toml", "--store", tmp_path / "s", "--once")
    first, second = run(*words), run(*words)

    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr
    assert first.stderr.startswith("detente: 1 documents: 1 coded")
    assert second.stderr.startswith("detente: 0 documents")
    assert paper.paths().count("/a") == 1
    assert run("watch", tmp_path / "feeds.toml", "--store", tmp_path / "s", "--every", "soon").exit_code == 2
