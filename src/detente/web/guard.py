"""What every request must pass, before any page or route sees it; and the headers that every answer bears.

A name in `Host` that is not the workbench's would let a web page elsewhere reach it through a domain of its own (DNS rebinding); a form
sent from elsewhere would judge in the reader's name.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import math
import secrets
import time
from collections.abc import Callable, Iterable, MutableSequence
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OURS = ("127.0.0.1", "localhost", "[::1]")
MOST_BYTES = 1_000_000
"""Of what is sent: twice a text of the longest that is read, in UTF-8 and percent signs."""
MOST_SECONDS = 20.0
"""Until the whole of what is sent has come."""
MOST_AT_ONCE = 200
"""Requests that a process answers at once; who comes then is told to ask again."""
RATE = 600
"""Requests of a client in a minute: a page is two or three with its files, so that thirty tabs can be opened at once and some four pages a second be read."""
SLOTS = 65_536
"""Of clients that are counted, 512 kB; two that share one by chance have one rate together."""
COOKIE = "detente"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""No script runs, not even our own."""
POLICY_WITH_SCRIPT = f"{POLICY}; script-src 'self'; connect-src 'self'"
"""Of a page with a script: it comes as a file of ours, and asks nobody else. What a text says runs there as little as elsewhere."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Refusal(Exception):
    """A request that is not let in: status, reason, one sentence, and headers that say more to a program."""

    def __init__(self, status: int, reason: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, reason, detail)
        self.status, self.reason, self.detail, self.headers = status, reason, detail, headers or {}


class Guard:
    """Around the whole program."""

    def __init__(
        self, inside: ASGIApp, *, refused: Callable[[Request, Exception], Response], names: tuple[str, ...] = OURS, rate: Rate | None = None,
        known: Callable[[Scope], str | None] = lambda _: None,
    ) -> None:  # fmt: skip
        """Guard `inside`.

        Args:
            inside: The program.
            refused: Tells those who do not come in why not.
            names: Under which it is reached; an IP address of the machine is `*`.
            rate: How many requests a client may send; any number when None.
            known: The client whom a request proves to come from; None for one that is known by its address alone.
        """
        self.inside, self._refused, self.names, self.rate, self.known = inside, refused, names, rate, known
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or say why not."""
        if scope["type"] != "http":
            await self.inside(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        begun, counted = False, list[tuple[bytes, bytes]]()

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                # what has not changed keeps its headers: the browser would put those of a 304 in their place
                ours = [] if message["status"] == 304 else _ours(message["headers"])
                message = {**message, "headers": [*_cookies_kept(message["headers"], scope["scheme"]), *ours, *counted]}
            await send(message)

        self.running += 1
        try:
            check(scope["method"], headers, scheme=scope["scheme"], names=self.names)
            self._count(scope, counted)
            await self.inside(scope, bounded(receive, headers), sending)
        except Refusal as refusal:
            if not begun:
                if refusal.status in (413, 429, 503):
                    await _heard_out(receive)
                answer = self._refused(Request({**scope, "headers": []}), refusal)  # whatever they say of the host is not looked at
                answer.headers.update({"connection": "close", **refusal.headers})
                await answer(scope, receive, sending)
        finally:
            self.running -= 1

    def _count(self, scope: Scope, told: list[tuple[bytes, bytes]]) -> None:
        """Pass, or not; `told` gets the headers that say what the client has left.

        Raises:
            Refusal: The client has sent too many, or too many are being answered.
        """
        if self.rate is not None:
            left = self.rate.take(self.known(scope) or neighbourhood(address_of(scope)))
            told += self.rate.headers(left)
            self.rate.check(left)
        if self.running > MOST_AT_ONCE:
            raise Refusal(503, "busy", f"{MOST_AT_ONCE} requests are being answered; ask again in a moment", {"retry-after": "1"})


def _cookies_kept(headers: Iterable[tuple[bytes, bytes]], scheme: str) -> list[tuple[bytes, bytes]]:
    """The headers; over TLS cookies are for TLS alone."""
    return [(name, value + b"; Secure" if name == b"set-cookie" and scheme == "https" else value) for name, value in headers]


def _ours(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Our headers; one that an answer bears already, which is wider or narrower, stands."""
    told = {name for name, _ in headers}
    return [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in told]


def check(method: str, headers: dict[str, str], *, scheme: str = "http", names: tuple[str, ...] = OURS) -> None:
    """Pass, or not.

    Raises:
        Refusal: The host is not ours, or something is sent from another site.
    """
    host = headers.get("host", "")
    name = (host if host.endswith("]") else host.rpartition(":")[0] or host).lower()
    if name not in names and not ("*" in names and _is_address(name.strip("[]"))):
        raise Refusal(421, "host", f"this workbench answers to {', '.join(n for n in names if n != '*')} alone; `detente serve --url` names another")
    if method in ("GET", "HEAD"):
        return
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or headers.get("origin", f"{scheme}://{host}") != f"{scheme}://{host}":
        raise Refusal(403, "origin", "this was sent from another site")


def _is_address(name: str) -> bool:
    """Whether it is an IP address: no page elsewhere can have one of ours for its name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def bounded(receive: Receive, headers: dict[str, str]) -> Receive:
    """`receive`, with what is sent bounded in size and time.

    Raises:
        Refusal: It is too long, by what it says or by what comes; or it comes too slowly.
    """
    told = headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > MOST_BYTES:
        raise Refusal(413, "too-long", f"at most {MOST_BYTES:,} bytes can be sent")
    came, whole = 0, False
    end = asyncio.get_running_loop().time() + MOST_SECONDS

    async def receiving() -> Message:
        nonlocal came, whole
        if whole:  # what comes now is the end of the connection, which may take its time
            return await receive()
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            raise Refusal(408, "too-slow", f"it did not come within {MOST_SECONDS:g} seconds") from None
        came += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if came > MOST_BYTES:
            raise Refusal(413, "too-long", f"at most {MOST_BYTES:,} bytes can be sent")
        return message

    return receiving


async def _heard_out(receive: Receive) -> None:
    """Take in what is still being sent, for a moment: a connection that is closed meanwhile is reset, and the answer lost with it."""
    came = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            while came < 4 * MOST_BYTES:
                message = await receive()
                came += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


# --- how much one client may ask -------------------------------------------------------------------------


class Left(NamedTuple):
    """What a client may still send: whether this request is among it, how many more at once, and seconds until it may send one, and until it may send all again."""

    taken: bool
    more: int
    wait: float
    whole: float


class Rate:
    """So many requests of each client in a minute, all at once or one after another; a share of a minute gives back its share of them.

        full = max(full, now) + 60 / most       refused when full > now + 60

    `full` is the moment at which the client may send all again, and the only thing that is kept of it, so that processes share it by
    shared memory. Two that count one client at the very same moment may count one request for two.

    Source:
        The generic cell rate algorithm, ITU-T I.371, with a tolerance of one minute. The library `limits` begins a thread for every
        hundredth of a second in which somebody asks, and counts in each process by itself.
    """

    def __init__(self, most: int, *, full: MutableSequence[float] | None = None, secret: bytes | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """At least one request; what is kept of clients and the secret are shared by processes that serve one store together."""
        self.most, self._full, self._clock = most, [0.0] * SLOTS if full is None else full, clock
        self._secret = secret or secrets.token_bytes(32)  # so that nobody can choose an address that shares another's slot

    def take(self, client: str) -> Left:
        """Count a request of this client, unless it has none left."""
        each, now = 60 / self.most, self._clock()
        slot = int.from_bytes(hashlib.blake2b(client.encode("utf-8", "surrogatepass"), key=self._secret, digest_size=4).digest()) % len(self._full)
        before = max(self._full[slot], now)
        full = before + each
        taken = full <= now + 60 + each / 1000  # less than a thousandth of a request is an error of rounding
        if taken:
            self._full[slot] = full
        else:
            full = before
        return Left(taken, max(0, int((now + 60 - full) / each + 0.001)), max(0.0, full + each - now - 60), full - now)

    def headers(self, left: Left) -> list[tuple[bytes, bytes]]:
        """What every answer says of it.

        Source:
            IETF draft-ietf-httpapi-ratelimit-headers-10: q requests in w seconds; r are left, and t seconds give all of them back.
        """
        told = {"ratelimit-policy": f'"client";q={self.most};w=60', "ratelimit": f'"client";r={left.more};t={math.ceil(left.whole)}'}
        return [(name.encode(), value.encode()) for name, value in told.items()]

    def check(self, left: Left) -> None:
        """Pass, or not.

        Raises:
            Refusal: The client has sent all that it may for now.
        """
        if not left.taken:
            wait = math.ceil(left.wait)
            raise Refusal(429, "rate", f"at most {self.most:,} requests a minute; ask again in {wait} s", {"retry-after": str(wait)})


def address_of(scope: Scope) -> str:
    """Whence a request comes; a proxy on this machine is believed (uvicorn reads X-Forwarded-For of 127.0.0.1 alone)."""
    client = scope.get("client")
    return client[0][:64] if client else "unknown"


def neighbourhood(address: str) -> str:
    """An address; of IPv6 its network, since one machine has every address there."""
    if ":" not in address:
        return address
    with suppress(ValueError):
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    return address


# --- forms -----------------------------------------------------------------------------------------------


class Tokens:
    """Tokens of forms: each belongs to the cookie of one browser, so that no other site can make one."""

    def __init__(self, secret: bytes | None = None) -> None:
        """The secret, which processes that serve one store together share; of this one's own when None."""
        self._secret = secret or secrets.token_bytes(32)

    def visitor(self, cookies: str | None) -> str:
        """The browser's own name, from its cookie, or a new one."""
        try:
            held = SimpleCookie(cookies or "").get(COOKIE)
        except CookieError:
            held = None
        return held.value if held is not None and held.value else secrets.token_urlsafe(18)

    def token(self, visitor: str) -> str:
        """What a form of this browser must bear."""
        return hmac.new(self._secret, visitor.encode(), hashlib.sha256).hexdigest()

    def check(self, visitor: str, token: str) -> None:
        """Pass, or not.

        Raises:
            Refusal: The form was not made for this browser.
        """
        if not hmac.compare_digest(self.token(visitor), token):
            raise Refusal(403, "token", "this form is too old, or not ours: go back, load the page again, and send it once more")
