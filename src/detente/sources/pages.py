"""HTML → the article: its text, title, day and publisher, taken out of the page by trafilatura.

Offsets of all records count in the extracted text, which is the document's text.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from detente.errors import BadInput, BadSetting
from detente.records import Document
from detente.sources.bounded import whole
from detente.sources.fields import day_written
from detente.sources.given import Found, Given
from detente.sources.text import document_of

MOST_PAGE = 8 * 2**20
"""Bytes: a longer page is no article (the longest of news sites have 2 to 3 MB, nearly all of it script)."""

_MARKED = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|article|main|div|p|title|meta)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)


def of_page(given: Given) -> Found:
    """The article of one HTML file, called by its path: what a page calls itself is often the paper's front page."""
    raw = whole(given.stream, given.path, MOST_PAGE)
    yield article(raw, given.path, published=given.asked.published, id=given.name)


def article(  # noqa: PLR0913 - what may be known about a page from outside
    raw: bytes,
    where: str,
    *,
    published: dt.date | None = None,
    id: str | None = None,
    url: str | None = None,
    charset: str | None = None,
    title: str | None = None,
) -> Document:
    """The document of one page's bytes; `published` and `title` serve where the page tells none.

    Raises:
        BadInput: `too-long`, `not-html`, `no-article`, or the text cannot be read as English news.
    """
    if len(raw) > MOST_PAGE:
        raise BadInput(where, "too-long", f"the page has over {MOST_PAGE:,} bytes; an article has at most so many")
    html = page_text(raw, charset)
    if not _MARKED.search(html, 0, 100_000):
        raise BadInput(where, "not-html", "it is no HTML, whatever its name says; name plain text .txt")
    found = _extracted(html, where, url)
    text = str(found.text or "") if found is not None else ""
    if not text.strip():
        raise BadInput(where, "no-article", "the page has no article that could be found; copy its text into a .txt file")
    return document_of(
        text,
        where,
        published=_day(found.date) or published,
        title=found.title or title,
        id=id,
        url=url or found.url,
        publication=found.sitename,
    )


def page_text(raw: bytes, charset: str | None = None) -> str:
    """The page as characters: UTF-8 if it is that, else what server or page declares, else what browsers take (windows-1252)."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    declared = _CHARSET.search(raw[:4096])
    for encoding in filter(None, (charset, declared[1].decode("ascii") if declared else None)):
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("windows-1252", "replace")


def _extracted(html: str, where: str, url: str | None) -> Any:
    try:
        return _extractor()(
            html,
            url=url,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            # a day far ahead is told and refused, not passed over for a worse one; no day is guessed from the page's words
            date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"},
        )
    except Exception as error:  # one page must not end the crawl; the refusal carries the error
        raise BadInput(where, "bad-html", f"the page cannot be taken apart ({type(error).__name__}: {error})") from error


@cache
def _extractor() -> Callable[..., Any]:
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate", "courlan", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they complain of, a refusal says
    return bare_extraction


def _day(written: str | None) -> dt.date | None:
    if not written:
        return None
    try:
        return day_written(written)
    except BadSetting:
        return None
