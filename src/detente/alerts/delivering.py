"""How an alert reaches somebody: standard output, a webhook, a mail server, an Atom feed. Each carrier says why it failed."""

from __future__ import annotations

import datetime as dt
import os
import smtplib
import ssl
import sys
import uuid
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec

from detente.alerts.finding import Alert
from detente.alerts.rules import Atom, Channel, Mail, Print, Webhook
from detente.store.folder import put

TIMEOUT = 20.0  # seconds without an answer
SHOWN = 100
"""Alerts in a feed, the newest: readers keep what they have seen."""

ATOM = "http://www.w3.org/2005/Atom"


class Undelivered(Exception):
    """Why an alert did not reach somebody, in one line; `doubtful` when it may have, since the answer was lost."""

    def __init__(self, told: str, *, doubtful: bool = False) -> None:
        """As told."""
        super().__init__(told)
        self.doubtful = doubtful


class Dated(msgspec.Struct, frozen=True):
    """An alert and when it was raised, UTC."""

    alert: Alert
    raised_at: dt.datetime


def deliver(channel: Channel, dated: Dated, *, every: Sequence[Dated], folder: Path) -> None:
    """Carry one alert.

    Args:
        channel: Where to.
        dated: The alert.
        every: All alerts so far, oldest first, of which a feed shows the newest.
        folder: That relative paths begin at.

    Raises:
        Undelivered: It did not arrive, as far as anybody can tell.
    """
    try:
        if isinstance(channel, Print):
            sys.stdout.write(f"{text(dated.alert)}\n  alert {dated.alert.id}\n")
            sys.stdout.flush()
        elif isinstance(channel, Webhook):
            _post(channel, dated)
        elif isinstance(channel, Mail):
            _mail(channel, dated)
        else:
            put(folder / channel.file, feed(channel, every))
    except BrokenPipeError:
        raise  # nobody reads standard output any more: the command ends
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise Undelivered(" ".join(str(error).split()) or type(error).__name__) from error


def text(alert: Alert) -> str:
    """The alert in words: what, why, and each event with its sentence."""
    lines = [alert.headline, f"  {alert.why}"]
    for e in alert.events:
        lines.append(f"  {e.day} {e.source} → {e.target} {e.type or 'event'} {e.points:+.1f}   {e.id or ''}".rstrip())
        lines += [f"    {' '.join(e.text.split())}"] if e.text else []
    lines += [f"  and {alert.more} more; these are the strongest"] if alert.more else []
    return "\n".join(lines)


def _post(channel: Webhook, dated: Dated) -> None:
    """The alert as JSON; its id is the idempotency key, for receivers that a lost answer makes hear it twice."""
    import httpx

    headers = {"Content-Type": "application/json", "Idempotency-Key": dated.alert.id}
    headers |= {"Authorization": f"Bearer {_secret(channel.token_env)}"} if channel.token_env else {}
    try:
        answer = httpx.post(channel.url, content=msgspec.json.encode(dated), headers=headers, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        unsent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL))
        raise Undelivered(f"{type(error).__name__}: {' '.join(str(error).split())}", doubtful=not unsent) from error
    if not answer.is_success:
        # a gateway had no sound answer from the server behind it (RFC 9110, 15.6.3 and 15.6.5); other answers are taken at their word
        raise Undelivered(f"the server answered {answer.status_code}", doubtful=answer.status_code in (502, 504))


def _mail(channel: Mail, dated: Dated) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = dated.alert.headline, channel.sender, ", ".join(channel.to)
    message["Date"], message["Message-ID"] = format_datetime(dated.raised_at), f"<{dated.alert.id}@detente>"
    message.set_content(text(dated.alert))
    secure = ssl.create_default_context()
    whole = channel.encryption == "tls"
    with smtplib.SMTP_SSL(channel.server, channel.port, timeout=TIMEOUT, context=secure) if whole else smtplib.SMTP(channel.server, channel.port, timeout=TIMEOUT) as server:
        if channel.encryption == "starttls":
            server.starttls(context=secure)
        if channel.user:
            server.login(channel.user, _secret(channel.password_env))
        try:
            refused = server.send_message(message)
        except smtplib.SMTPServerDisconnected as error:  # a time without an answer, too, ends as this
            raise Undelivered(" ".join(str(error).split()), doubtful=True) from error
        if refused:
            raise Undelivered(f"the server refused {', '.join(refused)}", doubtful=True)  # the others have it
        with suppress(smtplib.SMTPException):  # it has the mail, whatever it says to the farewell
            server.quit()


def _secret(name: str | None) -> str:
    """What a variable of the environment holds: secrets stand in no file of ours.

    Raises:
        Undelivered: It is not set.
    """
    if not name or name not in os.environ:
        raise Undelivered(f"the environment has no variable {name}, which should hold the secret")
    return os.environ[name]


def feed(channel: Atom, every: Sequence[Dated]) -> bytes:
    """The newest alerts as an Atom feed, newest first (RFC 4287)."""
    root = ET.Element("feed", xmlns=ATOM)
    newest = every[-1].raised_at if every else dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    _add(root, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"detente:{channel.title}:{channel.file}").urn)
    _add(root, "title", channel.title)
    _add(root, "updated", newest.isoformat())
    _add(ET.SubElement(root, "author"), "name", "detente")
    for dated in reversed(every[-SHOWN:]):
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", f"urn:detente:alert:{dated.alert.id}")
        _add(entry, "title", dated.alert.headline)
        _add(entry, "updated", dated.raised_at.isoformat())
        _add(entry, "content", text(dated.alert)).set("type", "text")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(root, encoding="utf-8"))


def _add(parent: ET.Element, name: str, words: str) -> ET.Element:
    """A child with these words, less the control characters that XML cannot hold."""
    child = ET.SubElement(parent, name)
    child.text = "".join(c for c in words if c in "\n\t" or c >= " ")
    return child
