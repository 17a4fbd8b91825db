"""Events are added up right, and nothing is lost in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest

from detente.errors import BadSetting
from detente.records import Entity, Event, TextInfo
from detente.relations.panel import exposure_of, panel_of, silent
from detente.relations.tables import checked, read_events, rows_of

MAY = dt.date(2023, 5, 1)


def rows(*events: tuple[Any, ...]) -> polars.DataFrame:
    """(day of May, source, target, type) each."""
    return polars.DataFrame([{"day": MAY + dt.timedelta(d - 1), "source": a, "target": b, "type": t} for d, a, b, t in events])


def event(**more: Any) -> Event:
    """A record of one state criticising another on 8 May."""
    told: dict[str, Any] = {
        "id": "d-e01", "date": "2023-05-08", "enddate": "2023-05-08", "date_precision": "day", "time_text": None, "historical": False,
        "event": ("ACCUSE",), "mode": (), "context": (), "status": "actual", "quad_code": 3, "event_scale": -3.0, "reciprocal": False,
        "actor": (Entity(code="USA", entity_text="Washington"),), "recipient": (Entity(code="CHN", entity_text="Beijing"),),
        "event_loc": None, "event_text": ("criticised",), "by": None, "confidence": 0.9, "text": "Washington criticised Beijing.",
        "text_info": TextInfo(document="d", sequence=0, start=0, end=30), "also": (), "story": None, "coder": "test", "coded_date": None,
    }  # fmt: skip
    return Event(**(told | more))


def test_counts_stand_on_their_day_and_in_their_class() -> None:
    """Two accusations and a visit between two states are two words of conflict and one of cooperation, whoever acts."""
    panel = panel_of(checked(rows((1, "USA", "CHN", "ACCUSE"), (1, "CHN", "USA", "ACCUSE"), (3, "USA", "CHN", "CONSULT"))).frame)
    counts = panel.counts(np.array([panel.row("CHN", "USA")]))[0]

    assert counts.tolist() == [[0, 0, 2, 0], [0, 0, 0, 0], [1, 0, 0, 0]]


def test_directed_panels_keep_sides_apart() -> None:
    """What A does to B is no act of B towards A."""
    panel = panel_of(checked(rows((1, "USA", "CHN", "ACCUSE"), (1, "CHN", "USA", "CONSULT"))).frame, directed=True)

    assert panel.dyads == (("CHN", "USA"), ("USA", "CHN"))
    assert panel.counts(np.array([1]))[0, 0].tolist() == [0, 0, 1, 0]


def test_in_is_out_and_refused() -> None:
    """Each row is used or counted under the first reason that holds."""
    frame = polars.DataFrame({
        "day": ["2023-05-01", "yesterday", "2023-05-01", "2023-05-01", "2023-05-01", "2023-05-01", "2023-05-01"],
        "source": ["USA", "USA", "", "USA", "USA", "USA", "USA"], "target": ["CHN", "CHN", "CHN", "USA", "CHN", "CHN", "CHN"],
        "type": ["ACCUSE", "ACCUSE", "ACCUSE", "ACCUSE", "DANCE", "ACCUSE", "ACCUSE"],
        "status": ["actual"] * 5 + ["negated", "actual"], "n": ["1"] * 6 + ["-2"],
    })  # fmt: skip
    told = checked(frame)

    assert told.frame.height + sum(told.refused.values()) == frame.height
    assert told.refused == {
        "another status": 1, "n not above 0": 1, "no day": 1, "no source": 1, "unknown type or quad": 1, "within one state": 1,
    }  # fmt: skip


def test_an_import_done_twice_counts_once() -> None:
    """Rows of one identifier are one event; the second is counted as refused."""
    frame = rows((1, "USA", "CHN", "ACCUSE")).with_columns(id=polars.lit("e1"))
    told = checked(polars.concat([frame, frame]))

    assert told.frame.height == 1
    assert told.refused == {"same id": 1}


def test_rows_alike_without_an_identifier_are_told() -> None:
    """Nobody can know whether they are one event: they count, and the reader is told."""
    told = checked(rows((1, "USA", "CHN", "ACCUSE"), (1, "USA", "CHN", "ACCUSE")))

    assert told.frame.height == 2
    assert "column `id`" in told.notes[0]


def test_the_order_of_rows_decides_nothing() -> None:
    """Shares of a third add up to the same last bit, and the rows stand the same, however a file or a query had them."""
    told = [
        {"day": MAY + dt.timedelta(n // 40), "source": ("USA", "RUS")[n % 2], "target": "CHN", "type": ("ACCUSE", "CONSULT")[n % 3 > 1], "n": 1 / (2 + n % 7), "id": f"e{n:03}"}
        for n in range(200)
    ]  # fmt: skip
    frame = polars.DataFrame(told)
    plain = checked(frame).frame

    for seed in range(5):
        other = checked(frame.sample(fraction=1.0, shuffle=True, seed=seed)).frame
        assert other.equals(plain)
        assert panel_of(other).points.tobytes() == panel_of(plain).points.tobytes()


def test_weeks_without_news_are_unknown() -> None:
    """Seven days of silence are unknown, three are calm."""
    news = np.array([2.0] + [0.0] * 7 + [1.0] + [0.0] * 3 + [3.0])

    assert silent(news).tolist() == [False] + [True] * 7 + [False] * 5
    assert exposure_of(news, alike=True).tolist() == [1.0] + [0.0] * 7 + [1.0] * 5


def test_our_own_records_become_rows() -> None:
    """A record is a row; a mutual act stands both ways; an act of unknown day or of a vague month has no day."""
    assert rows_of([event()]).select("day", "source", "target").rows() == [("2023-05-08", "USA", "CHN")]
    both = event(reciprocal=True, actor=(Entity(code="USA", entity_text="a"), Entity(code="CHN", entity_text="b")), recipient=())
    assert rows_of([both]).select("source", "target", "n").rows() == [("USA", "CHN", 1.0), ("CHN", "USA", 1.0)]
    vague = rows_of([event(enddate="2023-05-31", date="2023-05-01"), event(date=None, enddate=None)])
    assert vague["day"].to_list() == [None, None]


def test_files_of_three_kinds_say_the_same(tmp_path: Path) -> None:
    """CSV, Parquet and JSONL of the same events give the same frame."""
    frame = rows((1, "USA", "CHN", "ACCUSE"), (2, "CHN", "USA", "CONSULT"))
    frame.write_csv(tmp_path / "e.csv")
    frame.write_parquet(tmp_path / "e.parquet")
    frame.write_ndjson(tmp_path / "e.jsonl")
    told = [read_events(str(tmp_path / f"e.{kind}")) for kind in ("csv", "parquet", "jsonl")]

    assert told[0].frame.equals(told[1].frame)
    assert told[0].frame.equals(told[2].frame)


@pytest.mark.parametrize(
    ("written", "said"),
    [("", "it is empty"), ("day,source\n2023-05-01,USA\n", "no column target, type or quad"), ("\x00\x01", "column")],
)
def test_files_that_are_no_events_say_why(tmp_path: Path, written: str, said: str) -> None:
    """The error names the file and what it lacks."""
    file = tmp_path / "e.csv"
    file.write_text(written, encoding="utf-8")

    with pytest.raises(BadSetting, match=said):
        read_events(str(file))


def test_an_act_of_a_day_to_come_is_refused_and_a_plan_kept(tmp_path: Path) -> None:
    """One wrong year would make years of silence: the row is counted as `future-date`; what is planned may lie ahead."""
    file, status = tmp_path / "e.csv", polars.Series("status", ["actual", "actual", "actual", "future"])
    rows((1, "USA", "CHN", "ACCUSE"), (2, "USA", "CHN", "ACCUSE"), (4000, "USA", "CHN", "ACCUSE"), (4000, "USA", "CHN", "ACCUSE")).with_columns(status).write_csv(file)
    found = read_events(str(file), statuses=("actual", "future"), today=MAY)

    assert found.frame.select("day", "status").rows() == [(MAY, "actual"), (MAY + dt.timedelta(1), "actual"), (MAY + dt.timedelta(3999), "future")]
    assert found.refused == {"future-date": 1}


def test_unknown_codes_get_near_ones() -> None:
    """Who mistypes a code is told which are like it, and who asks for strangers is told so."""
    panel = panel_of(checked(rows((1, "USA", "CHN", "ACCUSE"), (1, "FRA", "DEU", "CONSULT"))).frame)

    with pytest.raises(BadSetting, match="near: USA"):
        panel.row("CHN", "USS")
    with pytest.raises(BadSetting, match="no event between the two; CHN has events with: USA"):
        panel.row("CHN", "FRA")


def test_reversed_days_are_refused() -> None:
    """The last day cannot come before the first."""
    with pytest.raises(BadSetting, match="give the earlier day first"):
        panel_of(checked(rows((1, "USA", "CHN", "ACCUSE"))).frame, since=MAY, until=MAY - dt.timedelta(1))
