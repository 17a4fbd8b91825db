"""Frames and events of a store → a table, JSON, CSV or Parquet."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from detente.errors import BadSetting
from detente.frames import JOIN

if TYPE_CHECKING:
    import polars

    from detente.review import Reviewed
    from detente.store.asking import Wanted

BRIEF = ("id", "date", "enddate", "event", "status", "actor", "recipient", "trigger", "confidence", "story")
"""Columns of an event that a terminal has room for."""


def show_events(reviewed: Reviewed, wanted: Wanted, format: str, output: Path | None) -> None:
    """Events that are wanted: jsonl and json as records, csv and parquet as rows, a table with the columns that fit."""
    if format in ("json", "jsonl"):
        found = [msgspec.json.encode(event) for event in reviewed.records(wanted)]
        put(b"[" + b",\n".join(found) + b"]\n" if format == "json" else b"".join(line + b"\n" for line in found), output)
        return
    frame = reviewed.events(wanted)
    show_frame(frame.select(BRIEF) if format == "table" else frame, format, output)


def show_frame(frame: polars.DataFrame, format: str, output: Path | None) -> None:
    """The frame, as asked for.

    Raises:
        BadSetting: Parquet was asked for on a terminal, or the output cannot be written.
    """
    if format == "parquet":
        if output is None and sys.stdout.isatty():
            raise BadSetting("--format", format, "a terminal cannot show it; add --output FILE.parquet, or use --format csv")
        held = io.BytesIO()
        frame.write_parquet(held)
        put(held.getvalue(), output)
    elif format == "csv":
        put(plain(frame).write_csv().encode(), output)
    elif format in ("json", "jsonl"):
        rows = [msgspec.json.encode(row) for row in frame.iter_rows(named=True)]
        put(b"[" + b",\n".join(rows) + b"]\n" if format == "json" else b"".join(row + b"\n" for row in rows), output)
    else:
        put(table(frame).encode(), output)


def put(content: bytes, output: Path | None) -> None:
    """Write to a file or standard output.

    Raises:
        BadSetting: The file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise BadSetting("--output", str(output), f"it cannot be written: {error.strerror}") from error


def plain(frame: polars.DataFrame) -> polars.DataFrame:
    """The frame with one value in each cell: texts of a list joined, bytes as hexadecimal, what is deeper as JSON."""
    import polars

    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == polars.Binary]
    columns = [polars.Series(name, [_cell(v) for v in frame[name].to_list()], dtype=polars.String) for name in nested]
    return frame.with_columns(columns)


def table(frame: polars.DataFrame) -> str:
    """Rows under their names, as wide as the words; numbers on the right."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name, kind in frame.schema.items():
        grid.add_column(name, justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        grid.add_row(*(_words(v) for v in row))
    watched = sys.stdout.isatty()
    console = Console(force_terminal=watched, no_color=not watched, width=None if watched else 160, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(grid)
    lines = "\n".join(line.rstrip() for line in capture.get().splitlines())
    return f"{lines}\n"


def _words(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else (_cell(value) or "").replace("\n", " ")


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return JOIN.join(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return msgspec.json.encode(value).decode()
    return str(value)
