"""`detente fetch`: what is new, once, as lines that `detente read -` takes; and `read` on tables."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """The program with these arguments."""
    return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)


def test_what_is_new_is_printed_once(root: Path, tmp_path: Path) -> None:
    """The second round prints nothing, and says that it saw the entries before."""
    first = run("fetch", root / "examples/feeds.toml", "--state", tmp_path / "state.json")
    again = run("fetch", root / "examples/feeds.toml", "--state", tmp_path / "state.json")

    assert [json.loads(line)["id"] for line in first.stdout.splitlines()] == [
        "https://meridian.example/strait",
        "https://meridian.example/border",
    ]
    assert (first.exit_code, first.stderr) == (0, "detente: documents 2, entries 2\n")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "detente: entries 2, entries seen 2\n")


def test_a_feed_that_is_missing_is_counted(tmp_path: Path) -> None:
    """Exit code 1, the reason on standard error."""
    (tmp_path / "feeds.toml").write_text('[[feed]]\nurl = "file:none.xml"\n', encoding="utf-8")
    done = run("fetch", tmp_path / "feeds.toml")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "refused: unreadable 1" in done.stderr


@pytest.mark.parametrize("arguments", [("fetch", "none.toml"), ("read", "a.csv", "--fields", "colour=red"), ("read", "a.csv", "--today", "soon")])
def test_a_wrong_setting_is_one_line(arguments: tuple[str, ...]) -> None:
    """Exit code 2, before anything is fetched or read."""
    done = run(*arguments)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("command", ["read", "explain", "stories", "ingest"])
def test_texts_of_days_to_come_are_read_nowhere_but_in_their_own_world(tmp_path: Path, command: str) -> None:
    """A year mistyped would date every event: one line before anything is read; tomorrow has begun east of UTC, and `--today` names another day."""
    (tmp_path / "a.txt").write_text("Turkey and Greece agreed on Saturday to reopen talks.", encoding="utf-8")
    more = {"explain": ("e01",), "ingest": ("--store", tmp_path / "store")}.get(command, ())
    done = run(command, tmp_path / "a.txt", *more, "--published", "2099-01-01")
    near = run(command, tmp_path / "none.txt", *more, "--published", "2099-01-02", "--today", "2099-01-01")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "detente: --published = '2099-01-01', but it is still to come; correct it, or say what day it is in an invented world: --today DAY\n"
    assert "still to come" not in near.stderr
    assert not (tmp_path / "store" / "parts").exists()


@pytest.mark.usefixtures("model")
def test_fetched_lines_are_read_from_standard_input(root: Path) -> None:
    """Title, day and name come with each line."""
    fetched = run("fetch", root / "examples/feeds.toml").stdout
    done = run("read", "-", "--format", "jsonl", stdin=fetched)
    documents = {json.loads(line)["text_info"]["document"] for line in done.stdout.splitlines()}

    assert done.exit_code == 0
    assert documents == {"https://meridian.example/strait", "https://meridian.example/border"}


@pytest.mark.usefixtures("model")
def test_ctrl_c_ends_a_watch_and_loses_nothing(root: Path, tmp_path: Path) -> None:
    """While it waits for the next round: exit code 0, one line, and the store has what was new."""
    command = [sys.executable, "-c", "from detente.cli import app; app()", "watch", str(root / "examples/feeds.toml"), "--store", str(tmp_path / "s")]
    started = subprocess.Popen([*command, "--every", "1h"], stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert started.stderr is not None
    first = started.stderr.readline()
    started.send_signal(signal.SIGINT)
    _, rest = started.communicate(timeout=60)
    again = run("watch", root / "examples/feeds.toml", "--store", tmp_path / "s", "--once")

    assert first.startswith("detente: 2 documents: 2 coded")
    assert (started.returncode, rest) == (0, "detente: stopped; what is not kept yet is found again in the next round\n")
    assert (again.exit_code, again.stderr[:23]) == (0, "detente: 0 documents: 0")
    assert run("store", "check", tmp_path / "s").exit_code == 0


@pytest.mark.usefixtures("model")
def test_a_table_is_read_by_its_columns(tmp_path: Path) -> None:
    """How they were understood is told beside the records; a day after tomorrow is refused as of the day that the user names."""
    text = "Turkey and Greece agreed on Saturday to reopen talks."
    (tmp_path / "a.csv").write_text(f"body,pubdate\n{text},2026-03-14\n{text},2032-03-14\n", encoding="utf-8")
    done = run("read", tmp_path / "a.csv", "--format", "jsonl", "--today", "2026-03-14")
    both = run("read", tmp_path / "a.csv", "--format", "jsonl", "--today", "2032-03-14")

    assert f"detente: {tmp_path}/a.csv: read as --fields text=body,published=pubdate\n" in done.stderr
    assert "1 read, 1 refused (future-date 1)" in done.stderr
    assert (done.exit_code, both.exit_code) == (1, 0)
    assert json.loads(done.stdout.splitlines()[0])["date"] == "2026-03-14"
