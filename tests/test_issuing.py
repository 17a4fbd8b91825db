"""The ledger of forecasts: issued once, settled once when the days have come, never changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from detente.errors import StoreProblem
from detente.issuing import Came, Issued, issue, ledger, record, settle, waiting
from detente.records import Coded
from detente.relating import Related, related
from detente.store import open_store
from detente.store.writer import Result
from tests.keeping import FIRST, acts, kept, said
from tests.store.records import RUN

NOW = dt.datetime(2025, 5, 2, 12, tzinfo=dt.UTC)


def test_a_forecast_is_issued_once_and_settled_once(tmp_path: Path) -> None:
    """Issued for a week after day 119; five acts come; settled with five, once, and graded beside the rivals."""
    store = kept(tmp_path / "s", [*acts(range(0, 120, 3)), *acts(range(0, 120, 2), "CONSULT", ("FRA", "DEU"), "z")])
    relations = related(store)

    assert issue(relations, "TUR", "GRC", weeks=1, now=NOW)
    assert not issue(relations, "GRC", "TUR", weeks=1, now=NOW + dt.timedelta(1))
    assert settle(relations, now=NOW) == 0
    assert (record(store).issued, record(store).waiting) == (1, 1)
    before = ledger(store).file.read_bytes()

    store = kept(store.folder, [*acts(range(120, 125), tag="y"), *acts(range(119, 131), "CONSULT", ("FRA", "DEU"), "w")])
    later = related(store)
    assert settle(later, now=NOW + dt.timedelta(9)) == 1
    assert settle(later, now=NOW + dt.timedelta(10)) == 0
    assert ledger(store).file.read_bytes().startswith(before)

    issued, came = ledger(store).read()
    assert isinstance(issued, Issued)
    assert isinstance(came, Came)
    assert issued.day == FIRST + dt.timedelta(118)
    assert came.truth == {"conflict": 5.0, "cooperation": 0.0, "level": pytest.approx(-3.0)}
    told = {(grade.what, grade.who) for grade in record(store).grades}
    assert {("conflict", "ours"), ("conflict", "no change"), ("level", "ours"), ("level", "mean")} <= told


def test_what_came_is_what_stands_after_people(tmp_path: Path) -> None:
    """Of five acts that the program told of the week, people reject one and move another to a neighbour: three came."""
    store = kept(tmp_path / "s", [*acts(range(0, 120, 3)), *acts(range(0, 120, 2), "CONSULT", ("FRA", "DEU"), "z")])
    issue(related(store), "TUR", "GRC", weeks=1, now=NOW)
    store = kept(store.folder, [*acts(range(120, 125), tag="y"), *acts(range(119, 131), "CONSULT", ("FRA", "DEU"), "w")])
    said(store, "y0121-e01")
    said(store, "y0122-e01", field="recipient", correction="BGR")

    settle(related(open_store(store.folder)), now=NOW + dt.timedelta(9))
    came = ledger(store).read()[1]
    assert isinstance(came, Came)
    assert came.truth["conflict"] == 3.0


def again(folder: Path, articles: list[Coded], **other: str) -> Related:
    """The relations of a later run over these articles, by another reader or from another source."""
    store = open_store(folder)
    with store.writing(msgspec.structs.replace(RUN, batch=1000, **other)) as writer:
        for each in articles:
            writer.add(Result(each.document, each))
        run = writer.run.run
    return related(open_store(folder, run=run))


OTHERS = acts(range(0, 140, 2), "CONSULT", ("FRA", "DEU"), "z")


@pytest.mark.parametrize(
    ("articles", "other", "why"),
    [
        ([*acts(range(0, 130, 3)), *OTHERS], {"reader": "newer"}, None),
        ([*acts(range(0, 100, 3)), *OTHERS[:40]], {"reader": "newer"}, "run 2, which is shown, knows days until 2025-04-10"),
        ([*acts(range(125, 160, 3)), *acts([159], "CONSULT", ("FRA", "DEU"), "w")], {"reader": "newer"}, "told of run 1 of days before those of run 2"),
        ([*acts(range(0, 130, 3)), *OTHERS], {"source": "icews"}, "told of run 1, texts coded here; shown is run 2, an import of icews"),
    ],
)
def test_what_came_is_known_by_a_later_run_of_the_same_kind(tmp_path: Path, articles: list[Coded], other: dict[str, str], why: str | None) -> None:
    """A newer reader, or the import of later files, is a run of its own, and the older run never knows the days; what is of another kind counts otherwise."""
    store = kept(tmp_path / "s", [*acts(range(0, 120, 3)), *OTHERS[:60]])
    issue(related(store), "TUR", "GRC", weeks=1, now=NOW)
    later = again(store.folder, articles, **other)
    settled = settle(later, now=NOW)

    if why is None:
        assert (settled, waiting(later), record(store).by_others) == (1, {}, 1)
        came = ledger(store).read()[1]
        assert isinstance(came, Came)
        assert (came.run, came.truth["conflict"]) == (2, 2.0)
    else:
        ((said, n),) = waiting(later).items()
        assert (settled, n) == (0, 1)
        assert why in said


def test_days_without_any_news_settle_nothing(tmp_path: Path) -> None:
    """Two silent weeks: nobody knows what came, and the ledger says so instead of a calm that nobody saw."""
    store = kept(tmp_path / "s", acts(range(0, 119, 3)))
    issue(related(store), "GRC", "TUR", weeks=2, now=NOW)
    store = kept(store.folder, acts([150], tag="y"))
    settle(related(store), now=NOW)
    came = ledger(store).read()[1]

    assert isinstance(came, Came)
    assert came.truth == {"conflict": None, "cooperation": None, "level": None}
    assert "nothing is known" in str(came.why)
    assert (record(store).unknown, record(store).grades) == (1, ())


def test_a_ledger_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    """Who changes what was foretold is found out."""
    store = kept(tmp_path / "s", acts(range(0, 119, 3)))
    for weeks in (1, 2):
        issue(related(store), "GRC", "TUR", weeks=weeks, now=NOW)
    file = ledger(store).file
    file.write_bytes(file.read_bytes().replace(b'"weeks":1', b'"weeks":3'))

    with pytest.raises(StoreProblem, match="changed or removed"):
        record(open_store(store.folder))
