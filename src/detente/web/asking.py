"""What stands in an address → a question; and what is wrong with it, in the words of who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from detente.errors import BadSetting

T = TypeVar("T")
RULES = (
    (r"Expected `(?:float|int)` >= (\S+)", "it must be a number of at least {}"),
    (r"Expected `(?:float|int)` <= (\S+)", "it must be a number of at most {}"),
    (r"Expected `int`", "it must be a whole number"),
    (r"Expected `float`", "it must be a number"),
    (r"Expected `bool`", "it must be 1 or 0"),
    (r"Expected `str` of length >= (\d+)", "it must have at least {} characters"),
    (r"Expected `str` of length <= (\d+)", "it must have at most {} characters"),
    (r"Expected `str` matching regex '\^\[A-Za-z\]\{3\}-", "it must be two codes, such as KAZ-RUS"),
)
"""What msgspec says → what it means."""


def converted(query: Mapping[str, Any], kind: type[T]) -> T:
    """The question.

    Raises:
        BadSetting: A name or a value is none that can be asked.
    """
    try:
        return msgspec.convert(dict(query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise in_words(error, query, kind) from error


def in_words(error: msgspec.ValidationError, query: Mapping[str, Any], kind: type[Any]) -> BadSetting:
    """What is wrong, as a rule of the field: not as a rule of a schema, of which who filled in a form knows nothing."""
    told, _, path = str(error).replace(" | null", "").partition(" - at `$.")
    name = path.rstrip("`")
    named = re.fullmatch(r"Object (contains unknown|missing required) field `(.*)`", told)
    if named is not None and named[1] == "missing required":
        return BadSetting(named[2], None, "it must be told")
    if named is not None:
        return BadSetting(named[2], query.get(named[2]), f"nothing of that name can be asked here; there are {', '.join(sorted(_fields(kind)))}")
    rule = next((rule.format(*found.groups()) for pattern, rule in RULES if (found := re.match(pattern, told))), told)
    if told.startswith("Invalid enum value"):
        rule = f"it must be one of {', '.join(_choices(_fields(kind)[name]))}"
    return BadSetting(name or "query", query.get(name), rule)


def _fields(kind: type[Any]) -> dict[str, msgspec.inspect.Type]:
    told = msgspec.inspect.type_info(kind)
    return {field.encode_name: field.type for field in told.fields} if isinstance(told, msgspec.inspect.StructType) else {}


def _choices(told: msgspec.inspect.Type) -> Iterator[str]:
    for one in told.types if isinstance(told, msgspec.inspect.UnionType) else (told,):
        if isinstance(one, msgspec.inspect.LiteralType):
            yield from map(str, one.values)
