"""A user's table of actors: each row is held to its rules, and the first that breaks one is named."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.actors.own import COLUMNS, KINDS, TEMPLATE, read_rows
from detente.errors import BadActorRow, BadSetting

HEADER = ",".join(COLUMNS)


def table(folder: Path, *rows: dict[str, str]) -> Path:
    """A table with these rows, written to a file."""
    lines = [HEADER, *(",".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    file = folder / "mine.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


STATE = {"kind": "state", "name": "Veltia", "code": "VLT"}
PERSON = {"kind": "person", "name": "Mira Toll", "code": "VLT", "title": "foreign minister"}


def test_a_row_keeps_what_it_says(tmp_path: Path) -> None:
    """Lists are parted by |, a year begins on its first day and ends on its last."""
    file = table(
        tmp_path,
        STATE | {"demonyms": "Veltian|Veltians"},
        PERSON | {"first": "2031", "last": "2033-11", "aliases": "M. Toll|Mira T. Toll"},
    )
    state, person = read_rows(file)

    assert state.demonyms == ("Veltian", "Veltians")
    assert (person.first, person.last, person.aliases) == ("2031-01-01", "2033-11-30", ("M. Toll", "Mira T. Toll"))
    assert (state.line, person.line) == (2, 3)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (STATE | {"kind": "country"}, "kind = 'country'"),
        (STATE | {"name": ""}, "the name is missing"),
        (STATE | {"name": "veltia"}, "written with a capital"),
        (STATE | {"name": "V"}, "two letters"),
        (STATE | {"code": "VL"}, "three capital letters"),
        (STATE | {"code": "vlt"}, "three capital letters"),
        (STATE | {"code": ""}, "the code is missing"),
        (STATE | {"code": "UNO"}, "bodies that are no states"),
        (STATE | {"title": "president"}, "a state has none"),
        (PERSON | {"capital": "Karsk"}, "a person has none"),
        (PERSON | {"first": "2023-02-30"}, "must exist"),
        (PERSON | {"first": "8 May 2023"}, "YYYY-MM-DD"),
        (PERSON | {"last": "2023-5-8"}, "YYYY-MM-DD"),
        (PERSON | {"first": "2024", "last": "2023"}, "lies before"),
        (PERSON | {"sector": "GUV"}, "sector of the ontology"),
        (PERSON | {"role": "foreign_ministr"}, "near: foreign_minister"),
        (PERSON | {"title": "", "first": "2023"}, "an office needs its title"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_with_its_line(tmp_path: Path, row: dict[str, str], rule: str) -> None:
    """The error tells file, line and rule."""
    with pytest.raises(BadActorRow) as caught:
        read_rows(table(tmp_path, STATE, row))

    assert caught.value.line == 3
    assert rule in caught.value.rule
    assert str(caught.value).startswith(f"{tmp_path}/mine.csv:3: ")


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("kind;name;code\nstate;Veltia;VLT\n", 1, "parted by commas"),
        ("kind,name\nstate,Veltia\n", 1, "'code' is missing"),
        ("kind,name,code,colour\nstate,Veltia,VLT,red\n", 1, "'colour' is unknown"),
        ("kind,name,name,code\nstate,Veltia,Veltia,VLT\n", 1, "stands twice"),
        ("kind,name,code\nperson,Toll, Mira,VLT\n", 2, "in quotes"),
        ('kind,name,code\nstate,"Veltia,VLT\n', 2, "must be CSV"),
        ("kind,name,code\n\n# nothing\n", 1, "has no rows"),
        ("", 1, "'kind' is missing"),
    ],
)
def test_a_table_of_another_shape_is_refused(tmp_path: Path, text: str, line: int, rule: str) -> None:
    """Separator, columns, quotes and emptiness are told with the line."""
    file = tmp_path / "odd.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadActorRow) as caught:
        read_rows(file)

    assert (caught.value.line, rule in caught.value.rule) == (line, True), caught.value


def test_lines_are_counted_with_comments_and_broken_values(tmp_path: Path) -> None:
    """A value over two lines and a comment move the count on."""
    file = tmp_path / "long.csv"
    file.write_text(
        'kind,name,code,aliases\n# ours\nstate,Veltia,VLT,"Republic\nof Veltia"\nstate,x,VLX,\n', encoding="utf-8"
    )
    with pytest.raises(BadActorRow) as caught:
        read_rows(file)

    assert caught.value.line == 5


def test_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    """A table in Latin-1 names the line of its first letter that is no UTF-8."""
    file = tmp_path / "latin.csv"
    file.write_bytes("kind,name,code\nstate,Veltia,VLT\nstate,Örsmark,ORM\n".encode("latin-1"))
    with pytest.raises(BadActorRow, match="UTF-8") as caught:
        read_rows(file)

    assert caught.value.line == 3


def test_a_byte_order_mark_and_missing_last_values_do_no_harm(tmp_path: Path) -> None:
    """Spreadsheets write a mark at the beginning and leave empty cells out at the end."""
    file = tmp_path / "sheet.csv"
    file.write_text(f"\ufeff{HEADER}\r\nstate,Veltia,VLT\r\n", encoding="utf-8")

    assert read_rows(file)[0].name == "Veltia"


def test_a_missing_table_is_told_as_a_setting(tmp_path: Path) -> None:
    """A file that is not there is no row's fault."""
    with pytest.raises(BadSetting, match="cannot be read"):
        read_rows(tmp_path / "none.csv")


def test_the_template_is_a_table_once_its_examples_are_uncommented(tmp_path: Path) -> None:
    """Every kind of row stands in the template, and each example keeps the rules."""
    lines = TEMPLATE.splitlines()
    examples = [line.removeprefix("# ") for line in lines[1:] if line.removeprefix("# ").split(",")[0] in KINDS]
    file = tmp_path / "template.csv"
    file.write_text("\n".join([lines[0], *examples]), encoding="utf-8")

    assert {row.kind for row in read_rows(file)} == set(KINDS)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.one_of(st.text(max_size=8), st.sampled_from([*KINDS, "VLT", "2031", '"', "#", "Mira|Toll"])), max_size=17
        ),
        max_size=4,
    )
)
def test_whatever_a_table_holds_it_is_read_or_refused_by_line(tmp_path: Path, rows: list[list[str]]) -> None:
    """No content ends in any other error than a bad row's."""
    file = tmp_path / "any.csv"
    file.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]), encoding="utf-8", errors="surrogatepass")
    with suppress(BadActorRow):
        assert all(row.line > 1 for row in read_rows(file))
