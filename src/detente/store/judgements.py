"""The ledger of human judgements: lines that are appended and never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec

from detente.errors import BadSetting
from detente.store.lines import Lines

LEDGER = "judgements.jsonl"
"""It has a lock of its own: people judge while the program ingests."""
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
        StoreProblem: Another program is writing, the ledger cannot be written, or its last line is damaged.
    """
    if judgement.verdict not in VERDICTS:
        raise BadSetting("verdict", judgement.verdict, f"it must be one of {', '.join(VERDICTS)}")
    try:
        dt.datetime.fromisoformat(judgement.said_at)
    except ValueError as error:
        raise BadSetting("said_at", judgement.said_at, "it must be an ISO date-time, such as 2026-11-25T12:00:00Z") from error
    return _lines(folder).append_next(
        lambda last: msgspec.structs.replace(judgement, number=1 if last is None else last.number + 1), patience=PATIENCE
    )


def ledger(folder: Path) -> list[Judgement]:
    """All judgements in the order in which they were said; whether somebody has changed them since, `faults` tells.

    Raises:
        StoreProblem: A line of the ledger is damaged.
    """
    return _lines(folder).records()


def faults(folder: Path) -> Iterator[str]:
    """A sentence for each line of the ledger at which it shows that one was changed, removed or put in; of the last line nothing shows."""
    broken = list(_lines(folder).faults())
    yield from broken
    if not broken:  # lines of before there were hashes are numbered, at least
        numbers = [said.number for said in ledger(folder)]
        yield from (f"{folder / LEDGER}:{at}: its number is {number}" for at, number in enumerate(numbers, 1) if number != at)


def _lines(folder: Path) -> Lines[Judgement]:
    return Lines(folder, LEDGER.removesuffix(".jsonl"), Judgement, older=True)
