"""`detente fetch`: what is new in the feeds, as JSON lines that `detente read -` takes."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.records import Refused


@plain_errors
def fetch(
    feeds: Annotated[Path, typer.Argument(help="TOML that names the feeds (docs/sources.md).", metavar="FEEDS.toml")],
    state: Annotated[
        Path | None, typer.Option(help="File that remembers what was seen; without it every entry is new each time.")
    ] = None,
) -> None:
    """Fetch what is new in RSS and Atom feeds, politely: one document a line, for `detente read -`.

    Example: detente fetch examples/feeds.toml --state feeds.json
    """
    from detente.sources.feeds import State, feeds_in, poll
    from detente.sources.polite import Web

    asked, kept = feeds_in(feeds), State(state)
    refused: Counter[str] = Counter()
    with Web(asked.manners()) as web:
        for found in poll(asked, kept, web):
            kept.save()  # what stands before this one is printed
            if isinstance(found, Refused):
                refused[found.reason] += 1
                sys.stderr.write(f"detente: refused: {found.detail}\n")
            else:
                sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
                sys.stdout.flush()
    kept.save()
    sys.stderr.write(f"detente: {told(kept.counts)}\n")
    if refused:
        sys.stderr.write(f"detente: refused: {told(refused)}\n")
        raise typer.Exit(1)


def told(counts: Counter[str]) -> str:
    """The counts in one line."""
    return ", ".join(f"{what} {n}" for what, n in sorted(counts.items())) or "nothing"
