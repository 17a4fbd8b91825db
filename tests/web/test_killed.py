"""A server that is killed while many judge: whatever it said was kept is there, once."""

from __future__ import annotations

import json
import re
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

from detente.store.judgements import ledger
from detente.web import audit
from tests.web.served import small

PROGRAM = [sys.executable, "-c", "from detente.cli import app; app()", "serve", "--port", "0", "--store"]
WRITERS, ROUNDS, ENOUGH = 8, 2, 40


@contextmanager
def running(store: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The program over the store, and its address; killed at the end."""
    with subprocess.Popen([*PROGRAM, str(store), *options], stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr is not None
        told = re.search(r"http://\S+\d/", program.stderr.readline())
        assert told is not None
        try:
            yield told[0], program
        finally:
            program.kill()


def judge(address: str, writer: int, acknowledged: list[tuple[int, str]]) -> None:
    """Judge until nobody answers; note what was acknowledged, with its number."""
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        for n in count():
            note = f"{address} {writer} {n}"
            try:
                kept = client.post("/api/v1/judgements", json={"record": "a-e01", "verdict": "right", "by": f"r{writer}", "note": note})
            except httpx.TransportError:
                return
            assert kept.status_code == 201, kept.text
            acknowledged.append((kept.json()["answer"]["number"], note))


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    """Many write at once, and the program is killed between two of their words, twice: each acknowledged one stands once, under its number."""
    store, acknowledged = small(tmp_path / "s"), list[tuple[int, str]]()
    for turn in range(1, ROUNDS + 1):
        with running(store) as (address, program):
            writers = [threading.Thread(target=judge, args=(address, n, acknowledged)) for n in range(WRITERS)]
            for writer in writers:
                writer.start()
            while len(acknowledged) < ENOUGH * turn:
                time.sleep(0.01)
            program.kill()  # SIGKILL: nothing can be tidied up
            for writer in writers:
                writer.join()
    with running(store) as (address, _):
        kept = [json.loads(line) for line in httpx.get(f"{address}api/v1/judgements?format=jsonl", timeout=60, trust_env=False).text.splitlines()]

    assert len(acknowledged) >= ENOUGH * ROUNDS
    assert set(acknowledged) <= {(said["number"], said["note"]) for said in kept}
    assert set(Counter(said["note"] for said in kept).values()) == {1}
    assert [said.number for said in ledger(store)] == list(range(1, len(kept) + 1))
    assert len(audit.entries(store)) <= len(kept)  # the log comes after the ledger; what a kill took from it was never acknowledged
