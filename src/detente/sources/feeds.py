"""RSS and Atom: what is new in the feeds becomes documents, each entry once.

A feed is asked for with the validators of its last answer, so that an unchanged one costs nothing. An entry that carries its whole
text is taken from the feed; of the others the page is fetched. What failed for the moment (no answer, a server in trouble) is
refused now and tried again in the next round; everything else is settled by its first try.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from detente.errors import BadInput, BadSetting
from detente.records import Document, Refused
from detente.sources.bounded import whole
from detente.sources.fields import day_written
from detente.sources.pages import article
from detente.sources.polite import Manners, Web
from detente.sources.text import SURROGATE, from_future

FULL = 150
"""Words of an entry's own text from which it is taken for the whole article: teasers have 20 to 60."""

_KEPT = 2000  # names of entries remembered for each feed beyond those that it still shows
_PASSING = re.compile(r"timeout|no-answer|robots-unknown|http-(5\d\d|429|408)")
_CUT_OFF = re.compile(r"(\.\.\.|…|\[…\]|\[\.\.\.\]|read more|continue reading)\W*$", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")


class Feed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One feed: its address, `file:` and a path for one on disk, and whose it is where it does not say."""

    url: str
    publication: str | None = None


class Feeds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What FEEDS.toml says: the feeds, and how politely and how often they are asked."""

    feed: tuple[Feed, ...]
    agent: str = Manners().agent
    delay: float = Manners().delay
    most_pages: int = 50  # of one feed in a round; the others wait for the next
    folder: str = "."  # of the file itself, for `file:` addresses

    def manners(self) -> Manners:
        """How politely."""
        return Manners(agent=self.agent, delay=self.delay)


class Seen(msgspec.Struct):
    """What is remembered of one feed: the validators of its last answer, and the names of entries that are settled."""

    etag: str | None = None
    modified: str | None = None
    entries: list[str] = []


class State:
    """What is remembered between two rounds, in a small JSON file; `counts` tells what happened since it was opened."""

    def __init__(self, path: Path | None) -> None:
        """Read the file if it is there.

        Args:
            path: The file; None remembers nothing after the end.

        Raises:
            BadSetting: The file is no state.
        """
        self._path, self.counts = path, Counter[str]()
        self.feeds: dict[str, Seen] = {}
        if path is not None and path.exists():
            try:
                self.feeds = msgspec.json.decode(path.read_bytes(), type=dict[str, Seen])
            except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
                rule = f"it must be a file that this program wrote ({error}); name another, or remove it to begin anew"
                raise BadSetting("--state", str(path), rule) from error

    def of(self, feed: Feed) -> Seen:
        """What is remembered of this feed."""
        return self.feeds.setdefault(feed.url, Seen())

    def save(self) -> None:
        """Write the file anew under another name, then rename it: killed at any moment, it is the old or the new one.

        Raises:
            BadSetting: It cannot be written.
        """
        if self._path is None:
            return
        beside = self._path.with_name(self._path.name + ".new")
        try:
            beside.write_bytes(msgspec.json.encode(self.feeds))
            beside.replace(self._path)
        except OSError as error:
            raise BadSetting("--state", str(self._path), f"it cannot be written: {error.strerror}") from error


def feeds_in(path: Path) -> Feeds:
    """The feeds that a TOML file names.

    Raises:
        BadSetting: It cannot be read, is no TOML, or has a key or value that it may not have.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert({**written, "folder": str(path.parent)}, Feeds)
    except OSError as error:
        raise BadSetting("FEEDS", str(path), f"it cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        rule = f"it must be TOML with [[feed]] tables that have a url ({error}); see examples/feeds.toml"
        raise BadSetting("FEEDS", str(path), rule) from error
    if not (found.delay >= 0 and found.most_pages > 0 and found.feed):
        raise BadSetting("FEEDS", str(path), "delay must be seconds from 0, most_pages above 0, and at least one [[feed]] there")
    return found


def poll(feeds: Feeds, state: State, web: Web, *, today: dt.date | None = None) -> Iterator[Document | Refused]:
    """Every new entry of every feed, as a document or a refusal; a feed that cannot be read is one refusal.

    An entry is settled only when the next result is asked for, and nothing is saved here: whoever saves the state after each
    result, or after a round, gets the document again on which he was killed. `state.counts` tells what else was met.
    """
    for feed in feeds.feed:
        try:
            yield from _new(feed, feeds, state, web, today)
        except BadInput as error:
            state.counts["feeds refused"] += 1
            yield Refused(document=feed.url, reason=error.reason, detail=f"{feed.url}: {error.detail}")


def _new(feed: Feed, feeds: Feeds, state: State, web: Web, today: dt.date | None) -> Iterator[Document | Refused]:
    seen = state.of(feed)
    raw, etag, modified = _fetched(feed, feeds, seen, web)
    if raw is None:
        state.counts["feeds unchanged"] += 1
        return
    shown, publication = _entries(raw, feed)
    state.counts["entries"] += len(shown)
    settled, known = True, set(seen.entries)
    fetched = 0
    for entry in shown:
        name = _name(entry)
        if name is not None and name in known:
            state.counts["entries seen"] += 1
            continue
        if fetched >= feeds.most_pages:
            state.counts["entries that wait"] += 1
            settled = False
            continue
        found = _of_entry(entry, feed, publication, web, today)
        fetched += 1
        state.counts["entries refused" if isinstance(found, Refused) else "documents"] += 1
        yield found
        if isinstance(found, Refused) and _PASSING.fullmatch(found.reason):
            settled = False
        elif name is not None:
            known.add(name)
            seen.entries.append(name)
    present = {_name(entry) for entry in shown}
    seen.entries = [n for n in seen.entries if n not in present][-_KEPT:] + [n for n in seen.entries if n in present]
    if settled:  # else the next answer must show the entries again
        seen.etag, seen.modified = etag, modified


def _fetched(feed: Feed, feeds: Feeds, seen: Seen, web: Web) -> tuple[bytes | None, str | None, str | None]:
    """The feed's bytes and validators; None when it has not changed."""
    if feed.url.startswith("file:"):
        path = Path(feeds.folder) / feed.url.removeprefix("file:")
        try:
            with path.open("rb") as stream:
                return whole(stream, str(path)), None, None
        except OSError as error:
            raise BadInput(feed.url, "unreadable", f"{error.strerror or error}") from error
    asked = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified}
    answer = web.get(feed.url, headers={name: value for name, value in asked.items() if value})
    if answer.status == 304:
        return None, seen.etag, seen.modified
    return answer.body, answer.headers.get("etag"), answer.headers.get("last-modified")


def _entries(raw: bytes, feed: Feed) -> tuple[list[Any], str | None]:
    """The entries that a feed shows, and whose it is.

    Raises:
        BadInput: `not-a-feed`.
    """
    import feedparser

    try:
        parsed = feedparser.parse(io.BytesIO(raw), response_headers={"content-location": feed.url})
        shown = list(parsed.entries)
        kind, fault, title = parsed.version, parsed.get("bozo_exception"), parsed.feed.get("title")
    except Exception as error:  # one feed must not end the round; the refusal carries the error
        raise BadInput(feed.url, "not-a-feed", f"it cannot be taken apart ({type(error).__name__}: {error})") from error
    if not kind or (fault is not None and not shown):
        is_page = b"<html" in raw[:2000].lower()
        told = "it is a web page, no feed; look on it for the feed's own address" if is_page else "it is neither RSS nor Atom"
        raise BadInput(feed.url, "not-a-feed", told)
    return shown, feed.publication or title or None


def _of_entry(entry: Any, feed: Feed, publication: str | None, web: Web, today: dt.date | None) -> Document | Refused:
    url = entry.get("link") or None
    where = url or f"{feed.url} ({_name(entry) or 'an entry without a name'})"
    try:
        raw, here = _page_of(entry, where, web)
        found = article(raw, where, published=_day(entry), title=_plain(entry.get("title")), id=url or _name(entry), url=here)
        # the feed knows its own entries better than a guess in the page does; a page that names no paper is given its host's
        paper = found.publication if url is None or found.publication != urlsplit(url).netloc else None
        told = msgspec.structs.replace(
            found,
            url=url,
            title=_plain(entry.get("title")) or found.title,
            published=_day(entry) or found.published,
            publication=feed.publication or paper or publication or found.publication,
        )
        return from_future(told, today) or told
    except BadInput as error:
        return Refused(document=where, reason=error.reason, detail=f"{where}: {error.detail}")


def _page_of(entry: Any, where: str, web: Web) -> tuple[bytes, str | None]:
    """The entry's own text as a page, or the page that it leads to; and its address.

    Raises:
        BadInput: `no-text`, or the page cannot be fetched.
    """
    body, url = _own_text(entry), entry.get("link") or None
    if body is not None:
        return _page(body), url
    if url is None:
        raise BadInput(where, "no-text", "the entry has neither a text of its own nor an address")
    answer = web.get(url)
    return answer.body, answer.url


def _own_text(entry: Any) -> str | None:
    """The entry's own HTML when it is the whole article."""
    bodies = [str(c.get("value") or "") for c in entry.get("content") or []] + [str(entry.get("summary") or "")]
    longest = max(bodies, key=len)
    words = _plain(longest) or ""
    return longest if len(words.split()) >= FULL and not _CUT_OFF.search(words) else None


def _page(body: str) -> bytes:
    """A page of the entry's HTML; plain text becomes a paragraph for each of its own."""
    marked = body if "<" in body else "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", body))
    return f"<html><body><article>{marked}</article></body></html>".encode("utf-8", "replace")


def _name(entry: Any) -> str | None:
    """By which an entry is known again."""
    return entry.get("id") or entry.get("link") or None


def _day(entry: Any) -> dt.date | None:
    """The day on which the entry says it appeared, in its own zone; None when it says none that can be read."""
    for role in ("published", "updated"):
        try:
            return day_written(entry[role])
        except (KeyError, BadSetting, TypeError):
            if parsed := entry.get(f"{role}_parsed"):
                return dt.date(*parsed[:3])
    return None


def _plain(marked: str | None) -> str | None:
    """The words without tags."""
    text = " ".join(html.unescape(_TAGS.sub(" ", marked or "")).split())
    return SURROGATE.sub("\ufffd", text) or None
