"""Records as tables: one row a record, for polars, CSV and Parquet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars
import pytest

from detente.errors import BadSetting
from detente.frames import EVENT_COLUMNS, QUOTE_COLUMNS, frame
from detente.records import Coded, Interval, Link
from tests.builders import actor, at, coded, links, mention, quote, reading, trigger

TEXT = "Iran and Oman met Iraq in Basra, Iran said: “It rained.” Fighting, storms and rain went on."


def story() -> Coded:
    """One event of two actors and a place, one of a party nobody knows, one quote without a speaker."""
    seen = reading(
        TEXT,
        mentions=(mention(TEXT, "Iran", 0), mention(TEXT, "Oman", 1), mention(TEXT, "Iraq", 2), mention(TEXT, "storms", 3)),
        triggers=(
            trigger(TEXT, "met", "CONSULT", mode="multilateral", contexts=("military", "health"), actors=links(0, 1), recipients=links(2), place=Link(0, 0.9)),
            trigger(TEXT, "Fighting", "ASSAULT", actors=links(3), status="hypothetical"),
        ),
        places=(at(TEXT, "Basra"),),
        quotes=(quote(TEXT, "It rained."),),
    )  # fmt: skip
    when = Interval(dt.date(2023, 5, 8), dt.date(2023, 5, 9), "range")
    return coded(TEXT, seen, {0: actor("IRN"), 1: actor("OMN", None), 2: actor("IRQ", name="Iraq")}, dates=(when, None))


def test_an_event_is_a_row() -> None:
    """Several parties stand in one cell, joined by a bar in one order for codes, sectors, names and words."""
    row = frame([story()]).row(0, named=True)

    assert (row["id"], row["document"], row["event"], row["mode"], row["context"]) == (
        "seed-e01", "seed", "CONSULT", "multilateral", "military|health",
    )  # fmt: skip
    assert (row["date"], row["enddate"], row["date_precision"]) == ("2023-05-08", "2023-05-09", "range")
    assert (row["actor"], row["actor_sector"], row["actor_name"], row["actor_text"]) == (
        "IRN|OMN",
        "GOV|",
        "|",
        "Iran|Oman",
    )
    assert (row["recipient"], row["recipient_name"], row["place"], row["trigger"]) == ("IRQ", "Iraq", "Basra", "met")
    assert (row["event_scale"], row["quad_code"], row["reciprocal"], row["historical"]) == (4.0, 1, False, False)
    assert TEXT[row["start"] : row["end"]] == row["text"]


def test_an_empty_role_is_null_and_an_unknown_party_is_not() -> None:
    """Null: nobody in the role. An empty code: somebody whose state nobody knows."""
    row = frame([story()]).row(1, named=True)

    assert row["recipient"] is row["recipient_text"] is row["by"] is row["place"] is row["date"] is None
    assert (row["actor"], row["actor_text"]) == ("", "storms")


def test_a_quote_is_a_row() -> None:
    """A quote of nobody has null for its speaker."""
    (row,) = frame([story()], "quotes").rows(named=True)

    assert (row["id"], row["text"], row["kind"], row["speaker"], row["cue"]) == (
        "seed-q01",
        "It rained.",
        "direct",
        None,
        None,
    )
    assert TEXT[row["start"] : row["end"]] == row["text"]


@pytest.mark.parametrize(("kind", "columns"), [("events", EVENT_COLUMNS), ("quotes", QUOTE_COLUMNS)])
def test_columns_are_there_without_rows(kind: str, columns: dict[str, str]) -> None:
    """A day without events joins with the others: same names, same types."""
    empty, full = frame([], kind), frame([story()], kind)

    assert empty.columns == full.columns == list(columns)
    assert empty.dtypes == full.dtypes


def test_other_kinds_are_refused() -> None:
    """With the kinds that there are."""
    with pytest.raises(BadSetting, match="kind = 'checks', but it must be 'events' or 'quotes'"):
        frame([], "checks")


def test_a_document_gives_its_own_frame() -> None:
    """`coded.to_frame()` is the frame of that document."""
    assert story().to_frame().equals(frame([story()]))
    assert story().to_frame("quotes").height == 1


def test_tables_survive_their_files(tmp_path: Path) -> None:
    """Parquet gives the frame back as it was, commas, marks and line ends in CSV cells too."""
    table = frame([story()])
    table.write_parquet(tmp_path / "a.parquet")
    table.write_csv(tmp_path / "a.csv")

    assert polars.read_parquet(tmp_path / "a.parquet").equals(table)
    assert polars.read_csv(tmp_path / "a.csv")["text"].to_list() == table["text"].to_list()


def test_frames_are_pandas_too() -> None:
    """The extra `pandas` is all that it takes: the same columns and rows, of a story and of none."""
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frames = [frame([story()]), frame([]), frame([story()], "quotes")]

    for ours in frames:
        theirs = ours.to_pandas()
        assert (list(theirs.columns), len(theirs)) == (ours.columns, ours.height)
    assert frames[0].to_pandas()["date"][0] == frames[0]["date"][0]
    assert frames[0].to_pandas()["date"].isna().tolist() == [False, True], "unknown stays unknown"
