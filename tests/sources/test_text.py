"""What is news, and what is refused with which reason."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput, BadSetting
from detente.sources.text import (
    MOST_CHARACTERS,
    checked,
    day_of,
    decoded,
    document_of,
    from_future,
    language_of,
    not_ahead,
)

NEWS = "The foreign minister of France met her German counterpart in Berlin on Monday to talk about the war in Ukraine."


def refusal(text: str) -> BadInput:
    """The refusal of a text."""
    with pytest.raises(BadInput) as caught:
        checked(text, "a.txt")
    return caught.value


@pytest.mark.parametrize("text", ["", " ", "\n\t\n", "\u00a0\u2003"])
def test_a_text_of_white_space_is_empty(text: str) -> None:
    """Nothing to read is said so, and does not become a document without events."""
    assert refusal(text).reason == "empty"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_utf8_text_comes_back_as_it_was(text: str) -> None:
    """Decoding changes no character, so that offsets count in the file's own text; only a mark at its head goes."""
    if "\x00" not in text:
        kept = text.removeprefix("\ufeff")
        assert decoded(kept.encode(), "a.txt") == decoded(b"\xef\xbb\xbf" + kept.encode(), "a.txt") == kept


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_utf16_with_a_mark_is_read(text: str) -> None:
    """What Windows programs save as "Unicode" is text too."""
    assert decoded(text.encode("utf-16"), "a.txt") == text


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.7\n%\xe2\xe3",
        b"PK\x03\x04word/document.xml",
        b"\x89PNG\r\n",
        b"\x1f\x8b\x08",
        b"\xff\xd8\xff\xe0",
        b"abc\x00\x00def",
    ],
)
def test_bytes_of_other_kinds_are_binary(raw: bytes) -> None:
    """A PDF or Word file is named for what it is, not for the first byte that is no UTF-8."""
    with pytest.raises(BadInput) as caught:
        decoded(raw, "a.pdf")

    assert caught.value.reason == "binary"


@pytest.mark.parametrize(
    ("raw", "at", "byte"),
    [
        ("Señor Ames".encode("latin-1"), 2, "f1"),
        (b"\xef\xbb\xbfThe caf\xe9", 10, "e9"),
        (b"plain \x93quoted\x94", 6, "93"),
    ],
)
def test_a_wrong_encoding_is_told_with_its_byte(raw: bytes, at: int, byte: str) -> None:
    """The offset counts in the file's bytes, so that `xxd` finds it, and the message says how to convert."""
    with pytest.raises(BadInput) as caught:
        decoded(raw, "a.txt")

    assert caught.value.reason == "encoding"
    assert f"byte {at} is 0x{byte}" in str(caught.value)
    assert "iconv" in str(caught.value)
    assert raw[at] == int(byte, 16)


def test_broken_utf16_is_told_with_its_byte() -> None:
    """A UTF-16 file that breaks off is no text."""
    with pytest.raises(BadInput) as caught:
        decoded("ab".encode("utf-16")[:-1], "a.txt")

    assert caught.value.reason == "encoding"
    assert "byte 4" in str(caught.value)


def test_half_a_character_is_no_text() -> None:
    """A lone surrogate cannot be written as UTF-8 again, so that no record could quote it."""
    assert refusal(NEWS + " \ud83d").reason == "encoding"


def test_control_characters_are_binary() -> None:
    """A file that decodes by chance is told by its control characters; a stray one in a text does no harm."""
    assert refusal("\x01\x02\x03abc" * 20).reason == "binary"
    assert checked(NEWS + "\x0c", "a.txt")


@pytest.mark.parametrize(
    "text",
    [
        f"<!DOCTYPE html><html><head><title>T</title></head><body><p>{NEWS}</p></body></html>",
        f'<div class="story">\n<p>{NEWS}</p>\n<a href="/next">Next</a></div>',
        f"<p>{NEWS}</p>\n" * 5,
    ],
)
def test_html_is_refused(text: str) -> None:
    """Tags would be read as words and shift every sentence; the message names a tool that extracts the text."""
    assert refusal(text).reason == "html"
    assert "trafilatura" in str(refusal(text))


@pytest.mark.parametrize(
    "text", [f"{NEWS} He wrote a <b>bold</b> word.", f"5 < 6 and 7 > 6. {NEWS}", f"{NEWS} See <https://example.org>."]
)
def test_angle_brackets_alone_are_no_html(text: str) -> None:
    """News that quotes a tag, compares numbers or gives an address is read."""
    assert checked(text, "a.txt") == text


def test_an_endless_text_is_no_article() -> None:
    """A text beyond the limit is refused rather than read for an hour."""
    assert refusal("a " * (MOST_CHARACTERS // 2 + 1)).reason == "too-long"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Le ministre français des Affaires étrangères a rencontré lundi son homologue allemand à Berlin pour parler de la guerre.",
            "fr",
        ),
        (
            "Der deutsche Außenminister traf am Montag in Berlin seine französische Kollegin und sprach mit ihr über den Krieg.",
            "de",
        ),
        (
            "El ministro de Exteriores se reunió el lunes en Madrid con su homólogo chileno para hablar de la guerra en Ucrania.",
            "es",
        ),
        ("Президент России встретился с канцлером Германии", "ru"),
        ("中国外交部长星期一在北京会见了美国大使，双方讨论了台湾问题。", "zh"),
        ("التقى وزير الخارجية المصري نظيره السوداني في القاهرة يوم الاثنين", "ar"),
        ("Di police don arrest three men wey dem say kill one woman for Lagos on Sunday night.", "pcm"),
    ],
)
def test_other_languages_are_refused(text: str, code: str) -> None:
    """The reader knows English only, and says which language it was given."""
    assert language_of(text) == code
    assert refusal(text).reason == "not-english"
    assert repr(code) in str(refusal(text))


@pytest.mark.parametrize(
    "text",
    [
        NEWS,
        NEWS.upper(),
        "Qin met Burns.",
        "Lavrov, Wang meet in Moscow",
        "NATO Secretary General Jens Stoltenberg met Turkish President Recep Tayyip Erdogan in Ankara on Tuesday. Stoltenberg urged Russia to show restraint.",
        "Canadian Prime Minister Justin Trudeau met German Chancellor Angela Merkel on Tuesday. Trudeau praised Germany.",
        "Justin Trudeau met Angela Merkel in Ottawa. Trudeau praised Merkel.",
        "Nigerian President Muhammadu Buhari met Ghanaian President John Mahama in Abuja on Tuesday. Buhari urged Cameroon to send troops.",
        "Benjamin Netanyahu phoned Vladimir Putin. Netanyahu thanked Putin. Moscow denied sending Hezbollah missiles.",
        "President Xi Jinping (习近平) received the prime minister of Laos, and the two men spoke of the new railway for an hour.",
    ],
)
def test_english_is_read(text: str) -> None:
    """Capital wire copy, headlines, many foreign names and words between brackets are English all the same."""
    assert checked(text, "a.txt") == text


def test_a_text_without_a_date_is_read() -> None:
    """Nobody is asked for the day of publication: relative dates stay unknown without it."""
    assert document_of(NEWS, "a.txt").published is None


def test_a_document_without_a_name_is_named_by_its_text() -> None:
    """The same text has the same id on every machine; another text has another."""
    assert document_of(NEWS, "a").id == document_of(NEWS, "b").id != document_of(NEWS + ".", "a").id
    assert document_of(NEWS, "a", id="mine").id == "mine"


@pytest.mark.parametrize("written", ["2023-05-08", " 2023-05-08 ", "2023-05-08T10:00:00Z", "2023-05-08 10:00"])
def test_days_are_iso_days_or_times(written: str) -> None:
    """The day of a date or a date-time."""
    assert day_of(written) == dt.date(2023, 5, 8)


@pytest.mark.parametrize("written", ["", "yesterday", "08.05.2023", "2023-13-01", "2023-02-30", "May 8, 2023"])
def test_other_days_are_refused_with_an_example(written: str) -> None:
    """A date that can be read two ways is not guessed at."""
    with pytest.raises(BadSetting, match="YYYY-MM-DD") as caught:
        day_of(written, "--published")

    assert caught.value.name == "--published"


@pytest.mark.parametrize(("ahead", "read"), [(-1, True), (0, True), (1, True), (2, False)])
def test_a_day_still_to_come_is_no_day_of_publication(ahead: int, read: bool) -> None:  # noqa: FBT001 - a column of the table above
    """Tomorrow has begun east of UTC; a day later nobody has published anything, whoever says so."""
    today = dt.date(2026, 3, 14)
    day = today + dt.timedelta(days=ahead)
    refused = from_future(document_of("Kenya and Chad met.", "a.txt", published=day), today)

    assert (refused is None) == read
    if read:
        assert not_ahead(day, today=today) == day
    else:
        assert refused is not None
        assert refused.reason == "future-date"
        with pytest.raises(BadSetting, match="still to come"):
            not_ahead(day, today=today)


def test_the_last_day_has_no_tomorrow() -> None:
    """An invented world may be in the last year that a date can have."""
    assert not_ahead(dt.date.max, today=dt.date.max) == dt.date.max
