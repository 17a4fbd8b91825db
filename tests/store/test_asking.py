"""Which events are wanted: the store's SQL and the same said of a record."""

from __future__ import annotations

import datetime as dt
from itertools import product
from pathlib import Path

import msgspec
import pytest

from detente.errors import BadSetting
from detente.store.asking import Wanted, is_wanted
from tests.keeping import article, kept
from tests.stories.telling import event, party


def test_a_record_is_wanted_where_the_store_finds_it(tmp_path: Path) -> None:
    """Whatever is asked for: parties, either way round, of mutual acts among three; days in doubt or unknown; kind; confidence; document."""
    text = "Kenya met Somalia."
    days = [dt.date(2024, 2, 27), None]
    sides = [((), ()), ((party("KEN"),), (party("SOM"), party(None))), ((party("KEN"), party("SOM"), party("ETH")), ())]
    told = [
        event(f"d{n}-e01", "CONSULT", text, "met", day=day, last=day and day + dt.timedelta(3), actor=actor, recipient=recipient, reciprocal=mutual, mode=mode, status=status, confidence=sure)
        for n, (day, (actor, recipient), mutual, (mode, status, sure)) in enumerate(
            product(days, sides, (True, False), (((), "actual", None), (("visit",), "negated", 0.5), (("visit", "third-party"), "actual", 0.9)))
        )
    ]  # fmt: skip
    store = kept(tmp_path / "s", [article(one.text_info.document, one, text=text) for one in told])
    asked = [
        Wanted(actor=actor, recipient=recipient, either=either, **more)
        for actor, recipient, either in product((None, "KEN", "SOM", "ETH"), (None, "KEN", "SOM"), (True, False))
        for more in ({}, {"since": "2024-03"}, {"until": "2024-02-27"}, {"since": "2024-03-02"}, {"status": "actual", "least": 0.6}, {"type": "CONSULT", "mode": "visit"}, {"type": "ACCUSE"}, {"document": "d1"})
    ]  # fmt: skip

    for wanted in asked:
        assert {one.id for one in told if is_wanted(one, wanted)} == set(store.events(wanted)["id"]), wanted


def test_a_day_that_is_none_is_refused() -> None:
    """As the store refuses it."""
    one = event("a-e01", "CONSULT", "Kenya met Somalia.", "met")

    assert is_wanted(msgspec.structs.replace(one, date=None), Wanted())
    with pytest.raises(BadSetting, match="--since"):
        is_wanted(one, Wanted(since="yesterday"))
