"""Other people's servers: asked slowly, by name, only for what they allow; what they answer is bounded."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from detente.errors import BadInput
from detente.sources.polite import MOST_REDIRECTS, Manners, Web
from tests.newsroom import bomb

if TYPE_CHECKING:
    from tests.sources.conftest import Handler, Server

AT_ONCE = Manners(delay=0, timeout=1, patience=2, most=8_000_000)
BOMB = bomb(20_000_000)


@pytest.fixture
def web() -> Iterator[Web]:
    """A visitor in a hurry."""
    with Web(AT_ONCE) as visitor:
        yield visitor


def reason(web: Web, url: str) -> str:
    """Why an address gives nothing."""
    with pytest.raises(BadInput) as caught:
        web.get(url)
    return caught.value.reason


def test_a_page_is_fetched_by_name(paper: Server, web: Web) -> None:
    """The server is told who asks, and is asked for robots.txt first, once."""
    paper.answers["/a"] = b"news"
    assert [web.get(f"{paper.url}/a").body for _ in range(2)] == [b"news"] * 2
    assert paper.paths() == ["/robots.txt", "/a", "/a"]
    assert all(headers["User-Agent"].startswith("detente") for _, headers in paper.asked)


def test_robots_are_obeyed(paper: Server, web: Web) -> None:
    """What is forbidden to us or to all is not asked for."""
    paper.answers |= {"/robots.txt": b"User-agent: *\nDisallow: /private\n", "/private/a": b"x", "/a": b"y"}

    assert reason(web, f"{paper.url}/private/a") == "robots"
    assert web.get(f"{paper.url}/a").body == b"y"
    assert "/private/a" not in paper.paths()


def test_a_redirect_does_not_lead_around_robots(paper: Server, web: Web) -> None:
    """Each address on the way is asked for only if it is allowed."""
    paper.answers |= {
        "/robots.txt": b"User-agent: detente\nDisallow: /private\n",
        "/a": lambda h: h.say(302, Location="/private/a"),
        "/private/a": b"x",
    }

    assert reason(web, f"{paper.url}/a") == "robots"
    assert "/private/a" not in paper.paths()


@pytest.mark.parametrize(("status", "answer"), [(404, "read"), (403, "read"), (500, "robots-unknown"), (503, "robots-unknown")])
def test_a_missing_robots_allows_and_a_broken_one_forbids(paper: Server, web: Web, status: int, answer: str) -> None:
    """As RFC 9309 says: none is no rule, a server in trouble is left alone."""
    paper.answers |= {"/robots.txt": lambda h: h.say(status), "/a": b"x"}
    try:
        found = "read" if web.get(f"{paper.url}/a").body == b"x" else "?"
    except BadInput as error:
        found = error.reason

    assert found == answer


def test_one_host_is_not_hurried(paper: Server) -> None:
    """Between two requests lies the delay, or the longer one that robots.txt asks for."""
    waits: list[float] = []
    paper.answers |= {"/a": b"x"}
    with Web(Manners(delay=3), sleep=waits.append) as web:
        web.get(f"{paper.url}/a")
        web.get(f"{paper.url}/a")

    assert len(waits) == 2
    assert sum(waits) == pytest.approx(3 + 6, abs=0.5)
    paper.answers["/robots.txt"] = b"User-agent: *\nCrawl-delay: 7\n"
    waits.clear()
    with Web(Manners(delay=3), sleep=waits.append) as web:
        web.get(f"{paper.url}/a")

    assert waits == [pytest.approx(7, abs=0.5)]


def _forever(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"a" * 10_000)
    except OSError:
        pass


def _drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"a")
            time.sleep(0.1)
    except OSError:
        pass


def _silent(handler: Handler) -> None:
    time.sleep(2)
    handler.close_connection = True


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda h: h.say(404), "http-404"),
        (lambda h: h.say(500), "http-500"),
        (lambda h: h.say(302, Location="/a"), "redirects"),
        (lambda h: h.say(302, Location="/b"), "redirects"),
        (lambda h: h.say(302, Location="file:///etc/passwd"), "bad-address"),
        (lambda h: h.say(302, Location="http://"), "redirects"),
        (lambda h: h.say(200, BOMB, Content_Encoding="gzip"), "gzip-bomb"),
        (lambda h: h.say(200, gzip.compress(b"x" * 500)[:15], Content_Encoding="gzip"), "bad-gzip"),
        (lambda h: h.say(200, b"no gzip", Content_Encoding="gzip"), "bad-gzip"),
        (lambda h: h.say(200, b"a" * 9_000_000), "too-long"),
        (_forever, "too-long"),
        (_drip, "timeout"),
        (_silent, "timeout"),
    ],
)
def test_a_wicked_answer_is_named(paper: Server, web: Web, answer: object, expected: str) -> None:
    """Nothing keeps us longer or takes more memory than the limits say."""
    paper.answers |= {"/a": answer, "/b": lambda h: h.say(302, Location="/a")}  # type: ignore[dict-item]
    begin = time.monotonic()

    assert reason(web, f"{paper.url}/a") == expected
    assert time.monotonic() - begin < 10


def test_a_packed_page_comes_unpacked(paper: Server, web: Web) -> None:
    """As nearly all servers send it."""
    paper.answers["/a"] = lambda h: h.say(200, gzip.compress(b"news" * 1000), Content_Encoding="gzip")

    assert web.get(f"{paper.url}/a").body == b"news" * 1000


def test_a_few_redirects_are_followed(paper: Server, web: Web) -> None:
    """The last address is told; one redirect too many is a circle."""
    paper.answers |= {f"/{n}": lambda h: h.say(301, Location=f"/{int(h.path[1:]) + 1}") for n in range(MOST_REDIRECTS)}
    paper.answers[f"/{MOST_REDIRECTS}"] = b"there"

    assert web.get(f"{paper.url}/0").url == f"{paper.url}/{MOST_REDIRECTS}"
    paper.answers |= {f"/{MOST_REDIRECTS}": lambda h: h.say(301, Location="/end"), "/end": b"x"}
    assert reason(web, f"{paper.url}/0") == "redirects"


def test_nobody_there_is_told(web: Web) -> None:
    """A host that does not answer is left for the next round."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert reason(web, f"http://127.0.0.1:{port}/a") == "robots-unknown"


@pytest.mark.parametrize("url", ["ftp://paper.example/a", "file:///etc/passwd", "javascript:1", "http://", "/a", "", "http://[", "http://a:b/"])
def test_only_the_web_is_fetched(web: Web, url: str) -> None:
    """A feed cannot make us open a file of this machine."""
    assert reason(web, url) == "bad-address"
