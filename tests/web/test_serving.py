"""`detente serve`, the program itself: it says where it is, answers, and ends when it is asked to."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from typer.testing import CliRunner

from detente.cli import app
from detente.web.serving import _listening
from tests.web.served import small

PROGRAM = [sys.executable, "-c", "from detente.cli import app; app()"]


def test_the_program_serves_until_it_is_ended(tmp_path: Path) -> None:
    """Its first line is the address; Ctrl-C ends it without a word."""
    with subprocess.Popen([*PROGRAM, "serve", "--store", str(small(tmp_path / "s")), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", running.stderr.readline())
        assert address is not None
        assert "Talks in Basra" in httpx.get(address[0], timeout=60, trust_env=False).text
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)

    assert (out, err) == ("", "")
    assert running.returncode == 0


def test_the_end_of_an_answer_does_not_wait() -> None:
    """A connection sends what it has, though the reader has not confirmed what came before: with every page that would take 40 ms."""
    with _listening("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    """No store, a host of another machine: exit code 2 and the way out."""
    for arguments, told in ((["--store", tmp_path / "none"], "detente ingest"), (["--store", small(tmp_path / "s"), "--host", "0.0.0.0"], "detente accounts add")):  # noqa: S104 - refused
        result = CliRunner().invoke(app, ["serve", *map(str, arguments)])
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert told in line


def test_a_missing_extra_is_said_in_one_line(tmp_path: Path) -> None:
    """Where starlette is not installed, the line names what to install."""
    hidden = "import sys; sys.modules['starlette'] = None; from detente.cli import app; app()"
    done = subprocess.run([sys.executable, "-c", hidden, "serve", "--store", str(tmp_path)], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "pip install 'detente[web]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
