"""The commands that keep and ask a store: ingest, query, events, store."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.guard import plain_errors
from detente.cli.options import (
    Actors,
    AsCoded,
    Fields,
    Folder,
    Model,
    Output,
    Own,
    Published,
    RunNumber,
    Sources,
    Title,
    Today,
    begun_day_in,
    day_in,
)
from detente.cli.saying import tell, tell_changes, tell_refused

if TYPE_CHECKING:
    from detente.ingest import Tally


class Shown(StrEnum):
    """How answers are printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


Place = Annotated[Path, typer.Argument(help="Folder of the store.")]
Form = Annotated[Shown, typer.Option("--format", help="How to print.")]

store_app = typer.Typer(no_args_is_help=True, help="What a store holds, and its upkeep.")


@plain_errors
def ingest(  # noqa: PLR0913 - one for each option
    sources: Sources,
    store: Folder,
    published: Published = None,
    title: Title = None,
    fields: Fields = None,
    today: Today = None,
    workers: Annotated[int | None, typer.Option(min=1, max=512, help="Processes; as many as cores when left out.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Documents in one part, for a run that begins now.")] = 256,
    on: Annotated[str, typer.Option(help="Who codes: local, this machine; ray, a Ray cluster; ray:HOST:PORT, that one (docs/scale.md).")] = "local",
    ontology: Own = None,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Read news into a store: all that `detente read` reads. What the store has already is skipped: run it again after whatever cut it short.

    A text that copies an earlier one of the run is kept with a mark (`copy_of`), so that nobody takes it for an independent source.

    Example: detente ingest examples/archive.jsonl examples/retold.jsonl --store build/record
    """
    from detente.ingest import Recipe
    from detente.ingest import ingest as take_in
    from detente.ontology import PLOVER, load_ontology
    from detente.sources.fields import DATED, Fields, fields_in
    from detente.sources.files import documents
    from detente.sources.given import Asked
    from detente.spreading import address_in, cluster
    from detente.store import open_store

    columns, counted_from = fields_in(fields), day_in(today, "--today")
    day = begun_day_in(published, "--published", today=counted_from)
    recipe = Recipe(model=model, actors=actors, ontology=load_ontology(ontology) if ontology else PLOVER)
    kept = open_store(store, create=True)
    begin = time.monotonic()
    try:
        with progress(expected(sources)) as watching:
            if on == "local":
                found = documents(sources, published=day, title=title, fields=columns, tell=tell, today=counted_from)
                tally = take_in(found, kept, recipe, workers=workers, batch=batch, watching=watching)
            else:
                with cluster(address_in(on)) as machines:
                    found = machines.documents(sources, Asked(published=day, title=title, fields=columns or Fields(), tell=tell), today=counted_from)
                    tally = take_in(found, kept, recipe, workers=workers, batch=batch, coding=machines.results, watching=watching)
    except KeyboardInterrupt:
        sys.stderr.write("detente: stopped; whole batches are kept: run the same command again to go on\n")
        raise typer.Exit(2) from None
    sys.stderr.write(summary(tally, time.monotonic() - begin))
    tell_refused(tally.examples)
    if tally.undated:
        tell(f"without a day of publication, most events have no date, and relations leave them out; to have dates, {DATED}")
    if tally.refused:
        raise typer.Exit(1)


@plain_errors
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the tables of docs/tables.md; - reads it from standard input.")],
    store: Folder,
    run: RunNumber = None,
    format: Form = Shown.table,
    output: Output = None,
) -> None:
    """Ask a store in SQL. Plain names show the newest run, all_runs.events and the like every run.

    Example: detente query "SELECT event[1] AS type, count(*) AS n FROM events GROUP BY ALL ORDER BY n DESC" --store build/record
    """
    from detente.cli.framing import show_frame
    from detente.store import open_store

    asked = sys.stdin.read() if sql == "-" else sql
    show_frame(open_store(store, run=run).query(asked), format.value, output)


@plain_errors
def events(  # noqa: PLR0913 - one for each option
    store: Folder,
    from_: Annotated[str | None, typer.Option("--from", help="Code of an actor, such as USA.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Code of a recipient.")] = None,
    either: Annotated[bool, typer.Option("--either", help="The pair the other way round, too.")] = False,  # noqa: FBT002
    since: Annotated[str | None, typer.Option(help="Day, month or year from which on it may have happened.")] = None,
    until: Annotated[str | None, typer.Option(help="Day, month or year up to which it may have happened.")] = None,
    type: Annotated[str | None, typer.Option(help="Type, such as ACCUSE.")] = None,
    mode: Annotated[str | None, typer.Option(help="Mode of the type.")] = None,
    status: Annotated[str | None, typer.Option(help="actual, future, hypothetical or negated.")] = None,
    document: Annotated[str | None, typer.Option(help="Id of a document.")] = None,
    least: Annotated[float, typer.Option(min=0, max=1, help="Least confidence.")] = 0.0,
    limit: Annotated[int | None, typer.Option(min=1, help="No more than so many, the earliest.")] = None,
    as_coded: AsCoded = False,  # noqa: FBT002
    run: RunNumber = None,
    format: Form = Shown.table,
    output: Output = None,
) -> None:
    """Show events of a store, by pair, days, type and status, as they stand after what people said of them. jsonl prints whole records, as `detente read` does.

    Example: detente events --from CHN --since 2026 --store build/record
    """
    from detente.cli.framing import show_events
    from detente.review import Reviewed
    from detente.store import open_store
    from detente.store.asking import Wanted
    from detente.store.known import demand_known

    wanted = Wanted(
        actor=from_ and from_.upper(), recipient=to and to.upper(), either=either, since=since, until=until, type=type and type.upper(),
        mode=mode, status=status, document=document, least=least, limit=limit,
    )  # fmt: skip
    asked = Reviewed(open_store(store, run=run), as_coded=as_coded)
    demand_known(asked.store, wanted, also=[now for _, now in asked.judged.values() if now is not None])
    if unsaid := asked.unsaid(wanted):
        tell(f"{unsaid:,} events tell no confidence and are left out: without --least they are shown, too")
    show_events(asked, wanted, format.value, output)
    tell_changes(asked.changed(wanted))


@store_app.command()
@plain_errors
def show(folder: Place, format: Form = Shown.table, output: Output = None) -> None:
    """Show a store's runs: who coded, when, how many rows of each table, and how many texts copy others.

    Example: detente store show build/record
    """
    from detente.cli.framing import show_frame
    from detente.store import open_store

    show_frame(open_store(folder).counts(), format.value, output)


@store_app.command()
@plain_errors
def diff(
    folder: Place,
    before: Annotated[int, typer.Argument(help="Number of one run.")],
    after: Annotated[int, typer.Argument(help="Number of another.")],
    format: Form = Shown.table,
    output: Output = None,
) -> None:
    """Show which events came, went or changed between two runs over the same documents.

    Example: detente store diff build/record 1 1
    """
    from detente.cli.framing import show_frame
    from detente.store import open_store
    from detente.store.difference import difference

    show_frame(difference(open_store(folder), before, after), format.value, output)


@store_app.command()
@plain_errors
def compact(folder: Place) -> None:
    """Sort a store's parts into one a run, for quick answers; the answers stay the same.

    Example: detente store compact build/record
    """
    from detente.store import open_store

    store = open_store(folder)
    store.compact()
    sys.stdout.write(f"{folder}: {len(store.runs)} runs compacted\n")


@store_app.command()
@plain_errors
def check(folder: Place) -> None:
    """Check every row of a store against docs/tables.md. Exit code 1 when a rule is broken.

    Example: detente store check build/record
    """
    from detente.store import open_store
    from detente.store.checking import faults

    found = list(faults(open_store(folder)))
    sys.stdout.write("".join(f"{line}\n" for line in found) or f"{folder}: sound\n")
    if found:
        raise typer.Exit(1)


@store_app.command()
@plain_errors
def upgrade(folder: Place) -> None:
    """Bring a store of an older version up to date.

    Example: detente store upgrade build/record
    """
    from detente.store.folder import locked, version_of
    from detente.store.migrations import upgrade as bring_up

    version_of(folder)
    with locked(folder):
        bring_up(folder)
    sys.stdout.write(f"{folder}: version {version_of(folder)}\n")


def expected(sources: list[str]) -> int | None:
    """How many documents there may be, counted in names and lines; None when nobody can say."""
    total = 0
    for source in sources:
        place = Path(source)
        if source == "-" or "://" in source:
            return None
        for file in place.rglob("*") if place.is_dir() else [place]:
            if file.is_file() and (not place.is_dir() or _is_read(file)):
                inside = _documents_in(file)
                if inside is None:
                    return None
                total += inside
    return total


def _is_read(file: Path) -> bool:
    from detente.sources.files import reader_of

    return reader_of(file.name) is not None


def _documents_in(file: Path) -> int | None:
    """1 for a file that is one document, its lines for JSON lines; None for what must be read to be counted."""
    from detente.sources.files import MANY, reader_of
    from detente.sources.tables import of_json_lines

    reader = reader_of(file.name)
    if reader is of_json_lines and file.suffix != ".gz":
        with file.open("rb") as lines:
            return sum(1 for line in lines if line.strip())
    return None if reader in MANY else 1


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[Tally], None]]:
    """Takes the count after each document and tells it on standard error: a bar on a terminal, else a line a minute."""
    if not sys.stderr.isatty():
        yield _lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task, begin = bar.add_task("ingest", total=total, told=""), time.monotonic()

        def watch(tally: Tally) -> None:
            bar.update(task, completed=tally.seen, told=rate(tally, time.monotonic() - begin, total))

        yield watch


def _lines(total: int | None) -> Callable[[Tally], None]:
    begin = told = time.monotonic()

    def watch(tally: Tally) -> None:
        nonlocal told
        if time.monotonic() - told >= 60:
            told = time.monotonic()
            sys.stderr.write(f"detente: {rate(tally, told - begin, total)}\n")

    return watch


def rate(tally: Tally, seconds: float, total: int | None) -> str:
    """How far, how fast, and how long it may still take.

    Only what was coded in this time counts for the rate, since what is known already costs next to nothing.
    """
    done = f"{tally.seen:,} of {total:,}" if total is not None else f"{tally.seen:,}"
    told = f"{done} documents, {tally.words / max(seconds, 0.001):,.0f} words/s"
    if total is None or not tally.coded or total <= tally.seen:
        return told
    left = (total - tally.seen) * seconds / (tally.coded + tally.refused.total())
    return f"{told}, about {left / 60:,.0f} min left" if left >= 90 else f"{told}, about {left:,.0f} s left"


def summary(tally: Tally, seconds: float) -> str:
    """The last line: what became of all documents."""
    told = ", ".join(f"{reason} {n}" for reason, n in sorted(tally.refused.items()))
    refused = f"{tally.refused.total():,} refused" + (f" ({told})" if told else "")
    speed = f"; {tally.words / seconds:,.0f} words/s" if tally.words else ""
    undated = f", {tally.undated:,} without a day of publication" if tally.undated else ""
    return f"detente: {tally.seen:,} documents: {tally.coded:,} coded, {tally.known:,} known already, {refused}{undated}; {tally.events:,} new events{speed}\n"
