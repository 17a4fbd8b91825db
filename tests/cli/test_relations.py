"""The commands on relations: a clear answer to every question, a plain error to every bad one."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from detente.cli import app, saying
from detente.cli.relations import event_lines
from detente.relations.relation import Told
from tests.keeping import article, kept
from tests.stories.telling import event

EXAMPLE = str(Path(__file__).resolve().parents[2] / "examples" / "relations.csv")
HEAD = "day,source,target,type,id,text\n"


def run(*words: str, code: int = 0) -> str:
    """What the command prints, both ways."""
    found = CliRunner().invoke(app, list(words))
    assert found.exit_code == code, found.output
    return found.output


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two events between two states on one day."""
    file = tmp_path / "e.csv"
    file.write_text(HEAD + "2023-05-08,USA,CHN,ACCUSE,e1,Washington criticised Beijing.\n2023-05-08,CHN,USA,CONSULT,e2,\n")
    return file


def test_the_example_turns_where_its_crisis_begins() -> None:
    """In the made-up year conflict grows in December: the relation cools, it turned, and the seizure is told as why."""
    told = run("relation", "GRC", "TUR", "--events", EXAMPLE)

    assert "verdict   cooling" in told or "verdict   spiral" in told
    assert "turned    2025-12" in told
    assert "seized a Greek trawler" in told


def test_the_order_of_codes_is_free() -> None:
    """Greece and Turkey have the same relation as Turkey and Greece."""
    one, other = (json.loads(run("relation", *pair, "--events", EXAMPLE, "--json").splitlines()[0]) for pair in (("GRC", "TUR"), ("tur", "grc")))

    assert one["level"] == other["level"]
    assert one["verdict"] == other["verdict"]


def means(relation: str, network: str) -> tuple[float, float]:
    """The mean level of Greece and Turkey as each of the commands prints it."""
    (level,) = (line for line in relation.splitlines() if line.startswith("  level"))
    (line,) = (line for line in network.splitlines() if line.startswith("  GRC – TUR"))
    return float(level.rpartition(" ")[2]), float(line.split()[3])


def test_relation_and_network_say_of_which_days_they_speak() -> None:
    """Greece and Turkey got on over the year and do not at its end: of all days both commands tell the one mean, and which number is of the last day."""
    one, all_told = run("relation", "GRC", "TUR", "--events", EXAMPLE), run("network", "--events", EXAMPLE)
    (level,) = (line for line in one.splitlines() if line.startswith("  level"))
    mean, of_network = means(one, all_told)

    assert " on 2026-02-25, 80 % band; mean of the days +" in level
    assert level.split()[1].startswith("-")
    assert of_network == pytest.approx(mean, abs=0.05)
    assert "by the mean level of 2025-07-01 to 2026-02-25 (`detente relation` has that of the last day)" in all_told


def test_a_network_of_later_days_says_that_relation_knows_the_days_before() -> None:
    """With a first day the network rests on what came since, the relation on all: their means are two, and the hint says so."""
    since = ("--events", EXAMPLE, "--since", "2025-12-01")
    one, later = run("relation", "GRC", "TUR", *since), run("network", *since)
    mean, of_network = means(one, later)

    assert of_network != pytest.approx(mean, abs=0.05)
    assert "by the mean level of 2025-12-01 to 2026-02-25 (`detente relation` has that of the last day, and lets the days before count)" in later


def test_pictures_stand_alone(tmp_path: Path) -> None:
    """The SVG and the page hold the level and the verdict, and load nothing."""
    for suffix in ("svg", "html"):
        file = tmp_path / f"r.{suffix}"
        run("relation", "GRC", "TUR", "--events", EXAMPLE, "--plot", str(file))
        drawn = file.read_text(encoding="utf-8")
        assert "<polyline" in drawn
        assert "GRC – TUR" in drawn
        assert "<script" not in drawn


def test_a_network_is_drawn(tmp_path: Path) -> None:
    """Every state with a line stands in the SVG, which says what is friendly; another suffix and a network without lines are one line."""
    file, few = tmp_path / "n.svg", tmp_path / "few.csv"
    few.write_text(HEAD + "2023-05-08,USA,CHN,ACCUSE,e1,\n")
    run("network", "--events", EXAMPLE, "--plot", str(file))

    assert all(f">{code}</text>" in file.read_text(encoding="utf-8") for code in ("GRC", "TUR", "EGY", "FRA", "DEU"))
    assert "friendly and hostile lines" in file.read_text(encoding="utf-8")
    assert "must end in .svg or .png" in run("network", "--events", EXAMPLE, "--plot", str(tmp_path / "n.bmp"), code=2)
    assert "there is nothing to draw" in run("network", "--events", str(few), "--plot", str(file), code=2)


def test_the_bars_say_what_they_are(tmp_path: Path) -> None:
    """Above the middle is cooperation, below it conflict."""
    run("relation", "GRC", "TUR", "--events", EXAMPLE, "--plot", str(tmp_path / "r.svg"))
    drawn = (tmp_path / "r.svg").read_text(encoding="utf-8")

    assert ">cooperation</text>" in drawn
    assert ">conflict</text>" in drawn


@pytest.mark.parametrize(("name", "layout"), [("rows.tab", "icews"), ("rows.CSV", "gdelt2")])
def test_event_data_of_others_are_sent_to_import(name: str, layout: str) -> None:
    """One line with the command that reads them, in the place of one about schemas and columns."""
    told = run("relation", "USA", "CHN", "--events", str(Path(EXAMPLE).with_name("formats") / name), code=2)

    assert f"it looks like {layout}; bring it here first: detente import" in told
    assert told.count("\n") == 1


def test_one_day_of_events_is_an_answer(table: Path) -> None:
    """Two events on one day say too little, no change is told, nothing is invented, nothing is warned of."""
    told = run("relation", "USA", "CHN", "--events", str(table))

    assert "verdict   too little to tell: reports 2, independent texts 2, weeks with reports 1 in the last 1 days" in told
    assert "2 reports" in told
    assert "change" not in told
    assert "turned" not in told
    assert "Warning" not in told


def test_one_event_is_an_answer(tmp_path: Path) -> None:
    """A single event has a level with a wide band, and no rates: of what was never told nothing is known."""
    file = tmp_path / "e.csv"
    file.write_text(HEAD + "2023-05-08,USA,CHN,ACCUSE,e1,\n")
    told = run("relation", "USA", "CHN", "--events", str(file))

    assert "1 reports" in told
    assert "reports a day of average news" not in told
    assert "  rates     unknown" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("USA", "CHM"), "near: CHN"),
        (("USA", "USA"), "a relation is between two"),
        (("USA", "CHN", "--since", "2024-01-01"), "lies after the last day"),
        (("USA", "CHN", "--since", "2023-05-08", "--until", "2023-05-01"), "lies after the last day"),
        (("USA", "CHN", "--until", "2023-13-01"), "--until"),
        (("USA", "CHN", "--until", "2023-05-08", "--today", "soon"), "--today"),
        (("USA", "CHN", "--until", "2020-01-01"), "there are 2023-05-08 to 2023-05-08"),
        (("USA", "CHN", "--status", "true"), "must be one of actual"),
        (("USA", "CHN", "--plot", "r.bmp"), "must end in .svg, .html or .png"),
    ],
)
def test_bad_questions_get_one_line(table: Path, words: tuple[str, ...], said: str) -> None:
    """Unknown codes, reversed days and other slips end in one line and exit code 2."""
    told = run("relation", *words, "--events", str(table), code=2)

    assert said in told
    assert "Traceback" not in told


@pytest.mark.parametrize("command", [("relation", "GRC", "TUR"), ("forecast", "GRC", "TUR"), ("network",)])
def test_days_to_come_are_not_calm(command: tuple[str, ...]) -> None:
    """A last day that nobody has seen is refused in one line; tomorrow has begun somewhere, and an invented world names its own day."""
    tomorrow = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(1)
    asked = (*command, "--events", EXAMPLE, "--until")
    refused = run(*asked, str(tomorrow + dt.timedelta(1)), code=2)

    assert "it is still to come" in refused
    assert "--today DAY" in refused
    assert refused.count("\n") == 1
    assert "the events end on 2026-02-25" in run(*asked, str(tomorrow))
    assert "it is still to come" in run(*asked, "2026-01-03", "--today", "2026-01-01", code=2)
    assert "the events end" not in run(*asked, "2026-02-25", "--today", "2026-02-24")


@pytest.mark.parametrize("command", [("relation", "GRC", "TUR"), ("forecast", "GRC", "TUR"), ("network",)])
def test_where_the_news_end_the_answer_ends(command: tuple[str, ...]) -> None:
    """Asked of a day months after the last event, the answer is that of the last event, and says so; nothing sleeps, and no calm is foretold."""
    plain = CliRunner().invoke(app, [*command, "--events", EXAMPLE])
    later = CliRunner().invoke(app, [*command, "--events", EXAMPLE, "--until", "2030-01-01", "--today", "2030-01-01"])

    assert later.exit_code == 0
    assert later.stdout == plain.stdout
    assert "the events end on 2026-02-25, 1,406 days before --until" in later.stderr
    assert "the events end" not in plain.stderr


def test_a_missing_file_is_said() -> None:
    """No such file: one line."""
    assert "cannot be read" in run("relation", "USA", "CHN", "--events", "nowhere.csv", code=2)


def test_unusable_rows_are_counted(table: Path) -> None:
    """A row of an unknown type is left out and counted; the exit code says so."""
    table.write_text(table.read_text() + "2023-05-08,USA,CHN,HUG,e3,\n")

    assert "unknown type or quad 1" in run("relation", "USA", "CHN", "--events", str(table), code=1)


def test_rows_without_a_day_are_counted_and_no_fault(table: Path) -> None:
    """As of a store: news without a day of publication are read, and their events have none."""
    table.write_text(table.read_text() + ",USA,CHN,ACCUSE,e3,\n")

    assert "no day 1" in run("relation", "USA", "CHN", "--events", str(table), code=0)


def test_events_of_which_none_can_be_used_are_one_line(tmp_path: Path) -> None:
    """A file, or a store, whose events have no dates: how many, why, and the way out."""
    (tmp_path / "e.csv").write_text(HEAD + "soon,USA,CHN,ACCUSE,e1,\nlater,USA,CHN,ACCUSE,e2,\n", encoding="utf-8")
    undated = event("a-e01", "ACCUSE", "Kenya said no.", "said no", day=None)
    store = kept(tmp_path / "s", [article("a", undated, text="Kenya said no.")]).folder

    assert "none with a date between two states (no day 2)" in run("relation", "USA", "CHN", "--events", str(tmp_path / "e.csv"), code=2)
    assert "1 events between them, none with a date" in run("relation", "KEN", "SOM", "--store", str(store), code=2)
    assert "none with a date between two states (no day 1)" in run("network", "--store", str(store), code=2)


def test_forecasts_stand_beside_their_rivals() -> None:
    """Ours and the rivals that have past enough, each with bands; the seasonal one has no year to look at."""
    told = run("forecast", "GRC", "TUR", "--events", EXAMPLE, "--weeks", "4")

    assert "ours" in told
    assert "no change" in told
    assert "seasonal" not in told


def test_a_forecast_without_past_is_refused(table: Path) -> None:
    """Nothing is foretold from a day of news."""
    assert "four times as many days" in run("forecast", "USA", "CHN", "--events", str(table), code=2)


def test_a_backtest_without_past_is_refused(table: Path) -> None:
    """A day of news scores nothing."""
    assert "needs at least 56 days" in run("backtest", "--events", str(table), code=2)


def test_a_short_past_scores_what_it_can() -> None:
    """Eight months: a week and a month ahead, without a season to compare with; that a quarter is not scored is said."""
    told = run("backtest", "--events", EXAMPLE)

    assert "conflict            1 weeks" in told
    assert "level               4 weeks" in told
    assert "12 weeks are not scored: 672 days are needed, 240 are known" in told
    assert "than seasonal" not in told
    assert "not scored against seasonal: conflict 1 weeks, conflict 4 weeks," in told
    assert "not scored: turn 1, 4 weeks;" in told
    assert "nan" not in told
    assert "Warning" not in told


def test_a_backtest_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take minutes: each part is told with its steps, on standard error; the answer is that of one nobody watches."""
    quiet = CliRunner().invoke(app, ["backtest", "--events", EXAMPLE, "--json"])
    monkeypatch.setattr(saying, "OFTEN", 0.0)
    watched = CliRunner().invoke(app, ["backtest", "--events", EXAMPLE, "--json"])

    assert watched.stdout == quiet.stdout
    assert "of 8" not in quiet.stderr
    for part in ("conflict, 1 weeks: 7 of 8", "cooperation, 4 weeks: 0 of 8", "level, 4 weeks: 0 of 8", "who does what, 1 weeks: 0 of 8"):
        assert f"detente: {part}\n" in watched.stderr


def test_a_terminal_is_shown_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step comes back, and standard error, where the terminal is, has their number."""
    seen = io.StringIO()
    monkeypatch.setattr(seen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", seen)
    with saying.bar() as watching:
        assert list(watching(range(3), "turning points")) == [0, 1, 2]

    assert "turning points" in seen.getvalue()


def test_what_papers_dispute_stands_below_the_sentence() -> None:
    """A killing that one side denies is listed with its sentence, and with what is disputed."""
    killing = Told(dt.date(2025, 11, 16), "IND", "PAK", "ASSAULT", -9.0, 2.0, "Troops fired on a patrol.", "s-1", ("when it happened", "whether it happened"))

    assert event_lines([killing])[1:] == ["      Troops fired on a patrol.", "      disputed: when it happened, whether it happened"]
    assert len(event_lines([msgspec.structs.replace(killing, disputed=())])) == 2


def test_networks_name_camps(tmp_path: Path) -> None:
    """France stands with Germany; the GraphML can be read by others."""
    told = run("network", "--events", EXAMPLE, "--graphml", str(tmp_path / "n.graphml"))

    assert "DEU, FRA" in told
    assert "graphml" in (tmp_path / "n.graphml").read_text(encoding="utf-8")
