"""Which office and which sector title words name."""

from __future__ import annotations

import pytest

from detente.actors.titles import head_roles, role_of, sector_of


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("China's foreign minister", "foreign_minister"),
        ("Secretary of State", "foreign_minister"),
        ("the deputy foreign minister", "deputy"),
        ("the U.S. ambassador to China", "ambassador"),
        ("Minister of Foreign Affairs and Trade", "foreign_minister"),
        ("vice president", "vice_president"),
        ("Secretary of State for Defence", "defence_minister"),
        ("White House spokesman", "spokesperson"),
        ("the rebel leader", "other"),
        ("a green field", None),
    ],
)
def test_titles_name_offices(words: str, role: str | None) -> None:
    """The longest title decides, and a deputy does not hold the office."""
    assert role_of(words) == role


@pytest.mark.parametrize(
    ("words", "sector"),
    [
        ("Iraqi police", "COP"),
        ("U.S. troops", "MIL"),
        ("opposition lawmakers", "LEG"),
        ("the Supreme Court", "JUD"),
        ("Chechen rebels", "REB"),
        ("unidentified gunmen", "UAF"),
        ("protesters", "CVL"),
        ("student protesters", "CVL"),
        ("state media", "JRN"),
        ("the ruling party", "PTY"),
        ("refugees from Syria", "REF"),
        ("dock workers", "LAB"),
        ("an oil company", "BUS"),
        ("doctors", "MED"),
        ("the archbishop", "REL"),
        ("former President Jimmy Carter", "ELI"),
        ("government officials", "GOV"),
        ("the defense minister", "GOV"),
        ("a meadow", None),
    ],
)
def test_title_words_tell_the_sector(words: str, sector: str | None) -> None:
    """The words before the first preposition tell what people are."""
    assert sector_of(words) == sector


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ("the U.S. secretary of state", {"foreign_minister"}),
        ("Prime Minister and Defense Minister Avi Orr", {"head_of_government", "defence_minister"}),
        ("the prime minister, Avi Orr,", {"head_of_government"}),
        ("the president's spokesman", {"spokesperson"}),
        ("a spokesman for the president", {"spokesperson"}),
        ("his predecessor as president", set()),
        ("President-elect Orr", set()),
        ("the presidential candidate", set()),
        ("the secretary of state nominee", set()),
        ("the deputy foreign minister", set()),
        ("former President Orr", set()),
    ],
)
def test_only_the_head_of_a_phrase_holds_its_office(words: str, roles: set[str]) -> None:
    """Whoever speaks for an office, had it or will have it does not hold it; one person may hold two."""
    assert head_roles(words) == roles
