"""Arguments and options that several commands take."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

KINDS = "Texts, web pages, JSON lines, CSV, Parquet, WARC, mailboxes, folders of them, .gz too (docs/sources.md); - is standard input."

Files = Annotated[list[str] | None, typer.Argument(help=KINDS, metavar="[FILE|-]...")]
Sources = Annotated[list[str], typer.Argument(help=KINDS, metavar="SOURCE...")]
Published = Annotated[
    str | None,
    typer.Option(help="Day of publication, YYYY-MM-DD, for texts that name none. Without it relative dates stay unknown."),
]
Title = Annotated[str | None, typer.Option(help="Title, for plain texts.")]
Fields = Annotated[
    str | None,
    typer.Option(help="Columns of a table or keys of JSON lines: text=body,published=pubdate,id=…; guessed when left out."),
]
Today = Annotated[
    str | None,
    typer.Option(help="Texts that say they appeared after the day that follows this one are refused; today when left out."),
]
TodayOfEvents = Annotated[
    str | None, typer.Option("--today", help="Events of days after the one that follows this one are refused, but for planned and supposed ones; today when left out.")
]
KnownToday = Annotated[
    str | None, typer.Option("--today", help="The day it is in an invented world, which --until and the events of a file may pass by one day; today when left out.")
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Documents read at once.")]
Model = Annotated[Path | None, typer.Option(help="Folder of another reader.")]
Actors = Annotated[Path | None, typer.Option(help="Another actor base.")]
Own = Annotated[
    Path | None, typer.Option(help="TOML that renames, merges or drops types and scores (docs/ontology.md).")
]
Folder = Annotated[Path, typer.Option("--store", help="Folder of the store.")]
Kept = Annotated[Path | None, typer.Option("--store", help="Folder of a store, in the place of files.")]
RunNumber = Annotated[
    int | None, typer.Option("--run", help="Number of the run to show; the newest that was coded when left out.")
]
AsCoded = Annotated[bool, typer.Option("--as-coded", help="As the program told it, whatever people said of it (docs/review.md).")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")]


def begun_day_in(written: str | None, option: str, *, today: dt.date | None) -> dt.date | None:
    """The day of an option that names none to come, None when it was not given.

    Raises:
        BadSetting: It is no day, or is still to come as of `today`, by the clock when None.
    """
    from detente.sources.text import not_ahead

    day = day_in(written, option)
    return not_ahead(day, today=today, name=option) if day else None


def day_in(written: str | None, option: str) -> dt.date | None:
    """The day of an option, None when it was not given."""
    from detente.sources.text import day_of

    return day_of(written, option) if written is not None else None
