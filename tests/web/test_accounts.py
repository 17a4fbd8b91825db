"""Accounts: who is not signed in sees nothing, roles and scopes hold, sessions end, and all of it stands in the log."""

from __future__ import annotations

import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from detente.cli import app
from detente.errors import BadSetting, StoreProblem
from detente.web import audit
from detente.web.accounts import OF_ADDRESS, SESSION, WINDOW, Accounts, NotLetIn, TooMany
from detente.web.guard import COOKIE
from tests.web.served import served, small

PASSWORD = "four quiet rivers meet"  # noqa: S105 - of accounts that live as long as a test
NAMES = {"rita": "reader", "rob": "reviewer", "ada": "admin"}


class Clock:
    """Tells the time that a test wants."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    """Moves on when a test moves it."""
    return Clock()


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Accounts:
    """One of each role."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    made = Accounts(small(tmp_path_factory.mktemp("accounts") / "s"), clock=clock, hasher=quick)
    for name, role in NAMES.items():
        made.add(name, PASSWORD, role=role, by="test")
    return made


@pytest.fixture(scope="module")
def address(accounts: Accounts) -> Iterator[str]:
    """A server that asks for accounts."""
    with served(accounts.folder, accounts=accounts) as address:
        yield address


@pytest.fixture(autouse=True)
def later(clock: Clock) -> None:
    """What earlier tests got wrong is forgotten."""
    clock.now += WINDOW + 1


def token_in(page: str) -> str:
    """What the page's forms bear."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def browser(address: str) -> httpx.Client:
    """A browser that nobody has used yet."""
    return httpx.Client(base_url=address, timeout=60, trust_env=False)


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, to: str = "/") -> httpx.Response:
    """Fill in the form."""
    token = token_in(client.get("/login").text)
    return client.post("/login", data={"token": token, "name": name, "password": password, "to": to})


def test_whoever_is_not_signed_in_sees_nothing(address: str) -> None:
    """Pages lead to the sign-in page and back, the API says 401, nothing is kept; the style sheet is everybody's."""
    with browser(address) as client:
        found = client.get("/search", params={"q": "boats"})
        assert (found.status_code, found.headers["location"]) == (303, "/login?to=%2Fsearch%3Fq%3Dboats")
        for path in ("/api/v1/events", "/api/v1/documents/a", "/api/openapi.json", "/api/v1/audit", "/api/v1/nothing"):
            told = client.get(path)
            assert (told.status_code, told.json()["error"]["reason"], told.headers["www-authenticate"]) == (401, "sign-in", "Bearer"), path
        assert client.post("/api/v1/judgements", json={"record": "a-e01", "verdict": "right", "by": "ada"}).status_code == 401
        assert client.get("/static/style.css").status_code == 200


def test_a_session_opens_the_pages_until_it_is_ended(address: str) -> None:
    """Name and password lead where one wanted to go; after signing out the old cookie opens nothing."""
    with browser(address) as client:
        found = sign_in(client, "Rita", to="/documents")
        assert (found.status_code, found.headers["location"]) == (303, "/documents")
        assert re.search(rf"{COOKIE}=.*HttpOnly.*SameSite=strict", found.headers["set-cookie"])
        page = client.get("/documents").text
        assert "Talks in Basra" in page
        old = client.cookies[COOKIE]
        assert client.post("/logout", data={"token": token_in(client.get("/account").text)}).headers["location"] == "/login"
        assert client.get("/documents").status_code == 303
        assert client.get("/documents", headers={"cookie": f"{COOKIE}={old}"}).status_code == 303


def test_the_name_of_a_browser_changes_when_it_signs_in(address: str) -> None:
    """Whoever set the cookie before knows nothing of the session after."""
    with browser(address) as client:
        client.get("/login")
        before = client.cookies[COOKIE]
        sign_in(client, "rita")

        assert client.cookies[COOKIE] != before
        assert client.get("/documents", headers={"cookie": f"{COOKIE}={before}"}).status_code == 303


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nset-cookie: x=1"])
def test_signing_in_leads_to_no_other_site(address: str, to: str) -> None:
    """Whatever a link to the sign-in page asks for."""
    with browser(address) as client:
        assert sign_in(client, "rita", to=to).headers["location"] == "/"


def test_a_session_ends_by_itself(address: str, clock: Clock) -> None:
    """After half a day, whatever was done with it."""
    with browser(address) as client:
        sign_in(client, "rita")
        clock.now += SESSION - 1
        assert client.get("/documents").status_code == 200
        clock.now += 2
        assert client.get("/documents").status_code == 303


def test_a_reader_cannot_judge(address: str) -> None:
    """No form is shown, and none is taken, by page or API; nor is the log a reader's or reviewer's."""
    with browser(address) as client:
        sign_in(client, "rita")
        page = client.get("/event", params={"id": "a-e01"}).text
        assert 'action="/judge"' not in page + client.get("/review").text
        form = {"record": "a-e01", "action": "reject", "token": token_in(client.get("/account").text)}
        assert client.post("/judge", data=form).status_code == 403
        assert client.post("/api/v1/judgements", json={"record": "a-e01", "verdict": "right"}).status_code == 403
        assert client.get("/accounts").status_code == client.get("/api/v1/audit").status_code == 403
    with browser(address) as client:
        sign_in(client, "rob")
        assert client.get("/accounts").status_code == client.get("/api/v1/audit").status_code == 403


def test_a_judgement_bears_the_name_of_the_account(address: str) -> None:
    """By page and by API; under another's name none is taken."""
    with browser(address) as client:
        sign_in(client, "rob")
        token = token_in(client.get("/event", params={"id": "a-e02"}).text)
        assert client.post("/judge", data={"record": "a-e02", "action": "accept", "token": token}).status_code == 303
        assert client.post("/judge", data={"record": "a-e02", "action": "accept", "token": token, "by": "ada"}).status_code == 400
        kept = client.post("/api/v1/judgements", json={"record": "b-e02", "verdict": "right"})
        assert (kept.status_code, kept.json()["answer"]["by"]) == (201, "rob")
        assert client.post("/api/v1/judgements", json={"record": "b-e02", "verdict": "wrong", "by": "ada"}).status_code == 400
        assert {said["by"] for said in client.get("/api/v1/judgements").json()["answer"]} == {"rob"}


def test_a_form_of_another_session_is_not_taken(address: str) -> None:
    """Each session has tokens of its own."""
    with browser(address) as one, browser(address) as other:
        sign_in(one, "rob")
        sign_in(other, "rob")
        token = token_in(one.get("/event", params={"id": "a-e01"}).text)

        assert other.post("/judge", data={"record": "a-e01", "action": "reject", "token": token}).status_code == 403
        assert other.post("/judge", data={"record": "a-e01", "action": "reject"}).status_code == 403
        assert other.post("/logout", data={"token": token}).status_code == 403


def test_a_token_opens_what_its_scopes_say(accounts: Accounts, address: str, clock: Clock) -> None:
    """No more than its role has, not after its end, not once it is revoked."""
    reads, reading = accounts.make_token("rob", scopes=["read"], days=1, by="test")
    _, judging = accounts.make_token("rob", scopes=["read", "judge"], days=9, by="test")
    with pytest.raises(BadSetting, match="rita is a reader"):
        accounts.make_token("rita", scopes=["judge"], days=1, by="test")

    def status(key: str, path: str, **sent: object) -> int:
        with browser(address) as client:
            answer = client.request("POST" if sent else "GET", path, headers={"authorization": f"Bearer {key}"}, json=sent or None)
            return answer.status_code

    said = {"record": "a-e01", "verdict": "unsure"}
    assert (status(reading, "/api/v1/events"), status(reading, "/api/v1/judgements", **said), status(reading, "/api/v1/audit")) == (200, 403, 403)
    assert (status(judging, "/api/v1/judgements", **said), status("detente_0_0", "/api/v1/events")) == (201, 401)
    accounts.revoke(reads.id, by="test")
    assert status(reading, "/api/v1/events") == 401
    accounts.change("rob", role="reader", by="test")
    assert status(judging, "/api/v1/judgements", **said) == 403
    accounts.change("rob", role="reviewer", by="test")
    clock.now += 10 * 86_400
    assert status(judging, "/api/v1/events") == 401


def test_whoever_guesses_must_wait(address: str) -> None:
    """After so many wrong passwords even the right one is not tried, until the window is over."""
    with browser(address) as client:
        for _ in range(OF_ADDRESS):
            assert sign_in(client, "ada", "wrong").status_code == 403
        blocked = sign_in(client, "ada")
        assert blocked.status_code == 429
        assert 0 < int(blocked.headers["retry-after"]) <= WINDOW + 1


def test_waiting_ends(accounts: Accounts, clock: Clock) -> None:
    """And what was right is not counted."""
    for _ in range(OF_ADDRESS * 2):
        accounts.sign_in("ada", PASSWORD, address="a")
    for _ in range(OF_ADDRESS):
        with pytest.raises(NotLetIn):
            accounts.sign_in("nobody", PASSWORD, address="a")
    with pytest.raises(TooMany):
        accounts.sign_in("ada", PASSWORD, address="a")
    accounts.sign_in("ada", PASSWORD, address="b")
    clock.now += WINDOW + 1
    accounts.sign_in("ada", PASSWORD, address="a")


def test_another_password_ends_the_sessions(accounts: Accounts, address: str) -> None:
    """The old one is asked for; a short one is not taken."""
    accounts.add("eve", PASSWORD, role="reader", by="test")
    with browser(address) as client, browser(address) as elsewhere:
        sign_in(client, "eve")
        sign_in(elsewhere, "eve")
        token = token_in(client.get("/account").text)
        assert client.post("/account", data={"token": token, "old": "wrong", "new": "three brown foxes rest"}).status_code == 403
        assert client.post("/account", data={"token": token, "old": PASSWORD, "new": "short"}).status_code == 400
        assert client.post("/account", data={"token": token, "old": PASSWORD, "new": "three brown foxes rest"}).status_code == 303
        assert elsewhere.get("/documents").status_code == 303
        assert sign_in(client, "eve").status_code == 403
        assert sign_in(client, "eve", "three brown foxes rest").status_code == 303
    accounts.remove("eve", by="test")


def test_nothing_that_is_kept_opens_anything(accounts: Accounts) -> None:
    """The file has no password, session or key, and is its owner's alone."""
    session = accounts.sign_in("ada", PASSWORD, address="x")
    _, key = accounts.make_token("ada", scopes=["admin"], days=1, by="test")
    file = accounts.folder / "accounts.db"
    held = file.read_bytes()

    assert not [secret for secret in (PASSWORD, session, key) if secret.encode() in held]
    assert b"$argon2id$" in held
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(audit.log(accounts.folder).file.stat().st_mode) == 0o600


def test_the_log_has_what_was_done_and_who_did_it(accounts: Accounts, address: str) -> None:
    """Admins see it, on the page and by API."""
    with browser(address) as client:
        sign_in(client, "ada", "wrong")
        sign_in(client, "ada")
        log = client.get("/api/v1/audit").json()["answer"]
        page = client.get("/accounts").text
    told = [(entry["who"], re.sub(r"\d+", "N", entry["what"]), entry["address"]) for entry in log]

    assert told[-2:] == [("ada", "sign-in refused", "127.0.0.1"), ("ada", "signed in", "127.0.0.1")]
    assert ("rob", "judgement N: right", None) in told
    assert ("test", "account added as admin", None) in told
    assert "sign-in refused" in page


def test_a_log_that_was_tampered_with_is_noticed(tmp_path: Path) -> None:
    """A line changed, and a line taken out; a line that was cut short was never kept."""
    for n in range(4):
        audit.note(tmp_path, "ann", f"act {n}")
    file = audit.log(tmp_path).file
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines) + b'{"before":"0')
    audit.note(tmp_path, "ann", "act 4")
    assert [entry.what for entry in audit.entries(tmp_path)] == [f"act {n}" for n in range(5)]
    for broken in ([lines[0], lines[2]], [lines[0], lines[1].replace(b"act 1", b"act 9"), lines[2]]):
        file.write_bytes(b"".join(broken))
        with pytest.raises(StoreProblem, match="changed or removed"):
            audit.entries(tmp_path)


def test_accounts_by_command_and_a_server_for_everybody(tmp_path: Path) -> None:
    """`detente accounts` makes what `detente serve --host 0.0.0.0` asks for; another name of the machine must be told."""
    store = str(small(tmp_path / "s"))

    def command(*words: str, said: str = "") -> str:
        result = CliRunner().invoke(app, ["accounts", *words, "--store", store], input=said)
        assert result.exit_code == 0, result.output
        return result.stdout

    command("add", "ada", "--role", "admin", said=PASSWORD + "\n")
    key = command("token", "ada", "--scope", "read").strip()
    assert "ada\tadmin" in command("list")
    assert "account added as admin" in command("log")
    serving = [sys.executable, "-c", "from detente.cli import app; app()", "serve", "--store", store, "--port", "0", "--host", "0.0.0.0", "--url", "https://desk.example"]  # noqa: S104
    with subprocess.Popen(serving, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        told = re.search(r"http://0\.0\.0\.0:(\d+)/", running.stderr.readline())
        assert told is not None
        url = f"http://127.0.0.1:{told[1]}/api/v1/overview"

        def status(host: str | None, key: str) -> int:
            headers = {"authorization": f"Bearer {key}"} | ({"host": host} if host else {})
            return httpx.get(url, headers=headers, timeout=60, trust_env=False).status_code

        found = [status(None, key), status("192.0.2.1:80", key), status("desk.example", key), status("evil.example", key), status(None, "x")]
        running.send_signal(signal.SIGINT)
        running.wait(60)

    assert found == [200, 200, 200, 421, 401]
    for words, told_too in ((["add", "ada"], "there is an account"), (["add", "A B"], "letters a to z"), (["remove", "bob"], "there are: ada"), (["revoke", "x"], "none of that id")):
        result = CliRunner().invoke(app, ["accounts", *words, "--store", store], input=PASSWORD + "\n")
        assert result.exit_code == 2
        assert told_too in result.stderr
