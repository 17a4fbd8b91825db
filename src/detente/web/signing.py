"""The pages of those who have an account: signing in and out, one's password, and for admins the accounts and the audit log."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.errors import BadSetting
from detente.web import audit
from detente.web.accounts import Accounts, NotLetIn, TooMany
from detente.web.api import guarded, json
from detente.web.door import person_of
from detente.web.guard import COOKIE, address_of

if TYPE_CHECKING:
    from detente.web.pages import Pages

SHOWN = 50
"""Lines of the log on the page, newest first."""


class Signing:
    """The routes, beside the pages."""

    def __init__(self, pages: Pages, accounts: Accounts) -> None:
        """`pages` shows them, and knows the tokens of forms."""
        self.pages, self.accounts = pages, accounts

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/login", lambda request: self.pages.show(request, "login.html", error=None, name="", to=request.query_params.get("to", "/")), methods=["GET"]),
            Route("/login", self.sign_in, methods=["POST"]),
            Route("/logout", self.sign_out, methods=["POST"]),
            Route("/account", self._own, methods=["GET"]),
            Route("/account", self.change, methods=["POST"]),
            Route("/accounts", self._all, methods=["GET"]),
            Route("/api/v1/audit", lambda _: guarded(lambda: json({"answer": audit.entries(self.accounts.folder), "next": None})), methods=["GET"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Begin a session, and go where the person wanted to."""
        form = await self._form(request)
        return await run_in_threadpool(self._signed_in, request, form)

    def _signed_in(self, request: Request, form: dict[str, str]) -> Response:
        name, to = form.get("name", ""), form.get("to", "/")
        try:
            session = self.accounts.sign_in(name, form.get("password", ""), address=address_of(request.scope))
        except (NotLetIn, TooMany) as error:
            status = 429 if isinstance(error, TooMany) else 403
            answer = self.pages.show(request, "login.html", status=status, error=error.rule, name=name[:80], to=to)
            if isinstance(error, TooMany):
                answer.headers["retry-after"] = str(error.wait)
            return answer
        return self._with_cookie(RedirectResponse(within(to), status_code=303), session)

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        await self._form(request)
        await run_in_threadpool(self.accounts.sign_out, request.cookies.get(COOKIE, ""), address=address_of(request.scope))
        return self._with_cookie(RedirectResponse("/login", status_code=303), secrets.token_urlsafe(18))

    async def change(self, request: Request) -> Response:
        """Another password; the session ends with the old one."""
        form = await self._form(request)
        return await run_in_threadpool(self._changed, request, form)

    def _changed(self, request: Request, form: dict[str, str]) -> Response:
        person = person_of(request)
        if person is None:  # the door is not there
            return self.pages.fault(request, "there are no accounts here", 404)
        try:
            self.accounts.sign_in(person.name, form.get("old", ""), address=address_of(request.scope))
            self.accounts.change(person.name, password=form.get("new", ""), by=person.name)
        except (NotLetIn, TooMany):
            return self._own(request, error="the old password is not right, or too many wrong ones came lately", status=403)
        except BadSetting as error:
            return self._own(request, error=f"the new password: {error.rule}", status=400)
        return self._with_cookie(RedirectResponse("/login", status_code=303), secrets.token_urlsafe(18))

    def _own(self, request: Request, *, error: str | None = None, status: int = 200) -> Response:
        person = person_of(request)
        tokens = [token for token in self.accounts.tokens() if person is not None and token.account == person.name]
        return self.pages.show(request, "account.html", status=status, error=error, tokens=tokens)

    def _all(self, request: Request) -> Response:
        log = audit.entries(self.accounts.folder)
        return self.pages.show(request, "accounts.html", accounts=self.accounts.all(), tokens=self.accounts.tokens(), log=log[: -SHOWN - 1 : -1], total=len(log))

    async def _form(self, request: Request) -> dict[str, str]:
        form = await request.form(max_files=0, max_fields=10)
        told = {name: value for name, value in form.items() if isinstance(value, str)}
        self.pages.tokens.check(self.pages.visitor(request), told.get("token", ""))
        return told

    def _with_cookie(self, answer: Response, value: str) -> Response:
        """The answer, with which the browser's name changes: whoever knew it before knows nothing."""
        answer.set_cookie(COOKIE, value, samesite="strict", httponly=True)
        return answer


def within(to: str) -> str:
    """A path of this site, whatever was asked for."""
    inside = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if inside and "\\" not in to else "/"

