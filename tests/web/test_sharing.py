"""Of several processes that take from one socket each gets as many readers as the others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from detente.web.sharing import PATIENCE, Share, Sharing

READERS = 10


class Process:
    """One that takes connections and keeps them."""

    def __init__(self, listening: socket.socket, held: list[int], place: int) -> None:
        self.taken: list[socket.socket] = []
        self.socket = Sharing(listening, Share(held, place), lambda: len(self.taken))
        self.socket.settimeout(0)

    def looks(self) -> bool:
        """Whether it took a connection."""
        try:
            self.taken.append(self.socket.accept()[0])
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def processes() -> Iterator[tuple[Process, Process, list[socket.socket]]]:
    """Two, and readers, of whom one after the other comes."""
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0)) as listening:
        shared, readers = [0, 0], list[socket.socket]()
        two = [Process(listening.dup(), shared, place) for place in (0, 1)]
        yield two[0], two[1], readers
        for one in (*readers, *(s for process in two for s in (process.socket, *process.taken))):
            held.callback(one.close)


def come(one: Process, readers: list[socket.socket]) -> None:
    """One more reader."""
    readers.append(socket.create_connection(one.socket.getsockname()))


def test_readers_are_shared_out_evenly(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Though one always looks first, and the other has more to do."""
    quick, slow, readers = processes
    for _ in range(READERS):
        come(quick, readers)
        while not (quick.looks() or quick.looks() or slow.looks()):
            pass

    assert len(quick.taken) == len(slow.taken) == READERS / 2


def test_who_left_is_counted_no_more(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Who has fewer readers than the other, since some went, takes the next ones."""
    one, other, readers = processes
    for _ in range(READERS):
        come(one, readers)
        while not (one.looks() or other.looks()):
            pass
    while other.taken:
        other.taken.pop().close()
    other.looks()  # nobody is there; how many it holds is told
    for _ in range(2):
        come(one, readers)
        while not (one.looks() or other.looks()):
            pass

    assert len(one.taken) == READERS / 2
    assert len(other.taken) == 2


def test_nobody_waits_for_a_process_at_a_standstill(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Who has more readers leaves the next one to the other for a moment, and no longer."""
    one, _, readers = processes
    for _ in range(READERS):
        come(one, readers)
        assert any(one.looks() for _ in range(PATIENCE + 2))

    assert len(one.taken) == READERS
