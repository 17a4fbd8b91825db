"""Of several processes that take from one socket each gets as many readers as the others."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from detente.web.sharing import MOMENT, PATIENCE, Share, Sharing

READERS = 10


class Process:
    """One that takes connections and keeps them."""

    def __init__(self, listening: socket.socket, held: list[int], place: int) -> None:
        self.taken: list[socket.socket] = []
        self.socket = Sharing(listening, Share(held, place))
        self.socket.settimeout(0)

    def looks(self) -> bool:
        """Whether it took a connection."""
        try:
            self.taken.append(self.socket.accept()[0])
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def processes() -> Iterator[tuple[Process, Process, list[socket.socket]]]:
    """Two, and readers, of whom one after the other comes."""
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0)) as listening:
        shared, readers = [0, 0], list[socket.socket]()
        two = [Process(listening.dup(), shared, place) for place in (0, 1)]
        yield two[0], two[1], readers
        for one in (*readers, *(s for process in two for s in (process.socket, *process.taken))):
            held.callback(one.close)


def come(one: Process, readers: list[socket.socket]) -> None:
    """One more reader."""
    readers.append(socket.create_connection(one.socket.getsockname()))


def test_readers_are_shared_out_evenly(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Though one always looks first, and the other has more to do."""
    quick, slow, readers = processes
    for _ in range(READERS):
        come(quick, readers)
        while not (quick.looks() or quick.looks() or slow.looks()):
            pass

    assert len(quick.taken) == len(slow.taken) == READERS / 2


def test_who_left_is_counted_no_more(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Who has fewer readers than the other, since some went, takes the next ones."""
    one, other, readers = processes
    for _ in range(READERS):
        come(one, readers)
        while not (one.looks() or other.looks()):
            pass
    while other.taken:
        other.taken.pop().close()
    other.looks()  # nobody is there; how many it holds is told
    for _ in range(2):
        come(one, readers)
        while not (one.looks() or other.looks()):
            pass

    assert len(one.taken) == READERS / 2
    assert len(other.taken) == 2


def test_nobody_waits_for_a_process_at_a_standstill(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Who has more readers leaves the next one to the other for a moment, and no longer."""
    one, _, readers = processes
    for _ in range(READERS):
        come(one, readers)
        assert any(one.looks() for _ in range(PATIENCE + 2))

    assert len(one.taken) == READERS


def test_patience_is_for_one_connection(processes: tuple[Process, Process, list[socket.socket]]) -> None:
    """Who has left many to the other, which took them late, leaves it the next one as long."""
    one, other, readers = processes
    for _ in range(READERS):  # the other is at a standstill
        come(one, readers)
        while not one.looks():
            pass
    for _ in range(READERS - 1):
        come(one, readers)
        assert not any(one.looks() for _ in range(PATIENCE - 1))
        assert other.looks()


# --- servers, and readers who come at once -------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nobody vouches for, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    pem = tmp_path_factory.mktemp("sharing") / "both.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made = subprocess.run([*asked, "-keyout", "-", "-out", "-"], check=True, capture_output=True)
    pem.write_bytes(made.stdout)
    return pem


@contextmanager
def server(taking: Sharing, pem: Path | None, toil: float) -> Iterator[list[asyncio.BaseTransport]]:
    """Whom a loop of its own answers, as uvicorn's does: told once they have agreed on how to speak. Beside it, it is busy for `toil` seconds again and again."""
    answered, begun, end = list[asyncio.BaseTransport](), Event(), Event()

    class Answers(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            answered.append(transport)

    def work() -> None:
        time.sleep(toil)
        asyncio.get_running_loop().call_soon(work)

    async def serve() -> None:
        speaks = None if pem is None else ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if speaks is not None and pem is not None:
            speaks.load_cert_chain(pem)
        listens = await asyncio.get_running_loop().create_server(Answers, sock=taking, ssl=speaks)
        if toil:
            work()
        begun.set()
        await asyncio.to_thread(end.wait)
        listens.close()
        for transport in answered:
            transport.close()

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    begun.wait()
    yield answered
    end.set()
    thread.join()


def agreed(came: socket.socket) -> socket.socket:
    """A reader who speaks HTTPS from now on, whoever is there."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return trusting.wrap_socket(came)


@pytest.mark.parametrize("secret", [False, True], ids=["http", "https"])
def test_readers_who_come_at_once_are_shared_out(request: pytest.FixtureRequest, *, secret: bool) -> None:
    """Also where one has more to do, and before anybody has said anything."""
    pem = request.getfixturevalue("certificate") if secret else None
    with ExitStack() as held:
        listening = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        shared = [0, 0]
        both = [held.enter_context(server(Sharing(listening.dup(), Share(shared, place)), pem, toil)) for place, toil in ((0, 0.0), (1, 4 * MOMENT))]
        readers = [socket.create_connection(listening.getsockname()) for _ in range(2 * READERS)]
        for came in map(agreed, readers) if secret else readers:
            held.callback(came.close)
        while sum(map(len, both)) < 2 * READERS:
            time.sleep(MOMENT)
        counts = [len(answered) for answered in both]

    assert min(counts) >= READERS - 2, counts
