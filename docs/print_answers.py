"""Prints what the workbench answers to the examples of its description, over the articles in `examples/`: `make docs`.

The answers are shortened: of each list two rows. They stand in the package, since `/api/openapi.json` has them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any

import httpx

from detente.ingest import ingest
from detente.matching import match
from detente.records import Refused
from detente.sources.files import documents
from detente.store import open_store
from detente.web import audit
from detente.web.accounts import Accounts
from detente.web.api import ASKS, ROOT
from detente.web.app import workbench
from detente.web.openapi import BODIES, EXAMPLES, IDS, operation_of
from detente.web.stores import Desks

ROOM = Path(__file__).resolve().parents[1]
PAGE = ROOM / "src" / "detente" / "web" / "answered.json"
ARTICLES = [ROOM / "examples" / name for name in ("archive.jsonl", "retold.jsonl", "strait.txt")]
DAY, TODAY = dt.date(2026, 3, 14), dt.date(2026, 11, 30)
"""Of the article that names no day; and one after all of them."""
SCAN = Refused(document="scan.pdf", reason="binary", detail="scan.pdf: it is not text (binary bytes); give it plain UTF-8 text")
POSTED = {"read": "/read", "judge": "/judgements", "missed": "/missed"}
MOST = 2
"""Rows of a list, and keys of a table of all types."""
NOW = {"coded_date": "2026-03-15", "said_at": "2026-03-15T09:00:00+00:00", "at": "2026-03-15T09:00:00+00:00"}
"""What would differ each time."""


def text() -> str:
    """All answers, by operation."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        ingest([*documents(map(str, ARTICLES), published=DAY, today=TODAY), SCAN], open_store(store, create=True))
        match(open_store(store))
        told = asyncio.run(_asked(store))
    return json.dumps({name: shortened(answer) for name, answer in told.items()}, indent=1, ensure_ascii=False) + "\n"


async def _asked(store: Path) -> dict[str, Any]:
    """What each operation answers, judgements first, so that the others have something to tell of them."""
    told: dict[str, Any] = {}
    transport = httpx.ASGITransport(app=workbench(Desks(store)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for name, path in POSTED.items():
            told[name] = (await client.post(ROOT + path, json=BODIES[name])).raise_for_status().json()
        for ask in ASKS:
            path = ask.path.replace("{id:path}", IDS.get(ask.path, "")).format(**EXAMPLES)
            query = {"name": EXAMPLES["name"], "on": EXAMPLES["on"]} if ask.path == "/actors" else {"least": 2} if ask.path == "/stories" else {}
            told[operation_of(ask.path)] = await _worked_out(client, path, query)
        told["passages"] = (await client.get(f"{ROOT}/passages")).text.partition("\n")[0] + "\n"
    accounts = Accounts(store)
    accounts.add("anna", "four quiet rivers meet", role="admin", by="a person at the server")
    accounts.sign_in("anna", "four quiet rivers meet", address="192.0.2.7")
    told["audit"] = {"answer": [{"at": e.at, "who": e.who, "what": e.what, "of": e.of, "address": e.address} for e in audit.entries(store)[-2:]], "next": None}
    return told


async def _worked_out(client: httpx.AsyncClient, path: str, query: dict[str, Any]) -> Any:
    while True:
        found = (await client.get(ROOT + path, params=query)).raise_for_status().json()
        held = found["answer"]
        if not isinstance(held, dict) or not (held.get("pending") or held.get("turning", []) is None):
            return found
        await asyncio.sleep(0.2)


def shortened(told: Any, name: str = "") -> Any:
    """The same with the first rows of each list, and the same moment wherever one of today stands."""
    if isinstance(told, list):
        return [shortened(one) for one in told[:MOST]]
    if isinstance(told, dict):
        rows = list(told.items())[: MOST if name == "types" else None]
        return {key: NOW[key] if key in NOW and value is not None else shortened(value, key) for key, value in rows}
    return told


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    print(f"printed {PAGE.name}")
