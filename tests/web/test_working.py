"""Who works out relations does so piece for piece, and keeps nobody waiting."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import Pipe
from pathlib import Path

import pytest

from detente.errors import BadSetting
from detente.web import relating, working
from detente.web.relating import PENDING, Busy
from detente.web.stores import Desk, Desks
from detente.web.working import Asking, Turns, answering
from tests.web.served import small


def test_what_is_asked_is_done_in_turn() -> None:
    """One after the other, in the order in which it was asked; what fails says so where it was asked, and the next one has its turn."""
    turns, done = Turns(), list[int]()

    def note(number: int) -> None:
        time.sleep(0.01)
        done.append(number)

    def refuse() -> None:
        raise BadSetting("pair", "A-A", "a relation has two sides")

    futures = [turns.submit(partial(note, n)) for n in range(5)]
    refused, last = turns.submit(refuse), turns.submit(lambda: "last")
    assert last.result(10) == "last"
    assert done == list(range(5))
    assert all(future.done() for future in futures)
    with pytest.raises(BadSetting):
        refused.result()


def test_work_that_is_not_done_does_not_keep_the_program() -> None:
    """It ends when it is asked to, though what it works on would take an hour."""
    program = "import time; from detente.web.working import Turns; Turns().submit(lambda: time.sleep(3600))"
    subprocess.run([sys.executable, "-c", program], timeout=60, check=True)


class Torn(Exception):
    """An error that can be sent and not read."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


class Unreadable:
    """An answer that can be sent and not read."""

    def __reduce__(self) -> tuple[type[Torn], tuple[str]]:
        return Torn, ("half",)


def told(_: Desk, question: str) -> object:
    """What comes of a question of that name."""
    if question == "torn":
        raise Torn("it ", "fell")
    if question == "refused":
        raise BadSetting("pair", "A-A", "a relation has two sides")
    if question == "cannot be read":
        return Unreadable()
    return told_by_nobody if question == "cannot be sent" else question


told_by_nobody = lambda: None  # noqa: E731 - what has no name of its own cannot be pickled


def test_what_cannot_be_sent_or_read_is_said_and_the_next_one_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors that are meant for people come as they are, others in words; nobody waits for what will not come."""
    monkeypatch.setattr(working, "answer", told)
    desks, (ours, theirs) = Desks(small(tmp_path / "s")), Pipe()
    answering(ours, desks, Turns())
    asking = Asking(theirs)
    with desks.lent() as desk:
        with pytest.raises(RuntimeError, match="Torn: it fell"):
            asking.get(desk, ("torn",), patience=30)
        with pytest.raises(RuntimeError, match="lambda"):
            asking.get(desk, ("cannot be sent",), patience=30)
        with pytest.raises(RuntimeError, match=r"TypeError: .*missing 1 required"):
            asking.get(desk, ("cannot be read",), patience=30)
        with pytest.raises(BadSetting, match="two sides"):
            asking.get(desk, ("refused",), patience=30)
        assert asking.get(desk, ("plain",), patience=30) == "plain"


def test_nobody_waits_for_one_that_has_ended(tmp_path: Path) -> None:
    """Who waits for its answer hears so, and who asks afterwards."""
    desks, (ours, theirs) = Desks(small(tmp_path / "s")), Pipe()
    asking = Asking(theirs)
    with desks.lent() as desk, ThreadPoolExecutor() as pool:
        waiting = pool.submit(asking.get, desk, ("relation",), patience=30)
        assert ours.poll(30)
        ours.close()
        with pytest.raises(Busy):
            waiting.result(20)
        with pytest.raises(Busy):
            asking.get(desk, ("relation",), patience=30)


def test_a_busy_workbench_does_not_say_that_events_are_too_few(tmp_path: Path) -> None:
    """Where nobody is there to work a relation out, the page says to look again."""
    (ours, theirs) = Pipe()
    desks = Desks(small(tmp_path / "s"), worker=Asking(theirs))
    ours.close()
    with desks.lent() as desk:
        assert relating.relation(desk, "GRC", "TUR", patience=30) == PENDING
