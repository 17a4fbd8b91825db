"""What was measured once holds: no number falls below its floor."""

from __future__ import annotations

import json
from pathlib import Path

from detente.pipeline import Tools
from evaluation import events


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
