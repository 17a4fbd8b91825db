"""Codes that are asked for mean something, or are refused with near ones."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from detente.errors import BadSetting
from detente.records import Entity
from detente.store import Store
from detente.store.asking import Wanted
from detente.store.known import demand_known
from tests.store.records import kept, told


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Iran meets Iraq, and a state of a user's own does what only the user's ontology has."""
    other = told("b")
    own = msgspec.structs.replace(
        other.events[0], actor=(Entity(code="XQX", entity_text="Xanadu"),), event=("SABOTAGE",), mode=("cable-cut",)
    )
    return kept(tmp_path / "s", told("a"), msgspec.structs.replace(other, events=(own,)))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(actor="IRNN"), "--from = 'IRNN', but no event has it; near: IRN"),
        (Wanted(recipient="ZZZ"), "--to = 'ZZZ', but no event has it; known: IRN, IRQ, XQX"),
        (Wanted(type="ACUSE"), "--type = 'ACUSE', but no event has it; near: ACCUSE"),
        (Wanted(type="SABOTAG"), "--type = 'SABOTAG', but no event has it; near: SABOTAGE"),
        (Wanted(mode="Rito"), "--mode = 'Rito', but no event has it; near: riot"),
        (Wanted(status="actul"), "--status = 'actul', but no event has it; near: actual"),
    ],
)
def test_a_code_that_nobody_knows_names_its_neighbours(store: Store, wanted: Wanted, message: str) -> None:
    """A slip of the pen is no empty answer."""
    with pytest.raises(BadSetting) as caught:
        demand_known(store, wanted)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(actor="FJI", recipient="KOS", type="AID", mode="riot", status="negated"),
        Wanted(actor="IGO"),
        Wanted(recipient="XQX", type="SABOTAGE", mode="cable-cut"),
    ],
)
def test_known_codes_may_find_nothing(store: Store, wanted: Wanted) -> None:
    """What the program codes is known without an event that has it; so is what stands in the store, on either side."""
    demand_known(store, wanted)
