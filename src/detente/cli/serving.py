"""`detente serve`: the workbench on this machine."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from detente.cli.guard import plain_errors
from detente.cli.saying import tell
from detente.errors import BadSetting

EXTRA = ("jinja2", "markupsafe", "multipart", "python_multipart", "starlette", "uvicorn")
"""What `pip install 'detente[web]'` brings."""


@plain_errors
def serve(  # noqa: PLR0913 - one for each option
    store: Annotated[Path, typer.Option("--store", help="Folder of the store.")],
    host: Annotated[str, typer.Option(help="Address to listen on; only this machine's own, since there are no accounts yet.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    run: Annotated[int | None, typer.Option("--run", help="Number of the run to show; the newest when left out.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Name that judgements bear; the system's user when left out.")] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of another reader.")] = None,
    actors: Annotated[Path | None, typer.Option(help="Another actor base.")] = None,
) -> None:
    """Open the workbench over a store: pages and a REST API, on this machine alone. Ctrl-C ends it.

    Example: detente serve --store build/record
    """
    try:
        from detente.web.serving import serve as opened
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        raise BadSetting("serve", missing, "the workbench needs it, and it is not installed; install it: pip install 'detente[web]'") from error

    def ready(address: str) -> None:
        sys.stderr.write(f"detente: {address} shows {store}; Ctrl-C ends it\n")
        sys.stderr.flush()

    with suppress(KeyboardInterrupt):  # how it is meant to end
        opened(store, host=host, port=port, run=run, reviewer=reviewer, model=model, actors=actors, ready=ready, tell=tell)
