"""What was measured once holds: no number falls below its floor."""

from __future__ import annotations

import json
from pathlib import Path

from detente.pipeline import Tools
from evaluation import events
from evaluation.scoring import Pair


def test_no_measure_falls_below_its_floor(shared: Path, tools: Tools) -> None:
    """The installed program, from raw text, on every gold set: each pinned measure is at least its floor."""
    assert tools.reader.name
    assert events.FLOORS.is_file()
    assert events.main(["--shared", str(shared)]) == 0


def test_a_measure_below_its_floor_is_told() -> None:
    """A number that lies a hundredth under its floor fails the run."""
    name, wanted = next(iter(json.loads(events.FLOORS.read_text()).items()))
    measured = {name: {measure: floor - 0.01 for measure, floor in wanted.items()}}

    assert events.broken(measured) == 1
    assert events.broken({name: dict(wanted)}) == 0


def test_days_are_counted_of_events_with_the_right_parties_only() -> None:
    """Of two such events one has the right day; a wrong core, an undated gold and a missed event count for nothing."""
    day, other = {"date": "2023-05-08", "enddate": "2023-05-08"}, {"date": "2023-01-01", "enddate": "2023-01-01"}
    gold = {"date": ["2023-05-08", "2023-05-08"]}
    pairs = [Pair(gold, day, 4), Pair(gold, other, 2), Pair(gold, day, 1), Pair({"date": None}, day, 5), Pair(gold, None, 0)]

    assert events.dated(pairs) == 0.5
