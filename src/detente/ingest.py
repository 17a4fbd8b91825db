"""Documents → a store: what is new is coded on all cores, and kept in the order of the source."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import multiprocessing as mp
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Protocol, TypeVar

import msgspec

from detente.actors.base import ActorBase, packaged
from detente.coding.assemble import Settings
from detente.errors import BadSetting
from detente.ontology import PLOVER, Ontology
from detente.pipeline import Tools, coded_or_refused, open_tools
from detente.reading.network import manifest_of, packaged_model
from detente.records import Coded, Document, Event, Reading, Refused
from detente.store import Store
from detente.store.runs import Run
from detente.store.writer import Known, Result, Writer

BATCH = 256
"""Documents in one part: what a kill costs at most, about 25 seconds of work on two cores."""
AHEAD = 4
"""Documents that wait for each worker: enough that none is idle, few enough for any memory."""
T = TypeVar("T")
NOTHING_READ = Reading(sentences=(), mentions=(), triggers=(), times=(), places=(), quotes=(), names=())


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How to open the tools: what a worker process is told. Fields as in `open_tools`."""

    model: Path | None = None
    actors: Path | None = None
    ontology: Ontology = PLOVER
    coded_on: dt.date | None = None

    def tools(self, *, threads: int = 1) -> Tools:
        """The tools themselves.

        Raises:
            ModelProblem: The reader's folder is missing a file or belongs to another version.
        """
        return open_tools(model=self.model, actors=self.actors, ontology=self.ontology, threads=threads, coded_on=self.coded_on)


class Tally(msgspec.Struct, kw_only=True):
    """What became of the documents: seen = known + coded + refused; `undated` of the coded and known ones have no day of publication.

    `examples` has the words of the first refusal of each reason.
    """

    known: int = 0
    coded: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    examples: dict[str, str] = msgspec.field(default_factory=dict)
    events: int = 0
    words: int = 0
    undated: int = 0

    @property
    def seen(self) -> int:
        """Documents that the source gave."""
        return self.known + self.coded + self.refused.total()

    def add(self, outcome: Coded | Event | Refused) -> None:
        """Count one result; an event alone was imported."""
        if isinstance(outcome, Refused):
            self.refused[outcome.reason] += 1
            self.examples.setdefault(outcome.reason, outcome.detail)
        elif isinstance(outcome, Event):
            self.coded += 1
            self.events += 1
        else:
            self.coded += 1
            self.events += len(outcome.events)
            self.words += len(outcome.document.text.split())
            self.undated += outcome.document.published is None


class Coding(Protocol):
    """Who codes documents and gives the results in their order: the processes of this machine (`results`), or others'."""

    def __call__(self, documents: Iterator[Document | Refused], recipe: Recipe, *, workers: int | None) -> Iterator[Result]:
        """What became of each document."""


def ingest(  # noqa: PLR0913 - what, where to, and how are three settings each
    documents: Iterable[Document | Refused],
    store: Store,
    recipe: Recipe | None = None,
    *,
    workers: int | None = None,
    batch: int = BATCH,
    coding: Coding | None = None,
    watching: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """What became of the documents, once the store has them.

    A document that the run has already is skipped before it is coded, so that whatever ended too early goes on when it is done
    again, and the parts have the same bytes as if it had never ended.

    Args:
        documents: The source; refusals are kept with their reasons.
        store: Where to. A new run begins when no run of the store was coded with the same reader, actors, ontology and settings.
        recipe: With what.
        workers: Processes; as many as cores when None; 1 works in this process.
        batch: Documents in one part, for a run that begins now.
        coding: Who codes; processes of this machine when None. `detente.spreading` has the machines of a cluster.
        watching: Told the count after each document.

    Raises:
        StoreProblem: Another program is writing to the store, or it cannot be written.
        BadSetting: A worker process died.
    """
    recipe = Recipe() if recipe is None else recipe
    tally = Tally()
    with store.writing(run_of(recipe, batch=batch)) as writer:
        kept = msgspec.structs.replace(recipe, coded_on=writer.run.coded_on)
        for result in (coding or results)(fresh(documents, writer, tally), kept, workers=workers):
            writer.add(result)
            tally.add(result.outcome)
            watching(tally)
    return tally


def fresh(documents: Iterable[Document | Refused], writer: Writer, tally: Tally) -> Iterator[Document | Refused]:
    """What the run does not have yet; what it has is counted."""
    for document in documents:
        if isinstance(document, Document):
            before = writer.has(document)
            if before is Known.same:
                tally.known += 1
                tally.undated += document.published is None
                continue
            found = document if before is Known.nothing else _same_id(document, before)
        else:
            found = document
        if isinstance(found, Refused) and writer.has_refusal(found):
            tally.add(found)
        else:
            yield found


def _same_id(document: Document, before: Known) -> Refused:
    if before is Known.undated:
        told = f"{document.id}: the store has this text without a day of publication, and codes no text anew; to have it with its day, ingest it into a new store (--store)"
    else:
        told = f"{document.id}: the store has another text or day of publication under this id, and keeps the first; give it an id of its own, or ingest it into a new store (--store)"
    return Refused(document=document.id, reason="same-id", detail=told)


def results(documents: Iterator[Document | Refused], recipe: Recipe, *, workers: int | None) -> Generator[Result, None, None]:
    """What became of each, in their order; never more than a few ahead of the one that is waited for.

    Raises:
        BadSetting: A worker process died.
    """
    hands = workers or cores()
    if hands == 1:
        yield from _here(documents, recipe)
        return
    # spawn, not fork: the network's threads do not survive a fork
    pool = ProcessPoolExecutor(hands, mp_context=mp.get_context("spawn"), initializer=_begin, initargs=(recipe,))
    try:
        yield from in_order(documents, begin=lambda document: pool.submit(_code, document), end=Future.result, ahead=AHEAD * hands)
    except BrokenProcessPool as error:
        told = "one of the processes died, most likely for want of memory; whole batches are kept: run the same command again, with fewer workers"
        raise BadSetting("workers", hands, told) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_order(
    documents: Iterator[Document | Refused], *, begin: Callable[[Document], T], end: Callable[[T], Coded | Refused], ahead: int
) -> Iterator[Result]:
    """Results in the order of the documents, of which so many are under way.

    Args:
        documents: What there is; refusals pass through.
        begin: Gives a document to somebody, and back a promise.
        end: Waits for a promise.
        ahead: Documents taken and not yet given back, at most.
    """
    waiting: deque[tuple[Document, T] | Refused] = deque()
    for document in documents:
        waiting.append(document if isinstance(document, Refused) else (document, begin(document)))
        if len(waiting) >= ahead:
            yield _ended(waiting.popleft(), end)
    while waiting:
        yield _ended(waiting.popleft(), end)


def _ended(found: tuple[Document, T] | Refused, end: Callable[[T], Coded | Refused]) -> Result:
    return Result(None, found) if isinstance(found, Refused) else Result(found[0], end(found[1]))


def _here(documents: Iterator[Document | Refused], recipe: Recipe) -> Iterator[Result]:
    tools: Tools | None = None
    for document in documents:
        if isinstance(document, Refused):
            yield Result(None, document)
        else:
            tools = tools or recipe.tools()
            yield Result(document, coded_or_refused(document, tools))


# --- in a worker process -----------------------------------------------------------------------------

_tools: Tools | None = None


def _begin(recipe: Recipe) -> None:
    """Open the tools, once for each process, which ends with the one that began it."""
    global _tools  # noqa: PLW0603 - what a pool's initializer is for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    Thread(target=_end_with_parent, daemon=True).start()
    _tools = kept_tools(recipe)


def kept_tools(recipe: Recipe) -> Tools:
    """The tools of a process that lives for them: they are never looked through for garbage, which took a hundredth of the time around the encoder."""
    tools = recipe.tools()
    gc.freeze()
    return tools


def _end_with_parent() -> None:
    """A parent that is killed cannot say so: its end is seen, and nobody is left behind."""
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _code(document: Document) -> Coded | Refused:
    if _tools is None:  # pragma: no cover - `_begin` has run
        raise RuntimeError("no tools")
    return coded(document, _tools)


def coded(document: Document, tools: Tools) -> Coded | Refused:
    """The document coded, without the reading, which the store does not keep and which need not travel."""
    outcome = coded_or_refused(document, tools)
    return outcome if isinstance(outcome, Refused) else msgspec.structs.replace(outcome, reading=NOTHING_READ, actors={})


# --- who codes -----------------------------------------------------------------------------------------


def run_of(recipe: Recipe, *, batch: int) -> Run:
    """The run that the recipe makes, told without loading the network.

    Raises:
        ModelProblem: The reader's folder is missing its manifest.
    """
    model, base = recipe.model or packaged_model(), recipe.actors or packaged()
    manifest, actors = manifest_of(model), ActorBase.open(recipe.actors).version
    settings = Settings.of(manifest, actors, recipe.ontology, coded_on=recipe.coded_on)
    written = {"news": settings.news, "calibration": settings.calibration, "thresholds": manifest.thresholds}
    return Run(
        coder=settings.coder,
        program=version("detente"),
        reader=manifest.name,
        reader_sha256=_sha256(sorted(f for f in model.iterdir() if f.is_file())),
        actors=actors,
        actors_sha256=_sha256([base]),
        ontology=f"{recipe.ontology.ontology} {recipe.ontology.version}",
        ontology_sha256=hashlib.sha256(msgspec.json.Encoder(order="deterministic").encode(recipe.ontology)).hexdigest(),
        settings=msgspec.json.Encoder(order="deterministic").encode(written).decode(),
        coded_on=dt.date.fromisoformat(settings.coded_date),
        batch=batch,
    )


def _sha256(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as held:
            whole.update(hashlib.file_digest(held, "sha256").digest())
    return whole.hexdigest()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
