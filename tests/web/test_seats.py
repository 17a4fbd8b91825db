"""Pages are written a few at once, each in its turn."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Event, Lock

from detente.web.seats import Seats


def test_no_more_sit_than_there_are_seats() -> None:
    """Whoever comes while all are taken waits until one is free."""
    seats, lock, now, most = Seats(2), Lock(), 0, 0

    def write() -> None:
        nonlocal now, most
        with seats.taken():
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.005)
            with lock:
                now -= 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write) for _ in range(40)]:
            done.result(10)
    assert most == 2


def test_who_came_first_sits_first() -> None:
    """However many wait, nobody passes another."""
    seats, order = Seats(1), list[int]()

    def write(number: int) -> None:
        with seats.taken():
            order.append(number)

    with ThreadPoolExecutor(6) as pool, seats.taken():
        futures = []
        for number in range(6):
            futures.append(pool.submit(write, number))
            time.sleep(0.02)
        assert order == []
    wait(futures, 10)
    assert order == list(range(6))


def test_who_waits_for_something_gives_the_seat_away() -> None:
    """Another writes meanwhile; who comes back waits for a seat again. A thread that has none keeps none from others."""
    seats, came = Seats(1), Event()

    def write() -> None:
        with seats.left(), seats.taken():  # to leave what one has not is nothing
            came.set()

    with ThreadPoolExecutor(1) as pool:
        with seats.taken():
            done = pool.submit(write)
            assert not came.wait(0.05)
            with seats.left():
                assert came.wait(10)
                done.result(10)
        with seats.taken():
            pass


def test_a_page_that_fails_frees_its_seat() -> None:
    """The next one is written."""
    seats = Seats(1)
    with suppress(ZeroDivisionError), seats.taken():
        _ = 1 / 0
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: seats.taken().__enter__()).result(10) is None
