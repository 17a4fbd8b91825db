"""Review: queues, every field, events that the program missed, words of two people kept apart, and passages to learn from."""

from __future__ import annotations

import datetime as dt
import re
from html import escape, unescape
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from detente.errors import BadSetting
from detente.records import Span
from detente.review.rulings import rulings
from detente.store import open_store
from detente.web import answers
from detente.web.agreement import alpha
from detente.web.judging import judge, mark
from detente.web.passages import passages
from detente.web.reviewing import agreed, queue
from detente.web.shapes import EventsAsked, JudgementAsked, MissedAsked, QueueAsked, QuotesAsked, RelationAsked
from detente.web.stores import Desk, Desks
from tests.store.records import RUN, kept
from tests.web.served import TALKS, served, small, talks

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
LATER = msgspec.structs.replace(RUN, reader="r-2", coder="detente test; reader r-2")
FIRING = {"document": "a", "words": "firing on", "type": "ASSAULT", "actor": "IRN", "recipient": "IRQ", "status": "actual", "date": "2023-05-08"}


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    """Over a store of its own."""
    return Desks(small(tmp_path / "s"))


def say(desks: Desks, record: str, verdict: str, *, field: str | None = None, correction: str | None = None, by: str = "ann") -> None:
    """Judge a record."""
    asked = msgspec.convert({"record": record, "verdict": verdict, "by": by, "field": field, "correction": correction}, JudgementAsked)
    with desks.lent() as desk:
        judge(desk, asked, at=NOW)


def miss(desks: Desks, *, by: str = "ann", **more: object) -> str:
    """Mark an event that the program missed."""
    with desks.lent() as desk:
        return mark(desk, msgspec.convert(FIRING | {"by": by} | more, MissedAsked), at=NOW).record


def ids(desk: Desk, **asked: object) -> set[str]:
    """Events that are found."""
    return {seen["event"].id for seen in answers.events(desk, msgspec.convert(asked, EventsAsked)).rows}


def queued(desk: Desk, which: str, *, me: str = "bob", **asked: object) -> list[str]:
    """Events of a queue, in its order."""
    return [seen["event"].id for seen in queue(desk, msgspec.convert({"queue": which, **asked}, QueueAsked), me=me).rows]


# --- every field ----------------------------------------------------------------------------------------


def test_place_and_source_can_be_corrected(desks: Desks) -> None:
    """A place is looked up in the gazetteer; who says so is a code, a name, or both; empty takes it away."""
    say(desks, "a-e01", "wrong", field="place", correction="Tehran")
    say(desks, "a-e01", "wrong", field="by", correction="IRN Ali Hassan")

    with desks.lent() as desk:
        event = answers.event(desk, "a-e01")["seen"]["event"]
        assert event.event_loc is not None
        assert (event.event_loc.resolved_place, event.event_loc.country_code) == ("Tehran", "IRN")
        assert event.by is not None
        assert (event.by.code, event.by.name) == ("IRN", "Ali Hassan")
    say(desks, "a-e01", "wrong", field="place", correction="")
    with desks.lent() as desk:
        assert answers.event(desk, "a-e01")["seen"]["event"].event_loc is None


def test_the_speaker_of_a_quote_can_be_corrected(desks: Desks) -> None:
    """It is found by the new speaker and no more by the old one; a rejected quote is nobody's."""
    with desks.lent() as desk:
        assert [q.id for q in answers.quotes(desk, QuotesAsked(speaker="IRQ")).rows] == ["b-q01", "a-q01"]
    say(desks, "a-q01", "wrong", field="speaker", correction="IRN Reza Karimi")
    with desks.lent() as desk:
        assert [q.id for q in answers.quotes(desk, QuotesAsked(speaker="IRQ")).rows] == ["b-q01"]
        (quote,) = answers.quotes(desk, QuotesAsked(speaker="reza karimi")).rows
        assert (quote.id, quote.speaker.code) == ("a-q01", "IRN")
        before = answers.quote(desk, "a-q01")["before"]
        assert before is not None
        assert before.speaker is not None
        assert before.speaker.code == "IRQ"
    say(desks, "a-q01", "wrong")
    with desks.lent() as desk:
        assert answers.document(desk, "a")["quotes"] == []
    with pytest.raises(BadSetting, match="a-q01 has speaker"):
        say(desks, "a-q01", "wrong", field="type", correction="ASSAULT")
    with pytest.raises(BadSetting, match="a-e01 has type"):
        say(desks, "a-e01", "wrong", field="speaker", correction="IRN")


# --- missed ---------------------------------------------------------------------------------------------


def test_a_marked_event_counts_everywhere(desks: Desks) -> None:
    """In its document, in searches by pair, type and words, and in the relation; until it is taken back."""
    with desks.lent() as desk:
        before = answers.relation(desk, "IRN", "IRQ", RelationAsked())
    record = miss(desks)

    with desks.lent() as desk:
        event = answers.event(desk, record)["seen"]["event"]
        start = TALKS.index("firing on")
        assert event.text_info.spans == {"trigger": ((start, start + 9),)}
        assert (event.text, event.confidence) == ("Iraq accused Iran of firing on boats, and said: “It rained.”", None)
        assert record in ids(desk, type="ASSAULT", actor="IRN", recipient="IRQ") & ids(desk, q="firing boats") & ids(desk, document="a")
        assert record in {seen["event"].id for seen in answers.document(desk, "a")["events"]}
        assert record not in ids(desk, open=True)
        after = answers.relation(desk, "IRN", "IRQ", RelationAsked())
        assert (after["counted"], len(after["months"])) == (before["counted"] + 1, len(before["months"]) + 1)
    say(desks, record, "wrong", field="recipient", correction="OMN", by="bob")
    with desks.lent() as desk:
        assert ids(desk, recipient="OMN") == {record}
    say(desks, record, "unsure", by="bob")
    with desks.lent() as desk:
        assert answers.relation(desk, "IRN", "IRQ", RelationAsked()) == before
        with pytest.raises(answers.NotThere):
            answers.event(desk, record)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"words": "sank the boats"}, "do not stand in a"),
        ({"words": "accused"}, "the program has a-e02 there"),
        ({"words": "Iran", "nth": 3}, "2 times, not 3"),
        ({"document": "z"}, "none of that name"),
        ({"mode": "politely"}, "ASSAULT has"),
        ({"actor": "Iran"}, "three letters"),
    ],
)
def test_what_cannot_be_an_event_is_not_marked(desks: Desks, more: dict[str, Any], told: str) -> None:
    """The words must stand in the text, and each field keep its rule."""
    with pytest.raises(BadSetting, match=told):
        miss(desks, **more)


def test_a_marked_event_outlives_coding_anew(tmp_path: Path) -> None:
    """Where the new reader misses it again, it stays; where it finds it, the judgement speaks of the reader's; where the text has gone, it is listed."""
    folder = small(tmp_path / "s")
    desks = Desks(folder)
    again, found, gone = miss(desks), miss(desks, document="b", status="negated"), miss(desks, document="b", words="in Basra", type="CONSULT")
    say(desks, found, "wrong", field="recipient", correction="OMN", by="bob")
    first, second = talks("a", day=dt.date(2023, 5, 9)), talks("b", day=dt.date(2023, 6, 9))
    start = TALKS.index("firing")
    theirs = msgspec.structs.replace(second.events[1], id="b-e09", event=("ASSAULT",), event_text=("firing",), status="actual")
    theirs = msgspec.structs.replace(theirs, text_info=msgspec.structs.replace(theirs.text_info, spans={"trigger": (Span(start, start + 6),)}))
    text = TALKS.replace("Basra", "Mosul")
    second = msgspec.structs.replace(second, events=(theirs,), document=msgspec.structs.replace(second.document, text=text))
    second = msgspec.structs.replace(second, quotes=())
    kept(folder, first, second, run=LATER)

    now = rulings(open_store(folder))

    assert list(now.added) == [again]
    assert now.of["b-e09"]["fields"]["status"] == "negated"
    assert now.of["b-e09"]["fields"]["recipient"] == "OMN"
    assert {j.record for j in now.homeless} == {gone}


def test_of_two_events_of_the_same_words_each_keeps_its_judgement(tmp_path: Path) -> None:
    """Coded anew, a judgement goes to the event whose words stand at its place, and not to another's with the same words."""
    folder = tmp_path / "s"
    coded = talks("a", day=dt.date(2023, 5, 9))
    first, second = coded.events
    twin = msgspec.structs.replace(second, id="a-e03", text_info=msgspec.structs.replace(second.text_info, spans={"trigger": (Span(40, 46),)}))
    kept(folder, msgspec.structs.replace(coded, events=(first, second, twin)))
    say(Desks(folder), "a-e03", "wrong")
    kept(folder, msgspec.structs.replace(coded, events=(msgspec.structs.replace(twin, id="a-e01"), msgspec.structs.replace(second, id="a-e02"))), run=LATER)

    assert list(rulings(open_store(folder)).of) == ["a-e01"]


# --- two people -----------------------------------------------------------------------------------------


def test_the_second_word_is_given_without_knowing_the_first(desks: Desks) -> None:
    """The second queue has what one other person judged, as the program said it; one's own is not in it."""
    say(desks, "a-e02", "wrong", field="type", correction="ASSAULT")
    say(desks, "b-e01", "wrong")

    with desks.lent() as desk:
        assert queued(desk, "second", me="ann") == []
        assert set(queued(desk, "second")) == {"a-e02", "b-e01"}
        assert queued(desk, "second", type="ACCUSE", actor="IRQ") == ["a-e02"]
        (seen,) = queue(desk, QueueAsked(queue="second", type="ACCUSE"), me="bob").rows
        assert seen["ruling"] is None
        assert "a-e02" not in queued(desk, "open")


def test_words_that_differ_wait_for_a_third(desks: Desks) -> None:
    """Both are told apart; who agrees is not asked again."""
    for by in ("ann", "bob"):
        say(desks, "a-e01", "right", by=by)
    say(desks, "a-e02", "wrong", field="type", correction="ASSAULT")
    say(desks, "a-e02", "right", field="type", by="bob")
    say(desks, "a-e02", "right", by="bob")

    with desks.lent() as desk:
        assert queued(desk, "differ") == ["a-e02"]
        assert desk.rulings.each["a-e02"]["ann"]["fields"] == {"type": "ASSAULT"}
        assert desk.rulings.each["a-e02"]["bob"]["fields"] == {}
        told = {a.question: a for a in agreed(desk)["questions"]}
        assert (told["stands"].records, told["stands"].same, told["stands"].alpha) == (2, 1.0, None)
        assert (told["type"].records, told["type"].same) == (2, 0.5)
        assert agreed(desk)["differ"] == ["a-e02"]


def test_a_queue_goes_on_behind_its_cursor(desks: Desks) -> None:
    """In each order, one row a page gives what one page gives."""
    for record in ("a-e01", "a-e02", "b-e01", "b-e02"):
        say(desks, record, "right")
    with desks.lent() as desk:
        for order in ("unsure", "newest", "oldest"):
            whole = queued(desk, "second", order=order)
            found, after = [], None
            for _ in whole:
                page = queue(desk, QueueAsked(queue="second", order=order, limit=1, after=after), me="bob")
                found += [seen["event"].id for seen in page.rows]
                after = page.next
            assert found == whole
            assert after is None
        days = [answers.event(desk, record)["seen"]["event"].date or "" for record in queued(desk, "second", order="newest")]
        assert days == sorted(days, reverse=True)


def test_alpha_is_krippendorffs() -> None:
    """The worked examples of his paper: two observers and two values, then four observers, five values, and values that are missing."""
    a, b = "0 1 0 0 0 0 0 0 1 0".split(), "1 1 1 0 0 1 0 0 0 0".split()
    assert alpha([list(pair) for pair in zip(a, b, strict=True)]) == pytest.approx(0.095, abs=5e-4)
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    units = [[value for value in column if value != "."] for column in zip(*observers, strict=True)]
    assert alpha(units) == pytest.approx(0.743, abs=5e-4)
    assert alpha([["x", "x"], ["x", "x"]]) is None
    assert alpha([["x", "y"], ["x"]]) == 0.0


# --- to take home ---------------------------------------------------------------------------------------


def test_judgements_are_passages_to_learn_from(desks: Desks) -> None:
    """Accepted, corrected and marked events are there with their parties; a rejected one is named as none."""
    say(desks, "a-e01", "wrong")
    say(desks, "a-e02", "wrong", field="type", correction="THREATEN")
    miss(desks)

    with desks.lent() as desk:
        (passage,) = passages(desk.store, desk.rulings)
    told = {event["trigger"]: event for event in passage["events"]}

    assert (passage["id"], passage["text"], passage["date"]) == ("a-1", TALKS, "2023-05-09")
    assert passage["rejected"] == [{"trigger": "met", "type": "CONSULT"}]
    assert {words: event["type"] for words, event in told.items()} == {"accused": "THREATEN", "firing on": "ASSAULT"}
    assert [passage["events"][k]["trigger"] for k in passage["judged"]] == ["accused", "firing on"]
    names = {actor["id"]: (actor["code"], actor["mentions"]) for actor in passage["actors"]}
    assert [names[name] for name in told["accused"]["actor"]] == [("IRQ", ["Iraq#2"])]
    assert [names[name] for name in told["accused"]["recipient"]] == [("IRN", ["Iran#2"])]
    assert [told["firing on"][role] for role in ("actor", "recipient")] == [told["accused"]["recipient"], told["accused"]["actor"]], "who was written as a code is whom the text names there"


def test_a_code_stands_for_the_words_that_name_the_state(tmp_path: Path) -> None:
    """Where no event of the program has it, too: by its name, its people or its capital; a code that no words name stands for nobody."""
    kept(tmp_path / "s", talks("a", day=dt.date(2023, 5, 9), more=" To us Baku was silent. Omanis left."))
    desks = Desks(tmp_path / "s")
    with desks.lent() as desk:
        mark(desk, msgspec.convert({"document": "a", "words": "silent", "type": "REJECT", "actor": "OMN|AZE|USA", "recipient": "FRA", "by": "ann"}, MissedAsked), at=NOW)
    with desks.lent() as desk:
        (passage,) = passages(desk.store, desk.rulings)
    (event,) = (event for event in passage["events"] if event["trigger"] == "silent")
    names = {actor["id"]: (actor["code"], actor["mentions"]) for actor in passage["actors"]}

    assert [names[name] for name in event["actor"]] == [("AZE", ["Baku"])], "the sentence behind is not in the passage, and a word that is no name is no state"
    assert event["recipient"] == []


def test_who_acts_must_be_somebody(desks: Desks) -> None:
    """A code of nobody's is refused, in a correction and in a marked event, before it is written; near ones are named."""
    for field in ("actor", "recipient"):
        with pytest.raises(BadSetting, match="code = 'QQQ'"):
            say(desks, "a-e02", "wrong", field=field, correction="IRN|qqq")
        with pytest.raises(BadSetting, match=r"code = 'IRM'.*IRN"):
            miss(desks, **{field: "IRM"})
    say(desks, "a-e02", "wrong", field="recipient", correction="igo")

    with desks.lent() as desk:
        assert [said["correction"] for said in answers.judgements(desk)] == ["igo"]


def test_three_capitals_that_are_nobodys_code_are_a_name(desks: Desks) -> None:
    """Of who says so, and of a speaker; a code is one."""
    say(desks, "a-e02", "wrong", field="by", correction="BBC News")
    say(desks, "a-q01", "wrong", field="speaker", correction="IRN Ali Hassan")

    with desks.lent() as desk:
        by, speaker = answers.event(desk, "a-e02")["seen"]["event"].by, answers.quote(desk, "a-q01")["quote"].speaker
    assert by is not None
    assert speaker is not None
    assert [(who.code, who.name) for who in (by, speaker)] == [(None, "BBC News"), ("IRN", "Ali Hassan")]


def test_the_pages_do_the_same(tmp_path: Path) -> None:
    """Without any script: mark, correct, give a second word blind, and take the passages home."""
    with served(small(tmp_path / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:

        def token(path: str) -> str:
            found = re.search(r'name="token" value="([0-9a-f]+)"', client.get(path).text)
            assert found is not None
            return found[1]

        done = client.post("/missed", data={**FIRING, "by": "ann", "token": token("/missed?document=a")}, follow_redirects=True)
        assert "added by ann" in done.text
        marked = done.url.params["id"]
        taken = client.post("/judge", data={"record": marked, "action": "undo", "by": "ann", "token": token(f"/event?id={marked}")}, follow_redirects=True)
        assert (taken.status_code, taken.url.path) == (200, "/document")  # there is no such event any more
        assert "added by ann" in client.post("/missed", data={**FIRING, "by": "ann", "token": token("/missed?document=a")}, follow_redirects=True).text
        wrong = client.post("/missed", data={**FIRING, "words": "sank", "by": "ann", "token": token("/missed?document=a")})
        assert (wrong.status_code, "do not stand in a" in wrong.text) == (400, True)
        quoted = client.post("/judge", data={"record": "a-q01", "kind": "quote", "action": "correct", "speaker": "IRN", "by": "ann", "token": token("/quote?id=a-q01")})
        assert quoted.headers["location"] == "/quote?id=a-q01"
        first = {"record": "a-e02", "action": "correct", "type": "ASSAULT", "mode": "", "by": "ann", "token": token("/event?id=a-e02")}
        assert client.post("/judge", data=first).status_code == 303
        client.cookies.set("reviewer", "bob")
        page = client.get("/review?queue=second").text
        assert "a-e02" in page
        blind = client.get("/event?id=a-e02&blind=1").text
        assert "corrected by" not in blind
        assert "What was said" not in blind
        second = {"record": "a-e02", "action": "accept", "blind": "1", "by": "bob", "token": token("/event?id=a-e02")}
        assert client.post("/judge", data=second).status_code == 303
        assert client.get("/api/v1/agreement").json()["answer"]["differ"] == ["a-e02"]
        assert client.get("/api/v1/events/a-e02").json()["answer"]["seen"]["event"]["event"] == ["ACCUSE"]
        page = client.get("/review?queue=differ").text
        assert "type ASSAULT" in page
        assert "Krippendorff" in page
        assert client.get("/api/v1/passages").headers["content-type"] == "application/x-ndjson"


def test_only_a_second_word_is_given_blind(tmp_path: Path) -> None:
    """Who comes from another queue to correct sees what stands and who said it, and says no more than what they changed; the queue is gone back to."""
    with served(small(tmp_path / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False, cookies={"reviewer": "fay"}) as client:

        def correcting(queue: str, record: str) -> str:
            found = re.search(rf'class="button" href="(/event\?id={record}[^"#]*)', client.get(queue).text)
            assert found is not None
            return client.get(unescape(found[1])).text

        for said in ({"record": "a-e02", "by": "dora", "field": "type", "correction": "ASSAULT"}, {"record": "a-e02", "by": "eve"}, {"record": "b-e02", "by": "eve"}):
            client.post("/api/v1/judgements", json={"verdict": "wrong", **said}).raise_for_status()
        open_queue, second, differ = "/review", "/review?queue=second&order=newest", "/review?queue=differ&order=newest"
        for queue, record, told in ((open_queue, "a-e01", False), (second, "b-e02", False), (differ, "a-e02", True)):
            page = correcting(queue, record)
            assert ("What was said" in page) == told
            assert ('name="blind"' in page) == (queue == second)
            assert f'name="back" value="{escape(queue)}"' in page
        form = {name: unescape(value) for name, value in re.findall(r'<input(?: type="hidden")? name="(\w+)" value="([^"]*)"', page)}
        done = client.post("/judge", data={**form, "action": "correct", "type": "ASSAULT", "status": "actual", "by_whom": "IRN"})

        assert done.headers["location"] == differ
        assert [(said["field"], said["correction"]) for said in client.get("/api/v1/judgements").json()["answer"] if said["by"] == "fay"] == [("by", "IRN")]
        assert client.get("/api/v1/events/a-e02").json()["answer"]["seen"]["event"]["event"] == ["ASSAULT"]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/event?id=a-e02", {"record": "a-e02", "type": "ASSAULT", "mode": "", "status": "future", "actor": "OMN", "recipient": "Q", "date": "2023-05", "place": "Basra", "by_whom": "IRN"}),
        ("/event?id=a-e02&blind=1", {"record": "a-e02", "blind": "1", "actor": "Q", "back": "/review?queue=second"}),
        ("/quote?id=a-q01", {"record": "none", "kind": "quote", "speaker": "OMN"}),
    ],
)
def test_one_bad_field_loses_nothing_of_what_was_written(tmp_path: Path, path: str, sent: dict[str, str]) -> None:
    """The form comes back with the fault and all that stood in it; who judges blind stays so."""
    with served(small(tmp_path / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        client.post("/api/v1/judgements", json={"record": "a-e02", "verdict": "wrong", "field": "status", "correction": "negated", "by": "ann"}).raise_for_status()
        token = re.findall(r'name="token" value="([0-9a-f]+)"', client.get(path).text)[0]
        written = {"note": "“as <b>told</b>”", "by": "bob", **sent}
        if path.startswith("/quote"):
            written |= {"record": "a-q01", "by": " "}

        page = client.post("/judge", data={"action": "correct", "token": token, **written})

        assert page.status_code == 400
        assert 'role="alert"' in page.text
        assert ("What was said" in page.text) == ("blind" not in sent and "quote" not in path)
        fields = {name: unescape(value) for name, value in re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page.text)}
        fields |= dict(re.findall(r'<select name="(\w+)">.*?<option selected>(\w+)', page.text))
        assert {name: value for name, value in written.items() if fields.get(name) != value and value.strip()} == {}


def test_what_was_said_leads_to_what_it_was_said_of(tmp_path: Path) -> None:
    """A quote as much as an event, a whole as much as a field of it."""
    with served(small(tmp_path / "s")) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        for said in ({"record": "a-q01"}, {"record": "b-q01", "field": "speaker", "correction": "OMN"}, {"record": "a-e02"}, {"record": "b-e02", "field": "status", "correction": "future"}):
            client.post("/api/v1/judgements", json={"verdict": "wrong", "by": "ann", **said}).raise_for_status()
        page = client.get("/review").text
        table = page[page.index("Said so far") :]

        for record, kind in (("a-q01", "quote"), ("b-q01", "quote"), ("a-e02", "event"), ("b-e02", "event")):
            assert f'href="/{kind}?id={record}"' in table
            assert client.get(f"/{kind}?id={record}").status_code == 200
