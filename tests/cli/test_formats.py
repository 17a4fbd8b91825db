"""`detente import`, `export` and `audit` on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars
import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from detente.cli.auditing import COLUMNS
from tests.formats.rows import gdelt

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "formats"
AUDIT = ("--texts", EXAMPLES / "texts", "--files", EXAMPLES / "texts.csv")


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """The program with these arguments, in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)


def test_rows_go_in_and_records_come_out() -> None:
    """JSON lines to standard output, the counts to standard error."""
    done = run("import", EXAMPLES / "rows.CSV", "--format", "gdelt2")

    assert done.exit_code == 0
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()][:2] == [["ACCUSE"], ["ACCUSE"]]
    assert done.stderr == "detente: 8 rows: 8 events, 0 refused\n"


def test_standard_input_is_read(tmp_path: Path) -> None:
    """Also on the way from an import to an export."""
    first = run("import", "-", "--format", "gdelt", stdin=gdelt())
    second = run("export", "-", "--format", "icews", stdin=first.stdout)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Make a visit\t042" in second.stdout


def test_refused_rows_are_counted_told_and_kept(tmp_path: Path) -> None:
    """Exit code 1; five of a reason are told, all are kept where asked."""
    rows = "\n".join([gdelt(), *[gdelt(EventCode="010")] * 7, "nothing"])
    done = run("import", "-", "--format", "gdelt2", "--refused", tmp_path / "refused.jsonl", stdin=rows)

    assert done.exit_code == 1
    assert "detente: 9 rows: 1 events, 8 refused (columns 1, no-plover-type 7)\n" in done.stderr
    assert done.stderr.count("has no PLOVER type") == 5
    kept = [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [r["reason"] for r in kept] == ["no-plover-type"] * 7 + ["columns"]
    assert kept[-1]["document"] == "standard input:9"


@pytest.mark.parametrize(("name", "told"), [("empty.csv", "it is empty"), ("nowhere.csv", "No such file or directory")])
def test_a_file_without_anything_is_refused(tmp_path: Path, name: str, told: str) -> None:
    """Empty, or not there: no row was read, and nothing says that some were."""
    (tmp_path / "empty.csv").touch()
    done = run("import", tmp_path / name, "--format", "gdelt2")

    assert done.exit_code == 1
    assert f"refused: {tmp_path / name}: {told}\n" in done.stderr


def test_a_map_that_is_missing_is_asked_for() -> None:
    """In words, without a value that nobody gave."""
    assert "--mapping = 'not given', but a CSV of one's own needs a map" in run("import", EXAMPLES / "own.csv", "--format", "mapped").stderr


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_the_name_of_the_output_tells_its_kind(tmp_path: Path, suffix: str) -> None:
    """The same rows, whichever."""
    file = tmp_path / f"events.{suffix}"
    done = run("import", EXAMPLES / "rows.tab", "--format", "icews", "--output", file)
    frame = polars.read_parquet(file) if suffix == "parquet" else polars.read_csv(file) if suffix == "csv" else polars.read_ndjson(file)

    assert done.exit_code == 0
    assert frame["id"].to_list() == ["icews-31000001-20230508", "icews-31000002-20250603", "icews-31000003-20241013"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", EXAMPLES / "rows.CSV", "--format", "gdelt2", "-o", "x.xlsx"), "its name must end in .parquet"),
        (("import", EXAMPLES / "own.csv", "--format", "mapped"), "needs a map"),
        (("import", EXAMPLES / "own.csv", "--format", "icews", "--mapping", EXAMPLES / "own.toml"), "only the format 'mapped' has a map"),
        (("export", EXAMPLES / "events.jsonl", "--format", "rdf", "-o", EXAMPLES / "events.jsonl"), "it is one of the files to read"),
        (("export", EXAMPLES / "events.jsonl", "--format", "rdf", "-o", "no/such/folder.nt"), "it cannot be written"),
        (("audit", "gdelt", EXAMPLES / "rows.CSV", "--texts", EXAMPLES / "none"), "it must be a folder"),
        (("audit", "gdelt", EXAMPLES / "rows.CSV", "--texts", EXAMPLES / "texts", "--files", EXAMPLES / "own.csv"), "must name the columns url and file"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(arguments: tuple[str | Path, ...], told: str) -> None:
    """Exit code 2, nothing on standard output, no traceback."""
    done = run(*arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert told in line


def test_an_event_that_a_layout_cannot_hold_is_left_out_and_counted() -> None:
    """A denied act has no place in GDELT."""
    line = (EXAMPLES / "events.jsonl").read_text(encoding="utf-8").splitlines()[0]
    done = run("export", "-", "--format", "gdelt2", stdin=line.replace('"status":"actual"', '"status":"negated"'))

    assert (done.exit_code, done.stdout) == (1, "")
    assert "0 events written on 0 rows, 1 left out (not-actual 1)" in done.stderr


def test_rows_of_gdelt_are_audited_against_their_texts(model: Path) -> None:
    """Articles of our own and rows by hand in the real layout: one row of each fault, a page of HTML among the texts."""
    done = run("audit", "gdelt", EXAMPLES / "rows.CSV", *AUDIT, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))

    assert done.exit_code == 0, done.stderr
    assert list(rows[0]) == COLUMNS.split()
    assert {r["row"].removeprefix("gdelt-"): r["verdict"] for r in rows} == {
        "900000001": "holds",
        "900000011": "other actors",
        "900000002": "holds",
        "900000012": "not an actual event",
        "900000003": "holds",
        "900000013": "other type",
        "900000004": "other date",
        "900000014": "not in the text",
    }
    assert rows[0]["sentence"] == "Iran accused the United States of stirring up trouble in the Gulf."
    assert "8  rows audited: 38% hold (95 % interval 14% to 69%)" in done.stderr


def test_rows_of_icews_are_audited_by_their_stories(model: Path) -> None:
    """The texts are named by the stories; the table shows the row, our event and its sentence."""
    done = run("audit", "icews", EXAMPLES / "rows.tab", "--texts", EXAMPLES / "texts")

    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("HOLDS")
    assert "OTHER TYPE           icews-31000003-20241013  CONSULT (visit)" in done.stdout
    assert "the text has ASSAULT, not CONSULT" in done.stdout
    assert "3  rows audited: 67% hold" in done.stdout


def test_a_row_without_text_is_refused_and_the_rest_audited(model: Path, tmp_path: Path) -> None:
    """In = audited + refused; exit code 1."""
    (tmp_path / "1100000001.txt").write_text("U.S. Secretary of State Ann Lee visited Beijing on Monday.", encoding="utf-8")
    rows = "\n".join([gdelt(), gdelt(GLOBALEVENTID="5"), gdelt(EventCode="010"), "?"])
    done = run("audit", "gdelt", "-", "--texts", tmp_path, "--format", "jsonl", stdin=rows)

    assert done.exit_code == 1
    assert [json.loads(line)["row"]["id"] for line in done.stdout.splitlines()] == ["gdelt-1100000001"]
    assert "detente: 4 rows: 1 audited, 3 refused (columns 1, no-plover-type 1, no-text 1)" in done.stderr


def test_rows_of_an_invented_world_are_audited_on_its_own_day(model: Path, tmp_path: Path) -> None:
    """A text of a day that is still to come is refused, unless the world says that it is that day there."""
    (tmp_path / "1100000001.txt").write_text("U.S. Secretary of State Ann Lee visited Beijing on Monday.", encoding="utf-8")
    asked = ("audit", "gdelt", "-", "--texts", tmp_path, "--format", "jsonl")
    rows = gdelt(SQLDATE="29990506", DATEADDED="29990509061500")
    here, there = run(*asked, stdin=rows), run(*asked, "--today", "2999-05-09", stdin=rows)

    assert (here.exit_code, here.stdout) == (1, "")
    assert "1 refused (future-date 1)" in here.stderr
    assert (there.exit_code, len(there.stdout.splitlines())) == (0, 1), there.stderr


def test_a_file_of_another_format_is_one_line_that_says_whose(tmp_path: Path) -> None:
    """The same line wherever the events go: the layout, and the command that reads it."""
    file = EXAMPLES / "rows.CSV"
    line = f"{file}:1: it looks like gdelt2, not icews; the file was not read: detente import {file} --format gdelt2\n"
    printed = run("import", file, "--format", "icews")
    kept = run("import", file, "--format", "icews", "--store", tmp_path / "store")

    assert (printed.exit_code, printed.stdout) == (1, "")
    assert printed.stderr == f"detente: refused: {line}detente: 1 rows: 0 events, 1 refused (other-format 1)\n"
    assert kept.exit_code == 1
    assert kept.stderr.endswith(f"detente: refused (other-format), the first: {line}")
