"""One kept event or quote, walked back, with who said what of it."""

from __future__ import annotations

from collections.abc import Iterator

from detente.records import Event, Quote
from detente.review.correcting import ruled_quote, shown, shown_quote
from detente.review.standing import Reviewed
from detente.store.judgements import MISSED, Judgement
from detente.store.telling import told_of

STATES = {
    "accepted": "it is right", "rejected": "rejected; it counts nowhere", "corrected": "corrected", "added": "marked by hand; the program missed it",
    "doubted": "what was said of it was taken back",
}  # fmt: skip


def told(reviewed: Reviewed, id: str) -> str:
    """Which words stand behind each field of the event or quote as it stands, what people said of it, in which document, and who coded it.

    Raises:
        BadSetting: The run has neither an event nor a quote of this id.
    """
    store = reviewed.store
    coded = reviewed.rulings.added.get(id) or store.quote(id) or store.event(id)
    said = reviewed.rulings.said.get(id, [])
    return told_of(store, _standing(reviewed, coded), _said(reviewed, coded, said) if said else ())


def _standing(reviewed: Reviewed, coded: Event | Quote) -> Event | Quote:
    """As it stands; what people rejected, as the program told it."""
    if isinstance(coded, Quote):
        return ruled_quote(coded, reviewed.rulings.of.get(coded.id))
    return (reviewed.judged[coded.id].now if coded.id in reviewed.judged else None) or coded


def _said(reviewed: Reviewed, coded: Event | Quote, said: list[Judgement]) -> Iterator[str]:
    before = shown(coded) if isinstance(coded, Event) else shown_quote(coded)
    ruling = reviewed.rulings.of.get(coded.id)
    yield f"  people: {STATES['doubted' if ruling is None else ruling['state']]}"
    for one in said:
        yield f"    {one.by}, {one.said_at}: {_words(one, before)}" + (f" ({one.note})" if one.note else "")


def _words(said: Judgement, before: dict[str, str]) -> str:
    """What somebody said, with what the program had told."""
    if said.verdict == MISSED:
        return "the program missed it"
    if said.field is None:
        none = "they are nobody's words" if "speaker" in before else "there is no such event"
        return {"right": "it is right", "wrong": none}.get(said.verdict, "what was said before is taken back")
    if said.verdict == "wrong" and said.correction is not None:
        return f"{said.field} is {said.correction or 'nobody or nothing'}, not {before.get(said.field) or 'nobody or nothing'}"
    return f"{said.field} is right" if said.verdict == "right" else f"what was said of {said.field} is taken back"
