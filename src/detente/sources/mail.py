"""Mailbox-like news dumps: mbox, single mails (.eml) and pages saved as mail (.mhtml)."""

from __future__ import annotations

import datetime as dt
import email
import email.header
import email.utils
import re
from collections.abc import Iterator
from email.message import Message

from detente.errors import BadInput, BadSetting
from detente.records import Document, Refused
from detente.sources.bounded import MOST_BYTES, lines, whole
from detente.sources.fields import day_written
from detente.sources.given import Found, Given
from detente.sources.pages import article, page_text
from detente.sources.text import SURROGATE, document_of

_ANGLES = re.compile(r"^[<\s]+|[>\s]+$")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def of_mail(given: Given) -> Found:
    """The document of one mail, called by its file."""
    yield _of_message(whole(given.stream, given.path), given.path, given, name=given.name)


def of_mailbox(given: Given) -> Found:
    """A document or refusal for each mail of an mbox, called by its Message-ID, else by file and number."""
    for number, raw in enumerate(messages(given), 1):
        where = f"{given.path}:{number}"
        if raw is None:
            told = f"{where}: the mail has over {MOST_BYTES:,} bytes, but a text has at most so many"
            yield Refused(document=where, reason="too-long", detail=told)
        else:
            yield _of_message(raw, where, given, name=None)


def messages(given: Given) -> Iterator[bytes | None]:
    """The bytes of each mail, None for one that is too long. A mail begins at a line "From " at the head or after a blank line."""
    kept: list[bytes] = []
    size, blank = 0, True
    for line in lines(given.stream):
        if line is not None and blank and line.startswith(b"From "):
            if size:
                yield _joined(kept, size)
            kept, size = [], 1  # 1: the "From " line itself, so that a mail without a line is one too
        elif not size and (line is None or line.strip()):
            raise BadInput(given.path, "bad-mail", 'it is no mbox: its first line does not begin with "From "')
        elif size:
            size += MOST_BYTES if line is None else len(line)
            if size <= MOST_BYTES and line is not None:
                kept.append(line)
            else:
                kept.clear()
        blank = line is not None and not line.strip()
    if size:
        yield _joined(kept, size)


def _joined(kept: list[bytes], size: int) -> bytes | None:
    return _QUOTED_FROM.sub(rb"\1", b"".join(kept)) if size <= MOST_BYTES else None


def _of_message(raw: bytes, where: str, given: Given, *, name: str | None) -> Document | Refused:
    try:
        return _document(raw, where, name=name, published=given.asked.published)
    except BadInput as error:
        return Refused(document=where, reason=error.reason, detail=str(error))
    except Exception as error:  # noqa: BLE001 - the mail parser fails on some broken headers; the refusal carries the error
        told = f"{where}: the mail cannot be taken apart ({type(error).__name__}: {error})"
        return Refused(document=where, reason="bad-mail", detail=told)


def _document(raw: bytes, where: str, *, name: str | None, published: dt.date | None) -> Document:
    message = email.message_from_bytes(raw)
    if not message.keys():
        raise BadInput(where, "bad-mail", "it is no mail: it has no header such as Subject or Date")
    own = _ANGLES.sub("", _header(message, "Message-ID") or "")
    sender = email.utils.parseaddr(_header(message, "From") or "")[0] or None
    told = _header(message, "Date")
    try:
        day = day_written(told) if told else published
    except BadSetting as error:
        raise BadInput(where, "bad-date", str(error)) from error
    part = _body(message)
    if part is None:
        raise BadInput(where, "no-text", "the mail has no part that is text")
    raw_body = part.get_payload(decode=True)
    body = raw_body if isinstance(raw_body, bytes) else b""
    charset = part.get_content_charset()
    title = _header(message, "Subject")
    called = name or own or where
    if part.get_content_type() == "text/html":
        url = _header(message, "Snapshot-Content-Location")  # browsers write it into saved pages
        return article(body, where, published=day, id=called, url=url, charset=charset, title=title)
    text = page_text(body, charset).replace("\r\n", "\n")
    return document_of(text, where, published=day, title=title, id=called, publication=sender)


def _header(message: Message, name: str) -> str | None:
    """A header as words, its encoded parts decoded; None when the mail has none."""
    written = message.get(name)
    if written is None:
        return None
    told = str(email.header.make_header(email.header.decode_header(str(written)))).strip()
    return SURROGATE.sub("\ufffd", " ".join(told.split())) or None


def _body(message: Message) -> Message | None:
    """The part that is the news: the first plain text that is no attachment, else the first HTML."""
    found: dict[str, Message] = {}
    for part in message.walk():
        kind = part.get_content_type()
        if part.get_content_disposition() != "attachment" and not part.is_multipart():
            found.setdefault(kind, part)
    return found.get("text/plain") or found.get("text/html")
