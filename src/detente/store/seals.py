"""What the files of a part were when it was made: `SHA256SUMS`, in the form that `sha256sum -c` reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

SEAL = "SHA256SUMS"


def seal_of(folder: Path) -> bytes:
    """A line for each file that is in a folder now, in the order of their names: its SHA-256 in hexadecimal, two spaces, its name."""
    return "".join(f"{_digest(file)}  {file.name}\n" for file in sorted(folder.iterdir())).encode()


def unlike(folder: Path) -> list[Path] | None:
    """The files that are missing or not what they were when the folder was sealed; None where it has no seal, as earlier versions wrote it."""
    seal = folder / SEAL
    if not seal.is_file():
        return None
    told = (line.partition("  ") for line in seal.read_text(encoding="utf-8", errors="replace").splitlines())
    return [folder / name for digest, _, name in told if not (folder / name).is_file() or _digest(folder / name) != digest]


def _digest(file: Path) -> str:
    with file.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()
