"""Feeds → a store, round after round: what is new is read and kept."""

from __future__ import annotations

import re
from collections.abc import Callable

from detente.errors import BadSetting
from detente.ingest import Recipe, Tally, ingest
from detente.sources.feeds import Feeds, State, poll
from detente.sources.polite import Web
from detente.store import Store

STATE = "feeds.json"
"""In the store's folder: which entries of which feeds the store has."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def watch(feeds: Feeds, store: Store, recipe: Recipe | None = None, *, workers: int = 1, watching: Callable[[Tally], None] = lambda _: None) -> Tally:
    """One round: what became of everything that is new in the feeds, once the store has it.

    What was seen is written down only after the store has it all. Whoever is killed before finds it again in the next round, where
    the store knows what it has.

    Args:
        feeds: Which, and how politely.
        store: Where to.
        recipe: With what.
        workers: Processes; 1 works in this process, and loads the reader only when something is new.
        watching: Told the count after each document.

    Raises:
        StoreProblem: Another program is writing to the store, or it cannot be written.
        BadSetting: A worker process died, or the state in the store's folder is damaged.
    """
    state = State(store.folder / STATE)
    with Web(feeds.manners()) as web:
        tally = ingest(poll(feeds, state, web), store, recipe, workers=workers, watching=watching)
    state.save()
    return tally


def seconds_of(written: str) -> int:
    """Seconds of "15m", "90s", "2h" or "1d".

    Raises:
        BadSetting: It is none of these, or no time at all.
    """
    found = re.fullmatch(r"(\d{1,6})([smhd])", written.strip())
    if found is None or int(found[1]) == 0:
        raise BadSetting("--every", written, "it must be a number with s, m, h or d, such as 15m")
    return int(found[1]) * _SECONDS[found[2]]
