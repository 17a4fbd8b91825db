"""The relations of a store: happenings counted once for each independent text, a fit that is kept until something is added."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detente import relating
from detente.errors import BadSetting, StoreProblem
from detente.matching import match
from detente.records import Coded, Event
from detente.relating import FOLDER, events_of, origins, related
from detente.relations import pooled
from detente.relations.panel import Panel
from detente.relations.relation import Relation, of_pair, relation
from detente.relations.tables import checked, rows_of
from detente.review import Reviewed
from detente.review.correcting import corrected
from detente.review.standing import Changes
from detente.store import Store, open_store
from detente.stories.merged import Told, merged
from tests.keeping import FIRST, acts, article, article_of, kept, marked, said
from tests.stories.telling import event, facts, party

MISSED = "Turkey shelled a Greek island."


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


# --- after people ---------------------------------------------------------------------------------------


def quarrel(folder: Path) -> Store:
    """Greece quarrels with Turkey each third day of 120, France talks to Germany each second day; a document of which the program made nothing."""
    return kept(folder, [*acts(range(0, 120, 3)), *acts(range(0, 120, 2), "CONSULT", ("FRA", "DEU"), "z"), article("m", text=MISSED, day=FIRST + dt.timedelta(99))])


def told(store: Store, a: str = "GRC", b: str = "TUR") -> Relation:
    """The relation as it stands."""
    return related(open_store(store.folder)).relation(a, b)


def test_a_rejected_event_moves_no_relation(tmp_path: Path) -> None:
    """It is neither counted nor told as what moved most; taken back, all is as before; what the program said can still be asked for."""
    store = quarrel(tmp_path / "s")
    before = told(store)
    newest = before.movers[0].id
    said(store, str(newest))
    after = told(store)

    assert after.reports == before.reports - 1
    assert newest not in [event.id for event in after.movers]
    assert related(Reviewed(open_store(store.folder), as_coded=True)).relation("GRC", "TUR") == before
    said(store, str(newest), "unsure")
    assert told(store) == before


def test_a_corrected_event_moves_the_pair_that_it_is_of_now(tmp_path: Path) -> None:
    """Another recipient: a report less there, one more here, with its sentence; a pair that was none before has a relation."""
    store = quarrel(tmp_path / "s")
    before, other = told(store), told(store, "FRA", "DEU")
    said(store, "x0003-e01", field="recipient", correction="BGR")
    said(store, "z0004-e01", field="actor", correction="GRC")
    said(store, "z0004-e01", field="recipient", correction="TUR")

    assert (told(store).reports, told(store, "FRA", "DEU").reports) == (before.reports, other.reports - 1)
    assert [(event.id, event.text is not None) for event in told(store, "GRC", "BGR").movers] == [("x0003-e01", True)]
    assert related(open_store(store.folder)).changes(("GRC", "TUR")) == Changes(moved=1, corrected=1)
    for record in ("x0003-e01", "z0004-e01"):
        said(store, record)
    assert told(store).reports == before.reports - 1
    with pytest.raises(BadSetting, match="no event has it; near: "):
        told(store, "GRC", "BGR")


def test_a_marked_event_counts_in_its_relation(tmp_path: Path) -> None:
    """As one report, with the sentence that somebody marked."""
    store = quarrel(tmp_path / "s")
    before = told(store)
    marked(store, event("m-m4", "ASSAULT", MISSED, "shelled", day=FIRST + dt.timedelta(99), actor=(party("TUR"),), recipient=(party("GRC"),)))
    after = told(store)

    assert after.reports == before.reports + 1
    assert ("m-m4", MISSED) in [(event.id, event.text) for event in after.movers]


def test_other_pairs_keep_the_answer_that_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One judgement fits nothing anew: neither what all share, nor the relation of a pair that it is not about."""
    store = quarrel(tmp_path / "s")
    for pair in (("GRC", "TUR"), ("FRA", "DEU")):
        told(store, *pair)
    said(store, "x0003-e01")
    fitted: list[str] = []

    def worked(*asked: Any, **more: Any) -> Relation:
        fitted.append(asked[1])
        return of_pair(*asked, **more)

    monkeypatch.setattr(pooled, "pooled", lambda _: pytest.fail("what all share is fitted anew"))
    monkeypatch.setattr(relating, "of_pair", worked)

    told(store, "FRA", "DEU")
    assert fitted == []
    told(store)
    assert fitted == ["GRC"]


def test_a_day_that_was_misread_stretches_no_relation(tmp_path: Path) -> None:
    """Rejected, or put right, the last day of all is again that of the news; a day to which people move an event counts, too."""
    store = quarrel(tmp_path / "s")
    kept(store.folder, acts([4000], tag="y"))
    last = FIRST + dt.timedelta(118)
    assert told(store).last == FIRST + dt.timedelta(4000)

    said(store, "y4000-e01", field="date", correction=last.isoformat())
    assert (told(store).last, told(store, "FRA", "DEU").last) == (last, last)
    said(store, "y4000-e01", field="date", correction="2025-05-09")
    assert told(store).last == dt.date(2025, 5, 9)
    assert related(open_store(store.folder)).last == dt.date(2025, 5, 9)
    assert told(store).reports == 41


def test_a_store_after_people_is_one_that_the_program_told_so(tmp_path: Path) -> None:
    """Stories with reports rejected, corrected or all gone, copies, events in no story and marked ones: the rows are those of a store whose events were told as people say."""
    texts = {name: f"Kenya fired on Somalia's patrol, said the {name}." for name in ("a", "b", "c", "d", "e", "f", "g", "h")} | {"k": "Kenya fired on Somalia's patrol, said the a."}
    coded = {name: event(f"{name}-e01", "ASSAULT", text, "fired", day=FIRST) for name, text in texts.items()}
    marks = event("f-m4", "ACCUSE", texts["f"], "said", day=FIRST, recipient=(party("ETH"),))
    correct: dict[str, dict[str, str | None]] = {"b": {"status": "negated"}, "c": {"recipient": "ETH"}, "e": {"recipient": "ETH"}, "g": {"date": "2025-01"}, "k": {"type": "THREATEN"}}
    joined = {"s-a-e01": "abck", "s-d-e01": "d", "s-e-e01": "e", "s-h-e01": "h"}
    others = acts(range(10), "CONSULT", ("FRA", "DEU"))
    after = {name: corrected(told, correct.get(name, {})) for name, told in coded.items() if name not in ("a", "d")}

    def store_of(place: str, tellings: dict[str, Event], *more: Event) -> Store:
        papers = [article(name, *([tellings[name]] if name in tellings else []), *(e for e in more if e.text_info.document == name), text=text) for name, text in texts.items()]
        store = kept(tmp_path / place, [*papers, *others])
        copies = dict(store.query("SELECT id, copy_of FROM documents").iter_rows())
        groups = {story: [Told(tellings[name], facts(name, FIRST, copy_of=copies[name])) for name in names if name in tellings] for story, names in joined.items()}
        store.write_stories(1, [merged(story, group) for story, group in groups.items() if group])
        return store

    judged, plain = store_of("judged", coded), store_of("plain", after, marks)
    for name in ("a", "d"):
        said(judged, f"{name}-e01")
    for name, fields in correct.items():
        for field, correction in fields.items():
            said(judged, f"{name}-e01", field=field, correction=correction)
    marked(judged, marks)

    for statuses in (("actual",), ("actual", "negated")):
        found, wanted = related(open_store(judged.folder), statuses=statuses), related(plain, statuses=statuses)
        assert found.events().frame.equals(wanted.events().frame), statuses
        assert found.rows == wanted.rows
    assert {s.id: s for s in Reviewed(open_store(judged.folder)).stories()} == {s.id: s for s in plain.stories()}


def _articles(folder: Path) -> list[Coded]:
    """What a store has, as it came."""
    store = open_store(folder)
    documents = {d.id: d for d in store.documents()}
    by: dict[str, list[Event]] = {}
    for each in store.records():
        by.setdefault(each.text_info.document, []).append(each)
    return [article_of(documents[name], *events) for name, events in by.items()]
