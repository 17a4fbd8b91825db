"""Coded documents → a table, JSON lines, CSV, Parquet or a page."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detente.cli.page import page
from detente.errors import BadSetting
from detente.frames import frame
from detente.ontology import Ontology
from detente.records import Check, Coded, Entity, Event, Quote

STYLE_OF_QUAD = {1: "green", 2: "bold green", 3: "yellow", 4: "bold red"}
STYLE_OF_STATUS = {"actual": "", "future": "cyan", "hypothetical": "magenta", "negated": "dim strike"}


class Printer:
    """Takes coded documents one after the other and writes them; frames and pages are written at the end."""

    def __init__(self, format: str, output: Path | None) -> None:
        """Open nothing yet.

        Args:
            format: table, jsonl, csv, parquet or html.
            output: A file, or None for standard output.

        Raises:
            BadSetting: Parquet was asked for on a terminal.
        """
        if format == "parquet" and output is None and sys.stdout.isatty():
            raise BadSetting(
                "--format", format, "a terminal cannot show it; add --output FILE.parquet, or use --format csv"
            )
        self.format, self.output, self.shown = format, output, 0
        self._kept: list[Coded] = []
        self._out: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._out = self.output.open("wb") if self.output else sys.stdout.buffer
        except OSError as error:
            raise BadSetting("--output", str(self.output), f"it cannot be written: {error.strerror}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is None:
            return
        if kind is None and self.format in ("csv", "parquet"):
            table = frame(self._kept)
            table.write_csv(self._out) if self.format == "csv" else table.write_parquet(self._out)
        elif kind is None and self.format == "html":
            self._out.write(page(self._kept).encode())
        self._out.flush()
        if self.output:
            self._out.close()

    def show(self, coded: Coded) -> None:
        """Write one document's records, or keep them for the end."""
        self.shown += 1
        if self._out is None or self.format in ("csv", "parquet", "html"):
            self._kept.append(coded)
        elif self.format == "jsonl":
            for record in coded.records():
                self._out.write(msgspec.json.encode(record) + b"\n")
        else:
            self._out.write(self._table(coded).encode())
        self._out.flush() if self._out else None

    def _table(self, coded: Coded) -> str:
        colour = self.output is None and sys.stdout.isatty()
        console = Console(force_terminal=colour, no_color=not colour, width=None if colour else 120, highlight=False)
        with console.capture() as capture:
            show_table(coded, console)
        return capture.get()


def show_table(coded: Coded, console: Console) -> None:
    """Events with their sentences, then quotes and checks, on `console`; what is too long goes on below where it began."""
    document = coded.document
    published = f"published {document.published}" if document.published else "no date of publication"
    title = f"{document.title}  " if document.title else ""
    counts = f"{published}; {len(coded.events)} events, {len(coded.quotes)} quotes"
    counts += f", {len(coded.checks)} checks" if coded.checks else ""
    console.print(Text.assemble((f"{document.id}  ", "bold"), title, (counts, "dim")))
    rows = Table.grid(padding=(0, 1), collapse_padding=True)
    rows.add_column(width=4, justify="right", style="dim")
    rows.add_column()
    for event in coded.events:
        rows.add_row()
        rows.add_row(short(event.id), headline(event))
        rows.add_row("", sentence(event, document.text), style="dim")
    if coded.quotes or coded.checks:
        rows.add_row()
    for quote in coded.quotes:
        rows.add_row(short(quote.id), quote_line(quote))
    for check in coded.checks:
        rows.add_row(short(check.id), check_line(check))
    if rows.row_count:
        console.print(rows)
    console.print()


def short(id: str) -> str:
    """A record's number without its document: e01."""
    return id.rsplit("-", 1)[-1]


def headline(event: Event) -> Text:
    """Who did what to whom, when, and whether it happened."""
    what = event.event[0] + (f" ({event.mode[0]})" if event.mode else "")
    arrow = " ↔ " if event.reciprocal and not event.recipient else " → "
    who = [entity_words(e) for e in event.actor] or ["?"]
    whom = [entity_words(e) for e in event.recipient]
    parties = (arrow if event.reciprocal and not whom else " + ").join(who) + (arrow + " + ".join(whom) if whom else "")
    when = event.date or "date unknown"
    if event.enddate and event.enddate != event.date:
        when += f" … {event.enddate}"
    line = Text.assemble((f"{what:<22} ", STYLE_OF_QUAD[event.quad_code]), parties, f"   {when}")
    line.append(f"   {event.status}", STYLE_OF_STATUS[event.status])
    if event.event_loc:
        line.append(f"   {event.event_loc.where}")
    if event.by:
        line.append(f"   says {event.by.name or event.by.entity_text}", "italic")
    line.append("" if event.confidence is None else f"   {event.confidence:.2f}", "dim")
    return line


def sentence(event: Event, text: str) -> Text:
    """The event's sentence, its trigger in bold."""
    start, end = event.text_info.start, event.text_info.end
    line = Text(text[start:end].replace("\n", " "))
    for trigger in event.text_info.spans.get("trigger", ()):
        line.stylize("bold not dim underline", trigger.start - start, trigger.end - start)
    return line


def quote_line(quote: Quote) -> Text:
    """Whose words."""
    marks = ("“", "”") if quote.kind == "direct" else ("", "")
    speaker = "somebody" if quote.speaker is None else entity_words(quote.speaker)
    line = Text.assemble((f"{speaker}: ", "bold"), f"{marks[0]}{quote.text}{marks[1]}".replace("\n", " "))
    line.append(f"   {quote.kind}" + (f", “{quote.cue}”" if quote.cue else ""), "dim")
    return line


def check_line(check: Check) -> Text:
    """What the article says that the knowledge does not bear out."""
    line = Text.assemble((f"{check.headline}: ", "bold yellow"), f"“{check.text}”".replace("\n", " "))
    return line.append(f"   {check.detail}", "dim")


def entity_words(entity: Entity) -> str:
    """Code, sector, and the name or the text's words."""
    code = " ".join(part for part in (entity.code or "???", entity.sector) if part)
    return f"{code} {entity.name or entity.entity_text}"


def ontology_table(ontology: Ontology, code: str | None) -> str:
    """Types with their class and points; modes too for one type.

    Raises:
        UnknownCode: The ontology has no type `code`.
    """
    if code is None:
        lines = [f"{ontology.ontology} {ontology.version}"]
        lines += [
            f"{name:<12}{kind.score:>6}  {ontology.quad[str(kind.quad)]:<22}{', '.join(kind.modes)}"
            for name, kind in ontology.types.items()
        ]
        return "\n".join(lines) + "\n"
    kind = ontology.kind(code)
    needs = "; needs a recipient" if kind.requires_recipient else ""
    lines = [f"{code}: {ontology.quad[str(kind.quad)]} (quad {kind.quad}), {kind.score} points{needs}"]
    lines += [f"  {mode:<18}{score:>6}" for mode, score in kind.modes.items()]
    return "\n".join(lines) + "\n"
