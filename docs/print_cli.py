"""Prints docs/cli.md from what the commands say of themselves, the same words as `--help`: `make docs`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from detente.cli import app

PAGE = Path(__file__).with_name("cli.md")

HEAD = """# Command line

Printed by `make docs` from what `--help` says; a test holds this page to the program.

Results go to standard output, progress and refusals to standard error. `-` is standard input.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | done, but some documents were refused; standard error counts them by reason |
| 2 | an error, said in one line |
"""


def text() -> str:
    """The whole page."""
    group = app.registered_callback
    assert group is not None
    assert group.callback is not None
    whole = section("detente", str(app.info.help), group.callback)
    return "\n".join([HEAD, whole, *sections("detente", app)])


def sections(name: str, of: typer.Typer) -> Iterator[str]:
    """A section for each command, those of groups after the others."""
    for command in of.registered_commands:
        if command.callback is not None:
            own = command.name or command.callback.__name__.replace("_", "-")
            yield section(f"{name} {own}", inspect.getdoc(command.callback) or "", command.callback)
    for group in of.registered_groups:
        if group.typer_instance is not None:
            yield from sections(f"{name} {group.name}", group.typer_instance)


def section(name: str, told: str, command: Callable[..., Any]) -> str:
    """One command: what it does, examples to paste, a table of arguments and one of options."""
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", told)]
    words = [p for p in paragraphs if not p.startswith("Example: ")]
    examples = [p.removeprefix("Example: ") for p in paragraphs if p.startswith("Example: ")]
    parts = [f"## {name}", *words, "```sh\n" + "\n".join(examples) + "\n```"]
    hints = get_type_hints(command, include_extras=True)
    shown = [(p.name, hints[p.name], p.default) for p in inspect.signature(command).parameters.values()]
    for kind, head in ((ArgumentInfo, "| argument | what it is |"), (OptionInfo, "| option | what it does |")):
        rows = [row(n, get_args(h)[0], info, d) for n, h, d in shown if isinstance(info := get_args(h)[1], kind)]
        parts += ["\n".join([head, "| --- | --- |", *rows])] if rows else []
    return "\n\n".join(parts) + "\n"


def row(name: str, kind: Any, info: ArgumentInfo | OptionInfo, default: Any) -> str:
    """One line of a table: names, the help, the values of a choice, the default."""
    # inside Annotated, typer takes an option's first name for its default
    given = [n for n in (info.default, *(info.param_decls or ())) if isinstance(n, str) and n.startswith("-")]
    names = [name.upper()] if isinstance(info, ArgumentInfo) else given or [f"--{name}"]
    told = [info.help or ""]
    if inspect.isclass(kind) and issubclass(kind, Enum):
        told.append("One of " + ", ".join(f"`{choice.value}`" for choice in kind) + ".")
    # None and False are no defaults that a user needs to hear of
    if default not in (None, False, inspect.Parameter.empty):
        told.append(f"Default: `{default}`.")
    return f"| {', '.join(f'`{n}`' for n in names)} | {' '.join(told)} |"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    print(f"printed {PAGE.name}")
