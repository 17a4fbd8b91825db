"""Which office a title of a source is."""

from __future__ import annotations

import pytest

from detente.actors.ingest.roles import office, without_state


class Brazil:
    """Knows one state by its names."""

    def code(self, name: str) -> str | None:
        """Brazil's code for Brazil's names."""
        return "BRA" if name in ("Brazil", "Federative Republic of Brazil") else None


@pytest.mark.parametrize(
    ("title", "code", "role"),
    [
        ("President of the Republic", "FRA", "head_of_state"),
        ("Secretary of State", "USA", "foreign_minister"),
        ("Secretary of State of Texas", "USA", "other"),
        ("Counselor to the President", "USA", "other"),
        ("spouse of the President", "USA", "other"),
        ("Secretary General of the Presidency", "FRA", "other"),
        ("Secretary-General of the United Nations", "UNO", "head_of_state"),
        ("Chancellor of the Duchy of Lancaster", "GBR", "other"),
        ("Chancellor of the Exchequer", "GBR", "finance_minister"),
        ("Lord Chancellor", "GBR", "other"),
        ("Federal Chancellor", "DEU", "head_of_government"),
        ("President of Azad Kashmir", "PAK", "other"),
        ("State Minister of Finance for Planning", "UGA", "other"),
        ("Minister for Defence Materiel", "AUS", "other"),
        ("Deputy Prime Minister and Minister of Foreign Affairs", "FIN", "foreign_minister"),
        ("Chairman of the Cabinet of Ministers (Prime Minister)", "KGZ", "head_of_government"),
        ("Vice-President of the Senate", "ITA", "other"),
        ("Minister of Foreign Affairs (acting)", "CHN", "foreign_minister"),
    ],
)
def test_only_the_office_itself_has_its_role(title: str, code: str, role: str) -> None:
    """Advisers, parts of states and branches of ministries are other offices."""
    assert office(title, code, "", "", "hand").role == role


def test_a_title_may_end_in_its_own_states_name() -> None:
    """The president of Brazil is Brazil's president, the president of the Bank of Brazil is not."""
    assert office("President of Brazil", "BRA", "", "", "hand", states=Brazil()).role == "head_of_state"
    assert without_state("President of the Federative Republic of Brazil", "BRA", Brazil()) == "President"
    assert office("President of Minas Gerais", "BRA", "", "", "hand", states=Brazil()).role == "other"
