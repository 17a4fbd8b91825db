"""Judgements: the newest stands, above the program in every answer; nothing is lost, and everything can be taken back."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import msgspec
import pytest

from detente.actors.base import ActorBase
from detente.errors import BadSetting, UnknownCode
from detente.records import Entity
from detente.review.correcting import CORRECT, shown
from detente.review.rulings import Rulings, rulings
from detente.store import Store, open_store
from detente.web import answers, index, stores
from detente.web.judging import judge, judge_together, mark
from detente.web.shapes import ActorAsked, EventsAsked, JudgementAsked, MissedAsked, RelationAsked
from detente.web.stores import Desk, Desks
from tests.store.records import RUN, kept
from tests.web.served import small, talks

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
LATER = msgspec.structs.replace(RUN, reader="r-2", coder="detente test; reader r-2")


@pytest.fixture(params=[0, index.FEW], ids=["pairs summed together", "each pair alone"])
def desks(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Desks:
    """Over a store of its own; sums are made anew in either way."""
    monkeypatch.setattr(index, "FEW", request.param)
    return Desks(small(tmp_path / "s"))


def say(desks: Desks, record: str, verdict: str, *, field: str | None = None, correction: str | None = None, by: str = "ann") -> None:
    """Judge an event."""
    asked = msgspec.convert({"record": record, "verdict": verdict, "by": by, "field": field, "correction": correction}, JudgementAsked)
    with desks.lent() as desk:
        judge(desk, asked, at=NOW)


def ids(desk: Desk, **asked: object) -> set[str]:
    """Events that are found."""
    return {seen["event"].id for seen in answers.events(desk, msgspec.convert(asked, EventsAsked)).rows}


def test_a_rejected_event_counts_nowhere(desks: Desks) -> None:
    """Neither in a search nor in a relation, nor among what a state did; its document still shows it, as rejected."""
    say(desks, "a-e02", "wrong")

    with desks.lent() as desk:
        for asked in ({}, {"q": "boats"}, {"q": "boats", "status": "actual"}, {"order": "unsure"}, {"actor": "IRQ", "recipient": "IRN", "either": True}):
            assert "a-e02" not in ids(desk, **asked)
            assert "b-e02" in ids(desk, **asked)
        assert did(desk, "IRQ") == {"IRN": 3}
        assert answers.relation(desk, "IRN", "IRQ", RelationAsked())["counted"] == 4
        (seen,) = [s for s in answers.document(desk, "a")["events"] if s["event"].id == "a-e02"]
        assert seen["ruling"] is not None
        assert seen["ruling"]["state"] == "rejected"


@pytest.mark.parametrize("first", ["corrected", "rejected"])
def test_what_changes_no_sum_hides_no_rejection(desks: Desks, first: str) -> None:
    """A place is in no sum: a relation counts an event whose place was corrected, and not one that was rejected, whichever was said last."""
    said = {"corrected": {"field": "place", "correction": "Mosul"}, "rejected": {}}
    counted = {"corrected": 5, "rejected": 4}
    for state in (first, *(said.keys() - {first})):
        say(desks, "a-e02", "wrong", **said[state])

        with desks.lent() as desk:
            assert answers.relation(desk, "IRN", "IRQ", RelationAsked())["counted"] == counted[state]
            assert did(desk, "IRQ") == {"IRN": counted[state] - 1}


def did(desk: Desk, code: str) -> dict[str, int]:
    """Whom a state acted on, and how often."""
    return {told["name"]: told["n"] for told in answers.actor(desk, ActorBase.open(), ActorAsked(name=code))["acts"]}


def test_what_a_state_did_is_counted_after_people(desks: Desks) -> None:
    """An event that another did counts there, and no more where it was; of whom nobody is told stands as ?."""
    with desks.lent() as desk:
        assert did(desk, "IRQ") == {"IRN": 4}
    say(desks, "a-e02", "wrong", field="actor", correction="OMN")
    say(desks, "b-e02", "wrong", field="recipient", correction="")

    with desks.lent() as desk:
        assert did(desk, "OMN") == {"IRN": 1}
        assert did(desk, "IRQ") == {"IRN": 2, "?": 1}


def test_what_was_said_can_be_taken_back(desks: Desks) -> None:
    """All is as before, and the ledger has both."""
    with desks.lent() as desk:
        before = answers.relation(desk, "IRN", "IRQ", RelationAsked())
    say(desks, "a-e02", "wrong")
    say(desks, "a-e02", "unsure")

    with desks.lent() as desk:
        assert answers.relation(desk, "IRN", "IRQ", RelationAsked()) == before
        assert [said["verdict"] for said in answers.event(desk, "a-e02")["judgements"]] == ["wrong", "unsure"]
        assert "a-e02" in ids(desk, open=True)


def test_every_sum_is_that_of_its_events(desks: Desks) -> None:
    """Whatever was said, taken back, and said of others since: no pair, month or side counts an event twice."""
    said: list[tuple[str, str, dict[str, str]]] = [
        ("a-e02", "wrong", {"field": "type", "correction": "PROTEST"}),
        ("b-e01", "wrong", {"field": "recipient", "correction": "OMN"}),
        ("b-e01", "unsure", {}),
        ("a-e02", "unsure", {}),
        ("b-e02", "wrong", {"field": "actor", "correction": "QAT"}),
        ("a-e01", "wrong", {}),
        ("b-e02", "unsure", {}),
        ("a-e01", "unsure", {}),
        ("b-e02", "right", {}),
    ]
    with desks.lent() as desk:  # of two others, so that those of the program may be untouched while something is said
        mark(desk, MissedAsked(document="a", words="firing", type="ASSAULT", actor="OMN", recipient="QAT", date="2023-05-08", by="ann"), at=NOW)
    for record, verdict, more in said:
        say(desks, record, verdict, **more)
        with desks.lent() as desk:
            for table, (sums, _) in index.SUMS.items():
                told, anew = ([tuple(row.values()) for row in desk.index.ask(sql)] for sql in (f"FROM {table}_now", sums.format(lines="held")))
                assert sorted(told, key=repr) == sorted(anew, key=repr), (record, verdict, table)


def test_a_correction_stands_above_the_program(desks: Desks) -> None:
    """Type, points and class; codes; days: each is found by its new value and no more by the old one."""
    say(desks, "a-e02", "wrong", field="type", correction="ASSAULT")
    say(desks, "a-e02", "wrong", field="recipient", correction="OMN")
    say(desks, "a-e02", "wrong", field="date", correction="2023-02")

    with desks.lent() as desk:
        assert ids(desk, type="ASSAULT", actor="IRQ", recipient="OMN", since="2023-02-10", until="2023-03") == {"a-e02"}
        assert "a-e02" not in ids(desk, type="ACCUSE") | ids(desk, recipient="IRN") | ids(desk, since="2023-03")
        answer = answers.event(desk, "a-e02")
        assert (answer["seen"]["event"].quad_code, answer["seen"]["event"].date_precision) == (4, "month")
        assert answer["before"] is not None
        assert answer["before"].event == ("ACCUSE",)
        months = answers.relation(desk, "IRQ", "OMN", RelationAsked())["months"]
        assert [(m["month"], m["quad"], m["events"]) for m in months] == [("2023-02", 4, 1)]


def test_the_newest_word_on_a_field_stands(desks: Desks) -> None:
    """Whoever says it; another type takes the mode with it."""
    say(desks, "a-e02", "wrong", field="mode", correction="allege")
    say(desks, "a-e02", "wrong", field="type", correction="ASSAULT")
    say(desks, "a-e02", "wrong", field="type", correction="THREATEN", by="bob")

    with desks.lent() as desk:
        seen = answers.event(desk, "a-e02")["seen"]
        assert (seen["event"].event, seen["event"].mode) == (("THREATEN",), ())
        assert seen["ruling"] is not None
        assert (seen["ruling"]["by"], seen["ruling"]["fields"]) == ("bob", {"type": "THREATEN"})


@pytest.mark.parametrize(
    ("field", "correction", "error"),
    [
        ("type", "QUARREL", UnknownCode),
        ("mode", "politely", BadSetting),
        ("status", "perhaps", BadSetting),
        ("actor", "Iran", BadSetting),
        ("date", "yesterday", BadSetting),
        ("date", "2024-02-02/2024-02-01", BadSetting),
        ("date", "2023-05-11", BadSetting),  # the news is of the 9th
        ("date", "2023-06/2023-07", BadSetting),
        ("date", "0001-01-01", BadSetting),
    ],
)
def test_a_correction_that_no_event_can_follow_is_refused(desks: Desks, field: str, correction: str, error: type[Exception]) -> None:
    """Before it is written."""
    with pytest.raises(error):
        say(desks, "a-e02", "wrong", field=field, correction=correction)

    with desks.lent() as desk:
        assert answers.judgements(desk) == []


def test_what_is_still_to_come_has_not_happened(desks: Desks) -> None:
    """A day behind that of the news goes with every status but actual, whichever is said first; where nothing is said of it, nothing is refused."""
    say(desks, "a-e02", "wrong", field="status", correction="future")
    say(desks, "a-e02", "wrong", field="date", correction="2062")
    with pytest.raises(BadSetting, match="still to come"):
        say(desks, "a-e02", "wrong", field="status", correction="actual")
    say(desks, "a-e02", "right", field="type")
    say(desks, "b-e02", "wrong", field="date", correction="2023-06-10")  # the day after, where it happened

    with desks.lent() as desk:
        seen = answers.event(desk, "a-e02")["seen"]["event"]
        assert (seen.status, seen.date, seen.enddate) == ("future", "2062-01-01", "2062-12-31")
        with pytest.raises(BadSetting, match="still to come"):
            mark(desk, MissedAsked(document="a", words="firing", type="ASSAULT", date="2062", by="ann"), at=NOW)


def test_what_is_said_at_once_is_held_to_what_stands_after_it(desks: Desks) -> None:
    """A mode of the new type, a day of the new status; if one of them cannot be, none is kept."""
    def together(*said: dict[str, str]) -> None:
        with desks.lent() as desk:
            judge_together(desk, [JudgementAsked(record="a-e02", verdict="wrong", by="ann", **each) for each in said], at=NOW)  # type: ignore[arg-type]

    with pytest.raises(BadSetting, match="mode"):
        together({"field": "type", "correction": "PROTEST"}, {"field": "mode", "correction": "disapprove"})
    with desks.lent() as desk:
        assert answers.judgements(desk) == []
    together({"field": "type", "correction": "PROTEST"}, {"field": "mode", "correction": "riot"}, {"field": "status", "correction": "future"}, {"field": "date", "correction": "2024"})

    with desks.lent() as desk:
        seen = answers.event(desk, "a-e02")["seen"]["event"]
        assert (seen.event, seen.mode, seen.status, seen.date) == (("PROTEST",), ("riot",), "future", "2024-01-01")


def test_an_event_that_is_not_there_cannot_be_judged(desks: Desks) -> None:
    """The store says which it has."""
    with pytest.raises(BadSetting, match="no such event"):
        say(desks, "z-e01", "right")


def test_what_is_shown_is_how_it_is_corrected(desks: Desks) -> None:
    """Writing what stands there changes nothing."""
    with desks.lent() as desk:
        event = answers.event(desk, "a-e02")["seen"]["event"]
    for field, written in shown(event).items():
        if field != "type":  # a type said anew asks for its mode anew
            assert CORRECT[field](event, written) == event


def test_who_bears_another_code_is_somebody_else(desks: Desks) -> None:
    """Its words stay; name and office go. Who keeps the code stays whole."""
    with desks.lent() as desk:
        event = answers.event(desk, "a-e02")["seen"]["event"]

    assert CORRECT["actor"](event, "IRQ|SYR").actor == (*event.actor, Entity(code="SYR", entity_text="SYR"))
    assert CORRECT["actor"](event, "SYR").actor == (Entity(code="SYR", sector="GOV", entity_text="Iraq"),)
    assert CORRECT["actor"](event, "").actor == ()


def test_a_judgement_outlives_coding_anew(tmp_path: Path) -> None:
    """In another run it speaks of the event that the same words tell; what no words tell any more is listed, not lost."""
    folder = small(tmp_path / "s")
    desks = Desks(folder)
    say(desks, "a-e02", "wrong")
    say(desks, "b-e01", "right")
    say(desks, "b-e02", "right")
    again = talks("a", day=dt.date(2023, 5, 9))
    renumbered = tuple(msgspec.structs.replace(e, id=f"a-e{n:02}") for n, e in enumerate(reversed(again.events), 1))
    other = talks("b", day=dt.date(2023, 6, 9))
    kept(folder, msgspec.structs.replace(again, events=renumbered), msgspec.structs.replace(other, events=other.events[:1]), run=LATER)

    found = rulings(open_store(folder))

    assert {event: ruling["state"] for event, ruling in found.of.items()} == {"a-e01": "rejected", "b-e01": "accepted"}
    assert [j.record for j in found.homeless] == ["b-e02"]


@pytest.mark.parametrize("opens", [True, False], ids=["as the store is opened", "as it is looked at again"])
def test_what_is_said_while_the_ledger_is_read_makes_another_version(desks: Desks, monkeypatch: pytest.MonkeyPatch, *, opens: bool) -> None:
    """What is kept of an answer under the name of one state of the store is not shown for the next."""

    def slow(store: Store) -> Rulings:
        found = rulings(store)
        monkeypatch.setattr(stores, "rulings", rulings)
        say(Desks(store.folder), "a-e02", "wrong")
        return found

    say(desks, "b-e01", "right")
    monkeypatch.setattr(stores, "rulings", slow)
    desks = Desks(desks.folder) if opens else desks
    before = desks._state if opens else lend(desks)
    after = lend(desks)

    assert [*before.rulings.of] == ["b-e01"]
    assert [*after.rulings.of] == ["b-e01", "a-e02"]
    assert before.version != after.version


def lend(desks: Desks) -> Desk:
    """A desk of this moment."""
    with desks.lent() as desk:
        return desk


def test_fifty_who_judge_at_once_lose_nothing(desks: Desks) -> None:
    """Every judgement is in the ledger, each with a number of its own."""
    threads = [threading.Thread(target=say, args=(desks, "a-e01", "right"), kwargs={"by": f"r{n}"}) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with desks.lent() as desk:
        said = answers.judgements(desk)
    assert [j["number"] for j in said] == list(range(1, 51))
    assert {j["by"] for j in said} == {f"r{n}" for n in range(50)}
