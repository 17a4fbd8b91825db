"""The page: every text on it is hostile input, and its marks never change the words."""

from __future__ import annotations

import datetime as dt
import re
from html import escape, unescape
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.cli.page import Mark, marked_text, page
from detente.records import Check, Coded, Interval, Span, TextInfo
from tests.builders import actor, at, coded, links, mention, quote, reading, trigger

HOSTILE = '<script>alert("1")</script>\'&amp;"><img src=x onerror=alert(1)>'
texts = st.text(st.one_of(st.sampled_from("ab <>&\"'\n;"), st.characters(exclude_categories=["Cs"])), max_size=40)


class Seen(HTMLParser):
    """What a browser would find: tags with their attributes, and whether they close in order."""

    VOID = ("meta", "br", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it, and expect its end."""
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The last one opened must be the first one closed."""
        assert self.open
        assert self.open.pop() == tag

    def all(self, attribute: str) -> list[str]:
        """Every value of an attribute on the page."""
        return [value for _, attrs in self.tags if (value := attrs.get(attribute)) is not None]


def story(
    text: str = "Iran met Oman in “Basra”.", *, id: str = "d", title: str | None = None, name: str | None = None
) -> Coded:
    """One event and one quote."""
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Oman", 1)),
        triggers=(trigger(text, "met", "CONSULT", actors=links(0), recipients=links(1), contexts=("diplomatic",)),),
        quotes=(quote(text, "Basra", speaker=links(0)[0], cue=at(text, "met")),),
    )
    found = coded(
        text,
        seen,
        {0: actor("IRN", name=name), 1: actor("OMN")},
        dates=(Interval(dt.date(2023, 5, 1), dt.date(2023, 5, 8), "week"),),
    )
    document = msgspec.structs.replace(found.document, id=id, title=title)
    event = msgspec.structs.replace(found.events[0], id=f"{id}-e01")
    said = msgspec.structs.replace(found.quotes[0], id=f"{id}-q01")
    return msgspec.structs.replace(found, document=document, events=(event,), quotes=(said,))


def checked(found: Coded, words: str = "Iran") -> Coded:
    """The story with a check whose every word is hostile."""
    info = TextInfo(document="d", sequence=0, start=0, end=4)
    told = Check(
        id="d-k01", check="office", text=words, finding="contradicted", detail=words, source=(), text_info=info
    )
    return msgspec.structs.replace(found, checks=(told,))


def words_of(html: str) -> str:
    """The article's text as a reader sees it: tags taken out, references written out."""
    (inside,) = re.findall(r'<div class="text">(.*?)</div>', html, re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", inside))


@pytest.mark.parametrize("where", ["text", "title", "id", "name"])
def test_hostile_words_stay_words(where: str) -> None:
    """A script in text, title, id or name is shown, not run; a mark in an attribute does not end it."""
    hostile = {"text": f"{HOSTILE} Iran met Oman in “Basra”."} if where == "text" else {where: HOSTILE}
    html = page([story(**hostile)])
    seen = Seen(html)

    assert "<script" not in html
    assert not [tag for tag, attrs in seen.tags if tag in ("script", "img") or any(a.startswith("on") for a in attrs)]
    assert escape(HOSTILE) in html


def test_checks_are_shown_and_stay_words() -> None:
    """What the knowledge does not bear out stands in the list, and counts at the head."""
    html = page([checked(story(), HOSTILE)])

    assert "1 events, 1 quotes, 1 checks" in html
    assert '<li id="d-k01"><b>office contradicted</b>' in html
    assert "<script" not in html
    assert Seen(html).open == []


def test_the_page_needs_nothing_from_anywhere() -> None:
    """No script, no picture, no font, no link but to its own parts."""
    html = page([story()])
    seen = Seen(html)

    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in seen.tags}
    assert all(href.startswith("#") for href in seen.all("href"))
    assert "url(" not in html
    assert "@import" not in html


def test_each_event_stands_at_its_words_and_in_the_list() -> None:
    """The mark links to the codes, the codes link back to the mark."""
    html = page([story()])
    seen = Seen(html)

    assert set(seen.all("href")) == {"#d-e01", "#t-d-e01", "#t-d-q01"}
    assert {href.removeprefix("#") for href in seen.all("href")} <= set(seen.all("id"))
    assert '<a id="t-d-e01" class="q1" href="#d-e01"' in html
    assert "CONSULT" in html
    assert "IRN GOV Iran → OMN GOV Oman" in html
    assert "2023-05-01 to 2023-05-08" in html


def test_many_articles_are_one_page() -> None:
    """One after the other; no articles at all are a page too."""
    html = page([story(id="a"), story(id="b")])

    assert html.count("<article>") == 2
    assert len(set(Seen(html).all("id"))) == len(Seen(html).all("id"))
    assert Seen(page([])).open == []


def test_an_id_stands_once_though_its_mark_is_cut() -> None:
    """A quote that crosses an event's edge is closed and opened again there, without its id the second time."""
    outer, inner = Mark(Span(0, 4), '<q id="t-1" title="x">', "</q>"), Mark(Span(2, 6), '<a id="t-2" href="#">', "</a>")
    html = marked_text("abcdef", [outer, inner])

    assert html == '<q id="t-1" title="x">ab<a id="t-2" href="#">cd</a></q><a href="#">ef</a>'


def test_a_mark_inside_a_mark_is_nested() -> None:
    """The longer one is outside."""
    html = marked_text("abcd", [Mark(Span(1, 2), '<a id="t-2">', "</a>"), Mark(Span(0, 4), '<q id="t-1">', "</q>")])

    assert html == '<q id="t-1">a<a id="t-2">b</a>cd</q>'


@given(texts, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_marks_never_change_the_words(text: str, ends: list[tuple[int, int]]) -> None:
    """However marks cross: without tags the text is what it was, tags close in order, ids stand once."""
    spans = [Span(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in ends]
    found = [Mark(s, f'<q id="t-{k}" title="{escape(text)}">', "</q>") for k, s in enumerate(spans)]
    html = marked_text(text, found)
    seen = Seen(html)

    assert unescape(re.sub(r"<[^>]*>", "", html)) == unescape(escape(text)) == text
    assert seen.open == []
    assert len(set(seen.all("id"))) == len(seen.all("id"))


@given(texts)
def test_the_article_on_the_page_is_the_article(before: str) -> None:
    """Whatever the text, a reader of the page reads its words."""
    text = f"{before}\n\nIran met Oman in “Basra”."

    assert words_of(page([story(text)])) == text
