"""Bytes → a document's text, or a refusal that says why.

A text is refused when it is empty, not text, not UTF-8, HTML, or not English. An article without a date is read:
its relative dates stay unknown.
"""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from detente.errors import BadInput, BadSetting
from detente.records import Document, Refused

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MOST_CHARACTERS = 2_000_000
"""A longer text is no article: refused rather than read for an hour."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half of a pair: no text has it, and no record could be written with it."""

_TAG = re.compile(r"</?(?:!doctype|html|head|body|div|p|script|meta|span|br|a\b)[^>]*>", re.IGNORECASE)
_LANGUAGE_SAMPLE = 3_000  # characters: more changes nothing in the answer and costs time
_SHORTEST_TOLD = 60  # letters: below, the language identifier guesses; short texts are taken for English
# Words that no other language has as often: a text with a sixth of them is English, and needs no identifier (0.5 s to load).
# English news has a fourth to a third of them, other languages under a twentieth.
_SMALL_WORDS = frozenset(
    "the of and to in that for is was with by on from has have at it its his said be are not this which after their were".split()
)
_SMALL_SHARE = 1 / 6
# How much better another language must explain a letter than English does (difference of log-probabilities): the names of an English
# sentence are foreign, and Nigerian Pidgin has its words. Of 10,915 headlines and first sentences of English news the identifier took 54
# for foreign, two of them with a lead above 0.21; sentences of 27 other languages, Pidgin among them, lead by 0.63 to 4.5 (two of Pidgin by 0.57).
_CLEAR_LEAD = 0.6


def decoded(raw: bytes, source: str) -> str:
    """The text of a file's bytes, a byte-order mark removed.

    Raises:
        BadInput: `binary`, `encoding`.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadInput(
                source, "encoding", f"it begins like UTF-16, but byte {error.start} is not; save it as UTF-8"
            ) from error
    if b"\x00" in raw[:100_000] or raw.startswith((b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff")):
        raise BadInput(source, "binary", "it is not text (binary bytes); give it plain UTF-8 text")
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + (len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0)
        told = f"it is not UTF-8 (byte {at} is 0x{raw[at]:02x}); convert it: iconv -f windows-1252 -t utf-8"
        raise BadInput(source, "encoding", told) from error


def checked(text: str, source: str) -> str:
    """`text` itself when it can be read as English news.

    Raises:
        BadInput: `empty`, `encoding`, `binary`, `too-long`, `html`, `not-english`.
    """
    if not text.strip():
        raise BadInput(source, "empty", "it has no text")
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            source,
            "too-long",
            f"it has {len(text):,} characters, but an article has at most {MOST_CHARACTERS:,}; split it",
        )
    if surrogate := SURROGATE.search(text):
        told = f"character {surrogate.start()} is half of a surrogate pair, which no text has; decode it anew"
        raise BadInput(source, "encoding", told)
    head = text[:100_000]
    if len(_CONTROL.findall(head)) > len(head) / 100:
        raise BadInput(source, "binary", "it is not text (control characters); give it plain UTF-8 text")
    tags = _TAG.findall(head)
    if len(tags) >= 3 and sum(map(len, tags)) > 30:
        raise BadInput(
            source,
            "html",
            f"it is HTML ({len(tags)} tags); extract the article's text first, for example with trafilatura",
        )
    language = language_of(text)
    if language != "en":
        raise BadInput(source, "not-english", f"it is in {language!r}, but the reader knows English only")
    return text


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of the text's beginning; "en" when it is too short to tell."""
    sample = text[:_LANGUAGE_SAMPLE]
    words = re.findall(r"[^\W\d_]+", sample.lower())
    if _too_short(words) or sum(w in _SMALL_WORDS for w in words) >= _SMALL_SHARE * len(words):
        return "en"
    # all-capital wire copy looks foreign to a model of letter sequences
    likely = dict(_identifier().rank(sample.lower() if sample.isupper() else sample))
    code = max(likely, key=lambda each: likely[each])
    return code if likely[code] - likely["en"] > _CLEAR_LEAD * sum(map(len, words)) else "en"


def _too_short(words: list[str]) -> bool:
    """Whether the words are too few to tell the language, which words of another script are not."""
    letters = sum(map(len, words))
    other = sum(len(w) for w in words if w[0] > "\u024f")  # the last letter of Latin Extended-B
    return letters < _SHORTEST_TOLD and other <= letters / 2


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def document_of(  # noqa: PLR0913 - one for each field of a document
    text: str,
    source: str,
    *,
    published: dt.date | None = None,
    title: str | None = None,
    id: str | None = None,
    url: str | None = None,
    publication: str | None = None,
) -> Document:
    """A document of `text`; its id is the one given, or the first 12 digits of its hash.

    Raises:
        BadInput: The text cannot be read as English news.
    """
    checked(text, source)
    name = id if id is not None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Document(id=name, text=text, published=published, title=title, url=url, publication=publication)


def from_future(document: Document, today: dt.date | None = None) -> Refused | None:
    """The refusal of a document that says it was published after tomorrow, since its "Monday" would be any.

    Tomorrow passes because it has begun east of UTC. `today` is the clock's day, UTC, when None.
    """
    if document.published is None or not _lies_ahead(document.published, today):
        return None
    told = f"{document.id}: it says it was published on {document.published}, which is still to come; correct its day"
    return Refused(document=document.id, reason="future-date", detail=told)


def not_ahead(published: dt.date, *, today: dt.date | None = None, name: str = "published") -> dt.date:
    """The day that a user names, itself; `today` as in `from_future`.

    Raises:
        BadSetting: It lies after tomorrow.
    """
    if _lies_ahead(published, today):
        raise BadSetting(name, str(published), "it is still to come; correct it, or say what day it is in an invented world: --today DAY")
    return published


def _lies_ahead(published: dt.date, today: dt.date | None) -> bool:
    known = today or dt.datetime.now(tz=dt.UTC).date()
    return published.toordinal() > known.toordinal() + 1  # the last day that a date can be has no tomorrow


def day_of(written: str, name: str = "published") -> dt.date:
    """The day that an ISO date or date-time names.

    Raises:
        BadSetting: It is no ISO date.
    """
    try:
        return dt.date.fromisoformat(written.strip()[:10])
    except ValueError as error:
        raise BadSetting(name, written, "it must be a day as YYYY-MM-DD, such as 2023-05-08") from error
