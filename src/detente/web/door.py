"""Who comes in, where accounts are asked for: a session's cookie or a token's key opens what the person's scopes allow."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.errors import BadSetting
from detente.web.accounts import Accounts, Person
from detente.web.guard import COOKIE, Refusal

OPEN_TO_ALL = ("/login", "/static/")
JUDGES = ("/judge", "/missed", "/api/v1/judgements", "/api/v1/missed")
"""What is sent here is kept in the ledger."""
ADMINS = ("/accounts", "/api/v1/audit")


class Door:
    """Before every page and route. Whom it lets in stands in the request's scope as `person`."""

    def __init__(self, inside: ASGIApp, accounts: Accounts, *, refused: Callable[[Request, Exception], Response]) -> None:
        """Let people in to `inside`; `refused` tells the others why not."""
        self.inside, self.accounts, self._refused = inside, accounts, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the person in, send them to the sign-in page, or say why not."""
        if scope["type"] != "http":
            await self.inside(scope, receive, send)
            return
        request = Request(scope)
        try:
            scope["person"] = person = self.person(request)
            admit(person, request.method, request.url.path)
        except Refusal as refusal:
            await self._told(request, refusal)(scope, receive, send)
            return
        await self.inside(scope, receive, send)

    def known(self, scope: Scope) -> str | None:
        """The token or account that a request proves to come from: each has a rate of its own, wherever it asks from."""
        request = Request(scope)
        try:
            person = self.person(request)
        except Refusal:
            return None
        shown = request.headers.get("authorization")
        return None if person is None else f"token {shown}" if shown else f"account {person.name}"

    def person(self, request: Request) -> Person | None:
        """Who asks; None when nobody says so.

        Raises:
            Refusal: A key is shown that opens nothing: whoever shows one must not be taken for somebody else by their cookie.
        """
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            person = self.accounts.of_token(key.strip())
            if person is None:
                raise Refusal(401, "token", "this token opens nothing (any more); `detente accounts token` makes one")
            return person
        session = request.cookies.get(COOKIE)
        return self.accounts.of_session(session) if session else None

    def _told(self, request: Request, refusal: Refusal) -> Response:
        page = not request.url.path.startswith("/api/")
        if refusal.status == 401 and page:
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse("/login?" + urlencode({"to": back if request.method == "GET" else "/"}), status_code=303)
        answer = self._refused(request, refusal)
        if refusal.status == 401:
            answer.headers["www-authenticate"] = "Bearer"
        return answer


def admit(person: Person | None, method: str, path: str) -> None:
    """Pass, or not.

    Raises:
        Refusal: Nobody says who asks, or the person may not.
    """
    if path.startswith(OPEN_TO_ALL):
        return
    if person is None:
        raise Refusal(401, "sign-in", "sign in, or send a token: `authorization: Bearer …`")
    need = "admin" if path in ADMINS else "judge" if method == "POST" and path in JUDGES else "read"
    if need not in person.scopes:
        raise Refusal(403, "scope", f"{person.name} may {' and '.join(person.scopes) or 'do nothing'}; this needs {need}")


def person_of(request: Request) -> Person | None:
    """Whom the door let in; None where there is none."""
    found: Person | None = request.scope.get("person")
    return found


def judge_of(request: Request, said: str | None, *, otherwise: str = "") -> str:
    """The name that a judgement bears: the account's, or, where there are no accounts, what the judge says.

    Raises:
        BadSetting: Somebody judges under another's name, or under none.
    """
    person = person_of(request)
    name = (said or "").strip()
    if person is None:
        if not (name or otherwise):
            raise BadSetting("by", said, "say who judges")
        return name or otherwise
    if name not in ("", person.name):
        raise BadSetting("by", name, f"you are signed in as {person.name}; leave it out")
    return person.name
