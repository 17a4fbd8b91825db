"""WARC, as web crawls keep pages (Common Crawl's news crawl among them) → a document or a refusal for each record.

Only HTTP answers of HTML are documents; every other record is refused with its kind, so that in = out + refused. A record is
framed here, by its Content-Length, so that after a broken one reading goes on at the next; what stands in it FastWARC reads.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from detente.errors import BadInput
from detente.records import Document, Refused
from detente.sources.bounded import MOST_BYTES
from detente.sources.given import Found, Given
from detente.sources.pages import MOST_PAGE, article

_BEGIN = re.compile(rb"^WARC/\d+\.\d+\r?\n", re.MULTILINE)
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_MOST_HEAD = 2**16
_HTML = ("text/html", "application/xhtml+xml")


class Broken(NamedTuple):
    """What stands in place of a record that cannot be read, and why it cannot."""

    reason: str
    detail: str

    def refused(self, where: str) -> Refused:
        """The refusal of this record."""
        return Refused(document=where, reason=self.reason, detail=f"{where}: {self.detail}")


def of_warc(given: Given) -> Found:
    """A document or refusal for each record; a page is called by its address."""
    for number, record in enumerate(records(_Pushed(given.stream)), 1):
        where = f"{given.path}:{number}"
        try:
            yield _page(record, where, given) if isinstance(record, bytes) else record.refused(where)
        except BadInput as error:
            yield Refused(document=error.source, reason=error.reason, detail=str(error))


def records(stream: _Pushed) -> Iterator[bytes | Broken]:
    """The bytes of each record, header and block, or what is wrong with it.

    After a broken record reading goes on at the next line that begins as a record does, inside the broken one if need be.
    """
    while True:
        skipped, head = _head(stream)
        if skipped:
            yield Broken("broken-record", "what stands between two records is none: a length is wrong, or a piece is lost")
        if head is None:
            return
        length = _LENGTH.search(head)
        if not head.endswith((b"\r\n\r\n", b"\n\n")) or length is None:
            stream.push(head[head.index(b"\n") + 1 :])
            stream.skip_to_record()
            yield Broken("broken-record", "the record's header is cut off or has no Content-Length")
        elif int(length[1]) > MOST_BYTES:
            stream.skip_to_record()  # a wrong length must not swallow what follows
            yield Broken("too-long", f"the record has {int(length[1]):,} bytes, but one is read up to {MOST_BYTES:,}")
        else:
            yield _block(stream, head, int(length[1]))


def _head(stream: _Pushed) -> tuple[bool, bytes | None]:
    """Whether something else stood before it, and the next record's header; None at the end."""
    skipped = False
    while line := stream.line():
        if _BEGIN.match(line):
            head = [line]
            while sum(map(len, head)) < _MOST_HEAD and (line := stream.line()):
                if _BEGIN.match(line):
                    stream.push(line)
                    break
                head.append(line)
                if line in (b"\r\n", b"\n"):
                    break
            return skipped, b"".join(head)
        skipped = skipped or bool(line.strip())
    return skipped, None


def _block(stream: _Pushed, head: bytes, length: int) -> bytes | Broken:
    block = stream.take(length)
    after = stream.take(4)
    if len(block) == length and after.strip() == b"":
        stream.push(after.lstrip())
        return head + block
    if len(block) < length:
        told = f"the record breaks off: {len(block):,} bytes of {length:,}"
    else:
        told = "the record is longer or shorter than its Content-Length says"
    rest = block + after
    found = _BEGIN.search(rest)
    stream.push(rest[found.start() :] if found else rest[len(rest) - 4 :] if len(block) == length else b"")
    stream.skip_to_record()
    return Broken("broken-record", told)


def _page(record: bytes, where: str, given: Given) -> Document:
    """The document of one record.

    Raises:
        BadInput: It is no HTTP answer of HTML, or its page is refused.
    """
    from fastwarc.warc import ArchiveIterator

    try:
        found = next(iter(ArchiveIterator(io.BytesIO(record), parse_http=True, auto_decode="all")), None)
        if found is None:
            raise BadInput(where, "broken-record", "the record is empty or none")
        _demand_page(found, where)
        url = found.headers.get("WARC-Target-URI") or None
        raw = found.reader.read(MOST_PAGE + 1)
        charset = found.http_charset
    except (OSError, ValueError) as error:
        raise BadInput(where, "broken-record", f"the record cannot be taken apart: {error}") from error
    named = f"{where} ({url})" if url else where
    return article(raw, named, published=given.asked.published, id=url or where, url=url, charset=charset)


def _demand_page(found: Any, where: str) -> None:
    kind = str(found.record_type)
    refuse = partial(BadInput, where)
    if kind != "response":
        raise refuse(f"warc-{kind}", f"a {kind} record, no answer of a server")
    if not found.is_http or found.http_headers is None or found.http_headers.status_code is None:
        raise refuse("no-http", "the record is no HTTP answer")
    if found.http_headers.status_code != 200:
        raise refuse("http-status", f"the server answered {found.http_headers.status_code}")
    told = (found.http_content_type or "").lower()
    if told not in _HTML:
        raise refuse("not-html", f"the answer is {told or 'of no told type'}, no HTML")


class _Pushed:
    """A stream into which bytes can be pushed back."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream, self._back = stream, b""

    def push(self, raw: bytes) -> None:
        """Read these bytes next."""
        self._back = raw + self._back

    def line(self) -> bytes:
        """The next line, or as much of it as a header may have."""
        if not self._back:
            return self._stream.readline(_MOST_HEAD)
        end = self._back.find(b"\n") + 1
        if end:
            line, self._back = self._back[:end], self._back[end:]
            return line
        line, self._back = self._back + self._stream.readline(_MOST_HEAD), b""
        return line

    def take(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        kept, self._back = self._back[:length], self._back[length:]
        return kept + self._stream.read(length - len(kept))

    def skip_to_record(self) -> None:
        """Pass over everything before the next line that begins as a record does."""
        while line := self.line():
            if _BEGIN.match(line):
                self.push(line)
                return
