"""Files, folders and JSON lines: whatever goes in comes out as a document or as a refusal."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from detente.records import Document, Refused
from detente.sources.files import documents, many

NEWS = "The foreign minister of France met her German counterpart in Berlin on Monday."
DAY = dt.date(2026, 3, 14)


def read(*paths: Path | str, published: dt.date | None = DAY) -> list[Document | Refused]:
    """Everything that comes of the paths."""
    return list(documents(map(str, paths), published=published))


def reasons(found: list[Document | Refused]) -> Counter[str]:
    """How many were read, and how many refused for each reason."""
    return Counter(f.reason if isinstance(f, Refused) else "read" for f in found)


def document(found: list[Document | Refused]) -> Document:
    """The only one."""
    (one,) = found
    assert isinstance(one, Document), one
    return one


def test_a_file_is_one_document_named_by_its_stem(tmp_path: Path) -> None:
    """`strait.txt` gives the records strait-e01, strait-e02."""
    file = tmp_path / "strait.txt"
    file.write_text(NEWS, encoding="utf-8")

    assert document(read(file)) == Document(id="strait", text=NEWS, published=DAY)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.4", "binary"),
        ("Caf\xe9 de Flore".encode("latin-1"), "encoding"),
        (f"<html><body><p>{NEWS}</p></body></html>".encode(), "html"),
        ("Президент России встретился с канцлером Германии".encode(), "not-english"),
    ],
)
def test_a_file_that_is_no_news_is_one_refusal(tmp_path: Path, raw: bytes, reason: str) -> None:
    """The refusal names the file, a reason that can be counted, and a sentence for a person."""
    file = tmp_path / "a.txt"
    file.write_bytes(raw)
    (refused,) = read(file)

    assert isinstance(refused, Refused)
    assert (refused.document, refused.reason) == (str(file), reason)
    assert refused.detail.startswith(f"{file}: ")


@pytest.mark.parametrize("head", ['<?xml version="1.0"?>\n<rss version="2.0">', '<feed xmlns="http://www.w3.org/2005/Atom">'])
def test_a_saved_feed_is_refused_with_the_command_that_reads_feeds(tmp_path: Path, head: str) -> None:
    """It would be taken for a page."""
    (tmp_path / "feed.xml").write_text(f"{head}<title>Meridian</title></x>", encoding="utf-8")
    (found,) = documents([str(tmp_path / "feed.xml")], published=None)

    assert isinstance(found, Refused)
    assert found.reason == "feed"
    assert "detente fetch FEEDS.toml" in found.detail


def test_a_missing_file_is_a_refusal(tmp_path: Path) -> None:
    """One wrong name among many does not end the run."""
    file = tmp_path / "a.txt"
    file.write_text(NEWS, encoding="utf-8")

    assert reasons(read(tmp_path / "b.txt", file)) == {"unreadable": 1, "read": 1}


def test_marks_at_a_files_head_are_no_text(tmp_path: Path) -> None:
    """UTF-8 with a mark and UTF-16 give the same text as plain UTF-8, so the same offsets."""
    texts = []
    for name, encoding in (("a", "utf-8"), ("b", "utf-8-sig"), ("c", "utf-16")):
        file = tmp_path / f"{name}.txt"
        file.write_bytes(f"“{NEWS}”".encode(encoding))
        texts.append(document(read(file)).text)

    assert texts == [f"“{NEWS}”"] * 3


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    """Offsets count in the file's own text, so that Windows line ends are not made others."""
    file = tmp_path / "a.txt"
    file.write_bytes(f"{NEWS}\r\n{NEWS}".encode())

    assert document(read(file)).text == f"{NEWS}\r\n{NEWS}"


def test_standard_input_is_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file "-" is read to its end and named by its text."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NEWS.encode())))
    found = document(read("-"))

    assert found.text == NEWS
    assert found.id == found.sha256[:12]


def test_a_folder_is_its_texts_in_name_order(tmp_path: Path) -> None:
    """Texts of subfolders are named by their path, so that two of one name stay two; other files are let be."""
    for name in ("b.txt", "a/c.txt", "a/b.txt", "notes.md", "a/x.docx"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(NEWS, encoding="utf-8")

    assert [f.id for f in read(tmp_path) if isinstance(f, Document)] == ["a/b", "a/c", "b"]
    assert many([str(tmp_path)])


def test_an_empty_folder_is_a_refusal(tmp_path: Path) -> None:
    """Somebody who names the wrong folder is told."""
    assert reasons(read(tmp_path)) == {"empty": 1}


def test_two_documents_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    """Records are named by their document: the second of one name is refused, with the way out."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(NEWS, encoding="utf-8")
    first, second = read(tmp_path / "a/x.txt", tmp_path / "b/x.txt")

    assert isinstance(first, Document)
    assert isinstance(second, Refused)
    assert (second.document, second.reason) == ("x", "same-id")
    assert "folder above" in second.detail


def test_each_line_of_json_is_a_document(tmp_path: Path) -> None:
    """A line's own day goes before that of the command; id, title and address are kept; other fields are let be."""
    file = tmp_path / "a.jsonl"
    lines = [
        {"text": NEWS, "id": "one", "published": "2023-05-08", "title": "T", "url": "https://example.org", "tags": [1]},
        {"text": NEWS, "id": 2, "date": "2023-05-09T12:00:00Z"},
        {"text": NEWS},
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")

    assert read(file) == [
        Document(id="one", text=NEWS, published=dt.date(2023, 5, 8), title="T", url="https://example.org"),
        Document(id="2", text=NEWS, published=dt.date(2023, 5, 9)),
        Document(id=f"{file}:3", text=NEWS, published=DAY),
    ]


def test_a_mark_does_not_spoil_the_first_line_of_json(tmp_path: Path) -> None:
    """Windows programs put it there."""
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": NEWS}), encoding="utf-8-sig")

    assert document(read(file)).text == NEWS


def test_utf16_json_is_one_refusal(tmp_path: Path) -> None:
    """Not one refusal a line: the file is in the wrong encoding once."""
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": NEWS}) + "\n" + json.dumps({"text": NEWS}), encoding="utf-16")

    assert reasons(read(file)) == {"encoding": 1}


def test_bad_lines_are_refused_one_by_one(tmp_path: Path) -> None:
    """Each refusal names its line, and the lines around it are read."""
    file = tmp_path / "a.jsonl"
    lines = [
        (json.dumps({"text": NEWS}).encode(), "read"),
        (b"{nonsense", "bad-json"),
        (b'["a list"]', "bad-json"),
        (b'{"title": "no text"}', "no-text"),
        (b'{"text": "caf\xe9"}', "bad-json"),
        (b'{"text": ""}', "empty"),
        (json.dumps({"text": NEWS, "published": "soon"}).encode(), "bad-date"),
        (json.dumps({"text": NEWS, "published": 20230508}).encode(), "bad-value"),
        (b"[" * 100_000, "bad-json"),
        (json.dumps({"text": "中国外交部长星期一在北京会见了美国大使"}).encode(), "not-english"),
        (json.dumps({"text": NEWS}).encode(), "read"),
    ]
    file.write_bytes(b"\n".join(raw for raw, _ in lines))
    found = read(file)

    assert [f.reason if isinstance(f, Refused) else "read" for f in found] == [reason for _, reason in lines]
    assert [f.document for f in found if isinstance(f, Refused)] == [
        f"{file}:{n}" for n, (_, reason) in enumerate(lines, 1) if reason != "read"
    ]


lines_of_json = st.one_of(
    st.builds(
        lambda id_, day: json.dumps({"text": NEWS, "id": id_, "published": day}),
        st.sampled_from("abcdef"),
        st.sampled_from(["2023-05-08", "x"]),
    ),
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\n")).filter(str.strip),
    st.just(json.dumps({"text": " "})),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines_of_json, max_size=8))
def test_nothing_is_lost(tmp_path: Path, lines: list[str]) -> None:
    """As many documents and refusals come out as lines went in, and no two documents share a name."""
    assume("\0" not in "".join(lines))  # such a file is binary, and refused as a whole
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    found = read(file)
    names = [f.id for f in found if isinstance(f, Document)]

    assert len(found) == len(lines)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("paths", "answer"), [(["a.txt"], False), (["-"], False), (["a.jsonl"], True), (["a.txt", "b.txt"], True)]
)
def test_many_documents_are_told_by_their_paths(paths: list[str], answer: bool) -> None:  # noqa: FBT001 - a case, not a switch
    """Several files or lines may be read at once; one text is read with every core."""
    assert many(paths) == answer
