"""The workbench as one ASGI program."""

from __future__ import annotations

from importlib.metadata import version

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from detente.errors import DetenteError
from detente.web.accounts import Accounts
from detente.web.api import Api, fault, fault_of
from detente.web.door import Door
from detente.web.guard import OURS, Guard, Rate, Refusal
from detente.web.pages import Pages
from detente.web.reading import Room
from detente.web.signing import Signing
from detente.web.stores import Desks


def workbench(  # noqa: PLR0913 - what servers differ in
    desks: Desks,
    *,
    room: Room | None = None,
    reviewer: str = "",
    accounts: Accounts | None = None,
    names: tuple[str, ...] = OURS,
    secret: bytes | None = None,
    rate: Rate | None = None,
) -> ASGIApp:
    """Pages and API over a store, guarded.

    Args:
        desks: The store.
        room: Where texts are read.
        reviewer: Name that judgements bear where there are no accounts.
        accounts: Who may come in; anybody when None.
        names: Names of the machine that are answered.
        secret: That of the forms' tokens, where others serve the store, too; one of its own when None.
        rate: How many requests a client may send; any number when None.
    """
    reads = room or Room()
    api, pages = Api(desks, reads, version=version("detente"), reviewer=reviewer), Pages(desks, reads, reviewer=reviewer, secret=secret)

    def refused(request: Request, error: Exception) -> Response:
        told = Refusal(500, "internal", f"the program failed ({type(error).__name__}); please report it")
        if isinstance(error, Refusal):
            told = error
        elif isinstance(error, HTTPException):
            told = Refusal(error.status_code, "method" if error.status_code == 405 else "not-found", f"{request.method} {request.url.path}: {error.detail}")
        elif isinstance(error, DetenteError):
            reason, detail, status = fault_of(error)
            told = Refusal(status, reason, detail)
        is_page = not request.url.path.startswith("/api/")
        answer = pages.fault(request, told.detail, told.status) if is_page else fault(told.reason, told.detail, status=told.status)
        answer.headers.update(getattr(error, "headers", None) or {})  # which methods are allowed
        return answer

    signing = [] if accounts is None else Signing(pages, accounts).routes()
    inside: ASGIApp = Starlette(routes=[*signing, *api.routes(), *pages.routes()], exception_handlers={Refusal: refused, HTTPException: refused, DetenteError: refused, Exception: refused})
    if accounts is None:
        return Guard(inside, refused=refused, names=names, rate=rate)
    door = Door(inside, accounts, refused=refused)
    return Guard(door, refused=refused, names=names, rate=rate, known=door.known)
