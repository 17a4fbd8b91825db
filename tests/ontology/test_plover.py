"""PLOVER 2.0: names, classes and points of what is coded."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from detente.errors import UnknownCode
from detente.ontology import PLOVER


def test_the_package_has_the_projects_plover(shared: Path) -> None:
    """The names and points that ship are those of the codebook's own file."""
    packaged = Path(__file__).parents[2] / "src" / "detente" / "ontology" / "plover.json"

    assert json.loads(packaged.read_text(encoding="utf-8")) == json.loads(
        (shared / "plover.json").read_text(encoding="utf-8")
    )


def test_sixteen_types_and_their_classes() -> None:
    """PLOVER has sixteen types: four of verbal and three of material cooperation, four of verbal and five of material conflict."""
    by_class: dict[int, list[str]] = {}
    for name, kind in PLOVER.types.items():
        by_class.setdefault(kind.quad, []).append(name)

    assert by_class == {
        1: ["AGREE", "CONSULT", "SUPPORT", "CONCEDE"],
        2: ["COOPERATE", "AID", "RETREAT"],
        3: ["REQUEST", "ACCUSE", "REJECT", "THREATEN"],
        4: ["PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"],
    }


def test_cooperation_gains_points_and_conflict_loses_them() -> None:
    """No cooperative type costs points, no hostile one gains them, and none leaves the scale."""
    for name, kind in PLOVER.types.items():
        scores = [kind.score, *kind.modes.values()]
        assert all(-10 <= s <= 10 for s in scores), name
        assert kind.score >= 0 if kind.quad < 3 else kind.score <= 0, name


def test_a_mode_scores_before_its_type() -> None:
    """A visit is worth 4 points, a consultation of unknown kind 2.5."""
    assert PLOVER.score("CONSULT", "visit") == 4
    assert PLOVER.score("CONSULT", None) == 2.5


def test_accusations_are_hostile() -> None:
    """The manual prints ACCUSE as +3, a slip of sign against its own modes; here it is -3, and the file says so."""
    assert PLOVER.score("ACCUSE", None) == -3
    assert "slip" in PLOVER.notes["ACCUSE"]


@pytest.mark.parametrize(("code", "near"), [("CONSLT", "CONSULT"), ("sanction", "SANCTION"), ("PROTESTS", "PROTEST")])
def test_an_unknown_code_names_its_neighbours(code: str, near: str) -> None:
    """Whoever mistypes is told what is near; a word near nothing is told what there is."""
    with pytest.raises(UnknownCode, match=f"near:.*{near}"):
        PLOVER.kind(code)


def test_a_code_near_nothing_is_told_all() -> None:
    """All sixteen names follow."""
    with pytest.raises(UnknownCode) as caught:
        PLOVER.score("XYZ", None)

    assert all(name in str(caught.value) for name in PLOVER.types)


def test_every_plover_type_is_coded_under_its_own_name() -> None:
    """Without changes nothing is renamed, merged or dropped."""
    assert [PLOVER.named(t) for t in PLOVER.types] == list(PLOVER.types)
    assert PLOVER.mode("CONSULT", "visit") == "visit"


def test_the_ontology_cannot_be_changed() -> None:
    """Two readers of one process must score alike."""
    with pytest.raises(AttributeError):
        PLOVER.version = "3"  # type: ignore[misc]
    assert msgspec.json.decode(msgspec.json.encode(PLOVER), type=type(PLOVER)) == PLOVER
