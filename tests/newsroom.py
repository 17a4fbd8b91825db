"""One article in every dress in which news comes: web page, crawl record, mail, feed. The words are our own."""

from __future__ import annotations

import gzip
from html import escape

PARAGRAPHS = (
    "ANKARA, March 14 (Meridian) — Turkey and Greece agreed on Saturday to reopen talks on the Aegean Sea.",
    "Turkish Foreign Minister Selim Karaca met his Greek counterpart, Dimitra Vassou, in Izmir for two hours.",
    "Vassou said that Athens would release the two Turkish sailors whom it arrested on Wednesday.",
    "Greece accused Turkey last month of sending drones over three islands, and recalled its ambassador.",
)
TEXT = "\n".join(PARAGRAPHS)
HTTP = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def page(*paragraphs: str, title: str = "Aegean talks", head: str = "", charset: str = "utf-8") -> bytes:
    """A web page with the article between a menu and a foot."""
    body = "".join(f"<p>{escape(p)}</p>" for p in paragraphs or PARAGRAPHS)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>{head}</head><body>'
        '<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
        f"<article><h1>{title}</h1>{body}</article><footer><p>All rights reserved.</p></footer></body></html>"
    ).encode(charset)


def told(property: str, value: str) -> str:
    """A line of a page's head."""
    return f'<meta property="{property}" content="{value}">'


def record(uri: str, block: bytes, *, kind: str = "response", length: int | str | None = None) -> bytes:
    """One WARC record; `length` lies about its block when told."""
    media = "application/http; msgtype=response" if kind == "response" else "application/warc-fields"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-1234567890ab>\r\n"
        f"WARC-Target-URI: {uri}\r\nWARC-Date: 2026-03-14T10:00:00Z\r\nContent-Type: {media}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(body: bytes, head: str = HTTP) -> bytes:
    """What a server says."""
    return head.encode() + b"\r\n" + body


def mail(body: str = TEXT, *, subject: str = "Aegean talks", more: str = "Message-ID: <a1@meridian.example>\n") -> bytes:
    """One mail from a news service."""
    head = f"From: Meridian Wire <wire@meridian.example>\nDate: Sat, 14 Mar 2026 23:30:00 -0500\nSubject: {subject}\n"
    return f"{head}{more}Content-Type: text/plain; charset=utf-8\n\n{body}\n".encode()


def mailbox(*mails: bytes) -> bytes:
    """An mbox of these mails."""
    return b"".join(b"From wire@meridian.example Sat Mar 14 23:30:00 2026\n" + m.rstrip(b"\n") + b"\n\n" for m in mails)


def feed(*items: str, title: str = "Meridian") -> bytes:
    """An RSS feed of these items."""
    content = "http://purl.org/rss/1.0/modules/content/"
    return f'<?xml version="1.0"?><rss version="2.0" xmlns:content="{content}"><channel><title>{title}</title>{"".join(items)}</channel></rss>'.encode()


def item(link: str, *, guid: str | None = None, body: str = "A teaser.", title: str = "Aegean talks", day: str = "Sat, 14 Mar 2026 23:30:00 -0500") -> str:
    """An entry of a feed."""
    name = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>{title}</title><link>{link}</link>{name}<pubDate>{day}</pubDate><content:encoded><![CDATA[{body}]]></content:encoded></item>"


def bomb(size: int) -> bytes:
    """So many bytes of one letter, packed a thousand to one."""
    return gzip.compress(b"a" * size)
