"""`detente import` and `detente export`: event data of others in, records out to the tools of others."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import AsCoded, Kept, Output, RunNumber, TodayOfEvents, day_in
from detente.cli.saying import tell, tell_changes, tell_refused
from detente.errors import BadSetting
from detente.records import Event, Refused

if TYPE_CHECKING:
    from detente.formats import Written

SHOWN_OF_A_REASON = 5
"""Refusals of one reason that are told one by one; the rest is counted. A file of GDELT has a hundred thousand statements."""

EVERY_S = 2.0
"""Seconds between two lines of progress."""


class Source(StrEnum):
    """What `import` reads."""

    detente = "detente"
    plover = "plover"
    polecat = "polecat"
    icews = "icews"
    gdelt = "gdelt"
    gdelt1 = "gdelt1"
    gdelt2 = "gdelt2"
    phoenix = "phoenix"
    acled = "acled"
    mapped = "mapped"


class Target(StrEnum):
    """What `export` writes."""

    plover = "plover"
    polecat = "polecat"
    icews = "icews"
    gdelt2 = "gdelt2"
    parquet = "parquet"
    csv = "csv"
    rdf = "rdf"
    graphml = "graphml"
    detente = "detente"


BY_SUFFIX = {".parquet": "parquet", ".csv": "csv", ".jsonl": "detente", ".ndjson": "detente"}

Refusals = Annotated[
    Path | None, typer.Option("--refused", help="Write every refused row here, one JSON object a line: file, line, reason, rule.")
]


@plain_errors
def import_events(  # noqa: PLR0913 - one for each option
    files: Annotated[list[str], typer.Argument(help="Files of event data, .gz and .zip too; - is standard input.", metavar="FILE|-...")],
    format: Annotated[Source, typer.Option(help="Whose layout the files have; `mapped` is any CSV by a map of yours.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .jsonl, .csv or .parquet file; JSON lines to standard output when left out.")
    ] = None,
    store: Annotated[Path | None, typer.Option(help="Keep the events in this store, as a run of their own.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="For `mapped`: the TOML file that says which column is what.")] = None,
    today: TodayOfEvents = None,
    refused: Refusals = None,
) -> None:
    """Import event data of others: ICEWS, GDELT, POLECAT, PLOVER, Phoenix, ACLED, or any CSV by a map.

    Each row becomes a record or is refused with file, line and rule; repairs and losses are counted (docs/formats.md).

    Example: detente import examples/formats/rows.CSV --format gdelt2 --output events.parquet

    Example: detente import examples/formats/own.csv --format mapped --mapping examples/formats/own.toml

    Example: detente import examples/formats/rows.CSV --format gdelt2 --store build/imported
    """
    if store is not None:
        if output or refused:
            raise BadSetting("--store", str(store), "it keeps events and refusals itself; leave --output and --refused out")
        _into_store(files, format.value, store, mapping, today=day_in(today, "--today"))
        return
    kind = BY_SUFFIX.get(output.suffix.lower()) if output else "detente"
    if kind is None:
        raise BadSetting("--output", str(output), f"its name must end in {', '.join(BY_SUFFIX)}")
    from detente.formats import begun, read_events

    _not_over(output, files)
    tally = Tally()
    found = (each for path in files for each in read_events(path, format.value, mapping=mapping, remarks=tally.remarks))
    _write(begun(found, today=day_in(today, "--today")), tally, kind, output, refusals=refused)


@plain_errors
def export_events(  # noqa: PLR0913 - one for each option
    *,
    files: Annotated[list[str] | None, typer.Argument(help="Records as `detente read --format jsonl` prints them; - is standard input.", metavar="[EVENTS.jsonl|-]...")] = None,
    format: Annotated[Target, typer.Option(help="Whose layout to write.")],
    store: Kept = None,
    run: RunNumber = None,
    as_coded: AsCoded = False,
    output: Output = None,
    refused: Refusals = None,
) -> None:
    """Export events for the tools of others: PLOVER JSONL, the layouts of POLECAT, ICEWS and GDELT, Parquet, RDF, GraphML.

    An event that a layout cannot hold truly is left out and counted: a planned or denied act where there is no status, an unknown day.
    Events of a store are as they stand after what people said of them.

    Example: detente export examples/formats/events.jsonl --format polecat

    Example: detente export examples/formats/events.jsonl --format graphml --output events.graphml

    Example: detente export --store build/record --format parquet --output events.parquet
    """
    if store is not None and files:
        raise BadSetting("--store", str(store), "it is exported itself; leave the files out")
    if store is None and not files:
        raise BadSetting("files", "not given", "name files of records, - for standard input, or a store: --store DIR")
    if format is Target.parquet and output is None and sys.stdout.isatty():
        raise BadSetting("--format", "parquet", "a terminal cannot show it; add --output FILE.parquet")
    from detente.formats import read_events

    tally = Tally()
    if store is not None:
        from detente.review import Reviewed
        from detente.store import open_store

        asked = Reviewed(open_store(store, run=run), as_coded=as_coded)
        tell_changes(asked.changes(lambda _: True))
        _write(asked.records(), tally, format.value, output, refusals=refused)
        return
    _not_over(output, files or [])
    _write((each for path in files or [] for each in read_events(path, "detente", remarks=tally.remarks)), tally, format.value, output, refusals=refused)


def _not_over(output: Path | None, files: list[str]) -> None:
    if output and any(Path(path).resolve() == output.resolve() for path in files):
        raise BadSetting("--output", str(output), "it is one of the files to read; name another file")


def _into_store(files: list[str], format: str, folder: Path, mapping: Path | None, *, today: dt.date | None) -> None:
    from detente.importing import import_events as take_in
    from detente.store import open_store

    remarks: Counter[str] = Counter()
    done = take_in(files, open_store(folder, create=True), format=format, mapping=mapping, remarks=remarks, today=today)
    tell(f"{done.seen:,} rows: {done.events:,} new events, {done.known:,} known already, {counted(done.refused, 'refused')}")
    if remarks.total():
        tell(counted(+remarks, "repairs and losses"))
    tell_refused(done.examples)
    if done.refused:
        raise typer.Exit(1)


def _write(found: Iterable[Event | Refused], tally: Tally, target: str, output: Path | None, *, refusals: Path | None) -> None:
    """Writes what can be written, and tells what became of the rest; exit code 1 when something was refused."""
    from detente.formats import write_events

    with opened(output, "--output") as out, opened(refusals, "--refused", of_none=None) as kept:
        tally.kept = kept
        if out is None:
            raise BadSetting("--output", str(output), "it cannot be written")
        done = write_events(tally.events(found), target, out)
        out.flush()
    tally.told(done)
    if tally.refused or done.refused:
        raise typer.Exit(1)


@contextmanager
def opened(path: Path | None, option: str, *, of_none: str | None = "stdout") -> Iterator[IO[bytes] | None]:
    """The file, open for bytes; without a name standard output or, where `of_none` is None, nothing.

    Raises:
        BadSetting: It cannot be written.
    """
    if path is None:
        yield sys.stdout.buffer if of_none else None
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise BadSetting(option, str(path), f"it cannot be written: {error.strerror}") from error
    with file:
        yield file


class Tally:
    """Counts events, refusals and remarks while they pass; tells the first refusals of each reason, and progress on a terminal."""

    def __init__(self) -> None:
        self.read = 0
        self.refused: Counter[str] = Counter()
        self.remarks: Counter[str] = Counter()
        self.kept: IO[bytes] | None = None
        self._begin = self._told = time.monotonic()

    def events(self, found: Iterable[Event | Refused]) -> Iterator[Event]:
        """The events; refusals are counted, told and kept."""
        for each in found:
            if isinstance(each, Refused):
                self._refuse(each)
            else:
                self.read += 1
                yield each
            if (self.read + self.refused.total()) % 4096 == 0:
                self._progress()

    def _refuse(self, refused: Refused) -> None:
        self.refused[refused.reason] += 1
        if self.kept is not None:
            self.kept.write(msgspec.json.encode(refused) + b"\n")
        if self.refused[refused.reason] <= SHOWN_OF_A_REASON:
            sys.stderr.write(f"detente: refused: {refused.detail}\n")
        elif self.refused[refused.reason] == SHOWN_OF_A_REASON + 1:
            sys.stderr.write(f"detente: more rows refused as {refused.reason!r} are only counted; --refused FILE keeps them all\n")

    def _progress(self) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._told > EVERY_S:
            self._told = now
            rows = self.read + self.refused.total()
            sys.stderr.write(f"\rdetente: {rows:,} rows, {rows / (now - self._begin):,.0f} a second ")

    def told(self, done: Written) -> None:
        """What became of every row, on standard error."""
        sys.stderr.write(f"detente: {self.read + self.refused.total():,} rows: {self.read:,} events, {counted(self.refused, 'refused')}\n")
        if done.refused or done.rows != done.events:
            sys.stderr.write(f"detente: {done.events:,} events written on {done.rows:,} rows, {counted(done.refused, 'left out')}\n")
        if self.remarks.total():
            sys.stderr.write(f"detente: {counted(+self.remarks, 'repairs and losses')}\n")


def counted(by: Counter[str], what: str) -> str:
    """The number, and in brackets the number by reason."""
    told = ", ".join(f"{reason} {n:,}" for reason, n in sorted(by.items()))
    return f"{by.total():,} {what}" + (f" ({told})" if told else "")
