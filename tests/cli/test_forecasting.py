"""The commands on a store's relations: answers from its own events, forecasts that are issued once, alerts that are told once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from tests.keeping import acts, kept


def run(*words: str | Path) -> Result:
    """The program with these arguments."""
    return CliRunner().invoke(app, list(map(str, words)))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 120 days, the last five of them full of attacks."""
    told = [*acts(range(0, 120, 3)), *acts(range(115, 120), "ASSAULT", tag="y"), *acts(range(0, 120, 2), "CONSULT", ("FRA", "DEU"), "z")]
    return kept(tmp_path_factory.mktemp("stores") / "record", told).folder


def test_a_store_is_asked_as_a_file_is(record: Path) -> None:
    """Relation, forecast, ledger and network answer from the store; what is issued once is not issued again."""
    relation = run("relation", "grc", "tur", "--store", record)
    issued = run("forecast", "GRC", "TUR", "--store", record, "--weeks", "1", "--issue")
    again = run("forecast", "GRC", "TUR", "--store", record, "--weeks", "1", "--issue", "--json")
    ledger = run("ledger", "--store", record)
    network = run("network", "--store", record)

    assert [each.exit_code for each in (relation, issued, again, ledger, network)] == [0] * 5, relation.output + issued.output
    assert "GRC said no to TUR" in relation.stdout
    assert "level        ours" in issued.stdout
    assert "issued; it can be graded once the store knows 2025-05-0" in issued.stderr
    assert "was issued before" in again.stderr
    assert {(each["what"], each["who"]) for each in json.loads(again.stdout)} >= {("conflict", "ours"), ("level", "ours"), ("conflict", "mean")}
    assert "1 forecasts issued: 0 settled" in ledger.stdout
    assert "GRC – TUR" in network.stdout


def test_a_store_is_not_calm_after_its_last_day(record: Path) -> None:
    """A store asked of a day after its events says where they end, and answers as of then; days to come are refused."""
    for command in (("relation", "GRC", "TUR"), ("forecast", "GRC", "TUR"), ("network",)):
        asked = (*command, "--store", record)
        later = run(*asked, "--until", "2026-01-01")

        assert later.stdout == run(*asked).stdout
        assert "the events end on 2025-04-30, 246 days before --until" in later.stderr
        assert run(*asked, "--until", "2999-01-01").exit_code == 2


def test_alerts_are_told_once_on_the_terminal(record: Path, tmp_path: Path) -> None:
    """The second run of the command has nothing to say, whatever became of the first."""
    (tmp_path / "alerts.toml").write_text('[[rate]]\npair = ["TUR", "GRC"]\nclass = "deeds-conflict"\nmore_than = 3\n', encoding="utf-8")
    first, again = (run("alerts", tmp_path / "alerts.toml", "--store", record, "--once") for _ in range(2))

    assert (first.exit_code, again.exit_code, again.stdout) == (0, 0, "")
    assert "GRC – TUR: 4 reports of deeds-conflict within 7 days" in first.stdout
    assert "1 new alerts, 1 delivered" in first.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("relation", "USA", "CHN"), "one of them must be named"),
        (("forecast", "USA", "CHN", "--events", "a.csv", "--issue"), "name --store"),
        (("forecast", "USA", "CHN", "--store", "none"), "cannot be read"),
        (("alerts", "none.toml", "--store", "none", "--once"), "cannot be read"),
    ],
)
def test_bad_questions_get_one_line(words: tuple[str, ...], said: str) -> None:
    """Exit code 2, one line, and the way out."""
    done = run(*words)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
