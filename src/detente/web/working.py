"""Who works out relations: a thread beside the requests or, where several processes serve, the one that keeps them, for all.

Asked through a pipe, so that each process asks and hears in its own time; what is said in it is the key under which the answer is kept.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import nullcontext, suppress
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from detente.errors import DetenteError
from detente.web.relating import MOMENT, PENDING, Busy, answer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from detente.web.stores import Answers, Desk, Desks

Question = tuple[Any, ...]
"""Its name, and what it is asked of."""


class Turns:
    """Work that waits its turn: one thread does it, piece for piece, and does not keep the program from ending."""

    def __init__(self, prepare: Callable[[], None] = lambda: None) -> None:
        """Begin the thread, with `prepare`."""
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        Thread(target=self._work, args=(prepare,), name="relations", daemon=True).start()

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """What will come of it."""
        future: Future[Any] = Future()
        self._waiting.put((future, work))
        return future

    def _work(self, prepare: Callable[[], None]) -> None:
        prepare()
        while True:
            future, work = self._waiting.get()
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - it is raised where it was asked
                future.set_exception(error)


class Worker:
    """One thread for all, so that readers' pages keep a core."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._turns: Turns | None = None
        self._lock = Lock()
        self._asked: dict[Any, Future[Any]] = {}

    def get(self, desk: Desk, question: Question, *, patience: float) -> Any:
        """The answer; `PENDING` when it is not there within so many seconds, at once where others are before it and they are but a moment.

        Raises:
            DetenteError: It cannot be worked out, and why.
            Busy: Nobody is there to work it out.
        """
        key = (desk.version, *question)
        with self._lock:
            future = self._asked.get(key)
            if future is None:
                self._asked = {k: f for k, f in self._asked.items() if not f.done()}
                future = self._asked[key] = self._begin(desk, question)
            is_next = key == next((k for k, f in self._asked.items() if not f.done()), key)
        if patience <= MOMENT and not is_next:
            patience = 0.0
        try:
            with desk.seats.left() if patience and not future.done() else nullcontext():
                return future.result(timeout=patience)
        except Late:
            return PENDING

    def _begin(self, desk: Desk, question: Question) -> Future[Any]:
        self._turns = self._turns or Turns()
        return self._turns.submit(partial(answer, desk, *question))


class Asking(Worker):
    """Asks another process, which `answering` serves."""

    def __init__(self, pipe: Connection) -> None:
        """Hear what is answered, as long as somebody answers."""
        super().__init__()
        self._pipe = pipe
        self._known: Answers | None = None
        Thread(target=self._hear, daemon=True).start()

    def _begin(self, desk: Desk, question: Question) -> Future[Any]:
        self._known = desk.known
        try:
            self._pipe.send((desk.version, *question))
        except OSError as error:
            raise Busy from error
        return Future()

    def _hear(self) -> None:
        try:
            with suppress(EOFError, OSError):  # the other one has ended, and this process is about to
                while True:
                    self._take(*self._pipe.recv())
        finally:
            with self._lock:
                self._pipe.close()  # so that who asks from now on does not wait either
                for future in self._asked.values():
                    future.set_exception(Busy())
                self._asked = {}

    def _take(self, key: Any, packed: bytes) -> None:
        """The answer is packed apart from what was asked: one that cannot be read is known to whom it was for."""
        with self._lock:
            future = self._asked.pop(key)
        try:
            found = pickle.loads(packed)  # noqa: S301 - from the process that began this one
        except Exception as error:  # noqa: BLE001 - pickle has many ways to say that it cannot
            found = _in_words(error)
        if isinstance(found, Exception):
            future.set_exception(found)
            return
        if found != PENDING and self._known is not None:
            self._known.put(key, found)
        future.set_result(found)


def answering(pipe: Connection, desks: Desks, turns: Turns) -> None:
    """Answer whoever asks at the other end, in the order in which it is asked; the turns are those of all who ask."""
    Thread(target=_answer_all, args=(pipe, desks, turns), daemon=True).start()


def _answer_all(pipe: Connection, desks: Desks, turns: Turns) -> None:
    with suppress(EOFError, OSError):  # it was killed; another one has a pipe of its own
        while True:
            turns.submit(partial(_answer_one, pipe, desks, pipe.recv()))


def _answer_one(pipe: Connection, desks: Desks, key: tuple[Any, ...]) -> None:
    version, *question = key
    try:
        with desks.lent() as desk:
            # whoever looked at the store before or after us asks again with the next page
            found = answer(desk, *question) if desk.version == version else PENDING
    except Exception as error:  # noqa: BLE001 - it is raised where it was asked
        found = error if isinstance(error, DetenteError) else _in_words(error)
    try:
        packed = pickle.dumps(found)
    except Exception as error:  # noqa: BLE001 - pickle has many ways to say that it cannot
        packed = pickle.dumps(_in_words(error))
    with suppress(OSError):  # whoever asked was killed
        pipe.send((key, packed))


def _in_words(error: Exception) -> RuntimeError:
    """The error as one that every process can read: others may not survive the pipe."""
    return RuntimeError(f"{type(error).__name__}: {error}")
