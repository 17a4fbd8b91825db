"""Errors of a command, said in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import typer
from typer.core import TyperGroup

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


class Program(TyperGroup):
    """All the commands; an option, argument or command that there is not is one line with the way out, exit code 2."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """The context of the program's own options."""
        with _in_one_line():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """What the command gives back; its options are taken apart here."""
        with _in_one_line():
            return super().invoke(ctx)


@contextmanager
def _in_one_line() -> Iterator[None]:
    try:
        yield
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)  # of those that belong to a command, which typer has no public name for
        if context is not None and error.message == context.get_help():  # nothing was asked for, and the help is the answer
            raise
        words = " ".join(error.format_message().split()).rstrip(".?")
        command = context.command_path if context is not None else "detente"
        sys.stderr.write(f"detente: {words[:1].lower()}{words[1:]}; see `{command} --help`\n")
        raise typer.Exit(2) from error
