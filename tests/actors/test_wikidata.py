"""A Wikidata dump, read line by line and brought into a base."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.actors import ActorBase
from detente.actors.ingest.dump import Person, read_dump
from detente.actors.wikidata import bring
from detente.errors import BadSetting

SAMPLE = Path(__file__).parent / "data" / "wikidata.json"
DAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ActorBase, dict[str, int]]]:
    """The packaged base with the people of the sample."""
    out = tmp_path_factory.mktemp("wikidata") / "out.sqlite"
    counts = bring(SAMPLE, out, until=DAY)
    base = ActorBase.open(out)
    yield base, counts
    base.close()


def test_a_new_minister_is_known_from_the_month_on(brought: tuple[ActorBase, dict[str, int]]) -> None:
    """Ilmar Kask took office in March 2026, told only to the month, and holds it when the dump was made."""
    base, _ = brought
    held = [found.actor.name for found in base.holder("foreign minister", "EST", on=dt.date(2026, 6, 1))]

    assert held[0] == "Ilmar Kask"
    assert base.find("Ilmar Kask-Tamm", on=DAY)[0].actor.identifier == "Q9990001"


def test_who_was_succeeded_is_out_of_office(brought: tuple[ActorBase, dict[str, int]]) -> None:
    """Tiit Vares has no end in the dump; his successor ends his time."""
    base, _ = brought
    (office,) = base.find("Tiit Vares", on=DAY)[0].offices

    assert (office.first, office.last) == ("2025-11-05", "2026-03-01")


def test_an_ambassador_belongs_to_the_sender_though_the_jurisdiction_is_the_host(
    brought: tuple[ActorBase, dict[str, int]],
) -> None:
    """Aino Rebane, whose label stands for all languages, is Estonia's ambassador to Japan."""
    base, _ = brought
    held = base.holder("ambassador", "EST", on=dt.date(2022, 1, 1), of_country="JPN")

    assert [found.actor.name for found in held] == ["Aino Rebane"]


def test_a_head_of_a_part_is_no_head_of_government(brought: tuple[ActorBase, dict[str, int]]) -> None:
    """The minister-president of Bavaria does not govern Germany."""
    base, _ = brought

    assert "Lorenz Huber" not in [
        found.actor.name for found in base.holder("head_of_government", "DEU", on=dt.date(2021, 1, 1))
    ]


def test_whom_the_base_knows_is_not_doubled(brought: tuple[ActorBase, dict[str, int]]) -> None:
    """Qin Gang stays one person with one tenure; a statement that Wikidata holds to be wrong is not brought."""
    base, counts = brought
    found = [each for each in base.find("Qin Gang", on=None) if each.actor.name == "Qin Gang"]

    assert len(found) == 1
    assert [office.source for office in found[0].offices if office.role == "foreign_minister"] == ["hand"]
    assert counts["people joined"] == 1


def test_what_is_left_out_is_counted_with_its_reason(brought: tuple[ActorBase, dict[str, int]]) -> None:
    """People without name, days or position, seats in parliament and what ended long ago are not lost silently."""
    _, counts = brought

    assert counts == {
        "new people": 4,
        "people joined": 1,
        "person without a name": 1,
        "position without days": 1,
        "position ended on an unknown day": 1,
        "left out: position not in the dump": 1,
        "left out: local, or a seat in parliament": 1,
        "left out: ended before 1989": 1,
    }


@pytest.mark.parametrize(("suffix", "pack"), [(".json.gz", gzip.compress), (".json.bz2", bz2.compress)])
def test_packed_dumps_read_alike(tmp_path: Path, suffix: str, pack: object) -> None:
    """Gzip and bzip2 give the same entities as the plain file."""
    assert callable(pack)
    file = tmp_path / f"dump{suffix}"
    file.write_bytes(pack(SAMPLE.read_bytes()))

    assert list(read_dump(file, Counter())) == list(read_dump(SAMPLE, Counter()))


def test_memory_stays_the_same_however_long_the_dump(tmp_path: Path) -> None:
    """Twenty times as many people take no more memory while they are read."""

    def peak(people: int) -> int:
        file = tmp_path / f"{people}.json.gz"
        person = next(line for line in SAMPLE.read_text(encoding="utf-8").splitlines() if '"Q9990001"' in line)
        with gzip.open(file, "wt", encoding="utf-8") as out:
            out.write("[\n")
            out.writelines(person.replace("Q9990001", f"Q8{at:06}") + "\n" for at in range(people))
            out.write("]\n")
        tracemalloc.start()
        read = sum(isinstance(told, Person) for told in read_dump(file, Counter()))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert read == people
        return most

    assert peak(2_000) < peak(100) + 300_000


def test_a_broken_line_is_counted_and_the_rest_read(tmp_path: Path) -> None:
    """One line that is no JSON does not end the reading."""
    file = tmp_path / "dump.json"
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines[:2], '{"id":"Q1","claims":{"P39":,', *lines[2:]]), encoding="utf-8")
    skipped: Counter[str] = Counter()

    assert len(list(read_dump(file, skipped))) == len(list(read_dump(SAMPLE, Counter())))
    assert skipped["unreadable line"] == 1


@pytest.mark.parametrize(
    "content", [b"", b"[\n]\n", b"# A readme\n\nof another project\n", b'no dump at all, though it says "P39"\n']
)
def test_what_is_no_dump_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file or another kind of file is told as such."""
    file = tmp_path / "dump.json"
    file.write_bytes(content)
    with pytest.raises(BadSetting, match="Wikidata JSON dump"):
        list(read_dump(file, Counter()))


def test_a_dump_that_is_cut_off_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    """Half a gzip file is no dump; no base comes of it."""
    file = tmp_path / "dump.json.gz"
    file.write_bytes(gzip.compress(SAMPLE.read_bytes())[:-400])
    with pytest.raises(BadSetting, match="to its end"):
        bring(file, tmp_path / "out.sqlite")

    assert [each.name for each in tmp_path.iterdir()] == ["dump.json.gz"]


def test_the_sample_is_in_the_dumps_own_format() -> None:
    """One JSON array, one entity a line, each with a comma but the last."""
    text = SAMPLE.read_text(encoding="utf-8")

    assert all(entity["type"] == "item" for entity in json.loads(text))
    assert all(line.rstrip(",").startswith("{") for line in text.splitlines()[1:-1])
