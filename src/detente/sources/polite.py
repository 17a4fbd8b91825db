"""Fetching from other people's servers: named, slow, bounded, and only what their robots.txt allows."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import msgspec

from detente.errors import BadInput
from detente.sources.bounded import MOST_RATIO

if TYPE_CHECKING:
    import httpx

AGENT = "detente"
MOST_REDIRECTS = 5
_MOST_ROBOTS = 512 * 1024  # RFC 9309: so much of a robots.txt must be read, no more
_RATIO_FROM = 2**20
_LONGEST_DELAY = 60.0  # seconds: a robots.txt that asks for an hour between two pages asks not to be read


class Answer(NamedTuple):
    """What a server said: the address that answered in the end, status, headers by small names, and the unpacked body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """How politely. Seconds and bytes."""

    agent: str = f"{AGENT} (reads news feeds; see its documentation)"
    delay: float = 1.0  # between two requests to one host; a longer Crawl-delay in robots.txt counts
    timeout: float = 20.0  # without a byte
    patience: float = 60.0  # for a whole answer
    most: int = 8 * 2**20  # bytes of an answer, unpacked


class Web:
    """One visitor: remembers robots.txt and the last request of each host."""

    def __init__(self, manners: Manners | None = None, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Open no connection yet.

        Args:
            manners: How politely.
            sleep: Waits so many seconds.
        """
        import httpx

        self.manners = manners or Manners()
        self._sleep = sleep
        self._client = httpx.Client(
            headers={"User-Agent": self.manners.agent, "Accept-Encoding": "gzip"},
            timeout=self.manners.timeout,
            follow_redirects=False,
        )
        self._robots: dict[str, RobotFileParser | None] = {}
        self._last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer for an address, redirects followed; each address on the way is asked for only if its host allows it.

        Raises:
            BadInput: `bad-address`, `robots`, `robots-unknown`, `redirects`, `http-404` and other states, `timeout`,
                `no-answer`, `too-long`, `gzip-bomb`, `bad-gzip`.
        """
        here, met = url, set[str]()
        while here not in met and len(met) <= MOST_REDIRECTS:
            met.add(here)
            self._demand_allowed(here)
            answer = self._ask(here, headers or {}, self.manners.most)
            if answer.status not in (301, 302, 303, 307, 308):
                if answer.status not in (200, 304):
                    raise BadInput(url, f"http-{answer.status}", f"the server answered {answer.status}")
                return answer
            here = _joined(here, answer)
        raise BadInput(url, "redirects", f"it is redirected in a circle or over {MOST_REDIRECTS} times, last to {here}")

    def forget_robots(self) -> None:
        """Ask for every robots.txt anew; who runs for days does this once a round."""
        self._robots.clear()

    def _demand_allowed(self, url: str) -> None:
        origin = _origin(url)
        if origin not in self._robots:
            self._robots[origin] = self._rules(origin)
        rules = self._robots[origin]
        if rules is None:
            raise BadInput(url, "robots-unknown", "its host's robots.txt cannot be had, so that nothing is fetched")
        if not rules.can_fetch(AGENT, url):
            raise BadInput(url, "robots", "its host's robots.txt asks us not to fetch it")

    def _rules(self, origin: str) -> RobotFileParser | None:
        """What the host allows; all of it where it has no robots.txt, None where it does not answer (RFC 9309, 2.3.1)."""
        rules = RobotFileParser()
        here = f"{origin}/robots.txt"
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer = self._ask(here, {}, _MOST_ROBOTS)
            except BadInput:
                return None
            if answer.status in (301, 302, 303, 307, 308):
                here = _joined(here, answer)
                continue
            if answer.status >= 500 or answer.status == 429:
                return None
            rules.parse(answer.body.decode("utf-8", "replace").splitlines() if answer.status == 200 else [])
            return rules
        return None

    def _ask(self, url: str, headers: Mapping[str, str], most: int) -> Answer:
        import httpx

        self._wait(url)
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                body = b"" if response.is_redirect else b"".join(self._body(response, url, most))
                told = {name.lower(): value for name, value in response.headers.items()}
                return Answer(url, response.status_code, told, body)
        except httpx.TimeoutException as error:
            raise BadInput(url, "timeout", f"no byte came for {self.manners.timeout:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise BadInput(url, "no-answer", f"it does not answer as a server does ({type(error).__name__}: {error})") from error

    def _wait(self, url: str) -> None:
        host = _origin(url)
        rules = self._robots.get(host)
        asked = float(rules.crawl_delay(AGENT) or 0) if rules else 0.0
        delay = max(self.manners.delay, min(asked, _LONGEST_DELAY))
        now = time.monotonic()
        due = self._last.get(host, now - delay) + delay
        if due > now:
            self._sleep(due - now)
        self._last[host] = max(due, now)

    def _body(self, response: httpx.Response, url: str, most: int) -> Iterator[bytes]:
        """The unpacked body, never more than `most` bytes of it."""
        until, came, made = time.monotonic() + self.manners.patience, 0, 0
        packed = response.headers.get("content-encoding", "identity").lower() != "identity"
        inflate = zlib.decompressobj(wbits=47) if packed else None  # 47: gzip or zlib, as it says
        for chunk in response.iter_raw():
            came += len(chunk)
            try:
                piece = inflate.decompress(chunk, most + 1 - made) if inflate else chunk
            except zlib.error as error:
                raise BadInput(url, "bad-gzip", f"its gzip is damaged ({error})") from error
            made += len(piece)
            if made > max(_RATIO_FROM, MOST_RATIO * came):
                raise BadInput(url, "gzip-bomb", f"it unpacks to over {MOST_RATIO} times its size, as no page does")
            if made > most:
                raise BadInput(url, "too-long", f"it has over {most:,} bytes; no page or feed has so many")
            if time.monotonic() > until:
                raise BadInput(url, "timeout", f"it was not done after {self.manners.patience:g} seconds")
            yield piece
        if inflate and not inflate.eof and came:
            raise BadInput(url, "bad-gzip", "its gzip breaks off")


def _origin(url: str) -> str:
    """Scheme, host and port of an address.

    Raises:
        BadInput: `bad-address`.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        pass
    raise BadInput(url, "bad-address", "it is no address of the web; it must begin with http:// or https:// and a host")


def _joined(here: str, answer: Answer) -> str:
    """Where a redirect leads; to the address itself, which is a circle, when it says nothing that can be joined."""
    try:
        return urljoin(here, answer.headers.get("location", here))
    except ValueError:
        return here
