"""The command line: what is printed where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars
import pytest
import typer
from typer.core import TyperGroup, TyperOption
from typer.testing import CliRunner, Result

from detente.cli import app
from tests.cli.test_page import Seen

COMMAND = typer.main.get_command(app)
assert isinstance(COMMAND, TyperGroup)
PROGRAM = [sys.executable, "-c", "from detente.cli import app; app()"]
NEWS = "Iranian Foreign Minister Ali Rezai met his Omani counterpart in Muscat on Monday. “We agreed on a hotline,” Rezai said."


def commands(group: TyperGroup) -> dict[str, Any]:
    """Every command by its words: "read", "actors show"."""
    own: dict[str, Any] = {}
    for name, command in group.commands.items():
        inside = commands(command) if isinstance(command, TyperGroup) else {}
        own |= {f"{name} {n}": c for n, c in inside.items()} or {name: command}
    return own


COMMANDS = commands(COMMAND)


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """The program with these arguments, in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)


def examples(help: str | None) -> list[str]:
    """The example lines of a help text."""
    return re.findall(r"Example: (detente .*)", help or "")


def one_line(result: Result) -> str:
    """The error that the program told in one line."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("detente: ")
    return line


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A short article."""
    file = tmp_path / "talks.txt"
    file.write_text(NEWS, encoding="utf-8")
    return file


@pytest.fixture
def in_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples are written for the repository's folder."""
    monkeypatch.chdir(root)


# --- what needs no reader -----------------------------------------------------------------------


def test_the_version_is_the_packages() -> None:
    """`detente --version` says program and version, and stops."""
    result = run("--version")

    assert (result.exit_code, result.stdout) == (0, f"detente {version('detente')}\n")


def test_the_installed_program_starts() -> None:
    """The entry point is there and answers."""
    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("detente ")
    assert done.stderr == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_in_an_example(name: str) -> None:
    """Each command says what it does and ends in a line to paste; it names no option that is not explained."""
    command = COMMANDS[name]
    told = (command.help or "").strip()

    last = told.splitlines()[-1].strip()
    assert last.startswith("Example: ")
    assert f"detente {name}" in last
    assert run(*name.split(), "--help").exit_code == 0
    assert all(p.help for p in command.params if isinstance(p, TyperOption) and p.name != "help")


EXAMPLES = dict.fromkeys(e for c in (*COMMANDS.values(), COMMAND) for e in examples(c.help) if c.name not in ("serve", "learn") and "detente accounts" not in e)
"""Each once: the program's own help repeats some of its commands'."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(example: str, root: Path, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The line as it stands in the help does what it says, from the repository's folder; what it writes is new. `serve`, which does not end, has tests/web/test_serving.py; `learn` needs the extra training; accounts must be there first."""
    if re.match(r"detente (read|explain|ingest|audit|watch|stories) ", example) or "build/record" in example:
        request.getfixturevalue("model")
    if "build/record" in example and not example.startswith("detente ingest "):
        shutil.copytree(request.getfixturevalue("record"), tmp_path / "build" / "record")
    for folder in ("examples", "tests"):
        (tmp_path / folder).symlink_to(root / folder)
    before = set(tmp_path.iterdir())
    line = f"{shlex.join(PROGRAM)} {example.removeprefix('detente ')}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout or set(tmp_path.iterdir()) - before or ("--store" in line and done.stderr)  # what goes into a store is told beside it


def test_without_arguments_the_help_is_shown() -> None:
    """Somebody who types only the name wants to know what there is."""
    result = run()

    assert "Commands:" in result.output
    assert all(name.split()[0] in result.output for name in COMMANDS)


def test_all_types_are_shown() -> None:
    """A line for each of the sixteen, with points, class and modes."""
    result = run("ontology")

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 17
    assert re.search(r"CONSULT +2\.5 +verbal cooperation +visit, third-party, multilateral, phone", result.stdout)


@pytest.mark.parametrize("code", ["SANCTION", "sanction"])
def test_one_type_is_shown_with_its_modes(code: str) -> None:
    """In whatever case it is typed."""
    result = run("ontology", code)

    assert result.exit_code == 0
    assert result.stdout.startswith("SANCTION: material conflict (quad 4), -6.0 points; needs a recipient\n")
    assert re.search(r"^  expel +-5\.5$", result.stdout, re.MULTILINE)


def test_an_own_ontology_is_shown(tmp_path: Path) -> None:
    """With its names as they are written, small letters too."""
    file = tmp_path / "mine.toml"
    file.write_text('name = "MINE"\n[types.ACCUSE]\nname = "criticise"\n', encoding="utf-8")

    assert run("ontology", "--custom", file).stdout.startswith("MINE 1\n")
    assert run("ontology", "criticise", "--custom", file).stdout.startswith("criticise: verbal conflict")


def test_an_unknown_type_is_told_with_what_is_near() -> None:
    """Exit code 2, one line, nothing on standard output."""
    assert one_line(run("ontology", "SANCTIN")) == (
        "detente: code = 'SANCTIN', but PLOVER 2.0 has no such type; near: SANCTION"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--published", ""], "--published = '', but it must be a day as YYYY-MM-DD"),  # of a variable that a script left unset
        (["--published", "yesterday"], "--published = 'yesterday', but it must be a day as YYYY-MM-DD"),
        (["--ontology", "/no/such.toml"], "ontology = '/no/such.toml', but it cannot be read: No such file"),
        (["--model", "/no/such"], "reader = '/no/such', but it has no encoder.onnx"),
    ],
)
def test_a_wrong_setting_is_one_line(article: Path, arguments: list[str], told: str) -> None:
    """What was given, the rule, the way out; no traceback."""
    assert told in one_line(run("read", article, *arguments))


def test_the_output_may_not_be_an_input(article: Path) -> None:
    """A slip of the hand must not empty the article."""
    assert "it is one of the texts to read" in one_line(run("read", article, "--output", article))
    assert article.read_text(encoding="utf-8") == NEWS


@pytest.mark.parametrize(
    ("arguments", "told", "way_out"),
    [
        (["--colour"], "--colour", "detente --help"),
        (["raed"], "raed", "detente --help"),
        (["read", "a.txt", "--colour"], "--colour", "detente read --help"),
        (["read", "a.txt", "--workers", "0"], "--workers", "detente read --help"),
        (["read", "a.txt", "--format", "xml"], "jsonl", "detente read --help"),
        (["relation", "GRC"], "missing argument", "detente relation --help"),
        (["relation", "GRC", "TUR", "--events"], "--events", "--help"),
        (["ontology", "AGREE", "more"], "more", "detente ontology --help"),
        (["ingest", "a.txt"], "--store", "detente ingest --help"),
        (["store", "chek"], "chek", "detente store --help"),
    ],
)
def test_a_line_that_cannot_be_taken_apart_is_one_line(arguments: list[str], told: str, way_out: str) -> None:
    """An option, value, argument or command that there is not, or that is missing: what it is, and where to look."""
    line = one_line(run(*arguments))

    assert told in line
    assert f"{way_out}`" in line


@pytest.mark.parametrize("group", [[], ["store"], ["actors"]])
def test_who_asks_for_nothing_is_shown_the_help(group: list[str]) -> None:
    """Whole, as with `--help`, and no line of an error."""
    asked = run(*group)

    assert asked.exit_code == 2
    assert asked.output.strip() == run(*group, "--help").output.strip()


# --- what reads ------------------------------------------------------------------------------------

reads = pytest.mark.usefixtures("model")


@reads
def test_reading_prints_json_lines(article: Path) -> None:
    """One record a line, events before quotes, named by the file; nothing on standard error."""
    result = run("read", article, "--published", "2023-05-08", "--format", "jsonl")
    records = [json.loads(line) for line in result.stdout.splitlines()]

    assert (result.exit_code, result.stderr) == (0, "")
    assert [r for r in records if "event" in r] + [r for r in records if "speaker" in r] == records
    assert all(r["id"].startswith("talks-") and r["text_info"]["document"] == "talks" for r in records)


@reads
def test_the_table_shows_document_events_and_quotes(article: Path) -> None:
    """A line that names the document, then each event and quote; no colours where nobody watches."""
    result = run("read", article, "--published", "2023-05-08", "--title", "Talks")

    assert result.exit_code == 0
    assert re.match(r"talks  Talks  published 2023-05-08; \d+ events, \d+ quotes", result.stdout)
    assert "\x1b" not in result.stdout


@reads
def test_standard_input_is_read(article: Path) -> None:
    """Both with "-" and without any file; the text is named by its hash."""
    dashed = run("read", "-", "--format", "jsonl", stdin=NEWS)
    bare = run("read", "--format", "jsonl", stdin=NEWS)
    named = run("read", article, "--format", "jsonl")

    assert dashed.exit_code == 0
    assert dashed.stdout == bare.stdout
    assert len(dashed.stdout.splitlines()) == len(named.stdout.splitlines())


@reads
def test_csv_and_parquet_hold_the_same_events(article: Path, tmp_path: Path) -> None:
    """On standard output or in a file."""
    table = polars.read_csv(io.BytesIO(run("read", article, "--format", "csv").stdout_bytes), infer_schema=False)
    assert run("read", article, "--format", "parquet", "-o", tmp_path / "a.parquet").stdout == ""
    kept = polars.read_parquet(tmp_path / "a.parquet")

    assert table.columns == kept.columns
    assert table["id"].to_list() == kept["id"].to_list()
    assert polars.read_parquet(io.BytesIO(run("read", article, "--format", "parquet").stdout_bytes)).equals(kept)


@reads
def test_a_page_holds_the_article(article: Path, tmp_path: Path) -> None:
    """A whole HTML page, whose tags close."""
    result = run("read", article, "--format", "html", "-o", tmp_path / "a.html", "--title", "Talks & more")
    html = (tmp_path / "a.html").read_text(encoding="utf-8")

    assert (result.exit_code, result.stdout) == (0, "")
    assert html.startswith("<!doctype html>")
    assert "<h1>Talks &amp; more</h1>" in html
    assert Seen(html).open == []


@reads
def test_refused_documents_are_code_1(article: Path, tmp_path: Path) -> None:
    """What could be read is printed; each refusal is a line on standard error, and the last line counts them by reason."""
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    result = run(
        "read", article, tmp_path / "empty.txt", tmp_path / "a.pdf", tmp_path / "none.txt", "--format", "jsonl"
    )

    assert result.exit_code == 1
    assert {json.loads(line)["text_info"]["document"] for line in result.stdout.splitlines()} <= {"talks"}
    lines = result.stderr.splitlines()
    assert len(lines) == 4
    assert lines[0] == f"detente: refused: {tmp_path}/empty.txt: it has no text"
    assert lines[-1] == "detente: 1 read, 3 refused (binary 1, empty 1, unreadable 1)"


@reads
def test_an_archive_is_read_in_order(in_root: None) -> None:
    """As many documents as lines, in the order of the lines, however many are read at once."""
    one, two = (run("read", "examples/archive.jsonl", "--workers", str(n)) for n in (1, 2))

    assert re.findall(r"^(\w+)  \S", one.stdout, re.MULTILINE) == ["summit", "pipeline", "vote"]
    assert one.stdout == two.stdout


@reads
def test_a_closed_pipe_ends_quietly(in_root: None) -> None:
    """`detente read … | head -1` says nothing on standard error."""
    line = f"set -o pipefail; {shlex.join(PROGRAM)} read examples/archive.jsonl examples/strait.txt | true"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.returncode == 0


@reads
def test_an_own_ontology_codes(in_root: None) -> None:
    """The file of the examples leaves no type that it merged or dropped."""
    result = run("read", "examples/strait.txt", "examples/archive.jsonl", "--ontology", "examples/ontology.toml", "--format", "jsonl")
    types = {t for line in result.stdout.splitlines() for t in json.loads(line).get("event", ())}

    assert result.exit_code == 0, result.stderr
    assert not types & {"ACCUSE", "REJECT", "PROTEST"}


@reads
def test_an_event_is_explained(in_root: None) -> None:
    """Its words with their offsets, its parties and why, and who coded it."""
    result = run("explain", "examples/strait.txt", "e01", "--published", "2026-03-14")

    assert result.exit_code == 0
    assert result.stdout.startswith("strait-e01  ")
    assert re.search(r"trigger “.+” \[\d+:\d+\]", result.stdout)
    assert "coder detente " in result.stdout
    assert result.stdout == run("explain", "examples/strait.txt", "strait-e01", "--published", "2026-03-14").stdout


@reads
def test_a_quote_is_explained(in_root: None) -> None:
    """Its words with their offsets, the cue, its speaker and why."""
    result = run("explain", "examples/strait.txt", "q02", "--published", "2026-03-14")

    assert result.exit_code == 0
    assert result.stdout.startswith("strait-q02  quote, direct, confidence ")
    assert "“The hotline will be open again by Monday.” [458:499]" in result.stdout
    assert "cue “told” [441:445]" in result.stdout
    assert re.search(r"speaker “Karaca” \[434:440\].*\n    is TUR GOV Selim Karaca", result.stdout)
    assert result.stdout == run("explain", "examples/strait.txt", "strait-q02", "--published", "2026-03-14").stdout


@reads
def test_an_unknown_event_is_told_with_those_that_are(in_root: None) -> None:
    """One line that lists the ids."""
    line = one_line(run("explain", "examples/strait.txt", "e99", "--published", "2026-03-14"))

    assert "id = 'e99', but examples/strait.txt has no such event or quote; it has: strait-e01, " in line


@reads
def test_of_several_documents_it_is_told_which_was_taken(in_root: None) -> None:
    """A number alone is the first document's, and says so and how to ask for another; a whole name is that document's, without a word."""
    first = run("explain", "examples/archive.jsonl", "e01")
    whole = run("explain", "examples/archive.jsonl", "summit-e01")
    other = run("explain", "examples/archive.jsonl", "pipeline-e01")

    assert first.stderr == (
        "detente: examples/archive.jsonl has more documents than one, and this is summit-e01; "
        "another is asked for by its whole name, such as pipeline-e01\n"
    )
    assert (first.stdout, whole.stderr, other.stderr) == (whole.stdout, "", "")
    assert other.stdout.startswith("pipeline-e01  ")
    assert "has no document 'none'; it has: summit, pipeline, vote" in one_line(run("explain", "examples/archive.jsonl", "none-e01"))


@reads
def test_a_refused_line_does_not_hide_what_stands_behind_it(tmp_path: Path) -> None:
    """One faulty line of an archive leaves the records of the others to be explained."""
    text = "China's foreign minister met the U.S. ambassador in Beijing on Monday."
    (tmp_path / "a.jsonl").write_text(f'{{"id": "bad", "text": ""}}\n{{"id": "good", "text": "{text}"}}\n', encoding="utf-8")
    done = run("explain", tmp_path / "a.jsonl", "e01")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("good-e01  ")


def test_what_is_to_be_explained_must_be_named() -> None:
    """In words, without a value that nobody gave."""
    assert "id = 'not given', but it must be named after the file" in one_line(run("explain", "examples/strait.txt"))


@pytest.mark.parametrize("module", ["detente", "detente.cli.main"])
def test_python_runs_the_program_as_a_module(module: str) -> None:
    """Where the script is not on the path."""
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"detente {version('detente')}\n"


@reads
def test_what_is_not_found_may_be_what_was_refused(tmp_path: Path) -> None:
    """A document that is there and was refused is not called absent without a word: the reason stands behind what there is."""
    (tmp_path / "a.jsonl").write_text('{"id": "bad", "text": ""}\n{"id": "good", "text": "It rained."}\n', encoding="utf-8")
    document, record = (one_line(run("explain", tmp_path / "a.jsonl", asked)) for asked in ("bad-e01", "e01"))

    assert re.search(r"has no document 'bad'; it has: good; refused: .*a\.jsonl:1.*it has no text", document)
    assert re.search(r"has no such event or quote; it has: none; refused: .*a\.jsonl:1.*it has no text", record)


@reads
def test_a_day_that_is_not_known_is_explained_as_unknown(tmp_path: Path) -> None:
    """A text that says "on Tuesday", and names no day of publication."""
    (tmp_path / "a.txt").write_text("China accused Japan on Tuesday of entering its waters.", encoding="utf-8")

    assert re.search(r"  time “?.*Tuesday.*: unknown\n", run("explain", tmp_path / "a.txt", "e01").stdout)


@reads
def test_a_text_that_cannot_be_explained_is_told(tmp_path: Path) -> None:
    """A refused document is an error here, since nothing else was asked for."""
    (tmp_path / "a.txt").write_text("", encoding="utf-8")

    assert "it has no text" in one_line(run("explain", tmp_path / "a.txt", "e01"))


@reads
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_that_cannot_be_written_is_one_line(article: Path, tmp_path: Path) -> None:
    """Nothing is read when nothing can be kept."""
    tmp_path.chmod(0o500)

    assert "it cannot be written" in one_line(run("read", article, "-o", tmp_path / "a.csv"))
