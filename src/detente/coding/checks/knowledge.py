"""What the checks must know about the world. The stage of actors knows it; the pipeline hands it in."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from detente.records import Span


class Tenure(Protocol):
    """Somebody in an office, from `first` to `last`, both inside, None where nobody knows.

    `person` is an identifier, or whatever else tells the person from all others; `post` names the office for comparing and is None for offices that several
    people hold at once; `words` name it for people. `firm`: both days are known and come from a source kept to the day.
    """

    @property
    def person(self) -> str: ...  # noqa: D102 - told above
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def post(self) -> str | None: ...  # noqa: D102
    @property
    def words(self) -> str: ...  # noqa: D102
    @property
    def first(self) -> dt.date | None: ...  # noqa: D102
    @property
    def last(self) -> dt.date | None: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def firm(self) -> bool: ...  # noqa: D102


class Title(Protocol):
    """Title words beside a name: where, the post they name (None: no single one), and whether they say that it is over."""

    @property
    def span(self) -> Span: ...  # noqa: D102 - told above
    @property
    def post(self) -> str | None: ...  # noqa: D102
    @property
    def former(self) -> bool: ...  # noqa: D102


class Knowledge(Protocol):
    """Who is who and who held what. A post is one string: role:state, for an ambassador ambassador:sender:host."""

    def identify(self, name: str) -> str | None:
        """Identifier, or what stands for it, of the person whom a full name surely means, else None."""
        ...

    def nearly(self, name: str, post: str, *, on: dt.date | None) -> Tenure | None:
        """Who held the post on that day (at any time when None) and has nearly, but not quite, that full name."""
        ...

    def bare(self, text: str, name: Span) -> Span:
        """The name without title words before it, and a nation before those."""
        ...

    def title(self, text: str, name: Span, *, owner: str | None) -> Title | None:
        """The title beside a name, or None; `owner` is the named person's state, for titles that name none."""
        ...

    def post(self, words: str, *, owner: str | None) -> str | None:
        """The post that title words name, or None."""
        ...

    def held_by(self, person: str, name: str) -> tuple[Tenure, ...]:
        """Every office that the person of that identifier and usual name is known to have held."""
        ...

    def holders(self, post: str, *, on: dt.date) -> tuple[Tenure, ...]:
        """Whoever is known to have held the post on that day."""
        ...
