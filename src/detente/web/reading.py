"""Texts that are pasted or uploaded: read one after the other, shown, and not kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

from detente.coding.explaining import explanation
from detente.errors import BadInput, BadSetting
from detente.pipeline import code, open_tools
from detente.sources.text import day_of, document_of, not_ahead
from detente.web.shapes import MOST_CHARACTERS, ReadAnswer, ReadAsked
from detente.web.stores import PATIENCE, Busy

if TYPE_CHECKING:
    from detente.actors.base import ActorBase
    from detente.pipeline import Tools


def _day(written: str) -> dt.date:
    try:
        return not_ahead(day_of(written))
    except BadSetting as error:
        raise BadSetting(error.name, error.value, error.rule.partition(", or say what day")[0]) from error  # that is an option of the command line


class Room:
    """Where texts are read: the tools are opened with the first one. Threads may share it."""

    def __init__(self, *, model: Path | None = None, actors: Path | None = None) -> None:
        """Open nothing yet."""
        self._model, self._actors = model, actors
        self._tools: Tools | None = None
        self._base: ActorBase | None = None
        self._opening, self._turn = Lock(), Semaphore(1)

    def base(self) -> ActorBase:
        """The actor base."""
        from detente.actors.base import ActorBase

        with self._opening:
            self._base = self._base or ActorBase.open(self._actors)
            return self._base

    def read(self, asked: ReadAsked) -> ReadAnswer:
        """Everything that the text says, and why.

        Raises:
            BadInput: It cannot be read as English news, or is too long for a page.
            BadSetting: The day of publication is none, or still to come.
            Busy: Others wait before it.
        """
        if len(asked.text) > MOST_CHARACTERS:
            told = f"it has {len(asked.text):,} characters, and this page reads at most {MOST_CHARACTERS:,}; use `detente read`"
            raise BadInput("the text", "too-long", told)
        day = _day(asked.published) if asked.published else None
        document = document_of(asked.text, "the text", published=day, title=asked.title, id="read")
        if not self._turn.acquire(timeout=PATIENCE):
            raise Busy
        try:
            coded = code(document, self._opened())
        finally:
            self._turn.release()
        return ReadAnswer(
            document=coded.document, events=list(coded.events), quotes=list(coded.quotes), checks=list(coded.checks),
            dropped=coded.dropped, why={event.id: explanation(coded, event) for event in coded.events},
        )  # fmt: skip

    def _opened(self) -> Tools:
        with self._opening:
            if self._tools is None:
                self._tools = open_tools(model=self._model, actors=self._actors)
            return self._tools
