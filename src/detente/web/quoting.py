"""Quotes as they stand after people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.web import looking
from detente.web.correcting import ruled_quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.records import Quote
    from detente.web.stores import Desk


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


def conditions(desk: Desk, speaker: str | None) -> tuple[list[str], list[Any]]:
    """SQL over `spoken`, with its values: what people rejected is left out, and a corrected speaker counts in the place of the program's."""
    after = changed(desk)
    told, values = ["rank NOT IN (SELECT unnest(?::BIGINT[]))"], list[Any]([[rank for rank, quote in after.items() if quote is None]])
    if speaker is not None:
        told.append("((code = upper(?) OR name = lower(?)) AND rank NOT IN (SELECT unnest(?::BIGINT[])) OR rank IN (SELECT unnest(?::BIGINT[])))")
        values += [speaker, speaker, list(after), [rank for rank, quote in after.items() if quote is not None and _says(quote, speaker)]]
    return told, values


def _says(quote: Quote, speaker: str) -> bool:
    who = quote.speaker
    return who is not None and (who.code == speaker.upper() or (who.name or "").lower() == speaker.lower())
