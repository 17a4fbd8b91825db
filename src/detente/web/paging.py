"""Lists, part for part: each answer names the cursor behind its last row."""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple, TypeVar

import msgspec

from detente.errors import BadSetting

T = TypeVar("T")


class NotThere(BadSetting):
    """Something of that name is not in the store."""


class Page(NamedTuple):
    """Part of a list, and the cursor behind it; None at the end."""

    rows: list[Any]
    next: str | None


def page(found: list[tuple[Any, Any]], limit: int) -> Page:
    """The first `limit` of rows with their keys; one more was asked for, to know whether there is any."""
    shown = [row for row, _ in found[:limit]]
    return Page(shown, None if len(found) <= limit else written(found[limit - 1][1]))


def written(key: Any) -> str:
    """The cursor of a key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def cursor(told: str | None, kind: type[T], first: T) -> T:
    """The key behind which to go on; `first` when there is no cursor.

    Raises:
        BadSetting: It is none of this list.
    """
    if told is None:
        return first
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)), type=kind)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise BadSetting("after", told, "it is no cursor of this list; take the `next` of an answer") from error
