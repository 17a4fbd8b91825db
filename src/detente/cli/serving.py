"""`detente serve`: the workbench on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from detente.cli.guard import plain_errors
from detente.cli.saying import tell
from detente.errors import BadSetting

EXTRA = ("argon2", "jinja2", "markupsafe", "multipart", "python_multipart", "starlette", "uvicorn")
"""What `pip install 'detente[web]'` brings."""


@contextmanager
def web_extra() -> Iterator[None]:
    """Around what `pip install 'detente[web]'` brings: one line where it is missing.

    Raises:
        BadSetting: It is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        raise BadSetting("serve", missing, "the workbench needs it, and it is not installed; install it: pip install 'detente[web]'") from error


@plain_errors
def serve(  # noqa: PLR0913 - one for each option
    store: Annotated[Path, typer.Option("--store", help="Folder of the store.")],
    host: Annotated[str, typer.Option(help="Address to listen on; any but this machine's own needs accounts (detente accounts).")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    run: Annotated[int | None, typer.Option("--run", help="Number of the run to show; the newest when left out.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Name that judgements bear where there are no accounts; the system's user when left out.")] = None,
    url: Annotated[list[str] | None, typer.Option(help="Address under which it is reached besides, such as a proxy's: https://detente.example.org.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="PEM file of a certificate, to speak HTTPS.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file of its key, where that stands apart.")] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of another reader.")] = None,
    actors: Annotated[Path | None, typer.Option(help="Another actor base.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer; two serve more readers at once where there are two cores.")] = 1,
    rate: Annotated[int, typer.Option(min=0, max=1_000_000, help="Requests that a client (an address, an account or a token) may send in a minute; 0 for any number.")] = 600,
) -> None:
    """Open the workbench over a store: pages and a REST API. Ctrl-C ends it.

    Without accounts it is open to whoever uses this machine, and to nobody else. Once `detente accounts` has made one, everybody signs in.

    Example: detente serve --store build/record
    """
    with web_extra():
        from detente.web.serving import serve as opened

    def ready(address: str) -> None:
        sys.stderr.write(f"detente: {address} shows {store}; Ctrl-C ends it\n")
        sys.stderr.flush()

    with suppress(KeyboardInterrupt):  # how it is meant to end
        opened(store, host=host, port=port, run=run, reviewer=reviewer, urls=url or (), tls=(certificate, key) if certificate else None, model=model, actors=actors, workers=workers, rate=rate, ready=ready, tell=tell)
