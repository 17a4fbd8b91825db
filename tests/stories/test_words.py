"""Stems, weights and numbers of a sentence."""

from __future__ import annotations

import pytest

from detente.stories.senses import alike, sense
from detente.stories.words import names, numbers, stem, stems, tenths


@pytest.mark.parametrize(
    ("forms", "one"), [("met meeting meets", "meet"), ("shot shooting", "shoot"), ("killed killing kills", "kill"), ("Freed freedom", "free")]
)
def test_forms_of_one_word_have_one_stem(forms: str, one: str) -> None:
    """Irregular forms and nouns of the deed count as the verb."""
    assert {stem(word) for word in forms.split()} == {one}


def test_small_words_tell_nothing() -> None:
    """Articles, prepositions and "said" are left out."""
    assert stems("The minister said that he had met them in Rome") == [stem("minister"), "meet", stem("Rome")]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    """"President" stands in every third article, "Hodeidah" in hardly any."""
    assert tenths(stem("Hodeidah")) > tenths(stem("embassy")) > tenths(stem("president")) > 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Seven people died and 1,200 fled", [7, 1200]),
        ("on 14 March 2024 at 10:30 twenty-three were hurt", [23]),
        ("March 3, three dozen", [3, 12]),
        ("Nobody was hurt", []),
    ],
)
def test_numbers_are_counts_not_days(text: str, told: list[int]) -> None:
    """Figures and words alike; years, days of the month and hours are none."""
    assert [value for value, _ in numbers(text)] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The envoy met Abshir Guled in Nairobi on Tuesday", ["abshir", "gule", "nairobi"]),
        ("Soldiers left in March", []),
        ("Bukittinggi was flooded", ["bukittinggi"]),
    ],
)
def test_names_have_a_capital_and_are_no_days(text: str, told: list[str]) -> None:
    """The first word has a capital anyhow: it is a name only when it is rare."""
    assert names(text) == told


def test_words_of_one_meaning_lie_near_each_other() -> None:
    """"Arrested" is nearer to "detained" than to "praised", although it shares no letter pattern with it."""
    assert alike(sense([stem("arrested")]), sense([stem("detained")])) > 0.5
    assert alike(sense([stem("arrested")]), sense([stem("praised")])) < 0.3


def test_unknown_words_have_no_sense() -> None:
    """A name that the reader's pieces do not know is like nothing, itself not excepted."""
    assert alike(sense(["zzyzx"]), sense(["zzyzx"])) == 0.0
