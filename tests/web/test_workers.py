"""Several processes at one port: what one knows all know, and what one said was kept is there though it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest

from detente.store.judgements import ledger
from detente.web.accounts import FILE, OF_ADDRESS, Accounts
from detente.web.guard import COOKIE
from detente.web.keeping import MOST
from tests.web.served import small
from tests.web.test_accounts import PASSWORD, browser, sign_in, token_in
from tests.web.test_killed import ENOUGH, WRITERS, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
TWO = ("--workers", "2")


def serving(program: subprocess.Popen[str]) -> list[int]:
    """The processes that answer."""
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def both(program: subprocess.Popen[str]) -> tuple[int, int]:
    """The two, once they have begun."""
    end = time.monotonic() + 60
    while len(serving(program)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    one, other = serving(program)
    return one, other


@contextmanager
def asleep(process: int) -> Iterator[None]:
    """Somebody else has to answer meanwhile."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def alone(address: str, cookie: str = "") -> httpx.Client:
    """The browser again, by a connection of its own."""
    client = browser(address)
    if cookie:
        client.cookies.set(COOKIE, cookie, domain="127.0.0.1")
    return client


def test_who_signs_in_at_one_process_judges_at_another(tmp_path: Path) -> None:
    """The session, the token of the form and the judgement are known to both; so are wrong passwords, which count together."""
    store = small(tmp_path / "s")
    Accounts(store).add("rob", PASSWORD, role="reviewer", by="test")
    with running(store, *TWO) as (address, program):
        one, other = both(program)
        with asleep(other), browser(address) as client:
            assert sign_in(client, "rob").status_code == 303
            cookie, form = client.cookies[COOKIE], token_in(client.get("/event", params={"id": "a-e01"}).text)
        with asleep(one), alone(address, cookie) as client:
            assert client.post("/judge", data={"token": form, "record": "a-e01", "action": "reject", "by": "rob"}).status_code == 303
            assert client.get("/api/v1/events/a-e01").json()["answer"]["seen"]["ruling"]["state"] == "rejected"
        with asleep(other), alone(address, cookie) as client:
            assert client.get("/api/v1/events/a-e01").json()["answer"]["seen"]["ruling"]["by"] == "rob"
        told = []
        for n in range(OF_ADDRESS + 1):
            with asleep((one, other)[n % 2]), browser(address) as client:
                told.append(sign_in(client, "rob", "not this").status_code)
    assert told == [403] * OF_ADDRESS + [429]


def judge(address: str, writer: int, acknowledged: list[tuple[int, str]], done: threading.Event) -> None:
    """Judge again and again, whoever dies meanwhile; note what was acknowledged, with its number."""
    for n in count():
        if done.is_set():
            return
        note = f"{writer} {n}"
        try:
            kept = httpx.post(f"{address}api/v1/judgements", json={"record": "a-e01", "verdict": "right", "by": f"r{writer}", "note": note}, timeout=30, trust_env=False)
        except httpx.TransportError:  # who took it was killed; whether it was kept nobody said
            continue
        assert kept.status_code == 201, kept.text
        acknowledged.append((kept.json()["answer"]["number"], note))


def test_what_was_acknowledged_outlives_the_process_that_said_so(tmp_path: Path) -> None:
    """One of two is killed while many write, and another begins in its place: each acknowledged word stands once, under its number."""
    store, acknowledged, done = small(tmp_path / "s"), list[tuple[int, str]](), threading.Event()
    with running(store, *TWO) as (address, program):
        before = both(program)
        writers = [threading.Thread(target=judge, args=(address, n, acknowledged, done)) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        for killed, enough in zip(before, (ENOUGH, 2 * ENOUGH), strict=True):
            while len(acknowledged) < enough:
                time.sleep(0.01)
            os.kill(killed, signal.SIGKILL)
        while len(acknowledged) < 3 * ENOUGH:
            time.sleep(0.01)
        done.set()
        for writer in writers:
            writer.join()
        assert not {*both(program)} & {*before}
        kept = [json.loads(line) for line in httpx.get(f"{address}api/v1/judgements?format=jsonl", timeout=60, trust_env=False).text.splitlines()]

    assert set(acknowledged) <= {(said["number"], said["note"]) for said in kept}
    assert set(Counter(said["note"] for said in kept).values()) == {1}
    assert [said.number for said in ledger(store)] == list(range(1, len(kept) + 1))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_the_one_that_keeps_them(tmp_path: Path, how: signal.Signals) -> None:
    """Whether it is asked to end or killed: nobody answers any more, and nothing is said."""
    with running(small(tmp_path / "s"), *TWO) as (address, program):
        processes = both(program)
        assert "Talks in Basra" in httpx.get(address, timeout=60, trust_env=False).text
        program.send_signal(how)
        assert program.wait(60) == (-how if how == signal.SIGKILL else 0)
        end = time.monotonic() + 60
        while any(Path(f"/proc/{process}").exists() for process in processes) and time.monotonic() < end:
            time.sleep(0.05)
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)
        assert program.stderr is not None
        assert program.stderr.read() == ""


def test_what_cannot_begin_is_not_begun_for_ever(tmp_path: Path) -> None:
    """Where one died and none can take its place, all end, and each says why in a line."""
    store = small(tmp_path / "s")
    Accounts(store).add("rob", PASSWORD, role="reviewer", by="test")
    with running(store, *TWO) as (address, program):
        one, _ = both(program)
        assert httpx.get(address, timeout=60, trust_env=False).status_code == 303
        (store / FILE).write_bytes(b"nobody can read this now")
        os.kill(one, signal.SIGKILL)
        assert program.wait(120) == 2
        assert program.stderr is not None
        *each, last = program.stderr.read().splitlines()

    assert len(each) >= MOST - 1
    assert all("it cannot be opened" in line for line in each)
    assert "cannot begin" in last


def test_processes_count_a_client_together(tmp_path: Path) -> None:
    """By whichever a request is answered; who has used up its minute at one has none at the other."""
    with running(small(tmp_path / "s"), *TWO, "--rate", "20") as (address, program):
        one, other = both(program)
        codes = Counter[int]()
        for sleeps in (one, other):
            with asleep(sleeps), alone(address) as client:
                codes.update(client.get("/static/icon.svg").status_code for _ in range(15))

    assert 20 <= codes[200] <= 22, codes  # a request comes back every three seconds
    assert codes[429] == 30 - codes[200]
