"""The socket from which several processes take connections, so that each has as many readers as the others.

A browser asks again and again by one connection, and stays with the process that took it. Left to chance, one of two had 15 of 20 readers.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, MutableSequence
from typing import Any, NamedTuple

MOMENT, PATIENCE = 0.001, 20
"""Seconds for which a process that has more readers than another leaves a connection to that one, and how often: it may be at a standstill."""


class Share(NamedTuple):
    """How many connections each process holds, in memory that all of them see, and whose place is this one's."""

    held: MutableSequence[int]
    place: int


class Sharing(socket.socket):
    """A listening socket; `accept` says that nobody is there while it is another's turn."""

    def __init__(self, listening: socket.socket, share: Share, holding: Callable[[], int]) -> None:
        """Take over `listening`; `holding` counts the connections that are open here."""
        super().__init__(fileno=listening.detach())
        self._share, self._holding = share, holding
        self._left, self._took = 0, False

    def accept(self) -> tuple[socket.socket, Any]:
        """A connection and where it comes from.

        Raises:
            BlockingIOError: There is none for this process now.
        """
        held, place = self._share
        held[place] = self._holding()
        if self._took:  # it counts from the next round on
            self._took = False
            raise BlockingIOError
        if held[place] > min(held) and self._left < PATIENCE:
            self._left += 1
            time.sleep(MOMENT)
            raise BlockingIOError
        taken = super().accept()
        held[place] += 1
        self._left, self._took = 0, True
        return taken
