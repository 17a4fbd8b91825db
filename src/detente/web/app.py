"""The workbench as one ASGI program."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from detente.web.api import Api, fault
from detente.web.guard import Guard, Refusal
from detente.web.pages import Pages
from detente.web.reading import Room
from detente.web.stores import Desks


def workbench(folder: Path, *, run: int | None = None, room: Room | None = None, reviewer: str = "", tell: Callable[[str], None] = lambda _: None) -> ASGIApp:
    """Pages and API over a store, guarded; `tell` is told how far the index of a large store has come.

    Raises:
        StoreProblem: There is no store, or it is damaged.
        BadSetting: The store has no such run.
    """
    desks, reads = Desks(folder, run=run, tell=tell), room or Room()
    api, pages = Api(desks, reads, version=version("detente")), Pages(desks, reads, reviewer=reviewer)

    def refused(request: Request, error: Exception) -> Response:
        told = error if isinstance(error, Refusal) else Refusal(500, "internal", f"the program failed ({type(error).__name__}); please report it")
        if request.url.path.startswith("/api/"):
            return fault(told.reason, told.detail, status=told.status)
        return pages.fault(request, told.detail, told.status)

    return Guard(Starlette(routes=[*api.routes(), *pages.routes()], exception_handlers={Refusal: refused, Exception: refused}))
