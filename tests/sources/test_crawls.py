"""WARC: pages are documents, everything else is refused by kind; a broken record loses itself and no other."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.records import Document, Refused
from detente.sources.files import documents
from tests.newsroom import HTTP, PARAGRAPHS, answer, bomb, page, record

PAGE = page()


def ok(n: int) -> bytes:
    """The record of a page."""
    return record(f"https://m.example/{n}", answer(PAGE))


def read(path: Path, raw: bytes) -> list[Document | Refused]:
    """What comes of a file."""
    path.write_bytes(raw)
    return list(documents([str(path)], published=dt.date(2026, 3, 14)))


def outcome(found: list[Document | Refused]) -> list[str]:
    """The last part of a page's address, or the reason."""
    return [f.reason if isinstance(f, Refused) else f.id.rpartition("/")[2] for f in found]


@pytest.mark.parametrize("packing", ["plain", "by record", "whole"])
def test_pages_are_documents_and_the_rest_is_counted(tmp_path: Path, packing: str) -> None:
    """However the file is packed: each record is a document or a refusal by its kind."""
    records = [
        (record("", b"software: x", kind="warcinfo"), "warc-warcinfo"),
        (record("https://m.example/1", b"GET / HTTP/1.1\r\n\r\n", kind="request"), "warc-request"),
        (ok(1), "1"),
        (record("https://m.example/1", b"fetchTimeMs: 3", kind="metadata"), "warc-metadata"),
        (record("https://m.example/2", answer(b"", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n")), "http-status"),
        (record("https://m.example/3", answer(b"\x89PNG", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n")), "not-html"),
        (record("https://m.example/4", answer(gzip.compress(PAGE), HTTP + "Content-Encoding: gzip\r\n")), "4"),
        (record("https://m.example/5", answer(b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE), HTTP + "Transfer-Encoding: chunked\r\n")), "5"),
        (record("https://m.example/6", answer(bomb(50_000_000), HTTP + "Content-Encoding: gzip\r\n")), "too-long"),
        (record("https://m.example/7", answer(b"no chunks", HTTP + "Transfer-Encoding: chunked\r\n")), "broken-record"),
        (record("https://m.example/8", b"no HTTP at all"), "no-http"),
        (record("https://m.example/9", answer(b"<html><body></body></html>")), "no-article"),
        (ok(1), "same-id"),
        (ok(10), "10"),
    ]
    parts = [raw for raw, _ in records]
    raw = {"plain": b"".join(parts), "by record": b"".join(map(gzip.compress, parts)), "whole": gzip.compress(b"".join(parts))}[packing]

    assert outcome(read(tmp_path / "a.warc.gz", raw)) == [expected for _, expected in records]


def test_a_page_of_a_crawl_is_called_by_its_address(tmp_path: Path) -> None:
    """Text and title are the page's; it has the user's day where it tells none: the day of the crawl is not its day."""
    (found,) = read(tmp_path / "a.warc", ok(1))

    assert isinstance(found, Document), found
    assert (found.id, found.url, found.title) == ("https://m.example/1", "https://m.example/1", "Aegean talks")
    assert found.published == dt.date(2026, 3, 14)
    assert PARAGRAPHS[2] in found.text


@pytest.mark.parametrize(
    "broken",
    [
        record("https://m.example/2", answer(PAGE), length=20),
        record("https://m.example/2", answer(PAGE), length=len(answer(PAGE)) + 300),
        record("https://m.example/2", answer(PAGE), length="many"),
        record("https://m.example/2", answer(PAGE), length=-5),
        b"WARC/1.0\r\n",
        b"WARC/1.0\r\nContent-Length: 3\r\n",
        b"a piece of another file\r\n" * 3,
    ],
)
def test_a_broken_record_loses_itself_alone(tmp_path: Path, broken: bytes) -> None:
    """Whether its length is wrong, its header cut, or it is no record: those before and after it are read."""
    assert outcome(read(tmp_path / "a.warc", ok(1) + broken + ok(3) + ok(4))) == ["1", "broken-record", "3", "4"]


def test_a_record_beyond_all_measure_is_passed_over(tmp_path: Path) -> None:
    """A length of a terabyte is neither read nor believed."""
    assert outcome(read(tmp_path / "a.warc", ok(1) + record("x", b"", length=10**12) + ok(3))) == ["1", "too-long", "3"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_crawl_that_breaks_off_is_told(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001 - a case, not a switch
    """What stood before was read."""
    parts = [ok(1), ok(2)]
    raw = b"".join(map(gzip.compress, parts) if packed else parts)

    assert outcome(read(tmp_path / "a.warc.gz", raw[:-100])) == ["1", "bad-gzip" if packed else "broken-record"]


def test_another_file_is_no_crawl(tmp_path: Path) -> None:
    """One refusal for the whole."""
    assert outcome(read(tmp_path / "a.warc", b"no crawl\n" * 1000)) == ["broken-record"]
    assert outcome(read(tmp_path / "b.warc", b"")) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage_is_counted(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes lost, changed or added in one record leave at most its neighbours broken, and end nothing."""
    raw = b"".join(map(ok, range(4)))
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 400)))
    found = read(tmp_path / "a.warc", raw[:start] + data.draw(st.binary(max_size=50)) + raw[end:])

    assert sum(isinstance(f, Document) for f in found) >= 1
    assert len(found) <= 8


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", b"WARC/1.0\r\n", b"WARC/1.0\r\nContent-Length: 5\r\n\r\n", record("x", b"HTTP/1.1 200 OK\r\n")[:-4]]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes, head: bytes) -> None:
    """No crawl ends the run."""
    for found in read(tmp_path / "a.warc", head + raw):
        assert found.text.strip() if isinstance(found, Document) else found.reason


def test_a_crawl_comes_through_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `curl … | detente read -` gives it, packed or not."""
    for raw in (ok(1), gzip.compress(ok(1))):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))

        assert outcome(list(documents(["-"], published=None))) == ["1"]
