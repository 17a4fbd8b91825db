"""Runs: who codes, with which versions. Documents coded by the same run are never coded again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from detente.errors import StoreProblem
from detente.store.folder import TEMPORARY, flushed, into_place, run_folder, writing


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way of coding, or one import. Runs that differ only in number, day and batch are the same run, begun once."""

    run: int = 0
    source: str | None = None  # the layout that its events were imported from
    coder: str
    program: str
    reader: str
    reader_sha256: str
    actors: str
    actors_sha256: str
    ontology: str
    ontology_sha256: str
    settings: str
    coded_on: dt.date
    batch: int

    def same_as(self, other: Run) -> bool:
        """Whether both would code every text alike."""
        mine = msgspec.structs.replace(self, run=other.run, coded_on=other.coded_on, batch=other.batch)
        return mine == other


def runs_of(folder: Path) -> list[Run]:
    """The store's runs, oldest first.

    Raises:
        StoreProblem: The description of a run is missing or damaged.
    """
    found = sorted(p for p in (folder / "runs").glob("[0-9]*") if not p.name.endswith(TEMPORARY))
    return [_read(place / "run.json") for place in found]


def begun(folder: Path, wanted: Run) -> Run:
    """The newest run that codes as `wanted` does, or a new one."""
    runs = runs_of(folder)
    same = [run for run in runs if run.same_as(wanted)]
    if same:
        return same[-1]
    run = msgspec.structs.replace(wanted, run=runs[-1].run + 1 if runs else 1)
    place = run_folder(folder, run.run)
    making = place.with_name(place.name + TEMPORARY)
    with writing(folder):
        making.mkdir(parents=True)
        flushed(making / "run.json", msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")
        into_place(making, place)
    return run


def _read(file: Path) -> Run:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Run)
    except (OSError, msgspec.DecodeError) as error:
        raise StoreProblem("run", str(file), f"it cannot be read ({error}); put it back from a copy of the store") from error
