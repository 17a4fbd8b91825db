"""The workbench on a socket of this machine."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from detente.errors import BadSetting
from detente.web.app import workbench
from detente.web.reading import Room

HOSTS = ("127.0.0.1", "localhost", "::1")


def serve(  # noqa: PLR0913 - one for each option of the command
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    run: int | None = None,
    reviewer: str | None = None,
    model: Path | None = None,
    actors: Path | None = None,
    ready: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until somebody ends it.

    Args:
        folder: The store.
        host: Where to listen.
        port: 0 takes a free one.
        run: Number of the run to show.
        reviewer: Name that judgements bear.
        model: Folder of another reader.
        actors: Another actor base.
        ready: Told the address, once it can be asked.
        tell: Told how far the index of a large store has come.

    Raises:
        BadSetting: The host is not this machine, or the port is taken.
        StoreProblem: There is no store, or it is damaged.
    """
    if host not in HOSTS:
        told = f"only {', '.join(HOSTS)} can be listened on: accounts are not built yet, and everybody who reaches the workbench may judge; use an SSH tunnel"
        raise BadSetting("--host", host, told)
    inside = workbench(folder, run=run, room=Room(model=model, actors=actors), reviewer=reviewer or _user(), tell=tell)
    listening = _listening(host, port)
    address = f"[{host}]" if ":" in host else host
    # the store's own patience is longer than uvicorn's, so that an answer that is being made is finished
    settings = uvicorn.Config(inside, log_level="warning", access_log=False, ws="none", server_header=False, timeout_keep_alive=10, limit_concurrency=200, timeout_graceful_shutdown=5)
    ready(f"http://{address}:{listening.getsockname()[1]}/")
    with listening:
        uvicorn.Server(settings).run([listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise BadSetting("--port", port, f"it cannot be listened on ({error.strerror}); name another, or 0 for a free one") from error


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a system without a name for its user
        return "reviewer"
