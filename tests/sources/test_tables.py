"""CSV, TSV, Parquet and JSON lines: each row is a document or a refusal, whatever its columns are called."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.errors import BadSetting
from detente.formats.acled import _NEEDED as ACLED
from detente.formats.gdelt import GDELT_2
from detente.formats.phoenix import _HISTORICAL as PHOENIX_HISTORICAL
from detente.formats.phoenix import COLUMNS as PHOENIX
from detente.formats.polecat import _NEEDED as POLECAT
from detente.records import Document, Refused
from detente.sources.fields import day_written, fields_in
from detente.sources.files import documents
from detente.sources.text import MOST_CHARACTERS
from tests.formats.rows import gdelt, gdelt_of, icews, icews_file, polecat_file

NEWS = "The foreign minister of France met her German counterpart in Berlin on Monday."
DAY = dt.date(2026, 3, 14)
EVENTS = '{"id":"a-e01","event":["ACCUSE"],"text":"It accused China.","text_info":{}}\n{"id":"a-q01","text":"No.","text_info":{}}'


def read(path: Path, raw: bytes | str | None = None, *, fields: str | None = None, tell: Any = lambda _: None) -> list[Document | Refused]:
    """What comes of a file, written first when its content is given."""
    if raw is not None:
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return list(documents([str(path)], published=DAY, fields=fields_in(fields), tell=tell))


def outcome(found: list[Document | Refused]) -> list[str]:
    """Read, or the reason, row by row."""
    return [f.reason if isinstance(f, Refused) else "read" for f in found]


def written(header: list[str], *rows: list[str], delimiter: str = ",") -> str:
    """A table as spreadsheets write it."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    return out.getvalue()


def test_rows_behind_an_open_quote_are_no_text_of_its_row(tmp_path: Path) -> None:
    """They would be one article, and nobody would miss the others; a quote inside an unquoted cell opens nothing."""
    first, *found = read(tmp_path / "a.csv", f'id,text\n0,{NEWS} A 12" gun was shown.\n1,"{NEWS}\n2,{NEWS}\n3,{NEWS}\n')

    assert isinstance(first, Document)
    assert [(f.reason, f.document.rpartition(":")[2]) for f in found if isinstance(f, Refused)] == [("bad-row", "3")]
    assert len(found) == 1
    assert "2 more lines" in found[0].detail  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "|"), ("a.tsv", "\t"), ("a.csv", "\t")])
def test_a_row_is_a_document(tmp_path: Path, name: str, delimiter: str) -> None:
    """Common names of columns are known; texts with line ends, delimiters and quotes come whole."""
    text = f'{NEWS}\n"Good," she said; {NEWS}\t|'
    table = written(["Headline", "pubDate", "Body", "source", "ID", "Link"], ["T", "2023-05-08", text, "Meridian", "7", "https://m.example/7"], delimiter=delimiter)
    (found,) = read(tmp_path / name, table)

    assert found == Document(
        id="7", text=text, published=dt.date(2023, 5, 8), title="T", url="https://m.example/7", publication="Meridian"
    )


def test_guesses_are_told_and_can_be_overruled(tmp_path: Path) -> None:
    """The user sees which columns were taken, in words that he can type; what he names goes before every guess."""
    lines: list[str] = []
    table = written(["body", "summary", "date"], [NEWS, NEWS.upper(), "2023-05-08"])
    (guessed,) = read(tmp_path / "a.csv", table, tell=lines.append)
    (named,) = read(tmp_path / "a.csv", table, fields="text=summary", tell=lines.append)

    assert isinstance(guessed, Document)
    assert isinstance(named, Document)
    assert (guessed.text, named.text) == (NEWS, NEWS.upper())
    assert lines[0] == f"{tmp_path}/a.csv: read as --fields text=body,published=date"


def test_a_document_is_named_by_id_then_address_then_place(tmp_path: Path) -> None:
    """So that its records keep their names when the file is sorted anew."""
    rows = [{"id": "a", "url": "https://m.example/1"}, {"url": "https://m.example/2"}, {}]
    found = read(tmp_path / "a.jsonl", "\n".join(json.dumps({"text": NEWS, **row}) for row in rows))

    assert [f.id for f in found if isinstance(f, Document)] == ["a", "https://m.example/2", f"{tmp_path}/a.jsonl:3"]


def test_a_table_without_a_text_is_one_refusal(tmp_path: Path) -> None:
    """Not one for each row; it tells which columns there are."""
    (refused,) = read(tmp_path / "a.csv", written(["a", "b"], ["1", "2"], ["3", "4"]))

    assert isinstance(refused, Refused)
    assert refused.reason == "no-text"
    assert "it has: a, b" in refused.detail
    assert "event data are for `detente import`" in refused.detail
    assert outcome(read(tmp_path / "a.csv", written(["text"], [NEWS]), fields="text=body")) == ["no-text"]


@pytest.mark.parametrize(
    ("name", "raw", "command"),
    [
        ("a.tab", icews_file(icews()), "import {} --format icews"),
        ("a.csv", "\t".join(icews()), "import {} --format icews"),
        ("a.tsv", polecat_file(), "import {} --format polecat"),
        ("a.csv", ",".join(sorted(POLECAT)).title(), "import {} --format polecat"),
        ("a.csv", gdelt(), "import {} --format gdelt"),
        ("a.csv", gdelt_of(57), "import {} --format gdelt"),
        ("a.csv", gdelt_of(58), "import {} --format gdelt"),
        ("a.csv", ",".join(GDELT_2), "import {} --format gdelt"),
        ("a.tsv", "\t".join(PHOENIX), "import {} --format phoenix"),
        ("a.tsv", "\t".join({"EventID": "1934", "Date": "20150101", "EventCode": "042"}.get(c, "") for c in PHOENIX), "import {} --format phoenix"),
        ("a.csv", ",".join(PHOENIX_HISTORICAL), "import {} --format phoenix"),
        ("a.csv", ",".join(sorted(ACLED)), "import {} --format acled"),
        ("a.csv", "event_id_cnty,event_date,sub_event_type,actor1,notes,source\nYEM1,2023-05-08,Attack,Police,Text.,Paper", "import {} --format acled"),
        ("a.jsonl", EVENTS, "import {} --format detente"),
        ("a.jsonl", f"\n \n{EVENTS}", "import {} --format detente"),
        ("a.csv", "day,source,target,type,text\n2023-05-08,USA,CHN,ACCUSE,\n2023-05-09,USA,CHN,ACCUSE,", "relation A B --events {}"),
        ("a.csv", "id,date,event,quad_code,event_scale,actor,recipient,text\ne1,2023-05-08,ACCUSE,3,-2,USA,CHN,It accused China.", "relation A B --events {}"),
    ],
)  # fmt: skip
def test_event_data_are_one_refusal_with_the_command_for_them(tmp_path: Path, name: str, raw: str, command: str) -> None:
    """A folder may hold them beside the news; nobody wants a line for each row, or an event's sentence read as an article."""
    (refused,) = read(tmp_path / name, raw)

    assert isinstance(refused, Refused)
    assert refused.reason == "event-data"
    assert "`detente " + command.format(tmp_path / name) + "`" in refused.detail


def test_a_named_text_column_of_event_data_is_read(tmp_path: Path) -> None:
    """Who says which column the text is knows better."""
    table = written(["event_id_cnty", "event_date", "sub_event_type", "notes"], ["YEM1", "2023-05-08", "Attack", NEWS])

    assert outcome(read(tmp_path / "a.csv", table, fields="text=notes,published=event_date")) == ["read"]


def test_bad_rows_are_refused_one_by_one(tmp_path: Path) -> None:
    """Each by its line, and the rows around it are read."""
    rows: list[tuple[bytes, str]] = [
        (NEWS.encode() + b",2023-05-08", "read"),
        (NEWS.encode(), "bad-row"),
        (NEWS.encode() + b",2023-05-08,more", "bad-row"),
        (b"caf\xe9 " + NEWS.encode() + b",2023-05-08", "encoding"),
        (NEWS.encode() + b",05/08/2023", "bad-date"),
        (b",2023-05-08", "empty"),
        (b'"' + NEWS.encode() + b"\n" + NEWS.encode() + b'",2023-05-08', "read"),
        (NEWS.encode() + b",2077-05-08", "future-date"),
        (NEWS.encode() + b",", "read"),
    ]
    found = read(tmp_path / "a.csv", b"\n".join([b"text,date", *(raw for raw, _ in rows)]))

    assert outcome(found) == [reason for _, reason in rows]
    assert [f.document.rpartition(":")[2] for f in found if isinstance(f, Refused) and f.reason == "bad-row"] == ["3", "4"]
    assert isinstance(found[-1], Document)
    assert found[-1].published == DAY


def test_an_open_quote_swallows_no_more_than_a_text(tmp_path: Path) -> None:
    """The rest of a dump is not lost to one quotation mark."""
    filler = f"{NEWS},2023-05-08\n" * (MOST_CHARACTERS // len(NEWS) + 1)
    found = read(tmp_path / "a.csv", f'text,date\n{NEWS},2023-05-08\n"{filler}{NEWS},2023-05-09\n')

    assert outcome(found)[:2] == ["read", "bad-row"]
    assert outcome(found)[-1] == "read"


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "html"),
        ("text,date\na,b".encode("utf-16"), "encoding"),
        (b"PK\x03\x04\x00\x00\n\n", "binary"),
    ],
)
def test_another_kind_of_file_is_one_refusal(tmp_path: Path, name: str, raw: bytes, reason: str) -> None:
    """An error page saved under the dump's name is told for what it is."""
    assert outcome(read(tmp_path / name, raw)) == [reason]


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    """Days may be days there; numbers may be names."""
    frame = polars.DataFrame(
        {"body": [NEWS, None, NEWS], "published": [dt.date(2023, 5, 8), DAY, None], "id": [1, 2, 3], "x": [[1], [2], [3]]}
    )
    frame.write_parquet(tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")

    assert found[0] == Document(id="1", text=NEWS, published=dt.date(2023, 5, 8))
    assert outcome(found) == ["read", "empty", "read"]


@pytest.mark.parametrize(("raw", "name", "reason"), [(b"PAR1 nonsense PAR1", "a.parquet", "bad-parquet"), (b"", "a.parquet", "bad-parquet"), (b"\x1f\x8b", "a.parquet.gz", "packed")])
def test_broken_parquet_is_one_refusal(tmp_path: Path, raw: bytes, name: str, reason: str) -> None:
    """A cut download has no end, and Parquet is read from its end."""
    assert outcome(read(tmp_path / name, raw)) == [reason]


def test_a_parquet_name_is_no_pattern(tmp_path: Path) -> None:
    """A file called `a[1].parquet` is that file."""
    polars.DataFrame({"text": [NEWS]}).write_parquet(tmp_path / "a[1]*.parquet")

    assert outcome(read(tmp_path / "a[1]*.parquet")) == ["read"]


@pytest.mark.parametrize("written", ["color=red", "text", "text=", "=body"])
def test_a_wrong_map_is_an_error(written: str) -> None:
    """A typing error in `--fields` ends the run before it begins."""
    with pytest.raises(BadSetting, match="role=column"):
        fields_in(written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-05-08T23:59:00-11:00", "2023-05-08"),
        ("20230508", "2023-05-08"),
        ("20230508T120000Z", "2023-05-08"),
        ("2023/05/08", "2023-05-08"),
        ("Mon, 08 May 2023 23:10:00 -0400", "2023-05-08"),
        (" 2023-05-08 10:00:00", "2023-05-08"),
    ],
)
def test_a_day_is_the_writers_own(written: str, day: str) -> None:
    """What a text calls "today" is the day of its paper, not that of Greenwich."""
    assert day_written(written) == dt.date.fromisoformat(day)


@given(st.text(max_size=40))
def test_any_words_are_a_day_or_an_error(words: str) -> None:
    """Nothing else comes of a date column."""
    try:
        found: object = day_written(words)
    except BadSetting as error:
        found = error.value

    assert isinstance(found, dt.date) or found == words


cells = st.one_of(st.just(NEWS), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, st.sampled_from(["2023-05-08", "soon", ""])), max_size=6))
def test_as_many_rows_come_out_as_went_in(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    """Whatever stands in the cells, quoted as it should be."""
    table = written(["text", "date"], *map(list, rows))

    assert len(read(tmp_path / "a.csv", table)) == len(rows)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz"]), st.binary(max_size=300), st.sampled_from([b"", b"text,date\n", b'{"text": "', b"PAR1", b"\x1f\x8b\x08\x00"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, name: str, raw: bytes, head: bytes) -> None:
    """No file ends the run."""
    for found in read(tmp_path / name, head + raw):
        assert found.text.strip() if isinstance(found, Document) else found.detail.startswith(found.document)
