"""The table on the terminal: each record in few words, what is long goes on below where it began."""

from __future__ import annotations

import io
import re

import msgspec
from rich.console import Console

from detente.cli.printing import show_table
from detente.records import Coded
from tests.cli.test_page import checked, story


def shown(coded: Coded, *, width: int = 120) -> str:
    """The table as plain text, spaces at line ends taken off."""
    console = Console(file=io.StringIO(), width=width, no_color=True, highlight=False)
    show_table(coded, console)
    assert isinstance(console.file, io.StringIO)
    return re.sub(r" +$", "", console.file.getvalue(), flags=re.MULTILINE)


def test_each_record_is_a_line() -> None:
    """The event with its sentence below, then the quote, then the check."""
    assert shown(checked(story(title="Talks"))) == (
        "d  Talks  published 2023-05-08; 1 events, 1 quotes, 1 checks\n"
        "\n"
        " e01 CONSULT                IRN GOV Iran → OMN GOV Oman   2023-05-01 … 2023-05-08   actual   0.73\n"
        "     Iran met Oman in “Basra”.\n"
        "\n"
        " q01 IRN GOV Iran: “Basra”   direct, “met”\n"
        " k01 office contradicted: “Iran”   Iran\n"
        "\n"
    )


def test_a_dispute_is_called_so_once() -> None:
    """The check and its finding are one word there."""
    (check,) = checked(story()).checks
    disputed = msgspec.structs.replace(check, check="disputed", finding="disputed")

    assert " k01 disputed: “Iran”   Iran\n" in shown(msgspec.structs.replace(story(), checks=(disputed,)))


def test_long_lines_go_on_where_they_began() -> None:
    """On a narrow terminal no word stands under the numbers of the records."""
    lines = shown(story(), width=40).splitlines()

    assert all(len(line) <= 40 for line in lines)
    assert all(re.match(r" [eq]\d\d |     |$", line) for line in lines[2:])


def test_words_of_the_article_are_no_markup() -> None:
    """Square brackets in names and texts are printed as they are."""
    text = "Iran met Oman in “Basra” [red]or[/red] not."

    assert text in shown(story(text))


def test_a_document_without_records_is_one_line() -> None:
    """It was read, and there was nothing."""
    nothing = msgspec.structs.replace(story(), events=(), quotes=())

    assert shown(nothing) == "d  published 2023-05-08; 0 events, 0 quotes\n\n"
