"""The same text gives the same bytes: again, beside others, in another process, on more threads."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

import detente
from detente.pipeline import Tools, code_all, open_tools
from detente.records import Coded, Document, Refused, Span
from detente.sources.files import documents

ROOT = Path(__file__).resolve().parent.parent
PATHS = [str(ROOT / "examples" / name) for name in ("archive.jsonl", "border.txt", "strait.txt")]


def written(results: Iterator[Coded | Refused]) -> dict[str, bytes]:
    """Document → its records as they are printed."""
    found = list(results)
    assert not [r for r in found if isinstance(r, Refused)]
    return {c.document.id: b"\n".join(map(msgspec.json.encode, c.records())) for c in found if isinstance(c, Coded)}


def given() -> list[Document | Refused]:
    """The example articles."""
    return list(documents(PATHS, published=dt.date(2026, 6, 3)))


@pytest.fixture(scope="module")
def one_by_one(tools: Tools) -> dict[str, bytes]:
    """Each article read alone."""
    return {name: records for d in given() for name, records in written(code_all([d], tools, workers=1)).items()}


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_batch_changes_nothing(one_by_one: dict[str, bytes], tools: Tools, workers: int) -> None:
    """However many are read at once, and in whatever order they come."""
    assert written(code_all(given(), tools, workers=workers)) == one_by_one
    assert written(code_all(reversed(given()), tools, workers=workers)) == one_by_one


def test_results_come_in_the_order_of_the_documents(tools: Tools) -> None:
    """A short text does not overtake a long one, and refusals keep their place."""
    refused = Refused(document="r", reason="empty", detail="r: it has no text")
    names = [
        r.document.id if isinstance(r, Coded) else r.document
        for r in code_all([*given(), refused, *given()], tools, workers=3)
    ]
    own = [d.id if isinstance(d, Document) else "" for d in given()]

    assert names == [*own, "r", *own]


def test_threads_change_nothing(one_by_one: dict[str, bytes], model: Path) -> None:
    """One core or two for one text."""
    tools = open_tools(threads=2, coded_on=dt.date(2026, 11, 25))

    assert written(code_all(given(), tools, workers=1)) == one_by_one


def test_another_process_gives_the_same_bytes(model: Path) -> None:
    """Whatever the seed of Python's hashes."""
    command = [
        sys.executable,
        "-c",
        "from detente.cli import app; app()",
        "read",
        *PATHS,
        "--format",
        "jsonl",
        "--published",
        "2026-06-03",
    ]
    outputs = [
        subprocess.run(command, capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]

    assert outputs[0]
    assert outputs[0] == outputs[1]


def test_python_and_the_pipeline_agree(one_by_one: dict[str, bytes], model: Path) -> None:
    """`detente.read` is the same door; only the day of coding is today's."""
    text = (ROOT / "examples" / "strait.txt").read_text(encoding="utf-8")
    coded = detente.read(text, published="2026-06-03", id="strait")
    pinned = [
        msgspec.structs.replace(r, coded_date="2026-11-25") if isinstance(r, detente.Event) else r
        for r in coded.records()
    ]

    assert b"\n".join(map(msgspec.json.encode, pinned)) == one_by_one["strait"]


def test_a_fault_of_the_program_refuses_one_document(tools: Tools) -> None:
    """A text on which a stage fails is refused as "internal", with the error's words; the others are read."""

    class Broken:
        """A reader that fails on one document."""

        def read(self, document: Document, states: Sequence[tuple[Span, str]]) -> object:
            """Fail on "bad"."""
            if document.id == "bad":
                raise ZeroDivisionError("no such luck")
            return tools.reader.read(document, states)

    broken = Tools(Broken(), *(getattr(tools, name) for name in Tools.__struct_fields__[1:]))  # type: ignore[arg-type]
    bad, good = Document(id="bad", text="Rain."), Document(id="good", text="Rain.")
    first, second = code_all([bad, good], broken, workers=2)

    assert isinstance(first, Refused)
    assert (first.document, first.reason) == ("bad", "internal")
    assert "ZeroDivisionError: no such luck" in first.detail
    assert isinstance(second, Coded)
