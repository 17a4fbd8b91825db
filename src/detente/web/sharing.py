"""The socket from which several processes take connections, so that each has as many readers as the others.

A browser asks again and again by one connection, and stays with the process that took it. Left to chance, one of two had 15 of 20 readers.
"""

from __future__ import annotations

import socket
import time
from collections.abc import MutableSequence
from typing import Any, NamedTuple

MOMENT, PATIENCE = 0.001, 20
"""Seconds for which a process that has more readers than another leaves a connection to that one, and how often: it may be at a standstill."""


class Share(NamedTuple):
    """How many connections each process holds, in memory that all of them see, and whose place is this one's."""

    held: MutableSequence[int]
    place: int


class Sharing(socket.socket):
    """A listening socket; `accept` says that nobody is there while it is another's turn."""

    def __init__(self, listening: socket.socket, share: Share) -> None:
        """Take over `listening`."""
        super().__init__(fileno=listening.detach())
        self._share = share
        # kept here, since the server counts a reader only when both have agreed on how to speak, and by then others have come
        self._open = list[socket.socket]()
        self._left, self._elsewhere = 0, 0

    def accept(self) -> tuple[socket.socket, Any]:
        """A connection and where it comes from.

        Raises:
            BlockingIOError: There is none for this process now.
        """
        held, place = self._share
        self._open = [one for one in self._open if one.fileno() >= 0]
        held[place] = len(self._open)
        elsewhere = sum(held) - held[place]
        if elsewhere != self._elsewhere:  # what was left has been taken: with the next one patience begins anew
            self._elsewhere, self._left = elsewhere, 0
        if held[place] > min(held) and self._left < PATIENCE:
            self._left += 1
            time.sleep(MOMENT)
            raise BlockingIOError
        self._left = 0
        taken = super().accept()
        self._open.append(taken[0])
        held[place] += 1
        return taken
