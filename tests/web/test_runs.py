"""The rows of a pair that are read from where they lie are those that are found by looking through all."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from typing import TYPE_CHECKING

import duckdb
import msgspec
import pytest

from detente.store import open_store
from detente.web import answers, runs
from detente.web.index import PROGRAM, Index
from detente.web.runs import SORTED, Runs, looked_for
from detente.web.shapes import EventsAsked, RelationAsked
from detente.web.stores import Desks
from tests.store.records import kept
from tests.web.served import hostile, talks

if TYPE_CHECKING:
    from pathlib import Path

    from detente.records import Coded

FIRST = dt.date(2023, 1, 9)
PARTS = 5


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    """A store that was indexed part by part, as it grew, so that a pair has rows in several places."""
    place = tmp_path_factory.mktemp("runs") / "s"
    kept(place, hostile())
    grown = Desks(place)
    for n in range(PARTS):
        kept(place, talks(f"d{n}", day=FIRST + dt.timedelta(days=17 * n)), talks(f"e{n}", day=FIRST + dt.timedelta(days=200 - 17 * n)))
        with grown.lent():
            pass  # the part is indexed
    return grown


def told(index: Index, sql: str, values: list[str]) -> list[str]:
    """Rows in one order."""
    return sorted(map(repr, index.ask(f"FROM {sql}", values)))


@pytest.mark.parametrize("few", [runs.FEW, 1], ids=["run by run", "between the first and the last"])
@pytest.mark.parametrize("view", PROGRAM)
def test_all_rows_of_a_pair_are_found(desks: Desks, monkeypatch: pytest.MonkeyPatch, view: str, few: int) -> None:
    """Each row of each pair and no other, in whatever parts they came in; none of a pair that is not there."""
    monkeypatch.setattr(runs, "FEW", few)
    with desks.lent() as desk:
        index, (one, other) = desk.index, SORTED[PROGRAM[view]]
        pairs = [(a, b) for a, b in {(row[one], row[other]) for row in index.ask(f"FROM {view}")} if a is not None and b is not None]
        for pair in [*pairs, ("XXX", "YYY")]:
            assert told(index, *index.near(view, pair)) == told(index, *looked_for(view, PROGRAM[view], pair)), pair
        both = index.near(view, *pairs[:2])
        assert told(index, *both) == sorted(row for pair in pairs[:2] for row in told(index, *index.near(view, pair)))


def test_the_months_of_a_pair_are_added_up_over_all_parts(desks: Desks) -> None:
    """Each month, side and class once and in order, as the events themselves say; so are those of some days."""
    every = [e for e in open_store(desks.folder).records() if e.status == "actual" and e.date and e.enddate and e.date[:7] == e.enddate[:7]]
    for asked, first in ((RelationAsked(), "0"), (RelationAsked(since="2023-03"), "2023-03")):
        sums: dict[tuple[str, str, str, int], list[float]] = {}
        for e in every:
            sides = {(a.code, b.code) for a in e.actor for b in e.recipient}
            for actor, recipient in sides | ({(b, a) for a, b in sides} if e.reciprocal else set()):
                if e.date is not None and e.date >= first:
                    sums.setdefault((e.date[:7], str(actor), str(recipient), e.quad_code), []).append(e.event_scale)
        with desks.lent() as desk:
            months = answers.relation(desk, "IRQ", "IRN", asked)["months"]
        found = [((m["month"], m["actor"], m["recipient"], m["quad"]), m["events"], m["points"]) for m in months]
        assert found == [(key, len(points), round(sum(points), 3)) for key, points in sorted(sums.items())]


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("mutual", [True, False], ids=["both ways", "one way, part after part"])
def test_the_newest_events_of_a_pair_come_first(tmp_path: Path, limit: int, *, mutual: bool) -> None:
    """Though each part has newer and older ones, and only the first rows of each part are looked at."""
    grown = Desks(kept(tmp_path / "s", hostile()).folder)
    for n, days in enumerate((0, 60, 30, 90)):
        found = [talks(f"{kind}{n}", day=FIRST + dt.timedelta(days=days + more)) for more, kind in ((0, "d"), (7, "e"))]
        kept(tmp_path / "s", *(found if mutual else map(meeting, found)))
        with grown.lent() as desk:
            newest = answers.events(desk, EventsAsked(actor="IRN", recipient="IRQ", either=True, limit=limit)).rows
            every = answers.events(desk, EventsAsked(limit=100)).rows

    assert [seen["event"].id for seen in newest] == [seen["event"].id for seen in every][:limit]


def meeting(found: Coded) -> Coded:
    """The document with its first event alone, told one way."""
    return msgspec.structs.replace(found, events=(msgspec.structs.replace(found.events[0], reciprocal=False),))


def test_words_and_a_pair_both_hold(desks: Desks) -> None:
    """Who asks for words between two states gets no other states' events that have them."""
    with desks.lent() as desk:
        assert answers.events(desk, EventsAsked(q="boats", actor="IRN", recipient="IRQ", either=True)).rows
        assert not answers.events(desk, EventsAsked(q="boats", actor="USA", recipient="BRA", either=True)).rows


def test_a_pair_takes_little_memory() -> None:
    """A large store has millions of speakers, most with a quote or two: where theirs lie takes 24 bytes each, and each is found."""
    speakers = 20_000
    with duckdb.connect() as asked:
        asked.execute("ATTACH ':memory:' AS kept")
        asked.execute("CREATE TABLE kept.speaking AS SELECT 'speaker ' || n // 2 AS who, 'IRN' AS about, n AS rank FROM range(?) t(n) ORDER BY ALL", [2 * speakers])
        known = Runs(asked.cursor)
        tracemalloc.start()
        known.rows("speaking", ("nobody", "IRN"))
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found = [known.rows("speaking", (f"speaker {n}", "IRN")) for n in range(0, speakers, 997)]
        ranks = [sorted(rank for *_, rank in asked.execute(f"FROM {sql}", values).fetchall()) for sql, values in found]

    assert taken < 32 * speakers
    assert ranks == [[2 * n, 2 * n + 1] for n in range(0, speakers, 997)]
