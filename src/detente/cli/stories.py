"""`detente stories` and `detente story`: what several documents tell of one happening, together."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import (
    AsCoded,
    Fields,
    Files,
    Folder,
    Kept,
    Model,
    Published,
    RunNumber,
    Today,
    Workers,
    begun_day_in,
    day_in,
)
from detente.cli.saying import tell, tell_changes
from detente.errors import BadSetting

if TYPE_CHECKING:
    from rich.console import Console

    from detente.records import Coded, Event, Story
    from detente.review import Reviewed


class StoryFormat(StrEnum):
    """How `stories` prints."""

    table = "table"
    jsonl = "jsonl"


@plain_errors
def stories(  # noqa: PLR0913 - one for each option
    files: Files = None,
    store: Kept = None,
    run: RunNumber = None,
    published: Published = None,
    fields: Fields = None,
    today: Today = None,
    format: Annotated[StoryFormat, typer.Option(help="How to print: a table, or a JSON object for each story.")] = StoryFormat.table,
    least: Annotated[int | None, typer.Option(min=1, help="Show only stories that so many documents tell; 1 when left out, 2 of a store.")] = None,
    sure: Annotated[
        float | None,
        typer.Option(min=0.01, max=0.99, help="Chance from which reports are joined; the packaged matcher's when left out. 0.3 where papers seldom retell each other (docs/stories.md)."),
    ] = None,
    as_coded: AsCoded = False,  # noqa: FBT002
    workers: Workers = 2,
    model: Model = None,
) -> None:
    """Bring together what news texts tell of one happening: who tells it, since when, and what they tell differently.

    With --store it does so for all events of a run, and keeps the stories in the store in the place of earlier ones. They are shown as they stand
    after what people said of their reports; one whose every report was rejected is left out.

    Example: detente stories examples/retold.jsonl

    Example: detente stories examples/retold.jsonl --format jsonl --least 2

    Example: detente stories --store build/record --sure 0.3
    """
    if store is not None:
        if files:
            raise BadSetting("--store", str(store), "the stories are those of its own events; leave the files out, or ingest them first")
        _of_store(store, run, 2 if least is None else least, format, sure=sure, as_coded=as_coded)
        return
    from detente.pipeline import code_all, open_tools
    from detente.records import Refused
    from detente.sources.fields import fields_in
    from detente.sources.files import documents
    from detente.stories.match import Matcher
    from detente.stories.merged import stories as stories_of
    from detente.stories.report import Facts

    counted_from = day_in(today, "--today")
    day = begun_day_in(published, "--published", today=counted_from)
    found = documents(files or ["-"], published=day, fields=fields_in(fields), tell=tell, today=counted_from)
    read: list[Coded] = []
    refused: Counter[str] = Counter()
    for result in code_all(found, open_tools(model=model), workers=workers):
        if isinstance(result, Refused):
            refused[result.reason] += 1
            sys.stderr.write(f"detente: refused: {result.detail}\n")
        else:
            read.append(result)
    told = stories_of(((c.events, Facts.of(c.document)) for c in read), Matcher(sure=sure))
    sentences = {event.id: event.text for coded in read for event in coded.events}
    write([s for s in told if len(s.documents) >= (least or 1)], sentences, format)
    if refused:
        counts = ", ".join(f"{reason} {n}" for reason, n in sorted(refused.items()))
        sys.stderr.write(f"detente: {len(read)} read, {refused.total()} refused ({counts})\n")
        raise typer.Exit(1)


def _of_store(folder: Path, run: int | None, least: int, format: StoryFormat, *, sure: float | None, as_coded: bool) -> None:
    from detente.matching import match
    from detente.review import Reviewed
    from detente.store import open_store
    from detente.stories.match import Matcher

    kept = open_store(folder, run=run)
    done = match(kept, Matcher(sure=sure))
    asked = Reviewed(kept, as_coded=as_coded)
    told = list(asked.stories(least=least))
    write(told, {event.id: event.text for event in kept.events_where("id", [event for s in told for event in s.reports])}, format)
    shown = {name for name, (before, _) in asked.retold.items() if len(before.documents) >= least}
    tell_changes(asked.changes(lambda event: event.story in shown))
    tell(f"{_many(done.events, 'event')} in {_many(done.stories, 'story')}, {done.shared:,} told by several documents")


@plain_errors
def story(
    id: Annotated[str, typer.Argument(help="Id of the story, or of an event that it tells.")],
    store: Folder,
    run: RunNumber = None,
    as_coded: AsCoded = False,  # noqa: FBT002
    format: Annotated[StoryFormat, typer.Option(help="How to print: a table, or one JSON object.")] = StoryFormat.table,
) -> None:
    """Show one story of a store: what it says, and its reports side by side, with what each tells and why it is here.

    Example: detente story tanker-a-e01 --store build/record
    """
    from detente.review import Reviewed
    from detente.store import open_store

    kept = Reviewed(open_store(store, run=run), as_coded=as_coded)
    told = kept.story(kept.store.story_of(id) or id)
    if format is StoryFormat.jsonl:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        sys.stdout.write(side_by_side(told, kept))
    tell_changes(kept.changes(lambda event: event.story == told.id))


def side_by_side(story: Story, kept: Reviewed) -> str:
    """The story, and below it a row for each report: paper and day, what it tells, its sentence, why it is here."""
    from rich.table import Table

    from detente.cli.printing import headline

    events = {event.id: event for event in kept.reports(story)}
    facts = {row[0]: row[1:] for row in kept.store.query(_PAPERS, [list(story.documents)]).iter_rows()}
    why = {match.ours: match for match in story.matches}
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("report", "paper", "what it tells", "why it is here"):
        grid.add_column(column, overflow="fold")
    for name in story.reports:
        event, match = events[name], why.get(name)
        told = headline(event)
        told.append(f"\n{' '.join(event.text.split())}", "dim")
        grid.add_row(name, _paper(event, facts), told, f"{match.score:.2f} with {match.theirs}: {match.why}" if match else "the first report")
    console = _console()
    with console.capture() as capture:
        console.print(headline(story.event))
        for line in list(lines_of(story, {}))[: 1 + len(story.disputed)]:
            console.print(f"  {line}")
        console.print()
        console.print(grid)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


_PAPERS = 'SELECT "id", publication, published, copy_of FROM documents WHERE "id" IN (SELECT unnest(?::VARCHAR[]))'


def _paper(event: Event, facts: dict[str, tuple[object, ...]]) -> str:
    """Whose document it is, of which day, and what it copies."""
    publication, published, copy_of = facts.get(event.text_info.document, (None, None, None))
    told = f"{publication or event.text_info.document}\n{published or 'day unknown'}"
    return f"{told}\ncopies {copy_of}" if copy_of else told


def write(told: list[Story], sentences: dict[str, str], format: StoryFormat) -> None:
    """The stories on standard output."""
    if format is StoryFormat.jsonl:
        for story in told:
            sys.stdout.write(msgspec.json.encode(story).decode() + "\n")
        return
    console = _console()
    with console.capture() as capture:
        show(told, sentences, console)
    sys.stdout.write(capture.get())


def _console() -> Console:
    from rich.console import Console

    colour = sys.stdout.isatty()
    return Console(force_terminal=colour, no_color=not colour, width=None if colour else 120, highlight=False, markup=False)


def show(told: list[Story], sentences: dict[str, str], console: Console) -> None:
    """Each story with its counts, its disputes, and the sentence of each report."""
    from rich.table import Table

    from detente.cli.printing import headline

    console.print(_many(len(told), "story"))
    for story in told:
        console.print()
        console.print(headline(story.event))
        rows = Table.grid(padding=(0, 1), collapse_padding=True)
        rows.add_column(width=3)
        rows.add_column()
        for line in lines_of(story, sentences):
            rows.add_row("", line)
        console.print(rows)


def lines_of(story: Story, sentences: dict[str, str]) -> Iterator[str]:
    """What stands below a story's headline."""
    since = "" if story.first_seen is None else f", {story.first_seen}"
    until = "" if story.last_seen in (None, story.first_seen) else f" to {story.last_seen}"
    yield f"{story.id}: {_many(len(story.reports), 'report')}, {_many(len(story.sources), 'source')}{since}{until}"
    for dispute in story.disputed:
        versions = "; ".join(f"{v.value} ({', '.join(v.reports)})" for v in dispute.versions)
        yield f"disputed, {dispute.about}: {versions}"
    why = {match.ours: match for match in story.matches}
    for report in story.reports:
        match = why.get(report)
        joined = f"   [{match.score:.2f} with {match.theirs}: {match.why}]" if match else ""
        yield f"{report}  {' '.join(sentences.get(report, '').split())}{joined}"


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what.removesuffix('y')}{'ies' if what.endswith('y') else 's'}"
