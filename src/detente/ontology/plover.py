"""The event ontology: PLOVER 2.0, read from `plover.json` beside this file.

Source: Open Event Data Alliance, PLOVER manual, draft 2.0 (CC BY-SA 4.0); two slips of the print are noted in the file.
"""

from __future__ import annotations

import difflib
from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from detente.errors import UnknownCode

if TYPE_CHECKING:
    from collections.abc import Iterable


AHEAD = ("future", "hypothetical")
"""Statuses of events whose day may be still to come."""


class Kind(msgspec.Struct, frozen=True):
    """One event type: its Goldstein-like score (points, -10 to 10), quad class (1 to 4) and the scores of its modes."""

    score: float
    quad: int
    modes: dict[str, float]
    requires_recipient: bool


class Ontology(msgspec.Struct, frozen=True):
    """Names and scores of what is coded."""

    ontology: str
    version: str
    source: str
    quad: dict[str, str]
    types: dict[str, Kind]
    contexts: tuple[str, ...]
    statuses: tuple[str, ...]
    sectors: tuple[str, ...]
    nonstate_codes: tuple[str, ...]
    territory_codes: tuple[str, ...]
    notes: dict[str, str]
    names: dict[str, str] | None = None  # what the reader's PLOVER type is called here; None: the same
    merged: frozenset[str] = frozenset()  # PLOVER types that are coded as another

    def named(self, plover: str) -> str | None:
        """What a PLOVER type is called here; None when it is not coded."""
        return self.names.get(plover) if self.names is not None else plover

    def kind(self, code: str) -> Kind:
        """What a type means.

        Raises:
            UnknownCode: The ontology has no such type.
        """
        if code not in self.types:
            raise UnknownCode(
                "code", code, f"{self.ontology} {self.version} has no such type; {near(code, self.types)}"
            )
        return self.types[code]

    def mode(self, plover: str, mode: str | None) -> str | None:
        """The mode of a PLOVER type here; None where the type was merged into another, which has modes of its own."""
        return None if plover in self.merged else mode

    def score(self, code: str, mode: str | None) -> float:
        """Points of an event: its mode's, or its type's when the mode is unknown.

        Raises:
            UnknownCode: The ontology has no such type.
        """
        kind = self.kind(code)
        return kind.score if mode is None else kind.modes.get(mode, kind.score)


def near(word: str, known: Iterable[str]) -> str:
    """The closest known names, capital or small, as the end of an error message."""
    names = {name.upper(): name for name in known}
    close = difflib.get_close_matches(word.upper(), names, n=3, cutoff=0.5)
    return f"near: {', '.join(names[each] for each in close)}" if close else f"known: {', '.join(names.values())}"


PLOVER = msgspec.json.decode(resources.files("detente.ontology").joinpath("plover.json").read_bytes(), type=Ontology)
"""The ontology that the codebook restates and the reader was trained on."""
