"""ALERTS.toml: what to watch for, and whom to tell."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from detente.errors import BadSetting
from detente.relations.tables import QUADS


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A relation whose turns are told: days on which it leaves what it was, by the online detector (`relations.alarms`)."""

    pair: tuple[str, str]


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    """Told on the day on which the reports of one class within the last `days` pass `more_than`."""

    pair: tuple[str, str]
    kind: str
    more_than: float
    days: int = 7


class Dispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stories that papers tell differently; of any two when `pair` is None."""

    pair: tuple[str, str] | None = None


class Print(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="print", tag_field="kind"):
    """Standard output."""

    @property
    def name(self) -> str:
        """As the log names it."""
        return "print"


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="webhook", tag_field="kind"):
    """An address that takes the alert as JSON by POST. `token_env` names the variable of the environment with its bearer token."""

    url: str
    token_env: str | None = None

    @property
    def name(self) -> str:
        """As the log names it: without the path, which often is a secret."""
        return f"webhook {urlsplit(self.url).hostname} {hashlib.sha256(self.url.encode()).hexdigest()[:8]}"


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="mail", tag_field="kind"):
    """A mail server that takes the alert for `to`. `password_env` names the variable of the environment with the password."""

    server: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_env: str | None = None

    @property
    def name(self) -> str:
        """As the log names it."""
        return f"mail {','.join(self.to)}"


class Atom(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="atom", tag_field="kind"):
    """A feed in a file, for any web server or reader; a relative path is beside the TOML."""

    file: str
    title: str = "Détente alerts"

    @property
    def name(self) -> str:
        """As the log names it."""
        return f"atom {self.file}"


Channel = Print | Webhook | Mail | Atom


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file. What happened more than `look_back` days before the store's last day is no news.

    `false_alarms` is how many alarms of turns a relation and year are borne. A delivery is tried `tries` times a round, `pause`
    seconds apart, then twice that, and given up `give_up` days after the alert.
    """

    turn: tuple[Turn, ...] = ()
    rate: tuple[Rate, ...] = ()
    dispute: tuple[Dispute, ...] = ()
    to: tuple[Channel, ...] = (Print(),)
    look_back: int = 14
    false_alarms: float = 1.0
    status: tuple[str, ...] = ("actual",)
    tries: int = 3
    pause: float = 2.0
    give_up: int = 7
    folder: str = "."  # of the file itself


def rules_in(path: Path) -> Rules:
    """The rules that a TOML file gives.

    Raises:
        BadSetting: It cannot be read, is no TOML, has a key, class or value that it may not have, or watches nothing.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert({**written, "folder": str(path.parent)}, Rules)
    except OSError as error:
        raise BadSetting("ALERTS", str(path), f"it cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadSetting("ALERTS", str(path), f"{error} (docs/relations.md, Alerts)") from error
    if not (found.turn or found.rate or found.dispute):
        raise BadSetting("ALERTS", str(path), "it watches nothing; add [[turn]], [[rate]] or [[dispute]] (docs/relations.md, Alerts)")
    for rate in found.rate:
        if rate.kind not in QUADS:
            raise BadSetting("class", rate.kind, f"it must be one of {', '.join(QUADS)}")
    for name, value, least in (("look_back", found.look_back, 1), ("tries", found.tries, 1), ("false_alarms", found.false_alarms, 0.01), *(("days", rate.days, 1) for rate in found.rate)):
        if not value >= least:
            raise BadSetting(name, value, f"it must be at least {least}")
    return msgspec.structs.replace(found, turn=tuple(Turn(_codes(t.pair)) for t in found.turn), rate=tuple(msgspec.structs.replace(r, pair=_codes(r.pair)) for r in found.rate), dispute=tuple(Dispute(d.pair and _codes(d.pair)) for d in found.dispute))


def _codes(pair: tuple[str, str]) -> tuple[str, str]:
    """The pair as panels name it.

    Raises:
        BadSetting: The two are one.
    """
    a, b = sorted(code.strip().upper() for code in pair)
    if a == b:
        raise BadSetting("pair", f"{a} {b}", "a relation is between two; name another code")
    return a, b
