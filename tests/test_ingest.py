"""Documents → a store, with the real reader: whatever disturbs it, it ends with the same bytes.

The hundred kills take some ten minutes: `DETENTE_KILLS=100 pytest tests/test_ingest.py -k killed`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.ingest import Recipe, Tally, ingest, results, run_of
from detente.pipeline import Tools, code_all
from detente.records import Document, Refused
from detente.sources.files import documents
from detente.store import open_store
from detente.store.checking import faults
from tests.conftest import CODED_ON
from tests.store.records import content

KILLS = int(os.environ.get("DETENTE_KILLS", "3"))
PROGRAM = [sys.executable, "-c", "from detente.cli import app; app()"]
RECIPE = Recipe(coded_on=CODED_ON)
pytestmark = pytest.mark.usefixtures("model")


@pytest.fixture(scope="module")
def archive(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paragraphs of our own articles, a document each; an empty one, one that is twice there, two of one name, and a copy."""
    texts = [(root / "examples" / name).read_text(encoding="utf-8") for name in ("strait.txt", "border.txt")]
    paragraphs = [p for text in texts for p in text.split("\n\n") if len(p) > 80]
    lines = [{"id": f"p{k}", "text": text, "published": "2026-03-14"} for k, text in enumerate(paragraphs)]
    # a copy of the first, in a batch long after it
    lines.append({"id": "copy", "text": f"{paragraphs[0]} Others wrote it off.", "published": "2026-03-15"})
    lines[3:3] = [{"id": "nothing", "text": ""}, {"id": "p1", "text": paragraphs[2]}, lines[0]]
    file = tmp_path_factory.mktemp("archive") / "archive.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def source(archive: Path) -> list[Document | Refused]:
    """What the archive gives, each time anew."""
    return list(documents([str(archive)], published=None))


def disturbed(folder: Path, archive: Path, *, until: float, workers: int = 2) -> bool:
    """Whether an ingest was killed before it had done; it is killed after so many seconds, and leaves nobody behind."""
    command = [*PROGRAM, "ingest", str(archive), "--store", str(folder), "--batch", "2", "--workers", str(workers)]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        _, told = started.communicate(timeout=until)
    except subprocess.TimeoutExpired:
        started.send_signal(signal.SIGKILL)
        started.communicate()
        deadline = time.monotonic() + 30
        while alive(started.pid):
            assert time.monotonic() < deadline, "a worker outlived the program that began it"
            time.sleep(0.05)
        return True
    assert started.returncode == 1, told.decode()  # some are refused
    return False


def alive(session: int) -> list[int]:
    """Processes of a session that still run; those that ended but were not collected do not."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == session and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="it looks for processes in /proc")
def test_killed_at_any_moment_it_ends_with_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    """Kill -9 again and again: what can be seen between is sound; in the end every file is as if nothing had happened."""
    begin = time.monotonic()
    assert not disturbed(tmp_path / "whole", archive, until=300)
    took, whole = time.monotonic() - begin, content(tmp_path / "whole")
    moments, kills, rounds = random.Random(5), 0, 0
    while kills < KILLS:
        rounds += 1
        folder = tmp_path / f"round-{rounds}"
        # growing patience, so that a round ends on a machine that is busier than when it was timed
        patience = 1.0
        while disturbed(folder, archive, until=moments.uniform(0.3, 1.0) * took * patience):
            kills, patience = kills + 1, patience * 1.1
            if (folder / "store.json").is_file():
                assert list(faults(open_store(folder))) == []
        assert content(folder) == whole, f"after {kills} kills"
        assert open_store(folder).query("SELECT id, copy_of FROM documents WHERE copy_of IS NOT NULL").rows() == [("copy", "p0")]


def test_a_second_time_adds_nothing(archive: Path, tmp_path: Path) -> None:
    """No byte changes; every document is known, every refusal is counted again but kept once."""
    store = open_store(tmp_path / "s", create=True)
    first = ingest(source(archive), store, RECIPE, workers=1, batch=4)
    before = content(store.folder)
    second = ingest(source(archive), store, RECIPE, workers=1)

    assert content(store.folder) == before
    assert (first.known, second.coded, second.events) == (0, 0, 0)
    assert second.known == first.coded
    assert first.refused == second.refused
    assert first.seen == second.seen == len(source(archive)) == store.query("SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM refused)").item()


def test_the_number_of_workers_changes_nothing(archive: Path, tmp_path: Path) -> None:
    """One process or two: the same bytes."""
    for workers in (1, 2):
        ingest(source(archive), open_store(tmp_path / str(workers), create=True), RECIPE, workers=workers, batch=3)

    assert content(tmp_path / "1") == content(tmp_path / "2")


def test_the_store_keeps_what_the_program_reads(archive: Path, tmp_path: Path, tools: Tools) -> None:
    """Events as `code_all` makes them; the rules of the tables hold in every row."""
    store = open_store(tmp_path / "s", create=True)
    ingest(source(archive), store, RECIPE, workers=1, batch=3)
    coded = [c for c in code_all(source(archive), tools) if not isinstance(c, Refused)]

    assert sorted(store.records(), key=lambda e: e.id) == sorted((e for c in coded for e in c.events), key=lambda e: e.id)
    assert list(faults(store)) == []
    assert store.query("SELECT count(*) FROM quotes").item() == sum(len(c.quotes) for c in coded)


def test_a_copy_is_known_by_whoever_goes_on(archive: Path, tmp_path: Path) -> None:
    """A writer that did not see the first text finds its copy by the signature that is kept; compacting leaves it."""
    found = source(archive)
    for name in ("parts", "compacted"):
        store = open_store(tmp_path / name, create=True)
        ingest(found[:-1], store, RECIPE, workers=1)
        if name == "compacted":
            store.compact()
        ingest(found, open_store(store.folder), RECIPE, workers=1)
        assert open_store(store.folder).query("SELECT id, copy_of FROM documents WHERE copy_of IS NOT NULL").rows() == [("copy", "p0")]


def test_other_words_under_a_known_name_are_refused(tmp_path: Path) -> None:
    """So are the same words of another day, whose dates would differ; asked again, it is refused again, once."""
    store = open_store(tmp_path / "s", create=True)
    one = Document(id="a", text="Iran accused Israel of an attack on Monday.", published=CODED_ON)
    other, undated = Document(id="a", text="Iran met Iraq.", published=CODED_ON), Document(id="a", text=one.text)
    ingest([one], store, RECIPE, workers=1)
    for _ in range(2):
        tally = ingest([one, other, undated], store, RECIPE, workers=1)
        assert (tally.known, tally.coded, tally.refused) == (1, 0, Counter({"same-id": 2}))

    assert store.query("SELECT document, reason, count(*) FROM refused GROUP BY ALL").rows() == [("a", "same-id", 2)]
    assert tally.examples["same-id"].startswith("a: the store has another text or day of publication under this id")
    assert store.document("a") == one


def test_a_run_keeps_the_day_on_which_it_began(tmp_path: Path) -> None:
    """Went on with a week later, its records bear one day."""
    store = open_store(tmp_path / "s", create=True)
    texts = [Document(id=f"d{k}", text=f"Iran met Iraq in Basra {k} times.") for k in range(2)]
    ingest(texts[:1], store, RECIPE, workers=1)
    ingest(texts, store, Recipe(coded_on=CODED_ON.replace(day=30)), workers=1)

    assert store.query("SELECT DISTINCT coded_date FROM events").rows() == [(CODED_ON,)]
    assert [r.run for r in store.runs] == [1]


def test_another_ontology_is_another_run(root: Path, tmp_path: Path) -> None:
    """The documents are coded anew beside what was."""
    from detente.ontology import load_ontology

    store = open_store(tmp_path / "s", create=True)
    text = [Document(id="a", text="Iran accused Israel of an attack.")]
    ingest(text, store, RECIPE, workers=1)
    ingest(text, store, Recipe(coded_on=CODED_ON, ontology=load_ontology(root / "examples" / "ontology.toml")), workers=1)

    types = {run: set(found) for run, found in store.query("SELECT run, list(event[1]) FROM all_runs.events GROUP BY run").iter_rows()}
    assert types.keys() == {1, 2}
    assert "ACCUSE" in types[1]
    assert "CRITICISE" in types[2]
    assert "ACCUSE" not in types[2]


def test_a_document_on_which_the_program_fails_is_refused_once(tmp_path: Path) -> None:
    """It is not tried again by the same run; the others are coded."""
    store = open_store(tmp_path / "s", create=True)
    texts = [Document(id="bad", text="Iran met \udc80."), Document(id="good", text="Iran met Iraq.")]
    first = ingest(texts, store, RECIPE, workers=1)
    second = ingest(texts, store, RECIPE, workers=1)

    assert (first.coded, second.coded, second.known + second.refused.total()) == (1, 0, 2)


def test_no_more_is_taken_from_the_source_than_is_worked_on(tools: Tools) -> None:
    """A source of any length needs no more memory than a few documents for each worker."""
    taken = Counter[str]()

    def endless() -> Iterator[Document | Refused]:
        while True:
            taken["documents"] += 1
            yield Refused(document=str(taken["documents"]), reason="empty", detail="")

    found = results(endless(), RECIPE, workers=2)
    for _ in range(3):
        next(found)
    found.close()

    assert taken["documents"] <= 11


def test_the_run_names_who_coded(tools: Tools) -> None:
    """Told without loading the network, the same words as the records bear."""
    run = run_of(RECIPE, batch=1)

    assert run.coder == tools.settings.coder
    assert (len(run.reader_sha256), len(run.actors_sha256), run.coded_on) == (64, 64, CODED_ON)
    assert run == run_of(RECIPE, batch=1)


def test_what_came_in_is_what_is_told() -> None:
    """Seen = known + coded + refused."""
    assert Tally(known=2, coded=3, refused=Counter(empty=4)).seen == 9
