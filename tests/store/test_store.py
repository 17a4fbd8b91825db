"""A store: what goes in can be asked, is whole or not there, and stays the same whoever disturbs."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import resource
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import polars
import pytest

from detente.errors import BadSetting, StoreProblem
from detente.frames import EVENT_COLUMNS, frame
from detente.records import Coded, Event, Refused, Span, Story
from detente.store import Store, folder, open_store
from detente.store.checking import faults
from detente.store.difference import difference
from detente.store.judgements import Judgement, append
from detente.store.lines import Lines
from detente.store.migrations import upgrade
from detente.store.seals import SEAL
from detente.store.writer import Known, Result
from tests.store.records import RUN, TEXT, content, kept, told

REFUSED = Refused(document="x.pdf", reason="binary", detail="x.pdf: it is not text")
LATER = msgspec.structs.replace(RUN, reader="r-2", coder="detente test; reader r-2")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three documents and a refusal, in two batches."""
    return kept(tmp_path / "s", told("a"), told("b", day=None), REFUSED, told("c", day=dt.date(2024, 1, 31)))


def ids(store: Store, **wanted: Any) -> list[str]:
    """Ids of the events that are found."""
    return store.events(**wanted)["id"].to_list()


# --- asking ------------------------------------------------------------------------------------


def test_what_went_in_comes_out(store: Store) -> None:
    """Events and documents, equal to what was written."""
    assert list(store.records(document="a")) == list(told("a").events)
    assert store.document("b") == told("b", day=None).document
    assert store.event("c-e01") == told("c").events[0]
    assert [d.id for d in store.documents()] == ["a", "b", "c"]


def test_events_are_rows_as_everywhere(store: Store) -> None:
    """The same columns and cells as `Coded.to_frame`, with the run before and the story behind."""
    found = store.events()

    assert found.columns == ["run", *EVENT_COLUMNS, "story"]
    assert found.select(list(EVENT_COLUMNS)).equals(frame([told("a"), told("b"), told("c")]))


def test_events_are_found_by_pair(store: Store) -> None:
    """From whom to whom; a meeting has its pair both ways; whoever is not there is not found."""
    assert ids(store, actor="IRN", recipient="IRQ") == ids(store, actor="IRQ", recipient="IRN") == ["a-e01", "b-e01", "c-e01"]
    assert ids(store, actor="IRN", recipient="FRA") == []
    assert ids(store, recipient="IRN") == ["a-e01", "b-e01", "c-e01"]


def test_a_pair_either_way_round(tmp_path: Path) -> None:
    """Who accuses whom is one thing, that they quarrel another."""
    one = told("a")
    straight = msgspec.structs.replace(one, events=tuple(msgspec.structs.replace(e, reciprocal=False) for e in one.events))
    store = kept(tmp_path / "s", straight)

    assert ids(store, actor="IRQ", recipient="IRN") == []
    assert ids(store, actor="IRQ", recipient="IRN", either=True) == ids(store, actor="IRQ", either=True) == ["a-e01"]


def test_events_are_found_by_day(tmp_path: Path) -> None:
    """Years, months and days; an event of several days is found on each; an undated one only without days."""

    def on(name: str, first: str | None, last: str | None) -> Any:
        one = told(name)
        return msgspec.structs.replace(one, events=(msgspec.structs.replace(one.events[0], date=first, enddate=last),))

    store = kept(tmp_path / "s", on("may", "2023-05-08", "2023-05-14"), on("june", "2023-06-30", "2023-06-30"), on("never", None, None))

    assert ids(store, since="2023") == ["may-e01", "june-e01"]
    assert ids(store, since="2023-06", until="2023-06") == ["june-e01"]
    assert ids(store, since="2023-05-10", until="2023-05-10") == ["may-e01"]
    assert ids(store, until=dt.date(2023, 5, 7)) == []
    assert ids(store) == ["may-e01", "june-e01", "never-e01"]


@pytest.mark.parametrize("day", ["2023-13", "23", "yesterday", "2023-02-30", "2023-5-8"])
def test_a_day_that_is_none_is_told(store: Store, day: str) -> None:
    """With what a day looks like."""
    with pytest.raises(BadSetting, match="must be a day, a month or a year"):
        store.events(since=day)


def test_events_are_found_by_kind(store: Store) -> None:
    """Type, status, confidence; as many as wanted."""
    assert len(ids(store, type="CONSULT", status="actual")) == 3
    assert ids(store, type="ACCUSE") == ids(store, status="future") == ids(store, least=1.0) == []
    assert ids(store, limit=2) == ["a-e01", "b-e01"]


def test_questions_in_sql(store: Store) -> None:
    """Any SELECT over the tables."""
    assert store.query("SELECT reason, count(*) AS n FROM refused GROUP BY ALL").rows() == [("binary", 1)]
    assert store.query("SELECT actor[1].code AS who FROM events ORDER BY id LIMIT 1").item() == "IRN"
    assert store.query("FROM runs").height == 1
    assert store.query("SELECT count(*) FROM stories").item() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "COPY events TO 'out.csv'", "CREATE TABLE t AS SELECT 1", "DROP VIEW events", "INSERT INTO runs SELECT * FROM runs", "DELETE FROM runs",
        "ATTACH 'other.db'", "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true", "PRAGMA database_list", "SELECT 1; SELECT 2", "",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')", "SELECT * FROM read_parquet('https://127.0.0.1:1/x.parquet')", "SELECT nonsense FROM events", "SELEC 1",
        "EXPORT DATABASE 'x'", "SELECT * FROM secret_frame", "SELECT 1/'a'", "SELECT * FROM read_text('../outside.txt')",
    ],
)  # fmt: skip
def test_a_question_changes_nothing_and_reads_nothing_else(store: Store, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is no single question over the store is refused in one line, and no file is made or read."""
    monkeypatch.chdir(store.folder)
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    secret_frame = polars.DataFrame({"a": [1]})
    before = content(tmp_path)

    with pytest.raises(BadSetting) as told:
        store.query(sql)
    assert "\n" not in str(told.value).replace(repr(sql), "")
    assert content(tmp_path) == before
    assert secret_frame.height == 1


def test_an_unknown_event_is_told(store: Store) -> None:
    """With what an id looks like."""
    with pytest.raises(BadSetting, match=r"'z-e01', but run 1 of the store has no such event; ids look like '.-e01'"):
        store.event("z-e01")


def test_an_empty_store_answers(tmp_path: Path) -> None:
    """With the columns and no rows, before anything was read."""
    store = open_store(tmp_path / "s", create=True)

    assert store.events().columns == ["run", *EVENT_COLUMNS, "story"]
    assert store.query("SELECT count(*) FROM all_runs.documents").item() == 0
    assert store.counts().height == 0
    assert list(store.documents()) == []


# --- runs ----------------------------------------------------------------------------------------


def test_another_reader_is_another_run(store: Store) -> None:
    """The new one is shown, the old one stays."""
    kept(store.folder, told("a"), run=LATER)
    newest, old = open_store(store.folder), open_store(store.folder, run=1)

    assert (newest.run, ids(newest)) == (2, ["a-e01"])
    assert ids(old) == ["a-e01", "b-e01", "c-e01"]
    assert newest.query("SELECT run, count(*) AS n FROM all_runs.events GROUP BY run ORDER BY run").rows() == [(1, 3), (2, 1)]
    with pytest.raises(BadSetting, match="run = 3, but the store has 1, 2"):
        open_store(store.folder, run=3)


def test_the_same_reader_another_day_is_the_same_run(store: Store) -> None:
    """Its records bear the day on which the run began."""
    tomorrow = msgspec.structs.replace(RUN, coded_on=dt.date(2026, 11, 26), batch=9)
    kept(store.folder, told("d"), run=tomorrow)
    store.refresh()

    assert [(r.run, r.coded_on, r.batch) for r in store.runs] == [(1, RUN.coded_on, 2)]
    assert len(ids(store)) == 4


def test_the_difference_of_two_runs(store: Store) -> None:
    """An event that came, one that went, and the fields of one that changed; documents that only one has read are left out."""
    a, b = told("a"), told("b")
    changed = msgspec.structs.replace(a.events[0], status="negated", recipient=())
    elsewhere = msgspec.structs.replace(b.events[0], text_info=msgspec.structs.replace(b.events[0].text_info, spans={"trigger": (Span(0, 4),)}))
    kept(store.folder, msgspec.structs.replace(a, events=(changed,)), msgspec.structs.replace(b, events=(elsewhere,)), run=LATER)

    assert difference(open_store(store.folder), 1, 2).rows() == [
        ("changed", "a", "met", "recipient", "IRQ", ""),
        ("changed", "a", "met", "status", "actual", "negated"),
        ("gone", "b", "met", "event", "IRN CONSULT IRQ", None),
        ("new", "b", "met", "event", None, "IRN CONSULT IRQ"),
    ]
    assert difference(open_store(store.folder), 1, 1).height == 0


# --- whole or not at all ---------------------------------------------------------------------------


class Cut(BaseException):
    """The plug is pulled."""


def test_cut_short_at_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulled out before any write or rename, and begun again: the same bytes as undisturbed, and never half a batch to see."""
    results: list[Coded | Refused] = [told("a"), REFUSED, told("b")]
    undisturbed = content(kept(tmp_path / "whole", *results).folder)
    real: dict[str, Callable[..., None]] = {"flushed": folder.flushed, "into_place": folder.into_place}
    steps = 0

    def counted(limit: int, step: Callable[..., None]) -> Callable[..., None]:
        def go(*given: Any) -> None:
            nonlocal steps
            steps += 1
            if steps == limit:
                raise Cut
            step(*given)

        return go

    cut, limit = True, 0
    while cut:
        limit, steps = limit + 1, 0
        place = tmp_path / f"cut-{limit}"
        for name, module in itertools.product(real, ("folder", "runs")):
            monkeypatch.setattr(f"detente.store.{module}.{name}", counted(limit, real[name]))
        with suppress(Cut):
            kept(place, *results)
        cut = steps >= limit
        monkeypatch.undo()
        if cut and folder.is_store(place):
            assert not list(faults(open_store(place)))
        go_on(place, results)
        assert content(place) == undisturbed, f"cut before step {limit}"
        shutil.rmtree(place)
    assert limit > 15


def go_on(place: Path, results: list[Coded | Refused]) -> None:
    """Write what the store does not have yet, as `detente.ingest` does."""
    with open_store(place, create=True).writing(RUN) as writer:
        for result in results:
            known = writer.has_refusal(result) if isinstance(result, Refused) else writer.has(result.document) is Known.same
            if not known:
                writer.add(result_of(result))


def result_of(outcome: Coded | Refused) -> Result:
    """The result with its document."""
    return Result(None if isinstance(outcome, Refused) else outcome.document, outcome)


def test_a_reader_sees_whole_batches_only(tmp_path: Path) -> None:
    """While a batch is being filled nobody sees it; once written, whoever looks again does."""
    store = kept(tmp_path / "s", told("a"))
    with store.writing(RUN) as writer:
        writer.add(result_of(told("b")))
        reader = open_store(store.folder)
        assert ids(reader) == ["a-e01"]
        writer.add(result_of(told("c")))
        assert ids(reader) == ["a-e01"]
        reader.refresh()
        assert ids(reader) == ["a-e01", "b-e01", "c-e01"]


def test_one_writer_at_a_time(store: Store) -> None:
    """The second is told; reading goes on."""
    with store.writing(RUN), pytest.raises(StoreProblem, match="another program is writing to it"), open_store(store.folder).writing(RUN):
        pass
    with store.writing(RUN):
        assert len(ids(open_store(store.folder))) == 3


def test_a_newer_store_is_refused(store: Store) -> None:
    """Rather than read wrongly; the file stays."""
    (store.folder / "store.json").write_text('{"detente_store":99}', encoding="utf-8")

    with pytest.raises(StoreProblem, match="it is of version 99, and this detente knows versions up to 2; update detente"):
        open_store(store.folder)
    with pytest.raises(StoreProblem, match="version 99"):
        open_store(store.folder, create=True)


def test_an_older_store_is_brought_up_step_by_step(store: Store) -> None:
    """One version after the other; a step that fails leaves the version that was reached, and is done again."""
    (store.folder / "store.json").write_text('{"detente_store":1}', encoding="utf-8")
    done: list[str] = []

    def fails(_: Path) -> None:
        done.append("fails")
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - what the step raised
        upgrade(store.folder, to=3, steps={1: lambda _: done.append("1"), 2: fails})
    (version,) = msgspec.json.decode((store.folder / "store.json").read_bytes()).values()
    assert (done, version) == (["1", "fails"], 2)


def test_a_store_of_version_1_answers_and_is_brought_up_by_whoever_writes(store: Store) -> None:
    """Its compacted part has another name, no events beside further pairs and no seal; compacted again, it has all of them."""
    before = store.events(actor="IRN", recipient="IRQ")
    store.compact()
    (new,) = (store.folder / "runs/000001/parts").iterdir()
    for later in ("beside-00000.parquet", SEAL):
        (new / later).unlink()
    old = new.rename(new.with_name("000001-000002"))
    (store.folder / "store.json").write_text('{"detente_store":1}', encoding="utf-8")
    reader = open_store(store.folder)

    assert reader.events(actor="IRN", recipient="IRQ").equals(before)
    assert list(faults(reader)) == []
    reader.compact()
    assert (old.exists(), new.is_dir(), (new / "beside-00000.parquet").is_file()) == (False, True, True)
    assert open_store(store.folder).events(actor="IRN", recipient="IRQ").equals(before)
    assert folder.version_of(store.folder) == 2


def test_a_compacted_part_of_the_second_layout_answers_and_is_sorted_anew(tmp_path: Path) -> None:
    """It has all events beside further pairs in one file; compacted again, in files of the third."""
    one = told("x").events[0]
    met = msgspec.structs.replace(one, actor=tuple(msgspec.structs.replace(one.actor[0], code=code) for code in ("FRA", "IRN")))
    store = kept(tmp_path / "s", msgspec.structs.replace(told("x"), events=(met,)), told("y"))
    asked = [{"actor": actor, "recipient": "IRQ"} for actor in ("FRA", "IRN")]
    before = [ids(store, **pair) for pair in asked]
    store.compact()
    (new,) = (store.folder / "runs/000001/parts").iterdir()
    old = new.rename(new.with_name("000001-000001v2"))
    (old / "beside-00000.parquet").rename(old / "beside.parquet")
    (old / SEAL).unlink()

    assert [ids(open_store(store.folder), **pair) for pair in asked] == before == [["x-e01"], ["x-e01", "y-e01"]]
    open_store(store.folder).compact()
    assert (old.exists(), (new / "beside-00000.parquet").is_file()) == (False, True)
    assert [ids(open_store(store.folder), **pair) for pair in asked] == before


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    """A folder with other things in it is no place for a store; a folder without one cannot be asked."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")

    with pytest.raises(StoreProblem, match="neither empty nor a store"):
        open_store(tmp_path, create=True)
    with pytest.raises(StoreProblem, match="`detente ingest` makes a store"):
        open_store(tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("length", [0, 100])
def test_a_truncated_part_is_named(store: Store, length: int) -> None:
    """With the way out: remove it and ingest again; only its documents are coded anew."""
    file = store.folder / "runs/000001/parts/000001/events.parquet"
    file.write_bytes(file.read_bytes()[:length])

    with pytest.raises(StoreProblem, match=r"parts/000001/events.parquet'?, but it is damaged; remove .*/parts/000001 and ingest"):
        open_store(store.folder).events()


def header(file: Path) -> int:
    """Where the first page of a column's values is described."""
    found = duckdb.execute("SELECT min(data_page_offset) FROM parquet_metadata(?)", [str(file)]).fetchall()
    return int(found[0][0])


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "of an earlier version"])
@pytest.mark.parametrize("table", ["documents", "events"])
@pytest.mark.parametrize("place", [header, lambda file: header(file) + 24], ids=["page header", "packed values"])
def test_a_part_with_overwritten_bytes_is_named(store: Store, place: Callable[[Path], int], table: str, *, sealed: bool) -> None:
    """Whatever DuckDB makes of them, and whoever asks: the check, a question, the texts."""
    file = store.folder / f"runs/000001/parts/000001/{table}.parquet"
    raw, at = file.read_bytes(), place(file)
    file.write_bytes(raw[:at] + b"XXXX" + raw[at + 4 :])
    if not sealed:
        (file.parent / SEAL).unlink()
    whole: dict[str, Callable[[Store], object]] = {"documents": lambda held: list(held.documents()), "events": lambda held: held.events()}
    asked: list[Callable[[Store], object]] = [lambda held: held.query("FROM events e JOIN documents d ON d.id = e.document"), whole[table]]
    damaged = rf"parts/000001/{table}.parquet'?, but it is damaged; remove .*/parts/000001 and ingest"

    assert [re.search(damaged, line) is not None for line in faults(open_store(store.folder))] == [True]
    for ask in asked:
        with pytest.raises(StoreProblem, match=damaged):
            ask(open_store(store.folder))


def test_a_changed_value_that_can_be_read_is_seen(store: Store) -> None:
    """Questions answer with it, since it looks like any other; the check and whoever would sort it in among others know better."""
    file = store.folder / "runs/000001/parts/000001/events.parquet"
    polars.read_parquet(file).with_columns(confidence=polars.lit(1.0)).write_parquet(file)

    assert store.query("SELECT count(*) FROM events WHERE confidence = 1").item() > 0
    assert [line.count("parts/000001/events.parquet") for line in faults(store)] == [1]
    with pytest.raises(StoreProblem, match=r"parts/000001/events.parquet'?, but it is damaged; remove .*/parts/000001 and ingest"):
        store.compact()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_seals_are_those_of_sha256sum(store: Store) -> None:
    """Of batches, of what compacting makes of them, and of stories."""
    store.write_stories(1, [])
    for compacted in (False, True):
        if compacted:
            store.compact()
        seals = sorted(store.folder.rglob(SEAL))
        assert len(seals) == (2 if compacted else 3)
        for seal in seals:
            subprocess.run(["sha256sum", "--check", "--strict", "--quiet", seal.name], cwd=seal.parent, check=True)
            assert {file.name for file in seal.parent.iterdir()} == {SEAL, *(line.split()[1] for line in seal.read_text().splitlines())}


def test_damaged_stories_are_named(store: Store) -> None:
    """They are made again from the events."""
    store.write_stories(1, [])
    (file,) = store.folder.glob("runs/000001/stories/*/stories.parquet")
    file.write_bytes(file.read_bytes()[:100])

    with pytest.raises(StoreProblem, match=r"stories.parquet'?, but it is damaged; remove .*/stories/000001 and make them again: `detente stories --store"):
        list(open_store(store.folder).stories())


def test_a_question_that_fails_in_a_sound_store_is_the_askers(store: Store) -> None:
    """Its words are told, and no part is blamed."""
    with pytest.raises(BadSetting, match="Could not convert"):
        store.query("SELECT CAST(document AS INTEGER) FROM events")


def test_a_question_that_fails_after_many_rows_is_the_askers_too(store: Store) -> None:
    """By then another library is fetching them, with errors of its own."""
    with pytest.raises(BadSetting, match="too far"):
        store.query("SELECT if(n = 3_000_000, error('too far'), n) FROM range(4_000_000) numbers(n)")


def test_a_part_that_was_removed_is_coded_again(store: Store) -> None:
    """Nothing else is."""
    shutil.rmtree(store.folder / "runs/000001/parts/000001")
    with store.writing(RUN) as writer:
        assert [writer.has(told(name, day=day).document) for name, day in (("a", dt.date(2023, 5, 8)), ("c", dt.date(2024, 1, 31)))] == [Known.nothing, Known.same]
        writer.add(result_of(told("a")))

    assert ids(store) == ["a-e01", "c-e01"]
    assert list(faults(store)) == []


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """The batch that does not fit is not there, those before are."""
    store = kept(tmp_path / "s", told("a"))
    before = content(store.folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        with pytest.raises(StoreProblem, match=r"cannot be written .*make room, and run the same command again"):
            kept(store.folder, told("b"), told("c"))
        with pytest.raises(StoreProblem):
            open_store(store.folder).compact()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    kept(store.folder)

    assert content(store.folder) == before


# --- compacting ----------------------------------------------------------------------------------------


def test_compacting_changes_no_answer(store: Store) -> None:
    """One part stands for all; twice is as once; what comes later joins it."""
    before, records = store.events(), sorted(store.records(), key=lambda e: e.id)
    store.compact()
    parts = content(store.folder)
    store.compact()

    assert content(store.folder) == parts
    assert {name.split("/")[3] for name in parts if "/parts/" in name} == {"000001-000002v3"}
    assert store.events().equals(before)
    assert sorted(store.records(), key=lambda e: e.id) == records
    kept(store.folder, told("d"))
    store.refresh()
    assert len(ids(store, actor="IRN")) == 4
    store.compact()
    assert len(ids(store, actor="IRN")) == 4
    assert store.query('SELECT list_sort(list("at")) FROM events').item().to_list() == [0, 1, 2, 3]
    assert list(faults(store)) == []


def test_events_of_many_files_are_found_in_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a pair's events stand in one file, at the seam of two, or in parts that came later."""
    monkeypatch.setattr("detente.store.compacting.GROUPS_IN_FILE", 1)
    monkeypatch.setattr("detente.store.compacting.ROWS_IN_GROUP", 2_048)
    monkeypatch.setattr("detente.store.standing.ROWS_IN_FILE", 2_048)
    one, pairs = told("x"), ("IRN IRQ", "IRN FRA", "OMN IRQ", "CHN USA", "USA CHN")

    def event(k: int, document: str) -> Event:
        codes = pairs[k % 5 if k % 97 else 0].split()
        first, second = ((msgspec.structs.replace(e, code=code),) for e, code in zip(one.events[0].actor * 2, codes, strict=True))
        info = msgspec.structs.replace(one.events[0].text_info, document=document)
        return msgspec.structs.replace(one.events[0], id=f"{document}-e{k}", actor=first, recipient=second, text_info=info)

    def document(n: int, events: int) -> Coded:
        return msgspec.structs.replace(told(f"d{n}"), events=tuple(event(n * 100 + k, f"d{n}") for k in range(events)), quotes=())

    store = kept(tmp_path / "s", *(document(n, 100) for n in range(50)), run=msgspec.structs.replace(RUN, batch=25))
    before = {pair: ids(store, actor=pair[:3], recipient=pair[4:]) for pair in pairs}
    store.compact()
    store.refresh()
    files = sorted(f.name for f in store.folder.rglob("events*.parquet"))
    after = {pair: ids(store, actor=pair[:3], recipient=pair[4:]) for pair in pairs}
    kept(store.folder, document(50, 10))
    store.refresh()

    assert files == ["events-00000.parquet", "events-00001.parquet", "events-00002.parquet"]
    assert after == before
    assert {len(ids(store, actor=pair[:3], recipient=pair[4:])) - len(before[pair]) for pair in pairs} == {2, 4}
    assert list(faults(store)) == []


def test_a_month_finds_what_may_lie_in_it_however_long_the_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day, a week, "last year", "since 2015": as parts and compacted into many files, for an event's first pair and for its others."""
    for setting, rows in (("compacting.GROUPS_IN_FILE", 1), ("compacting.GROUPS_BESIDE", 1), ("compacting.ROWS_IN_GROUP", 2_048), ("standing.ROWS_IN_FILE", 2_048)):
        monkeypatch.setattr(f"detente.store.{setting}", rows)
    one, lengths = told("x"), (0, 1, 6, 30, 31, 365, 366, 3_000)
    sides = tuple(msgspec.structs.replace(one.events[0].actor[0], code=code) for code in ("IRN", "FRA"))

    def event(k: int) -> Event:
        first = dt.date(2015, 1, 1) + dt.timedelta(k * 37 % 3_650)
        days = (None, None) if k % 11 == 0 else (str(first), str(first + dt.timedelta(lengths[k % len(lengths)])))
        return msgspec.structs.replace(one.events[0], id=f"x-e{k:04d}", actor=sides if k % 13 else sides[::-1], date=days[0], enddate=days[1])

    events = [event(k) for k in range(2_500)]
    store = kept(tmp_path / "s", msgspec.structs.replace(one, events=tuple(events), quotes=()))
    months = [("2014-12-01", "2014-12-31"), ("2015-01-01", "2015-01-31"), ("2019-02-01", "2019-02-28"), ("2024-12-01", "2024-12-31"), ("2026-06-01", "2026-06-30")]
    rule = [{e.id for e in events if e.date and e.enddate and e.date <= last and e.enddate >= first} for first, last in months]

    def found() -> list[list[set[str]]]:
        return [[set(ids(store, actor=actor, recipient="IRQ", since=first, until=last)) for first, last in months] for actor in ("IRN", "FRA")]

    assert found() == [rule, rule]
    store.compact()
    assert [len(list(store.folder.rglob(f"{table}-*.parquet"))) for table in ("events", "beside")] == [2, 2]
    assert found() == [rule, rule]
    assert list(faults(store)) == []


def test_an_event_of_many_pairs_is_found_by_each(tmp_path: Path) -> None:
    """France, Germany and Iran meet Iraq: once in `events`, and once more beside each pair but the first, for those who ask for it."""
    one = told("x").events[0]
    side = tuple(msgspec.structs.replace(one.actor[0], code=code) for code in ("FRA", "DEU", "IRN"))
    met = msgspec.structs.replace(one, actor=side)
    document = told("x")
    store = kept(tmp_path / "s", msgspec.structs.replace(document, events=(met,)), told("y"), told("z"))
    asked = [{"actor": a, "recipient": r, "either": e} for a, r in itertools.permutations(("FRA", "DEU", "IRN", "IRQ"), 2) for e in (False, True)]
    before = [ids(store, **pair) for pair in asked]
    store.compact()
    (part,) = (store.folder / "runs/000001/parts").iterdir()
    beside = polars.read_parquet(part / "beside-00000.parquet")

    assert [ids(store, **pair) for pair in asked] == before
    assert [ids(store, **pair, type="CONSULT", status="actual") for pair in asked] == before
    assert sorted(beside.select("low", "high", "id").rows()) == [("DEU", "IRQ", "x-e01"), ("IRN", "IRQ", "x-e01")]
    assert store.query("SELECT count(*) FROM events").item() == 3
    kept(store.folder, told("later"))
    store.refresh()
    assert "later-e01" in ids(store, actor="IRQ", recipient="IRN")


def test_old_signatures_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of texts with which no new one is compared; the writer goes on with the others."""
    monkeypatch.setattr("detente.store.compacting.REMEMBERED", 2)
    store = kept(tmp_path / "s", *(told(name) for name in "abcd"))
    store.compact()
    signed = store.query('SELECT "id" FROM documents WHERE signature IS NOT NULL ORDER BY number')["id"].to_list()
    kept(store.folder, told("e"))

    assert signed == ["c", "d"]
    assert open_store(store.folder).query("SELECT copy_of FROM documents WHERE id = 'e'").item() == "a"
    assert list(faults(open_store(store.folder))) == []


def test_the_same_parts_are_compacted_to_the_same_bytes(tmp_path: Path) -> None:
    """So that two machines can compare."""
    one, other = (kept(tmp_path / name, *(told(f"d{k}") for k in range(30))) for name in "ab")
    one.compact()
    other.compact()

    assert content(one.folder) == content(other.folder)


def test_a_reader_asks_on_while_parts_are_compacted(store: Store) -> None:
    """Whoever opened the store before sees the same answers after."""
    reader = open_store(store.folder)
    before = reader.events()
    store.compact()

    assert reader.events().equals(before)


def test_compacting_that_was_cut_short_is_swept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it has its name nothing has happened; after it, the old parts are only leftovers."""

    def cut(*_: Any) -> None:
        raise Cut

    before = store.events()
    monkeypatch.setattr("detente.store.compacting.sealed_into_place", cut)
    with pytest.raises(Cut):
        store.compact()
    assert open_store(store.folder).events().equals(before)
    monkeypatch.undo()
    monkeypatch.setattr("detente.store.compacting.remove", cut_after(1, cut))
    with pytest.raises(Cut):
        store.compact()
    monkeypatch.undo()
    assert open_store(store.folder).events().equals(before)
    store.compact()
    assert {p.name for p in (store.folder / "runs/000001/parts").iterdir()} == {"000001-000002v3"}


def cut_after(times: int, cut: Callable[..., None]) -> Callable[..., None]:
    """What removes as ever so many times, then is cut."""
    real, calls = folder.remove, itertools.count()

    def remove(path: Path) -> None:
        return real(path) if next(calls) <= times else cut()

    return remove


# --- stories and judgements -------------------------------------------------------------------------------


def test_stories_are_replaced_as_a_whole(store: Store) -> None:
    """The second telling puts the first away."""
    one = Story(id="s1", event=store.event("a-e01"), reports=("a-e01",), documents=("a",), sources=("a",), first_seen="2023-05-08", last_seen="2023-05-08")
    other = msgspec.structs.replace(one, id="s2")
    store.write_stories(1, [one])
    store.write_stories(1, [other])
    before = content(store.folder)
    store.write_stories(1, [other])

    assert content(store.folder) == before
    assert store.story("s2") == other
    assert store.query("SELECT id FROM stories").rows() == [("s2",)]
    assert dict(store.events().select("id", "story").iter_rows()) == {"a-e01": "s2", "b-e01": None, "c-e01": None}
    assert [p.name for p in (store.folder / "runs/000001/stories").iterdir()] == ["000002"]


def judgement(record: str) -> Judgement:
    """Somebody says that the record is right."""
    return Judgement(run=1, record=record, verdict="right", by="ada", said_at="2026-11-25T12:00:00Z")


def test_judgements_are_appended(store: Store) -> None:
    """Numbered, in order, while somebody ingests; a line that was cut short was never said."""
    with store.writing(RUN):
        store.judge(judgement("a-e01"))
    with (store.folder / "judgements.jsonl").open("ab") as torn:
        torn.write(b'{"number":2,"rec')
    store.judge(judgement("b-e01"))

    assert [(j.number, j.record) for j in store.judgements()] == [(1, "a-e01"), (2, "b-e01")]
    assert store.query("SELECT record, verdict FROM judgements ORDER BY number").rows() == [("a-e01", "right"), ("b-e01", "right")]


@pytest.mark.parametrize(("field", "value"), [("verdict", "maybe"), ("said_at", "yesterday")])
def test_a_judgement_keeps_the_rules(store: Store, field: str, value: str) -> None:
    """Before it is written."""
    with pytest.raises(BadSetting, match=f"{field} = '{value}'"):
        store.judge(msgspec.structs.replace(judgement("a-e01"), **{field: value}))
    assert store.judgements() == []


def test_a_damaged_line_of_the_ledger_is_named(store: Store) -> None:
    """Human words are not skipped in silence."""
    (store.folder / "judgements.jsonl").write_bytes(b"nonsense\n")

    with pytest.raises(StoreProblem, match=r"judgements.jsonl:1'?, but it is damaged"):
        store.judgements()
    with pytest.raises(StoreProblem, match=r"judgements.jsonl'?, but it is damaged"):
        store.judge(judgement("a-e01"))


def judged(store: Store, *records: str) -> Path:
    """The ledger in which somebody says that these are right."""
    for record in records:
        store.judge(judgement(record))
    return store.folder / "judgements.jsonl"


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "a word": lambda told: told.replace(b"a-e01", b"c-e01"),
    "a line removed": lambda told: b"".join(told.splitlines(keepends=True)[1:]),
    "two in the other order": lambda told: b"".join(told.splitlines(keepends=True)[i] for i in (1, 0, 2)),
    "a line put in": lambda told: told + msgspec.json.encode(judgement("z-e01")) + b"\n",
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_who_changes_what_people_said_is_found_out(store: Store, change: str) -> None:
    """`store check` names the line; what stands there is shown until somebody puts it right, and more can be said."""
    file = judged(store, "a-e01", "b-e01", "a-e02")
    assert list(faults(store)) == []

    file.write_bytes(CHANGES[change](file.read_bytes()))
    found = list(faults(store))

    assert found
    assert all(line.startswith(f"{file}:") for line in found)
    assert len(store.judgements()) in (2, 3, 4)
    judged(store, "b-e02")
    assert len(list(faults(store))) == len(found)


def test_what_was_said_before_there_was_a_chain_still_counts(store: Store) -> None:
    """The first hash is that of all bare lines together: a change in any of them shows, as does that one is gone."""
    file = store.folder / "judgements.jsonl"
    bare = [msgspec.json.encode(msgspec.structs.replace(judgement(f"{name}-e01"), number=n)) + b"\n" for n, name in enumerate("abc", 1)]
    file.write_bytes(b"".join(bare))
    judged(store, "d-e01", "e-e01")

    assert [(said.number, said.record) for said in store.judgements()] == [(n, f"{name}-e01") for n, name in enumerate("abcde", 1)]
    assert file.read_bytes().startswith(b"".join(bare))
    assert list(faults(store)) == []
    whole = file.read_bytes()
    for name in (b"a-e01", b"b-e01", b"c-e01"):
        file.write_bytes(whole.replace(name, b"x-e01"))
        assert [line.partition(": ")[0] for line in faults(store)] == [f"{file}:4"]
    file.write_bytes(whole.removeprefix(bare[0]))
    assert [line.partition(": ")[0] for line in faults(store)] == [f"{file}:3"]


def test_a_ledger_of_forecasts_is_checked_with_the_rest(store: Store) -> None:
    """Whatever is chained beside the store: a word changed in it is found, and a damaged line is said once."""
    made: Lines[list[str]] = Lines(store.folder, "forecasts", list[str])
    made.append(["one"])
    made.append(["two"])
    assert list(faults(store)) == []

    made.file.write_bytes(made.file.read_bytes().replace(b"one", b"eno"))
    assert [line.partition(": ")[0] for line in faults(store)] == [f"{made.file}:2"]
    made.file.write_bytes(b"nonsense\n")
    assert len(list(faults(store))) == 1


def test_people_who_judge_at_once_wait_for_each_other(store: Store) -> None:
    """Every judgement has its number, and the chain is whole."""
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda n: append(store.folder, judgement(f"a-e{n:02d}")), range(24)))

    assert [said.number for said in store.judgements()] == list(range(1, 25))
    assert list(faults(store)) == []


# --- the contract ---------------------------------------------------------------------------------------------


def test_a_row_that_breaks_a_rule_is_found(tmp_path: Path) -> None:
    """Doubles, values outside their range, sentences that are not the text's."""
    one = told("a")
    wrong = msgspec.structs.replace(one.events[0], confidence=1.5, text="Iran left")
    store = kept(tmp_path / "s", msgspec.structs.replace(one, events=(wrong, wrong)))

    assert list(faults(store)) == [
        "events: 2 rows break the rule: confidence BETWEEN 0 AND 1",
        "parties: 4 rows break the rule: confidence BETWEEN 0 AND 1",
        "events: 1 ids stand there twice",
        "events: 2 sentences are not the words at their place in the document",
    ]


def test_the_text_of_the_tests_is_read_as_meant() -> None:
    """One event and one quote."""
    assert (len(told("a").events), len(told("a").quotes), TEXT[:4]) == (1, 1, "Iran")
