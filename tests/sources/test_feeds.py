"""Feeds: each new entry once, the whole text from wherever it stands, what fails for the moment tried again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.errors import BadSetting
from detente.records import Document, Refused
from detente.sources.feeds import FULL, Feed, Feeds, State, feeds_in, poll
from detente.sources.polite import Manners, Web
from tests.newsroom import TEXT, bomb, feed, item, page, told

if TYPE_CHECKING:
    from tests.sources.conftest import Server

BOMB = bomb(20_000_000)
TODAY = dt.date(2026, 3, 20)
FULL_TEXT = "".join(f"<p>{line} Number {n} of the long report.</p>" for n in range(3) for line in TEXT.split("\n"))


@pytest.fixture
def web() -> Iterator[Web]:
    """A visitor in a hurry."""
    with Web(Manners(delay=0, timeout=2, patience=4, most=8_000_000)) as visitor:
        yield visitor


def of(*urls: str, most_pages: int = 50) -> Feeds:
    """These feeds."""
    return Feeds(feed=tuple(map(Feed, urls)), most_pages=most_pages)


def read(paper: Server, web: Web, state: State, *, most_pages: int = 50) -> list[Document | Refused]:
    """A round over the paper's feed."""
    return list(poll(of(f"{paper.url}/rss", most_pages=most_pages), state, web, today=TODAY))


def outcome(found: list[Document | Refused]) -> list[str]:
    """Read, or the reason, one by one."""
    return [f.reason if isinstance(f, Refused) else "read" for f in found]


def test_a_teasers_page_is_fetched(paper: Server, web: Web) -> None:
    """Its article is the text; title, day and paper are those of the feed, which knows its own entries best."""
    url = f"{paper.url}/talks"
    paper.answers |= {"/rss": feed(item(url, guid="7")), "/talks": page(head=told("article:published_time", "2026-03-01"))}
    (found,) = read(paper, web, State(None))

    assert isinstance(found, Document), found
    assert (found.id, found.url, found.title, found.publication) == (url, url, "Aegean talks", "Meridian")
    assert found.published == dt.date(2026, 3, 14)  # half past eleven at night in the paper's zone, the next day in Greenwich
    assert "Vassou said that Athens would release the two Turkish sailors" in found.text
    assert "Home" not in found.text


def test_an_entry_with_its_whole_text_needs_no_page(paper: Server, web: Web) -> None:
    """A server is not asked for what it has told already."""
    assert len(FULL_TEXT.split()) > FULL
    paper.answers["/rss"] = feed(item(f"{paper.url}/talks", body=FULL_TEXT))
    (found,) = read(paper, web, State(None))

    assert isinstance(found, Document), found
    assert paper.paths() == ["/robots.txt", "/rss"]
    assert "Number 2 of the long report" in found.text


def test_a_long_teaser_that_breaks_off_is_no_whole_text(paper: Server, web: Web) -> None:
    """However long it is, its page has the rest."""
    paper.answers |= {"/rss": feed(item(f"{paper.url}/talks", body=FULL_TEXT + "<p>Read more…</p>")), "/talks": page()}
    (found,) = read(paper, web, State(None))

    assert "/talks" in paper.paths()
    assert isinstance(found, Document)


def test_each_entry_comes_once(paper: Server, web: Web, tmp_path: Path) -> None:
    """Also when the program ended in between; a new entry is seen beside old ones."""
    paper.answers |= {"/rss": feed(item(f"{paper.url}/1")), "/1": page(), "/2": page()}
    first = State(tmp_path / "state.json")
    assert outcome(read(paper, web, first)) == ["read"]
    first.save()
    again = State(tmp_path / "state.json")
    assert read(paper, web, again) == []
    assert again.counts == {"entries": 1, "entries seen": 1}
    paper.answers["/rss"] = feed(item(f"{paper.url}/2"), item(f"{paper.url}/1"))

    assert outcome(read(paper, web, again)) == ["read"]


def test_who_is_killed_at_work_gets_the_document_again(paper: Server, web: Web, tmp_path: Path) -> None:
    """An entry is settled when the next is asked for, not before."""
    paper.answers |= {"/rss": feed(item(f"{paper.url}/1"), item(f"{paper.url}/2")), "/1": page(), "/2": page()}
    state = State(tmp_path / "state.json")
    results = poll(of(f"{paper.url}/rss"), state, web, today=TODAY)
    next(results)
    next(results)
    state.save()  # and dies with the second in its hands
    (found,) = read(paper, web, State(tmp_path / "state.json"))

    assert isinstance(found, Document)
    assert found.id == f"{paper.url}/2"


@pytest.mark.parametrize(("given_", "asked"), [({"ETag": '"v1"'}, "If-None-Match"), ({"Last_Modified": "Sat, 14 Mar 2026 00:00:00 GMT"}, "If-Modified-Since")])
def test_an_unchanged_feed_costs_nothing(paper: Server, web: Web, given_: dict[str, str], asked: str) -> None:
    """The server is told what we have, and says that it has nothing else."""
    (value,) = given_.values()
    body = feed(item(f"{paper.url}/1"))
    paper.answers |= {"/rss": lambda h: h.say(304) if h.headers.get(asked) == value else h.say(200, body, **given_), "/1": page()}
    state = State(None)

    assert outcome(read(paper, web, state)) == ["read"]
    assert read(paper, web, state) == []
    assert state.counts["feeds unchanged"] == 1


def test_what_fails_for_the_moment_is_tried_again(paper: Server, web: Web) -> None:
    """A server in trouble is refused now and asked in the next round, although the feed has not changed; what is gone is settled."""
    body = feed(item(f"{paper.url}/1"), item(f"{paper.url}/2"))
    paper.answers |= {"/rss": lambda h: h.say(304) if h.headers.get("If-None-Match") else h.say(200, body, ETag='"v1"'), "/1": lambda h: h.say(503)}
    state = State(None)
    assert outcome(read(paper, web, state)) == ["http-503", "http-404"]
    paper.answers |= {"/1": page(), "/2": page()}

    assert outcome(read(paper, web, state)) == ["read"]
    assert read(paper, web, state) == []
    assert state.counts["feeds unchanged"] == 1


def test_one_feed_does_not_take_the_round(paper: Server, web: Web) -> None:
    """Beyond its share of pages the entries wait for the next round, and all come."""
    paper.answers["/rss"] = feed(*(item(f"{paper.url}/{n}") for n in range(5)))
    paper.answers |= {f"/{n}": page() for n in range(5)}
    state = State(None)
    rounds = [len(read(paper, web, state, most_pages=2)) for _ in range(4)]

    assert rounds == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(), "not-a-feed"),
        (b"", "not-a-feed"),
        (b"\x00\xff" * 100, "not-a-feed"),
        (lambda h: h.say(404), "http-404"),
        (lambda h: h.say(302, Location="/bad"), "redirects"),
        (lambda h: h.say(200, BOMB, Content_Encoding="gzip"), "gzip-bomb"),
        (lambda h: h.say(200, b"<rss>" + b"a" * 9_000_000), "too-long"),
    ],
)
def test_a_feed_that_is_none_is_one_refusal(paper: Server, web: Web, answer: object, reason: str) -> None:
    """And the next feed is read."""
    paper.answers |= {"/bad": answer, "/rss": feed(item(f"{paper.url}/1")), "/1": page()}  # type: ignore[dict-item]
    found = list(poll(of(f"{paper.url}/bad", f"{paper.url}/rss"), State(None), web, today=TODAY))

    assert outcome(found) == [reason, "read"]
    assert isinstance(found[0], Refused)
    assert found[0].document == f"{paper.url}/bad"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (item("file:///etc/passwd"), "bad-address"),
        (item("", guid="7"), "no-text"),
        (item("PAPER/private"), "robots"),
        (item("PAPER/plain"), "not-html"),
        (item("PAPER/french"), "not-english"),
        (item("PAPER/1", day="Sun, 14 Mar 2027 10:00:00 GMT"), "future-date"),
    ],
)
def test_an_entry_that_is_no_news_is_one_refusal(paper: Server, web: Web, entry: str, reason: str) -> None:
    """Once: it is settled, and the entries after it are read."""
    french = "Le ministre français des Affaires étrangères a rencontré lundi son homologue allemand à Berlin pour parler de la guerre."
    paper.answers |= {
        "/robots.txt": b"User-agent: *\nDisallow: /private\n", "/rss": feed(entry.replace("PAPER", paper.url), item(f"{paper.url}/2")),
        "/1": page(), "/2": page(), "/plain": b"no page", "/french": page(french, french, french),
    }  # fmt: skip
    state = State(None)

    assert outcome(read(paper, web, state)) == [reason, "read"]
    assert read(paper, web, state) == []


def test_atom_is_read_too(paper: Server, web: Web) -> None:
    """The other family of feeds."""
    paper.answers |= {
        "/rss": b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Meridian</title><entry><id>urn:1</id>
        <title>Talks</title><link href="/1"/><updated>2026-03-14T23:30:00-05:00</updated></entry></feed>""",
        "/1": page(),
    }
    (found,) = read(paper, web, State(None))

    assert isinstance(found, Document), found
    assert (found.url, found.published) == (f"{paper.url}/1", dt.date(2026, 3, 14))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss version='2.0'><channel><item>", feed(item("x"))[:-40]]))
def test_any_bytes_are_a_feed_or_a_refusal(tmp_path: Path, raw: bytes, head: bytes) -> None:
    """No feed ends the round."""
    (tmp_path / "feed.xml").write_bytes(head + raw)
    with Web(Manners(delay=0)) as web:
        found = list(poll(Feeds(feed=(Feed("file:feed.xml"),), folder=str(tmp_path)), State(None), web))

    assert all(isinstance(f, Document | Refused) for f in found)


@pytest.mark.parametrize("written", ["", "feed = []", "[[feed]]", '[[feed]]\nurl = "a"\ncolour = 1', "delay = -1\n[[feed]]\nurl = 'a'", "nonsense", "delay = nan\n[[feed]]\nurl = 'a'"])
def test_a_wrong_list_of_feeds_is_an_error(tmp_path: Path, written: str) -> None:
    """Said before anybody is asked for anything."""
    (tmp_path / "feeds.toml").write_text(written, encoding="utf-8")
    with pytest.raises(BadSetting, match=r"feeds\.toml"):
        feeds_in(tmp_path / "feeds.toml")


def test_another_file_is_no_state(tmp_path: Path) -> None:
    """It is not written over."""
    (tmp_path / "notes.txt").write_text("notes", encoding="utf-8")
    with pytest.raises(BadSetting, match="it must be a file that this program wrote"):
        State(tmp_path / "notes.txt")


def test_what_a_feed_no_longer_shows_is_forgotten_in_the_end(paper: Server, web: Web) -> None:
    """The state stays small; what the feed shows is never forgotten."""
    paper.answers |= {"/rss": feed(item(f"{paper.url}/1")), "/1": page()}
    state = State(None)
    url = f"{paper.url}/rss"
    state.of(Feed(url)).entries = [f"old {n}" for n in range(5000)]
    read(paper, web, state)
    kept = state.of(Feed(url)).entries

    assert len(kept) == 2001
    assert kept[-1] == f"{paper.url}/1"
