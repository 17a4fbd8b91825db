"""The relations of a store: happenings counted once for each independent text, a fit that is kept until something is added."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from detente.errors import BadSetting, StoreProblem
from detente.matching import match
from detente.records import Coded, Event
from detente.relating import FOLDER, events_of, origins, related
from detente.relations import pooled
from detente.relations.panel import Panel
from detente.relations.relation import relation
from detente.relations.tables import checked, rows_of
from detente.store import open_store
from detente.stories.merged import Told, merged
from tests.keeping import FIRST, acts, article, article_of, kept
from tests.stories.telling import event, facts, party


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two quarrelling pairs over 200 days; Greece and Turkey quarrel daily from day 150 on."""
    told = [*acts(range(0, 200, 5)), *acts(range(150, 200), tag="y"), *acts(range(0, 200, 3), "CONSULT", ("FRA", "DEU"), "z")]
    return kept(tmp_path_factory.mktemp("stores") / "record", sorted(told, key=lambda c: c.document.id)).folder


def test_a_store_answers_as_its_events_would(year: Path) -> None:
    """The relation asked of the store is that of the same rows in a file, with the sentences of the events that moved it."""
    store = open_store(year)
    found = related(store).relation("TUR", "GRC")
    plain = relation(events_of(store).frame, "TUR", "GRC")

    assert (found.level, found.verdict, found.series) == (plain.level, plain.verdict, plain.series)
    assert [e.id for e in found.movers] == [e.id for e in plain.movers]
    assert all(e.text and "said no to TUR" in e.text for e in found.movers)


def test_one_article_is_one_witness(tmp_path: Path) -> None:
    """Seven acts of one text, amid months of news of others, say too little of the pair; of seven texts they say enough."""
    others = acts(range(0, 200, 2), "CONSULT", ("FRA", "DEU"), "z")
    days = (170, 175, 180, 185, 190, 195, 199)
    quarrel = acts(days)
    text = " ".join(coded.document.text for coded in quarrel)
    one = article("w", *(coded.events[0] for coded in quarrel), text=text, day=FIRST + dt.timedelta(days[-1]))
    one = msgspec.structs.replace(one, events=tuple(msgspec.structs.replace(e, text_info=msgspec.structs.replace(e.text_info, document="w")) for e in one.events))
    told = [related(kept(tmp_path / name, [*others, *more])).relation("GRC", "TUR").verdict for name, more in (("one", [one]), ("seven", quarrel))]
    alone = relation(checked(rows_of([e for coded in (*others, one) for e in coded.events])).frame, "GRC", "TUR").verdict

    assert (told[0].word, told[0].chance) == ("too little to tell", None)
    assert "reports 7, independent texts 1, weeks with reports 5" in told[0].why
    assert told[1].word != "too little to tell"
    assert alone == told[0]


def test_the_fit_is_kept_until_something_is_added(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, nothing is fitted; half a file costs time and no truth; one more article, and the old fit is gone."""
    fitted: list[int] = []
    fit = pooled.pooled

    def counted(panel: Panel) -> pooled.Pooled:
        fitted.append(1)
        return fit(panel)

    monkeypatch.setattr(pooled, "pooled", counted)
    related(open_store(year)).relation("GRC", "TUR")
    fitted.clear()
    first = related(open_store(year)).relation("GRC", "TUR")
    before = sorted(f.name for f in (year / FOLDER).iterdir())
    assert fitted == []

    for file in (year / FOLDER).rglob("*.*"):
        file.write_bytes(file.read_bytes()[:40])
    assert related(open_store(year)).relation("GRC", "TUR") == first
    assert len(fitted) == 1

    store = kept(year, acts([199], "ASSAULT", tag="zz"))
    assert related(store).relation("GRC", "TUR").reports == first.reports + 1
    assert len(fitted) == 2
    assert len(list((year / FOLDER).iterdir())) == len(before)
    assert not set(before) & {f.name for f in (year / FOLDER).iterdir()}


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    """Where the sentences cannot be read, the store says which file is broken; there is no answer without them."""
    store = kept(tmp_path / "s", acts(range(0, 60, 3)))
    related(store).shared()
    for file in store.folder.rglob("events*.parquet"):
        if FOLDER not in file.parts:
            file.write_bytes(file.read_bytes()[:100])

    with pytest.raises(StoreProblem, match="damaged"):
        related(open_store(store.folder)).relation("GRC", "TUR")


def test_a_day_before_the_last_is_answered_from_what_was_known_then(year: Path) -> None:
    """With --until, nothing of later days is known, though the fit that is kept knows them."""
    store = open_store(year)
    until = FIRST + dt.timedelta(120)

    assert related(store).relation("GRC", "TUR", until=until) == related(store).told(relation(events_of(store).frame, "GRC", "TUR", until=until))


def test_unknown_codes_are_named_with_near_ones(year: Path) -> None:
    """As with files."""
    with pytest.raises(BadSetting, match="near: TUR"):
        related(open_store(year)).relation("GRC", "TUX")
    with pytest.raises(BadSetting, match="no event between the two; DEU has events with: FRA"):
        related(open_store(year)).relation("GRC", "DEU")


def test_a_pair_whose_events_have_no_dates_is_refused_with_the_reason(tmp_path: Path) -> None:
    """The events are there, both ways, and counted; one of "last year" has no day either. Texts with a day of publication date them."""
    year = {"day": FIRST, "last": FIRST + dt.timedelta(364)}
    there = event("a-e01", "ACCUSE", "Kenya said no.", "said no", day=None)
    back = event("b-e01", "ACCUSE", "Somalia said no.", "said no", actor=(party("SOM"),), recipient=(party("KEN"),), **year)
    store = kept(tmp_path / "s", [article("a", there, text="Kenya said no."), article("b", back, text="Somalia said no."), *acts(range(3))])

    with pytest.raises(BadSetting, match="the store has 2 events between them, none with a date known to the week; name the day of publication"):
        related(store).relation("SOM", "KEN")
    with pytest.raises(BadSetting, match="no event has it"):
        related(store).relation("SOM", "PER")


def test_a_story_counts_once_for_each_independent_text(tmp_path: Path) -> None:
    """Three papers tell of an expulsion, one of them in another's words, one twice: two reports, not four."""
    said = "Kenya expelled Somalia's ambassador, Abshir Guled, on Tuesday over the port of Lamu, and closed the consulate in Garissa for good."
    other = "Nairobi has expelled Abshir Guled, ambassador of Somalia, officials said; the consulate in Garissa was closed on Tuesday as well."
    again = "The expelled envoy Abshir Guled of Somalia left Kenya."
    store = kept(tmp_path / "s", [
        article("a", event("a-e01", "SANCTION", said, "expelled", mode=("expel",)), text=said, paper="Meridian"),
        article("b", event("b-e01", "SANCTION", said, "expelled", mode=("expel",)), text=said, paper="Herald"),
        article("c", event("c-e01", "SANCTION", other, "expelled", mode=("expel",)), event("c-e02", "SANCTION", again, "expelled", mode=("expel",)), text=f"{other} {again}", paper="Post"),
    ])  # fmt: skip
    before = events_of(store)
    match(store)
    after = events_of(store)

    assert before.refused["told by a copy"] == 1
    assert any("in no story yet" in note for note in before.notes)
    stories = {story.id: story for story in store.stories()}
    assert after.frame["n"].sum() == sum(len(origins(s.documents, {"b": "a"})) for s in stories.values())
    assert len(stories["s-a-e01"].reports) >= 2, "the two copies at least are one story"
    assert after.frame.filter(after.frame["id"] == "s-a-e01")["n"].item() == len(set(stories["s-a-e01"].documents) - {"b"})


def test_a_denial_is_no_witness_of_what_it_denies(tmp_path: Path) -> None:
    """Two papers tell of a killing, a third denies it: two reports, and the story is told as disputed; who asks for denials, too, gets three."""
    said = {"herald": "Kenya fired on Somalia's patrol.", "courier": "Somalia says that Kenyan forces fired on a patrol.", "denial": "Kenya denied that it fired."}
    statuses = {"denial": "negated"}
    tellings = [event(f"{paper}-e01", "ASSAULT", text, "fired", day=FIRST, status=statuses.get(paper, "actual")) for paper, text in said.items()]
    papers = [article(paper, told, text=said[paper], paper=paper) for paper, told in zip(said, tellings, strict=True)]
    store = kept(tmp_path / "s", [*papers, *acts(range(3), "CONSULT", ("FRA", "DEU"))])
    store.write_stories(1, [merged("s-herald-e01", [Told(told, facts(told.text_info.document)) for told in tellings])])
    found = related(store).relation("KEN", "SOM")

    assert (found.reports, sum(found.series.conflict)) == (2.0, 2.0)
    assert "reports 2, independent texts 2" in found.verdict.why
    assert [("whether it happened" in each.disputed, each.n) for each in found.movers] == [(True, 2.0)]
    assert related(store, statuses=("actual", "negated")).relation("KEN", "SOM").reports == 3.0


def test_copies_of_copies_go_back_to_one_text() -> None:
    """However long the chain, and whether or not the first text is in the story."""
    assert origins(["c", "b", "d"], {"c": "b", "b": "a"}) == {"a", "d"}


def test_a_store_that_cannot_be_written_is_answered(year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the fit cannot be kept, the answer is the same."""
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    before = related(open_store(year)).relation("FRA", "DEU")
    other = kept(tmp_path / "s", (c for c in _articles(year)))
    monkeypatch.setattr(Path, "mkdir", refuse)

    assert related(other).relation("FRA", "DEU").level == before.level
    assert not (other.folder / FOLDER).exists()


def _articles(folder: Path) -> list[Coded]:
    """What a store has, as it came."""
    store = open_store(folder)
    documents = {d.id: d for d in store.documents()}
    by: dict[str, list[Event]] = {}
    for each in store.records():
        by.setdefault(each.text_info.document, []).append(each)
    return [article_of(documents[name], *events) for name, events in by.items()]
