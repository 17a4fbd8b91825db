"""What every request must pass, before any page or route sees it; and the headers that every answer bears.

A name in `Host` that is not the workbench's would let a web page elsewhere reach it through a domain of its own (DNS rebinding); a form
sent from elsewhere would judge in the reader's name.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OURS = ("127.0.0.1", "localhost", "[::1]")
MOST_BYTES = 1_000_000
"""Of what is sent: twice a text of the longest that is read, in UTF-8 and percent signs."""
MOST_SECONDS = 20.0
"""Until the whole of what is sent has come."""
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
    """A request that is not let in: status, reason, one sentence."""

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(status, reason, detail)
        self.status, self.reason, self.detail = status, reason, detail


class Guard:
    """Around the whole program."""

    def __init__(self, inside: ASGIApp, *, refused: Callable[[Request, Exception], Response], names: tuple[str, ...] = OURS) -> None:
        """Guard `inside`, which is reached under these names; an IP address of the machine is `*`. `refused` tells the others why not."""
        self.inside, self.names, self._refused = inside, names, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or say why not."""
        if scope["type"] != "http":
            await self.inside(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                # what has not changed keeps its headers: the browser would put those of a 304 in their place
                ours = [] if message["status"] == 304 else _ours(message["headers"])
                message = {**message, "headers": [*_cookies_kept(message["headers"], scope["scheme"]), *ours]}
            await send(message)

        try:
            check(scope["method"], headers, scheme=scope["scheme"], names=self.names)
            await self.inside(scope, bounded(receive, headers), sending)
        except Refusal as refusal:
            if not begun:
                if refusal.status == 413:
                    await _heard_out(receive)
                answer = self._refused(Request({**scope, "headers": []}), refusal)  # whatever they say of the host is not looked at
                answer.headers["connection"] = "close"
                await answer(scope, receive, sending)


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
