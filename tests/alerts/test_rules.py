"""ALERTS.toml: what may stand there, and what is said of what may not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from detente.alerts.rules import Atom, Dispute, Mail, Print, Rate, Rules, Turn, Webhook, rules_in
from detente.errors import BadSetting


def test_the_example_is_sound(root: Path) -> None:
    """The file in examples watches one relation, and prints."""
    rules = rules_in(root / "examples" / "alerts.toml")

    assert rules.turn == (Turn(("CHN", "USA")),)
    assert rules.rate == (Rate(("CHN", "USA"), "deeds-conflict", more_than=3, days=7),)
    assert rules.to == (Print(),)


def test_the_example_has_every_key(root: Path) -> None:
    """With the comment signs before its keys gone it is a file of rules in which each key of each kind stands."""
    written = (root / "examples" / "alerts.toml").read_text(encoding="utf-8")
    told = tomllib.loads(re.sub(r"^# (?=\[\[|\w+ = )", "", written, flags=re.MULTILINE))
    kinds: dict[str, type[msgspec.Struct]] = {"print": Print, "webhook": Webhook, "mail": Mail, "atom": Atom}

    assert set(told) | {"folder"} == {field.encode_name for field in msgspec.structs.fields(Rules)}
    for name, rule in (("turn", Turn), ("rate", Rate), ("dispute", Dispute)):
        assert set(told[name][0]) == {field.encode_name for field in msgspec.structs.fields(rule)}
    assert {to["kind"]: set(to) - {"kind"} for to in told["to"]} == {kind: {f.encode_name for f in msgspec.structs.fields(of)} for kind, of in kinds.items()}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "it watches nothing"),
        ('[[turn]]\npair = ["USA"]', "pair"),
        ('[[turn]]\npair = ["USA", "usa"]', "a relation is between two"),
        ('[[turn]]\npair = ["USA", "CHN"]\ncolour = "red"', "colour"),
        ('[[rate]]\npair = ["USA", "CHN"]\nclass = "deeds"\nmore_than = 3', "class = 'deeds', but it must be one of words-cooperation, deeds-cooperation, words-conflict, deeds-conflict"),
        ('[[rate]]\npair = ["USA", "CHN"]\nclass = "deeds-conflict"\nmore_than = 3\ndays = 0', "must be at least 1"),
        ('[[dispute]]\n[[to]]\nkind = "pigeon"', "pigeon"),
        ("turn = [", "docs/relations.md"),
    ],
)
def test_what_may_not_stand_there_is_named(tmp_path: Path, written: str, said: str) -> None:
    """One line that names the key, whatever is wrong."""
    file = tmp_path / "alerts.toml"
    file.write_text(written, encoding="utf-8")

    with pytest.raises(BadSetting, match=said):
        rules_in(file)


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    """No such file: one line."""
    with pytest.raises(BadSetting, match="cannot be read"):
        rules_in(tmp_path / "none.toml")
