"""A story that papers tell differently is told once: what they differ on, each version, and who tells it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from detente.alerts.finding import found
from detente.alerts.rounds import one_round
from detente.alerts.rules import Dispute, Rate, Rules
from detente.records import Event
from detente.relating import related
from detente.store import Store, open_store
from detente.stories.merged import Told, merged
from tests.keeping import FIRST, acts, article, kept, said
from tests.stories.telling import event, facts, party

DAY = FIRST + dt.timedelta(55)
TEXT = "Turkey bombed a depot in Greece, killing {} people, the {} wrote."
GRC, TUR = party("GRC"), party("TUR")


def telling(paper: str, dead: str, **more: Any) -> Event:
    """What one paper says of the raid."""
    return event(f"{paper}-e01", "ASSAULT", TEXT.format(dead, paper), "bombed", day=DAY, **({"actor": (TUR,), "recipient": (GRC,)} | more))


def store_of(folder: Path, tellings: list[Event], *, published: dt.date = DAY) -> Store:
    """Sixty days of two quarrelling states, and one raid in these papers, joined to a story."""
    papers = [article(e.text_info.document, e, text=e.text, day=published) for e in tellings]
    store = kept(folder, sorted([*acts(range(0, 60, 4)), *papers], key=lambda c: c.document.id))
    join(store, tellings, published)
    return store


def join(store: Store, tellings: list[Event], published: dt.date) -> None:
    """Tell the store that these are one story."""
    store.write_stories(1, [merged("s-herald-e01", [Told(e, facts(e.text_info.document, published)) for e in tellings])])


def headlines(store: Store, rule: Dispute, **more: Any) -> list[str]:
    """What one rule finds."""
    return [alert.headline for alert in found(related(store), Rules(dispute=(rule,), **more))]


def test_two_tolls_are_told_with_who_says_which(tmp_path: Path) -> None:
    """Seven dead in one paper, nine in two others: one alert, with each version, its reports and their sentences."""
    store = store_of(tmp_path / "s", [telling("herald", "seven"), telling("post", "nine"), telling("wire", "nine")])

    (alert,) = found(related(store), Rules(dispute=(Dispute(),)))

    assert alert.headline == "GRC – TUR: papers differ on dead"
    assert alert.why == "7 (herald-e01); 9 (post-e01, wire-e01)"
    assert alert.day == DAY
    assert sorted(e.text or "" for e in alert.events) == sorted(TEXT.format(dead, paper) for paper, dead in (("herald", "seven"), ("post", "nine"), ("wire", "nine")))
    assert {(e.source, e.target, e.type) for e in alert.events} == {("TUR", "GRC", "ASSAULT")}


def test_each_thing_in_dispute_is_an_alert_of_its_own(tmp_path: Path) -> None:
    """Papers that differ on the dead and on whether it happened at all: two alerts."""
    store = store_of(tmp_path / "s", [telling("herald", "seven"), telling("post", "nine"), telling("wire", "nine", status="negated")])

    assert headlines(store, Dispute()) == ["GRC – TUR: papers differ on whether it happened", "GRC – TUR: papers differ on dead"]


def test_a_dispute_is_told_once_for_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Told on the first round; silent on the next, and when a third paper adds a third number."""
    first = [telling("herald", "seven"), telling("post", "nine")]
    store = store_of(tmp_path / "s", first)
    rules = Rules(dispute=(Dispute(),), folder=str(tmp_path))

    told = one_round(related(store), rules)
    again = one_round(related(open_store(store.folder)), rules)
    later = [*first, telling("wire", "eleven")]
    kept(store.folder, [article("wire", later[-1], text=later[-1].text, day=DAY)])
    store = open_store(store.folder)
    join(store, later, DAY)
    third = one_round(related(store), rules)

    assert headlines(store, Dispute()) == ["GRC – TUR: papers differ on dead"], "it still stands, and is no news"
    assert (told.raised, told.delivered, again.raised, third.raised) == (1, 1, 0, 0)
    assert capsys.readouterr().out.count("papers differ on dead") == 1


def test_a_rule_hears_only_of_its_pair(tmp_path: Path) -> None:
    """Of these two, in either order, or of any two; not of others."""
    store = store_of(tmp_path / "s", [telling("herald", "seven"), telling("post", "nine")])

    assert len(headlines(store, Dispute(("GRC", "TUR")))) == len(headlines(store, Dispute(("TUR", "GRC")))) == len(headlines(store, Dispute())) == 1
    assert headlines(store, Dispute(("GRC", "CYP"))) == []


def test_what_is_old_or_only_planned_is_no_news(tmp_path: Path) -> None:
    """A story last told before the days that count, or of a status that nobody asked for."""
    old = store_of(tmp_path / "old", [telling("herald", "seven"), telling("post", "nine")], published=FIRST + dt.timedelta(40))
    planned = store_of(tmp_path / "future", [telling("herald", "seven", status="future"), telling("post", "nine", status="future")])

    assert headlines(old, Dispute(), look_back=14) == []
    assert len(headlines(old, Dispute(), look_back=30)) == 1
    assert headlines(planned, Dispute()) == []
    assert len(headlines(planned, Dispute(), status=("actual", "future"))) == 1


def test_agreement_is_no_dispute(tmp_path: Path) -> None:
    """Two papers with one number."""
    assert headlines(store_of(tmp_path / "s", [telling("herald", "nine"), telling("post", "nine")]), Dispute()) == []


def test_what_people_settled_is_no_dispute(tmp_path: Path) -> None:
    """Once a toll that nobody told is rejected, the papers agree; where people say that one paper denies it, they differ on that."""
    tellings = [telling("herald", "seven"), telling("post", "nine"), telling("wire", "nine")]
    store = store_of(tmp_path / "s", tellings)

    said(store, "herald-e01")
    assert headlines(open_store(store.folder), Dispute()) == []
    said(store, "wire-e01", field="status", correction="negated")
    assert headlines(open_store(store.folder), Dispute()) == ["GRC – TUR: papers differ on whether it happened"]


def test_rates_and_turns_count_what_stands(tmp_path: Path) -> None:
    """Five acts within a week pass a rate of four; of these people reject two, and there is nothing to tell."""
    store = kept(tmp_path / "s", [*acts(range(0, 50, 10)), *acts(range(54, 59), tag="y"), *acts(range(60), "CONSULT", ("FRA", "DEU"), "z")])
    rules = Rules(rate=(Rate(("GRC", "TUR"), "words-conflict", 4.0),))

    assert len(list(found(related(store), rules))) == 1
    for record in ("y0055-e01", "y0056-e01"):
        said(store, record)
    assert list(found(related(open_store(store.folder)), rules)) == []
