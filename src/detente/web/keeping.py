"""Several processes that answer at one port, and the one that keeps them: it works out relations for all, and begins another where one died.

All take from one socket, each as many readers as the others (`sharing`), and what waits there outlives whoever is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.sharedctypes import RawArray
from typing import TYPE_CHECKING, NamedTuple

from detente.errors import StoreProblem
from detente.web.sharing import Share
from detente.web.working import Turns, answering

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from detente.web.stores import Desks

PAUSE = 1.0
"""Seconds until another one is begun in the place of one that died."""
SOON, MOST = 10.0, 3
"""One that dies within so many seconds could not begin; when so many have in the same place, no other one will."""
PATIENCE = 10.0
"""Seconds that each has to finish its answers at the end."""
BEHIND = 10
"""How much later than readers' pages relations have their turn, in the system's own measure of niceness."""


class _Held(NamedTuple):
    """A process, when it was begun, and how many before it in its place could not begin."""

    process: SpawnProcess
    since: float
    failed: int


def keep(count: int, served: Callable[[Share, Connection], None], desks: Desks) -> None:
    """Run `served` in so many processes until this one is interrupted or ended; each gets a share of the readers, and a pipe to ask for relations of `desks`.

    Raises:
        StoreProblem: They cannot begin; each has said why.
    """
    turns = Turns(_stand_behind)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    readers = RawArray("i", count)
    held: list[_Held] = []
    try:
        held += [_begun(partial(served, Share(readers, place)), desks, turns) for place in range(count)]
        while True:
            wait([one.process.sentinel for one in held])
            time.sleep(PAUSE)
            for place, one in enumerate(held):
                if not one.process.is_alive():
                    readers[place] = 0
                    held[place] = _begun(partial(served, Share(readers, place)), desks, turns, failed=_failed(one, desks))
    finally:
        for one in held:
            one.process.terminate()
        for one in held:
            one.process.join(PATIENCE)
            one.process.kill()


def _failed(one: _Held, desks: Desks) -> int:
    """How many in the place of one that died could not begin, itself among them."""
    failed = one.failed + 1 if time.monotonic() - one.since < SOON + PAUSE else 0
    if failed == MOST:
        raise StoreProblem("store", str(desks.folder), f"the processes that would serve it cannot begin ({MOST} died at once); what they said stands above")
    return failed


def _begun(served: Callable[[Connection], None], desks: Desks, turns: Turns, *, failed: int = 0) -> _Held:
    spawning = get_context("spawn")  # a copy of this process would have its locks, but not the threads that hold them
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=served, args=(theirs,), daemon=True)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; who keeps them ends them
    process.start()
    signal.signal(signal.SIGINT, before)
    theirs.close()
    answering(ours, desks, turns)
    return _Held(process, time.monotonic(), failed)


def _stand_behind() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
