"""Mailboxes and single mails: each mail a document or a refusal, in its own words."""

from __future__ import annotations

import datetime as dt
import gzip
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.records import Document, Refused
from detente.sources.bounded import MOST_BYTES
from detente.sources.files import documents
from tests.newsroom import PARAGRAPHS, TEXT, mail, mailbox, page


def read(path: Path, raw: bytes) -> list[Document | Refused]:
    """What comes of a file."""
    path.write_bytes(raw)
    return list(documents([str(path)], published=None))


def outcome(found: list[Document | Refused]) -> list[str]:
    """Read, or the reason, mail by mail."""
    return [f.reason if isinstance(f, Refused) else "read" for f in found]


def test_a_mail_is_a_document(tmp_path: Path) -> None:
    """Subject, sender and the day in the sender's zone; called by its file."""
    (found,) = read(tmp_path / "wire.eml", mail(subject="=?utf-8?q?T=C3=BCrkiye_and?=\n Greece"))

    assert found == Document(
        id="wire", text=f"{TEXT}\n", published=dt.date(2026, 3, 14), title="Türkiye and Greece", publication="Meridian Wire"
    )


@pytest.mark.parametrize("name", ["wire.mbox", "wire.mbox.gz", "wire"])
def test_each_mail_of_a_mailbox_is_a_document(tmp_path: Path, name: str) -> None:
    """Called by its Message-ID, else by its place; a line of the text that began as a mail begins is as it was."""
    raw = mailbox(mail(), mail(f"{TEXT}\n\n>From Athens came no answer.", more=""))
    found = read(tmp_path / name, gzip.compress(raw) if name.endswith("gz") else raw)

    assert [f.id for f in found if isinstance(f, Document)] == ["a1@meridian.example", f"{tmp_path / name}:2"]
    assert isinstance(found[1], Document)
    assert "\n\nFrom Athens came no answer." in found[1].text


def test_plain_words_go_before_html_and_attachments(tmp_path: Path) -> None:
    """A mail that tells its news twice is read once."""
    message = EmailMessage()
    message["Subject"] = "Talks"
    message.set_content(TEXT)
    message.add_alternative(page().decode(), subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    (both,) = read(tmp_path / "a.eml", bytes(message))
    message = EmailMessage()
    message["Subject"] = "Talks"
    message.set_content(page().decode(), subtype="html")
    (html,) = read(tmp_path / "b.eml", bytes(message))

    assert isinstance(both, Document)
    assert isinstance(html, Document)
    assert both.text.strip() == TEXT
    assert "Sport" not in html.text
    assert PARAGRAPHS[1] in html.text


def test_a_page_saved_as_mail_is_a_page(tmp_path: Path) -> None:
    """As browsers save "one file"."""
    saved = b"From: <Saved by Blink>\nSnapshot-Content-Location: https://m.example/talks\nSubject: Talks\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    (found,) = read(tmp_path / "talks.mhtml", saved + page())

    assert isinstance(found, Document), found
    assert (found.id, found.url) == ("talks", "https://m.example/talks")


def test_bad_mails_are_refused_one_by_one(tmp_path: Path) -> None:
    """Each by its number, and the mails around it are read."""
    mails = [
        (mail(more="Message-ID: <1@m>\n"), "read"),
        (mail("", more=""), "empty"),
        (mail(more="").replace(b"Sat, 14 Mar 2026 23:30:00 -0500", b"some day"), "bad-date"),
        (b"no header at all\n\nand a text", "bad-mail"),
        (b"Subject: a picture\nContent-Type: image/png\n\nabc", "no-text"),
        (mail("x" * (MOST_BYTES + 1), more=""), "too-long"),
        (mail("Президент России встретился с канцлером Германии", more=""), "not-english"),
        (mail(more="Message-ID: <2@m>\n"), "read"),
        (mail(more="Message-ID: <2@m>\n"), "same-id"),
    ]

    assert outcome(read(tmp_path / "a.mbox", mailbox(*(m for m, _ in mails)))) == [reason for _, reason in mails]


@pytest.mark.parametrize("raw", [b"no mailbox", b"Subject: x\n\ny"])
def test_another_file_is_no_mailbox(tmp_path: Path, raw: bytes) -> None:
    """One refusal for the whole."""
    assert outcome(read(tmp_path / "a.mbox", raw)) == ["bad-mail"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60), max_size=5))
def test_as_many_mails_come_out_as_went_in(tmp_path: Path, bodies: list[str]) -> None:
    """Whatever they say, as long as the box quotes their "From"."""
    quoted = ["\n".join(f">{line}" if line.startswith("From ") else line for line in body.split("\n")) for body in bodies]

    assert len(read(tmp_path / "a.mbox", mailbox(*(mail(q, more="") for q in quoted)))) == len(bodies)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["a.mbox", "a.eml"]),
    st.sampled_from([b"", b"From x\n", b"From x\nSubject: =?", b"Content-Type: multipart/mixed; boundary=", b"From x\nContent-Type: text/html; charset="]),
    st.binary(max_size=200),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, name: str, head: bytes, raw: bytes) -> None:
    """No mail ends the run."""
    for found in read(tmp_path / name, head + raw):
        assert found.text.strip() if isinstance(found, Document) else found.reason
