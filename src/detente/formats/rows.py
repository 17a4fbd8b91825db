"""A file's bytes → lines and cells, whatever the bytes are: nothing crashes, what cannot be read is refused with file, line and rule.

Plain files, `.gz` and `.zip` (each member in turn) and standard input ("-") are read as a stream, so that a year of data needs no memory.
"""

from __future__ import annotations

import csv
import gzip
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from detente.errors import BadInput
from detente.records import Refused

T = TypeVar("T")

LONGEST_LINE = 4_000_000
"""Bytes. The widest rows of these formats have a few thousand; a longer line is no row, and is passed over without being held."""

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)
"""What a truncated, damaged, encrypted or unknown archive raises."""


class Line(NamedTuple):
    """One line of a file: the file (and the member of a zip), its number from 1, and its text without the end of line."""

    file: str
    number: int
    text: str

    @property
    def where(self) -> str:
        """File and line, as every refusal names them."""
        return f"{self.file}:{self.number}"

    def refused(self, reason: str, rule: str) -> Refused:
        """The refusal of this line."""
        return Refused(document=self.where, reason=reason, detail=f"{self.where}: {rule}")


Lines = Iterable[Line | Refused]


def lines(path: str, remarks: Counter[str]) -> Iterator[Line | Refused]:
    """Every line that is not blank, or the refusal of it; a file that cannot be opened is one refusal.

    Args:
        path: A file, or "-" for standard input.
        remarks: Counts "encoding": lines that are not UTF-8 and were read as windows-1252.
    """
    opened = False
    try:
        for name, stream in _streams(path):
            opened = True
            yield from _of_stream(name, stream, remarks)
    except _BROKEN as error:
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        yield Refused(document=path, reason="unreadable", detail=f"{path}: {told}" + ("; what stood before was read" if opened else ""))


def _streams(path: str) -> Iterator[tuple[str, IO[bytes]]]:
    if path == "-":
        yield "standard input", sys.stdin.buffer
    elif path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as stream:
                        yield f"{path}/{member.filename}", stream
    elif path.endswith(".gz"):
        with gzip.open(path) as stream:
            yield path, stream  # type: ignore[misc]  # a GzipFile reads as any binary file does
    else:
        with Path(path).open("rb") as file:
            yield path, file


def _of_stream(name: str, stream: IO[bytes], remarks: Counter[str]) -> Iterator[Line | Refused]:
    number = 0
    while raw := stream.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            if raw.startswith(_OTHER_BOMS):
                told = f"{name}: it is UTF-16, but must be UTF-8; convert it: iconv -f utf-16 -t utf-8"
                yield Refused(document=name, reason="encoding", detail=told)
                return
            raw = raw.removeprefix(_BOM)
        if len(raw) >= LONGEST_LINE and not raw.endswith(b"\n"):
            _pass_over(stream)
            yield Refused(document=f"{name}:{number}", reason="too-long", detail=f"{name}:{number}: the line has more than {LONGEST_LINE:,} bytes")
        elif raw.strip():
            yield _decoded(name, number, raw, remarks)
    if not number:
        yield Refused(document=name, reason="empty", detail=f"{name}: it is empty")


def _pass_over(stream: IO[bytes]) -> None:
    """The rest of the line, without keeping it."""
    while rest := stream.readline(LONGEST_LINE):
        if rest.endswith(b"\n"):
            return


def _decoded(name: str, number: int, raw: bytes, remarks: Counter[str]) -> Line | Refused:
    if b"\x00" in raw:
        return Line(name, number, "").refused("binary", "it has zero bytes, which no text has")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # ICEWS and POLECAT files mix in windows-1252 lines; the five bytes that it leaves out are read as Latin-1
        remarks["encoding"] += 1
        text = raw.decode("cp1252", "replace")
    return Line(name, number, text.rstrip("\r\n"))


def each(rows: Lines, convert: Callable[[str], T]) -> Iterator[T | Refused]:
    """What `convert` makes of each line's text; a line on which it raises BadInput is refused, refusals pass through."""
    for line in rows:
        if isinstance(line, Refused):
            yield line
            continue
        try:
            yield convert(line.text)
        except BadInput as error:
            yield line.refused(error.reason, error.detail)


def bad(reason: str, rule: str) -> BadInput:
    """The error that makes `each` refuse a row."""
    return BadInput("row", reason, rule)


class Table(NamedTuple):
    """Cells by the name of their column."""

    file: str
    at: dict[str, int]
    separator: str


class Row(NamedTuple):
    """The cells of one record, where it began, and how many lines it took."""

    line: Line
    cells: list[str]


def csv_rows(rows: Lines, *, separator: str, remarks: Counter[str]) -> Iterator[Row | Refused]:
    """Records of CSV with quotes: a quoted field may hold line breaks, which take further lines ("newline-in-field").

    A field that is never closed takes at most 50 lines; then its record is refused and reading goes on with the next line.
    """
    held: list[Line] = []
    for line in rows:
        if isinstance(line, Refused):
            yield from _unclosed(held)
            held = []
            yield line
            continue
        if held and line.file != held[0].file:
            yield from _unclosed(held)
            held = []
        held.append(line)
        text = "\n".join(each.text for each in held)
        if text.count('"') % 2 == 0:
            remarks["newline-in-field"] += len(held) - 1
            yield _record(held[0], text, separator)
            held = []
        elif len(held) > 50:
            yield from _unclosed(held)
            held = []
    yield from _unclosed(held)


def _unclosed(held: list[Line]) -> Iterator[Refused]:
    for line in held:
        yield line.refused("quotes", "a quoted field is never closed; close it, or double the quote inside")


def _record(line: Line, text: str, separator: str) -> Row | Refused:
    try:
        # strict is off: what stands after a closing quote is taken as it stands, as spreadsheets do
        return Row(line, next(csv.reader([text] if "\n" not in text else text.splitlines(keepends=True), delimiter=separator), []))
    except csv.Error as error:
        return line.refused("quotes", f"{error}; the row cannot be parted into fields")


def parted(text: str, separator: str) -> list[str]:
    """The fields of one line; quotes count where commas part them, not where tabs do.

    Raises:
        BadInput: `quotes`.
    """
    if separator == "\t":
        return text.split("\t")
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error as error:
        raise bad("quotes", f"{error}; the row cannot be parted into fields") from error


def word(cell: str) -> str | None:
    """The cell without spaces around it; None where it is empty or says that there is nothing."""
    cell = cell.strip()
    return None if cell in ("", "None", "NULL", "NA", "nan", "null") else cell
