"""Search over everything: events by all filters; quotes, documents, stories and actors by those of the filters that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from detente.actors.lookup import MANY_PLACES
from detente.actors.words import norm_of
from detente.errors import BadSetting
from detente.store.asking import Wanted
from detente.store.known import demand_known
from detente.web import answers
from detente.web.finding import UNKNOWN
from detente.web.shapes import DocumentsAsked, EventsAsked, QuotesAsked
from detente.web.telling import brief

if TYPE_CHECKING:
    from detente.actors.base import ActorBase
    from detente.web.paging import Page
    from detente.web.shapes import StoryBrief
    from detente.web.stores import Desk

FEW = 5
"""Of quotes, documents, stories and actors; their own lists have all."""
OF_EVENTS = ("type", "mode", "status", "quad", "place", "document", "least", "either", "open", "within")
"""Filters that quotes do not have."""
OF_PARTIES = ("actor", "recipient", "name")
"""Those that quotes have (who speaks, and of whom) and documents do not."""


class Named(NamedTuple):
    """Somebody whom the words may name."""

    name: str
    code: str | None


class Everything(NamedTuple):
    """What is found; None of quotes or documents where a filter is asked that they do not have."""

    events: Page
    quotes: Page | None
    documents: Page | None
    stories: list[StoryBrief]
    actors: list[Named]
    hint: str | None


def everything(desk: Desk, base: ActorBase, asked: EventsAsked) -> Everything:
    """All that is found by what is asked. Quotes and documents are looked for by words, on the first page; stories are those of the events on it.

    Raises:
        BadSetting: A day or the cursor is none, or the days are reversed.
    """
    found = answers.events(desk, asked)
    by_words, one_speaker = asked.q and not asked.after, not (asked.actor and asked.name) and UNKNOWN not in (asked.actor, asked.recipient)
    speech, papers = one_speaker and not _asks(asked, OF_EVENTS), not _asks(asked, OF_EVENTS + OF_PARTIES)
    return Everything(
        events=found,
        quotes=answers.quotes(desk, quotes_asked(asked, limit=FEW)) if by_words and speech else None,
        documents=answers.documents(desk, DocumentsAsked(q=asked.q, since=asked.since, until=asked.until, limit=FEW)) if by_words and papers else None,
        stories=[brief(desk, told) for told in desk.tales.telling([seen["event"].id for seen in found.rows], least=2, most=FEW)],
        actors=_named(base, asked.q) if by_words and asked.q else [],
        hint=None if found.rows else _hint(desk, base, asked),
    )


def quotes_asked(asked: EventsAsked, *, limit: int = 50) -> QuotesAsked:
    """The same question for quotes: who speaks, and of whom."""
    return QuotesAsked(q=asked.q, speaker=asked.actor or asked.name, about=asked.recipient, since=asked.since, until=asked.until, limit=limit)


def _asks(asked: EventsAsked, fields: tuple[str, ...]) -> bool:
    """Whether any of these is asked for."""
    return any(getattr(asked, name) != getattr(_NOTHING, name) for name in fields)


def _named(base: ActorBase, words: str) -> list[Named]:
    """Whom the words name: states, bodies and people, each once."""
    number = base.place_named(norm_of(words))
    places = [] if number is None else [base.row(number)]
    rows = [*places, *(each.actor for each in base.find(words, on=None))]
    told = [Named(words if row.name.startswith(MANY_PLACES) else row.name, row.code) for row in rows]
    return [one for n, one in enumerate(told) if one.name not in {before.name for before in told[:n]}][:FEW]


def _hint(desk: Desk, base: ActorBase, asked: EventsAsked) -> str | None:
    """Why nothing may be found: a code that nobody has, and what may have been meant."""
    for field in ("actor", "recipient"):
        name = getattr(asked, field)
        number = base.place_named(norm_of(name)) if name and name.upper() not in base.states() else None
        if number is not None and (code := base.row(number).code):
            return f"{field} = {name!r}, but codes are asked for; that of {name} is {code}"
    codes = {name: code.upper() for name in ("actor", "recipient", "type") if (code := getattr(asked, name)) and code != UNKNOWN}
    try:
        demand_known(desk.store, msgspec.structs.replace(Wanted(mode=asked.mode), **codes))
    except BadSetting as error:
        return f"{next(name for name, code in (codes | {'mode': asked.mode}).items() if code == error.value)} = {error.value!r}, but {error.rule}"
    return None


_NOTHING = EventsAsked()
