"""One self-contained page: the article's text, each event and quote marked at its words, with its codes.

No script, no request to anywhere; every text is escaped, since articles are hostile input.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from detente.records import Check, Coded, Event, Quote, Span
from detente.web.marking import codes, parties, speaker

STYLE = """
:root { color-scheme: light dark; --paper: #fdfcf9; --ink: #1d1d1f; --soft: #6b6b70; --line: #dcd9d2; --q1: #1f7a4d; --q2: #0b5c8a; --q3: #a05a00; --q4: #b3261e; --quote: #ece6f5; }
@media (prefers-color-scheme: dark) { :root { --paper: #17181a; --ink: #ececee; --soft: #a3a3a8; --line: #38393d; --q1: #5fd39a; --q2: #6cc0f0; --q3: #f0b252; --q4: #ff8a80; --quote: #352d45; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 Georgia, serif; }
main { max-width: 78rem; margin: 0 auto; padding: 1.5rem; }
article { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; margin-bottom: 2rem; }
@media (max-width: 56rem) { article { grid-template-columns: minmax(0, 1fr); } }
header, .codes { font-family: system-ui, sans-serif; font-size: .875rem; line-height: 1.45; }
header { grid-column: 1 / -1; color: var(--soft); } h1 { font-size: 1.25rem; color: var(--ink); margin: 0 0 .25rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.text a { color: inherit; text-decoration: none; border-bottom: 3px solid; font-weight: 600; }
.q1 { --c: var(--q1); } .q2 { --c: var(--q2); } .q3 { --c: var(--q3); } .q4 { --c: var(--q4); }
.text a[class^=q] { border-color: var(--c); } .text a.quote, .text q { background: var(--quote); } .text q::before, .text q::after { content: none; }
ol { list-style: none; margin: 0; padding: 0; } li { border-left: 4px solid var(--c, var(--line)); padding: .25rem .75rem; margin-bottom: .75rem; }
li:target, .text a:target { outline: 2px solid var(--c, var(--soft)); outline-offset: 2px; }
li b { color: var(--c, inherit); } li .also { color: var(--soft); } li a { color: inherit; } h2 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
"""


class Mark(NamedTuple):
    """A stretch of text to mark: its opening and closing tags."""

    span: Span
    opening: str
    closing: str


def page(coded: Sequence[Coded]) -> str:
    """The whole page, one article after the other."""
    title = escape(coded[0].document.title or coded[0].document.id) if coded else "nothing"
    body = "\n".join(article(c) for c in coded)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · Détente</title><style>{STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def article(coded: Coded) -> str:
    """One document: its text with marks, and the list of its events, quotes and checks."""
    document = coded.document
    day = f"published {document.published}" if document.published else "no date of publication"
    events = "\n".join(event_item(e) for e in coded.events)
    quotes = "\n".join(quote_item(q) for q in coded.quotes)
    checks = "\n".join(check_item(c) for c in coded.checks)
    checked = f"<h2>Checks</h2><ol>{checks}</ol>" if checks else ""
    told = f"{len(coded.events)} events, {len(coded.quotes)} quotes" + (
        f", {len(coded.checks)} checks" if checks else ""
    )
    coder = escape(coded.events[0].coder) if coded.events else ""
    return (
        f"<article><header><h1>{escape(document.title or document.id)}</h1>{day} · {told}"
        f'<br>{coder}</header>\n<div class="text">{marked_text(document.text, marks(coded))}</div>\n'
        f'<div class="codes"><h2>Events</h2><ol>{events}</ol><h2>Quotes</h2><ol>{quotes}</ol>{checked}</div></article>'
    )


def marks(coded: Coded) -> list[Mark]:
    """What to mark: quotes, and the triggers of events as links to their codes."""
    out = [
        Mark(
            Span(q.text_info.start, q.text_info.end), f'<q id="t-{escape(q.id)}" title="{escape(speaker(q))}">', "</q>"
        )
        for q in coded.quotes
    ]
    for event in coded.events:
        told = escape(f"{codes(event)}: {parties(event)}; {event.date or 'date unknown'}; {event.status}")
        for span in event.text_info.spans["trigger"]:
            opening = (
                f'<a id="t-{escape(event.id)}" class="q{event.quad_code}" href="#{escape(event.id)}" title="{told}">'
            )
            out.append(Mark(span, opening, "</a>"))
    return out


def marked_text(text: str, found: list[Mark]) -> str:
    """`text` escaped, with every mark around its words; a mark that crosses another's edge is closed and opened again there."""
    edges = sorted({0, len(text), *(m.span.start for m in found), *(m.span.end for m in found)})
    out: list[str] = []
    open_now: list[Mark] = []
    opened: set[Mark] = set()
    for here, following in zip(edges, [*edges[1:], len(text)], strict=True):
        wanted = sorted(
            (m for m in found if m.span.start <= here < m.span.end),
            key=lambda m: (m.span.start, -m.span.end, m.opening),
        )
        keep = 0
        while keep < len(open_now) and keep < len(wanted) and open_now[keep] == wanted[keep]:
            keep += 1
        out += [m.closing for m in reversed(open_now[keep:])]
        for mark in wanted[keep:]:
            # an id may stand once: a mark that is opened again goes without
            opening = (
                mark.opening
                if mark not in opened
                else mark.opening.replace(f'id="{mark.opening.split(chr(34))[1]}" ', "")
            )
            opened.add(mark)
            out.append(opening)
        open_now = wanted
        out.append(escape(text[here:following]))
    return "".join(out + [m.closing for m in reversed(open_now)])


def event_item(event: Event) -> str:
    """One event of the list."""
    rows = [f"<b>{escape(codes(event))}</b> {escape(parties(event))}"]
    when = event.date or "date unknown"
    if event.enddate != event.date:
        when += f" to {event.enddate}"
    facts = [when, event.status, f"{event.event_scale:+g} points"]
    facts += [event.event_loc.where] if event.event_loc else []
    facts += [f"says {event.by.name or event.by.entity_text}"] if event.by else []
    facts += [", ".join(event.context)] if event.context else []
    facts += [] if event.confidence is None else [f"confidence {event.confidence:.2f}"]
    rows.append(f'<span class="also">{escape(" · ".join(facts))}</span>')
    rows.append(f'<a href="#t-{escape(event.id)}">“{escape(" … ".join(event.event_text))}”</a>')
    return f'<li id="{escape(event.id)}" class="q{event.quad_code}">{"<br>".join(rows)}</li>'


def quote_item(quote: Quote) -> str:
    """One quote of the list."""
    cue = f", “{quote.cue}”" if quote.cue else ""
    return (
        f'<li id="{escape(quote.id)}"><b>{escape(speaker(quote))}</b> <a href="#t-{escape(quote.id)}">{escape(quote.text)}</a>'
        f'<br><span class="also">{escape(quote.kind + cue)}</span></li>'
    )


def check_item(check: Check) -> str:
    """One check of the list."""
    where = check.text_info
    return (
        f'<li id="{escape(check.id)}"><b>{escape(check.headline)}</b> “{escape(check.text)}”'
        f'<br><span class="also">{escape(check.detail)} · characters {where.start} to {where.end}</span></li>'
    )
