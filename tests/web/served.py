"""A real server on loopback over a store, and stores to serve: three small documents written by hand, and a hostile one."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvicorn

from detente.records import Check, Coded, Refused, TextInfo
from detente.web.accounts import Accounts
from detente.web.app import workbench
from detente.web.guard import Rate
from detente.web.reading import Room
from detente.web.stores import Desks
from tests.builders import actor, coded, links, mention, quote, reading, trigger
from tests.store.records import kept

TALKS = "Iran met Iraq in Basra. Iraq accused Iran of firing on boats, and said: “It rained.”"
HOSTILE = "Iran <script>alert(1)</script> met Iraq \u202egnp.exe\u202c & \"Oman\"; 'x' OR 1=1 --"
SHELLED = "Iran shelled Iraq."


def talks(id: str, *, day: dt.date, title: str | None = None, more: str = "") -> Coded:
    """Iran meets Iraq, Iraq accuses Iran, both on the day before; a quote and a check; `more` stands behind, so that no text copies another."""
    text = TALKS + more
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Iraq", 1), mention(text, "Iraq#2", 1), mention(text, "Iran#2", 0)),
        triggers=(
            trigger(text, "met", "CONSULT", actors=links(0), recipients=links(1), reciprocal=True, contexts=("diplomatic",)),
            trigger(text, "accused", "ACCUSE", mode="disapprove", actors=links(2), recipients=links(3), type_score=0.4),
        ),
        quotes=(quote(text, "It rained.", speaker=links(2)[0], cue=None),),
    )
    found = coded(text, seen, {0: actor("IRN"), 1: actor("IRQ", name="Ali Hassan")}, published=day, id=id)
    when = (day - dt.timedelta(days=1)).isoformat()
    events = tuple(msgspec.structs.replace(e, date=when, enddate=when, date_precision="day") for e in found.events)
    told = Check(id=f"{id}-k01", check="office", text="Iraq", finding="contradicted", detail="nobody", source=("row 1",), text_info=TextInfo(document=id, sequence=0, start=9, end=13))
    return msgspec.structs.replace(found, document=msgspec.structs.replace(found.document, title=title), events=events, checks=(told,))


def hostile() -> Coded:
    """A document that would like to run, to turn the page's writing, and to be SQL."""
    text = HOSTILE
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Iraq", 1)),
        triggers=(trigger(text, "met", "CONSULT", actors=links(0), recipients=links(1)),),
    )
    found = coded(text, seen, {0: actor("IRN", name="<img src=x onerror=alert(2)>"), 1: actor("IRQ")}, id="=../'\"<b>&x")
    words = "met Iraq"  # between whose marks a blank has this one alone
    at = text.index(words)
    told = Check(id=f"{found.document.id}-k01", check="office", text=words, finding="contradicted", detail="<b>nobody</b>", source=("row 1",), text_info=TextInfo(document=found.document.id, sequence=0, start=at, end=at + len(words)))
    return msgspec.structs.replace(found, checks=(told,), document=msgspec.structs.replace(found.document, title="=<script>alert(3)</script>\u202e", url="javascript:alert(4)"))


def small(folder: Path) -> Path:
    """A store of three documents and a refusal."""
    kept(
        folder,
        talks("a", day=dt.date(2023, 5, 9), title="Talks in Basra"),
        talks("b", day=dt.date(2023, 6, 9)),
        hostile(),
        Refused(document="x.pdf", reason="binary", detail="x.pdf: it is not text"),
    )
    return folder


@contextmanager
def served(folder: Path, *, room: Room | None = None, accounts: Accounts | None = None, rate: Rate | None = None) -> Iterator[str]:
    """The address of a server over the store, as long as it is asked for."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings = uvicorn.Config(workbench(Desks(folder), room=room, reviewer="tester", accounts=accounts, rate=rate), log_level="error", access_log=False, ws="none", lifespan="off")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


