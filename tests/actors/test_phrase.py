"""What the words of a mention tell by their places in it."""

from __future__ import annotations

import pytest

from detente.actors import ActorBase
from detente.actors.phrase import without_office
from detente.records import Span


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("Secretary of State Tony Orr", "Tony Orr"),
        ("Secretary of State Orr", "Orr"),
        ("President of Latvia Valdis Orr", "Valdis Orr"),
        ("Minister of Regional Cooperation Esawi Orr", "Esawi Orr"),
        ("Minister of Defense Ana Maria Orr", "Ana Maria Orr"),
        ("Presidential Envoy for Climate John Orr", "John Orr"),
        ("Secretary of State for Management and Resources Brian P. Orr", "Brian P. Orr"),
        ("Ministry of Foreign Affairs Political Director Jan van der Orr", "Jan van der Orr"),
        ("Mayor of Qara Tappah, Serwan Orr", "Serwan Orr"),
        ("Antony J. Orr, Secretary of State", "Antony J. Orr"),
        ("Minister of Justice", None),
        ("Former Secretary", None),
        ("Prime Minister of New Zealand", None),
        ("Minister for Transport and Regional Services", None),
        ("President Orr", "President Orr"),
        ("Xavier of Holland", "Xavier of Holland"),
    ],
)
def test_an_office_is_no_part_of_a_name(base: ActorBase, marked: str, name: str | None) -> None:
    """Of what the reader marks as a person, the office and what it is of or for are left out; nobody is left of an office alone."""
    found = without_office(marked, Span(0, len(marked)), base.scan(marked))

    assert (found.of(marked) if found is not None else None) == name
