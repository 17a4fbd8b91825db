"""The commands of `detente actors`: errors are one line, JSON is JSON; tests/cli/test_cli.py runs their examples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app

RUNNER = CliRunner()


def run(*arguments: str) -> Result:
    """What `detente actors …` prints and its exit code."""
    return RUNNER.invoke(app, ["actors", *arguments])


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples name files of the repository and write beside them; here they write elsewhere."""
    for name in ("examples", "tests"):
        (tmp_path / name).symlink_to(root / name)
    monkeypatch.chdir(tmp_path)


def test_show_marks_the_office_of_the_day() -> None:
    """Qin Gang's ministry stands marked among his offices, each with source and licence."""
    told = run("show", "Qin Gang", "--on", "2023-05-08").stdout

    assert re.search(
        r"> 2022-12-30 to 2023-07-25 +Foreign Minister \(foreign_minister, CHN GOV; hand, CC0-1\.0\)  held on 2023-05-08",
        told,
    )
    assert len([line for line in told.splitlines() if line.startswith("  > ")]) == 1


def test_what_is_not_known_is_said() -> None:
    """For a day after the source ends no holder is claimed."""
    told = run("who", "foreign minister of China", "--on", "2026-11-25").stdout

    assert "no later information after 2026-01-31" in told


def test_json_says_what_the_table_says() -> None:
    """One answer, shown two ways."""
    shown = json.loads(run("show", "Qin Gang", "--on", "2023-05-08", "--json").stdout)
    held = json.loads(run("who", "foreign minister of China", "--on", "2023-05-08", "--json").stdout)
    counted = json.loads(run("coverage", "--json").stdout)

    assert [office["title"] for office in shown["found"][0]["offices"] if office["status"] == "held"] == [
        "Foreign Minister"
    ]
    assert [holder["person"] for holder in held["holders"]] == ["Qin Gang"]
    assert counted["states"] == 197


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "Qinn Gangg"), "the base has no such actor; near: Qin Gang (CHN)"),
        (("show", "Qin Gang", "--on", "8 May"), "it must be a day as YYYY-MM-DD"),
        (("show", "Qin Gang", "--base", "none.sqlite"), "it must be a file"),
        (("who", "foreign minister"), "it must name an office and its state"),
        (("add", "none.csv"), "it cannot be read"),
        (("add", "bad.csv"), "bad.csv:2: code = 'XX', but a code is three capital letters"),
        (("build", "--out", "new.sqlite"), "name one source"),
        (("build", "--kb", "none", "--out", "new.sqlite"), "missing: none/"),
        (("build", "--wikidata", "none.json", "--out", "new.sqlite"), "cannot be read"),
        (
            ("build", "--wikidata", "tests/actors/data/wikidata.json", "--out", "none/new.sqlite"),
            "it cannot be written",
        ),
    ],
)
def test_an_error_is_one_line_and_exit_code_two(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """What is wrong is said in a line on standard error; nothing is printed and no file is left."""
    (tmp_path / "bad.csv").write_text("kind,name,code\nstate,Veltia,XX\n", encoding="utf-8")
    done = run(*arguments)

    assert done.exit_code == 2
    assert told in done.stderr
    assert (done.stdout, done.stderr.count("\n"), done.stderr.startswith("detente: ")) == ("", 1, True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bad.csv", "examples", "tests"]


def test_a_users_world_is_added_shown_and_asked() -> None:
    """The example's table makes a base in which its people hold their offices."""
    added = run("add", "examples/actors.csv", "--base", "mine.sqlite")
    again = run("add", "examples/actors.csv", "--base", "mine.sqlite")
    held = run("who", "foreign minister of Veltia", "--on", "2032-06-01", "--base", "mine.sqlite").stdout

    assert "added 1 group, 7 office, 2 organisation, 5 person, 1 seat, 2 state" in added.stdout
    assert "added nothing" in again.stdout
    assert "Mira Toll  2031-05-02 to 2033-11-30  foreign minister (own: Veltian Gazette 12, yours)" in held


@pytest.mark.usefixtures("model")
def test_read_resolves_a_users_world(tmp_path: Path) -> None:
    """`detente read --actors` knows the added states, people and bodies."""
    run("add", "examples/actors.csv", "--base", "mine.sqlite")
    text = "Veltian Foreign Minister Mira Toll accused Orsmark on Tuesday of closing the strait. The Northern Compact urged both to talk."
    (tmp_path / "veltia.txt").write_text(text, encoding="utf-8")
    done = RUNNER.invoke(
        app, ["read", "veltia.txt", "--published", "2032-06-02", "--today", "2032-06-02", "--actors", "mine.sqlite", "--format", "jsonl"]
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    parties = [
        (party["code"], party["name"])
        for record in records
        if "event" in record
        for party in (*record["actor"], *record["recipient"])
    ]

    assert done.exit_code == 0
    assert ("VLT", "Mira Toll") in parties
    assert "ORM" in {code for code, _ in parties}


def test_the_template_can_be_filled_in(tmp_path: Path) -> None:
    """The template's header and a row of one's own make a base."""
    (tmp_path / "mine.csv").write_text(run("template").stdout + "state,Veltia,VLT\n", encoding="utf-8")

    assert run("add", "mine.csv", "--base", "mine.sqlite").exit_code == 0
