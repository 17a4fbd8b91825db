"""The commands of `detente`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli.accounts import accounts_app
from detente.cli.actors import actors_app
from detente.cli.alerting import alerts
from detente.cli.auditing import audit_app
from detente.cli.forecasting import backtest, forecast, ledger
from detente.cli.formats import export_events, import_events
from detente.cli.guard import Program, plain_errors
from detente.cli.learning import learn
from detente.cli.options import (
    Actors,
    AsCoded,
    Fields,
    Files,
    Model,
    Output,
    Own,
    Published,
    Title,
    Today,
    Workers,
    begun_day_in,
    day_in,
)
from detente.cli.relations import network, relation
from detente.cli.saying import tell
from detente.cli.serving import serve
from detente.cli.stories import stories, story
from detente.cli.storing import events, ingest, query, store_app
from detente.cli.watching import fetch, watch
from detente.errors import BadSetting
from detente.records import Coded, Refused

app = typer.Typer(
    name="detente", cls=Program, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Reads the news and keeps the record of relations between states.\n\nExample: detente read examples/strait.txt --published 2026-03-14",
)  # fmt: skip


class Format(StrEnum):
    """How `read` prints."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    html = "html"


@plain_errors
def read(  # noqa: PLR0913 - one for each option
    files: Files = None,
    published: Published = None,
    title: Title = None,
    fields: Fields = None,
    today: Today = None,
    format: Annotated[
        Format,
        typer.Option(help="How to print: table and jsonl show every record, csv and parquet the events, html a page."),
    ] = Format.table,
    output: Output = None,
    workers: Workers = 2,
    ontology: Own = None,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Read news texts: print who did what to whom, when, where, on whose word, and every quote.

    Example: detente read examples/strait.txt --published 2026-03-14

    Example: detente read examples/archive.jsonl --format jsonl > records.jsonl
    """
    from detente.cli.printing import Printer
    from detente.ontology import PLOVER, load_ontology
    from detente.pipeline import code_all, open_tools
    from detente.sources.fields import fields_in
    from detente.sources.files import documents, many

    paths = files or ["-"]
    if not files and sys.stdin.isatty():
        sys.stderr.write("detente: reading from the keyboard; end with Ctrl-D, or name a file\n")
    columns, counted_from = fields_in(fields), day_in(today, "--today")
    day = begun_day_in(published, "--published", today=counted_from)
    kind = load_ontology(ontology) if ontology else PLOVER
    if output and any(Path(path).resolve() == output.resolve() for path in paths):
        raise BadSetting("--output", str(output), "it is one of the texts to read; name another file")
    printer = Printer(format.value, output)
    tools = open_tools(model=model, actors=actors, ontology=kind, threads=1 if workers > 1 and many(paths) else 2)
    refused: Counter[str] = Counter()
    found = documents(paths, published=day, title=title, fields=columns, tell=tell, today=counted_from)
    with printer:
        for result in progress(code_all(found, tools, workers=workers), paths):
            if isinstance(result, Refused):
                refused[result.reason] += 1
                sys.stderr.write(f"detente: refused: {result.detail}\n")
            else:
                printer.show(result)
    if refused:
        told = ", ".join(f"{reason} {n}" for reason, n in sorted(refused.items()))
        sys.stderr.write(f"detente: {printer.shown} read, {refused.total()} refused ({told})\n")
        raise typer.Exit(1)


@plain_errors
def explain(  # noqa: PLR0913 - one for each option
    file: Annotated[
        str, typer.Argument(help="The text file that it was read from; - is standard input. With --store: the identifier.", metavar="FILE|ID")
    ],
    id: Annotated[
        str | None, typer.Argument(help="Identifier of the event or quote, such as strait-e01 or strait-q02; e01 or q02 alone is the first document's that has one.")
    ] = None,
    published: Published = None,
    today: Today = None,
    store: Annotated[Path | None, typer.Option(help="Explain an event or a quote of this store, from what it has kept, and what people said of it.")] = None,
    as_coded: AsCoded = False,  # noqa: FBT002
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Explain one event or quote: which words, which scores, which rows of the knowledge base; of a store: which document and run.

    Example: detente explain examples/strait.txt e01 --published 2026-03-14

    Example: detente explain examples/strait.txt q02 --published 2026-03-14

    Example: detente explain examples/archive.jsonl pipeline-e01

    Example: detente explain tanker-a-e01 --store build/record
    """
    if store is not None:
        from detente.review import Reviewed
        from detente.review.telling import told
        from detente.store import open_store

        sys.stdout.write(told(Reviewed(open_store(store), as_coded=as_coded), file))
        return
    if id is None:
        raise BadSetting("id", "not given", "it must be named after the file, such as e01 or q02; or add --store DIR")
    from detente.cli.explaining import chosen, explained
    from detente.pipeline import code, open_tools
    from detente.sources.files import documents

    counted_from = day_in(today, "--today")
    day = begun_day_in(published, "--published", today=counted_from)
    tools = open_tools(model=model, actors=actors, threads=2)
    found = chosen(file, documents([file], published=day, today=counted_from), id, lambda document: code(document, tools))
    if found.beside is not None:
        tell(f"{file} has more documents than one, and this is {found.record.id}; another is asked for by its whole name, such as {found.beside}-{id}")
    sys.stdout.write(explained(found.coded, found.record))


@plain_errors
def ontology(
    code: Annotated[str | None, typer.Argument(help="A type, such as SANCTION; all types when left out.")] = None,
    custom: Own = None,
) -> None:
    """Show what is coded: types, modes, points, quad classes.

    Example: detente ontology SANCTION
    """
    from detente.cli.printing import ontology_table
    from detente.ontology import PLOVER, load_ontology

    shown = load_ontology(custom) if custom else PLOVER
    sys.stdout.write(ontology_table(shown, code.upper() if code and code not in shown.types else code))


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,  # noqa: FBT002
) -> None:
    """Reads the news and keeps the record of relations between states."""
    if version:
        from importlib.metadata import version as version_of

        sys.stdout.write(f"detente {version_of('detente')}\n")
        raise typer.Exit


def progress(results: Iterator[Coded | Refused], paths: list[str]) -> Iterator[Any]:
    """The results, counted on standard error while they come, when there are many and somebody watches."""
    from detente.sources.files import many

    if not many(paths) or not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} documents, {task.fields[rate]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=None, rate="")
        words = 0
        for result in results:
            words += len(result.document.text.split()) if isinstance(result, Coded) else 0
            elapsed = bar.tasks[0].elapsed or 0.001
            bar.update(task, advance=1, rate=f"{words / elapsed:,.0f} words/s")
            yield result


# every command, in the order of the help
for command in (read, explain, stories, fetch, ingest, watch, serve, learn, events, query, story, relation, forecast, ledger, backtest, network, alerts):
    app.command()(command)
app.command("import")(import_events)
app.command("export")(export_events)
app.command()(ontology)
for group, name in ((audit_app, "audit"), (actors_app, "actors"), (store_app, "store"), (accounts_app, "accounts")):
    app.add_typer(group, name=name)

if __name__ == "__main__":
    app(prog_name="detente")
