"""The API: every route keeps its own description; lists come whole; errors have one shape."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import msgspec
import polars
import pytest
from jsonschema import Draft202012Validator

from detente.frames import EVENT_COLUMNS
from detente.matching import match
from detente.records import Event
from detente.store import open_store
from detente.web.accounts import Accounts
from detente.web.api import ASKS, ROOT, Api
from detente.web.guard import COOKIE
from detente.web.openapi import described
from detente.web.pages import Pages
from detente.web.reading import Room
from detente.web.signing import Signing
from detente.web.stores import Desks
from tests.store.records import kept
from tests.web.served import served, small, talks

ADDRESSES = {
    "/documents/{id:path}": "/documents/a",
    "/events/{id:path}": "/events/a-e01",
    "/quotes/{id:path}": "/quotes/a-q01",
    "/relations/{a}/{b}": "/relations/IRN/IRQ",
    "/relations/{a}/{b}/level": "/relations/IRN/IRQ/level",
    "/actors": "/actors?name=Emmanuel Macron&on=2023-05-08",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that no test changes."""
    place = small(tmp_path_factory.mktemp("api") / "s")
    match(open_store(place))
    return place


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    """Asks a real server."""
    with served(folder) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        yield asking


@pytest.fixture(scope="module")
def spec(client: httpx.Client) -> dict[str, Any]:
    """The description that the server gives."""
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def held_to(spec: dict[str, Any], schema: dict[str, Any], answer: Any) -> None:
    """The answer is as the schema says."""
    Draft202012Validator({**schema, "components": spec["components"]}).validate(answer)


@pytest.mark.parametrize("path", [ask.path for ask in ASKS])
def test_every_route_answers_as_it_is_described(client: httpx.Client, spec: dict[str, Any], path: str) -> None:
    """Its answer fits its own schema, and there is something in it."""
    told = spec["paths"][ROOT + path.replace(":path", "")]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    address = ADDRESSES.get(path, path)
    if path == "/stories/{id:path}":
        address = "/stories/" + client.get(f"{ROOT}/stories").json()["answer"][0]["id"]
    found = client.get(ROOT + address)

    assert found.status_code == 200, found.text
    held_to(spec, told, found.json())
    assert found.json()["answer"] or path == "/judgements"


def test_a_wrong_answer_would_be_seen(spec: dict[str, Any]) -> None:
    """The schemas are no empty words: an answer without its events breaks the description."""
    told = spec["paths"][f"{ROOT}/documents/{{id}}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert not Draft202012Validator({**told, "components": spec["components"]}).is_valid({"answer": {"document": {}}, "next": None})


OPERATIONS = [(path, method) for path, methods in described("0")["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_route_has_examples_that_fit(spec: dict[str, Any], path: str, method: str) -> None:
    """Of what must be asked, of what is sent and of what is answered, each as its own schema says."""
    told = spec["paths"][path][method]
    sent = [told["requestBody"]["content"]["application/json"]] if "requestBody" in told else []
    (answered,) = [content for status, held in told["responses"].items() if status.startswith("2") for kind, content in held["content"].items() if kind in ("application/json", "application/x-ndjson") and "example" in content]

    for each in [*(p for p in told.get("parameters", ()) if p["required"]), *sent, answered]:
        held_to(spec, each["schema"], each["example"])


def test_every_route_is_described(folder: Path, spec: dict[str, Any]) -> None:
    """Those that only a server with accounts has, too."""
    with served(folder, accounts=Accounts(folder)) as address:
        assert httpx.get(f"{address}/api/v1/audit", timeout=60, trust_env=False).status_code == 401
    routes = [*Api(Desks(folder), Room(), version="0").routes(), *Signing(Pages(Desks(folder), Room(), reviewer=""), Accounts(folder)).routes()]
    there = {(route.path.replace(":path", ""), method.lower()) for route in routes if route.path.startswith(ROOT) for method in route.methods or () if method != "HEAD"}

    assert there == {(path, method) for path, methods in spec["paths"].items() for method in methods}


def test_the_description_says_who_may_ask(spec: dict[str, Any]) -> None:
    """Without accounts anybody; with them who has the scope, by a token or a session."""
    schemes = spec["components"]["securitySchemes"]

    assert (schemes["token"]["scheme"], schemes["session"]["name"]) == ("bearer", COOKIE)
    assert spec["security"] == [{}, {"token": ["read"]}, {"session": ["read"]}]
    assert spec["paths"][f"{ROOT}/judgements"]["post"]["security"][1] == {"token": ["judge"]}
    assert spec["paths"][f"{ROOT}/audit"]["get"]["security"] == [{"token": ["admin"]}, {"session": ["admin"]}]


def test_a_story_of_any_name_is_found_from_its_page(client: httpx.Client) -> None:
    """Its name may hold slashes and dots, which a browser takes for steps."""
    (name,) = (told["id"] for told in client.get(f"{ROOT}/stories?limit=500").json()["answer"] if ".." in told["id"])
    link = re.search(r'href="(/api/v1/stories/[^"]+)">JSON', client.get("/story", params={"id": name}).text)
    assert link is not None

    assert client.get(urljoin("/story", unescape(link[1]))).json()["answer"]["story"]["id"] == name


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("/api/v1/nothing", 404, "not-found"),
        ("/api/v1/documents/nothing", 404, "not-found"),
        ("/api/v1/events/nothing", 404, "not-found"),
        ("/api/v1/events?since=yesterday", 400, "bad-request"),
        ("/api/v1/events?nothing=1", 400, "bad-request"),
        ("/api/v1/events?limit=100000", 400, "bad-request"),
        ("/api/v1/events?after=xx", 400, "bad-request"),
        ("/api/v1/events?status=perhaps", 400, "bad-request"),
        ("/api/v1/relations/IRN/irn", 400, "bad-request"),
        ("/api/v1/relations/IRN/XXX", 404, "not-found"),
        ("/api/v1/relations/XXX/IRN?since=2023", 404, "not-found"),
        ("/api/v1/relations/IRN/XXX/level", 404, "not-found"),
        ("/api/v1/actors", 400, "bad-request"),
    ],
)
def test_errors_have_one_shape(client: httpx.Client, spec: dict[str, Any], address: str, status: int, reason: str) -> None:
    """A reason to be counted, and a sentence."""
    found = client.get(address)

    assert found.status_code == status
    held_to(spec, {"$ref": "#/components/schemas/ErrorAnswer"}, found.json())
    assert found.json()["error"]["reason"] == reason


@pytest.mark.parametrize("path", ["/events", "/events?order=oldest", "/events?order=unsure", "/quotes", "/checks", "/documents", "/relations"])
def test_pages_together_are_the_list(client: httpx.Client, path: str) -> None:
    """One row after the other by cursor gives what one page gives: nothing twice, nothing lost."""
    whole = client.get(f"{ROOT}{path}").json()["answer"]
    join = "&" if "?" in path else "?"
    found, after = [], ""
    for _ in range(len(whole) + 1):
        page = client.get(f"{ROOT}{path}{join}limit=1{after}").json()
        found += page["answer"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert len(whole) >= 2 or path == "/relations"
    assert found == whole


def test_the_newest_quotes_of_somebody_are_theirs_in_every_part(tmp_path: Path) -> None:
    """A store that came in parts, of which a later one has older documents: few at once are the first of all."""
    for number, days in enumerate((range(20, 25), range(10, 15), range(25, 28))):
        kept(tmp_path / "s", *(talks(f"d{day}", day=dt.date(2023, 5, day), more=f" Part {number}, {day}.") for day in days))
    with served(tmp_path / "s") as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:

        def asked(limit: int) -> list[str]:
            return [told["id"] for told in client.get(f"{ROOT}/quotes", params={"speaker": "IRQ", "limit": limit}).json()["answer"]]

        assert len(asked(500)) == 13
        assert [asked(limit) for limit in (1, 3, 9)] == [asked(500)[:limit] for limit in (1, 3, 9)]
        for quote in asked(3):
            client.post(f"{ROOT}/judgements", json={"record": quote, "verdict": "wrong", "by": "ada"})
        assert asked(4) == asked(500)[:4]
        assert len(asked(500)) == 10


def test_events_come_home_as_records(client: httpx.Client, folder: Path) -> None:
    """JSONL is the wire format, byte for byte what the store holds."""
    lines = client.get(f"{ROOT}/events?format=jsonl&order=oldest").content.splitlines()

    assert sorted(msgspec.json.decode(line, type=Event).id for line in lines) == sorted(e.id for e in open_store(folder).records())
    assert [msgspec.json.encode(msgspec.json.decode(line, type=Event)) for line in lines] == lines


def test_a_table_cannot_run_in_a_spreadsheet(client: httpx.Client) -> None:
    """The columns are those of `detente read`; a text that would be a formula is made a text."""
    events = list(csv.DictReader(io.StringIO(client.get(f"{ROOT}/events?format=csv").text)))
    documents = list(csv.DictReader(io.StringIO(client.get(f"{ROOT}/documents?format=csv").text)))

    assert list(events[0]) == [*EVENT_COLUMNS, "judged"]
    assert len(events) == 5
    assert {d["title"] for d in documents} == {"Talks in Basra", "", "'=<script>alert(3)</script>\u202e"}


TABLES = [(ask.path, name) for ask in ASKS for name in ask.tables]


@pytest.mark.parametrize(("path", "name"), TABLES)
def test_every_table_comes_home_in_three_forms(client: httpx.Client, path: str, name: str) -> None:
    """As CSV, JSON lines and Parquet, each with the rows that the answer has, under the same names of columns."""
    tables = next(ask for ask in ASKS if ask.path == path).tables
    table = tables[name]
    address = {**ADDRESSES, "/stories/{id:path}": f"/stories/{client.get(f'{ROOT}/stories').json()['answer'][0]['id']}"}.get(path, path)
    asked = dict(httpx.URL(address).params) | ({"table": name} if len(tables) > 1 else {} if name else {"limit": "500"})
    answer = client.get(ROOT + httpx.URL(address).path, params=asked).json()["answer"]
    rows = list(table.rows(answer) or ()) if name != "offices" else [held for known in answer["found"] for held in known["offices"]]

    found = {form: client.get(ROOT + httpx.URL(address).path, params=asked | {"format": form}) for form in ("csv", "jsonl", "parquet")}
    assert {told.status_code for told in found.values()} == {200}
    head, *lines = csv.reader(io.StringIO(found["csv"].text))
    frame = polars.read_parquet(io.BytesIO(found["parquet"].content))
    assert (head, frame.columns) == (list(table.columns), list(table.columns))
    assert len(lines) == len(found["jsonl"].text.splitlines()) == frame.height == len(rows)
    assert (f"-{name}." if name else ".") in found["csv"].headers["content-disposition"]


def test_what_is_known_already_is_not_sent_again(client: httpx.Client) -> None:
    """The ETag of an answer asks for it anew: nothing changed. Another question has another."""
    first = client.get(f"{ROOT}/documents")
    again = client.get(f"{ROOT}/documents", headers={"if-none-match": first.headers["etag"]})
    other = client.get(f"{ROOT}/events", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_a_filter_is_no_sql(client: httpx.Client) -> None:
    """Quotes and comments in a filter are looked for, not run."""
    for word in ("' OR 1=1 --", "'; DROP TABLE events; --", '") OR ("1"="1', "%", "_"):
        assert client.get(f"{ROOT}/events", params={"actor": "IRN", "type": word[:16]}).json()["answer"] == []
        assert client.get(f"{ROOT}/quotes", params={"speaker": word}).json()["answer"] == []
    found = client.get(f"{ROOT}/events", params={"q": "OR 1=1 --"}).json()["answer"]
    assert [seen["event"]["text_info"]["document"] for seen in found] == ["=../'\"<b>&x"]


def test_a_document_of_any_name_is_found(client: httpx.Client) -> None:
    """Whatever a source calls its documents."""
    (name,) = [d["id"] for d in client.get(f"{ROOT}/documents").json()["answer"] if len(d["id"]) > 1]

    assert client.get("/document", params={"id": name}).status_code == 200


def test_pairs_are_counted_from_what_happened(client: httpx.Client) -> None:
    """Two meetings and two accusations with a day; the third meeting has none, and is said to be missing from the months."""
    answer = client.get(f"{ROOT}/relations/irn/irq").json()["answer"]
    months = {(m["month"], m["actor"], m["quad"]): m["events"] for m in answer["months"]}

    assert (answer["counted"], answer["undated"], answer["wide"], answer["not_actual"]) == (5, 1, 0, 0)
    assert months == {(month, "IRN", 1): 1 for month in ("2023-05", "2023-06")} | {
        (month, "IRQ", quad): 1 for month in ("2023-05", "2023-06") for quad in (1, 3)
    }
