"""`detente alerts`: tells once what turned, passed a rate or is disputed in a store."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.guard import plain_errors
from detente.cli.options import Folder, RunNumber
from detente.cli.saying import tell
from detente.errors import StoreProblem

if TYPE_CHECKING:
    from detente.alerts.rounds import Round
    from detente.alerts.rules import Rules


@plain_errors
def alerts(
    rules: Annotated[Path, typer.Argument(help="TOML of what to watch for and whom to tell (docs/relations.md, Alerts).", metavar="ALERTS.toml")],
    store: Folder,
    run: RunNumber = None,
    every: Annotated[str, typer.Option(help="Time from the end of one round to the next: 90s, 15m, 2h.")] = "15m",
    once: Annotated[bool, typer.Option("--once", help="One round, then stop: for cron and the like.")] = False,  # noqa: FBT002
) -> None:
    """Tell what is new in a store: relations that turn, classes of acts that pass a rate, stories that are disputed.

    To standard output, a webhook, by mail, in an Atom feed; each alert with its events and their sentences, and once: the store
    keeps what was raised and told (alerts.jsonl). What could not be told is tried again in the next round; what was being told when a round
    was killed, and what was told but its answer lost, comes again, under the same id. Exit code 1 with --once when something waits or was given up. `detente watch --alerts ALERTS.toml` does the same after each of its rounds.

    Example: detente alerts examples/alerts.toml --store build/record --once
    """
    from detente.alerts.rules import rules_in
    from detente.watching import seconds_of

    asked, pause = rules_in(rules), seconds_of(every)
    try:
        while True:
            try:
                done = told_of(store, run, asked)
            except StoreProblem as error:  # somebody else writes: the next round finds the same
                if once:
                    raise
                tell(str(error))
            else:
                if once:
                    raise typer.Exit(1 if done.failed or done.given_up else 0)
            time.sleep(pause)
    except KeyboardInterrupt:
        tell("stopped; what was not told yet is told in the next round")


def told_of(store: Path, run: int | None, rules: Rules) -> Round:
    """One round over a store as it is now, its counts on standard error."""
    from detente.alerts.rounds import one_round
    from detente.cli.relations import opened

    relations = opened(None, store, run, ",".join(rules.status))
    assert not isinstance(relations, tuple)  # for the type checker: a store was named
    done = one_round(relations, rules)
    waits = f", {done.failed} channels failed and are tried again (why: alerts.jsonl in the store)" if done.failed else ""
    twice = f" ({done.again} of them perhaps for the second time, under the same id: a round was cut short, or an answer lost)" if done.again else ""
    tell(f"{done.raised} new alerts, {done.delivered} delivered{twice}{waits}" + (f", {done.given_up} given up" if done.given_up else ""))
    return done
