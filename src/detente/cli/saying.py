"""What a command says beside its results."""

from __future__ import annotations

import sys


def tell(line: str) -> None:
    """Say a line on standard error."""
    sys.stderr.write(f"detente: {line}\n")
