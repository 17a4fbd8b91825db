"""Several processes that answer at one port, and the one that keeps them: it works out relations for all, and begins another where one died.

All take from one socket, so that who is idle takes more, and what waits there outlives whoever is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from detente.web.working import Turns, answering

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from detente.web.stores import Desks

PAUSE = 1.0
"""Seconds until another one is begun: what dies as it begins would be begun over and over."""
PATIENCE = 10.0
"""Seconds that each has to finish its answers at the end."""
BEHIND = 10
"""How much later than readers' pages relations have their turn, in the system's own measure of niceness."""


def keep(count: int, served: Callable[[Connection], None], desks: Desks) -> None:
    """Run `served` in so many processes until this one is interrupted or ended; each gets a pipe to ask for relations of `desks`."""
    turns = Turns(_stand_behind)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    held: list[SpawnProcess] = []
    try:
        held += [_begun(served, desks, turns) for _ in range(count)]
        while True:
            wait([process.sentinel for process in held])
            time.sleep(PAUSE)
            held = [process if process.is_alive() else _begun(served, desks, turns) for process in held]
    finally:
        for process in held:
            process.terminate()
        for process in held:
            process.join(PATIENCE)
            process.kill()


def _begun(served: Callable[[Connection], None], desks: Desks, turns: Turns) -> SpawnProcess:
    spawning = get_context("spawn")  # a copy of this process would have its locks, but not the threads that hold them
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=served, args=(theirs,), daemon=True)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; who keeps them ends them
    process.start()
    signal.signal(signal.SIGINT, before)
    theirs.close()
    answering(ours, desks, turns)
    return process


def _stand_behind() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
