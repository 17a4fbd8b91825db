"""Pages hang together: every link leads to a page that stands, and lists go on to their end."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from tests.store.records import kept
from tests.web.served import hostile, served, small, talks

DOCUMENTS = 13


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Asks a real server over a store with more events than stand on a page."""
    folder = tmp_path_factory.mktemp("pages") / "s"
    kept(folder, *(talks(f"d{n:02}", day=dt.date(2023, 1, 9) + dt.timedelta(days=9 * n)) for n in range(DOCUMENTS)), hostile())
    with served(folder) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        yield asking


def links(page: httpx.Response) -> set[str]:
    """Addresses that a page leads to, without the place on the page."""
    return {urljoin(str(page.url), unescape(found)).partition("#")[0] for found in re.findall(r'href="([^"]*)"', page.text)}


def test_every_link_leads_somewhere(client: httpx.Client) -> None:
    """From the overview on, two clicks deep; none leaves this machine."""
    seen: dict[str, int] = {}
    wanted = {str(client.base_url)}
    for depth in range(3):
        following: set[str] = set()
        for address in sorted(wanted - set(seen)):
            page = client.get(address)
            seen[address] = page.status_code
            if depth < 1 or len(following) < 40:
                following |= links(page) if page.headers["content-type"].startswith("text/html") else set()
        wanted = following

    assert len(seen) > 40
    assert {address for address, status in seen.items() if status != 200} == set()
    assert all(address.startswith(str(client.base_url)) for address in seen)


def test_what_somebody_said_stands_on_their_page_to_its_end(client: httpx.Client) -> None:
    """A few quotes at a time, each once, as many as are counted above."""
    page, found = client.get("/actor?name=IRQ"), list[str]()
    counted = re.search(r"(\d+) quotes, of the newest documents first", page.text)
    while True:
        found += re.findall(r'<article class="quote" id="([^"]+)"', page.text)
        more = re.search(r'rel="next" href="([^"]+)"', page.text)
        if more is None:
            break
        page = client.get(unescape(more[1]))

    assert counted is not None
    assert len(found) == len(set(found)) == int(counted[1]) == DOCUMENTS


TABLED = ("/", "/relations", "/relations/IRN/IRQ", "/network?since=2023", "/map?since=2023", "/documents", "/refused", "/actor?name=Emmanuel Macron", "/actor?name=IRN", "/search?q=met", "/review", "/event?id=d00-e01")


def test_every_table_can_be_taken_home(client: httpx.Client) -> None:
    """Below each stand links to CSV, JSON lines and Parquet, and each of them gives a file; what is drawn leads to SVG."""
    for by, verdict in (("ada", "right"), ("eve", "wrong")):
        assert client.post("/api/v1/judgements", json={"record": "d00-e01", "verdict": verdict, "by": by}).status_code == 201
    while client.get("/api/v1/relations/IRN/IRQ/level").json()["answer"]["pending"]:
        time.sleep(0.1)
    for path in TABLED:
        page = client.get(path)
        for below in re.split(r"<table", page.text)[1:]:
            near = below.partition("<h2")[0]
            assert [form for form in ("csv", "jsonl", "parquet") if f"format={form}" in near] == ["csv", "jsonl", "parquet"], (path, near[:300])
        files = sorted(address for address in links(page) if "format=" in address)
        assert [(address, status) for address in files if (status := client.get(address).status_code) != 200] == []
    client.post("/api/v1/judgements", json={"record": "d00-e01", "verdict": "unsure", "by": "eve"})


@pytest.mark.parametrize("path", ["/relations/IRN/IRQ", "/search?actor=IRQ", "/review"])
def test_a_list_goes_on_to_its_end(client: httpx.Client, path: str) -> None:
    """Page after page shows every event once."""
    found: list[str] = []
    page = client.get(path)
    while True:
        found += re.findall(r'class="code" href="/event\?id=([^"]+)"', page.text)
        more = re.search(r'rel="next" href="([^"]+)"', page.text)
        if more is None:
            break
        page = client.get(unescape(more[1]))
        assert page.status_code == 200

    assert len(found) == len(set(found))
    assert len([event for event in found if event.startswith("d")]) == 2 * DOCUMENTS


@pytest.mark.parametrize("path", ["/relations/IRN/IRQ", "/relations/IRN/IRQ?from=IRQ&period=2023-01&quad=1", "/stories", "/search?q=met", "/actor?name=IRN", "/map", "/network"])
def test_every_table_and_drawing_below_a_page_comes_home(client: httpx.Client, path: str) -> None:
    """Whatever is asked on the page, its downloads can be had; what is not asked does not stand in their addresses."""
    found = sorted(address for address in links(client.get(path)) if "/api/v1/" in address or address.partition("?")[0].endswith(".svg"))

    assert found
    assert [address for address in found if client.get(address).status_code != 200] == []
    assert [address for address in found if re.search(r"=(&|$)", address)] == []


def test_what_cannot_be_asked_is_said_on_a_page(client: httpx.Client) -> None:
    """With its status, in the same frame as everything else."""
    for path, status in (("/search?since=yesterday", 400), ("/document?id=none", 404), ("/event", 404), ("/relations/IRN/IRN", 400), ("/relations/IRN/ZZZ", 404), ("/none", 404), ("/relations/IRN/IRQ?quad=9&from=IRN", 400)):
        page = client.get(path)
        assert page.status_code == status, path
        assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/search?least=2", "least = '2', but it must be a number of at most 1"),
        ("/search?least=much", "least = 'much', but it must be a number"),
        ("/search?limit=0", "limit = '0', but it must be a number of at least 1"),
        ("/search?status=perhaps", "status = 'perhaps', but it must be one of actual, future, hypothetical, negated"),
        ("/search?actor=" + "A" * 17, "it must have at most 16 characters"),
        ("/search?colour=red", "colour = 'red', but nothing of that name can be asked here; there are actor, after,"),
        ("/search?either=perhaps", "either = 'perhaps', but it must be 1 or 0"),
        ("/stories?pair=Iran", "pair = 'Iran', but it must be two codes, such as KAZ-RUS"),
        ("/search?since=yesterday", "since = 'yesterday', but it must be a day"),
        ("/search?since=2024&until=2023", "since = '2024', but it lies after the last day, 2023-12-31"),
        ("/documents?since=2024&until=2023", "since = '2024', but it lies after the last day, 2023-12-31"),
        ("/relations/IRN/IRQ?since=2024&until=2023", "since = '2024', but it lies after the last day, 2023-12-31"),
        ("/relations/IRN/IRQ?from=IRN&quad=abc", "quad = 'abc', but it must be a whole number"),
        ("/relations/IRN/IRQ?from=IRN&period=soon", "since = 'soon', but it must be a day"),
        ("/map?since=2024&until=2023", "it lies after 2023-12-31"),
    ],
)
def test_what_is_wrong_is_said_in_words(client: httpx.Client, path: str, told: str) -> None:
    """The field, what stands in it, and its rule: neither a schema's nor an option of the command line."""
    page = client.get(path)

    assert page.status_code == 400
    assert told in (alert := unescape(page.text.partition('role="alert">')[2].partition("</p>")[0]))
    assert not re.search(r"--|`|\$\.", alert)


def test_a_code_that_means_nothing_is_told_with_near_ones(client: httpx.Client) -> None:
    """A pair of states that merely have no events between them is a page without any."""
    assert "no event has it; near: IRQ" in client.get("/relations/IRN/IRQQ").text
    assert client.get("/relations/PER/BOL").status_code == 200


@pytest.mark.parametrize(
    ("text", "file", "published", "status", "told"),
    [
        ("", b"", "", 422, "it has no text"),
        ("x" * 100_001, b"", "", 422, "use `detente read`"),
        ("", b"%PDF-1.7", "", 422, "it is not text"),
        ("", b"caf\xe9", "", 422, "it is not UTF-8"),
        ("Le ministre des affaires est venu dans la ville pour les gens qui sont dans les rues et les maisons.", b"", "", 422, "English"),
        ("Iran met Iraq.", b"", "yesterday", 400, "yesterday"),
        ("Iran met Iraq.", b"", "2099-01-01", 400, "published = '2099-01-01', but it is still to come; correct it<"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(client: httpx.Client, text: str, file: bytes, published: str, status: int, told: str) -> None:
    """With the reason, what was pasted still in its field; nothing of the reader is loaded for it."""
    token = re.findall(r'name="token" value="([0-9a-f]+)"', client.get("/read").text)[0]
    sent = {"file": ("a.txt", file)} if file else {"file": ("", b"")}

    page = client.post("/read", data={"token": token, "text": text, "published": published, "title": "<b>"}, files=sent)

    assert page.status_code == status
    assert told in unescape(page.text)
    assert 'value="&lt;b&gt;"' in page.text
    assert text[:50] in page.text


def test_a_search_holds_to_its_filters_in_everything(client: httpx.Client) -> None:
    """Quotes and documents are of the days and parties that are asked for, or left out where they have none of that."""
    def found(query: str) -> dict[str, set[str]]:
        page = client.get(f"/search?{query}")
        assert page.status_code == 200
        parts = dict(re.findall(r"<h2>(Quotes|Documents)</h2>(.*?)</section>", page.text, re.DOTALL))
        return {name: set(re.findall(r'href="/document\?id=(d\d\d)', part)) for name, part in parts.items()} | {"left out": {"yes"} if "left out" in page.text else set()}

    every = found("q=rained")
    assert len(every["Quotes"]) == len(every["Documents"]) == 5
    assert found("q=rained&since=2023-04-20&until=2023-04-30") == {"Quotes": {"d12"}, "Documents": {"d12"}, "left out": set()}
    assert found("q=rained&actor=IRQ&until=2023-01-20") == {"Quotes": {"d00", "d01"}, "left out": {"yes"}}
    assert found("q=rained&actor=IRN") == {"left out": {"yes"}}
    assert found("q=rained&type=ACCUSE") == found("q=rained&least=0.5") == {"left out": {"yes"}}
    quotes = client.get("/api/v1/quotes?q=rained&since=2023-01-09&until=2023-01-18").json()["answer"]
    assert {quote["text_info"]["document"] for quote in quotes} == {"d00", "d01"}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("actor=Iran", "actor = 'Iran', but codes are asked for; that of Iran is IRN"),
        ("recipient=Germany", "that of Germany is DEU"),
        ("actor=IRX", "actor = 'IRX', but no event has it; near: IRQ, IRN"),
        ("type=ACCUSATION", "type = 'ACCUSATION', but no event has it; near: SANCTION, ACCUSE"),
        ("type=ACCUSE&mode=alege", "mode = 'alege', but no event has it; near: allege"),
    ],
)
def test_a_search_for_what_nobody_has_names_what_is_near(client: httpx.Client, query: str, told: str) -> None:
    """Who writes a name where a code is asked for is told its code; who asks for what is merely not there is told nothing."""
    assert told in unescape(client.get(f"/search?{query}").text)
    assert 'role="status"' not in client.get("/search?actor=PER&recipient=BOL").text


def test_a_search_names_whom_the_words_name(client: httpx.Client) -> None:
    """States, bodies and people of the actor base, each leading to its page."""
    assert '<a href="/actor?name=Iran">Iran</a> (IRN)' in client.get("/search?q=iran").text
    assert '<a href="/actor?name=Emmanuel+Macron">Emmanuel Macron</a>' in client.get("/search?q=emmanuel+macron").text


def test_every_number_of_an_actor_leads_to_as_many_events(tmp_path: Path) -> None:
    """Also those of nobody named: they are not all of the actor's."""
    with served(small(tmp_path / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        for record, field in (("a-e02", "recipient"), ("b-e02", "actor")):
            asking.post("/api/v1/judgements", json={"record": record, "verdict": "wrong", "field": field, "correction": "", "by": "ann"}).raise_for_status()
        for name in ("IRN", "IRQ"):
            rows = re.findall(r'<a href="(/search\?[^"]*)">(\d+)</a>', asking.get("/actor", params={"name": name}).text)
            assert rows
            for where, n in rows:
                assert asking.get(unescape(where)).text.count('<article class="event') == int(n), where
        assert [event["event"]["id"] for event in asking.get("/api/v1/events?actor=IRQ&recipient=%3F&either=1").json()["answer"]] == ["a-e02"]
        assert {event["event"]["id"] for event in asking.get("/api/v1/events?actor=%3F").json()["answer"]} == {"b-e02"}
