"""What flows through the house, and the record contract that the world reads."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente import errors
from detente.errors import BadActorRow, BadInput, BadOntology, BadSetting, DetenteError, ModelProblem, UnknownCode
from detente.records import (
    Also,
    Check,
    Coded,
    Dispute,
    Document,
    Entity,
    Event,
    EventLocation,
    Match,
    Quote,
    Reading,
    Span,
    Story,
    TextInfo,
    Version,
)

spans = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: Span(min(ends), max(ends)))

# The contract, field for field in its own order. A change here is a change that users must hear of (CHANGELOG.md).
CONTRACT: dict[type[msgspec.Struct], str] = {
    Event: "id date enddate date_precision time_text historical event mode context status quad_code event_scale reciprocal actor "
    "recipient event_loc event_text by confidence text text_info also story coder coded_date",
    Quote: "id speaker text kind cue via addressee about text_info confidence",
    Check: "id check text finding detail source text_info",
    Story: "id event reports documents sources first_seen last_seen disputed matches",
    Match: "score why ours theirs",
    Dispute: "dispute about versions",
    Version: "value reports",
    Entity: "code sector other_sectors entity_text name identifier_id office",
    EventLocation: "extracted_place resolved_place geonameid lat lon country_code feature_class resolution",
    TextInfo: "document sequence start end spans",
    Also: "sequence start end",
}


def contract_objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in the code blocks of the contract, with "…entity…" taken for nothing."""
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        yield json.loads(block.replace("{…entity…}", "null"))


@pytest.mark.parametrize("kind", CONTRACT, ids=lambda kind: kind.__name__)
def test_records_have_the_contracts_fields(kind: type[msgspec.Struct]) -> None:
    """No field is missing, none is new, and they come in the order of the contract."""
    assert kind.__struct_encode_fields__ == tuple(CONTRACT[kind].split())


def test_the_contract_beside_the_repository_says_the_same(shared: Path) -> None:
    """Event, Quote and Check carry the fields that the project's contract shows."""
    event, quote, check = contract_objects((shared / "records.md").read_text(encoding="utf-8"))

    assert set(event) == set(CONTRACT[Event].split())
    assert set(quote) == set(CONTRACT[Quote].split())
    assert set(check) <= set(CONTRACT[Check].split())
    assert set(event["actor"][0]) == set(CONTRACT[Entity].split())
    assert set(event["text_info"]) == set(CONTRACT[TextInfo].split())


def test_the_docs_name_every_field(root: Path) -> None:
    """`docs/records.md` explains each field of each record."""
    page = (root / "docs" / "records.md").read_text(encoding="utf-8")

    for kind, fields in CONTRACT.items():
        section = page.partition(f"\n## {kind.__name__}\n")[2].partition("\n## ")[0]
        assert section, f"docs/records.md has no section {kind.__name__}"
        assert [f for f in fields.split() if f"| `{f}` |" not in section] == []


def test_spans_are_written_as_pairs() -> None:
    """A span is [start, end] in JSON, as the contract shows."""
    told = TextInfo(document="d", sequence=1, start=0, end=9, spans={"trigger": (Span(2, 5),)})

    assert msgspec.json.encode(told) == b'{"document":"d","sequence":1,"start":0,"end":9,"spans":{"trigger":[[2,5]]}}'


@given(st.text(), spans)
def test_a_span_is_the_words_between_its_ends(text: str, span: Span) -> None:
    """The end is exclusive: `text[start:end]`."""
    assert span.of(text) == text[span.start : span.end]


@given(spans, spans)
def test_spans_overlap_where_they_share_a_character(a: Span, b: Span) -> None:
    """Overlapping and covering are what sets of characters say, whichever span is asked."""
    ours, theirs = set(range(*a)), set(range(*b))

    assert a.overlaps(b) == b.overlaps(a)
    if ours and theirs:
        assert a.overlaps(b) == bool(ours & theirs)
        assert a.covers(b) == (theirs <= ours)


def test_a_document_is_known_by_the_hash_of_its_text() -> None:
    """The hash is that of the UTF-8 bytes, whatever else is said about the document."""
    text = "Qin said: “no”."
    one = Document(id="a", text=text)
    other = Document(id="b", text=text, title="T", published=dt.date(2023, 5, 8))

    assert one.sha256 == other.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert one.sha256 != Document(id="a", text=text + " ").sha256


def test_records_come_in_reading_order_by_kind() -> None:
    """Events first, then quotes, then checks."""
    nothing = Reading(sentences=(), mentions=(), triggers=(), times=(), places=(), quotes=(), names=())
    info = TextInfo(document="d", sequence=0, start=0, end=0)
    quote = Quote(
        id="d-q01", speaker=None, text="", kind="direct", cue=None, via=None, addressee=(), about=(), text_info=info, confidence=1.0
    )  # fmt: skip
    check = Check(id="d-k01", check="date", text="", finding="variant", detail="", source=(), text_info=info)
    coded = Coded(
        document=Document(id="d", text=""), reading=nothing, actors={}, events=(), quotes=(quote,), checks=(check,)
    )

    assert [r.id for r in coded.records()] == ["d-q01", "d-k01"]


def test_records_cannot_be_changed() -> None:
    """Whoever holds a record may rely on it."""
    with pytest.raises(AttributeError):
        Document(id="a", text="b").text = "c"  # type: ignore[misc]


@pytest.mark.parametrize(
    "error",
    [
        BadInput("a.txt", "empty", "it has no text"),
        BadSetting("--published", "soon", "it must be a day"),
        BadOntology("types", "ACUSE", "PLOVER has no such type"),
        UnknownCode("code", "CONSLT", "near: CONSULT"),
        BadActorRow("mine.csv", 3, "code must be three letters"),
        ModelProblem("reader", "/nowhere", "it has no manifest.json"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_a_process_pool(error: DetenteError) -> None:
    """An error that crosses to another process keeps its class, facts and words."""
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(twin) is type(error)
    assert twin.args == error.args
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)


def test_every_error_stands_in_the_tree() -> None:
    """The tree at the head of `errors.py` names every error, so that a reader can choose what to catch."""
    public = [
        n
        for n, c in vars(errors).items()
        if isinstance(c, type) and issubclass(c, DetenteError) and not n.startswith("_")
    ]

    assert [n for n in public if n not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize(("words", "resolved", "told"), [("İzmir", "İzmir", "at İzmir"), ("near the island", None, "near the island"), ("Near East", "Near East", "at Near East"), ("the port", None, "at the port")])
def test_where_is_told_with_one_preposition(words: str, resolved: str | None, told: str) -> None:
    """The text's own, or "at"."""
    assert EventLocation(extracted_place=words, resolved_place=resolved).where == told
