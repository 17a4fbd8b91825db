"""Ontologies that users make of PLOVER: what they may change, and what they are told when they may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadOntology
from detente.ontology import PLOVER, Ontology, load_ontology
from detente.ontology.custom import Change, File, custom


def load(folder: Path, toml: str) -> Ontology:
    """The ontology of a file that says `toml`."""
    file = folder / "mine.toml"
    file.write_text(toml, encoding="utf-8")
    return load_ontology(file)


def test_an_empty_file_is_plover_under_another_name(tmp_path: Path) -> None:
    """Nothing said, nothing changed but the name that records carry."""
    mine = load(tmp_path, "")

    assert (mine.ontology, mine.version) == ("CUSTOM", "1")
    assert mine.types == PLOVER.types
    assert [mine.named(t) for t in PLOVER.types] == list(PLOVER.types)


def test_a_type_is_renamed(tmp_path: Path) -> None:
    """The reader's ACCUSE is coded as CRITICISE, with its class, points and modes."""
    mine = load(tmp_path, '[types.ACCUSE]\nname = "CRITICISE"')

    assert mine.named("ACCUSE") == "CRITICISE"
    assert mine.kind("CRITICISE") == PLOVER.kind("ACCUSE")
    assert "ACCUSE" not in mine.types


def test_points_are_changed(tmp_path: Path) -> None:
    """Of a type, and of a mode; what is not named keeps its points."""
    mine = load(tmp_path, "[types.ACCUSE]\nscore = -2.5\nmodes = {allege = -4}")

    assert mine.score("ACCUSE", None) == -2.5
    assert mine.score("ACCUSE", "allege") == -4
    assert mine.score("ACCUSE", "disapprove") == PLOVER.score("ACCUSE", "disapprove")


def test_a_type_is_merged(tmp_path: Path) -> None:
    """REJECT is coded as ACCUSE with ACCUSE's points; its own modes end, since another type's mode may have the same name."""
    mine = load(tmp_path, '[types.REJECT]\nmerge = "ACCUSE"')

    assert mine.named("REJECT") == mine.named("ACCUSE") == "ACCUSE"
    assert "REJECT" not in mine.types
    assert mine.mode("REJECT", "meet") is None
    assert mine.mode("ACCUSE", "allege") == "allege"


def test_a_type_is_merged_into_a_renamed_one(tmp_path: Path) -> None:
    """The new name counts, in whatever order the file says it."""
    mine = load(tmp_path, '[types.REJECT]\nmerge = "CRITICISE"\n[types.ACCUSE]\nname = "CRITICISE"')

    assert mine.named("REJECT") == mine.named("ACCUSE") == "CRITICISE"


def test_a_type_is_dropped(tmp_path: Path) -> None:
    """It is no longer coded, and has no name."""
    mine = load(tmp_path, "[types.PROTEST]\ndrop = true")

    assert mine.named("PROTEST") is None
    assert "PROTEST" not in mine.types


def test_two_types_change_names(tmp_path: Path) -> None:
    """A name is free once its owner is called otherwise."""
    mine = load(tmp_path, '[types.AID]\nname = "COOPERATE"\n[types.COOPERATE]\nname = "AID"')

    assert (mine.named("AID"), mine.named("COOPERATE")) == ("COOPERATE", "AID")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("types = [", r"mine\.toml', but it is no ontology file: "),
        ("[types.ACCUSE]\ncolour = 'red'", r"it is no ontology file: .*`colour`"),
        ("[kinds.ACCUSE]\ndrop = true", r"it is no ontology file: .*`kinds`"),
        ("[types.ACCUSE]\nscore = 'low'", r"it is no ontology file: .*float.*score"),
        ("[types.ACUSE]\ndrop = true", r"types = 'ACUSE', but PLOVER has no such type; near: ACCUSE"),
        (
            "[types.ACCUSE]\nname = 'REJECT'",
            r"types\.REJECT\.name = 'REJECT', but another type has that name; use merge",
        ),
        ("[types.ACCUSE]\nname = ''", r"types\.ACCUSE\.name = '', but a name is letters"),
        ("[types.ACCUSE]\nname = 'a|b'", r"types\.ACCUSE\.name = 'a\|b', but a name is letters"),
        (
            "[types.ACCUSE]\nmerge = 'REJCT'",
            r"types\.ACCUSE\.merge = 'REJCT', but no type of this ontology has that name; near: REJECT",
        ),
        (
            "[types.ACCUSE]\nmerge = 'ACCUSE'",
            r"types\.ACCUSE\.merge = 'ACCUSE', but no type of this ontology has that name",
        ),
        (
            "[types.ACCUSE]\nmerge = 'REJECT'\n[types.REJECT]\ndrop = true",
            r"types\.ACCUSE\.merge = 'REJECT', but no type of this",
        ),
        (
            "[types.ACCUSE]\nmerge = 'REJECT'\n[types.REJECT]\nmerge = 'ACCUSE'",
            r"types\.ACCUSE\.merge = 'REJECT', but no type",
        ),
        (
            "[types.ACCUSE]\nmerge = 'REJECT'\nscore = -1",
            r"types\.ACCUSE = 'merge', but a type with merge has no name, score",
        ),
        ("[types.ACCUSE]\ndrop = true\nname = 'X'", r"types\.ACCUSE = 'drop', but a type with drop has no name, score"),
        ("[types.ACCUSE]\ndrop = true\nmerge = 'REJECT'", r"types\.ACCUSE = 'merge', but"),
        ("[types.ACCUSE]\nscore = -10.5", r"types\.ACCUSE\.score = -10\.5, but points run from -10 \(hostile\) to 10"),
        ("[types.ACCUSE]\nscore = nan", r"types\.ACCUSE\.score = nan, but points run"),
        ("[types.ACCUSE]\nmodes = {allege = 11}", r"types\.ACCUSE\.modes\.allege = 11\.0, but points run"),
        (
            "[types.ACCUSE]\nmodes = {aledge = -1}",
            r"types\.ACCUSE\.modes = 'aledge', but ACCUSE has no such mode; near|known",
        ),
    ],
)
def test_each_broken_rule_is_told(tmp_path: Path, toml: str, message: str) -> None:
    """The message names the entry, its value, the rule and the way out."""
    with pytest.raises(BadOntology) as caught:
        load(tmp_path, toml)

    assert re.search(message, str(caught.value)), str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """In one sentence, without a traceback."""
    with pytest.raises(BadOntology, match="cannot be read: No such file"):
        load_ontology(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """A Parquet file named as ontology, say."""
    file = tmp_path / "mine.toml"
    file.write_bytes(b"PAR1\xff\xfe")

    with pytest.raises(BadOntology, match="no ontology file"):
        load_ontology(file)


def test_the_example_is_an_ontology(root: Path) -> None:
    """The file that the docs show loads."""
    mine = load_ontology(root / "examples" / "ontology.toml")

    assert mine.ontology == "NEIGHBOURS"
    assert mine.named("REJECT") == "CRITICISE"
    assert mine.named("PROTEST") is None


changes = st.dictionaries(
    st.sampled_from(list(PLOVER.types)),
    st.one_of(
        st.just(Change(drop=True)),
        st.builds(lambda into: Change(merge=into), st.sampled_from(list(PLOVER.types))),
        st.builds(lambda score: Change(score=score), st.floats(-10, 10)),
        st.builds(lambda name: Change(name=name), st.sampled_from(["A", "B", "AID", "ACCUSE"])),
    ),
)


@given(changes)
def test_whatever_is_accepted_can_code_everything(types: dict[str, Change]) -> None:
    """Every PLOVER type with every mode has a name and points in the ontology, or is dropped and nothing else."""
    try:
        mine = custom(File(types=types))
    except BadOntology:
        return
    for plover, kind in PLOVER.types.items():
        name = mine.named(plover)
        assert (name is None) == types.get(plover, Change()).drop
        for mode in (None, *kind.modes):
            if name is not None:
                assert -10 <= mine.score(name, mine.mode(plover, mode)) <= 10
                assert mine.mode(plover, mode) is None or mode in mine.kind(name).modes
