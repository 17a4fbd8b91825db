"""How long the pages of the workbench take over loopback, in milliseconds.

Each is asked for the first time, then by several readers at once (median and 95th percentile).

    python -m benchmarks.web STORE [READERS] [ROUNDS]
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

READERS, ROUNDS = 20, 5
START = "from detente.cli import app; app()"


def pages(client: httpx.Client) -> dict[str, str]:
    """Name → address of a page of each kind, with what the store itself has most of."""
    pair = client.get("/api/v1/relations?limit=1").json()["answer"][0]
    seen = client.get("/api/v1/events?limit=1").json()["answer"][0]["event"]
    return {
        "overview": "/",
        "relation": f"/relations/{pair['a']}/{pair['b']}",
        "document": str(httpx.URL("/document", params={"id": seen["text_info"]["document"]})),
        "event": str(httpx.URL("/event", params={"id": seen["id"]})),
        "actor": f"/actor?name={pair['a']}",
        "search": "/search?q=talks",
        "review": "/review",
    }


def asked(address: str, path: str, rounds: int) -> list[tuple[float, int]]:
    """Seconds and bytes of each answer that one reader gets."""
    out = []
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        for _ in range(rounds):
            begin = time.perf_counter()
            answer = client.get(path)
            answer.raise_for_status()
            out.append((time.perf_counter() - begin, len(answer.content)))
    return out


def main(store: str, readers: int = READERS, rounds: int = ROUNDS) -> None:
    """Serve the store, ask, print."""
    server = subprocess.Popen([sys.executable, "-c", START, "serve", "--store", store, "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        said = server.stderr.readline() if server.stderr else ""
        found = re.search(r"http://\S+", said)
        if found is None:
            sys.exit(said)
        address = found[0].rstrip("/")
        with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
            paths = pages(client)
        print(f"{readers} readers at once, {rounds} rounds\n{'page':<10}{'first ms':>10}{'median ms':>10}{'p95 ms':>10}{'kB':>8}")
        for name, path in paths.items():
            ((first, size),) = asked(address, path, 1)
            with ThreadPoolExecutor(readers) as pool:
                told = [each for one in pool.map(lambda _, p=path: asked(address, p, rounds), range(readers)) for each in one]
            times = sorted(1000 * seconds for seconds, _ in told)
            print(f"{name:<10}{1000 * first:>10.0f}{statistics.median(times):>10.0f}{times[int(0.95 * (len(times) - 1))]:>10.0f}{size / 1000:>8.0f}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
