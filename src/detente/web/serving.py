"""The workbench on a socket: of this machine alone, or, with accounts, of any address."""

from __future__ import annotations

import getpass
import secrets
import socket
import ssl
import sys
from collections.abc import Callable, MutableSequence, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import parent_process
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import uvicorn

from detente.errors import BadSetting, DetenteError
from detente.web.accounts import Accounts, has_accounts
from detente.web.app import workbench
from detente.web.guard import OURS, RATE, SLOTS, Rate
from detente.web.keeping import keep
from detente.web.pages import environment
from detente.web.reading import Room
from detente.web.sharing import Share, Sharing
from detente.web.stores import Desks
from detente.web.working import Asking, Worker

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

HOSTS = ("127.0.0.1", "localhost", "::1")


class Plan(NamedTuple):
    """What is served, and how; each process that serves makes its own program of it."""

    folder: Path
    run: int | None
    reviewer: str
    names: tuple[str, ...]
    with_accounts: bool
    certificate: dict[str, Any]
    model: Path | None
    actors: Path | None
    secret: bytes
    rate: int
    full: MutableSequence[float]

    def desks(self, *, worker: Worker | None = None, tell: Callable[[str], None] = lambda _: None) -> Desks:
        """The store, opened, and its index.

        Raises:
            StoreProblem: There is no store, or it is damaged.
            BadSetting: The store has no such run.
        """
        return Desks(self.folder, run=self.run, worker=worker, tell=tell)

    def server(self, desks: Desks) -> uvicorn.Server:
        """The program over it, to be run."""
        with desks.lent() as desk:
            desk.index.runs.find()  # half a second in a very large index, which the first page would wait for, as it does after new parts
        accounts, room = Accounts(self.folder) if self.with_accounts else None, Room(model=self.model, actors=self.actors)
        Thread(target=_opened, args=(room,), daemon=True).start()
        rate = Rate(self.rate, full=self.full, secret=self.secret) if self.rate else None
        inside = workbench(desks, room=room, reviewer=self.reviewer, accounts=accounts, names=self.names, secret=self.secret, rate=rate)
        # the store's own patience is longer than uvicorn's, so that an answer that is being made is finished; another loop than Python's own,
        # which uvicorn takes where it is installed, would take connections past `Sharing`
        settings = uvicorn.Config(inside, loop="asyncio", log_level="warning", access_log=False, ws="none", server_header=False, timeout_keep_alive=10, timeout_graceful_shutdown=5, **self.certificate)
        return uvicorn.Server(settings)


def serve(  # noqa: PLR0913 - one for each option of the command
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    run: int | None = None,
    reviewer: str | None = None,
    urls: Sequence[str] = (),
    tls: tuple[Path, Path | None] | None = None,
    model: Path | None = None,
    actors: Path | None = None,
    workers: int = 1,
    rate: int = RATE,
    ready: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until somebody ends it.

    Args:
        folder: The store.
        host: Where to listen.
        port: 0 takes a free one.
        run: Number of the run to show.
        reviewer: Name that judgements bear where there are no accounts.
        urls: Addresses under which it is reached besides, such as a proxy's.
        tls: Certificate and its key (None: in the same file), to speak HTTPS.
        model: Folder of another reader.
        actors: Another actor base.
        workers: Processes that answer; where there are several, this one keeps them.
        rate: Requests that a client may send in a minute, to all of them together; 0 for any number.
        ready: Told the address, once it can be asked.
        tell: Told how far the index of a large store has come.

    Raises:
        BadSetting: The host is not this machine and there are no accounts, a url or certificate is none, or the port is taken.
        StoreProblem: There is no store, or it is damaged, or several processes cannot begin over it.
    """
    with_accounts = has_accounts(folder)
    if host not in HOSTS and not with_accounts:
        told = f"any address but {', '.join(HOSTS)} needs accounts; make one: detente accounts add NAME --role admin --store {folder}"
        raise BadSetting("--host", host, told)
    names = (*OURS, *map(_name_in, urls), *(["*"] if with_accounts else []))
    plan = Plan(folder, run, reviewer or _user(), names, with_accounts, _certificate(tls), model, actors, secrets.token_bytes(32), rate, RawArray("d", SLOTS))
    desks = plan.desks(tell=tell)
    with _listening(host, port) as listening:
        address = f"[{host}]" if ":" in host else host
        ready(f"{'http' if tls is None else 'https'}://{address}:{listening.getsockname()[1]}/")
        if workers == 1:
            plan.server(desks).run([listening])
        else:
            keep(workers, partial(_served, plan, listening), desks)


def _served(plan: Plan, listening: socket.socket, share: Share, pipe: Connection) -> None:
    """What one of several processes runs; relations are asked through the pipe."""
    try:
        server = plan.server(plan.desks(worker=Asking(pipe)))
    except DetenteError as error:  # who keeps it knows only that it ended
        sys.exit(f"detente: {error}")
    Thread(target=_end_with_keeper, args=(server,), daemon=True).start()
    server.run([Sharing(listening, share)])


def _opened(room: Room) -> None:
    """Have at hand before somebody asks what takes some tenths of a second: the templates, and the actor base."""
    for name in environment().list_templates():
        environment().get_template(name)
    with suppress(DetenteError):  # it is said when it is asked for
        room.base()


def _end_with_keeper(server: uvicorn.Server) -> None:
    keeper = parent_process()
    if keeper is not None:
        keeper.join()
    server.should_exit = True


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise BadSetting("--port", port, f"it cannot be listened on ({error.strerror}); name another, or 0 for a free one") from error
    # the end of an answer would wait 40 ms for the reader to confirm its beginning; connections have it from the socket that listens
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _name_in(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting("--url", url, "it must be such as https://detente.example.org")
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname


def _certificate(tls: tuple[Path, Path | None] | None) -> dict[str, Any]:
    """What uvicorn wants to speak HTTPS."""
    if tls is None:
        return {}
    certificate, key = tls
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise BadSetting("--certificate", str(certificate), f"it cannot be used ({error}); name a PEM file, and its key with --key") from error
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a system without a name for its user
        return "reviewer"
