"""Which column of a table, or key of a JSON line, holds the text, the day, the name: told by the user or guessed.

Guesses go by the column's name alone, never by what stands in it: the same file is read the same way every time.
"""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Any

import msgspec

from detente.errors import BadInput, BadSetting
from detente.records import Document
from detente.sources.text import SURROGATE, day_of, document_of

COMMON = {
    "text": ("text", "body", "content", "article", "maintext", "full_text", "fulltext", "article_text", "article_body"),
    "id": ("id", "_id", "guid", "uid", "document", "document_id", "doc_id", "article_id", "story_id"),
    "published": (
        "published", "date", "pubdate", "pub_date", "published_at", "publish_date", "date_publish", "publication_date",
        "published_date", "date_published", "publishedat", "datepublished", "datetime",
    ),
    "title": ("title", "headline", "head", "article_title"),
    "url": ("url", "link", "source_url", "article_url", "permalink"),
    "publication": ("publication", "publisher", "source", "source_name", "site_name", "sitename", "outlet", "newspaper", "source_domain"),
}  # fmt: skip
"""Role → names that columns of news dumps have for it, the likeliest first; capitals do not count."""

DATED = "name the day of publication, --published DAY or --fields published=COLUMN, and ingest the texts into a new store"
"""The way out for who has kept texts without a day: a store codes no text twice."""

Row = Mapping[str, Any]


class Fields(msgspec.Struct, frozen=True):
    """The columns that the user named, by role; the others are guessed."""

    named: dict[str, str] = {}

    def columns(self, present: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Role → columns that may hold it, the first that is not empty counts; a role without column is left out."""
        return {
            role: found
            for role in COMMON
            if (found := (self.named[role],) if self.named.get(role) in present else self._guessed(role, present))
        }

    def _guessed(self, role: str, present: tuple[str, ...]) -> tuple[str, ...]:
        if role in self.named:
            return ()
        known = {column.strip().lower(): column for column in reversed(present)}
        return tuple(known[name] for name in COMMON[role] if name in known)

    def told(self, present: tuple[str, ...]) -> str | None:
        """How the columns were understood, in one line; None when nothing had to be guessed but the role's own name."""
        found = {role: columns[0] for role, columns in self.columns(present).items()}
        guessed = [role for role in found if role not in self.named and found[role] != role]
        if not guessed:
            return None
        return f"--fields {','.join(f'{role}={column}' for role, column in found.items())}"


def fields_in(written: str | None) -> Fields:
    """The map that `--fields text=body,published=pubdate` names.

    Raises:
        BadSetting: A role that there is not, or no `role=column`.
    """
    named: dict[str, str] = {}
    for part in filter(None, (written or "").split(",")):
        role, _, column = (side.strip() for side in part.partition("="))
        if role not in COMMON or not column:
            rule = f"it must read role=column,…, where the roles are {', '.join(COMMON)}"
            raise BadSetting("--fields", written, rule)
        named[role] = column
    return Fields(named)


def document_in(row: Row, columns: dict[str, tuple[str, ...]], where: str, *, published: dt.date | None, id: str | None = None) -> Document:
    """The document of one row or line; it is called by its own id, else its address, else `id`, else where it stands.

    Raises:
        BadInput: `no-text`, `bad-value`, `bad-date`, or the text cannot be read as English news.
    """
    if "text" not in columns:
        raise BadInput(where, "no-text", f"it has no column for the text; name it: --fields text=COLUMN ({known(tuple(row))})")
    told = {role: _value(row, names) for role, names in columns.items()}
    text, title, url, publication = (_words(told.get(role), role, where) for role in ("text", "title", "url", "publication"))
    own = told.get("id")
    name = str(own) if isinstance(own, int) and not isinstance(own, bool) else _words(own, "id", where)
    day = _day(told.get("published"), where)
    named = name or url or id or where
    return document_of(
        text or "", where, published=day or published, title=title, id=named, url=url, publication=publication
    )


def known(columns: tuple[str, ...]) -> str:
    """The columns that there are, for a message."""
    shown = ", ".join(columns[:12]) + (", …" if len(columns) > 12 else "")
    return f"it has: {shown}" if shown else "it has none"


def day_written(written: str) -> dt.date:
    """The day that a date of a news dump names, in the writer's own zone: ISO, 20230508, or as mails and feeds write it.

    A publisher's own day is what "today" in its text means. Days that can be read two ways (05/08/2023) are refused.

    Raises:
        BadSetting: It is none of these.
    """
    kept = written.strip()
    if kept[:8].isascii() and kept[:8].isdigit():
        kept = f"{kept[:4]}-{kept[4:6]}-{kept[6:8]}"
    try:
        return day_of(kept.replace("/", "-") if kept[:4].isdigit() else kept)
    except BadSetting:
        try:
            return email.utils.parsedate_to_datetime(kept).date()
        except (ValueError, TypeError, IndexError, OverflowError):
            raise BadSetting("published", written, "it must be a day as YYYY-MM-DD, such as 2023-05-08") from None


def _value(row: Row, names: tuple[str, ...]) -> Any:
    return next((row[n] for n in names if row.get(n) not in (None, "")), None)


def _words(value: Any, role: str, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadInput(where, "bad-value", f"its {role} is no text but {type(value).__name__}; name another: --fields {role}=COLUMN")
    if role != "text" and SURROGATE.search(value):
        raise BadInput(where, "encoding", f"its {role} has bytes that are not UTF-8; convert it: iconv -f windows-1252 -t utf-8")
    return value


def _day(value: Any, where: str) -> dt.date | None:
    if value is None or isinstance(value, dt.datetime):
        return value.date() if value is not None else None
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise BadInput(where, "bad-value", f"its published is no day but {type(value).__name__}; write it as YYYY-MM-DD")
    try:
        return day_written(value)
    except BadSetting as error:
        raise BadInput(where, "bad-date", str(error)) from error
