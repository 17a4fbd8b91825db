"""Who may use the workbench: accounts with a role, their sessions and API tokens, in one SQLite file beside the store.

Passwords are kept as Argon2id hashes, sessions and tokens as SHA-256: those are 256 random bits, which nobody guesses.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock, Semaphore
from typing import TYPE_CHECKING, Any

import msgspec

from detente.errors import BadSetting, StoreProblem
from detente.web import audit

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FILE = "accounts.db"
ROLES = {"reader": ("read",), "reviewer": ("read", "judge"), "admin": ("read", "judge", "admin")}
"""Role → scopes: look at everything and read texts; judge; see accounts and the audit log."""
SCOPES = ROLES["admin"]

SHORTEST, LONGEST = 15, 200
"""Characters of a password. 15: NIST SP 800-63B-4, 3.1.1.2, where it is all that is asked for. The other bounds the work."""
SESSION = 12 * 3600.0
"""Seconds that a session lasts, whatever its owner does: a working day. NIST SP 800-63B-4 has a day at most (level 2)."""
WINDOW, OF_ADDRESS, OF_NAME = 900.0, 10, 20
"""Wrong passwords in so many seconds after which an address, or a name, must wait. OWASP's Authentication Cheat Sheet leaves the numbers open."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,79}")
_TABLES = """
    CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, added_at TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE, hash TEXT NOT NULL,
        scopes TEXT NOT NULL, made_at TEXT NOT NULL, ends REAL NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS sessions (hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE, ends REAL NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS failures (name TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL) STRICT;
"""


class Account(msgspec.Struct, frozen=True):
    """Somebody who may come in."""

    name: str
    role: str
    added_at: str


class Token(msgspec.Struct, frozen=True):
    """A key for programs; what it opens is shown once, when it is made."""

    id: str
    account: str
    scopes: tuple[str, ...]
    made_at: str
    ends_at: str


class Person(msgspec.Struct, frozen=True):
    """Who asks, and what they may do."""

    name: str
    role: str
    scopes: tuple[str, ...]


class NotLetIn(BadSetting):
    """Name and password do not belong together; which of the two is wrong is not said."""


class TooMany(BadSetting):
    """Too many wrong passwords lately; `wait` is in seconds."""

    def __init__(self, name: str, wait: int) -> None:
        super().__init__("name", name, f"too many wrong passwords came lately; try again in {wait // 60 + 1} minutes")
        self.args = (name, wait)
        self.wait = wait


class Accounts:
    """All accounts of one store. Threads may share it."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time, hasher: PasswordHasher | None = None) -> None:
        """Open the file, or make it.

        Args:
            folder: The store.
            clock: Seconds since 1970.
            hasher: Of passwords; RFC 9106's second profile (64 MiB, three passes) when None.

        Raises:
            StoreProblem: The file is damaged, or cannot be written.
        """
        from argon2 import PasswordHasher

        self.folder, self._clock, self._hasher = folder, clock, hasher or PasswordHasher()
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(32))
        self._one, self._hashing = Lock(), Semaphore(2)  # a hash takes 64 MiB
        file = folder / FILE
        try:
            file.touch(mode=0o600)
            self._db = sqlite3.connect(file, timeout=audit.PATIENCE, check_same_thread=False, isolation_level=None)
            self._db.executescript("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;" + _TABLES)
        except (OSError, sqlite3.Error) as error:
            raise StoreProblem("accounts", str(file), f"it cannot be opened ({error})") from error

    # --- accounts --------------------------------------------------------------------------------

    def all(self) -> list[Account]:
        """Everybody, by name."""
        return [Account(*row) for row in self._ask("SELECT name, role, added_at FROM accounts ORDER BY name")]

    def add(self, name: str, password: str, *, role: str, by: str) -> Account:
        """A new account.

        Raises:
            BadSetting: The name is none or taken, the password too short or too long, the role unknown.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise BadSetting("name", name, "it must be letters a to z, digits, and . _ @ - inside; at most 80")
        account = Account(name, _known_role(role), self._now())
        hashed = self._hashed(password)
        try:
            self._ask("INSERT INTO accounts VALUES (?, ?, ?, ?)", (name, role, hashed, account.added_at))
        except sqlite3.IntegrityError as error:
            raise BadSetting("name", name, "there is an account of that name; change it with `detente accounts change`") from error
        audit.note(self.folder, by, f"account added as {role}", of=name)
        return account

    def change(self, name: str, *, password: str | None = None, role: str | None = None, by: str) -> None:
        """Another password, which ends the account's sessions, or another role.

        Raises:
            BadSetting: There is no such account, or the password or role is none.
        """
        self._must_be(name)
        if role is not None:
            self._ask("UPDATE accounts SET role = ? WHERE name = ?", (_known_role(role), name))
            audit.note(self.folder, by, f"role changed to {role}", of=name)
        if password is not None:
            self._ask("UPDATE accounts SET hash = ? WHERE name = ?", (self._hashed(password), name))
            self._ask("DELETE FROM sessions WHERE account = ?", (name,))
            audit.note(self.folder, by, "password changed", of=name)

    def remove(self, name: str, *, by: str) -> None:
        """No account of that name any more; its sessions and tokens go, what it said and did stays.

        Raises:
            BadSetting: There is no such account.
        """
        self._must_be(name)
        self._ask("DELETE FROM accounts WHERE name = ?", (name,))
        audit.note(self.folder, by, "account removed", of=name)

    def _must_be(self, name: str) -> None:
        known = [account.name for account in self.all()]
        if name not in known:
            raise BadSetting("name", name, f"there is no such account; there are: {', '.join(known) or 'none yet'}")

    # --- passwords and sessions ------------------------------------------------------------------

    def sign_in(self, name: str, password: str, *, address: str) -> str:
        """A new session: what its cookie holds.

        An attempt counts as wrong until it has proved right, so that many at once are not more than one after the other.

        Raises:
            NotLetIn: Name and password do not belong together.
            TooMany: Too many wrong ones came from this address, or for this name.
        """
        from argon2.exceptions import InvalidHashError, VerificationError

        name = name.strip().lower()[:80]
        attempt = self._attempt(name, address)
        found = self._ask("SELECT hash FROM accounts WHERE name = ?", (name,))
        # an unknown name takes as long as a known one
        hashed = found[0][0] if found else self._nobodys
        try:
            with self._hashing:
                self._hasher.verify(hashed, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            found = []
        if not found:
            audit.note(self.folder, name, "sign-in refused", address=address)
            raise NotLetIn("name", name, "name and password do not belong together")
        self._ask("DELETE FROM failures WHERE rowid = ?", (attempt,))
        self._ask("DELETE FROM sessions WHERE ends < ?", (self._clock(),))
        session = secrets.token_urlsafe(32)
        self._ask("INSERT INTO sessions VALUES (?, ?, ?)", (_sha(session), name, self._clock() + SESSION))
        audit.note(self.folder, name, "signed in", address=address)
        return session

    def _attempt(self, name: str, address: str) -> int:
        """Number of the attempt, which stands as wrong."""
        since = self._clock() - WINDOW
        with self._one:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("DELETE FROM failures WHERE at < ?", (since,))
                for column, value, most in (("address", address, OF_ADDRESS), ("name", name, OF_NAME)):
                    n, first = self._db.execute(f"SELECT count(*), min(at) FROM failures WHERE {column} = ?", (value,)).fetchone()
                    if n >= most:
                        raise TooMany(name, int(first - since) + 1)
                return self._db.execute("INSERT INTO failures VALUES (?, ?, ?)", (name, address, self._clock())).lastrowid or 0
            finally:
                self._db.execute("COMMIT")

    def of_session(self, session: str) -> Person | None:
        """Whose session it is; None when it is none, or has ended."""
        found = self._ask("SELECT a.name, a.role FROM sessions s JOIN accounts a ON a.name = s.account WHERE s.hash = ? AND s.ends > ?", (_sha(session), self._clock()))
        return Person(found[0][0], found[0][1], ROLES[found[0][1]]) if found else None

    def sign_out(self, session: str, *, address: str | None = None) -> None:
        """End the session."""
        person = self.of_session(session)
        if person is not None:
            self._ask("DELETE FROM sessions WHERE hash = ?", (_sha(session),))
            audit.note(self.folder, person.name, "signed out", address=address)

    # --- tokens ----------------------------------------------------------------------------------

    def tokens(self) -> list[Token]:
        """All that have not ended, by account."""
        sql = "SELECT id, account, scopes, made_at, ends FROM tokens WHERE ends > ? ORDER BY account, made_at"
        return [Token(name, account, tuple(scopes.split()), made, _iso(ends)) for name, account, scopes, made, ends in self._ask(sql, (self._clock(),))]

    def make_token(self, name: str, *, scopes: Iterable[str], days: int, by: str) -> tuple[Token, str]:
        """A token, and the key that is shown this once.

        Raises:
            BadSetting: There is no such account, or its role has not all these scopes.
        """
        self._must_be(name)
        role = next(account.role for account in self.all() if account.name == name)
        wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
        for scope in scopes:
            if scope not in ROLES[role]:
                raise BadSetting("scope", scope, f"{name} is a {role}, who has {', '.join(ROLES[role])}")
        key = f"detente_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
        ends = self._clock() + days * 86_400
        token = Token(key.split("_")[1], name, wanted, self._now(), _iso(ends))
        self._ask("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)", (token.id, name, _sha(key), " ".join(wanted), token.made_at, ends))
        audit.note(self.folder, by, f"token {token.id} made ({', '.join(wanted)})", of=name)
        return token, key

    def revoke(self, id: str, *, by: str) -> None:
        """The token opens nothing any more.

        Raises:
            BadSetting: There is no such token.
        """
        held = next((token for token in self.tokens() if token.id == id), None)
        if held is None:
            raise BadSetting("token", id, f"there is none of that id; there are: {', '.join(t.id for t in self.tokens()) or 'none'}")
        self._ask("DELETE FROM tokens WHERE id = ?", (id,))
        audit.note(self.folder, by, f"token {id} revoked", of=held.account)

    def of_token(self, key: str) -> Person | None:
        """Whose key it is, with no more than its scopes and what the role still has; None when it opens nothing."""
        sql = "SELECT a.name, a.role, t.scopes FROM tokens t JOIN accounts a ON a.name = t.account WHERE t.hash = ? AND t.ends > ?"
        found = self._ask(sql, (_sha(key), self._clock()))
        if not found:
            return None
        name, role, scopes = found[0]
        return Person(name, role, tuple(scope for scope in scopes.split() if scope in ROLES[role]))

    # --- below -----------------------------------------------------------------------------------

    def _ask(self, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._one:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                raise StoreProblem("accounts", str(self.folder / FILE), f"it cannot be used ({error})") from error

    def _hashed(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadSetting("password", "…", f"it must have {SHORTEST} to {LONGEST} characters; several words that belong to no sentence are easy to keep in mind")
        with self._hashing:
            return self._hasher.hash(password)

    def _now(self) -> str:
        return _iso(self._clock())


def has_accounts(folder: Path) -> bool:
    """Whether somebody has an account for this store."""
    return (folder / FILE).is_file() and bool(Accounts(folder).all())


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise BadSetting("role", role, f"it must be one of {', '.join(ROLES)}")
    return role


def _sha(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _iso(at: float) -> str:
    return dt.datetime.fromtimestamp(at, tz=dt.UTC).isoformat(timespec="seconds")
