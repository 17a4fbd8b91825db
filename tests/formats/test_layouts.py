"""A file of one format is not read as another: one line says whose it is, and with what command it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.formats import IMPORTS, read_events
from detente.records import Event, Refused
from tests.formats.rows import ACLED, PLOVER, gdelt, gdelt_of, icews, icews_file, phoenix, polecat_file, read

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = {
    "detente": [(ROOT / "examples/formats/events.jsonl").read_text(encoding="utf-8")],
    "plover": [json.dumps(PLOVER), json.dumps([PLOVER], indent=1), json.dumps(PLOVER, indent=1)],
    "polecat": [polecat_file()],
    "icews": [(ROOT / "examples/formats/rows.tab").read_text(encoding="utf-8"), icews_file(icews()), "\t".join(icews())],
    "gdelt1": [gdelt_of(57), gdelt_of(58), "SQLDATE,GLOBALEVENTID,EventCode,Actor1CountryCode\n20230508,7,111,KEN\n"],
    "gdelt2": [(ROOT / "examples/formats/rows.CSV").read_text(encoding="utf-8"), gdelt()],
    "phoenix": [phoenix(), "eid,story_date,source,target,code\nNYT1,1990-01-02,CHNGOV,USA,42\n"],
    "acled": [ACLED + "TCD1,2024-05-16,2,Protests,Peaceful protest,Protesters (Chad),Protesters,,,Chad,Moundou,8.5,16,\n"],
}
"""Files of each format, in each form that it has."""

READ_BESIDE = {"gdelt": {"gdelt1", "gdelt2"}, "plover": {"detente"}}
CASES = [(name, number, asked) for name, files in FILES.items() for number in range(len(files)) for asked in IMPORTS if asked != "mapped"]


@pytest.mark.parametrize(("name", "number", "asked"), CASES)
def test_a_file_is_read_as_what_it_is_or_not_at_all(tmp_path: Path, name: str, number: int, asked: str) -> None:
    """For every pair: either all its rows are read, or none, nothing is repaired, and one line names the format and the command."""
    events, refused, remarks = read(tmp_path, FILES[name][number], asked)

    if asked == name or name in READ_BESIDE.get(asked, ()):
        assert events
        assert "other-format" not in {each.reason for each in refused}
        return
    ((only,), file) = refused, tmp_path / "rows.txt"
    assert (events, remarks.total(), only.reason) == ([], 0, "other-format")
    assert only.detail == f"{file}:1: it looks like {name}, not {asked}; the file was not read: detente import {file} --format {name}"


@pytest.mark.parametrize("asked", [name for name in IMPORTS if name != "mapped"])
def test_a_layout_that_nobody_knows_is_taken_for_no_other(tmp_path: Path, asked: str) -> None:
    """Somebody's own table is refused by the rule of the format that was asked for."""
    _, refused, _ = read(tmp_path, (ROOT / "examples/formats/own.csv").read_text(encoding="utf-8"), asked)

    assert refused
    assert "other-format" not in {each.reason for each in refused}


def test_a_map_may_name_the_columns_of_a_known_layout(tmp_path: Path) -> None:
    """Who maps ACLED's columns wants them read so; where the map does not fit, its refusal names the layout."""
    file, fits, other = tmp_path / "rows.csv", tmp_path / "fits.toml", tmp_path / "other.toml"
    file.write_text(FILES["acled"][0], encoding="utf-8")
    columns = '[columns]\nid = "event_id_cnty"\ndate = "event_date"\nactor = "actor1"\n'
    fits.write_text(f'{columns}type = "sub_event_type"\n[types]\n"Peaceful protest" = "PROTEST"\n', encoding="utf-8")
    other.write_text(f'{columns}type = "kind"\n', encoding="utf-8")
    (event,) = read_events(str(file), "mapped", mapping=fits)
    (refused,) = read_events(str(file), "mapped", mapping=other)

    assert isinstance(event, Event)
    assert isinstance(refused, Refused)
    assert refused.detail.endswith("it looks like acled: --format acled")
