"""Errors of a command, said in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer

from detente.errors import DetenteError

P = ParamSpec("P")
R = TypeVar("R")


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """The command, its own errors said in one line with exit code 2, a closed pipe without a word."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except DetenteError as error:
            sys.stderr.write(f"detente: {error}\n")
            raise typer.Exit(2) from error
        except BrokenPipeError:
            # whoever read has read enough; what Python still wants to flush at its end goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None

    return guarded
