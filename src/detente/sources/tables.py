"""CSV, TSV, Parquet and JSON lines → a document or a refusal for each row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from detente.errors import BadInput
from detente.records import Document, Refused
from detente.sources.bounded import MOST_BYTES, lines
from detente.sources.codings import coded_already
from detente.sources.fields import document_in, known
from detente.sources.given import Found, Given
from detente.sources.remote import is_remote
from detente.sources.text import MOST_CHARACTERS

_BATCH = 256  # rows of Parquet at a time
_LONG = f"it has over {MOST_BYTES:,} bytes, but a text has at most so many; split it"
_OTHER_WIDTH = "the row has {n} cells, but the header {m}; quote cells that hold the delimiter or a line's end"


def of_json_lines(given: Given) -> Found:
    """A document or refusal for each line that is not blank."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    columns, begun = _Columns(given), False
    for number, line in enumerate(lines(given.stream), 1):
        where = f"{given.path}:{number}"
        raw = _of_first_line(line, given.path) if number == 1 and line is not None else line
        if raw is None:
            yield Refused(document=where, reason="too-long", detail=f"{where}: {_LONG}")
        elif raw.strip():
            if not begun:
                columns.demand_news(_keys(raw, decoder))
            begun = True
            yield _of_json(raw, where, decoder, columns)


def _keys(raw: bytes, decoder: msgspec.json.Decoder[dict[str, Any]]) -> tuple[str, ...]:
    try:
        return tuple(decoder.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()  # `_of_json` says what is wrong


def _of_json(raw: bytes, where: str, decoder: msgspec.json.Decoder[dict[str, Any]], columns: _Columns) -> Document | Refused:
    try:
        return columns.document(decoder.decode(raw), where)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        told = f"{where}: {error}; each line must be an object with a text"
        return Refused(document=where, reason="bad-json", detail=told)
    except BadInput as error:
        return Refused(document=where, reason=error.reason, detail=str(error))


def of_table(given: Given) -> Found:
    """A document or refusal for each row of CSV or TSV; the delimiter is the one that the header has most of.

    A line that is too long is passed over; an open quote ends at the limit of a text, and the rows after it are read.
    """
    csv.field_size_limit(MOST_CHARACTERS + 1)  # the module's own limit, 131,072, is shorter than many a transcript
    broken: list[Refused] = []
    written = _written_lines(given, broken)
    first = next(written, "")
    if not first.strip():
        raise BadInput(given.path, "empty", "it has no header; its first line must name the columns")
    delimiter = "\t" if given.path.removesuffix(".gz").endswith((".tsv", ".tab")) else max(",;\t|", key=first.count)
    header = _header(first, delimiter, given.path)
    columns = _Columns(given)
    columns.demand_text(header)
    taken: list[str] = []
    rows = csv.reader(_noted(written, taken), delimiter=delimiter)
    while True:
        where = f"{given.path}:{rows.line_num + 2}"
        row = _next_row(rows, where, taken)
        yield from broken
        broken.clear()
        if row is None:
            return
        if isinstance(row, Refused):
            yield row
        elif row:
            yield _of_row(row, header, where, columns)


def _header(line: str, delimiter: str, path: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter)))
    except csv.Error as error:
        raise BadInput(path, "bad-row", f"its header cannot be taken apart: {error}") from error


def _written_lines(given: Given, broken: list[Refused]) -> Iterator[str]:
    """Lines as text; bytes that are no UTF-8 become half pairs, so that the row which has them is refused and no other."""
    for number, raw in enumerate(lines(given.stream), 1):
        if raw is None:
            where = f"{given.path}:{number}"
            broken.append(Refused(document=where, reason="too-long", detail=f"{where}: {_LONG}"))
        else:
            kept = _of_first_line(raw, given.path) if number == 1 else raw
            yield kept.decode("utf-8", "surrogateescape")


def _noted(lines_of: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in lines_of:
        taken.append(line)
        yield line


def _next_row(rows: Any, where: str, taken: list[str]) -> list[str] | Refused | None:
    """The next row; `taken` will have its lines. An open quote makes one row of all that follows, which the module takes for sound."""
    taken.clear()
    try:
        row: list[str] | None = next(rows, None)
    except csv.Error as error:
        return Refused(document=where, reason="bad-row", detail=f"{where}: {error}; is a quote left open?")
    if len(taken) > 1 and sum(line.count('"') for line in taken) % 2:
        told = f"a quote is left open, and {len(taken) - 1:,} more lines are taken for its text; close it, and read the file again"
        return Refused(document=where, reason="bad-row", detail=f"{where}: {told}")
    return row


def _of_row(row: list[str], header: tuple[str, ...], where: str, columns: _Columns) -> Document | Refused:
    if len(row) != len(header):
        told = _OTHER_WIDTH.format(n=len(row), m=len(header))
        return Refused(document=where, reason="bad-row", detail=f"{where}: {told}")
    try:
        return columns.document(dict(zip(header, row, strict=True)), where)
    except BadInput as error:
        return Refused(document=where, reason=error.reason, detail=str(error))


def of_parquet(given: Given) -> Found:
    """A document or refusal for each row, a few rows in memory at a time.

    DuckDB reads column pieces as they are needed; polars holds whole row groups, which in news dumps are whole files.

    Raises:
        BadInput: `packed`, `bad-parquet`, `event-data`, `no-text`.
    """
    import duckdb

    if given.packed or given.path == "-":
        raise BadInput(given.path, "packed", "Parquet is read from its end, so it must be a plain file; unpack it first")
    columns = _Columns(given)
    row = 0
    try:
        with _plain_file(given) as place, duckdb.connect(config={"threads": 1}) as database:
            header = tuple(c[0] for c in database.execute("SELECT * FROM read_parquet(?) LIMIT 0", [place]).description or ())
            columns.demand_text(header)
            wanted = tuple(dict.fromkeys(c for found in columns.of(header).values() for c in found))
            quoted = ", ".join('"' + c.replace('"', '""') + '"' for c in wanted)
            database.execute(f"SELECT {quoted} FROM read_parquet(?)", [place])  # noqa: S608 - names are quoted
            while batch := database.fetchmany(_BATCH):
                for cells in batch:
                    row += 1
                    yield _of_row(list(cells), wanted, f"{given.path}:{row}", columns)
    except duckdb.Error as error:
        told = f"it is no sound Parquet after row {row}: {str(error).splitlines()[0]}"
        raise BadInput(given.path, "bad-parquet", told) from error


@contextmanager
def _plain_file(given: Given) -> Iterator[str]:
    """Path of a file in which one can jump: one elsewhere is copied first, for as long as it is read."""
    if not is_remote(given.path):
        yield given.path
        return
    with TemporaryDirectory(prefix="detente-") as folder:
        here = Path(folder) / "copied.parquet"
        with here.open("wb") as out:
            copyfileobj(given.stream, out)
        yield str(here)


class _Columns:
    """The columns of a file and what they hold; the user is told once how they were understood."""

    def __init__(self, given: Given) -> None:
        self._given, self._told = given, False
        self.of = cache(given.asked.fields.columns)

    def demand_text(self, header: tuple[str, ...]) -> None:
        """Refuse the whole file when it is no news, or no column can hold the text.

        Raises:
            BadInput: `event-data`, `no-text`.
        """
        self.demand_news(header)
        if "text" not in self.of(header):
            told = f"it has no column for the text; name it: --fields text=COLUMN ({known(header)}); event data are for `detente import`"
            raise BadInput(self._given.path, "no-text", told)

    def demand_news(self, header: tuple[str, ...]) -> None:
        """Refuse the whole file when its rows are events, unless the user named the text.

        Raises:
            BadInput: `event-data`.
        """
        if "text" not in self._given.asked.fields.named and (told := coded_already(header)):
            raise BadInput(self._given.path, "event-data", f"it is no news but {told.format(path=self._given.path)}; a column with texts is named by --fields text=COLUMN")

    def document(self, row: dict[str, Any], where: str) -> Document:
        """The document of a row.

        Raises:
            BadInput: As `document_in`.
        """
        present = tuple(row)
        if not self._told:
            self._told = True
            if told := self._given.asked.fields.told(present):
                self._given.asked.tell(f"{self._given.path}: read as {told}")
        return document_in(row, self.of(present), where, published=self._given.asked.published)


def _of_first_line(raw: bytes, path: str) -> bytes:
    """The first line without its byte-order mark.

    Raises:
        BadInput: `encoding`, `html`, `binary`: the whole file is something else.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput(path, "encoding", "it is UTF-16, but tables and lines of JSON must be UTF-8; convert it: iconv -f utf-16 -t utf-8")
    kept = raw.removeprefix(codecs.BOM_UTF8)
    if kept.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        raise BadInput(path, "html", "it is HTML, whatever its name says; name it .html to have the article taken out of it")
    if b"\x00" in kept[:100_000]:
        raise BadInput(path, "binary", "it is not text (binary bytes), whatever its name says")
    return kept


