"""Keeping and asking a store on the command line."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import polars
import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from detente.cli.storing import expected, rate, summary
from detente.ingest import Tally
from detente.records import Refused
from tests.store.records import kept, told


def run(*words: object, stdin: str | None = None) -> Result:
    """The command's result."""
    return CliRunner().invoke(app, [str(w) for w in words], input=stdin)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of two documents and a refusal."""
    return kept(tmp_path / "s", told("a"), told("b"), Refused(document="x", reason="empty", detail="x: it has no text")).folder


@pytest.mark.usefixtures("model")
def test_ingest_keeps_skips_and_counts(tmp_path: Path, root: Path) -> None:
    """Once: everything is coded. Again: everything is known. Refusals are counted and give exit code 1."""
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    sources = [root / "examples" / "border.txt", tmp_path / "empty.txt"]
    first, second = (run("ingest", *sources, "--published", "2026-03-14", "--store", tmp_path / "s", "--workers", "1") for _ in range(2))

    assert (first.exit_code, second.exit_code) == (1, 1)
    assert first.stderr.startswith("detente: 2 documents: 1 coded, 0 known already, 1 refused (empty 1); ")
    assert second.stderr.startswith("detente: 2 documents: 0 coded, 1 known already, 1 refused (empty 1); 0 new events\ndetente: refused (empty), the first: ")


@pytest.mark.usefixtures("model")
def test_texts_without_a_day_are_counted_with_the_way_out(tmp_path: Path) -> None:
    """Their events have no dates; the day given later is refused, since a store codes no text twice: a new store is named. Dated texts need no word."""
    (tmp_path / "a.txt").write_text("Turkey and Greece agreed on Saturday to reopen talks.", encoding="utf-8")
    words = ["ingest", tmp_path / "a.txt", "--workers", "1", "--store"]
    first, later = run(*words, tmp_path / "s"), run(*words, tmp_path / "s", "--published", "2026-03-14")
    anew = run(*words, tmp_path / "t", "--published", "2026-03-14")

    assert "1 coded, 0 known already, 0 refused, 1 without a day of publication; " in first.stderr
    assert "--published DAY or --fields published=COLUMN" in first.stderr
    assert (later.exit_code, "the store has this text without a day of publication" in later.stderr, "into a new store (--store)" in later.stderr) == (1, True, True)
    assert (anew.exit_code, "without" in anew.stderr) == (0, False)


@pytest.mark.usefixtures("model")
def test_ingest_takes_columns_title_and_day(tmp_path: Path) -> None:
    """As `detente read` does: columns by --fields, a title for plain texts, and texts from after --today refused."""
    text = "Turkey and Greece agreed on Saturday to reopen talks."
    (tmp_path / "a.csv").write_text(f"body,headline,pubdate\n{text},Talks,2026-03-14\n{text} Again.,Later,2026-03-16\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(text + " They met in Izmir.", encoding="utf-8")
    words = ["--fields", "text=body,published=pubdate", "--title", "Aegean", "--today", "2026-03-14", "--workers", "1"]
    done = run("ingest", tmp_path / "a.csv", tmp_path / "b.txt", "--store", tmp_path / "s", *words)
    kept_rows = json.loads(run("query", "SELECT title, text, published FROM documents ORDER BY number", "--store", tmp_path / "s", "--format", "json").stdout)

    assert (done.exit_code, "2 coded, 0 known already, 1 refused (future-date 1)" in done.stderr) == (1, True)
    assert [(row["title"], row["text"][-9:], row["published"]) for row in kept_rows] == [("Talks", "en talks.", "2026-03-14"), ("Aegean", "in Izmir.", None)]


@pytest.mark.parametrize("on", ["spark", "ray://somewhere:10001"])
def test_who_codes_is_named_rightly(tmp_path: Path, root: Path, on: str) -> None:
    """Anything else is one line with the way out."""
    done = run("ingest", root / "examples" / "border.txt", "--store", tmp_path / "s", "--on", on)

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "--on = " in done.stderr
    assert "it must be local, ray, or ray:HOST:PORT" in done.stderr


def test_a_question_is_answered_in_every_format(store: Path, tmp_path: Path) -> None:
    """The same rows as a table, JSON, lines of JSON, CSV and Parquet."""
    question = ["query", "SELECT id, event, confidence FROM events ORDER BY id", "--store", store]
    table = polars.DataFrame({"id": ["a-e01", "b-e01"], "event": [["CONSULT"], ["CONSULT"]]})

    assert [r["id"] for r in json.loads(run(*question, "--format", "json").stdout)] == ["a-e01", "b-e01"]
    assert [json.loads(line)["event"] for line in run(*question, "--format", "jsonl").stdout.splitlines()] == [["CONSULT"]] * 2
    assert polars.read_csv(io.BytesIO(run(*question, "--format", "csv").stdout_bytes))["event"].to_list() == ["CONSULT"] * 2
    assert run(*question, "--format", "parquet", "-o", tmp_path / "a.parquet").exit_code == 0
    assert polars.read_parquet(tmp_path / "a.parquet").select("id", "event").equals(table)
    assert run(*question).stdout.splitlines()[1].split()[:2] == ["a-e01", "CONSULT"]
    assert run("query", "-", "--store", store, stdin="SELECT 42 AS answer").stdout == "answer\n    42\n"


def test_events_are_printed_as_records_or_rows(store: Path) -> None:
    """Lines of JSON are the records that `detente read` prints."""
    lines = run("events", "--from", "irn", "--to", "IRQ", "--store", store, "--format", "jsonl").stdout.splitlines()

    assert [json.loads(line)["text_info"]["document"] for line in lines] == ["a", "b"]
    assert polars.read_csv(io.BytesIO(run("events", "--store", store, "--format", "csv").stdout_bytes)).height == 2
    assert run("events", "--store", store, "--type", "accuse").stdout.split() == [
        "id", "date", "enddate", "event", "status", "actor", "recipient", "trigger", "confidence", "story",
    ]  # fmt: skip


def test_an_event_of_a_store_is_explained(store: Path) -> None:
    """Its words with their places, its document and its run."""
    result = run("explain", "a-e01", "--store", store)

    assert result.exit_code == 0
    assert "words of the trigger: “met” [5:8]" in result.stdout
    assert "document a: published 2023-05-08; sha256 " in result.stdout
    assert "run 1, begun 2026-11-25: detente test" in result.stdout


def test_a_quote_of_a_store_is_explained(store: Path) -> None:
    """Its words with their places, that nobody is named, its document and its run."""
    result = run("explain", "a-q01", "--store", store)

    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("a-q01  quote, direct, confidence ")
    assert "sentence 0: “It rained.”" in result.stdout
    assert "speaker: nobody is named" in result.stdout
    assert "document a: published 2023-05-08; sha256 " in result.stdout
    assert "run 1, begun 2026-11-25: detente test" in result.stdout
    assert run("explain", "a-q09", "--store", store).exit_code == 2


def test_upkeep(store: Path) -> None:
    """Show, diff, compact, check and upgrade; the store answers as before."""
    before = run("events", "--store", store).stdout

    assert run("store", "show", store).stdout.splitlines()[1].split()[:9] == ["1", "2", "2", "4", "2", "0", "1", "0", "1"]
    assert len(run("store", "diff", store, "1", "1").stdout.splitlines()) == 1
    assert run("store", "compact", store).exit_code == 0
    assert run("store", "check", store).stdout == f"{store}: sound\n"
    assert run("store", "upgrade", store).stdout == f"{store}: version 2\n"
    assert run("events", "--store", store).stdout == before


@pytest.mark.parametrize(
    ("words", "told_so"),
    [
        (["query", "DROP VIEW events", "--store"], "it must be one question"),
        (["events", "--since", "soon", "--store"], "--since = 'soon', but it must be a day, a month or a year"),
        (["events", "--since", "2024", "--until", "2023", "--store"], "--since = '2024', but it lies after the last day, 2023"),
        (["events", "--from", "irnn", "--store"], "--from = 'IRNN', but no event has it; near: IRN"),
        (["events", "--type", "acuse", "--store"], "--type = 'ACUSE', but no event has it; near: ACCUSE"),
        (["events", "--run", "7", "--store"], "run = 7, but the store has 1"),
        (["explain", "z-e01", "--store"], "has no such event"),
        (["store", "show"], None),
        (["explain"], "must be named after the file"),
    ],
)
def test_what_is_wrong_is_one_line(store: Path, words: list[str], told_so: str | None) -> None:
    """Exit code 2, nothing on standard output."""
    result = run(*words, store if told_so else store / "nothing")

    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert (told_so or "`detente ingest` makes a store") in result.stderr


def test_the_rest_of_the_time_is_told_where_it_is_known(tmp_path: Path) -> None:
    """From what was coded, not from what was skipped; without a total no guess is made."""
    tally = Tally(known=50, coded=10, words=3000)

    assert rate(tally, 10, 160) == "60 of 160 documents, 300 words/s, about 100 s left".replace("100 s", "2 min")
    assert rate(tally, 10, None) == "60 documents, 300 words/s"
    assert rate(Tally(known=5), 1, 9) == "5 of 9 documents, 0 words/s"
    (tmp_path / "a.jsonl").write_text('{"text":"a"}\n\n{"text":"b"}\n', encoding="utf-8")
    (tmp_path / "b.txt").write_text("b", encoding="utf-8")
    assert (expected([str(tmp_path)]), expected([str(tmp_path / "b.txt")]), expected(["-"])) == (3, 1, None)
    assert summary(tally, 10).endswith("0 new events; 300 words/s\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """Before anything is read."""
    tmp_path.chmod(0o500)
    result = run("ingest", "examples", "--store", tmp_path / "s")

    assert result.exit_code == 2
    assert "it cannot be written" in result.stderr
