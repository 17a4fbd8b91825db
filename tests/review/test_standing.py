"""What people said stands above the program: in questions for events, in stories; until it is taken back, in whichever run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import polars
import pytest

from detente.errors import BadSetting
from detente.records import Event
from detente.review import Reviewed
from detente.review.known import FOLDER
from detente.review.standing import Changes
from detente.store import Store, open_store
from detente.store.asking import Wanted
from detente.store.writer import Result
from detente.stories.merged import Told, merged
from tests.keeping import FIRST, acts, article, kept, marked, said
from tests.store.records import RUN
from tests.stories.telling import event, facts, party

BOTH = Wanted(actor="GRC", recipient="TUR")
MISSED = "TUR said yes to GRC."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Five acts of Greece towards Turkey, one a day, and a document of which the program made nothing."""
    return kept(tmp_path / "s", [*acts(range(5)), article("m", text=MISSED)])


def ids(store: Store, **wanted: Any) -> list[str]:
    """Events that stand, in their order; the frame and the records tell the same."""
    asked = Reviewed(open_store(store.folder))
    frame = asked.events(**wanted)
    again = list(asked.records(**wanted))
    assert frame["id"].to_list() == [event.id for event in again]
    assert frame["date"].to_list() == [event.date for event in again]
    return frame["id"].to_list()


def missed() -> Event:
    """What the program did not find in the last document: Turkey yields to Greece, on the third day."""
    return event("m-m4", "CONSULT", MISSED, "said yes", day=FIRST + dt.timedelta(2), actor=(party("TUR"),), recipient=(party("GRC"),), confidence=None)


def test_where_nobody_judged_the_answer_is_the_programs(store: Store) -> None:
    """Frame and records are those of the store, and nothing is written."""
    asked = Reviewed(store)

    assert asked.events(BOTH).equals(store.events(BOTH))
    assert list(asked.records(limit=2)) == list(store.records(limit=2))
    assert not (store.folder / FOLDER).exists()


def test_a_rejected_event_is_gone(store: Store) -> None:
    """It is in no answer, does not use up a limit, and what the program said can still be asked for."""
    said(store, "x0001-e01")

    assert ids(store, actor="GRC", recipient="TUR") == [f"x{n:04}-e01" for n in (0, 2, 3, 4)]
    assert ids(store, limit=2) == ["x0000-e01", "x0002-e01"]
    assert Reviewed(open_store(store.folder), as_coded=True).events().equals(open_store(store.folder).events())


def test_a_corrected_event_is_found_by_what_it_is_now(store: Store) -> None:
    """Another recipient: under the new pair, either way round, and not the old one; another day: among those of that day, in their order."""
    said(store, "x0001-e01", field="recipient", correction="BGR")
    said(store, "x0002-e01", field="date", correction="2025-03-01")
    row = Reviewed(open_store(store.folder)).events(actor="GRC", recipient="BGR").row(0, named=True)

    assert ids(store, actor="GRC", recipient="BGR") == ids(store, actor="BGR", recipient="GRC", either=True) == ["x0001-e01"]
    assert ids(store, actor="GRC", recipient="TUR") == [f"x{n:04}-e01" for n in (0, 3, 4, 2)]
    assert ids(store, since="2025-02") == ["x0002-e01"]
    assert ids(store, until="2025-01-03") == ["x0000-e01", "x0001-e01"]
    assert (row["recipient"], row["run"], row["date"]) == ("BGR", 1, "2025-01-02")


def test_a_marked_event_is_found_among_the_others(store: Store) -> None:
    """At its day; one that is corrected later, or rejected, as any other."""
    marked(store, missed())
    assert ids(store) == ["x0000-e01", "x0001-e01", "m-m4", "x0002-e01", "x0003-e01", "x0004-e01"]
    assert ids(store, least=0.1) == [f"x{n:04}-e01" for n in range(5)]
    assert Reviewed(open_store(store.folder)).unsaid(Wanted(least=0.1)) == 1

    said(store, "m-m4", field="status", correction="negated", by="bob")
    assert ids(store, status="negated") == ["m-m4"]
    said(store, "m-m4")
    assert "m-m4" not in ids(store)


def test_what_is_taken_back_is_as_before(store: Store) -> None:
    """The answer is the program's again."""
    before = store.events()
    said(store, "x0001-e01")
    said(store, "x0001-e01", "unsure")

    assert Reviewed(open_store(store.folder)).events().equals(before)


def test_a_judgement_follows_its_words_into_another_run(store: Store) -> None:
    """Coded anew, what was rejected, corrected and marked stands as it did, whatever the new run calls it."""
    said(store, "x0001-e01")
    said(store, "x0002-e01", field="recipient", correction="BGR")
    marked(store, missed())
    with store.writing(msgspec.structs.replace(RUN, reader="r-2", batch=1000)) as writer:
        for one in [*acts(range(5)), article("m", text=MISSED)]:
            renamed = tuple(msgspec.structs.replace(told, id=told.id.replace("-e01", "-e07")) for told in one.events)
            writer.add(Result(one.document, msgspec.structs.replace(one, events=renamed)))

    assert ids(store, actor="GRC", recipient="TUR") == [f"x{n:04}-e07" for n in (0, 3, 4)]
    assert ids(store, recipient="BGR") == ["x0002-e07"]
    assert ids(store, recipient="GRC") == ["m-m4"]


def test_what_the_new_run_tells_by_itself_is_told_once(store: Store) -> None:
    """An event that somebody marked, and the new reader finds with another recipient, is the reader's, corrected."""
    marked(store, missed())
    found = msgspec.structs.replace(missed(), id="m-e01", recipient=(party("BGR"),), confidence=0.9)
    with store.writing(msgspec.structs.replace(RUN, reader="r-2", batch=1000)) as writer:
        for one in [*acts(range(5)), article("m", found, text=MISSED)]:
            writer.add(Result(one.document, one))

    assert ids(store, actor="TUR") == ids(store, recipient="GRC") == ["m-e01"]


def test_what_people_changed_is_counted_for_each_answer(store: Store) -> None:
    """Rejected, corrected away, shown as corrected, marked; of a limited answer, only what lies within it."""
    said(store, "x0001-e01")
    said(store, "x0003-e01", field="recipient", correction="BGR")
    said(store, "x0004-e01", field="type", correction="ASSAULT")
    marked(store, missed())
    asked = Reviewed(open_store(store.folder))

    assert asked.changed(Wanted()) == Changes(rejected=1, corrected=2, added=1)
    assert asked.changed(BOTH) == Changes(rejected=1, moved=1, corrected=1)
    assert asked.changed(Wanted(limit=2)) == Changes(rejected=1, added=1)
    assert asked.changed(Wanted(recipient="BGR")) == Changes(corrected=1)


def test_what_stands_around_judgements_is_looked_up_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, no event is searched for; a damaged file costs time and no truth; what a later part tells is seen."""
    said(store, "x0001-e01")
    said(store, "y0007-e01")
    first = ids(store)
    looked: list[str] = []
    search = Store.events_where

    def searched(store: Store, column: str, values: Sequence[str]) -> list[Event]:
        looked.extend(values)
        return search(store, column, values)

    monkeypatch.setattr(Store, "events_where", searched)

    assert ids(store) == first
    assert looked == []
    (file,) = (store.folder / FOLDER).iterdir()
    file.write_bytes(file.read_bytes()[:40])
    assert ids(store) == first
    assert looked == ["x0001-e01", "y0007-e01"]
    kept(store.folder, acts([7], tag="y"))
    assert ids(store) == first
    assert looked[2:] == ["y0007-e01"]


# --- stories --------------------------------------------------------------------------------------------


SAID = {"herald": "Kenya fired on Somalia's patrol.", "courier": "Kenyan forces fired on a patrol.", "post": "Kenya fired, officials said."}


@pytest.fixture
def story(tmp_path: Path) -> Store:
    """Three papers tell of one happening."""
    tellings = [event(f"{paper}-e01", "ASSAULT", text, "fired", day=FIRST) for paper, text in SAID.items()]
    store = kept(tmp_path / "t", [article(paper, told, text=SAID[paper], paper=paper) for paper, told in zip(SAID, tellings, strict=True)])
    store.write_stories(1, [merged("s-herald-e01", [Told(told, facts(told.text_info.document)) for told in tellings])])
    return store


def stories(store: Store, least: int = 1) -> list[tuple[str, tuple[str, ...]]]:
    """Stories that stand, with their documents."""
    return [(story.id, story.documents) for story in Reviewed(open_store(store.folder)).stories(least=least)]


def test_a_story_is_told_by_what_stands_of_its_reports(story: Store) -> None:
    """A rejected report is no report; one that people corrected is told differently; without any report there is no story."""
    said(story, "herald-e01")
    said(story, "post-e01", field="status", correction="negated")
    (left,) = Reviewed(open_store(story.folder)).stories()

    assert stories(story) == [("s-herald-e01", ("courier", "post"))]
    assert stories(story, least=3) == []
    assert {report for dispute in left.disputed for version in dispute.versions for report in version.reports} == {"courier-e01", "post-e01"}
    assert Reviewed(open_store(story.folder)).story("s-herald-e01") == left

    for report in ("courier-e01", "post-e01"):
        said(story, report)
    assert stories(story) == []
    with pytest.raises(BadSetting, match="people rejected every report of it"):
        Reviewed(open_store(story.folder)).story("s-herald-e01")
    assert len(list(Reviewed(open_store(story.folder), as_coded=True).stories())) == 1


def test_an_event_keeps_its_story(story: Store) -> None:
    """A corrected report is shown with the story that it belongs to."""
    said(story, "herald-e01", field="recipient", correction="ETH")
    rows = Reviewed(open_store(story.folder)).events().sort("id")

    assert rows["story"].to_list() == ["s-herald-e01"] * 3
    assert rows.filter(polars.col("id") == "herald-e01")["recipient"].item() == "ETH"
