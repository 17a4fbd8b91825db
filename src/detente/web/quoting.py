"""Quotes as they stand after people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.review.correcting import ruled_quote
from detente.web import looking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.records import Quote
    from detente.web.stores import Desk


EVERY = "SELECT rank FROM spoken"
"""SQL of the ranks of all quotes, as the program told them."""


def changed(desk: Desk) -> dict[int, Quote | None]:
    """Rank → the quote as people corrected it, None where they rejected it."""

    def made() -> dict[int, Quote | None]:
        out: dict[int, Quote | None] = {}
        for record in desk.rulings.changed:
            rank = desk.index.rank_of("quote", record)
            if rank is not None:
                ruling = desk.rulings.of[record]
                out[rank] = None if ruling["state"] == "rejected" else ruled_quote(looking.quotes(desk.index, [rank])[0], ruling)
        return out

    found: dict[int, Quote | None] = desk.kept("quotes after people", made)
    return found


def standing(desk: Desk, ranks: Sequence[int]) -> list[Quote]:
    """The quotes of these ranks that stand, in their order."""
    after = changed(desk)
    told = [after.get(rank, quote) for rank, quote in zip(ranks, looking.quotes(desk.index, ranks), strict=True)]
    return [quote for quote in told if quote is not None]


def source(desk: Desk, speaker: str | None, about: str | None, *, first: int | None = None) -> tuple[str, list[Any]]:
    """SQL of the ranks of quotes by a speaker (code or name) about somebody (a code), with its values, as they stand after people; at least the `first` of them."""
    speaker, about = speaker or None, about or None  # "" is a field of a form that was left empty
    sql, values, after = EVERY, list[Any](), changed(desk)
    if speaker is not None or about is not None:
        names = dict.fromkeys(((speaker or "").upper(), (speaker or "").lower()))
        # who speaks much has a million quotes; those of which people say otherwise are left out below, so that as many more are taken
        most = None if first is None else first + len(after)
        near = desk.index.near("speaking", *((name, (about or "").upper()) for name in names), first=most)
        sql, values = f"SELECT DISTINCT rank FROM {near.sql}", near.values
    if after:
        sql = f"SELECT rank FROM ({sql}) WHERE rank NOT IN (SELECT unnest(?::BIGINT[])) UNION ALL SELECT unnest(?::BIGINT[])"
        values += [list(after), [rank for rank, quote in after.items() if quote is not None and _says(quote, speaker, about)]]
    return sql, values


def _says(quote: Quote, speaker: str | None, about: str | None) -> bool:
    who = quote.speaker
    by = speaker is None or (who is not None and (who.code == speaker.upper() or (who.name or "").lower() == speaker.lower()))
    return by and (about is None or about.upper() in [other.code for other in quote.about])
