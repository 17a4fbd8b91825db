"""Codes that somebody writes, held to those that mean something: the program knows them, or an event of the store has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.errors import BadSetting
from detente.review.correcting import codes_in
from detente.store.asking import Wanted
from detente.store.known import demand_known
from detente.web.paging import NotThere
from detente.web.shapes import MissedAsked

if TYPE_CHECKING:
    from detente.store import Store
    from detente.web.shapes import JudgementAsked
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


def demand_said(store: Store, asked: JudgementAsked | MissedAsked) -> None:
    """Pass, or not: who acts and on whom is somebody's code.

    Raises:
        BadSetting: A code is nobody's; near ones are named.
    """
    parties = (asked.actor, asked.recipient) if isinstance(asked, MissedAsked) else (asked.correction,) if asked.field in ("actor", "recipient") else ()
    for written in filter(None, parties):
        demand_codes(store, codes_in(written))


def demand_pair(desk: Desk, a: str, b: str) -> None:
    """Pass, or not: of two states that did nothing to each other, each must be one.

    Raises:
        NotThere: A code is nobody's; near ones are named.
    """
    try:
        demand_codes(desk.store, (a, b))
    except BadSetting as error:
        raise NotThere("code", error.value, error.rule) from error
