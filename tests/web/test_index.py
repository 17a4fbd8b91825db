"""The index says what the store says, however the store came to be, and whatever is asked."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import StoreProblem
from detente.matching import match
from detente.records import Event
from detente.store import open_store, rows
from detente.store.asking import days
from detente.store.rows import pairs
from detente.store.writer import Result
from detente.web import answers, indexing, looking, packing
from detente.web.index import Index
from detente.web.indexing import LIST, indexed, source_of
from detente.web.shapes import DocumentsAsked, EventsAsked, QuotesAsked, RelationsAsked
from detente.web.stores import Desks
from detente.web.tales import Which
from tests.store.records import RUN, events, kept
from tests.web.served import TALKS, hostile, small, talks

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

FIRST = dt.date(2023, 1, 9)
DOCUMENTS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of some documents in several parts, one of which names no day."""
    place = tmp_path_factory.mktemp("index") / "s"
    for n in range(DOCUMENTS):
        kept(place, talks(f"d{n}", day=FIRST + dt.timedelta(days=40 * n), title=f"Talks, day {n}"))
    kept(place, hostile())
    return place


@pytest.fixture(scope="module")
def desks(folder: Path) -> Desks:
    """What is asked of it."""
    return Desks(folder)


def every(desks: Desks, **asked: object) -> list[Event]:
    """All events of a question, page by page of three."""
    found: list[Event] = []
    after = None
    with desks.lent() as desk:
        while True:
            page = answers.events(desk, EventsAsked(**{"limit": 3, "after": after, **asked}))  # type: ignore[arg-type]
            found += [seen["event"] for seen in page.rows]
            if page.next is None:
                return found
            after = page.next


def codes(event: Event) -> set[tuple[str | None, str | None]]:
    """Its pairs, each way round that the event has."""
    straight = {(a.code, b.code) for a, b in product(event.actor, event.recipient)}
    return straight | ({(b, a) for a, b in straight} if event.reciprocal else set())


@pytest.mark.parametrize("order", ["newest", "oldest", "unsure"])
@pytest.mark.parametrize(
    "asked", [{}, {"actor": "IRQ"}, {"recipient": "IRQ"}, {"actor": "IRN", "recipient": "IRQ", "either": True}, {"type": "CONSULT"}, {"since": "2023-03", "until": "2023-06"}, {"least": 0.5}]
)
def test_events_are_found_as_by_reading_all(desks: Desks, folder: Path, order: str, asked: dict[str, object]) -> None:
    """The same events as by going through the store, in the order that was asked for, each once."""

    def wanted(e: Event) -> bool:
        pair = (asked.get("actor"), asked.get("recipient"))
        fits = any(all(w in (None, c) for w, c in zip(way, told, strict=True)) for told in codes(e) for way in ({pair, pair[::-1]} if asked.get("either") else {pair}))
        days = "since" not in asked or (e.date is not None and e.enddate is not None and e.date <= "2023-06-30" and e.enddate >= "2023-03-01")
        return fits and days and asked.get("type") in (None, e.event[0]) and (e.confidence or 0) >= float(str(asked.get("least", 0)))

    found = every(desks, order=order, **asked)

    assert {e.id: e for e in found} == {e.id: e for e in open_store(folder).records() if wanted(e)}
    assert len(found) == len({e.id for e in found})
    keys = [(e.confidence is None, e.confidence) if order == "unsure" else (e.date is None, e.date) for e in found]
    dated = [key for key in keys if not key[0]]
    assert keys[: len(dated)] == dated
    assert dated == sorted(dated, reverse=order == "newest")


def test_words_are_found_whole_and_together(desks: Desks) -> None:
    """Every word must stand in the sentence or the title, in any case; a part of a word is none."""
    assert {e.id for e in every(desks, q="talks 3")} == {"d3-e01", "d3-e02"}
    assert {e.id for e in every(desks, q="FIRING boats", order="oldest")} == {f"d{n}-e02" for n in range(DOCUMENTS)}
    assert every(desks, q="fir") == []
    assert every(desks, q="talks", actor="IRQ", type="ACCUSE", since="2023-02", until="2023-02") == [e for e in every(desks) if e.id == "d1-e02"]
    assert every(desks, q='"; DROP') == []
    with desks.lent() as desk:
        assert len(answers.quotes(desk, QuotesAsked(q="rained", speaker="irq")).rows) == DOCUMENTS
        assert len(answers.quotes(desk, QuotesAsked(q="rained", speaker="", about="")).rows) == DOCUMENTS  # fields left empty
        assert [d["id"] for d in answers.documents(desk, DocumentsAsked(q="boats", since="2023-05")).rows] == [f"d{n}" for n in range(DOCUMENTS - 1, 2, -1)]


@pytest.mark.parametrize("together", [2, packing.TOGETHER])
def test_records_come_back_whole(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    """A document, its events and its quotes are those of the store, though the index writes down once what they share, and some at a time."""
    monkeypatch.setattr(packing, "TOGETHER", together)
    shutil.copytree(folder, tmp_path / "s", ignore=shutil.ignore_patterns(indexing.INDEX))
    store = open_store(tmp_path / "s")
    with Desks(tmp_path / "s").lent() as desk:
        for document in store.documents():
            found = answers.document(desk, document.id)
            assert found["document"] == document
            assert [seen["event"] for seen in found["events"]] == list(store.events_where("document", [document.id]))
        found_quotes = {quote.id: quote for quote in answers.quotes(desk, QuotesAsked(limit=100)).rows}
    assert found_quotes == {row["id"]: rows.quote_of(row) for row in store.query("SELECT * FROM quotes").iter_rows(named=True)}


@settings(max_examples=6, deadline=None)
@given(found=st.lists(events, min_size=1, max_size=6, unique_by=lambda e: e.id))
def test_events_whose_document_is_not_there_come_back_whole(found: list[Event], tmp_path_factory: pytest.TempPathFactory) -> None:
    """An imported event has no document; whatever stands in it is found under its name and by its document's."""
    place = tmp_path_factory.mktemp("imported") / "s"
    store = open_store(place, create=True)
    with store.writing(RUN) as writer:
        for event in found:
            writer.add(Result(None, event))
    with pytest.MonkeyPatch.context() as some:
        some.setattr(packing, "TOGETHER", 2)
        index = Index(indexed(source_of(place, 1)))

    for event in found:
        rank = index.rank_of("event", event.id)
        assert rank is not None
        assert [told.event for told in looking.events(index, [rank])] == [event]
        assert rank in index.ranks_in("event", event.text_info.document)


def test_a_sentence_is_written_down_once(tmp_path: Path) -> None:
    """A document with an event of a sentence of some thousand characters is kept in little more than the text takes."""
    words = " ".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(60))  # cannot be squeezed to less than half
    place = tmp_path / "s"
    kept(place, talks("a", day=FIRST, more=words))
    (event,) = [e for e in open_store(place).records() if e.id == "a-e02"]
    text = zlib.compress(TALKS.encode() + words.encode(), 9)

    assert len(event.text) > len(words)
    assert (indexed(source_of(place, 1)) / packing.FILE).stat().st_size < len(text) + 1_000


def test_stories_are_those_of_the_store(folder: Path, tmp_path: Path) -> None:
    """Every story is found by its name and by its events, in full, soon after they were told."""
    place = tmp_path / "s"
    shutil.copytree(folder, place)
    desks = Desks(place)
    with desks.lent() as desk:
        assert desk.tales.story_of("d1-e01") is None
    match(open_store(place))
    end = time.monotonic() + 120
    while not desks._state.tales.story_of("d1-e01") and time.monotonic() < end:  # a busy machine indexes beside the requests
        desks.version()
    store = open_store(place)
    told = list(store.stories())

    with desks.lent() as desk:
        assert [desk.tales.story(story.id) for story in told] == told
        assert {event: desk.tales.story_of(event) for story in told for event in story.reports} == {event: story.id for story in told for event in story.reports}
        newest = [story for story, _ in desk.tales.newest(Which(), behind=("9999", ""), limit=100)]
        assert [(s.last_seen or "") for s in newest] == sorted(((s.last_seen or "") for s in told), reverse=True)


def test_stories_of_a_pair_and_of_some_days_are_those_whose_event_is(tmp_path: Path) -> None:
    """However many states take part; both ways round; what may lie in the days does; none is found twice; as many as are counted."""
    place = tmp_path / "s"
    meeting = talks("m", day=dt.date(2024, 6, 3))
    (iran,), (iraq,) = meeting.events[0].actor, meeting.events[0].recipient
    oman, nobody = (msgspec.structs.replace(iraq, code=code) for code in ("OMN", None))
    summit = msgspec.structs.replace(meeting.events[0], actor=(iran, oman, iran, iraq, nobody), recipient=(), reciprocal=True)
    others = msgspec.structs.replace(meeting.events[1], actor=(oman, iran), recipient=(iraq, oman, nobody), reciprocal=True, enddate="2024-09-02")
    kept(place, msgspec.structs.replace(meeting, events=(summit, others)), *(talks(f"d{n}", day=FIRST + dt.timedelta(days=20 * n)) for n in range(6)), hostile())
    match(open_store(place))
    told = list(open_store(place).stories())
    about = {story.id: {(a, b) for pair in pairs(story.event) for a, b in (pair, pair[::-1]) if a and b and a < b} for story in told}

    assert set().union(*about.values()) == {("IRN", "IRQ"), ("IRN", "OMN"), ("IRQ", "OMN")}
    with Desks(place).lent() as desk:
        for pair in set().union(*about.values()):
            for since, until in ((None, None), ("2023-02", "2023-03"), ("2023-05-01", None), (None, "2022"), ("2024-06-02", "2024-06-02"), ("2024-07", "2024-08")):
                wanted = {
                    story.id for story in told
                    if pair in about[story.id] and (since is until is None or (story.event.date and story.event.enddate))
                    and (until is None or str(story.event.date) <= days(until, "until")[1].isoformat())
                    and (since is None or str(story.event.enddate) >= days(since, "since")[0].isoformat())
                }  # fmt: skip
                which = Which(pair=pair, since=since, until=until)
                found = [story.id for story, _ in desk.tales.newest(which, behind=("9999", ""), limit=1000)]
                assert len(found) == len(set(found)) == desk.tales.counted(which)
                assert set(found) == wanted


def test_new_parts_are_added_to_what_is_indexed(folder: Path, tmp_path: Path) -> None:
    """What comes into the store is seen soon after; the index is then what a new one would be."""
    place = tmp_path / "s"
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns(indexing.INDEX))
    desks = Desks(place)
    before = {e.id for e in every(desks)}
    kept(place, talks("new", day=dt.date(2024, 1, 1)))
    grown, end = every(desks), time.monotonic() + 120
    while len(grown) == len(before) and time.monotonic() < end:  # a busy machine indexes beside the requests
        time.sleep(0.1)
        grown = every(desks)
    source = source_of(place, 1)

    assert {e.id for e in grown} - before == {"new-e01", "new-e02"}
    assert len([made for made in (place / indexing.INDEX).iterdir() if made.is_dir()]) == 2  # the one before is kept for those who still read it
    with_boats = every(desks, q="boats")
    assert [e.id for e in with_boats] == ["new-e02", *(f"d{n}-e02" for n in reversed(range(DOCUMENTS)))]  # the newest first, whenever it came
    grown_index = Index(indexed(source))
    shutil.rmtree(place / indexing.INDEX)
    fresh = Index(indexed(source))
    for table in ("told", "unsure", "lines", "named", "placed", "papers", "spoken", "speaking", "checks", "refused", "keys"):
        assert sorted(map(repr, grown_index.ask(f"FROM {table}"))) == sorted(map(repr, fresh.ask(f"FROM {table}"))), table
    for sums in ('SELECT a, b, "type", status, how, sum(n), min("first"), max("last") FROM pairs', "SELECT actor, recipient, sum(n) FROM sides"):
        every_sum = f"{sums} GROUP BY ALL ORDER BY ALL"
        assert grown_index.ask(every_sum) == fresh.ask(every_sum)


@pytest.mark.parametrize("tells", [True, False], ids=["that tells its layout", "from before layouts were told"])
def test_an_index_of_another_layout_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, tells: bool) -> None:
    """Nothing of it is read, though it is of the same parts; answers are those of the store."""
    place = small(tmp_path / "s")
    source = source_of(place, 1)
    with monkeypatch.context() as before:
        before.setattr(indexing, "VERSION", indexing.VERSION - 1)
        old = indexed(source)
    told = json.loads((old / LIST).read_text())
    (old / LIST).write_text(json.dumps(told if tells else told[1:]))
    for file in old.iterdir():
        if file.name != LIST:
            file.write_bytes(b"nobody can read this now")

    assert indexed(source) != old
    with Desks(place).lent() as desk:
        assert answers.overview(desk)["events"] == 5
        assert answers.document(desk, "a")["document"].title == "Talks in Basra"


def test_an_index_is_made_once_however_many_need_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes while it is made waits, and takes what was made."""
    place = tmp_path / "s"
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns(indexing.INDEX))
    made, fill = list[Path](), packing.fill

    def counted(asked: DuckDBPyConnection, file: Path, *, tell: Callable[[str], None]) -> None:
        made.append(file)
        fill(asked, file, tell=tell)

    monkeypatch.setattr(packing, "fill", counted)
    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(lambda _: indexed(source_of(place, 1)), range(4)))

    assert len(made) == len(places) == 1


def test_a_compacted_store_is_indexed_anew(folder: Path, tmp_path: Path) -> None:
    """Its events have other places, and the answers stay."""
    place = tmp_path / "s"
    shutil.copytree(folder, place)
    desks = Desks(place)
    before = every(desks, order="oldest")
    open_store(place).compact()

    assert {e.id for e in every(desks, order="oldest")} == {e.id for e in before}


@pytest.fixture
def unwritable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that cannot be written; what is temporary lies beside it."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no such rights on this system")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("os.access", lambda path, _: "index" not in Path(path).name)  # root may write everywhere
    return small(tmp_path / "s")


def test_a_store_that_cannot_be_written_is_served_all_the_same(unwritable: Path) -> None:
    """Its index lies elsewhere, and is found there again."""
    with Desks(unwritable).lent() as desk:
        made = desk.index.place

    assert not made.is_relative_to(unwritable / indexing.INDEX)
    assert (made / LIST).is_file()
    assert indexed(source_of(unwritable, 1)) == made


@pytest.mark.parametrize("how", ["others may enter", "a link", "somebody else's"])
def test_an_index_that_another_could_have_laid_down_is_not_taken(unwritable: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """In a folder that all may write, only one's own is read, and none that others can change."""
    home = indexed(source_of(unwritable, 1)).parent
    if how == "others may enter":
        home.chmod(0o777)
    elif how == "a link":
        home.symlink_to(home.rename(home.with_name("elsewhere")))
    else:
        monkeypatch.setattr("os.getuid", lambda: home.stat().st_uid + 1)

    with pytest.raises(StoreProblem, match="of your own"):
        indexed(source_of(unwritable, 1))


def test_a_killed_index_is_not_taken_for_one(tmp_path: Path) -> None:
    """What was cut short has not got its name; the next one is whole."""
    place = small(tmp_path / "s")
    home = place / indexing.INDEX
    source = source_of(place, 1)
    cut = home / f"{source.key}-1-x{indexing.BUILDING}"
    cut.mkdir(parents=True)
    (cut / indexing.PAIRS).write_bytes(b"half")

    assert (indexed(source) / LIST).is_file()
    with Desks(place).lent() as desk:
        assert answers.overview(desk)["events"] == 5


def test_the_change_of_a_pair_is_counted_in_the_days_asked_for(desks: Desks) -> None:
    """The newest days against as many before: a meeting and a rebuke each forty days, so that only wide windows have both."""
    with desks.lent() as desk:
        (narrow,), (wide,) = (answers.relations(desk, RelationsAsked(days=days)).rows for days in (7, 60))

    assert (narrow["a"], narrow["b"], narrow["events"]) == ("IRN", "IRQ", 2 * DOCUMENTS + 1)
    assert narrow["before"] == 0
    assert narrow["points"] != 0
    assert wide["points"] == pytest.approx(2 * narrow["points"])
    assert wide["change"] == pytest.approx(wide["points"] - wide["before"])
