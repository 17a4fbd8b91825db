"""Files, folders and JSONL → documents and refusals; in = out + refused."""

from __future__ import annotations

import codecs
import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from detente.errors import BadInput, BadSetting
from detente.records import Document, Refused
from detente.sources.text import day_of, decoded, document_of

JSONL_SUFFIXES = (".jsonl", ".ndjson")


class Line(msgspec.Struct, frozen=True):
    """What a line of JSONL may say. Other fields are let be."""

    text: str
    id: str | int | None = None
    published: str | None = None
    date: str | None = None
    title: str | None = None
    url: str | None = None


def documents(
    paths: Iterable[str], *, published: dt.date | None, title: str | None = None
) -> Iterator[Document | Refused]:
    """One document or refusal for each file, and for each line of a JSONL file, in order.

    A file's document is called as the file without its suffix, inside a folder with the path below that folder. Records are
    named by their document, so that a second document of one name is refused.

    Args:
        paths: Files; "-" is standard input, a folder is its `.txt` and JSONL files in name order.
        published: The day for texts that name none themselves.
        title: Title for plain texts.
    """
    taken: set[str] = set()
    for path in paths:
        for found in _of_path(path, published, title):
            if isinstance(found, Document) and found.id in taken:
                told = f"{path}: another document is called {found.id!r} already; give each an id of its own, or name the folder above"
                yield Refused(document=found.id, reason="same-id", detail=told)
            else:
                taken.update([found.id] if isinstance(found, Document) else [])
                yield found


def many(paths: list[str]) -> bool:
    """Whether the paths may hold more than one document."""
    return len(paths) > 1 or paths[0].endswith(JSONL_SUFFIXES) or Path(paths[0]).is_dir()


def _of_path(path: str, published: dt.date | None, title: str | None) -> Iterator[Document | Refused]:
    folder = Path(path)
    if path == "-" or not folder.is_dir():
        yield from _of_file(path, folder.stem, published, title)
        return
    inside = sorted(f for f in folder.rglob("*") if f.suffix in (".txt", *JSONL_SUFFIXES) and f.is_file())
    if not inside:
        yield Refused(document=path, reason="empty", detail=f"{path}: the folder has no .txt or .jsonl file")
    for file in inside:
        yield from _of_file(str(file), file.relative_to(folder).with_suffix("").as_posix(), published, title)


def _of_file(path: str, name: str, published: dt.date | None, title: str | None) -> Iterator[Document | Refused]:
    """What one file holds. One that cannot be opened or decoded is one refusal."""
    try:
        if path == "-":
            text = decoded(sys.stdin.buffer.read(), "standard input")
            yield document_of(text, "standard input", published=published, title=title)
        elif path.endswith(JSONL_SUFFIXES):
            yield from _of_lines(path, published)
        else:
            yield document_of(decoded(Path(path).read_bytes(), path), path, published=published, title=title, id=name)
    except OSError as error:
        yield Refused(document=path, reason="unreadable", detail=f"{path}: {error.strerror or error}")
    except BadInput as error:
        yield Refused(document=path, reason=error.reason, detail=str(error))


def _of_lines(path: str, published: dt.date | None) -> Iterator[Document | Refused]:
    decoder = msgspec.json.Decoder(Line)
    with Path(path).open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            if number == 1 and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise BadInput(
                    path,
                    "encoding",
                    "it is UTF-16, but lines of JSON must be UTF-8; convert it: iconv -f utf-16 -t utf-8",
                )
            written = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
            if written.strip():
                yield _of_line(written, f"{path}:{number}", decoder, published)


def _of_line(
    raw: bytes, where: str, decoder: msgspec.json.Decoder[Line], published: dt.date | None
) -> Document | Refused:
    try:
        line = decoder.decode(raw)
        written = line.published or line.date
        day = day_of(written) if written else published
        name = where if line.id is None else str(line.id)
        return document_of(line.text, where, published=day, title=line.title, url=line.url, id=name)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Refused(
            document=where, reason="bad-json", detail=f"{where}: {error}; each line must be an object with a text"
        )
    except BadInput as error:
        return Refused(document=where, reason=error.reason, detail=str(error))
    except BadSetting as error:
        return Refused(document=where, reason="bad-date", detail=f"{where}: {error}")
