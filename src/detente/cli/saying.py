"""What a command says beside its results."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.review.standing import Changes

OFTEN = 60.0
"""Seconds from one line on how far it is to the next, where nobody watches a terminal."""


def tell(line: str) -> None:
    """Say a line on standard error."""
    sys.stderr.write(f"detente: {line}\n")


def tell_refused(examples: Mapping[str, str]) -> None:
    """Say the first refusal of each reason, so that one line of a hundred thousand alike tells the way out."""
    for reason, detail in sorted(examples.items()):
        tell(f"refused ({reason}), the first: {detail}")


def tell_changes(changes: Changes) -> None:
    """Say what people changed in an answer; nothing where they changed nothing."""
    told = (
        (changes.rejected, "rejected {} left out"), (changes.moved, "corrected {} no longer among these"),
        (changes.corrected, "corrected {} shown so"), (changes.added, "marked {} shown, too"),
    )  # fmt: skip
    said = [f"{n:,} that people {what.format('is' if n == 1 else 'are')}" for n, what in told if n]
    if said:
        tell(f"of the events, {', '.join(said)}; --as-coded shows what the program said")


@contextmanager
def bar() -> Iterator[Callable[[Collection[Any], str], Iterable[Any]]]:
    """Shows the steps of each part of a long work as they are taken, on standard error: a bar on a terminal, else a line a minute."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("")

        def watch(steps: Collection[Any], what: str) -> Iterator[Any]:
            shown.update(task, description=what, completed=0, total=len(steps))
            for step in steps:
                yield step
                shown.advance(task)

        yield watch


def _lines() -> Callable[[Collection[Any], str], Iterable[Any]]:
    told = time.monotonic()

    def watch(steps: Collection[Any], what: str) -> Iterator[Any]:
        nonlocal told
        for number, step in enumerate(steps):
            if time.monotonic() - told >= OFTEN:
                told = time.monotonic()
                tell(f"{what}: {number} of {len(steps)}")
            yield step

    return watch
