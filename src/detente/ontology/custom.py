"""An ontology of the user's own, made of PLOVER by a TOML file.

One table for each PLOVER type that changes:

    name = "MINE"                      # of the ontology; optional
    version = "1"

    [types.ACCUSE]
    name = "CRITICISE"                 # another name
    score = -2.5                       # other points, -10 to 10
    modes = {allege = -4}              # other points of modes

    [types.REJECT]
    merge = "CRITICISE"                # coded as this one; its own modes and points end

    [types.PROTEST]
    drop = true                        # not coded
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from detente.errors import BadOntology
from detente.ontology.plover import PLOVER, Kind, Ontology, near

_NAME = re.compile(r"\w[\w-]*")  # no "|", which joins the values of a cell in CSV


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says about one PLOVER type."""

    name: str | None = None
    score: float | None = None
    modes: dict[str, float] = {}
    merge: str | None = None
    drop: bool = False


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file."""

    types: dict[str, Change] = {}
    name: str = "CUSTOM"
    version: str = "1"


def load_ontology(path: Path) -> Ontology:
    """The ontology of a TOML file.

    Raises:
        BadOntology: The file breaks a rule; the message names the entry and the rule.
    """
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadOntology("ontology", str(path), f"it is no ontology file: {error}") from error
    except OSError as error:
        raise BadOntology("ontology", str(path), f"it cannot be read: {error.strerror}") from error
    return custom(file)


def custom(file: File) -> Ontology:
    """PLOVER with the changes of `file` made.

    Raises:
        BadOntology: A type or mode is unknown, a name is none or another type's, a merge leads nowhere, a type that is merged or
            dropped says more than that, or a score is outside -10 to 10.
    """
    for code, change in file.types.items():
        _check(code, change)
    kinds: dict[str, Kind] = {}
    names: dict[str, str] = {}
    for code, kind in PLOVER.types.items():
        change = file.types.get(code, Change())
        if change.drop or change.merge is not None:
            continue
        name = change.name or code
        if name in kinds:
            raise BadOntology(f"types.{code}.name", name, "another type has that name; use merge to join two types")
        kinds[name] = Kind(
            score=within(f"types.{code}.score", kind.score if change.score is None else change.score),
            quad=kind.quad,
            modes=kind.modes | _modes(code, kind, change),
            requires_recipient=kind.requires_recipient,
        )
        names[code] = name
    merged = frozenset(code for code, change in file.types.items() if change.merge is not None)
    for code, change in file.types.items():
        if change.merge is not None:
            if change.merge not in kinds:
                raise BadOntology(
                    f"types.{code}.merge",
                    change.merge,
                    f"no type of this ontology has that name; {near(change.merge, kinds)}",
                )
            names[code] = change.merge
    return msgspec.structs.replace(
        PLOVER, ontology=file.name, version=file.version, types=kinds, names=names, merged=merged
    )


def _check(code: str, change: Change) -> None:
    """Refuse what one table cannot mean, whatever the others say."""
    if code not in PLOVER.types:
        raise BadOntology("types", code, f"PLOVER has no such type; {near(code, PLOVER.types)}")
    ends = "merge" if change.merge is not None else "drop" if change.drop else None
    if ends and change != (Change(merge=change.merge) if ends == "merge" else Change(drop=True)):
        raise BadOntology(
            f"types.{code}", ends, f"a type with {ends} has no name, score, modes or fate beside it; take them out"
        )
    if change.name is not None and not _NAME.fullmatch(change.name):
        raise BadOntology(f"types.{code}.name", change.name, "a name is letters, digits, - and _, such as CRITICISE")


def _modes(code: str, kind: Kind, change: Change) -> dict[str, float]:
    for mode, score in change.modes.items():
        if mode not in kind.modes:
            raise BadOntology(f"types.{code}.modes", mode, f"{code} has no such mode; {near(mode, kind.modes)}")
        within(f"types.{code}.modes.{mode}", score)
    return change.modes


def within(name: str, score: Any) -> float:
    """`score` as points.

    Raises:
        BadOntology: It is outside -10 to 10.
    """
    if not -10 <= score <= 10:
        raise BadOntology(name, score, "points run from -10 (hostile) to 10 (friendly)")
    return float(score)
