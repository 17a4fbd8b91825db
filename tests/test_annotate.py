"""Passages drawn for annotation, and the answers that come back."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from training.annotate import drawn, faults, merged, used
from training.standoff import unpacked

TEXT = "Oslo recalled its envoy from Lima on Monday. Peru said it regretted the step."
SOUND = {
    "id": "z1-0001",
    "date": "2001-05-08",
    "text": TEXT,
    "actors": [{"id": "A1", "code": "NOR", "sector": "GOV", "name": None, "mentions": ["Oslo", "its"]}, {"id": "A2", "code": "PER", "sector": "GOV", "name": None, "mentions": ["Peru", "it"]}],
    "events": [{"trigger": "recalled", "type": "SANCTION", "mode": "withdraw", "status": "actual", "actor": ["A1"], "recipient": ["A2"], "time": "Monday", "date": ["2001-05-07", "2001-05-07"]}],
    "quotes": [{"text": "it regretted the step", "speaker": "A2", "cue": "said", "kind": "indirect"}],
}


def test_what_is_drawn_is_new(shared: Path) -> None:
    """No drawn sentence is annotated already or stands in the wire corpus, and no two passages share one."""
    taken, known = used(shared)
    rows = list(drawn(["z1", "z2"], "gmb", 5, shared, random.Random(3), None))
    places = [f"gmb:{k}" for row in rows for k in range(*map(int, row["source"].removeprefix("gmb:").split("-")))]

    assert [row["id"] for row in rows] == [f"z{b}-{k:04}" for b in (1, 2) for k in range(1, 6)]
    assert len(places) == len(set(places))
    assert not set(places) & taken
    assert not any(row["text"][:60] in known for row in rows)


def test_a_sound_answer_comes_back_whole(tmp_path: Path) -> None:
    """Stand-off and back gives the annotation again."""
    answers = tmp_path / "z1.jsonl"
    answers.write_text(json.dumps(SOUND) + "\n", encoding="utf-8")

    (row,) = merged(None, answers)

    again = unpacked(row, TEXT)
    assert [e["trigger"] for e in again["events"]] == ["recalled#1"]
    assert [a["mentions"] for a in again["actors"]] == [["Oslo#1", "its#1"], ["Peru#1", "it#1"]]


@pytest.mark.parametrize(
    ("part", "value", "rule"),
    [
        ("trigger", "withdrew", "not in the text"),
        ("type", "RECALL", "type 'RECALL'"),
        ("mode", "expelled", "no mode of SANCTION"),
        ("status", "past", "status 'past'"),
        ("recipient", ["A3"], "no actor's id"),
        ("date", ["2001-05-08", "2001-05-07"], "runs backwards"),
    ],
)
def test_each_fault_is_named(part: str, value: object, rule: str) -> None:
    """One wrong field, one fault that says which."""
    wrong = {**SOUND, "events": [{**SOUND["events"][0], part: value}]}  # type: ignore[dict-item]

    (found,) = faults(wrong)

    assert rule in found


def test_a_bad_answer_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sound row is kept; the other is named with its line, and counted."""
    answers = tmp_path / "z1.jsonl"
    answers.write_text('{"id": "z1-0002"}\n' + json.dumps(SOUND) + "\n", encoding="utf-8")

    assert len(list(merged(None, answers))) == 1
    told = capsys.readouterr().err
    assert "z1.jsonl:1" in told
    assert "1 sound, 1 not" in told
