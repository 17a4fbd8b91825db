"""Alerts reach whom they are for: once, with their events and sentences, through servers that fail first."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
from aiosmtpd.controller import Controller

from detente.alerts import rounds
from detente.alerts.delivering import deliver, text
from detente.alerts.finding import Alert
from detente.alerts.rounds import Raised, Round, Tried, log, one_round
from detente.alerts.rules import Atom, Channel, Dispute, Mail, Print, Rate, Rules, Turn, Webhook
from detente.errors import BadSetting
from detente.relating import related
from detente.store import open_store
from tests.keeping import acts, kept

RULES = Rules(turn=(Turn(("GRC", "TUR")),), rate=(Rate(("GRC", "TUR"), "words-conflict", more_than=4, days=7),))
NOW = dt.datetime(2025, 7, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 calm days, with a quarrel between Greece and Turkey on the last ten."""
    quarrel = [one for tag in "yw" for one in acts(range(190, 200), "ASSAULT" if tag == "w" else "ACCUSE", tag=tag)]
    told = [*acts(range(0, 200, 8)), *quarrel, *acts(range(0, 200, 2), "CONSULT", ("FRA", "DEU"), "z")]
    store = kept(tmp_path_factory.mktemp("stores") / "record", sorted(told, key=lambda c: c.document.id))
    related(store).shared()
    return store.folder


@pytest.fixture
def folder(record: Path) -> Iterator[Path]:
    """The store before anything was told."""
    yield record
    (record / "alerts.jsonl").unlink(missing_ok=True)


@pytest.mark.parametrize(("pair", "said"), [(("GHN", "TGO"), "'GHN', but nobody has this code; near: "), (("GRC", "TURK"), "near: TUR"), (("GRC", "X-1"), "nobody has this code; known: DEU, FRA, GRC, TUR")])
def test_a_code_that_nobody_has_is_told(folder: Path, pair: tuple[str, str], said: str) -> None:
    """Such a rule would be quiet for ever; a pair that is known and has no event yet is not."""
    for rules in (Rules(turn=(Turn(pair),)), Rules(rate=(Rate(pair, "deeds-conflict", more_than=1),)), Rules(dispute=(Dispute(pair),))):
        with pytest.raises(BadSetting, match=said):
            one_round(related(open_store(folder)), rules)
    assert one_round(related(open_store(folder)), Rules(turn=(Turn(("GHA", "TGO")),))).raised == 0


class Receiver:
    """A web server that fails as often as it is told, then keeps what it gets; for as long as it is told it then answers nothing."""

    def __init__(self) -> None:
        """Listen on a free port of the loopback."""
        self.failing, self.silent, self.got, self.asked = 0, 0, list[dict[str, Any]](), 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked += 1
                fails = outer.failing > 0
                outer.failing -= fails
                if not fails:
                    outer.got.append({**json.loads(body), "key": self.headers["Idempotency-Key"]})
                if not fails and outer.silent:
                    outer.silent -= 1
                    self.close_connection = True
                    return
                self.send_response(503 if fails else 204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def channel(self) -> Webhook:
        """Where alerts are to go."""
        return Webhook(f"http://127.0.0.1:{self.server.server_address[1]}/hook")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server on loopback."""
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Mailbox:
    """What a mail server does with what it gets: it refuses as often as it is told, then keeps it."""

    def __init__(self) -> None:
        self.failing, self.silent, self.got = 0, 0, list[bytes]()

    async def handle_DATA(self, server: Any, session: object, envelope: Any) -> str:  # noqa: ARG002, N802 - as aiosmtpd calls it
        """One mail."""
        if self.failing:
            self.failing -= 1
            return "451 try again later"
        self.got.append(envelope.content)
        if self.silent:
            self.silent -= 1
            server.transport.abort()
        return "250 kept"


def mailed(folder: Path, mailbox: Mailbox) -> Round:
    """One round by mail, through a server that lives as long."""
    with socket.create_server(("127.0.0.1", 0)) as free:  # aiosmtpd must be told a port
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        return round_of(folder, Mail("127.0.0.1", "detente@desk.example", ("editor@desk.example",), port=port, encryption="none"))
    finally:
        server.stop()


def round_of(folder: Path, *channels: Channel, now: dt.datetime = NOW, **more: Any) -> Round:
    """One round, without waiting."""
    rules = Rules(turn=RULES.turn, rate=RULES.rate, to=channels, pause=0.0, folder=str(folder.parent), **more)
    return one_round(related(open_store(folder)), rules, now=lambda: now, sleep=lambda _: None)


def test_a_turn_and_a_rate_are_told_once_with_their_sentences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The quarrel is told as a turn and as a rate; the next round, after a restart, says nothing."""
    first, said = round_of(folder, Print()), capsys.readouterr().out
    again, silence = round_of(folder, Print()), capsys.readouterr().out

    assert (first.raised, first.delivered, again.raised, again.delivered, silence) == (2, 2, 0, 0, "")
    assert "GRC – TUR turns towards conflict" in said
    assert "at most once a dyad and year" in said
    assert "reports of words-conflict within 7 days" in said
    assert "GRC said no to TUR in matter w" in said


def test_a_webhook_that_fails_is_tried_until_it_answers(folder: Path, receiver: Receiver) -> None:
    """Down for a whole round and the start of the next: nothing is lost, nothing comes twice, every try is in the log."""
    receiver.failing = 4
    first = round_of(folder, receiver.channel, tries=3)
    second = round_of(folder, receiver.channel, tries=3)
    third = round_of(folder, receiver.channel, tries=3)

    assert (first.raised, first.delivered, first.failed) == (2, 0, 1)
    assert (second.delivered, second.failed, second.again, third.delivered) == (2, 0, 0, 0)
    assert len(receiver.got) == len({each["key"] for each in receiver.got}) == 2
    assert all(event["text"] for each in receiver.got for event in each["alert"]["events"])
    tried = [line for line in log(open_store(folder)).read() if isinstance(line, Tried)]
    assert [line.done for line in tried] == [False] * 4 + [True] * 2
    assert tried[0].told == "the server answered 503"


def test_events_that_are_not_listed_are_counted(folder: Path, receiver: Receiver) -> None:
    """An alert of five reports lists the strongest three and says that there are two more, in words and as JSON."""
    round_of(folder, receiver.channel)
    (rate,) = (each["alert"] for each in receiver.got if each["alert"]["about"].startswith("rate"))

    assert "5 reports" in rate["headline"]
    assert (len(rate["events"]), rate["more"]) == (3, 2)
    assert text(msgspec.convert(rate, Alert)).endswith("  and 2 more; these are the strongest")


class Killed(BaseException):
    """What ends a program without asking it."""


def killed(folder: Path, channel: Channel, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """A round that is killed at its first alert, before or after the server had it."""

    def cut_short(*args: Any, **more: Any) -> None:
        if after:
            deliver(*args, **more)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(rounds, "deliver", cut_short)
        with pytest.raises(Killed):
            round_of(folder, channel)

@pytest.mark.parametrize("after", [False, True])
def test_what_was_cut_short_while_it_was_told_is_told_again_under_its_id(folder: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:  # noqa: FBT001 - a case, not a switch
    """Killed before or after the server had it, the first alert comes under one id, and the round says of it alone that it may come twice; then all is told."""
    killed(folder, receiver.channel, monkeypatch, after=after)
    again, last = round_of(folder, receiver.channel), round_of(folder, receiver.channel)

    keys = [each["key"] for each in receiver.got]
    assert (again.raised, again.delivered, again.again) == (0, 2, 1)
    assert (len(keys), len(set(keys))) == (2 + after, 2)
    assert keys[: 1 + after] == [keys[0]] * (1 + after)
    assert last == Round()


def test_a_failure_afterwards_does_not_settle_what_was_cut_short(folder: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed once the server had it; then the server is down for a round: what arrives at last may still be the second time."""
    killed(folder, receiver.channel, monkeypatch, after=True)
    receiver.failing = 3
    down, up = (round_of(folder, receiver.channel, tries=3) for _ in range(2))

    assert down == Round(failed=1)
    assert up == Round(delivered=2, again=1)
    assert len(receiver.got) == 3


@pytest.mark.parametrize(("tries", "expected"), [(2, [Round(raised=2, delivered=2, again=1), Round()]), (1, [Round(raised=2, failed=1), Round(delivered=2, again=1)])])
def test_a_lost_answer_is_told_as_a_possible_second_time(folder: Path, receiver: Receiver, tries: int, expected: list[Round]) -> None:
    """The server keeps an alert and answers nothing: tried again, in that round or the next, it comes twice under one id, and is counted."""
    receiver.silent = 1
    done = [round_of(folder, receiver.channel, tries=tries) for _ in range(2)]

    assert done == expected
    assert [each["key"] for each in receiver.got].count(receiver.got[0]["key"]) == 2


def test_a_mail_whose_answer_is_lost_is_told_as_a_possible_second_time(folder: Path) -> None:
    """The mail server takes it and the line breaks: the mail comes again with the same id, and is counted."""
    mailbox = Mailbox()
    mailbox.silent = 1
    done = mailed(folder, mailbox)
    ids = [message_from_bytes(each, policy=default)["Message-ID"] for each in mailbox.got]

    assert (done.delivered, done.again) == (2, 1)
    assert (len(ids), len(set(ids))) == (3, 2)


def test_a_round_that_is_cut_short_before_it_tells_leaves_no_doubt(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What was raised and never begun to be told is told once, with its id."""

    def cut_short(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(rounds, "_tell", cut_short)
        with pytest.raises(Killed):
            round_of(folder, Print())
    assert capsys.readouterr().out == ""
    done, said = round_of(folder, Print()), capsys.readouterr().out

    assert (done.delivered, done.again) == (2, 0)
    assert all(f"  alert {line.alert.id}\n" in said for line in log(open_store(folder)).read() if isinstance(line, Raised))


def test_a_server_that_is_gone_is_given_up_after_a_week(folder: Path) -> None:
    """Nobody listens: tried each round, and given up once the alert is old."""
    nobody = Webhook("http://127.0.0.1:9/hook")
    first = round_of(folder, nobody, tries=1)
    late = round_of(folder, nobody, tries=1, now=NOW + dt.timedelta(8))
    after = round_of(folder, nobody, tries=1, now=NOW + dt.timedelta(8))

    assert (first.failed, late.given_up, after.failed + after.given_up) == (1, 2, 0)


def test_mail_is_sent_through_a_server_that_first_refuses(folder: Path) -> None:
    """A mail server that says "later" gets the same mail again; it bears the alert's id and its sentences."""
    mailbox = Mailbox()
    mailbox.failing = 1
    done = mailed(folder, mailbox)
    mails = [message_from_bytes(each, policy=default) for each in mailbox.got]

    assert done.delivered == len(mails) == 2
    assert done.again == 0
    assert {m["Message-ID"] for m in mails} == {f"<{line.alert.id}@detente>" for line in log(open_store(folder)).read() if isinstance(line, Raised)}
    assert any("turns towards conflict" in m["Subject"] for m in mails)
    assert all("said no to TUR" in m.get_content() for m in mails)


def test_a_feed_can_be_read(folder: Path) -> None:
    """The Atom file is a sound feed with an entry for each alert; a later round does not change the entries."""
    round_of(folder, Atom("alerts.xml"))
    first = feedparser.parse((folder.parent / "alerts.xml").read_bytes())
    round_of(folder, Atom("alerts.xml"), now=NOW + dt.timedelta(1))
    again = feedparser.parse((folder.parent / "alerts.xml").read_bytes())

    assert not first.bozo
    assert len(first.entries) == 2
    assert [(e.id, e.updated) for e in first.entries] == [(e.id, e.updated) for e in again.entries]
    assert "said no to TUR" in first.entries[0].content[0].value


def test_one_channel_that_fails_stops_no_other(folder: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    """The webhook is down; the terminal is told all the same, and not again when the webhook recovers."""
    receiver.failing = 1
    round_of(folder, receiver.channel, Print(), tries=1)
    said = capsys.readouterr().out
    round_of(folder, receiver.channel, Print(), tries=1)

    assert said.count("GRC – TUR") == 2
    assert len(receiver.got) == 2
    assert capsys.readouterr().out == ""
