"""Seats for those who write pages: whoever finds none free waits in line."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Seats:
    """So many work at once, first come, first served: twenty threads that take turns a few milliseconds each keep each other from ending."""

    def __init__(self, count: int) -> None:
        """All are free."""
        self._free, self._line = count, deque[threading.Lock]()
        self._lock, self._own = threading.Lock(), threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A seat for this thread, which has none yet."""
        self._sit()
        try:
            yield
        finally:
            self._rise()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Another may have this thread's seat, if it has one, while it waits for something."""
        sits = getattr(self._own, "sits", False)
        if sits:
            self._rise()
        try:
            yield
        finally:
            if sits:
                self._sit()

    def _sit(self) -> None:
        with self._lock:
            called = None if self._free else threading.Lock()
            if called is None:
                self._free -= 1
            else:
                called.acquire()
                self._line.append(called)
        if called is not None:
            called.acquire()  # until who rises hands the seat on
        self._own.sits = True

    def _rise(self) -> None:
        self._own.sits = False
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
