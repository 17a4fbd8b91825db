"""Event data of others → a store: each import is a run of its own, named by its source."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import msgspec

from detente.errors import BadSetting
from detente.formats import begun, read_events
from detente.ingest import Tally
from detente.records import Event, Refused
from detente.store import Store
from detente.store.runs import Run
from detente.store.writer import Result, number_of

BATCH = 10_000
"""Rows in one part."""

_STATUSES = frozenset(("actual", "future", "hypothetical", "negated"))


def import_events(files: list[str], store: Store, *, format: str, mapping: Path | None = None, remarks: Counter[str] | None = None, today: dt.date | None = None) -> Tally:
    """What became of the rows, once the store has them.

    The same files in the same order are the same run: rows that it has are passed over, so that an import that was cut short goes on,
    and a second one adds nothing. Files without any event that can be kept leave no run: their refusals are told in the count alone.

    Args:
        files: Files of event data; standard input is none, because it cannot be read again.
        store: Where to.
        format: Their layout, as in `formats.read_events`.
        mapping: For "mapped" the TOML file that says which column is what.
        remarks: Counts repairs and losses.
        today: From when on a day is still to come (`formats.begun`); the clock's when None.

    Raises:
        BadSetting: There is no such format or file, or no map.
        StoreProblem: Another program is writing to the store, or it cannot be written.
    """
    told = Counter[str]() if remarks is None else remarks
    tally, names = Tally(), set[int]()
    with store.writing(run_of(files, format=format, mapping=mapping)) as writer:
        kept = _rows_of(store, writer.run.run)
        rows = (each for file in files for each in read_events(file, format, mapping=mapping, remarks=told))
        for number, found in enumerate(begun(rows, today=today)):
            outcome = _once(found, names)
            if number < kept and isinstance(outcome, Event):
                tally.known += 1
            else:
                tally.add(outcome)
            if number >= kept:
                writer.add(Result(None, outcome))
    return tally


def run_of(files: list[str], *, format: str, mapping: Path | None = None) -> Run:
    """The run of an import: its layout, and the hashes of its files.

    Raises:
        BadSetting: A file cannot be read.
    """
    told = [_sha256(Path(file), "FILE") for file in files]
    hashes = dict(zip((Path(file).name for file in files), told, strict=True))
    settings = {"files": hashes} | ({"mapping": _sha256(mapping, "--mapping")} if mapping else {})
    return Run(
        source=format,
        coder=f"import {format}: {', '.join(hashes)}",
        program=version("detente"),
        reader=f"import {format}",
        reader_sha256=hashlib.sha256("".join(told).encode()).hexdigest(),
        actors="the source's own",
        actors_sha256="",
        ontology="PLOVER, by the rules of docs/formats.md",
        ontology_sha256="",
        settings=msgspec.json.Encoder(order="deterministic").encode(settings).decode(),
        coded_on=dt.datetime.now(tz=dt.UTC).date(),
        batch=BATCH,
    )


def _sha256(file: Path, name: str) -> str:
    if str(file) == "-":
        raise BadSetting(name, "-", "a store names an import by its files; write standard input to a file first")
    try:
        with file.open("rb") as held:
            return hashlib.file_digest(held, "sha256").hexdigest()
    except OSError as error:
        raise BadSetting(name, str(file), f"it cannot be read: {error.strerror}") from error


def _rows_of(store: Store, run: int) -> int:
    """Rows that a run has, events and refusals: an import of the same files goes on behind them."""
    store.refresh()
    counted = "(SELECT count(*) FROM all_runs.events WHERE run = ?) + (SELECT count(*) FROM all_runs.refused WHERE run = ?)"
    return int(store.query(f"SELECT {counted} AS n", [run, run]).item())


def _once(found: Event | Refused, names: set[int]) -> Event | Refused:
    """The event, or why the tables cannot hold it."""
    if isinstance(found, Refused):
        return found
    key = number_of(found.id)
    if key in names:
        return Refused(document=found.id, reason="same-id", detail=f"{found.id}: an earlier row of these files has this id")
    names.add(key)
    if found.status not in _STATUSES:
        return Refused(document=found.id, reason="fields", detail=f"{found.id}: status = {found.status!r}, but it must be one of {', '.join(sorted(_STATUSES))}")
    try:
        for day in (found.date, found.enddate, found.coded_date):
            _ = None if day is None else dt.date.fromisoformat(day)
    except ValueError as error:
        return Refused(document=found.id, reason="bad-date", detail=f"{found.id}: {error}; a day must be YYYY-MM-DD")
    return found
