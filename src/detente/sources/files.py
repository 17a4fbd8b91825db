"""Files, folders and standard input of every kind → documents and refusals; in = out + refused.

What a file is, its suffix tells; where it has none that is known, its first bytes do. A `.gz` is unpacked as it is read.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path, PurePath
from typing import Any

from detente.errors import BadInput
from detente.records import Document, Refused
from detente.sources.bounded import is_gzip, unpacked, whole
from detente.sources.crawls import of_warc
from detente.sources.fields import Fields
from detente.sources.given import Asked, Found, Given, SourceReader
from detente.sources.mail import of_mail, of_mailbox
from detente.sources.pages import of_page
from detente.sources.remote import Piece, is_remote, opened, pieces
from detente.sources.tables import of_json_lines, of_parquet, of_table
from detente.sources.text import decoded, document_of, from_future

STANDARD_INPUT = "standard input"


def of_text(given: Given) -> Found:
    """The document of one plain text."""
    text = decoded(whole(given.stream, given.path), given.path)
    yield document_of(text, given.path, published=given.asked.published, title=given.asked.title, id=given.name)


def of_feed(given: Given) -> Found:
    """None: what a feed's entries link to is fetched, and how politely is told beside the feed's address.

    Raises:
        BadInput: Always.
    """
    told = "it is an RSS or Atom feed; `detente fetch FEEDS.toml` and `detente watch FEEDS.toml --store DIR` read feeds, whose addresses FEEDS.toml names"
    raise BadInput(given.path, "feed", told)


READERS: dict[str, SourceReader] = {
    ".txt": of_text,
    ".jsonl": of_json_lines, ".ndjson": of_json_lines,
    ".csv": of_table, ".tsv": of_table, ".tab": of_table, ".parquet": of_parquet,
    ".html": of_page, ".htm": of_page, ".xhtml": of_page,
    ".eml": of_mail, ".mht": of_mail, ".mhtml": of_mail, ".mbox": of_mailbox,
    ".warc": of_warc,
}  # fmt: skip
"""Suffix → who reads it; each may end in .gz too."""

MANY = frozenset({of_json_lines, of_table, of_parquet, of_mailbox, of_warc})

# by the first bytes, for standard input and files of unknown suffix
_HEADS: tuple[tuple[re.Pattern[bytes], SourceReader], ...] = (
    (re.compile(rb'\s*\{\s*"'), of_json_lines),
    (re.compile(rb"WARC/\d"), of_warc),
    (re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE), of_page),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(rss|feed|rdf:RDF)\b", re.DOTALL), of_feed),
    (re.compile(rb"From \S+ .*\n[\w-]+:"), of_mailbox),
    (re.compile(rb"PAR1"), of_parquet),
)


def documents(
    paths: Iterable[str],
    *,
    published: dt.date | None,
    title: str | None = None,
    fields: Fields | None = None,
    tell: Callable[[str], None] = lambda _: None,
    today: dt.date | None = None,
) -> Iterator[Document | Refused]:
    """One document or refusal for each text that the paths hold, in order: files, rows, mails, pages.

    A file's document is called as the file without its suffix, inside a folder with the path below that folder; a row's or
    page's by its own id, else its address, else where it stands. Records are named by their document, so that a second
    document of one name is refused; so is one that says it was published after tomorrow, since its "Monday" would be any.

    Args:
        paths: Files; "-" is standard input, a folder is its files of known kinds in name order, s3://… and the like an address.
        published: The day for texts that name none themselves.
        title: Title for plain texts.
        fields: Which columns hold what; guessed by their names where not told.
        tell: Takes a line for the user, such as how the columns were understood.
        today: The day from which the future counts; the clock's, UTC, when None.
    """
    asked = Asked(published=published, title=title, fields=fields or Fields(), tell=tell)
    yield from checked(((path, of_path(path, asked)) for path in paths), today=today)


def checked(found: Iterable[tuple[str, Found]], *, today: dt.date | None = None) -> Found:
    """What each path holds, without second documents of one name and texts from the future, which are refused.

    Args:
        found: Paths, and what they hold.
        today: The day from which the future counts; the clock's, UTC, when None.
    """
    taken: set[str] = set()
    for path, inside in found:
        for each in inside:
            if isinstance(each, Refused):
                yield each
            elif refused := from_future(each, today):
                yield refused
            elif each.id in taken:
                told = f"{path}: another document is called {each.id!r} already; give each an id of its own, or name the folder above"
                yield Refused(document=each.id, reason="same-id", detail=told)
            else:
                taken.add(each.id)
                yield each


def reader_of(path: str) -> SourceReader | None:
    """Who reads files of this suffix; None when nobody knows it."""
    return READERS.get(_suffix(path))


def many(paths: list[str]) -> bool:
    """Whether the paths may hold more than one document."""
    return len(paths) > 1 or reader_of(paths[0]) in MANY or is_remote(paths[0]) or Path(paths[0]).is_dir()


def of_path(path: str, asked: Asked) -> Found:
    """What a file, a folder, standard input or an address holds."""
    if is_remote(path):
        yield from _of_address(path, asked)
        return
    folder = Path(path)
    if path == "-" or not folder.is_dir():
        yield from _of_file(path, _stem(Path(folder.name)), asked)
        return
    inside = sorted(f for f in folder.rglob("*") if reader_of(f.name) and f.is_file())
    if not inside:
        yield _none_known(path, "the folder")
    for file in inside:
        yield from _of_file(str(file), _stem(file.relative_to(folder)), asked)


def _of_address(address: str, asked: Asked) -> Found:
    try:
        inside = known_pieces(address)
    except BadInput as error:
        yield Refused(document=address, reason=error.reason, detail=str(error))
        return
    if not inside:
        yield _none_known(address, "the address")
    for piece in inside:
        yield from of_piece(piece, asked)


def known_pieces(address: str) -> list[Piece]:
    """The files at an address whose kind is known; one that is named itself is read whatever it is called.

    Raises:
        BadInput: There is nothing, or it cannot be reached.
        BadSetting: fsspec is not installed, or not what it needs for this kind of address.
    """
    inside = pieces(address)
    return inside if [piece.path for piece in inside] == [address] else [piece for piece in inside if reader_of(piece.name)]


def of_piece(piece: Piece, asked: Asked) -> Found:
    """What one file elsewhere holds."""
    yield from _of_opened(opened(piece.path), piece.path, _stem(Path(piece.name)), asked)


def _none_known(path: str, what: str) -> Refused:
    told = f"{path}: {what} has no file of a known kind ({', '.join(READERS)}, or one of these with .gz)"
    return Refused(document=path, reason="empty", detail=told)


def _of_file(path: str, name: str, asked: Asked) -> Found:
    """What one file here holds."""
    if path == "-":
        yield from _of_opened(nullcontext(_standard_input()), STANDARD_INPUT, None, asked)
    else:
        yield from _of_opened(_on_disk(path), path, name, asked)


@contextmanager
def _on_disk(path: str) -> Iterator[io.BufferedReader]:
    with Path(path).open("rb") as stream:
        yield stream


def _of_opened(opening: AbstractContextManager[io.BufferedReader], path: str, name: str | None, asked: Asked) -> Found:
    """What one file holds. One that cannot be opened or decoded is one refusal, one that breaks off another after its texts."""
    try:
        with opening as stream:
            yield from _of_stream(stream, path, name, asked)
    except OSError as error:
        yield Refused(document=path, reason="unreadable", detail=f"{path}: {error.strerror or error}")
    except BadInput as error:
        yield Refused(document=path, reason=error.reason, detail=str(error))


def _of_stream(stream: io.BufferedReader, path: str, name: str | None, asked: Asked) -> Found:
    packed = is_gzip(stream)
    opened = unpacked(stream, path) if packed else stream
    reader = reader_of(path) or _by_head(opened)
    yield from reader(Given(path=path, name=name, stream=opened, asked=asked, packed=packed))


def _standard_input() -> io.BufferedReader:
    """Standard input, whose first bytes can be looked at as soon as they are there."""
    stream: Any = sys.stdin.buffer
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)


def _by_head(stream: io.BufferedReader) -> SourceReader:
    """Who reads a stream of unknown kind: JSON lines, WARC, HTML, a mailbox or Parquet by their first bytes, else plain text."""
    head = stream.peek(1024)
    return next((reader for pattern, reader in _HEADS if pattern.match(head)), of_text)


def _suffix(path: str) -> str:
    """`.jsonl` of `a.jsonl` and of `a.jsonl.gz`, in small letters."""
    name = PurePath(path)
    return (PurePath(name.stem) if name.suffix.lower() == ".gz" else name).suffix.lower()


def _stem(path: Path) -> str:
    """`b/a` of `b/a.html` and of `b/a.html.gz`."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" and Path(path.stem).suffix else path).with_suffix("").as_posix()
