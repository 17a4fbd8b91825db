"""The retelling groups are what their README says, and pairs and chains are counted as they should be."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from detente.records import Document, Span
from evaluation.corpora import GoldDocument, GoldMention, Read, aligned, joined
from evaluation.judged import HELD_MONTHS, Found, Judgement, Telling, articles, judgements
from evaluation.retold import FOLDER, found_units, gold_pairs, groups, told_pairs, units, unmarked
from evaluation.stories import Joined, losses, real, reports_of
from tests.stories.telling import MONDAY, TUESDAY, event
from training.pairs import JUDGED

FILES = sorted(FOLDER.glob("g*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_group_retells_its_happenings(file: Path) -> None:
    """Three to five passages of 40 to 90 words; every happening is told, every mark names one, the first by two papers at least."""
    group = tomllib.loads(file.read_text(encoding="utf-8"))
    told = [{m.cluster.partition(":")[2] for m in unmarked(p["text"], file.stem)[1]} for p in group["passages"]]

    assert 3 <= len(group["passages"]) <= 5
    assert all(40 <= len(unmarked(p["text"], "")[0].split()) <= 90 for p in group["passages"])
    assert set().union(*told) == set(group["happenings"])
    assert sum("1" in marks for marks in told) >= 2
    assert len({p["id"] for p in group["passages"]}) == len(group["passages"])


def test_there_are_groups_enough_on_either_side() -> None:
    """Sixty groups, two hundred and forty passages, half of them held out."""
    held, train = list(groups(held=True)), list(groups(held=False))

    assert len(FILES) >= 60
    assert len(held) + len(train) >= 240
    assert not {g.topic for g in held} & {g.topic for g in train}
    assert abs(len(held) - len(train)) <= 10


def test_every_type_occurs(root: Path) -> None:
    """All sixteen PLOVER types."""
    from detente.ontology import PLOVER

    named = {re.match(r"\w+", h)[0] for f in FILES for h in tomllib.loads(f.read_text(encoding="utf-8"))["happenings"].values()}  # type: ignore[index]

    assert named == set(PLOVER.types)


def test_marks_leave_the_text() -> None:
    """The words stay, at the characters that are told."""
    text, mentions = unmarked("They {met|1} and {signed|2}.", "g01")

    assert text == "They met and signed."
    assert [(m.span.of(text), m.cluster) for m in mentions] == [("met", "g01:1"), ("signed", "g01:2")]


def test_tokens_are_put_together_again() -> None:
    """Stops and genitives lean on the word before, quotes become curly, a sentence is a line."""
    tokens = [("``", 0), ("China", 0), ("'s", 0), ("man", 0), ("''", 0), (",", 0), ("he", 0), ("said", 0), (".", 0), ("Yes", 1)]
    text, spans = joined(tokens)

    assert text == "“China's man”, he said.\nYes"
    assert [s.of(text) for s in spans[1:4]] == ["China", "'s", "man"]


def gold(*mentions: tuple[int, int, str]) -> GoldDocument:
    """A document with these mentions."""
    return GoldDocument(Document(id="d", text="x" * 50), "t", tuple(GoldMention(Span(a, b), c) for a, b, c in mentions))


def test_a_trigger_serves_one_mention() -> None:
    """The mention that shares most characters gets it; the other goes without."""
    read = Read((), ((Span(0, 10), "d-e01"),))

    assert aligned(gold((0, 3, "a"), (2, 10, "b")).mentions, read) == {1: "d-e01"}


def test_a_missed_unit_costs_recall_but_no_precision() -> None:
    """Three passages tell one happening, the reader finds two of them: one pair of three."""
    documents = [
        GoldDocument(Document(id=name, text="They met."), "g", (GoldMention(Span(5, 8), "g:1"),)) for name in ("a", "b", "c")
    ]
    reads = [Read((), ((Span(5, 8), "a-e01"),)), Read((), ((Span(5, 8), "b-e01"),)), Read((), ())]
    found = found_units(documents, reads)

    assert len(gold_pairs(units(documents))) == 3
    assert len(gold_pairs(list(found))) == 1
    assert told_pairs(found, {"a-e01": "s", "b-e01": "s"}) == gold_pairs(list(found))


def test_each_gold_pair_is_lost_once_or_joined(model: Path) -> None:
    """Kenya expels, Kenya sends home: joined. What the reader missed and what shares no period is told apart from it."""
    told = {
        "a": event("a-e01", "SANCTION", "Kenya expelled Somalia's ambassador.", "expelled", mode=("expel",)),
        "b": event("b-e01", "SANCTION", "Kenya expelled Somalia's ambassador.", "expelled", mode=("expel",)),
        "c": event("c-e01", "SANCTION", "Kenya expelled Somalia's ambassador.", "expelled", mode=("expel",), day=MONDAY.replace(year=2014)),
    }
    documents = [
        GoldDocument(Document(id=name, text="Kenya expelled Somalia's ambassador.", published=TUESDAY), "g", (GoldMention(Span(6, 14), "g:1"),))
        for name in ("a", "b", "c", "d")
    ]
    reads = [*(Read((found,), ((Span(6, 14), found.id),)) for found in told.values()), Read((), ())]

    counts = losses(documents, reads)

    assert counts["joined"] >= 1
    assert counts["the reader misses one"] == 3
    assert counts.total() == len(gold_pairs(units(documents)))


def test_no_judged_pair_both_trains_and_measures(shared: Path) -> None:
    """Held-out pairs are of months that train nothing; every judgement names articles that are there, and words that stand where it says."""
    held, train = judgements(), judgements(JUDGED)
    texts = {d.id: d.text for source in {source for source, _ in HELD_MONTHS} for d in articles(shared, source)}
    months = {d.id for source, month in HELD_MONTHS for d in articles(shared, source, [month])}
    tellings = {telling for each in (*held, *train) for telling in (each.ours, each.theirs)}

    assert {telling.document for each in held for telling in (each.ours, each.theirs)} <= months
    assert not {telling.document for each in train for telling in (each.ours, each.theirs)} & months
    assert all(telling.trigger.end <= len(texts[telling.document]) for telling in tellings)
    assert sum(each.same is True for each in held) > 100


def test_what_is_joined_of_judged_pairs_is_counted_by_what_each_stands_for() -> None:
    """A pair drawn out of ten counts ten times; one that nobody could judge, that was judged twice, or of which the reader misses one, does not count, or once."""
    text = "Kenya expelled the Somali envoy over the border raid."
    acts = {d: event(f"{d}-1", "SANCTION", text, "expelled") for d in "abcd"}
    told = reports_of([Document(id=d, text=text, published=MONDAY) for d in acts], [Read((act,), ()) for act in acts.values()])
    found = Found({(d, at): act.id for d, act in acts.items() for at in range(9)})

    def said(ours: str, theirs: str, *, same: bool | None, stands_for: float = 1, at: int = 0) -> Judgement:
        return Judgement(Telling(ours, Span(at, at + 3)), Telling(theirs, Span(at, at + 3)), same, stands_for)

    rows = [
        said("a", "b", same=True, stands_for=10), said("b", "a", same=True, stands_for=10), said("a", "c", same=False, stands_for=2), said("b", "d", same=None),
        said("a", "d", same=False, at=50),
    ]  # fmt: skip
    joined = real(told, found, rows)

    assert joined == Joined(events=4, of=4, pairs=6, one=10, joined=12, both=10)
    assert joined.precision == pytest.approx(10 / 12)
    assert joined.surely == pytest.approx(10 / 6)
    assert joined.recall == 1
