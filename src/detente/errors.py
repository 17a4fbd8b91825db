"""The errors that Détente raises on purpose.

DetenteError
├── BadInput            a text that cannot be read as news; `reason` is countable
├── BadSetting          a setting, flag or date outside its range
├── BadOntology         a custom ontology that breaks a rule of the ontology
├── UnknownCode         a type, mode or sector that the ontology does not have
├── BadActorRow         a row of a user's actor table that breaks a rule
├── ModelProblem        the reader's folder is missing, damaged or of another version
└── StoreProblem        a store that is missing, damaged, newer, in use, or cannot be written

A message reads: subject = value, but rule; then the way out.
"""

from __future__ import annotations


class DetenteError(Exception):
    """Base of all: catch this to catch everything the program says on purpose.

    The facts are kept in `args`, so that an error survives a process pool.
    """


class BadInput(DetenteError):
    """A text that cannot be read as news.

    Args:
        source: File name, line or document id.
        reason: Countable kind of fault, such as "empty" or "not-english".
        detail: What is wrong and the way out, one sentence.
    """

    def __init__(self, source: str, reason: str, detail: str) -> None:
        super().__init__(source, reason, detail)
        self.source, self.reason, self.detail = source, reason, detail

    def __str__(self) -> str:
        return f"{self.source}: {self.detail}"


class _ValueBreaksRule(DetenteError):
    """Shared shape: `name` = `value`, but `rule`."""

    def __init__(self, name: str, value: object, rule: str) -> None:
        super().__init__(name, value, rule)
        self.name, self.value, self.rule = name, value, rule

    def __str__(self) -> str:
        return f"{self.name} = {self.value!r}, but {self.rule}"


class BadSetting(_ValueBreaksRule):
    """A setting, flag or date outside its range."""


class BadOntology(_ValueBreaksRule):
    """A custom ontology that breaks a rule of the ontology."""


class UnknownCode(_ValueBreaksRule):
    """A type, mode, context or sector that the ontology does not have; `rule` lists what is near."""


class BadActorRow(DetenteError):
    """A row of a user's actor table that breaks a rule.

    Args:
        file: The table.
        line: Line number from 1, the header included.
        rule: What must hold, and the way out.
    """

    def __init__(self, file: str, line: int, rule: str) -> None:
        super().__init__(file, line, rule)
        self.file, self.line, self.rule = file, line, rule

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}"


class ModelProblem(_ValueBreaksRule):
    """The reader's folder is missing, damaged or of another version."""


class StoreProblem(_ValueBreaksRule):
    """A store that is missing, damaged, of a newer version, in use by another writer, or cannot be written."""
