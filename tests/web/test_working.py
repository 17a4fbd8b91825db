"""Who works out relations does so piece for piece, and keeps nobody waiting."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial

import pytest

from detente.errors import BadSetting
from detente.web.working import Line


def test_what_is_asked_is_done_in_turn() -> None:
    """One after the other, in the order in which it was asked; what fails says so where it was asked, and the next one has its turn."""
    line, done = Line(), list[int]()

    def note(number: int) -> None:
        time.sleep(0.01)
        done.append(number)

    def refuse() -> None:
        raise BadSetting("pair", "A-A", "a relation has two sides")

    futures = [line.submit(partial(note, n)) for n in range(5)]
    refused, last = line.submit(refuse), line.submit(lambda: "last")
    assert last.result(10) == "last"
    assert done == list(range(5))
    assert all(future.done() for future in futures)
    with pytest.raises(BadSetting):
        refused.result()


def test_work_that_is_not_done_does_not_keep_the_program() -> None:
    """It ends when it is asked to, though what it works on would take an hour."""
    program = "import time; from detente.web.working import Line; Line().submit(lambda: time.sleep(3600))"
    subprocess.run([sys.executable, "-c", program], timeout=60, check=True)
