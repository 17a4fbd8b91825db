"""One round of alerts: what is new is written down, then told; what could not be told is told in a later round.

    STORE/alerts.jsonl    raised and tried, appended and never changed

An alert is raised once, whatever is killed between. That it is being told is written down before, what came of it after: of an alert
with the first line and without the second nobody here can know whether it arrived; nor of one whose answer was lost. It is told again,
since a lost alert is worse than a second one, under the same id, by which the receiver knows it (idempotency key, message id, id of the
entry, last line of the text); and the round counts it. All others are told once.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from detente.alerts.delivering import Dated, Undelivered, deliver
from detente.alerts.finding import Alert, found
from detente.alerts.rules import Channel, Rules
from detente.relating import Related
from detente.store import Store
from detente.store.lines import Appending, Lines

LOG = "alerts"


class Raised(msgspec.Struct, frozen=True, kw_only=True, tag="raised", tag_field="kind"):
    """An alert, when, and whom it is for."""

    alert: Alert
    at: dt.datetime
    to: tuple[str, ...]


class Telling(msgspec.Struct, frozen=True, kw_only=True, tag="telling", tag_field="kind"):
    """Somebody is being told from now on."""

    alert: str
    to: str
    at: dt.datetime


class Tried(msgspec.Struct, frozen=True, kw_only=True, tag="tried", tag_field="kind"):
    """One try to tell somebody: `done` when it arrived, else why not in `told`; no more tries once `over`.

    `doubtful`: its answer was lost, so that it may have arrived all the same.
    """

    alert: str
    to: str
    at: dt.datetime
    done: bool
    over: bool
    told: str | None = None
    doubtful: bool = False


class Round(msgspec.Struct):
    """What a round did: alerts that are new, deliveries that arrived, that failed for now, and that were given up.

    `again` of those that arrived may have arrived before: a round was cut short, or an answer lost.
    """

    raised: int = 0
    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    again: int = 0


Entry = Raised | Telling | Tried
"""A line of the log."""


def log(store: Store) -> Lines[Entry]:
    """The store's log of alerts."""
    return Lines(store.folder, LOG, Entry)


def one_round(
    relations: Related, rules: Rules, *, now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC), sleep: Callable[[float], None] = time.sleep
) -> Round:
    """Raise what is new, then tell everybody what he has not been told yet.

    Args:
        relations: The store's, as of today.
        rules: What to watch for, and whom to tell.
        now: The clock.
        sleep: Waits so many seconds.

    Raises:
        StoreProblem: Another round is under way, the log cannot be written, or it was tampered with.
    """
    done = Round()
    with log(relations.store).appending() as lines:
        raised = [line for line in lines.known if isinstance(line, Raised)]
        for alert in found(relations, rules):
            if not any(_same(alert, line.alert) for line in raised):
                raised.append(Raised(alert=alert, at=now(), to=tuple(channel.name for channel in rules.to)))
                lines.add(raised[-1])
                done.raised += 1
        over = {(line.alert, line.to) for line in lines.known if isinstance(line, Tried) and line.over}
        doubtful = _doubtful(lines.known)
        every = [Dated(line.alert, line.at) for line in raised]
        for channel in rules.to:
            waiting = [line for line in raised if channel.name in line.to and (line.alert.id, channel.name) not in over]
            _tell(channel, waiting, lines, done, _Means(every, doubtful, rules, now, sleep))
    return done


def _doubtful(known: list[Entry]) -> set[tuple[str, str]]:
    """Alert and channel of what may have arrived though nothing says so: its round was cut short, or its answer lost."""
    begun: set[tuple[str, str]] = set()
    found: set[tuple[str, str]] = set()
    for line in known:
        if isinstance(line, Raised):
            continue
        told = {(line.alert, line.to)}
        if isinstance(line, Telling):
            found |= begun & told  # what comes of this try says nothing of the one before
            begun |= told
        else:
            begun -= told
            found |= told if line.doubtful else set()
    return found | begun


class _Means(msgspec.Struct, frozen=True):
    every: list[Dated]
    doubtful: set[tuple[str, str]]
    rules: Rules
    now: Callable[[], dt.datetime]
    sleep: Callable[[float], None]


def _tell(channel: Channel, waiting: list[Raised], lines: Appending[Entry], done: Round, means: _Means) -> None:
    """Everything that waits for one channel, oldest first, until one thing fails: then the rest waits for the next round."""
    for line in waiting:
        tried = _try(channel, line, lines, means)
        done.delivered += tried.done
        done.again += tried.done and (line.alert.id, channel.name) in means.doubtful
        done.given_up += tried.over and not tried.done
        done.failed += not tried.over
        if not tried.over:
            return


def _try(channel: Channel, line: Raised, lines: Appending[Entry], means: _Means) -> Tried:
    """The last try of this round; each is written down."""
    rules = means.rules
    for number in range(rules.tries):
        if number:
            means.sleep(rules.pause * 2 ** (number - 1))
        lines.add(Telling(alert=line.alert.id, to=channel.name, at=means.now()))
        try:
            deliver(channel, Dated(line.alert, line.at), every=means.every, folder=Path(rules.folder))
        except Undelivered as error:
            too_old = means.now() - line.at > dt.timedelta(rules.give_up)
            over = too_old and number == rules.tries - 1
            tried = Tried(alert=line.alert.id, to=channel.name, at=means.now(), done=False, over=over, told=str(error), doubtful=error.doubtful)
        else:
            tried = Tried(alert=line.alert.id, to=channel.name, at=means.now(), done=True, over=True)
        lines.add(tried)
        if tried.doubtful:
            means.doubtful.add((tried.alert, tried.to))
        if tried.over:
            break
    return tried


def _same(alert: Alert, before: Alert) -> bool:
    """Whether it was told already: the same thing, on the day, within its quiet days (late reports move a day), or ever."""
    if alert.about != before.about:
        return False
    return alert.quiet is None or abs((alert.day - before.day).days) < alert.quiet
