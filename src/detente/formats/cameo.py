"""CAMEO event codes → PLOVER, by the official table of the Open Event Data Alliance (CC BY-SA 4.0), and back.

The official table belongs to PLOVER draft 0.8; modes and contexts that PLOVER 2.0 names otherwise or has no more are changed here
(`MODES`, `CONTEXTS`), each listed in docs/formats.md. CAMEO 01 (make public statement) and 02 (appeal) have no PLOVER type.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from detente.formats.packaged import table_rows
from detente.formats.rows import bad
from detente.ontology import PLOVER

MAP_VERSION = "plover map 2021-09-17"

MODES = {
    ("THREATEN", "ban"): "restrict",
    ("THREATEN", "political"): "restrict",
    ("COERCE", "ban"): "restrict",
    ("ASSAULT", "seize"): "destroy",  # 1712 Destroy property
    ("ASSAULT", "assassinate"): "targeted",
}
"""Modes of the table → modes of PLOVER 2.0. The others that 2.0 has not (massacre, cleansing, return, ease) become none."""

CONTEXTS = {"democracy": "pro_democracy", "humanitarian": "human_security"}
"""Contexts of the table → contexts of PLOVER 2.0."""


class Coding(NamedTuple):
    """What a CAMEO code is in PLOVER."""

    type: str
    mode: str | None
    contexts: tuple[str, ...]


@cache
def table() -> dict[str, Coding]:
    """The official table in the words of PLOVER 2.0."""
    return {r["code"]: _coding(r["type"], r["mode"], r["contexts"]) for r in table_rows("cameo_plover.csv")}


def _coding(kind: str, mode: str, contexts: str) -> Coding:
    told = contexts.split("|") if contexts else []
    if mode in PLOVER.contexts:  # 175: the table has a context in the column of the mode
        told, mode = [mode, *told], ""
    changed = MODES.get((kind, mode), mode)
    known = changed if changed in PLOVER.kind(kind).modes else None
    return Coding(kind, known, tuple(CONTEXTS.get(c, c) for c in told if CONTEXTS.get(c, c) in PLOVER.contexts))


@lru_cache(maxsize=4096)
def plover_of(code: str) -> Coding:
    """The PLOVER coding of a CAMEO code; of a code that the table has not, that of its parent ("1951" → "195").

    Raises:
        BadInput: `no-plover-type`, `unknown-code`.
    """
    if code[:2] in ("01", "02"):
        raise bad("no-plover-type", f"CAMEO {code} (statement or appeal) has no PLOVER type")
    for known in (code, code[:3], code[:2]):
        if re.fullmatch(r"[0-9]{2,4}", known) and known in table():
            return table()[known]
    raise bad("unknown-code", f"event code = {code!r}, but CAMEO has 01 to 20 with two to four digits")


def parent_used(code: str) -> bool:
    """Whether the official table has the code only through its parent."""
    return code not in table()


@cache
def names() -> dict[str, str]:
    """CAMEO code → its name, as ICEWS writes it."""
    return {r["code"]: r["name"] for r in table_rows("cameo_names.csv")}


@cache
def _codes() -> dict[str, str]:
    return {_plain(name): code for code, name in reversed(names().items())}


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[a-z]+", name.lower()))


@lru_cache(maxsize=4096)
def code_of(text: str) -> str | None:
    """The code of a CAMEO name ("Make a visit" → "042"), whatever its case, hyphens and commas."""
    return _codes().get(_plain(text))


@lru_cache(maxsize=4096)
def cameo_of(kind: str, mode: str | None, contexts: tuple[str, ...]) -> str:
    """The CAMEO code of three or four digits that says a PLOVER type best.

    Of the codes with that type: those with that mode before others without one; among them the same contexts before none before other
    contexts; then the code that stands first in the table.

    Raises:
        BadInput: `unknown-type`.
    """
    told = set(contexts)

    def rank(item: tuple[str, Coding]) -> tuple[bool, bool, bool, str]:
        code, coding = item
        return (coding.mode != mode, coding.mode is not None and coding.mode != mode, set(coding.contexts) != told and bool(coding.contexts), code)

    fitting = [(code, coding) for code, coding in table().items() if coding.type == kind and len(code) > 2]
    if not fitting:
        raise bad("unknown-type", f"type = {kind!r}, but CAMEO has no code for it")
    return min(fitting, key=rank)[0]
