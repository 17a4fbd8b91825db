"""The main flow: one document in, everything it says out. Here alone the stages stand in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import msgspec

from detente.actors.base import ActorBase
from detente.actors.clues import Context
from detente.actors.coreference import corrected
from detente.actors.knowledge import BaseKnowledge
from detente.actors.resolve import resolve
from detente.coding.assemble import Settings, assemble
from detente.coding.checks import find_checks
from detente.coding.dates import event_dates
from detente.ontology import PLOVER, Ontology
from detente.places import locate
from detente.reading.reader import Reader
from detente.records import Coded, Document, Reading, Refused


class Tools(msgspec.Struct, frozen=True):
    """What the stages work with. Make it once; threads may share it."""

    reader: Reader
    actors: ActorBase
    ontology: Ontology
    settings: Settings


def open_tools(*, model: Path | None = None, actors: Path | None = None, ontology: Ontology = PLOVER, threads: int = 1, coded_on: dt.date | None = None) -> Tools:
    """The packaged reader and actor base, or the user's own.

    Args:
        model: Folder of another reader.
        actors: Another actor base.
        ontology: What is coded and how it scores.
        threads: Cores that one text may use; with many texts, read several at once instead (`code_all`).
        coded_on: The day to write as `coded_date`; today when None.

    Raises:
        ModelProblem: The reader's folder is missing a file or belongs to another version.
    """
    reader = Reader(model, threads=threads)
    base = ActorBase.open(actors)
    settings = Settings.of(reader.network.manifest, base.version, ontology, coded_on=coded_on)
    return Tools(reader=reader, actors=base, ontology=ontology, settings=settings)


def read(document: Document, tools: Tools) -> tuple[Reading, Context]:
    """What the reader sees in a document, who is whom in it corrected by what is known; and what was looked up for that."""
    reading = tools.reader.read(document, [(hit.span, hit.code) for hit in tools.actors.nations(document.text)])
    context = Context.of(document, reading, tools.actors)
    return corrected(reading, context), context


def code(document: Document, tools: Tools) -> Coded:
    """Everything one document says."""
    reading, context = read(document, tools)
    actors = resolve(document, reading, tools.actors, context=context)
    dates = event_dates(document, reading, news=tools.settings.news)
    checks = find_checks(document, reading, actors, BaseKnowledge(tools.actors))
    return assemble(document, reading, actors, dates, locate, tools.ontology, tools.settings, checks)


def code_all(documents: Iterable[Document | Refused], tools: Tools, *, workers: int = 2) -> Iterator[Coded | Refused]:
    """Each document coded, in the order they came, `workers` at a time; refusals pass through.

    A document on which the program itself fails is refused as "internal", with the error's words; the rest goes on.
    """
    source = iter(documents)
    with ThreadPoolExecutor(workers) as pool:
        waiting: list[Future[Coded | Refused]] = []
        while True:
            waiting += [pool.submit(coded_or_refused, d, tools) for d in islice(source, 4 * workers - len(waiting))]
            if not waiting:
                return
            yield waiting.pop(0).result()


def coded_or_refused(document: Document | Refused, tools: Tools) -> Coded | Refused:
    """The document coded, or refused as "internal" when the program itself fails on it; a refusal stays one."""
    if isinstance(document, Refused):
        return document
    try:
        return code(document, tools)
    except Exception as error:  # noqa: BLE001 - one text must not end the batch; the refusal carries the error
        return Refused(document=document.id, reason="internal", detail=f"{document.id}: {type(error).__name__}: {error}; please report it")
