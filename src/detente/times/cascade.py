"""A cascade of rules: each layer gathers neighbouring words into bigger ones, and the next layer works on those.

"three weeks before Christmas" becomes LENGTH before RECURRING, then one POINT. Longest match wins, then the earlier rule.
What a rule gathers is not worked out until somebody asks `Node.read`: finding needs no date of publication.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from detente.records import Interval
from detente.times.tokens import BREAK, OTHER, code_of, expression

MACROS = {
    "HEDGE": (
        "about|around|almost|nearly|some|roughly|approximately|only|just|over|more than|less than|fewer than|at least|"
        "at most|barely|exactly|under|up to|an estimated|well over|a little over|all|the whole"
    ),
    "COUNT": (
        "NUMBER DASH NUMBER|NUMBER (or|to|and) NUMBER|NUMBER (and a? half)?|a|an|half (a|an)|a? few|several|a? couple of?|"
        "a dozen|half a dozen|many|NUMBER DASH"
    ),
    "QUANTITY": "({HEDGE})* ({COUNT}) (full|whole|more|long|short|consecutive|straight|trading|working|business|calendar|and a half)?",
    "THE": "the|a|an|its|their|his|her|this|that",
}


class Now(NamedTuple):
    """From where the words look: day of publication, tense, and the date of what was told before."""

    published: dt.date | None
    tense: str
    anchor: Interval | None


class Node(NamedTuple):
    """A word, or several gathered into one."""

    words: tuple[str, ...]
    start: int
    end: int
    kind: str = "word"
    shown: bool = False  # whether it is a time expression in running text, without more
    meaning: Callable[[Now], Interval | None] | None = None

    def read(self, now: Now) -> Interval | None:
        """The days meant, or None when unknown."""
        return self.meaning(now) if self.meaning else None


class Found:
    """What a rule matched: the nodes behind each of its names."""

    def __init__(self, nodes: Sequence[Node], match: re.Match[str]) -> None:
        self._nodes, self._match = nodes, match
        self._names = match.re.groupindex

    def nodes(self, name: str) -> Sequence[Node]:
        """The nodes under `name`; none when that part is absent."""
        start, end = self._match.span(name) if name in self._names else (-1, -1)
        return self._nodes[start:end] if start >= 0 else ()

    def words(self, name: str) -> tuple[str, ...]:
        """The lower-cased words under `name`."""
        return tuple(word for node in self.nodes(name) for word in node.words)

    def word(self, name: str) -> str:
        """The words under `name`, with a space between; "" when absent."""
        return " ".join(self.words(name))

    def everything(self) -> tuple[str, ...]:
        """All words of the match."""
        part = self._nodes[self._match.start() : self._match.end()]
        return tuple(word for node in part for word in node.words)

    def when(self, name: str, now: Now) -> Interval | None:
        """What the node under `name` means."""
        nodes = self.nodes(name)
        return nodes[0].read(now) if nodes else None


Reader: TypeAlias = Callable[[Found, Now], Interval | None]


class Rule(NamedTuple):
    """One pattern of a layer, the kind of node that it makes, and what that means."""

    pattern: re.Pattern[str]
    kind: str
    shown: bool
    running: bool
    read: Reader


class Layer:
    """Rules that are tried together."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def rule(self, kind: str, *patterns: str, shown: bool = True, running: bool = True) -> Callable[[Reader], Reader]:
        """Add patterns that mean what the decorated function returns.

        Args:
            kind: What later layers call it.
            patterns: As `tokens.expression` reads them.
            shown: Whether it is a time expression in running text by itself, not only as part of a bigger one.
            running: Whether the rule is tried in running text at all, not only on words known to tell a time.
        """

        def add(read: Reader) -> Reader:
            for pattern in patterns:
                self._rules.append(Rule(re.compile(expression(pattern, MACROS)), kind, shown, running, read))
            return read

        return add

    @functools.cache  # noqa: B019 - three layers live as long as the program
    def _tried(self, *, running: bool) -> tuple[re.Pattern[str], list[Rule]]:
        """The rules to try, after a pattern that matches wherever one of them does: one search skips most of a text.

        No rule begins with a word that means nothing to the grammar: most words of a text are left before any rule is tried.
        """
        rules = [rule for rule in self._rules if rule.running or not running]
        bare = (re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in rules)
        return re.compile(rf"(?![{OTHER}{BREAK}])(?:{'|'.join(bare)})"), rules

    def gather(self, nodes: Sequence[Node], codes: str, *, running: bool) -> tuple[list[Node], str]:
        """The nodes after every longest match has become one node, and their characters. Linear in the nodes."""
        out: list[Node] = []
        out_codes: list[str] = []
        at = 0
        some, rules = self._tried(running=running)
        while hit := some.search(codes, at):
            match, rule = _longest(rules, codes, hit.start())
            out += [*nodes[at : hit.start()], _node(nodes, match, rule)]
            out_codes += [codes[at : hit.start()], code_of(f"<{rule.kind}>")]
            at = match.end()
        return [*out, *nodes[at:]], "".join([*out_codes, codes[at:]])


def _longest(rules: Sequence[Rule], codes: str, at: int) -> tuple[re.Match[str], Rule]:
    """The longest match at `at`, and its rule; of equals the first. At least one rule must match."""
    matches = ((rule.pattern.match(codes, at), rule) for rule in rules)
    return max(((match, rule) for match, rule in matches if match), key=lambda pair: pair[0].end())


def _node(nodes: Sequence[Node], match: re.Match[str], rule: Rule) -> Node:
    """The node that `rule` makes of what it matched."""
    part = nodes[match.start() : match.end()]
    found = Found(nodes, match)
    words = tuple(word for node in part for word in node.words)
    return Node(words, part[0].start, part[-1].end, rule.kind, rule.shown, lambda now: rule.read(found, now))
