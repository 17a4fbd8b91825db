"""`detente fetch` and `detente watch`: what is new in the feeds, as JSON lines that `detente read -` takes, or kept in a store."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import Actors, Folder, Model, Own
from detente.cli.saying import tell
from detente.errors import StoreProblem
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


@plain_errors
def watch(  # noqa: PLR0913 - one for each option
    feeds: Annotated[Path, typer.Argument(help="TOML that names the feeds (docs/sources.md).", metavar="FEEDS.toml")],
    store: Folder,
    every: Annotated[str, typer.Option(help="Time from the end of one round to the next: 90s, 15m, 2h.")] = "15m",
    once: Annotated[bool, typer.Option("--once", help="One round, then stop: for cron and the like.")] = False,  # noqa: FBT002
    workers: Annotated[int, typer.Option(min=1, max=512, help="Processes.")] = 1,
    alerts: Annotated[Path | None, typer.Option(help="TOML of what to tell after each round, and whom (`detente alerts --help`).", metavar="ALERTS.toml")] = None,
    ontology: Own = None,
    model: Model = None,
    actors: Actors = None,
) -> None:
    """Watch RSS and Atom feeds: what is new is read into a store, round after round, until Ctrl-C.

    The store keeps what was seen (feeds.json). Killed at any moment, it goes on where it was: nothing is lost, nothing is read twice.

    Example: detente watch examples/feeds.toml --store build/watched --once
    """
    from detente.alerts.rules import rules_in
    from detente.cli.alerting import told_of
    from detente.cli.storing import summary
    from detente.ingest import Recipe
    from detente.ontology import PLOVER, load_ontology
    from detente.sources.feeds import feeds_in
    from detente.store import open_store
    from detente.watching import seconds_of
    from detente.watching import watch as one_round

    asked, pause, rules = feeds_in(feeds), seconds_of(every), rules_in(alerts) if alerts else None
    recipe = Recipe(model=model, actors=actors, ontology=load_ontology(ontology) if ontology else PLOVER)
    kept = open_store(store, create=True)
    try:
        while True:
            begin = time.monotonic()
            try:
                tally = one_round(asked, kept, recipe, workers=workers)
            except StoreProblem as error:  # somebody else writes, or the disk is full: the next round finds the same entries
                if once:
                    raise
                tell(str(error))
            else:
                sys.stderr.write(summary(tally, time.monotonic() - begin))
                if rules and kept.run is not None:
                    told_of(store, None, rules)
                if once:
                    raise typer.Exit(1 if tally.refused else 0)
            time.sleep(pause)
    except KeyboardInterrupt:
        tell("stopped; what is not kept yet is found again in the next round")


def told(counts: Counter[str]) -> str:
    """The counts in one line."""
    return ", ".join(f"{what} {n}" for what, n in sorted(counts.items())) or "nothing"
