"""The ledger of human judgements: lines of JSON, appended and never changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from detente.errors import BadSetting, StoreProblem
from detente.store.folder import locked, writing
from detente.store.lines import cut_to, put_line, whole_lines

LEDGER = "judgements.jsonl"
LEDGER_LOCK = "judgements.lock"
"""Its own: people judge while the program ingests."""
PATIENCE = 10.0
"""Seconds that a judgement waits for those of others; each takes milliseconds."""
MISSED = "missed"
"""Verdict on an event that the program missed: `correction` is the event as JSON, in the form of docs/records.md, and `record` its id."""
VERDICTS = ("right", "wrong", "unsure", MISSED)


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a record, or of one field of it."""

    number: int = 0
    run: int
    record: str
    field: str | None = None
    verdict: str
    correction: str | None = None
    by: str
    said_at: str
    note: str | None = None


def append(folder: Path, judgement: Judgement) -> Judgement:
    """The judgement with its number, once the disk has it.

    Raises:
        BadSetting: The verdict is none, or the time is no ISO date-time.
        StoreProblem: Another program is writing, or the ledger cannot be written.
    """
    if judgement.verdict not in VERDICTS:
        raise BadSetting("verdict", judgement.verdict, f"it must be one of {', '.join(VERDICTS)}")
    try:
        dt.datetime.fromisoformat(judgement.said_at)
    except ValueError as error:
        raise BadSetting("said_at", judgement.said_at, "it must be an ISO date-time, such as 2026-11-25T12:00:00Z") from error
    with locked(folder, LEDGER_LOCK, patience=PATIENCE), writing(folder):
        whole = whole_lines(folder / LEDGER)
        numbered = msgspec.structs.replace(judgement, number=len(whole) + 1)
        with (folder / LEDGER).open("ab") as out:
            cut_to(out, whole)
            put_line(out, msgspec.json.encode(numbered))
    return numbered


def ledger(folder: Path) -> list[Judgement]:
    """All judgements in the order in which they were said.

    Raises:
        StoreProblem: A line of the ledger is damaged.
    """
    found = []
    for number, line in enumerate(whole_lines(folder / LEDGER), 1):
        try:
            found.append(msgspec.json.decode(line, type=Judgement))
        except msgspec.DecodeError as error:
            raise StoreProblem("ledger", f"{folder / LEDGER}:{number}", f"the line is damaged ({error}); put it back from a copy") from error
    return found
