"""Files, folders and JSONL → documents and refusals; in = out + refused."""

from __future__ import annotations

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


def documents(paths: Iterable[str], *, published: dt.date | None, title: str | None = None) -> Iterator[Document | Refused]:
    """One document or refusal for each file, and for each line of a JSONL file, in order.

    Args:
        paths: Files; "-" is standard input, a folder is its `.txt` and JSONL files in name order.
        published: The day for texts that name none themselves.
        title: Title for plain texts.
    """
    for path in paths:
        try:
            yield from _of_path(path, published, title)
        except OSError as error:
            yield Refused(document=path, reason="unreadable", detail=f"{path}: {error.strerror or error}")
        except BadInput as error:
            yield Refused(document=path, reason=error.reason, detail=str(error))


def _of_path(path: str, published: dt.date | None, title: str | None) -> Iterator[Document | Refused]:
    if path == "-":
        yield document_of(decoded(sys.stdin.buffer.read(), "standard input"), "standard input", published=published, title=title)
        return
    file = Path(path)
    if file.is_dir():
        inside = sorted(f for f in file.rglob("*") if f.suffix in (".txt", *JSONL_SUFFIXES) and f.is_file())
        if not inside:
            yield Refused(document=path, reason="empty", detail=f"{path}: the folder has no .txt or .jsonl file")
        yield from documents(map(str, inside), published=published, title=title)
    elif file.suffix in JSONL_SUFFIXES:
        yield from _of_lines(file, published)
    else:
        yield document_of(decoded(file.read_bytes(), path), path, published=published, title=title, id=file.stem)


def _of_lines(file: Path, published: dt.date | None) -> Iterator[Document | Refused]:
    decoder = msgspec.json.Decoder(Line)
    with file.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            where = f"{file}:{number}"
            try:
                line = decoder.decode(raw)
                day = line.published or line.date
                yield document_of(
                    line.text, where, published=day_of(day) if day else published, title=line.title, url=line.url,
                    id=where if line.id is None else str(line.id),
                )  # fmt: skip
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield Refused(document=where, reason="bad-json", detail=f"{where}: {error}; each line must be an object with a text")
            except BadInput as error:
                yield Refused(document=where, reason=error.reason, detail=str(error))
            except BadSetting as error:
                yield Refused(document=where, reason="bad-date", detail=f"{where}: {error}")
