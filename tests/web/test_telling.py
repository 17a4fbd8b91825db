"""Stories and relations as the API and the pages tell them, and what can be taken home."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import polars
import pytest

from detente.matching import match
from detente.store import open_store
from detente.web.relating import PENDING
from detente.web.working import Worker
from tests.store.records import kept
from tests.web.served import served, talks

DAY = dt.date(2023, 5, 9)


def a_year(folder: Path, *, apart: int = 12) -> Path:
    """A store of a year of talks so many days apart, none a copy of another."""
    own = (" " + " ".join(f"word{n}of{k}" for k in range(60)) + "." for n in range(360 // apart))
    kept(folder, *(talks(f"d{n:02}", day=DAY + dt.timedelta(days=apart * n), more=more) for n, more in enumerate(own)))
    return folder


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Asks a real server over a year of talks."""
    with served(a_year(tmp_path_factory.mktemp("telling") / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        yield asking


@pytest.fixture(scope="module")
def retold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Asks one over three papers that tell the same talks, the last of another day."""
    folder = tmp_path_factory.mktemp("retold") / "s"
    kept(folder, talks("one", day=DAY), talks("two", day=DAY), talks("late", day=DAY + dt.timedelta(days=12)))
    match(open_store(folder))
    with served(folder) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        yield asking


def level(client: httpx.Client) -> dict[str, Any]:
    """The level of the two; a busy machine says at first that it is being worked out."""
    end = time.monotonic() + 240
    while True:
        told: dict[str, Any] = client.get("/api/v1/relations/IRN/IRQ/level").raise_for_status().json()["answer"]
        if not told["pending"] or time.monotonic() > end:
            return told


def test_a_store_without_stories_lists_none(client: httpx.Client) -> None:
    """Where none were told the list is empty, of all days and of some; a day that is none is still refused."""
    for query in ("", "?since=2023", "?pair=IRN-IRQ"):
        assert client.get(f"/api/v1/stories{query}").json() == {"answer": [], "next": None}

    assert client.get("/api/v1/stories?since=soon").status_code == 400


def test_a_story_lays_its_reports_side_by_side(retold: httpx.Client) -> None:
    """What all tell alike is agreed on, every version of the rest has its reports, and an event leads to its story."""
    client = retold
    brief = client.get("/api/v1/stories?least=2").json()["answer"][0]
    story = client.get(f"/api/v1/stories/{brief['id']}").json()["answer"]
    reports = {report["seen"]["event"]["text_info"]["document"] for report in story["reports"]}

    assert reports == {"one", "two", "late"}
    assert {t["about"] for t in story["agreed"]} >= {"who", "to whom", "what"}
    versions = [t for t in story["differing"] if t["about"] == "when"]
    assert len(versions) > 1
    assert sorted(name for t in versions for name in t["reports"]) == sorted(r["seen"]["event"]["id"] for r in story["reports"])
    assert {"one", "two"} == {name.partition("-")[0] for t in versions if t["value"] == "2023-05-08" for name in t["reports"]}
    page = client.get("/story", params={"id": story["reports"][1]["seen"]["event"]["id"]})
    assert page.text.count("<mark class=") >= 2
    assert client.get("/story?id=none").status_code == 404


def test_a_search_finds_stories_too(retold: httpx.Client) -> None:
    """Of the events that are found, those that several documents tell, each once."""
    page = retold.get("/search?q=boats").text.partition("Stories of these events")[2]
    names = re.findall(r'href="/story\?id=([^"]+)"', page)

    assert names
    assert len(names) == len(set(names))
    told = [retold.get(f"/api/v1/stories/{name}").json()["answer"]["story"] for name in names]
    assert all(len(story["documents"]) > 1 and story["event"]["event"] == ["ACCUSE"] for story in told)


def test_a_story_is_what_people_say_of_its_reports(tmp_path: Path) -> None:
    """Corrected in all, it is told so wherever it stands; a report that is rejected has no voice in it, and is shown as rejected."""
    kept(tmp_path / "s", talks("one", day=DAY), talks("two", day=DAY), talks("three", day=DAY))
    match(open_store(tmp_path / "s"))
    with served(tmp_path / "s") as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:

        def say(record: str, **more: str) -> None:
            asking.post("/api/v1/judgements", json={"record": record, "verdict": "wrong", "by": "ann", **more}).raise_for_status()

        name = next(s["id"] for s in asking.get("/api/v1/stories?least=3").json()["answer"] if s["event"]["event"] == ["ACCUSE"])
        for document in ("one", "two"):
            for field, correction in (("type", "ASSAULT"), ("recipient", "OMN")):
                say(f"{document}-e02", field=field, correction=correction)
        say("three-e02")
        brief = next(s for s in asking.get("/api/v1/stories").json()["answer"] if s["id"] == name)
        answer = asking.get(f"/api/v1/stories/{name}").json()["answer"]

        for event in (brief["event"], answer["story"]["event"]):
            assert (event["event"], [party["code"] for party in event["recipient"]], event["quad_code"]) == (["ASSAULT"], ["OMN"], 4)
        assert (brief["documents"], answer["story"]["reports"], len(answer["reports"])) == (2, ["one-e02", "two-e02"], 3)
        assert {told["about"]: told["value"] for told in answer["agreed"]}["to whom"] == "OMN"
        assert "<h1>ASSAULT: " in asking.get("/story", params={"id": name}).text
        say("one-e02")
        say("two-e02")
        assert asking.get(f"/api/v1/stories/{name}").json()["answer"]["story"]["event"]["event"] == ["ACCUSE"]


def test_a_relation_tells_the_stories_of_its_days(retold: httpx.Client) -> None:
    """Its page shows as many as it counts, the same that the list has of the pair in these days; one that people rejected whole is gone."""

    def told(query: str) -> tuple[int, list[str]]:
        page = retold.get(f"/relations/IRN/IRQ?{query}").raise_for_status().text.partition('<section id="stories"')[2].partition("</section>")[0]
        of_days = retold.get(f"/api/v1/relations/IRN/IRQ?{query}").json()["answer"]["stories"]
        listed = [story["id"] for story in retold.get(f"/api/v1/stories?pair=irq-irn&{query}").json()["answer"]]
        assert re.findall(r'/story\?id=([^"]+)"', page) == listed
        assert f"<span>{of_days} stor" in page
        return of_days, listed

    every, listed = told("")
    early, _ = told("until=2023-05-10")
    assert every >= early > 0
    assert told("since=2023-05-09&until=2023-05-10")[0] == told("until=2022")[0] == 0
    assert retold.get("/api/v1/stories?pair=IRN-OMN").json()["answer"] == []
    assert retold.get("/api/v1/stories?pair=IRN").status_code == 400

    reports = [report["seen"]["event"]["id"] for report in retold.get(f"/api/v1/stories/{listed[0]}").json()["answer"]["reports"]]
    for number, event in enumerate(reports, 1):
        retold.post("/api/v1/judgements", json={"record": event, "verdict": "wrong", "by": "a reader"}).raise_for_status()
        assert told("")[0] == every - (number == len(reports))
    for event in reports:
        retold.post("/api/v1/judgements", json={"record": event, "verdict": "unsure", "by": "a reader"}).raise_for_status()
    assert told("")[0] == every


def test_stories_that_nobody_told_are_not_counted(client: httpx.Client) -> None:
    """Unknown is no number, and the page says how they are made."""
    assert client.get("/api/v1/relations/IRN/IRQ").json()["answer"]["stories"] is None
    assert "makes the stories of a store" in client.get("/relations/IRN/IRQ").text


def test_what_people_reject_moves_the_level(client: httpx.Client) -> None:
    """Without the rebuke that somebody called wrong the relation has a report less."""
    before = level(client)["days"]
    client.post("/api/v1/judgements", json={"record": "d05-e02", "verdict": "wrong", "by": "a reader"}).raise_for_status()
    now = level(client)["days"]
    client.post("/api/v1/judgements", json={"record": "d05-e02", "verdict": "unsure", "by": "a reader"}).raise_for_status()

    assert sum(day["conflict"] for day in now) == sum(day["conflict"] for day in before) - 1
    assert level(client)["days"] == before


@pytest.mark.parametrize("day", ["2022-01-05", "1066"])
def test_a_day_far_outside_all_news_draws_out_nothing(tmp_path: Path, day: str) -> None:
    """Where people put an event more than a month before the first day of the store, level and network stay over the days of the news."""
    with served(a_year(tmp_path / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        before = level(asking)["days"]
        said = {"record": "d00-e02", "verdict": "wrong", "field": "date", "correction": day, "by": "ann"}
        asking.post("/api/v1/judgements", json=said).raise_for_status()

        assert {told["day"] for told in level(asking)["days"]} <= {told["day"] for told in before}
        for path in ("/", "/relations/IRN/IRQ", "/network?since=1000", "/map?since=1000"):
            assert asking.get(path).status_code == 200
        told = asking.get("/api/v1/network?since=1000").json()["answer"]
        assert [(line["a"], line["b"], line["reports"]) for line in told["lines"]] == [("IRN", "IRQ", 89.0)]
        months = asking.get("/api/v1/relations/IRN/IRQ").json()["answer"]["months"]
        assert sum(month["events"] for month in months) == (90 if "-" in day else 89)  # a whole year is not drawn, but counted


def test_a_level_stands_on_every_day(client: httpx.Client) -> None:
    """From the first event to the last, each day once, inside its band; the page draws it and leads from its points to events."""
    told = level(client)
    days = [dt.date.fromisoformat(day["day"]) for day in told["days"]]

    assert not told["pending"]
    assert told["verdict"]
    assert {later - earlier for earlier, later in pairwise(days)} == {dt.timedelta(1)}
    assert all(day["low"] <= day["level"] <= day["high"] for day in told["days"])
    page = client.get("/relations/IRN/IRQ").text  # kept by now
    assert "80 % band" in page
    on = re.search(r'href="(\?on=[0-9-]+)#events"', page)
    assert on is not None
    assert "and the days after" in client.get(f"/relations/IRN/IRQ{on[1]}").text


@pytest.mark.parametrize("path", ["events", "documents", "quotes", "checks", "relations", "stories", "relations/IRN/IRQ", "relations/IRN/IRQ/level", "network", "places", "refused"])
def test_every_table_comes_home_in_three_forms(client: httpx.Client, path: str) -> None:
    """CSV and Parquet have the same columns and as many rows as there are lines of JSON."""
    csv, jsonl, parquet = (client.get(f"/api/v1/{path}", params={"format": form}) for form in ("csv", "jsonl", "parquet"))
    frame = polars.read_parquet(io.BytesIO(parquet.content))

    assert csv.text.splitlines()[0].split(",") == frame.columns
    assert frame.height == len(jsonl.text.splitlines())


@pytest.mark.parametrize("name", ["relations/IRN/IRQ/level", "relations/IRN/IRQ/months", "drawings/network"])
def test_every_drawing_comes_home(client: httpx.Client, name: str) -> None:
    """As a file of SVG that needs nothing else, and under its own name."""
    found = client.get(f"/{name}.svg")

    assert found.status_code == 200
    assert found.headers["content-type"] == "image/svg+xml"
    assert found.text.startswith("<svg xmlns=")
    assert ".svg" in found.headers["content-disposition"]
    assert client.get(f"/{name}.exe").status_code == 404


@pytest.mark.parametrize(("path", "told"), [("/relations/IRN/IRQ", "Its record on past days of the busiest pairs"), ("/", "Newest turning points")])
def test_what_is_being_worked_out_is_not_kept(tmp_path: Path, path: str, told: str) -> None:
    """Whoever looks again sees what has come since, until all is there; only then the page is one that need not be sent twice."""
    with served(a_year(tmp_path / "s", apart=5)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        end = time.monotonic() + 240
        while "being worked out" in (page := asking.get(path)).text and time.monotonic() < end:
            assert ("etag" in page.headers, "retry-after" in page.headers) == (False, True)
            assert '<a href="">Look again</a>' in page.text
            time.sleep(0.3)

        assert told in page.text
        assert "etag" in page.headers


@pytest.mark.parametrize(("path", "table"), [("relations/IRN/IRQ/level", "csv"), ("network", "parquet"), ("overview", None)])
def test_an_answer_that_is_being_worked_out_is_none_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, table: str | None) -> None:
    """A program that asks again is not told that nothing has changed, and no table without rows comes home."""
    monkeypatch.setattr(Worker, "get", lambda *_, **__: PENDING)
    with served(a_year(tmp_path / "s")) as address, httpx.Client(base_url=f"{address}/api/v1/", timeout=60, trust_env=False) as asking:
        answer = asking.get(path)

        assert answer.status_code == 200
        assert "etag" not in answer.headers
        if table is not None:
            assert asking.get(path, params={"format": table}).json()["error"]["reason"] == "busy"


def test_a_page_is_not_sent_twice(client: httpx.Client) -> None:
    """Who has it already is told so; another question, or a judgement, makes another page."""
    first = client.get("/search?actor=IRN&since=2023-06&until=2023-06")
    again = client.get("/search?actor=IRN&since=2023-06&until=2023-06", headers={"if-none-match": first.headers["etag"]})
    other = client.get("/search?actor=IRN&since=2023-07&until=2023-07", headers={"if-none-match": first.headers["etag"]})
    client.post("/api/v1/judgements", json={"record": "d03-e01", "verdict": "wrong", "by": "a reader"}).raise_for_status()
    changed = client.get("/search?actor=IRN&since=2023-06&until=2023-06", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (other.status_code, changed.status_code) == (200, 200)
    assert changed.text != first.text
