"""The seed article, read by the real reader: the floor under everything."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detente.pipeline import Tools, code, code_all
from detente.records import Coded, Document, Event, Quote
from evaluation.scoring import Tally, compare, gold_documents

# What the seed may never fall below, whatever is gained elsewhere. `evaluation/floors.json` pins the measured values.
CORE_RECALL = 0.7
QUOTES = 11


@pytest.fixture(scope="module")
def gold(shared: Path) -> dict[str, Any]:
    """The article with its gold."""
    (seed,) = gold_documents(shared / "seed" / "gold.json")
    return seed | {"text": (shared / "seed" / seed["text_file"]).read_text(encoding="utf-8")}


@pytest.fixture(scope="module")
def document(gold: dict[str, Any]) -> Document:
    """The article."""
    return Document(id="seed", text=gold["text"], published=dt.date.fromisoformat(gold["published"]))


@pytest.fixture(scope="module")
def seed(document: Document, tools: Tools) -> Coded:
    """What the program says of it."""
    return code(document, tools)


def written(coded: Coded) -> bytes:
    """The records as they are printed."""
    return b"\n".join(msgspec.json.encode(r) for r in coded.records())


def test_every_records_evidence_is_in_the_text(seed: Coded) -> None:
    """Trigger, parties, time, place, source, speaker and cue are words of the article; so are sentences and quotes."""
    text = seed.document.text
    assert seed.events
    assert seed.quotes
    for record in seed.records():
        info = record.text_info
        assert info.document == "seed"
        assert 0 <= info.start < info.end <= len(text)
        assert text[info.start : info.end] == record.text
        evidence = [span for role in info.spans.values() for span in role]
        assert all(0 <= s.start < s.end <= len(text) and s.of(text) == s.of(text).strip() for s in evidence)
    for event in seed.events:
        spans = event.text_info.spans
        assert tuple(s.of(text) for s in spans["trigger"]) == event.event_text
        assert [s.of(text) for s in spans["actor"]] == [e.entity_text for e in event.actor]
        assert [s.of(text) for s in spans["recipient"]] == [e.entity_text for e in event.recipient]
        assert [s.of(text) for s in spans["time"]] == ([] if event.time_text is None else [event.time_text])
        assert [s.of(text) for s in spans["by"]][:1] == ([] if event.by is None else [event.by.entity_text])
        assert all(event.text_info.start <= s.start and s.end <= event.text_info.end for s in spans["trigger"])
        assert all(text[a.start : a.end] for a in event.also)


def test_ids_are_unique(seed: Coded) -> None:
    """And numbered in reading order."""
    ids = [r.id for r in seed.records()]

    assert len(ids) == len(set(ids))
    assert ids[0] == "seed-e01"


def test_events_and_quotes_stand_in_reading_order(seed: Coded) -> None:
    """The first event of the list is the first of the text."""
    for records in (seed.events, seed.quotes):
        starts = [r.text_info.spans["trigger"][0].start if isinstance(r, Event) else r.text_info.start for r in records]
        assert starts == sorted(starts)


def test_chances_are_chances(seed: Coded) -> None:
    """Every confidence is in [0, 1]."""
    assert all(r.confidence is not None and 0 <= r.confidence <= 1 for r in seed.records() if isinstance(r, Event | Quote))


def test_the_same_article_gives_the_same_bytes(seed: Coded, document: Document, tools: Tools) -> None:
    """Read twice, and read in a batch between others, on one thread or two."""
    others = [Document(id=f"x{k}", text=document.text[: 400 * k], published=document.published) for k in range(1, 5)]
    batch = [*others[:2], document, *others[2:]]

    assert written(code(document, tools)) == written(seed)
    for workers in (1, 2):
        results = [r for r in code_all(batch, tools, workers=workers) if isinstance(r, Coded)]
        assert len(results) == len(batch)
        assert written(results[2]) == written(seed)


def test_the_seed_is_read_well_enough(seed: Coded, gold: dict[str, Any]) -> None:
    """At least so many of its events with the right type and codes, and so many of its twelve quotes."""
    events, quotes = msgspec.to_builtins((seed.events, seed.quotes))
    tally: Tally = compare(gold, events, quotes)[0]

    assert tally.quotes == 12
    assert tally.quotes_found >= QUOTES
    assert tally.recall("core") >= CORE_RECALL


def test_what_the_seed_gets_wrong_or_disputes_is_found(seed: Coded) -> None:
    """An office that its holder did not hold, a name spelled otherwise, two accounts of one thing; and at most one check more."""
    found = [(c.check, c.finding) for c in seed.checks]

    assert {("office", "contradicted"), ("name", "variant"), ("disputed", "disputed")} <= set(found)
    assert len(found) <= 4
