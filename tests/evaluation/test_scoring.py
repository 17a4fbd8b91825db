"""The project's scorer measures exactly what the tool that came with the gold measures."""

from __future__ import annotations

import contextlib
import copy
import importlib.util
import io
import json
import random
import re
import warnings
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import scoring
from evaluation.scoring import LEVELS, Tally, compare

Row = dict[str, Any]

CODES = ("USA", "CHN", "UNO", None)
NAMES = ("Xi Jinping", "Nicholas Burns", "Burns", None)
DAYS = ("2023-05-01", "2023-05-08", "2023-06-20")
TYPES = ("CONSULT", "ACCUSE", "AGREE")
STATUSES = ("actual", "future", "negated")
WORDS = ("“we", "agree", "agree,", "no", "never”", "will")

entities = st.lists(
    st.fixed_dictionaries({"code": st.sampled_from(CODES), "name": st.sampled_from(NAMES), "sector": st.just("GOV")}),
    max_size=2,
)
intervals = st.none() | st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(sorted)
sentences = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
gold_events = st.fixed_dictionaries(
    {
        "type": st.lists(st.sampled_from(TYPES), min_size=1, max_size=2),
        "actor": entities,
        "recipient": entities,
        "reciprocal": st.booleans(),
        "date": intervals,
        "status": st.sampled_from(STATUSES),
        "evidence": st.just(""),
        "id": st.just("e"),
    },
    optional={
        "status_ok": st.lists(st.sampled_from(STATUSES)),
        "date_optional": st.booleans(),
        "required": st.booleans(),
    },
)
found_entities = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from(CODES),
            "name": st.sampled_from(NAMES),
            "entity_text": st.sampled_from(("Mr. Burns,", "he", "China")),
        }
    ),
    max_size=2,
)
found_events = st.builds(
    lambda row, days: (
        row | ({"date": None, "enddate": None} if days is None else {"date": days[0], "enddate": days[1]})
    ),
    st.fixed_dictionaries(
        {
            "event": st.lists(st.sampled_from(TYPES), min_size=1, max_size=1),
            "actor": found_entities,
            "recipient": found_entities,
            "status": st.sampled_from(STATUSES),
        }
    ),
    intervals,
)
gold_quotes = st.fixed_dictionaries({"text": sentences, "code": st.sampled_from(CODES)})
found_quotes = st.fixed_dictionaries(
    {"text": sentences, "speaker": st.none() | st.fixed_dictionaries({"code": st.sampled_from(CODES)})}
)


@pytest.fixture(scope="module")
def tool(shared: Path) -> ModuleType:
    """The scorer beside the repository, imported from its file."""
    place = importlib.util.spec_from_file_location("score_events", shared / "tools" / "score_events.py")
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def told_by(tool: ModuleType, folder: Path, golds: Path, records: list[Row]) -> dict[str, list[float]]:
    """The numbers that the tool prints, by the first word of the line."""
    (folder / "pred.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the tool leaves its files to the collector
        patch.setattr("sys.argv", ["score_events.py", str(golds), str(folder / "pred.jsonl")])
        tool.main()
    return {
        line.split()[0]: [float(n) for n in re.findall(r"(?<!\w)\d+(?:\.\d+)?", line)]
        for line in out.getvalue().splitlines()
    }


def told_by_us(tally: Tally, extra: int) -> dict[str, list[float]]:
    """The same numbers from a tally."""
    levels = {n: [round(f(n), 3) for f in (tally.precision, tally.recall, tally.f1)] for n in LEVELS}
    found, right, every = tally.quotes_found, tally.speakers_right, tally.quotes
    shares = [round(n / every, 3) if every else 0.0 for n in (found, right)]
    counts: dict[str, list[float]] = {
        "gold": [tally.required, tally.predicted, extra],
        "quotes": [found, every, shares[0], right, every, shares[1]],
    }
    return counts | levels


def assert_same(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> None:
    """Equal to the three digits that are printed."""
    assert ours.keys() == theirs.keys()
    for name, numbers in ours.items():
        assert numbers == pytest.approx(theirs[name], abs=0.0011), name


def perturbed(passage: Row, rng: random.Random) -> list[Row]:
    """Records such as a middling program would give for a passage: the gold with slips."""
    gold = scoring.from_wire(passage)
    info = {"document": gold["id"]}
    records: list[Row] = []
    for event in copy.deepcopy(gold["events"]):
        for party in (*event["actor"], *event["recipient"]):
            party["entity_text"] = party["name"] or "they"
            party["code"] = party["code"] if rng.random() < 0.9 else "FRA"
            party["name"] = party["name"] if rng.random() < 0.8 else None
        days = event["date"] if rng.random() < 0.8 else None
        records += [
            {
                "event": event["type"] if rng.random() < 0.85 else ["AGREE"],
                "actor": event["actor"],
                "recipient": event["recipient"] if rng.random() < 0.9 else [],
                "status": event["status"] if rng.random() < 0.9 else "future",
                "date": days and days[0],
                "enddate": days and days[1],
                "text_info": info,
            }
        ] * rng.choice((0, 1, 1, 1, 2))
    for quote in gold["quotes"]:
        words = quote["text"].split()
        text = " ".join(words[: rng.randint(1, len(words))])
        records.append(
            {"speaker": {"code": quote["code"]} if rng.random() < 0.8 else None, "text": text, "text_info": info}
        )
    return records


@given(gold_events, found_events)
def test_levels_agree(tool: ModuleType, gold: Row, found: Row) -> None:
    """How many levels a record reaches against a gold event."""
    assert scoring.level(gold, found) == tool.level(gold, found)


@given(st.lists(gold_events, max_size=5), st.lists(found_events, max_size=5))
def test_pairs_agree(tool: ModuleType, golds: list[Row], found: list[Row]) -> None:
    """Which record is paired with which gold event."""
    assert scoring.matched(golds, found) == tool.match(golds, found)


@given(gold_quotes, found_quotes)
def test_quotes_agree(tool: ModuleType, gold: Row, found: Row) -> None:
    """Whether a quote is found, and whether its speaker is right."""
    assert scoring.quote_hit(gold, found) == tuple(map(bool, tool.quote_hit(gold, found)))


@settings(max_examples=50)
@given(
    st.lists(gold_events, max_size=4),
    st.lists(gold_quotes, max_size=3),
    st.lists(found_events, max_size=4),
    st.lists(found_quotes, max_size=3),
)
def test_printed_numbers_agree(
    tool: ModuleType,
    tmp_path_factory: pytest.TempPathFactory,
    golds: list[Row],
    quotes: list[Row],
    events: list[Row],
    said: list[Row],
) -> None:
    """One article from file to table: precision, recall, F1 at each level, quotes and speakers."""
    folder = tmp_path_factory.mktemp("gold")
    gold = {"id": "d", "published": "2023-05-08", "events": golds, "quotes": quotes}
    (folder / "gold.json").write_text(json.dumps(gold), encoding="utf-8")
    tally, _, extra = compare(gold, events, said)
    records = [r | {"text_info": {"document": "d"}} for r in (*events, *said)]

    assert_same(told_by_us(tally, len(extra)), told_by(tool, folder, folder / "gold.json", records))


@pytest.mark.parametrize("name", ["n1", "v1", "w1"])
def test_wire_passages_agree(tool: ModuleType, shared: Path, tmp_path: Path, name: str) -> None:
    """Real passages, with the gold full of slips as the program's answer: every printed number is ours too."""
    file = shared / "wire" / f"{name}.jsonl"
    passages = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rng = random.Random(7)
    records = {p["id"]: perturbed(p, rng) for p in passages}
    total, extra = Tally(), 0
    for gold in scoring.gold_documents(file):
        events = [r for r in records[gold["id"]] if "event" in r]
        tally, _, more = compare(gold, events, [r for r in records[gold["id"]] if "event" not in r])
        total, extra = total + tally, extra + len(more)

    assert_same(told_by_us(total, extra), told_by(tool, tmp_path, file, [r for rows in records.values() for r in rows]))
    assert 0.4 < total.f1("core") < 0.95  # neither all right nor all wrong, or the test would show nothing


def test_gold_against_itself_is_perfect(shared: Path) -> None:
    """Whoever answers with the gold reaches every level."""
    (gold,) = scoring.gold_documents(shared / "seed" / "gold.json")
    answers = [
        e | {"event": e["type"], "date": e["date"] and e["date"][0], "enddate": e["date"] and e["date"][1]}
        for e in gold["events"]
    ]
    quotes = [{"text": q["text"], "speaker": {"code": q.get("code")}} for q in gold["quotes"]]
    tally, pairs, extra = compare(gold, answers, quotes)

    assert {n: tally.recall(n) for n in LEVELS} == dict.fromkeys(LEVELS, 1.0)
    assert (tally.quotes, tally.quotes_found, tally.speakers_right) == (12, 12, 12)
    assert len(pairs) == len(gold["events"])
    assert extra == []


def test_nothing_found_scores_nothing() -> None:
    """No division by nothing: without answers precision and recall are 0, and so is F1."""
    tally, _, _ = compare({"events": [], "quotes": []}, [], [])

    assert (tally.precision("core"), tally.recall("core"), tally.f1("core")) == (0.0, 0.0, 0.0)


def test_the_interval_holds_the_score() -> None:
    """The bootstrap over documents brackets the F1 of all of them, and the same seed gives the same bounds."""
    one = Tally(required=2, predicted=2, hits=Counter(core=1), right=Counter(core=1))
    two = Tally(required=2, predicted=2, hits=Counter(core=2), right=Counter(core=2))
    low, high = scoring.interval([one, two] * 10, "core")

    assert low <= 0.75 <= high
    assert (low, high) == scoring.interval([one, two] * 10, "core")
    assert low < high
