"""Codes that are asked for, held to those that somebody knows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from detente.actors.base import ActorBase
from detente.errors import BadSetting
from detente.ontology import PLOVER
from detente.ontology.plover import near
from detente.store.rows import party_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.records import Event
    from detente.store.asking import Wanted
    from detente.store.store import Store

_OPTIONS = {"actor": "--from", "recipient": "--to", "type": "--type", "mode": "--mode", "status": "--status"}


def demand_known(store: Store, wanted: Wanted, *, also: Iterable[Event] = ()) -> None:
    """Refuse a code that means nothing here, which would find nothing: neither the program knows it nor an event of the store has it.

    The store is asked, too, because ontologies and actors of one's own have codes of their own; so are events that `also` stand.

    Raises:
        BadSetting: There is such a code; near ones are named.
    """
    for field, option in _OPTIONS.items():
        code = getattr(wanted, field)
        if code is None or code in (ours := _ours(field)):
            continue
        parties = field in ("actor", "recipient")
        columns = ("actor", "recipient") if parties else (field,)
        said = {value for event in also for row in party_rows(event, run=0, at=0) for column in columns if (value := row[column]) is not None}
        held = _held(store, *columns) | said
        if code not in held:
            # of the actors only those that the store has, as for relations: the program knows hundreds
            raise BadSetting(option, code, f"no event has it; {near(code, sorted(held if parties else held | ours))}")


def demand_party(store: Store, code: str, name: str) -> None:
    """Refuse a code that neither the program nor an event of the store has; one of which there is no event yet may have one tomorrow.

    Raises:
        BadSetting: There is such a code, told as `name`; near ones are named, of those that the program knows only if they are near.
    """
    if code in (ours := _ours("actor")) or code in (held := _held(store, "actor", "recipient")):
        return
    close = near(code, sorted(held | ours))
    raise BadSetting(name, code, f"nobody has this code; {close if close.startswith('near') else near(code, sorted(held))}")


def _ours(field: str) -> set[str]:
    """What the program itself codes."""
    if field == "type":
        return set(PLOVER.types)
    if field == "mode":
        return {mode for kind in PLOVER.types.values() for mode in kind.modes}
    if field == "status":
        return set(PLOVER.statuses)
    return set(codes())


@cache
def codes() -> frozenset[str]:
    """Codes of states, territories and others that the program itself gives to actors."""
    return frozenset({*ActorBase.open().states(), *PLOVER.nonstate_codes, *PLOVER.territory_codes})


def _held(store: Store, *columns: str) -> set[str]:
    """What stands in these columns of the store's run."""
    found = store.query(
        " UNION ".join(f"SELECT {column} FROM parties WHERE {column} IS NOT NULL" for column in columns)
    )
    return set(found.to_series())
