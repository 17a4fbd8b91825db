"""A web page gives its article: the words, title, day and paper; what is no page or has no article is refused."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.records import Document, Refused
from detente.sources.files import documents
from detente.sources.pages import MOST_PAGE, article, page_text
from tests.newsroom import PARAGRAPHS, page, told

HEAD = told("og:site_name", "The Meridian") + told("article:published_time", "2026-03-14T23:30:00-05:00") + '<link rel="canonical" href="https://m.example/talks">'


def reason(raw: bytes) -> str:
    """Why a page is refused."""
    with pytest.raises(BadInput) as caught:
        article(raw, "a.html")
    return caught.value.reason


def read(file: Path) -> Document | Refused:
    """What comes of one file."""
    (found,) = documents([str(file)], published=dt.date(2026, 3, 20))
    return found


@pytest.mark.parametrize("name", ["talks.html", "talks.htm", "talks", "talks.html.gz"])
def test_a_page_gives_its_article(tmp_path: Path, name: str) -> None:
    """Without menu and foot, with all that the page says of itself; called by its file, since pages often call themselves wrongly."""
    raw = page(head=HEAD)
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    found = read(tmp_path / name)

    assert isinstance(found, Document), found
    assert (found.id, found.title, found.publication) == ("talks", "Aegean talks", "The Meridian")
    assert (found.published, found.url) == (dt.date(2026, 3, 14), "https://m.example/talks")
    assert all(paragraph in found.text for paragraph in PARAGRAPHS)
    assert "Sport" not in found.text
    assert "rights" not in found.text


def test_a_page_without_a_day_has_the_users(tmp_path: Path) -> None:
    """No day is guessed from the words of a page: they name many."""
    (tmp_path / "a.html").write_bytes(page())
    found = read(tmp_path / "a.html")

    assert isinstance(found, Document), found
    assert found.published == dt.date(2026, 3, 20)


def test_a_day_far_ahead_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    """A wrong clock at the paper is told, instead of another day being taken from somewhere on the page."""
    (tmp_path / "a.html").write_bytes(page(head=told("article:published_time", "2077-03-14")))
    found = read(tmp_path / "a.html")

    assert isinstance(found, Refused)
    assert found.reason == "future-date"


@pytest.mark.parametrize(
    ("raw", "reason_"),
    [
        (b"", "not-html"),
        (PARAGRAPHS[0].encode(), "not-html"),
        (b'{"html": false}', "not-html"),
        (b"%PDF-1.7", "not-html"),
        (b"<html><body></body></html>", "no-article"),
        (page("Le ministre français des Affaires étrangères a rencontré lundi son homologue allemand à Berlin."), "not-english"),
        (b"<html>" + b" " * MOST_PAGE, "too-long"),
    ],
)
def test_what_has_no_article_is_refused(raw: bytes, reason_: str) -> None:
    """With the kind of fault."""
    assert reason(raw) == reason_


def test_html_by_another_name_is_told(tmp_path: Path) -> None:
    """A page saved as .txt is refused, not read with its tags; the other way round too."""
    (tmp_path / "a.txt").write_bytes(page())
    (tmp_path / "b.html").write_text(PARAGRAPHS[0], encoding="utf-8")
    found = list(documents([str(tmp_path)], published=None))

    assert [f.reason for f in found if isinstance(f, Refused)] == ["html", "not-html"]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "iso-8859-15", "utf-16"])
def test_a_page_is_decoded_as_it_says(charset: str) -> None:
    """Old pages declare old encodings; words come out whole."""
    raw = page("The café in Besançon was closed, said Foreign Minister José Núñez of Peru on Monday in Paris.", charset=charset)

    assert "José Núñez" in article(raw, "a.html").text


def test_the_servers_word_goes_before_the_pages() -> None:
    """As the standard of HTML says; UTF-8 that is sound is UTF-8, whatever anybody says; an unknown name is let be."""
    assert page_text(b'<meta charset="windows-1252">' + "Łódź".encode("iso-8859-2"), "iso-8859-2").endswith("Łódź")
    assert page_text("Núñez".encode(), "latin-1") == "Núñez"
    assert page_text("Núñez".encode("windows-1252"), "no-such-charset") == "Núñez"


@settings(max_examples=100)
@given(st.binary(max_size=400), st.sampled_from([b"", b"<html>", b"<html><body><p>", b"<meta charset='", b"\xff\xfe<\x00h\x00"]))
def test_any_bytes_are_an_article_or_a_refusal(raw: bytes, head: bytes) -> None:
    """No page ends the crawl."""
    try:
        found = article(head + raw, "a.html").text
    except BadInput as error:
        found = error.reason

    assert found.strip()


@pytest.mark.parametrize("raw", [b"<html>" + b"<div>" * 100_000 + b"x", b"<html>" + b"<table>" * 3000, b"<html " + b"a=1 " * 50_000 + b">"])
def test_a_wicked_page_is_refused(raw: bytes) -> None:
    """Towers of tags take neither the stack nor the hour."""
    with pytest.raises(BadInput):
        article(raw, "a.html")
