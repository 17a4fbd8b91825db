"""Files elsewhere, by address: s3://bucket/folder/*.warc.gz, gs://, file://, whatever fsspec knows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from detente.errors import BadInput, BadSetting


class Piece(NamedTuple):
    """One file: its path or address, and the name of a document in it that has no other, without suffix."""

    path: str
    name: str


def is_remote(path: str) -> bool:
    """Whether it is an address rather than a path."""
    return "://" in path


def pieces(address: str) -> list[Piece]:
    """The files at an address, in name order: one, those that a pattern with * names, or all below a folder.

    Raises:
        BadInput: There is nothing, or it cannot be reached.
        BadSetting: fsspec is not installed, or not what it needs for this kind of address.
    """
    with _told(address):
        files, path = _files_of(address)
        if files.isfile(path):
            return [Piece(address, path.rpartition("/")[2])]
        folder = path.partition("*")[0].rpartition("/")[0] if "*" in path else path.rstrip("/")
        found = sorted(files.glob(path) if "*" in path else files.find(path))
    inside = [Piece(files.unstrip_protocol(file), file.removeprefix(folder).lstrip("/")) for file in found]
    if not inside:
        raise BadInput(address, "unreadable", f"{address}: there is no such file or folder")
    return inside


@contextmanager
def opened(address: str) -> Iterator[io.BufferedReader]:
    """The bytes of one file, as they come.

    Raises:
        BadInput: It cannot be reached.
        BadSetting: fsspec is not installed, or not what it needs for this kind of address.
    """
    with _told(address):
        files, path = _files_of(address)
        raw = files.open(path, "rb")
    with raw:
        yield io.BufferedReader(raw)


def _files_of(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise BadSetting("SOURCE", address, "addresses need fsspec: pip install 'detente[ray]'") from error
    try:
        return url_to_fs(address)  # type: ignore[no-any-return]  # fsspec ships no types
    except (ImportError, ValueError) as error:
        raise BadSetting("SOURCE", address, f"fsspec cannot read it: {error}") from error


@contextmanager
def _told(address: str) -> Iterator[None]:
    """What is wrong with an address, in one line.

    Raises:
        BadInput: It cannot be reached.
    """
    try:
        yield
    except (BadInput, BadSetting):
        raise
    except Exception as error:  # each kind of address has errors of its own
        raise BadInput(address, "unreadable", f"{address}: {' '.join(str(error).split()) or type(error).__name__}") from error
