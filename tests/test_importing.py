"""Event data of others → a store: cut short and begun again, it ends as if nothing had happened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from detente.errors import BadSetting
from detente.importing import import_events
from detente.store import open_store
from detente.store.checking import faults
from detente.store.writer import Writer
from tests.formats.rows import gdelt
from tests.store.records import content


class Cut(BaseException):
    """The plug is pulled."""


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Seven rows, one of them twice there and one without a code, in parts of two."""
    monkeypatch.setattr("detente.importing.BATCH", 2)
    ids = ("1", "2", "3", "2", "4", "5", "6")
    lines = [gdelt(GLOBALEVENTID=name, **({"EventCode": "zz"} if name == "4" else {})) for name in ids]
    file = tmp_path / "rows.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def test_a_row_of_a_day_to_come_is_refused_and_the_rest_kept(tmp_path: Path) -> None:
    """A wrong year would make all days up to it the store's: the row is counted as `future-date`, unless it is that day there."""
    file = tmp_path / "rows.txt"
    file.write_text("\n".join([gdelt(), gdelt(GLOBALEVENTID="2", SQLDATE="29990508")]) + "\n", encoding="utf-8")
    here = import_events([str(file)], open_store(tmp_path / "here", create=True), format="gdelt2")
    there = import_events([str(file)], open_store(tmp_path / "there", create=True), format="gdelt2", today=dt.date(2999, 5, 8))

    assert (here.events, here.refused) == (1, {"future-date": 1})
    assert (there.events, there.refused) == (2, {})


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
def test_an_import_that_was_cut_short_goes_on(rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    """After any number of whole parts: the same bytes, each row once, refused ones too."""
    whole = open_store(tmp_path / "whole", create=True)
    import_events([rows], whole, format="gdelt2")
    store, written, flush = open_store(tmp_path / "s", create=True), 0, Writer.flush

    def cut(self: Writer) -> None:
        nonlocal written
        if written == parts:
            raise Cut
        written += 1
        flush(self)

    monkeypatch.setattr(Writer, "flush", cut)
    with pytest.raises(Cut):
        import_events([rows], store, format="gdelt2")
    monkeypatch.setattr(Writer, "flush", flush)
    tally = import_events([rows], open_store(store.folder), format="gdelt2")
    again = import_events([rows], open_store(store.folder), format="gdelt2")

    assert content(store.folder) == content(whole.folder)
    assert (tally.seen, again.seen, again.coded, again.known) == (7, 7, 0, 5)
    store.refresh()
    assert store.query("SELECT count(*), (SELECT count(*) FROM refused) FROM events").row(0) == (5, 2)
    assert list(faults(store)) == []


@pytest.mark.parametrize("fault", ["rows", "map"])
def test_an_import_that_keeps_nothing_hides_nothing(rows: str, tmp_path: Path, fault: str) -> None:
    """Every row refused, or no map of the columns: the store shows what it showed, and the refusals are counted."""
    store = open_store(tmp_path / "s", create=True)
    import_events([rows], store, format="gdelt2")
    before = content(store.folder)
    other = tmp_path / "other.txt"
    other.write_text("no\nsuch\nrows\n", encoding="utf-8")
    if fault == "rows":
        tally = import_events([str(other)], store, format="gdelt2")
        assert (tally.seen, tally.events, tally.refused.total()) == (3, 0, 3)
    else:
        with pytest.raises(BadSetting):
            import_events([str(other)], store, format="mapped")

    assert content(store.folder) == before
    assert open_store(store.folder).query("SELECT count(*) FROM events").item() == 5


def test_events_without_confidence_are_left_out_and_counted(rows: str, tmp_path: Path) -> None:
    """GDELT tells no confidence: who asks for a least one is told how many events that leaves out."""
    store = open_store(tmp_path / "s", create=True)
    import_events([rows], store, format="gdelt2")

    assert (store.events(actor="USA").height, store.events(actor="USA", least=0.5).height) == (5, 0)
    assert (store.unsaid(actor="USA", least=0.5), store.unsaid(actor="USA"), store.unsaid(actor="FRA", least=0.5)) == (5, 0, 0)
