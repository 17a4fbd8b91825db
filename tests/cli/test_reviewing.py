"""What people said stands in every answer of the command line, which says so; --as-coded shows what the program said."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from detente.relating import FOLDER
from detente.store import Store
from tests.keeping import FIRST, acts, article, kept, marked, said
from tests.stories.telling import event, party

MISSED = "Turkey shelled a Greek island."
SAID = "--as-coded shows what the program said\n"


def run(*words: object, code: int = 0) -> Result:
    """The command's result."""
    found = CliRunner().invoke(app, [str(w) for w in words])
    assert found.exit_code == code, found.output
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Greece quarrels with Turkey each second day of 60; a document of which the program made nothing."""
    return kept(tmp_path / "s", [*acts(range(0, 60, 2)), *acts(range(60), "CONSULT", ("FRA", "DEU"), "z"), article("m", text=MISSED, day=FIRST + dt.timedelta(50))])


@pytest.fixture
def judged(store: Store) -> Store:
    """One event rejected, one corrected to another pair, one marked."""
    said(store, "x0010-e01")
    said(store, "x0020-e01", field="recipient", correction="XYZ", by="bob")
    marked(store, event("m-m15", "ASSAULT", MISSED, "shelled", day=FIRST + dt.timedelta(50), actor=(party("TUR"),), recipient=(party("GRC"),)))
    return store


def of(pair: str, store: Store, *more: str) -> list[str]:
    """Events between two, either way."""
    one, other = pair.split()
    lines = run("events", "--from", one, "--to", other, "--either", "--store", store.folder, "--format", "jsonl", *more).stdout.splitlines()
    return [json.loads(line)["id"] for line in lines]


def test_events_stand_as_people_say(judged: Store) -> None:
    """Rejected, under another pair, marked; a line says how many, and another option has the program's."""
    asked = run("events", "--from", "GRC", "--to", "TUR", "--store", judged.folder)

    assert "x0010-e01" not in asked.stdout
    assert asked.stderr == f"detente: of the events, 1 that people rejected is left out, 1 that people corrected is no longer among these; {SAID}"
    assert of("GRC XYZ", judged) == ["x0020-e01"], "a code that only people know is one"
    assert "m-m15" in of("GRC TUR", judged)
    assert [name for name in of("GRC TUR", judged, "--as-coded") if name not in of("GRC TUR", judged)] == ["x0010-e01", "x0020-e01"]
    assert run("events", "--store", judged.folder, "--as-coded").stderr == ""


def test_what_is_exported_is_what_stands(judged: Store, tmp_path: Path) -> None:
    """And what the program said, when it is asked for."""
    lines = [json.loads(line) for line in run("export", "--store", judged.folder, "--format", "detente").stdout.splitlines()]
    coded = run("export", "--store", judged.folder, "--format", "detente", "--as-coded", "-o", tmp_path / "e.jsonl")

    assert {one["id"]: one["recipient"][0]["code"] for one in lines}["x0020-e01"] == "XYZ"
    assert "x0010-e01" not in {one["id"] for one in lines}
    assert "m-m15" in {one["id"] for one in lines}
    assert SAID not in coded.stderr
    assert len((tmp_path / "e.jsonl").read_text().splitlines()) == len(lines)


@pytest.mark.parametrize("command", ["relation GRC TUR", "forecast GRC TUR --weeks 1", "network"])
def test_relations_say_what_people_changed(judged: Store, command: str) -> None:
    """In those of a pair that they changed; another pair's has nothing to say of it."""
    words = [*command.split(), "--store", judged.folder]

    assert f"1 that people rejected is left out, 1 that people corrected is {'no longer among these' if 'GRC' in command else 'shown so'}, 1 that people marked is shown, too; {SAID}" in run(*words).stderr
    assert SAID not in run(*words, "--as-coded").stderr


def test_a_relation_is_that_of_what_stands(judged: Store) -> None:
    """Its reports are fewer by what was rejected and corrected away, and more by what was marked; other pairs are not touched."""
    reports = {flag: json.loads(run("relation", "GRC", "TUR", "--store", judged.folder, "--json", *flag.split()).stdout)["reports"] for flag in ("", "--as-coded")}

    assert reports == {"": 29.0, "--as-coded": 30.0}
    assert SAID not in run("relation", "FRA", "DEU", "--store", judged.folder).stderr


def test_what_is_issued_rests_on_what_stands(judged: Store) -> None:
    """A forecast of what the program alone said is not issued: the ledger grades on what stands."""
    told = run("forecast", "GRC", "TUR", "--store", judged.folder, "--weeks", "1", "--issue", "--as-coded", code=2)

    assert told.stderr.count("\n") == 1
    assert "--issue = " in told.stderr


def test_a_judged_event_is_explained_with_who_said_what(judged: Store) -> None:
    """Rejected; corrected, with the program's value beside; marked, which the program knows nothing of; taken back."""
    rejected, changed, made = (run("explain", name, "--store", judged.folder).stdout for name in ("x0010-e01", "x0020-e01", "m-m15"))

    assert "  people: rejected; it counts nowhere\n    ann, 2026-11-26T12:00:00+00:00: there is no such event\n" in rejected
    assert "recipient “TUR”: XYZ" in changed
    assert "    bob, 2026-11-26T12:00:00+00:00: recipient is XYZ, not TUR\n" in changed
    assert "  people: marked by hand; the program missed it\n    ann, " in made
    assert "words of the trigger: “shelled”" in made
    assert "people: " not in run("explain", "x0020-e01", "--store", judged.folder, "--as-coded").stdout
    run("explain", "m-m15", "--store", judged.folder, "--as-coded", code=2)

    said(judged, "x0010-e01", "unsure")
    assert "  people: what was said of it was taken back\n" in run("explain", "x0010-e01", "--store", judged.folder).stdout


def test_a_story_without_reports_is_left_out(store: Store) -> None:
    """Rejected reports are not told; a story that has none left is neither listed nor shown."""
    name = json.loads(run("stories", "--store", store.folder, "--least", "1", "--format", "jsonl").stdout.splitlines()[0])["id"]
    reports = store.story(name).reports
    for report in reports:
        said(store, report)
    left = run("stories", "--store", store.folder, "--least", "1", "--format", "jsonl")

    assert name not in left.stdout
    assert f"{len(reports)} that people rejected {'is' if len(reports) == 1 else 'are'} left out; {SAID}" in left.stderr
    assert "people rejected every report of it" in run("story", name, "--store", store.folder, code=2).stderr
    assert name in run("story", name, "--store", store.folder, "--as-coded").stdout


@pytest.mark.parametrize("words", ["events", "events --limit 3 --format csv", "export --format csv", "relation GRC TUR", "forecast GRC TUR --weeks 1", "explain x0010-e01", "stories --least 1"])
def test_where_nobody_judged_both_are_the_same_bytes(store: Store, words: str) -> None:
    """As coded and after people, on both outputs."""
    run(*words.split(), "--store", store.folder)  # fits what is kept
    one, other = run(*words.split(), "--store", store.folder), run(*words.split(), "--store", store.folder, "--as-coded")

    assert (one.stdout_bytes, one.stderr_bytes) == (other.stdout_bytes, other.stderr_bytes)
    assert {path.name for path in store.folder.iterdir() if path.is_dir()} <= {"runs", FOLDER}
