"""Lines that are appended: whole, in order, for one writer at a time, and nobody changes them unseen."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import msgspec
import pytest

from detente.errors import StoreProblem
from detente.store.lines import USUAL, Lines


class Said(msgspec.Struct, frozen=True):
    """A record of the test's own."""

    words: str


def lines(folder: Path, *words: str) -> Lines[Said]:
    """Lines of these words."""
    made: Lines[Said] = Lines(folder, "said", Said)
    with made.appending() as (_, add):
        for each in words:
            add(Said(each))
    return made


def test_what_is_added_is_read_in_order(tmp_path: Path) -> None:
    """Now, and by whoever opens the file later."""
    lines(tmp_path, "one", "two\nlines")
    lines(tmp_path, "three")

    assert [said.words for said in lines(tmp_path).read()] == ["one", "two\nlines", "three"]


def test_a_line_that_was_cut_short_was_never_said(tmp_path: Path) -> None:
    """A kill in the middle of a line leaves the others, and room for the next."""
    file = lines(tmp_path, "one", "two").file
    file.write_bytes(file.read_bytes()[:-3])

    assert [said.words for said in lines(tmp_path, "three").read()] == ["one", "three"]


@pytest.mark.parametrize("change", [lambda told: told.replace(b"one", b"eno"), lambda told: told.split(b"\n", 1)[1], lambda told: b"{}\n" + told])
def test_a_change_shows(tmp_path: Path, change: object) -> None:
    """A word changed, a line removed or put in: reading says where."""
    file = lines(tmp_path, "one", "two", "three").file
    file.write_bytes(change(file.read_bytes()))  # type: ignore[operator]

    with pytest.raises(StoreProblem, match=r"said\.jsonl:[12]"):
        lines(tmp_path).read()


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    """A second writer is told so, and readers are not in the way."""
    made = lines(tmp_path, "one")
    with made.appending() as (_, add):
        with pytest.raises(StoreProblem, match="another program is writing"), Lines[Said](tmp_path, "said", Said).appending():
            pass
        add(Said("two"))
        assert len(made.read()) == 2


def test_one_line_is_added_without_reading_those_before(tmp_path: Path) -> None:
    """It is chained as others are; a line that was cut short goes; a writer is waited for."""
    made = lines(tmp_path, "one", "two")
    made.file.write_bytes(made.file.read_bytes() + b'{"before"')
    made.append(Said("three"))
    later = Thread(target=made.append, args=(Said("four"),), kwargs={"patience": 30.0})
    with made.appending():
        later.start()
        later.join(0.2)
        assert later.is_alive()
    later.join()
    lines(tmp_path, "five")

    assert [said.words for said in made.read()] == ["one", "two", "three", "four", "five"]


def test_a_long_line_is_followed_as_any_other(tmp_path: Path) -> None:
    """However many bytes the last line takes, the next one bears its hash."""
    made = lines(tmp_path, "one", "two" * USUAL)
    made.append(Said("three"))
    four = made.append_next(lambda last: Said(f"after {last.words if last else 'nothing'}"))

    assert four == Said("after three")
    assert [said.words[:5] for said in made.read()] == ["one", "twotw", "three", "after"]


def test_the_first_follows_on_nothing(tmp_path: Path) -> None:
    """Whoever numbers records begins where there are none."""
    made: Lines[Said] = Lines(tmp_path, "said", Said)

    assert made.append_next(lambda last: Said("nothing" if last is None else "something")) == Said("nothing")
    assert list(made.faults()) == []


def test_bare_lines_are_no_part_of_a_chain_from_the_beginning(tmp_path: Path) -> None:
    """Where every line has had a hash from the first, one without is damaged."""
    made = lines(tmp_path, "one")
    made.file.write_bytes(made.file.read_bytes() + msgspec.json.encode(Said("two")) + b"\n")

    with pytest.raises(StoreProblem, match=r"said\.jsonl:2'?, but it is damaged"):
        made.read()


def test_a_change_in_the_last_line_cannot_be_told_until_another_has_followed(tmp_path: Path) -> None:
    """Nothing bears the hash of the last line, and the next one follows on what it finds; what is changed once it has followed shows."""
    made = lines(tmp_path, "one", "two")
    made.file.write_bytes(made.file.read_bytes().replace(b"two", b"owt"))
    assert list(made.faults()) == []

    lines(tmp_path, "three")
    assert list(made.faults()) == []
    made.file.write_bytes(made.file.read_bytes().replace(b"owt", b"two"))
    assert [told.partition(": ")[0] for told in made.faults()] == [f"{made.file}:3"]


def test_who_is_alone_with_the_lines_follows_on_what_he_said(tmp_path: Path) -> None:
    """Within one stretch of writing the hash is of the line as it was acknowledged, so that a change of it shows."""
    made = lines(tmp_path, "one")
    with made.appending() as (_, add):
        add(Said("two"))
        made.file.write_bytes(made.file.read_bytes().replace(b"two", b"owt"))
        add(Said("three"))

    assert [told.partition(": ")[0] for told in made.faults()] == [f"{made.file}:3"]
