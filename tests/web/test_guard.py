"""Who is let in: this machine, by its own name, with forms of our own, of bounded size and time."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from detente.errors import BadSetting
from detente.web import guard
from detente.web.serving import serve
from tests.web.served import served, small


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Asks a real server."""
    with served(small(tmp_path_factory.mktemp("guard") / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        yield asking


def token(client: httpx.Client) -> str:
    """What the form of this browser bears."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/event", params={"id": "a-e01"}).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])  # noqa: S104 - refused
def test_without_accounts_only_this_machine_is_listened_on(tmp_path: Path, host: str) -> None:
    """Any other address is refused with a sentence that tells the way out, before anything is opened."""
    with pytest.raises(BadSetting, match="needs accounts; make one: detente accounts add"):
        serve(tmp_path, host=host)


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """One line with the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BadSetting, match="name another, or 0"):
        serve(small(tmp_path / "s"), port=taken.getsockname()[1])


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example:8765", "", "[::"])
def test_another_name_of_this_machine_is_not_answered(client: httpx.Client, host: str) -> None:
    """A page elsewhere cannot reach the workbench through a domain that points here."""
    assert client.get("/", headers={"host": host}).status_code == 421


def test_no_script_and_no_style_of_a_text_can_run(client: httpx.Client) -> None:
    """Every answer bears the policy, errors too; no page has a script, an event attribute or a style of its own."""
    for path in ("/", "/documents", "/search", "/review", "/relations", "/relations/IRN/IRN", "/actor?name=Macron", "/stories", "/nothing", "/api/v1/nothing", "/static/style.css"):
        found = client.get(path)
        assert found.headers["content-security-policy"] == guard.POLICY
        assert "script" not in guard.POLICY.replace("script-src", "")
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=\"", found.text)


def test_a_page_that_may_run_a_script_runs_a_file_of_ours_alone(client: httpx.Client) -> None:
    """Nothing that stands in the page itself, and it asks nobody else; all else that is forbidden elsewhere is forbidden there."""
    client.get("/api/v1/relations/IRN/IRQ/level")  # worked out by now
    found = client.get("/relations/IRN/IRQ")
    rules = dict(rule.split(" ", 1) for rule in found.headers["content-security-policy"].split("; "))

    assert found.headers.get_list("content-security-policy") == [guard.POLICY_WITH_SCRIPT]
    assert rules.pop("script-src") == rules.pop("connect-src") == "'self'"
    assert rules == dict(rule.split(" ", 1) for rule in guard.POLICY.split("; "))
    assert set(re.findall(r"<script[^>]*>", found.text)) <= {'<script src="/static/brush.js" defer>'}
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", found.text)
    again = client.get("/relations/IRN/IRQ", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304
    assert "content-security-policy" not in again.headers, "the browser would take it for that of the page that it kept"


@pytest.mark.parametrize(("path", "file"), [("/document?id=a", "text.js"), ("/missed?document=a", "text.js"), ("/map?since=2023", "map.js"), ("/document?id=%3D../'%22%3Cb%3E%26x", "text.js")])
def test_other_pages_run_their_file_alone(client: httpx.Client, path: str, file: str) -> None:
    """Whatever the text is that they show."""
    found = client.get(path)

    assert found.headers.get_list("content-security-policy") == [guard.POLICY_WITH_SCRIPT]
    assert set(re.findall(r"<script[^>]*>", found.text)) <= {f'<script src="/static/{file}" defer>'}
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", found.text)


def test_hostile_texts_are_shown_as_texts(client: httpx.Client) -> None:
    """Tags are escaped; characters that turn the writing are shown as what they are; no address of a text is a link."""
    name = "=../'\"<b>&x"
    for path, query in (("/document", {"id": name}), ("/event", {"id": f"{name}-e01"}), ("/search", {"q": "<script>"}), ("/documents", {})):
        page = client.get(path, params=query).text
        assert set(re.findall(r"<script[^>]*>", page)) <= {'<script src="/static/text.js" defer>'}
        assert "<img" not in page
        assert "\u202e" not in page
        assert 'href="javascript:' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get("/document", params={"id": name}).text


def test_a_form_of_another_site_is_not_taken(client: httpx.Client) -> None:
    """Neither without our token, nor with a browser's word that it comes from elsewhere."""
    form = {"record": "a-e01", "action": "reject", "by": "x"}
    good = {**form, "token": token(client)}

    assert client.post("/judge", data=form).status_code == 403
    assert client.post("/judge", data={**form, "token": "0" * 64}).status_code == 403
    assert client.post("/judge", data=good, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/judge", data=good, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/api/v1/judgements", content=b'{"record":"a-e01","verdict":"wrong","by":"x"}', headers={"content-type": "text/plain"}).status_code == 415
    assert client.get("/api/v1/judgements").json()["answer"] == []


def test_no_other_site_may_ask(client: httpx.Client) -> None:
    """Answers bear no leave for other origins, and no method but GET and POST is known."""
    found = client.get("/api/v1/overview", headers={"origin": "http://evil.example"})

    assert not [name for name in found.headers if name.startswith("access-control")]
    assert client.request("DELETE", "/api/v1/events/a-e01").status_code == 405
    assert client.options("/api/v1/overview").status_code == 405


def test_what_is_sent_is_bounded(client: httpx.Client) -> None:
    """By what it says of its length, and by what comes when it says nothing."""
    big = b"x" * (guard.MOST_BYTES + 1)

    page = client.post("/read", content=big)
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "at most 1,000,000 bytes can be sent" in page.text
    assert client.post("/api/v1/read", content=big, headers={"content-type": "application/json"}).json()["error"]["reason"] == "too-long"
    assert client.post("/api/v1/read", content=(big[:100_000] for _ in range(11)), headers={"content-type": "application/json"}).status_code == 413


def test_what_comes_too_slowly_is_ended(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that never ends keeps nobody waiting."""
    monkeypatch.setattr(guard, "MOST_SECONDS", 0.3)
    host, port = client.base_url.host, client.base_url.port
    assert port is not None
    with socket.create_connection((host, port), timeout=30) as slow:
        slow.sendall(f"POST /api/v1/read HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/app.py"])
def test_no_other_file_is_given(client: httpx.Client, path: str) -> None:
    """Files are known by their whole names."""
    assert client.get(path).status_code == 404
