"""`detente stories`: what several documents tell of one happening, together."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors

if TYPE_CHECKING:
    from rich.console import Console

    from detente.records import Coded, Story


class StoryFormat(StrEnum):
    """How `stories` prints."""

    table = "table"
    jsonl = "jsonl"


@plain_errors
def stories(
    files: Annotated[list[str] | None, typer.Argument(help="Text files, .jsonl (one document a line), folders; - is standard input.", metavar="[FILE|-]...")] = None,
    published: Annotated[str | None, typer.Option(help="Day of publication, YYYY-MM-DD, for texts that name none.")] = None,
    format: Annotated[StoryFormat, typer.Option(help="How to print: a table, or a JSON object for each story.")] = StoryFormat.table,
    least: Annotated[int, typer.Option(min=1, help="Show only stories that so many documents tell.")] = 1,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Documents read at once.")] = 2,
    model: Annotated[Path | None, typer.Option(help="Folder of another reader.")] = None,
) -> None:
    """Read news texts and bring together what they tell of one happening: who tells it, since when, and what they tell differently.

    Example: detente stories examples/retold.jsonl

    Example: detente stories examples/retold.jsonl --format jsonl --least 2
    """
    from detente.pipeline import code_all, open_tools
    from detente.records import Refused
    from detente.sources.files import documents
    from detente.sources.text import day_of
    from detente.stories.merged import stories as stories_of
    from detente.stories.report import Facts

    day = day_of(published, "--published") if published else None
    read: list[Coded] = []
    refused: Counter[str] = Counter()
    for result in code_all(documents(files or ["-"], published=day), open_tools(model=model), workers=workers):
        if isinstance(result, Refused):
            refused[result.reason] += 1
            sys.stderr.write(f"detente: refused: {result.detail}\n")
        else:
            read.append(result)
    told = stories_of((c.events, Facts.of(c.document)) for c in read)
    write([s for s in told if len(s.documents) >= least], read, format)
    if refused:
        counts = ", ".join(f"{reason} {n}" for reason, n in sorted(refused.items()))
        sys.stderr.write(f"detente: {len(read)} read, {refused.total()} refused ({counts})\n")
        raise typer.Exit(1)


def write(told: list[Story], read: Iterable[Coded], format: StoryFormat) -> None:
    """The stories on standard output."""
    if format is StoryFormat.jsonl:
        for story in told:
            sys.stdout.write(msgspec.json.encode(story).decode() + "\n")
        return
    from rich.console import Console

    colour = sys.stdout.isatty()
    console = Console(force_terminal=colour, no_color=not colour, width=None if colour else 120, highlight=False)
    with console.capture() as capture:
        show(told, {event.id: event.text for coded in read for event in coded.events}, console)
    sys.stdout.write(capture.get())


def show(told: list[Story], sentences: dict[str, str], console: Console) -> None:
    """Each story with its counts, its disputes, and the sentence of each report."""
    from rich.table import Table

    from detente.cli.printing import headline

    console.print(_many(len(told), "story").replace("storys", "stories"))
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
        yield f"{report}  {' '.join(sentences[report].split())}{joined}"


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
