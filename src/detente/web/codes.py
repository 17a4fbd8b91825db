"""Codes that somebody writes, held to those that mean something: the program knows them, or an event of the store has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.errors import BadSetting
from detente.store.asking import Wanted
from detente.store.known import demand_known
from detente.web.paging import NotThere

if TYPE_CHECKING:
    from detente.store import Store
    from detente.web.stores import Desk


def demand_codes(store: Store, codes: Iterable[str]) -> None:
    """Pass, or not.

    Raises:
        BadSetting: A code is nobody's; near ones are named.
    """
    for code in codes:
        try:
            demand_known(store, Wanted(actor=code))
        except BadSetting as error:
            raise BadSetting("code", error.value, error.rule) from error


def demand_pair(desk: Desk, a: str, b: str) -> None:
    """Pass, or not: of two states that did nothing to each other, each must be one.

    Raises:
        NotThere: A code is nobody's; near ones are named.
    """
    try:
        demand_codes(desk.store, (a, b))
    except BadSetting as error:
        raise NotThere("code", error.value, error.rule) from error
