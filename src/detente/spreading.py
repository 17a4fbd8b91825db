"""Documents read and coded on the machines of a Ray cluster, kept by one writer in the order of the source.

Only the writer knows the order, so that a store has the same bytes whether one process coded or a thousand, and whichever of them
died on the way. What a file at an address holds (s3://…, file:///shared/…) is read on the cluster; what has a plain path or comes from
standard input is read here, since other machines may have something else there, or nothing.

    with cluster() as machines:
        ingest(machines.documents(["s3://bucket/day/"], Asked()), store, coding=machines.results)
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from detente.errors import BadInput, BadSetting, DetenteError
from detente.ingest import AHEAD, Recipe, coded, in_order, kept_tools, run_of
from detente.pipeline import Tools
from detente.records import Coded, Document, Refused
from detente.sources.files import checked, known_pieces, of_path, of_piece
from detente.sources.given import Asked, Found
from detente.sources.remote import Piece, is_remote
from detente.store.runs import Run
from detente.store.writer import Result

TRIES = 3
"""Times that a document is given to another worker when its worker died; one that kills four is the cause itself."""
CHUNK = 32
"""Documents that a reading worker hands over at once: fewer and messages cost more than reading, more and they hold memory."""
CHUNKS_AHEAD = 4
"""Chunks of a file that wait to be taken."""
CORES_A_READER = 8
"""Taking the text out of a page is a tenth of the work of coding it."""


def address_in(on: str) -> str | None:
    """HOST:PORT of `ray:HOST:PORT`, None of `ray`.

    Raises:
        BadSetting: It is neither.
    """
    kind, _, address = on.partition(":")
    if kind != "ray" or address.startswith("//") or on.endswith(":"):
        raise BadSetting("--on", on, "it must be local, ray, or ray:HOST:PORT (not ray://…: run it on a machine of the cluster)")
    return address or None


class Sent(NamedTuple):
    """What a worker needs to open its tools, and who it must then be."""

    recipe: Recipe
    run: Run


@contextmanager
def cluster(address: str | None = None) -> Iterator[Cluster]:
    """The machines of a Ray cluster; they are left as they were.

    Args:
        address: HOST:PORT of its head; None: that of RAY_ADDRESS, else one of this machine's cores that is begun and ended here.

    Raises:
        BadSetting: Ray is not installed, or there is no cluster.
    """
    try:
        import ray
    except ImportError as error:
        raise BadSetting("--on", "ray", "it needs Ray: pip install 'detente[ray]'") from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a cluster that we begin tells nobody
    mine = not ray.is_initialized()
    try:
        ray.init(address=address, ignore_reinit_error=True, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise BadSetting("--on", f"ray:{address}" if address else "ray", f"there is no cluster: {' '.join(str(error).split())}") from error
    try:
        yield Cluster(ray)
    finally:
        if mine:
            ray.shutdown()


class Cluster:
    """What a Ray cluster does for an ingest; made by `cluster`."""

    def __init__(self, ray: Any) -> None:
        """Use the cluster that this process is connected to."""
        self._ray = ray

    @property
    def cores(self) -> int:
        """Cores of all machines that are there now."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    # --- reading -----------------------------------------------------------------------------------

    def documents(self, paths: Iterable[str], asked: Asked, *, today: dt.date | None = None) -> Found:
        """What `sources.files.documents` gives, in its order; addresses are read on the cluster."""
        yield from checked(((path, self._inside(path, asked)) for path in paths), today=today)

    def _inside(self, path: str, asked: Asked) -> Found:
        if not is_remote(path):
            yield from of_path(path, asked)
            return
        try:
            inside = known_pieces(path)
        except BadInput as error:
            yield Refused(document=path, reason=error.reason, detail=str(error))
            return
        # no core of its own: a reader that waits until its chunks are taken must not keep a coder from it
        begun = self._ray.remote(num_cpus=0, max_retries=TRIES, num_returns="streaming", _generator_backpressure_num_objects=CHUNKS_AHEAD)(_read)
        silent = msgspec.structs.replace(asked, tell=_silent)
        waiting: deque[Any] = deque()
        rest = iter(inside)
        ahead = 1 + self.cores // CORES_A_READER
        while True:
            waiting.extend(begun.remote(piece, silent) for piece in islice(rest, ahead - len(waiting)))
            if not waiting:
                return
            for chunk in waiting.popleft():
                lines, found = self._got(chunk, path)
                for line in lines:
                    asked.tell(line)
                yield from found

    # --- coding --------------------------------------------------------------------------------------

    def results(self, documents: Iterator[Document | Refused], recipe: Recipe, *, workers: int | None) -> Generator[Result, None, None]:
        """What became of each, in their order; `ingest.results` on other machines.

        Args:
            documents: The source.
            recipe: With what. Its paths, if it has any, must be there on every machine.
            workers: Documents under way at once; when None a few for each core that the cluster has now.

        Raises:
            BadSetting: A document's workers died again and again, or a machine has another version of the program.
        """
        sent = self._ray.put(Sent(recipe, run_of(recipe, batch=1)))
        begun = self._ray.remote(num_cpus=1, max_retries=TRIES)(_code)

        def begin(document: Document) -> tuple[str, Any]:
            # the tools' recipe inside a list: it travels when a worker asks for it, not with each document
            return document.id, begun.remote(document, [sent])

        def end(promise: tuple[str, Any]) -> Coded | Refused:
            outcome: Coded | Refused = self._got(promise[1], promise[0])
            return outcome

        yield from in_order(documents, begin=begin, end=end, ahead=workers or AHEAD * self.cores)

    def _got(self, promise: Any, what: str) -> Any:
        """What a worker made.

        Raises:
            BadSetting: Its workers died, again and again.
            DetenteError: What the worker itself says.
        """
        errors = self._ray.exceptions
        try:
            return self._ray.get(promise)
        except errors.RayTaskError as error:
            if isinstance(error.cause, DetenteError):
                raise error.cause from error
            raise
        except errors.RayError as error:
            told = f"the workers that had {what} died {TRIES + 1} times, most likely for want of memory; whole batches are kept: run the same command again"
            raise BadSetting("--on", "ray", f"{told} ({type(error).__name__})") from error


# --- in a worker ---------------------------------------------------------------------------------------

_opened: dict[Run, Tools] = {}
_known: dict[Any, Run] = {}


def _code(document: Document, sent: list[Any]) -> Coded | Refused:
    """The document coded with tools that are opened once for each process."""
    import ray

    (promise,) = sent
    if promise not in _known:
        _known[promise] = _open(ray.get(promise))
    return coded(document, _opened[_known[promise]])


def _open(sent: Sent) -> Run:
    """Open the tools, if this machine has the same.

    Raises:
        BadSetting: It has others.
    """
    here = run_of(sent.recipe, batch=1)
    if not here.same_as(sent.run):
        ours = {name: getattr(here, name) for name in here.__struct_fields__ if getattr(here, name) != getattr(sent.run, name)}
        raise BadSetting("--on", "ray", f"a machine of the cluster would code otherwise; give all the same detente, reader and tables: {ours}")
    if here not in _opened:
        _opened[here] = kept_tools(sent.recipe)
    return here


def _read(piece: Piece, asked: Asked) -> Iterator[tuple[list[str], list[Document | Refused]]]:
    """What one file holds, a chunk at a time, with lines for the user."""
    lines: list[str] = []
    found = of_piece(piece, msgspec.structs.replace(asked, tell=lines.append))
    while chunk := list(islice(found, CHUNK)):
        yield lines[:], chunk
        lines.clear()


def _silent(_: str) -> None:
    """In the place of the user's own ear, which cannot travel."""
