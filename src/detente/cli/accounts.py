"""`detente accounts`: who may use the workbench of a store."""

from __future__ import annotations

import getpass
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.guard import plain_errors
from detente.cli.options import Folder
from detente.cli.serving import web_extra
from detente.errors import BadSetting

if TYPE_CHECKING:
    from detente.web.accounts import Accounts

accounts_app = typer.Typer(no_args_is_help=True, help="Who may use the workbench of a store, and what they did.")


class Role(StrEnum):
    """What an account may do."""

    reader = "reader"
    reviewer = "reviewer"
    admin = "admin"


class Scope(StrEnum):
    """What a token may do."""

    read = "read"
    judge = "judge"
    admin = "admin"


Name = Annotated[str, typer.Argument(help="Name of the account.")]


@accounts_app.command()
@plain_errors
def add(
    name: Name,
    store: Folder,
    role: Annotated[Role, typer.Option(help="reader looks and reads texts, reviewer judges too, admin sees accounts and the audit log too.")] = Role.reader,
) -> None:
    """Make an account. The password is asked for twice; from a pipe it is the first line.

    Example: echo 'four quiet rivers meet' | detente accounts add anna --role admin --store build/record
    """
    accounts = _opened(store)
    made = accounts.add(name, _password(), role=role.value, by=_here())
    sys.stderr.write(f"detente: {made.name} is a {made.role}; servers that run already ask for accounts once they are started again\n")


@accounts_app.command("list")
@plain_errors
def listed(store: Folder) -> None:
    """List the accounts and the tokens that have not ended.

    Example: detente accounts list --store build/record
    """
    accounts = _opened(store)
    for account in accounts.all():
        sys.stdout.write(f"{account.name}\t{account.role}\tsince {account.added_at}\n")
    for token in accounts.tokens():
        sys.stdout.write(f"{token.account}\ttoken {token.id}\t{', '.join(token.scopes)}\tuntil {token.ends_at}\n")


@accounts_app.command()
@plain_errors
def change(
    name: Name,
    store: Folder,
    role: Annotated[Role | None, typer.Option(help="Another role; without it, another password is asked for.")] = None,
) -> None:
    """Give an account another role or another password; a new password ends its sessions.

    Example: detente accounts change anna --role reviewer --store build/record
    """
    accounts = _opened(store)
    if role is not None:
        accounts.change(name, role=role.value, by=_here())
    else:
        accounts.change(name, password=_password(), by=_here())


@accounts_app.command()
@plain_errors
def remove(name: Name, store: Folder) -> None:
    """Remove an account with its sessions and tokens; its judgements stay.

    Example: detente accounts remove anna --store build/record
    """
    _opened(store).remove(name, by=_here())


@accounts_app.command()
@plain_errors
def token(
    name: Name,
    store: Folder,
    scope: Annotated[list[Scope] | None, typer.Option(help="What it opens: read, judge, admin; several times for several. read when left out.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days that it lasts.")] = 90,
) -> None:
    """Make a token for a program, and print its key, which is shown this once: `authorization: Bearer KEY`.

    Example: detente accounts token anna --scope read --days 30 --store build/record
    """
    made, key = _opened(store).make_token(name, scopes=[s.value for s in scope or [Scope.read]], days=days, by=_here())
    sys.stderr.write(f"detente: token {made.id} opens {', '.join(made.scopes)} until {made.ends_at}\n")
    sys.stdout.write(key + "\n")


@accounts_app.command()
@plain_errors
def revoke(token: Annotated[str, typer.Argument(help="Id of the token, as `detente accounts list` shows it.")], store: Folder) -> None:
    """Take a token back: it opens nothing any more.

    Example: detente accounts revoke 1f2e3d4c --store build/record
    """
    _opened(store).revoke(token, by=_here())


@accounts_app.command()
@plain_errors
def log(store: Folder) -> None:
    """Print the audit log as JSON lines: who signed in, judged, and changed accounts. A line that was tampered with is an error.

    Example: detente accounts log --store build/record
    """
    import msgspec

    with web_extra():
        from detente.web import audit
    for entry in audit.entries(store):
        sys.stdout.write(msgspec.json.encode(entry).decode() + "\n")


def _opened(store: Path) -> Accounts:
    with web_extra():
        import argon2  # noqa: F401 - said before anything is asked

        from detente.web.accounts import Accounts
    from detente.store.folder import version_of

    version_of(store)  # there must be a store
    return Accounts(store)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise BadSetting("password", "…", "the two differ; begin again")
    return first


def _here() -> str:
    """Who changes accounts on the server itself."""
    try:
        return f"{getpass.getuser()} on the server"
    except (KeyError, OSError):
        return "somebody on the server"
