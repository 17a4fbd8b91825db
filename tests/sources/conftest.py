"""A web of our own, on this machine: what a newspaper's server may answer, the wicked answers too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

Answers = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers by the table of its server, and keeps what was asked."""

    server: Server

    def do_GET(self) -> None:
        """Answer by the table; 404 for what it has not."""
        self.server.asked.append((self.path, dict(self.headers)))
        reply = self.server.answers.get(self.path)
        if reply is None:
            self.say(404)
        elif isinstance(reply, bytes):
            self.say(200, reply)
        else:
            reply(self)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """One answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """A newspaper: `answers` by path, `asked` in order."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, bytes | Answers] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def paths(self) -> list[str]:
        """What was asked for."""
        return [path for path, _ in self.asked]


@pytest.fixture
def paper() -> Iterator[Server]:
    """A running server; it ends with the test."""
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
