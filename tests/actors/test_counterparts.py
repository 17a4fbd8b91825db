"""Who somebody's counterpart in another state is."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.actors import ActorBase, resolve
from detente.records import Actor, Document
from tests.builders import mention, reading


def met(base: ActorBase, owner: str, other: str, *, on: str) -> Actor:
    """The second party of "… met …", "his" and "her" being the first."""
    text = f"{owner} met {other} on Monday."
    his = [mention(text, word, 0) for word in ("his", "her") if f" {word} " in f" {other} "]
    seen = reading(text, mentions=(mention(text, owner, 0), mention(text, other, 1), *his))
    return resolve(Document(id="t", text=text, published=dt.date.fromisoformat(on)), seen, base)[1]


@pytest.mark.parametrize(
    ("owner", "other", "on", "name"),
    [
        ("Canada's foreign minister", "her U.S. counterpart", "2023-09-21", "Antony Blinken"),
        ("Sergei Lavrov", "his Turkish counterpart", "2023-10-12", "Hakan Fidan"),
        ("The French defense minister", "the Estonian counterpart", "2023-01-10", "Hanno Pevkur"),
        ("Germany's chancellor", "his Indian counterpart", "2023-01-10", "Narendra Modi"),
        ("Ukraine's president", "his Canadian counterpart", "2020-01-11", "Justin Trudeau"),
        ("The Polish president", "his Ukrainian counterpart", "2023-01-10", "Volodymyr Zelenskyy"),
        ("The Chinese premier", "his Russian counterpart", "2010-11-24", "Vladimir Putin"),
        ("Japan's prime minister", "his American counterpart", "2010-11-24", "Barack Obama"),
        ("President Obama", "his German counterpart", "2013-09-27", "Angela Merkel"),
    ],
)
def test_a_counterpart_holds_the_same_office(base: ActorBase, owner: str, other: str, on: str, name: str) -> None:
    """The minister of a state is met by that of the other, and its first man by the first of the other, whatever each is called."""
    assert met(base, owner, other, on=on).name == name


@pytest.mark.parametrize(
    ("owner", "other", "on"),
    [
        ("Chancellor Angela Merkel", "her French counterpart", "2020-01-11"),
        ("The Estonian president", "his Swedish counterpart", "2020-01-11"),
        ("The Saudi king", "his Jordanian counterpart", "2020-01-11"),
        ("The assistant secretary of state", "his British counterpart", "2022-01-11"),
        ("The U.S. ambassador", "his Chinese counterpart", "2022-01-11"),
        ("The Canadian foreign minister", "her American counterparts", "2022-01-11"),
        ("Canada's foreign minister", "her counterpart", "2022-01-11"),
    ],
)
def test_where_it_is_not_plain_who_is_meant_nobody_is_named(base: ActorBase, owner: str, other: str, on: str) -> None:
    """A premier may mean the president or his premier; a ceremonial president has no partner in a kingdom; a deputy's partner is not the minister."""
    assert met(base, owner, other, on=on).name is None


def test_an_unknown_counterpart_is_said_to_be_unknown(base: ActorBase) -> None:
    """Where nobody is known in the office, the reason tells whose counterpart it is."""
    assert "counterpart of a defence minister, and nobody is known" in met(base, "The French defense minister", "his Tongan counterpart", on="2026-01-10").why
